/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Starting and stopping sources. A source is a row with a lease, so that it is known again and that
 * no two programs read it; its password is in the keyring. Main thread but for the functions named
 * store_* (the catalogue's) and pump_* (the stream's). */

#include "config.h"

#include "engine/terrace-engine-stream-private.h"

#include "base/terrace-limits.h"
#include "base/terrace-units.h"
#include "stream/terrace-folder-source.h"
#include "stream/terrace-kafka-source.h"
#include "stream/terrace-mqtt-source.h"
#include "stream/terrace-push-source.h"
#include "stream/terrace-simulator.h"

#include <glib/gi18n-lib.h>

#define CLAIM_AGAIN_MS 1000

typedef struct
{
  /* inputs */
  TerraceSourceSettings *settings;
  TerraceStreamSourceRow *row;
  const char *owner;
  gint64 now_us;
  gint64 patient_us; /* until when somebody else's claim is waited for */

  /* in progress */
  GArray *event_ids;
  GArray *item_ids;
} Starting;

static void
starting_free (Starting *starting)
{
  terrace_source_settings_free (starting->settings);
  g_clear_pointer (&starting->row, terrace_stream_source_row_free);
  g_clear_pointer (&starting->event_ids, g_array_unref);
  g_clear_pointer (&starting->item_ids, g_array_unref);
  g_free (starting);
}

TerraceRunning *
terrace_engine_stream_find_running (TerraceEngineStream *self, const char *name)
{
  for (guint i = 0; i < self->running->len; i++)
    {
      TerraceRunning *running = g_ptr_array_index (self->running, i);

      if (g_str_equal (running->status->name, name))
        return running;
    }

  return NULL;
}

/* --- Starting: step 5, the source ---------------------------------------------------------- */

static TerraceSource *
make_folder_source (TerraceEngineStream *self, Starting *starting, GError **error)
{
  const char *path = starting->settings->address;
  const char *key = "";
  g_autofree char *prefix = NULL;
  TerraceLocation *location = terrace_engine_locate_path (self->engine, path, TRUE, &key);

  if (location == NULL)
    {
      g_autofree char *display = terrace_display_name (path);

      g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND,
                   _ ("The folder “%s” is in no location; add one first"), display);
      return NULL;
    }
  prefix = key != NULL && key[0] != '\0' ? g_strconcat (key, "/", NULL) : g_strdup ("");
  return terrace_folder_source_new (starting->settings, self->engine->clock, location->root,
                                    prefix);
}

static TerraceSource *
make_source (TerraceEngineStream *self, Starting *starting, GError **error)
{
  TerraceClock *clock = self->engine->clock;

  switch (starting->settings->kind)
    {
    case TERRACE_SOURCE_SIMULATOR:
      return terrace_simulator_new (starting->settings, clock, starting->item_ids);
    case TERRACE_SOURCE_MQTT:
      return terrace_mqtt_source_new (starting->settings, clock);
    case TERRACE_SOURCE_KAFKA:
      return terrace_kafka_source_new (starting->settings, clock);
    case TERRACE_SOURCE_FOLDER:
      return make_folder_source (self, starting, error);
    case TERRACE_SOURCE_PUSH:
    default:
      return terrace_push_source_new (starting->settings, clock);
    }
}

typedef struct
{
  gint64 source_id;
  char *name;
  GArray *event_ids;
} Adding;

static void
adding_free (Adding *adding)
{
  g_free (adding->name);
  g_clear_pointer (&adding->event_ids, g_array_unref);
  g_free (adding);
}

static void
pump_add_source (TerraceStreamPump *pump, gpointer data)
{
  Adding *adding = data;

  terrace_stream_pump_add_source (pump, adding->source_id, adding->name, adding->event_ids);
}

static void
pump_remove_source (TerraceStreamPump *pump, gpointer data)
{
  terrace_stream_pump_remove_source (pump, *(gint64 *) data);
}

static void
source_changed_cb (TerraceSource *source, gpointer user_data)
{
  TerraceStreamStatus *status = TERRACE_STREAM_STATUS (user_data);

  status->state = terrace_source_get_state (source);
  g_free (status->error);
  status->error = g_strdup (terrace_source_get_error (source));
  terrace_stream_status_changed (status);
}

static TerraceStreamStatus *
put_status (TerraceEngineStream *self, Starting *starting)
{
  TerraceStreamStatus *status = terrace_engine_stream_find_source (self, starting->settings->name);

  if (status != NULL)
    {
      terrace_stream_status_set_settings (status, starting->settings);
      return status;
    }

  status = terrace_stream_status_new (starting->row->id, starting->settings);
  g_list_store_append (self->sources, status);
  g_object_unref (status);
  return status;
}

