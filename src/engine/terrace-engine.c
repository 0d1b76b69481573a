/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The engine object: its parts, what they are asked for, and how they end. Opening is in
 * terrace-engine-open.c, each kind of work in a file of its own. Main thread. */

#include "config.h"

#include "engine/terrace-engine-private.h"
#include "engine/terrace-engine-stream-private.h"

G_DEFINE_FINAL_TYPE (TerraceEngine, terrace_engine, G_TYPE_OBJECT)

static void
terrace_engine_dispose (GObject *object)
{
  TerraceEngine *self = TERRACE_ENGINE (object);

  g_clear_object (&self->stream);
  g_clear_object (&self->hasher);
  g_clear_object (&self->housekeeper);
  g_clear_object (&self->queue);
  g_clear_object (&self->registry);
  g_clear_object (&self->catalog);
  g_clear_object (&self->worker);
  g_clear_object (&self->clock);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->locations);
  g_clear_pointer (&self->sheets, g_ptr_array_unref);
  g_clear_pointer (&self->classes, g_hash_table_unref);
  g_clear_pointer (&self->price_problems, g_ptr_array_unref);
  g_clear_pointer (&self->stale_items, g_array_unref);
  g_clear_pointer (&self->waiters, g_ptr_array_unref);
  g_clear_pointer (&self->limits, terrace_transfer_limits_free);

  G_OBJECT_CLASS (terrace_engine_parent_class)->dispose (object);
}

static void
terrace_engine_finalize (GObject *object)
{
  TerraceEngine *self = TERRACE_ENGINE (object);

  g_free (self->data_dir);
  g_strfreev (self->price_dirs);

  G_OBJECT_CLASS (terrace_engine_parent_class)->finalize (object);
}

static void
terrace_engine_class_init (TerraceEngineClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = terrace_engine_dispose;
  object_class->finalize = terrace_engine_finalize;
}

static void
terrace_engine_init (TerraceEngine *self)
{
  self->cancellable = g_cancellable_new ();
  self->locations = g_list_store_new (TERRACE_TYPE_LOCATION);
  self->sheets = g_ptr_array_new_with_free_func (g_object_unref);
  self->classes = g_hash_table_new_full (g_str_hash, g_str_equal, NULL,
                                         (GDestroyNotify) terrace_storage_class_unref);
  self->price_problems = g_ptr_array_new_with_free_func (g_free);
  self->stale_items = g_array_new (FALSE, FALSE, sizeof (gint64));
  self->waiters = g_ptr_array_new ();
  terrace_policy_init (&self->policy);
}

/* --- Steps --------------------------------------------------------------------------------- */

typedef struct
{
  GTask *task;
  TerraceEngineStep next;
} Step;

static void
step_free (Step *step)
{
  g_clear_object (&step->task);
  g_free (step);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Step, step_free)

static Step *
step_new (GTask *task, TerraceEngineStep next)
{
  Step *step = g_new0 (Step, 1);

  step->task = task;
  step->next = next;

  return step;
}

static void
step_end (Step *step, gboolean success, GError *error)
{
  GTask *task = step->task;

  if (!success)
    g_task_return_error (task, error);
  else if (step->next == NULL)
    g_task_return_boolean (task, TRUE);
  else
    step->next (g_task_get_source_object (task), g_steal_pointer (&step->task));
}

static void
write_step_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Step) step = user_data;
  GError *error = NULL;
  gboolean success = terrace_catalog_write_finish (TERRACE_CATALOG (object), result, &error);

  step_end (step, success, error);
}

static void
read_step_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Step) step = user_data;
  GError *error = NULL;
  gboolean success = terrace_catalog_read_finish (TERRACE_CATALOG (object), result, &error);

  step_end (step, success, error);
}

GTask *
terrace_engine_task_new (TerraceEngine *self,
                         gpointer source_tag,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, source_tag);
  /* What was committed is told, even when somebody cancels at the last moment. */
  g_task_set_check_cancellable (task, FALSE);

  return task;
}

