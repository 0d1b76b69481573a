/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A look into a location. Pages are fetched as the list is scrolled, at most MAX_SHOWN objects: who
 * wants more narrows it down, so that a listing of a million keys does not fill the memory.
 * Registering goes on page by page in the engine and can be cancelled. Main thread. */

#include "config.h"

#include "ui/locations/terrace-browse-dialog.h"

#include <glib/gi18n-lib.h>

#include "base/terrace-error.h"
#include "base/terrace-units.h"
#include "engine/terrace-engine-transfer.h"
#include "ui/terrace-format.h"

#define MAX_SHOWN 10000
#define SEARCH_DELAY_MS 300

struct _TerraceBrowseDialog
{
  AdwWindow parent_instance;

  /* inputs */
  TerraceEngine *engine;
  TerraceLocation *location;

  /* in progress */
  GCancellable *listing;
  GCancellable *scanning;
  char *next; /* of the page under way or to come */
  gboolean complete;
  guint search_id;

  GtkStringList *lines;

  GtkEditable *prefix_entry;
  GtkStack *stack;
  AdwStatusPage *message_page;
  GtkListView *list_view;
  GtkLabel *count_label;
  GtkRevealer *progress_revealer;
  GtkProgressBar *progress_bar;
  GtkLabel *progress_label;
};

G_DEFINE_FINAL_TYPE (TerraceBrowseDialog, terrace_browse_dialog, ADW_TYPE_WINDOW)

/* --- Listing ------------------------------------------------------------------------------- */

static void
terrace_browse_dialog_update (TerraceBrowseDialog *self)
{
  guint n_shown = g_list_model_get_n_items (G_LIST_MODEL (self->lines));
  g_autofree char *count = terrace_ui_format_count (n_shown);
  g_autofree char *text = NULL;

  if (!self->complete)
    text = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%s object so far", "%s objects so far",
                                         n_shown),
                            count);
  else
    text =
        g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%s object", "%s objects", n_shown), count);
  gtk_label_set_text (self->count_label, text);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "browse.register", self->scanning == NULL);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "browse.stop", self->scanning != NULL);
}

static void
terrace_browse_dialog_say (TerraceBrowseDialog *self, const char *title, const char *description)
{
  g_autofree char *escaped = g_markup_escape_text (description, -1);

  adw_status_page_set_title (self->message_page, title);
  adw_status_page_set_description (self->message_page, escaped);
  gtk_stack_set_visible_child_name (self->stack, "message");
}

/* "photos/2024/a.jpg", then size and date on a line of their own. */
static char *
format_line (const TerraceObjectInfo *info)
{
  g_autofree char *key = terrace_display_name (info->key);
  g_autofree char *size = terrace_ui_format_size (info->size_bytes);
  g_autofree char *when = terrace_ui_format_when (info->modified_us);

  g_strdelimit (key, "\n", ' ');
  return g_strdup_printf ("%s\n%s, %s", key, size, when);
}

static void
page_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TerraceBrowseDialog) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (TerraceListing) listing = NULL;

  listing = terrace_engine_browse_finish (TERRACE_ENGINE (object), result, &error);
  if (listing == NULL)
    {
      if (terrace_error_is_cancelled (error) || self->engine == NULL)
        return;
      g_clear_object (&self->listing);
      terrace_browse_dialog_say (self, _ ("Could Not Look Into the Location"), error->message);
      return;
    }
  if (self->engine == NULL)
    return;

  g_clear_object (&self->listing);
  for (guint i = 0; i < listing->objects->len; i++)
    {
      g_autofree char *line = format_line (g_ptr_array_index (listing->objects, i));

      gtk_string_list_append (self->lines, line);
    }
  g_free (self->next);
  self->next = g_steal_pointer (&listing->next);
  self->complete = self->next == NULL;
  if (self->complete && g_list_model_get_n_items (G_LIST_MODEL (self->lines)) == 0)
    terrace_browse_dialog_say (self, _ ("Nothing There"), _ ("No object’s name begins like this."));
  else
    gtk_stack_set_visible_child_name (self->stack, "list");
  terrace_browse_dialog_update (self);
}

