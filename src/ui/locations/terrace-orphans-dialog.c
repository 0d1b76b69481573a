/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Unfinished uploads of one location, few as a rule. They are removed one after another, so that a
 * place is not stormed. Main thread. */

#include "config.h"

#include "ui/locations/terrace-orphans-dialog.h"

#include <glib/gi18n-lib.h>

#include "base/terrace-error.h"
#include "base/terrace-units.h"
#include "engine/terrace-engine-transfer.h"
#include "ui/terrace-format.h"

struct _TerraceOrphansDialog
{
  AdwWindow parent_instance;

  /* inputs */
  TerraceEngine *engine;
  TerraceLocation *location;

  /* in progress */
  GCancellable *cancellable;
  GPtrArray *orphans;  /* (element-type TerraceOrphan) (nullable) */
  GPtrArray *removing; /* (element-type TerraceOrphan) of orphans, not owned */

  GtkStack *stack;
  AdwStatusPage *message_page;
  GtkListBox *list_box;
  GtkLabel *summary_label;
  GtkLabel *problem_label;
};

G_DEFINE_FINAL_TYPE (TerraceOrphansDialog, terrace_orphans_dialog, ADW_TYPE_WINDOW)

static void terrace_orphans_dialog_remove_next (TerraceOrphansDialog *self);

/* --- Showing ------------------------------------------------------------------------------- */

static char *
describe_orphan (TerraceOrphansDialog *self, const TerraceOrphan *orphan)
{
  g_autofree char *when = terrace_ui_format_when (orphan->started_us);
  g_autofree char *size = terrace_ui_format_size (orphan->size_bytes);
  g_autofree char *money =
      terrace_ui_format_nanos (orphan->monthly_nanos, terrace_engine_get_currency (self->engine));

  if (orphan->ours)
    /* Translators: a date follows "begun" */
    return g_strdup_printf (_ ("Begun %s; a migration of Terrace goes on with it"), when);
  if (orphan->size_bytes == 0)
    return g_strdup_printf (_ ("Begun %s; the location does not say how much is there"), when);
  /* Translators: date, size, amount of money */
  return g_strdup_printf (_ ("Begun %s, %s, costs %s a month"), when, size, money);
}

static void
remove_clicked_cb (TerraceOrphansDialog *self, GtkButton *button)
{
  TerraceOrphan *orphan = g_object_get_data (G_OBJECT (button), "orphan");

  gtk_widget_set_sensitive (GTK_WIDGET (button), FALSE);
  g_ptr_array_add (self->removing, orphan);
  if (self->removing->len == 1)
    terrace_orphans_dialog_remove_next (self);
}

static void
terrace_orphans_dialog_add_row (TerraceOrphansDialog *self, TerraceOrphan *orphan)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *button = gtk_button_new_from_icon_name ("edit-delete-symbolic");
  g_autofree char *key = terrace_display_name (orphan->key);
  g_autofree char *escaped = g_markup_escape_text (key, -1);
  g_autofree char *text = describe_orphan (self, orphan);
  g_autofree char *label = NULL;

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), escaped);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), text);
  /* Translators: name of a button; the name of an object follows */
  label = g_strdup_printf (_ ("Remove Upload of %s"), key);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_set_sensitive (button, !orphan->ours);
  gtk_widget_set_tooltip_text (button, _ ("Remove the unfinished upload"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  -1);
  g_object_set_data (G_OBJECT (button), "orphan", orphan);
  g_signal_connect_object (button, "clicked", G_CALLBACK (remove_clicked_cb), self,
                           G_CONNECT_SWAPPED);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
  gtk_list_box_append (self->list_box, row);
}

static void
terrace_orphans_dialog_show (TerraceOrphansDialog *self)
{
  GtkWidget *row;
  gint64 monthly_nanos = 0;
  guint n_removable = 0;
  g_autofree char *money = NULL;
  g_autofree char *text = NULL;

  while ((row = gtk_widget_get_first_child (GTK_WIDGET (self->list_box))) != NULL)
    gtk_list_box_remove (self->list_box, row);
  for (guint i = 0; i < self->orphans->len; i++)
    {
      TerraceOrphan *orphan = g_ptr_array_index (self->orphans, i);

      monthly_nanos += orphan->monthly_nanos;
      n_removable += !orphan->ours;
      terrace_orphans_dialog_add_row (self, orphan);
    }
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "orphans.remove-all", n_removable > 0);
  if (self->orphans->len == 0)
    {
      adw_status_page_set_title (self->message_page, _ ("No Unfinished Uploads"));
      adw_status_page_set_description (self->message_page,
                                       _ ("Nothing here costs money without being an object."));
      gtk_stack_set_visible_child_name (self->stack, "message");
      return;
    }
  money = terrace_ui_format_nanos (monthly_nanos, terrace_engine_get_currency (self->engine));
  text = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u unfinished upload costs %s a month",
                                       "%u unfinished uploads cost %s a month", self->orphans->len),
                          self->orphans->len, money);
  gtk_label_set_text (self->summary_label, text);
  gtk_stack_set_visible_child_name (self->stack, "list");
}

