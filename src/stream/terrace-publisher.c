/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Publishing. Both libraries have a thread and a queue of their own; here the queue gets its bound,
 * and the waiting at the end a thread. Main thread but for the functions that say otherwise. */

#include "config.h"

#include "stream/terrace-publisher.h"

#include "base/terrace-error.h"
#include "base/terrace-worker.h"
#include "stream/terrace-kafka-client.h"
#include "stream/terrace-mqtt-client.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define MAX_WAITING 1000
#define CLOSE_MS 2000

struct _TerracePublisher
{
  GObject parent_instance;

  TerraceSourceSettings *settings;
  TerraceWorker *worker;
  guint64 n_lost;

  struct mosquitto *mqtt;
  rd_kafka_t *kafka;

  GMutex mutex;
  GCond sent;
  guint n_waiting; /* under mutex: MQTT messages the broker has not confirmed */
};

G_DEFINE_FINAL_TYPE (TerracePublisher, terrace_publisher, G_TYPE_OBJECT)

/* The library's thread. */
static void
published_cb (struct mosquitto *client, void *data, int mid)
{
  TerracePublisher *self = data;

  g_mutex_lock (&self->mutex);
  if (self->n_waiting > 0)
    self->n_waiting--;
  g_cond_signal (&self->sent);
  g_mutex_unlock (&self->mutex);
}

static gboolean
open_mqtt (TerracePublisher *self, GError **error)
{
  g_autoptr (GSocketConnectable) address = NULL;
  int code;

  self->mqtt = terrace_mqtt_client_new (self->settings, "-out", self, error);
  if (self->mqtt == NULL)
    return FALSE;
  address =
      g_network_address_parse (self->settings->address, self->settings->tls ? 8883 : 1883, error);
  if (address == NULL)
    return FALSE;

  mosquitto_publish_callback_set (self->mqtt, published_cb);
  mosquitto_reconnect_delay_set (self->mqtt, 1, 60, true);
  /* A broker that is not there now is tried again by the library. */
  code = mosquitto_connect_async (self->mqtt,
                                  g_network_address_get_hostname (G_NETWORK_ADDRESS (address)),
                                  g_network_address_get_port (G_NETWORK_ADDRESS (address)), 30);
  if (code != MOSQ_ERR_SUCCESS && code != MOSQ_ERR_ERRNO && code != MOSQ_ERR_EAI)
    {
      g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID,
                   _ ("MQTT cannot be used like this: %s"), mosquitto_strerror (code));
      return FALSE;
    }
  /* Here the library's own thread writes; it refuses while it takes another for that. */
  mosquitto_threaded_set (self->mqtt, false);
  if (mosquitto_loop_start (self->mqtt) != MOSQ_ERR_SUCCESS)
    {
      g_set_error_literal (error, TERRACE_ERROR, TERRACE_ERROR_FAILED,
                           _ ("The thread that publishes could not be started"));
      return FALSE;
    }
  return TRUE;
}

static gboolean
open_kafka (TerracePublisher *self, GError **error)
{
  rd_kafka_conf_t *conf = terrace_kafka_conf_new (self->settings, error);
  char problem[512];

  if (conf == NULL)
    return FALSE;
  terrace_kafka_conf_set (conf, "queue.buffering.max.messages", G_STRINGIFY (MAX_WAITING));
  rd_kafka_conf_set_log_cb (conf, NULL);
  self->kafka = rd_kafka_new (RD_KAFKA_PRODUCER, conf, problem, sizeof problem);
  if (self->kafka != NULL)
    return TRUE;

  rd_kafka_conf_destroy (conf);
  g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID,
               _ ("Kafka cannot be used like this: %s"), problem);
  return FALSE;
}

TerracePublisher *
terrace_publisher_new (const TerraceSourceSettings *settings, GError **error)
{
  g_autoptr (TerracePublisher) self = NULL;
  gboolean is_mqtt = settings->kind == TERRACE_SOURCE_MQTT;

  if (!terrace_source_settings_validate (settings, error))
    return NULL;
  if ((!is_mqtt && settings->kind != TERRACE_SOURCE_KAFKA) ||
      strpbrk (settings->topic, "+#{},") != NULL)
    {
      g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID,
                   _ ("Publishing needs MQTT or Kafka and one topic without wildcards"));
      return NULL;
    }

  self = g_object_new (TERRACE_TYPE_PUBLISHER, NULL);
  self->settings = terrace_source_settings_copy (settings);
  if (!(is_mqtt ? open_mqtt (self, error) : open_kafka (self, error)))
    return NULL;
  self->worker = terrace_worker_new ("terrace-publish", 1);

  return g_steal_pointer (&self);
}

