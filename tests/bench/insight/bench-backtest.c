/* SPDX-License-Identifier: GPL-3.0-or-later */

/* How long a back-test takes, part by part: object-days a second for a plain rule and for the
 * optimum, features and prediction for a million rows, training on a hundred thousand. The history
 * is made up, with a seed; nobody's habits are claimed to be like that.
 *
 *     bench-backtest [OBJECTS]      (default: 10000, of two years each) */

#include "config.h"

#include "insight/terrace-features.h"
#include "insight/terrace-forest.h"
#include "insight/terrace-optimum.h"
#include "insight/terrace-price-sheet.h"
#include "insight/terrace-rules.h"

#include <stdlib.h>
#include <time.h>

#define N_DAYS 730
#define DEFAULT_OBJECTS 10000
#define N_TRAIN 100000
#define N_PREDICT 1000000
/* With Amazon's three classes; reads are foreseen in three horizons of three numbers. */
#define PROGRAM_FORESTS 2
#define PROGRAM_BOOSTERS 9
#define FIRST_DAY 19000
#define SECONDS_PER_DAY 86400
#define HEADER "unix_time,key,op,size_bytes,bytes,count\n"
#define US_PER_SECOND 1e6

/* All of it runs on one thread: its processor time does not change with what else runs. */
static gint64
get_processor_us (void)
{
  return (gint64) ((double) clock () * US_PER_SECOND / CLOCKS_PER_SEC);
}

static double
elapsed (gint64 since_us)
{
  return (double) (get_processor_us () - since_us) / US_PER_SECOND;
}

static void
push (TerraceHistoryParser *parser, const char *text, gsize length)
{
  g_autoptr (GError) error = NULL;

  if (!terrace_history_parser_push (parser, text, length, &error))
    g_error ("%s", error->message);
}

static void
add_object (TerraceHistoryParser *parser, GRand *rand, guint i)
{
  const double chance = (double[]){ 0.2, 0.02, 0.005, 0.0 }[i % 4];
  const guint size = g_rand_int (rand);
  g_autoptr (GString) rows = g_string_new (NULL);

  g_string_printf (rows, "%d,f%u/o%u.x%u,PUT,%u,0,1\n", FIRST_DAY * SECONDS_PER_DAY, i % 100, i,
                   i % 9, size);
  for (int day = 0; day < N_DAYS; day++)
    if (g_rand_double (rand) < chance)
      g_string_append_printf (rows, "%d,f%u/o%u.x%u,GET,%u,%u,1\n",
                              (FIRST_DAY + day) * SECONDS_PER_DAY, i % 100, i, i % 9, size, size);
  push (parser, rows->str, rows->len);
}

static TerraceHistory *
make_history (guint n_objects)
{
  g_autoptr (TerraceHistoryParser) parser = terrace_history_parser_new ();
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);
  g_autoptr (GError) error = NULL;
  const gint64 begin_us = get_processor_us ();
  TerraceHistory *history;

  push (parser, HEADER, sizeof HEADER - 1);
  for (guint i = 0; i < n_objects; i++)
    add_object (parser, rand, i);
  history = terrace_history_parser_finish (parser, G_MININT32, 1.0, &error);
  if (history == NULL)
    g_error ("%s", error->message);
  g_print ("history: %u objects, %d days, %" G_GUINT64_FORMAT " rows made and read in %.2f s\n",
           history->n_objects, history->n_days, terrace_history_parser_get_rows (parser),
           elapsed (begin_us));
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
}

static void
bench_rules (const TerraceHistory *history, const TerraceTariff *tariff)
{
  for (int kind = 0; kind < TERRACE_N_RULES; kind++)
    {
      TerraceReplayResult result;
      TerraceRuleMemory memory;
      TerraceReplayRule rule;
      gint64 begin_us;

      terrace_rule_init (&rule, &memory, (TerraceRuleKind) kind, tariff);
      begin_us = get_processor_us ();
      terrace_replay (history, tariff, &rule, 0, history->n_days, NULL, &result);
      g_print ("replay %-13s %6.1f million object-days/s (goal 1)\n",
               terrace_rule_get_nick ((TerraceRuleKind) kind),
               (double) result.object_days / elapsed (begin_us) / 1e6);
    }
}

