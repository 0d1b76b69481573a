/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Starting sources, one at a time of a name. A source is a row with a lease, so that it is known
 * again and that no two programs read it; its password is in the keyring. Main thread but for the
 * functions named store_* (the catalogue's) and pump_* (the stream's). */

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
  gboolean unless_running;

  /* in progress */
  GArray *event_ids;
  GArray *minutes;
  GArray *item_ids;
} Starting;

static void
starting_free (Starting *starting)
{
  terrace_source_settings_free (starting->settings);
  g_clear_pointer (&starting->row, terrace_stream_source_row_free);
  g_clear_pointer (&starting->event_ids, g_array_unref);
  g_clear_pointer (&starting->minutes, g_array_unref);
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
  GArray *minutes;
} Adding;

static void
adding_free (Adding *adding)
{
  g_free (adding->name);
  g_clear_pointer (&adding->event_ids, g_array_unref);
  g_clear_pointer (&adding->minutes, g_array_unref);
  g_free (adding);
}

static void
pump_add_source (TerraceStreamPump *pump, gpointer data)
{
  Adding *adding = data;

  const TerraceStreamMinute *minute = NULL;

  if (adding->minutes->len > 0)
    minute = &g_array_index (adding->minutes, TerraceStreamMinute, adding->minutes->len - 1);
  terrace_stream_pump_add_source (pump, adding->source_id, adding->name, adding->event_ids, minute);
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
  adding->minutes = g_steal_pointer (&starting->minutes);
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
  gint64 minute = starting->now_us / (60 * TERRACE_US_PER_SECOND);
  TerraceItemFilter filter;

  terrace_item_filter_init (&filter);
  starting->event_ids = terrace_stream_table_list_event_ids (connection, starting->row->id, error);
  if (starting->event_ids == NULL)
    return FALSE;
  starting->minutes =
      terrace_stream_minute_table_list (connection, starting->row->id, minute, minute, error);
  if (starting->minutes == NULL)
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
  TerraceRunning *running = terrace_engine_stream_find_running (self, starting->settings->name);
  GError *error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    g_task_return_error (task, error);
  else if (self->closing != NULL)
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CANCELLED, "Terrace is closing");
  else if (starting->unless_running && running != NULL && !running->stopping)
    g_task_return_boolean (task, TRUE);
  else if (running != NULL)
    terrace_engine_stream_stop_async (self, starting->settings->name, NULL, start_stopped_cb,
                                      g_steal_pointer (&task));
  else if (self->running->len >= TERRACE_LIMIT_STREAM_SOURCES)
    g_task_return_new_error (task, TERRACE_ERROR, TERRACE_ERROR_LIMIT,
                             _ ("No more than %d sources can run at once"),
                             TERRACE_LIMIT_STREAM_SOURCES);
  else
    start_secret (self, g_steal_pointer (&task));
}

/* --- Starting: one at a time of a name ------------------------------------------------------ */

static void start_next (TerraceEngineStream *self, const char *name);

/* @task: the outer one, whose turn is over. */
static void
start_ended_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceEngineStream *self = TERRACE_ENGINE_STREAM (object);
  Starting *starting = g_task_get_task_data (G_TASK (result));
  g_autofree char *name = g_strdup (starting->settings->name);
  GError *error = NULL;

  if (g_task_propagate_boolean (G_TASK (result), &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
  start_next (self, name);
}

/* The starts of a name that wait: the first of the queue is under way. */
static void
start_next (TerraceEngineStream *self, const char *name)
{
  GQueue *queue = g_hash_table_lookup (self->starts, name);
  GTask *task;

  g_object_unref (g_queue_pop_head (queue));
  task = g_queue_peek_head (queue);
  if (task != NULL)
    terrace_engine_stream_when_loaded (self, start_loaded_cb, g_object_ref (task));
  else
    g_hash_table_remove (self->starts, name);
}

/* @outer: (transfer full) */
static void
start (TerraceEngineStream *self,
       const TerraceSourceSettings *settings,
       gboolean unless_running,
       GTask *outer)
{
  GQueue *queue = g_hash_table_lookup (self->starts, settings->name);
  GError *error = NULL;
  Starting *starting;
  GTask *task;

  g_task_set_check_cancellable (outer, FALSE);
  if (!terrace_source_settings_validate (settings, &error))
    {
      g_task_return_error (outer, error);
      g_object_unref (outer);
      return;
    }

  starting = g_new0 (Starting, 1);
  starting->settings = terrace_source_settings_copy (settings);
  starting->unless_running = unless_running;
  task = g_task_new (self, g_task_get_cancellable (outer), start_ended_cb, outer);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, starting, (GDestroyNotify) starting_free);
  if (queue == NULL)
    {
      queue = g_queue_new ();
      g_hash_table_insert (self->starts, g_strdup (settings->name), queue);
    }
  g_queue_push_tail (queue, task);
  if (queue->length == 1)
    terrace_engine_stream_when_loaded (self, start_loaded_cb, g_object_ref (task));
}

void
terrace_engine_stream_start_async (TerraceEngineStream *self,
                                   const TerraceSourceSettings *settings,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data)
{
  GTask *task;

  g_return_if_fail (TERRACE_IS_ENGINE_STREAM (self));
  g_return_if_fail (settings != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, terrace_engine_stream_start_async);
  start (self, settings, FALSE, task);
}

void
terrace_engine_stream_ensure_async (TerraceEngineStream *self,
                                    const TerraceSourceSettings *settings,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);

  g_task_set_source_tag (task, terrace_engine_stream_ensure_async);
  start (self, settings, TRUE, task);
}

gboolean
terrace_engine_stream_start_finish (TerraceEngineStream *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
