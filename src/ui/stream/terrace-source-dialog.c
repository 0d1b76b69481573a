/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The dialog of a source. Shows the rows that its kind needs; what is wrong is said here, with the
 * entries still there to be corrected. Main thread. */

#include "config.h"

#include "ui/stream/terrace-source-dialog.h"

#include <glib/gi18n-lib.h>

#include "base/terrace-error.h"
#include "base/terrace-limits.h"
#include "ui/stream/terrace-stream-format.h"
#include "ui/terrace-chooser.h"

struct _TerraceSourceDialog
{
  AdwWindow parent_instance;

  TerraceEngineStream *stream;
  TerraceSourceSettings *settings; /* as they were */
  gboolean known;
  gboolean starting;

  GtkEditable *name_row;
  GtkEditable *address_row;
  GtkEditable *port_row;
  GtkEditable *topic_row;
  GtkEditable *group_row;
  GtkEditable *user_row;
  GtkEditable *password_row;
  GtkEditable *ca_row;
  GtkWidget *folder_row;
  GtkWidget *tls_row;
  GtkSwitch *tls_switch;
  AdwComboRow *qos_row;
  AdwComboRow *version_row;
  GtkWidget *rate_row;
  GtkSpinButton *rate_spin;
  GtkWidget *seed_row;
  GtkSpinButton *seed_spin;
  GtkWidget *login_group;
  GtkLabel *problem_label;
  GtkWidget *start_button;
};

G_DEFINE_FINAL_TYPE (TerraceSourceDialog, terrace_source_dialog, ADW_TYPE_WINDOW)

/* (transfer full) (nullable) */
static char *
get_text (GtkEditable *row)
{
  g_autofree char *text = g_strstrip (g_strdup (gtk_editable_get_text (row)));

  return *text != '\0' ? g_steal_pointer (&text) : NULL;
}

static void
set_text (GtkEditable *row, const char *text)
{
  gtk_editable_set_text (row, text != NULL ? text : "");
}

/* --- From the rows and to them ------------------------------------------------------------- */

static void
take_text (char **field, char *text)
{
  g_free (*field);
  *field = text;
}

static void
read_broker (TerraceSourceDialog *self, TerraceSourceSettings *settings)
{
  g_autofree char *host = get_text (self->address_row);
  g_autofree char *port = get_text (self->port_row);
  g_autofree char *password = get_text (self->password_row);

  if (settings->kind == TERRACE_SOURCE_MQTT && host != NULL && port != NULL)
    take_text (&settings->address, g_strdup_printf ("%s:%s", host, port));
  else
    take_text (&settings->address, g_steal_pointer (&host));
  take_text (&settings->topic, get_text (self->topic_row));
  take_text (&settings->client_id, get_text (self->group_row));
  take_text (&settings->user, get_text (self->user_row));
  take_text (&settings->password, g_steal_pointer (&password));
  take_text (&settings->ca_file, get_text (self->ca_row));
  settings->tls = gtk_switch_get_active (self->tls_switch);
  settings->qos = adw_combo_row_get_selected (self->qos_row);
  settings->mqtt_version = adw_combo_row_get_selected (self->version_row) == 0 ? 5 : 3;
}

/* (transfer full) */
static TerraceSourceSettings *
terrace_source_dialog_read (TerraceSourceDialog *self)
{
  TerraceSourceSettings *settings = terrace_source_settings_copy (self->settings);
  char *name = get_text (self->name_row);

  take_text (&settings->name, name != NULL ? name : g_strdup (""));
  switch (settings->kind)
    {
    case TERRACE_SOURCE_MQTT:
    case TERRACE_SOURCE_KAFKA:
      read_broker (self, settings);
      break;
    case TERRACE_SOURCE_SIMULATOR:
      settings->rate = gtk_spin_button_get_value (self->rate_spin);
      settings->seed = (guint64) gtk_spin_button_get_value (self->seed_spin);
      break;
    case TERRACE_SOURCE_FOLDER:
    case TERRACE_SOURCE_PUSH:
    default:
      break;
    }
  return settings;
}

/* "host:port" into its parts; an IPv6 address has its colons in brackets. */
static void
show_address (TerraceSourceDialog *self)
{
  const char *address = self->settings->address;
  const char *colon = address != NULL ? strrchr (address, ':') : NULL;

  if (self->settings->kind == TERRACE_SOURCE_MQTT && colon != NULL && strchr (colon, ']') == NULL)
    {
      g_autofree char *host = g_strndup (address, (gsize) (colon - address));

      set_text (self->address_row, host);
      set_text (self->port_row, colon + 1);
    }
  else
    set_text (self->address_row, address);
}

