/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The alerts: what a person does with them, and a notification when one comes up and the window is
 * away. Main thread. */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "ui/stream/terrace-stream-format.h"
#include "ui/stream/terrace-stream-view-private.h"
#include "ui/terrace-feedback.h"

#define HOUR_US (3600 * TERRACE_US_PER_SECOND)
#define CLOSED_TOO 1 /* of alerts_filter */

static gint64
get_now_us (TerraceStreamView *self)
{
  return terrace_clock_get_now_us (terrace_engine_get_clock (self->engine));
}

/* --- What a person does with one ----------------------------------------------------------- */

static void
controlled_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TerraceStreamView) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!terrace_engine_stream_control_alert_finish (TERRACE_ENGINE_STREAM (object), result, &error))
    terrace_ui_report (GTK_WIDGET (self), _ ("Could not change the alert"), error);
}

static void
terrace_stream_view_control (TerraceStreamView *self,
                             gint64 alert_id,
                             TerraceAlertAction action,
                             gint64 until_us)
{
  terrace_engine_stream_control_alert_async (self->stream, alert_id, action, until_us, NULL,
                                             controlled_cb, g_object_ref (self));
}

static void
acknowledge_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  terrace_stream_view_control (TERRACE_STREAM_VIEW (widget), g_variant_get_int64 (parameter),
                               TERRACE_ALERT_ACKNOWLEDGE, 0);
}

/* The alert and for how many hours; 0 ends it. */
static void
snooze_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TerraceStreamView *self = TERRACE_STREAM_VIEW (widget);
  gint64 alert_id;
  gint64 hours;

  g_variant_get (parameter, "(xx)", &alert_id, &hours);
  terrace_stream_view_control (self, alert_id, TERRACE_ALERT_SNOOZE,
                               hours > 0 ? get_now_us (self) + hours * HOUR_US : 0);
}

/* --- Rows ---------------------------------------------------------------------------------- */

/* What a row shows; who looks at the open ones does not see it when that is over. */
static void
update_row (TerraceStreamView *self, GtkWidget *row, TerraceAlert *alert)
{
  gint64 now_us = get_now_us (self);
  GtkWidget *buttons = g_object_get_data (G_OBJECT (row), "buttons");
  gboolean open = alert->cleared_us == 0 && alert->acknowledged_us == 0;
  g_autofree char *text = terrace_ui_format_alert (alert, now_us);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), alert->message);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), text);
  gtk_widget_set_visible (buttons, alert->acknowledged_us == 0);
  if (open)
    gtk_widget_remove_css_class (row, "dim-label");
  else
    gtk_widget_add_css_class (row, "dim-label");
}

static gboolean
is_listed (gpointer item, gpointer user_data)
{
  TerraceStreamView *self = user_data;
  TerraceAlert *alert = item;

  return gtk_drop_down_get_selected (self->alerts_filter) == CLOSED_TOO ||
         (alert->cleared_us == 0 && alert->acknowledged_us == 0);
}

static void
terrace_stream_view_choose_alerts_page (TerraceStreamView *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->listed_alerts));

  gtk_stack_set_visible_child_name (self->alerts_stack, n > 0 ? "list" : "empty");
}

static void
alerts_filter_cb (TerraceStreamView *self)
{
  if (self->listed_alerts != NULL)
    gtk_filter_changed (gtk_filter_list_model_get_filter (self->listed_alerts),
                        GTK_FILTER_CHANGE_DIFFERENT);
}

static void
alert_changed_cb (TerraceAlert *alert, GParamSpec *pspec, GtkWidget *row)
{
  GtkWidget *view = gtk_widget_get_ancestor (row, TERRACE_TYPE_STREAM_VIEW);

  if (view == NULL || TERRACE_STREAM_VIEW (view)->engine == NULL)
    return;
  update_row (TERRACE_STREAM_VIEW (view), row, alert);
  alerts_filter_cb (TERRACE_STREAM_VIEW (view));
}

