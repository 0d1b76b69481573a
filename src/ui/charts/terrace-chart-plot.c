/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Axes, layers and cursor of a chart. Axes and layers are kept as a render node until something of
 * them changes, so that the cursor follows the pointer at no cost but its own. Main thread. */

#include "config.h"

#include "ui/charts/terrace-chart-plot.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>
#include <math.h>

#include "ui/charts/terrace-chart-axes.h"

#define GAP TERRACE_CHART_GAP
/* A shorter drag is a click. */
#define DRAG_THRESHOLD 8
/* No further zoom than to this share of the whole. */
#define ZOOM_LIMIT 1e-4
/* A screen reader is not told of a live chart more often. */
#define TELL_MS 500

struct _TerraceChartPlot
{
  GtkWidget parent_instance;

  TerraceChartData *data; /* the chart's */
  char *placeholder;

  GskRenderNode *node;     /* axes and layers as they are now */
  TerraceChartFrame frame; /* where they are */
  gboolean empty;
  guint tell_id;

  double cursor; /* in values of x; NAN for none */
  gboolean dragging;
  double drag_from;
  double drag_to;
};

G_DEFINE_FINAL_TYPE (TerraceChartPlot, terrace_chart_plot, GTK_TYPE_WIDGET)

enum
{
  ZOOMED,
  ACTIVATED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* --- Axes and layers ----------------------------------------------------------------------- */

static GskRenderNode *
terrace_chart_plot_draw (TerraceChartPlot *self, int width, int height)
{
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  g_autoptr (GArray) ticks = NULL;
  GdkRGBA color;
  GdkRGBA grid;

  gtk_style_context_get_color (gtk_widget_get_style_context (GTK_WIDGET (self)), &color);
  grid = terrace_palette_trough (GTK_WIDGET (self));
  self->empty = self->data == NULL || !terrace_chart_data_update_ranges (self->data);
  if (self->empty)
    {
      g_autoptr (PangoLayout) layout =
          terrace_chart_create_layout (GTK_WIDGET (self), self->placeholder, 1);
      int text_height;

      pango_layout_set_width (layout, width * PANGO_SCALE);
      pango_layout_set_alignment (layout, PANGO_ALIGN_CENTER);
      pango_layout_get_pixel_size (layout, NULL, &text_height);
      terrace_chart_append_layout (snapshot, layout, 0, (height - text_height) / 2.0, &color);
      return gtk_snapshot_free_to_node (snapshot);
    }

  ticks = terrace_chart_place_axes (GTK_WIDGET (self), self->data, &self->frame, width, height);
  terrace_chart_append_y_axis (GTK_WIDGET (self), self->data, &self->frame, snapshot, ticks, &color,
                               &grid);
  terrace_chart_append_x_axis (GTK_WIDGET (self), self->data, &self->frame, snapshot, &color,
                               &grid);
  self->frame.cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, (float) width,
                                                                             (float) height));
  terrace_chart_draw (self->data, &self->frame);
  g_clear_pointer (&self->frame.cr, cairo_destroy);
  return gtk_snapshot_free_to_node (snapshot);
}

/* --- Cursor -------------------------------------------------------------------------------- */

static void
terrace_chart_plot_append_readout (TerraceChartPlot *self, GtkSnapshot *snapshot, double x)
{
  static const GdkRGBA background = { 0.08f, 0.08f, 0.08f, 0.88f };
  static const GdkRGBA foreground = { 1, 1, 1, 1 };
  g_autofree char *text = terrace_chart_data_read (self->data, self->cursor);
  g_autoptr (PangoLayout) layout = terrace_chart_create_layout (GTK_WIDGET (self), text, 0.9);
  GskRoundedRect outline;
  int width, height;
  double left;

  pango_layout_get_pixel_size (layout, &width, &height);
  width += 2 * GAP;
  height += 2 * GAP;
  left = x + 2 * GAP + width <= gtk_widget_get_width (GTK_WIDGET (self)) ? x + 2 * GAP :
                                                                           x - 2 * GAP - width;
  gsk_rounded_rect_init_from_rect (&outline,
                                   &GRAPHENE_RECT_INIT ((float) round (MAX (left, 0)),
                                                        (float) round (self->frame.y),
                                                        (float) width, (float) height),
                                   6);
  gtk_snapshot_push_rounded_clip (snapshot, &outline);
  gtk_snapshot_append_color (snapshot, &background, &outline.bounds);
  gtk_snapshot_pop (snapshot);
  terrace_chart_append_layout (snapshot, layout, MAX (left, 0) + GAP, self->frame.y + GAP,
                               &foreground);
}

