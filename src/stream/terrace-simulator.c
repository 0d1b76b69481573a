/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The source that tells a simulated story, at the pace of the clock. The story is told on a thread
 * of its own, a batch at a time; everything else is on the main thread. When nobody can follow, the
 * story waits, and goes on later from where it was. */

#include "config.h"

#include "stream/terrace-simulator.h"

#include "base/terrace-limits.h"
#include "base/terrace-worker.h"

#define PACE_MS 20

struct _TerraceSimulator
{
  TerraceSource parent_instance;

  /* inputs */
  TerraceClock *clock;
  GArray *item_ids;

  /* in progress */
  TerraceWorker *worker;
  TerraceStory *story; /* the worker's while it tells */
  gint64 start_us;
  gint64 slip_us;    /* how much later than planned it is told */
  gint64 stalled_us; /* since when nobody follows, 0 */
  guint timeout;
  gboolean telling;
  GTask *stopping;
};

G_DEFINE_FINAL_TYPE (TerraceSimulator, terrace_simulator, TERRACE_TYPE_SOURCE)

typedef struct
{
  TerraceStory *story;
  gint64 until_us;
  TerraceSourceBatch *batch;
} Telling;

static void
telling_free (Telling *telling)
{
  g_clear_pointer (&telling->batch, terrace_source_batch_unref);
  g_free (telling);
}

static void tell (TerraceSimulator *self);

static void
end_stopped_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceSimulator *self = g_task_get_source_object (task);
  GError *error = NULL;

  g_clear_pointer (&self->story, terrace_story_free);
  g_clear_object (&self->worker);
  if (terrace_worker_shutdown_finish (TERRACE_WORKER (object), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
end (TerraceSimulator *self)
{
  if (self->timeout != 0)
    terrace_clock_remove_timeout (self->clock, self->timeout);
  self->timeout = 0;
  terrace_worker_shutdown_async (self->worker, NULL, end_stopped_cb,
                                 g_steal_pointer (&self->stopping));
}

static gboolean
pace_cb (gpointer user_data)
{
  TerraceSimulator *self = user_data;

  self->timeout = 0;
  tell (self);

  return G_SOURCE_REMOVE;
}

static void
pause_for (TerraceSimulator *self, guint delay_ms)
{
  if (self->timeout == 0)
    self->timeout = terrace_clock_add_timeout (self->clock, delay_ms, pace_cb, self);
}

static gboolean
is_over (TerraceSimulator *self)
{
  double seconds = terrace_source_get_settings (TERRACE_SOURCE (self))->seconds;

  return seconds > 0 && (double) (terrace_clock_get_now_us (self->clock) - self->start_us) >=
                            seconds * TERRACE_US_PER_SECOND;
}

static void
tell_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  TerraceSimulator *self = TERRACE_SIMULATOR (object);
  Telling *telling = g_task_get_task_data (G_TASK (result));
  gboolean complete = g_task_propagate_boolean (G_TASK (result), NULL);

  self->telling = FALSE;
  if (self->stopping != NULL)
    {
      end (self);
      return;
    }

  /* Told late, it happens late: nobody wants the past at double speed. */
  if (self->slip_us > 0)
    for (guint i = 0; i < telling->batch->events->len; i++)
      g_array_index (telling->batch->events, TerraceStreamEvent, i).time_us += self->slip_us;
  terrace_source_deliver (TERRACE_SOURCE (self), g_steal_pointer (&telling->batch));
  if (is_over (self))
    terrace_source_set_state (TERRACE_SOURCE (self), TERRACE_SOURCE_STOPPED, NULL);
  else if (complete)
    pause_for (self, PACE_MS);
  else
    tell (self);
}

static void
tell_work (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Telling *telling = data;

  g_task_return_boolean (task,
                         terrace_story_tell (telling->story, telling->batch, telling->until_us,
                                             TERRACE_LIMIT_STREAM_BATCH_EVENTS));
}

static void
tell (TerraceSimulator *self)
{
  Telling *telling;
  GTask *task;

  if (self->telling || self->stopping != NULL || !terrace_source_has_room (TERRACE_SOURCE (self)))
    return;

  telling = g_new0 (Telling, 1);
  telling->story = self->story;
  telling->batch = terrace_source_batch_new ();
  telling->until_us = terrace_clock_get_now_us (self->clock) - self->slip_us;
  self->telling = TRUE;
  task = g_task_new (self, NULL, tell_cb, NULL);
  g_task_set_task_data (task, telling, (GDestroyNotify) telling_free);
  terrace_worker_queue (self->worker, G_PRIORITY_DEFAULT, tell_work, task);
}

/* --- The source's virtual functions -------------------------------------------------------- */

static void
terrace_simulator_start (TerraceSource *source)
{
  TerraceSimulator *self = TERRACE_SIMULATOR (source);
  const TerraceSourceSettings *settings = terrace_source_get_settings (source);

  self->start_us = terrace_clock_get_now_us (self->clock);
  self->slip_us = 0;
  self->story = terrace_story_new (settings->seed, settings->rate, self->start_us, self->item_ids);
  self->worker = terrace_worker_new ("terrace-sim", 1);
  terrace_source_set_state (source, TERRACE_SOURCE_RUNNING, NULL);
  pause_for (self, PACE_MS);
}

static void
terrace_simulator_stop_async (TerraceSource *source, GTask *task)
{
  TerraceSimulator *self = TERRACE_SIMULATOR (source);

  self->stopping = task;
  if (!self->telling)
    end (self);
}

static void
terrace_simulator_resume (TerraceSource *source)
{
  TerraceSimulator *self = TERRACE_SIMULATOR (source);

  if (self->stalled_us > 0)
    self->slip_us += MAX (terrace_clock_get_now_us (self->clock) - self->stalled_us, 0);
  self->stalled_us = 0;
  if (self->timeout == 0)
    tell (self);
}

static void
terrace_simulator_finalize (GObject *object)
{
  TerraceSimulator *self = TERRACE_SIMULATOR (object);

  g_assert (self->worker == NULL);
  g_clear_object (&self->clock);
  g_clear_pointer (&self->item_ids, g_array_unref);

  G_OBJECT_CLASS (terrace_simulator_parent_class)->finalize (object);
}

static void
terrace_simulator_class_init (TerraceSimulatorClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  TerraceSourceClass *source_class = TERRACE_SOURCE_CLASS (klass);

  object_class->finalize = terrace_simulator_finalize;
  source_class->start = terrace_simulator_start;
  source_class->stop_async = terrace_simulator_stop_async;
  source_class->resume = terrace_simulator_resume;
}

static void
terrace_simulator_init (TerraceSimulator *self)
{
}

TerraceSource *
terrace_simulator_new (const TerraceSourceSettings *settings, TerraceClock *clock, GArray *item_ids)
{
  TerraceSimulator *self;

  g_return_val_if_fail (settings->kind == TERRACE_SOURCE_SIMULATOR, NULL);

  self = g_object_new (TERRACE_TYPE_SIMULATOR, "settings", settings, NULL);
  self->clock = g_object_ref (clock);
  self->item_ids = g_array_ref (item_ids);

  return TERRACE_SOURCE (self);
}
