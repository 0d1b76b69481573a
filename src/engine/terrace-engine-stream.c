/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The stream object: what it is made of, what it is asked for, how it begins and ends. How events
 * flow through it, what happens once a second, its sources and how it reacts are in files of their
 * own. Main thread. */

#include "config.h"

#include "engine/terrace-engine-stream-private.h"

#include "base/terrace-limits.h"

G_DEFINE_FINAL_TYPE (TerraceEngineStream, terrace_engine_stream, G_TYPE_OBJECT)

/* --- Running ------------------------------------------------------------------------------- */

TerraceRunning *
terrace_running_new (TerraceEngineStream *stream,
                     TerraceStreamStatus *status,
                     TerraceSource *source)
{
  TerraceRunning *self = g_rc_box_new0 (TerraceRunning);

  self->stream = stream;
  self->status = g_object_ref (status);
  self->source = g_object_ref (source);
  self->partitions = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_queue_init (&self->held);
  self->stoppers = g_ptr_array_new_with_free_func (g_object_unref);

  return self;
}

static void
running_clear (gpointer data)
{
  TerraceRunning *self = data;

  g_queue_clear_full (&self->held, (GDestroyNotify) terrace_source_batch_unref);
  g_object_unref (self->status);
  g_object_unref (self->source);
  g_hash_table_unref (self->partitions);
  g_ptr_array_unref (self->stoppers);
}

void
terrace_running_unref (TerraceRunning *self)
{
  g_rc_box_release_full (self, running_clear);
}

/* --- The worker ---------------------------------------------------------------------------- */

typedef struct
{
  TerraceStreamPump *pump;
  TerraceStreamFunc func;
  TerraceStreamDone done;
  gpointer data;
  GDestroyNotify free;
} Job;

static void
job_free (Job *job)
{
  if (job->data != NULL && job->free != NULL)
    job->free (job->data);
  g_free (job);
}

static void
run_job (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Job *job = data;

  job->func (job->pump, job->data);
  g_task_return_boolean (task, TRUE);
}

static void
run_job_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Job *job = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;

  /* The queue of the worker is longer than all that sources may have under way. */
  if (!g_task_propagate_boolean (G_TASK (result), &error))
    g_critical ("The stream's thread refused work: %s", error->message);
  else if (job->done != NULL)
    job->done (TERRACE_ENGINE_STREAM (object), job->data);
}

void
terrace_engine_stream_run (TerraceEngineStream *self,
                           TerraceStreamFunc func,
                           TerraceStreamDone done,
                           gpointer data,
                           GDestroyNotify free)
{
  GTask *task = g_task_new (self, NULL, run_job_cb, NULL);
  Job *job = g_new0 (Job, 1);

  job->pump = self->pump;
  job->func = func;
  job->done = done;
  job->data = data;
  job->free = free;
  g_task_set_task_data (task, job, (GDestroyNotify) job_free);
  terrace_worker_queue (self->worker, G_PRIORITY_DEFAULT, run_job, task);
}

/* --- Beginning ----------------------------------------------------------------------------- */

typedef struct
{
  GPtrArray *sources;
  GPtrArray *rules;
  TerraceStreamPending pending;
  gint64 now_us;
} Loading;

static void
loading_free (Loading *loading)
{
  g_clear_pointer (&loading->sources, g_ptr_array_unref);
  g_clear_pointer (&loading->rules, g_ptr_array_unref);
  g_free (loading);
}

/* A new catalogue gets the rules that most people want. */
static gboolean
load_rows (TerraceConnection *connection, gpointer data, GError **error)
{
  Loading *loading = data;

  loading->sources = terrace_stream_source_table_list (connection, error);
  loading->rules =
      loading->sources != NULL ? terrace_alert_rule_table_list (connection, error) : NULL;
  if (loading->rules == NULL)
    return FALSE;
  if (loading->rules->len == 0)
    {
      g_ptr_array_unref (loading->rules);
      loading->rules = terrace_rules_make_default ();
      for (guint i = 0; i < loading->rules->len; i++)
        {
          TerraceAlertRule *rule = g_ptr_array_index (loading->rules, i);

          rule->updated_us = loading->now_us;
          if (!terrace_alert_rule_table_put (connection, rule, error))
            return FALSE;
        }
    }

  return terrace_stream_table_get_pending (connection, &loading->pending, error);
}

