/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What a chart shows and says. Pure but for the series it reads; main thread. */

#include "config.h"

#include "ui/charts/terrace-chart-data.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "base/terrace-csv.h"
#include "base/terrace-units.h"

static void
layer_clear (gpointer data)
{
  g_object_unref (((TerraceLayer *) data)->series);
}

TerraceChartData *
terrace_chart_data_new (TerraceUnit x_unit, TerraceUnit y_unit)
{
  TerraceChartData *self = g_new0 (TerraceChartData, 1);

  self->layers = g_array_new (FALSE, FALSE, sizeof (TerraceLayer));
  g_array_set_clear_func (self->layers, layer_clear);
  self->x = terrace_scale_new (x_unit);
  self->y = terrace_scale_new (y_unit);
  self->from_zero = TRUE;
  self->fixed_low = self->fixed_high = NAN;
  self->zoom_low = self->zoom_high = NAN;
  return self;
}

void
terrace_chart_data_free (TerraceChartData *self)
{
  g_array_unref (self->layers);
  terrace_scale_free (self->x);
  terrace_scale_free (self->y);
  g_free (self);
}

void
terrace_chart_data_add (TerraceChartData *self,
                        TerraceSeries *series,
                        TerraceMark mark,
                        TerraceColor color)
{
  TerraceLayer layer = { g_object_ref (series), mark, color, TRUE };

  g_array_append_val (self->layers, layer);
}

TerraceLayer *
terrace_chart_data_get (TerraceChartData *self, guint index)
{
  return &g_array_index (self->layers, TerraceLayer, index);
}

gboolean
terrace_chart_data_is_zoomed (TerraceChartData *self)
{
  return !isnan (self->zoom_low);
}

guint
terrace_chart_data_count_lanes (TerraceChartData *self)
{
  guint n_lanes = 0;

  for (guint i = 0; i < self->layers->len; i++)
    n_lanes += terrace_chart_data_get (self, i)->visible &&
               terrace_chart_data_get (self, i)->mark == TERRACE_MARK_SPANS;
  return n_lanes;
}

/* --- Bars ---------------------------------------------------------------------------------- */

static const TerracePoint *
find_exact (TerraceSeries *series, double x)
{
  guint index = terrace_series_find (series, x);
  const TerracePoint *points = terrace_series_peek (series);

  if (index >= terrace_series_get_length (series) || points[index].x > x)
    return NULL;
  return &points[index];
}

void
terrace_chart_data_get_bar (TerraceChartData *self,
                            guint index,
                            const TerracePoint *point,
                            double *from,
                            double *to)
{
  double base = 0;

  if (!isnan (point->low))
    {
      *from = point->low;
      *to = point->y;
      return;
    }
  /* What is above and below zero is stacked apart. */
  for (guint i = 0; i < index; i++)
    {
      TerraceLayer *layer = terrace_chart_data_get (self, i);
      const TerracePoint *below;

      if (!layer->visible || layer->mark != TERRACE_MARK_BARS)
        continue;
      below = find_exact (layer->series, point->x);
      if (below != NULL && isnan (below->low) && !isnan (below->y) &&
          (below->y < 0) == (point->y < 0))
        base += below->y;
    }
  *from = base;
  *to = base + (isnan (point->y) ? 0 : point->y);
}

double
terrace_chart_data_get_half_width (TerraceSeries *series)
{
  const TerracePoint *points = terrace_series_peek (series);
  guint length = terrace_series_get_length (series);
  double narrowest = INFINITY;

  for (guint i = 1; i < length; i++)
    if (points[i].x > points[i - 1].x)
      narrowest = MIN (narrowest, points[i].x - points[i - 1].x);
  return isinf (narrowest) ? 0.5 : narrowest / 2;
}

/* --- Ranges -------------------------------------------------------------------------------- */

