/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Accesses of one object: 90 bars, each one rectangle. Main thread. */

#include "config.h"

#include "ui/charts/terrace-access-chart.h"

#include <glib/gi18n-lib.h>

#include "catalog/terrace-access-table.h"
#include "ui/charts/terrace-palette.h"

#define N_DAYS 90
#define HEIGHT 56

struct _TerraceAccessChart
{
  GtkWidget parent_instance;

  guint64 accesses[N_DAYS]; /* the oldest first */
  guint64 highest;
};

G_DEFINE_FINAL_TYPE (TerraceAccessChart, terrace_access_chart, GTK_TYPE_WIDGET)

static void
terrace_access_chart_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  TerraceAccessChart *self = TERRACE_ACCESS_CHART (widget);
  float width = (float) gtk_widget_get_width (widget);
  float height = (float) gtk_widget_get_height (widget);
  float step = width / N_DAYS;
  gboolean rtl = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  GdkRGBA color = terrace_palette_accent ();
  GdkRGBA trough = terrace_palette_trough (widget);

  gtk_snapshot_append_color (snapshot, &trough, &GRAPHENE_RECT_INIT (0, height - 1, width, 1));
  for (guint day = 0; day < N_DAYS; day++)
    {
      float extent;

      if (self->accesses[day] == 0)
        continue;
      extent = (float) self->accesses[day] / (float) self->highest * (height - 3);
      extent = MAX (extent, 2);
      gtk_snapshot_append_color (snapshot, &color,
                                 &GRAPHENE_RECT_INIT ((float) (rtl ? N_DAYS - 1 - day : day) * step,
                                                      height - 1 - extent, MAX (step - 1, 1),
                                                      extent));
    }
}

static void
terrace_access_chart_measure (GtkWidget *widget,
                              GtkOrientation orientation,
                              int for_size,
                              int *minimum,
                              int *natural,
                              int *minimum_baseline,
                              int *natural_baseline)
{
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? N_DAYS : HEIGHT;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 3 * N_DAYS : HEIGHT;
}

static void
terrace_access_chart_class_init (TerraceAccessChartClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  widget_class->snapshot = terrace_access_chart_snapshot;
  widget_class->measure = terrace_access_chart_measure;
  gtk_widget_class_set_css_name (widget_class, "accesschart");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
terrace_access_chart_init (TerraceAccessChart *self)
{
  terrace_palette_follow_style (GTK_WIDGET (self));
}

gboolean
terrace_access_chart_set_days (TerraceAccessChart *self, GArray *days, gint64 today)
{
  g_autofree char *text = NULL;
  guint64 reads = 0;
  guint64 writes = 0;

  g_return_val_if_fail (TERRACE_IS_ACCESS_CHART (self), FALSE);

  self->highest = 0;
  for (guint i = 0; i < N_DAYS; i++)
    self->accesses[i] = 0;
  for (guint i = 0; days != NULL && i < days->len; i++)
    {
      const TerraceAccessDay *day = &g_array_index (days, TerraceAccessDay, i);
      gint64 index = N_DAYS - 1 - (today - day->day);

      if (index < 0 || index >= N_DAYS)
        continue;
      self->accesses[index] = day->reads + day->writes;
      self->highest = MAX (self->highest, self->accesses[index]);
      reads += day->reads;
      writes += day->writes;
    }

  text = g_strdup_printf (_ ("%" G_GUINT64_FORMAT " reads and %" G_GUINT64_FORMAT
                             " writes in the last 90 days"),
                          reads, writes);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Accesses"), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text, -1);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  return self->highest > 0;
}
