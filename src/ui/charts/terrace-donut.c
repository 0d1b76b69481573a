/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The ring of tiers: at most four arcs, drawn with one cairo node and drawn again only when a
 * value, the size or the style changes. Main thread. */

#include "config.h"

#include "ui/charts/terrace-donut.h"

#include <math.h>

#include "model/terrace-enums.h"
#include "ui/charts/terrace-palette.h"
#include "ui/terrace-item-columns.h"

#define SIZE 180
#define RING 26.0

struct _TerraceDonut
{
  GtkWidget parent_instance;

  double values[TERRACE_N_TIERS];
  PangoLayout *title;
  PangoLayout *subtitle;
  char *title_text;
  char *subtitle_text;
};

G_DEFINE_FINAL_TYPE (TerraceDonut, terrace_donut, GTK_TYPE_WIDGET)

static PangoLayout *
make_layout (GtkWidget *widget, const char *text, double scale, PangoWeight weight)
{
  PangoLayout *layout = gtk_widget_create_pango_layout (widget, text);
  g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();

  pango_attr_list_insert (attributes, pango_attr_scale_new (scale));
  pango_attr_list_insert (attributes, pango_attr_weight_new (weight));
  pango_layout_set_attributes (layout, attributes);
  pango_layout_set_width (layout,
                          (int) ((SIZE * terrace_ui_get_text_scale (widget) - 2 * RING - 20) *
                                 PANGO_SCALE));
  pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_END);
  pango_layout_set_alignment (layout, PANGO_ALIGN_CENTER);
  return layout;
}

static void
terrace_donut_draw_ring (TerraceDonut *self, cairo_t *cr, double width, double height)
{
  double radius = MIN (width, height) / 2 - RING / 2 - 2;
  double sum = 0;
  double angle = -G_PI / 2;
  guint n_parts = 0;

  for (guint tier = 0; tier < TERRACE_N_TIERS; tier++)
    {
      sum += self->values[tier];
      n_parts += self->values[tier] > 0;
    }

  cairo_set_line_width (cr, RING);
  if (!(sum > 0))
    {
      GdkRGBA trough = terrace_palette_trough (GTK_WIDGET (self));

      gdk_cairo_set_source_rgba (cr, &trough);
      cairo_arc (cr, width / 2, height / 2, radius, 0, 2 * G_PI);
      cairo_stroke (cr);
      return;
    }

  for (guint tier = 0; tier < TERRACE_N_TIERS; tier++)
    {
      double extent = self->values[tier] / sum * 2 * G_PI;
      double gap = n_parts > 1 ? MIN (1.5 / radius, extent / 4) : 0;
      GdkRGBA color = terrace_palette_tier ((TerraceTier) tier);

      if (!(extent > 0))
        continue;
      gdk_cairo_set_source_rgba (cr, &color);
      cairo_arc (cr, width / 2, height / 2, radius, angle + gap, angle + extent - gap);
      cairo_stroke (cr);
      angle += extent;
    }
}

static void
append_layout (GtkSnapshot *snapshot,
               PangoLayout *layout,
               const GdkRGBA *color,
               float center_x,
               float y)
{
  float half = (float) pango_layout_get_width (layout) / PANGO_SCALE / 2;

  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (center_x - half, y));
  gtk_snapshot_append_layout (snapshot, layout, color);
  gtk_snapshot_restore (snapshot);
}

static void
terrace_donut_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  TerraceDonut *self = TERRACE_DONUT (widget);
  float width = (float) gtk_widget_get_width (widget);
  float height = (float) gtk_widget_get_height (widget);
  int title_height;
  int subtitle_height;
  GdkRGBA color;
  cairo_t *cr;

  cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, width, height));
  terrace_donut_draw_ring (self, cr, (double) width, (double) height);
  cairo_destroy (cr);

  if (self->title == NULL)
    {
      self->title = make_layout (widget, self->title_text, 1.4, PANGO_WEIGHT_BOLD);
      self->subtitle = make_layout (widget, self->subtitle_text, 0.85, PANGO_WEIGHT_NORMAL);
    }
  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &color);
  pango_layout_get_pixel_size (self->title, NULL, &title_height);
  pango_layout_get_pixel_size (self->subtitle, NULL, &subtitle_height);
  append_layout (snapshot, self->title, &color, width / 2,
                 (height - (float) (title_height + subtitle_height)) / 2);
  append_layout (snapshot, self->subtitle, &color, width / 2,
                 (height + (float) (title_height - subtitle_height)) / 2);
}

static void
terrace_donut_drop_layouts (TerraceDonut *self)
{
  g_clear_object (&self->title);
  g_clear_object (&self->subtitle);
}

static void
terrace_donut_measure (GtkWidget *widget,
                       GtkOrientation orientation,
                       int for_size,
                       int *minimum,
                       int *natural,
                       int *minimum_baseline,
                       int *natural_baseline)
{
  *minimum = (int) (SIZE * terrace_ui_get_text_scale (widget));
  *natural = *minimum;
}

/* A new font or scale makes the old layouts wrong. */
static void
terrace_donut_css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (terrace_donut_parent_class)->css_changed (widget, change);
  terrace_donut_drop_layouts (TERRACE_DONUT (widget));
  gtk_widget_queue_draw (widget);
}

static void
terrace_donut_finalize (GObject *object)
{
  TerraceDonut *self = TERRACE_DONUT (object);

  terrace_donut_drop_layouts (self);
  g_free (self->title_text);
  g_free (self->subtitle_text);
  G_OBJECT_CLASS (terrace_donut_parent_class)->finalize (object);
}

static void
terrace_donut_class_init (TerraceDonutClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = terrace_donut_finalize;
  widget_class->snapshot = terrace_donut_snapshot;
  widget_class->measure = terrace_donut_measure;
  widget_class->css_changed = terrace_donut_css_changed;
  gtk_widget_class_set_css_name (widget_class, "donut");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
terrace_donut_init (TerraceDonut *self)
{
  self->title_text = g_strdup ("");
  self->subtitle_text = g_strdup ("");
  terrace_palette_follow_style (GTK_WIDGET (self));
}

void
terrace_donut_set_values (TerraceDonut *self,
                          const double *values,
                          const char *title,
                          const char *subtitle,
                          const char *description)
{
  g_return_if_fail (TERRACE_IS_DONUT (self));
  g_return_if_fail (values != NULL);

  for (guint tier = 0; tier < TERRACE_N_TIERS; tier++)
    self->values[tier] = values[tier];
  g_free (self->title_text);
  self->title_text = g_strdup (title);
  g_free (self->subtitle_text);
  self->subtitle_text = g_strdup (subtitle);
  terrace_donut_drop_layouts (self);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), description);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  description, -1);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
