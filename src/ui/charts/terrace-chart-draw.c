/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Layers on the screen. Stroking is what costs: a line with more points than there are pixels is
 * drawn as one box per column of pixels, from its lowest to its highest point, which looks the same
 * and is an order of magnitude cheaper. Main thread. */

#include "config.h"

#include "ui/charts/terrace-chart-draw.h"

#include <math.h>

#include "ui/charts/terrace-decimate.h"

#define LINE_WIDTH 2.0
#define FILL_ALPHA 0.22
/* Of its share of the axis, what a bar without a width of its own takes. */
#define BAR_SHARE 0.8

double
terrace_chart_get_x (TerraceChartData *data, const TerraceChartFrame *frame, double value)
{
  double fraction = terrace_scale_get_fraction (data->x, value);

  return frame->x + (frame->rtl ? 1 - fraction : fraction) * frame->width;
}

double
terrace_chart_get_y (TerraceChartData *data, const TerraceChartFrame *frame, double value)
{
  return frame->y + (1 - terrace_scale_get_fraction (data->y, value)) * frame->height;
}

static void
set_color (const TerraceChartFrame *frame, TerraceColor color, double alpha)
{
  GdkRGBA rgba = terrace_palette_get_for (color, frame->dark, frame->high_contrast);

  cairo_set_source_rgba (frame->cr, (double) rgba.red, (double) rgba.green, (double) rgba.blue,
                         alpha);
}

/* With high contrast, lines differ by more than their colour. */
static void
set_dash (const TerraceChartFrame *frame, guint index)
{
  static const double dashes[][4] = { { 0 }, { 8, 4 }, { 2, 3 }, { 8, 3, 2, 3 } };
  static const int lengths[] = { 0, 2, 2, 4 };
  guint style = frame->high_contrast ? index % G_N_ELEMENTS (lengths) : 0;

  cairo_set_dash (frame->cr, dashes[style], lengths[style], 0);
}

/* The points within the range of x, with one more at either side, so that lines run to the edge. */
static void
find_visible (TerraceChartData *data, TerraceSeries *series, guint *begin, guint *end)
{
  guint length = terrace_series_get_length (series);
  const TerracePoint *points = terrace_series_peek (series);
  double low, high;

  terrace_scale_get_range (data->x, &low, &high);
  *begin = terrace_series_find (series, low);
  if (*begin > 0)
    (*begin)--;
  *end = terrace_series_find (series, high);
  while (*end < length && points[*end].x <= high)
    (*end)++;
  if (*end < length)
    (*end)++;
}

/* --- Lines and areas ----------------------------------------------------------------------- */

static void
draw_dense (TerraceChartData *data,
            const TerraceChartFrame *frame,
            const TerraceLayer *layer,
            gboolean filled)
{
  guint n_columns = (guint) MAX (frame->width, 1);
  g_autofree TerraceColumn *columns = g_new (TerraceColumn, n_columns);
  double low, high, last = NAN;
  double zero = terrace_chart_get_y (data, frame, MAX (0, terrace_scale_get_value (data->y, 0)));

  terrace_scale_get_range (data->x, &low, &high);
  terrace_decimate (terrace_series_peek (layer->series), terrace_series_get_length (layer->series),
                    low, high, columns, n_columns);
  for (guint i = 0; i < n_columns; i++)
    {
      double top, bottom, x = round (frame->x) + (frame->rtl ? n_columns - 1 - i : i);

      if (isnan (columns[i].low))
        continue;
      /* The line comes from where it left the column before. */
      top = isnan (last) ? columns[i].high : MAX (columns[i].high, MIN (last, columns[i].first));
      bottom = isnan (last) ? columns[i].low : MIN (columns[i].low, MAX (last, columns[i].first));
      last = columns[i].last;
      top = round (terrace_chart_get_y (data, frame, top));
      bottom = filled ? round (zero) : round (terrace_chart_get_y (data, frame, bottom));
      cairo_rectangle (frame->cr, x, MIN (top, bottom), 1, MAX (fabs (bottom - top), LINE_WIDTH));
    }
  set_color (frame, layer->color, filled ? FILL_ALPHA : 1);
  cairo_fill (frame->cr);
}

static void
add_path (TerraceChartData *data,
          const TerraceChartFrame *frame,
          const TerracePoint *points,
          guint n_points)
{
  for (guint i = 0; i < n_points; i++)
    cairo_line_to (frame->cr, terrace_chart_get_x (data, frame, points[i].x),
                   terrace_chart_get_y (data, frame, points[i].y));
}

/* One run of points without a gap: the interval where they have one, else down to zero. */
static void
fill_run (TerraceChartData *data,
          const TerraceChartFrame *frame,
          const TerracePoint *points,
          guint n_points)
{
  double zero = terrace_chart_get_y (data, frame, MAX (0, terrace_scale_get_value (data->y, 0)));

  for (guint i = 0; i < n_points; i++)
    cairo_line_to (frame->cr, terrace_chart_get_x (data, frame, points[i].x),
                   terrace_chart_get_y (data, frame,
                                        isnan (points[i].high) ? points[i].y : points[i].high));
  for (guint i = n_points; i-- > 0;)
    cairo_line_to (frame->cr, terrace_chart_get_x (data, frame, points[i].x),
                   isnan (points[i].low) ? zero : terrace_chart_get_y (data, frame, points[i].low));
  cairo_close_path (frame->cr);
}

