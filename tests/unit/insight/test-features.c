/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Tests of insight/terrace-features.c: windows against a recount, and nothing from the future. */

#include "history-support.h"

#include "insight/terrace-features.h"

#include <math.h>
#include <string.h>

#define N_OBJECTS 30
#define N_DAYS 420
#define SEED 3

static double
count_requests (const TerraceHistoryObject *object, int day, int days)
{
  double requests = 0.0;

  for (guint i = 0; i < object->n_reads; i++)
    if (object->reads[i].day <= day && object->reads[i].day > day - days)
      requests += object->reads[i].requests;
  return requests;
}

static void
test_recount (void)
{
  g_autoptr (TerraceHistory) history = history_make (N_OBJECTS, N_DAYS, SEED);
  g_autoptr (TerraceFeatureTable) table = terrace_features_build (history, 3, N_DAYS, NULL);
  static const int days[] = { 7, 30, 90, 180, 365 };
  guint n_rows = 0;

  g_assert_nonnull (table);
  for (guint object = 0; object < history->n_objects; object++)
    for (guint row = table->first_rows[object]; row < table->first_rows[object + 1];
         row++, n_rows++)
      {
        const int day = terrace_feature_table_get_day (table, object, row);
        const float *values = table->values + (gsize) row * TERRACE_N_FEATURES;

        g_assert_cmpint (day % TERRACE_FEATURE_STEP, ==, 3);
        g_assert_cmpint (day, >=, history->objects[object].created);
        g_assert_cmpint (terrace_feature_table_find (table, object, day), ==, (int) row);
        g_assert_cmpint (terrace_feature_table_find (table, object, day + 1), ==, -1);
        g_assert_cmpfloat (values[TERRACE_FEATURE_AGE], ==, day - history->objects[object].created);
        for (guint i = 0; i < G_N_ELEMENTS (days); i++)
          g_assert_cmpfloat_with_epsilon (expm1 ((double) values[TERRACE_FEATURE_REQUESTS_7 + i]),
                                          count_requests (&history->objects[object], day, days[i]),
                                          1e-3);
        for (int i = 0; i < TERRACE_N_FEATURES; i++)
          g_assert_true (isfinite (values[i]));
      }
  g_assert_cmpuint (n_rows, ==, table->n_rows);
  g_assert_cmpuint (n_rows, >, 1000);
}

/* A history that ends earlier gives the same rows up to there. */
static void
test_no_future (void)
{
  const int until = 250;
  g_autofree char *rows = history_make_rows (N_OBJECTS, N_DAYS, SEED, until);
  g_autoptr (TerraceHistory) past = history_from_rows (rows);
  g_autoptr (TerraceHistory) all = history_make (N_OBJECTS, N_DAYS, SEED);
  g_autoptr (TerraceFeatureTable) known = terrace_features_build (past, 0, until, NULL);
  g_autoptr (TerraceFeatureTable) table = terrace_features_build (all, 0, until, NULL);
  guint n_compared = 0;

  for (guint i = 0; i < past->n_objects; i++)
    for (guint j = 0; j < all->n_objects; j++)
      {
        if (!g_str_equal (past->objects[i].key, all->objects[j].key) ||
            past->objects[i].created != all->objects[j].created)
          continue;
        for (guint row = known->first_rows[i]; row < known->first_rows[i + 1]; row++)
          {
            const int same =
                terrace_feature_table_find (table, j,
                                            terrace_feature_table_get_day (known, i, row));

            g_assert_cmpint (same, >=, 0);
            g_assert_cmpmem (known->values + (gsize) row * TERRACE_N_FEATURES,
                             sizeof (float) * TERRACE_N_FEATURES,
                             table->values + (gsize) same * TERRACE_N_FEATURES,
                             sizeof (float) * TERRACE_N_FEATURES);
            n_compared++;
          }
      }
  g_assert_cmpuint (n_compared, >, 500);
}

static void
test_names (void)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (int i = 0; i < TERRACE_N_FEATURES; i++)
    g_assert_true (
        g_hash_table_add (seen, (gpointer) terrace_feature_get_nick ((TerraceFeature) i)));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/insight/features/recount", test_recount);
  g_test_add_func ("/insight/features/no-future", test_no_future);
  g_test_add_func ("/insight/features/names", test_names);

  return g_test_run ();
}
