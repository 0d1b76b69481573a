/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Writes and reads: functions of callers on their way to the writer thread and to the readers, and
 * their results on the way back. */

#include "config.h"

#include "catalog/terrace-catalog-work-private.h"

#include "base/terrace-limits.h"
#include "catalog/terrace-job-private.h"

#include <glib/gi18n-lib.h>

static void
write_alone (TerraceCatalog *self, GTask *task)
{
  TerraceJob *job = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  if (!terrace_job_run (job, self->connection, g_task_get_cancellable (task), &error))
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  terrace_catalog_note_changes (self, job->changes);
  g_task_return_boolean (task, TRUE);
}

/* (transfer full): the writes that wait, oldest first, @first among them; empty if somebody has
 * taken that along. */
static GPtrArray *
take_group (TerraceCatalog *self, GTask *first)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  GPtrArray *group = g_ptr_array_new ();

  if (g_queue_find (&self->writes, first) != NULL)
    while (!g_queue_is_empty (&self->writes) && group->len < TERRACE_LIMIT_WRITES_TOGETHER)
      g_ptr_array_add (group, g_queue_pop_head (&self->writes));
  return group;
}

static void
committed_cb (TerraceCatalogChange changes, gpointer data)
{
  terrace_catalog_note_changes (data, changes);
}

/* @task is a ticket: its data is the write's own task, which whoever comes first returns. */
static void
write_work (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  TerraceCatalog *self = source;
  g_autoptr (GPtrArray) group = take_group (self, task_data);

  if (group->len == 1 && !g_task_return_error_if_cancelled (group->pdata[0]))
    write_alone (self, group->pdata[0]);
  else if (group->len > 1)
    terrace_jobs_run_together (group, self->connection, committed_cb, self);
  g_task_return_boolean (task, TRUE);
}

/* There are as many threads as connections, so one is idle or may be opened. */
static TerraceConnection *
take_reader (TerraceCatalog *self, GError **error)
{
  TerraceConnection *connection;

  g_mutex_lock (&self->mutex);
  connection = g_queue_pop_head (&self->idle_readers);
  g_mutex_unlock (&self->mutex);
  if (connection != NULL)
    return connection;
  return terrace_catalog_file_open_reader (self->path, self->busy_ms, error);
}

static void
give_reader_back (TerraceCatalog *self, TerraceConnection *connection)
{
  g_mutex_lock (&self->mutex);
  g_queue_push_head (&self->idle_readers, connection);
  g_mutex_unlock (&self->mutex);
}

static void
read_work (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  TerraceCatalog *self = source;
  TerraceConnection *connection;
  g_autoptr (GError) error = NULL;
  gboolean done;

  connection = take_reader (self, &error);
  if (connection == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  done = terrace_job_run (task_data, connection, cancellable, &error);
  give_reader_back (self, connection);
  if (done)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static GTask *
new_job_task (TerraceCatalog *self,
              const TerraceJob *job,
              GCancellable *cancellable,
              GAsyncReadyCallback callback,
              gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_task_data (task, g_memdup2 (job, sizeof *job), g_free);
  /* What was committed stays committed: the caller must hear so even if it cancelled meanwhile. */
  g_task_set_check_cancellable (task, FALSE);
  return task;
}

static gboolean
refuse_if_closing (TerraceCatalog *self, GTask *task)
{
  if (!terrace_catalog_is_closing (self))
    return FALSE;
  g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CLOSED, "%s",
                           _ ("The catalogue is closed"));
  g_object_unref (task);
  return TRUE;
}

/* The ticket was refused: the writer's queue is full. */
static void
ticket_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  TerraceCatalog *self = TERRACE_CATALOG (object);
  GTask *task = g_task_get_task_data (G_TASK (result));
  GError *error = NULL;

  if (g_task_propagate_boolean (G_TASK (result), &error))
    return;
  g_mutex_lock (&self->mutex);
  g_queue_remove (&self->writes, task);
  g_mutex_unlock (&self->mutex);
  g_task_return_error (task, error);
}

/* The worker lets go of a ticket, and with it of the write's own task, on their main context.
 * @task: (transfer full) */
static void
queue_write (TerraceCatalog *self, GTask *task)
{
  GTask *ticket = g_task_new (self, NULL, ticket_cb, NULL);

  g_task_set_source_tag (ticket, queue_write);
  g_task_set_task_data (ticket, task, g_object_unref);
  g_mutex_lock (&self->mutex);
  g_queue_push_tail (&self->writes, task);
  g_mutex_unlock (&self->mutex);
  terrace_worker_queue (self->writer, G_PRIORITY_DEFAULT, write_work, ticket);
}

void
terrace_catalog_write_async (TerraceCatalog *self,
                             TerraceCatalogFunc func,
                             gpointer data,
                             TerraceCatalogChange changes,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  TerraceJob job = { func, data, changes };
  GTask *task;

  g_return_if_fail (TERRACE_IS_CATALOG (self));
  g_return_if_fail (func != NULL);

  task = new_job_task (self, &job, cancellable, callback, user_data);
  g_task_set_source_tag (task, terrace_catalog_write_async);
  if (!refuse_if_closing (self, task))
    queue_write (self, task);
}

gboolean
terrace_catalog_write_finish (TerraceCatalog *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

void
terrace_catalog_read_async (TerraceCatalog *self,
                            TerraceCatalogFunc func,
                            gpointer data,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  TerraceJob job = { func, data, 0 };
  GTask *task;

  g_return_if_fail (TERRACE_IS_CATALOG (self));
  g_return_if_fail (func != NULL);

  task = new_job_task (self, &job, cancellable, callback, user_data);
  g_task_set_source_tag (task, terrace_catalog_read_async);
  if (!refuse_if_closing (self, task))
    terrace_worker_queue (self->readers, G_PRIORITY_DEFAULT, read_work, task);
}

gboolean
terrace_catalog_read_finish (TerraceCatalog *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
