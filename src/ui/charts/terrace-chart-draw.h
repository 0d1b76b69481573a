/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "ui/charts/terrace-chart-data.h"

/* Draws the layers of a chart with cairo. Private to the charts. */

G_BEGIN_DECLS

/**
 * TerraceChartFrame:
 * Where and how the layers are drawn; the same for every layer of one drawing.
 * @n_lanes: of spans
 */
typedef struct
{
  cairo_t *cr;
  double x;
  double y;
  double width;
  double height;
  gboolean rtl;
  gboolean dark;
  gboolean high_contrast;
  guint n_lanes;
} TerraceChartFrame;

/* All visible layers, in their order; the scales must be up to date. */
void terrace_chart_draw (TerraceChartData *data, const TerraceChartFrame *frame);

/* Where a value lies. */
double terrace_chart_get_x (TerraceChartData *data, const TerraceChartFrame *frame, double value);
double terrace_chart_get_y (TerraceChartData *data, const TerraceChartFrame *frame, double value);

G_END_DECLS
