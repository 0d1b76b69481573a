/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Who carries a move out: leases, and what others ask of the carrier. All of it runs in immediate
 * transactions, so what one process has claimed no other one sees as free. Writer threads. */

#include "config.h"

#include "catalog/terrace-move-row-private.h"

#include "base/terrace-error.h"

#include <glib/gi18n-lib.h>

static gboolean
lease_move (TerraceConnection *connection,
            gint64 move_id,
            const char *owner,
            gint64 lease_until_us,
            GError **error)
{
  static const char SQL[] = "UPDATE move SET lease_owner = ?, lease_until_us = ? WHERE id = ?";
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;

  if (!terrace_statement_prepare (&statement, connection, SQL, error))
    return FALSE;
  terrace_statement_bind_text (&statement, owner);
  terrace_statement_bind_int64 (&statement, lease_until_us);
  terrace_statement_bind_int64 (&statement, move_id);
  return terrace_statement_run (&statement, error);
}

/* A JSON array for json_each(): the only list that a constant statement can take. */
static char *
join_ids (const gint64 *ids, guint n_ids)
{
  g_autoptr (GString) json = g_string_new ("[");

  for (guint i = 0; i < n_ids; i++)
    g_string_append_printf (json, "%s%" G_GINT64_FORMAT, i > 0 ? "," : "", ids[i]);
  g_string_append_c (json, ']');
  return g_string_free (g_steal_pointer (&json), FALSE);
}

GPtrArray *
terrace_move_table_claim (TerraceConnection *connection,
                          const char *owner,
                          gint64 now_us,
                          gint64 lease_until_us,
                          guint limit,
                          const gint64 *busy_locations,
                          guint n_busy,
                          GError **error)
{
  /* State 6 is paused, 3 staged; request 2 is cancel. */
  static const char SQL[] =
      "SELECT " TERRACE_MOVE_COLUMNS " FROM move INDEXED BY move_ready"
      " WHERE state NOT IN (5, 7, 8)"
      " AND (lease_owner IS NULL OR lease_until_us < ?1)"
      " AND (request = 2 OR (state <> 6 AND retry_us <= ?1 AND NOT (state = 3 AND hold = 1)))"
      " AND (request = 2 OR (source_location_id NOT IN (SELECT value FROM json_each (?2))"
      " AND dest_location_id NOT IN (SELECT value FROM json_each (?2))))"
      " ORDER BY priority DESC, id LIMIT ?3";
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;
  g_autofree char *busy = join_ids (busy_locations, n_busy);
  g_autoptr (GPtrArray) moves = NULL;

  g_return_val_if_fail (owner != NULL, NULL);

  if (!terrace_statement_prepare (&statement, connection, SQL, error))
    return NULL;
  terrace_statement_bind_int64 (&statement, now_us);
  terrace_statement_bind_text (&statement, busy);
  terrace_statement_bind_int64 (&statement, limit);
  moves = terrace_move_row_read_all (&statement, error);
  for (guint i = 0; moves != NULL && i < moves->len; i++)
    {
      TerraceMove *move = g_ptr_array_index (moves, i);

      if (!lease_move (connection, move->id, owner, lease_until_us, error))
        return NULL;
    }
  return g_steal_pointer (&moves);
}

static gboolean
is_owner (TerraceConnection *connection,
          gint64 move_id,
          const char *owner,
          gboolean *owns,
          GError **error)
{
  static const char SQL[] = "SELECT 1 FROM move WHERE id = ? AND lease_owner = ?";
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;
  TerraceStep step;

  if (!terrace_statement_prepare (&statement, connection, SQL, error))
    return FALSE;
  terrace_statement_bind_int64 (&statement, move_id);
  terrace_statement_bind_text (&statement, owner);
  step = terrace_statement_step (&statement, error);
  *owns = step == TERRACE_STEP_ROW;
  return step != TERRACE_STEP_ERROR;
}

