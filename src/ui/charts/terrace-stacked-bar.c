/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A stacked bar: a handful of coloured rectangles in a rounded clip, so a frame costs next to
 * nothing. A part is told from its neighbour by a gap, not by colour alone. Main thread. */

#include "config.h"

#include "ui/charts/terrace-stacked-bar.h"

#include "ui/charts/terrace-palette.h"

#define BAR_HEIGHT 12
#define GAP 1.0f

typedef struct
{
  double value;
  GdkRGBA color;
  char *text;
} Part;

struct _TerraceStackedBar
{
  GtkWidget parent_instance;

  GArray *parts;
  double scale;
};

G_DEFINE_FINAL_TYPE (TerraceStackedBar, terrace_stacked_bar, GTK_TYPE_WIDGET)

static void
part_clear (gpointer data)
{
  Part *part = data;

  g_free (part->text);
}

static double
terrace_stacked_bar_get_full (TerraceStackedBar *self)
{
  double sum = 0;

  for (guint i = 0; i < self->parts->len; i++)
    sum += g_array_index (self->parts, Part, i).value;
  return MAX (sum, self->scale);
}

static void
terrace_stacked_bar_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  TerraceStackedBar *self = TERRACE_STACKED_BAR (widget);
  float width = (float) gtk_widget_get_width (widget);
  float height = (float) gtk_widget_get_height (widget);
  gboolean rtl = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  double full = terrace_stacked_bar_get_full (self);
  GdkRGBA trough = terrace_palette_trough (widget);
  GskRoundedRect outline;
  float x = 0;

  gsk_rounded_rect_init_from_rect (&outline, &GRAPHENE_RECT_INIT (0, 0, width, height), 4);
  gtk_snapshot_push_rounded_clip (snapshot, &outline);
  gtk_snapshot_append_color (snapshot, &trough, &outline.bounds);
  for (guint i = 0; i < self->parts->len && full > 0; i++)
    {
      const Part *part = &g_array_index (self->parts, Part, i);
      float extent = (float) (part->value / full) * width;
      float gap = i + 1 < self->parts->len ? GAP : 0;
      float left = rtl ? width - x - extent : x;

      /* What is too small to be seen is in the tooltip and the description. */
      if (extent < 1)
        continue;
      gtk_snapshot_append_color (snapshot, &part->color,
                                 &GRAPHENE_RECT_INIT (left, 0, MAX (extent - gap, 1), height));
      x += extent;
    }
  gtk_snapshot_pop (snapshot);
}

static void
terrace_stacked_bar_measure (GtkWidget *widget,
                             GtkOrientation orientation,
                             int for_size,
                             int *minimum,
                             int *natural,
                             int *minimum_baseline,
                             int *natural_baseline)
{
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? 40 : BAR_HEIGHT;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 160 : BAR_HEIGHT;
}

static void
terrace_stacked_bar_finalize (GObject *object)
{
  TerraceStackedBar *self = TERRACE_STACKED_BAR (object);

  g_clear_pointer (&self->parts, g_array_unref);
  G_OBJECT_CLASS (terrace_stacked_bar_parent_class)->finalize (object);
}

static void
terrace_stacked_bar_class_init (TerraceStackedBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = terrace_stacked_bar_finalize;
  widget_class->snapshot = terrace_stacked_bar_snapshot;
  widget_class->measure = terrace_stacked_bar_measure;
  gtk_widget_class_set_css_name (widget_class, "stackedbar");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
terrace_stacked_bar_init (TerraceStackedBar *self)
{
  self->parts = g_array_new (FALSE, FALSE, sizeof (Part));
  g_array_set_clear_func (self->parts, part_clear);
  gtk_widget_set_valign (GTK_WIDGET (self), GTK_ALIGN_CENTER);
  terrace_palette_follow_style (GTK_WIDGET (self));
}

GtkWidget *
terrace_stacked_bar_new (void)
{
  return g_object_new (TERRACE_TYPE_STACKED_BAR, NULL);
}

void
terrace_stacked_bar_clear (TerraceStackedBar *self)
{
  g_return_if_fail (TERRACE_IS_STACKED_BAR (self));

  g_array_set_size (self->parts, 0);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
terrace_stacked_bar_append (TerraceStackedBar *self,
                            double value,
                            const GdkRGBA *color,
                            const char *text)
{
  Part part = { 0 };

  g_return_if_fail (TERRACE_IS_STACKED_BAR (self));
  g_return_if_fail (color != NULL);
  g_return_if_fail (text != NULL);

  if (!(value > 0))
    return;
  part.value = value;
  part.color = *color;
  part.text = g_strdup (text);
  g_array_append_val (self->parts, part);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
terrace_stacked_bar_set_scale (TerraceStackedBar *self, double scale)
{
  g_return_if_fail (TERRACE_IS_STACKED_BAR (self));

  self->scale = scale;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
terrace_stacked_bar_describe (TerraceStackedBar *self, const char *label)
{
  g_autoptr (GString) text = g_string_new (NULL);

  g_return_if_fail (TERRACE_IS_STACKED_BAR (self));
  g_return_if_fail (label != NULL);

  for (guint i = 0; i < self->parts->len; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? "\n" : "",
                            g_array_index (self->parts, Part, i).text);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), text->str);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text->str, -1);
}
