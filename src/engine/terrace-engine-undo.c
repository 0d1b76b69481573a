/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Taking a move back: an unfinished one is cancelled; a finished one becomes a new move to where
 * the object came from. Main thread but for undo_move() and what it calls. */

#include "config.h"

#include "engine/terrace-engine-private.h"
#include "engine/terrace-move-maker.h"

#include <glib/gi18n-lib.h>

typedef struct
{
  gint64 move_id;
  gint64 now_us;
  TerraceAssessor *assessor;

  /* results */
  gint64 undo_move_id;
} Undoing;

static void
undoing_free (Undoing *undoing)
{
  terrace_assessor_free (undoing->assessor);
  g_free (undoing);
}

gboolean
terrace_move_can_undo (TerraceMove *move)
{
  g_return_val_if_fail (TERRACE_IS_MOVE (move), FALSE);

  if (move->state == TERRACE_MOVE_DONE)
    return move->undone_by == 0 && !move->keep_source;

  return terrace_move_allows (move, TERRACE_MOVE_ACTION_CANCEL);
}

static gboolean
has_location (TerraceConnection *connection, gint64 location_id, GError **error)
{
  g_autoptr (GPtrArray) locations = terrace_location_table_list (connection, error);

  if (locations == NULL)
    return FALSE;
  for (guint i = 0; i < locations->len; i++)
    if (((TerraceLocation *) g_ptr_array_index (locations, i))->id == location_id)
      return TRUE;

  g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND,
               _ ("The location it came from is no longer known"));
  return FALSE;
}

/* A move back that failed or was cancelled does not stand in the way of another one. */
static gboolean
check_not_undone (TerraceConnection *connection, TerraceMove *move, GError **error)
{
  g_autoptr (TerraceMove) undo = NULL;

  if (move->undone_by == 0)
    return TRUE;
  undo = terrace_move_table_get (connection, move->undone_by, error);
  if (undo == NULL)
    return FALSE;
  if (undo->state == TERRACE_MOVE_FAILED || undo->state == TERRACE_MOVE_CANCELLED)
    return TRUE;

  g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_EXISTS,
               _ ("The migration of “%s” has been taken back already"), move->name);
  return FALSE;
}

static gboolean
check_untouched (TerraceMove *move, TerraceItem *item, GError **error)
{
  if (item->moving)
    g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_EXISTS, _ ("“%s” is being moved already"),
                 item->name);
  else if (item->location_id != move->dest_location_id ||
           g_strcmp0 (item->key, move->dest_key) != 0)
    g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_CHANGED,
                 _ ("“%s” has been moved again since: take that migration back first"), item->name);
  else if (move->dest_version != NULL && g_strcmp0 (item->version, move->dest_version) != 0)
    g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_CHANGED,
                 _ ("“%s” has changed since it was moved: move it yourself if you want it back"),
                 item->name);
  else
    return TRUE;

  return FALSE;
}

static gboolean
check_place_free (TerraceConnection *connection, TerraceMove *move, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autoptr (TerraceItem) there = NULL;

  there = terrace_item_table_find (connection, move->source_location_id, move->source_key,
                                   &local_error);
  if (there != NULL)
    g_set_error (&local_error, TERRACE_ERROR, TERRACE_ERROR_EXISTS,
                 _ ("Another object lies where “%s” came from"), move->name);
  if (local_error == NULL)
    return TRUE;

  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

static gboolean
queue_move_back (TerraceConnection *connection,
                 Undoing *undoing,
                 TerraceMove *move,
                 TerraceItem *item,
                 GError **error)
{
  g_autoptr (TerraceMove) back = NULL;

  back = terrace_move_maker_new_move (connection, item, move->source_location_id,
                                      move->source_class_id, undoing->now_us, error);
  if (back == NULL)
    return FALSE;

  g_free (back->dest_key);
  back->dest_key = g_strdup (move->source_key);
  back->undo_of = move->id;
  back->priority = G_PRIORITY_HIGH;
  terrace_assessor_compare (undoing->assessor, item, back->dest_location_id, back->dest_class_id,
                            &back->saving_nanos, &back->once_nanos, &back->leave_nanos);
  /* Storing it also notes in the old move what takes it back. */
  if (!terrace_move_maker_store (connection, back, TRUE, error))
    return FALSE;

  undoing->undo_move_id = back->id;
  return TRUE;
}

static gboolean
undo_done_move (TerraceConnection *connection, Undoing *undoing, TerraceMove *move, GError **error)
{
  g_autoptr (TerraceItem) item = NULL;

  if (move->keep_source)
    {
      g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_UNSUPPORTED,
                   _ ("“%s” was copied, not moved: the original is where it was"), move->name);
      return FALSE;
    }
  item = terrace_item_table_get (connection, move->item_id, error);

  return item != NULL && check_not_undone (connection, move, error) &&
         check_untouched (move, item, error) &&
         has_location (connection, move->source_location_id, error) &&
         check_place_free (connection, move, error) &&
         queue_move_back (connection, undoing, move, item, error);
}

static gboolean
undo_move (TerraceConnection *connection, gpointer data, GError **error)
{
  Undoing *undoing = data;
  g_autoptr (TerraceMove) move = terrace_move_table_get (connection, undoing->move_id, error);

  if (move == NULL)
    return FALSE;
  if (move->state == TERRACE_MOVE_DONE)
    return undo_done_move (connection, undoing, move, error);
  if (terrace_move_allows (move, TERRACE_MOVE_ACTION_CANCEL))
    return terrace_move_table_request (connection, move->id, TERRACE_MOVE_REQUEST_CANCEL,
                                       undoing->now_us, error);

  if (terrace_move_state_is_final (move->state))
    g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID,
                 _ ("The migration of “%s” was not carried out, so there is nothing to take back"),
                 move->name);
  else
    g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_BUSY,
                 _ ("The migration of “%s” is just ending: take it back when it is done"),
                 move->name);
  return FALSE;
}

static void
undo_queued (TerraceEngine *self, GTask *task)
{
  terrace_queue_poke (self->queue);
  g_task_return_boolean (task, TRUE);
  g_object_unref (task);
}

void
terrace_engine_undo_async (TerraceEngine *self,
                           gint64 move_id,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  Undoing *undoing;
  GTask *task;

  g_return_if_fail (TERRACE_IS_ENGINE (self));

  task =
      terrace_engine_task_new (self, terrace_engine_undo_async, cancellable, callback, user_data);
  undoing = g_new0 (Undoing, 1);
  undoing->move_id = move_id;
  undoing->now_us = terrace_clock_get_now_us (self->clock);
  undoing->assessor = terrace_engine_new_assessor (self);
  g_task_set_task_data (task, undoing, (GDestroyNotify) undoing_free);
  terrace_engine_write_step (self, task, undo_move,
                             TERRACE_CATALOG_MOVES | TERRACE_CATALOG_ITEMS | TERRACE_CATALOG_EVENTS,
                             undo_queued);
}

gboolean
terrace_engine_undo_finish (TerraceEngine *self,
                            GAsyncResult *result,
                            gint64 *undo_move_id,
                            GError **error)
{
  Undoing *undoing;

  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  undoing = g_task_get_task_data (G_TASK (result));
  if (!g_task_propagate_boolean (G_TASK (result), error))
    return FALSE;
  if (undo_move_id != NULL)
    *undo_move_id = undoing->undo_move_id;

  return TRUE;
}
