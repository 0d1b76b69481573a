/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Points of a chart. A bounded series drops its oldest points in blocks: moving the rest for each
 * new point would cost a live chart a copy of everything many times a second. Main thread. */

#include "config.h"

#include "ui/charts/terrace-series.h"

#include <math.h>

struct _TerraceSample
{
  GObject parent_instance;

  TerracePoint point;
};

G_DEFINE_FINAL_TYPE (TerraceSample, terrace_sample, G_TYPE_OBJECT)

static void
terrace_sample_class_init (TerraceSampleClass *klass)
{
}

static void
terrace_sample_init (TerraceSample *self)
{
}

const TerracePoint *
terrace_sample_get_point (TerraceSample *self)
{
  g_return_val_if_fail (TERRACE_IS_SAMPLE (self), NULL);

  return &self->point;
}

struct _TerraceSeries
{
  GObject parent_instance;

  char *title;
  guint max_points;
  GArray *points;
  /* Forgotten points at the head of the array, until they are as many as the bound. */
  guint n_forgotten;
};

static void terrace_series_list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (TerraceSeries,
                               terrace_series,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL,
                                                      terrace_series_list_model_init))

static GType
terrace_series_get_item_type (GListModel *model)
{
  return TERRACE_TYPE_SAMPLE;
}

static guint
terrace_series_get_n_items (GListModel *model)
{
  return terrace_series_get_length (TERRACE_SERIES (model));
}

static gpointer
terrace_series_get_item (GListModel *model, guint position)
{
  TerraceSeries *self = TERRACE_SERIES (model);
  TerraceSample *sample;

  if (position >= terrace_series_get_length (self))
    return NULL;
  sample = g_object_new (TERRACE_TYPE_SAMPLE, NULL);
  sample->point = terrace_series_peek (self)[position];
  return sample;
}

static void
terrace_series_list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = terrace_series_get_item_type;
  iface->get_n_items = terrace_series_get_n_items;
  iface->get_item = terrace_series_get_item;
}

static void
terrace_series_finalize (GObject *object)
{
  TerraceSeries *self = TERRACE_SERIES (object);

  g_free (self->title);
  g_array_unref (self->points);
  G_OBJECT_CLASS (terrace_series_parent_class)->finalize (object);
}

static void
terrace_series_class_init (TerraceSeriesClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = terrace_series_finalize;
}

static void
terrace_series_init (TerraceSeries *self)
{
  self->points = g_array_new (FALSE, FALSE, sizeof (TerracePoint));
}

TerraceSeries *
terrace_series_new (const char *title, guint max_points)
{
  TerraceSeries *self;

  g_return_val_if_fail (title != NULL, NULL);

  self = g_object_new (TERRACE_TYPE_SERIES, NULL);
  self->title = g_strdup (title);
  self->max_points = max_points;
  return self;
}

const char *
terrace_series_get_title (TerraceSeries *self)
{
  g_return_val_if_fail (TERRACE_IS_SERIES (self), NULL);

  return self->title;
}

guint
terrace_series_get_length (TerraceSeries *self)
{
  g_return_val_if_fail (TERRACE_IS_SERIES (self), 0);

  return self->points->len - self->n_forgotten;
}

const TerracePoint *
terrace_series_peek (TerraceSeries *self)
{
  g_return_val_if_fail (TERRACE_IS_SERIES (self), NULL);

  if (terrace_series_get_length (self) == 0)
    return NULL;
  return &g_array_index (self->points, TerracePoint, self->n_forgotten);
}

void
terrace_series_append (TerraceSeries *self, const TerracePoint *point)
{
  guint length;

  g_return_if_fail (TERRACE_IS_SERIES (self));
  g_return_if_fail (point != NULL);

  length = terrace_series_get_length (self);
  g_return_if_fail (length == 0 || terrace_series_peek (self)[length - 1].x <= point->x);

  g_array_append_vals (self->points, point, 1);
  if (self->max_points > 0 && length == self->max_points)
    {
      self->n_forgotten++;
      if (self->n_forgotten == self->max_points)
        {
          g_array_remove_range (self->points, 0, self->n_forgotten);
          self->n_forgotten = 0;
        }
      g_list_model_items_changed (G_LIST_MODEL (self), 0, 1, 0);
      length--;
    }
  g_list_model_items_changed (G_LIST_MODEL (self), length, 0, 1);
}