static void
bench_optimum (const TerraceHistory *history, const TerraceTariff *tariff, gboolean use_auto)
{
  g_autoptr (TerraceOptimum) optimum = terrace_optimum_new (tariff, use_auto);
  const gint64 begin_us = get_processor_us ();

  for (guint i = 0; i < history->n_objects; i++)
    terrace_optimum_solve (optimum, &history->objects[i], 0, history->n_days, NULL);
  g_print ("optimum, %d places     %6.1f million object-days/s (goal 1)\n",
           use_auto ? tariff->n_places : tariff->n_classes,
           (double) history->n_objects * history->n_days / elapsed (begin_us) / 1e6);
}

/* Returns the seconds that predicting took. */
static double
bench_forest (const TerraceFeatureTable *table, TerraceForestKind kind)
{
  const TerraceForestOptions options = { kind, 100, kind == TERRACE_FOREST_RANDOM ? 11 : 6, 25.0,
                                         1 };
  const guint n_train = MIN (table->n_rows, N_TRAIN);
  const guint n_predict = MIN (table->n_rows, N_PREDICT);
  g_autofree float *targets = g_new (float, n_train);
  g_autofree float *weights = g_new (float, n_train);
  g_autofree float *results = g_new (float, n_predict);
  g_autoptr (TerraceForest) forest = NULL;
  g_autoptr (GError) error = NULL;
  gint64 begin_us = get_processor_us ();
  double seconds;

  for (guint i = 0; i < n_train; i++)
    {
      const float *row = table->values + (gsize) i * TERRACE_N_FEATURES;

      targets[i] = row[TERRACE_FEATURE_VOLUME_90] - row[TERRACE_FEATURE_RECENCY] / 100.0f;
      weights[i] = 1.0f;
    }
  forest = terrace_forest_train (&options, table->values, n_train, TERRACE_N_FEATURES, targets,
                                 weights, NULL, &error);
  if (forest == NULL)
    g_error ("%s", error->message);
  g_print ("train %s forest of 100 trees on %u rows: %.1f s (goal 60)\n",
           kind == TERRACE_FOREST_RANDOM ? "a random" : "a boosted", n_train, elapsed (begin_us));

  begin_us = get_processor_us ();
  terrace_forest_predict (forest, table->values, n_predict, results);
  seconds = elapsed (begin_us);
  g_print ("predict %u rows: %.1f s\n", n_predict, seconds);
  return seconds;
}

int
main (int argc, char **argv)
{
  const guint n_objects = argc > 1 ? (guint) strtoul (argv[1], NULL, 10) : DEFAULT_OBJECTS;
  g_autoptr (TerraceHistory) history = make_history (MAX (n_objects, 1));
  g_autoptr (TerraceFeatureTable) table = NULL;
  g_autoptr (TerracePriceSheet) sheet = NULL;
  TerraceTariff tariff;
  gint64 begin_us;
  double seconds;

  load_tariff (&tariff, &sheet);
  bench_rules (history, &tariff);
  bench_optimum (history, &tariff, FALSE);
  bench_optimum (history, &tariff, TRUE);

  begin_us = get_processor_us ();
  table = terrace_features_build (history, 0, history->n_days, NULL);
  if (table == NULL)
    g_error ("Too many rows: fewer objects, please");
  seconds = elapsed (begin_us);
  g_print ("features of %u rows: %.2f s\n", table->n_rows, seconds);
  seconds += PROGRAM_FORESTS * bench_forest (table, TERRACE_FOREST_RANDOM);
  seconds += PROGRAM_BOOSTERS * bench_forest (table, TERRACE_FOREST_BOOSTED);
  g_print ("features, %d forests and %d boosters, as the program asks them: %.1f s (goal 10)\n",
           PROGRAM_FORESTS, PROGRAM_BOOSTERS, seconds);
  return EXIT_SUCCESS;
}
