/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Follows the queue: busy and idle are all it needs. In the background the window is hidden, not
 * gone; when the work is done it goes, and with it the program. Main thread. */

#include "config.h"

#include "ui/terrace-background.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>

#include "base/terrace-clock.h"
#include "ui/terrace-format.h"
#include "ui/terrace-settings.h"

/* What takes shorter, a person waits for. */
#define LONG_US (20 * TERRACE_US_PER_SECOND)
#define NOTIFICATION_ID "moves"

struct _TerraceBackground
{
  GObject parent_instance;

  /* inputs */
  GtkApplication *application; /* not owned: it owns us */
  TerraceEngine *engine;

  /* since it got busy */
  gboolean busy;
  gint64 busy_since_us;
  guint64 n_done;
  guint64 n_failed;
  guint cookie; /* of the inhibitor, 0 */
};

G_DEFINE_FINAL_TYPE (TerraceBackground, terrace_background, G_TYPE_OBJECT)

static gboolean
is_set (const char *key)
{
  GSettings *settings = terrace_ui_get_settings ();

  return settings == NULL || g_settings_get_boolean (settings, key);
}

/* --- Awake --------------------------------------------------------------------------------- */

static void
terrace_background_update_inhibitor (TerraceBackground *self)
{
  gboolean wanted = self->busy && is_set ("stay-awake");

  if (wanted && self->cookie == 0)
    self->cookie =
        gtk_application_inhibit (self->application,
                                 gtk_application_get_active_window (self->application),
                                 GTK_APPLICATION_INHIBIT_SUSPEND, _ ("Data is being moved"));
  else if (!wanted && self->cookie != 0)
    {
      gtk_application_uninhibit (self->application, self->cookie);
      self->cookie = 0;
    }
}

/* --- Telling --------------------------------------------------------------------------------- */

static gboolean
is_looked_at (TerraceBackground *self)
{
  GList *windows = gtk_application_get_windows (self->application);

  for (GList *link = windows; link != NULL; link = link->next)
    if (gtk_widget_get_visible (link->data) && gtk_window_is_active (link->data))
      return TRUE;
  return FALSE;
}

static void
terrace_background_notify (TerraceBackground *self)
{
  g_autoptr (GNotification) notification = NULL;
  g_autofree char *done = terrace_ui_format_count (self->n_done);
  g_autofree char *failed = terrace_ui_format_count (self->n_failed);
  g_autofree char *done_text = NULL;
  g_autofree char *body = NULL;

  notification = g_notification_new (self->n_failed > 0 ? _ ("Some Migrations Failed") :
                                                          _ ("Migrations Are Done"));
  done_text = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%s object moved and verified",
                                            "%s objects moved and verified", (gulong) self->n_done),
                               done);
  if (self->n_failed > 0)
    body = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%s; %s needs a look",
                                         "%s; %s need a look", (gulong) self->n_failed),
                            done_text, failed);
  else
    body = g_steal_pointer (&done_text);
  g_notification_set_body (notification, body);
  g_notification_set_default_action_and_target (notification, "app.show-view", "s", "migrations");
  g_application_send_notification (G_APPLICATION (self->application), NOTIFICATION_ID,
                                   notification);
}

/* --- The queue ------------------------------------------------------------------------------- */

static void
terrace_background_end_hidden (TerraceBackground *self)
{
  g_autoptr (GList) windows = g_list_copy (gtk_application_get_windows (self->application));

  for (GList *link = windows; link != NULL; link = link->next)
    if (gtk_widget_get_visible (link->data))
      return;
  for (GList *link = windows; link != NULL; link = link->next)
    gtk_window_destroy (link->data);
}

static void
idle_changed_cb (TerraceBackground *self)
{
  gboolean busy = !terrace_queue_get_idle (terrace_engine_get_queue (self->engine));
  gint64 now_us = g_get_monotonic_time ();

  if (busy == self->busy)
    return;
  self->busy = busy;
  terrace_background_update_inhibitor (self);
  if (busy)
    {
      self->busy_since_us = now_us;
      self->n_done = self->n_failed = 0;
      return;
    }
  if (now_us - self->busy_since_us >= LONG_US && self->n_done + self->n_failed > 0 &&
      !is_looked_at (self) && is_set ("notify-moves"))
    terrace_background_notify (self);
  terrace_background_end_hidden (self);
}

static void
move_changed_cb (TerraceBackground *self, TerraceMove *move)
{
  self->n_done += move->state == TERRACE_MOVE_DONE;
  self->n_failed += move->state == TERRACE_MOVE_FAILED;
}

/* --- Closing ------------------------------------------------------------------------------- */