static void
terrace_source_dialog_show_folder (TerraceSourceDialog *self)
{
  const char *path = self->settings->address;
  g_autofree char *shown = g_filename_display_name (path != NULL ? path : "");

  adw_action_row_set_subtitle (ADW_ACTION_ROW (self->folder_row),
                               path != NULL ? shown : _ ("None chosen"));
}

static void
terrace_source_dialog_show (TerraceSourceDialog *self)
{
  TerraceSourceKind kind = self->settings->kind;
  gboolean mqtt = kind == TERRACE_SOURCE_MQTT;
  gboolean broker = mqtt || kind == TERRACE_SOURCE_KAFKA;

  set_text (self->name_row, self->settings->name);
  gtk_editable_set_editable (self->name_row, !self->known);
  show_address (self);
  set_text (self->topic_row, self->settings->topic);
  set_text (self->group_row, self->settings->client_id);
  set_text (self->user_row, self->settings->user);
  set_text (self->ca_row, self->settings->ca_file);
  gtk_switch_set_active (self->tls_switch, self->settings->tls);
  adw_combo_row_set_selected (self->qos_row, MIN (self->settings->qos, 2));
  adw_combo_row_set_selected (self->version_row, self->settings->mqtt_version == 3 ? 1 : 0);
  gtk_spin_button_set_value (self->rate_spin, self->settings->rate);
  gtk_spin_button_set_value (self->seed_spin, (double) self->settings->seed);
  terrace_source_dialog_show_folder (self);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->address_row),
                                 mqtt ? _ ("Host") : _ ("Brokers, as k1:9092,k2:9092"));
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->topic_row),
                                 mqtt ? _ ("Topics, as data/{location}/{key}") : _ ("Topics"));
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->group_row),
                                 mqtt ? _ ("Client Name, If It Matters") : _ ("Consumer Group"));
  gtk_widget_set_visible (GTK_WIDGET (self->address_row), broker);
  gtk_widget_set_visible (GTK_WIDGET (self->port_row), mqtt);
  gtk_widget_set_visible (GTK_WIDGET (self->topic_row), broker);
  gtk_widget_set_visible (GTK_WIDGET (self->group_row), broker);
  gtk_widget_set_visible (GTK_WIDGET (self->qos_row), mqtt);
  gtk_widget_set_visible (GTK_WIDGET (self->version_row), mqtt);
  gtk_widget_set_visible (self->login_group, broker);
  gtk_widget_set_visible (self->folder_row, kind == TERRACE_SOURCE_FOLDER);
  gtk_widget_set_visible (self->rate_row, kind == TERRACE_SOURCE_SIMULATOR);
  gtk_widget_set_visible (self->seed_row, kind == TERRACE_SOURCE_SIMULATOR);
}

/* --- Actions ------------------------------------------------------------------------------- */

static void
changed_cb (TerraceSourceDialog *self)
{
  g_autoptr (TerraceSourceSettings) settings = NULL;

  if (self->settings == NULL)
    return;
  settings = terrace_source_dialog_read (self);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "source.start",
                                 !self->starting &&
                                     terrace_source_settings_validate (settings, NULL));
}

static void
chosen_cb (GtkWidget *widget, GPtrArray *files)
{
  TerraceSourceDialog *self = TERRACE_SOURCE_DIALOG (widget);

  take_text (&self->settings->address, g_file_get_path (g_ptr_array_index (files, 0)));
  terrace_source_dialog_show_folder (self);
  changed_cb (self);
}

static void
choose_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  terrace_ui_choose (widget, TERRACE_CHOOSE_FOLDER, _ ("Choose a Folder"), _ ("_Choose"), NULL,
                     chosen_cb);
}

static void
started_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TerraceSourceDialog) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean ok = terrace_engine_stream_start_finish (TERRACE_ENGINE_STREAM (object), result, &error);

  /* It was closed meanwhile. */
  if (self->stream == NULL)
    return;
  self->starting = FALSE;
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
start_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TerraceSourceDialog *self = TERRACE_SOURCE_DIALOG (widget);
  g_autoptr (TerraceSourceSettings) settings = terrace_source_dialog_read (self);

  gtk_widget_set_visible (GTK_WIDGET (self->problem_label), FALSE);
  if (!self->known && terrace_engine_stream_find_source (self->stream, settings->name) != NULL)
    {
      gtk_label_set_text (self->problem_label, _ ("There is a source of this name already"));
      gtk_widget_set_visible (GTK_WIDGET (self->problem_label), TRUE);
      return;
    }
  self->starting = TRUE;
  changed_cb (self);
  terrace_engine_stream_start_async (self->stream, settings, NULL, started_cb, g_object_ref (self));
}

