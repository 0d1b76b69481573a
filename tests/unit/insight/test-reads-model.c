/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Tests of the forecast of reads: its intervals hold on days nobody learnt from, the same seed
 * gives the same model, it can be kept, and too little history is no error. */

#include "insight/terrace-reads-model.h"
#include "insight/terrace-reads-series.h"

#include "base/terrace-error.h"
#include "history-support.h"

#define N_OBJECTS 80
#define N_DAYS 720
#define UNTIL 630

typedef struct
{
  TerraceHistory *history;
  TerraceFeatureTable *table;
  TerraceReadsModel *model;
} Fixture;

static TerraceReadsModel *
train (Fixture *fixture, int until)
{
  g_autoptr (GError) error = NULL;
  TerraceReadsModel *model =
      terrace_reads_model_train (fixture->history, fixture->table, until, 1, NULL, &error);

  g_assert_no_error (error);
  return model;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->history = history_make (N_OBJECTS, N_DAYS, 5);
  fixture->table = terrace_features_build (fixture->history, UNTIL % 7, UNTIL, NULL);
  fixture->model = train (fixture, UNTIL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  terrace_reads_model_free (fixture->model);
  terrace_feature_table_free (fixture->table);
  terrace_history_free (fixture->history);
}

/* The 30 days after the last one that was learnt from. */
static void
test_holds (Fixture *fixture, gconstpointer data)
{
  g_autofree TerraceOutlook *outlooks = g_new0 (TerraceOutlook, fixture->table->n_rows);
  guint n = 0;
  guint held = 0;

  terrace_reads_model_predict (fixture->model, fixture->history, fixture->table, outlooks);
  for (guint i = 0; i < fixture->history->n_objects; i++)
    {
      const int row = terrace_feature_table_find (fixture->table, i, UNTIL);
      const TerraceReadsRange *range;
      double reads;

      if (row < 0)
        continue;
      range = &outlooks[row].ranges[1];
      g_assert_cmpfloat (range->low, >=, 0.0);
      g_assert_cmpfloat (range->low, <=, range->expected);
      g_assert_cmpfloat (range->expected, <=, range->high);
      reads = terrace_reads_count (&fixture->history->objects[i], UNTIL, 30);
      n++;
      held += reads > range->low - 0.5 && reads < range->high + 0.5;
    }
  g_assert_cmpuint (n, >, N_OBJECTS / 2);
  /* Four in five are meant. */
  g_assert_cmpfloat ((double) held / n, >, 0.7);
}

static void
test_score (Fixture *fixture, gconstpointer data)
{
  for (int i = 0; i < TERRACE_N_HORIZONS; i++)
    {
      const TerraceReadsScore *score = terrace_reads_model_get_score (fixture->model, i);
      const TerraceReadsMethod method = terrace_reads_model_get_method (fixture->model, i);

      g_assert_cmpuint (score->n_rows, >, 100);
      g_assert_cmpfloat (score->coverage, >, 0.7);
      for (int other = TERRACE_READS_SMOOTHING; other <= TERRACE_READS_BOOSTED; other++)
        g_assert_cmpfloat (score->losses[method], <=, score->losses[other]);
    }
}

static void
test_keeps (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TerraceReadsModel) again = train (fixture, UNTIL);
  g_autoptr (TerraceReadsModel) loaded = NULL;
  g_autoptr (GVariant) first = NULL;
  g_autoptr (GVariant) second = NULL;
  g_autoptr (GVariant) third = NULL;
  g_autoptr (GVariant) wrong = g_variant_ref_sink (g_variant_new_string ("no model"));
  g_autoptr (GError) error = NULL;

  first = g_variant_ref_sink (terrace_reads_model_save (fixture->model, &error));
  second = g_variant_ref_sink (terrace_reads_model_save (again, &error));
  g_assert_no_error (error);
  g_assert_true (g_variant_equal (first, second));

  loaded = terrace_reads_model_load (first, &error);
  g_assert_no_error (error);
  third = g_variant_ref_sink (terrace_reads_model_save (loaded, &error));
  g_assert_true (g_variant_equal (first, third));

  g_assert_null (terrace_reads_model_load (wrong, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_CORRUPT);
}

/* Nothing to judge by: no method is chosen, chance alone gives the interval. */
static void
test_short (void)
{
  Fixture fixture = { .history = history_make (20, 40, 3) };
  g_autoptr (TerraceReadsModel) model = NULL;
  g_autofree TerraceOutlook *outlooks = NULL;

  fixture.table = terrace_features_build (fixture.history, 4, 39, NULL);
  model = train (&fixture, 39);
  outlooks = g_new0 (TerraceOutlook, fixture.table->n_rows);
  g_assert_cmpint (terrace_reads_model_get_method (model, 2), ==, TERRACE_READS_NONE);
  g_assert_cmpuint (terrace_reads_model_get_score (model, 2)->n_rows, ==, 0);
  terrace_reads_model_predict (model, fixture.history, fixture.table, outlooks);
  for (guint i = 0; i < fixture.table->n_rows; i++)
    g_assert_cmpfloat (outlooks[i].ranges[2].high, >=, outlooks[i].ranges[2].low + 1.0);
  terrace_feature_table_free (fixture.table);
  terrace_history_free (fixture.history);
}

/* Croston's method expects of rare reads what comes of them. */
static void
test_series (void)
{
  g_autoptr (GString) rows = g_string_new ("0,a,PUT,1000,0,0\n");
  g_autoptr (TerraceHistory) history = NULL;
  g_autoptr (TerraceFeatureTable) table = NULL;
  g_autoptr (TerraceReadsSeries) series = NULL;
  guint last;

  /* Three reads in every fourth week. */
  for (int week = 0; week < 104; week += 4)
    g_string_append_printf (rows, "%d,a,GET,0,3000,3\n", week * 7 * 86400);
  g_string_append_printf (rows, "%d,b,PUT,1,0,0\n", 727 * 86400);
  history = history_from_rows (rows->str);
  table = terrace_features_build (history, 6, history->n_days, NULL);
  series = terrace_reads_series_new (history, table);
  last = table->first_rows[1] - 1;
  g_assert_cmpfloat_with_epsilon (series->croston[last], 0.75, 0.25);
  g_assert_cmpfloat_with_epsilon (series->smoothed[last], 0.75, 0.25);
  g_assert_cmpfloat (terrace_reads_count (&history->objects[0], 0, 28), ==, 3.0);
  g_assert_cmpfloat (terrace_reads_count (&history->objects[0], 28, 27), ==, 0.0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/insight/reads-model/holds", Fixture, NULL, set_up, test_holds, tear_down);
  g_test_add ("/insight/reads-model/score", Fixture, NULL, set_up, test_score, tear_down);
  g_test_add ("/insight/reads-model/keeps", Fixture, NULL, set_up, test_keeps, tear_down);
  g_test_add_func ("/insight/reads-model/short", test_short);
  g_test_add_func ("/insight/reads-model/series", test_series);

  return g_test_run ();
}
