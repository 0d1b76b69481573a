/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The application: one instance per session. Opens the engine with its first window and closes it
 * after the last, holding itself alive until moves under way are safely halted. Main thread. */

#include "config.h"

#include "ui/terrace-application.h"

#include <adwaita.h>
#include <glib-unix.h>
#include <glib/gi18n-lib.h>
#include <locale.h>

#include "engine/terrace-engine.h"
#include "terrace-ui-resources.h"
#include "ui/terrace-background.h"
#include "ui/terrace-feedback.h"
#include "ui/terrace-paths.h"
#include "ui/terrace-settings.h"
#include "ui/window/terrace-window.h"

#define TERRACE_TYPE_APPLICATION (terrace_application_get_type ())
G_DECLARE_FINAL_TYPE (TerraceApplication, terrace_application, TERRACE, APPLICATION, AdwApplication)

struct _TerraceApplication
{
  AdwApplication parent_instance;

  TerraceEngine *engine;         /* NULL until it is open and from the moment it is being closed */
  TerraceBackground *background; /* as long as there is an engine */
  gboolean busy;                 /* opening or closing */
  GError *error;                 /* why it could not be opened */
  guint terminate_id;
};

G_DEFINE_FINAL_TYPE (TerraceApplication, terrace_application, ADW_TYPE_APPLICATION)

static void terrace_application_open_engine (TerraceApplication *self);
static void terrace_application_close_engine (TerraceApplication *self);
static TerraceWindow *terrace_application_present (TerraceApplication *self);

static TerraceWindow *
terrace_application_get_window (TerraceApplication *self)
{
  GList *windows = gtk_application_get_windows (GTK_APPLICATION (self));

  for (GList *link = windows; link != NULL; link = link->next)
    if (TERRACE_IS_WINDOW (link->data))
      return link->data;
  return NULL;
}

/* --- The engine ---------------------------------------------------------------------------- */

static void
opened_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TerraceApplication) self = user_data;
  g_autoptr (GError) error = NULL;
  TerraceEngine *engine = terrace_engine_open_finish (result, &error);
  TerraceWindow *window = terrace_application_get_window (self);

  self->busy = FALSE;
  g_clear_error (&self->error);
  self->engine = engine;
  if (engine == NULL)
    self->error = g_steal_pointer (&error);
  else
    self->background = terrace_background_new (GTK_APPLICATION (self), engine);

  if (window == NULL)
    terrace_application_close_engine (self);
  else if (engine != NULL)
    terrace_window_set_engine (window, engine);
  else
    terrace_window_show_broken (window, self->error);
  g_application_release (G_APPLICATION (self));
}

static void
terrace_application_open_engine (TerraceApplication *self)
{
  g_autofree char *data_dir = terrace_engine_default_data_dir ();
  g_auto (GStrv) price_dirs = terrace_engine_default_price_dirs ();
  TerraceEngineOptions options = {
    .data_dir = data_dir,
    .price_dirs = (const char *const *) price_dirs,
    .run_moves = TRUE,
    .hash_in_background = TRUE,
  };

  if (self->busy || self->engine != NULL)
    return;
  self->busy = TRUE;
  g_application_hold (G_APPLICATION (self));
  terrace_engine_open_async (&options, NULL, opened_cb, g_object_ref (self));
}

static void
closed_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TerraceApplication) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!terrace_engine_close_finish (TERRACE_ENGINE (object), result, &error))
    g_warning ("Could not close the catalogue: %s", error->message);
  self->busy = FALSE;
  /* Somebody opened a window again meanwhile. */
  if (terrace_application_get_window (self) != NULL)
    terrace_application_open_engine (self);
  g_application_release (G_APPLICATION (self));
}

static void
terrace_application_close_engine (TerraceApplication *self)
{
  g_autoptr (TerraceEngine) engine = g_steal_pointer (&self->engine);

  g_clear_object (&self->background);
  if (engine == NULL)
    return;
  self->busy = TRUE;
  g_application_hold (G_APPLICATION (self));
  terrace_engine_close_async (engine, NULL, closed_cb, g_object_ref (self));
}

/* --- Actions ------------------------------------------------------------------------------- */

static void
quit_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  GList *windows = gtk_application_get_windows (GTK_APPLICATION (user_data));
  g_autoptr (GList) copy = g_list_copy (windows);

  for (GList *link = copy; link != NULL; link = link->next)
    gtk_window_destroy (GTK_WINDOW (link->data));
}

/* Where a notification leads. */
static void
show_view_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  TerraceWindow *window = terrace_application_present (TERRACE_APPLICATION (user_data));

  g_action_group_activate_action (G_ACTION_GROUP (window), "show-view",
                                  g_variant_new_string (g_variant_get_string (parameter, NULL)));
}

