/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Moves that a person chose, and what a person asks of moves. Everything is a row: the queue, of
 * this process or another, follows. Main thread but for the catalogue's functions. */

#include "config.h"

#include "engine/terrace-engine-private.h"
#include "engine/terrace-move-maker.h"

#include <glib/gi18n-lib.h>

/* Up to this many moves are named one by one in the log. */
#define EVENTS_SINGLY 10

/* --- Moving ------------------------------------------------------------------------------------
 */

typedef struct
{
  /* inputs */
  GArray *ids;
  TerraceMoveOptions options;
  char *class_id;
  gboolean is_folder;
  char *dest_name;
  gint64 now_us;
  TerraceAssessor *assessor;
  gint64 batch_id;

  /* results */
  GArray *move_ids;
} Moving;

static void
moving_free (Moving *moving)
{
  g_array_unref (moving->ids);
  g_clear_pointer (&moving->move_ids, g_array_unref);
  g_clear_pointer (&moving->assessor, terrace_assessor_free);
  g_free (moving->class_id);
  g_free (moving->dest_name);
  g_free (moving);
}

static gboolean
check_item (Moving *moving, TerraceItem *item, GError **error)
{
  if (item->moving)
    g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_EXISTS, _ ("“%s” is being moved already"),
                 item->name);
  else if (item->missing)
    g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND,
                 _ ("“%s” is missing, so it cannot be moved"), item->name);
  else if (item->location_id != moving->options.dest_location_id)
    return TRUE;
  else if (g_strcmp0 (item->class_id, moving->class_id) == 0)
    g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID, _ ("“%s” already lies in “%s”"),
                 item->name, moving->dest_name);
  else if (moving->is_folder)
    g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_UNSUPPORTED,
                 _ ("“%s” is a folder and has one storage class: move “%s” to another location"),
                 moving->dest_name, item->name);
  else
    return TRUE;

  return FALSE;
}

static gboolean
queue_item (TerraceConnection *connection, Moving *moving, TerraceItem *item, GError **error)
{
  g_autoptr (TerraceMove) move = NULL;

  if (!check_item (moving, item, error))
    return FALSE;
  move = terrace_move_maker_new_move (connection, item, moving->options.dest_location_id,
                                      moving->class_id, moving->now_us, error);
  if (move == NULL)
    return FALSE;

  move->priority = moving->options.priority;
  move->keep_source = moving->options.keep_source;
  move->hold = moving->options.hold;
  move->batch_id = moving->batch_id;
  terrace_assessor_compare (moving->assessor, item, move->dest_location_id, move->dest_class_id,
                            &move->saving_nanos, &move->once_nanos, &move->leave_nanos);
  if (!terrace_move_maker_store (connection, move, moving->ids->len <= EVENTS_SINGLY, error))
    return FALSE;

  g_array_append_val (moving->move_ids, move->id);
  return TRUE;
}

/* All or nothing: a person who chose ten objects is not left with four on their way. */
static gboolean
queue_items (TerraceConnection *connection, gpointer data, GError **error)
{
  Moving *moving = data;

  if (!terrace_move_batch_table_insert (connection, moving->now_us, &moving->batch_id, error))
    return FALSE;
  for (guint i = 0; i < moving->ids->len; i++)
    {
      g_autoptr (TerraceItem) item = NULL;

      item = terrace_item_table_get (connection, g_array_index (moving->ids, gint64, i), error);
      if (item == NULL || !queue_item (connection, moving, item, error))
        return FALSE;
    }

  return moving->ids->len <= EVENTS_SINGLY ||
         terrace_move_maker_summarise (connection, moving->ids->len, moving->now_us, error);
}

static void
queue_items_done (TerraceEngine *self, GTask *task)
{
  Moving *moving = g_task_get_task_data (task);

  terrace_queue_poke (self->queue);
  g_task_return_pointer (task, g_steal_pointer (&moving->move_ids), (GDestroyNotify) g_array_unref);
  g_object_unref (task);
}

static gboolean
check_destination (TerraceLocation *location, const char *class_id, GError **error)
{
  if (location == NULL)
    g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND, _ ("There is no such location"));
  else if (location->state == TERRACE_LOCATION_STATE_UNREACHABLE)
    g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_UNREACHABLE, _ ("“%s” cannot be reached now"),
                 location->name);
  else if (location->state == TERRACE_LOCATION_STATE_READ_ONLY)
    g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_READ_ONLY,
                 _ ("Nothing can be written to “%s”"), location->name);
  else if (class_id != NULL &&
           (location->class_ids == NULL ||
            !g_strv_contains ((const char *const *) location->class_ids, class_id)))
    g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID, _ ("“%s” has no storage class “%s”"),
                 location->name, class_id);
  else
    return TRUE;

  return FALSE;
}

