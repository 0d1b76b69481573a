/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ui/charts/terrace-chart-draw.h"

/* The axes of a chart: where they leave room for the layers, and their labels and lines. Private to
 * the charts. */

G_BEGIN_DECLS

#define TERRACE_CHART_GAP 6

/* (transfer full): in the font of @widget, with figures of equal width */
PangoLayout *terrace_chart_create_layout (GtkWidget *widget, const char *text, double scale);
void terrace_chart_append_layout (GtkSnapshot *snapshot,
                                  PangoLayout *layout,
                                  double x,
                                  double y,
                                  const GdkRGBA *color);

/* Fills @frame, but for its cairo context. Returns: (transfer full) (element-type TerraceTick): the
 * ticks of y */
GArray *terrace_chart_place_axes (GtkWidget *widget,
                                  TerraceChartData *data,
                                  TerraceChartFrame *frame,
                                  int width,
                                  int height);
void terrace_chart_append_y_axis (GtkWidget *widget,
                                  TerraceChartData *data,
                                  const TerraceChartFrame *frame,
                                  GtkSnapshot *snapshot,
                                  GArray *ticks,
                                  const GdkRGBA *color,
                                  const GdkRGBA *grid);
void terrace_chart_append_x_axis (GtkWidget *widget,
                                  TerraceChartData *data,
                                  const TerraceChartFrame *frame,
                                  GtkSnapshot *snapshot,
                                  const GdkRGBA *color,
                                  const GdkRGBA *grid);

G_END_DECLS
