/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The one place that opens a file dialog. GtkFileChooserNative is what GTK 4.8 has for it;
 * GtkFileDialog came with 4.10. Main thread. */

#include "config.h"

#include "ui/terrace-chooser.h"

#define CHOOSER_KEY "terrace-chooser"

static void
response_cb (GtkFileChooser *chooser, int response, GtkWidget *widget)
{
  TerraceChosenFunc chosen =
      (TerraceChosenFunc) g_object_get_data (G_OBJECT (chooser), "terrace-chosen");
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_object_unref);

  if (response == GTK_RESPONSE_ACCEPT)
    {
      g_autoptr (GListModel) model = gtk_file_chooser_get_files (chooser);

      for (guint i = 0; i < g_list_model_get_n_items (model); i++)
        g_ptr_array_add (files, g_list_model_get_item (model, i));
    }
  g_object_set_data (G_OBJECT (widget), CHOOSER_KEY, NULL);
  if (files->len > 0)
    chosen (widget, files);
}

static void
chooser_free (gpointer data)
{
  gtk_native_dialog_destroy (GTK_NATIVE_DIALOG (data));
  g_object_unref (data);
}

void
terrace_ui_choose (GtkWidget *widget,
                   TerraceChooseMode mode,
                   const char *title,
                   const char *accept_label,
                   const char *name,
                   TerraceChosenFunc chosen)
{
  static const GtkFileChooserAction actions[] = {
    [TERRACE_CHOOSE_FILES] = GTK_FILE_CHOOSER_ACTION_OPEN,
    [TERRACE_CHOOSE_FOLDERS] = GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER,
    [TERRACE_CHOOSE_FOLDER] = GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER,
    [TERRACE_CHOOSE_TARGET] = GTK_FILE_CHOOSER_ACTION_SAVE,
  };
  GtkFileChooserNative *chooser;

  g_return_if_fail (GTK_IS_WIDGET (widget));
  g_return_if_fail ((guint) mode < G_N_ELEMENTS (actions));
  g_return_if_fail (chosen != NULL);

  chooser = gtk_file_chooser_native_new (title, GTK_WINDOW (gtk_widget_get_root (widget)),
                                         actions[mode], accept_label, NULL);
  gtk_file_chooser_set_select_multiple (GTK_FILE_CHOOSER (chooser),
                                        mode == TERRACE_CHOOSE_FILES ||
                                            mode == TERRACE_CHOOSE_FOLDERS);
  if (name != NULL)
    gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (chooser), name);
  g_object_set_data (G_OBJECT (chooser), "terrace-chosen", (gpointer) chosen);
  g_signal_connect_object (chooser, "response", G_CALLBACK (response_cb), widget, 0);
  /* Nobody else holds a native dialog: it lives as long as the widget, at most. */
  g_object_set_data_full (G_OBJECT (widget), CHOOSER_KEY, chooser, chooser_free);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}
