/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Where sources stand and what they sent lately: stream_offset and stream_seen. Catalogue
 * threads. */

#include "config.h"

#include "catalog/terrace-connection-private.h"
#include "catalog/terrace-stream-seen-private.h"
#include "catalog/terrace-stream-table.h"

#include "base/terrace-limits.h"

#include <string.h>

gboolean
terrace_stream_table_get_offset (TerraceConnection *connection,
                                 gint64 source_id,
                                 const char *partition,
                                 gint64 *offset,
                                 GError **error)
{
  static const char SQL[] =
      "SELECT offset FROM stream_offset WHERE source_id = ? AND partition = ?";
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;
  TerraceStep step;

  g_return_val_if_fail (offset != NULL, FALSE);

  *offset = -1;
  if (!terrace_statement_prepare (&statement, connection, SQL, error))
    return FALSE;
  terrace_statement_bind_int64 (&statement, source_id);
  terrace_statement_bind_text_or_empty (&statement, partition);
  step = terrace_statement_step (&statement, error);
  if (step == TERRACE_STEP_ROW)
    *offset = terrace_statement_read_int64 (&statement);
  return step != TERRACE_STEP_ERROR;
}

static gboolean
get_upto (TerraceConnection *connection, gint64 source_id, gint64 *upto, GError **error)
{
  static const char SQL[] = "SELECT coalesce (max (upto), 0) FROM stream_seen WHERE source_id = ?";
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;

  if (!terrace_statement_prepare (&statement, connection, SQL, error))
    return FALSE;
  terrace_statement_bind_int64 (&statement, source_id);
  if (terrace_statement_step (&statement, error) != TERRACE_STEP_ROW)
    return FALSE;
  *upto = terrace_statement_read_int64 (&statement);
  return TRUE;
}

static gboolean
drop_old (TerraceConnection *connection, gint64 source_id, gint64 upto, GError **error)
{
  static const char SQL[] = "DELETE FROM stream_seen WHERE source_id = ? AND upto <= ?";
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;

  if (!terrace_statement_prepare (&statement, connection, SQL, error))
    return FALSE;
  terrace_statement_bind_int64 (&statement, source_id);
  terrace_statement_bind_int64 (&statement, upto - TERRACE_LIMIT_STREAM_EVENT_IDS);
  return terrace_statement_run (&statement, error);
}

gboolean
terrace_stream_seen_add (TerraceConnection *connection,
                         gint64 source_id,
                         const guint64 *event_ids,
                         guint n_event_ids,
                         GError **error)
{
  static const char SQL[] = "INSERT INTO stream_seen (source_id, upto, ids) VALUES (?, ?, ?)";
  g_autofree guint64 *packed = g_new (guint64, n_event_ids);
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;
  gint64 upto;

  for (guint i = 0; i < n_event_ids; i++)
    packed[i] = GUINT64_TO_LE (event_ids[i]);
  if (!get_upto (connection, source_id, &upto, error))
    return FALSE;
  upto += n_event_ids;
  if (!terrace_statement_prepare (&statement, connection, SQL, error))
    return FALSE;
  terrace_statement_bind_int64 (&statement, source_id);
  terrace_statement_bind_int64 (&statement, upto);
  terrace_statement_bind_bytes (&statement, packed, n_event_ids * sizeof *packed);
  return terrace_statement_run (&statement, error) && drop_old (connection, source_id, upto, error);
}

GArray *
terrace_stream_table_list_event_ids (TerraceConnection *connection,
                                     gint64 source_id,
                                     GError **error)
{
  static const char SQL[] = "SELECT ids FROM stream_seen WHERE source_id = ? ORDER BY upto";
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (guint64));
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;
  TerraceStep step;

  if (!terrace_statement_prepare (&statement, connection, SQL, error))
    return NULL;
  terrace_statement_bind_int64 (&statement, source_id);
  while ((step = terrace_statement_step (&statement, error)) == TERRACE_STEP_ROW)
    {
      gsize length;
      const guint8 *bytes = terrace_statement_read_bytes (&statement, &length);

      for (gsize at = 0; at + sizeof (guint64) <= length; at += sizeof (guint64))
        {
          guint64 id;

          memcpy (&id, bytes + at, sizeof id);
          id = GUINT64_FROM_LE (id);
          g_array_append_val (ids, id);
        }
    }
  return step == TERRACE_STEP_DONE ? g_steal_pointer (&ids) : NULL;
}

static gboolean
forget_rows (TerraceConnection *connection, const char *sql, gint64 source_id, GError **error)
{
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;

  if (!terrace_statement_prepare (&statement, connection, sql, error))
    return FALSE;
  terrace_statement_bind_int64 (&statement, source_id);
  return terrace_statement_run (&statement, error);
}

gboolean
terrace_stream_table_forget (TerraceConnection *connection, gint64 source_id, GError **error)
{
  static const char OFFSETS[] = "DELETE FROM stream_offset WHERE source_id = ?";
  static const char SEEN[] = "DELETE FROM stream_seen WHERE source_id = ?";

  return forget_rows (connection, OFFSETS, source_id, error) &&
         forget_rows (connection, SEEN, source_id, error);
}
