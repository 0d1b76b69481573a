/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Rows of move and move_batch: storing and looking. Who may carry a move out is the matter of
 * terrace-move-lease.c. Catalogue threads. */

#include "config.h"

#include "catalog/terrace-move-row-private.h"

#include "base/terrace-error.h"

#include <glib/gi18n-lib.h>

static void
bind_fixed (TerraceStatement *statement, TerraceMove *move)
{
  terrace_statement_bind_int64 (statement, move->item_id);
  terrace_statement_bind_text_or_empty (statement, move->name);
  terrace_statement_bind_int64 (statement, (gint64) move->size_bytes);
  terrace_statement_bind_int64 (statement, move->source_location_id);
  terrace_statement_bind_key (statement, move->source_key);
  terrace_statement_bind_text_or_empty (statement, move->source_class_id);
  terrace_statement_bind_int64 (statement, move->dest_location_id);
  terrace_statement_bind_int64 (statement, move->keep_source != FALSE);
  terrace_statement_bind_int64 (statement, move->undo_of);
  terrace_statement_bind_int64 (statement, move->saving_nanos);
  terrace_statement_bind_int64 (statement, move->once_nanos);
  terrace_statement_bind_int64 (statement, move->leave_nanos);
  terrace_statement_bind_int64 (statement, move->batch_id);
  terrace_statement_bind_int64 (statement, move->created_us);
}

void
terrace_move_row_bind_changing (TerraceStatement *statement, TerraceMove *move)
{
  terrace_statement_bind_text_or_empty (statement, move->source_version);
  terrace_statement_bind_key (statement, move->dest_key);
  terrace_statement_bind_text_or_empty (statement, move->dest_class_id);
  terrace_statement_bind_int64 (statement, move->state);
  terrace_statement_bind_int64 (statement, move->resume_state);
  terrace_statement_bind_int64 (statement, move->request);
  terrace_statement_bind_int64 (statement, move->priority);
  terrace_statement_bind_text_or_empty (statement, move->token);
  terrace_statement_bind_text (statement, move->upload);
  terrace_statement_bind_text (statement, move->dest_version);
  terrace_statement_bind_digest (statement, &move->checksum);
  terrace_statement_bind_int64 (statement, move->hold != FALSE);
  terrace_statement_bind_int64 (statement, move->undone_by);
  terrace_statement_bind_int64 (statement, move->attempts);
  terrace_statement_bind_int64 (statement, move->retry_us);
  terrace_statement_bind_text (statement, move->error);
  terrace_statement_bind_int64 (statement, move->error_code);
  terrace_statement_bind_int64 (statement, move->started_us);
  terrace_statement_bind_int64 (statement, move->updated_us);
  terrace_statement_bind_int64 (statement, move->finished_us);
  terrace_statement_bind_int64 (statement, (gint64) move->done_bytes);
  terrace_statement_bind_double (statement, move->bytes_per_second);
  terrace_statement_bind_int64 (statement, (gint64) move->requests_sent);
  terrace_statement_bind_int64 (statement, move->spent_nanos);
}

static void
read_fixed (TerraceStatement *statement, TerraceMove *move)
{
  move->id = terrace_statement_read_int64 (statement);
  move->item_id = terrace_statement_read_int64 (statement);
  move->name = terrace_statement_read_text (statement);
  move->size_bytes = (guint64) terrace_statement_read_int64 (statement);
  move->source_location_id = terrace_statement_read_int64 (statement);
  move->source_key = terrace_statement_read_key (statement);
  move->source_class_id = terrace_statement_read_text (statement);
  move->dest_location_id = terrace_statement_read_int64 (statement);
  move->keep_source = terrace_statement_read_int64 (statement) != 0;
  move->undo_of = terrace_statement_read_int64 (statement);
  move->saving_nanos = terrace_statement_read_int64 (statement);
  move->once_nanos = terrace_statement_read_int64 (statement);
  move->leave_nanos = terrace_statement_read_int64 (statement);
  move->batch_id = terrace_statement_read_int64 (statement);
  move->created_us = terrace_statement_read_int64 (statement);
}

