/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The catalogue as an object of the main thread: hands functions to the writer thread and to the
 * readers, and tells afterwards what changed. Connections are only touched on those threads. */

#include "config.h"

#include "catalog/terrace-catalog-work-private.h"

#include "base/terrace-error.h"
#include "base/terrace-limits.h"

#include <glib/gi18n-lib.h>

#define N_READERS 3
/* How often other programs' commits are looked for. */
#define POLL_MS 1000
/* Before what waits, since a look takes microseconds; and after everything. */
#define PRIORITY_POLL -100
#define PRIORITY_CLOSE G_MAXINT

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS,
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (TerraceCatalog, terrace_catalog, G_TYPE_OBJECT)

/* --- changed ---------------------------------------------------------------------------------- */

static void
weak_ref_free (gpointer data)
{
  GWeakRef *ref = data;

  g_weak_ref_clear (ref);
  g_free (ref);
}

static gboolean
emit_changed_cb (gpointer data)
{
  g_autoptr (TerraceCatalog) self = g_weak_ref_get (data);
  guint changes;

  if (self == NULL)
    return G_SOURCE_REMOVE;
  changes = g_atomic_int_and ((guint *) &self->pending, 0);
  if (changes != 0)
    g_signal_emit (self, signals[SIGNAL_CHANGED], 0, changes);
  return G_SOURCE_REMOVE;
}

void
terrace_catalog_note_changes (TerraceCatalog *self, TerraceCatalogChange changes)
{
  g_autoptr (GSource) source = NULL;
  GWeakRef *ref;

  if (changes == 0 || g_atomic_int_or ((guint *) &self->pending, changes) != 0)
    return;
  ref = g_new0 (GWeakRef, 1);
  g_weak_ref_init (ref, self);
  source = g_idle_source_new ();
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_static_name (source, "terrace-catalog-changed");
  g_source_set_callback (source, emit_changed_cb, ref, weak_ref_free);
  g_source_attach (source, self->context);
}

/* --- other programs --------------------------------------------------------------------------- */

static gboolean
read_data_version (TerraceConnection *connection, gint64 *version, GError **error)
{
  /* Changes when another connection has committed; our own commits leave it alone. */
  static const char SQL[] = "PRAGMA data_version";

  return terrace_connection_query_int64 (connection, SQL, version, error);
}

static void
poll_work (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  TerraceCatalog *self = source;
  g_autoptr (GError) error = NULL;
  gint64 version = self->data_version;

  if (!read_data_version (self->connection, &version, &error))
    g_debug ("Looking for changes of others: %s", error->message);
  terrace_import_watch_poll (&self->import, self->connection, version != self->data_version);
  if (version != self->data_version)
    {
      self->data_version = version;
      terrace_catalog_note_changes (self, TERRACE_CATALOG_EVERYTHING);
    }
  g_task_return_boolean (task, TRUE);
}

static void
poll_done_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  TerraceCatalog *self = TERRACE_CATALOG (object);

  self->polling = FALSE;
  if (self->import.waits && !terrace_catalog_is_closing (self))
    terrace_item_import_resume (self);
}

static gboolean
poll_cb (gpointer data)
{
  TerraceCatalog *self = data;

  if (!self->polling)
    {
      GTask *task = g_task_new (self, NULL, poll_done_cb, NULL);

      g_task_set_source_tag (task, poll_cb);
      self->polling = TRUE;
      terrace_worker_queue (self->writer, PRIORITY_POLL, poll_work, task);
    }
  return G_SOURCE_CONTINUE;
}

/* --- object ----------------------------------------------------------------------------------- */

static void
stop_polling (TerraceCatalog *self)
{
  if (self->poll_id != 0)
    terrace_clock_remove_timeout (self->clock, self->poll_id);
  self->poll_id = 0;
}

static void
terrace_catalog_dispose (GObject *object)
{
  TerraceCatalog *self = TERRACE_CATALOG (object);

  stop_polling (self);
  G_OBJECT_CLASS (terrace_catalog_parent_class)->dispose (object);
}

static void
terrace_catalog_finalize (GObject *object)
{
  TerraceCatalog *self = TERRACE_CATALOG (object);

  /* Closing waits for the disk, and finalize must not. */
  if (!self->closed)
    g_critical ("A catalogue was dropped without terrace_catalog_close_async()");
  g_clear_object (&self->writer);
  g_clear_object (&self->readers);
  g_clear_object (&self->clock);
  g_clear_pointer (&self->context, g_main_context_unref);
  g_mutex_clear (&self->mutex);
  g_free (self->path);
  G_OBJECT_CLASS (terrace_catalog_parent_class)->finalize (object);
}

