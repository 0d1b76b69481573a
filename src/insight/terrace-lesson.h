/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "insight/terrace-advice.h"

/* What forests are taught: for objects on past days, what being in each place has then cost.
 * Private to insight. */

G_BEGIN_DECLS

/**
 * terrace_lesson_advise:
 * @base: the rule that goes on once the first step is made, r365 say: the forests learn how much
 *   better each first step is, money in units of terrace_advice_unit()
 * @until: the day after the last one that may be looked at
 * @from: advice is asked for from this day on
 * @n_trained: (out): rows that were learnt from; 0 if there were too few, then the result is %NULL
 *   without an error
 *
 * Trains a forest for each place but the first.
 *
 * Returns: (transfer full) (nullable): what they foresee
 */
TerraceAdvice *terrace_lesson_advise (const TerraceHistory *history,
                                      const TerraceFeatureTable *table,
                                      const TerraceTariff *tariff,
                                      const TerraceAdvice *base,
                                      int until,
                                      int from,
                                      guint seed,
                                      guint *n_trained,
                                      GCancellable *cancellable,
                                      GError **error);

G_END_DECLS
