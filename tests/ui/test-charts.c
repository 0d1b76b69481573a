/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The chart widget on a display: what it tells, how it is zoomed and switched, what it becomes as a
 * picture and a file. With TERRACE_DEFAULT_SCREENSHOTS set, the pictures are kept for people. */

#include "config.h"

#include <adwaita.h>

#include "ui/charts/terrace-access-chart.h"
#include "ui/charts/terrace-chart.h"
#include "ui/charts/terrace-sparkline.h"

#define DAY 86400.0
#define START 1760000000.0
#define N_DAYS 365

static TerraceChart *
make_cost_chart (void)
{
  TerraceChart *chart = TERRACE_CHART (g_object_ref_sink (
      terrace_chart_new ("Cost a Month", TERRACE_UNIT_TIME, TERRACE_UNIT_MONEY)));
  g_autoptr (TerraceSeries) cost = terrace_series_new ("Cost", 0);
  g_autoptr (TerraceSeries) forecast = terrace_series_new ("Forecast", 0);
  g_autoptr (TerraceSeries) ideal = terrace_series_new ("Best in hindsight", 0);

  for (guint i = 0; i < N_DAYS; i++)
    {
      double value = 120 - i * 0.12 + 6 * sin (i / 9.0);

      terrace_series_append (cost, &TERRACE_POINT (START + i * DAY, value));
      terrace_series_append (ideal, &TERRACE_POINT (START + i * DAY, value * 0.7));
    }
  for (guint i = N_DAYS - 1; i < N_DAYS + 60; i++)
    {
      double value = 120 - i * 0.12, far = (i - N_DAYS + 1) * 0.3;
      TerracePoint point = { START + i * DAY, START + i * DAY, value, value - far, value + far };

      terrace_series_append (forecast, &point);
    }
  terrace_chart_add (chart, cost, TERRACE_MARK_AREA, TERRACE_COLOR_SERIES (0));
  terrace_chart_add (chart, forecast, TERRACE_MARK_AREA, TERRACE_COLOR_SERIES (1));
  terrace_chart_add (chart, ideal, TERRACE_MARK_LINE, TERRACE_COLOR_SERIES (2));
  return chart;
}

static TerraceChart *
make_tier_chart (void)
{
  static const char *const names[] = { "Hot", "Warm", "Cold", "Archive", NULL };
  TerraceChart *chart = TERRACE_CHART (g_object_ref_sink (
      terrace_chart_new ("By Location", TERRACE_UNIT_CATEGORY, TERRACE_UNIT_BYTES)));

  terrace_scale_set_categories (terrace_chart_get_x_scale (chart), names);
  for (guint tier = 0; tier < TERRACE_N_TIERS; tier++)
    {
      g_autoptr (TerraceSeries) series = terrace_series_new (names[tier], 0);

      for (guint i = 0; i < 4; i++)
        {
          TerracePoint point = { i, i + 1, 1e9 * (1 + (i * 7 + tier * 3) % 5), NAN, NAN };

          terrace_series_append (series, &point);
        }
      terrace_chart_add (chart, series, TERRACE_MARK_BARS, TERRACE_COLOR_TIER (tier));
    }
  return chart;
}

static TerraceChart *
make_activity_chart (void)
{
  TerraceChart *chart = TERRACE_CHART (
      g_object_ref_sink (terrace_chart_new ("Transfers", TERRACE_UNIT_TIME, TERRACE_UNIT_NUMBER)));

  for (guint lane = 0; lane < 3; lane++)
    {
      g_autofree char *name = g_strdup_printf ("film-%u.mov", lane);
      g_autoptr (TerraceSeries) series = terrace_series_new (name, 0);

      for (guint i = 0; i < 5; i++)
        {
          double from = START + i * 700 + lane * 200;

          terrace_series_append (series, &TERRACE_SPAN (from, from + 300 + lane * 100));
        }
      terrace_chart_add (chart, series, TERRACE_MARK_SPANS, TERRACE_COLOR_SERIES (lane));
    }
  return chart;
}

static GtkWidget *
show (TerraceChart *chart)
{
  GtkWidget *window = gtk_window_new ();

  gtk_window_set_default_size (GTK_WINDOW (window), 700, 400);
  gtk_window_set_child (GTK_WINDOW (window), GTK_WIDGET (chart));
  gtk_window_present (GTK_WINDOW (window));
  return window;
}

/* The darkest pixel's distance from the ground tells whether anything was drawn at all. */
static void
assert_drawn (TerraceChart *chart, const char *name)
{
  GskRenderer *renderer = gtk_native_get_renderer (gtk_widget_get_native (GTK_WIDGET (chart)));
  g_autoptr (GskRenderNode) node = terrace_chart_render (chart, 800, 400);
  g_autoptr (GdkTexture) texture = NULL;
  g_autofree guchar *pixels = g_malloc (800 * 400 * 4);
  const char *folder = g_getenv ("TERRACE_DEFAULT_SCREENSHOTS");
  guint n_drawn = 0;

  texture = gsk_renderer_render_texture (renderer, node, &GRAPHENE_RECT_INIT (0, 0, 800, 400));
  gdk_texture_download (texture, pixels, 800 * 4);
  for (guint i = 4; i < 800 * 400 * 4; i += 4)
    n_drawn += memcmp (pixels + i, pixels, 4) != 0;
  g_assert_cmpuint (n_drawn, >, 3000);
  if (folder != NULL && g_mkdir_with_parents (folder, 0755) == 0)
    {
      g_autofree char *file_name = g_strconcat ("chart-", name, ".png", NULL);
      g_autofree char *path = g_build_filename (folder, file_name, NULL);

      g_assert_true (gdk_texture_save_to_png (texture, path));
    }
}

