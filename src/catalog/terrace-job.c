/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Jobs in transactions: alone, or several that waited together. Catalogue threads.
 *
 * A commit waits for the disk, and while it does more writes arrive: committing them together is
 * what databases call group commit. Nobody hears of a job before its bytes are safe. */

#include "config.h"

#include "catalog/terrace-job-private.h"

#include "base/terrace-error.h"

#include <glib/gi18n-lib.h>

static gboolean
run_func (const TerraceJob *job, TerraceConnection *connection, GError **error)
{
  g_autoptr (GError) local_error = NULL;

  if (job->func (connection, job->data, &local_error))
    return TRUE;
  if (local_error == NULL)
    g_set_error_literal (&local_error, TERRACE_ERROR, TERRACE_ERROR_FAILED,
                         _ ("The catalogue was left as it was"));
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

gboolean
terrace_job_run (const TerraceJob *job,
                 TerraceConnection *connection,
                 GCancellable *cancellable,
                 GError **error)
{
  g_auto (TerraceTransaction) transaction = TERRACE_TRANSACTION_INIT;
  gboolean done;

  terrace_connection_set_cancellable (connection, cancellable);
  done = terrace_transaction_begin (&transaction, connection, error) &&
         run_func (job, connection, error) && terrace_transaction_commit (&transaction, error);
  /* Also keeps the rollback that may follow from being cancelled. */
  terrace_connection_set_cancellable (connection, NULL);
  return done;
}

/* Inside the transaction; takes back what a failing job did. */
static gboolean
run_in_savepoint (const TerraceJob *job, TerraceConnection *connection, GError **error)
{
  static const char BEGIN[] = "SAVEPOINT job";
  static const char KEEP[] = "RELEASE job";
  static const char TAKE_BACK[] = "ROLLBACK TO job";
  gboolean done;

  if (!terrace_connection_run (connection, BEGIN, error))
    return FALSE;
  done = run_func (job, connection, error);
  if (!terrace_connection_is_in_transaction (connection))
    return FALSE;
  if (done)
    return terrace_connection_run (connection, KEEP, error);
  if (!terrace_connection_run (connection, TAKE_BACK, NULL) ||
      !terrace_connection_run (connection, KEEP, NULL))
    g_warning ("A job could not be taken back by itself");
  return FALSE;
}

/* Returns every task of @done with a copy of @error. */
static void
fail_all (GPtrArray *done, const GError *error)
{
  for (guint i = 0; i < done->len; i++)
    g_task_return_error (done->pdata[i], g_error_copy (error));
}

/* Runs jobs from @from on, adding to @done those that stand; returns where it stopped: at the end,
 * or behind the job with which SQLite took everything back, with @error set. */
static guint
run_from (GPtrArray *tasks,
          guint from,
          TerraceConnection *connection,
          GPtrArray *done,
          GError **error)
{
  for (guint i = from; i < tasks->len; i++)
    {
      GTask *task = tasks->pdata[i];
      g_autoptr (GError) job_error = NULL;

      if (g_task_return_error_if_cancelled (task))
        continue;
      if (run_in_savepoint (g_task_get_task_data (task), connection, &job_error))
        g_ptr_array_add (done, task);
      else if (terrace_connection_is_in_transaction (connection))
        g_task_return_error (task, g_steal_pointer (&job_error));
      else
        {
          g_ptr_array_add (done, task);
          g_propagate_error (error, g_steal_pointer (&job_error));
          return i + 1;
        }
    }
  return tasks->len;
}

static void
succeed_all (GPtrArray *done, TerraceJobsCommitted committed, gpointer data)
{
  TerraceCatalogChange changes = 0;

  for (guint i = 0; i < done->len; i++)
    changes |= ((TerraceJob *) g_task_get_task_data (done->pdata[i]))->changes;
  committed (changes, data);
  for (guint i = 0; i < done->len; i++)
    g_task_return_boolean (done->pdata[i], TRUE);
}

void
terrace_jobs_run_together (GPtrArray *tasks,
                           TerraceConnection *connection,
                           TerraceJobsCommitted committed,
                           gpointer data)
{
  guint next = 0;

  while (next < tasks->len)
    {
      g_auto (TerraceTransaction) transaction = TERRACE_TRANSACTION_INIT;
      g_autoptr (GPtrArray) done = g_ptr_array_new ();
      g_autoptr (GError) error = NULL;

      if (!terrace_transaction_begin (&transaction, connection, &error))
        {
          for (; next < tasks->len; next++)
            g_ptr_array_add (done, tasks->pdata[next]);
          fail_all (done, error);
          break;
        }
      next = run_from (tasks, next, connection, done, &error);
      if (error != NULL || !terrace_transaction_commit (&transaction, &error))
        fail_all (done, error);
      else
        succeed_all (done, committed, data);
    }
}
