/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Population stability of the features that say how objects are used. Age is none of them: it
 * moves by itself. Any thread. */

#include "insight/terrace-drift.h"

#include <math.h>
#include <string.h>

/* What an empty bin counts, so that a logarithm of it can be taken. */
#define EMPTY 0.5

static const TerraceFeature watched[TERRACE_DRIFT_FEATURES] = {
  TERRACE_FEATURE_SIZE,         TERRACE_FEATURE_REQUESTS_30, TERRACE_FEATURE_REQUESTS_90,
  TERRACE_FEATURE_REQUESTS_365, TERRACE_FEATURE_ACTIVE_90,   TERRACE_FEATURE_WRITES_90,
};

static int
compare_doubles (gconstpointer a, gconstpointer b)
{
  const double first = *(const double *) a;
  const double second = *(const double *) b;

  return (first > second) - (first < second);
}

/* (transfer full) (element-type double): of each object that is there. */
static GArray *
collect (const TerraceFeatureTable *table, TerraceFeature feature)
{
  GArray *values = g_array_new (FALSE, FALSE, sizeof (double));

  for (guint i = 0; i < table->n_objects; i++)
    {
      const guint end = table->first_rows[i + 1];
      double value;

      if (end == table->first_rows[i])
        continue;
      value = (double) table->values[(gsize) (end - 1) * TERRACE_N_FEATURES + feature];
      g_array_append_val (values, value);
    }
  return values;
}

static void
count (const GArray *values, const double *edges, double *shares)
{
  memset (shares, 0, sizeof (double) * TERRACE_DRIFT_BINS);
  for (guint i = 0; i < values->len; i++)
    {
      int bin = 0;

      while (bin < TERRACE_DRIFT_BINS - 1 && g_array_index (values, double, i) > edges[bin])
        bin++;
      shares[bin] += 1.0 / values->len;
    }
}

void
terrace_drift_image_take (TerraceDriftImage *self, const TerraceFeatureTable *table)
{
  g_return_if_fail (self != NULL && table != NULL);

  memset (self, 0, sizeof *self);
  for (int i = 0; i < TERRACE_DRIFT_FEATURES; i++)
    {
      g_autoptr (GArray) values = collect (table, watched[i]);

      if (values->len == 0)
        return;
      g_array_sort (values, compare_doubles);
      for (guint bin = 0; bin < TERRACE_DRIFT_BINS - 1; bin++)
        self->edges[i][bin] =
            g_array_index (values, double, (values->len - 1) * (bin + 1) / TERRACE_DRIFT_BINS);
      count (values, self->edges[i], self->shares[i]);
      self->n_objects = values->len;
    }
}

static double
measure_one (const TerraceDriftImage *self, int i, const GArray *values)
{
  const double chance = (TERRACE_DRIFT_BINS - 1) * (1.0 / self->n_objects + 1.0 / values->len);
  double shares[TERRACE_DRIFT_BINS];
  double index = 0.0;

  count (values, self->edges[i], shares);
  for (int bin = 0; bin < TERRACE_DRIFT_BINS; bin++)
    {
      const double before = MAX (self->shares[i][bin], EMPTY / self->n_objects);
      const double now = MAX (shares[bin], EMPTY / values->len);

      index += (now - before) * log (now / before);
    }
  return MAX (index - 2.0 * chance, 0.0);
}

double
terrace_drift_measure (const TerraceDriftImage *self, const TerraceFeatureTable *table)
{
  double most = 0.0;

  g_return_val_if_fail (self != NULL && table != NULL, 0.0);

  for (int i = 0; i < TERRACE_DRIFT_FEATURES && self->n_objects > 0; i++)
    {
      g_autoptr (GArray) values = collect (table, watched[i]);

      if (values->len > 0)
        most = MAX (most, measure_one (self, i, values));
    }
  return most;
}
