/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What the models are worth on a real history, on its last days, learnt from the ones before:
 * forecasts of reads beside the plain methods, placements beside what hindsight chose, and how long
 * it all takes. With a third argument the examples are written there, for learners in other
 * languages to be judged on the very same rows:
 *
 *   bench-forecast HISTORY.csv SIZE_SCALE [DIRECTORY] */

#include "config.h"

#include "insight/terrace-optimum.h"
#include "insight/terrace-placement.h"
#include "insight/terrace-price-sheet.h"
#include "insight/terrace-reads-model.h"
#include "insight/terrace-reads-series.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TRAIN_SHARE 0.6
#define DAYS 30
#define HORIZON 1
#define WEEKS 52

static double
elapsed (gint64 begin_us)
{
  return (double) (g_get_monotonic_time () - begin_us) / G_USEC_PER_SEC;
}

static TerraceHistory *
load_history (const char *path, double size_scale)
{
  g_autoptr (TerraceHistoryParser) parser = terrace_history_parser_new ();
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  TerraceHistory *history;
  gsize length;

  if (!g_file_get_contents (path, &text, &length, &error) ||
      !terrace_history_parser_push (parser, text, length, &error))
    g_error ("%s", error->message);
  history = terrace_history_parser_finish (parser, G_MININT32, size_scale, &error);
  if (history == NULL)
    g_error ("%s", error->message);
  return history;
}

