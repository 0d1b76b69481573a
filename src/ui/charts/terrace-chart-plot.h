/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "ui/charts/terrace-chart-data.h"

/* The drawn part of a chart: axes, layers, the read-out under pointer or keyboard, and the drag
 * that zooms. Private to the charts: use TerraceChart.
 *
 * Signals: "zoomed" after a person changed the part that is seen; "activated" (double x) for a
 * click or Enter on a value. */

G_BEGIN_DECLS

#define TERRACE_TYPE_CHART_PLOT (terrace_chart_plot_get_type ())
G_DECLARE_FINAL_TYPE (TerraceChartPlot, terrace_chart_plot, TERRACE, CHART_PLOT, GtkWidget)

/* @data: (nullable): must live until it is replaced */
void terrace_chart_plot_set_data (TerraceChartPlot *self, TerraceChartData *data);
/* What is said where there is no data. */
void terrace_chart_plot_set_placeholder (TerraceChartPlot *self, const char *text);
/* Something of the data changed. */
void terrace_chart_plot_invalidate (TerraceChartPlot *self);
void terrace_chart_plot_set_zoom (TerraceChartPlot *self, double low, double high);
/* About the cursor or the middle. */
void terrace_chart_plot_zoom_by (TerraceChartPlot *self, double factor);
/* (transfer full) (nullable): what is drawn, without the read-out, for a picture of that size. */
GskRenderNode *terrace_chart_plot_render (TerraceChartPlot *self, int width, int height);

G_END_DECLS
