/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What the page shows as CSV: the log with its filters, sources, alerts, rules or unreadable
 * messages. All of them are bounded, so it is made at once and written behind the scenes. Main
 * thread. */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "base/terrace-csv.h"
#include "base/terrace-units.h"
#include "ui/stream/terrace-stream-view-private.h"
#include "ui/terrace-chooser.h"
#include "ui/terrace-feedback.h"
#include "ui/terrace-format.h"

static void
append_time (GString *csv, gint64 time_us)
{
  g_autofree char *text = terrace_format_iso8601 (time_us);

  terrace_csv_append_text (csv, text);
}

static void
append_text (GString *csv, const char *text)
{
  terrace_csv_append_text (csv, text != NULL ? text : "");
}

static void
append_header (GString *csv, const char *const *names)
{
  for (guint i = 0; names[i] != NULL; i++)
    terrace_csv_append_text (csv, names[i]);
  terrace_csv_end_row (csv);
}

static guint
write_log (TerraceStreamView *self, GString *csv)
{
  static const char *const names[] = { "number", "time",       "event",    "severity",
                                       "source", "object_id",  "location", "key",
                                       "bytes",  "latency_us", "message",  NULL };
  GListModel *model = G_LIST_MODEL (self->selection);
  guint n = g_list_model_get_n_items (model);

  append_header (csv, names);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (TerraceStreamRow) row = g_list_model_get_item (model, i);

      terrace_csv_append_uint64 (csv, row->number);
      append_time (csv, row->time_us);
      append_text (csv, terrace_enum_to_nick (TERRACE_TYPE_STREAM_KIND, row->kind));
      append_text (csv, terrace_enum_to_nick (TERRACE_TYPE_SEVERITY, row->severity));
      append_text (csv, row->source);
      terrace_csv_append_int64 (csv, row->item_id);
      append_text (csv, row->location);
      append_text (csv, row->key);
      terrace_csv_append_uint64 (csv, row->bytes);
      terrace_csv_append_uint64 (csv, row->latency_us);
      append_text (csv, row->message);
      terrace_csv_end_row (csv);
    }
  return n;
}

static guint
write_sources (TerraceStreamView *self, GString *csv)
{
  static const char *const names[] = { "name",   "kind",      "state",   "events_per_second",
                                       "events", "malformed", "dropped", "duplicates",
                                       "late",   "unknown",   "lag",     "error",
                                       NULL };
  GListModel *model = terrace_engine_stream_get_sources (self->stream);
  guint n = g_list_model_get_n_items (model);

  append_header (csv, names);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (TerraceStreamStatus) status = g_list_model_get_item (model, i);

      append_text (csv, status->name);
      append_text (csv, terrace_enum_to_nick (TERRACE_TYPE_SOURCE_KIND, status->kind));
      append_text (csv, terrace_enum_to_nick (TERRACE_TYPE_SOURCE_STATE, status->state));
      terrace_csv_append_double (csv, status->events_per_second);
      terrace_csv_append_uint64 (csv, status->events);
      terrace_csv_append_uint64 (csv, status->malformed);
      terrace_csv_append_uint64 (csv, status->dropped);
      terrace_csv_append_uint64 (csv, status->duplicates);
      terrace_csv_append_uint64 (csv, status->late);
      terrace_csv_append_uint64 (csv, status->unknown);
      terrace_csv_append_int64 (csv, status->lag);
      append_text (csv, status->error);
      terrace_csv_end_row (csv);
    }
  return n;
}

static guint
write_alerts (TerraceStreamView *self, GString *csv)
{
  static const char *const names[] = { "id",           "kind",          "severity", "message",
                                       "count",        "opened",        "last",     "cleared",
                                       "acknowledged", "snoozed_until", NULL };
  GListModel *model = G_LIST_MODEL (self->listed_alerts);
  guint n = g_list_model_get_n_items (model);

  append_header (csv, names);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (TerraceAlert) alert = g_list_model_get_item (model, i);

      terrace_csv_append_int64 (csv, alert->id);
      append_text (csv, terrace_enum_to_nick (TERRACE_TYPE_ALERT_KIND, alert->kind));
      append_text (csv, terrace_enum_to_nick (TERRACE_TYPE_SEVERITY, alert->severity));
      append_text (csv, alert->message);
      terrace_csv_append_uint64 (csv, alert->count);
      append_time (csv, alert->opened_us);
      append_time (csv, alert->last_us);
      append_time (csv, alert->cleared_us);
      append_time (csv, alert->acknowledged_us);
      append_time (csv, alert->snoozed_until_us);
      terrace_csv_end_row (csv);
    }
  return n;
}

