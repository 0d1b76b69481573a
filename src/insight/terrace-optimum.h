/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "insight/terrace-history.h"
#include "insight/terrace-tariff.h"

/* The least that an object could have cost, had every access been known beforehand: exact dynamic
 * programming over (place, days in it), backwards from the last day. Pure; any thread. */

G_BEGIN_DECLS

/**
 * TerraceOptimum:
 * Buffers that many objects share; one thread at a time.
 */
typedef struct _TerraceOptimum TerraceOptimum;

/**
 * terrace_optimum_new:
 * @tariff: borrowed
 * @use_auto: the class that tiers by itself may be chosen as well
 */
TerraceOptimum *terrace_optimum_new (const TerraceTariff *tariff, gboolean use_auto);
void terrace_optimum_free (TerraceOptimum *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TerraceOptimum, terrace_optimum_free)

/**
 * terrace_optimum_solve:
 * @from: first day that counts; an object that is older begins it in the first place
 * @until: the day after the last one
 * @places: (nullable) (array): where it lies best on each day from @from on; -1 where it does not
 *   exist
 *
 * Returns: the cost of the days, puts included
 */
double terrace_optimum_solve (TerraceOptimum *self,
                              const TerraceHistoryObject *object,
                              int from,
                              int until,
                              gint8 *places);

G_END_DECLS
