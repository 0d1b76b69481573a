/* SPDX-License-Identifier: GPL-3.0-or-later */

/* From nouns to lines of CSV. Pure functions; any thread. */

#include "config.h"

#include "engine/terrace-export-rows.h"
#include "base/terrace-clock.h"
#include "base/terrace-csv.h"
#include "base/terrace-units.h"

static const char *const columns[][24] = {
  [TERRACE_EXPORT_OBJECTS] = { "id", "name", "location", "key", "size_bytes", "temperature", "tier",
                               "class", "reads_per_month", "last_access", "modified",
                               "monthly_cost", "recommended_location", "recommended_class",
                               "saving_month", "reason", "checksum", NULL },
  [TERRACE_EXPORT_PLAN] = { "id", "name", "location", "key", "size_bytes", "class", "monthly_cost",
                            "recommended_location", "recommended_class", "saving_month",
                            "once_cost", "payback_months", "reason", NULL },
  [TERRACE_EXPORT_MIGRATIONS] = { "id",
                                  "object_id",
                                  "name",
                                  "size_bytes",
                                  "state",
                                  "source_location",
                                  "source_key",
                                  "source_class",
                                  "destination_location",
                                  "destination_key",
                                  "destination_class",
                                  "checksum",
                                  "created",
                                  "started",
                                  "finished",
                                  "attempts",
                                  "error",
                                  "saving_month",
                                  "once_cost",
                                  "undo_of",
                                  NULL },
  [TERRACE_EXPORT_EVENTS] = { "id", "time", "kind", "severity", "object_id", "migration_id",
                              "location", "message", NULL },
  [TERRACE_EXPORT_ALERTS] = { "id", "kind", "severity", "first", "last", "count", "over",
                              "acknowledged", "object_id", "migration_id", "location", "message",
                              NULL },
  [TERRACE_EXPORT_COSTS] = { "day", "location", "tier", "objects", "size_bytes", "monthly_cost",
                             NULL },
  [TERRACE_EXPORT_REGRET] = { "migration_id", "object_id", "name", "source_class",
                              "destination_class", "moved", "days", "expected_saving", "saved",
                              "because", NULL },
};

void
terrace_export_header (GString *rows, TerraceExportKind kind)
{
  for (guint i = 0; columns[kind][i] != NULL; i++)
    terrace_csv_append_text (rows, columns[kind][i]);
  terrace_csv_end_row (rows);
}

static void
append_location (GString *rows, gint64 location_id, GHashTable *names)
{
  terrace_csv_append_text (rows, g_hash_table_lookup (names, &location_id));
}

static void
append_bytes (GString *rows, const char *bytes)
{
  g_autofree char *display = terrace_display_name (bytes != NULL ? bytes : "");

  terrace_csv_append_text (rows, display);
}

static void
append_time (GString *rows, gint64 time_us)
{
  g_autofree char *time = terrace_format_iso8601 (time_us);

  terrace_csv_append_text (rows, time);
}

static void
append_money (GString *rows, gint64 nanos)
{
  terrace_csv_append_double (rows, terrace_money_from_nanos (nanos));
}

static void
append_checksum (GString *rows, const TerraceDigest *digest)
{
  g_autofree char *checksum = terrace_digest_to_string (digest);

  terrace_csv_append_text (rows, checksum);
}

static void
append_place (GString *rows, TerraceItem *item, GHashTable *names)
{
  terrace_csv_append_int64 (rows, item->id);
  terrace_csv_append_text (rows, item->name);
  append_location (rows, item->location_id, names);
  append_bytes (rows, item->key);
  terrace_csv_append_uint64 (rows, item->size_bytes);
}

void
terrace_export_item (GString *rows, TerraceItem *item, GHashTable *names)
{
  append_place (rows, item, names);
  terrace_csv_append_text (rows, terrace_enum_to_nick (TERRACE_TYPE_TEMPERATURE,
                                                       (int) item->temperature));
  terrace_csv_append_text (rows, terrace_enum_to_nick (TERRACE_TYPE_TIER, (int) item->tier));
  terrace_csv_append_text (rows, item->class_id);
  terrace_csv_append_double (rows, item->reads_per_month);
  append_time (rows, item->rates.last_us);
  append_time (rows, item->modified_us);
  append_money (rows, item->monthly_nanos);
  append_location (rows, item->wanted_location_id, names);
  terrace_csv_append_text (rows, item->wanted_class_id);
  append_money (rows, item->saving_nanos);
  terrace_csv_append_text (rows, item->reason);
  append_checksum (rows, &item->checksum);
  terrace_csv_end_row (rows);
}

