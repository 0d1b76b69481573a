/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "insight/terrace-cost.h"

/* What a past decision turned out to be worth: the bill since the move beside the bill of having
 * stayed, with the reads that really came. Pure. */

G_BEGIN_DECLS

/**
 * TerraceRegret:
 * Money in the sheet's currency.
 * @stayed: what the days since would have cost without the move
 * @paid: what they cost, @once included
 * @once: the way there
 * @saved: @stayed - @paid; negative for a loss
 * @expected: what the decision promised for these days
 * @greatest: the term that made the difference
 */
typedef struct
{
  double stayed;
  double paid;
  double once;
  double saved;
  double expected;
  TerraceTerm greatest;
} TerraceRegret;

/**
 * terrace_regret_settle:
 * @size_bytes: of the object
 * @days: since the move
 * @reads: whole-object reads since the move
 * @days_in_class: how long it had been in @from
 * @expected_month: the saving a month that was promised
 */
void terrace_regret_settle (const TerraceStorageClass *from,
                            const TerraceStorageClass *to,
                            gboolean same_location,
                            gboolean egress_counts,
                            guint64 size_bytes,
                            double days,
                            double reads,
                            double days_in_class,
                            double expected_month,
                            TerraceRegret *regret);

/* (transfer full): translated: "Saved here: storage was $1.20 cheaper than the reads cost more". */
char *terrace_regret_explain (const TerraceRegret *self, double reads, const char *currency);

G_END_DECLS