static void
terrace_chart_plot_append_cursor (TerraceChartPlot *self, GtkSnapshot *snapshot)
{
  TerraceChartFrame *frame = &self->frame;
  GdkRGBA color;

  if (self->dragging)
    {
      double from = terrace_chart_get_x (self->data, frame, self->drag_from);
      double to = terrace_chart_get_x (self->data, frame, self->drag_to);

      color = terrace_palette_accent ();
      color.alpha = 0.25f;
      gtk_snapshot_append_color (snapshot, &color,
                                 &GRAPHENE_RECT_INIT ((float) MIN (from, to), (float) frame->y,
                                                      (float) fabs (to - from),
                                                      (float) frame->height));
    }
  else if (!isnan (self->cursor))
    {
      double x = terrace_chart_get_x (self->data, frame, self->cursor);

      if (terrace_scale_get_unit (self->data->x) == TERRACE_UNIT_CATEGORY)
        x = terrace_chart_get_x (self->data, frame, self->cursor + 0.5);
      gtk_style_context_get_color (gtk_widget_get_style_context (GTK_WIDGET (self)), &color);
      color.alpha = 0.6f;
      gtk_snapshot_append_color (snapshot, &color,
                                 &GRAPHENE_RECT_INIT ((float) round (x), (float) frame->y, 1,
                                                      (float) frame->height));
      terrace_chart_plot_append_readout (self, snapshot, x);
    }
}

/* The text alternative, with what the cursor reads in front of it. */
static void
terrace_chart_plot_tell (TerraceChartPlot *self)
{
  g_autofree char *read = NULL;
  g_autofree char *all = NULL;
  g_autofree char *text = NULL;

  if (self->data == NULL)
    return;
  all = terrace_chart_data_describe (self->data);
  if (!isnan (self->cursor))
    {
      read = terrace_chart_data_read (self->data, self->cursor);
      text = g_strconcat (read, "\n", all, NULL);
    }
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  text != NULL ? text : all, -1);
}

static gboolean
tell_cb (gpointer user_data)
{
  TerraceChartPlot *self = user_data;

  self->tell_id = 0;
  terrace_chart_plot_tell (self);
  return G_SOURCE_REMOVE;
}

