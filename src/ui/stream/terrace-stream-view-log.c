/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The live log: columns, filters, and whether it follows the end. It yields as soon as a person
 * scrolls up or chooses a row, and follows again from the end. Main thread. */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "base/terrace-units.h"
#include "ui/stream/terrace-stream-format.h"
#include "ui/stream/terrace-stream-view-private.h"
#include "ui/terrace-format.h"
#include "ui/terrace-item-columns.h"

/* At most ten times a second, however often rows come. */
#define FOLLOW_MS 100

/* --- Columns ------------------------------------------------------------------------------- */

typedef struct
{
  const char *title;
  int width; /* 0 takes what is left */
  gboolean numeric;
  char *(*format) (TerraceStreamView *self, const TerraceStreamRow *row);
} Column;

static char *
format_time (TerraceStreamView *self, const TerraceStreamRow *row)
{
  return terrace_ui_format_clock (row->time_us);
}

static char *
format_kind (TerraceStreamView *self, const TerraceStreamRow *row)
{
  return g_strdup (terrace_ui_stream_kind_label (row->kind));
}

static char *
format_source (TerraceStreamView *self, const TerraceStreamRow *row)
{
  return g_strdup (row->source != NULL ? row->source : "");
}

static char *
format_bytes (TerraceStreamView *self, const TerraceStreamRow *row)
{
  return row->bytes > 0 ? terrace_ui_format_size (row->bytes) : g_strdup ("");
}

static char *
format_latency (TerraceStreamView *self, const TerraceStreamRow *row)
{
  if (row->latency_us == 0)
    return g_strdup ("");
  return row->latency_us < 1000 ? g_strdup_printf ("%u µs", (guint) row->latency_us) :
                                  terrace_format_latency (row->latency_us / 1000);
}

static char *
format_message (TerraceStreamView *self, const TerraceStreamRow *row)
{
  if (row->message != NULL)
    return g_strdup (row->message);
  return g_strdup (
      row->severity > TERRACE_SEVERITY_INFO ? terrace_ui_severity_label (row->severity) : "");
}

static const Column columns[] = {
  { N_ ("Time"), 112, TRUE, format_time },
  { N_ ("Event"), 84, FALSE, format_kind },
  { N_ ("Object"), 0, FALSE, terrace_stream_view_name_row },
  { N_ ("Size"), 92, TRUE, format_bytes },
  { N_ ("Latency"), 84, TRUE, format_latency },
  { N_ ("Source"), 110, FALSE, format_source },
  { N_ ("Message"), 190, FALSE, format_message },
};

static const Column *
get_column (GtkSignalListItemFactory *factory)
{
  return g_object_get_data (G_OBJECT (factory), "column");
}

static void
setup_cb (GtkSignalListItemFactory *factory, GtkListItem *list_item, TerraceStreamView *self)
{
  const Column *column = get_column (factory);
  GtkWidget *cell = gtk_inscription_new (NULL);

  gtk_inscription_set_text_overflow (GTK_INSCRIPTION (cell),
                                     GTK_INSCRIPTION_OVERFLOW_ELLIPSIZE_END);
  gtk_inscription_set_xalign (GTK_INSCRIPTION (cell), column->numeric ? 1.0f : 0.0f);
  gtk_inscription_set_min_lines (GTK_INSCRIPTION (cell), 1);
  gtk_inscription_set_nat_lines (GTK_INSCRIPTION (cell), 1);
  gtk_inscription_set_min_chars (GTK_INSCRIPTION (cell), column->width == 0 ? 14 : 3);
  if (column->numeric)
    gtk_widget_add_css_class (cell, "numeric");
  gtk_list_item_set_child (list_item, cell);
}

static void
bind_cb (GtkSignalListItemFactory *factory, GtkListItem *list_item, TerraceStreamView *self)
{
  const Column *column = get_column (factory);
  GtkWidget *cell = gtk_list_item_get_child (list_item);
  TerraceStreamRow *row = gtk_list_item_get_item (list_item);
  g_autofree char *text = column->format (self, row);

  gtk_inscription_set_text (GTK_INSCRIPTION (cell), text);
  if (column->format == terrace_stream_view_name_row)
    g_hash_table_insert (self->object_cells, cell, list_item);
  if (column->format == format_kind && row->severity == TERRACE_SEVERITY_ERROR)
    gtk_widget_add_css_class (cell, "error");
  else if (column->format == format_kind)
    gtk_widget_remove_css_class (cell, "error");
}

static void
unbind_cb (GtkSignalListItemFactory *factory, GtkListItem *list_item, TerraceStreamView *self)
{
  g_hash_table_remove (self->object_cells, gtk_list_item_get_child (list_item));
}