static void
test_drawing (void)
{
  TerraceChart *charts[] = { make_cost_chart (), make_tier_chart (), make_activity_chart () };
  const char *const names[] = { "cost", "tiers", "activity" };
  const GtkTextDirection directions[] = { GTK_TEXT_DIR_LTR, GTK_TEXT_DIR_RTL };

  for (guint i = 0; i < G_N_ELEMENTS (charts); i++)
    {
      GtkWidget *window = show (charts[i]);

      for (guint j = 0; j < G_N_ELEMENTS (directions); j++)
        {
          g_autofree char *name = g_strconcat (names[i], j > 0 ? "-rtl" : "", NULL);

          gtk_widget_set_default_direction (directions[j]);
          assert_drawn (charts[i], name);
        }
      gtk_widget_set_default_direction (GTK_TEXT_DIR_LTR);
      gtk_window_destroy (GTK_WINDOW (window));
      g_assert_finalize_object (charts[i]);
    }
}

static void
test_words_and_files (void)
{
  TerraceChart *chart = make_cost_chart ();
  GtkWidget *window = show (chart);
  g_autofree char *described = terrace_chart_describe (chart);
  g_autofree char *csv = terrace_chart_to_csv (chart);
  g_autoptr (GBytes) pdf = terrace_chart_to_pdf (chart, 600, 400);
  gsize length;

  g_assert_nonnull (strstr (described, "Cost: from $"));
  g_assert_true (g_str_has_prefix (csv, "time,Cost,Forecast,Best in hindsight\r\n2025-"));
  g_assert_true (g_str_has_prefix (g_bytes_get_data (pdf, &length), "%PDF-"));
  g_assert_cmpuint (length, >, 1000);
  gtk_window_destroy (GTK_WINDOW (window));
  g_assert_finalize_object (chart);
}

static void
test_zoom (void)
{
  TerraceChart *chart = make_cost_chart ();
  GtkWidget *window = show (chart);
  GtkWidget *widget = GTK_WIDGET (chart);
  TerraceScale *x = terrace_chart_get_x_scale (chart);
  double low, high, zoomed_low, zoomed_high;
  g_autofree char *all = terrace_chart_describe (chart);

  assert_drawn (chart, "zoom");
  terrace_scale_get_range (x, &low, &high);
  g_assert_true (gtk_widget_activate_action (widget, "chart.zoom-in", NULL));
  g_free (terrace_chart_describe (chart));
  terrace_scale_get_range (x, &zoomed_low, &zoomed_high);
  g_assert_cmpfloat_with_epsilon (zoomed_high - zoomed_low, (high - low) / 2, 1);
  g_assert_true (gtk_widget_activate_action (widget, "chart.reset-zoom", NULL));
  g_free (terrace_chart_describe (chart));
  terrace_scale_get_range (x, &zoomed_low, &zoomed_high);
  g_assert_cmpfloat (zoomed_high - zoomed_low, ==, high - low);
  gtk_window_destroy (GTK_WINDOW (window));
  g_assert_finalize_object (chart);
}

static void
test_empty (void)
{
  TerraceChart *chart = TERRACE_CHART (
      g_object_ref_sink (terrace_chart_new ("Nothing", TERRACE_UNIT_TIME, TERRACE_UNIT_NUMBER)));
  GtkWidget *window = show (chart);
  g_autoptr (GskRenderNode) node = terrace_chart_render (chart, 300, 200);
  g_autofree char *described = terrace_chart_describe (chart);

  g_assert_nonnull (node);
  g_assert_cmpstr (described, ==, "No data yet");
  terrace_chart_remove_all (chart);
  gtk_window_destroy (GTK_WINDOW (window));
  g_assert_finalize_object (chart);
}

static void
test_small (void)
{
  const double values[] = { 0, 3, NAN, 7 };
  GtkWidget *sparkline = g_object_ref_sink (terrace_sparkline_new ());
  GtkWidget *accesses = g_object_ref_sink (g_object_new (TERRACE_TYPE_ACCESS_CHART, NULL));

  terrace_sparkline_set_values (TERRACE_SPARKLINE (sparkline), values, 4, "30 days");
  g_assert_cmpstr (gtk_widget_get_tooltip_text (sparkline), ==, "30 days");
  g_assert_false (terrace_access_chart_set_days (TERRACE_ACCESS_CHART (accesses), NULL, 20000));
  g_assert_finalize_object (sparkline);
  g_assert_finalize_object (accesses);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  adw_init ();
  g_test_add_func ("/ui/charts/drawing", test_drawing);
  g_test_add_func ("/ui/charts/words-and-files", test_words_and_files);
  g_test_add_func ("/ui/charts/zoom", test_zoom);
  g_test_add_func ("/ui/charts/empty", test_empty);
  g_test_add_func ("/ui/charts/small", test_small);
  return g_test_run ();
}
