/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "insight/terrace-advice.h"
#include "insight/terrace-forest.h"

/* What forests are taught: for objects on past days, what being in each place has then cost.
 * Private to insight. */

G_BEGIN_DECLS

/**
 * TerraceForests:
 * One for each place but the first.
 * @forests: (array length=n_columns): the first one is %NULL
 */
typedef struct
{
  int n_columns;
  TerraceForest **forests;
} TerraceForests;

void terrace_forests_free (TerraceForests *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TerraceForests, terrace_forests_free)

/**
 * terrace_lesson_teach:
 * @base: the rule that goes on once the first step is made, r365 say: the forests learn how much
 *   better each first step is, money in units of terrace_advice_unit()
 * @until: the day after the last one that may be looked at
 * @n_trained: (out): rows that were learnt from; 0 if there were too few, then the result is %NULL
 *   without an error
 *
 * Returns: (transfer full) (nullable)
 */
TerraceForests *terrace_lesson_teach (const TerraceHistory *history,
                                      const TerraceFeatureTable *table,
                                      const TerraceTariff *tariff,
                                      const TerraceAdvice *base,
                                      int until,
                                      guint seed,
                                      guint *n_trained,
                                      GCancellable *cancellable,
                                      GError **error);

/* (transfer full): what the forests foresee for every row from the day @from on. */
TerraceAdvice *terrace_forests_advise (const TerraceForests *self,
                                       const TerraceFeatureTable *table,
                                       const TerraceTariff *tariff,
                                       int from);

G_END_DECLS
