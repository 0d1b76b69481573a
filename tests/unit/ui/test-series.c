/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The data of charts. */

#include "config.h"

#include "ui/charts/terrace-series.h"

typedef struct
{
  guint n_signals;
  guint n_removed;
  guint n_added;
} Changes;

static void
count_changes (GListModel *model, guint position, guint removed, guint added, gpointer data)
{
  Changes *changes = data;

  changes->n_signals++;
  changes->n_removed += removed;
  changes->n_added += added;
}

static TerraceSeries *
make_series (guint max_points, guint n_points)
{
  TerraceSeries *series = terrace_series_new ("Numbers", max_points);

  for (guint i = 0; i < n_points; i++)
    terrace_series_append (series, &TERRACE_POINT (i, i * 10.0));
  return series;
}

static void
test_append (void)
{
  g_autoptr (TerraceSeries) series = terrace_series_new ("Numbers", 0);
  g_autoptr (TerraceSample) sample = NULL;
  Changes changes = { 0 };

  g_assert_cmpstr (terrace_series_get_title (series), ==, "Numbers");
  g_assert_null (terrace_series_peek (series));
  g_signal_connect_data (series, "items-changed", G_CALLBACK (count_changes), &changes, NULL, 0);
  for (guint i = 0; i < 3; i++)
    terrace_series_append (series, &TERRACE_POINT (i, 7));

  g_assert_cmpuint (changes.n_signals, ==, 3);
  g_assert_cmpuint (changes.n_added, ==, 3);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (series)), ==, 3);
  sample = g_list_model_get_item (G_LIST_MODEL (series), 2);
  g_assert_cmpfloat (terrace_sample_get_point (sample)->x, ==, 2);
  g_assert_null (g_list_model_get_item (G_LIST_MODEL (series), 3));
}

static void
test_bound (void)
{
  g_autoptr (TerraceSeries) series = make_series (4, 0);
  Changes changes = { 0 };

  g_signal_connect_data (series, "items-changed", G_CALLBACK (count_changes), &changes, NULL, 0);
  for (guint i = 0; i < 23; i++)
    {
      terrace_series_append (series, &TERRACE_POINT (i, i));
      g_assert_cmpuint (terrace_series_get_length (series), ==, MIN (i + 1, 4));
      g_assert_cmpuint (changes.n_added - changes.n_removed, ==, MIN (i + 1, 4));
      g_assert_cmpfloat (terrace_series_peek (series)[0].x, ==, i < 4 ? 0 : i - 3);
    }
  g_assert_cmpfloat (terrace_series_peek (series)[3].x, ==, 22);
}

static void
test_set_points (void)
{
  g_autoptr (TerraceSeries) series = make_series (3, 2);
  const TerracePoint points[] = { TERRACE_POINT (5, 1), TERRACE_POINT (6, 2), TERRACE_POINT (7, 3),
                                  TERRACE_POINT (8, 4) };
  Changes changes = { 0 };

  g_signal_connect_data (series, "items-changed", G_CALLBACK (count_changes), &changes, NULL, 0);
  terrace_series_set_points (series, points, G_N_ELEMENTS (points));
  g_assert_cmpuint (changes.n_signals, ==, 1);
  g_assert_cmpuint (changes.n_removed, ==, 2);
  g_assert_cmpuint (changes.n_added, ==, 3);
  g_assert_cmpfloat (terrace_series_peek (series)[0].x, ==, 6);
  terrace_series_set_points (series, NULL, 0);
  g_assert_cmpuint (terrace_series_get_length (series), ==, 0);
}