gboolean
terrace_move_table_renew (TerraceConnection *connection,
                          const char *owner,
                          gint64 lease_until_us,
                          const gint64 *held,
                          guint n_held,
                          GArray *lost,
                          GError **error)
{
  static const char SQL[] = "UPDATE move SET lease_until_us = ? WHERE lease_owner = ?"
                            " AND lease_owner IS NOT NULL";
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;

  g_return_val_if_fail (owner != NULL, FALSE);
  g_return_val_if_fail (n_held == 0 || lost != NULL, FALSE);

  if (!terrace_statement_prepare (&statement, connection, SQL, error))
    return FALSE;
  terrace_statement_bind_int64 (&statement, lease_until_us);
  terrace_statement_bind_text (&statement, owner);
  if (!terrace_statement_run (&statement, error))
    return FALSE;
  for (guint i = 0; i < n_held; i++)
    {
      gboolean owns;

      if (!is_owner (connection, held[i], owner, &owns, error))
        return FALSE;
      if (!owns)
        g_array_append_val (lost, held[i]);
    }
  return TRUE;
}

static gboolean
require_lease (TerraceConnection *connection, GError **error)
{
  if (terrace_connection_get_changes (connection) > 0)
    return TRUE;
  g_set_error_literal (error, TERRACE_ERROR, TERRACE_ERROR_CHANGED,
                       _ ("Another program carries this migration out now"));
  return FALSE;
}

gboolean
terrace_move_table_update (TerraceConnection *connection,
                           TerraceMove *move,
                           const char *owner,
                           GError **error)
{
  static const char SQL[] =
      "UPDATE move SET (" TERRACE_MOVE_CHANGING ") ="
      " (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
      " WHERE id = ? AND lease_owner = ?";
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;

  g_return_val_if_fail (TERRACE_IS_MOVE (move), FALSE);
  g_return_val_if_fail (owner != NULL, FALSE);

  if (!terrace_statement_prepare (&statement, connection, SQL, error))
    return FALSE;
  terrace_move_row_bind_changing (&statement, move);
  terrace_statement_bind_int64 (&statement, move->id);
  terrace_statement_bind_text (&statement, owner);
  return terrace_statement_run (&statement, error) && require_lease (connection, error);
}

/* An undo that was given up or failed leaves its move as one that can be taken back. */
static gboolean
unmark_undone (TerraceConnection *connection, TerraceMove *move, GError **error)
{
  static const char SQL[] = "UPDATE move SET undone_by = 0 WHERE id = ? AND undone_by = ?";
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;

  if (move->undo_of == 0 ||
      (move->state != TERRACE_MOVE_CANCELLED && move->state != TERRACE_MOVE_FAILED))
    return TRUE;
  if (!terrace_statement_prepare (&statement, connection, SQL, error))
    return FALSE;
  terrace_statement_bind_int64 (&statement, move->undo_of);
  terrace_statement_bind_int64 (&statement, move->id);
  return terrace_statement_run (&statement, error);
}

gboolean
terrace_move_table_release (TerraceConnection *connection,
                            TerraceMove *move,
                            const char *owner,
                            GError **error)
{
  /* A trigger clears the item's "moving" in the same step as the state becomes final. */
  static const char SQL[] = "UPDATE move SET lease_owner = NULL, lease_until_us = 0 WHERE id = ?";
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;

  if (!terrace_move_table_update (connection, move, owner, error) ||
      !terrace_statement_prepare (&statement, connection, SQL, error))
    return FALSE;
  terrace_statement_bind_int64 (&statement, move->id);
  return terrace_statement_run (&statement, error) && unmark_undone (connection, move, error);
}

static gboolean
refuse (TerraceConnection *connection, gint64 move_id, GError **error)
{
  g_autoptr (TerraceMove) move = terrace_move_table_get (connection, move_id, error);

  if (move != NULL)
    g_set_error_literal (error, TERRACE_ERROR, TERRACE_ERROR_INVALID,
                         _ ("The migration is in a state that does not allow this"));
  return FALSE;
}

/* What has not begun (and left no upload behind in an earlier attempt) needs nobody to answer: it
 * may be the last of many thousands, and nobody may be there to carry it. Nor does a pause (1) of
 * what nobody carries, because it waits for its next attempt. FALSE without @error if somebody has
 * to. */
