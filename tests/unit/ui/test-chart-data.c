/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What a chart shows, without a widget. */

#include "config.h"

#include <locale.h>

#include "ui/charts/terrace-chart-data.h"

static TerraceSeries *
make_series (const char *title, const double *values, guint n_values)
{
  TerraceSeries *series = terrace_series_new (title, 0);

  for (guint i = 0; i < n_values; i++)
    terrace_series_append (series, &TERRACE_POINT (i, values[i]));
  return series;
}

static TerraceChartData *
make_chart (TerraceMark mark)
{
  const double reads[] = { 1, 4, 2 };
  const double writes[] = { 3, 3, 1 };
  g_autoptr (TerraceSeries) first = make_series ("Reads", reads, 3);
  g_autoptr (TerraceSeries) second = make_series ("Writes", writes, 3);
  TerraceChartData *data = terrace_chart_data_new (TERRACE_UNIT_NUMBER, TERRACE_UNIT_NUMBER);

  terrace_chart_data_add (data, first, mark, TERRACE_COLOR_SERIES (0));
  terrace_chart_data_add (data, second, mark, TERRACE_COLOR_SERIES (1));
  return data;
}

static void
test_ranges (void)
{
  g_autoptr (TerraceChartData) empty =
      terrace_chart_data_new (TERRACE_UNIT_NUMBER, TERRACE_UNIT_NUMBER);
  g_autoptr (TerraceChartData) data = make_chart (TERRACE_MARK_LINE);
  double low, high;

  g_assert_false (terrace_chart_data_update_ranges (empty));
  g_assert_true (terrace_chart_data_update_ranges (data));
  terrace_scale_get_range (data->x, &low, &high);
  g_assert_cmpfloat (low, ==, 0);
  g_assert_cmpfloat (high, ==, 2);
  terrace_scale_get_range (data->y, &low, &high);
  g_assert_cmpfloat (low, ==, 0);
  g_assert_cmpfloat (high, ==, 4);

  /* Zoomed in, y fits what is seen. */
  data->zoom_low = 1.9;
  data->zoom_high = 2;
  data->from_zero = FALSE;
  terrace_chart_data_update_ranges (data);
  terrace_scale_get_range (data->y, &low, &high);
  g_assert_cmpfloat (high, ==, 2);

  /* What is hidden has no say. */
  data->zoom_low = data->zoom_high = NAN;
  terrace_chart_data_get (data, 0)->visible = FALSE;
  terrace_chart_data_update_ranges (data);
  terrace_scale_get_range (data->y, &low, &high);
  g_assert_cmpfloat (high, ==, 3);
}

static void
test_span (void)
{
  g_autoptr (TerraceChartData) data = make_chart (TERRACE_MARK_LINE);
  double low, high;

  data->span = 1;
  terrace_chart_data_update_ranges (data);
  terrace_scale_get_range (data->x, &low, &high);
  g_assert_cmpfloat (low, ==, 1);
  g_assert_cmpfloat (high, ==, 2);
}

static void
test_stacks (void)
{
  g_autoptr (TerraceChartData) data = make_chart (TERRACE_MARK_BARS);
  const TerracePoint *points = terrace_series_peek (terrace_chart_data_get (data, 1)->series);
  double from, to, high;

  terrace_chart_data_get_bar (data, 1, &points[1], &from, &to);
  g_assert_cmpfloat (from, ==, 4);
  g_assert_cmpfloat (to, ==, 7);
  terrace_chart_data_update_ranges (data);
  terrace_scale_get_range (data->y, NULL, &high);
  g_assert_cmpfloat (high, ==, 8);

  terrace_chart_data_get (data, 0)->visible = FALSE;
  terrace_chart_data_get_bar (data, 1, &points[1], &from, &to);
  g_assert_cmpfloat (from, ==, 0);
}