static void
terrace_catalog_class_init (TerraceCatalogClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = terrace_catalog_dispose;
  object_class->finalize = terrace_catalog_finalize;

  signals[SIGNAL_CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                          0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
}

static void
terrace_catalog_init (TerraceCatalog *self)
{
  g_mutex_init (&self->mutex);
  g_queue_init (&self->idle_readers);
  g_queue_init (&self->writes);
}

/* --- open ------------------------------------------------------------------------------------- */

/* Step 1, on the writer thread. */
static void
open_work (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  TerraceCatalog *self = source;
  g_autoptr (GError) error = NULL;

  self->connection = terrace_catalog_file_open (self->path, self->busy_ms, cancellable, &error);
  if (self->connection != NULL &&
      (!read_data_version (self->connection, &self->data_version, &error) ||
       !terrace_item_table_is_importing (self->connection, &self->importing, &error)))
    g_clear_pointer (&self->connection, terrace_connection_close);
  if (self->connection != NULL)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

/* Step 3, only after a failure; the error is the task's data. */
static void
open_shutdown_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = g_task_get_task_data (task);

  terrace_worker_shutdown_finish (TERRACE_WORKER (object), result, NULL);
  g_task_return_error (task, g_error_copy (error));
}

/* Step 2. */
static void
open_done_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TerraceCatalog) self = TERRACE_CATALOG (g_object_ref (object));
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;

  if (g_task_propagate_boolean (G_TASK (result), &error))
    {
      self->readers = terrace_worker_new ("catalog-read", N_READERS);
      self->poll_id = terrace_clock_add_timeout (self->clock, POLL_MS, poll_cb, self);
      if (self->importing)
        terrace_item_import_resume (self);
      g_task_return_pointer (task, g_steal_pointer (&self), g_object_unref);
      return;
    }
  self->closed = TRUE;
  g_task_set_task_data (task, g_steal_pointer (&error), (GDestroyNotify) g_error_free);
  terrace_worker_shutdown_async (self->writer, NULL, open_shutdown_cb, g_steal_pointer (&task));
}

void
terrace_catalog_open_full_async (const char *path,
                                 TerraceClock *clock,
                                 guint busy_ms,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  g_autoptr (TerraceCatalog) self = NULL;
  g_autoptr (GTask) task = NULL;
  GTask *job;

  g_return_if_fail (path != NULL);
  g_return_if_fail (TERRACE_IS_CLOCK (clock));

  self = g_object_new (TERRACE_TYPE_CATALOG, NULL);
  self->path = g_strdup (path);
  self->clock = g_object_ref (clock);
  self->context = g_main_context_ref_thread_default ();
  self->busy_ms = busy_ms;
  self->writer = terrace_worker_new ("catalog-write", 1);

  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, terrace_catalog_open_async);
  g_task_set_check_cancellable (task, FALSE);
  job = g_task_new (self, cancellable, open_done_cb, g_steal_pointer (&task));
  g_task_set_source_tag (job, terrace_catalog_open_async);
  /* What was opened must be known here to be closed, cancelled or not. */
  g_task_set_check_cancellable (job, FALSE);
  terrace_worker_queue (self->writer, G_PRIORITY_DEFAULT, open_work, job);
}

void
terrace_catalog_open_async (const char *path,
                            TerraceClock *clock,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  terrace_catalog_open_full_async (path, clock, TERRACE_LIMIT_CATALOG_BUSY_MS, cancellable,
                                   callback, user_data);
}

TerraceCatalog *
terrace_catalog_open_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* --- close ------------------------------------------------------------------------------------ */

/* Step 2, on the writer thread, after everything that was queued. */
static void
close_work (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  TerraceCatalog *self = source;
  TerraceConnection *reader;

  while ((reader = g_queue_pop_head (&self->idle_readers)) != NULL)
    terrace_connection_close (reader);
  g_clear_pointer (&self->connection, terrace_connection_close);
  g_task_return_boolean (task, TRUE);
}

/* Step 3. */
static void
close_writer_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceCatalog *self = g_task_get_source_object (task);
  g_autoptr (GError) error = NULL;

  self->closed = TRUE;
  if (terrace_worker_shutdown_finish (TERRACE_WORKER (object), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

/* Step 1: no reader is at work any more. */
static void
close_readers_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceCatalog *self = g_task_get_source_object (task);
  GTask *job;

  terrace_worker_shutdown_finish (TERRACE_WORKER (object), result, NULL);
  job = g_task_new (self, NULL, NULL, NULL);
  g_task_set_source_tag (job, terrace_catalog_close_async);
  terrace_worker_queue (self->writer, PRIORITY_CLOSE, close_work, job);
  terrace_worker_shutdown_async (self->writer, NULL, close_writer_cb, g_steal_pointer (&task));
}

/* Closing cannot be cancelled half-way: @cancellable is not looked at. */
void
terrace_catalog_close_async (TerraceCatalog *self,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (TERRACE_IS_CATALOG (self));

  task = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (task, terrace_catalog_close_async);
  if (g_atomic_int_exchange (&self->closing, TRUE))
    {
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CLOSED, "%s",
                               _ ("The catalogue is closed"));
      return;
    }
  stop_polling (self);
  terrace_worker_shutdown_async (self->readers, NULL, close_readers_cb, g_steal_pointer (&task));
}

gboolean
terrace_catalog_close_finish (TerraceCatalog *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

const char *
terrace_catalog_get_path (TerraceCatalog *self)
{
  g_return_val_if_fail (TERRACE_IS_CATALOG (self), NULL);

  return self->path;
}

TerraceClock *
terrace_catalog_get_clock (TerraceCatalog *self)
{
  return self->clock;
}

gboolean
terrace_catalog_is_closing (TerraceCatalog *self)
{
  return g_atomic_int_get (&self->closing);
}
