/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The dialog that adds a folder. The engine probes it first; what is wrong is said here, with the
 * entries still there to be corrected. Main thread. */

#include "config.h"

#include "ui/locations/terrace-location-dialog.h"

#include <glib/gi18n-lib.h>

#include "base/terrace-error.h"
#include "base/terrace-units.h"
#include "ui/terrace-chooser.h"
#include "ui/terrace-format.h"

struct _TerraceLocationDialog
{
  AdwWindow parent_instance;

  /* inputs */
  TerraceEngine *engine;
  TerraceLocationKind kind;
  GPtrArray *classes; /* behind the rows of class_row */

  /* in progress */
  GFile *folder;
  GCancellable *cancellable;
  gboolean adding;

  AdwPreferencesGroup *group;
  AdwActionRow *folder_row;
  AdwEntryRow *name_row;
  AdwComboRow *class_row;
  GtkLabel *problem_label;
  GtkWidget *add_button;
};

G_DEFINE_FINAL_TYPE (TerraceLocationDialog, terrace_location_dialog, ADW_TYPE_WINDOW)

static void
changed_cb (TerraceLocationDialog *self)
{
  const char *name = gtk_editable_get_text (GTK_EDITABLE (self->name_row));

  gtk_widget_action_set_enabled (GTK_WIDGET (self), "dialog.add",
                                 !self->adding && self->folder != NULL && *name != '\0' &&
                                     self->classes != NULL && self->classes->len > 0);
}

static void
class_changed_cb (TerraceLocationDialog *self)
{
  guint selected = adw_combo_row_get_selected (self->class_row);
  TerraceStorageClass *storage_class;
  g_autofree char *price = NULL;
  g_autofree char *latency = NULL;
  g_autofree char *text = NULL;

  if (self->classes == NULL || selected >= self->classes->len)
    return;
  storage_class = g_ptr_array_index (self->classes, selected);
  price =
      terrace_ui_format_price (storage_class->gb_month, terrace_engine_get_currency (self->engine));
  latency = terrace_format_latency (storage_class->first_byte_ms);
  /* Translators: tier, price, time until the first byte can be read */
  text = g_strdup_printf (_ ("%s, %s, first byte after %s"),
                          terrace_ui_tier_label (storage_class->tier), price, latency);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self->class_row), text);
}

static void
terrace_location_dialog_set_folder (TerraceLocationDialog *self, GFile *folder)
{
  g_autofree char *path = g_file_get_path (folder);
  g_autofree char *base_name = g_file_get_basename (folder);
  g_autofree char *shown = terrace_display_name (path != NULL ? path : "");
  g_autofree char *escaped = g_markup_escape_text (shown, -1);

  g_set_object (&self->folder, folder);
  adw_action_row_set_subtitle (self->folder_row, escaped);
  if (*gtk_editable_get_text (GTK_EDITABLE (self->name_row)) == '\0' && base_name != NULL)
    {
      g_autofree char *name = terrace_display_name (base_name);

      gtk_editable_set_text (GTK_EDITABLE (self->name_row), name);
    }
  changed_cb (self);
}

static void
chosen_cb (GtkWidget *widget, GPtrArray *files)
{
  terrace_location_dialog_set_folder (TERRACE_LOCATION_DIALOG (widget),
                                      g_ptr_array_index (files, 0));
}

static void
choose_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  terrace_ui_choose (widget, TERRACE_CHOOSE_FOLDER, _ ("Choose a Folder"), _ ("_Choose"), NULL,
                     chosen_cb);
}

static void
added_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TerraceLocationDialog) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean ok = terrace_engine_add_location_finish (TERRACE_ENGINE (object), result, &error);

  if (self->engine == NULL)
    return;
  self->adding = FALSE;
  changed_cb (self);
  if (ok)
    {
      gtk_window_destroy (GTK_WINDOW (self));
      return;
    }
  if (terrace_error_is_cancelled (error))
    return;
  gtk_label_set_text (self->problem_label, error->message);
  gtk_widget_set_visible (GTK_WIDGET (self->problem_label), TRUE);
}