static void
start_source (TerraceEngineStream *self, GTask *task)
{
  Starting *starting = g_task_get_task_data (task);
  g_autoptr (TerraceSource) source = NULL;
  TerraceStreamStatus *status;
  TerraceRunning *running;
  GError *error = NULL;
  Adding *adding;

  source = make_source (self, starting, &error);
  if (source == NULL)
    {
      terrace_engine_stream_release_lease (self, starting->row->id);
      g_task_return_error (task, error);
      g_object_unref (task);
      return;
    }
  status = put_status (self, starting);
  status->duplicates = status->late = status->unknown = 0;
  running = terrace_running_new (self, status, source);
  g_ptr_array_add (self->running, running);
  adding = g_new0 (Adding, 1);
  adding->source_id = starting->row->id;
  adding->name = g_strdup (starting->settings->name);
  adding->event_ids = g_steal_pointer (&starting->event_ids);
  terrace_engine_stream_run (self, pump_add_source, NULL, adding, (GDestroyNotify) adding_free);
  terrace_engine_stream_tell_locations (self);
  g_signal_connect_object (source, "changed", G_CALLBACK (source_changed_cb), status, 0);
  terrace_source_set_consumer (source, terrace_engine_stream_consume, running);
  terrace_source_start (source);
  g_task_return_boolean (task, TRUE);
  g_object_unref (task);
}

/* --- Starting: step 4, what was before ----------------------------------------------------- */

static gboolean
store_read_past (TerraceConnection *connection, gpointer data, GError **error)
{
  Starting *starting = data;
  TerraceItemFilter filter;

  terrace_item_filter_init (&filter);
  starting->event_ids = terrace_stream_table_list_event_ids (connection, starting->row->id, error);
  if (starting->event_ids == NULL)
    return FALSE;
  if (starting->settings->kind != TERRACE_SOURCE_SIMULATOR)
    return TRUE;

  starting->item_ids =
      terrace_item_table_order (connection, &filter, TERRACE_ITEM_SORT_ID, FALSE, error);
  return starting->item_ids != NULL;
}

static void
read_past_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceEngineStream *self = g_task_get_source_object (task);
  Starting *starting = g_task_get_task_data (task);
  GError *error = NULL;

  if (terrace_catalog_read_finish (TERRACE_CATALOG (object), result, &error) &&
      self->closing != NULL)
    g_set_error_literal (&error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "Terrace is closing");
  if (error != NULL)
    {
      terrace_engine_stream_release_lease (self, starting->row->id);
      g_task_return_error (task, error);
    }
  else
    start_source (self, g_steal_pointer (&task));
}

/* --- Starting: step 3, the row and its lease ----------------------------------------------- */

static gboolean
store_claim (TerraceConnection *connection, gpointer data, GError **error)
{
  Starting *starting = data;
  g_autoptr (GPtrArray) rows = terrace_stream_source_table_list (connection, error);

  if (rows == NULL)
    return FALSE;
  for (guint i = 0; i < rows->len; i++)
    {
      TerraceStreamSourceRow *row = g_ptr_array_index (rows, i);

      if (g_str_equal (row->name, starting->row->name))
        {
          starting->row->id = row->id;
          starting->row->created_us = row->created_us;
          /* Another story begins where the first one began. */
          if (!g_str_equal (row->kind, starting->row->kind) &&
              !terrace_stream_table_forget (connection, row->id, error))
            return FALSE;
        }
    }

  return terrace_stream_source_table_put (connection, starting->row, error) &&
         terrace_stream_source_table_claim (connection, starting->row->id, starting->owner,
                                            starting->now_us,
                                            starting->now_us + TERRACE_LIMIT_LEASE_MS * 1000,
                                            error);
}

static void start_claim (TerraceEngineStream *self, GTask *task);

static gboolean
claim_again_cb (gpointer user_data)
{
  GTask *task = user_data;

  start_claim (g_task_get_source_object (task), task);

  return G_SOURCE_REMOVE;
}

