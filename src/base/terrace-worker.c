/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A bounded priority queue with a fixed number of owner threads.
 *
 * Jobs may be queued from any thread. The threads hold only the shared state, never the worker
 * object, so the object may go at any time; whoever needs to know that the last job has ended
 * calls terrace_worker_shutdown_async() first. */

#include "base/terrace-worker.h"

#include "base/terrace-error.h"
#include "base/terrace-limits.h"

#include <string.h>

#define THREAD_NAME_BYTES 15

typedef struct
{
  GTaskThreadFunc work;
  GTask *task; /* owned */
  int priority;
  guint64 sequence;
} Job;

typedef struct
{
  gatomicrefcount ref_count;

  GMutex mutex;
  GCond wakeup;
  GSequence *jobs;       /* (element-type Job) (owned), under mutex */
  guint64 last_sequence; /* under mutex */
  guint n_threads;       /* not ended yet, under mutex */
  gboolean closing;      /* under mutex */
  GPtrArray *shutdowns;  /* (element-type GTask) (owned), under mutex */
} Shared;

struct _TerraceWorker
{
  GObject parent_instance;

  Shared *shared; /* owned */
};

G_DEFINE_FINAL_TYPE (TerraceWorker, terrace_worker, G_TYPE_OBJECT)

/* The Shared that the current thread works for. */
static GPrivate current_shared;

static gboolean
keep_until_dispatched_cb (gpointer task)
{
  return G_SOURCE_REMOVE;
}

/* Once a task has returned, its callback may run at any moment, and the reference held here may
 * become the last. The objects behind it belong to the task's context, so it is dropped there. */
static void
drop_on_own_context (GTask *task)
{
  g_autoptr (GSource) source = g_idle_source_new ();

  g_source_set_priority (source, g_task_get_priority (task));
  g_source_set_static_name (source, "terrace-worker-drop");
  g_source_set_callback (source, keep_until_dispatched_cb, task, g_object_unref);
  g_source_attach (source, g_task_get_context (task));
}

static int
compare_jobs (gconstpointer a, gconstpointer b, gpointer user_data)
{
  const Job *left = a;
  const Job *right = b;

  if (left->priority != right->priority)
    return left->priority < right->priority ? -1 : 1;
  return left->sequence < right->sequence ? -1 : left->sequence > right->sequence;
}

static void
shared_unref (Shared *shared)
{
  if (!g_atomic_ref_count_dec (&shared->ref_count))
    return;

  /* The threads leave only when nothing is queued. */
  g_assert (g_sequence_is_empty (shared->jobs));

  g_sequence_free (shared->jobs);
  g_ptr_array_unref (shared->shutdowns);
  g_cond_clear (&shared->wakeup);
  g_mutex_clear (&shared->mutex);
  g_free (shared);
}

static void
shared_close (Shared *shared)
{
  g_mutex_lock (&shared->mutex);
  shared->closing = TRUE;
  g_cond_broadcast (&shared->wakeup);
  g_mutex_unlock (&shared->mutex);
}

/* Waits for the next job; NULL when the thread should end. */
static Job *
take_job (Shared *shared)
{
  Job *job = NULL;

  g_mutex_lock (&shared->mutex);
  while (g_sequence_is_empty (shared->jobs) && !shared->closing)
    g_cond_wait (&shared->wakeup, &shared->mutex);

  if (!g_sequence_is_empty (shared->jobs))
    {
      GSequenceIter *first = g_sequence_get_begin_iter (shared->jobs);

      job = g_sequence_get (first);
      g_sequence_remove (first);
    }
  g_mutex_unlock (&shared->mutex);

  return job;
}

static void
run_job (Job *job)
{
  if (!g_task_return_error_if_cancelled (job->task))
    job->work (job->task, g_task_get_source_object (job->task), g_task_get_task_data (job->task),
               g_task_get_cancellable (job->task));

  drop_on_own_context (g_steal_pointer (&job->task));
  g_free (job);
}

