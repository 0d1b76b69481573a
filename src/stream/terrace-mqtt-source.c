/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Events over MQTT. One thread owns the client: it reads what is there, hands it to the main thread
 * as batches, waits for their commit, and only then lets libmosquitto write what it has queued,
 * which is the acknowledgements. So nothing need be acknowledged by hand, which libmosquitto
 * cannot, and what was not committed is sent again by the broker. Main thread but for the functions
 * of the thread, which are marked. */

#include "config.h"

#include "stream/terrace-mqtt-source.h"

#include "base/terrace-error.h"
#include "base/terrace-limits.h"
#include "base/terrace-worker.h"
#include "stream/terrace-message.h"
#include "stream/terrace-mqtt-client.h"

#include <glib/gi18n-lib.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

/* Batches read before their commit is waited for. */
#define BATCHES_AT_ONCE 8
#define POLL_MS 1000
/* How often it looks for commits that do not come before it ends without them. */
#define STOP_POLLS 10
#define FIRST_BACKOFF_MS 250

struct _TerraceMqttSource
{
  TerraceSource parent_instance;

  /* inputs */
  TerraceClock *clock;

  /* between the threads */
  int wake_fd;
  gint stopping;    /* atomic */
  gint uncommitted; /* atomic: batches */
  GMainContext *context;

  /* the thread's */
  TerraceWorker *worker;
  struct mosquitto *client;
  TerraceSourceBatch *batch;
  GStrv topics;
  char *will;
  gboolean connected;
  gboolean refused;
  guint backoff_ms;
};

G_DEFINE_FINAL_TYPE (TerraceMqttSource, terrace_mqtt_source, TERRACE_TYPE_SOURCE)

/* --- To the main thread -------------------------------------------------------------------- */

typedef struct
{
  TerraceMqttSource *source;
  TerraceSourceBatch *batch;
  TerraceSourceState state;
  char *message;
} News;

static void
news_free (News *news)
{
  g_object_unref (news->source);
  g_clear_pointer (&news->batch, terrace_source_batch_unref);
  g_free (news->message);
  g_free (news);
}

static gboolean
news_cb (gpointer user_data)
{
  News *news = user_data;

  if (news->batch != NULL)
    terrace_source_deliver (TERRACE_SOURCE (news->source), g_steal_pointer (&news->batch));
  else
    terrace_source_set_state (TERRACE_SOURCE (news->source), news->state, news->message);

  return G_SOURCE_REMOVE;
}

/* Thread. @news: (transfer full) */
static void
tell (TerraceMqttSource *self, News *news)
{
  g_autoptr (GSource) idle = g_idle_source_new ();

  news->source = g_object_ref (self);
  g_source_set_priority (idle, G_PRIORITY_DEFAULT);
  g_source_set_callback (idle, news_cb, news, (GDestroyNotify) news_free);
  g_source_attach (idle, self->context);
}

/* Thread. @message: (transfer full) (nullable) */
static void
tell_state (TerraceMqttSource *self, TerraceSourceState state, char *message)
{
  News *news = g_new0 (News, 1);

  news->state = state;
  news->message = message;
  tell (self, news);
}

/* Thread. */
static void
tell_batch (TerraceMqttSource *self, gboolean urgent)
{
  News *news;

  if (terrace_source_batch_is_empty (self->batch))
    return;
  self->batch->urgent = urgent;
  g_atomic_int_inc (&self->uncommitted);
  news = g_new0 (News, 1);
  news->batch = self->batch;
  self->batch = terrace_source_batch_new ();
  tell (self, news);
}

/* Thread. The broker says "offline" itself, by the last will, when this program is gone. */
static void
tell_presence (TerraceMqttSource *self, const char *state)
{
  mosquitto_publish (self->client, NULL, self->will, (int) strlen (state), state, 0, true);
}

/* --- Callbacks of the client (thread) ------------------------------------------------------ */

static void
connect_cb (struct mosquitto *client,
            void *data,
            int code,
            int flags,
            const mosquitto_property *properties)
{
  TerraceMqttSource *self = data;
  const TerraceSourceSettings *settings = terrace_source_get_settings (TERRACE_SOURCE (self));
  gboolean lasting = FALSE;

  if (code != 0)
    {
      char *message = terrace_mqtt_describe_refusal (code, &lasting);

      self->refused = lasting;
      tell_state (self, lasting ? TERRACE_SOURCE_FAILED : TERRACE_SOURCE_CONNECTING, message);
      return;
    }

  self->connected = TRUE;
  self->backoff_ms = FIRST_BACKOFF_MS;
  tell_presence (self, "online");
  for (guint i = 0; self->topics[i] != NULL; i++)
    {
      g_autofree char *filter = terrace_mqtt_topic_to_filter (self->topics[i]);

      mosquitto_subscribe (client, NULL, filter, (int) settings->qos);
    }
}