TerraceMove *
terrace_move_row_read (TerraceStatement *statement)
{
  TerraceMove *move = terrace_move_new ();

  read_fixed (statement, move);
  move->source_version = terrace_statement_read_text (statement);
  move->dest_key = terrace_statement_read_key (statement);
  move->dest_class_id = terrace_statement_read_text (statement);
  move->state = (TerraceMoveState) terrace_statement_read_int64 (statement);
  move->resume_state = (TerraceMoveState) terrace_statement_read_int64 (statement);
  move->request = (TerraceMoveRequest) terrace_statement_read_int64 (statement);
  move->priority = (int) terrace_statement_read_int64 (statement);
  move->token = terrace_statement_read_text (statement);
  move->upload = terrace_statement_read_text (statement);
  move->dest_version = terrace_statement_read_text (statement);
  terrace_statement_read_digest (statement, &move->checksum);
  move->hold = terrace_statement_read_int64 (statement) != 0;
  move->undone_by = terrace_statement_read_int64 (statement);
  move->attempts = (guint) terrace_statement_read_int64 (statement);
  move->retry_us = terrace_statement_read_int64 (statement);
  move->error = terrace_statement_read_text (statement);
  move->error_code = (int) terrace_statement_read_int64 (statement);
  move->started_us = terrace_statement_read_int64 (statement);
  move->updated_us = terrace_statement_read_int64 (statement);
  move->finished_us = terrace_statement_read_int64 (statement);
  move->done_bytes = (guint64) terrace_statement_read_int64 (statement);
  move->bytes_per_second = terrace_statement_read_double (statement);
  move->requests_sent = (guint64) terrace_statement_read_int64 (statement);
  move->spent_nanos = terrace_statement_read_int64 (statement);
  return move;
}

GPtrArray *
terrace_move_row_read_all (TerraceStatement *statement, GError **error)
{
  g_autoptr (GPtrArray) moves = g_ptr_array_new_with_free_func (g_object_unref);
  TerraceStep step;

  while ((step = terrace_statement_step (statement, error)) == TERRACE_STEP_ROW)
    g_ptr_array_add (moves, terrace_move_row_read (statement));
  return step == TERRACE_STEP_DONE ? g_steal_pointer (&moves) : NULL;
}

/* The move that is taken back learns by which one. */
static gboolean
mark_undone (TerraceConnection *connection, TerraceMove *move, GError **error)
{
  static const char SQL[] = "UPDATE move SET undone_by = ? WHERE id = ?";
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;

  if (move->undo_of == 0)
    return TRUE;
  if (!terrace_statement_prepare (&statement, connection, SQL, error))
    return FALSE;
  terrace_statement_bind_int64 (&statement, move->id);
  terrace_statement_bind_int64 (&statement, move->undo_of);
  return terrace_statement_run (&statement, error);
}

gboolean
terrace_move_table_insert (TerraceConnection *connection, TerraceMove *move, GError **error)
{
  static const char SQL[] = "INSERT INTO move"
                            " (lease_until_us, " TERRACE_MOVE_FIXED ", " TERRACE_MOVE_CHANGING ")"
                            " VALUES (0, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,"
                            " ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;

  g_return_val_if_fail (TERRACE_IS_MOVE (move), FALSE);
  g_return_val_if_fail (move->id == 0, FALSE);

  if (!terrace_statement_prepare (&statement, connection, SQL, error))
    return FALSE;
  bind_fixed (&statement, move);
  terrace_move_row_bind_changing (&statement, move);
  if (!terrace_statement_run (&statement, error))
    {
      terrace_error_reword_exists (error, _ ("This object is being moved already"));
      return FALSE;
    }
  move->id = terrace_connection_get_last_id (connection);
  return mark_undone (connection, move, error);
}

TerraceMove *
terrace_move_table_get (TerraceConnection *connection, gint64 move_id, GError **error)
{
  static const char SQL[] = "SELECT " TERRACE_MOVE_COLUMNS " FROM move WHERE id = ?";
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;
  TerraceStep step;

  if (!terrace_statement_prepare (&statement, connection, SQL, error))
    return NULL;
  terrace_statement_bind_int64 (&statement, move_id);
  step = terrace_statement_step (&statement, error);
  if (step == TERRACE_STEP_ROW)
    return terrace_move_row_read (&statement);
  if (step == TERRACE_STEP_DONE)
    g_set_error_literal (error, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND,
                         _ ("This migration is not known"));
  return NULL;
}

GPtrArray *
terrace_move_table_page (TerraceConnection *connection,
                         int final,
                         gint64 before_id,
                         guint limit,
                         GError **error)
{
  static const char ALL[] = "SELECT " TERRACE_MOVE_COLUMNS " FROM move WHERE id < ?"
                            " ORDER BY id DESC LIMIT ?";
  static const char OPEN[] = "SELECT " TERRACE_MOVE_COLUMNS " FROM move INDEXED BY move_unfinished"
                             " WHERE id < ? AND state NOT IN (5, 7, 8) ORDER BY id DESC LIMIT ?";
  static const char FINAL[] = "SELECT " TERRACE_MOVE_COLUMNS " FROM move INDEXED BY move_final"
                              " WHERE id < ? AND state IN (5, 7, 8) ORDER BY id DESC LIMIT ?";
  const char *sql = final < 0 ? ALL : final == 0 ? OPEN : FINAL;
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;

  if (!terrace_statement_prepare (&statement, connection, sql, error))
    return NULL;
  terrace_statement_bind_int64 (&statement, before_id == 0 ? G_MAXINT64 : before_id);
  terrace_statement_bind_int64 (&statement, limit);
  return terrace_move_row_read_all (&statement, error);
}