static void
found_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TerraceOrphansDialog) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) problems = NULL;
  g_autoptr (GPtrArray) orphans = NULL;
  const char *why = NULL;

  orphans = terrace_engine_find_orphans_finish (TERRACE_ENGINE (object), result, &problems, &error);
  if (self->engine == NULL || terrace_error_is_cancelled (error))
    return;
  if (orphans == NULL)
    why = error->message;
  else if (problems != NULL && problems->len > 0)
    why = g_ptr_array_index (problems, 0);
  if (why != NULL)
    {
      g_autofree char *escaped = g_markup_escape_text (why, -1);

      adw_status_page_set_title (self->message_page, _ ("Could Not Ask the Location"));
      adw_status_page_set_description (self->message_page, escaped);
      gtk_stack_set_visible_child_name (self->stack, "message");
      return;
    }
  g_clear_pointer (&self->orphans, g_ptr_array_unref);
  self->orphans = g_steal_pointer (&orphans);
  terrace_orphans_dialog_show (self);
}

/* --- Removing ------------------------------------------------------------------------------ */

static void
removed_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TerraceOrphansDialog) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean ok = terrace_engine_remove_orphan_finish (TERRACE_ENGINE (object), result, &error);
  TerraceOrphan *orphan;

  if (self->engine == NULL)
    return;
  orphan = g_ptr_array_steal_index (self->removing, 0);
  if (ok)
    g_ptr_array_remove (self->orphans, orphan);
  else if (!terrace_error_is_cancelled (error))
    {
      gtk_label_set_text (self->problem_label, error->message);
      gtk_widget_set_visible (GTK_WIDGET (self->problem_label), TRUE);
    }
  if (self->removing->len > 0)
    terrace_orphans_dialog_remove_next (self);
  else
    terrace_orphans_dialog_show (self);
}

static void
terrace_orphans_dialog_remove_next (TerraceOrphansDialog *self)
{
  terrace_engine_remove_orphan_async (self->engine, g_ptr_array_index (self->removing, 0),
                                      self->cancellable, removed_cb, g_object_ref (self));
}

static void
remove_all_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TerraceOrphansDialog *self = TERRACE_ORPHANS_DIALOG (widget);
  gboolean idle = self->removing->len == 0;

  for (guint i = 0; i < self->orphans->len; i++)
    {
      TerraceOrphan *orphan = g_ptr_array_index (self->orphans, i);

      if (!orphan->ours && !g_ptr_array_find (self->removing, orphan, NULL))
        g_ptr_array_add (self->removing, orphan);
    }
  gtk_widget_action_set_enabled (widget, "orphans.remove-all", FALSE);
  if (idle && self->removing->len > 0)
    terrace_orphans_dialog_remove_next (self);
}

/* --- Object -------------------------------------------------------------------------------- */

static void
terrace_orphans_dialog_dispose (GObject *object)
{
  TerraceOrphansDialog *self = TERRACE_ORPHANS_DIALOG (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->engine);
  gtk_widget_dispose_template (GTK_WIDGET (self), TERRACE_TYPE_ORPHANS_DIALOG);
  g_clear_object (&self->location);
  G_OBJECT_CLASS (terrace_orphans_dialog_parent_class)->dispose (object);
}

static void
terrace_orphans_dialog_finalize (GObject *object)
{
  TerraceOrphansDialog *self = TERRACE_ORPHANS_DIALOG (object);

  g_clear_object (&self->cancellable);
  g_ptr_array_unref (self->removing);
  g_clear_pointer (&self->orphans, g_ptr_array_unref);
  G_OBJECT_CLASS (terrace_orphans_dialog_parent_class)->finalize (object);
}

static void
terrace_orphans_dialog_class_init (TerraceOrphansDialogClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = terrace_orphans_dialog_dispose;
  object_class->finalize = terrace_orphans_dialog_finalize;

  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/terracedata/Terrace/ui/"
                                                             "terrace-orphans-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, TerraceOrphansDialog, stack);
  gtk_widget_class_bind_template_child (widget_class, TerraceOrphansDialog, message_page);
  gtk_widget_class_bind_template_child (widget_class, TerraceOrphansDialog, list_box);
  gtk_widget_class_bind_template_child (widget_class, TerraceOrphansDialog, summary_label);
  gtk_widget_class_bind_template_child (widget_class, TerraceOrphansDialog, problem_label);
  gtk_widget_class_install_action (widget_class, "orphans.remove-all", NULL, remove_all_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
terrace_orphans_dialog_init (TerraceOrphansDialog *self)
{
  self->cancellable = g_cancellable_new ();
  self->removing = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "orphans.remove-all", FALSE);
}

GtkWindow *
terrace_orphans_dialog_new (GtkWindow *parent, TerraceEngine *engine, TerraceLocation *location)
{
  TerraceOrphansDialog *self;

  g_return_val_if_fail (TERRACE_IS_ENGINE (engine), NULL);
  g_return_val_if_fail (TERRACE_IS_LOCATION (location), NULL);

  self = g_object_new (TERRACE_TYPE_ORPHANS_DIALOG, "transient-for", parent, "title",
                       _ ("Unfinished Uploads"), NULL);
  self->engine = g_object_ref (engine);
  self->location = g_object_ref (location);
  terrace_engine_find_orphans_async (engine, location->id, self->cancellable, found_cb,
                                     g_object_ref (self));
  return GTK_WINDOW (self);
}
