/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Words and lines around the layers of a chart. Main thread. */

#include "config.h"

#include "ui/charts/terrace-chart-axes.h"

#include <adwaita.h>
#include <math.h>

#define GAP TERRACE_CHART_GAP

PangoLayout *
terrace_chart_create_layout (GtkWidget *widget, const char *text, double scale)
{
  PangoLayout *layout = gtk_widget_create_pango_layout (widget, text);
  g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();

  pango_attr_list_insert (attributes, pango_attr_scale_new (scale));
  pango_attr_list_insert (attributes, pango_attr_font_features_new ("tnum=1"));
  pango_layout_set_attributes (layout, attributes);
  return layout;
}

void
terrace_chart_append_layout (GtkSnapshot *snapshot,
                             PangoLayout *layout,
                             double x,
                             double y,
                             const GdkRGBA *color)
{
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT ((float) round (x), (float) round (y)));
  gtk_snapshot_append_layout (snapshot, layout, color);
  gtk_snapshot_restore (snapshot);
}

/* (transfer full) (element-type TerraceTick): lanes have their names where values have numbers. */
static GArray *
get_y_ticks (TerraceChartData *data, guint n_max)
{
  GArray *ticks = terrace_scale_get_ticks (data->y, MAX (n_max, 2));
  guint n_lanes = terrace_chart_data_count_lanes (data);
  double low, high;

  if (n_lanes == 0)
    return ticks;
  g_array_set_size (ticks, 0);
  terrace_scale_get_range (data->y, &low, &high);
  for (guint i = 0; i < data->layers->len; i++)
    {
      TerraceLayer *layer = terrace_chart_data_get (data, i);
      TerraceTick tick;

      if (!layer->visible || layer->mark != TERRACE_MARK_SPANS)
        continue;
      tick.value = high - (ticks->len + 0.5) / n_lanes * (high - low);
      tick.label = g_strdup (terrace_series_get_title (layer->series));
      g_array_append_val (ticks, tick);
    }
  return ticks;
}

/* Lays the axes out: the frame is what they leave. Returns the ticks of y. */
GArray *
terrace_chart_place_axes (GtkWidget *widget,
                          TerraceChartData *data,
                          TerraceChartFrame *frame,
                          int width,
                          int height)
{
  AdwStyleManager *manager = adw_style_manager_get_default ();
  g_autoptr (PangoLayout) sample = terrace_chart_create_layout (widget, "0", 0.85);
  int line_height, label_width = 0;
  GArray *ticks;

  pango_layout_get_pixel_size (sample, NULL, &line_height);
  ticks = get_y_ticks (data, (guint) (height / (2.5 * line_height)));
  for (guint i = 0; i < ticks->len; i++)
    {
      int tick_width;

      pango_layout_set_text (sample, g_array_index (ticks, TerraceTick, i).label, -1);
      pango_layout_get_pixel_size (sample, &tick_width, NULL);
      label_width = MAX (label_width, tick_width);
    }
  label_width = MIN (label_width, width / 3);

  frame->rtl = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  frame->dark = adw_style_manager_get_dark (manager);
  frame->high_contrast = adw_style_manager_get_high_contrast (manager);
  frame->n_lanes = terrace_chart_data_count_lanes (data);
  frame->x = frame->rtl ? GAP : label_width + GAP;
  frame->y = line_height / 2.0 + 1;
  frame->width = MAX (width - label_width - 2 * GAP, 1);
  frame->height = MAX (height - 2 * line_height - GAP / 2.0, 1);
  return ticks;
}

void
terrace_chart_append_y_axis (GtkWidget *widget,
                             TerraceChartData *data,
                             const TerraceChartFrame *frame,
                             GtkSnapshot *snapshot,
                             GArray *ticks,
                             const GdkRGBA *color,
                             const GdkRGBA *grid)
{
  double labels = frame->rtl ? frame->x + frame->width + GAP : 0;
  double label_width = frame->x - GAP;

  for (guint i = 0; i < ticks->len; i++)
    {
      const TerraceTick *tick = &g_array_index (ticks, TerraceTick, i);
      g_autoptr (PangoLayout) layout = terrace_chart_create_layout (widget, tick->label, 0.85);
      double y = terrace_chart_get_y (data, frame, tick->value);
      int width, height;

      if (frame->n_lanes > 0 && !frame->rtl)
        {
          pango_layout_set_width (layout, (int) MAX (label_width, 1) * PANGO_SCALE);
          pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_END);
        }
      pango_layout_get_pixel_size (layout, &width, &height);
      if (frame->n_lanes == 0)
        gtk_snapshot_append_color (snapshot, grid,
                                   &GRAPHENE_RECT_INIT ((float) frame->x, (float) round (y),
                                                        (float) frame->width, 1));
      terrace_chart_append_layout (snapshot, layout,
                                   frame->rtl || frame->n_lanes > 0 ? labels :
                                                                      frame->x - GAP - width,
                                   y - height / 2.0, color);
    }
}

void
terrace_chart_append_x_axis (GtkWidget *widget,
                             TerraceChartData *data,
                             const TerraceChartFrame *frame,
                             GtkSnapshot *snapshot,
                             const GdkRGBA *color,
                             const GdkRGBA *grid)
{
  g_autoptr (PangoLayout) sample = terrace_chart_create_layout (widget, "00:00:00", 0.85);
  g_autoptr (GArray) ticks = NULL;
  double bottom = frame->y + frame->height;
  double taken_from = INFINITY, taken_to = -INFINITY;
  int width, height;

  pango_layout_get_pixel_size (sample, &width, &height);
  ticks = terrace_scale_get_ticks (data->x, (guint) MAX (frame->width / (width * 1.5), 2));
  gtk_snapshot_append_color (snapshot, grid,
                             &GRAPHENE_RECT_INIT ((float) frame->x, (float) round (bottom),
                                                  (float) frame->width, 1));
  for (guint i = 0; i < ticks->len; i++)
    {
      const TerraceTick *tick = &g_array_index (ticks, TerraceTick, i);
      g_autoptr (PangoLayout) layout = terrace_chart_create_layout (widget, tick->label, 0.85);
      double middle = terrace_chart_get_x (data, frame, tick->value);
      double left;

      gtk_snapshot_append_color (snapshot, grid,
                                 &GRAPHENE_RECT_INIT ((float) round (middle),
                                                      (float) round (bottom), 1, 4));
      pango_layout_get_pixel_size (layout, &width, NULL);
      left = CLAMP (middle - width / 2.0, 0, MAX (frame->x + frame->width + GAP - width, 0));
      /* No label over another one. */
      if (left < taken_to + GAP && left + width > taken_from - GAP)
        continue;
      taken_from = MIN (taken_from, left);
      taken_to = MAX (taken_to, left + width);
      terrace_chart_append_layout (snapshot, layout, left, bottom + GAP / 2.0, color);
    }
}
