/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The chart widget: puts title, plot, legend and menu together and follows the series. Changes of a
 * series are gathered until the next frame. Main thread. */

#include "config.h"

#include "ui/charts/terrace-chart.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>

#include "ui/charts/terrace-chart-axes.h"
#include "ui/charts/terrace-chart-plot.h"
#include "ui/charts/terrace-chart-save.h"

#define MARGIN 12

struct _TerraceChart
{
  GtkWidget parent_instance;

  TerraceChartData *data;
  char *title;
  gboolean compact;
  guint tick_id;

  GtkWidget *heading;
  GtkLabel *title_label;
  GtkWidget *menu_button;
  TerraceChartPlot *plot;
  GtkWidget *legend;
};

G_DEFINE_FINAL_TYPE (TerraceChart, terrace_chart, GTK_TYPE_WIDGET)

enum
{
  ACTIVATED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* --- Following the data -------------------------------------------------------------------- */

static gboolean
tick_cb (GtkWidget *widget, GdkFrameClock *clock, gpointer user_data)
{
  TerraceChart *self = TERRACE_CHART (widget);

  self->tick_id = 0;
  terrace_chart_plot_invalidate (self->plot);
  return G_SOURCE_REMOVE;
}

static void
series_changed_cb (TerraceChart *self)
{
  if (self->plot == NULL || self->tick_id != 0)
    return;
  /* A tick callback of a widget that is not seen never comes; when it is seen, it is drawn anyway.
   */
  if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    self->tick_id = gtk_widget_add_tick_callback (GTK_WIDGET (self), tick_cb, NULL, NULL);
  else
    terrace_chart_plot_invalidate (self->plot);
}

static void
terrace_chart_unmap (GtkWidget *widget)
{
  TerraceChart *self = TERRACE_CHART (widget);

  if (self->tick_id != 0)
    {
      gtk_widget_remove_tick_callback (widget, self->tick_id);
      self->tick_id = 0;
      terrace_chart_plot_invalidate (self->plot);
    }
  GTK_WIDGET_CLASS (terrace_chart_parent_class)->unmap (widget);
}

static void
zoomed_cb (TerraceChart *self)
{
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "chart.reset-zoom",
                                 terrace_chart_data_is_zoomed (self->data));
}

static void
activated_cb (TerraceChart *self, double x)
{
  g_signal_emit (self, signals[ACTIVATED], 0, x);
}

/* --- Legend -------------------------------------------------------------------------------- */

static void
legend_toggled_cb (TerraceChart *self, GtkToggleButton *button)
{
  guint index = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (button), "layer"));

  if (index >= self->data->layers->len)
    return;
  terrace_chart_data_get (self->data, index)->visible = gtk_toggle_button_get_active (button);
  terrace_chart_plot_invalidate (self->plot);
}

static GtkWidget *
terrace_chart_create_legend_entry (TerraceChart *self, guint index)
{
  TerraceLayer *layer = terrace_chart_data_get (self->data, index);
  const char *title = terrace_series_get_title (layer->series);
  GdkRGBA rgba = terrace_palette_get (layer->color);
  GtkWidget *button = gtk_toggle_button_new ();
  GtkWidget *label = gtk_label_new (NULL);
  g_autofree char *escaped = g_markup_escape_text (title, -1);
  g_autofree char *markup =
      g_strdup_printf ("<span foreground=\"#%02x%02x%02x\">■</span> %s",
                       (guint) (rgba.red * 255 + 0.5f), (guint) (rgba.green * 255 + 0.5f),
                       (guint) (rgba.blue * 255 + 0.5f), escaped);

  gtk_label_set_markup (GTK_LABEL (label), markup);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_button_set_child (GTK_BUTTON (button), label);
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (button), layer->visible);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "legend");
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, title,
                                  -1);
  g_object_set_data (G_OBJECT (button), "layer", GUINT_TO_POINTER (index));
  g_signal_connect_object (button, "toggled", G_CALLBACK (legend_toggled_cb), self,
                           G_CONNECT_SWAPPED);
  return button;
}

/* A layer alone needs no legend, and lanes have their names on the axis. */
static void
terrace_chart_build_legend (TerraceChart *self)
{
  guint n_layers = self->data != NULL ? self->data->layers->len : 0;
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (self->legend)) != NULL)
    gtk_flow_box_remove (GTK_FLOW_BOX (self->legend), child);
  for (guint i = 0; i < n_layers; i++)
    {
      gtk_flow_box_insert (GTK_FLOW_BOX (self->legend), terrace_chart_create_legend_entry (self, i),
                           -1);
      gtk_widget_set_focusable (gtk_widget_get_last_child (self->legend), FALSE);
    }
  gtk_widget_set_visible (self->legend, n_layers > 1 && !self->compact &&
                                            terrace_chart_data_count_lanes (self->data) < n_layers);
}

