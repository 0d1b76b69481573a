/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What is kept of a stream to look at: stream_minute, stream_block, dead_letter. Catalogue
 * threads. */

#include "config.h"

#include "catalog/terrace-connection-private.h"
#include "catalog/terrace-stream-log-table.h"

#include "base/terrace-limits.h"

static void
bind_bytes (TerraceStatement *statement, GBytes *bytes)
{
  gsize length = 0;
  gconstpointer data = bytes != NULL ? g_bytes_get_data (bytes, &length) : NULL;

  /* A pointer to nothing would be NULL to SQLite. */
  terrace_statement_bind_bytes (statement, length > 0 ? data : "", length);
}

static GBytes *
read_bytes (TerraceStatement *statement)
{
  gsize length;
  gconstpointer bytes = terrace_statement_read_bytes (statement, &length);

  return g_bytes_new (bytes, length);
}

/* --- minutes ---------------------------------------------------------------------------------- */

void
terrace_stream_minute_clear (TerraceStreamMinute *minute)
{
  g_clear_pointer (&minute->latency, g_bytes_unref);
}

static gboolean
drop_old_minutes (TerraceConnection *connection, gint64 minute, GError **error)
{
  static const char SQL[] = "DELETE FROM stream_minute WHERE minute <= ?";
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;

  if (!terrace_statement_prepare (&statement, connection, SQL, error))
    return FALSE;
  terrace_statement_bind_int64 (&statement, minute - TERRACE_LIMIT_STREAM_MINUTES);
  return terrace_statement_run (&statement, error);
}

gboolean
terrace_stream_minute_table_put (TerraceConnection *connection,
                                 const TerraceStreamMinute *minute,
                                 GError **error)
{
  static const char SQL[] =
      "INSERT OR REPLACE INTO stream_minute (minute, source_id, events, bytes, errors, late,"
      " duplicates, dropped, latency) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)";
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;

  g_return_val_if_fail (minute != NULL, FALSE);

  if (!terrace_statement_prepare (&statement, connection, SQL, error))
    return FALSE;
  terrace_statement_bind_int64 (&statement, minute->minute);
  terrace_statement_bind_int64 (&statement, minute->source_id);
  terrace_statement_bind_int64 (&statement, (gint64) minute->events);
  terrace_statement_bind_int64 (&statement, (gint64) minute->bytes);
  terrace_statement_bind_int64 (&statement, (gint64) minute->errors);
  terrace_statement_bind_int64 (&statement, (gint64) minute->late);
  terrace_statement_bind_int64 (&statement, (gint64) minute->duplicates);
  terrace_statement_bind_int64 (&statement, (gint64) minute->dropped);
  bind_bytes (&statement, minute->latency);
  return terrace_statement_run (&statement, error) &&
         drop_old_minutes (connection, minute->minute, error);
}

GArray *
terrace_stream_minute_table_list (TerraceConnection *connection,
                                  gint64 source_id,
                                  gint64 first_minute,
                                  gint64 last_minute,
                                  GError **error)
{
  static const char SQL[] =
      "SELECT minute, source_id, events, bytes, errors, late, duplicates, dropped, latency"
      " FROM stream_minute WHERE minute BETWEEN ?2 AND ?3 AND (?1 = 0 OR source_id = ?1)"
      " ORDER BY minute, source_id";
  g_autoptr (GArray) minutes = g_array_new (FALSE, FALSE, sizeof (TerraceStreamMinute));
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;
  TerraceStep step;

  g_array_set_clear_func (minutes, (GDestroyNotify) terrace_stream_minute_clear);
  if (!terrace_statement_prepare (&statement, connection, SQL, error))
    return NULL;
  terrace_statement_bind_int64 (&statement, source_id);
  terrace_statement_bind_int64 (&statement, first_minute);
  terrace_statement_bind_int64 (&statement, last_minute);
  while ((step = terrace_statement_step (&statement, error)) == TERRACE_STEP_ROW)
    {
      TerraceStreamMinute minute;

      minute.minute = terrace_statement_read_int64 (&statement);
      minute.source_id = terrace_statement_read_int64 (&statement);
      minute.events = (guint64) terrace_statement_read_int64 (&statement);
      minute.bytes = (guint64) terrace_statement_read_int64 (&statement);
      minute.errors = (guint64) terrace_statement_read_int64 (&statement);
      minute.late = (guint64) terrace_statement_read_int64 (&statement);
      minute.duplicates = (guint64) terrace_statement_read_int64 (&statement);
      minute.dropped = (guint64) terrace_statement_read_int64 (&statement);
      minute.latency = read_bytes (&statement);
      g_array_append_val (minutes, minute);
    }
  return step == TERRACE_STEP_DONE ? g_steal_pointer (&minutes) : NULL;
}

