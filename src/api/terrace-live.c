/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The WebSocket at /api/live. Runs on the main thread.
 *
 * Libsoup queues what it is given to send without a bound, so nothing is given to a connection
 * whose socket takes no more; what is pushed is state, and the next message makes up for the one
 * that was left out. */

#include "config.h"

#include "api/terrace-live.h"

#include "base/terrace-limits.h"
#include "engine/terrace-json.h"

#define PUSH_MS 250
#define KEEPALIVE_SECONDS 20
#define MAX_MESSAGE_BYTES 1024
/* Pushes in a row that a listener may miss. */
#define MAX_MISSED 240

typedef struct
{
  SoupWebsocketConnection *connection;
  guint missed;
} Listener;

/* The latest of a move under way. */
typedef struct
{
  gint64 move_id;
  guint64 done_bytes;
  double bytes_per_second;
} Progress;

struct _TerraceLive
{
  GObject parent_instance;

  /* inputs */
  TerraceEngine *engine;

  /* state */
  GPtrArray *listeners; /* (element-type Listener) */
  GHashTable *progress; /* (element-type gint64 Progress): not pushed yet */
  gboolean stats_wanted;
  gboolean stats_asked;
  guint push_id;
  GCancellable *cancellable;
};

G_DEFINE_FINAL_TYPE (TerraceLive, terrace_live, G_TYPE_OBJECT)

static void
listener_free (Listener *self)
{
  if (soup_websocket_connection_get_state (self->connection) == SOUP_WEBSOCKET_STATE_OPEN)
    soup_websocket_connection_close (self->connection, SOUP_WEBSOCKET_CLOSE_GOING_AWAY, NULL);
  g_object_unref (self->connection);
  g_free (self);
}

static gboolean
listener_reads (Listener *self)
{
  GIOStream *stream = soup_websocket_connection_get_io_stream (self->connection);
  GOutputStream *output = g_io_stream_get_output_stream (stream);

  return !G_IS_POLLABLE_OUTPUT_STREAM (output) ||
         g_pollable_output_stream_is_writable (G_POLLABLE_OUTPUT_STREAM (output));
}

static void
live_send (TerraceLive *self, JsonNode *node)
{
  g_autoptr (JsonNode) message = node;
  g_autofree char *text = json_to_string (message, FALSE);

  for (guint i = self->listeners->len; i > 0; i--)
    {
      Listener *listener = self->listeners->pdata[i - 1];

      if (listener_reads (listener))
        {
          listener->missed = 0;
          soup_websocket_connection_send_text (listener->connection, text);
        }
      else if (++listener->missed > MAX_MISSED)
        g_ptr_array_remove_index_fast (self->listeners, i - 1);
    }
}

/* (transfer full): {"type": @type, @name: @content}. @content: (transfer full) */
static JsonNode *
wrap (const char *type, const char *name, JsonNode *content)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  terrace_json_text (builder, "type", type);
  json_builder_set_member_name (builder, name);
  json_builder_add_value (builder, content);
  json_builder_end_object (builder);
  return json_builder_get_root (builder);
}

static JsonNode *
progress_to_json (const Progress *progress)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  terrace_json_int (builder, "id", progress->move_id);
  terrace_json_int (builder, "done_bytes", (gint64) progress->done_bytes);
  terrace_json_double (builder, "bytes_per_second", progress->bytes_per_second);
  json_builder_end_object (builder);
  return json_builder_get_root (builder);
}

static void
stats_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TerraceLive) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (TerraceStats) stats =
      terrace_engine_stats_finish (TERRACE_ENGINE (source), result, &error);

  self->stats_asked = FALSE;
  /* A failure is made up for by the next change; no engine: everybody was hung up on. */
  if (stats != NULL && self->engine != NULL)
    live_send (self, wrap ("stats", "stats", terrace_json_stats (self->engine, stats)));
}

static gboolean
push_cb (gpointer user_data)
{
  TerraceLive *self = user_data;
  GHashTableIter iter;
  gpointer progress;

  self->push_id = 0;
  g_hash_table_iter_init (&iter, self->progress);
  while (g_hash_table_iter_next (&iter, NULL, &progress))
    live_send (self, wrap ("progress", "migration", progress_to_json (progress)));
  g_hash_table_remove_all (self->progress);
  if (self->stats_wanted && !self->stats_asked)
    {
      self->stats_wanted = FALSE;
      self->stats_asked = TRUE;
      terrace_engine_stats_async (self->engine, self->cancellable, stats_cb, g_object_ref (self));
    }
  return G_SOURCE_REMOVE;
}