static void
subscribe_cb (struct mosquitto *client, void *data, int mid, int n, const int *granted)
{
  TerraceMqttSource *self = data;

  /* What is not allowed is not delivered, and nobody would know why. */
  if (n > 0 && granted[0] >= 128)
    tell_state (self, TERRACE_SOURCE_RUNNING,
                g_strdup (_ ("The broker does not allow one of the topics")));
  else
    tell_state (self, TERRACE_SOURCE_RUNNING, NULL);
}

static void
message_cb (struct mosquitto *client, void *data, const struct mosquitto_message *message)
{
  TerraceMqttSource *self = data;
  g_autofree char *location = NULL, *key = NULL;
  TerraceMessageContext context = { .partition = -1, .offset = -1 };

  for (guint i = 0; self->topics[i] != NULL && location == NULL && key == NULL; i++)
    if (strchr (self->topics[i], '{') != NULL)
      terrace_mqtt_topic_match (self->topics[i], message->topic, &location, &key);
  context.now_us = terrace_clock_get_now_us (self->clock);
  if (location != NULL)
    context.location = terrace_source_batch_add_text (self->batch, location, -1);
  if (key != NULL)
    context.key = terrace_source_batch_add_text (self->batch, key, -1);
  terrace_message_take (self->batch, message->payload, (gsize) message->payloadlen, &context,
                        message->topic);
  if (terrace_source_batch_is_full (self->batch))
    tell_batch (self, FALSE);
}

/* --- The thread ---------------------------------------------------------------------------- */

static gboolean
is_stopping (TerraceMqttSource *self)
{
  return g_atomic_int_get (&self->stopping) != 0;
}

static void
drain (int fd)
{
  guint64 ignored;

  /* Nothing to read is fine. */
  if (read (fd, &ignored, sizeof ignored) < 0)
    return;
}

/* Waits for somebody to wake it, for the socket if @events is not 0, or for @timeout_ms. */
static int
wait_for (TerraceMqttSource *self, short events, int timeout_ms)
{
  struct pollfd fds[2] = { { .fd = self->wake_fd, .events = POLLIN },
                           { .fd = mosquitto_socket (self->client), .events = events } };
  int n = poll (fds, events != 0 && fds[1].fd >= 0 ? 2 : 1, timeout_ms);

  if (n > 0 && fds[0].revents != 0)
    drain (self->wake_fd);

  return n > 0 ? fds[1].revents : 0;
}

/* %FALSE if the end did not wait for them: then nothing may be acknowledged. */
static gboolean
wait_for_commits (TerraceMqttSource *self)
{
  guint polls_left = STOP_POLLS;

  while (g_atomic_int_get (&self->uncommitted) > 0)
    {
      wait_for (self, 0, POLL_MS);
      if (is_stopping (self) && --polls_left == 0)
        return FALSE;
    }

  return TRUE;
}

static void
connect_again (TerraceMqttSource *self)
{
  const TerraceSourceSettings *settings = terrace_source_get_settings (TERRACE_SOURCE (self));
  g_autoptr (GError) error = NULL;
  int jitter_ms = g_random_int_range (0, (int) self->backoff_ms);

  if (self->backoff_ms > FIRST_BACKOFF_MS)
    wait_for (self, 0, (int) self->backoff_ms / 2 + jitter_ms / 2);
  self->backoff_ms = MIN (self->backoff_ms * 2, TERRACE_LIMIT_BACKOFF_MS);
  if (is_stopping (self))
    return;
  if (!terrace_mqtt_client_connect (self->client, settings, &error))
    tell_state (self, TERRACE_SOURCE_CONNECTING, g_strdup (error->message));
}

/* All that is there, but no more than some batches. */
static int
read_all (TerraceMqttSource *self)
{
  gint full_batches = g_atomic_int_get (&self->uncommitted) + BATCHES_AT_ONCE;
  int code = MOSQ_ERR_SUCCESS;
  guint before;

  do
    {
      before = self->batch->events->len + (guint) self->batch->n_malformed;
      code = mosquitto_loop_read (self->client, 1);
    }
  while (code == MOSQ_ERR_SUCCESS && !self->refused &&
         self->batch->events->len + (guint) self->batch->n_malformed != before &&
         g_atomic_int_get (&self->uncommitted) < full_batches);

  return code;
}

static void
work_once (TerraceMqttSource *self)
{
  int revents, code = MOSQ_ERR_SUCCESS;

  if (mosquitto_socket (self->client) < 0)
    {
      connect_again (self);
      return;
    }

  revents =
      wait_for (self, mosquitto_want_write (self->client) ? POLLIN | POLLOUT : POLLIN, POLL_MS);
  if ((revents & (POLLIN | POLLERR | POLLHUP)) != 0)
    code = read_all (self);
  tell_batch (self, TRUE);
  if (!wait_for_commits (self))
    return;
  while (code == MOSQ_ERR_SUCCESS && mosquitto_want_write (self->client))
    {
      code = mosquitto_loop_write (self->client, 1);
      if (code == MOSQ_ERR_SUCCESS && mosquitto_want_write (self->client))
        wait_for (self, POLLOUT, POLL_MS);
      if (is_stopping (self))
        break;
    }
  if (code == MOSQ_ERR_SUCCESS)
    code = mosquitto_loop_misc (self->client);
  if (code != MOSQ_ERR_SUCCESS && !is_stopping (self) && !self->refused)
    {
      self->connected = FALSE;
      tell_state (self, TERRACE_SOURCE_CONNECTING,
                  g_strdup_printf (_ ("The connection to the broker was lost: %s"),
                                   mosquitto_strerror (code)));
    }
}

