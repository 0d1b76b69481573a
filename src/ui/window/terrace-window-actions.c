/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The window's actions "win.*": exported on the session bus with the window, so that whatever a
 * person can do here a script or a test can do as well. Main thread. */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "ui/insight/terrace-insight-commands.h"
#include "ui/insight/terrace-prediction-dialog.h"
#include "ui/locations/terrace-cloud-dialog.h"
#include "ui/locations/terrace-location-dialog.h"
#include "ui/settings/terrace-preferences.h"
#include "ui/terrace-chooser.h"
#include "ui/terrace-commands.h"
#include "ui/terrace-feedback.h"
#include "ui/terrace-format.h"
#include "ui/window/terrace-window-private.h"

static void
show_view_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  terrace_window_show_view (TERRACE_WINDOW (user_data), g_variant_get_string (parameter, NULL));
}

static void
search_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  TerraceWindow *self = TERRACE_WINDOW (user_data);

  terrace_window_show_view (self, "objects");
  terrace_objects_view_focus_search (self->objects_view);
}

/* What is written into the search of objects: "tier:cold". */
static void
show_objects_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  TerraceWindow *self = TERRACE_WINDOW (user_data);
  GtkWidget *view = GTK_WIDGET (self->objects_view);

  terrace_window_show_view (self, "objects");
  gtk_widget_activate_action (view, "objects.clear-filters", NULL);
  gtk_widget_activate_action (view, "objects.search", "s", g_variant_get_string (parameter, NULL));
}

static void
preferences_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  TerraceWindow *self = TERRACE_WINDOW (user_data);

  gtk_window_present (terrace_preferences_new (GTK_WINDOW (self), self->engine));
}

/* --- Insight ------------------------------------------------------------------------------- */

static void
show_prediction_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  TerraceWindow *self = TERRACE_WINDOW (user_data);

  gtk_window_present (terrace_prediction_dialog_new (GTK_WINDOW (self), self->engine, FALSE));
}

static void
train_model_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  TerraceWindow *self = TERRACE_WINDOW (user_data);

  gtk_window_present (terrace_prediction_dialog_new (GTK_WINDOW (self), self->engine, TRUE));
}

/* Of the chosen objects. */
static void
predict_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  TerraceWindow *self = TERRACE_WINDOW (user_data);
  g_autoptr (GArray) ids = terrace_objects_view_get_chosen (self->objects_view);

  terrace_ui_predict (GTK_WIDGET (self), self->engine, ids);
}

static void
optimise_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  TerraceWindow *self = TERRACE_WINDOW (user_data);
  g_autoptr (GArray) ids = terrace_objects_view_get_chosen (self->objects_view);

  terrace_ui_optimise (GTK_WIDGET (self), self->engine, ids);
}

static void
predict_all_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  TerraceWindow *self = TERRACE_WINDOW (user_data);

  terrace_ui_predict_all (GTK_WIDGET (self), self->engine);
}

static void
optimise_all_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  TerraceWindow *self = TERRACE_WINDOW (user_data);

  terrace_ui_optimise_all (GTK_WIDGET (self), self->engine);
}

/* --- Adding -------------------------------------------------------------------------------- */

static void
add_chosen_cb (GtkWidget *widget, GPtrArray *files)
{
  terrace_window_register (TERRACE_WINDOW (widget), files);
}

static void
add_files_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  terrace_ui_choose (GTK_WIDGET (user_data), TERRACE_CHOOSE_FILES, _ ("Add Files"), _ ("_Add"),
                     NULL, add_chosen_cb);
}

static void
add_folder_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  terrace_ui_choose (GTK_WIDGET (user_data), TERRACE_CHOOSE_FOLDERS, _ ("Add Folder"), _ ("_Add"),
                     NULL, add_chosen_cb);
}

static void
cancel_registering_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  terrace_window_stop_registering (TERRACE_WINDOW (user_data));
}

/* The kind by its nick: "local", "sandbox", "s3", "azure", "gcs". */
static void
add_location_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  TerraceWindow *self = TERRACE_WINDOW (user_data);
  GtkWindow *dialog;
  int kind;

  if (!terrace_enum_from_nick (TERRACE_TYPE_LOCATION_KIND, g_variant_get_string (parameter, NULL),
                               &kind))
    return;
  if (kind == TERRACE_LOCATION_LOCAL || kind == TERRACE_LOCATION_SANDBOX)
    dialog =
        terrace_location_dialog_new (GTK_WINDOW (self), self->engine, (TerraceLocationKind) kind);
  else
    dialog = terrace_cloud_dialog_new (GTK_WINDOW (self), self->engine, (TerraceLocationKind) kind);
  gtk_window_present (dialog);
}

/* --- Problems, undo, first start ------------------------------------------------------------- */

static void
show_problem_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  TerraceWindow *self = TERRACE_WINDOW (user_data);

  gtk_label_set_text (self->problem_label, g_variant_get_string (parameter, NULL));
  gtk_revealer_set_reveal_child (self->problem_revealer, TRUE);
}

