/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Asks, saves and loads the forecast of reads. Any one thread. */

#include "config.h"

#include "insight/terrace-reads-model-private.h"

#include "base/terrace-error.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#define ACTIVE_DAYS 30.0f
#define QUIET_DAYS 180.0f
/* The ends of an interval of chance alone, in standard deviations. */
#define CHANCE_WIDTH 1.2816
/* Per horizon: method, score, corrections, boosters. */
#define HORIZON_FORMAT "(y(taddd)a(ddd)aay)"
#define MODEL_FORMAT "a" HORIZON_FORMAT

int
terrace_reads_find_group (const float *features, double mean)
{
  static const double levels[TERRACE_READS_LEVELS - 1] = { 0.02, 0.1, 0.5, 1.5 };
  const float recency = features[TERRACE_FEATURE_RECENCY];
  int group = (recency > ACTIVE_DAYS) + (recency > QUIET_DAYS);

  group *= TERRACE_READS_LEVELS;
  for (guint i = 0; i < G_N_ELEMENTS (levels) && mean > levels[i]; i++)
    group++;
  return group;
}

static double
ask_series (const TerraceReadsSeries *series, TerraceReadsMethod method, guint row, int days)
{
  const float *weekly = method == TERRACE_READS_CROSTON ? series->croston : series->smoothed;

  return log1p (MAX ((double) weekly[row], 0.0) * days / TERRACE_FEATURE_STEP);
}

/* The ends are foreseen as distances from the mean. @said: value by value, for @n_rows. */
static void
combine (const float *said, gsize n_rows, gsize row, double *values)
{
  const double mean = (double) said[TERRACE_READS_MEAN * n_rows + row];

  for (gsize value = 0; value < TERRACE_READS_N_VALUES; value++)
    values[value] =
        MAX (value == TERRACE_READS_MEAN ? mean : mean + (double) said[value * n_rows + row], 0.0);
}

void
terrace_reads_horizon_ask (const TerraceReadsHorizon *self,
                           TerraceReadsMethod method,
                           int days,
                           const TerraceReadsSeries *series,
                           guint row,
                           const float *features,
                           double *values)
{
  float said[TERRACE_READS_N_VALUES];

  if (method != TERRACE_READS_BOOSTED)
    {
      for (int value = 0; value < TERRACE_READS_N_VALUES; value++)
        values[value] = ask_series (series, method, row, days);
      return;
    }
  for (int value = 0; value < TERRACE_READS_N_VALUES; value++)
    terrace_forest_predict (self->boosters[value], features, 1, &said[value]);
  combine (said, 1, 0, values);
}

TerraceReadsRange
terrace_reads_correct (const TerraceReadsCorrection *self, const double *values)
{
  TerraceReadsRange range = {
    .low = expm1 (MAX (values[TERRACE_READS_LOW] - self->low, 0.0)),
    .expected = self->factor * expm1 (values[TERRACE_READS_MEAN]),
    .high = expm1 (MAX (values[TERRACE_READS_HIGH] + self->high, 0.0)),
  };

  range.high = MAX (range.low, range.high);
  range.expected = CLAMP (range.expected, range.low, range.high);
  return range;
}

/* Reads that come by chance alone, at a steady rate. */
static TerraceReadsRange
guess (double values)
{
  const double reads = expm1 (values);
  const double width = CHANCE_WIDTH * sqrt (reads);

  return (TerraceReadsRange){ MAX (reads - width, 0.0), reads, reads + MAX (width, 1.0) };
}

/* Boosters are asked about all rows at once: that is many times faster. */
static void
predict_boosted (TerraceReadsHorizon *horizon,
                 const TerraceFeatureTable *table,
                 int index,
                 TerraceOutlook *outlooks)
{
  g_autofree float *values = g_new (float, (gsize) table->n_rows *TERRACE_READS_N_VALUES + 1);

  for (int value = 0; value < TERRACE_READS_N_VALUES; value++)
    terrace_forest_predict (horizon->boosters[value], table->values, table->n_rows,
                            values + (gsize) value * table->n_rows);
  for (guint row = 0; row < table->n_rows; row++)
    {
      const float *features = table->values + (gsize) row * TERRACE_N_FEATURES;
      double own[TERRACE_READS_N_VALUES];
      int group;

      combine (values, table->n_rows, row, own);
      group = terrace_reads_find_group (features, own[TERRACE_READS_MEAN]);
      outlooks[row].ranges[index] =
          terrace_reads_correct (&horizon->corrections[TERRACE_READS_BOOSTED][group], own);
    }
}

