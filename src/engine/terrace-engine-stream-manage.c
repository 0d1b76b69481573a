/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Sources besides their start and stop: removing them, handing messages in, leases, what locations
 * are called, and dead letters. Main thread but for the functions named store_* and pump_*. */

#include "config.h"

#include "engine/terrace-engine-stream-private.h"

#include "base/terrace-limits.h"
#include "stream/terrace-push-source.h"

#include <glib/gi18n-lib.h>

/* The source that messages handed in go through. */
#define PUSH_NAME "sent"

void
terrace_engine_stream_when_loaded (TerraceEngineStream *self,
                                   GAsyncReadyCallback callback,
                                   GTask *task)
{
  GTask *loader = g_task_new (self, NULL, callback, task);

  if (!self->load_ended)
    g_ptr_array_add (self->loaders, loader);
  else
    {
      if (self->loaded)
        g_task_return_boolean (loader, TRUE);
      else
        g_task_return_new_error (loader, TERRACE_ERROR, TERRACE_ERROR_FAILED,
                                 _ ("The catalogue's streams could not be read"));
      g_object_unref (loader);
    }
}
/* --- What locations are called --------------------------------------------------------------- */

static void
pump_locations (TerraceStreamPump *pump, gpointer data)
{
  terrace_stream_pump_set_locations (pump, g_hash_table_ref (data));
}

static void
add_name (GHashTable *names, const char *name, gint64 location_id)
{
  /* What several could be meant by means the one that was there first. */
  if (name != NULL && name[0] != '\0' && !g_hash_table_contains (names, name))
    g_hash_table_insert (names, g_strdup (name), g_memdup2 (&location_id, sizeof location_id));
}

void
terrace_engine_stream_tell_locations (TerraceEngineStream *self)
{
  GHashTable *names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  TerraceLocation *location;

  for (guint i = 0; (location = terrace_engine_peek_location (self->engine, i)) != NULL; i++)
    {
      add_name (names, location->name, location->id);
      add_name (names, location->root, location->id);
    }
  /* A bucket's name is the last part of its address; names that people gave count first. */
  for (guint i = 0; (location = terrace_engine_peek_location (self->engine, i)) != NULL; i++)
    if (!terrace_location_is_folder (location))
      {
        const char *bucket = strrchr (location->root, '/');

        add_name (names, bucket != NULL ? bucket + 1 : NULL, location->id);
      }
  terrace_engine_stream_run (self, pump_locations, NULL, names,
                             (GDestroyNotify) g_hash_table_unref);
}

/* --- Leases -------------------------------------------------------------------------------- */

typedef struct
{
  GArray *ids;
  char *owner;
  gint64 now_us;
} Renewal;

static void
renewal_free (Renewal *renewal)
{
  g_array_unref (renewal->ids);
  g_free (renewal->owner);
  g_free (renewal);
}

static gboolean
store_renew (TerraceConnection *connection, gpointer data, GError **error)
{
  Renewal *renewal = data;

  for (guint i = 0; i < renewal->ids->len; i++)
    if (!terrace_stream_source_table_claim (connection, g_array_index (renewal->ids, gint64, i),
                                            renewal->owner, renewal->now_us,
                                            renewal->now_us + TERRACE_LIMIT_LEASE_MS * 1000, error))
      return FALSE;

  return TRUE;
}

static void
renew_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!terrace_catalog_write_finish (TERRACE_CATALOG (object), result, &error))
    g_message ("The claim on a stream could not be renewed: %s", error->message);
  renewal_free (user_data);
}

void
terrace_engine_stream_renew_leases (TerraceEngineStream *self)
{
  Renewal *renewal = g_new0 (Renewal, 1);

  renewal->ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  renewal->owner = g_strdup (self->owner);
  renewal->now_us = terrace_clock_get_now_us (self->engine->clock);
  for (guint i = 0; i < self->running->len; i++)
    {
      TerraceRunning *running = g_ptr_array_index (self->running, i);

      g_array_append_val (renewal->ids, running->status->id);
    }
  terrace_catalog_write_async (self->engine->catalog, store_renew, renewal, 0, NULL, renew_cb,
                               renewal);
}

