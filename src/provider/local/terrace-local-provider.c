/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The local provider: each call is one job, described here on the main thread, made slow there if
 * the location is a sandbox, and carried out on a worker thread. The jobs themselves are in the
 * files beside this one; they share nothing but the root, so they may run at the same time. This
 * file has the object and the calls that look and read. */

#include "config.h"

#include "provider/local/terrace-local-provider-private.h"

#include "provider/local/terrace-local-read.h"

static void terrace_local_provider_iface_init (TerraceProviderInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (TerraceLocalProvider,
                               terrace_local_provider,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (TERRACE_TYPE_PROVIDER,
                                                      terrace_local_provider_iface_init))

static void
job_free (TerraceLocalJob *job)
{
  g_clear_pointer (&job->root, terrace_local_root_unref);
  g_free (job->key);
  g_free (job->version);
  g_free (job->token);
  g_free (job->upload);
  g_free (job->prefix);
  g_free (job->continuation);
  g_clear_pointer (&job->bytes, g_bytes_unref);
  g_clear_pointer (&job->parts, g_ptr_array_unref);
  g_clear_pointer (&job->options, terrace_write_options_free);
  g_clear_pointer (&job->source_root, terrace_local_root_unref);
  g_free (job->source_key);
  g_free (job);
}

TerraceLocalJob *
terrace_local_job_new (TerraceProvider *provider, const char *key, GTaskThreadFunc work)
{
  TerraceLocalJob *job = g_new0 (TerraceLocalJob, 1);

  job->root = terrace_local_root_ref (TERRACE_LOCAL_PROVIDER (provider)->root);
  job->key = g_strdup (key);
  job->work = work;

  return job;
}

static void
submit (GTask *task)
{
  TerraceLocalProvider *self = g_task_get_source_object (task);
  TerraceLocalJob *job = g_task_get_task_data (task);

  terrace_worker_queue (self->worker, g_task_get_priority (task), job->work, task);
}

void
terrace_local_job_run (TerraceProvider *provider,
                       TerraceLocalJob *job,
                       gpointer tag,
                       gint64 delay_us,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  TerraceLocalProvider *self = TERRACE_LOCAL_PROVIDER (provider);
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, tag);
  g_task_set_task_data (task, job, (GDestroyNotify) job_free);
  /* What was done before the cancellation came is told as done. */
  g_task_set_check_cancellable (task, FALSE);

  if (delay_us > 0)
    terrace_local_shaper_wait (delay_us, task, submit);
  else
    submit (task);
}

void
terrace_local_job_return_pointer (GTask *task,
                                  gpointer result,
                                  GDestroyNotify free_result,
                                  GError *error)
{
  if (result != NULL)
    g_task_return_pointer (task, result, free_result);
  else
    g_task_return_error (task, error);
}

void
terrace_local_job_return_boolean (GTask *task, gboolean result, GError *error)
{
  if (result)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static TerraceCapabilities
get_capabilities (TerraceProvider *provider)
{
  TerraceLocalProvider *self = TERRACE_LOCAL_PROVIDER (provider);
  TerraceCapabilities capabilities =
      TERRACE_CAPABILITY_RESUME | TERRACE_CAPABILITY_METADATA | TERRACE_CAPABILITY_UPLOADS;

  /* A copy inside the kernel would ignore the limit. */
  return self->limited ? capabilities : capabilities | TERRACE_CAPABILITY_COPY_FROM;
}

static void
probe_work (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  TerraceLocalProvider *self = source;
  TerraceLocalJob *job = data;
  GError *error = NULL;
  TerraceProbe *probe = terrace_local_probe (job->root, &error);

  if (probe != NULL)
    probe->latency_us += terrace_local_shaper_get_latency_us (self->shaper);
  terrace_local_job_return_pointer (task, probe, g_free, error);
}

static void
probe_async (TerraceProvider *self,
             GCancellable *cancellable,
             GAsyncReadyCallback callback,
             gpointer user_data)
{
  TerraceLocalJob *job = terrace_local_job_new (self, NULL, probe_work);

  terrace_local_job_run (self, job, probe_async, 0, cancellable, callback, user_data);
}

static TerraceProbe *
probe_finish (TerraceProvider *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* The cursor of the page before, if this is the next page of the same listing. */
static TerraceLocalCursor *
take_cursor (TerraceLocalProvider *self, const char *prefix, const char *continuation)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  if (continuation != NULL && self->cursor != NULL &&
      terrace_local_cursor_is_at (self->cursor, prefix, continuation))
    return g_steal_pointer (&self->cursor);

  return terrace_local_cursor_new (prefix, continuation);
}

static void
keep_cursor (TerraceLocalProvider *self, TerraceLocalCursor *cursor)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  g_clear_pointer (&self->cursor, terrace_local_cursor_free);
  self->cursor = cursor;
}

static void
list_work (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  TerraceLocalProvider *self = source;
  TerraceLocalJob *job = data;
  GError *error = NULL;
  g_autoptr (TerraceLocalCursor) cursor = take_cursor (self, job->prefix, job->continuation);
  TerraceListing *page = terrace_local_cursor_read (cursor, job->root, cancellable, &error);

  if (page != NULL && page->next != NULL)
    keep_cursor (self, g_steal_pointer (&cursor));
  terrace_local_job_return_pointer (task, page, (GDestroyNotify) terrace_listing_free, error);
}

