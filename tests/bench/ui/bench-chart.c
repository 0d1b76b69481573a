/* SPDX-License-Identifier: GPL-3.0-or-later */

/* How long a chart takes to redraw: a line and an interval of POINTS points (5,000 by default) over
 * stacked bars, at 1000x700, each frame with a new point. Usage: bench-chart [POINTS [FRAMES]].
 * Needs a display; headless.sh gives one. The frame is drawn as GTK draws it, by the window's own
 * renderer into a texture. */

#include "config.h"

#include <adwaita.h>
#include <stdlib.h>

#include "ui/charts/terrace-chart.h"

#define WIDTH 1000
#define HEIGHT 700
#define N_BARS 24
#define N_STACKS 6

typedef struct
{
  TerraceChart *chart;
  TerraceSeries *line;
  double best_ms;
  double worst_ms;
  double sum_ms;
} Bench;

static TerracePoint
make_point (guint i)
{
  double value = 500 + 300 * sin (i / 97.0) + (double) (i * 7919 % 101);

  return (TerracePoint){ i, i, value, value - 50, value + 80 };
}

static void
build (Bench *bench, guint n_points)
{
  GtkWidget *chart = terrace_chart_new ("Bench", TERRACE_UNIT_TIME, TERRACE_UNIT_BYTES);

  bench->chart = TERRACE_CHART (chart);
  for (guint stack = 0; stack < N_STACKS; stack++)
    {
      g_autoptr (TerraceSeries) bars = terrace_series_new ("Bars", 0);

      for (guint i = 0; i < N_BARS; i++)
        {
          double width = (double) n_points / N_BARS;
          TerracePoint point = { i * width, (i + 1) * width, 40 + i % 7 * 9, NAN, NAN };

          terrace_series_append (bars, &point);
        }
      terrace_chart_add (bench->chart, bars, TERRACE_MARK_BARS, TERRACE_COLOR_SERIES (stack));
    }
  bench->line = terrace_series_new ("Line", n_points);
  for (guint i = 0; i < n_points; i++)
    {
      TerracePoint point = make_point (i);

      terrace_series_append (bench->line, &point);
    }
  terrace_chart_add (bench->chart, bench->line, TERRACE_MARK_AREA, TERRACE_COLOR_SERIES (7));
}

static void
draw_frame (Bench *bench, guint i)
{
  GtkWidget *widget = GTK_WIDGET (bench->chart);
  GskRenderer *renderer = gtk_native_get_renderer (gtk_widget_get_native (widget));
  TerracePoint point = make_point (i);
  g_autoptr (GskRenderNode) node = NULL;
  g_autoptr (GdkTexture) texture = NULL;
  gint64 start_us = g_get_monotonic_time ();
  double ms;

  terrace_series_append (bench->line, &point);
  node = terrace_chart_render (bench->chart, WIDTH, HEIGHT);
  texture = gsk_renderer_render_texture (renderer, node, &GRAPHENE_RECT_INIT (0, 0, WIDTH, HEIGHT));
  ms = (double) (g_get_monotonic_time () - start_us) / 1e3;
  bench->best_ms = MIN (bench->best_ms, ms);
  bench->worst_ms = MAX (bench->worst_ms, ms);
  bench->sum_ms += ms;
}

int
main (int argc, char **argv)
{
  guint n_points = argc > 1 ? (guint) MAX (atoi (argv[1]), 1) : 5000;
  guint n_frames = argc > 2 ? (guint) MAX (atoi (argv[2]), 1) : 100;
  Bench bench = { .best_ms = INFINITY };
  GtkWidget *window;

  adw_init ();
  build (&bench, n_points);
  window = gtk_window_new ();
  gtk_window_set_default_size (GTK_WINDOW (window), WIDTH, HEIGHT);
  gtk_window_set_child (GTK_WINDOW (window), GTK_WIDGET (bench.chart));
  gtk_window_present (GTK_WINDOW (window));
  for (guint i = 0; i < n_frames; i++)
    draw_frame (&bench, n_points + i);
  g_print ("%u points, %d stacked bars, %dx%d: best %.1f, mean %.1f, worst %.1f ms a frame\n",
           n_points, N_BARS * N_STACKS, WIDTH, HEIGHT, bench.best_ms, bench.sum_ms / n_frames,
           bench.worst_ms);
  g_object_unref (bench.line);
  gtk_window_destroy (GTK_WINDOW (window));
  return 0;
}