void
terrace_engine_write_step (TerraceEngine *self,
                           GTask *task,
                           TerraceCatalogFunc func,
                           TerraceCatalogChange changes,
                           TerraceEngineStep next)
{
  terrace_catalog_write_async (self->catalog, func, g_task_get_task_data (task), changes,
                               g_task_get_cancellable (task), write_step_cb, step_new (task, next));
}

void
terrace_engine_read_step (TerraceEngine *self,
                          GTask *task,
                          TerraceCatalogFunc func,
                          TerraceEngineStep next)
{
  terrace_catalog_read_async (self->catalog, func, g_task_get_task_data (task),
                              g_task_get_cancellable (task), read_step_cb, step_new (task, next));
}

/* --- Events -------------------------------------------------------------------------------- */

gboolean
terrace_engine_append_event (TerraceConnection *connection,
                             TerraceEventKind kind,
                             gint64 time_us,
                             gint64 item_id,
                             gint64 move_id,
                             const char *message,
                             GError **error)
{
  g_autoptr (TerraceEvent) event = NULL;

  event = terrace_event_new (kind, TERRACE_SEVERITY_INFO, time_us, message);
  event->item_id = item_id;
  event->move_id = move_id;

  return terrace_event_table_append (connection, event, error);
}

static gboolean
append_logged (TerraceConnection *connection, gpointer data, GError **error)
{
  return terrace_event_table_append (connection, TERRACE_EVENT (data), error);
}

static void
append_logged_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TerraceEvent) event = user_data;
  g_autoptr (GError) error = NULL;

  if (!terrace_catalog_write_finish (TERRACE_CATALOG (object), result, &error) &&
      !terrace_error_is_cancelled (error))
    g_warning ("“%s” could not be logged: %s", event->message, error->message);
}

void
terrace_engine_log (TerraceEngine *self,
                    TerraceEventKind kind,
                    TerraceSeverity severity,
                    gint64 item_id,
                    gint64 location_id,
                    char *message)
{
  TerraceEvent *event;

  event = terrace_event_new (kind, severity, terrace_clock_get_now_us (self->clock), message);
  event->item_id = item_id;
  event->location_id = location_id;
  g_free (message);
  terrace_catalog_write_async (self->catalog, append_logged, event, TERRACE_CATALOG_EVENTS, NULL,
                               append_logged_cb, event);
}

/* --- What it holds --------------------------------------------------------------------------- */

TerraceAssessor *
terrace_engine_new_assessor (TerraceEngine *self)
{
  return terrace_assessor_new (self->classes, G_LIST_MODEL (self->locations), &self->policy,
                               terrace_engine_get_currency (self),
                               terrace_clock_get_now_us (self->clock));
}

TerraceCatalog *
terrace_engine_get_catalog (TerraceEngine *self)
{
  g_return_val_if_fail (TERRACE_IS_ENGINE (self), NULL);

  return self->catalog;
}

TerraceQueue *
terrace_engine_get_queue (TerraceEngine *self)
{
  g_return_val_if_fail (TERRACE_IS_ENGINE (self), NULL);

  return self->queue;
}

TerraceClock *
terrace_engine_get_clock (TerraceEngine *self)
{
  g_return_val_if_fail (TERRACE_IS_ENGINE (self), NULL);

  return self->clock;
}

TerraceProviderRegistry *
terrace_engine_get_registry (TerraceEngine *self)
{
  g_return_val_if_fail (TERRACE_IS_ENGINE (self), NULL);

  return self->registry;
}

GPtrArray *
terrace_engine_get_price_sheets (TerraceEngine *self)
{
  g_return_val_if_fail (TERRACE_IS_ENGINE (self), NULL);

  return self->sheets;
}

GPtrArray *
terrace_engine_get_price_problems (TerraceEngine *self)
{
  g_return_val_if_fail (TERRACE_IS_ENGINE (self), NULL);

  return self->price_problems;
}

TerraceStorageClass *
terrace_engine_find_class (TerraceEngine *self, const char *class_id)
{
  g_return_val_if_fail (TERRACE_IS_ENGINE (self), NULL);

  return class_id != NULL ? g_hash_table_lookup (self->classes, class_id) : NULL;
}

