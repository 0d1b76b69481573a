/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Toasts and problems. Finds the window's overlay and actions through the widget tree, so that no
 * view needs to know the window. Main thread. */

#include "config.h"

#include "ui/terrace-feedback.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>

#include "base/terrace-error.h"

/* libadwaita 1.2 gives the button that closes a toast no name a screen reader could say. */
static void
name_close_buttons (GtkWidget *widget)
{
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (!GTK_IS_BUTTON (child))
      name_close_buttons (child);
    else if (g_strcmp0 (gtk_button_get_icon_name (GTK_BUTTON (child)), "window-close-symbolic") ==
             0)
      gtk_accessible_update_property (GTK_ACCESSIBLE (child), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                      _ ("Close Message"), -1);
}

static gboolean
name_toasts_cb (gpointer user_data)
{
  GtkWidget *content = adw_toast_overlay_get_child (user_data);

  for (GtkWidget *child = gtk_widget_get_first_child (user_data); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (child != content)
      name_close_buttons (child);
  return G_SOURCE_REMOVE;
}

/* The one that waited behind it gets a new widget. */
static void
dismissed_cb (AdwToastOverlay *overlay)
{
  g_idle_add_full (G_PRIORITY_DEFAULT, name_toasts_cb, g_object_ref (overlay), g_object_unref);
}

/* @toast: (transfer full). The overlay is the content of the window that @widget is or stands in.
 */
static void
show_toast (GtkWidget *widget, AdwToast *toast)
{
  g_autoptr (AdwToast) owned = toast;
  GtkRoot *root = gtk_widget_get_root (widget);
  GtkWidget *content = NULL;

  if (ADW_IS_APPLICATION_WINDOW (root))
    content = adw_application_window_get_content (ADW_APPLICATION_WINDOW (root));
  if (!ADW_IS_TOAST_OVERLAY (content))
    return;
  g_signal_connect_object (toast, "dismissed", G_CALLBACK (dismissed_cb), content,
                           G_CONNECT_SWAPPED);
  adw_toast_overlay_add_toast (ADW_TOAST_OVERLAY (content), g_steal_pointer (&owned));
  name_toasts_cb (content);
}

/* Toasts read markup, messages name files. */
static AdwToast *
new_toast (const char *message)
{
  g_autofree char *escaped = g_markup_escape_text (message, -1);

  return adw_toast_new (escaped);
}

void
terrace_ui_toast (GtkWidget *widget, const char *message)
{
  g_return_if_fail (GTK_IS_WIDGET (widget));
  g_return_if_fail (message != NULL);

  show_toast (widget, new_toast (message));
}

void
terrace_ui_toast_undo (GtkWidget *widget, const char *message, GArray *move_ids)
{
  AdwToast *toast;

  g_return_if_fail (GTK_IS_WIDGET (widget));
  g_return_if_fail (message != NULL);
  g_return_if_fail (move_ids != NULL);

  toast = new_toast (message);
  adw_toast_set_button_label (toast, _ ("Undo"));
  adw_toast_set_action_name (toast, "win.undo-moves");
  adw_toast_set_action_target_value (toast,
                                     g_variant_new_fixed_array (G_VARIANT_TYPE_INT64,
                                                                move_ids->data, move_ids->len,
                                                                sizeof (gint64)));
  adw_toast_set_timeout (toast, 10);
  show_toast (widget, toast);
}

void
terrace_ui_report (GtkWidget *widget, const char *what, const GError *error)
{
  g_autofree char *text = NULL;

  g_return_if_fail (GTK_IS_WIDGET (widget));
  g_return_if_fail (what != NULL);
  g_return_if_fail (error != NULL);

  if (terrace_error_is_cancelled (error))
    return;

  /* Translators: what was attempted, then why it did not work */
  text = g_strdup_printf (_ ("%s: %s"), what, error->message);
  if (!gtk_widget_activate_action (widget, "win.show-problem", "s", text))
    g_warning ("%s", text);
}