/* A program that died lets go when its claim ends: that is waited for, one that lives is not. */
static void
claim_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceEngineStream *self = g_task_get_source_object (task);
  Starting *starting = g_task_get_task_data (task);
  GError *error = NULL;

  if (!terrace_catalog_write_finish (TERRACE_CATALOG (object), result, &error))
    {
      if (g_error_matches (error, TERRACE_ERROR, TERRACE_ERROR_BUSY) && self->closing == NULL &&
          !g_cancellable_is_cancelled (g_task_get_cancellable (task)) &&
          starting->now_us < starting->patient_us)
        {
          g_error_free (error);
          terrace_clock_add_timeout (self->engine->clock, CLAIM_AGAIN_MS, claim_again_cb,
                                     g_steal_pointer (&task));
        }
      else
        g_task_return_error (task, error);
      return;
    }
  terrace_catalog_read_async (TERRACE_CATALOG (object), store_read_past, starting, NULL,
                              read_past_cb, g_steal_pointer (&task));
}

static void
start_claim (TerraceEngineStream *self, GTask *task)
{
  Starting *starting = g_task_get_task_data (task);
  TerraceSourceSettings *settings = starting->settings;

  starting->now_us = terrace_clock_get_now_us (self->engine->clock);
  if (starting->patient_us == 0)
    starting->patient_us = starting->now_us + (TERRACE_LIMIT_LEASE_MS + CLAIM_AGAIN_MS) * 1000;
  g_clear_pointer (&starting->row, terrace_stream_source_row_free);
  starting->row = terrace_stream_source_row_new ();
  starting->row->name = g_strdup (settings->name);
  starting->row->kind = g_strdup (terrace_enum_to_nick (TERRACE_TYPE_SOURCE_KIND, settings->kind));
  starting->row->settings = terrace_source_settings_to_json (settings);
  starting->row->enabled = TRUE;
  starting->row->created_us = starting->now_us;
  starting->owner = self->owner;
  terrace_catalog_write_async (self->engine->catalog, store_claim, starting, 0, NULL, claim_cb,
                               task);
}

/* --- Starting: step 2, the password -------------------------------------------------------- */

static char *
secret_root (const TerraceSourceSettings *settings)
{
  return g_strconcat ("stream:", settings->name, NULL);
}

static void
lookup_secret_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceEngineStream *self = g_task_get_source_object (task);
  Starting *starting = g_task_get_task_data (task);
  g_autoptr (TerraceSecret) secret = NULL;

  /* Where there is none the broker says so itself. */
  secret = terrace_credentials_lookup_finish (TERRACE_CREDENTIALS (object), result, NULL);
  if (secret != NULL)
    starting->settings->password = g_strdup (secret->secret_key);
  start_claim (self, g_steal_pointer (&task));
}

static void
store_secret_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceEngineStream *self = g_task_get_source_object (task);
  g_autoptr (GError) error = NULL;

  /* Without a keyring it holds for this run. */
  if (!terrace_credentials_store_finish (TERRACE_CREDENTIALS (object), result, &error))
    g_message ("The password of a stream is not kept: %s", error->message);
  start_claim (self, g_steal_pointer (&task));
}

static void
start_secret (TerraceEngineStream *self, GTask *task)
{
  Starting *starting = g_task_get_task_data (task);
  TerraceSourceSettings *settings = starting->settings;
  TerraceCredentials *credentials;
  g_autofree char *root = secret_root (settings);

  if (settings->user == NULL)
    {
      start_claim (self, task);
      return;
    }

  credentials = terrace_provider_registry_get_credentials (self->engine->registry);
  if (settings->password == NULL)
    terrace_credentials_lookup_async (credentials, root, NULL, lookup_secret_cb, task);
  else
    {
      g_autoptr (TerraceSecret) secret =
          terrace_secret_new (settings->user, settings->password, NULL);

      terrace_credentials_store_async (credentials, root, settings->name, secret, NULL,
                                       store_secret_cb, task);
    }
}

/* --- Starting: step 1, an end to the one before -------------------------------------------- */

static void
start_stopped_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (!terrace_engine_stream_stop_finish (TERRACE_ENGINE_STREAM (object), result, &error))
    g_task_return_error (task, error);
  else
    start_secret (TERRACE_ENGINE_STREAM (object), g_steal_pointer (&task));
}

static void
start_loaded_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceEngineStream *self = TERRACE_ENGINE_STREAM (object);
  Starting *starting = g_task_get_task_data (task);
  GError *error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    g_task_return_error (task, error);
  else if (self->closing != NULL)
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CANCELLED, "Terrace is closing");
  else if (self->running->len >= TERRACE_LIMIT_STREAM_SOURCES)
    g_task_return_new_error (task, TERRACE_ERROR, TERRACE_ERROR_LIMIT,
                             _ ("No more than %d sources can run at once"),
                             TERRACE_LIMIT_STREAM_SOURCES);
  else if (terrace_engine_stream_find_running (self, starting->settings->name) != NULL)
    terrace_engine_stream_stop_async (self, starting->settings->name, NULL, start_stopped_cb,
                                      g_steal_pointer (&task));
  else
    start_secret (self, g_steal_pointer (&task));
}