static void
dismiss_problem_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  gtk_revealer_set_reveal_child (TERRACE_WINDOW (user_data)->problem_revealer, FALSE);
}

static void
undo_moves_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  TerraceWindow *self = TERRACE_WINDOW (user_data);
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  gsize n_ids;
  const gint64 *values = g_variant_get_fixed_array (parameter, &n_ids, sizeof (gint64));

  g_array_append_vals (ids, values, (guint) n_ids);
  terrace_ui_undo (GTK_WIDGET (self), self->engine, ids);
}

static void
skip_welcome_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  TerraceWindow *self = TERRACE_WINDOW (user_data);

  self->welcome_skipped = TRUE;
  terrace_window_choose_page (self);
}

static void
sandboxes_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TerraceWindow) self = user_data;
  g_autoptr (GError) error = NULL;

  if (terrace_engine_add_sandboxes_finish (TERRACE_ENGINE (object), result, &error))
    terrace_ui_toast (GTK_WIDGET (self), _ ("Four practice tiers are ready"));
  else
    terrace_ui_report (GTK_WIDGET (self), _ ("Could not create the practice tiers"), error);
  if (self->engine == NULL)
    return;
  self->welcome_skipped = TRUE;
  terrace_window_choose_page (self);
}

static void
create_practice_tiers_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  TerraceWindow *self = TERRACE_WINDOW (user_data);
  const char *uri = g_variant_get_string (parameter, NULL);
  g_autoptr (GFile) folder = *uri != '\0' ? g_file_new_for_uri (uri) : NULL;
  g_autofree char *path = folder != NULL ? g_file_get_path (folder) : NULL;

  terrace_engine_add_sandboxes_async (self->engine, path, NULL, sandboxes_cb, g_object_ref (self));
}

/* --- Export -------------------------------------------------------------------------------- */

typedef struct
{
  TerraceWindow *window;
  GFile *file;
  GFileOutputStream *stream;
  TerraceExportKind kind;
  guint64 n_rows;
} Export;

static void
export_free (Export *export)
{
  g_clear_object (&export->window);
  g_clear_object (&export->file);
  g_clear_object (&export->stream);
  g_free (export);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Export, export_free)

static void
export_closed_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Export) export = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *count = terrace_ui_format_count (export->n_rows);
  g_autofree char *base_name = NULL;
  g_autofree char *shown = NULL;
  g_autofree char *text = NULL;

  if (!g_output_stream_close_finish (G_OUTPUT_STREAM (object), result, &error))
    {
      terrace_ui_report (GTK_WIDGET (export->window), _ ("Could not export"), error);
      return;
    }
  base_name = g_file_get_basename (export->file);
  shown = g_filename_display_name (base_name);
  text = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%s row written to %s",
                                       "%s rows written to %s", export->n_rows),
                          count, shown);
  terrace_ui_toast (GTK_WIDGET (export->window), text);
}

static void
export_written_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Export) export = user_data;
  g_autoptr (GError) error = NULL;

  if (!terrace_engine_export_finish (TERRACE_ENGINE (object), result, &export->n_rows, &error))
    {
      g_autoptr (GCancellable) cancelled = g_cancellable_new ();

      /* A cancelled close leaves the file that was there before. */
      g_cancellable_cancel (cancelled);
      g_output_stream_close_async (G_OUTPUT_STREAM (export->stream), G_PRIORITY_DEFAULT, cancelled,
                                   NULL, NULL);
      terrace_ui_report (GTK_WIDGET (export->window), _ ("Could not export"), error);
      return;
    }
  g_output_stream_close_async (G_OUTPUT_STREAM (export->stream), G_PRIORITY_DEFAULT, NULL,
                               export_closed_cb, export);
  export = NULL;
}

static void
export_opened_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Export) export = user_data;
  g_autoptr (GError) error = NULL;
  TerraceWindow *self = export->window;
  TerraceItemList *list = NULL;
  const TerraceItemFilter *filter = NULL;
  TerraceItemSort sort = TERRACE_ITEM_SORT_ID;
  gboolean descending = FALSE;

  export->stream = g_file_replace_finish (G_FILE (object), result, &error);
  if (export->stream == NULL)
    {
      terrace_ui_report (GTK_WIDGET (self), _ ("Could not export"), error);
      return;
    }
  if (self->engine == NULL)
    return;

  if (export->kind == TERRACE_EXPORT_OBJECTS)
    list = terrace_objects_view_get_list (self->objects_view);
  else if (export->kind == TERRACE_EXPORT_PLAN)
    list = terrace_plan_view_get_list (self->plan_view);
  if (list != NULL)
    {
      filter = terrace_item_list_get_filter (list);
      sort = terrace_item_list_get_sort (list, &descending);
    }
  terrace_engine_export_async (self->engine, export->kind, filter, sort, descending,
                               G_OUTPUT_STREAM (export->stream), NULL, export_written_cb, export);
  export = NULL;
}

