/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Events from Kafka. One thread polls a consumer group and hands batches to the main thread; when a
 * batch is committed its offsets are stored, and librdkafka commits what is stored now and then.
 * What comes twice after a crash or a rebalance is known again by partition and offset. While too
 * many batches wait for their commit it does not poll, and librdkafka's own buffer is bounded. Main
 * thread but for the functions of the thread, which are marked. */

#include "config.h"

#include "stream/terrace-kafka-source.h"

#include "base/terrace-error.h"
#include "base/terrace-limits.h"
#include "base/terrace-worker.h"
#include "stream/terrace-kafka-client.h"
#include "stream/terrace-message.h"

#include <glib/gi18n-lib.h>

#define POLL_MS 100
#define MAX_UNCOMMITTED 32
/* From so many on a commit is asked for at once. */
#define MANY_UNCOMMITTED 8
#define STOP_POLLS 100
#define LOOK_US (2 * TERRACE_US_PER_SECOND)

struct _TerraceKafkaSource
{
  TerraceSource parent_instance;

  /* inputs */
  TerraceClock *clock;

  /* between the threads */
  GMutex mutex;
  GCond committed;   /* or stopping */
  gboolean stopping; /* under mutex */
  guint uncommitted; /* under mutex: batches */
  gint64 lag;        /* under mutex */
  GMainContext *context;
  rd_kafka_t *kafka;

  /* the thread's */
  TerraceWorker *worker;
  rd_kafka_queue_t *queue;
  GPtrArray *partitions; /* names; a new array when one is added */
  GHashTable *numbers;   /* name -> index + 1 in partitions */
  GHashTable *positions; /* name -> next offset */
  gboolean running;
  gint64 looked_us;
};

G_DEFINE_FINAL_TYPE (TerraceKafkaSource, terrace_kafka_source, TERRACE_TYPE_SOURCE)

/* --- To the main thread -------------------------------------------------------------------- */