static void
draw_line (TerraceChartData *data,
           const TerraceChartFrame *frame,
           const TerraceLayer *layer,
           guint index)
{
  const TerracePoint *points = terrace_series_peek (layer->series);
  gboolean area = layer->mark == TERRACE_MARK_AREA;
  guint begin, end;

  find_visible (data, layer->series, &begin, &end);
  if (end - begin > 2 * (guint) MAX (frame->width, 1))
    {
      if (area)
        draw_dense (data, frame, layer, TRUE);
      draw_dense (data, frame, layer, FALSE);
      return;
    }

  cairo_set_line_width (frame->cr, LINE_WIDTH);
  cairo_set_line_join (frame->cr, CAIRO_LINE_JOIN_ROUND);
  for (guint i = begin; i < end; i++)
    {
      guint first = i;

      while (i < end && !isnan (points[i].y))
        i++;
      if (i == first)
        continue;
      if (area)
        {
          fill_run (data, frame, &points[first], i - first);
          set_color (frame, layer->color, FILL_ALPHA);
          cairo_fill (frame->cr);
        }
      set_color (frame, layer->color, 1);
      set_dash (frame, index);
      add_path (data, frame, &points[first], i - first);
      if (i - first == 1)
        {
          /* A point alone is no line. */
          cairo_new_path (frame->cr);
          cairo_arc (frame->cr, terrace_chart_get_x (data, frame, points[first].x),
                     terrace_chart_get_y (data, frame, points[first].y), LINE_WIDTH, 0, 2 * G_PI);
          cairo_fill (frame->cr);
        }
      else
        cairo_stroke (frame->cr);
    }
  cairo_set_dash (frame->cr, NULL, 0, 0);
}

/* --- Bars and spans ------------------------------------------------------------------------ */

static void
draw_bars (TerraceChartData *data,
           const TerraceChartFrame *frame,
           const TerraceLayer *layer,
           guint index)
{
  const TerracePoint *points = terrace_series_peek (layer->series);
  double half = terrace_chart_data_get_half_width (layer->series) * BAR_SHARE;
  gboolean category = terrace_scale_get_unit (data->x) == TERRACE_UNIT_CATEGORY;
  guint begin, end;

  find_visible (data, layer->series, &begin, &end);
  set_color (frame, layer->color, 1);
  for (guint i = begin; i < end; i++)
    {
      gboolean own = points[i].x_end > points[i].x;
      double inset = category && own ? (1 - BAR_SHARE) / 2 * (points[i].x_end - points[i].x) : 0;
      double from, to, left, right, top, bottom;

      terrace_chart_data_get_bar (data, index, &points[i], &from, &to);
      if (from >= to && from <= to)
        continue;
      left = terrace_chart_get_x (data, frame, own ? points[i].x + inset : points[i].x - half);
      right = terrace_chart_get_x (data, frame, own ? points[i].x_end - inset : points[i].x + half);
      top = round (terrace_chart_get_y (data, frame, MAX (from, to)));
      bottom = round (terrace_chart_get_y (data, frame, MIN (from, to)));
      if (left > right)
        {
          double swapped = left;

          left = right;
          right = swapped;
        }
      /* A gap tells a bar from its neighbour and from what is stacked upon it; what has a value is
       * seen, however small it is. */
      left = round (left);
      right = round (right) - (right - left > 3 ? 1 : 0);
      if (bottom - top > 3 && from > 0)
        bottom -= 1;
      cairo_rectangle (frame->cr, left, top, MAX (right - left, 1), MAX (bottom - top, 1));
    }
  cairo_fill (frame->cr);
}

static void
draw_spans (TerraceChartData *data,
            const TerraceChartFrame *frame,
            const TerraceLayer *layer,
            guint lane)
{
  const TerracePoint *points = terrace_series_peek (layer->series);
  guint length = terrace_series_get_length (layer->series);
  double share = frame->height / frame->n_lanes;
  double top = round (frame->y + lane * share + share * (1 - BAR_SHARE) / 2);
  double drawn_to = -INFINITY;
  double low, high;

  terrace_scale_get_range (data->x, &low, &high);
  set_color (frame, layer->color, 1);
  for (guint i = 0; i < length && points[i].x <= high; i++)
    {
      double from, to, left;

      if (points[i].x_end < low)
        continue;
      from = terrace_chart_get_x (data, frame, MAX (points[i].x, low));
      to = terrace_chart_get_x (data, frame, MIN (points[i].x_end, high));
      left = round (MIN (from, to));
      /* Of very many in one pixel, one is enough. */
      if (fabs (to - from) < 1 && left >= drawn_to && left <= drawn_to)
        continue;
      drawn_to = left;
      cairo_rectangle (frame->cr, left, top, MAX (round (fabs (to - from)), 1),
                       MAX (round (share * BAR_SHARE), 1));
    }
  cairo_fill (frame->cr);
}

void
terrace_chart_draw (TerraceChartData *data, const TerraceChartFrame *frame)
{
  guint lane = 0;

  g_return_if_fail (data != NULL);
  g_return_if_fail (frame != NULL);

  cairo_save (frame->cr);
  cairo_rectangle (frame->cr, frame->x, frame->y - 1, frame->width, frame->height + 2);
  cairo_clip (frame->cr);
  for (guint i = 0; i < data->layers->len; i++)
    {
      TerraceLayer *layer = terrace_chart_data_get (data, i);

      if (!layer->visible || terrace_series_get_length (layer->series) == 0)
        {
          lane += layer->visible && layer->mark == TERRACE_MARK_SPANS;
          continue;
        }
      switch (layer->mark)
        {
        case TERRACE_MARK_BARS:
          draw_bars (data, frame, layer, i);
          break;
        case TERRACE_MARK_SPANS:
          draw_spans (data, frame, layer, lane++);
          break;
        case TERRACE_MARK_LINE:
        case TERRACE_MARK_AREA:
        default:
          draw_line (data, frame, layer, i);
        }
    }
  cairo_restore (frame->cr);
}