static void
add_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TerraceLocationDialog *self = TERRACE_LOCATION_DIALOG (widget);
  TerraceStorageClass *storage_class =
      g_ptr_array_index (self->classes, adw_combo_row_get_selected (self->class_row));
  const char *class_ids[] = { storage_class->id, NULL };
  g_autofree char *root = g_file_get_path (self->folder);
  g_autoptr (TerraceLocation) location = NULL;

  gtk_widget_set_visible (GTK_WIDGET (self->problem_label), FALSE);
  location =
      terrace_location_new (self->kind, gtk_editable_get_text (GTK_EDITABLE (self->name_row)), root,
                            class_ids);
  if (self->kind == TERRACE_LOCATION_SANDBOX && !storage_class->offline)
    location->latency_ms = storage_class->first_byte_ms;
  location->accepts = TRUE;
  self->adding = TRUE;
  changed_cb (self);
  terrace_engine_add_location_async (self->engine, location, self->cancellable, added_cb,
                                     g_object_ref (self));
}

static void
terrace_location_dialog_fill_classes (TerraceLocationDialog *self)
{
  GPtrArray *sheets = terrace_engine_get_price_sheets (self->engine);
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);

  self->classes = g_ptr_array_new_with_free_func ((GDestroyNotify) terrace_storage_class_unref);
  for (guint i = 0; i < sheets->len; i++)
    {
      TerracePriceSheet *sheet = g_ptr_array_index (sheets, i);
      GPtrArray *classes = terrace_price_sheet_get_classes (sheet);
      gboolean local = g_str_equal (terrace_price_sheet_get_provider (sheet), "local");

      if (self->kind == TERRACE_LOCATION_LOCAL && !local)
        continue;
      for (guint j = 0; j < classes->len; j++)
        {
          TerraceStorageClass *storage_class = g_ptr_array_index (classes, j);

          g_ptr_array_add (self->classes, terrace_storage_class_ref (storage_class));
          gtk_string_list_append (names, storage_class->name);
        }
    }
  adw_combo_row_set_model (self->class_row, G_LIST_MODEL (names));
  class_changed_cb (self);
}

static void
terrace_location_dialog_dispose (GObject *object)
{
  TerraceLocationDialog *self = TERRACE_LOCATION_DIALOG (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->folder);
  gtk_widget_dispose_template (GTK_WIDGET (self), TERRACE_TYPE_LOCATION_DIALOG);
  g_clear_object (&self->engine);
  G_OBJECT_CLASS (terrace_location_dialog_parent_class)->dispose (object);
}

static void
terrace_location_dialog_finalize (GObject *object)
{
  TerraceLocationDialog *self = TERRACE_LOCATION_DIALOG (object);

  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->classes, g_ptr_array_unref);
  G_OBJECT_CLASS (terrace_location_dialog_parent_class)->finalize (object);
}

static void
terrace_location_dialog_class_init (TerraceLocationDialogClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = terrace_location_dialog_dispose;
  object_class->finalize = terrace_location_dialog_finalize;

  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/terracedata/Terrace/ui/"
                                                             "terrace-location-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, TerraceLocationDialog, group);
  gtk_widget_class_bind_template_child (widget_class, TerraceLocationDialog, folder_row);
  gtk_widget_class_bind_template_child (widget_class, TerraceLocationDialog, name_row);
  gtk_widget_class_bind_template_child (widget_class, TerraceLocationDialog, class_row);
  gtk_widget_class_bind_template_child (widget_class, TerraceLocationDialog, problem_label);
  gtk_widget_class_bind_template_child (widget_class, TerraceLocationDialog, add_button);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, class_changed_cb);
  gtk_widget_class_install_action (widget_class, "dialog.choose", NULL, choose_action);
  gtk_widget_class_install_action (widget_class, "dialog.add", NULL, add_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
terrace_location_dialog_init (TerraceLocationDialog *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_window_set_default_widget (GTK_WINDOW (self), self->add_button);
}

GtkWindow *
terrace_location_dialog_new (GtkWindow *parent, TerraceEngine *engine, TerraceLocationKind kind)
{
  TerraceLocationDialog *self;
  gboolean sandbox = kind == TERRACE_LOCATION_SANDBOX;

  g_return_val_if_fail (TERRACE_IS_ENGINE (engine), NULL);

  self = g_object_new (TERRACE_TYPE_LOCATION_DIALOG, "transient-for", parent, "title",
                       sandbox ? _ ("Add Practice Folder") : _ ("Add Local Folder"), NULL);
  self->engine = g_object_ref (engine);
  self->kind = kind;
  adw_preferences_group_set_description (
      self->group, sandbox ? _ ("A folder on this computer that plays a storage class: its price, "
                                "its fees and its waiting time. Files really move there.") :
                             _ ("A folder, disk or mounted share that holds your data or may "
                                "receive it."));
  terrace_location_dialog_fill_classes (self);
  changed_cb (self);
  return GTK_WINDOW (self);
}