/* --- blocks ----------------------------------------------------------------------------------- */

static gboolean
get_upto_bytes (TerraceConnection *connection, gint64 *upto_bytes, GError **error)
{
  static const char SQL[] = "SELECT upto_bytes FROM stream_block ORDER BY id DESC LIMIT 1";

  return terrace_connection_query_int64 (connection, SQL, upto_bytes, error);
}

/* The oldest block, if it is to go; 0 in @id if it may stay. */
static gboolean
find_old_block (TerraceConnection *connection,
                gint64 upto_bytes,
                gint64 now_us,
                gint64 *id,
                GError **error)
{
  static const char SQL[] = "SELECT id, upto_bytes <= ? OR last_us < ? FROM stream_block"
                            " ORDER BY id LIMIT 1";
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;
  TerraceStep step;

  *id = 0;
  if (!terrace_statement_prepare (&statement, connection, SQL, error))
    return FALSE;
  terrace_statement_bind_int64 (&statement, upto_bytes - TERRACE_LIMIT_STREAM_BLOCK_BYTES);
  terrace_statement_bind_int64 (&statement, now_us - TERRACE_LIMIT_STREAM_BLOCK_AGE_US);
  step = terrace_statement_step (&statement, error);
  if (step == TERRACE_STEP_ROW)
    {
      gint64 oldest = terrace_statement_read_int64 (&statement);

      *id = terrace_statement_read_int64 (&statement) != 0 ? oldest : 0;
    }
  return step != TERRACE_STEP_ERROR;
}

static gboolean
drop_old_blocks (TerraceConnection *connection, gint64 upto_bytes, gint64 now_us, GError **error)
{
  static const char SQL[] = "DELETE FROM stream_block WHERE id = ?";
  gint64 id;

  for (;;)
    {
      g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;

      if (!find_old_block (connection, upto_bytes, now_us, &id, error))
        return FALSE;
      if (id == 0)
        return TRUE;
      if (!terrace_statement_prepare (&statement, connection, SQL, error))
        return FALSE;
      terrace_statement_bind_int64 (&statement, id);
      if (!terrace_statement_run (&statement, error))
        return FALSE;
    }
}

gboolean
terrace_stream_block_table_append (TerraceConnection *connection,
                                   gint64 source_id,
                                   GBytes *events,
                                   guint n_events,
                                   gint64 first_us,
                                   gint64 last_us,
                                   gint64 now_us,
                                   GError **error)
{
  static const char SQL[] = "INSERT INTO stream_block (source_id, first_us, last_us, n_events,"
                            " upto_bytes, events) VALUES (?, ?, ?, ?, ?, ?)";
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;
  gint64 upto_bytes;

  g_return_val_if_fail (events != NULL, FALSE);

  if (!get_upto_bytes (connection, &upto_bytes, error))
    return FALSE;
  upto_bytes += (gint64) g_bytes_get_size (events);
  if (!terrace_statement_prepare (&statement, connection, SQL, error))
    return FALSE;
  terrace_statement_bind_int64 (&statement, source_id);
  terrace_statement_bind_int64 (&statement, first_us);
  terrace_statement_bind_int64 (&statement, last_us);
  terrace_statement_bind_int64 (&statement, n_events);
  terrace_statement_bind_int64 (&statement, upto_bytes);
  bind_bytes (&statement, events);
  return terrace_statement_run (&statement, error) &&
         drop_old_blocks (connection, upto_bytes, now_us, error);
}