static void
live_push_soon (TerraceLive *self)
{
  if (self->push_id == 0 && self->listeners->len > 0)
    self->push_id = g_timeout_add (PUSH_MS, push_cb, self);
}

static void
changed_cb (TerraceLive *self)
{
  self->stats_wanted = TRUE;
  live_push_soon (self);
}

static void
progress_cb (TerraceLive *self, gint64 move_id, guint64 done_bytes, double bytes_per_second)
{
  Progress *progress;

  if (self->listeners->len == 0)
    return;
  progress = g_new0 (Progress, 1);
  progress->move_id = move_id;
  progress->done_bytes = done_bytes;
  progress->bytes_per_second = bytes_per_second;
  g_hash_table_replace (self->progress, &progress->move_id, progress);
  live_push_soon (self);
}

static void
move_changed_cb (TerraceLive *self, TerraceMove *move)
{
  if (self->listeners->len == 0)
    return;
  g_hash_table_remove (self->progress, &move->id);
  live_send (self, wrap ("migration", "migration", terrace_json_move (self->engine, move)));
}

static void
closed_cb (TerraceLive *self, SoupWebsocketConnection *connection)
{
  for (guint i = 0; self->listeners != NULL && i < self->listeners->len; i++)
    if (((Listener *) self->listeners->pdata[i])->connection == connection)
      {
        g_ptr_array_remove_index_fast (self->listeners, i);
        return;
      }
}

void
terrace_live_add (TerraceLive *self, SoupWebsocketConnection *connection)
{
  Listener *listener;

  g_return_if_fail (TERRACE_IS_LIVE (self));

  if (self->listeners->len >= TERRACE_LIMIT_API_LISTENERS)
    {
      soup_websocket_connection_close (connection, SOUP_WEBSOCKET_CLOSE_POLICY_VIOLATION,
                                       "too many listeners");
      return;
    }
  listener = g_new0 (Listener, 1);
  listener->connection = g_object_ref (connection);
  soup_websocket_connection_set_keepalive_interval (connection, KEEPALIVE_SECONDS);
  /* Nothing is asked over this connection: what comes is small, and not looked at. */
  soup_websocket_connection_set_max_incoming_payload_size (connection, MAX_MESSAGE_BYTES);
  g_signal_connect_object (connection, "closed", G_CALLBACK (closed_cb), self, G_CONNECT_SWAPPED);
  g_ptr_array_add (self->listeners, listener);
  changed_cb (self);
}

static void
terrace_live_dispose (GObject *object)
{
  TerraceLive *self = TERRACE_LIVE (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->push_id, g_source_remove);
  g_clear_pointer (&self->listeners, g_ptr_array_unref);
  g_clear_pointer (&self->progress, g_hash_table_unref);
  g_clear_object (&self->engine);

  G_OBJECT_CLASS (terrace_live_parent_class)->dispose (object);
}

static void
terrace_live_finalize (GObject *object)
{
  g_object_unref (TERRACE_LIVE (object)->cancellable);

  G_OBJECT_CLASS (terrace_live_parent_class)->finalize (object);
}

static void
terrace_live_class_init (TerraceLiveClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = terrace_live_dispose;
  object_class->finalize = terrace_live_finalize;
}

static void
terrace_live_init (TerraceLive *self)
{
  self->listeners = g_ptr_array_new_with_free_func ((GDestroyNotify) listener_free);
  self->progress = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, g_free);
  self->cancellable = g_cancellable_new ();
}

TerraceLive *
terrace_live_new (TerraceEngine *engine)
{
  TerraceLive *self = g_object_new (TERRACE_TYPE_LIVE, NULL);

  self->engine = g_object_ref (engine);
  g_signal_connect_object (terrace_engine_get_catalog (engine), "changed", G_CALLBACK (changed_cb),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (terrace_engine_get_queue (engine), "progress", G_CALLBACK (progress_cb),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (terrace_engine_get_queue (engine), "move-changed",
                           G_CALLBACK (move_changed_cb), self, G_CONNECT_SWAPPED);
  return self;
}