static void
terrace_chart_plot_set_cursor (TerraceChartPlot *self, double x, gboolean tell)
{
  if ((isnan (x) && isnan (self->cursor)) || (x >= self->cursor && x <= self->cursor))
    return;
  self->cursor = x;
  if (tell)
    terrace_chart_plot_tell (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static double
terrace_chart_plot_get_value_at (TerraceChartPlot *self, double x)
{
  double fraction = (x - self->frame.x) / self->frame.width;

  return terrace_scale_get_value (self->data->x, self->frame.rtl ? 1 - fraction : fraction);
}

static void
motion_cb (TerraceChartPlot *self, double x, double y)
{
  double value;

  if (self->empty || self->data == NULL)
    return;
  value = terrace_chart_plot_get_value_at (self, x);
  if (terrace_scale_get_unit (self->data->x) == TERRACE_UNIT_CATEGORY)
    value = floor (value);
  terrace_chart_plot_set_cursor (self, terrace_chart_data_step (self->data, value, 0), FALSE);
}

static void
leave_cb (TerraceChartPlot *self)
{
  terrace_chart_plot_set_cursor (self, NAN, FALSE);
}

/* --- Zoom ---------------------------------------------------------------------------------- */

void
terrace_chart_plot_set_zoom (TerraceChartPlot *self, double low, double high)
{
  g_return_if_fail (TERRACE_IS_CHART_PLOT (self));

  if (self->data == NULL)
    return;
  self->data->zoom_low = MIN (low, high);
  self->data->zoom_high = MAX (low, high);
  terrace_chart_plot_invalidate (self);
  g_signal_emit (self, signals[ZOOMED], 0);
}

void
terrace_chart_plot_zoom_by (TerraceChartPlot *self, double factor)
{
  double low, high, middle, all_low, all_high, extent;

  g_return_if_fail (TERRACE_IS_CHART_PLOT (self));

  if (self->data == NULL || self->empty)
    return;
  terrace_scale_get_range (self->data->x, &low, &high);
  middle = isnan (self->cursor) ? (low + high) / 2 : CLAMP (self->cursor, low, high);

  /* What all of it is, the data say when nothing is zoomed. */
  self->data->zoom_low = self->data->zoom_high = NAN;
  terrace_chart_data_update_ranges (self->data);
  terrace_scale_get_range (self->data->x, &all_low, &all_high);
  extent = (high - low) / factor;
  if (extent >= all_high - all_low)
    {
      terrace_chart_plot_set_zoom (self, NAN, NAN);
      return;
    }
  extent = MAX (extent, (all_high - all_low) * ZOOM_LIMIT);
  low = CLAMP (middle - extent * (middle - low) / (high - low), all_low, all_high - extent);
  terrace_chart_plot_set_zoom (self, low, low + extent);
}

static void
drag_update_cb (TerraceChartPlot *self, double dx, double dy, GtkGestureDrag *gesture)
{
  double x, y;

  if (self->empty || self->data == NULL || fabs (dx) < DRAG_THRESHOLD)
    return;
  gtk_gesture_drag_get_start_point (gesture, &x, &y);
  self->dragging = TRUE;
  self->drag_from = terrace_chart_plot_get_value_at (self, x);
  self->drag_to = terrace_chart_plot_get_value_at (self, x + dx);
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
drag_end_cb (TerraceChartPlot *self, double dx, double dy)
{
  double low, high;

  gtk_widget_grab_focus (GTK_WIDGET (self));
  if (self->empty || self->data == NULL)
    return;
  if (!self->dragging)
    {
      if (!isnan (self->cursor))
        g_signal_emit (self, signals[ACTIVATED], 0, self->cursor);
      return;
    }
  self->dragging = FALSE;
  terrace_scale_get_range (self->data->x, &low, &high);
  terrace_chart_plot_set_zoom (self, CLAMP (self->drag_from, low, high),
                               CLAMP (self->drag_to, low, high));
}

/* --- Keys ---------------------------------------------------------------------------------- */

static void
terrace_chart_plot_move_cursor (TerraceChartPlot *self, int direction)
{
  double next;

  if (self->frame.rtl)
    direction = -direction;
  next = terrace_chart_data_step (self->data, self->cursor, isnan (self->cursor) ? 0 : direction);
  if (!isnan (next))
    terrace_chart_plot_set_cursor (self, next, TRUE);
}

static gboolean
key_pressed_cb (TerraceChartPlot *self, guint key, guint code, GdkModifierType state)
{
  double low, high;

  if (self->empty || self->data == NULL ||
      (state & (GDK_CONTROL_MASK | GDK_ALT_MASK | GDK_SUPER_MASK)) != 0)
    return GDK_EVENT_PROPAGATE;
  terrace_scale_get_range (self->data->x, &low, &high);
  switch (key)
    {
    case GDK_KEY_Left:
    case GDK_KEY_KP_Left:
      terrace_chart_plot_move_cursor (self, -1);
      break;
    case GDK_KEY_Right:
    case GDK_KEY_KP_Right:
      terrace_chart_plot_move_cursor (self, 1);
      break;
    case GDK_KEY_Home:
      terrace_chart_plot_set_cursor (self, terrace_chart_data_step (self->data, low, 0), TRUE);
      break;
    case GDK_KEY_End:
      terrace_chart_plot_set_cursor (self, terrace_chart_data_step (self->data, high, 0), TRUE);
      break;
    case GDK_KEY_plus:
    case GDK_KEY_KP_Add:
      terrace_chart_plot_zoom_by (self, 2);
      break;
    case GDK_KEY_minus:
    case GDK_KEY_KP_Subtract:
      terrace_chart_plot_zoom_by (self, 0.5);
      break;
    case GDK_KEY_0:
    case GDK_KEY_KP_0:
      terrace_chart_plot_set_zoom (self, NAN, NAN);
      break;
    case GDK_KEY_Return:
    case GDK_KEY_KP_Enter:
      if (isnan (self->cursor))
        return GDK_EVENT_PROPAGATE;
      g_signal_emit (self, signals[ACTIVATED], 0, self->cursor);
      break;
    default:
      return GDK_EVENT_PROPAGATE;
    }
  return GDK_EVENT_STOP;
}

/* --- Widget -------------------------------------------------------------------------------- */

void
terrace_chart_plot_invalidate (TerraceChartPlot *self)
{
  g_return_if_fail (TERRACE_IS_CHART_PLOT (self));

  g_clear_pointer (&self->node, gsk_render_node_unref);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
terrace_chart_plot_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  TerraceChartPlot *self = TERRACE_CHART_PLOT (widget);

  if (self->node == NULL)
    {
      self->node = terrace_chart_plot_draw (self, gtk_widget_get_width (widget),
                                            gtk_widget_get_height (widget));
      if (self->tell_id == 0)
        self->tell_id = g_timeout_add (TELL_MS, tell_cb, self);
    }
  if (self->node != NULL)
    gtk_snapshot_append_node (snapshot, self->node);
  if (!self->empty)
    terrace_chart_plot_append_cursor (self, snapshot);
}

static void
terrace_chart_plot_measure (GtkWidget *widget,
                            GtkOrientation orientation,
                            int for_size,
                            int *minimum,
                            int *natural,
                            int *minimum_baseline,
                            int *natural_baseline)
{
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? 160 : 64;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 360 : 180;
}

static void
terrace_chart_plot_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  g_clear_pointer (&TERRACE_CHART_PLOT (widget)->node, gsk_render_node_unref);
}

static void
terrace_chart_plot_css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (terrace_chart_plot_parent_class)->css_changed (widget, change);
  terrace_chart_plot_invalidate (TERRACE_CHART_PLOT (widget));
}

static void
terrace_chart_plot_dispose (GObject *object)
{
  TerraceChartPlot *self = TERRACE_CHART_PLOT (object);

  g_clear_handle_id (&self->tell_id, g_source_remove);
  self->data = NULL;
  G_OBJECT_CLASS (terrace_chart_plot_parent_class)->dispose (object);
}

static void
terrace_chart_plot_finalize (GObject *object)
{
  TerraceChartPlot *self = TERRACE_CHART_PLOT (object);

  g_clear_pointer (&self->node, gsk_render_node_unref);
  g_free (self->placeholder);
  G_OBJECT_CLASS (terrace_chart_plot_parent_class)->finalize (object);
}

static void
terrace_chart_plot_class_init (TerraceChartPlotClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = terrace_chart_plot_dispose;
  G_OBJECT_CLASS (klass)->finalize = terrace_chart_plot_finalize;
  widget_class->snapshot = terrace_chart_plot_snapshot;
  widget_class->measure = terrace_chart_plot_measure;
  widget_class->size_allocate = terrace_chart_plot_size_allocate;
  widget_class->css_changed = terrace_chart_plot_css_changed;

  signals[ZOOMED] = g_signal_new ("zoomed", TERRACE_TYPE_CHART_PLOT, G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 0);
  signals[ACTIVATED] = g_signal_new ("activated", TERRACE_TYPE_CHART_PLOT, G_SIGNAL_RUN_LAST, 0,
                                     NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_DOUBLE);
  gtk_widget_class_set_css_name (widget_class, "chartplot");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
terrace_chart_plot_init (TerraceChartPlot *self)
{
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkEventController *keys = gtk_event_controller_key_new ();
  GtkGesture *drag = gtk_gesture_drag_new ();
  AdwStyleManager *manager = adw_style_manager_get_default ();

  self->cursor = NAN;
  self->placeholder = g_strdup (_ ("No data yet"));
  self->empty = TRUE;
  g_signal_connect_object (motion, "motion", G_CALLBACK (motion_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (motion, "leave", G_CALLBACK (leave_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (keys, "key-pressed", G_CALLBACK (key_pressed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (drag, "drag-update", G_CALLBACK (drag_update_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (drag, "drag-end", G_CALLBACK (drag_end_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (drag));
  g_signal_connect_object (manager, "notify::dark", G_CALLBACK (terrace_chart_plot_invalidate),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (manager, "notify::high-contrast",
                           G_CALLBACK (terrace_chart_plot_invalidate), self, G_CONNECT_SWAPPED);
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
}

void
terrace_chart_plot_set_data (TerraceChartPlot *self, TerraceChartData *data)
{
  g_return_if_fail (TERRACE_IS_CHART_PLOT (self));

  self->data = data;
  self->cursor = NAN;
  terrace_chart_plot_invalidate (self);
}

void
terrace_chart_plot_set_placeholder (TerraceChartPlot *self, const char *text)
{
  g_return_if_fail (TERRACE_IS_CHART_PLOT (self));
  g_return_if_fail (text != NULL);

  g_free (self->placeholder);
  self->placeholder = g_strdup (text);
  terrace_chart_plot_invalidate (self);
}

GskRenderNode *
terrace_chart_plot_render (TerraceChartPlot *self, int width, int height)
{
  GskRenderNode *node;

  g_return_val_if_fail (TERRACE_IS_CHART_PLOT (self), NULL);

  /* Drawing for another size moves the frame; the next snapshot puts it back. */
  node = terrace_chart_plot_draw (self, width, height);
  terrace_chart_plot_invalidate (self);
  return node;
}
