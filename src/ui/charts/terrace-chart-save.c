/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A chart as a picture, a page or a table: on the clipboard or in a file. Main thread. */

#include "config.h"

#include "ui/charts/terrace-chart-save.h"

#include <cairo-pdf.h>
#include <glib/gi18n-lib.h>

#include "ui/charts/terrace-chart.h"
#include "ui/terrace-chooser.h"
#include "ui/terrace-feedback.h"

#define PICTURE_WIDTH 960
#define PICTURE_HEIGHT 480

static cairo_status_t
append_bytes (void *closure, const unsigned char *data, unsigned int length)
{
  g_byte_array_append (closure, data, length);
  return CAIRO_STATUS_SUCCESS;
}

GBytes *
terrace_chart_to_pdf (TerraceChart *self, int width, int height)
{
  GByteArray *bytes;
  g_autoptr (GskRenderNode) node = NULL;
  cairo_surface_t *surface;
  cairo_t *cr;

  g_return_val_if_fail (TERRACE_IS_CHART (self), NULL);

  bytes = g_byte_array_new ();
  node = terrace_chart_render (self, width, height);
  surface = cairo_pdf_surface_create_for_stream (append_bytes, bytes, width, height);
  cr = cairo_create (surface);
  gsk_render_node_draw (node, cr);
  cairo_destroy (cr);
  cairo_surface_finish (surface);
  cairo_surface_destroy (surface);
  return g_byte_array_free_to_bytes (bytes);
}

void
terrace_chart_copy_image_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TerraceChart *self = TERRACE_CHART (widget);
  GskRenderer *renderer = gtk_native_get_renderer (gtk_widget_get_native (widget));
  int width = MAX (gtk_widget_get_width (widget), PICTURE_WIDTH);
  g_autoptr (GskRenderNode) node = terrace_chart_render (self, width, PICTURE_HEIGHT);
  g_autoptr (GdkTexture) texture = NULL;

  texture = gsk_renderer_render_texture (renderer, node,
                                         &GRAPHENE_RECT_INIT (0, 0, (float) width, PICTURE_HEIGHT));
  gdk_clipboard_set_texture (gtk_widget_get_clipboard (widget), texture);
  terrace_ui_toast (widget, _ ("Chart copied as an image"));
}

static void
saved_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TerraceChart) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *name = g_file_get_basename (G_FILE (object));
  g_autofree char *shown = g_filename_display_name (name);
  g_autofree char *text = NULL;

  if (!g_file_replace_contents_finish (G_FILE (object), result, NULL, &error))
    {
      terrace_ui_report (GTK_WIDGET (self), _ ("Could not save the chart"), error);
      return;
    }
  text = g_strdup_printf (_ ("Chart saved as %s"), shown);
  terrace_ui_toast (GTK_WIDGET (self), text);
}

static void
terrace_chart_save (TerraceChart *self, GFile *file, GBytes *bytes)
{
  g_file_replace_contents_bytes_async (file, bytes, NULL, FALSE, G_FILE_CREATE_REPLACE_DESTINATION,
                                       NULL, saved_cb, g_object_ref (self));
}

static void
csv_chosen_cb (GtkWidget *widget, GPtrArray *files)
{
  TerraceChart *self = TERRACE_CHART (widget);
  char *csv = terrace_chart_to_csv (self);
  g_autoptr (GBytes) bytes = g_bytes_new_take (csv, strlen (csv));

  terrace_chart_save (self, g_ptr_array_index (files, 0), bytes);
}

void
terrace_chart_export_csv_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  terrace_ui_choose (widget, TERRACE_CHOOSE_TARGET, _ ("Export CSV"), _ ("_Export"),
                     _ ("chart.csv"), csv_chosen_cb);
}

static void
pdf_chosen_cb (GtkWidget *widget, GPtrArray *files)
{
  TerraceChart *self = TERRACE_CHART (widget);
  g_autoptr (GBytes) bytes = terrace_chart_to_pdf (self, PICTURE_WIDTH, PICTURE_HEIGHT);

  terrace_chart_save (self, g_ptr_array_index (files, 0), bytes);
}

void
terrace_chart_save_pdf_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  terrace_ui_choose (widget, TERRACE_CHOOSE_TARGET, _ ("Save as PDF"), _ ("_Save"), _ ("chart.pdf"),
                     pdf_chosen_cb);
}
