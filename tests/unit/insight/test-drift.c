/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Drift: none between a crowd and itself, little between two samples of one crowd, much when their
 * use changed, and never an answer where nothing is known. */

#include "insight/terrace-drift.h"

#include "history-support.h"

#define N_OBJECTS 400
#define N_DAYS 400

static TerraceFeatureTable *
make_table (guint seed)
{
  g_autoptr (TerraceHistory) history = history_make (N_OBJECTS, N_DAYS, seed);
  const int last = history->n_days - 1;

  return terrace_features_build_from (history, last, last, last + 1, NULL);
}

/* Of each object's row; values are logarithms of counts. */
static void
add (TerraceFeatureTable *table, TerraceFeature feature, float more)
{
  for (guint row = 0; row < table->n_rows; row++)
    table->values[(gsize) row * TERRACE_N_FEATURES + feature] += more;
}

static void
test_same (void)
{
  g_autoptr (TerraceFeatureTable) table = make_table (1);
  g_autoptr (TerraceFeatureTable) alike = make_table (2);
  TerraceDriftImage image;

  terrace_drift_image_take (&image, table);
  g_assert_cmpuint (image.n_objects, >, N_OBJECTS / 2);
  g_assert_cmpfloat (terrace_drift_measure (&image, table), ==, 0.0);
  g_assert_cmpfloat (terrace_drift_measure (&image, alike), <, 0.25);
}

static void
test_changed (void)
{
  g_autoptr (TerraceFeatureTable) table = make_table (1);
  TerraceDriftImage image;
  double little, much;

  terrace_drift_image_take (&image, table);
  /* Growing older is no drift. */
  add (table, TERRACE_FEATURE_AGE, 1000.0f);
  g_assert_cmpfloat (terrace_drift_measure (&image, table), ==, 0.0);
  add (table, TERRACE_FEATURE_SIZE, 0.5f);
  little = terrace_drift_measure (&image, table);
  add (table, TERRACE_FEATURE_REQUESTS_365, 10.0f);
  much = terrace_drift_measure (&image, table);
  g_assert_cmpfloat (much, >, 1.0);
  g_assert_cmpfloat (much, >=, little);
}

static void
test_nothing (void)
{
  g_autoptr (TerraceFeatureTable) table = make_table (1);
  TerraceFeatureTable empty = { 0 };
  guint first_row = 0;
  TerraceDriftImage image;

  empty.first_rows = &first_row;
  terrace_drift_image_take (&image, &empty);
  g_assert_cmpuint (image.n_objects, ==, 0);
  g_assert_cmpfloat (terrace_drift_measure (&image, table), ==, 0.0);
  terrace_drift_image_take (&image, table);
  g_assert_cmpfloat (terrace_drift_measure (&image, &empty), ==, 0.0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/drift/same", test_same);
  g_test_add_func ("/drift/changed", test_changed);
  g_test_add_func ("/drift/nothing", test_nothing);
  return g_test_run ();
}