static void
portal_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer =
      g_dbus_connection_call_finish (G_DBUS_CONNECTION (object), result, &error);

  if (answer == NULL)
    g_info ("The desktop was not asked for the background: %s", error->message);
}

/* Inside Flatpak a program without a window is ended soon, unless it says why it goes on. */
static void
request_background (GtkApplication *application)
{
  GDBusConnection *connection = g_application_get_dbus_connection (G_APPLICATION (application));
  GVariantBuilder options;

  if (connection == NULL || !g_file_test ("/.flatpak-info", G_FILE_TEST_EXISTS))
    return;
  g_variant_builder_init (&options, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&options, "{sv}", "reason",
                         g_variant_new_string (_ ("Data is being moved")));
  g_variant_builder_add (&options, "{sv}", "autostart", g_variant_new_boolean (FALSE));
  g_dbus_connection_call (connection, "org.freedesktop.portal.Desktop",
                          "/org/freedesktop/portal/desktop", "org.freedesktop.portal.Background",
                          "RequestBackground", g_variant_new ("(sa{sv})", "", &options), NULL,
                          G_DBUS_CALL_FLAGS_NONE, -1, NULL, portal_cb, NULL);
}

static void
response_cb (AdwMessageDialog *dialog, const char *response, TerraceBackground *self)
{
  GtkWindow *window = gtk_window_get_transient_for (GTK_WINDOW (dialog));

  if (window == NULL)
    return;
  if (g_strcmp0 (response, "stop") == 0 || (g_strcmp0 (response, "background") == 0 && !self->busy))
    gtk_window_destroy (window);
  else if (g_strcmp0 (response, "background") == 0)
    {
      request_background (self->application);
      gtk_widget_set_visible (GTK_WIDGET (window), FALSE);
    }
}

gboolean
terrace_background_ask (TerraceBackground *self, GtkWindow *window)
{
  AdwMessageDialog *dialog;

  g_return_val_if_fail (TERRACE_IS_BACKGROUND (self), FALSE);
  g_return_val_if_fail (GTK_IS_WINDOW (window), FALSE);

  if (!self->busy || !is_set ("ask-before-closing"))
    return FALSE;
  dialog = ADW_MESSAGE_DIALOG (adw_message_dialog_new (
      window, _ ("Data Is Being Moved"),
      _ ("Migrations can go on without the window; Terrace ends when they are done. Or they stop "
         "where they are, and go on when you open it again. Nothing is lost either way.")));
  adw_message_dialog_add_responses (dialog, "cancel", _ ("_Cancel"), "stop", _ ("_Stop for Now"),
                                    "background", _ ("_Go On in the Background"), NULL);
  adw_message_dialog_set_response_appearance (dialog, "background", ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (dialog, "background");
  adw_message_dialog_set_close_response (dialog, "cancel");
  g_signal_connect_object (dialog, "response", G_CALLBACK (response_cb), self, 0);
  gtk_window_present (GTK_WINDOW (dialog));
  return TRUE;
}

/* --- Object -------------------------------------------------------------------------------- */

static void
terrace_background_dispose (GObject *object)
{
  TerraceBackground *self = TERRACE_BACKGROUND (object);

  self->busy = FALSE;
  if (self->application != NULL)
    terrace_background_update_inhibitor (self);
  self->application = NULL;
  g_clear_object (&self->engine);
  G_OBJECT_CLASS (terrace_background_parent_class)->dispose (object);
}

static void
terrace_background_class_init (TerraceBackgroundClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = terrace_background_dispose;
}

static void
terrace_background_init (TerraceBackground *self)
{
}

TerraceBackground *
terrace_background_new (GtkApplication *application, TerraceEngine *engine)
{
  TerraceBackground *self;
  TerraceQueue *queue;
  GSettings *settings = terrace_ui_get_settings ();

  g_return_val_if_fail (GTK_IS_APPLICATION (application), NULL);
  g_return_val_if_fail (TERRACE_IS_ENGINE (engine), NULL);

  self = g_object_new (TERRACE_TYPE_BACKGROUND, NULL);
  self->application = application;
  self->engine = g_object_ref (engine);
  queue = terrace_engine_get_queue (engine);
  g_signal_connect_object (queue, "notify::idle", G_CALLBACK (idle_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (queue, "move-changed", G_CALLBACK (move_changed_cb), self,
                           G_CONNECT_SWAPPED);
  if (settings != NULL)
    g_signal_connect_object (settings, "changed::stay-awake",
                             G_CALLBACK (terrace_background_update_inhibitor), self,
                             G_CONNECT_SWAPPED);
  idle_changed_cb (self);
  return self;
}