static GtkWidget *
create_snooze_button (TerraceAlert *alert)
{
  static const struct
  {
    const char *label;
    gint64 hours;
  } choices[] = { { N_ ("For an _Hour"), 1 }, { N_ ("For a _Day"), 24 }, { N_ ("_No Longer"), 0 } };
  g_autoptr (GMenu) menu = g_menu_new ();
  GtkWidget *button = gtk_menu_button_new ();

  for (guint i = 0; i < G_N_ELEMENTS (choices); i++)
    {
      g_autoptr (GMenuItem) item = g_menu_item_new (_ (choices[i].label), NULL);

      g_menu_item_set_action_and_target (item, "stream.snooze", "(xx)", alert->id,
                                         choices[i].hours);
      g_menu_append_item (menu, item);
    }
  gtk_menu_button_set_icon_name (GTK_MENU_BUTTON (button), "preferences-system-time-symbolic");
  gtk_menu_button_set_menu_model (GTK_MENU_BUTTON (button), G_MENU_MODEL (menu));
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (button, _ ("Say nothing of it for a while"));
  gtk_widget_add_css_class (button, "flat");
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Snooze"), -1);
  return button;
}

static GtkWidget *
create_alert_row (gpointer item, gpointer user_data)
{
  TerraceStreamView *self = user_data;
  TerraceAlert *alert = item;
  GtkWidget *row = terrace_stream_view_create_row (alert->message, NULL);
  GtkWidget *buttons = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  GtkWidget *icon = gtk_image_new_from_icon_name (terrace_ui_severity_icon (alert->severity));

  gtk_widget_set_tooltip_text (icon, terrace_ui_severity_label (alert->severity));
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), icon);
  gtk_box_append (GTK_BOX (buttons), create_snooze_button (alert));
  gtk_box_append (GTK_BOX (buttons),
                  terrace_stream_view_create_button (_ ("Acknowledge"), "emblem-ok-symbolic",
                                                     "stream.acknowledge",
                                                     g_variant_new_int64 (alert->id)));
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), buttons);
  g_object_set_data (G_OBJECT (row), "buttons", buttons);
  g_signal_connect_object (alert, "notify", G_CALLBACK (alert_changed_cb), row, 0);
  update_row (self, row, alert);
  return row;
}

/* --- Notifications --------------------------------------------------------------------------- */

static void
alerted_cb (TerraceStreamView *self, TerraceAlert *alert)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  g_autoptr (GNotification) notification = NULL;
  GApplication *application = g_application_get_default ();
  g_autofree char *id = NULL;

  if (root == NULL || application == NULL ||
      (gtk_widget_get_visible (GTK_WIDGET (root)) && gtk_window_is_active (GTK_WINDOW (root))))
    return;
  notification = g_notification_new (terrace_ui_alert_kind_label (alert->kind));
  g_notification_set_body (notification, alert->message);
  if (alert->severity == TERRACE_SEVERITY_ERROR)
    g_notification_set_priority (notification, G_NOTIFICATION_PRIORITY_HIGH);
  g_notification_set_default_action_and_target (notification, "app.show-view", "s", "stream");
  /* One for each matter: a newer one takes the place of the older. */
  id = g_strdup_printf ("alert-%" G_GINT64_FORMAT, alert->id);
  g_application_send_notification (application, id, notification);
  terrace_stream_view_control (self, alert->id, TERRACE_ALERT_TOLD, 0);
  /* Who follows the notification wants to see it. */
  gtk_stack_set_visible_child_name (self->pages, "alerts");
}

/* --- Setting up ---------------------------------------------------------------------------- */

void
terrace_stream_view_setup_alerts (TerraceStreamView *self)
{
  GListModel *alerts = terrace_engine_stream_get_alerts (self->stream);

  self->listed_alerts =
      gtk_filter_list_model_new (g_object_ref (alerts),
                                 GTK_FILTER (gtk_custom_filter_new (is_listed, self, NULL)));
  gtk_list_box_bind_model (self->alerts_list, G_LIST_MODEL (self->listed_alerts), create_alert_row,
                           self, NULL);
  g_signal_connect_object (self->listed_alerts, "items-changed",
                           G_CALLBACK (terrace_stream_view_choose_alerts_page), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->stream, "alerted", G_CALLBACK (alerted_cb), self,
                           G_CONNECT_SWAPPED);
  terrace_stream_view_choose_alerts_page (self);
}

void
terrace_stream_view_bind_alerts (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, TerraceStreamView, alerts_stack);
  gtk_widget_class_bind_template_child (widget_class, TerraceStreamView, alerts_list);
  gtk_widget_class_bind_template_child (widget_class, TerraceStreamView, alerts_filter);
  gtk_widget_class_bind_template_callback (widget_class, alerts_filter_cb);
  gtk_widget_class_install_action (widget_class, "stream.acknowledge", "x", acknowledge_action);
  gtk_widget_class_install_action (widget_class, "stream.snooze", "(xx)", snooze_action);
}