static void
run (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  TerraceMqttSource *self = TERRACE_MQTT_SOURCE (source);

  while (!is_stopping (self) && !self->refused)
    work_once (self);
  /* What was read is delivered and its acknowledgement sent; then the broker keeps the session. */
  tell_batch (self, TRUE);
  if (wait_for_commits (self) && mosquitto_socket (self->client) >= 0)
    {
      tell_presence (self, "offline");
      mosquitto_loop_write (self->client, 1);
      mosquitto_disconnect (self->client);
      mosquitto_loop_write (self->client, 1);
    }
  g_task_return_boolean (task, TRUE);
}

/* --- The source's virtual functions -------------------------------------------------------- */

static void
wake (TerraceMqttSource *self)
{
  guint64 one = 1;

  if (write (self->wake_fd, &one, sizeof one) < 0)
    g_debug ("A counter that is full wakes as well");
}

static void
shut_down_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceMqttSource *self = g_task_get_source_object (task);
  GError *error = NULL;

  g_clear_object (&self->worker);
  if (terrace_worker_shutdown_finish (TERRACE_WORKER (object), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
terrace_mqtt_source_start (TerraceSource *source)
{
  TerraceMqttSource *self = TERRACE_MQTT_SOURCE (source);
  const TerraceSourceSettings *settings = terrace_source_get_settings (source);
  g_autoptr (GError) error = NULL;

  self->client = terrace_mqtt_client_new (settings, "", self, &error);
  if (self->client == NULL)
    {
      terrace_source_set_state (source, TERRACE_SOURCE_FAILED, error->message);
      return;
    }
  self->will = g_strdup_printf ("terrace/%s/state", settings->name);
  mosquitto_will_set (self->client, self->will, strlen ("offline"), "offline", 0, true);
  mosquitto_connect_v5_callback_set (self->client, connect_cb);
  mosquitto_subscribe_callback_set (self->client, subscribe_cb);
  mosquitto_message_callback_set (self->client, message_cb);
  self->topics = g_strsplit (settings->topic, ",", -1);
  self->batch = terrace_source_batch_new ();
  self->backoff_ms = FIRST_BACKOFF_MS;
  self->worker = terrace_worker_new ("terrace-mqtt", 1);
  terrace_worker_queue (self->worker, G_PRIORITY_DEFAULT, run, g_task_new (self, NULL, NULL, NULL));
}

static void
terrace_mqtt_source_stop_async (TerraceSource *source, GTask *task)
{
  TerraceMqttSource *self = TERRACE_MQTT_SOURCE (source);

  if (self->worker == NULL)
    {
      g_task_return_boolean (task, TRUE);
      g_object_unref (task);
      return;
    }
  g_atomic_int_set (&self->stopping, 1);
  wake (self);
  terrace_worker_shutdown_async (self->worker, NULL, shut_down_cb, task);
}

static void
terrace_mqtt_source_commit (TerraceSource *source, TerraceSourceBatch *batch)
{
  TerraceMqttSource *self = TERRACE_MQTT_SOURCE (source);

  if (g_atomic_int_dec_and_test (&self->uncommitted))
    wake (self);
}

static void
terrace_mqtt_source_finalize (GObject *object)
{
  TerraceMqttSource *self = TERRACE_MQTT_SOURCE (object);

  g_clear_pointer (&self->client, mosquitto_destroy);
  g_clear_pointer (&self->batch, terrace_source_batch_unref);
  g_clear_pointer (&self->topics, g_strfreev);
  g_free (self->will);
  g_clear_pointer (&self->context, g_main_context_unref);
  g_clear_object (&self->clock);
  close (self->wake_fd);

  G_OBJECT_CLASS (terrace_mqtt_source_parent_class)->finalize (object);
}

static void
terrace_mqtt_source_class_init (TerraceMqttSourceClass *klass)
{
  TerraceSourceClass *source_class = TERRACE_SOURCE_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = terrace_mqtt_source_finalize;
  source_class->start = terrace_mqtt_source_start;
  source_class->stop_async = terrace_mqtt_source_stop_async;
  source_class->commit = terrace_mqtt_source_commit;
}

static void
terrace_mqtt_source_init (TerraceMqttSource *self)
{
  self->wake_fd = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
  self->context = g_main_context_ref_thread_default ();
}

TerraceSource *
terrace_mqtt_source_new (const TerraceSourceSettings *settings, TerraceClock *clock)
{
  TerraceMqttSource *self = g_object_new (TERRACE_TYPE_MQTT_SOURCE, "settings", settings, NULL);

  self->clock = g_object_ref (clock);

  return TERRACE_SOURCE (self);
}
