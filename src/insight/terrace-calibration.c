/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Measures how often advice agrees with hindsight, by how clear it is. Any one thread. */

#include "insight/terrace-calibration.h"

#include "insight/terrace-optimum.h"

#include <math.h>
#include <string.h>

/* The period for which hindsight is asked. */
#define PERIOD_DAYS 30
/* A bin's share starts out as this many predictions that are as right as all of them together. */
#define PRIOR_COUNT 20.0
#define CANCEL_EVERY 256

/* One prediction. */
typedef struct
{
  float margin;
  gint8 place;
  gint8 truth;
  gboolean judges;
} Sample;

static int
find_least (const float *costs, int n_classes, double unit, double *margin)
{
  int best = 0;
  double second = INFINITY;

  for (int i = 1; i < n_classes; i++)
    if (costs[i] < costs[best])
      best = i;
  for (int i = 0; i < n_classes; i++)
    if (i != best)
      second = MIN (second, (double) costs[i]);
  *margin = (second - (double) costs[best]) / unit;
  return best;
}

/* Where it lay on most days of [from, from + PERIOD_DAYS), -1 if it did not exist all along. */
static int
find_truth (const gint8 *places, int from, int n_classes)
{
  int days[TERRACE_TARIFF_CLASSES] = { 0 };
  int most = 0;

  for (int day = from; day < from + PERIOD_DAYS; day++)
    {
      if (places[day] < 0)
        return -1;
      days[places[day]]++;
    }
  for (int i = 1; i < n_classes; i++)
    if (days[i] > days[most])
      most = i;
  return most;
}

typedef struct
{
  const TerraceHistory *history;
  const TerraceFeatureTable *table;
  const TerraceTariff *tariff;
  const TerraceAdvice *advice;
  int from;
  int until;
  gint8 *places;
  GArray *samples;
} Measure;

static void
sample_object (Measure *measure, TerraceOptimum *optimum, guint object)
{
  const TerraceFeatureTable *table = measure->table;
  const int middle = measure->from + (measure->until - measure->from) / 2;

  terrace_optimum_solve (optimum, &measure->history->objects[object], measure->from, measure->until,
                         measure->places);
  for (guint row = table->first_rows[object]; row < table->first_rows[object + 1]; row++)
    {
      const int day = terrace_feature_table_get_day (table, object, row);
      const double unit =
          terrace_advice_unit (measure->tariff, table->values + (gsize) row * TERRACE_N_FEATURES);
      Sample sample = { .judges = day >= middle };
      double margin;
      int truth;

      /* A period of the first half must not reach into the second. */
      if (day < measure->from || day + 1 + PERIOD_DAYS > measure->until ||
          (day < middle && day + 1 + PERIOD_DAYS > middle))
        continue;
      truth = find_truth (measure->places, day + 1 - measure->from, measure->tariff->n_classes);
      if (truth < 0)
        continue;
      sample.truth = (gint8) truth;
      sample.place = (gint8) find_least (measure->advice->costs +
                                             (gsize) row * (gsize) measure->advice->n_columns,
                                         measure->tariff->n_classes, unit, &margin);
      sample.margin = (float) margin;
      g_array_append_val (measure->samples, sample);
    }
}

static int
compare_margins (gconstpointer a, gconstpointer b)
{
  const Sample *first = a;
  const Sample *second = b;

  return (first->margin > second->margin) - (first->margin < second->margin);
}

/* Makes shares that fall rise no more than they must: neighbours that are out of order become one
 * (pool adjacent violators). */
static void
make_rising (double *shares, const double *counts)
{
  double sums[TERRACE_CALIBRATION_BINS];
  double weights[TERRACE_CALIBRATION_BINS];
  int lengths[TERRACE_CALIBRATION_BINS];
  int n = 0;

  for (int i = 0; i < TERRACE_CALIBRATION_BINS; i++)
    {
      sums[n] = shares[i] * counts[i];
      weights[n] = counts[i];
      lengths[n++] = 1;
      while (n > 1 && sums[n - 2] * weights[n - 1] >= sums[n - 1] * weights[n - 2])
        {
          sums[n - 2] += sums[n - 1];
          weights[n - 2] += weights[n - 1];
          lengths[n - 2] += lengths[n - 1];
          n--;
        }
    }
  for (int i = 0, at = 0; i < n; i++)
    for (int j = 0; j < lengths[i]; j++)
      shares[at++] = sums[i] / weights[i];
}