static TerraceExportKind
terrace_window_get_export_kind (TerraceWindow *self)
{
  const char *view = gtk_stack_get_visible_child_name (self->view_stack);

  if (g_strcmp0 (view, "plan") == 0)
    return TERRACE_EXPORT_PLAN;
  if (g_strcmp0 (view, "migrations") == 0)
    return TERRACE_EXPORT_MIGRATIONS;
  return TERRACE_EXPORT_OBJECTS;
}

/* Writes what the view lists, with its filter and order, to a file named by URI. */
static void
export_to_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  TerraceWindow *self = TERRACE_WINDOW (user_data);
  Export *export = g_new0 (Export, 1);

  export->window = g_object_ref (self);
  export->file = g_file_new_for_uri (g_variant_get_string (parameter, NULL));
  export->kind = terrace_window_get_export_kind (self);
  g_file_replace_async (export->file, NULL, FALSE, G_FILE_CREATE_REPLACE_DESTINATION,
                        G_PRIORITY_DEFAULT, NULL, export_opened_cb, export);
}

static void
export_chosen_cb (GtkWidget *widget, GPtrArray *files)
{
  g_autofree char *uri = g_file_get_uri (g_ptr_array_index (files, 0));

  gtk_widget_activate_action (widget, "win.export-to", "s", uri);
}

static void
export_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  TerraceWindow *self = TERRACE_WINDOW (user_data);
  const char *name = _ ("objects.csv");
  GtkWidget *view = gtk_stack_get_visible_child (self->view_stack);

  /* It knows what it shows. */
  if (view != NULL && gtk_widget_activate_action (view, "stream.export", NULL))
    return;
  if (terrace_window_get_export_kind (self) == TERRACE_EXPORT_PLAN)
    name = _ ("plan.csv");
  else if (terrace_window_get_export_kind (self) == TERRACE_EXPORT_MIGRATIONS)
    name = _ ("migrations.csv");
  terrace_ui_choose (GTK_WIDGET (self), TERRACE_CHOOSE_TARGET, _ ("Export CSV"), _ ("_Export"),
                     name, export_chosen_cb);
}

/* --- The table ----------------------------------------------------------------------------- */

static const GActionEntry entries[] = {
  { "show-view", show_view_action, "s", NULL, NULL, { 0 } },
  { "show-objects", show_objects_action, "s", NULL, NULL, { 0 } },
  { "preferences", preferences_action, NULL, NULL, NULL, { 0 } },
  { "show-prediction", show_prediction_action, NULL, NULL, NULL, { 0 } },
  { "train-model", train_model_action, NULL, NULL, NULL, { 0 } },
  { "predict", predict_action, NULL, NULL, NULL, { 0 } },
  { "optimise", optimise_action, NULL, NULL, NULL, { 0 } },
  { "predict-all", predict_all_action, NULL, NULL, NULL, { 0 } },
  { "optimise-all", optimise_all_action, NULL, NULL, NULL, { 0 } },
  { "search", search_action, NULL, NULL, NULL, { 0 } },
  { "add-files", add_files_action, NULL, NULL, NULL, { 0 } },
  { "add-folder", add_folder_action, NULL, NULL, NULL, { 0 } },
  { "add-location", add_location_action, "s", NULL, NULL, { 0 } },
  { "cancel-registering", cancel_registering_action, NULL, NULL, NULL, { 0 } },
  { "export", export_action, NULL, NULL, NULL, { 0 } },
  { "export-to", export_to_action, "s", NULL, NULL, { 0 } },
  { "undo-moves", undo_moves_action, "ax", NULL, NULL, { 0 } },
  { "skip-welcome", skip_welcome_action, NULL, NULL, NULL, { 0 } },
  { "create-practice-tiers", create_practice_tiers_action, "s", NULL, NULL, { 0 } },
  /* These work without a catalogue, too. */
  { "show-problem", show_problem_action, "s", NULL, NULL, { 0 } },
  { "dismiss-problem", dismiss_problem_action, NULL, NULL, NULL, { 0 } },
};
#define N_FREE_ACTIONS 2

void
terrace_window_add_actions (TerraceWindow *self)
{
  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
  terrace_window_enable_actions (self, FALSE);
}

void
terrace_window_add_view_actions (TerraceWindow *self)
{
  g_autoptr (GPropertyAction) details =
      g_property_action_new ("show-details", self->objects_view, "details-visible");

  g_action_map_add_action (G_ACTION_MAP (self), G_ACTION (details));
}

void
terrace_window_enable_actions (TerraceWindow *self, gboolean enabled)
{
  for (guint i = 0; i < G_N_ELEMENTS (entries) - N_FREE_ACTIONS; i++)
    {
      GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self), entries[i].name);

      g_simple_action_set_enabled (G_SIMPLE_ACTION (action), enabled);
    }
}
