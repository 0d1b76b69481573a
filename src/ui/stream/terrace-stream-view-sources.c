/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The sources: which one the toolbar starts and stops, and the page that lists them all with their
 * state. Main thread. */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "ui/stream/terrace-source-dialog.h"
#include "ui/stream/terrace-stream-format.h"
#include "ui/stream/terrace-stream-view-private.h"
#include "ui/terrace-feedback.h"

/* As terracectl calls it. */
#define SIMULATOR_NAME "simulator"

/* --- Starting and stopping ----------------------------------------------------------------- */

static void
started_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TerraceStreamView) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!terrace_engine_stream_start_finish (TERRACE_ENGINE_STREAM (object), result, &error))
    terrace_ui_report (GTK_WIDGET (self), _ ("Could not start the source"), error);
  if (self->stream != NULL)
    terrace_stream_view_update_run_button (self);
}

static void
stopped_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TerraceStreamView) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!terrace_engine_stream_stop_finish (TERRACE_ENGINE_STREAM (object), result, &error))
    terrace_ui_report (GTK_WIDGET (self), _ ("Could not stop the source"), error);
  if (self->stream != NULL)
    terrace_stream_view_update_run_button (self);
}

static void
removed_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TerraceStreamView) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!terrace_engine_stream_remove_finish (TERRACE_ENGINE_STREAM (object), result, &error))
    terrace_ui_report (GTK_WIDGET (self), _ ("Could not remove the source"), error);
}

static gboolean
is_running (TerraceStreamStatus *status)
{
  return status != NULL &&
         (status->state == TERRACE_SOURCE_RUNNING || status->state == TERRACE_SOURCE_CONNECTING);
}

static void
terrace_stream_view_start (TerraceStreamView *self, const char *name)
{
  TerraceStreamStatus *status = terrace_engine_stream_find_source (self->stream, name);
  g_autoptr (TerraceSourceSettings) settings =
      status != NULL ? terrace_source_settings_copy (terrace_stream_status_get_settings (status)) :
                       terrace_source_settings_new (TERRACE_SOURCE_SIMULATOR, name);

  terrace_engine_stream_start_async (self->stream, settings, NULL, started_cb, g_object_ref (self));
}

static void
terrace_stream_view_toggle (TerraceStreamView *self, const char *name)
{
  if (is_running (terrace_engine_stream_find_source (self->stream, name)))
    terrace_engine_stream_stop_async (self->stream, name, NULL, stopped_cb, g_object_ref (self));
  else
    terrace_stream_view_start (self, name);
}

static const char *
get_chosen (TerraceStreamView *self)
{
  guint selected = gtk_drop_down_get_selected (self->source_drop);

  if (self->source_names == NULL || selected == GTK_INVALID_LIST_POSITION)
    return NULL;
  return gtk_string_list_get_string (self->source_names, selected);
}

void
terrace_stream_view_update_run_button (TerraceStreamView *self)
{
  const char *name = get_chosen (self);
  gboolean running = name != NULL && self->stream != NULL &&
                     is_running (terrace_engine_stream_find_source (self->stream, name));

  gtk_button_set_label (self->run_button, running ? _ ("Stop") : _ ("Start"));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "stream.run", name != NULL);
}

static void
source_chosen_cb (TerraceStreamView *self)
{
  if (self->stream != NULL)
    terrace_stream_view_update_run_button (self);
}

/* --- Actions ------------------------------------------------------------------------------- */

static void
run_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TerraceStreamView *self = TERRACE_STREAM_VIEW (widget);

  terrace_stream_view_toggle (self, get_chosen (self));
}

static void
start_simulator_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  terrace_stream_view_start (TERRACE_STREAM_VIEW (widget), SIMULATOR_NAME);
}

static void
toggle_source_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  terrace_stream_view_toggle (TERRACE_STREAM_VIEW (widget), g_variant_get_string (parameter, NULL));
}