static gboolean
terrace_chart_data_find_x_range (TerraceChartData *self, double *low, double *high)
{
  gboolean found = FALSE;

  for (guint i = 0; i < self->layers->len; i++)
    {
      TerraceLayer *layer = terrace_chart_data_get (self, i);
      double x_min, x_max;

      if (!layer->visible || !terrace_series_get_range (layer->series, &x_min, &x_max, NULL, NULL))
        continue;
      if (layer->mark == TERRACE_MARK_BARS && terrace_series_peek (layer->series)[0].x_end <= x_min)
        {
          double half = terrace_chart_data_get_half_width (layer->series);

          x_min -= half;
          x_max += half;
        }
      *low = found ? MIN (*low, x_min) : x_min;
      *high = found ? MAX (*high, x_max) : x_max;
      found = TRUE;
    }
  if (found && self->span > 0)
    *low = *high - self->span;
  if (!isnan (self->fixed_low))
    {
      *low = self->fixed_low;
      *high = self->fixed_high;
    }
  if (terrace_chart_data_is_zoomed (self))
    {
      *low = self->zoom_low;
      *high = self->zoom_high;
    }
  return found;
}

static void
widen (double value, double *low, double *high)
{
  if (isnan (value))
    return;
  *low = isnan (*low) ? value : MIN (*low, value);
  *high = isnan (*high) ? value : MAX (*high, value);
}

/* Of what lies within the range of x, so that zooming in shows small things large. */
static void
terrace_chart_data_find_y_range (TerraceChartData *self, double *low, double *high)
{
  double x_low, x_high;

  terrace_scale_get_range (self->x, &x_low, &x_high);
  for (guint i = 0; i < self->layers->len; i++)
    {
      TerraceLayer *layer = terrace_chart_data_get (self, i);
      const TerracePoint *points = terrace_series_peek (layer->series);
      guint length = terrace_series_get_length (layer->series);

      if (!layer->visible || layer->mark == TERRACE_MARK_SPANS)
        continue;
      for (guint j = 0; j < length && points[j].x <= x_high; j++)
        if (MAX (points[j].x, points[j].x_end) < x_low)
          continue;
        else if (layer->mark == TERRACE_MARK_BARS)
          {
            double from, to;

            terrace_chart_data_get_bar (self, i, &points[j], &from, &to);
            widen (from, low, high);
            widen (to, low, high);
          }
        else
          {
            widen (points[j].y, low, high);
            widen (points[j].low, low, high);
            widen (points[j].high, low, high);
          }
    }
}

gboolean
terrace_chart_data_update_ranges (TerraceChartData *self)
{
  double low = NAN, high = NAN;
  double y_low = NAN, y_high = NAN;

  if (!terrace_chart_data_find_x_range (self, &low, &high))
    return FALSE;
  terrace_scale_set_range (self->x, low, high);
  terrace_chart_data_find_y_range (self, &y_low, &y_high);
  if (isnan (y_low))
    y_low = y_high = 0;
  if (terrace_scale_get_unit (self->y) == TERRACE_UNIT_CATEGORY)
    terrace_scale_set_range (self->y, y_low, y_high);
  else
    terrace_scale_set_nice_range (self->y, y_low, y_high, self->from_zero);
  return TRUE;
}

/* --- Words --------------------------------------------------------------------------------- */

double
terrace_chart_data_step (TerraceChartData *self, double x, int direction)
{
  double best = NAN;
  double low, high;

  terrace_scale_get_range (self->x, &low, &high);
  if (isnan (x))
    x = direction < 0 ? high : low;
  for (guint i = 0; i < self->layers->len; i++)
    {
      TerraceLayer *layer = terrace_chart_data_get (self, i);
      const TerracePoint *points = terrace_series_peek (layer->series);
      guint length = terrace_series_get_length (layer->series);
      guint index;

      if (!layer->visible || !terrace_series_find_nearest (layer->series, x, &index))
        continue;
      if (direction > 0)
        for (index = terrace_series_find (layer->series, x); index < length; index++)
          if (points[index].x > x)
            break;
      if (direction < 0)
        index = terrace_series_find (layer->series, x) - 1;
      if (index >= length || points[index].x > high ||
          MAX (points[index].x, points[index].x_end) < low)
        continue;
      if (isnan (best) || fabs (points[index].x - x) < fabs (best - x))
        best = points[index].x;
    }
  return best;
}

