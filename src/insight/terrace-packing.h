/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "insight/terrace-planner.h"

/* Whether small objects are cheaper as one packed object: minimum sizes, overheads and requests are
 * then paid once. Pure. */

G_BEGIN_DECLS

/**
 * TerracePackingUse:
 * Objects of one folder and class.
 * @reads_per_month: of all of them together; a read of a packed one fetches its part only
 */
typedef struct
{
  guint64 n_objects;
  guint64 size_bytes;
  double reads_per_month;
  double days_in_class;
  gboolean egress_counts;
} TerracePackingUse;

/**
 * TerracePackingAdvice:
 * @candidate: where the packed object should lie, -1 if packing is not worth it
 * @saving_month: against leaving all as it is
 * @separate_saving_month: what moving each of them alone would save at best
 */
typedef struct
{
  int candidate;
  double saving_month;
  double once;
  double separate_saving_month;
} TerracePackingAdvice;

/**
 * terrace_packing_weigh:
 * @candidates: (array length=n_candidates)
 * @current: index of the place they lie in
 *
 * Packing is advised only where it is cheaper over the policy's horizon than the best that can be
 * done with each object alone, pays back in the policy's time, and is not too slow for it.
 */
void terrace_packing_weigh (const TerracePackingUse *use,
                            const TerracePolicy *policy,
                            const TerraceCandidate *candidates,
                            int n_candidates,
                            int current,
                            TerracePackingAdvice *advice);

G_END_DECLS
