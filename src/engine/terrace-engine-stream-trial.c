/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Trying a rule on the last hour: what is kept of it is judged as if it happened again. Errors and
 * latencies by the minutes' counters, uses of objects by the blocks of the busiest ones. Runs on a
 * catalogue thread; nothing is changed. */

#include "config.h"

#include "engine/terrace-engine-stream-private.h"

#include "base/terrace-limits.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define TRIAL_US (3600 * TERRACE_US_PER_SECOND)
#define MINUTE_US (60 * TERRACE_US_PER_SECOND)
#define MAX_MESSAGES 20

typedef struct
{
  TerraceAlertRule *rule;
  TerraceRuleSettings settings;
  gint64 now_us;
  TerraceConnection *connection;
  TerraceRuleTrial *trial;
  GHashTable *counts; /* item id -> Use */
  GError *error;
} Trial;

typedef struct
{
  gint64 since_us;
  gint64 told_us;
  guint64 reads;
} Use;

void
terrace_rule_trial_free (TerraceRuleTrial *self)
{
  g_ptr_array_unref (self->messages);
  g_free (self);
}

static void
trial_free (Trial *trial)
{
  g_object_unref (trial->rule);
  g_clear_pointer (&trial->trial, terrace_rule_trial_free);
  g_clear_pointer (&trial->counts, g_hash_table_unref);
  g_clear_error (&trial->error);
  g_free (trial);
}

/* @message: (transfer full) */
static void
fire (Trial *trial, gint64 time_us, char *message)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_local (time_us / TERRACE_US_PER_SECOND);
  g_autofree char *owned = message;
  g_autofree char *clock = time != NULL ? g_date_time_format (time, "%H:%M") : g_strdup ("");

  trial->trial->fired++;
  if (trial->trial->messages->len < MAX_MESSAGES)
    g_ptr_array_add (trial->trial->messages, g_strdup_printf ("%s  %s", clock, owned));
}

/* --- Minutes ------------------------------------------------------------------------------- */

static gboolean
value_of_minute (Trial *trial, const TerraceStreamMinute *minute, double *value, guint64 *n)
{
  TerraceSketch sketch;
  gsize length;
  const guint8 *packed;

  *n = minute->events;
  if (trial->rule->kind == TERRACE_ALERT_ERROR_RATE)
    {
      *value = minute->events > 0 ? (double) minute->errors / (double) minute->events : 0;
      return TRUE;
    }
  if (minute->latency == NULL)
    return FALSE;
  packed = g_bytes_get_data (minute->latency, &length);
  if (packed == NULL || !terrace_sketch_unpack (&sketch, packed, length))
    return FALSE;
  *n = sketch.n;
  *value = terrace_sketch_get_quantile_us (&sketch, 0.95) / 1000;
  return TRUE;
}

static gboolean
try_minutes (Trial *trial, GError **error)
{
  g_autoptr (GArray) minutes = NULL;
  TerraceRuleState state = { 0 };

  minutes = terrace_stream_minute_table_list (trial->connection, 0,
                                              (trial->now_us - TRIAL_US) / MINUTE_US,
                                              trial->now_us / MINUTE_US, error);
  if (minutes == NULL)
    return FALSE;
  for (guint i = 0; i < minutes->len; i++)
    {
      const TerraceStreamMinute *minute = &g_array_index (minutes, TerraceStreamMinute, i);
      gint64 end_us = (minute->minute + 1) * MINUTE_US;
      double value;
      guint64 n;

      trial->trial->events += minute->events;
      if (value_of_minute (trial, minute, &value, &n) &&
          terrace_rule_judge (&trial->settings, value, n, end_us, &state) == TERRACE_RULE_RAISE)
        fire (trial, end_us, g_strdup (trial->rule->name));
    }

  return TRUE;
}

/* --- Objects ------------------------------------------------------------------------------- */

static char *
name_item (Trial *trial, gint64 item_id)
{
  g_autoptr (TerraceItem) item = terrace_item_table_get (trial->connection, item_id, NULL);

  return item != NULL ? g_strdup (item->name) : g_strdup_printf ("#%" G_GINT64_FORMAT, item_id);
}

