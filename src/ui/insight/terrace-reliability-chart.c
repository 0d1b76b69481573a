/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A chart of what was said and what came true, with the line on which both are the same. Main
 * thread. */

#include "config.h"

#include "ui/insight/terrace-reliability-chart.h"

#include <glib/gi18n-lib.h>

#define HEIGHT 180
#define HALF_BAR 0.02

struct _TerraceReliabilityChart
{
  AdwBin parent_instance;

  TerraceChart *chart;
  TerraceSeries *ideal;
  TerraceSeries *found;
};

G_DEFINE_FINAL_TYPE (TerraceReliabilityChart, terrace_reliability_chart, ADW_TYPE_BIN)

static void
terrace_reliability_chart_finalize (GObject *object)
{
  TerraceReliabilityChart *self = TERRACE_RELIABILITY_CHART (object);

  g_clear_object (&self->ideal);
  g_clear_object (&self->found);
  G_OBJECT_CLASS (terrace_reliability_chart_parent_class)->finalize (object);
}

static void
terrace_reliability_chart_class_init (TerraceReliabilityChartClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = terrace_reliability_chart_finalize;
}

static void
terrace_reliability_chart_init (TerraceReliabilityChart *self)
{
  GtkWidget *chart = terrace_chart_new (_ ("Said to Be Sure, and Right"), TERRACE_UNIT_FRACTION,
                                        TERRACE_UNIT_FRACTION);

  self->chart = TERRACE_CHART (chart);
  self->ideal = terrace_series_new (_ ("As sure as right"), 0);
  self->found = terrace_series_new (_ ("Newest model"), 0);
  terrace_chart_add (self->chart, self->found, TERRACE_MARK_BARS, TERRACE_COLOR_SERIES (0));
  terrace_chart_add (self->chart, self->ideal, TERRACE_MARK_LINE, TERRACE_COLOR_SERIES (7));
  terrace_chart_set_x_range (self->chart, 0, 1);
  terrace_chart_set_placeholder (self->chart,
                                 _ ("Train a model to see whether it is as sure as it should be."));
  gtk_widget_set_size_request (chart, -1, HEIGHT);
  adw_bin_set_child (ADW_BIN (self), chart);
}

static int
compare_points (gconstpointer a, gconstpointer b)
{
  const TerracePoint *first = a;
  const TerracePoint *second = b;

  return first->x < second->x ? -1 : first->x > second->x;
}

void
terrace_reliability_chart_set_report (TerraceReliabilityChart *self,
                                      const TerraceModelReport *report)
{
  const TerracePoint ideal[] = { TERRACE_POINT (0, 0), TERRACE_POINT (1, 1) };
  TerracePoint found[TERRACE_CALIBRATION_BINS];
  guint n_found = 0;

  g_return_if_fail (TERRACE_IS_RELIABILITY_CHART (self));

  for (guint i = 0; report != NULL && i < TERRACE_CALIBRATION_BINS; i++)
    if (report->reliability[i].count > 0)
      {
        double middle = CLAMP (report->reliability[i].confidence, HALF_BAR, 1 - HALF_BAR);

        found[n_found++] = (TerracePoint){ middle - HALF_BAR, middle + HALF_BAR,
                                           report->reliability[i].accuracy, NAN, NAN };
      }
  qsort (found, n_found, sizeof (TerracePoint), compare_points);
  terrace_series_set_points (self->found, found, n_found);
  terrace_series_set_points (self->ideal, ideal, n_found > 0 ? G_N_ELEMENTS (ideal) : 0);
}
