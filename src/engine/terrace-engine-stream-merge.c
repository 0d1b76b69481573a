/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Merging what streams stored into the objects, in bounded steps, so that a store never waits long
 * for one. Main thread but for store_merge(), the catalogue's. */

#include "config.h"

#include "engine/terrace-engine-stream-private.h"

#include "base/terrace-limits.h"

#define MAX_TOUCHED 1000
/* Bounds what assessing takes of the time of whoever stores; there is no object that is not
 * reached: a million of them in less than an hour. */
#define MAX_SWEPT 4000

typedef struct
{
  TerraceStreamMerge merge;
  TerraceStreamPending pending;
} Merging;

static gboolean
store_merge (TerraceConnection *connection, gpointer data, GError **error)
{
  Merging *merging = data;

  return terrace_stream_table_merge (connection, TERRACE_LIMIT_STREAM_MERGE_ITEMS, &merging->merge,
                                     error) &&
         terrace_stream_table_get_pending (connection, &merging->pending, error);
}

static void
assess_touched (TerraceEngineStream *self)
{
  GHashTableIter iter;
  gpointer id;

  g_hash_table_iter_init (&iter, self->touched);
  while (g_hash_table_iter_next (&iter, &id, NULL))
    terrace_engine_refresh_item (self->engine, *(gint64 *) id);
  g_hash_table_remove_all (self->touched);
}

void
terrace_engine_stream_touch (TerraceEngineStream *self, GArray *accesses)
{
  for (guint i = 0; i < accesses->len; i++)
    {
      const TerraceStreamAccess *access = &g_array_index (accesses, TerraceStreamAccess, i);

      if (g_hash_table_contains (self->touched, &access->item_id))
        continue;
      if (g_hash_table_size (self->touched) < MAX_TOUCHED)
        {
          g_hash_table_add (self->touched, g_memdup2 (&access->item_id, sizeof access->item_id));
          continue;
        }
      /* Behind the one whose turn it is: it will come; before it: in another round. */
      self->sweep_again |= access->item_id < self->sweep_next;
      self->sweep_last = MAX (self->sweep_last, access->item_id);
    }
}

void
terrace_engine_stream_sweep (TerraceEngineStream *self)
{
  gint64 end = MIN (self->sweep_next + MAX_SWEPT, self->sweep_last + 1);

  if (self->sweep_last == 0 || self->engine->refreshing)
    return;

  for (gint64 id = MAX (self->sweep_next, 1); id < end; id++)
    terrace_engine_refresh_item (self->engine, id);
  self->sweep_next = end;
  if (end <= self->sweep_last)
    return;

  self->sweep_next = 0;
  if (!self->sweep_again)
    self->sweep_last = 0;
  self->sweep_again = FALSE;
}

static void merge_step (TerraceEngineStream *self);

static void
merge_step_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceEngineStream *self = g_task_get_source_object (task);
  Merging *merging = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  self->merging = FALSE;
  if (!terrace_catalog_write_finish (TERRACE_CATALOG (object), result, &error))
    g_warning ("Accesses could not be merged yet: %s", error->message);
  else
    {
      self->pending = merging->pending;
      if (!merging->merge.complete && self->closing == NULL)
        merge_step (self);
      else if (merging->merge.complete)
        assess_touched (self);
    }
  terrace_engine_stream_check_ends (self);
}

static void
merge_step (TerraceEngineStream *self)
{
  GTask *task = g_task_new (self, NULL, NULL, NULL);
  Merging *merging = g_new0 (Merging, 1);

  self->merging = TRUE;
  g_task_set_task_data (task, merging, g_free);
  terrace_catalog_write_async (self->engine->catalog, store_merge, merging, TERRACE_CATALOG_ITEMS,
                               NULL, merge_step_cb, task);
}

void
terrace_engine_stream_merge (TerraceEngineStream *self)
{
  if (!self->merging && self->pending.accesses > 0)
    merge_step (self);
}