void
terrace_engine_move_async (TerraceEngine *self,
                           const gint64 *item_ids,
                           guint n_items,
                           const TerraceMoveOptions *options,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  TerraceLocation *location;
  Moving *moving;
  GTask *task;
  GError *error = NULL;

  g_return_if_fail (TERRACE_IS_ENGINE (self));
  g_return_if_fail (options != NULL);
  g_return_if_fail (item_ids != NULL || n_items == 0);

  task =
      terrace_engine_task_new (self, terrace_engine_move_async, cancellable, callback, user_data);
  location = terrace_engine_get_location (self, options->dest_location_id);
  if (!check_destination (location, options->class_id, &error))
    {
      g_task_return_error (task, error);
      g_object_unref (task);
      return;
    }

  moving = g_new0 (Moving, 1);
  moving->ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  if (n_items > 0)
    g_array_append_vals (moving->ids, item_ids, n_items);
  moving->move_ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  moving->options = *options;
  moving->options.class_id = NULL;
  moving->class_id = g_strdup (
      options->class_id != NULL ? options->class_id : terrace_location_get_class_id (location));
  moving->is_folder = terrace_location_is_folder (location);
  moving->dest_name = g_strdup (location->name);
  moving->now_us = terrace_clock_get_now_us (self->clock);
  moving->assessor = terrace_engine_new_assessor (self);
  g_task_set_task_data (task, moving, (GDestroyNotify) moving_free);
  terrace_engine_write_step (self, task, queue_items,
                             TERRACE_CATALOG_MOVES | TERRACE_CATALOG_ITEMS | TERRACE_CATALOG_EVENTS,
                             queue_items_done);
}

GArray *
terrace_engine_move_finish (TerraceEngine *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* --- Asking ------------------------------------------------------------------------------------
 */

gboolean
terrace_move_allows (TerraceMove *move, TerraceMoveAction action)
{
  gboolean held;

  g_return_val_if_fail (TERRACE_IS_MOVE (move), FALSE);

  held = move->state == TERRACE_MOVE_STAGED && move->hold;
  switch (action)
    {
    case TERRACE_MOVE_ACTION_PAUSE:
      return move->request == TERRACE_MOVE_REQUEST_NONE && !held &&
             (move->state <= TERRACE_MOVE_STAGED);
    case TERRACE_MOVE_ACTION_RESUME:
      return move->state == TERRACE_MOVE_PAUSED && move->request != TERRACE_MOVE_REQUEST_CANCEL;
    case TERRACE_MOVE_ACTION_CANCEL:
      return !terrace_move_state_is_final (move->state) && move->state != TERRACE_MOVE_COMMITTING &&
             move->request != TERRACE_MOVE_REQUEST_CANCEL;
    case TERRACE_MOVE_ACTION_RETRY:
      return move->state == TERRACE_MOVE_FAILED;
    case TERRACE_MOVE_ACTION_COMMIT:
      return held && move->request != TERRACE_MOVE_REQUEST_CANCEL;
    default:
      g_return_val_if_reached (FALSE);
    }
}

typedef struct
{
  gint64 move_id;
  TerraceMoveAction action;
  gint64 now_us;
} Control;

static gboolean
control_move (TerraceConnection *connection, gpointer data, GError **error)
{
  Control *control = data;
  g_autoptr (TerraceMove) move = terrace_move_table_get (connection, control->move_id, error);

  if (move == NULL)
    return FALSE;
  if (!terrace_move_allows (move, control->action))
    {
      g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID,
                   _ ("The migration of “%s” is not in a state that allows this"), move->name);
      return FALSE;
    }

  switch (control->action)
    {
    case TERRACE_MOVE_ACTION_PAUSE:
      return terrace_move_table_request (connection, move->id, TERRACE_MOVE_REQUEST_PAUSE,
                                         control->now_us, error);
    case TERRACE_MOVE_ACTION_CANCEL:
      return terrace_move_table_request (connection, move->id, TERRACE_MOVE_REQUEST_CANCEL,
                                         control->now_us, error);
    case TERRACE_MOVE_ACTION_RESUME:
    case TERRACE_MOVE_ACTION_RETRY:
    case TERRACE_MOVE_ACTION_COMMIT:
    default:
      return terrace_move_table_requeue (connection, move->id, control->now_us, error);
    }
}

static void
control_done (TerraceEngine *self, GTask *task)
{
  terrace_queue_poke (self->queue);
  g_task_return_boolean (task, TRUE);
  g_object_unref (task);
}

void
terrace_engine_control_move_async (TerraceEngine *self,
                                   gint64 move_id,
                                   TerraceMoveAction action,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data)
{
  Control *control;
  GTask *task;

  g_return_if_fail (TERRACE_IS_ENGINE (self));

  task = terrace_engine_task_new (self, terrace_engine_control_move_async, cancellable, callback,
                                  user_data);
  control = g_new0 (Control, 1);
  control->move_id = move_id;
  control->action = action;
  control->now_us = terrace_clock_get_now_us (self->clock);
  g_task_set_task_data (task, control, g_free);
  terrace_engine_write_step (self, task, control_move,
                             TERRACE_CATALOG_MOVES | TERRACE_CATALOG_ITEMS, control_done);
}

gboolean
terrace_engine_control_move_finish (TerraceEngine *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
