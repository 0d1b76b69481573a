/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What happens to objects: accesses that somebody saw, and moves that ended. Both change what an
 * object costs and where it should be, so it is assessed again in the same breath. Main thread but
 * for the catalogue's functions. */

#include "config.h"

#include "engine/terrace-engine-private.h"
#include "base/terrace-limits.h"

gboolean
terrace_engine_assess_ids (TerraceConnection *connection,
                           TerraceAssessor *assessor,
                           const gint64 *ids,
                           guint n_ids,
                           GError **error)
{
  g_autoptr (GPtrArray) items = terrace_item_table_get_many (connection, ids, n_ids, error);

  if (items == NULL || !terrace_assessor_load_room (assessor, connection, error) ||
      !terrace_assessor_foresee (assessor, connection, items, error))
    return FALSE;

  for (guint i = 0; i < items->len; i++)
    {
      TerraceItem *item = g_ptr_array_index (items, i);

      /* The plan of a moving object is the move. */
      if (item->moving)
        continue;
      terrace_assessor_assess (assessor, item, NULL);
      if (!terrace_item_table_set_assessment (connection, item, error))
        return FALSE;
    }

  return TRUE;
}

/* --- Accesses -------------------------------------------------------------------------------- */

typedef struct
{
  GArray *accesses;
  TerraceAssessor *assessor;
  guint n_unknown;
} Recording;

static void
recording_free (Recording *recording)
{
  g_array_unref (recording->accesses);
  g_clear_pointer (&recording->assessor, terrace_assessor_free);
  g_free (recording);
}

static int
compare_ids (gconstpointer a, gconstpointer b)
{
  gint64 left = *(const gint64 *) a;
  gint64 right = *(const gint64 *) b;

  return (left > right) - (left < right);
}

/* (transfer full) (element-type gint64): each touched item once. */
static GArray *
collect_ids (GArray *accesses)
{
  GArray *ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  guint n_distinct = 0;

  for (guint i = 0; i < accesses->len; i++)
    g_array_append_val (ids, g_array_index (accesses, TerraceAccess, i).item_id);
  g_array_sort (ids, compare_ids);
  for (guint i = 0; i < ids->len; i++)
    if (i == 0 || g_array_index (ids, gint64, i) != g_array_index (ids, gint64, i - 1))
      g_array_index (ids, gint64, n_distinct++) = g_array_index (ids, gint64, i);
  g_array_set_size (ids, n_distinct);

  return ids;
}

static gboolean
record_accesses (TerraceConnection *connection, gpointer data, GError **error)
{
  Recording *recording = data;
  g_autoptr (GArray) ids = collect_ids (recording->accesses);

  return terrace_access_table_record (connection, (TerraceAccess *) recording->accesses->data,
                                      recording->accesses->len, &recording->n_unknown, error) &&
         terrace_engine_assess_ids (connection, recording->assessor, (gint64 *) ids->data, ids->len,
                                    error);
}

void
terrace_engine_record_accesses_async (TerraceEngine *self,
                                      const TerraceAccess *accesses,
                                      guint n_accesses,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data)
{
  Recording *recording;
  GTask *task;

  g_return_if_fail (TERRACE_IS_ENGINE (self));
  g_return_if_fail (accesses != NULL || n_accesses == 0);

  task = terrace_engine_task_new (self, terrace_engine_record_accesses_async, cancellable, callback,
                                  user_data);
  recording = g_new0 (Recording, 1);
  recording->accesses = g_array_sized_new (FALSE, FALSE, sizeof (TerraceAccess), n_accesses);
  recording->assessor = terrace_engine_new_assessor (self);
  g_task_set_task_data (task, recording, (GDestroyNotify) recording_free);
  if (n_accesses == 0)
    {
      g_task_return_boolean (task, TRUE);
      g_object_unref (task);
      return;
    }
  g_array_append_vals (recording->accesses, accesses, n_accesses);
  terrace_engine_write_step (self, task, record_accesses, TERRACE_CATALOG_ITEMS, NULL);
}

gboolean
terrace_engine_record_accesses_finish (TerraceEngine *self,
                                       GAsyncResult *result,
                                       guint *n_unknown,
                                       GError **error)
{
  Recording *recording;

  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  recording = g_task_get_task_data (G_TASK (result));
  if (!g_task_propagate_boolean (G_TASK (result), error))
    return FALSE;
  if (n_unknown != NULL)
    *n_unknown = recording->n_unknown;

  return TRUE;
}

/* --- Moves that ended --------------------------------------------------------------------------
 */

typedef struct
{
  GArray *ids;
  TerraceAssessor *assessor;
} Refreshing;

static void
refreshing_free (Refreshing *refreshing)
{
  g_array_unref (refreshing->ids);
  terrace_assessor_free (refreshing->assessor);
  g_free (refreshing);
}

static gboolean
refresh_items (TerraceConnection *connection, gpointer data, GError **error)
{
  Refreshing *refreshing = data;

  return terrace_engine_assess_ids (connection, refreshing->assessor,
                                    (gint64 *) refreshing->ids->data, refreshing->ids->len, error);
}

static void refresh_next (TerraceEngine *self);

static void
refresh_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  TerraceEngine *self = TERRACE_ENGINE (object);

  self->refreshing = FALSE;
  if (!g_task_propagate_boolean (G_TASK (result), &error))
    {
      if (!terrace_error_is_cancelled (error))
        g_warning ("Moved objects could not be assessed: %s", error->message);
    }
  else if (self->stale_items->len > 0 && !self->closing)
    refresh_next (self);
  terrace_engine_check_waiters (self);
}

static void
refresh_next (TerraceEngine *self)
{
  Refreshing *refreshing = g_new0 (Refreshing, 1);
  GTask *task;
  guint n_taken = MIN (self->stale_items->len, TERRACE_LIMIT_BATCH_ITEMS);

  refreshing->assessor = terrace_engine_new_assessor (self);
  refreshing->ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_array_append_vals (refreshing->ids, self->stale_items->data, n_taken);
  g_array_remove_range (self->stale_items, 0, n_taken);

  self->refreshing = TRUE;
  task = terrace_engine_task_new (self, refresh_next, self->cancellable, refresh_cb, NULL);
  g_task_set_task_data (task, refreshing, (GDestroyNotify) refreshing_free);
  terrace_engine_write_step (self, task, refresh_items, TERRACE_CATALOG_ITEMS, NULL);
}

void
terrace_engine_refresh_item (TerraceEngine *self, gint64 item_id)
{
  if (self->closing)
    return;

  /* While one batch is being written the next one gathers. */
  g_array_append_val (self->stale_items, item_id);
  if (!self->refreshing)
    refresh_next (self);
}
