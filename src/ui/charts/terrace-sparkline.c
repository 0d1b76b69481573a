/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A tiny bar chart. Boxes only, no cairo: hundreds of them may scroll by. Main thread. */

#include "config.h"

#include "ui/charts/terrace-sparkline.h"

#include <math.h>

#include "ui/charts/terrace-palette.h"

#define MAX_VALUES 120
#define EXPECTED_ALPHA 0.45f

struct _TerraceSparkline
{
  GtkWidget parent_instance;

  float values[MAX_VALUES];
  guint n_values;
  float highest;
  float expected;
  guint n_expected;
};

G_DEFINE_FINAL_TYPE (TerraceSparkline, terrace_sparkline, GTK_TYPE_WIDGET)

static void
terrace_sparkline_snapshot_expected (TerraceSparkline *self,
                                     GtkSnapshot *snapshot,
                                     float step,
                                     gboolean rtl)
{
  float height = (float) gtk_widget_get_height (GTK_WIDGET (self));
  float extent = self->expected / MAX (self->highest, self->expected) * (height - 2);
  GdkRGBA color = terrace_palette_accent ();

  if (self->n_expected == 0 || !(self->expected > 0))
    return;
  color.alpha = EXPECTED_ALPHA;
  gtk_snapshot_append_color (snapshot, &color,
                             &GRAPHENE_RECT_INIT (rtl ? 0 : (float) self->n_values * step,
                                                  height - 1 - MAX (extent, 1),
                                                  (float) self->n_expected * step,
                                                  MAX (extent, 1)));
}

static void
terrace_sparkline_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  TerraceSparkline *self = TERRACE_SPARKLINE (widget);
  gboolean rtl = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  float width = (float) gtk_widget_get_width (widget);
  float height = (float) gtk_widget_get_height (widget);
  GdkRGBA color = terrace_palette_accent ();
  GdkRGBA trough = terrace_palette_trough (widget);
  float step;

  gtk_snapshot_append_color (snapshot, &trough, &GRAPHENE_RECT_INIT (0, height - 1, width, 1));
  if (self->n_values == 0 || !(MAX (self->highest, self->expected) > 0))
    return;
  step = width / (float) (self->n_values + self->n_expected);
  terrace_sparkline_snapshot_expected (self, snapshot, step, rtl);
  for (guint i = 0; i < self->n_values; i++)
    {
      float extent = MAX (self->values[i] / MAX (self->highest, self->expected) * (height - 2), 1);
      float left = (float) (rtl ? self->n_values + self->n_expected - 1 - i : i) * step;

      if (self->values[i] > 0)
        gtk_snapshot_append_color (snapshot, &color,
                                   &GRAPHENE_RECT_INIT (left, height - 1 - extent,
                                                        step > 3 ? step - 1 : MAX (step, 1),
                                                        extent));
    }
}

static void
terrace_sparkline_measure (GtkWidget *widget,
                           GtkOrientation orientation,
                           int for_size,
                           int *minimum,
                           int *natural,
                           int *minimum_baseline,
                           int *natural_baseline)
{
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? 30 : 16;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 90 : 18;
}

static void
terrace_sparkline_class_init (TerraceSparklineClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  widget_class->snapshot = terrace_sparkline_snapshot;
  widget_class->measure = terrace_sparkline_measure;
  gtk_widget_class_set_css_name (widget_class, "sparkline");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
terrace_sparkline_init (TerraceSparkline *self)
{
  terrace_palette_follow_style (GTK_WIDGET (self));
}

GtkWidget *
terrace_sparkline_new (void)
{
  return g_object_new (TERRACE_TYPE_SPARKLINE, NULL);
}

void
terrace_sparkline_set_values (TerraceSparkline *self,
                              const double *values,
                              guint n_values,
                              const char *description)
{
  g_return_if_fail (TERRACE_IS_SPARKLINE (self));
  g_return_if_fail (values != NULL || n_values == 0);
  g_return_if_fail (description != NULL);

  if (n_values > MAX_VALUES)
    {
      values += n_values - MAX_VALUES;
      n_values = MAX_VALUES;
    }
  self->n_values = n_values;
  self->highest = 0;
  for (guint i = 0; i < n_values; i++)
    {
      self->values[i] = isfinite (values[i]) ? (float) values[i] : 0;
      self->highest = MAX (self->highest, self->values[i]);
    }
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), description);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  description, -1);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
terrace_sparkline_set_expected (TerraceSparkline *self, double expected, guint n_expected)
{
  g_return_if_fail (TERRACE_IS_SPARKLINE (self));

  self->expected = n_expected > 0 && isfinite (expected) ? (float) expected : 0;
  self->n_expected = n_expected;
  /* Next to nothing must not look like much. */
  if (n_expected > 0)
    self->highest = MAX (self->highest, 1);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