static gboolean
answer_at_once (TerraceConnection *connection,
                gint64 move_id,
                TerraceMoveRequest request,
                gint64 now_us,
                GError **error)
{
  static const char SQL[] =
      "UPDATE move SET state = CASE ?2 WHEN 2 THEN 8 ELSE 6 END, request = 0, retry_us = 0,"
      " resume_state = CASE state WHEN 0 THEN resume_state ELSE state END,"
      " updated_us = ?3, finished_us = CASE ?2 WHEN 2 THEN ?3 ELSE 0 END"
      " WHERE id = ?1 AND lease_owner IS NULL"
      " AND ((?2 <> 0 AND state = 0 AND resume_state = 0 AND upload IS NULL)"
      " OR (?2 = 1 AND (state < 3 OR (state = 3 AND hold = 0))))";
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;
  g_autoptr (TerraceMove) move = NULL;

  if (!terrace_statement_prepare (&statement, connection, SQL, error))
    return FALSE;
  terrace_statement_bind_int64 (&statement, move_id);
  terrace_statement_bind_int64 (&statement, request);
  terrace_statement_bind_int64 (&statement, now_us);
  if (!terrace_statement_run (&statement, error) ||
      terrace_connection_get_changes (connection) == 0)
    return FALSE;

  move = terrace_move_table_get (connection, move_id, error);
  return move != NULL && unmark_undone (connection, move, error);
}

gboolean
terrace_move_table_request (TerraceConnection *connection,
                            gint64 move_id,
                            TerraceMoveRequest request,
                            gint64 now_us,
                            GError **error)
{
  /* What is being committed (4) is past turning back. Only what is on its way can be paused: not
   * what is paused (6), nor what is held at staged (3), which nobody carries. */
  static const char SQL[] =
      "UPDATE move SET request = ?2 WHERE id = ?1 AND state NOT IN (4, 5, 7, 8)"
      " AND (?2 <> 1 OR (state <> 6 AND NOT (state = 3 AND hold = 1)))";
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;
  g_autoptr (GError) local_error = NULL;

  if (answer_at_once (connection, move_id, request, now_us, &local_error))
    return TRUE;
  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  if (!terrace_statement_prepare (&statement, connection, SQL, error))
    return FALSE;
  terrace_statement_bind_int64 (&statement, move_id);
  terrace_statement_bind_int64 (&statement, request);
  if (!terrace_statement_run (&statement, error))
    return FALSE;
  return terrace_connection_get_changes (connection) > 0 || refuse (connection, move_id, error);
}

/* A move back that is tried again takes its move back again, unless another one has. */
static gboolean
mark_undone_again (TerraceConnection *connection, gint64 move_id, GError **error)
{
  static const char SQL[] = "UPDATE move SET undone_by = ?1 WHERE undone_by = 0 AND id ="
                            " (SELECT undo_of FROM move WHERE id = ?1 AND undo_of <> 0)";
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;

  if (!terrace_statement_prepare (&statement, connection, SQL, error))
    return FALSE;
  terrace_statement_bind_int64 (&statement, move_id);
  return terrace_statement_run (&statement, error);
}

gboolean
terrace_move_table_requeue (TerraceConnection *connection,
                            gint64 move_id,
                            gint64 now_us,
                            GError **error)
{
  /* Paused (6) and failed (7) go on from where they stood, which is what recovery does as well;
   * held at staged (3) stays there and is let go. */
  static const char SQL[] =
      "UPDATE move SET request = 0, retry_us = 0, finished_us = 0, updated_us = ?2,"
      " attempts = CASE state WHEN 7 THEN 0 ELSE attempts END,"
      " error = CASE state WHEN 7 THEN NULL ELSE error END,"
      " error_code = CASE state WHEN 7 THEN 0 ELSE error_code END,"
      " hold = CASE state WHEN 3 THEN 0 ELSE hold END,"
      " state = CASE WHEN state = 3 THEN 3 WHEN resume_state <= 4 THEN resume_state ELSE 0 END"
      " WHERE id = ?1 AND (state IN (6, 7) OR (state = 3 AND hold = 1))";
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;

  if (!terrace_statement_prepare (&statement, connection, SQL, error))
    return FALSE;
  terrace_statement_bind_int64 (&statement, move_id);
  terrace_statement_bind_int64 (&statement, now_us);
  if (!terrace_statement_run (&statement, error))
    {
      terrace_error_reword_exists (error, _ ("This object is being moved already"));
      return FALSE;
    }
  return terrace_connection_get_changes (connection) > 0 ?
             mark_undone_again (connection, move_id, error) :
             refuse (connection, move_id, error);
}