typedef struct
{
  TerraceKafkaSource *source;
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

/* Thread. @batch, @message: (transfer full) (nullable) */
static void
tell (TerraceKafkaSource *self, TerraceSourceBatch *batch, TerraceSourceState state, char *message)
{
  g_autoptr (GSource) idle = g_idle_source_new ();
  News *news = g_new0 (News, 1);

  news->source = g_object_ref (self);
  news->batch = batch;
  news->state = state;
  news->message = message;
  self->running = batch != NULL || state == TERRACE_SOURCE_RUNNING;
  g_source_set_priority (idle, G_PRIORITY_DEFAULT);
  g_source_set_callback (idle, news_cb, news, (GDestroyNotify) news_free);
  g_source_attach (idle, self->context);
}

/* --- Callbacks (thread) -------------------------------------------------------------------- */

static void
error_cb (rd_kafka_t *kafka, int code, const char *reason, void *data)
{
  TerraceKafkaSource *self = TERRACE_KAFKA_SOURCE (data);

  tell (self, NULL, TERRACE_SOURCE_CONNECTING,
        g_strdup_printf (_ ("The Kafka cluster cannot be used: %s"), reason));
}

static void
rebalance_cb (rd_kafka_t *kafka,
              rd_kafka_resp_err_t code,
              rd_kafka_topic_partition_list_t *partitions,
              void *data)
{
  TerraceKafkaSource *self = TERRACE_KAFKA_SOURCE (data);

  if (code == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS)
    {
      rd_kafka_assign (kafka, partitions);
      tell (self, NULL, TERRACE_SOURCE_RUNNING, NULL);
    }
  else
    rd_kafka_assign (kafka, NULL);
}

/* --- The thread ---------------------------------------------------------------------------- */

static guint
number_of (TerraceKafkaSource *self, const char *name)
{
  guint number = GPOINTER_TO_UINT (g_hash_table_lookup (self->numbers, name));

  if (number == 0)
    {
      GPtrArray *more = g_ptr_array_copy (self->partitions, (GCopyFunc) g_strdup, NULL);

      g_ptr_array_set_free_func (more, g_free);
      g_ptr_array_add (more, g_strdup (name));
      /* Batches that were delivered keep the shorter one. */
      g_ptr_array_unref (self->partitions);
      self->partitions = more;
      number = more->len;
      g_hash_table_insert (self->numbers, g_strdup (name), GUINT_TO_POINTER (number));
    }

  return number - 1;
}

static void
note_position (TerraceKafkaSource *self,
               TerraceSourceBatch *batch,
               const rd_kafka_message_t *message,
               const char *name)
{
  const char *topic = rd_kafka_topic_name (message->rkt);
  rd_kafka_topic_partition_list_t *offsets = batch->cookie;
  rd_kafka_topic_partition_t *offset =
      rd_kafka_topic_partition_list_find (offsets, topic, message->partition);
  gint64 next = message->offset + 1;

  if (offset == NULL)
    offset = rd_kafka_topic_partition_list_add (offsets, topic, message->partition);
  offset->offset = next;
  g_hash_table_replace (self->positions, g_strdup (name), g_memdup2 (&next, sizeof next));
}

static void
take_message (TerraceKafkaSource *self,
              TerraceSourceBatch *batch,
              const rd_kafka_message_t *message)
{
  TerraceMessageContext context = { .now_us = terrace_clock_get_now_us (self->clock) };
  char name[300];

  if (message->err != 0)
    {
      if (message->err != RD_KAFKA_RESP_ERR__PARTITION_EOF)
        tell (self, NULL, TERRACE_SOURCE_CONNECTING,
              g_strdup_printf (_ ("The Kafka cluster cannot be used: %s"),
                               rd_kafka_message_errstr (message)));
      return;
    }

  g_snprintf (name, sizeof name, "%s/%d", rd_kafka_topic_name (message->rkt), message->partition);
  context.partition = (gint32) number_of (self, name);
  context.offset = message->offset;
  terrace_message_take (batch, message->payload, message->len, &context, name);
  note_position (self, batch, message, name);
}

static void
measure_lag (TerraceKafkaSource *self)
{
  GHashTableIter iter;
  gpointer name, next;
  gint64 lag = 0;

  g_hash_table_iter_init (&iter, self->positions);
  while (g_hash_table_iter_next (&iter, &name, &next))
    {
      const char *slash = strrchr (name, '/');
      g_autofree char *topic = g_strndup (name, (gsize) (slash - (char *) name));
      gint64 low, high;

      if (rd_kafka_get_watermark_offsets (self->kafka, topic, (gint32) atoi (slash + 1), &low,
                                          &high) == 0 &&
          high > *(gint64 *) next)
        lag += high - *(gint64 *) next;
    }
  g_mutex_lock (&self->mutex);
  self->lag = lag;
  g_mutex_unlock (&self->mutex);
}

/* Whether a cluster that was lost is there again shows in an answer from it. */
static void
look_for_cluster (TerraceKafkaSource *self)
{
  gint64 now_us = g_get_monotonic_time ();
  const struct rd_kafka_metadata *metadata = NULL;

  if (self->running || now_us - self->looked_us < LOOK_US)
    return;
  self->looked_us = now_us;
  if (rd_kafka_metadata (self->kafka, 0, NULL, &metadata, POLL_MS * 10) != 0)
    return;
  rd_kafka_metadata_destroy (metadata);
  if (g_hash_table_size (self->positions) > 0)
    tell (self, NULL, TERRACE_SOURCE_RUNNING, NULL);
}

static void
free_offsets (gpointer offsets)
{
  rd_kafka_topic_partition_list_destroy (offsets);
}

static void
poll_once (TerraceKafkaSource *self)
{
  rd_kafka_message_t *messages[TERRACE_LIMIT_STREAM_BATCH_EVENTS];
  g_autoptr (TerraceSourceBatch) batch = terrace_source_batch_new ();
  rd_kafka_topic_partition_list_t *offsets = rd_kafka_topic_partition_list_new (8);
  ssize_t n;

  batch->cookie = offsets;
  batch->cookie_free = free_offsets;
  n = rd_kafka_consume_batch_queue (self->queue, POLL_MS, messages, G_N_ELEMENTS (messages));
  for (ssize_t i = 0; i < n; i++)
    {
      take_message (self, batch, messages[i]);
      rd_kafka_message_destroy (messages[i]);
    }
  measure_lag (self);
  look_for_cluster (self);
  if (offsets->cnt == 0)
    return;

  batch->partitions = g_ptr_array_ref (self->partitions);
  g_mutex_lock (&self->mutex);
  self->uncommitted++;
  batch->urgent = self->uncommitted >= MANY_UNCOMMITTED;
  g_mutex_unlock (&self->mutex);
  if (!self->running)
    tell (self, NULL, TERRACE_SOURCE_RUNNING, NULL);
  tell (self, g_steal_pointer (&batch), TERRACE_SOURCE_RUNNING, NULL);
}

/* Waits while there is no room; %FALSE if it is to end. */
static gboolean
may_poll (TerraceKafkaSource *self)
{
  gboolean stopping;

  g_mutex_lock (&self->mutex);
  while (self->uncommitted >= MAX_UNCOMMITTED && !self->stopping)
    g_cond_wait (&self->committed, &self->mutex);
  stopping = self->stopping;
  g_mutex_unlock (&self->mutex);

  return !stopping;
}

static void
wait_for_commits (TerraceKafkaSource *self)
{
  gint64 until_us = g_get_monotonic_time () + (gint64) STOP_POLLS * POLL_MS * 1000;

  g_mutex_lock (&self->mutex);
  while (self->uncommitted > 0 && g_cond_wait_until (&self->committed, &self->mutex, until_us))
    ;
  g_mutex_unlock (&self->mutex);
}

static void
run (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  TerraceKafkaSource *self = TERRACE_KAFKA_SOURCE (source);
  rd_kafka_t *kafka;

  while (may_poll (self))
    poll_once (self);
  wait_for_commits (self);
  rd_kafka_consumer_close (self->kafka);
  /* It waits for its own threads: not a thing for the main one. */
  g_mutex_lock (&self->mutex);
  kafka = g_steal_pointer (&self->kafka);
  g_mutex_unlock (&self->mutex);
  g_clear_pointer (&self->queue, rd_kafka_queue_destroy);
  rd_kafka_destroy (kafka);
  g_task_return_boolean (task, TRUE);
}

/* --- The source's virtual functions -------------------------------------------------------- */

static void
shut_down_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceKafkaSource *self = g_task_get_source_object (task);
  GError *error = NULL;

  g_clear_object (&self->worker);
  if (terrace_worker_shutdown_finish (TERRACE_WORKER (object), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static rd_kafka_conf_t *
make_conf (TerraceKafkaSource *self, const TerraceSourceSettings *settings, GError **error)
{
  g_autofree char *group = settings->client_id != NULL ?
                               g_strdup (settings->client_id) :
                               g_strconcat ("terrace-", settings->name, NULL);
  rd_kafka_conf_t *conf = terrace_kafka_conf_new (settings, error);

  if (conf == NULL)
    return NULL;
  terrace_kafka_conf_set (conf, "group.id", group);
  terrace_kafka_conf_set (conf, "enable.auto.offset.store", "false");
  terrace_kafka_conf_set (conf, "enable.auto.commit", "true");
  terrace_kafka_conf_set (conf, "auto.commit.interval.ms", "1000");
  terrace_kafka_conf_set (conf, "auto.offset.reset", "earliest");
  terrace_kafka_conf_set (conf, "queued.max.messages.kbytes", "16384");
  rd_kafka_conf_set_opaque (conf, self);
  rd_kafka_conf_set_error_cb (conf, error_cb);
  rd_kafka_conf_set_rebalance_cb (conf, rebalance_cb);
  /* Its words go through our log, not to standard error. */
  rd_kafka_conf_set_log_cb (conf, NULL);

  return conf;
}

static gboolean
subscribe (TerraceKafkaSource *self, const TerraceSourceSettings *settings, GError **error)
{
  g_auto (GStrv) topics = g_strsplit (settings->topic, ",", -1);
  rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new (4);
  rd_kafka_resp_err_t code;

  for (guint i = 0; topics[i] != NULL; i++)
    rd_kafka_topic_partition_list_add (list, g_strstrip (topics[i]), RD_KAFKA_PARTITION_UA);
  code = rd_kafka_subscribe (self->kafka, list);
  rd_kafka_topic_partition_list_destroy (list);
  if (code == 0)
    return TRUE;

  g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID,
               _ ("Kafka cannot be used like this: %s"), rd_kafka_err2str (code));
  return FALSE;
}

static void
terrace_kafka_source_start (TerraceSource *source)
{
  TerraceKafkaSource *self = TERRACE_KAFKA_SOURCE (source);
  const TerraceSourceSettings *settings = terrace_source_get_settings (source);
  g_autoptr (GError) error = NULL;
  rd_kafka_conf_t *conf = make_conf (self, settings, &error);
  char problem[512];

  if (conf != NULL)
    {
      self->kafka = rd_kafka_new (RD_KAFKA_CONSUMER, conf, problem, sizeof problem);
      if (self->kafka == NULL)
        {
          rd_kafka_conf_destroy (conf);
          g_set_error (&error, TERRACE_ERROR, TERRACE_ERROR_INVALID,
                       _ ("Kafka cannot be used like this: %s"), problem);
        }
      else
        rd_kafka_poll_set_consumer (self->kafka);
    }
  if (self->kafka == NULL || !subscribe (self, settings, &error))
    {
      terrace_source_set_state (source, TERRACE_SOURCE_FAILED, error->message);
      return;
    }

  self->queue = rd_kafka_queue_get_consumer (self->kafka);
  self->worker = terrace_worker_new ("terrace-kafka", 1);
  terrace_worker_queue (self->worker, G_PRIORITY_DEFAULT, run, g_task_new (self, NULL, NULL, NULL));
}

static void
terrace_kafka_source_stop_async (TerraceSource *source, GTask *task)
{
  TerraceKafkaSource *self = TERRACE_KAFKA_SOURCE (source);

  if (self->worker == NULL)
    {
      g_task_return_boolean (task, TRUE);
      g_object_unref (task);
      return;
    }
  g_mutex_lock (&self->mutex);
  self->stopping = TRUE;
  g_cond_signal (&self->committed);
  g_mutex_unlock (&self->mutex);
  terrace_worker_shutdown_async (self->worker, NULL, shut_down_cb, task);
}

static void
terrace_kafka_source_commit (TerraceSource *source, TerraceSourceBatch *batch)
{
  TerraceKafkaSource *self = TERRACE_KAFKA_SOURCE (source);

  g_mutex_lock (&self->mutex);
  /* Of partitions that went to another member meanwhile it refuses to: they are its now. */
  if (self->kafka != NULL)
    rd_kafka_offsets_store (self->kafka, batch->cookie);
  self->uncommitted--;
  g_cond_signal (&self->committed);
  g_mutex_unlock (&self->mutex);
}

static gint64
terrace_kafka_source_get_lag (TerraceSource *source)
{
  TerraceKafkaSource *self = TERRACE_KAFKA_SOURCE (source);
  gint64 lag;

  g_mutex_lock (&self->mutex);
  lag = self->lag;
  g_mutex_unlock (&self->mutex);

  return lag;
}

static void
terrace_kafka_source_finalize (GObject *object)
{
  TerraceKafkaSource *self = TERRACE_KAFKA_SOURCE (object);

  /* Only one that never began is left. */
  g_clear_pointer (&self->kafka, rd_kafka_destroy);
  g_ptr_array_unref (self->partitions);
  g_hash_table_unref (self->numbers);
  g_hash_table_unref (self->positions);
  g_clear_pointer (&self->context, g_main_context_unref);
  g_clear_object (&self->clock);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->committed);

  G_OBJECT_CLASS (terrace_kafka_source_parent_class)->finalize (object);
}

static void
terrace_kafka_source_class_init (TerraceKafkaSourceClass *klass)
{
  TerraceSourceClass *source_class = TERRACE_SOURCE_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = terrace_kafka_source_finalize;
  source_class->start = terrace_kafka_source_start;
  source_class->stop_async = terrace_kafka_source_stop_async;
  source_class->commit = terrace_kafka_source_commit;
  source_class->get_lag = terrace_kafka_source_get_lag;
}

static void
terrace_kafka_source_init (TerraceKafkaSource *self)
{
  g_mutex_init (&self->mutex);
  g_cond_init (&self->committed);
  self->lag = -1;
  self->context = g_main_context_ref_thread_default ();
  self->partitions = g_ptr_array_new_with_free_func (g_free);
  self->numbers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->positions = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

TerraceSource *
terrace_kafka_source_new (const TerraceSourceSettings *settings, TerraceClock *clock)
{
  TerraceKafkaSource *self = g_object_new (TERRACE_TYPE_KAFKA_SOURCE, "settings", settings, NULL);

  self->clock = g_object_ref (clock);

  return TERRACE_SOURCE (self);
}
