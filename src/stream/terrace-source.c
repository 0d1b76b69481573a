/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What every kind of source shares: its settings, its state, its counters, and the credit that
 * keeps a fast source from filling the memory in front of a slow consumer. Main thread. */

#include "config.h"

#include "stream/terrace-source.h"

#include "base/terrace-error.h"
#include "base/terrace-limits.h"

#include <glib/gi18n-lib.h>
#include <math.h>

typedef struct
{
  /* inputs */
  TerraceSourceSettings *settings;
  TerraceSourceConsumer consumer;
  gpointer consumer_data;

  /* state */
  TerraceSourceState state;
  char *error;
  gboolean started;
  gboolean stopping;
  gboolean was_full;
  guint in_flight;

  /* counters */
  guint64 n_events;
  guint64 n_dropped;
  guint64 n_malformed;
} TerraceSourcePrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (TerraceSource, terrace_source, G_TYPE_OBJECT)

typedef enum
{
  PROP_SETTINGS = 1,
} TerraceSourceProperty;

static guint changed_signal;

/* --- Settings ------------------------------------------------------------------------------ */

GType
terrace_source_kind_get_type (void)
{
  static const GEnumValue values[] = {
    { TERRACE_SOURCE_SIMULATOR, "TERRACE_SOURCE_SIMULATOR", "simulator" },
    { TERRACE_SOURCE_MQTT, "TERRACE_SOURCE_MQTT", "mqtt" },
    { TERRACE_SOURCE_KAFKA, "TERRACE_SOURCE_KAFKA", "kafka" },
    { TERRACE_SOURCE_FOLDER, "TERRACE_SOURCE_FOLDER", "folder" },
    { TERRACE_SOURCE_PUSH, "TERRACE_SOURCE_PUSH", "push" },
    { 0, NULL, NULL },
  };
  static gsize type = 0;

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, g_enum_register_static ("TerraceSourceKind", values));
  return type;
}

GType
terrace_source_state_get_type (void)
{
  static const GEnumValue values[] = {
    { TERRACE_SOURCE_STOPPED, "TERRACE_SOURCE_STOPPED", "stopped" },
    { TERRACE_SOURCE_CONNECTING, "TERRACE_SOURCE_CONNECTING", "connecting" },
    { TERRACE_SOURCE_RUNNING, "TERRACE_SOURCE_RUNNING", "running" },
    { TERRACE_SOURCE_FAILED, "TERRACE_SOURCE_FAILED", "failed" },
    { 0, NULL, NULL },
  };
  static gsize type = 0;

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, g_enum_register_static ("TerraceSourceState", values));
  return type;
}

TerraceSourceSettings *
terrace_source_settings_new (TerraceSourceKind kind, const char *name)
{
  TerraceSourceSettings *self = g_new0 (TerraceSourceSettings, 1);

  self->kind = kind;
  self->name = g_strdup (name);
  self->qos = 1;
  self->mqtt_version = 5;
  self->rate = 100;
  self->seed = 1;

  return self;
}

TerraceSourceSettings *
terrace_source_settings_copy (const TerraceSourceSettings *self)
{
  TerraceSourceSettings *copy = g_memdup2 (self, sizeof *self);

  copy->name = g_strdup (self->name);
  copy->address = g_strdup (self->address);
  copy->topic = g_strdup (self->topic);
  copy->client_id = g_strdup (self->client_id);
  copy->user = g_strdup (self->user);
  copy->password = g_strdup (self->password);
  copy->ca_file = g_strdup (self->ca_file);
  copy->cert_file = g_strdup (self->cert_file);
  copy->key_file = g_strdup (self->key_file);
  copy->options = g_strdupv (self->options);

  return copy;
}

void
terrace_source_settings_free (TerraceSourceSettings *self)
{
  if (self->password != NULL)
    explicit_bzero (self->password, strlen (self->password));
  g_free (self->name);
  g_free (self->address);
  g_free (self->topic);
  g_free (self->client_id);
  g_free (self->user);
  g_free (self->password);
  g_free (self->ca_file);
  g_free (self->cert_file);
  g_free (self->key_file);
  g_strfreev (self->options);
  g_free (self);
}

static gboolean
is_set (const char *text)
{
  return text != NULL && text[0] != '\0';
}