GPtrArray *
terrace_move_table_of_item (TerraceConnection *connection, gint64 item_id, GError **error)
{
  static const char SQL[] =
      "SELECT " TERRACE_MOVE_COLUMNS " FROM move WHERE item_id = ? ORDER BY id DESC";
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;

  if (!terrace_statement_prepare (&statement, connection, SQL, error))
    return NULL;
  terrace_statement_bind_int64 (&statement, item_id);
  return terrace_move_row_read_all (&statement, error);
}

gboolean
terrace_move_table_counts (TerraceConnection *connection, guint64 *counts, GError **error)
{
  static const char SQL[] = "SELECT state, moves FROM move_total";
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;
  TerraceStep step;

  g_return_val_if_fail (counts != NULL, FALSE);

  for (guint i = 0; i <= TERRACE_MOVE_CANCELLED; i++)
    counts[i] = 0;
  if (!terrace_statement_prepare (&statement, connection, SQL, error))
    return FALSE;
  while ((step = terrace_statement_step (&statement, error)) == TERRACE_STEP_ROW)
    {
      gint64 state = terrace_statement_read_int64 (&statement);

      if (state >= 0 && state <= TERRACE_MOVE_CANCELLED)
        counts[state] = (guint64) terrace_statement_read_int64 (&statement);
    }
  return step == TERRACE_STEP_DONE;
}

gboolean
terrace_move_batch_table_insert (TerraceConnection *connection,
                                 gint64 now_us,
                                 gint64 *batch_id,
                                 GError **error)
{
  static const char SQL[] = "INSERT INTO move_batch (created_us, spent_nanos) VALUES (?, 0)";
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;

  if (!terrace_statement_prepare (&statement, connection, SQL, error))
    return FALSE;
  terrace_statement_bind_int64 (&statement, now_us);
  if (!terrace_statement_run (&statement, error))
    return FALSE;
  *batch_id = terrace_connection_get_last_id (connection);
  return TRUE;
}

gboolean
terrace_move_batch_table_spend (TerraceConnection *connection,
                                gint64 batch_id,
                                gint64 nanos,
                                GError **error)
{
  static const char SQL[] = "UPDATE move_batch SET spent_nanos = spent_nanos + ?2 WHERE id = ?1";
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;

  if (!terrace_statement_prepare (&statement, connection, SQL, error))
    return FALSE;
  terrace_statement_bind_int64 (&statement, batch_id);
  terrace_statement_bind_int64 (&statement, nanos);
  return terrace_statement_run (&statement, error);
}

gboolean
terrace_move_batch_table_get_spent (TerraceConnection *connection,
                                    gint64 batch_id,
                                    gint64 *spent_nanos,
                                    GError **error)
{
  static const char SQL[] = "SELECT spent_nanos FROM move_batch WHERE id = ?";
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;
  TerraceStep step;

  *spent_nanos = 0;
  if (!terrace_statement_prepare (&statement, connection, SQL, error))
    return FALSE;
  terrace_statement_bind_int64 (&statement, batch_id);
  step = terrace_statement_step (&statement, error);
  if (step == TERRACE_STEP_ROW)
    *spent_nanos = terrace_statement_read_int64 (&statement);
  return step != TERRACE_STEP_ERROR;
}

gboolean
terrace_move_batch_table_pause (TerraceConnection *connection,
                                gint64 batch_id,
                                const char *reason,
                                int reason_code,
                                gint64 now_us,
                                guint *n_paused,
                                GError **error)
{
  /* What has not begun (0) is paused (6); what somebody carries is paused by its carrier. */
  static const char SQL[] = "UPDATE move SET state = 6, request = 0, error = ?2, error_code = ?3,"
                            " updated_us = ?4 WHERE state = 0 AND resume_state = 0"
                            " AND batch_id = ?1 AND lease_owner IS NULL";
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;

  if (!terrace_statement_prepare (&statement, connection, SQL, error))
    return FALSE;
  terrace_statement_bind_int64 (&statement, batch_id);
  terrace_statement_bind_text (&statement, reason);
  terrace_statement_bind_int64 (&statement, reason_code);
  terrace_statement_bind_int64 (&statement, now_us);
  if (!terrace_statement_run (&statement, error))
    return FALSE;
  *n_paused = (guint) terrace_connection_get_changes (connection);
  return TRUE;
}
