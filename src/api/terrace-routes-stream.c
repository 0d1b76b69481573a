/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Streams: starting and stopping a source, handing in events (also clouds' notifications by HTTP
 * POST), and what came last. Runs on the main thread. */

#include "config.h"

#include "api/terrace-routes.h"

#include "base/terrace-error.h"
#include "engine/terrace-engine-stream.h"
#include "engine/terrace-json.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define DEFAULT_ROWS 100
#define MAX_ROWS 1000
#define SIMULATOR_NAME "simulator"

/* (transfer full): {@name: @value} */
static JsonNode *
text_to_json (const char *name, const char *value)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  terrace_json_text (builder, name, value);
  json_builder_end_object (builder);
  return json_builder_get_root (builder);
}

static void
start_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  TerraceCall *call = user_data;
  g_autoptr (GError) error = NULL;

  if (terrace_engine_stream_start_finish (TERRACE_ENGINE_STREAM (source), result, &error))
    terrace_call_answer (call, SOUP_STATUS_ACCEPTED, text_to_json ("source", call->data));
  else
    terrace_call_fail (call, error);
}

/* A source that was set up (in the window, or by terracectl) under the name "source", or the
 * simulator: {"source": "simulator", "rate": 100, "seed": 1}. Addresses and passwords are not taken
 * over HTTP. */
static void
start_source (TerraceCall *call)
{
  TerraceEngineStream *stream = terrace_engine_get_stream (call->engine);
  g_autoptr (TerraceSourceSettings) settings = NULL;
  g_autoptr (GError) error = NULL;
  JsonObject *object = call->body == NULL ? NULL : terrace_call_get_object (call, &error);
  TerraceStreamStatus *status;
  const char *name = SIMULATOR_NAME;
  gint64 rate = 0;
  gint64 seed = -1;

  if (error == NULL && object != NULL && terrace_call_read_text (object, "source", &name, &error) &&
      terrace_call_read_number (object, "rate", 1, 200000, &rate, &error))
    terrace_call_read_number (object, "seed", 0, G_MAXINT64, &seed, &error);
  if (error != NULL)
    {
      terrace_call_fail (call, error);
      return;
    }

  status = terrace_engine_stream_find_source (stream, name);
  if (status != NULL)
    settings = terrace_source_settings_copy (terrace_stream_status_get_settings (status));
  else if (g_str_equal (name, SIMULATOR_NAME))
    settings = terrace_source_settings_new (TERRACE_SOURCE_SIMULATOR, SIMULATOR_NAME);
  else
    {
      g_set_error (&error, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND,
                   _ ("There is no source '%s': set it up with 'terracectl stream start'"), name);
      terrace_call_fail (call, error);
      return;
    }
  if (rate > 0)
    settings->rate = (double) rate;
  if (seed >= 0)
    settings->seed = (guint64) seed;
  terrace_call_take_data (call, g_strdup (name), g_free);
  terrace_engine_stream_start_async (stream, settings, call->cancellable, start_cb, call);
}

static void
stop_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  TerraceCall *call = user_data;
  g_autoptr (GError) error = NULL;

  if (terrace_engine_stream_stop_finish (TERRACE_ENGINE_STREAM (source), result, &error))
    terrace_call_answer (call, SOUP_STATUS_OK, text_to_json ("stopped", call->data));
  else
    terrace_call_fail (call, error);
}

/* {"source": "name"}, or no body for all. */
static void
stop_source (TerraceCall *call)
{
  g_autoptr (GError) error = NULL;
  JsonObject *object = call->body == NULL ? NULL : terrace_call_get_object (call, &error);
  const char *name = NULL;

  if (error == NULL && object != NULL)
    terrace_call_read_text (object, "source", &name, &error);
  if (error != NULL)
    {
      terrace_call_fail (call, error);
      return;
    }
  terrace_call_take_data (call, g_strdup (name), g_free);
  terrace_engine_stream_stop_async (terrace_engine_get_stream (call->engine), name,
                                    call->cancellable, stop_cb, call);
}

static void
send_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  TerraceCall *call = user_data;
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (GError) error = NULL;
  guint n_events;

  if (!terrace_engine_stream_send_finish (TERRACE_ENGINE_STREAM (source), result, &n_events,
                                          &error))
    {
      terrace_call_fail (call, error);
      return;
    }
  json_builder_begin_object (builder);
  terrace_json_int (builder, "events", n_events);
  json_builder_end_object (builder);
  terrace_call_answer (call, SOUP_STATUS_OK, json_builder_get_root (builder));
}

/* Any message of docs/events.md; answered once it is committed. */
static void
send_events (TerraceCall *call)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  if (call->body == NULL)
    {
      g_set_error (&error, TERRACE_ERROR, TERRACE_ERROR_INVALID,
                   _ ("The body must be an event or an array of events"));
      terrace_call_fail (call, error);
      return;
    }
  text = json_to_string (call->body, FALSE);
  terrace_engine_stream_send_async (terrace_engine_get_stream (call->engine), text, strlen (text),
                                    call->cancellable, send_cb, call);
}

static JsonNode *
row_to_json (TerraceStreamRow *row)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  terrace_json_int (builder, "number", (gint64) row->number);
  terrace_json_time (builder, "time", row->time_us);
  terrace_json_text (builder, "kind", terrace_enum_to_nick (TERRACE_TYPE_STREAM_KIND, row->kind));
  terrace_json_text (builder, "severity",
                     terrace_enum_to_nick (TERRACE_TYPE_SEVERITY, row->severity));
  terrace_json_text (builder, "source", row->source);
  terrace_json_int (builder, "object", row->item_id);
  terrace_json_text (builder, "location", row->location);
  terrace_json_text (builder, "key", row->key);
  terrace_json_int (builder, "bytes", (gint64) row->bytes);
  terrace_json_int (builder, "latency_us", (gint64) row->latency_us);
  terrace_json_text (builder, "message", row->message);
  json_builder_end_object (builder);
  return json_builder_get_root (builder);
}

/* ?limit=: the latest of the live log, newest first. */
static void
list_events (TerraceCall *call)
{
  GListModel *log =
      G_LIST_MODEL (terrace_engine_stream_get_log (terrace_engine_get_stream (call->engine)));
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (GError) error = NULL;
  guint n_rows = g_list_model_get_n_items (log);
  gint64 limit;

  if (!terrace_call_get_number (call, "limit", 1, MAX_ROWS, DEFAULT_ROWS, &limit, &error))
    {
      terrace_call_fail (call, error);
      return;
    }
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "events");
  json_builder_begin_array (builder);
  for (guint i = 0; i < MIN (n_rows, (guint) limit); i++)
    {
      g_autoptr (TerraceStreamRow) row = g_list_model_get_item (log, n_rows - 1 - i);

      json_builder_add_value (builder, row_to_json (row));
    }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  terrace_call_answer (call, SOUP_STATUS_OK, json_builder_get_root (builder));
}

const TerraceRoute terrace_routes_stream[] = {
  { "POST", "streaming/start", start_source },
  { "POST", "streaming/stop", stop_source },
  { "POST", "streaming/events", send_events },
  { "GET", "streaming/events", list_events },
  { NULL, NULL, NULL },
};