static void
take_source_row (TerraceEngineStream *self, TerraceStreamSourceRow *row)
{
  g_autoptr (TerraceSourceSettings) settings = NULL;
  g_autoptr (TerraceStreamStatus) status = NULL;
  g_autoptr (GError) error = NULL;
  int kind;

  if (!terrace_enum_from_nick (TERRACE_TYPE_SOURCE_KIND, row->kind, &kind))
    return;
  settings = terrace_source_settings_from_json ((TerraceSourceKind) kind, row->name, row->settings,
                                                &error);
  if (settings == NULL)
    {
      g_warning ("%s", error->message);
      return;
    }
  status = terrace_stream_status_new (row->id, settings);
  status->publishes = row->publishes != 0;
  g_list_store_append (self->sources, status);
}

static void
load_rows_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceEngineStream *self = g_task_get_source_object (task);
  Loading *loading = g_task_get_task_data (task);
  g_autoptr (GPtrArray) loaders = g_steal_pointer (&self->loaders);
  GError *error = NULL;

  self->loaders = g_ptr_array_new_with_free_func (g_object_unref);
  self->load_ended = TRUE;
  self->loaded = terrace_catalog_write_finish (TERRACE_CATALOG (object), result, &error);
  if (self->loaded)
    {
      for (guint i = 0; i < loading->sources->len; i++)
        take_source_row (self, g_ptr_array_index (loading->sources, i));
      for (guint i = 0; i < loading->rules->len; i++)
        g_list_store_append (self->rules, g_ptr_array_index (loading->rules, i));
      self->pending = loading->pending;
      if (self->engine->run_moves && self->closing == NULL)
        {
          terrace_engine_stream_watch (self);
          if (self->pending.accesses > 0)
            terrace_engine_stream_merge (self);
        }
      terrace_engine_stream_read_alerts (self);
    }

  for (guint i = 0; i < loaders->len; i++)
    {
      GTask *loader = g_ptr_array_index (loaders, i);

      if (self->loaded)
        g_task_return_boolean (loader, TRUE);
      else
        g_task_return_error (loader, g_error_copy (error));
    }
  g_clear_error (&error);
  terrace_engine_stream_check_ends (self);
}

static void
catalog_changed_cb (TerraceEngineStream *self, TerraceCatalogChange changes)
{
  if (self->closing != NULL || !self->loaded)
    return;
  if ((changes & TERRACE_CATALOG_MOVES) != 0 && self->engine->run_moves)
    terrace_engine_stream_watch (self);
  if ((changes & TERRACE_CATALOG_LOCATIONS) != 0)
    terrace_engine_stream_tell_locations (self);
  self->news_due |= (changes & TERRACE_CATALOG_EVENTS) != 0;
  if (changes == TERRACE_CATALOG_EVERYTHING)
    terrace_engine_stream_read_alerts (self);
}

static void
progress_cb (TerraceEngineStream *self, gint64 move_id, guint64 done_bytes, double rate)
{
  g_hash_table_replace (self->done_bytes, g_memdup2 (&move_id, sizeof move_id),
                        g_memdup2 (&done_bytes, sizeof done_bytes));
}

static void
move_changed_cb (TerraceEngineStream *self, TerraceMove *move)
{
  if (terrace_move_state_is_final (move->state))
    {
      g_hash_table_remove (self->done_bytes, &move->id);
      g_hash_table_remove (self->heated, &move->id);
    }
  terrace_engine_stream_publish_move (self, move);
}

