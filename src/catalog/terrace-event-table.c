/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Rows of event, bounded. Catalogue threads. */

#include "config.h"

#include "catalog/terrace-connection-private.h"
#include "catalog/terrace-event-table.h"

#include "base/terrace-limits.h"

#define COLUMNS "time_us, kind, severity, item_id, move_id, location_id, message"

/* Ids only grow and only the oldest go, so the newest rows are those of the highest ids and nothing
 * has to be counted. */
static gboolean
drop_old (TerraceConnection *connection, gint64 newest_id, GError **error)
{
  static const char SQL[] = "DELETE FROM event WHERE id <= ?";
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;

  if (newest_id <= TERRACE_LIMIT_EVENTS)
    return TRUE;
  if (!terrace_statement_prepare (&statement, connection, SQL, error))
    return FALSE;
  terrace_statement_bind_int64 (&statement, newest_id - TERRACE_LIMIT_EVENTS);
  return terrace_statement_run (&statement, error);
}

gboolean
terrace_event_table_append (TerraceConnection *connection, TerraceEvent *event, GError **error)
{
  static const char SQL[] = "INSERT INTO event (" COLUMNS ") VALUES (?, ?, ?, ?, ?, ?, ?)";
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;

  g_return_val_if_fail (TERRACE_IS_EVENT (event), FALSE);

  if (!terrace_statement_prepare (&statement, connection, SQL, error))
    return FALSE;
  terrace_statement_bind_int64 (&statement, event->time_us);
  terrace_statement_bind_int64 (&statement, event->kind);
  terrace_statement_bind_int64 (&statement, event->severity);
  terrace_statement_bind_int64 (&statement, event->item_id);
  terrace_statement_bind_int64 (&statement, event->move_id);
  terrace_statement_bind_int64 (&statement, event->location_id);
  terrace_statement_bind_text_or_empty (&statement, event->message);
  if (!terrace_statement_run (&statement, error))
    return FALSE;
  event->id = terrace_connection_get_last_id (connection);
  return drop_old (connection, event->id, error);
}

static TerraceEvent *
read_row (TerraceStatement *statement)
{
  gint64 id = terrace_statement_read_int64 (statement);
  gint64 time_us = terrace_statement_read_int64 (statement);
  TerraceEventKind kind = (TerraceEventKind) terrace_statement_read_int64 (statement);
  TerraceSeverity severity = (TerraceSeverity) terrace_statement_read_int64 (statement);
  gint64 item_id = terrace_statement_read_int64 (statement);
  gint64 move_id = terrace_statement_read_int64 (statement);
  gint64 location_id = terrace_statement_read_int64 (statement);
  g_autofree char *message = terrace_statement_read_text (statement);
  TerraceEvent *event = terrace_event_new (kind, severity, time_us, message);

  event->id = id;
  event->item_id = item_id;
  event->move_id = move_id;
  event->location_id = location_id;
  return event;
}

GPtrArray *
terrace_event_table_page (TerraceConnection *connection,
                          gint64 item_id,
                          gint64 before_id,
                          guint limit,
                          GError **error)
{
  static const char ALL[] =
      "SELECT id, " COLUMNS " FROM event WHERE id < ? ORDER BY id DESC LIMIT ?";
  static const char OF_ITEM[] =
      "SELECT id, " COLUMNS " FROM event WHERE id < ? AND item_id = ? AND item_id <> 0"
      " ORDER BY id DESC LIMIT ?";
  g_autoptr (GPtrArray) events = g_ptr_array_new_with_free_func (g_object_unref);
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;
  TerraceStep step;

  if (!terrace_statement_prepare (&statement, connection, item_id == 0 ? ALL : OF_ITEM, error))
    return NULL;
  terrace_statement_bind_int64 (&statement, before_id == 0 ? G_MAXINT64 : before_id);
  if (item_id != 0)
    terrace_statement_bind_int64 (&statement, item_id);
  terrace_statement_bind_int64 (&statement, limit);
  while ((step = terrace_statement_step (&statement, error)) == TERRACE_STEP_ROW)
    g_ptr_array_add (events, read_row (&statement));
  return step == TERRACE_STEP_DONE ? g_steal_pointer (&events) : NULL;
}