static void
test_words (void)
{
  g_autoptr (TerraceChartData) data = make_chart (TERRACE_MARK_LINE);
  g_autofree char *read = NULL;
  g_autofree char *described = NULL;
  g_autofree char *csv = NULL;

  terrace_chart_data_update_ranges (data);
  read = terrace_chart_data_read (data, 1);
  g_assert_cmpstr (read, ==, "1\nReads: 4\nWrites: 3");
  described = terrace_chart_data_describe (data);
  g_assert_cmpstr (described, ==,
                   "From 0 to 2\nReads: from 1 to 4, last 2\nWrites: from 1 to 3, last 1");
  csv = terrace_chart_data_to_csv (data);
  g_assert_cmpstr (csv, ==, "x,Reads,Writes\r\n0,1,3\r\n1,4,3\r\n2,2,1\r\n");
}

static void
test_interval (void)
{
  g_autoptr (TerraceChartData) data =
      terrace_chart_data_new (TERRACE_UNIT_NUMBER, TERRACE_UNIT_NUMBER);
  g_autoptr (TerraceSeries) series = terrace_series_new ("Cost", 0);
  const TerracePoint points[] = { { 0, 0, 5, 4, 7 }, { 1, 1, 6, 3, 9 } };
  g_autofree char *read = NULL;

  terrace_series_set_points (series, points, 2);
  terrace_chart_data_add (data, series, TERRACE_MARK_AREA, TERRACE_COLOR_SERIES (0));
  terrace_chart_data_update_ranges (data);
  read = terrace_chart_data_read (data, 1);
  g_assert_cmpstr (read, ==, "1\nCost: 6 (3 to 9)");
}

static void
test_spans (void)
{
  g_autoptr (TerraceChartData) data =
      terrace_chart_data_new (TERRACE_UNIT_TIME, TERRACE_UNIT_NUMBER);
  g_autoptr (TerraceSeries) series = terrace_series_new ("Copying", 0);
  g_autofree char *csv = NULL;
  double low, high;

  terrace_series_append (series, &TERRACE_SPAN (100, 160));
  terrace_series_append (series, &TERRACE_SPAN (200, 230));
  terrace_chart_data_add (data, series, TERRACE_MARK_SPANS, TERRACE_COLOR_SERIES (0));
  g_assert_cmpuint (terrace_chart_data_count_lanes (data), ==, 1);
  g_assert_true (terrace_chart_data_update_ranges (data));
  terrace_scale_get_range (data->x, &low, &high);
  g_assert_cmpfloat (high, ==, 230);
  csv = terrace_chart_data_to_csv (data);
  g_assert_cmpstr (csv, ==,
                   "time,Copying\r\n1970-01-01T00:01:40Z,60\r\n1970-01-01T00:03:20Z,30\r\n");
}

static void
test_step (void)
{
  g_autoptr (TerraceChartData) data = make_chart (TERRACE_MARK_LINE);

  terrace_chart_data_update_ranges (data);
  g_assert_cmpfloat (terrace_chart_data_step (data, NAN, 0), ==, 0);
  g_assert_cmpfloat (terrace_chart_data_step (data, 0, 1), ==, 1);
  g_assert_cmpfloat (terrace_chart_data_step (data, 1, -1), ==, 0);
  g_assert_cmpfloat (terrace_chart_data_step (data, 1.4, 0), ==, 1);
  g_assert_true (isnan (terrace_chart_data_step (data, 2, 1)));
  g_assert_true (isnan (terrace_chart_data_step (data, 0, -1)));
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "C.UTF-8");
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ui/chart-data/ranges", test_ranges);
  g_test_add_func ("/ui/chart-data/span", test_span);
  g_test_add_func ("/ui/chart-data/stacks", test_stacks);
  g_test_add_func ("/ui/chart-data/words", test_words);
  g_test_add_func ("/ui/chart-data/interval", test_interval);
  g_test_add_func ("/ui/chart-data/spans", test_spans);
  g_test_add_func ("/ui/chart-data/step", test_step);
  return g_test_run ();
}
