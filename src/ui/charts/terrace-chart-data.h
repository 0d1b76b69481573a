/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ui/charts/terrace-palette.h"
#include "ui/charts/terrace-scale.h"
#include "ui/charts/terrace-series.h"

/* What a chart shows, without a widget: layers over two scales, which part of x is seen, and what
 * all of it says as text. Shared by the chart, its plot and the drawing; private to the charts.
 * Needs no display. */

G_BEGIN_DECLS

/**
 * TerraceMark:
 * @TERRACE_MARK_LINE: a line through the points
 * @TERRACE_MARK_AREA: a line, and what lies below it; with low and high the interval instead
 * @TERRACE_MARK_BARS: bars; several such layers are stacked; a bar with a low floats
 * @TERRACE_MARK_SPANS: spans from x to x_end; each such layer is a lane of its own
 */
typedef enum
{
  TERRACE_MARK_LINE,
  TERRACE_MARK_AREA,
  TERRACE_MARK_BARS,
  TERRACE_MARK_SPANS,
} TerraceMark;

typedef struct
{
  TerraceSeries *series;
  TerraceMark mark;
  TerraceColor color;
  gboolean visible;
} TerraceLayer;

/**
 * TerraceChartData:
 * @layers: (element-type TerraceLayer)
 * @fixed_low: of x, or NAN to follow the data; @fixed_high likewise
 * @span: only the last so many units of x, or 0 for all
 * @zoom_low: the part a person chose, or NAN; @zoom_high likewise
 */
typedef struct
{
  GArray *layers;
  TerraceScale *x;
  TerraceScale *y;
  gboolean from_zero;
  double fixed_low;
  double fixed_high;
  double span;
  double zoom_low;
  double zoom_high;
} TerraceChartData;

TerraceChartData *terrace_chart_data_new (TerraceUnit x_unit, TerraceUnit y_unit);
void terrace_chart_data_free (TerraceChartData *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TerraceChartData, terrace_chart_data_free)

void terrace_chart_data_add (TerraceChartData *self,
                             TerraceSeries *series,
                             TerraceMark mark,
                             TerraceColor color);
TerraceLayer *terrace_chart_data_get (TerraceChartData *self, guint index);

/* Sets both scales to what is to be seen. %FALSE: there is nothing. */
gboolean terrace_chart_data_update_ranges (TerraceChartData *self);
gboolean terrace_chart_data_is_zoomed (TerraceChartData *self);
/* Of visible layers. */
guint terrace_chart_data_count_lanes (TerraceChartData *self);

/* Where the bar of @point of layer @index begins and ends on y, what is stacked below it counted.
 */
void terrace_chart_data_get_bar (TerraceChartData *self,
                                 guint index,
                                 const TerracePoint *point,
                                 double *from,
                                 double *to);
/* Half the width of bars that have none of their own. */
double terrace_chart_data_get_half_width (TerraceSeries *series);

/* The x of the point beside @x in any visible layer, @direction points further (-1, 0, 1); NAN if
 * there is none. */
double terrace_chart_data_step (TerraceChartData *self, double x, int direction);

/* (transfer full): the values at @x, a line each: "3 May 2026", "Cost: $12". */
char *terrace_chart_data_read (TerraceChartData *self, double x);
/* (transfer full): what a person who does not see the chart should know. */
char *terrace_chart_data_describe (TerraceChartData *self);
/* (transfer full): a column for x, then one per layer, hidden ones too. */
char *terrace_chart_data_to_csv (TerraceChartData *self);

G_END_DECLS