static void
test_find (void)
{
  g_autoptr (TerraceSeries) series = make_series (0, 10);
  g_autoptr (TerraceSeries) empty = make_series (0, 0);
  guint index = 99;

  g_assert_cmpuint (terrace_series_find (series, -1), ==, 0);
  g_assert_cmpuint (terrace_series_find (series, 3), ==, 3);
  g_assert_cmpuint (terrace_series_find (series, 3.1), ==, 4);
  g_assert_cmpuint (terrace_series_find (series, 100), ==, 10);

  g_assert_false (terrace_series_find_nearest (empty, 1, &index));
  g_assert_true (terrace_series_find_nearest (series, 3.4, &index));
  g_assert_cmpuint (index, ==, 3);
  g_assert_true (terrace_series_find_nearest (series, 3.6, &index));
  g_assert_cmpuint (index, ==, 4);
  g_assert_true (terrace_series_find_nearest (series, 1000, &index));
  g_assert_cmpuint (index, ==, 9);
}

static void
test_range (void)
{
  g_autoptr (TerraceSeries) series = terrace_series_new ("Forecast", 0);
  const TerracePoint points[] = { { 1, 1, 5, 2, 9 },
                                  { 2, 2, NAN, NAN, NAN },
                                  { 3, 4, 6, NAN, NAN } };
  double x_min, x_max, y_min, y_max;

  g_assert_false (terrace_series_get_range (series, &x_min, NULL, NULL, NULL));
  terrace_series_set_points (series, points, G_N_ELEMENTS (points));
  g_assert_true (terrace_series_get_range (series, &x_min, &x_max, &y_min, &y_max));
  g_assert_cmpfloat (x_min, ==, 1);
  g_assert_cmpfloat (x_max, ==, 4);
  g_assert_cmpfloat (y_min, ==, 2);
  g_assert_cmpfloat (y_max, ==, 9);
}

static void
test_histogram (void)
{
  g_autoptr (TerraceSeries) series = terrace_series_new ("Sizes", 0);
  const double values[] = { 0, 1, 1.5, 2, NAN, 9.9, 10, 5 };
  const double alike[] = { 3, 3, 3 };
  double sum = 0;

  terrace_series_fill_histogram (series, values, G_N_ELEMENTS (values), 5);
  g_assert_cmpuint (terrace_series_get_length (series), ==, 5);
  for (guint i = 0; i < 5; i++)
    sum += terrace_series_peek (series)[i].y;
  g_assert_cmpfloat (sum, ==, 7);
  g_assert_cmpfloat (terrace_series_peek (series)[0].y, ==, 3);
  g_assert_cmpfloat (terrace_series_peek (series)[4].y, ==, 2);
  g_assert_cmpfloat (terrace_series_peek (series)[4].x_end, ==, 10);

  terrace_series_fill_histogram (series, alike, G_N_ELEMENTS (alike), 4);
  g_assert_cmpfloat (terrace_series_peek (series)[0].y, ==, 3);
  terrace_series_fill_histogram (series, NULL, 0, 4);
  g_assert_cmpuint (terrace_series_get_length (series), ==, 0);
}

static void
test_waterfall (void)
{
  g_autoptr (TerraceSeries) series = terrace_series_new ("Bill", 0);
  const double steps[] = { 10, 5, -3 };
  const TerracePoint *points;

  terrace_series_fill_waterfall (series, steps, G_N_ELEMENTS (steps));
  points = terrace_series_peek (series);
  g_assert_cmpuint (terrace_series_get_length (series), ==, 4);
  g_assert_cmpfloat (points[1].low, ==, 10);
  g_assert_cmpfloat (points[1].y, ==, 15);
  g_assert_cmpfloat (points[2].y, ==, 12);
  g_assert_cmpfloat (points[3].low, ==, 0);
  g_assert_cmpfloat (points[3].y, ==, 12);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ui/series/append", test_append);
  g_test_add_func ("/ui/series/bound", test_bound);
  g_test_add_func ("/ui/series/set-points", test_set_points);
  g_test_add_func ("/ui/series/find", test_find);
  g_test_add_func ("/ui/series/range", test_range);
  g_test_add_func ("/ui/series/histogram", test_histogram);
  g_test_add_func ("/ui/series/waterfall", test_waterfall);
  return g_test_run ();
}