static void
send_mqtt (TerracePublisher *self, const char *subtopic, const char *message)
{
  g_autofree char *topic = g_strconcat (self->settings->topic, "/", subtopic, NULL);
  gboolean full;

  g_mutex_lock (&self->mutex);
  full = self->n_waiting >= MAX_WAITING;
  self->n_waiting += full ? 0 : 1;
  g_mutex_unlock (&self->mutex);
  if (!full && mosquitto_publish (self->mqtt, NULL, topic, (int) strlen (message), message,
                                  (int) self->settings->qos, false) == MOSQ_ERR_SUCCESS)
    return;

  self->n_lost++;
  if (!full)
    published_cb (self->mqtt, self, 0);
}

void
terrace_publisher_send (TerracePublisher *self, const char *subtopic, const char *message)
{
  g_return_if_fail (TERRACE_IS_PUBLISHER (self));

  if (self->mqtt != NULL)
    {
      send_mqtt (self, subtopic, message);
      return;
    }
  if (rd_kafka_producev (self->kafka, RD_KAFKA_V_TOPIC (self->settings->topic),
                         RD_KAFKA_V_KEY (subtopic, strlen (subtopic)),
                         RD_KAFKA_V_VALUE ((void *) message, strlen (message)),
                         RD_KAFKA_V_MSGFLAGS (RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_END) != 0)
    self->n_lost++;
  rd_kafka_poll (self->kafka, 0);
}

guint64
terrace_publisher_get_n_lost (TerracePublisher *self)
{
  g_return_val_if_fail (TERRACE_IS_PUBLISHER (self), 0);

  return self->n_lost;
}

/* --- Closing ------------------------------------------------------------------------------- */

/* The worker's thread. */
static void
close_work (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  TerracePublisher *self = TERRACE_PUBLISHER (source);
  gint64 until_us = g_get_monotonic_time () + CLOSE_MS * 1000;

  if (self->mqtt != NULL)
    {
      g_mutex_lock (&self->mutex);
      while (self->n_waiting > 0 && g_cond_wait_until (&self->sent, &self->mutex, until_us))
        ;
      g_mutex_unlock (&self->mutex);
      mosquitto_disconnect (self->mqtt);
      mosquitto_loop_stop (self->mqtt, true);
      g_clear_pointer (&self->mqtt, mosquitto_destroy);
    }
  if (self->kafka != NULL)
    {
      rd_kafka_flush (self->kafka, CLOSE_MS);
      g_clear_pointer (&self->kafka, rd_kafka_destroy);
    }
  g_task_return_boolean (task, TRUE);
}

static void
close_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerracePublisher *self = g_task_get_source_object (task);
  GError *error = NULL;

  g_clear_object (&self->worker);
  if (terrace_worker_shutdown_finish (TERRACE_WORKER (object), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

void
terrace_publisher_close_async (TerracePublisher *self,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  GTask *task;

  g_return_if_fail (TERRACE_IS_PUBLISHER (self));
  g_return_if_fail (self->worker != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, terrace_publisher_close_async);
  terrace_worker_queue (self->worker, G_PRIORITY_DEFAULT, close_work,
                        g_task_new (self, NULL, NULL, NULL));
  terrace_worker_shutdown_async (self->worker, NULL, close_cb, task);
}

gboolean
terrace_publisher_close_finish (TerracePublisher *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/* --- The object ---------------------------------------------------------------------------- */

static void
terrace_publisher_finalize (GObject *object)
{
  TerracePublisher *self = TERRACE_PUBLISHER (object);

  /* Only what could not be opened is left. */
  g_clear_pointer (&self->mqtt, mosquitto_destroy);
  g_clear_pointer (&self->settings, terrace_source_settings_free);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->sent);

  G_OBJECT_CLASS (terrace_publisher_parent_class)->finalize (object);
}

static void
terrace_publisher_class_init (TerracePublisherClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = terrace_publisher_finalize;
}

static void
terrace_publisher_init (TerracePublisher *self)
{
  g_mutex_init (&self->mutex);
  g_cond_init (&self->sent);
}