static void
terrace_browse_dialog_load (TerraceBrowseDialog *self)
{
  if (self->complete || self->listing != NULL ||
      g_list_model_get_n_items (G_LIST_MODEL (self->lines)) >= MAX_SHOWN)
    return;
  self->listing = g_cancellable_new ();
  terrace_engine_browse_async (self->engine, self->location->id,
                               gtk_editable_get_text (self->prefix_entry), self->next,
                               self->listing, page_cb, g_object_ref (self));
}

static void
terrace_browse_dialog_begin (TerraceBrowseDialog *self)
{
  guint n_shown = g_list_model_get_n_items (G_LIST_MODEL (self->lines));

  g_cancellable_cancel (self->listing);
  g_clear_object (&self->listing);
  g_clear_pointer (&self->next, g_free);
  self->complete = FALSE;
  gtk_string_list_splice (self->lines, 0, n_shown, NULL);
  gtk_stack_set_visible_child_name (self->stack, "loading");
  terrace_browse_dialog_update (self);
  terrace_browse_dialog_load (self);
}

static gboolean
search_cb (gpointer user_data)
{
  TerraceBrowseDialog *self = user_data;

  self->search_id = 0;
  terrace_browse_dialog_begin (self);
  return G_SOURCE_REMOVE;
}

static void
prefix_changed_cb (TerraceBrowseDialog *self)
{
  if (self->engine == NULL)
    return;
  g_clear_handle_id (&self->search_id, g_source_remove);
  self->search_id = g_timeout_add (SEARCH_DELAY_MS, search_cb, self);
}

static void
edge_reached_cb (TerraceBrowseDialog *self, GtkPositionType edge)
{
  if (edge == GTK_POS_BOTTOM)
    terrace_browse_dialog_load (self);
}

/* --- Registering --------------------------------------------------------------------------- */

static void
progress_cb (guint64 done, guint64 total, const char *current, gpointer user_data)
{
  TerraceBrowseDialog *self = user_data;
  g_autofree char *count = terrace_ui_format_count (done);
  g_autofree char *text = NULL;

  if (self->progress_label == NULL)
    return;
  if (current != NULL)
    /* Translators: a number of objects, then the name of the one that is looked at */
    text = g_strdup_printf (_ ("%s registered: %s"), count, current);
  else
    text = g_strdup_printf (_ ("%s registered"), count);
  gtk_label_set_text (self->progress_label, text);
  if (total > 0)
    gtk_progress_bar_set_fraction (self->progress_bar, MIN ((double) done / (double) total, 1.0));
  else
    gtk_progress_bar_pulse (self->progress_bar);
}

static void
scanned_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TerraceBrowseDialog) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (TerraceRegisterReport) report = NULL;
  g_autofree char *added = NULL;
  g_autofree char *known = NULL;
  g_autofree char *text = NULL;

  report = terrace_engine_scan_finish (TERRACE_ENGINE (object), result, &error);
  g_clear_object (&self->scanning);
  if (self->engine == NULL)
    return;
  terrace_browse_dialog_update (self);
  gtk_progress_bar_set_fraction (self->progress_bar, report != NULL ? 1 : 0);
  if (report == NULL)
    {
      gtk_label_set_text (self->progress_label,
                          terrace_error_is_cancelled (error) ?
                              _ ("Stopped; what was registered stays registered") :
                              error->message);
      return;
    }
  added = terrace_ui_format_count (report->added);
  known = terrace_ui_format_count (report->updated + report->unchanged);
  /* Translators: two numbers of objects */
  text = g_strdup_printf (_ ("%s registered, %s known already"), added, known);
  gtk_label_set_text (self->progress_label, text);
}

static void
register_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TerraceBrowseDialog *self = TERRACE_BROWSE_DIALOG (widget);

  self->scanning = g_cancellable_new ();
  gtk_label_set_text (self->progress_label, _ ("Looking for objects…"));
  gtk_progress_bar_set_fraction (self->progress_bar, 0);
  gtk_revealer_set_reveal_child (self->progress_revealer, TRUE);
  terrace_browse_dialog_update (self);
  terrace_engine_scan_async (self->engine, self->location->id,
                             gtk_editable_get_text (self->prefix_entry), progress_cb, self,
                             self->scanning, scanned_cb, g_object_ref (self));
}

static void
stop_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  g_cancellable_cancel (TERRACE_BROWSE_DIALOG (widget)->scanning);
}

/* --- Object -------------------------------------------------------------------------------- */