static guint
write_rules (TerraceStreamView *self, GString *csv)
{
  static const char *const names[] = { "id",       "kind",     "name",      "enabled",
                                       "severity", "settings", "silence_s", NULL };
  GListModel *model = terrace_engine_stream_get_rules (self->stream);
  guint n = g_list_model_get_n_items (model);

  append_header (csv, names);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (TerraceAlertRule) rule = g_list_model_get_item (model, i);

      terrace_csv_append_int64 (csv, rule->id);
      append_text (csv, terrace_enum_to_nick (TERRACE_TYPE_ALERT_KIND, rule->kind));
      append_text (csv, rule->name);
      append_text (csv, rule->enabled ? "true" : "false");
      append_text (csv, terrace_enum_to_nick (TERRACE_TYPE_SEVERITY, rule->severity));
      append_text (csv, rule->settings);
      terrace_csv_append_uint64 (csv, rule->silence_s);
      terrace_csv_end_row (csv);
    }
  return n;
}

static guint
write_letters (TerraceStreamView *self, GString *csv)
{
  static const char *const names[] = { "id",         "time",      "source", "reason",
                                       "size_bytes", "beginning", NULL };
  guint n = self->letters != NULL ? self->letters->len : 0;

  append_header (csv, names);
  for (guint i = 0; i < n; i++)
    {
      const TerraceDeadLetter *letter = g_ptr_array_index (self->letters, i);
      g_autofree char *source = terrace_stream_view_name_source (self, letter->source_id);
      gsize length = 0;
      const char *data = letter->sample != NULL ? g_bytes_get_data (letter->sample, &length) : NULL;
      g_autofree char *bytes = g_strndup (data != NULL ? data : "", length);
      g_autofree char *sample = terrace_display_name (bytes);

      terrace_csv_append_int64 (csv, letter->id);
      append_time (csv, letter->time_us);
      append_text (csv, source);
      append_text (csv, letter->reason);
      terrace_csv_append_uint64 (csv, letter->size_bytes);
      append_text (csv, sample);
      terrace_csv_end_row (csv);
    }
  return n;
}

/* --- Writing ------------------------------------------------------------------------------- */

static const struct
{
  const char *page;
  const char *file;
  guint (*write) (TerraceStreamView *self, GString *csv);
} pages[] = {
  { "live", N_ ("events.csv"), write_log },
  { "sources", N_ ("sources.csv"), write_sources },
  { "alerts", N_ ("alerts.csv"), write_alerts },
  { "rules", N_ ("rules.csv"), write_rules },
  { "letters", N_ ("unreadable.csv"), write_letters },
};

static guint
find_page (TerraceStreamView *self)
{
  const char *shown = gtk_stack_get_visible_child_name (self->pages);

  for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
    if (g_strcmp0 (shown, pages[i].page) == 0)
      return i;
  return 0;
}

typedef struct
{
  TerraceStreamView *view;
  guint n_rows;
} Writing;

static void
writing_free (Writing *writing)
{
  g_object_unref (writing->view);
  g_free (writing);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Writing, writing_free)

static void
written_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Writing) writing = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *count = terrace_ui_format_count (writing->n_rows);
  g_autofree char *name = g_file_get_basename (G_FILE (object));
  g_autofree char *shown = g_filename_display_name (name);
  g_autofree char *text = NULL;

  if (!g_file_replace_contents_finish (G_FILE (object), result, NULL, &error))
    {
      terrace_ui_report (GTK_WIDGET (writing->view), _ ("Could not export"), error);
      return;
    }
  text = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%s row written to %s",
                                       "%s rows written to %s", writing->n_rows),
                          count, shown);
  terrace_ui_toast (GTK_WIDGET (writing->view), text);
}

static void
chosen_cb (GtkWidget *widget, GPtrArray *files)
{
  TerraceStreamView *self = TERRACE_STREAM_VIEW (widget);
  GString *csv = g_string_new (NULL);
  Writing *writing = g_new0 (Writing, 1);
  g_autoptr (GBytes) bytes = NULL;

  writing->view = g_object_ref (self);
  if (self->stream != NULL)
    writing->n_rows = pages[find_page (self)].write (self, csv);
  bytes = g_string_free_to_bytes (csv);
  g_file_replace_contents_bytes_async (g_ptr_array_index (files, 0), bytes, NULL, FALSE,
                                       G_FILE_CREATE_REPLACE_DESTINATION, NULL, written_cb,
                                       writing);
}

static void
export_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  terrace_ui_choose (widget, TERRACE_CHOOSE_TARGET, _ ("Export CSV"), _ ("_Export"),
                     _ (pages[find_page (TERRACE_STREAM_VIEW (widget))].file), chosen_cb);
}

void
terrace_stream_view_bind_export (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "stream.export", NULL, export_action);
}