static void
remove_source_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TerraceStreamView *self = TERRACE_STREAM_VIEW (widget);

  terrace_engine_stream_remove_async (self->stream, g_variant_get_string (parameter, NULL), NULL,
                                      removed_cb, g_object_ref (self));
}

/* (transfer full): a name that no source has yet. */
static char *
propose_name (TerraceStreamView *self, const char *base)
{
  for (guint i = 1;; i++)
    {
      g_autofree char *name = i == 1 ? g_strdup (base) : g_strdup_printf ("%s-%u", base, i);

      if (terrace_engine_stream_find_source (self->stream, name) == NULL)
        return g_steal_pointer (&name);
    }
}

static void
add_source_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  static const char *const nicks[] = { "simulator", "mqtt", "kafka", "folder" };
  TerraceStreamView *self = TERRACE_STREAM_VIEW (widget);
  const char *nick = g_variant_get_string (parameter, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (nicks); i++)
    if (g_str_equal (nick, nicks[i]))
      {
        g_autofree char *proposed = propose_name (self, nick);
        g_autoptr (TerraceSourceSettings) settings =
            terrace_source_settings_new ((TerraceSourceKind) i, proposed);

        gtk_window_present (terrace_source_dialog_new (GTK_WINDOW (gtk_widget_get_root (widget)),
                                                       self->stream, settings, FALSE));
      }
}

static void
edit_source_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TerraceStreamView *self = TERRACE_STREAM_VIEW (widget);
  TerraceStreamStatus *status =
      terrace_engine_stream_find_source (self->stream, g_variant_get_string (parameter, NULL));

  if (status != NULL)
    gtk_window_present (
        terrace_source_dialog_new (GTK_WINDOW (gtk_widget_get_root (widget)), self->stream,
                                   terrace_stream_status_get_settings (status), TRUE));
}

/* --- The page ------------------------------------------------------------------------------ */