static void
predict_plain (const TerraceReadsHorizon *horizon,
               const TerraceReadsSeries *series,
               const TerraceFeatureTable *table,
               int index,
               TerraceOutlook *outlooks)
{
  const TerraceReadsMethod method = horizon != NULL ? horizon->method : TERRACE_READS_NONE;

  for (guint row = 0; row < table->n_rows; row++)
    {
      const float *features = table->values + (gsize) row * TERRACE_N_FEATURES;
      const double value =
          ask_series (series, method == TERRACE_READS_NONE ? TERRACE_READS_SMOOTHING : method, row,
                      terrace_outlook_days[index]);
      const double own[] = { value, value, value };

      outlooks[row].ranges[index] =
          method == TERRACE_READS_NONE ?
              guess (value) :
              terrace_reads_correct (&horizon
                                          ->corrections[method]
                                                       [terrace_reads_find_group (features, value)],
                                     own);
    }
}

void
terrace_reads_model_predict (TerraceReadsModel *self,
                             const TerraceHistory *history,
                             const TerraceFeatureTable *table,
                             TerraceOutlook *outlooks)
{
  g_autoptr (TerraceReadsSeries) series = NULL;

  g_return_if_fail (history != NULL && table != NULL && outlooks != NULL);

  series = terrace_reads_series_new (history, table);
  for (int i = 0; i < TERRACE_N_HORIZONS; i++)
    {
      TerraceReadsHorizon *horizon = self != NULL ? &self->horizons[i] : NULL;
      const TerraceReadsMethod method = horizon != NULL && horizon->method != TERRACE_READS_NONE ?
                                            horizon->method :
                                            TERRACE_READS_SMOOTHING;

      for (guint row = 0; row < table->n_rows; row++)
        outlooks[row].methods[i] = method;
      if (method == TERRACE_READS_BOOSTED)
        predict_boosted (horizon, table, i, outlooks);
      else
        predict_plain (horizon, series, table, i, outlooks);
    }
}

void
terrace_reads_model_free (TerraceReadsModel *self)
{
  for (int i = 0; i < TERRACE_N_HORIZONS; i++)
    for (int value = 0; value < TERRACE_READS_N_VALUES; value++)
      g_clear_pointer (&self->horizons[i].boosters[value], terrace_forest_free);
  g_free (self);
}

TerraceReadsMethod
terrace_reads_model_get_method (TerraceReadsModel *self, int horizon)
{
  g_return_val_if_fail (self != NULL && horizon >= 0 && horizon < TERRACE_N_HORIZONS,
                        TERRACE_READS_NONE);

  return self->horizons[horizon].method;
}

const TerraceReadsScore *
terrace_reads_model_get_score (TerraceReadsModel *self, int horizon)
{
  g_return_val_if_fail (self != NULL && horizon >= 0 && horizon < TERRACE_N_HORIZONS, NULL);

  return &self->horizons[horizon].score;
}

/* --- Keeping ------------------------------------------------------------------------------- */

static GVariant *
save_horizon (TerraceReadsHorizon *horizon, GError **error)
{
  g_auto (GVariantBuilder) boosters = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aay"));
  g_auto (GVariantBuilder) corrections = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a(ddd)"));
  g_auto (GVariantBuilder) losses = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("ad"));

  for (int method = 0; method <= TERRACE_READS_BOOSTED; method++)
    {
      g_variant_builder_add (&losses, "d", horizon->score.losses[method]);
      for (int group = 0; group < TERRACE_READS_GROUPS; group++)
        {
          const TerraceReadsCorrection *correction = &horizon->corrections[method][group];

          g_variant_builder_add (&corrections, "(ddd)", correction->low, correction->high,
                                 correction->factor);
        }
    }
  for (int value = 0; horizon->method == TERRACE_READS_BOOSTED && value < TERRACE_READS_N_VALUES;
       value++)
    {
      g_autoptr (GBytes) bytes = terrace_forest_save (horizon->boosters[value], error);

      if (bytes == NULL)
        return NULL;
      g_variant_builder_add_value (&boosters,
                                   g_variant_new_from_bytes (G_VARIANT_TYPE ("ay"), bytes, TRUE));
    }
  return g_variant_new (HORIZON_FORMAT, (guchar) horizon->method, horizon->score.n_rows, &losses,
                        horizon->score.coverage, horizon->score.coverage_active, &corrections,
                        &boosters);
}

