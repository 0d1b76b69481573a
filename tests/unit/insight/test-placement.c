/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Tests of what was learnt about placing: it says how sure it is and is right about that, tells
 * what speaks for a place, sees drift, can be kept, and loses to the rule where it should. */

#include "insight/terrace-placement.h"

#include "base/terrace-error.h"
#include "history-support.h"

#include <math.h>

#define N_DAYS 720
#define N_OBJECTS 240

typedef struct
{
  TerracePriceSheet *sheet;
  TerraceTariff tariff;
  TerraceHistory *history;
  TerracePlacement *placement;
  TerraceFeatureTable *table;
} Fixture;

static TerracePlacement *
learn (Fixture *fixture, guint seed)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TerraceForesight) foresight =
      terrace_foresight_learn (fixture->history, &fixture->tariff, fixture->history->n_days, seed,
                               NULL, NULL, NULL, &error);

  g_assert_no_error (error);
  return terrace_placement_new (foresight, &fixture->tariff);
}

/* (transfer full): three kinds of files, each read by chance at a rate of its own, too rarely for a
 * rate of one object to tell which kind it is; the name does. */
static TerraceHistory *
make_history (void)
{
  static const double reads_per_day[] = { 0.008, 0.023, 0.06 };
  static const char *const kinds[] = { "bak", "doc", "mov" };
  g_autoptr (GString) rows = g_string_new (NULL);
  g_autoptr (GRand) rand = g_rand_new_with_seed (3);

  for (int i = 0; i < N_OBJECTS; i++)
    {
      const int created = i * N_DAYS / 2 / N_OBJECTS;

      for (int day = created; day < N_DAYS; day++)
        if (day == created || g_rand_double (rand) < reads_per_day[i % 3])
          g_string_append_printf (rows, "%d,f%d.%s,%s,2000000000,2000000000,1\n", day * 86400, i,
                                  kinds[i % 3], day == created ? "PUT" : "GET");
    }
  return history_from_rows (rows->str);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  int last;

  history_load_tariff (&fixture->tariff, &fixture->sheet);
  fixture->tariff.n_places = fixture->tariff.n_classes;
  fixture->history = make_history ();
  fixture->placement = learn (fixture, 1);
  last = fixture->history->n_days - 1;
  fixture->table = terrace_features_build_from (fixture->history, last, last, last + 1, NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  terrace_feature_table_free (fixture->table);
  terrace_placement_free (fixture->placement);
  terrace_history_free (fixture->history);
  g_object_unref (fixture->sheet);
}

static void
test_sure (Fixture *fixture, gconstpointer data)
{
  const TerracePlacementScore *score = terrace_placement_get_score (fixture->placement);
  double off = 0.0;

  g_assert_cmpuint (score->calibration.n_judged, >, 500);
  g_assert_cmpfloat (score->calibration.accuracy, >, 0.5);
  g_assert_cmpfloat (score->calibration.macro_f1, >, 0.3);
  g_assert_cmpfloat (score->rule_cost, >=, score->optimum);
  g_assert_cmpint (score->uses_model, ==, score->cost < score->rule_cost);
  for (int bin = 0; bin < TERRACE_CALIBRATION_BINS; bin++)
    {
      const TerraceReliability *bar = &score->calibration.reliability[bin];

      off += fabs (bar->confidence - bar->accuracy) * (double) bar->count /
             (double) score->calibration.n_judged;
    }
  /* Expected calibration error. */
  g_assert_cmpfloat (off, <, 0.15);
}

static void
test_speaks (Fixture *fixture, gconstpointer data)
{
  g_autofree TerracePlacing *placings = g_new0 (TerracePlacing, fixture->table->n_rows);

  g_assert_true (terrace_placement_get_score (fixture->placement)->uses_model);
  terrace_placement_predict (fixture->placement, fixture->table, &fixture->tariff, placings);
  for (guint row = 0; row < fixture->table->n_rows; row++)
    {
      const TerracePlacing *placing = &placings[row];
      const float *features = fixture->table->values + (gsize) row * TERRACE_N_FEATURES;
      double amounts[TERRACE_N_FEATURES + 1];
      double rival = INFINITY;
      double sum = 0.0;
      g_autoptr (GError) error = NULL;

      g_assert_cmpfloat (placing->confidence, >, 0.0);
      g_assert_cmpfloat (placing->confidence, <=, 1.0);
      for (int place = 0; place < fixture->tariff.n_classes; place++)
        if (place != placing->place)
          rival = MIN (rival, placing->costs[place]);
      g_assert_cmpfloat (placing->costs[placing->place], <=, rival);

      g_assert_true (terrace_placement_contribute (fixture->placement, features, &fixture->tariff,
                                                   placing, amounts, &error));
      g_assert_no_error (error);
      for (int i = 0; i <= TERRACE_N_FEATURES; i++)
        sum += amounts[i];
      g_assert_cmpfloat_with_epsilon (sum, rival - placing->costs[placing->place],
                                      1e-6 + fabs (sum) * 1e-4);
    }
}

static void
test_keeps (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TerracePlacement) again = learn (fixture, 1);
  g_autoptr (TerracePlacement) loaded = NULL;
  g_autoptr (GVariant) first = NULL;
  g_autoptr (GVariant) second = NULL;
  g_autoptr (GVariant) wrong = g_variant_ref_sink (g_variant_new_int32 (7));
  g_autofree TerracePlacing *before = g_new0 (TerracePlacing, fixture->table->n_rows);
  g_autofree TerracePlacing *after = g_new0 (TerracePlacing, fixture->table->n_rows);
  g_autoptr (GError) error = NULL;

  first = g_variant_ref_sink (terrace_placement_save (fixture->placement, &error));
  second = g_variant_ref_sink (terrace_placement_save (again, &error));
  g_assert_no_error (error);
  g_assert_true (g_variant_equal (first, second));

  loaded = terrace_placement_load (first, &error);
  g_assert_no_error (error);
  terrace_placement_predict (fixture->placement, fixture->table, &fixture->tariff, before);
  terrace_placement_predict (loaded, fixture->table, &fixture->tariff, after);
  for (guint row = 0; row < fixture->table->n_rows; row++)
    {
      g_assert_cmpint (before[row].place, ==, after[row].place);
      g_assert_cmpfloat (before[row].confidence, ==, after[row].confidence);
    }
  g_assert_null (terrace_placement_load (wrong, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_CORRUPT);
}

static void
test_drift (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GString) rows = g_string_new (NULL);
  g_autoptr (TerraceHistory) other = NULL;
  g_autoptr (TerraceFeatureTable) table = NULL;

  g_assert_cmpfloat (terrace_placement_measure_drift (fixture->placement, fixture->table), <, 0.1);

  /* Everything is a thousand times as large, and is read every day. */
  for (int i = 0; i < 100; i++)
    for (int day = 0; day < 120; day++)
      g_string_append_printf (rows, "%d,k%d,%s,100000000000,100000000000,1\n", day * 86400, i,
                              day == 0 ? "PUT" : "GET");
  other = history_from_rows (rows->str);
  table = terrace_features_build_from (other, 119, 119, 120, NULL);
  g_assert_cmpfloat (terrace_placement_measure_drift (fixture->placement, table), >, 0.5);
}