void
terrace_engine_stream_start_async (TerraceEngineStream *self,
                                   const TerraceSourceSettings *settings,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data)
{
  Starting *starting;
  GTask *task;
  GError *error = NULL;

  g_return_if_fail (TERRACE_IS_ENGINE_STREAM (self));
  g_return_if_fail (settings != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, terrace_engine_stream_start_async);
  g_task_set_check_cancellable (task, FALSE);
  if (!terrace_source_settings_validate (settings, &error))
    {
      g_task_return_error (task, error);
      g_object_unref (task);
      return;
    }

  starting = g_new0 (Starting, 1);
  starting->settings = terrace_source_settings_copy (settings);
  g_task_set_task_data (task, starting, (GDestroyNotify) starting_free);
  terrace_engine_stream_when_loaded (self, start_loaded_cb, task);
}

gboolean
terrace_engine_stream_start_finish (TerraceEngineStream *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/* --- Stopping ------------------------------------------------------------------------------ */

static void
return_all (GPtrArray *stoppers)
{
  for (guint i = 0; i < stoppers->len; i++)
    g_task_return_boolean (g_ptr_array_index (stoppers, i), TRUE);
  g_ptr_array_set_size (stoppers, 0);
}

static void
end_running (TerraceEngineStream *self, TerraceRunning *running)
{
  g_autoptr (GPtrArray) stoppers = g_ptr_array_ref (running->stoppers);
  gint64 source_id = running->status->id;

  terrace_engine_stream_release_lease (self, source_id);
  terrace_engine_stream_run (self, pump_remove_source, NULL,
                             g_memdup2 (&source_id, sizeof source_id), g_free);
  running->status->events_per_second = 0;
  running->status->in_flight = 0;
  terrace_stream_status_changed (running->status);
  g_ptr_array_remove (self->running, running);
  return_all (stoppers);
  if (self->running->len == 0)
    return_all (self->stoppers);
}

static void
stop_source_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  TerraceRunning *running = user_data;
  TerraceEngineStream *self = running->stream;
  g_autoptr (GError) error = NULL;

  if (!terrace_source_stop_finish (TERRACE_SOURCE (object), result, &error))
    g_warning ("A source did not stop well: %s", error->message);
  running->stopped = TRUE;
  terrace_running_unref (running);
  terrace_engine_stream_check_ends (self);
}

/* Called again until its end: it stops delivering, what it delivered is stored, and the last one to
 * go sees to it that nothing waits to be merged. */
void
terrace_engine_stream_stop_running (TerraceEngineStream *self, TerraceRunning *running)
{
  if (!running->stopping)
    {
      running->stopping = TRUE;
      terrace_source_stop_async (running->source, NULL, stop_source_cb, g_rc_box_acquire (running));
    }
  if (!running->stopped)
    return;
  if (running->uncommitted > 0)
    {
      terrace_engine_stream_flush (self);
      return;
    }
  if (self->closing == NULL && self->running->len == 1 && self->pending.accesses > 0 &&
      !running->merged)
    {
      running->merged = TRUE;
      terrace_engine_stream_merge (self);
    }
  if (self->merging && running->merged)
    return;

  end_running (self, running);
}

void
terrace_engine_stream_stop_async (TerraceEngineStream *self,
                                  const char *name,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  TerraceRunning *running = NULL;
  GTask *task;

  g_return_if_fail (TERRACE_IS_ENGINE_STREAM (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, terrace_engine_stream_stop_async);
  g_task_set_check_cancellable (task, FALSE);
  if (name != NULL)
    running = terrace_engine_stream_find_running (self, name);
  if (self->running->len == 0 || (name != NULL && running == NULL))
    {
      g_task_return_boolean (task, TRUE);
      g_object_unref (task);
    }
  else if (running != NULL)
    {
      g_ptr_array_add (running->stoppers, task);
      terrace_engine_stream_stop_running (self, running);
    }
  else
    {
      g_ptr_array_add (self->stoppers, task);
      for (guint i = self->running->len; i > 0; i--)
        terrace_engine_stream_stop_running (self, g_ptr_array_index (self->running, i - 1));
    }
}

gboolean
terrace_engine_stream_stop_finish (TerraceEngineStream *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
