/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Reads by week: bars for the last quarter, a line with its interval for the next. The forecasts of
 * 7, 30 and 90 days overlap; what a longer one adds is spread over the weeks that a shorter one
 * does not reach. Main thread. */

#include "config.h"

#include "ui/insight/terrace-outlook-chart.h"

#include <glib/gi18n-lib.h>

#include "ui/charts/terrace-chart.h"

#define HEIGHT 130
#define SECONDS_PER_DAY 86400.0
#define DAYS_PER_WEEK 7
#define N_WEEKS 13

struct _TerraceOutlookChart
{
  AdwBin parent_instance;

  TerraceChart *chart;
  TerraceSeries *past;
  TerraceSeries *ahead;
};

G_DEFINE_FINAL_TYPE (TerraceOutlookChart, terrace_outlook_chart, ADW_TYPE_BIN)

static void
terrace_outlook_chart_finalize (GObject *object)
{
  TerraceOutlookChart *self = TERRACE_OUTLOOK_CHART (object);

  g_clear_object (&self->past);
  g_clear_object (&self->ahead);
  G_OBJECT_CLASS (terrace_outlook_chart_parent_class)->finalize (object);
}

static void
terrace_outlook_chart_class_init (TerraceOutlookChartClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = terrace_outlook_chart_finalize;
}

static void
terrace_outlook_chart_init (TerraceOutlookChart *self)
{
  GtkWidget *chart = terrace_chart_new (_ ("Reads a Week"), TERRACE_UNIT_TIME, TERRACE_UNIT_NUMBER);
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();

  self->chart = TERRACE_CHART (chart);
  self->past = terrace_series_new (_ ("Reads"), 0);
  self->ahead = terrace_series_new (_ ("Forecast"), 0);
  /* The catalogue counts in days of UTC. */
  terrace_scale_set_time_zone (terrace_chart_get_x_scale (self->chart), utc);
  terrace_chart_add (self->chart, self->past, TERRACE_MARK_BARS, TERRACE_COLOR_SERIES (0));
  terrace_chart_add (self->chart, self->ahead, TERRACE_MARK_AREA, TERRACE_COLOR_SERIES (5));
  terrace_chart_set_compact (self->chart, TRUE);
  terrace_chart_set_placeholder (self->chart, _ ("Predict to see the reads to come."));
  gtk_widget_set_size_request (chart, -1, HEIGHT);
  adw_bin_set_child (ADW_BIN (self), chart);
}

/* A row that stands for several days counts for the week it begins in. */
static void
terrace_outlook_chart_show_past (TerraceOutlookChart *self, const GArray *days, gint64 today)
{
  TerracePoint points[N_WEEKS];

  for (int i = 0; i < N_WEEKS; i++)
    {
      double begin =
          (double) (today + 1 - (gint64) (N_WEEKS - i) * DAYS_PER_WEEK) * SECONDS_PER_DAY;

      points[i] = (TerracePoint){ begin, begin + DAYS_PER_WEEK * SECONDS_PER_DAY, 0, NAN, NAN };
    }
  for (guint i = 0; i < days->len; i++)
    {
      const TerraceAccessDay *day = &g_array_index (days, TerraceAccessDay, i);
      gint64 age = today - day->day;
      gint64 week = N_WEEKS - 1 - age / DAYS_PER_WEEK;

      if (age >= 0 && week >= 0)
        points[week].y += (double) day->reads;
    }
  terrace_series_set_points (self->past, points, N_WEEKS);
}

/* From today's end on: a point in the middle of the first week, of the rest of the month, and of
 * the rest of the quarter. */
static void
terrace_outlook_chart_show_ahead (TerraceOutlookChart *self,
                                  const TerraceOutlook *outlook,
                                  gint64 today)
{
  TerracePoint points[TERRACE_N_HORIZONS + 1];
  TerraceReadsRange before = { 0 };
  int begin = 0;

  for (int i = 0; i < TERRACE_N_HORIZONS; i++)
    {
      const TerraceReadsRange *range = &outlook->ranges[i];
      int days = terrace_outlook_days[i] - begin;
      double scale = (double) DAYS_PER_WEEK / days;
      double x = ((double) today + 1 + begin + days / 2.0) * SECONDS_PER_DAY;

      points[i] = (TerracePoint){ x, x, MAX (range->expected - before.expected, 0) * scale,
                                  MAX (range->low - before.low, 0) * scale,
                                  MAX (range->high - before.high, 0) * scale };
      points[i].low = MIN (points[i].low, points[i].y);
      points[i].high = MAX (points[i].high, points[i].y);
      before = *range;
      begin = terrace_outlook_days[i];
    }
  points[TERRACE_N_HORIZONS] = points[TERRACE_N_HORIZONS - 1];
  points[TERRACE_N_HORIZONS].x = ((double) today + 1 + begin) * SECONDS_PER_DAY;
  points[TERRACE_N_HORIZONS].x_end = points[TERRACE_N_HORIZONS].x;
  terrace_series_set_points (self->ahead, points, TERRACE_N_HORIZONS + 1);
}

void
terrace_outlook_chart_set_forecast (TerraceOutlookChart *self,
                                    const TerraceReadsForecast *forecast,
                                    gint64 today)
{
  g_return_if_fail (TERRACE_IS_OUTLOOK_CHART (self));

  if (forecast == NULL)
    {
      terrace_series_set_points (self->past, NULL, 0);
      terrace_series_set_points (self->ahead, NULL, 0);
      return;
    }
  terrace_outlook_chart_show_past (self, forecast->days, today);
  terrace_outlook_chart_show_ahead (self, &forecast->outlook, today);
}