GVariant *
terrace_reads_model_save (TerraceReadsModel *self, GError **error)
{
  g_auto (GVariantBuilder) horizons = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE (MODEL_FORMAT));

  g_return_val_if_fail (self != NULL, NULL);

  for (int i = 0; i < TERRACE_N_HORIZONS; i++)
    {
      GVariant *horizon = save_horizon (&self->horizons[i], error);

      if (horizon == NULL)
        return NULL;
      g_variant_builder_add_value (&horizons, horizon);
    }
  return g_variant_builder_end (&horizons);
}

static gboolean
load_boosters (TerraceReadsHorizon *horizon, GVariant *boosters, GError **error)
{
  if (g_variant_n_children (boosters) !=
      (horizon->method == TERRACE_READS_BOOSTED ? TERRACE_READS_N_VALUES : 0))
    return FALSE;
  for (gsize value = 0; value < g_variant_n_children (boosters); value++)
    {
      g_autoptr (GVariant) child = g_variant_get_child_value (boosters, value);
      g_autoptr (GBytes) bytes = g_variant_get_data_as_bytes (child);

      horizon->boosters[value] = terrace_forest_load (bytes, TERRACE_N_FEATURES, error);
      if (horizon->boosters[value] == NULL)
        return FALSE;
    }
  return TRUE;
}

static gboolean
load_horizon (TerraceReadsHorizon *horizon, GVariant *variant, GError **error)
{
  g_autoptr (GVariant) losses = NULL;
  g_autoptr (GVariant) corrections = NULL;
  g_autoptr (GVariant) boosters = NULL;
  guchar method;

  g_variant_get (variant, "(y(t@addd)@a(ddd)@aay)", &method, &horizon->score.n_rows, &losses,
                 &horizon->score.coverage, &horizon->score.coverage_active, &corrections,
                 &boosters);
  if (method > TERRACE_READS_BOOSTED ||
      g_variant_n_children (losses) != TERRACE_READS_BOOSTED + 1 ||
      g_variant_n_children (corrections) != (TERRACE_READS_BOOSTED + 1) * TERRACE_READS_GROUPS)
    return FALSE;
  horizon->method = (TerraceReadsMethod) method;
  for (gsize i = 0; i <= TERRACE_READS_BOOSTED; i++)
    {
      g_variant_get_child (losses, i, "d", &horizon->score.losses[i]);
      for (gsize group = 0; group < TERRACE_READS_GROUPS; group++)
        {
          TerraceReadsCorrection *correction = &horizon->corrections[i][group];

          g_variant_get_child (corrections, i * TERRACE_READS_GROUPS + group, "(ddd)",
                               &correction->low, &correction->high, &correction->factor);
        }
    }
  return load_boosters (horizon, boosters, error);
}

TerraceReadsModel *
terrace_reads_model_load (GVariant *variant, GError **error)
{
  g_autoptr (TerraceReadsModel) self = g_new0 (TerraceReadsModel, 1);
  gboolean loaded;

  g_return_val_if_fail (variant != NULL, NULL);

  loaded = g_variant_is_of_type (variant, G_VARIANT_TYPE (MODEL_FORMAT)) &&
           g_variant_n_children (variant) == TERRACE_N_HORIZONS;
  for (gsize i = 0; loaded && i < TERRACE_N_HORIZONS; i++)
    {
      g_autoptr (GVariant) child = g_variant_get_child_value (variant, i);

      loaded = load_horizon (&self->horizons[i], child, error);
    }
  if (loaded)
    return g_steal_pointer (&self);
  if (error != NULL && *error == NULL)
    g_set_error_literal (error, TERRACE_ERROR, TERRACE_ERROR_CORRUPT,
                         _ ("The model is damaged; train it again"));
  return NULL;
}