/* Bins with as many predictions each, by margin. */
static void
fill_bins (TerraceCalibration *self, const GArray *samples, int place, double prior)
{
  g_autoptr (GArray) own = g_array_new (FALSE, FALSE, sizeof (Sample));
  double counts[TERRACE_CALIBRATION_BINS];

  for (guint i = 0; i < samples->len; i++)
    {
      const Sample *sample = &g_array_index (samples, Sample, i);

      if (!sample->judges && sample->place == place)
        g_array_append_val (own, *sample);
    }
  g_array_sort (own, compare_margins);
  for (guint bin = 0; bin < TERRACE_CALIBRATION_BINS; bin++)
    {
      const guint begin = own->len * bin / TERRACE_CALIBRATION_BINS;
      const guint end = own->len * (bin + 1) / TERRACE_CALIBRATION_BINS;
      double right = prior * PRIOR_COUNT;

      for (guint i = begin; i < end; i++)
        {
          const Sample *sample = &g_array_index (own, Sample, i);

          right += sample->place == sample->truth;
        }
      counts[bin] = PRIOR_COUNT + (end - begin);
      self->shares[place][bin] = right / counts[bin];
      self->margins[place][bin] =
          end > 0 ? (double) g_array_index (own, Sample, end - 1).margin : 0.0;
    }
  make_rising (self->shares[place], counts);
  self->margins[place][TERRACE_CALIBRATION_BINS - 1] = INFINITY;
}

static double
look_up (const TerraceCalibration *self, int place, double margin)
{
  int bin = 0;

  while (bin < TERRACE_CALIBRATION_BINS - 1 && margin > self->margins[place][bin])
    bin++;
  return self->shares[place][bin];
}

static double
sum_f1 (double matches[TERRACE_TARIFF_CLASSES][TERRACE_TARIFF_CLASSES], int n_classes)
{
  double sum = 0.0;
  int n_seen = 0;

  for (int place = 0; place < n_classes; place++)
    {
      double predicted = 0.0;
      double really = 0.0;

      for (int other = 0; other < n_classes; other++)
        {
          predicted += matches[place][other];
          really += matches[other][place];
        }
      if (predicted + really == 0.0)
        continue;
      n_seen++;
      sum += 2.0 * matches[place][place] / (predicted + really);
    }
  return n_seen > 0 ? sum / n_seen : 0.0;
}

static void
judge (TerraceCalibration *self, const GArray *samples, int n_classes)
{
  double matches[TERRACE_TARIFF_CLASSES][TERRACE_TARIFF_CLASSES] = { { 0.0 } };
  guint64 n_right = 0;

  for (guint i = 0; i < samples->len; i++)
    {
      const Sample *sample = &g_array_index (samples, Sample, i);
      TerraceReliability *bar;
      double said;

      if (!sample->judges)
        continue;
      said = look_up (self, sample->place, (double) sample->margin);
      bar = &self->reliability[MIN ((int) (said * TERRACE_CALIBRATION_BINS),
                                    TERRACE_CALIBRATION_BINS - 1)];
      bar->count++;
      bar->confidence += said;
      bar->accuracy += sample->place == sample->truth;
      matches[sample->place][sample->truth] += 1.0;
      n_right += sample->place == sample->truth;
      self->n_judged++;
    }
  for (int bin = 0; bin < TERRACE_CALIBRATION_BINS; bin++)
    {
      TerraceReliability *bar = &self->reliability[bin];

      if (bar->count == 0)
        continue;
      bar->confidence /= (double) bar->count;
      bar->accuracy /= (double) bar->count;
    }
  self->accuracy = (double) n_right / (double) MAX (self->n_judged, 1);
  self->macro_f1 = sum_f1 (matches, n_classes);
}

gboolean
terrace_calibration_measure (TerraceCalibration *self,
                             const TerraceHistory *history,
                             const TerraceFeatureTable *table,
                             const TerraceTariff *tariff,
                             const TerraceAdvice *advice,
                             int from,
                             int until,
                             GCancellable *cancellable,
                             GError **error)
{
  g_autoptr (TerraceOptimum) optimum = terrace_optimum_new (tariff, FALSE);
  g_autoptr (GArray) samples = g_array_new (FALSE, FALSE, sizeof (Sample));
  g_autofree gint8 *places = g_new (gint8, (gsize) MAX (until - from, 1));
  Measure measure = { history, table, tariff, advice, from, until, places, samples };
  guint n_fit = 0;
  guint n_right = 0;

  g_return_val_if_fail (self != NULL && from <= until, FALSE);

  memset (self, 0, sizeof *self);
  for (guint i = 0; from < until && i < history->n_objects; i++)
    {
      if (i % CANCEL_EVERY == 0 && g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      sample_object (&measure, optimum, i);
    }
  for (guint i = 0; i < samples->len; i++)
    {
      const Sample *sample = &g_array_index (samples, Sample, i);

      n_fit += !sample->judges;
      n_right += !sample->judges && sample->place == sample->truth;
    }
  if (n_fit == 0)
    return TRUE;
  for (int place = 0; place < tariff->n_classes; place++)
    fill_bins (self, samples, place, (double) n_right / n_fit);
  judge (self, samples, tariff->n_classes);
  return TRUE;
}

int
terrace_calibration_predict (const TerraceCalibration *self,
                             const float *costs,
                             int n_classes,
                             double unit,
                             double *confidence)
{
  double margin;
  int place;

  g_return_val_if_fail (self != NULL && costs != NULL && n_classes > 0, 0);

  place = find_least (costs, n_classes, unit, &margin);
  if (confidence != NULL)
    *confidence = look_up (self, place, margin);
  return place;
}
