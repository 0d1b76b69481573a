/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The shared hashing thread. One thread is enough: it hashes faster than a disk reads, and parts of
 * one object have to be hashed in order anyway. The functions run on the main thread, the updates
 * on the worker's. */

#include "transfer/terrace-hasher.h"

typedef struct
{
  TerraceChecksum *checksum; /* borrowed */
  GBytes *bytes;             /* owned */
} HasherUpdate;

static TerraceWorker *hasher_worker; /* owned while held */
static guint hasher_holds;

static void
hasher_update_free (HasherUpdate *update)
{
  g_bytes_unref (update->bytes);
  g_free (update);
}

void
terrace_hasher_hold (void)
{
  if (hasher_holds++ == 0)
    hasher_worker = terrace_worker_new ("terrace-hash", 1);
}

static void
hasher_shutdown_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;

  if (!terrace_worker_shutdown_finish (TERRACE_WORKER (object), result, &error))
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_boolean (task, TRUE);
}

void
terrace_hasher_release_async (GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);
  g_autoptr (TerraceWorker) worker = NULL;

  g_return_if_fail (hasher_holds > 0);

  g_task_set_source_tag (task, terrace_hasher_release_async);
  if (--hasher_holds > 0)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }

  worker = g_steal_pointer (&hasher_worker);
  terrace_worker_shutdown_async (worker, NULL, hasher_shutdown_cb, g_steal_pointer (&task));
}

gboolean
terrace_hasher_release_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

void
terrace_hasher_release (void)
{
  terrace_hasher_release_async (NULL, NULL);
}

static void
hasher_update_work (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  HasherUpdate *update = task_data;
  gsize length_bytes;
  gconstpointer data = g_bytes_get_data (update->bytes, &length_bytes);

  terrace_checksum_update (update->checksum, data, length_bytes);
  g_task_return_boolean (task, TRUE);
}

void
terrace_hasher_update_async (TerraceChecksum *checksum,
                             GBytes *bytes,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);
  HasherUpdate *update;

  g_return_if_fail (hasher_worker != NULL);

  update = g_new0 (HasherUpdate, 1);
  update->checksum = checksum;
  update->bytes = g_bytes_ref (bytes);
  g_task_set_source_tag (task, terrace_hasher_update_async);
  g_task_set_task_data (task, update, (GDestroyNotify) hasher_update_free);
  terrace_worker_queue (hasher_worker, G_PRIORITY_DEFAULT, hasher_update_work,
                        g_steal_pointer (&task));
}

gboolean
terrace_hasher_update_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