const char *
terrace_engine_get_currency (TerraceEngine *self)
{
  g_return_val_if_fail (TERRACE_IS_ENGINE (self), NULL);

  return self->sheets->len > 0 ?
             terrace_price_sheet_get_currency (g_ptr_array_index (self->sheets, 0)) :
             "USD";
}

const TerracePolicy *
terrace_engine_get_policy (TerraceEngine *self)
{
  g_return_val_if_fail (TERRACE_IS_ENGINE (self), NULL);

  return &self->policy;
}

/* --- Closing --------------------------------------------------------------------------------- */

/* The parts end in the order in which they use each other. A part that does not end well does not
 * keep the others from ending; the first error is told. */

static void
close_note (GTask *task, gboolean success, GError *error)
{
  if (success)
    return;
  if (g_task_get_task_data (task) == NULL)
    g_task_set_task_data (task, error, (GDestroyNotify) g_error_free);
  else
    g_error_free (error);
}

static void
close_return (GTask *task)
{
  GError *error = g_task_get_task_data (task);

  if (error != NULL)
    g_task_return_error (task, g_error_copy (error));
  else
    g_task_return_boolean (task, TRUE);
}

static void
close_catalog_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  gboolean success = terrace_catalog_close_finish (TERRACE_CATALOG (object), result, &error);

  close_note (task, success, error);
  close_return (task);
}

static void
close_worker_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  gboolean success = terrace_worker_shutdown_finish (TERRACE_WORKER (object), result, &error);
  TerraceEngine *self = g_task_get_source_object (task);

  close_note (task, success, error);
  if (self->catalog == NULL)
    close_return (task);
  else
    terrace_catalog_close_async (self->catalog, NULL, close_catalog_cb, g_steal_pointer (&task));
}

static void
close_worker (TerraceEngine *self, GTask *task)
{
  terrace_worker_shutdown_async (self->worker, NULL, close_worker_cb, task);
}

static void
close_registry_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceEngine *self = g_task_get_source_object (task);
  GError *error = NULL;
  gboolean success;

  success = terrace_provider_registry_shutdown_finish (TERRACE_PROVIDER_REGISTRY (object), result,
                                                       &error);
  close_note (task, success, error);
  close_worker (self, g_steal_pointer (&task));
}

static void
close_queue_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  gboolean success = terrace_queue_stop_finish (TERRACE_QUEUE (object), result, &error);
  TerraceEngine *self = g_task_get_source_object (task);

  close_note (task, success, error);
  terrace_provider_registry_shutdown_async (self->registry, NULL, close_registry_cb,
                                            g_steal_pointer (&task));
}

static void
close_queue (TerraceEngine *self, GTask *task)
{
  if (self->queue != NULL)
    terrace_queue_stop_async (self->queue, NULL, close_queue_cb, task);
  else
    close_worker (self, task);
}

/* First of all: what came is stored while everything else still works. */
static void
close_stream_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceEngine *self = g_task_get_source_object (task);
  GError *error = NULL;
  gboolean success;

  success = terrace_engine_stream_close_finish (TERRACE_ENGINE_STREAM (object), result, &error);
  close_note (task, success, error);
  close_queue (self, g_steal_pointer (&task));
}

void
terrace_engine_close_async (TerraceEngine *self,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  GTask *task;

  g_return_if_fail (TERRACE_IS_ENGINE (self));

  task =
      terrace_engine_task_new (self, terrace_engine_close_async, cancellable, callback, user_data);
  if (self->closing)
    {
      g_task_return_boolean (task, TRUE);
      g_object_unref (task);
      return;
    }

  self->closing = TRUE;
  g_cancellable_cancel (self->cancellable);
  terrace_engine_cancel_waiters (self);
  if (self->hasher != NULL)
    terrace_background_hasher_stop (self->hasher);
  if (self->housekeeper != NULL)
    terrace_housekeeper_stop (self->housekeeper);
  if (self->stream != NULL)
    terrace_engine_stream_close_async (self->stream, close_stream_cb, task);
  else
    close_queue (self, task);
}

gboolean
terrace_engine_close_finish (TerraceEngine *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (TERRACE_IS_ENGINE (self), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