/* --- Object -------------------------------------------------------------------------------- */

static void
terrace_source_dialog_dispose (GObject *object)
{
  TerraceSourceDialog *self = TERRACE_SOURCE_DIALOG (object);

  g_clear_pointer (&self->settings, terrace_source_settings_free);
  gtk_widget_dispose_template (GTK_WIDGET (self), TERRACE_TYPE_SOURCE_DIALOG);
  g_clear_object (&self->stream);
  G_OBJECT_CLASS (terrace_source_dialog_parent_class)->dispose (object);
}

static void
terrace_source_dialog_bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/terracedata/Terrace/ui/"
                                                             "terrace-source-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, TerraceSourceDialog, name_row);
  gtk_widget_class_bind_template_child (widget_class, TerraceSourceDialog, address_row);
  gtk_widget_class_bind_template_child (widget_class, TerraceSourceDialog, port_row);
  gtk_widget_class_bind_template_child (widget_class, TerraceSourceDialog, topic_row);
  gtk_widget_class_bind_template_child (widget_class, TerraceSourceDialog, group_row);
  gtk_widget_class_bind_template_child (widget_class, TerraceSourceDialog, user_row);
  gtk_widget_class_bind_template_child (widget_class, TerraceSourceDialog, password_row);
  gtk_widget_class_bind_template_child (widget_class, TerraceSourceDialog, ca_row);
  gtk_widget_class_bind_template_child (widget_class, TerraceSourceDialog, folder_row);
  gtk_widget_class_bind_template_child (widget_class, TerraceSourceDialog, tls_row);
  gtk_widget_class_bind_template_child (widget_class, TerraceSourceDialog, tls_switch);
  gtk_widget_class_bind_template_child (widget_class, TerraceSourceDialog, qos_row);
  gtk_widget_class_bind_template_child (widget_class, TerraceSourceDialog, version_row);
  gtk_widget_class_bind_template_child (widget_class, TerraceSourceDialog, rate_row);
  gtk_widget_class_bind_template_child (widget_class, TerraceSourceDialog, rate_spin);
  gtk_widget_class_bind_template_child (widget_class, TerraceSourceDialog, seed_row);
  gtk_widget_class_bind_template_child (widget_class, TerraceSourceDialog, seed_spin);
  gtk_widget_class_bind_template_child (widget_class, TerraceSourceDialog, login_group);
  gtk_widget_class_bind_template_child (widget_class, TerraceSourceDialog, problem_label);
  gtk_widget_class_bind_template_child (widget_class, TerraceSourceDialog, start_button);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
}

static void
terrace_source_dialog_class_init (TerraceSourceDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = terrace_source_dialog_dispose;
  terrace_source_dialog_bind_template (widget_class);
  gtk_widget_class_install_action (widget_class, "source.choose", NULL, choose_action);
  gtk_widget_class_install_action (widget_class, "source.start", NULL, start_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
terrace_source_dialog_init (TerraceSourceDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_spin_button_set_range (self->rate_spin, 1, TERRACE_LIMIT_SIMULATOR_RATE);
  gtk_spin_button_set_increments (self->rate_spin, 100, 10000);
  gtk_spin_button_set_range (self->seed_spin, 0, G_MAXINT32);
  gtk_spin_button_set_increments (self->seed_spin, 1, 100);
  gtk_window_set_default_widget (GTK_WINDOW (self), self->start_button);
}

GtkWindow *
terrace_source_dialog_new (GtkWindow *parent,
                           TerraceEngineStream *stream,
                           const TerraceSourceSettings *settings,
                           gboolean known)
{
  TerraceSourceDialog *self;
  const char *kind;
  g_autofree char *title = NULL;

  g_return_val_if_fail (TERRACE_IS_ENGINE_STREAM (stream), NULL);
  g_return_val_if_fail (settings != NULL, NULL);

  kind = terrace_ui_source_kind_label (settings->kind);
  /* Translators: title of a window; the kind of a source, or its name, follows */
  title = known ? g_strdup_printf (_ ("Change %s"), settings->name) :
                  g_strdup_printf (_ ("Add Source: %s"), kind);
  self = g_object_new (TERRACE_TYPE_SOURCE_DIALOG, "transient-for", parent, "title", title, NULL);
  self->stream = g_object_ref (stream);
  self->settings = terrace_source_settings_copy (settings);
  self->known = known;
  terrace_source_dialog_show (self);
  changed_cb (self);
  return GTK_WINDOW (self);
}
