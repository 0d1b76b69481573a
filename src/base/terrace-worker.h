/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

/* A bounded queue with a fixed number of owner threads (after GNOME Software's GsWorkerThread).
 * Blocking libraries live behind one of these: SQLite's writer, local file I/O, hashing. */

G_BEGIN_DECLS

#define TERRACE_TYPE_WORKER (terrace_worker_get_type ())
G_DECLARE_FINAL_TYPE (TerraceWorker, terrace_worker, TERRACE, WORKER, GObject)

/**
 * terrace_worker_new:
 * @name: at most 15 characters, shown by debuggers
 * @n_threads: at least 1; with 1 the jobs run strictly one after another
 *
 * Returns: (transfer full): a running worker
 */
TerraceWorker *terrace_worker_new (const char *name, guint n_threads);

/**
 * terrace_worker_queue:
 * @priority: lower runs first, as in GLib; equal priorities run in order
 * @work: must return @task exactly once
 * @task: (transfer full): its callback runs on the context it was created in
 *
 * When the queue is full or has been shut down, @task returns %TERRACE_ERROR_BUSY.
 * A task cancelled while it waits returns %G_IO_ERROR_CANCELLED without running.
 * The task's last reference is dropped on the task's own main context, never on the worker.
 */
void terrace_worker_queue (TerraceWorker *self, int priority, GTaskThreadFunc work, GTask *task);

/* Whether the caller is on one of this worker's threads; for assertions. */
gboolean terrace_worker_is_current (TerraceWorker *self);

/**
 * terrace_worker_shutdown_async:
 *
 * Finishes what is queued, then ends the threads. New jobs are refused from now on.
 * Must be called before the last reference goes; finalize never joins a thread.
 */
void terrace_worker_shutdown_async (TerraceWorker *self,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
gboolean terrace_worker_shutdown_finish (TerraceWorker *self, GAsyncResult *result, GError **error);

G_END_DECLS