void
terrace_series_set_points (TerraceSeries *self, const TerracePoint *points, guint n_points)
{
  guint before;

  g_return_if_fail (TERRACE_IS_SERIES (self));
  g_return_if_fail (points != NULL || n_points == 0);

  before = terrace_series_get_length (self);
  if (self->max_points > 0 && n_points > self->max_points)
    {
      points += n_points - self->max_points;
      n_points = self->max_points;
    }
  g_array_set_size (self->points, 0);
  self->n_forgotten = 0;
  if (n_points > 0)
    g_array_append_vals (self->points, points, n_points);
  if (before > 0 || n_points > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), 0, before, n_points);
}

guint
terrace_series_find (TerraceSeries *self, double x)
{
  const TerracePoint *points;
  guint low = 0;
  guint high;

  g_return_val_if_fail (TERRACE_IS_SERIES (self), 0);

  points = terrace_series_peek (self);
  high = terrace_series_get_length (self);
  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (points[middle].x < x)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

gboolean
terrace_series_find_nearest (TerraceSeries *self, double x, guint *index)
{
  const TerracePoint *points;
  guint length;
  guint found;

  g_return_val_if_fail (TERRACE_IS_SERIES (self), FALSE);
  g_return_val_if_fail (index != NULL, FALSE);

  points = terrace_series_peek (self);
  length = terrace_series_get_length (self);
  if (length == 0)
    return FALSE;
  found = terrace_series_find (self, x);
  if (found == length)
    found--;
  else if (found > 0 &&
           x - MAX (points[found - 1].x, MIN (points[found - 1].x_end, x)) <= points[found].x - x)
    found--;
  *index = found;
  return TRUE;
}

static void
widen (double value, double *low, double *high)
{
  if (isnan (value))
    return;
  *low = isnan (*low) ? value : MIN (*low, value);
  *high = isnan (*high) ? value : MAX (*high, value);
}

gboolean
terrace_series_get_range (TerraceSeries *self,
                          double *x_min,
                          double *x_max,
                          double *y_min,
                          double *y_max)
{
  const TerracePoint *points;
  double x_low = NAN, x_high = NAN, y_low = NAN, y_high = NAN;

  g_return_val_if_fail (TERRACE_IS_SERIES (self), FALSE);

  points = terrace_series_peek (self);
  for (guint i = 0; i < terrace_series_get_length (self); i++)
    {
      widen (points[i].x, &x_low, &x_high);
      widen (points[i].x_end, &x_low, &x_high);
      widen (points[i].y, &y_low, &y_high);
      widen (points[i].low, &y_low, &y_high);
      widen (points[i].high, &y_low, &y_high);
    }
  if (isnan (x_low) || isnan (y_low))
    return FALSE;
  if (x_min != NULL)
    *x_min = x_low;
  if (x_max != NULL)
    *x_max = x_high;
  if (y_min != NULL)
    *y_min = y_low;
  if (y_max != NULL)
    *y_max = y_high;
  return TRUE;
}

void
terrace_series_fill_histogram (TerraceSeries *self,
                               const double *values,
                               guint n_values,
                               guint n_bins)
{
  g_autofree TerracePoint *points = NULL;
  double low = NAN, high = NAN, width;

  g_return_if_fail (TERRACE_IS_SERIES (self));
  g_return_if_fail (values != NULL || n_values == 0);
  g_return_if_fail (n_bins > 0);

  for (guint i = 0; i < n_values; i++)
    widen (values[i], &low, &high);
  if (isnan (low))
    {
      terrace_series_set_points (self, NULL, 0);
      return;
    }

  /* All alike: one unit around them. */
  width = high > low ? (high - low) / n_bins : 1.0 / n_bins;
  points = g_new (TerracePoint, n_bins);
  for (guint i = 0; i < n_bins; i++)
    points[i] = (TerracePoint){ low + i * width, low + (i + 1) * width, 0, NAN, NAN };
  for (guint i = 0; i < n_values; i++)
    if (!isnan (values[i]))
      points[MIN ((guint) ((values[i] - low) / width), n_bins - 1)].y += 1;
  terrace_series_set_points (self, points, n_bins);
}

void
terrace_series_fill_waterfall (TerraceSeries *self, const double *steps, guint n_steps)
{
  g_autofree TerracePoint *points = NULL;
  double sum = 0;

  g_return_if_fail (TERRACE_IS_SERIES (self));
  g_return_if_fail (steps != NULL || n_steps == 0);

  points = g_new (TerracePoint, n_steps + 1);
  for (guint i = 0; i < n_steps; i++)
    {
      points[i] = (TerracePoint){ i, i + 1, sum + steps[i], sum, NAN };
      sum += steps[i];
    }
  points[n_steps] = (TerracePoint){ n_steps, n_steps + 1, sum, 0, NAN };
  terrace_series_set_points (self, points, n_steps + 1);
}