static void
load_tariff (TerraceTariff *tariff, TerracePriceSheet **sheet)
{
  g_autofree char *path = g_build_filename (TERRACE_SOURCE_DATADIR, "prices", "aws.json", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;
  char *text = NULL;
  gsize length = 0;

  if (!g_file_get_contents (path, &text, &length, &error))
    g_error ("%s", error->message);
  bytes = g_bytes_new_take (text, length);
  *sheet = terrace_price_sheet_parse (bytes, path, &error);
  if (*sheet == NULL ||
      !terrace_tariff_init (tariff, terrace_price_sheet_get_classes (*sheet), &error))
    g_error ("%s", error->message);
  tariff->n_places = tariff->n_classes;
}

/* --- Reads --------------------------------------------------------------------------------- */

typedef struct
{
  double loss;
  double error;
  guint n;
  guint n_held;
  guint n_active;
  guint n_active_held;
} Judged;

static double
pinball (double quantile, double said, double truth)
{
  return truth >= said ? quantile * (truth - said) : (1.0 - quantile) * (said - truth);
}

static void
judge (Judged *judged, const TerraceReadsRange *range, double reads, gboolean active)
{
  const double truth = log1p (reads);
  const gboolean held = reads > range->low - 0.5 && reads < range->high + 0.5;

  judged->n++;
  judged->n_held += held;
  judged->n_active += active;
  judged->n_active_held += active && held;
  judged->loss +=
      pinball (0.1, log1p (range->low), truth) + pinball (0.9, log1p (range->high), truth);
  judged->error += fabs (log1p (range->expected) - truth);
}

static void
print_judged (const char *what, const Judged *judged)
{
  g_print ("%s: pinball %.4f, absolute error %.4f (log reads), inside the interval %.1f %% "
           "(read lately: %.1f %%), %u forecasts\n",
           what, judged->loss / judged->n, judged->error / judged->n,
           100.0 * judged->n_held / judged->n, 100.0 * judged->n_active_held / judged->n_active,
           judged->n);
}

/* --- Examples for others ------------------------------------------------------------------- */

/* One line: part (0 learn, 1 judge), reads to come, ours, then the weekly reads, oldest first. */
static void
write_example (FILE *file,
               const TerraceHistoryObject *object,
               int day,
               gboolean judges,
               double truth,
               const TerraceReadsRange *ours)
{
  fprintf (file, "%d,%g,%g,%g,%g", judges, truth, ours->low, ours->expected, ours->high);
  for (int week = WEEKS; week > 0; week--)
    fprintf (file, ",%g",
             day - week * 7 + 7 < object->created ?
                 -1.0 :
                 terrace_reads_count (object, day - week * 7, 7));
  fputc ('\n', file);
}

static void
bench_reads (const TerraceHistory *history, int split, const char *directory)
{
  g_autoptr (TerraceFeatureTable) table = terrace_features_build (history, split % 7, split, NULL);
  g_autoptr (TerraceReadsModel) model = NULL;
  g_autofree TerraceOutlook *outlooks = NULL;
  g_autofree char *path =
      directory != NULL ? g_build_filename (directory, "reads.csv", NULL) : NULL;
  FILE *file = path != NULL ? fopen (path, "w") : NULL;
  g_autoptr (GError) error = NULL;
  gint64 begin_us = g_get_monotonic_time ();
  Judged judged = { 0 };

  if (table == NULL)
    g_error ("Too many rows");
  model = terrace_reads_model_train (history, table, split, 1, NULL, &error);
  if (model == NULL)
    g_error ("%s", error->message);
  g_print ("reads: trained in %.1f s\n", elapsed (begin_us));
  for (int i = 0; i < TERRACE_N_HORIZONS; i++)
    {
      const TerraceReadsScore *score = terrace_reads_model_get_score (model, i);

      g_print ("  %d days: %s; held-back loss smoothing %.4f, croston %.4f, boosted %.4f; inside "
               "%.1f %%\n",
               terrace_outlook_days[i],
               terrace_reads_method_get_nick (terrace_reads_model_get_method (model, i)),
               score->losses[TERRACE_READS_SMOOTHING], score->losses[TERRACE_READS_CROSTON],
               score->losses[TERRACE_READS_BOOSTED], 100.0 * score->coverage);
    }
  outlooks = g_new0 (TerraceOutlook, table->n_rows);
  begin_us = g_get_monotonic_time ();
  terrace_reads_model_predict (model, history, table, outlooks);
  g_print ("  %u rows foreseen in %.2f s\n", table->n_rows, elapsed (begin_us));
  for (guint object = 0; object < history->n_objects; object++)
    for (guint row = table->first_rows[object]; row < table->first_rows[object + 1]; row++)
      {
        const int day = terrace_feature_table_get_day (table, object, row);
        const double reads = terrace_reads_count (&history->objects[object], day, DAYS);
        const gboolean judges = day >= split;

        if (day < 28 || day + DAYS >= history->n_days || (!judges && day + DAYS >= split))
          continue;
        if (judges)
          judge (&judged, &outlooks[row].ranges[HORIZON], reads,
                 table->values[(gsize) row * TERRACE_N_FEATURES + TERRACE_FEATURE_RECENCY] <= 30);
        if (file != NULL)
          write_example (file, &history->objects[object], day, judges, reads,
                         &outlooks[row].ranges[HORIZON]);
      }
  if (file != NULL)
    fclose (file);
  print_judged ("  30 days, judged days", &judged);
}

/* --- Places -------------------------------------------------------------------------------- */

/* Another learner's place for every row, if there is one: what following it would have cost. */
typedef struct
{
  const TerraceFeatureTable *table;
  const gint8 *places;
} Follower;

static int
follow (const TerraceReplayState *state, gpointer data)
{
  const Follower *follower = data;
  const int row = terrace_feature_table_find (follower->table, state->index, state->day);

  return row < 0 || follower->places[row] < 0 ? state->place : follower->places[row];
}

/* Where each row's object lay best for most of the next 30 days, -1 where nobody knows. */
static void
label_rows (const TerraceHistory *history,
            const TerraceFeatureTable *table,
            const TerraceTariff *tariff,
            int from,
            int until,
            gint8 *labels)
{
  g_autoptr (TerraceOptimum) optimum = terrace_optimum_new (tariff, FALSE);
  g_autofree gint8 *places = g_new (gint8, (gsize) (until - from));

  for (guint object = 0; object < history->n_objects; object++)
    {
      terrace_optimum_solve (optimum, &history->objects[object], from, until, places);
      for (guint row = table->first_rows[object]; row < table->first_rows[object + 1]; row++)
        {
          const int day = terrace_feature_table_get_day (table, object, row);
          int days[TERRACE_TARIFF_CLASSES] = { 0 };

          if (day < from || day + 1 + DAYS > until || places[day + DAYS - from] < 0)
            continue;
          for (int i = day + 1; i <= day + DAYS; i++)
            days[MAX (places[i - from], 0)]++;
          labels[row] = 0;
          for (gint8 place = 1; place < tariff->n_classes; place++)
            if (days[place] > days[labels[row]])
              labels[row] = place;
        }
    }
}

static void
print_cost (const TerraceHistory *history,
            const TerraceTariff *tariff,
            const TerraceReplayRule *rule,
            int split,
            const char *what)
{
  g_autoptr (TerraceOptimum) optimum = terrace_optimum_new (tariff, FALSE);
  TerraceReplayResult result;
  double least = 0.0;

  for (guint i = 0; i < history->n_objects; i++)
    least += terrace_optimum_solve (optimum, &history->objects[i], split, history->n_days, NULL);
  terrace_replay (history, tariff, rule, split, history->n_days, NULL, &result);
  g_print ("%s: cost / optimum %.3f, %" G_GUINT64_FORMAT " moves\n", what, result.cost / least,
           result.moves);
}

/* Writes features and labels of all rows (labels-learn.bin, labels-judge.bin, features.bin), and
 * judges places.bin if it is there: see compare-forest.py. */
static void
exchange_places (const TerraceHistory *history,
                 const TerraceTariff *tariff,
                 int split,
                 const char *directory)
{
  static const char *const names[] = { "labels-learn.bin", "labels-judge.bin" };
  g_autoptr (TerraceFeatureTable) table = terrace_features_build (history, split % 7, split, NULL);
  g_autofree char *features = g_build_filename (directory, "features.bin", NULL);
  g_autofree char *others = g_build_filename (directory, "places.bin", NULL);
  g_autofree char *places = NULL;
  gsize length;

  g_file_set_contents (features, (const char *) table->values,
                       (gssize) (sizeof (float) * table->n_rows * TERRACE_N_FEATURES), NULL);
  for (int part = 0; part < 2; part++)
    {
      g_autofree char *path = g_build_filename (directory, names[part], NULL);
      g_autofree gint8 *labels = g_malloc (table->n_rows);

      memset (labels, -1, table->n_rows);
      label_rows (history, table, tariff, part == 0 ? 0 : split,
                  part == 0 ? split : history->n_days, labels);
      g_file_set_contents (path, (const char *) labels, (gssize) table->n_rows, NULL);
    }
  if (g_file_get_contents (others, &places, &length, NULL) && length == table->n_rows)
    {
      Follower follower = { table, (const gint8 *) places };
      const TerraceReplayRule rule = { .decide = follow, .data = &follower, .every = 1 };

      print_cost (history, tariff, &rule, split, "the other learner's places");
    }
}

static void
bench_places (const TerraceHistory *history, const TerraceTariff *tariff, int split)
{
  g_autoptr (TerraceForesight) foresight = NULL;
  g_autoptr (GError) error = NULL;
  const TerraceCalibration *calibration;
  TerraceReplayRule rule;
  gint64 begin_us = g_get_monotonic_time ();

  foresight = terrace_foresight_learn (history, tariff, split, 1, NULL, NULL, NULL, &error);
  if (foresight == NULL)
    g_error ("%s", error->message);
  calibration = terrace_foresight_get_calibration (foresight);
  g_print ("places: learnt in %.1f s, %s decides; accuracy %.3f, macro-F1 %.3f on "
           "%" G_GUINT64_FORMAT " held-back predictions\n",
           elapsed (begin_us), terrace_foresight_get_chosen (foresight)->nick,
           calibration->accuracy, calibration->macro_f1, calibration->n_judged);
  for (int bin = 0; bin < TERRACE_CALIBRATION_BINS; bin++)
    if (calibration->reliability[bin].count > 0)
      g_print ("  said %.2f, came true %.2f, %" G_GUINT64_FORMAT " times\n",
               calibration->reliability[bin].confidence, calibration->reliability[bin].accuracy,
               calibration->reliability[bin].count);
  terrace_foresight_get_rule (foresight, &rule);
  print_cost (history, tariff, &rule, split, "Terrace");
}

int
main (int argc, char **argv)
{
  g_autoptr (TerraceHistory) history = NULL;
  g_autoptr (TerracePriceSheet) sheet = NULL;
  TerraceTariff tariff;
  int split;

  if (argc < 3)
    {
      g_print ("bench-forecast HISTORY.csv SIZE_SCALE [DIRECTORY]\n");
      return EXIT_SUCCESS;
    }
  history = load_history (argv[1], g_ascii_strtod (argv[2], NULL));
  load_tariff (&tariff, &sheet);
  split = (int) (history->n_days * TRAIN_SHARE);
  g_print ("%u objects, %d days, judged from day %d on\n", history->n_objects, history->n_days,
           split);
  bench_reads (history, split, argc > 3 ? argv[3] : NULL);
  bench_places (history, &tariff, split);
  if (argc > 3)
    exchange_places (history, &tariff, split, argv[3]);
  return EXIT_SUCCESS;
}