/* --- Pictures ------------------------------------------------------------------------------ */

/* Title above, legend below, in words, so that a picture explains itself. */
static char *
terrace_chart_get_legend_markup (TerraceChart *self)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < self->data->layers->len; i++)
    {
      TerraceLayer *layer = terrace_chart_data_get (self->data, i);
      GdkRGBA rgba = terrace_palette_get (layer->color);
      g_autofree char *title = g_markup_escape_text (terrace_series_get_title (layer->series), -1);

      if (layer->visible)
        g_string_append_printf (text, "%s<span foreground=\"#%02x%02x%02x\">■</span> %s",
                                text->len > 0 ? "    " : "", (guint) (rgba.red * 255 + 0.5f),
                                (guint) (rgba.green * 255 + 0.5f), (guint) (rgba.blue * 255 + 0.5f),
                                title);
    }
  return g_string_free (text, FALSE);
}

GskRenderNode *
terrace_chart_render (TerraceChart *self, int width, int height)
{
  GtkSnapshot *snapshot;
  GtkStyleContext *style;
  g_autoptr (PangoLayout) title = NULL;
  g_autoptr (PangoLayout) legend = NULL;
  g_autofree char *markup = NULL;
  g_autoptr (GskRenderNode) plot = NULL;
  GdkRGBA background = { 1, 1, 1, 1 };
  GdkRGBA color;
  int title_height, legend_height, plot_height;

  g_return_val_if_fail (TERRACE_IS_CHART (self), NULL);
  g_return_val_if_fail (self->data != NULL, NULL);

  snapshot = gtk_snapshot_new ();
  style = gtk_widget_get_style_context (GTK_WIDGET (self));
  markup = terrace_chart_get_legend_markup (self);
  gtk_style_context_lookup_color (style, "window_bg_color", &background);
  gtk_style_context_get_color (style, &color);
  title = terrace_chart_create_layout (GTK_WIDGET (self), self->title, 1.2);
  legend = terrace_chart_create_layout (GTK_WIDGET (self), "", 0.9);
  pango_layout_set_width (title, (width - 2 * MARGIN) * PANGO_SCALE);
  pango_layout_set_markup (legend, markup, -1);
  pango_layout_set_width (legend, (width - 2 * MARGIN) * PANGO_SCALE);
  pango_layout_get_pixel_size (title, NULL, &title_height);
  pango_layout_get_pixel_size (legend, NULL, &legend_height);
  plot_height = MAX (height - title_height - legend_height - 4 * MARGIN, 1);

  gtk_snapshot_append_color (snapshot, &background,
                             &GRAPHENE_RECT_INIT (0, 0, (float) width, (float) height));
  terrace_chart_append_layout (snapshot, title, MARGIN, MARGIN, &color);
  plot = terrace_chart_plot_render (self->plot, width - 2 * MARGIN, plot_height);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot,
                          &GRAPHENE_POINT_INIT (MARGIN, (float) (title_height + 2 * MARGIN)));
  if (plot != NULL)
    gtk_snapshot_append_node (snapshot, plot);
  gtk_snapshot_restore (snapshot);
  terrace_chart_append_layout (snapshot, legend, MARGIN, height - MARGIN - legend_height, &color);
  return gtk_snapshot_free_to_node (snapshot);
}

/* --- Actions ------------------------------------------------------------------------------- */

static void
zoom_in_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  terrace_chart_plot_zoom_by (TERRACE_CHART (widget)->plot, 2);
}

static void
zoom_out_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  terrace_chart_plot_zoom_by (TERRACE_CHART (widget)->plot, 0.5);
}

static void
reset_zoom_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  terrace_chart_plot_set_zoom (TERRACE_CHART (widget)->plot, NAN, NAN);
}

static GMenuModel *
create_menu (void)
{
  GMenu *menu = g_menu_new ();
  g_autoptr (GMenu) zoom = g_menu_new ();
  g_autoptr (GMenu) keep = g_menu_new ();

  g_menu_append (zoom, _ ("Zoom _In"), "chart.zoom-in");
  g_menu_append (zoom, _ ("Zoom _Out"), "chart.zoom-out");
  g_menu_append (zoom, _ ("Show _All"), "chart.reset-zoom");
  g_menu_append (keep, _ ("_Copy as Image"), "chart.copy-image");
  g_menu_append (keep, _ ("Save as _PDF…"), "chart.save-pdf");
  g_menu_append (keep, _ ("_Export CSV…"), "chart.export-csv");
  g_menu_append_section (menu, NULL, G_MENU_MODEL (zoom));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (keep));
  return G_MENU_MODEL (menu);
}