typedef struct
{
  gint64 source_id;
  char *owner;
} Release;

static void
release_free (Release *release)
{
  g_free (release->owner);
  g_free (release);
}

static gboolean
store_release (TerraceConnection *connection, gpointer data, GError **error)
{
  Release *release = data;

  return terrace_stream_source_table_release (connection, release->source_id, release->owner,
                                              error);
}

static void
release_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  /* A lease that is not let go of ends by itself. */
  terrace_catalog_write_finish (TERRACE_CATALOG (object), result, NULL);
  release_free (user_data);
}

void
terrace_engine_stream_release_lease (TerraceEngineStream *self, gint64 source_id)
{
  Release *release = g_new0 (Release, 1);

  release->source_id = source_id;
  release->owner = g_strdup (self->owner);
  terrace_catalog_write_async (self->engine->catalog, store_release, release, 0, NULL, release_cb,
                               release);
}

/* --- Removing ------------------------------------------------------------------------------ */

static gboolean
store_remove (TerraceConnection *connection, gpointer data, GError **error)
{
  return terrace_stream_source_table_delete (connection, *(gint64 *) data, error);
}

static void
remove_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceEngineStream *self = g_task_get_source_object (task);
  gint64 *source_id = g_task_get_task_data (task);
  GError *error = NULL;
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->sources));

  if (!terrace_catalog_write_finish (TERRACE_CATALOG (object), result, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  for (guint i = n; i > 0; i--)
    {
      g_autoptr (TerraceStreamStatus) status =
          g_list_model_get_item (G_LIST_MODEL (self->sources), i - 1);

      if (status->id == *source_id)
        g_list_store_remove (self->sources, i - 1);
    }
  g_task_return_boolean (task, TRUE);
}

static void
remove_stopped_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceEngineStream *self = TERRACE_ENGINE_STREAM (object);
  GError *error = NULL;

  if (!terrace_engine_stream_stop_finish (self, result, &error))
    g_task_return_error (task, error);
  else
    terrace_catalog_write_async (self->engine->catalog, store_remove, g_task_get_task_data (task),
                                 0, NULL, remove_cb, g_steal_pointer (&task));
}

