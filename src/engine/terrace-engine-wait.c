/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Waiting for moves: looks again whenever the catalogue says that a move changed, whichever process
 * carries it out. Main thread but for look_at_moves(). */

#include "config.h"

#include "engine/terrace-engine-private.h"
#include "base/terrace-limits.h"

typedef struct
{
  /* inputs */
  GArray *move_ids;

  /* in progress */
  GSource *cancelled;
  guint n_settled; /* of the first moves: they need not be looked at again */
  gboolean looking;
  gboolean look_again;
  gboolean busy;
  gboolean unsettled;
} Waiting;

static void
waiting_free (Waiting *waiting)
{
  if (waiting->cancelled != NULL)
    g_source_destroy (waiting->cancelled);
  g_clear_pointer (&waiting->cancelled, g_source_unref);
  g_array_unref (waiting->move_ids);
  g_free (waiting);
}

static gboolean
has_work_left (TerraceMove *move)
{
  if (move->request == TERRACE_MOVE_REQUEST_CANCEL)
    return !terrace_move_state_is_final (move->state);

  return !terrace_move_state_is_final (move->state) && move->state != TERRACE_MOVE_PAUSED &&
         !(move->state == TERRACE_MOVE_STAGED && move->hold);
}

static gboolean
look_at_open_moves (TerraceConnection *connection, Waiting *waiting, GError **error)
{
  gint64 before_id = 0;

  while (TRUE)
    {
      g_autoptr (GPtrArray) moves = NULL;

      moves = terrace_move_table_page (connection, 0, before_id, TERRACE_LIMIT_BATCH_ITEMS, error);
      if (moves == NULL)
        return FALSE;
      if (moves->len == 0)
        return TRUE;
      for (guint i = 0; i < moves->len; i++)
        {
          TerraceMove *move = g_ptr_array_index (moves, i);

          before_id = move->id;
          if (has_work_left (move))
            {
              waiting->busy = TRUE;
              return TRUE;
            }
        }
    }
}

/* The object of a move that is done may not yet have been assessed in its new place. */
static gboolean
look_at_item (TerraceConnection *connection, Waiting *waiting, TerraceMove *move, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autoptr (TerraceItem) item = NULL;

  if (move->state != TERRACE_MOVE_DONE)
    return TRUE;
  item = terrace_item_table_get (connection, move->item_id, &local_error);
  if (item != NULL)
    waiting->unsettled |= !item->moving && item->assessed_us < move->finished_us;
  else if (!g_error_matches (local_error, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND))
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }

  return TRUE;
}

static gboolean
look_at_moves (TerraceConnection *connection, gpointer data, GError **error)
{
  Waiting *waiting = data;

  waiting->busy = FALSE;
  waiting->unsettled = FALSE;
  if (waiting->move_ids->len == 0)
    return look_at_open_moves (connection, waiting, error);

  /* Moves end about in the order they were asked for. */
  for (guint i = waiting->n_settled; i < waiting->move_ids->len && !waiting->busy; i++)
    {
      g_autoptr (TerraceMove) move = NULL;

      move =
          terrace_move_table_get (connection, g_array_index (waiting->move_ids, gint64, i), error);
      if (move == NULL)
        return FALSE;
      waiting->busy = has_work_left (move);
      if (!look_at_item (connection, waiting, move, error))
        return FALSE;
      if (i == waiting->n_settled && !waiting->busy && !waiting->unsettled)
        waiting->n_settled++;
    }

  return TRUE;
}

/* Whoever waits for moves wants to see what they changed, too. A row may be read before the queue
 * has heard that it was written; as long as the queue is active, it will. */
static gboolean
is_settling (TerraceEngine *self, Waiting *waiting)
{
  return self->refreshing || self->stale_items->len > 0 ||
         ((waiting->unsettled || waiting->move_ids->len == 0) &&
          terrace_queue_get_active (self->queue) > 0);
}

static void look (TerraceEngine *self, GTask *task);

static void
look_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  TerraceEngine *self = g_task_get_source_object (task);
  Waiting *waiting = g_task_get_task_data (task);
  gboolean success;

  success = terrace_catalog_read_finish (TERRACE_CATALOG (object), result, &error);
  waiting->looking = FALSE;
  /* It was cancelled meanwhile. */
  if (!g_ptr_array_find (self->waiters, task, NULL))
    return;

  if (success && waiting->look_again)
    look (self, task);
  else if (success && (waiting->busy || is_settling (self, waiting)))
    return;
  else
    {
      g_ptr_array_remove (self->waiters, task);
      if (success)
        g_task_return_boolean (task, TRUE);
      else
        g_task_return_error (task, g_steal_pointer (&error));
      g_object_unref (task);
    }
}

static void
look (TerraceEngine *self, GTask *task)
{
  Waiting *waiting = g_task_get_task_data (task);

  if (waiting->looking)
    {
      waiting->look_again = TRUE;
      return;
    }
  waiting->looking = TRUE;
  waiting->look_again = FALSE;
  terrace_catalog_read_async (self->catalog, look_at_moves, waiting, NULL, look_cb,
                              g_object_ref (task));
}

void
terrace_engine_check_waiters (TerraceEngine *self)
{
  for (guint i = 0; i < self->waiters->len; i++)
    look (self, g_ptr_array_index (self->waiters, i));
}

static void
end_waiter (TerraceEngine *self, GTask *task)
{
  if (!g_ptr_array_remove (self->waiters, task))
    return;
  g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CANCELLED, "Waiting was cancelled");
  g_object_unref (task);
}

void
terrace_engine_cancel_waiters (TerraceEngine *self)
{
  while (self->waiters->len > 0)
    end_waiter (self, g_ptr_array_index (self->waiters, self->waiters->len - 1));
}

static gboolean
cancelled_cb (GCancellable *cancellable, gpointer user_data)
{
  GTask *task = user_data;

  end_waiter (g_task_get_source_object (task), task);

  return G_SOURCE_REMOVE;
}

void
terrace_engine_wait_async (TerraceEngine *self,
                           const gint64 *move_ids,
                           guint n_moves,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  Waiting *waiting;
  GTask *task;

  g_return_if_fail (TERRACE_IS_ENGINE (self));
  g_return_if_fail (move_ids != NULL || n_moves == 0);

  task =
      terrace_engine_task_new (self, terrace_engine_wait_async, cancellable, callback, user_data);
  waiting = g_new0 (Waiting, 1);
  waiting->move_ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  if (n_moves > 0)
    g_array_append_vals (waiting->move_ids, move_ids, n_moves);
  g_task_set_task_data (task, waiting, (GDestroyNotify) waiting_free);
  if (cancellable != NULL)
    {
      waiting->cancelled = g_cancellable_source_new (cancellable);
      g_source_set_callback (waiting->cancelled, G_SOURCE_FUNC (cancelled_cb), task, NULL);
      g_source_attach (waiting->cancelled, g_main_context_get_thread_default ());
    }
  g_ptr_array_add (self->waiters, task);
  look (self, task);
}

gboolean
terrace_engine_wait_finish (TerraceEngine *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