void
terrace_export_plan_entry (GString *rows, TerraceItem *item, GHashTable *names)
{
  append_place (rows, item, names);
  terrace_csv_append_text (rows, item->class_id);
  append_money (rows, item->monthly_nanos);
  append_location (rows, item->wanted_location_id, names);
  terrace_csv_append_text (rows, item->wanted_class_id);
  append_money (rows, item->saving_nanos);
  append_money (rows, item->once_nanos);
  /* Infinity, when nothing is saved, becomes an empty cell. */
  terrace_csv_append_double (rows,
                             (double) item->once_nanos / (double) MAX (item->saving_nanos, 0));
  terrace_csv_append_text (rows, item->reason);
  terrace_csv_end_row (rows);
}

void
terrace_export_move (GString *rows, TerraceMove *move, GHashTable *names)
{
  terrace_csv_append_int64 (rows, move->id);
  terrace_csv_append_int64 (rows, move->item_id);
  terrace_csv_append_text (rows, move->name);
  terrace_csv_append_uint64 (rows, move->size_bytes);
  terrace_csv_append_text (rows, terrace_enum_to_nick (TERRACE_TYPE_MOVE_STATE, (int) move->state));
  append_location (rows, move->source_location_id, names);
  append_bytes (rows, move->source_key);
  terrace_csv_append_text (rows, move->source_class_id);
  append_location (rows, move->dest_location_id, names);
  append_bytes (rows, move->dest_key);
  terrace_csv_append_text (rows, move->dest_class_id);
  append_checksum (rows, &move->checksum);
  append_time (rows, move->created_us);
  append_time (rows, move->started_us);
  append_time (rows, move->finished_us);
  terrace_csv_append_uint64 (rows, move->attempts);
  terrace_csv_append_text (rows, move->error);
  append_money (rows, move->saving_nanos);
  append_money (rows, move->once_nanos);
  terrace_csv_append_int64 (rows, move->undo_of);
  terrace_csv_end_row (rows);
}

void
terrace_export_event (GString *rows, TerraceEvent *event, GHashTable *names)
{
  terrace_csv_append_int64 (rows, event->id);
  append_time (rows, event->time_us);
  terrace_csv_append_text (rows, terrace_enum_to_nick (TERRACE_TYPE_EVENT_KIND, (int) event->kind));
  terrace_csv_append_text (rows,
                           terrace_enum_to_nick (TERRACE_TYPE_SEVERITY, (int) event->severity));
  terrace_csv_append_int64 (rows, event->item_id);
  terrace_csv_append_int64 (rows, event->move_id);
  append_location (rows, event->location_id, names);
  terrace_csv_append_text (rows, event->message);
  terrace_csv_end_row (rows);
}

void
terrace_export_alert (GString *rows, TerraceAlert *alert, GHashTable *names)
{
  terrace_csv_append_int64 (rows, alert->id);
  terrace_csv_append_text (rows, terrace_enum_to_nick (TERRACE_TYPE_ALERT_KIND, (int) alert->kind));
  terrace_csv_append_text (rows,
                           terrace_enum_to_nick (TERRACE_TYPE_SEVERITY, (int) alert->severity));
  append_time (rows, alert->opened_us);
  append_time (rows, alert->last_us);
  terrace_csv_append_uint64 (rows, alert->count);
  append_time (rows, alert->cleared_us);
  append_time (rows, alert->acknowledged_us);
  terrace_csv_append_int64 (rows, alert->item_id);
  terrace_csv_append_int64 (rows, alert->move_id);
  append_location (rows, alert->location_id, names);
  terrace_csv_append_text (rows, alert->message);
  terrace_csv_end_row (rows);
}

void
terrace_export_cost (GString *rows, const TerraceCostDay *day, GHashTable *names)
{
  g_autofree char *date = terrace_format_iso8601 (day->day * TERRACE_US_PER_DAY);

  /* The day alone: "2026-11-22". */
  date[10] = '\0';
  terrace_csv_append_text (rows, date);
  append_location (rows, day->location_id, names);
  terrace_csv_append_text (rows, terrace_enum_to_nick (TERRACE_TYPE_TIER, (int) day->tier));
  terrace_csv_append_uint64 (rows, day->items);
  terrace_csv_append_uint64 (rows, day->size_bytes);
  append_money (rows, day->monthly_nanos);
  terrace_csv_end_row (rows);
}

void
terrace_export_regret (GString *rows, const TerraceRegretEntry *entry)
{
  terrace_csv_append_int64 (rows, entry->move_id);
  terrace_csv_append_int64 (rows, entry->item_id);
  terrace_csv_append_text (rows, entry->name);
  terrace_csv_append_text (rows, entry->from_class_id);
  terrace_csv_append_text (rows, entry->to_class_id);
  append_time (rows, entry->moved_us);
  terrace_csv_append_double (rows, entry->days);
  append_money (rows, entry->expected_nanos);
  append_money (rows, entry->saved_nanos);
  terrace_csv_append_text (rows, entry->because);
  terrace_csv_end_row (rows);
}