static TerraceEngineStream *
stream_new (TerraceEngine *engine)
{
  TerraceEngineStream *self = g_object_new (TERRACE_TYPE_ENGINE_STREAM, NULL);
  Loading *loading = g_new0 (Loading, 1);
  GTask *task;

  self->engine = engine;
  self->pump = terrace_stream_pump_new (terrace_clock_get_now_us (engine->clock));
  self->worker = terrace_worker_new ("terrace-stream", 1);
  self->began_us = terrace_clock_get_now_us (engine->clock);
  self->news_due = TRUE;
  g_signal_connect_object (engine->catalog, "changed", G_CALLBACK (catalog_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (engine->queue, "progress", G_CALLBACK (progress_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (engine->queue, "move-changed", G_CALLBACK (move_changed_cb), self,
                           G_CONNECT_SWAPPED);

  loading->now_us = terrace_clock_get_now_us (engine->clock);
  task = g_task_new (self, NULL, NULL, NULL);
  g_task_set_task_data (task, loading, (GDestroyNotify) loading_free);
  terrace_catalog_write_async (engine->catalog, load_rows, loading, 0, NULL, load_rows_cb, task);
  terrace_engine_stream_start_ticking (self);

  return self;
}

TerraceEngineStream *
terrace_engine_get_stream (TerraceEngine *self)
{
  g_return_val_if_fail (TERRACE_IS_ENGINE (self), NULL);
  g_return_val_if_fail (!self->closing || self->stream != NULL, NULL);

  if (self->stream == NULL)
    self->stream = stream_new (self);

  return self->stream;
}

/* --- Ending -------------------------------------------------------------------------------- */

static void
close_worker_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceEngineStream *self = g_task_get_source_object (task);
  GError *error = NULL;

  g_clear_pointer (&self->pump, terrace_stream_pump_free);
  if (terrace_worker_shutdown_finish (TERRACE_WORKER (object), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
close_publisher_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceEngineStream *self = g_task_get_source_object (task);

  /* What could not be told to others any more is no reason not to end. */
  terrace_publisher_close_finish (TERRACE_PUBLISHER (object), result, NULL);
  terrace_worker_shutdown_async (self->worker, NULL, close_worker_cb, g_steal_pointer (&task));
}

void
terrace_engine_stream_check_ends (TerraceEngineStream *self)
{
  for (guint i = self->running->len; i > 0; i--)
    {
      TerraceRunning *running = g_ptr_array_index (self->running, i - 1);

      if (running->stopping)
        terrace_engine_stream_stop_running (self, running);
    }

  if (self->closing == NULL || self->running->len > 0 || !terrace_engine_stream_is_calm (self))
    return;
  if (self->tick_timeout != 0)
    terrace_clock_remove_timeout (self->engine->clock, self->tick_timeout);
  self->tick_timeout = 0;
  if (self->publisher != NULL)
    {
      g_autoptr (TerracePublisher) publisher = g_steal_pointer (&self->publisher);

      terrace_publisher_close_async (publisher, NULL, close_publisher_cb,
                                     g_steal_pointer (&self->closing));
    }
  else
    terrace_worker_shutdown_async (self->worker, NULL, close_worker_cb,
                                   g_steal_pointer (&self->closing));
}

void
terrace_engine_stream_close_async (TerraceEngineStream *self,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data)
{
  g_assert (self->closing == NULL);

  self->closing = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (self->closing, terrace_engine_stream_close_async);
  for (guint i = self->running->len; i > 0; i--)
    terrace_engine_stream_stop_running (self, g_ptr_array_index (self->running, i - 1));
  terrace_engine_stream_check_ends (self);
}

gboolean
terrace_engine_stream_close_finish (TerraceEngineStream *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* --- The object ---------------------------------------------------------------------------- */

static void
terrace_engine_stream_finalize (GObject *object)
{
  TerraceEngineStream *self = TERRACE_ENGINE_STREAM (object);

  g_assert (self->pump == NULL);
  g_free (self->owner);
  g_free (self->history);
  g_clear_object (&self->worker);
  g_clear_object (&self->sources);
  g_clear_object (&self->alerts);
  g_clear_object (&self->rules);
  g_clear_object (&self->log);
  g_ptr_array_unref (self->running);
  g_ptr_array_unref (self->loaders);
  g_ptr_array_unref (self->stoppers);
  g_ptr_array_unref (self->pumped);
  g_hash_table_unref (self->starts);
  g_hash_table_unref (self->touched);
  g_hash_table_unref (self->rule_states);
  g_hash_table_unref (self->heated);
  g_hash_table_unref (self->done_bytes);
  g_hash_table_unref (self->counts);

  G_OBJECT_CLASS (terrace_engine_stream_parent_class)->finalize (object);
}

static void
terrace_engine_stream_class_init (TerraceEngineStreamClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = terrace_engine_stream_finalize;

  g_signal_new ("ticked", TERRACE_TYPE_ENGINE_STREAM, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                G_TYPE_NONE, 0);
  g_signal_new ("alerted", TERRACE_TYPE_ENGINE_STREAM, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                G_TYPE_NONE, 1, TERRACE_TYPE_ALERT);
}

static void
terrace_engine_stream_init (TerraceEngineStream *self)
{
  self->owner = g_uuid_string_random ();
  self->sources = g_list_store_new (TERRACE_TYPE_STREAM_STATUS);
  self->alerts = g_list_store_new (TERRACE_TYPE_ALERT);
  self->rules = g_list_store_new (TERRACE_TYPE_ALERT_RULE);
  self->log = terrace_stream_log_new ();
  self->running = g_ptr_array_new_with_free_func ((GDestroyNotify) terrace_running_unref);
  self->loaders = g_ptr_array_new_with_free_func (g_object_unref);
  self->stoppers = g_ptr_array_new_with_free_func (g_object_unref);
  self->starts =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_queue_free);
  self->pumped = g_ptr_array_new ();
  self->touched = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  self->rule_states = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->heated = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  self->done_bytes = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  self->counts = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  self->history = g_new0 (TerraceWindowSecond, TERRACE_STREAM_HISTORY_SECONDS);
  self->row_budget = TERRACE_LIMIT_STREAM_LOG_ROWS_PER_SECOND;
}

/* --- What it shows ------------------------------------------------------------------------- */

GListModel *
terrace_engine_stream_get_sources (TerraceEngineStream *self)
{
  g_return_val_if_fail (TERRACE_IS_ENGINE_STREAM (self), NULL);

  return G_LIST_MODEL (self->sources);
}

TerraceStreamStatus *
terrace_engine_stream_find_source (TerraceEngineStream *self, const char *name)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->sources));

  g_return_val_if_fail (TERRACE_IS_ENGINE_STREAM (self), NULL);

  for (guint i = 0; i < n; i++)
    {
      /* The store keeps it. */
      g_autoptr (TerraceStreamStatus) status =
          g_list_model_get_item (G_LIST_MODEL (self->sources), i);

      if (g_str_equal (status->name, name))
        return status;
    }

  return NULL;
}

gboolean
terrace_engine_stream_get_active (TerraceEngineStream *self)
{
  g_return_val_if_fail (TERRACE_IS_ENGINE_STREAM (self), FALSE);

  return self->running->len > 0;
}

TerraceStreamLog *
terrace_engine_stream_get_log (TerraceEngineStream *self)
{
  g_return_val_if_fail (TERRACE_IS_ENGINE_STREAM (self), NULL);

  return self->log;
}

const TerraceWindowSummary *
terrace_engine_stream_get_window (TerraceEngineStream *self, TerraceWindow window)
{
  g_return_val_if_fail (TERRACE_IS_ENGINE_STREAM (self), NULL);

  return &self->windows[window];
}

void
terrace_engine_stream_get_history (TerraceEngineStream *self, TerraceWindowSecond *seconds, guint n)
{
  g_return_if_fail (TERRACE_IS_ENGINE_STREAM (self));

  n = MIN (n, TERRACE_STREAM_HISTORY_SECONDS);
  memcpy (seconds, self->history + TERRACE_STREAM_HISTORY_SECONDS - n, n * sizeof *seconds);
}

gboolean
terrace_engine_stream_get_burst (TerraceEngineStream *self)
{
  g_return_val_if_fail (TERRACE_IS_ENGINE_STREAM (self), FALSE);

  return self->burst;
}

GListModel *
terrace_engine_stream_get_alerts (TerraceEngineStream *self)
{
  g_return_val_if_fail (TERRACE_IS_ENGINE_STREAM (self), NULL);

  return G_LIST_MODEL (self->alerts);
}

GListModel *
terrace_engine_stream_get_rules (TerraceEngineStream *self)
{
  g_return_val_if_fail (TERRACE_IS_ENGINE_STREAM (self), NULL);

  return G_LIST_MODEL (self->rules);
}
