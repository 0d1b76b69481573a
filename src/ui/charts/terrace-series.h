/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include <math.h>

/* The data of a chart: points in the order of x, behind a GListModel, with a bound, so that a live
 * series forgets its oldest points. Needs no display. Main thread.
 *
 * Charts read the array (terrace_series_peek()); the list model is for tables and tests, its items
 * are TerraceSamples made when they are asked for. */

G_BEGIN_DECLS

/**
 * TerracePoint:
 * @x: a time in seconds since 1970 (fractions allowed), or any number
 * @x_end: where a bar or a span ends; @x or less where it has no width of its own
 * @y: NAN leaves a gap
 * @low: of an interval around @y, or where a floating bar begins; NAN for none
 * @high: of the interval; NAN for none
 */
typedef struct
{
  double x;
  double x_end;
  double y;
  double low;
  double high;
} TerracePoint;

/* A point without width and interval. */
#define TERRACE_POINT(at, value) ((TerracePoint){ (at), (at), (value), NAN, NAN })
/* Something that lasted. */
#define TERRACE_SPAN(from, to) ((TerracePoint){ (from), (to), 0, NAN, NAN })

#define TERRACE_TYPE_SAMPLE (terrace_sample_get_type ())
G_DECLARE_FINAL_TYPE (TerraceSample, terrace_sample, TERRACE, SAMPLE, GObject)

/* (transfer none) */
const TerracePoint *terrace_sample_get_point (TerraceSample *self);

#define TERRACE_TYPE_SERIES (terrace_series_get_type ())
G_DECLARE_FINAL_TYPE (TerraceSeries, terrace_series, TERRACE, SERIES, GObject)

/**
 * terrace_series_new:
 * @title: for legend, read-out and export
 * @max_points: the oldest goes when there are more; 0 for no bound
 */
TerraceSeries *terrace_series_new (const char *title, guint max_points);

/* (transfer none) */
const char *terrace_series_get_title (TerraceSeries *self);
guint terrace_series_get_length (TerraceSeries *self);
/* (transfer none) (nullable): all points, valid until the next change; %NULL if there are none. */
const TerracePoint *terrace_series_peek (TerraceSeries *self);

/* @point->x must not lie before the last point's. */
void terrace_series_append (TerraceSeries *self, const TerracePoint *point);
/* Replaces all points by @n_points of @points, which are in the order of x. One signal. */
void terrace_series_set_points (TerraceSeries *self, const TerracePoint *points, guint n_points);

/* The first point with x >= @x, or the length if there is none. */
guint terrace_series_find (TerraceSeries *self, double x);
/* The point nearest to @x; %FALSE if there is none. */
gboolean terrace_series_find_nearest (TerraceSeries *self, double x, guint *index);
/* Lowest and highest x (ends included) and y (intervals included) of the points; %FALSE if there is
 * nothing to see. Any may be %NULL. */
gboolean terrace_series_get_range (TerraceSeries *self,
                                   double *x_min,
                                   double *x_max,
                                   double *y_min,
                                   double *y_max);

/**
 * terrace_series_fill_histogram:
 * @values: in any order; NANs are passed over
 * @n_bins: at least 1
 *
 * Replaces the points by bars that count @values in @n_bins bins of equal width.
 */
void terrace_series_fill_histogram (TerraceSeries *self,
                                    const double *values,
                                    guint n_values,
                                    guint n_bins);

/**
 * terrace_series_fill_waterfall:
 * @steps: what each step adds or takes
 *
 * Replaces the points by floating bars, each beginning where the one before ended, at x = 0, 1...,
 * and a last one of the sum from 0.
 */
void terrace_series_fill_waterfall (TerraceSeries *self, const double *steps, guint n_steps);

G_END_DECLS
