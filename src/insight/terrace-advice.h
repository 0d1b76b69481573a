/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "insight/terrace-features.h"
#include "insight/terrace-replay.h"

/* Advice: what the time to come is expected to cost in each place, for every row of a feature
 * table. Rates and models give it in the same unit, so that they can be mixed, and one rule follows
 * it: go where advice and the way there cost least. Any thread. */

G_BEGIN_DECLS

/**
 * TerraceAdvice:
 * @n_columns: one for each place an object may go to; with the class that tiers by itself one more:
 *   staying there, if the object has been there for as long as it has not been read
 * @costs: (array length=n_rows*n_columns): money, against the first place
 */
typedef struct
{
  int n_classes;
  int n_columns;
  guint n_rows;
  float *costs;
} TerraceAdvice;

TerraceAdvice *terrace_advice_new (guint n_rows, const TerraceTariff *tariff);
void terrace_advice_free (TerraceAdvice *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TerraceAdvice, terrace_advice_free)

/* A month of the object in the first place, but never next to nothing: what costs are divided by to
 * be alike for all sizes. */
double terrace_advice_unit (const TerraceTariff *tariff, const float *features);

/**
 * terrace_advice_add_rate:
 * @window: a feature of requests, %TERRACE_FEATURE_REQUESTS_90 say
 * @share: how much of the mix it is
 *
 * Adds what the next 90 days cost if they are as the window's days were. The class that tiers by
 * itself gets no rate advice.
 */
void terrace_advice_add_rate (TerraceAdvice *self,
                              const TerraceFeatureTable *table,
                              const TerraceTariff *tariff,
                              TerraceFeature window,
                              double share);

/**
 * terrace_advice_mix:
 * @share_first: the rest is @second's
 *
 * Mixes what both say of the classes. Of the class that tiers by itself only @first knows: it stays
 * as much better or worse than the best of the others as @first has it.
 *
 * Returns: (transfer full)
 */
TerraceAdvice *
terrace_advice_mix (const TerraceAdvice *first, double share_first, const TerraceAdvice *second);

/**
 * TerraceAdviceFollower:
 * The data of a replay's rule that follows advice.
 * @n_places: how many places may be chosen
 * @margin: units that a move must gain beyond its cost
 */
typedef struct
{
  const TerraceFeatureTable *table;
  const TerraceAdvice *advice;
  const TerraceTariff *tariff;
  int n_places;
  double margin;
} TerraceAdviceFollower;

void terrace_advice_follow (TerraceReplayRule *rule, TerraceAdviceFollower *follower);

G_END_DECLS
