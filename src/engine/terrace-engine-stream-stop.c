/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Stopping sources: what they delivered is stored before they are gone. Main thread but for
 * pump_remove_source(), the stream's. */

#include "config.h"

#include "engine/terrace-engine-stream-private.h"

static void
pump_remove_source (TerraceStreamPump *pump, gpointer data)
{
  terrace_stream_pump_remove_source (pump, *(gint64 *) data);
}

static void
return_all (GPtrArray *stoppers)
{
  for (guint i = 0; i < stoppers->len; i++)
    g_task_return_boolean (g_ptr_array_index (stoppers, i), TRUE);
  g_ptr_array_set_size (stoppers, 0);
}

static void
end_running (TerraceEngineStream *self, TerraceRunning *running)
{
  g_autoptr (GPtrArray) stoppers = g_ptr_array_ref (running->stoppers);
  gint64 source_id = running->status->id;

  terrace_engine_stream_release_lease (self, source_id);
  terrace_engine_stream_run (self, pump_remove_source, NULL,
                             g_memdup2 (&source_id, sizeof source_id), g_free);
  running->status->events_per_second = 0;
  running->status->in_flight = 0;
  terrace_stream_status_changed (running->status);
  g_ptr_array_remove (self->running, running);
  return_all (stoppers);
  if (self->running->len == 0)
    return_all (self->stoppers);
}

static void
stop_source_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  TerraceRunning *running = user_data;
  TerraceEngineStream *self = running->stream;
  g_autoptr (GError) error = NULL;

  if (!terrace_source_stop_finish (TERRACE_SOURCE (object), result, &error))
    g_warning ("A source did not stop well: %s", error->message);
  running->stopped = TRUE;
  terrace_running_unref (running);
  terrace_engine_stream_check_ends (self);
}

/* Called again until its end: it stops delivering, what it delivered is stored, and the last one to
 * go sees to it that nothing waits to be merged. */
void
terrace_engine_stream_stop_running (TerraceEngineStream *self, TerraceRunning *running)
{
  if (!running->stopping)
    {
      running->stopping = TRUE;
      terrace_source_stop_async (running->source, NULL, stop_source_cb, g_rc_box_acquire (running));
    }
  if (!running->stopped)
    return;
  if (running->uncommitted > 0)
    {
      terrace_engine_stream_flush (self);
      return;
    }
  if (self->closing == NULL && self->running->len == 1 && self->pending.accesses > 0 &&
      !running->merged)
    {
      running->merged = TRUE;
      terrace_engine_stream_merge (self);
    }
  if (self->merging && running->merged)
    return;

  end_running (self, running);
}

void
terrace_engine_stream_stop_async (TerraceEngineStream *self,
                                  const char *name,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  TerraceRunning *running = NULL;
  GTask *task;

  g_return_if_fail (TERRACE_IS_ENGINE_STREAM (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, terrace_engine_stream_stop_async);
  g_task_set_check_cancellable (task, FALSE);
  if (name != NULL)
    running = terrace_engine_stream_find_running (self, name);
  if (self->running->len == 0 || (name != NULL && running == NULL))
    {
      g_task_return_boolean (task, TRUE);
      g_object_unref (task);
    }
  else if (running != NULL)
    {
      g_ptr_array_add (running->stoppers, task);
      terrace_engine_stream_stop_running (self, running);
    }
  else
    {
      g_ptr_array_add (self->stoppers, task);
      for (guint i = self->running->len; i > 0; i--)
        terrace_engine_stream_stop_running (self, g_ptr_array_index (self->running, i - 1));
    }
}

gboolean
terrace_engine_stream_stop_finish (TerraceEngineStream *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
