/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Accepting the plan: the recommended move of each object becomes a row, a batch a transaction.
 * Main thread but for the catalogue's functions. */

#include "config.h"

#include "engine/terrace-engine-private.h"
#include "base/terrace-limits.h"
#include "engine/terrace-move-maker.h"

/* Up to this many moves of a batch are named one by one in the log. */
#define EVENTS_SINGLY 10

typedef struct
{
  /* inputs: (nullable): all that have a recommendation */
  GArray *ids;
  gint64 now_us;
  TerraceAssessor *assessor;

  /* in progress */
  gint64 batch_id;
  guint next;
  TerraceItem *last;
  guint n_seen;
  guint64 n_batch;

  /* results */
  guint64 n_queued;
} Accepting;

static void
accepting_free (Accepting *accepting)
{
  g_clear_pointer (&accepting->ids, g_array_unref);
  g_clear_object (&accepting->last);
  terrace_assessor_free (accepting->assessor);
  g_free (accepting);
}

/* (transfer full): the next batch of what may be accepted. */
static GPtrArray *
fetch_items (TerraceConnection *connection, Accepting *accepting, GError **error)
{
  TerraceItemFilter filter;
  guint n_left;

  if (accepting->ids != NULL)
    {
      n_left = accepting->ids->len - accepting->next;
      return terrace_item_table_get_many (connection,
                                          (gint64 *) accepting->ids->data + accepting->next,
                                          MIN (n_left, TERRACE_LIMIT_BATCH_ITEMS), error);
    }

  terrace_item_filter_init (&filter);
  filter.planned = TRUE;
  return terrace_item_table_page (connection, &filter, TERRACE_ITEM_SORT_ID, FALSE, accepting->last,
                                  TERRACE_LIMIT_BATCH_ITEMS, error);
}

static gboolean
accept_item (TerraceConnection *connection,
             Accepting *accepting,
             TerraceItem *item,
             gboolean singly,
             GError **error)
{
  g_autoptr (TerraceMove) move = NULL;
  gint64 saving_nanos;
  gint64 once_nanos;

  if (item->moving || item->missing || item->wanted_location_id == 0)
    return TRUE;

  move = terrace_move_maker_new_move (connection, item, item->wanted_location_id,
                                      item->wanted_class_id, accepting->now_us, error);
  if (move == NULL ||
      (accepting->batch_id == 0 && !terrace_move_batch_table_insert (connection, accepting->now_us,
                                                                     &accepting->batch_id, error)))
    return FALSE;

  terrace_assessor_compare (accepting->assessor, item, item->wanted_location_id,
                            item->wanted_class_id, &saving_nanos, &once_nanos, &move->leave_nanos);
  /* The bill that was seen counts, not one made anew. */
  move->saving_nanos = item->saving_nanos;
  move->once_nanos = item->once_nanos;
  move->batch_id = accepting->batch_id;
  accepting->n_batch++;

  return terrace_move_maker_store (connection, move, singly, error);
}

static gboolean
accept_batch (TerraceConnection *connection, gpointer data, GError **error)
{
  Accepting *accepting = data;
  g_autoptr (GPtrArray) items = fetch_items (connection, accepting, error);
  gboolean singly;

  if (items == NULL)
    return FALSE;

  accepting->n_batch = 0;
  accepting->n_seen = items->len;
  singly = items->len <= EVENTS_SINGLY;
  for (guint i = 0; i < items->len; i++)
    if (!accept_item (connection, accepting, g_ptr_array_index (items, i), singly, error))
      return FALSE;
  if (items->len > 0)
    g_set_object (&accepting->last, g_ptr_array_index (items, items->len - 1));

  return singly ||
         terrace_move_maker_summarise (connection, accepting->n_batch, accepting->now_us, error);
}

static void accept_next (TerraceEngine *self, GTask *task);

static void
accept_batch_done (TerraceEngine *self, GTask *task)
{
  Accepting *accepting = g_task_get_task_data (task);
  gboolean done;

  accepting->n_queued += accepting->n_batch;
  accepting->next += TERRACE_LIMIT_BATCH_ITEMS;
  done = accepting->ids != NULL ? accepting->next >= accepting->ids->len :
                                  accepting->n_seen < TERRACE_LIMIT_BATCH_ITEMS;
  terrace_queue_poke (self->queue);
  if (!done)
    accept_next (self, task);
  else
    {
      g_task_return_boolean (task, TRUE);
      g_object_unref (task);
    }
}

static void
accept_next (TerraceEngine *self, GTask *task)
{
  terrace_engine_write_step (self, task, accept_batch,
                             TERRACE_CATALOG_MOVES | TERRACE_CATALOG_ITEMS | TERRACE_CATALOG_EVENTS,
                             accept_batch_done);
}

void
terrace_engine_accept_async (TerraceEngine *self,
                             const gint64 *item_ids,
                             guint n_items,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  Accepting *accepting;
  GTask *task;

  g_return_if_fail (TERRACE_IS_ENGINE (self));
  g_return_if_fail (item_ids != NULL || n_items == 0);

  task =
      terrace_engine_task_new (self, terrace_engine_accept_async, cancellable, callback, user_data);
  accepting = g_new0 (Accepting, 1);
  accepting->now_us = terrace_clock_get_now_us (self->clock);
  accepting->assessor = terrace_engine_new_assessor (self);
  if (n_items > 0)
    {
      accepting->ids = g_array_sized_new (FALSE, FALSE, sizeof (gint64), n_items);
      g_array_append_vals (accepting->ids, item_ids, n_items);
    }
  g_task_set_task_data (task, accepting, (GDestroyNotify) accepting_free);
  accept_next (self, task);
}

gboolean
terrace_engine_accept_finish (TerraceEngine *self,
                              GAsyncResult *result,
                              guint64 *n_queued,
                              GError **error)
{
  Accepting *accepting;

  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  accepting = g_task_get_task_data (G_TASK (result));
  if (!g_task_propagate_boolean (G_TASK (result), error))
    return FALSE;
  if (n_queued != NULL)
    *n_queued = accepting->n_queued;

  return TRUE;
}
