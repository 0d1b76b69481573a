/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The worker: order, bounds, cancellation, shutdown, and on which thread things die. */

#include "base/terrace-worker.h"

#include "base/terrace-error.h"
#include "base/terrace-limits.h"
#include "terrace-test-support.h"

/* Holds the only thread of a worker until the test opens it. */
typedef struct
{
  GMutex mutex;
  GCond cond;
  gboolean open;
  gboolean reached;
} Gate;

typedef struct
{
  Gate gate;
  TerraceWorker *worker;
  GString *log; /* written by one worker thread, read after it ended */
  guint n_done;
  guint n_failed;
  int last_code;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_mutex_init (&fixture->gate.mutex);
  g_cond_init (&fixture->gate.cond);
  fixture->worker = terrace_worker_new ("test", 1);
  fixture->log = g_string_new (NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_clear_object (&fixture->worker);
  g_string_free (fixture->log, TRUE);
  g_cond_clear (&fixture->gate.cond);
  g_mutex_clear (&fixture->gate.mutex);
}

static void
gate_set (Gate *gate, gboolean *flag)
{
  g_mutex_lock (&gate->mutex);
  *flag = TRUE;
  g_cond_broadcast (&gate->cond);
  g_mutex_unlock (&gate->mutex);
}

static void
gate_wait (Gate *gate, gboolean *flag)
{
  g_mutex_lock (&gate->mutex);
  while (!*flag)
    g_cond_wait (&gate->cond, &gate->mutex);
  g_mutex_unlock (&gate->mutex);
}

static void
hold_work (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Fixture *fixture = task_data;

  gate_set (&fixture->gate, &fixture->gate.reached);
  gate_wait (&fixture->gate, &fixture->gate.open);
  g_task_return_boolean (task, TRUE);
}

static void
log_work (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Fixture *fixture = g_object_get_data (G_OBJECT (task), "fixture");

  g_assert_true (terrace_worker_is_current (fixture->worker));
  g_string_append (fixture->log, task_data);
  g_task_return_boolean (task, TRUE);
}

static void
count_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Fixture *fixture = user_data;
  g_autoptr (GError) error = NULL;

  g_assert_true (g_main_context_is_owner (NULL));

  if (g_task_propagate_boolean (G_TASK (result), &error))
    fixture->n_done++;
  else
    {
      fixture->n_failed++;
      fixture->last_code = error->code;
    }
}

/* Keeps the thread busy, so that what is queued afterwards waits. */
static void
hold (Fixture *fixture)
{
  GTask *task = g_task_new (NULL, NULL, count_cb, fixture);

  g_task_set_task_data (task, fixture, NULL);
  terrace_worker_queue (fixture->worker, 0, hold_work, task);
  gate_wait (&fixture->gate, &fixture->gate.reached);
}

static void
queue_log (Fixture *fixture, int priority, const char *text, GCancellable *cancellable)
{
  GTask *task = g_task_new (NULL, cancellable, count_cb, fixture);

  g_task_set_task_data (task, g_strdup (text), g_free);
  g_object_set_data (G_OBJECT (task), "fixture", fixture);
  terrace_worker_queue (fixture->worker, priority, log_work, task);
}

static void
await_shutdown (Fixture *fixture)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  terrace_worker_shutdown_async (fixture->worker, NULL, terrace_test_store_result, &result);
  g_assert_null (result);
  terrace_test_await (&result);
  g_assert_true (terrace_worker_shutdown_finish (fixture->worker, result, &error));
  g_assert_no_error (error);
  terrace_test_settle ();
}

static void
test_order (Fixture *fixture, gconstpointer data)
{
  hold (fixture);
  queue_log (fixture, 0, "c", NULL);
  queue_log (fixture, 10, "e", NULL);
  queue_log (fixture, 0, "d", NULL);
  queue_log (fixture, G_MININT, "a", NULL);
  queue_log (fixture, -5, "b", NULL);
  queue_log (fixture, G_MAXINT, "f", NULL);
  gate_set (&fixture->gate, &fixture->gate.open);

  await_shutdown (fixture);
  g_assert_cmpstr (fixture->log->str, ==, "abcdef");
  g_assert_cmpuint (fixture->n_done, ==, 7);
  g_assert_cmpuint (fixture->n_failed, ==, 0);
  g_assert_false (terrace_worker_is_current (fixture->worker));
}

static void
test_cancelled_while_waiting (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  hold (fixture);
  queue_log (fixture, 0, "a", NULL);
  queue_log (fixture, 0, "x", cancellable);
  queue_log (fixture, 0, "b", NULL);
  g_cancellable_cancel (cancellable);
  gate_set (&fixture->gate, &fixture->gate.open);

  await_shutdown (fixture);
  g_assert_cmpstr (fixture->log->str, ==, "ab");
  g_assert_cmpuint (fixture->n_failed, ==, 1);
  g_assert_cmpint (fixture->last_code, ==, G_IO_ERROR_CANCELLED);
}

static void
test_full (Fixture *fixture, gconstpointer data)
{
  hold (fixture);
  for (guint i = 0; i < TERRACE_LIMIT_WORKER_QUEUE; i++)
    queue_log (fixture, 0, "", NULL);
  terrace_test_settle ();
  g_assert_cmpuint (fixture->n_failed, ==, 0);

  queue_log (fixture, 0, "x", NULL);
  g_assert_cmpuint (fixture->n_failed, ==, 0);
  terrace_test_settle ();
  g_assert_cmpuint (fixture->n_failed, ==, 1);
  g_assert_cmpint (fixture->last_code, ==, TERRACE_ERROR_BUSY);

  gate_set (&fixture->gate, &fixture->gate.open);
  await_shutdown (fixture);
  g_assert_cmpuint (fixture->n_done, ==, TERRACE_LIMIT_WORKER_QUEUE + 1);
}

