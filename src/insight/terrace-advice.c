/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Costs to come, place by place, from rates or from models, and the rule that follows them. Any
 * thread. */

#include "insight/terrace-advice.h"

#include "insight/terrace-rules.h"

#include "base/terrace-units.h"

#include <math.h>

#define HORIZON_DAYS 90.0
/* Younger than this an object is taken to be in use. */
#define YOUNG_DAYS 14
#define YOUNG_REQUESTS 1000.0
/* Smaller objects cost requests, not storage. */
#define UNIT_BYTES 131072.0

static double
get_size_gb (const float *features)
{
  return expm1 ((double) features[TERRACE_FEATURE_SIZE]) / TERRACE_BYTES_PER_GB;
}

TerraceAdvice *
terrace_advice_new (guint n_rows, const TerraceTariff *tariff)
{
  TerraceAdvice *self = g_new0 (TerraceAdvice, 1);

  self->n_rows = n_rows;
  self->n_classes = tariff->n_classes;
  self->n_columns = tariff->n_places + (tariff->n_places > tariff->n_classes);
  self->costs = g_new0 (float, (gsize) n_rows *(gsize) self->n_columns + 1);
  return self;
}

void
terrace_advice_free (TerraceAdvice *self)
{
  g_free (self->costs);
  g_free (self);
}

double
terrace_advice_unit (const TerraceTariff *tariff, const float *features)
{
  return tariff->store[0] * TERRACE_DAYS_PER_MONTH *
         MAX (get_size_gb (features), UNIT_BYTES / TERRACE_BYTES_PER_GB);
}

static double
get_window_days (TerraceFeature window)
{
  static const double days[] = { 7.0, 30.0, 90.0, 180.0, 365.0 };

  return days[window - TERRACE_FEATURE_REQUESTS_7];
}

void
terrace_advice_add_rate (TerraceAdvice *self,
                         const TerraceFeatureTable *table,
                         const TerraceTariff *tariff,
                         TerraceFeature window,
                         double share)
{
  const TerraceFeature volume =
      (TerraceFeature) (window - TERRACE_FEATURE_REQUESTS_7 + TERRACE_FEATURE_VOLUME_7);

  g_return_if_fail (window >= TERRACE_FEATURE_REQUESTS_7 && window <= TERRACE_FEATURE_REQUESTS_365);
  g_return_if_fail (self->n_rows == table->n_rows);

  for (guint i = 0; i < table->n_rows; i++)
    {
      const float *features = table->values + (gsize) i * TERRACE_N_FEATURES;
      const double size_gb = get_size_gb (features);
      const double age = (double) features[TERRACE_FEATURE_AGE] + 1.0;
      const double factor = HORIZON_DAYS / MIN (age, get_window_days (window));
      double requests = expm1 ((double) features[window]) * factor;
      double read_gb = expm1 ((double) features[volume]) * size_gb * factor;
      double first = 0.0;

      if (age < YOUNG_DAYS)
        {
          requests = YOUNG_REQUESTS;
          read_gb = YOUNG_REQUESTS * size_gb;
        }
      for (int place = 0; place < tariff->n_classes; place++)
        {
          const double cost =
              terrace_rule_hold (tariff, place, size_gb,
                                 MAX (HORIZON_DAYS, tariff->min_days[place]), requests, read_gb);

          if (place == 0)
            first = cost;
          self->costs[(gsize) i * (gsize) self->n_columns + (gsize) place] +=
              (float) (share * (cost - first));
        }
    }
}

static float
find_least (const float *costs, int n)
{
  float least = costs[0];

  for (int i = 1; i < n; i++)
    least = MIN (least, costs[i]);
  return least;
}

TerraceAdvice *
terrace_advice_mix (const TerraceAdvice *first, double share_first, const TerraceAdvice *second)
{
  TerraceAdvice *self;

  g_return_val_if_fail (first->n_rows == second->n_rows, NULL);
  g_return_val_if_fail (first->n_columns == second->n_columns, NULL);

  self = g_new0 (TerraceAdvice, 1);
  *self = *first;
  self->costs = g_new (float, (gsize) self->n_rows *(gsize) self->n_columns + 1);
  for (guint row = 0; row < self->n_rows; row++)
    {
      const gsize offset = (gsize) row * (gsize) self->n_columns;
      const float *a = first->costs + offset;
      const float *b = second->costs + offset;
      float *mixed = self->costs + offset;
      float lift;

      for (int place = 0; place < self->n_classes; place++)
        mixed[place] =
            (float) (share_first * (double) a[place] + (1.0 - share_first) * (double) b[place]);
      lift = find_least (mixed, self->n_classes) - find_least (a, self->n_classes);
      for (int column = self->n_classes; column < self->n_columns; column++)
        mixed[column] = a[column] + lift;
    }
  return self;
}

/* What staying in the class that tiers by itself costs: between that of entering it now and that of
 * having been there since the last read. */
static double
weigh_stay (const TerraceReplayState *state, const float *advised, int place)
{
  const double idle = MIN (state->day - MAX (state->last_read, state->object->created),
                           TERRACE_TARIFF_AUTO_COLD_DAYS);
  const double share = MIN (state->days_in_place / MAX (idle, 1.0), 1.0);

  return (1.0 - share) * (double) advised[place] + share * (double) advised[place + 1];
}

static int
decide_advised (const TerraceReplayState *state, gpointer data)
{
  const TerraceAdviceFollower *follower = data;
  const int row = terrace_feature_table_find (follower->table, state->index, state->day);
  double costs[TERRACE_TARIFF_PLACES];
  double margin = 0.0;
  const float *advised;

  if (row < 0)
    return state->place;
  advised = follower->advice->costs + (gsize) row * (gsize) follower->advice->n_columns;
  for (int place = 0; place < follower->n_places; place++)
    costs[place] = (double) advised[place];
  if (terrace_tariff_is_auto (state->tariff, state->place))
    costs[state->place] = weigh_stay (state, advised, state->place);
  if (follower->margin > 0.0)
    margin = follower->margin *
             terrace_advice_unit (follower->tariff,
                                  follower->table->values + (gsize) row * TERRACE_N_FEATURES);
  return terrace_rule_choose (state, costs, follower->n_places, margin);
}

void
terrace_advice_follow (TerraceReplayRule *rule, TerraceAdviceFollower *follower)
{
  *rule = (TerraceReplayRule){ .decide = decide_advised, .data = follower, .every = 1 };
}