static void
update_row (AdwActionRow *row, GParamSpec *pspec, TerraceStreamStatus *status)
{
  GtkWidget *button = g_object_get_data (G_OBJECT (row), "toggle");
  g_autofree char *text = terrace_ui_format_source (status);
  const char *label = is_running (status) ? _ ("Stop") : _ ("Start");
  g_autofree char *name = g_strdup_printf ("%s %s", label, status->name);

  adw_action_row_set_subtitle (row, text);
  if (button == NULL)
    return;
  gtk_button_set_icon_name (GTK_BUTTON (button), is_running (status) ?
                                                     "media-playback-stop-symbolic" :
                                                     "media-playback-start-symbolic");
  gtk_widget_set_tooltip_text (button, label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

static void
status_changed_cb (TerraceStreamStatus *status, GParamSpec *pspec, AdwActionRow *row)
{
  update_row (row, pspec, status);
}

static GtkWidget *
create_source_row (gpointer item, gpointer user_data)
{
  TerraceStreamStatus *status = item;
  GtkWidget *row = terrace_stream_view_create_row (status->name, NULL);
  gboolean handed_in = status->kind == TERRACE_SOURCE_PUSH;

  if (!handed_in && !status->publishes)
    {
      GtkWidget *toggle =
          terrace_stream_view_create_button (_ ("Start"), "media-playback-start-symbolic",
                                             "stream.toggle-source",
                                             g_variant_new_string (status->name));
      g_autofree char *edit = g_strdup_printf (_ ("Change %s"), status->name);

      g_object_set_data (G_OBJECT (row), "toggle", toggle);
      adw_action_row_add_suffix (ADW_ACTION_ROW (row), toggle);
      adw_action_row_add_suffix (ADW_ACTION_ROW (row),
                                 terrace_stream_view_create_button (edit, "document-edit-symbolic",
                                                                    "stream.edit-source",
                                                                    g_variant_new_string (
                                                                        status->name)));
    }
  if (!handed_in)
    {
      g_autofree char *remove = g_strdup_printf (_ ("Remove %s"), status->name);

      adw_action_row_add_suffix (ADW_ACTION_ROW (row),
                                 terrace_stream_view_create_button (remove, "user-trash-symbolic",
                                                                    "stream.remove-source",
                                                                    g_variant_new_string (
                                                                        status->name)));
    }
  /* All are notified together; one stands for them. */
  g_signal_connect_object (status, "notify::events-per-second", G_CALLBACK (status_changed_cb), row,
                           0);
  update_row (ADW_ACTION_ROW (row), NULL, status);
  return row;
}

/* --- Names --------------------------------------------------------------------------------- */

/* Keeps what was chosen if it is still there. */
static void
set_names (GtkDropDown *drop, GtkStringList *names)
{
  GtkStringObject *chosen = gtk_drop_down_get_selected_item (drop);
  g_autofree char *kept = chosen != NULL ? g_strdup (gtk_string_object_get_string (chosen)) : NULL;
  guint n = g_list_model_get_n_items (G_LIST_MODEL (names));

  gtk_drop_down_set_model (drop, G_LIST_MODEL (names));
  for (guint i = 0; i < n; i++)
    if (g_strcmp0 (kept, gtk_string_list_get_string (names, i)) == 0)
      gtk_drop_down_set_selected (drop, i);
}

static void
sources_changed_cb (TerraceStreamView *self)
{
  GListModel *sources = terrace_engine_stream_get_sources (self->stream);
  guint n = g_list_model_get_n_items (sources);
  g_autoptr (GtkStringList) all = gtk_string_list_new (NULL);
  GtkStringList *names = gtk_string_list_new (NULL);
  gboolean simulated = FALSE;

  gtk_string_list_append (all, _ ("All Sources"));
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (TerraceStreamStatus) status = g_list_model_get_item (sources, i);

      if (status->publishes)
        continue;
      gtk_string_list_append (all, status->name);
      simulated |= status->kind == TERRACE_SOURCE_SIMULATOR;
      if (status->kind != TERRACE_SOURCE_PUSH)
        gtk_string_list_append (names, status->name);
    }
  if (!simulated)
    gtk_string_list_append (names, SIMULATOR_NAME);
  g_set_object (&self->source_names, names);
  g_object_unref (names);
  set_names (self->source_drop, self->source_names);
  set_names (self->log_source_filter, all);
  gtk_stack_set_visible_child_name (self->sources_stack, n > 0 ? "list" : "empty");
  terrace_stream_view_update_run_button (self);
}

void
terrace_stream_view_setup_sources (TerraceStreamView *self)
{
  GListModel *sources = terrace_engine_stream_get_sources (self->stream);

  gtk_list_box_bind_model (self->sources_list, sources, create_source_row, self, NULL);
  g_signal_connect_object (sources, "items-changed", G_CALLBACK (sources_changed_cb), self,
                           G_CONNECT_SWAPPED);
  sources_changed_cb (self);
}

void
terrace_stream_view_bind_sources (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, TerraceStreamView, source_drop);
  gtk_widget_class_bind_template_child (widget_class, TerraceStreamView, run_button);
  gtk_widget_class_bind_template_child (widget_class, TerraceStreamView, sources_stack);
  gtk_widget_class_bind_template_child (widget_class, TerraceStreamView, sources_list);
  gtk_widget_class_bind_template_callback (widget_class, source_chosen_cb);
  gtk_widget_class_install_action (widget_class, "stream.run", NULL, run_action);
  gtk_widget_class_install_action (widget_class, "stream.start-simulator", NULL,
                                   start_simulator_action);
  gtk_widget_class_install_action (widget_class, "stream.toggle-source", "s", toggle_source_action);
  gtk_widget_class_install_action (widget_class, "stream.remove-source", "s", remove_source_action);
  gtk_widget_class_install_action (widget_class, "stream.add-source", "s", add_source_action);
  gtk_widget_class_install_action (widget_class, "stream.edit-source", "s", edit_source_action);
}