static void
test_shutdown (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) first = NULL;
  g_autoptr (GAsyncResult) second = NULL;

  hold (fixture);
  queue_log (fixture, 0, "a", NULL);
  terrace_worker_shutdown_async (fixture->worker, NULL, terrace_test_store_result, &first);
  terrace_worker_shutdown_async (fixture->worker, NULL, terrace_test_store_result, &second);
  queue_log (fixture, 0, "x", NULL);
  terrace_test_settle ();
  g_assert_null (first);
  g_assert_cmpuint (fixture->n_failed, ==, 1);
  g_assert_cmpint (fixture->last_code, ==, TERRACE_ERROR_BUSY);

  gate_set (&fixture->gate, &fixture->gate.open);
  terrace_test_await (&first);
  terrace_test_await (&second);
  g_assert_true (terrace_worker_shutdown_finish (fixture->worker, first, NULL));
  g_assert_true (terrace_worker_shutdown_finish (fixture->worker, second, NULL));
  g_assert_cmpstr (fixture->log->str, ==, "a");

  /* Also when there is nothing left to end. */
  await_shutdown (fixture);
}

static void
test_shutdown_cancelled (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  hold (fixture);
  terrace_worker_shutdown_async (fixture->worker, cancellable, terrace_test_store_result, &result);
  g_cancellable_cancel (cancellable);
  gate_set (&fixture->gate, &fixture->gate.open);

  terrace_test_await (&result);
  g_assert_false (terrace_worker_shutdown_finish (fixture->worker, result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
test_dropped_without_shutdown (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  GTask *task = g_task_new (NULL, NULL, terrace_test_store_result, &result);

  g_task_set_task_data (task, fixture, NULL);
  terrace_worker_queue (fixture->worker, 0, hold_work, task);
  g_assert_finalize_object (g_steal_pointer (&fixture->worker));

  gate_set (&fixture->gate, &fixture->gate.open);
  terrace_test_await (&result);
  g_assert_true (g_task_propagate_boolean (G_TASK (result), NULL));
}

typedef struct
{
  GThread *freed_on;
  guint n_freed;
} Death;

static void
record_death (gpointer data)
{
  Death *death = data;

  death->freed_on = g_thread_self ();
  death->n_freed++;
}

static void
return_at_once_work (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  g_task_return_boolean (task, TRUE);
}

static gboolean
all_dead (gpointer data)
{
  Death *death = data;

  return death->n_freed == 1000;
}

/* The callback on this thread races with the worker's own reference a thousand times. */
static void
test_dies_on_own_context (Fixture *fixture, gconstpointer data)
{
  Death death = { 0 };

  for (guint i = 0; i < 1000; i++)
    {
      GTask *task = g_task_new (NULL, NULL, NULL, NULL);

      g_task_set_task_data (task, &death, record_death);
      terrace_worker_queue (fixture->worker, 0, return_at_once_work, task);
      g_main_context_iteration (NULL, FALSE);
      if (death.n_freed > 0)
        g_assert_true (death.freed_on == g_thread_self ());
    }

  terrace_test_await_condition (all_dead, &death);
  g_assert_true (death.freed_on == g_thread_self ());
}

typedef struct
{
  GMutex mutex;
  GCond cond;
  guint n_inside;
} Meeting;

static void
meet_work (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Meeting *meeting = task_data;

  g_mutex_lock (&meeting->mutex);
  meeting->n_inside++;
  g_cond_broadcast (&meeting->cond);
  while (meeting->n_inside < 3)
    g_cond_wait (&meeting->cond, &meeting->mutex);
  g_mutex_unlock (&meeting->mutex);

  g_task_return_boolean (task, TRUE);
}

/* Each of three jobs ends only when all three run at once. */
static void
test_threads (void)
{
  g_autoptr (TerraceWorker) worker = terrace_worker_new ("three", 3);
  g_autoptr (GAsyncResult) result = NULL;
  Meeting meeting = { 0 };

  for (guint i = 0; i < 3; i++)
    {
      GTask *task = g_task_new (NULL, NULL, NULL, NULL);

      g_task_set_task_data (task, &meeting, NULL);
      terrace_worker_queue (worker, 0, meet_work, task);
    }

  terrace_worker_shutdown_async (worker, NULL, terrace_test_store_result, &result);
  terrace_test_await (&result);
  g_assert_cmpuint (meeting.n_inside, ==, 3);
  terrace_test_settle ();
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, test) g_test_add ("/worker/" name, Fixture, NULL, set_up, test, tear_down)
  ADD ("order", test_order);
  ADD ("cancelled-while-waiting", test_cancelled_while_waiting);
  ADD ("full", test_full);
  ADD ("shutdown", test_shutdown);
  ADD ("shutdown-cancelled", test_shutdown_cancelled);
  ADD ("dropped-without-shutdown", test_dropped_without_shutdown);
  ADD ("dies-on-own-context", test_dies_on_own_context);
#undef ADD
  g_test_add_func ("/worker/threads", test_threads);

  return g_test_run ();
}