/* Two weeks teach nothing: the rule decides, and no forest is asked. */
static void
test_short (void)
{
  Fixture fixture = { 0 };
  double amounts[TERRACE_N_FEATURES + 1];
  TerracePlacing placing = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) kept = NULL;
  g_autoptr (TerracePlacement) loaded = NULL;

  history_load_tariff (&fixture.tariff, &fixture.sheet);
  fixture.tariff.n_places = fixture.tariff.n_classes;
  fixture.history = history_make (30, 15, 5);
  fixture.placement = learn (&fixture, 1);
  fixture.table = terrace_features_build_from (fixture.history, 14, 14, 15, NULL);
  g_assert_false (terrace_placement_get_score (fixture.placement)->uses_model);
  g_assert_cmpint (terrace_placement_get_score (fixture.placement)->held_back_days, ==, 0);
  g_assert_false (terrace_placement_contribute (fixture.placement, fixture.table->values,
                                                &fixture.tariff, &placing, amounts, &error));
  g_assert_no_error (error);
  kept = g_variant_ref_sink (terrace_placement_save (fixture.placement, &error));
  loaded = terrace_placement_load (kept, &error);
  g_assert_no_error (error);
  g_assert_false (terrace_placement_get_score (loaded)->uses_model);
  tear_down (&fixture, NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/insight/placement/sure", Fixture, NULL, set_up, test_sure, tear_down);
  g_test_add ("/insight/placement/speaks", Fixture, NULL, set_up, test_speaks, tear_down);
  g_test_add ("/insight/placement/keeps", Fixture, NULL, set_up, test_keeps, tear_down);
  g_test_add ("/insight/placement/drift", Fixture, NULL, set_up, test_drift, tear_down);
  g_test_add_func ("/insight/placement/short", test_short);

  return g_test_run ();
}