void
terrace_engine_stream_remove_async (TerraceEngineStream *self,
                                    const char *name,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data)
{
  TerraceStreamStatus *status;
  GTask *task;

  g_return_if_fail (TERRACE_IS_ENGINE_STREAM (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, terrace_engine_stream_remove_async);
  g_task_set_check_cancellable (task, FALSE);
  status = terrace_engine_stream_find_source (self, name);
  if (status == NULL)
    {
      g_task_return_new_error (task, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND,
                               _ ("There is no source “%s”"), name);
      g_object_unref (task);
      return;
    }
  g_task_set_task_data (task, g_memdup2 (&status->id, sizeof status->id), g_free);
  terrace_engine_stream_stop_async (self, name, NULL, remove_stopped_cb, task);
}

gboolean
terrace_engine_stream_remove_finish (TerraceEngineStream *self,
                                     GAsyncResult *result,
                                     GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/* --- Handing in ---------------------------------------------------------------------------- */

static void
send_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  guint n_events;

  if (terrace_push_source_send_finish (TERRACE_PUSH_SOURCE (object), result, &n_events, &error))
    g_task_return_int (task, n_events);
  else
    g_task_return_error (task, error);
}

static void
send_started_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceEngineStream *self = g_task_get_source_object (task);
  GBytes *message = g_task_get_task_data (task);
  TerraceRunning *running;
  GError *error = NULL;

  if (object != NULL && !terrace_engine_stream_start_finish (self, result, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  running = terrace_engine_stream_find_running (self, PUSH_NAME);
  if (running == NULL || running->stopping)
    g_task_return_new_error (task, TERRACE_ERROR, TERRACE_ERROR_BUSY, _ ("Streams are stopping"));
  else
    {
      gsize length;
      const char *data = g_bytes_get_data (message, &length);
      GCancellable *cancellable = g_task_get_cancellable (task);

      terrace_push_source_send_async (TERRACE_PUSH_SOURCE (running->source), data, length,
                                      cancellable, send_cb, g_steal_pointer (&task));
    }
}

void
terrace_engine_stream_send_async (TerraceEngineStream *self,
                                  const char *data,
                                  gsize length,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  g_autoptr (TerraceSourceSettings) settings = NULL;
  TerraceRunning *running;
  GTask *task;

  g_return_if_fail (TERRACE_IS_ENGINE_STREAM (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, terrace_engine_stream_send_async);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, g_bytes_new (data, length), (GDestroyNotify) g_bytes_unref);
  running = terrace_engine_stream_find_running (self, PUSH_NAME);
  if (running != NULL && !running->stopping)
    {
      send_started_cb (NULL, NULL, task);
      return;
    }
  settings = terrace_source_settings_new (TERRACE_SOURCE_PUSH, PUSH_NAME);
  terrace_engine_stream_ensure_async (self, settings, send_started_cb, task);
}

gboolean
terrace_engine_stream_send_finish (TerraceEngineStream *self,
                                   GAsyncResult *result,
                                   guint *n_events,
                                   GError **error)
{
  gssize n;

  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  n = g_task_propagate_int (G_TASK (result), error);
  if (n < 0)
    return FALSE;
  if (n_events != NULL)
    *n_events = (guint) n;
  return TRUE;
}

/* --- Dead letters -------------------------------------------------------------------------- */

typedef struct
{
  guint limit;
  GPtrArray *letters;
} Letters;

static void
letters_free (Letters *letters)
{
  g_clear_pointer (&letters->letters, g_ptr_array_unref);
  g_free (letters);
}

static gboolean
store_list_letters (TerraceConnection *connection, gpointer data, GError **error)
{
  Letters *letters = data;

  letters->letters = terrace_dead_letter_table_page (connection, 0, letters->limit, error);
  return letters->letters != NULL;
}

static void
list_letters_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Letters *letters = g_task_get_task_data (task);
  GError *error = NULL;

  if (terrace_catalog_read_finish (TERRACE_CATALOG (object), result, &error))
    g_task_return_pointer (task, g_steal_pointer (&letters->letters),
                           (GDestroyNotify) g_ptr_array_unref);
  else
    g_task_return_error (task, error);
}

static void
list_letters_loaded_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceEngineStream *self = TERRACE_ENGINE_STREAM (object);
  Letters *letters = g_task_get_task_data (task);
  GCancellable *cancellable = g_task_get_cancellable (task);
  GError *error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    g_task_return_error (task, error);
  else
    terrace_catalog_read_async (self->engine->catalog, store_list_letters, letters, cancellable,
                                list_letters_cb, g_steal_pointer (&task));
}

void
terrace_engine_stream_dead_letters_async (TerraceEngineStream *self,
                                          guint limit,
                                          GCancellable *cancellable,
                                          GAsyncReadyCallback callback,
                                          gpointer user_data)
{
  Letters *letters = g_new0 (Letters, 1);
  GTask *task;

  g_return_if_fail (TERRACE_IS_ENGINE_STREAM (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, terrace_engine_stream_dead_letters_async);
  letters->limit = MIN (limit, TERRACE_LIMIT_DEAD_LETTERS);
  g_task_set_task_data (task, letters, (GDestroyNotify) letters_free);
  terrace_engine_stream_when_loaded (self, list_letters_loaded_cb, task);
}

GPtrArray *
terrace_engine_stream_dead_letters_finish (TerraceEngineStream *self,
                                           GAsyncResult *result,
                                           GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
