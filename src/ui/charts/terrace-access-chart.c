/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Accesses of one object over 90 days: reads, and writes stacked on them. Main thread. */

#include "config.h"

#include "ui/charts/terrace-access-chart.h"

#include <glib/gi18n-lib.h>

#include "catalog/terrace-access-table.h"
#include "ui/charts/terrace-chart.h"

#define N_DAYS 90
#define SECONDS_PER_DAY 86400.0
#define HEIGHT 110

struct _TerraceAccessChart
{
  AdwBin parent_instance;

  TerraceChart *chart;
  TerraceSeries *reads;
  TerraceSeries *writes;
};

G_DEFINE_FINAL_TYPE (TerraceAccessChart, terrace_access_chart, ADW_TYPE_BIN)

static void
terrace_access_chart_finalize (GObject *object)
{
  TerraceAccessChart *self = TERRACE_ACCESS_CHART (object);

  g_clear_object (&self->reads);
  g_clear_object (&self->writes);
  G_OBJECT_CLASS (terrace_access_chart_parent_class)->finalize (object);
}

static void
terrace_access_chart_class_init (TerraceAccessChartClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = terrace_access_chart_finalize;
}

static void
terrace_access_chart_init (TerraceAccessChart *self)
{
  GtkWidget *chart = terrace_chart_new (_ ("Accesses"), TERRACE_UNIT_TIME, TERRACE_UNIT_NUMBER);
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();

  self->chart = TERRACE_CHART (chart);
  self->reads = terrace_series_new (_ ("Reads"), N_DAYS);
  self->writes = terrace_series_new (_ ("Writes"), N_DAYS);
  /* The catalogue counts in days of UTC. */
  terrace_scale_set_time_zone (terrace_chart_get_x_scale (self->chart), utc);
  terrace_chart_add (self->chart, self->reads, TERRACE_MARK_BARS, TERRACE_COLOR_SERIES (0));
  terrace_chart_add (self->chart, self->writes, TERRACE_MARK_BARS, TERRACE_COLOR_SERIES (1));
  terrace_chart_set_compact (self->chart, TRUE);
  gtk_widget_set_size_request (chart, -1, HEIGHT);
  adw_bin_set_child (ADW_BIN (self), chart);
}

gboolean
terrace_access_chart_set_days (TerraceAccessChart *self, GArray *days, gint64 today)
{
  TerracePoint reads[N_DAYS];
  TerracePoint writes[N_DAYS];
  gboolean used = FALSE;

  g_return_val_if_fail (TERRACE_IS_ACCESS_CHART (self), FALSE);

  for (int i = 0; i < N_DAYS; i++)
    {
      double begin = (double) (today - N_DAYS + 1 + i) * SECONDS_PER_DAY;

      reads[i] = (TerracePoint){ begin, begin + SECONDS_PER_DAY, 0, NAN, NAN };
      writes[i] = reads[i];
    }
  for (guint i = 0; days != NULL && i < days->len; i++)
    {
      const TerraceAccessDay *day = &g_array_index (days, TerraceAccessDay, i);
      gint64 index = N_DAYS - 1 - (today - day->day);

      if (index < 0 || index >= N_DAYS)
        continue;
      reads[index].y = (double) day->reads;
      writes[index].y = (double) day->writes;
      used = used || day->reads + day->writes > 0;
    }
  terrace_series_set_points (self->reads, reads, N_DAYS);
  terrace_series_set_points (self->writes, writes, N_DAYS);
  return used;
}