gboolean
terrace_move_table_wake (TerraceConnection *connection, gint64 location_id, GError **error)
{
  static const char SQL[] = "UPDATE move SET retry_us = 0, attempts = 0 WHERE " TERRACE_MOVE_OPEN
                            " AND lease_owner IS NULL AND attempts > 0"
                            " AND (source_location_id = ?1 OR dest_location_id = ?1)";
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;

  if (!terrace_statement_prepare (&statement, connection, SQL, error))
    return FALSE;
  terrace_statement_bind_int64 (&statement, location_id);
  return terrace_statement_run (&statement, error);
}

gboolean
terrace_move_table_set_priority (TerraceConnection *connection,
                                 gint64 move_id,
                                 int priority,
                                 GError **error)
{
  static const char SQL[] = "UPDATE move SET priority = ? WHERE id = ?";
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;

  if (!terrace_statement_prepare (&statement, connection, SQL, error))
    return FALSE;
  terrace_statement_bind_int64 (&statement, priority);
  terrace_statement_bind_int64 (&statement, move_id);
  return terrace_statement_run (&statement, error) &&
         terrace_connection_require_change (connection, _ ("This migration is not known"), error);
}

GPtrArray *
terrace_move_table_requested (TerraceConnection *connection, const char *owner, GError **error)
{
  static const char SQL[] = "SELECT " TERRACE_MOVE_COLUMNS " FROM move"
                            " WHERE lease_owner = ? AND lease_owner IS NOT NULL AND request <> 0"
                            " ORDER BY id";
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;

  g_return_val_if_fail (owner != NULL, NULL);

  if (!terrace_statement_prepare (&statement, connection, SQL, error))
    return NULL;
  terrace_statement_bind_text (&statement, owner);
  return terrace_move_row_read_all (&statement, error);
}

GPtrArray *
terrace_move_table_owners (TerraceConnection *connection, GError **error)
{
  static const char SQL[] = "SELECT DISTINCT lease_owner FROM move WHERE lease_owner IS NOT NULL";
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;
  g_autoptr (GPtrArray) owners = g_ptr_array_new_with_free_func (g_free);
  TerraceStep step;

  if (!terrace_statement_prepare (&statement, connection, SQL, error))
    return NULL;
  while ((step = terrace_statement_step (&statement, error)) == TERRACE_STEP_ROW)
    g_ptr_array_add (owners, terrace_statement_read_text (&statement));

  return step == TERRACE_STEP_ERROR ? NULL : g_steal_pointer (&owners);
}

gboolean
terrace_move_table_expire_owner (TerraceConnection *connection, const char *owner, GError **error)
{
  static const char SQL[] = "UPDATE move SET lease_owner = NULL, lease_until_us = 0"
                            " WHERE lease_owner = ?";
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;

  g_return_val_if_fail (owner != NULL, FALSE);

  if (!terrace_statement_prepare (&statement, connection, SQL, error))
    return FALSE;
  terrace_statement_bind_text (&statement, owner);
  return terrace_statement_run (&statement, error);
}

GPtrArray *
terrace_move_table_leased (TerraceConnection *connection, guint limit, GError **error)
{
  static const char SQL[] = "SELECT " TERRACE_MOVE_COLUMNS " FROM move INDEXED BY move_lease"
                            " WHERE lease_owner IS NOT NULL ORDER BY id DESC LIMIT ?";
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;

  if (!terrace_statement_prepare (&statement, connection, SQL, error))
    return NULL;
  terrace_statement_bind_int64 (&statement, limit);
  return terrace_move_row_read_all (&statement, error);
}