/* The last thread tells those who wait for the end. */
static void
leave (Shared *shared)
{
  g_autoptr (GPtrArray) shutdowns = NULL;

  g_mutex_lock (&shared->mutex);
  if (--shared->n_threads == 0)
    {
      shutdowns = g_steal_pointer (&shared->shutdowns);
      shared->shutdowns = g_ptr_array_new ();
    }
  g_mutex_unlock (&shared->mutex);

  for (guint i = 0; shutdowns != NULL && i < shutdowns->len; i++)
    {
      GTask *task = g_ptr_array_index (shutdowns, i);

      g_task_return_boolean (task, TRUE);
      drop_on_own_context (task);
    }
}

static gpointer
thread_main (gpointer data)
{
  Shared *shared = data;
  Job *job;

  g_private_set (&current_shared, shared);

  while ((job = take_job (shared)) != NULL)
    run_job (job);

  leave (shared);
  shared_unref (shared);

  return NULL;
}

static void
terrace_worker_finalize (GObject *object)
{
  TerraceWorker *self = TERRACE_WORKER (object);

  shared_close (self->shared);
  shared_unref (self->shared);

  G_OBJECT_CLASS (terrace_worker_parent_class)->finalize (object);
}

static void
terrace_worker_class_init (TerraceWorkerClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = terrace_worker_finalize;
}

static void
terrace_worker_init (TerraceWorker *self)
{
  Shared *shared = g_new0 (Shared, 1);

  g_atomic_ref_count_init (&shared->ref_count);
  g_mutex_init (&shared->mutex);
  g_cond_init (&shared->wakeup);
  shared->jobs = g_sequence_new (NULL);
  shared->shutdowns = g_ptr_array_new ();

  self->shared = shared;
}

TerraceWorker *
terrace_worker_new (const char *name, guint n_threads)
{
  TerraceWorker *self;

  g_return_val_if_fail (name != NULL && strlen (name) <= THREAD_NAME_BYTES, NULL);
  g_return_val_if_fail (n_threads >= 1, NULL);

  self = g_object_new (TERRACE_TYPE_WORKER, NULL);
  self->shared->n_threads = n_threads;

  /* Nobody joins them: leave() is how their end is known. */
  for (guint i = 0; i < n_threads; i++)
    {
      g_atomic_ref_count_inc (&self->shared->ref_count);
      g_thread_unref (g_thread_new (name, thread_main, self->shared));
    }

  return self;
}

/* Takes over @task and returns TRUE, unless there is no room for it. */
static gboolean
insert_job (Shared *shared, int priority, GTaskThreadFunc work, GTask *task)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&shared->mutex);
  Job *job;

  if (shared->closing || g_sequence_get_length (shared->jobs) >= TERRACE_LIMIT_WORKER_QUEUE)
    return FALSE;

  job = g_new0 (Job, 1);
  job->work = work;
  job->task = task;
  job->priority = priority;
  job->sequence = ++shared->last_sequence;
  g_sequence_insert_sorted (shared->jobs, job, compare_jobs, NULL);
  g_cond_signal (&shared->wakeup);

  return TRUE;
}

void
terrace_worker_queue (TerraceWorker *self, int priority, GTaskThreadFunc work, GTask *task)
{
  g_return_if_fail (TERRACE_IS_WORKER (self));
  g_return_if_fail (work != NULL);
  g_return_if_fail (G_IS_TASK (task));

  if (insert_job (self->shared, priority, work, task))
    return;

  g_task_return_new_error (task, TERRACE_ERROR, TERRACE_ERROR_BUSY,
                           "Too much work is waiting or the program is ending; try again later");
  drop_on_own_context (task);
}

gboolean
terrace_worker_is_current (TerraceWorker *self)
{
  g_return_val_if_fail (TERRACE_IS_WORKER (self), FALSE);

  return g_private_get (&current_shared) == self->shared;
}

void
terrace_worker_shutdown_async (TerraceWorker *self,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  gboolean ended;

  g_return_if_fail (TERRACE_IS_WORKER (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, terrace_worker_shutdown_async);

  shared_close (self->shared);

  g_mutex_lock (&self->shared->mutex);
  ended = self->shared->n_threads == 0;
  if (!ended)
    g_ptr_array_add (self->shared->shutdowns, g_object_ref (task));
  g_mutex_unlock (&self->shared->mutex);

  if (ended)
    g_task_return_boolean (task, TRUE);
}

gboolean
terrace_worker_shutdown_finish (TerraceWorker *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
