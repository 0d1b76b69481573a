/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Toasts and problems. Finds the window's overlay and actions through the widget tree, so that no
 * view needs to know the window. Main thread. */

#include "config.h"

#include "ui/terrace-feedback.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>

#include "base/terrace-error.h"

#define CHILDREN_KEY "terrace-children"
#define TOAST_KEY "terrace-toast"

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

static void
children_changed_cb (AdwToastOverlay *overlay)
{
  GtkWidget *content = adw_toast_overlay_get_child (overlay);

  for (GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (overlay)); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (child != content)
      name_close_buttons (child);
}

static void
follow_children (AdwToastOverlay *overlay)
{
  GListModel *children;

  if (g_object_get_data (G_OBJECT (overlay), CHILDREN_KEY) != NULL)
    return;
  children = gtk_widget_observe_children (GTK_WIDGET (overlay));
  g_signal_connect_object (children, "items-changed", G_CALLBACK (children_changed_cb), overlay,
                           G_CONNECT_SWAPPED);
  g_object_set_data_full (G_OBJECT (overlay), CHILDREN_KEY, children, g_object_unref);
}

/* @toast: (transfer full). The overlay is the content of the window that @widget is or stands in.
 * The toast before is dismissed: an answer does not wait, and libadwaita 1.2 warns when a window
 * goes while toasts are waiting. */
static void
show_toast (GtkWidget *widget, AdwToast *toast)
{
  g_autoptr (AdwToast) owned = toast;
  GtkRoot *root = gtk_widget_get_root (widget);
  GtkWidget *content = NULL;
  AdwToast *before;

  if (ADW_IS_APPLICATION_WINDOW (root))
    content = adw_application_window_get_content (ADW_APPLICATION_WINDOW (root));
  if (!ADW_IS_TOAST_OVERLAY (content))
    return;

  follow_children (ADW_TOAST_OVERLAY (content));
  before = g_object_get_data (G_OBJECT (content), TOAST_KEY);
  if (before != NULL)
    adw_toast_dismiss (before);
  g_object_set_data_full (G_OBJECT (content), TOAST_KEY, g_object_ref (toast), g_object_unref);
  adw_toast_overlay_add_toast (ADW_TOAST_OVERLAY (content), g_steal_pointer (&owned));
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