static const char *
find_problem (const TerraceSourceSettings *self)
{
  if (!is_set (self->name))
    return _ ("The source needs a name");
  if (self->kind != TERRACE_SOURCE_SIMULATOR && self->kind != TERRACE_SOURCE_PUSH &&
      !is_set (self->address))
    return self->kind == TERRACE_SOURCE_FOLDER ? _ ("The source needs a folder") :
                                                 _ ("The source needs the address of a server");
  if ((self->kind == TERRACE_SOURCE_MQTT || self->kind == TERRACE_SOURCE_KAFKA) &&
      !is_set (self->topic))
    return _ ("The source needs a topic");
  if (self->kind == TERRACE_SOURCE_MQTT && self->qos > 2)
    return _ ("The quality of service must be 0, 1 or 2");
  if (self->kind == TERRACE_SOURCE_MQTT && self->mqtt_version != 3 && self->mqtt_version != 5)
    return _ ("The version of MQTT must be 3 or 5");
  if ((self->cert_file == NULL) != (self->key_file == NULL))
    return _ ("A client certificate and its key must be given together");
  if (self->kind == TERRACE_SOURCE_SIMULATOR &&
      (!isfinite (self->rate) || self->rate < 1 || self->rate > TERRACE_LIMIT_SIMULATOR_RATE))
    return _ ("The rate must be between 1 and 200,000 events a second");

  return NULL;
}

gboolean
terrace_source_settings_validate (const TerraceSourceSettings *self, GError **error)
{
  const char *problem = find_problem (self);

  if (problem == NULL)
    return TRUE;

  g_set_error_literal (error, TERRACE_ERROR, TERRACE_ERROR_INVALID, problem);
  return FALSE;
}

/* --- The object ---------------------------------------------------------------------------- */

static void
terrace_source_finalize (GObject *object)
{
  TerraceSourcePrivate *priv = terrace_source_get_instance_private (TERRACE_SOURCE (object));

  g_clear_pointer (&priv->settings, terrace_source_settings_free);
  g_free (priv->error);

  G_OBJECT_CLASS (terrace_source_parent_class)->finalize (object);
}