static void
terrace_chart_data_append_value (TerraceChartData *self,
                                 GString *text,
                                 TerraceLayer *layer,
                                 const TerracePoint *point)
{
  g_autofree char *value = terrace_scale_format (self->y, point->y);

  g_string_append_c (text, '\n');
  if (layer->mark == TERRACE_MARK_SPANS)
    {
      g_autofree char *length =
          terrace_format_duration ((gint64) ((point->x_end - point->x) * 1e6));

      /* Translators: what happened, then for how long */
      g_string_append_printf (text, _ ("%s: %s"), terrace_series_get_title (layer->series), length);
    }
  else if (!isnan (point->low) && !isnan (point->high))
    {
      g_autofree char *low = terrace_scale_format (self->y, point->low);
      g_autofree char *high = terrace_scale_format (self->y, point->high);

      /* Translators: name of a curve, its value, and between which values it may lie */
      g_string_append_printf (text, _ ("%s: %s (%s to %s)"),
                              terrace_series_get_title (layer->series), value, low, high);
    }
  else
    /* Translators: name of a curve, then its value */
    g_string_append_printf (text, _ ("%s: %s"), terrace_series_get_title (layer->series), value);
}

char *
terrace_chart_data_read (TerraceChartData *self, double x)
{
  g_autofree char *at = terrace_scale_format (self->x, x);
  GString *text = g_string_new (at);

  for (guint i = 0; i < self->layers->len; i++)
    {
      TerraceLayer *layer = terrace_chart_data_get (self, i);
      const TerracePoint *point;
      guint index;

      if (!layer->visible || !terrace_series_find_nearest (layer->series, x, &index))
        continue;
      point = &terrace_series_peek (layer->series)[index];
      /* Beyond its ends and in its gaps a curve has nothing to say. */
      if ((isnan (point->y) && layer->mark != TERRACE_MARK_SPANS) ||
          (layer->mark == TERRACE_MARK_SPANS && (x < point->x || x > point->x_end)) ||
          (layer->mark != TERRACE_MARK_SPANS && index == 0 && x < point->x) ||
          (layer->mark != TERRACE_MARK_SPANS &&
           index + 1 == terrace_series_get_length (layer->series) &&
           x > MAX (point->x, point->x_end)))
        continue;
      terrace_chart_data_append_value (self, text, layer, point);
    }
  return g_string_free (text, FALSE);
}

static void
terrace_chart_data_describe_layer (TerraceChartData *self, GString *text, TerraceLayer *layer)
{
  const TerracePoint *points = terrace_series_peek (layer->series);
  guint length = terrace_series_get_length (layer->series);
  g_autofree char *lowest = NULL;
  g_autofree char *highest = NULL;
  g_autofree char *last = NULL;
  double low = NAN, high = NAN, newest = NAN;

  for (guint i = 0; i < length; i++)
    {
      widen (points[i].y, &low, &high);
      newest = isnan (points[i].y) ? newest : points[i].y;
    }
  if (layer->mark == TERRACE_MARK_SPANS)
    g_string_append_printf (text,
                            g_dngettext (GETTEXT_PACKAGE, "%s: %u span", "%s: %u spans", length),
                            terrace_series_get_title (layer->series), length);
  else if (isnan (low))
    /* Translators: a curve's name */
    g_string_append_printf (text, _ ("%s: no values"), terrace_series_get_title (layer->series));
  else
    {
      lowest = terrace_scale_format (self->y, low);
      highest = terrace_scale_format (self->y, high);
      last = terrace_scale_format (self->y, newest);
      /* Translators: a curve's name, its lowest, highest and last value */
      g_string_append_printf (text, _ ("%s: from %s to %s, last %s"),
                              terrace_series_get_title (layer->series), lowest, highest, last);
    }
}