gboolean
terrace_stream_block_table_foreach (TerraceConnection *connection,
                                    gint64 since_us,
                                    TerraceStreamBlockFunc func,
                                    gpointer data,
                                    GError **error)
{
  static const char SQL[] =
      "SELECT source_id, n_events, events FROM stream_block WHERE last_us >= ? ORDER BY id";
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;
  TerraceStep step;

  g_return_val_if_fail (func != NULL, FALSE);

  if (!terrace_statement_prepare (&statement, connection, SQL, error))
    return FALSE;
  terrace_statement_bind_int64 (&statement, since_us);
  while ((step = terrace_statement_step (&statement, error)) == TERRACE_STEP_ROW)
    {
      gint64 source_id = terrace_statement_read_int64 (&statement);
      guint n_events = (guint) terrace_statement_read_int64 (&statement);
      gsize length;
      const guint8 *events = terrace_statement_read_bytes (&statement, &length);

      if (!func (source_id, n_events, events, length, data))
        return TRUE;
    }
  return step == TERRACE_STEP_DONE;
}

/* --- dead letters ----------------------------------------------------------------------------- */

TerraceDeadLetter *
terrace_dead_letter_new (void)
{
  return g_new0 (TerraceDeadLetter, 1);
}

void
terrace_dead_letter_free (TerraceDeadLetter *self)
{
  g_free (self->reason);
  g_clear_pointer (&self->sample, g_bytes_unref);
  g_free (self);
}

static gboolean
drop_old_letters (TerraceConnection *connection, gint64 newest_id, GError **error)
{
  static const char SQL[] = "DELETE FROM dead_letter WHERE id <= ?";
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;

  if (!terrace_statement_prepare (&statement, connection, SQL, error))
    return FALSE;
  terrace_statement_bind_int64 (&statement, newest_id - TERRACE_LIMIT_DEAD_LETTERS);
  return terrace_statement_run (&statement, error);
}

gboolean
terrace_dead_letter_table_append (TerraceConnection *connection,
                                  TerraceDeadLetter *letter,
                                  GError **error)
{
  static const char SQL[] = "INSERT INTO dead_letter (source_id, time_us, reason, size_bytes,"
                            " sample) VALUES (?, ?, ?, ?, ?)";
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;

  g_return_val_if_fail (letter != NULL && letter->id == 0, FALSE);

  if (!terrace_statement_prepare (&statement, connection, SQL, error))
    return FALSE;
  terrace_statement_bind_int64 (&statement, letter->source_id);
  terrace_statement_bind_int64 (&statement, letter->time_us);
  terrace_statement_bind_text_or_empty (&statement, letter->reason);
  terrace_statement_bind_int64 (&statement, (gint64) letter->size_bytes);
  bind_bytes (&statement, letter->sample);
  if (!terrace_statement_run (&statement, error))
    return FALSE;
  letter->id = terrace_connection_get_last_id (connection);
  return drop_old_letters (connection, letter->id, error);
}

GPtrArray *
terrace_dead_letter_table_page (TerraceConnection *connection,
                                gint64 before_id,
                                guint limit,
                                GError **error)
{
  static const char SQL[] = "SELECT id, source_id, time_us, reason, size_bytes, sample"
                            " FROM dead_letter WHERE id < ? ORDER BY id DESC LIMIT ?";
  g_autoptr (GPtrArray) letters =
      g_ptr_array_new_with_free_func ((GDestroyNotify) terrace_dead_letter_free);
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;
  TerraceStep step;

  if (!terrace_statement_prepare (&statement, connection, SQL, error))
    return NULL;
  terrace_statement_bind_int64 (&statement, before_id == 0 ? G_MAXINT64 : before_id);
  terrace_statement_bind_int64 (&statement, limit);
  while ((step = terrace_statement_step (&statement, error)) == TERRACE_STEP_ROW)
    {
      TerraceDeadLetter *letter = terrace_dead_letter_new ();

      letter->id = terrace_statement_read_int64 (&statement);
      letter->source_id = terrace_statement_read_int64 (&statement);
      letter->time_us = terrace_statement_read_int64 (&statement);
      letter->reason = terrace_statement_read_text (&statement);
      letter->size_bytes = (guint64) terrace_statement_read_int64 (&statement);
      letter->sample = read_bytes (&statement);
      g_ptr_array_add (letters, letter);
    }
  return step == TERRACE_STEP_DONE ? g_steal_pointer (&letters) : NULL;
}

gboolean
terrace_dead_letter_table_clear (TerraceConnection *connection, GError **error)
{
  static const char SQL[] = "DELETE FROM dead_letter";

  return terrace_connection_execute (connection, SQL, error);
}