/* --- Widget -------------------------------------------------------------------------------- */

static void
terrace_chart_dispose (GObject *object)
{
  TerraceChart *self = TERRACE_CHART (object);
  GtkWidget *child;

  if (self->plot != NULL)
    terrace_chart_plot_set_data (self->plot, NULL);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  self->plot = NULL;
  G_OBJECT_CLASS (terrace_chart_parent_class)->dispose (object);
}

static void
terrace_chart_finalize (GObject *object)
{
  TerraceChart *self = TERRACE_CHART (object);

  g_clear_pointer (&self->data, terrace_chart_data_free);
  g_free (self->title);
  G_OBJECT_CLASS (terrace_chart_parent_class)->finalize (object);
}

static void
terrace_chart_class_init (TerraceChartClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = terrace_chart_dispose;
  G_OBJECT_CLASS (klass)->finalize = terrace_chart_finalize;
  widget_class->unmap = terrace_chart_unmap;

  signals[ACTIVATED] = g_signal_new ("activated", TERRACE_TYPE_CHART, G_SIGNAL_RUN_LAST, 0, NULL,
                                     NULL, NULL, G_TYPE_NONE, 1, G_TYPE_DOUBLE);
  gtk_widget_class_install_action (widget_class, "chart.copy-image", NULL,
                                   terrace_chart_copy_image_action);
  gtk_widget_class_install_action (widget_class, "chart.export-csv", NULL,
                                   terrace_chart_export_csv_action);
  gtk_widget_class_install_action (widget_class, "chart.save-pdf", NULL,
                                   terrace_chart_save_pdf_action);
  gtk_widget_class_install_action (widget_class, "chart.zoom-in", NULL, zoom_in_action);
  gtk_widget_class_install_action (widget_class, "chart.zoom-out", NULL, zoom_out_action);
  gtk_widget_class_install_action (widget_class, "chart.reset-zoom", NULL, reset_zoom_action);
  gtk_widget_class_set_css_name (widget_class, "chart");
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
terrace_chart_build_heading (TerraceChart *self)
{
  g_autoptr (GMenuModel) menu = create_menu ();

  self->heading = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  self->title_label = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_xalign (self->title_label, 0);
  gtk_label_set_wrap (self->title_label, TRUE);
  gtk_widget_set_hexpand (GTK_WIDGET (self->title_label), TRUE);
  gtk_widget_add_css_class (GTK_WIDGET (self->title_label), "heading");
  gtk_box_append (GTK_BOX (self->heading), GTK_WIDGET (self->title_label));

  self->menu_button = gtk_menu_button_new ();
  gtk_menu_button_set_icon_name (GTK_MENU_BUTTON (self->menu_button), "view-more-symbolic");
  gtk_menu_button_set_menu_model (GTK_MENU_BUTTON (self->menu_button), menu);
  gtk_widget_set_tooltip_text (self->menu_button, _ ("Chart menu"));
  gtk_widget_set_valign (self->menu_button, GTK_ALIGN_START);
  gtk_widget_add_css_class (self->menu_button, "flat");
  gtk_box_append (GTK_BOX (self->heading), self->menu_button);
  gtk_widget_set_parent (self->heading, GTK_WIDGET (self));
}

static void
terrace_chart_init (TerraceChart *self)
{
  AdwStyleManager *manager = adw_style_manager_get_default ();
  GtkLayoutManager *layout = gtk_widget_get_layout_manager (GTK_WIDGET (self));

  gtk_orientable_set_orientation (GTK_ORIENTABLE (layout), GTK_ORIENTATION_VERTICAL);
  gtk_box_layout_set_spacing (GTK_BOX_LAYOUT (layout), 6);
  terrace_chart_build_heading (self);

  self->plot = g_object_new (TERRACE_TYPE_CHART_PLOT, "vexpand", TRUE, "hexpand", TRUE, NULL);
  g_signal_connect_object (self->plot, "zoomed", G_CALLBACK (zoomed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->plot, "activated", G_CALLBACK (activated_cb), self,
                           G_CONNECT_SWAPPED);
  gtk_widget_set_parent (GTK_WIDGET (self->plot), GTK_WIDGET (self));

  self->legend = gtk_flow_box_new ();
  gtk_flow_box_set_selection_mode (GTK_FLOW_BOX (self->legend), GTK_SELECTION_NONE);
  gtk_flow_box_set_max_children_per_line (GTK_FLOW_BOX (self->legend), 8);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->legend), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Legend"), -1);
  gtk_widget_set_parent (self->legend, GTK_WIDGET (self));

  terrace_chart_setup (self, "", TERRACE_UNIT_NUMBER, TERRACE_UNIT_NUMBER);
  g_signal_connect_object (manager, "notify::dark", G_CALLBACK (terrace_chart_build_legend), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (manager, "notify::high-contrast",
                           G_CALLBACK (terrace_chart_build_legend), self, G_CONNECT_SWAPPED);
}

GtkWidget *
terrace_chart_new (const char *title, TerraceUnit x_unit, TerraceUnit y_unit)
{
  TerraceChart *self;

  g_return_val_if_fail (title != NULL, NULL);

  self = g_object_new (TERRACE_TYPE_CHART, NULL);
  terrace_chart_setup (self, title, x_unit, y_unit);
  return GTK_WIDGET (self);
}

void
terrace_chart_setup (TerraceChart *self, const char *title, TerraceUnit x_unit, TerraceUnit y_unit)
{
  g_autofree char *menu_name = NULL;

  g_return_if_fail (TERRACE_IS_CHART (self));
  g_return_if_fail (title != NULL);

  if (self->data != NULL)
    terrace_chart_remove_all (self);
  terrace_chart_plot_set_data (self->plot, NULL);
  g_clear_pointer (&self->data, terrace_chart_data_free);
  self->data = terrace_chart_data_new (x_unit, y_unit);
  terrace_chart_plot_set_data (self->plot, self->data);

  g_free (self->title);
  self->title = g_strdup (title);
  gtk_label_set_text (self->title_label, title);
  /* Translators: name of a menu, for a screen reader; a chart's title follows */
  menu_name = g_strdup_printf (_ ("Chart Menu: %s"), title);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->menu_button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  menu_name, -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->plot), GTK_ACCESSIBLE_PROPERTY_LABEL, title,
                                  -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  terrace_chart_build_legend (self);
  zoomed_cb (self);
}

void
terrace_chart_add (TerraceChart *self, TerraceSeries *series, TerraceMark mark, TerraceColor color)
{
  g_return_if_fail (TERRACE_IS_CHART (self));
  g_return_if_fail (TERRACE_IS_SERIES (series));

  terrace_chart_data_add (self->data, series, mark, color);
  g_signal_connect_object (series, "items-changed", G_CALLBACK (series_changed_cb), self,
                           G_CONNECT_SWAPPED);
  terrace_chart_build_legend (self);
  series_changed_cb (self);
}

void
terrace_chart_remove_all (TerraceChart *self)
{
  g_return_if_fail (TERRACE_IS_CHART (self));

  for (guint i = 0; i < self->data->layers->len; i++)
    g_signal_handlers_disconnect_by_data (terrace_chart_data_get (self->data, i)->series, self);
  g_array_set_size (self->data->layers, 0);
  terrace_chart_build_legend (self);
  series_changed_cb (self);
}

TerraceScale *
terrace_chart_get_x_scale (TerraceChart *self)
{
  g_return_val_if_fail (TERRACE_IS_CHART (self), NULL);

  return self->data->x;
}

TerraceScale *
terrace_chart_get_y_scale (TerraceChart *self)
{
  g_return_val_if_fail (TERRACE_IS_CHART (self), NULL);

  return self->data->y;
}

void
terrace_chart_update (TerraceChart *self)
{
  g_return_if_fail (TERRACE_IS_CHART (self));

  series_changed_cb (self);
}

void
terrace_chart_set_x_range (TerraceChart *self, double low, double high)
{
  g_return_if_fail (TERRACE_IS_CHART (self));

  self->data->fixed_low = low;
  self->data->fixed_high = high;
  series_changed_cb (self);
}

void
terrace_chart_set_x_span (TerraceChart *self, double span)
{
  g_return_if_fail (TERRACE_IS_CHART (self));

  self->data->span = span;
  series_changed_cb (self);
}

void
terrace_chart_set_from_zero (TerraceChart *self, gboolean from_zero)
{
  g_return_if_fail (TERRACE_IS_CHART (self));

  self->data->from_zero = from_zero;
  series_changed_cb (self);
}

void
terrace_chart_set_compact (TerraceChart *self, gboolean compact)
{
  g_return_if_fail (TERRACE_IS_CHART (self));

  self->compact = compact;
  gtk_widget_set_visible (self->heading, !compact);
  terrace_chart_build_legend (self);
}

void
terrace_chart_set_placeholder (TerraceChart *self, const char *text)
{
  g_return_if_fail (TERRACE_IS_CHART (self));

  terrace_chart_plot_set_placeholder (self->plot, text);
}

char *
terrace_chart_describe (TerraceChart *self)
{
  g_return_val_if_fail (TERRACE_IS_CHART (self), NULL);

  return terrace_chart_data_describe (self->data);
}

char *
terrace_chart_to_csv (TerraceChart *self)
{
  g_return_val_if_fail (TERRACE_IS_CHART (self), NULL);

  return terrace_chart_data_to_csv (self->data);
}