static void
terrace_stream_view_build_columns (TerraceStreamView *self)
{
  double scale = terrace_ui_get_text_scale (GTK_WIDGET (self));

  for (guint i = 0; i < G_N_ELEMENTS (columns); i++)
    {
      GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
      g_autoptr (GtkColumnViewColumn) column = NULL;

      g_object_set_data (G_OBJECT (factory), "column", (gpointer) &columns[i]);
      g_signal_connect_object (factory, "setup", G_CALLBACK (setup_cb), self, 0);
      g_signal_connect_object (factory, "bind", G_CALLBACK (bind_cb), self, 0);
      g_signal_connect_object (factory, "unbind", G_CALLBACK (unbind_cb), self, 0);
      column = gtk_column_view_column_new (_ (columns[i].title), factory);
      gtk_column_view_column_set_resizable (column, TRUE);
      gtk_column_view_column_set_expand (column, columns[i].width == 0);
      if (columns[i].width > 0)
        gtk_column_view_column_set_fixed_width (column, (int) (columns[i].width * scale));
      gtk_column_view_append_column (self->log_view, column);
    }
}

/* --- Filters ------------------------------------------------------------------------------- */

static const char *
get_log_source (TerraceStreamView *self)
{
  guint selected = gtk_drop_down_get_selected (self->log_source_filter);
  GtkStringList *names = GTK_STRING_LIST (gtk_drop_down_get_model (self->log_source_filter));

  if (selected == 0 || selected == GTK_INVALID_LIST_POSITION || names == NULL)
    return NULL;
  return gtk_string_list_get_string (names, selected);
}

static gboolean
match_row (gpointer item, gpointer user_data)
{
  TerraceStreamView *self = user_data;
  TerraceStreamRow *row = item;
  guint kind = gtk_drop_down_get_selected (self->kind_filter);
  guint severity = gtk_drop_down_get_selected (self->severity_filter);
  const char *source = get_log_source (self);
  g_autofree char *name = NULL;
  g_autofree char *folded = NULL;

  if ((kind > 0 && kind != GTK_INVALID_LIST_POSITION && (guint) row->kind != kind - 1) ||
      (guint) row->severity < severity || (source != NULL && g_strcmp0 (source, row->source) != 0))
    return FALSE;
  if (self->needle == NULL || *self->needle == '\0')
    return TRUE;
  name = terrace_stream_view_name_row (self, row);
  folded = g_utf8_casefold (name, -1);
  return strstr (folded, self->needle) != NULL;
}

static void
filter_changed_cb (TerraceStreamView *self)
{
  if (self->filter == NULL)
    return;
  g_free (self->needle);
  self->needle = g_utf8_casefold (gtk_editable_get_text (self->object_filter), -1);
  gtk_filter_changed (GTK_FILTER (self->filter), GTK_FILTER_CHANGE_DIFFERENT);
}

/* --- Following ----------------------------------------------------------------------------- */

static void
terrace_stream_view_set_follows (TerraceStreamView *self, gboolean follows)
{
  self->follows = follows;
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "stream.follow", !follows);
}

static gboolean
follow_cb (gpointer user_data)
{
  TerraceStreamView *self = user_data;
  guint n_items = g_list_model_get_n_items (G_LIST_MODEL (self->selection));
  GtkWidget *list = gtk_widget_get_last_child (GTK_WIDGET (self->log_view));

  self->follow_id = 0;
  /* GTK 4.8 has no call for it, but the list's own action. */
  if (self->follows && n_items > 0 && gtk_widget_get_mapped (list))
    gtk_widget_activate_action (list, "list.scroll-to-item", "u", n_items - 1);
  return G_SOURCE_REMOVE;
}

static void
terrace_stream_view_follow (TerraceStreamView *self)
{
  if (self->follows && self->follow_id == 0)
    self->follow_id = g_timeout_add (FOLLOW_MS, follow_cb, self);
}

/* Rows that come and go change the value too; a person changes nothing but the value, and while no
 * rows are waiting to be followed. */
static void
value_changed_cb (TerraceStreamView *self, GtkAdjustment *adjustment)
{
  double value = gtk_adjustment_get_value (adjustment);
  double upper = gtk_adjustment_get_upper (adjustment);
  gboolean same = self->follow_id == 0 && ABS (upper - self->last_upper) < 0.5;

  if (same && value < self->last_value - 0.5)
    terrace_stream_view_set_follows (self, FALSE);
  else if (same && value + gtk_adjustment_get_page_size (adjustment) >= upper - 1)
    terrace_stream_view_set_follows (self, TRUE);
  self->last_value = value;
  self->last_upper = upper;
}

static gboolean
scroll_cb (TerraceStreamView *self, double dx, double dy)
{
  if (dy < 0)
    terrace_stream_view_set_follows (self, FALSE);
  return GDK_EVENT_PROPAGATE;
}

static void
selection_cb (TerraceStreamView *self)
{
  gboolean chosen = gtk_single_selection_get_selected_item (self->selection) != NULL;

  if (chosen)
    terrace_stream_view_set_follows (self, FALSE);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "stream.show-object", chosen);
}

static void
follow_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TerraceStreamView *self = TERRACE_STREAM_VIEW (widget);

  gtk_single_selection_set_selected (self->selection, GTK_INVALID_LIST_POSITION);
  terrace_stream_view_set_follows (self, TRUE);
  terrace_stream_view_follow (self);
}