static void
about_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  TerraceWindow *window = terrace_application_get_window (TERRACE_APPLICATION (user_data));

  adw_show_about_window (GTK_WINDOW (window), "application-name", _ ("Terrace"), "application-icon",
                         TERRACE_APPLICATION_ID, "version", TERRACE_VERSION, "comments",
                         _ ("Keeps every file where it costs least and is still at hand"),
                         "license-type", GTK_LICENSE_GPL_3_0, "developer-name",
                         _ ("The Terrace developers"), NULL);
}

static void
folder_shown_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!gtk_show_uri_full_finish (GTK_WINDOW (object), result, &error))
    terrace_ui_toast (gtk_window_get_child (GTK_WINDOW (object)), error->message);
}

static void
open_data_folder_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  TerraceWindow *window = terrace_application_get_window (TERRACE_APPLICATION (user_data));
  g_autofree char *data_dir = terrace_engine_default_data_dir ();
  g_autoptr (GFile) folder = g_file_new_for_path (data_dir);
  g_autofree char *uri = g_file_get_uri (folder);

  gtk_show_uri_full (GTK_WINDOW (window), uri, GDK_CURRENT_TIME, NULL, folder_shown_cb, NULL);
}

static void
open_catalogue_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  terrace_application_open_engine (TERRACE_APPLICATION (user_data));
}

static const GActionEntry entries[] = {
  { "quit", quit_action, NULL, NULL, NULL, { 0 } },
  { "show-view", show_view_action, "s", NULL, NULL, { 0 } },
  { "about", about_action, NULL, NULL, NULL, { 0 } },
  { "open-data-folder", open_data_folder_action, NULL, NULL, NULL, { 0 } },
  { "open-catalogue", open_catalogue_action, NULL, NULL, NULL, { 0 } },
};

static const struct
{
  const char *action;
  const char *accels[2];
} accels[] = {
  { "app.quit", { "<Primary>q", NULL } },
  { "win.preferences", { "<Primary>comma", NULL } },
  { "win.search", { "<Primary>f", NULL } },
  { "win.add-files", { "<Primary>o", NULL } },
  { "win.add-folder", { "<Primary><Shift>o", NULL } },
  { "win.export", { "<Primary>e", NULL } },
  { "win.show-details", { "<Alt>Return", NULL } },
  { "win.show-sidebar", { "F9", NULL } },
  { "win.show-help-overlay", { "<Primary>question", NULL } },
  { "window.close", { "<Primary>w", NULL } },
};

/* --- Application --------------------------------------------------------------------------- */

static gboolean
terminate_cb (gpointer user_data)
{
  g_action_group_activate_action (G_ACTION_GROUP (user_data), "quit", NULL);
  return G_SOURCE_CONTINUE;
}

/* Ctrl+1 shows the first view, and so on. */
static void
terrace_application_add_accels (TerraceApplication *self)
{
  const char *name;

  for (guint i = 0; i < G_N_ELEMENTS (accels); i++)
    gtk_application_set_accels_for_action (GTK_APPLICATION (self), accels[i].action,
                                           accels[i].accels);
  for (guint i = 0; i < 9 && (name = terrace_window_get_view_name (i)) != NULL; i++)
    {
      g_autofree char *action = g_strconcat ("win.show-view::", name, NULL);
      g_autofree char *accel = g_strdup_printf ("<Primary>%u", i + 1);
      const char *const view_accels[] = { accel, NULL };

      gtk_application_set_accels_for_action (GTK_APPLICATION (self), action, view_accels);
    }
}

/* Light, dark, or as the desktop is. */
static void
color_scheme_changed_cb (TerraceApplication *self)
{
  g_autofree char *wanted = g_settings_get_string (terrace_ui_get_settings (), "color-scheme");
  AdwColorScheme scheme = ADW_COLOR_SCHEME_DEFAULT;

  if (g_str_equal (wanted, "light"))
    scheme = ADW_COLOR_SCHEME_FORCE_LIGHT;
  else if (g_str_equal (wanted, "dark"))
    scheme = ADW_COLOR_SCHEME_FORCE_DARK;
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (), scheme);
}

static void
terrace_application_follow_color_scheme (TerraceApplication *self)
{
  GSettings *settings = terrace_ui_get_settings ();

  if (settings == NULL)
    return;
  g_signal_connect_object (settings, "changed::color-scheme", G_CALLBACK (color_scheme_changed_cb),
                           self, G_CONNECT_SWAPPED);
  color_scheme_changed_cb (self);
}