static void
terrace_source_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  TerraceSourcePrivate *priv = terrace_source_get_instance_private (TERRACE_SOURCE (object));

  switch ((TerraceSourceProperty) id)
    {
    case PROP_SETTINGS:
      priv->settings = terrace_source_settings_copy (g_value_get_pointer (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
terrace_source_class_init (TerraceSourceClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = terrace_source_finalize;
  object_class->set_property = terrace_source_set_property;

  g_object_class_install_property (object_class, PROP_SETTINGS,
                                   g_param_spec_pointer ("settings", NULL, NULL,
                                                         G_PARAM_WRITABLE | G_PARAM_CONSTRUCT_ONLY |
                                                             G_PARAM_STATIC_STRINGS));
  changed_signal = g_signal_new ("changed", TERRACE_TYPE_SOURCE, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                 NULL, G_TYPE_NONE, 0);
}

static void
terrace_source_init (TerraceSource *self)
{
}

const TerraceSourceSettings *
terrace_source_get_settings (TerraceSource *self)
{
  TerraceSourcePrivate *priv = terrace_source_get_instance_private (self);

  return priv->settings;
}

void
terrace_source_set_consumer (TerraceSource *self,
                             TerraceSourceConsumer consumer,
                             gpointer user_data)
{
  TerraceSourcePrivate *priv = terrace_source_get_instance_private (self);

  g_return_if_fail (TERRACE_IS_SOURCE (self));

  priv->consumer = consumer;
  priv->consumer_data = user_data;
}

/* --- Life ---------------------------------------------------------------------------------- */

void
terrace_source_start (TerraceSource *self)
{
  TerraceSourcePrivate *priv = terrace_source_get_instance_private (self);

  g_return_if_fail (TERRACE_IS_SOURCE (self));
  g_return_if_fail (!priv->started && !priv->stopping);

  priv->started = TRUE;
  terrace_source_set_state (self, TERRACE_SOURCE_CONNECTING, NULL);
  TERRACE_SOURCE_GET_CLASS (self)->start (self);
}

static void
stop_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceSource *self = TERRACE_SOURCE (object);
  TerraceSourcePrivate *priv = terrace_source_get_instance_private (self);
  GError *error = NULL;

  g_task_propagate_boolean (G_TASK (result), &error);
  priv->started = FALSE;
  priv->stopping = FALSE;
  if (priv->state != TERRACE_SOURCE_FAILED)
    terrace_source_set_state (self, TERRACE_SOURCE_STOPPED, NULL);
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

void
terrace_source_stop_async (TerraceSource *self,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  TerraceSourcePrivate *priv = terrace_source_get_instance_private (self);
  GTask *task;

  g_return_if_fail (TERRACE_IS_SOURCE (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, terrace_source_stop_async);
  g_task_set_check_cancellable (task, FALSE);
  if (priv->stopping || !priv->started)
    {
      g_task_return_boolean (task, TRUE);
      g_object_unref (task);
      return;
    }

  priv->stopping = TRUE;
  TERRACE_SOURCE_GET_CLASS (self)->stop_async (self, g_task_new (self, NULL, stop_cb, task));
}

gboolean
terrace_source_stop_finish (TerraceSource *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

void
terrace_source_set_state (TerraceSource *self, TerraceSourceState state, const char *message)
{
  TerraceSourcePrivate *priv = terrace_source_get_instance_private (self);
  gboolean same = priv->state == state && (message == NULL || !g_strcmp0 (message, priv->error));

  if (same)
    return;
  priv->state = state;
  if (message != NULL && g_strcmp0 (message, priv->error) != 0)
    {
      g_free (priv->error);
      priv->error = g_strdup (message);
    }
  g_signal_emit (self, changed_signal, 0);
}

/* --- Batches ------------------------------------------------------------------------------- */

/* A batch of none but dead letters weighs something too. */
static guint
weigh (TerraceSourceBatch *batch)
{
  return MAX (batch->events->len, 1);
}

gboolean
terrace_source_has_room (TerraceSource *self)
{
  TerraceSourcePrivate *priv = terrace_source_get_instance_private (self);

  return priv->in_flight + TERRACE_LIMIT_STREAM_BATCH_EVENTS <=
         TERRACE_LIMIT_STREAM_IN_FLIGHT_EVENTS;
}

void
terrace_source_deliver (TerraceSource *self, TerraceSourceBatch *batch)
{
  TerraceSourcePrivate *priv = terrace_source_get_instance_private (self);
  g_autoptr (TerraceSourceBatch) owned = batch;

  if (terrace_source_batch_is_empty (batch))
    return;

  priv->in_flight += weigh (batch);
  priv->n_events += batch->events->len;
  priv->n_dropped += batch->n_dropped;
  priv->n_malformed += batch->n_malformed;
  if (!terrace_source_has_room (self))
    priv->was_full = TRUE;
  if (priv->consumer != NULL)
    priv->consumer (self, batch, priv->consumer_data);
  else
    terrace_source_commit (self, batch);
}

void
terrace_source_commit (TerraceSource *self, TerraceSourceBatch *batch)
{
  TerraceSourcePrivate *priv = terrace_source_get_instance_private (self);
  TerraceSourceClass *class = TERRACE_SOURCE_GET_CLASS (self);

  g_return_if_fail (TERRACE_IS_SOURCE (self));
  g_return_if_fail (priv->in_flight >= weigh (batch));

  priv->in_flight -= weigh (batch);
  if (class->commit != NULL)
    class->commit (self, batch);
  if (priv->was_full && terrace_source_has_room (self))
    {
      priv->was_full = FALSE;
      if (class->resume != NULL && !priv->stopping)
        class->resume (self);
    }
}

/* --- What it tells ------------------------------------------------------------------------- */

TerraceSourceState
terrace_source_get_state (TerraceSource *self)
{
  TerraceSourcePrivate *priv = terrace_source_get_instance_private (self);

  return priv->state;
}

const char *
terrace_source_get_error (TerraceSource *self)
{
  TerraceSourcePrivate *priv = terrace_source_get_instance_private (self);

  return priv->error;
}

guint64
terrace_source_get_n_events (TerraceSource *self)
{
  TerraceSourcePrivate *priv = terrace_source_get_instance_private (self);

  return priv->n_events;
}

guint64
terrace_source_get_n_dropped (TerraceSource *self)
{
  TerraceSourcePrivate *priv = terrace_source_get_instance_private (self);

  return priv->n_dropped;
}

guint64
terrace_source_get_n_malformed (TerraceSource *self)
{
  TerraceSourcePrivate *priv = terrace_source_get_instance_private (self);

  return priv->n_malformed;
}

gint64
terrace_source_get_lag (TerraceSource *self)
{
  TerraceSourceClass *class = TERRACE_SOURCE_GET_CLASS (self);

  return class->get_lag != NULL ? class->get_lag (self) : -1;
}

guint
terrace_source_get_in_flight (TerraceSource *self)
{
  TerraceSourcePrivate *priv = terrace_source_get_instance_private (self);

  return priv->in_flight;
}