static void
pause_toggled_cb (TerraceStreamView *self)
{
  if (self->stream != NULL)
    terrace_stream_log_set_paused (terrace_engine_stream_get_log (self->stream),
                                   gtk_toggle_button_get_active (self->pause_button));
}

/* --- The object ---------------------------------------------------------------------------- */

static void
terrace_stream_view_show_row_object (TerraceStreamView *self, TerraceStreamRow *row)
{
  g_autofree char *name = NULL;
  g_autofree char *search = NULL;
  const char *base;

  if (row == NULL || (row->key == NULL && row->item_id == 0))
    return;
  name = row->key != NULL ? g_strdup (row->key) : terrace_stream_view_name_row (self, row);
  base = strrchr (name, '/');
  base = base != NULL && base[1] != '\0' ? base + 1 : name;
  search = g_strdup_printf ("\"%s\"", base);
  gtk_widget_activate_action (GTK_WIDGET (self), "win.show-objects", "s", search);
}

static void
show_object_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TerraceStreamView *self = TERRACE_STREAM_VIEW (widget);

  terrace_stream_view_show_row_object (self,
                                       gtk_single_selection_get_selected_item (self->selection));
}

static void
row_activated_cb (TerraceStreamView *self, guint position)
{
  g_autoptr (TerraceStreamRow) row =
      g_list_model_get_item (G_LIST_MODEL (self->selection), position);

  terrace_stream_view_show_row_object (self, row);
}

/* --- Setting up ---------------------------------------------------------------------------- */

static void
terrace_stream_view_fill_kinds (TerraceStreamView *self)
{
  g_autoptr (GtkStringList) kinds = gtk_string_list_new (NULL);

  gtk_string_list_append (kinds, _ ("All Events"));
  for (int kind = 0; kind < TERRACE_N_STREAM_KINDS; kind++)
    gtk_string_list_append (kinds, terrace_ui_stream_kind_label ((TerraceStreamKind) kind));
  gtk_drop_down_set_model (self->kind_filter, G_LIST_MODEL (kinds));
}

void
terrace_stream_view_setup_log (TerraceStreamView *self)
{
  GListModel *log = G_LIST_MODEL (terrace_engine_stream_get_log (self->stream));
  GtkAdjustment *adjustment = gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (self->log_view));
  GtkEventController *scroll =
      gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_VERTICAL);
  GtkFilterListModel *shown;

  terrace_stream_view_fill_kinds (self);
  self->filter = gtk_custom_filter_new (match_row, self, NULL);
  shown = gtk_filter_list_model_new (g_object_ref (log), g_object_ref (GTK_FILTER (self->filter)));
  self->selection = gtk_single_selection_new (G_LIST_MODEL (shown));
  gtk_single_selection_set_autoselect (self->selection, FALSE);
  gtk_single_selection_set_can_unselect (self->selection, TRUE);
  gtk_single_selection_set_selected (self->selection, GTK_INVALID_LIST_POSITION);
  g_signal_connect_object (self->selection, "notify::selected-item", G_CALLBACK (selection_cb),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->selection, "items-changed",
                           G_CALLBACK (terrace_stream_view_follow), self, G_CONNECT_SWAPPED);
  terrace_stream_view_build_columns (self);
  gtk_column_view_set_model (self->log_view, GTK_SELECTION_MODEL (self->selection));
  selection_cb (self);
  terrace_stream_view_set_follows (self, TRUE);

  gtk_event_controller_set_propagation_phase (scroll, GTK_PHASE_CAPTURE);
  g_signal_connect_object (scroll, "scroll", G_CALLBACK (scroll_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self->log_view), scroll);
  g_signal_connect_object (adjustment, "value-changed", G_CALLBACK (value_changed_cb), self,
                           G_CONNECT_SWAPPED);
}

void
terrace_stream_view_stop_log (TerraceStreamView *self)
{
  if (self->selection == NULL)
    return;
  /* Another window gets a log that runs. */
  terrace_stream_log_set_paused (terrace_engine_stream_get_log (self->stream), FALSE);
  gtk_column_view_set_model (self->log_view, NULL);
  g_clear_handle_id (&self->follow_id, g_source_remove);
  g_clear_object (&self->selection);
  g_clear_object (&self->filter);
  g_clear_pointer (&self->object_cells, g_hash_table_unref);
}

void
terrace_stream_view_bind_log (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, TerraceStreamView, kind_filter);
  gtk_widget_class_bind_template_child (widget_class, TerraceStreamView, severity_filter);
  gtk_widget_class_bind_template_child (widget_class, TerraceStreamView, log_source_filter);
  gtk_widget_class_bind_template_child (widget_class, TerraceStreamView, object_filter);
  gtk_widget_class_bind_template_child (widget_class, TerraceStreamView, pause_button);
  gtk_widget_class_bind_template_child (widget_class, TerraceStreamView, log_view);
  gtk_widget_class_bind_template_callback (widget_class, filter_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, pause_toggled_cb);
  gtk_widget_class_bind_template_callback (widget_class, row_activated_cb);
  gtk_widget_class_install_action (widget_class, "stream.follow", NULL, follow_action);
  gtk_widget_class_install_action (widget_class, "stream.show-object", NULL, show_object_action);
}
