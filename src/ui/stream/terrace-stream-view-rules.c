/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The rules: a switch each, and a way to their thresholds. Main thread. */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "ui/stream/terrace-rule-dialog.h"
#include "ui/stream/terrace-stream-format.h"
#include "ui/stream/terrace-stream-view-private.h"
#include "ui/terrace-feedback.h"

static void
put_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TerraceStreamView) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!terrace_engine_stream_put_rule_finish (TERRACE_ENGINE_STREAM (object), result, &error))
    terrace_ui_report (GTK_WIDGET (self), _ ("Could not change the rule"), error);
}

static void
enabled_cb (GtkSwitch *toggle, GParamSpec *pspec, TerraceStreamView *self)
{
  TerraceAlertRule *rule = g_object_get_data (G_OBJECT (toggle), "rule");
  g_autoptr (TerraceAlertRule) changed = NULL;

  if (self->stream == NULL || gtk_switch_get_active (toggle) == rule->enabled)
    return;
  changed = terrace_rule_dialog_copy_rule (rule);
  changed->enabled = gtk_switch_get_active (toggle);
  terrace_engine_stream_put_rule_async (self->stream, changed, NULL, put_cb, g_object_ref (self));
}

static void
rule_changed_cb (TerraceAlertRule *rule, GParamSpec *pspec, GtkWidget *row)
{
  GtkWidget *view = gtk_widget_get_ancestor (row, TERRACE_TYPE_STREAM_VIEW);
  g_autofree char *text = NULL;

  if (view == NULL || TERRACE_STREAM_VIEW (view)->engine == NULL)
    return;
  text = terrace_ui_format_rule (rule,
                                 terrace_engine_get_currency (TERRACE_STREAM_VIEW (view)->engine));
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), _ (rule->name));
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), text);
  gtk_switch_set_active (g_object_get_data (G_OBJECT (row), "switch"), rule->enabled);
}

static void
edit_cb (GtkButton *button, TerraceStreamView *self)
{
  TerraceAlertRule *rule = g_object_get_data (G_OBJECT (button), "rule");

  if (self->stream != NULL)
    gtk_window_present (
        terrace_rule_dialog_new (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), self->stream,
                                 rule, terrace_engine_get_currency (self->engine)));
}

static GtkWidget *
create_rule_row (gpointer item, gpointer user_data)
{
  TerraceStreamView *self = user_data;
  TerraceAlertRule *rule = item;
  const char *title = _ (rule->name);
  g_autofree char *text = terrace_ui_format_rule (rule, terrace_engine_get_currency (self->engine));
  g_autofree char *edit_name = g_strdup_printf (_ ("Change %s"), title);
  GtkWidget *row = terrace_stream_view_create_row (title, text);
  GtkWidget *toggle = gtk_switch_new ();
  GtkWidget *edit =
      terrace_stream_view_create_button (edit_name, "document-edit-symbolic", NULL, NULL);

  gtk_widget_set_valign (toggle, GTK_ALIGN_CENTER);
  gtk_switch_set_active (GTK_SWITCH (toggle), rule->enabled);
  gtk_accessible_update_property (GTK_ACCESSIBLE (toggle), GTK_ACCESSIBLE_PROPERTY_LABEL, title,
                                  -1);
  g_object_set_data_full (G_OBJECT (toggle), "rule", g_object_ref (rule), g_object_unref);
  g_object_set_data_full (G_OBJECT (edit), "rule", g_object_ref (rule), g_object_unref);
  g_object_set_data (G_OBJECT (row), "switch", toggle);
  g_signal_connect_object (toggle, "notify::active", G_CALLBACK (enabled_cb), self, 0);
  g_signal_connect_object (edit, "clicked", G_CALLBACK (edit_cb), self, 0);
  g_signal_connect_object (rule, "notify", G_CALLBACK (rule_changed_cb), row, 0);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), toggle);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), edit);
  return row;
}

void
terrace_stream_view_setup_rules (TerraceStreamView *self)
{
  gtk_list_box_bind_model (self->rules_list, terrace_engine_stream_get_rules (self->stream),
                           create_rule_row, self, NULL);
}