static void
setup_cb (TerraceBrowseDialog *self, GtkListItem *list_item)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_MIDDLE);
  gtk_widget_set_margin_start (label, 12);
  gtk_widget_set_margin_end (label, 12);
  gtk_widget_set_margin_top (label, 3);
  gtk_widget_set_margin_bottom (label, 3);
  gtk_list_item_set_child (list_item, label);
  gtk_list_item_set_activatable (list_item, FALSE);
}

static void
bind_cb (TerraceBrowseDialog *self, GtkListItem *list_item)
{
  GtkStringObject *line = gtk_list_item_get_item (list_item);

  gtk_label_set_text (GTK_LABEL (gtk_list_item_get_child (list_item)),
                      gtk_string_object_get_string (line));
}

static void
terrace_browse_dialog_dispose (GObject *object)
{
  TerraceBrowseDialog *self = TERRACE_BROWSE_DIALOG (object);

  g_clear_handle_id (&self->search_id, g_source_remove);
  g_cancellable_cancel (self->listing);
  g_clear_object (&self->listing);
  g_cancellable_cancel (self->scanning);
  g_clear_object (&self->engine);
  gtk_widget_dispose_template (GTK_WIDGET (self), TERRACE_TYPE_BROWSE_DIALOG);
  g_clear_object (&self->lines);
  g_clear_object (&self->location);
  G_OBJECT_CLASS (terrace_browse_dialog_parent_class)->dispose (object);
}

static void
terrace_browse_dialog_finalize (GObject *object)
{
  TerraceBrowseDialog *self = TERRACE_BROWSE_DIALOG (object);

  g_clear_object (&self->scanning);
  g_free (self->next);
  G_OBJECT_CLASS (terrace_browse_dialog_parent_class)->finalize (object);
}

static void
terrace_browse_dialog_class_init (TerraceBrowseDialogClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = terrace_browse_dialog_dispose;
  object_class->finalize = terrace_browse_dialog_finalize;

  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/terracedata/Terrace/ui/"
                                                             "terrace-browse-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, TerraceBrowseDialog, prefix_entry);
  gtk_widget_class_bind_template_child (widget_class, TerraceBrowseDialog, stack);
  gtk_widget_class_bind_template_child (widget_class, TerraceBrowseDialog, message_page);
  gtk_widget_class_bind_template_child (widget_class, TerraceBrowseDialog, list_view);
  gtk_widget_class_bind_template_child (widget_class, TerraceBrowseDialog, count_label);
  gtk_widget_class_bind_template_child (widget_class, TerraceBrowseDialog, progress_revealer);
  gtk_widget_class_bind_template_child (widget_class, TerraceBrowseDialog, progress_bar);
  gtk_widget_class_bind_template_child (widget_class, TerraceBrowseDialog, progress_label);
  gtk_widget_class_bind_template_callback (widget_class, prefix_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, edge_reached_cb);
  gtk_widget_class_install_action (widget_class, "browse.register", NULL, register_action);
  gtk_widget_class_install_action (widget_class, "browse.stop", NULL, stop_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
terrace_browse_dialog_init (TerraceBrowseDialog *self)
{
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();
  g_autoptr (GtkNoSelection) selection = NULL;

  gtk_widget_init_template (GTK_WIDGET (self));
  self->lines = gtk_string_list_new (NULL);
  g_signal_connect_object (factory, "setup", G_CALLBACK (setup_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (factory, "bind", G_CALLBACK (bind_cb), self, G_CONNECT_SWAPPED);
  gtk_list_view_set_factory (self->list_view, factory);
  selection = gtk_no_selection_new (g_object_ref (G_LIST_MODEL (self->lines)));
  gtk_list_view_set_model (self->list_view, GTK_SELECTION_MODEL (selection));
}

GtkWindow *
terrace_browse_dialog_new (GtkWindow *parent, TerraceEngine *engine, TerraceLocation *location)
{
  TerraceBrowseDialog *self;

  g_return_val_if_fail (TERRACE_IS_ENGINE (engine), NULL);
  g_return_val_if_fail (TERRACE_IS_LOCATION (location), NULL);

  self = g_object_new (TERRACE_TYPE_BROWSE_DIALOG, "transient-for", parent, "title", location->name,
                       NULL);
  self->engine = g_object_ref (engine);
  self->location = g_object_ref (location);
  terrace_browse_dialog_begin (self);
  return GTK_WINDOW (self);
}
