/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "ui/charts/terrace-chart-data.h"
#include "ui/charts/terrace-palette.h"
#include "ui/charts/terrace-scale.h"
#include "ui/charts/terrace-series.h"

/* A chart: title, axes with round numbers, units and local dates, layers, a legend whose entries
 * switch layers on and off, and a menu with "Copy as Image", "Save as PDF…", "Export CSV…" and the
 * zoom.
 *
 *     TerraceSeries *cost = terrace_series_new (_("Cost"), 0);
 *     GtkWidget *chart = terrace_chart_new (_("Cost a Month"), TERRACE_UNIT_TIME,
 *                                           TERRACE_UNIT_MONEY);
 *
 *     terrace_scale_set_currency (terrace_chart_get_y_scale (TERRACE_CHART (chart)), currency);
 *     terrace_chart_add (TERRACE_CHART (chart), cost, TERRACE_MARK_AREA, TERRACE_COLOR_SERIES (0));
 *     terrace_series_append (cost, &TERRACE_POINT (seconds, money));
 *
 * Times are seconds since 1970. The chart follows its series: append to them and it redraws, once a
 * frame at most, and only while it is seen. The values under the pointer are read out; by keyboard
 * Left, Right, Home and End move the read-out, + and - zoom, 0 shows all again, Enter activates.
 * Dragging over a part zooms into it. Screen readers get the title, and lowest, highest and last
 * value of each layer; colours follow dark style and high contrast. Forecasts: a layer of
 * TERRACE_MARK_AREA whose points have low and high. Histograms: terrace_series_fill_histogram() and
 * TERRACE_MARK_BARS. Waterfalls: terrace_series_fill_waterfall(), TERRACE_UNIT_CATEGORY, bars.
 * Activity strips: TERRACE_MARK_SPANS with TERRACE_SPAN() points, a lane per series.
 *
 * Signals: "activated" (double x): a value was clicked or Enter pressed on it. */

G_BEGIN_DECLS

#define TERRACE_TYPE_CHART (terrace_chart_get_type ())
G_DECLARE_FINAL_TYPE (TerraceChart, terrace_chart, TERRACE, CHART, GtkWidget)

/* (transfer floating) */
GtkWidget *terrace_chart_new (const char *title, TerraceUnit x_unit, TerraceUnit y_unit);
/* For a chart that a template made: gives it its title and units; takes all layers away. */
void
terrace_chart_setup (TerraceChart *self, const char *title, TerraceUnit x_unit, TerraceUnit y_unit);

/* Drawn above the layers before it. @series is referenced. */
void
terrace_chart_add (TerraceChart *self, TerraceSeries *series, TerraceMark mark, TerraceColor color);
void terrace_chart_remove_all (TerraceChart *self);

/* (transfer none): for currency, categories and time zone; call terrace_chart_update() after. */
TerraceScale *terrace_chart_get_x_scale (TerraceChart *self);
TerraceScale *terrace_chart_get_y_scale (TerraceChart *self);
void terrace_chart_update (TerraceChart *self);

/* The part of x that is shown whatever the data; NAN for both follows the data again. */
void terrace_chart_set_x_range (TerraceChart *self, double low, double high);
/* Only the last @span units of x (seconds), as a live chart does; 0 for all. */
void terrace_chart_set_x_span (TerraceChart *self, double span);
/* Whether y begins at 0, which it does by default. */
void terrace_chart_set_from_zero (TerraceChart *self, gboolean from_zero);
/* Without title, legend and menu, for a small place. */
void terrace_chart_set_compact (TerraceChart *self, gboolean compact);
/* What is said while there is no data: a sentence that says what to do. */
void terrace_chart_set_placeholder (TerraceChart *self, const char *text);

/* (transfer full): the text alternative */
char *terrace_chart_describe (TerraceChart *self);
/* (transfer full): as "Export CSV…" writes it */
char *terrace_chart_to_csv (TerraceChart *self);
/* (transfer full): title, plot and legend as one picture with a background */
GskRenderNode *terrace_chart_render (TerraceChart *self, int width, int height);
/* (transfer full): the same as a file */
GBytes *terrace_chart_to_pdf (TerraceChart *self, int width, int height);

G_END_DECLS