static void
list_async (TerraceProvider *self,
            const char *prefix,
            const char *continuation,
            GCancellable *cancellable,
            GAsyncReadyCallback callback,
            gpointer user_data)
{
  TerraceLocalJob *job = terrace_local_job_new (self, NULL, list_work);

  job->prefix = g_strdup (prefix);
  job->continuation = g_strdup (continuation);

  terrace_local_job_run (self, job, list_async, 0, cancellable, callback, user_data);
}

static TerraceListing *
list_finish (TerraceProvider *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
stat_work (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  TerraceLocalJob *job = data;
  GError *error = NULL;
  gpointer result = terrace_local_describe (job->root, job->key, &error);

  terrace_local_job_return_pointer (task, result, (GDestroyNotify) terrace_object_info_free, error);
}

static void
stat_async (TerraceProvider *self,
            const char *key,
            GCancellable *cancellable,
            GAsyncReadyCallback callback,
            gpointer user_data)
{
  TerraceLocalJob *job = terrace_local_job_new (self, key, stat_work);

  terrace_local_job_run (self, job, stat_async, 0, cancellable, callback, user_data);
}

static TerraceObjectInfo *
stat_finish (TerraceProvider *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* The bytes of a sandbox have arrived. */
static void
deliver (GTask *owned_task)
{
  g_autoptr (GTask) task = owned_task;
  TerraceLocalJob *job = g_task_get_task_data (task);

  if (!g_task_return_error_if_cancelled (task))
    g_task_return_pointer (task, g_steal_pointer (&job->bytes), (GDestroyNotify) g_bytes_unref);
}

static void
read_range_work (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  TerraceLocalProvider *self = source;
  TerraceLocalJob *job = data;
  GError *error = NULL;
  gint64 delay_us = 0;

  job->bytes = terrace_local_read_range (job->root, job->key, job->version, job->offset,
                                         job->length, cancellable, &error);
  /* Only now it is known how many there are. */
  if (job->bytes != NULL)
    delay_us = terrace_local_shaper_reserve (self->shaper, g_get_monotonic_time (),
                                             g_bytes_get_size (job->bytes));
  if (delay_us > 0)
    terrace_local_shaper_wait (delay_us, g_object_ref (task), deliver);
  else
    terrace_local_job_return_pointer (task, g_steal_pointer (&job->bytes),
                                      (GDestroyNotify) g_bytes_unref, error);
}

static void
read_range_async (TerraceProvider *self,
                  const char *key,
                  const char *version,
                  guint64 offset,
                  gsize length,
                  GCancellable *cancellable,
                  GAsyncReadyCallback callback,
                  gpointer user_data)
{
  TerraceLocalShaper *shaper = TERRACE_LOCAL_PROVIDER (self)->shaper;
  TerraceLocalJob *job = terrace_local_job_new (self, key, read_range_work);

  job->version = g_strdup (version);
  job->offset = offset;
  job->length = length;

  /* The first byte of an object is the one to wait for. */
  terrace_local_job_run (self, job, read_range_async,
                         offset == 0 ? terrace_local_shaper_get_latency_us (shaper) : 0,
                         cancellable, callback, user_data);
}

static GBytes *
read_range_finish (TerraceProvider *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
terrace_local_provider_iface_init (TerraceProviderInterface *iface)
{
  iface->get_capabilities = get_capabilities;
  iface->probe_async = probe_async;
  iface->probe_finish = probe_finish;
  iface->list_async = list_async;
  iface->list_finish = list_finish;
  iface->stat_async = stat_async;
  iface->stat_finish = stat_finish;
  iface->read_range_async = read_range_async;
  iface->read_range_finish = read_range_finish;
  terrace_local_provider_init_writing (iface);
}

static void
terrace_local_provider_finalize (GObject *object)
{
  TerraceLocalProvider *self = TERRACE_LOCAL_PROVIDER (object);

  g_clear_object (&self->worker);
  g_clear_pointer (&self->root, terrace_local_root_unref);
  g_clear_pointer (&self->shaper, terrace_local_shaper_free);
  g_clear_pointer (&self->cursor, terrace_local_cursor_free);
  g_mutex_clear (&self->mutex);

  G_OBJECT_CLASS (terrace_local_provider_parent_class)->finalize (object);
}

static void
terrace_local_provider_class_init (TerraceLocalProviderClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = terrace_local_provider_finalize;
}

static void
terrace_local_provider_init (TerraceLocalProvider *self)
{
  g_mutex_init (&self->mutex);
}

TerraceLocalProvider *
terrace_local_provider_new (TerraceLocation *location, TerraceWorker *worker)
{
  TerraceLocalProvider *self;
  gboolean sandbox;

  g_return_val_if_fail (TERRACE_IS_LOCATION (location), NULL);
  g_return_val_if_fail (TERRACE_IS_WORKER (worker), NULL);

  sandbox = location->kind == TERRACE_LOCATION_SANDBOX;
  g_return_val_if_fail (sandbox || location->kind == TERRACE_LOCATION_LOCAL, NULL);
  g_return_val_if_fail (location->root != NULL && g_path_is_absolute (location->root), NULL);

  self = g_object_new (TERRACE_TYPE_LOCAL_PROVIDER, NULL);
  self->worker = g_object_ref (worker);
  self->root = terrace_local_root_new (location->root, sandbox);
  self->limited = sandbox && location->bandwidth_bytes_s > 0;
  self->shaper = terrace_local_shaper_new (sandbox ? location->latency_ms : 0,
                                           sandbox ? location->bandwidth_bytes_s : 0);

  return self;
}