static void
terrace_application_startup (GApplication *application)
{
  TerraceApplication *self = TERRACE_APPLICATION (application);

  terrace_ui_register_resource ();
  G_APPLICATION_CLASS (terrace_application_parent_class)->startup (application);

  if (terrace_ui_runs_from_build_tree ())
    gtk_icon_theme_add_search_path (gtk_icon_theme_get_for_display (gdk_display_get_default ()),
                                    TERRACE_SOURCE_DATADIR "/icons");
  gtk_window_set_default_icon_name (TERRACE_APPLICATION_ID);

  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
  terrace_application_add_accels (self);
  terrace_application_follow_color_scheme (self);
  self->terminate_id = g_unix_signal_add (SIGTERM, terminate_cb, self);
}

static gboolean
close_request_cb (GtkWindow *window, TerraceApplication *self)
{
  return self->background != NULL && terrace_background_ask (self->background, window);
}

static TerraceWindow *
terrace_application_present (TerraceApplication *self)
{
  TerraceWindow *window = terrace_application_get_window (self);

  if (window == NULL)
    {
      window = TERRACE_WINDOW (terrace_window_new (GTK_APPLICATION (self)));
      g_signal_connect_object (window, "close-request", G_CALLBACK (close_request_cb), self, 0);
      if (self->engine != NULL)
        terrace_window_set_engine (window, self->engine);
      else
        terrace_application_open_engine (self);
    }
  gtk_window_present (GTK_WINDOW (window));
  return window;
}

static void
terrace_application_activate (GApplication *application)
{
  terrace_application_present (TERRACE_APPLICATION (application));
}

static void
terrace_application_open (GApplication *application, GFile **files, int n_files, const char *hint)
{
  TerraceWindow *window = terrace_application_present (TERRACE_APPLICATION (application));
  g_autoptr (GPtrArray) array = g_ptr_array_new_with_free_func (g_object_unref);

  for (int i = 0; i < n_files; i++)
    g_ptr_array_add (array, g_object_ref (files[i]));
  terrace_window_register (window, array);
}

static void
terrace_application_window_removed (GtkApplication *application, GtkWindow *window)
{
  TerraceApplication *self = TERRACE_APPLICATION (application);

  /* Holds the application before the last window's own hold goes. */
  if (TERRACE_IS_WINDOW (window))
    {
      GList *windows = gtk_application_get_windows (application);

      if (windows == NULL || (windows->data == window && windows->next == NULL))
        terrace_application_close_engine (self);
    }
  GTK_APPLICATION_CLASS (terrace_application_parent_class)->window_removed (application, window);
}

static int
terrace_application_handle_local_options (GApplication *application, GVariantDict *options)
{
  if (g_variant_dict_contains (options, "version"))
    {
      g_print ("Terrace %s\n", TERRACE_VERSION);
      return 0;
    }
  return -1;
}

static void
terrace_application_finalize (GObject *object)
{
  TerraceApplication *self = TERRACE_APPLICATION (object);

  g_clear_handle_id (&self->terminate_id, g_source_remove);
  g_clear_object (&self->background);
  g_clear_error (&self->error);
  G_OBJECT_CLASS (terrace_application_parent_class)->finalize (object);
}

static void
terrace_application_class_init (TerraceApplicationClass *klass)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = terrace_application_finalize;
  application_class->startup = terrace_application_startup;
  application_class->activate = terrace_application_activate;
  application_class->open = terrace_application_open;
  application_class->handle_local_options = terrace_application_handle_local_options;
  GTK_APPLICATION_CLASS (klass)->window_removed = terrace_application_window_removed;
}

static void
terrace_application_init (TerraceApplication *self)
{
  static const GOptionEntry options[] = {
    { "version", 'v', 0, G_OPTION_ARG_NONE, NULL, N_ ("Print the version and exit"), NULL },
    { NULL, 0, 0, 0, NULL, NULL, NULL },
  };

  g_application_add_main_option_entries (G_APPLICATION (self), options);
  g_application_set_option_context_parameter_string (G_APPLICATION (self), _ ("[FILE…]"));
}

GApplication *
terrace_application_new (void)
{
  return g_object_new (TERRACE_TYPE_APPLICATION, "application-id", TERRACE_APPLICATION_ID, "flags",
                       G_APPLICATION_HANDLES_OPEN, "resource-base-path",
                       "/io/github/terracedata/Terrace", NULL);
}

int
terrace_application_main (int argc, char **argv)
{
  g_autoptr (GApplication) application = NULL;

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, TERRACE_LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);

  application = terrace_application_new ();
  return g_application_run (application, argc, argv);
}