static void
try_access (Trial *trial, const TerraceStreamAccess *access)
{
  gint64 within_us = (gint64) (trial->settings.within_s * TERRACE_US_PER_SECOND);
  gint64 silence_us = (gint64) trial->rule->silence_s * TERRACE_US_PER_SECOND;
  Use *use = g_hash_table_lookup (trial->counts, &access->item_id);

  trial->trial->events += (guint64) access->reads + access->writes;
  if (use == NULL)
    {
      use = g_new0 (Use, 1);
      use->since_us = access->last_us;
      g_hash_table_insert (trial->counts, g_memdup2 (&access->item_id, sizeof access->item_id),
                           use);
    }
  if (access->last_us - use->since_us > within_us)
    {
      use->since_us = access->last_us;
      use->reads = 0;
    }
  use->reads += access->reads;
  if (use->reads < trial->settings.reads ||
      (use->told_us != 0 && access->last_us - use->told_us < silence_us))
    return;

  use->told_us = access->last_us;
  fire (trial, access->last_us, name_item (trial, access->item_id));
}

static gboolean
try_block (gint64 source_id, guint n_events, const guint8 *events, gsize n_bytes, gpointer data)
{
  for (gsize at = 0; at + sizeof (TerraceStreamAccess) <= n_bytes;
       at += sizeof (TerraceStreamAccess))
    {
      TerraceStreamAccess access;

      memcpy (&access, events + at, sizeof access);
      try_access (data, &access);
    }

  return TRUE;
}

/* --- The trial ----------------------------------------------------------------------------- */

static gboolean
store_try (TerraceConnection *connection, gpointer data, GError **error)
{
  Trial *trial = data;

  trial->connection = connection;
  switch (trial->rule->kind)
    {
    case TERRACE_ALERT_ERROR_RATE:
    case TERRACE_ALERT_LATENCY:
      return try_minutes (trial, error);
    case TERRACE_ALERT_HEATING:
    case TERRACE_ALERT_PREWARM:
      return terrace_stream_block_table_foreach (connection, trial->now_us - TRIAL_US, try_block,
                                                 trial, error);
    case TERRACE_ALERT_INGEST:
    case TERRACE_ALERT_BUDGET:
    case TERRACE_ALERT_UNREACHABLE:
    case TERRACE_ALERT_REPLICA_MISSING:
    default:
      g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_UNSUPPORTED,
                   _ ("A rule of this kind watches what is, not what was: it cannot be tried"));
      return FALSE;
    }
}

static void
try_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Trial *trial = g_task_get_task_data (task);
  GError *error = NULL;

  if (terrace_catalog_read_finish (TERRACE_CATALOG (object), result, &error))
    g_task_return_pointer (task, g_steal_pointer (&trial->trial),
                           (GDestroyNotify) terrace_rule_trial_free);
  else
    g_task_return_error (task, error);
}

void
terrace_engine_stream_try_rule_async (TerraceEngineStream *self,
                                      TerraceAlertRule *rule,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data)
{
  Trial *trial;
  GTask *task;
  GError *error = NULL;

  g_return_if_fail (TERRACE_IS_ENGINE_STREAM (self));
  g_return_if_fail (TERRACE_IS_ALERT_RULE (rule));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, terrace_engine_stream_try_rule_async);
  trial = g_new0 (Trial, 1);
  trial->rule = g_object_ref (rule);
  trial->now_us = terrace_clock_get_now_us (self->engine->clock);
  trial->counts = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  trial->trial = g_new0 (TerraceRuleTrial, 1);
  trial->trial->messages = g_ptr_array_new_with_free_func (g_free);
  g_task_set_task_data (task, trial, (GDestroyNotify) trial_free);
  if (!terrace_rule_settings_read (rule, &trial->settings, &error))
    {
      g_task_return_error (task, error);
      g_object_unref (task);
      return;
    }
  terrace_catalog_read_async (self->engine->catalog, store_try, trial, cancellable, try_cb, task);
}

TerraceRuleTrial *
terrace_engine_stream_try_rule_finish (TerraceEngineStream *self,
                                       GAsyncResult *result,
                                       GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