char *
terrace_chart_data_describe (TerraceChartData *self)
{
  GString *text = g_string_new (NULL);
  g_autofree char *from = NULL;
  g_autofree char *to = NULL;
  double low, high;

  if (!terrace_chart_data_update_ranges (self))
    {
      g_string_append (text, _ ("No data yet"));
      return g_string_free (text, FALSE);
    }
  terrace_scale_get_range (self->x, &low, &high);
  if (terrace_scale_get_unit (self->x) != TERRACE_UNIT_CATEGORY)
    {
      from = terrace_scale_format (self->x, low);
      to = terrace_scale_format (self->x, high);
      /* Translators: the ends of a chart's axis */
      g_string_append_printf (text, _ ("From %s to %s"), from, to);
    }
  for (guint i = 0; i < self->layers->len; i++)
    if (terrace_chart_data_get (self, i)->visible)
      {
        if (text->len > 0)
          g_string_append_c (text, '\n');
        terrace_chart_data_describe_layer (self, text, terrace_chart_data_get (self, i));
      }
  return g_string_free (text, FALSE);
}

/* --- Export -------------------------------------------------------------------------------- */

static int
compare_doubles (gconstpointer a, gconstpointer b)
{
  double first = *(const double *) a;
  double second = *(const double *) b;

  return first < second ? -1 : first > second;
}

/* Every x of any layer, once, in order. */
static GArray *
terrace_chart_data_collect_x (TerraceChartData *self)
{
  g_autoptr (GArray) all = g_array_new (FALSE, FALSE, sizeof (double));
  GArray *unique = g_array_new (FALSE, FALSE, sizeof (double));

  for (guint i = 0; i < self->layers->len; i++)
    {
      TerraceSeries *series = terrace_chart_data_get (self, i)->series;

      for (guint j = 0; j < terrace_series_get_length (series); j++)
        g_array_append_val (all, terrace_series_peek (series)[j].x);
    }
  g_array_sort (all, compare_doubles);
  for (guint i = 0; i < all->len; i++)
    if (i == 0 || g_array_index (all, double, i) > g_array_index (all, double, i - 1))
      g_array_append_val (unique, g_array_index (all, double, i));
  return unique;
}

static void
append_x (TerraceChartData *self, GString *csv, double x)
{
  TerraceUnit unit = terrace_scale_get_unit (self->x);
  g_autofree char *text = NULL;

  if (unit == TERRACE_UNIT_TIME)
    text = terrace_format_iso8601 ((gint64) (x * 1e6));
  else if (unit == TERRACE_UNIT_CATEGORY)
    text = terrace_scale_format (self->x, x);
  if (text != NULL)
    terrace_csv_append_text (csv, text);
  else
    terrace_csv_append_double (csv, x);
}

char *
terrace_chart_data_to_csv (TerraceChartData *self)
{
  g_autoptr (GArray) all = terrace_chart_data_collect_x (self);
  GString *csv = g_string_new (NULL);

  terrace_csv_append_text (csv,
                           terrace_scale_get_unit (self->x) == TERRACE_UNIT_TIME ? "time" : "x");
  for (guint i = 0; i < self->layers->len; i++)
    terrace_csv_append_text (csv,
                             terrace_series_get_title (terrace_chart_data_get (self, i)->series));
  terrace_csv_end_row (csv);

  for (guint row = 0; row < all->len; row++)
    {
      double x = g_array_index (all, double, row);

      append_x (self, csv, x);
      for (guint i = 0; i < self->layers->len; i++)
        {
          TerraceLayer *layer = terrace_chart_data_get (self, i);
          const TerracePoint *point = find_exact (layer->series, x);

          if (point == NULL)
            terrace_csv_append_text (csv, "");
          else if (layer->mark == TERRACE_MARK_SPANS)
            terrace_csv_append_double (csv, point->x_end - point->x);
          else
            terrace_csv_append_double (csv, point->y);
        }
      terrace_csv_end_row (csv);
    }
  return g_string_free (csv, FALSE);
}
