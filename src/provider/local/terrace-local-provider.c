/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The local provider: each call is one job, described here on the main thread, made slow there if
 * the location is a sandbox, and carried out on a worker thread. The jobs themselves are in the
 * files beside this one; they share nothing but the root, so they may run at the same time. */

#include "config.h"

#include "provider/local/terrace-local-provider.h"

#include "base/terrace-error.h"
#include "provider/local/terrace-local-list.h"
#include "provider/local/terrace-local-read.h"
#include "provider/local/terrace-local-remove.h"
#include "provider/local/terrace-local-shaper.h"
#include "provider/local/terrace-local-upload.h"
#include "provider/terrace-provider-private.h"

#include <glib/gi18n-lib.h>

struct _TerraceLocalProvider
{
  GObject parent_instance;

  TerraceWorker *worker;
  TerraceLocalRoot *root;
  TerraceLocalShaper *shaper;
  guint64 latency_ms;
  gboolean limited; /* has a bandwidth limit */

  GMutex mutex;
  TerraceLocalCursor *cursor; /* (nullable): where the last listing stands; under mutex */
};

/**
 * Job:
 * What one call was asked, for its worker thread. Each call sets the fields it needs.
 */
typedef struct
{
  TerraceLocalRoot *root;
  GTaskThreadFunc work;

  char *key;
  char *version;
  char *token;
  char *upload;
  char *prefix;
  char *continuation;
  guint64 offset;
  gsize length;
  guint number;
  GBytes *bytes;
  GPtrArray *parts;
  TerraceWriteOptions *options;
  TerraceLocalRoot *source_root;
  char *source_key;
} Job;

static void terrace_local_provider_iface_init (TerraceProviderInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (TerraceLocalProvider,
                               terrace_local_provider,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (TERRACE_TYPE_PROVIDER,
                                                      terrace_local_provider_iface_init))

static void
job_free (Job *job)
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

static Job *
job_new (TerraceProvider *provider, const char *key, GTaskThreadFunc work)
{
  Job *job = g_new0 (Job, 1);

  job->root = terrace_local_root_ref (TERRACE_LOCAL_PROVIDER (provider)->root);
  job->key = g_strdup (key);
  job->work = work;

  return job;
}

static void
submit (GTask *task)
{
  TerraceLocalProvider *self = g_task_get_source_object (task);
  Job *job = g_task_get_task_data (task);

  terrace_worker_queue (self->worker, g_task_get_priority (task), job->work, task);
}

/* Takes over @job. @bytes and @first_byte: what a sandbox makes slow. */
static void
run (TerraceProvider *provider,
     Job *job,
     gpointer tag,
     guint64 bytes,
     gboolean first_byte,
     GCancellable *cancellable,
     GAsyncReadyCallback callback,
     gpointer user_data)
{
  TerraceLocalProvider *self = TERRACE_LOCAL_PROVIDER (provider);
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  gint64 delay_us =
      terrace_local_shaper_reserve (self->shaper, g_get_monotonic_time (), bytes, first_byte);

  g_task_set_source_tag (task, tag);
  g_task_set_task_data (task, job, (GDestroyNotify) job_free);
  /* What was done before the cancellation came is told as done. */
  g_task_set_check_cancellable (task, FALSE);

  if (delay_us > 0)
    terrace_local_shaper_wait (delay_us, task, submit);
  else
    submit (task);
}

static void
return_pointer (GTask *task, gpointer result, GDestroyNotify free_result, GError *error)
{
  if (result != NULL)
    g_task_return_pointer (task, result, free_result);
  else
    g_task_return_error (task, error);
}

static void
return_boolean (GTask *task, gboolean result, GError *error)
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
  TerraceCapabilities capabilities = TERRACE_CAPABILITY_RESUME | TERRACE_CAPABILITY_METADATA;

  /* A copy inside the kernel would ignore the limit. */
  return self->limited ? capabilities : capabilities | TERRACE_CAPABILITY_COPY_FROM;
}

static void
probe_work (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  TerraceLocalProvider *self = source;
  Job *job = data;
  GError *error = NULL;
  TerraceProbe *probe = terrace_local_probe (job->root, &error);

  if (probe != NULL)
    probe->latency_us += self->latency_ms * 1000;
  return_pointer (task, probe, g_free, error);
}

static void
probe_async (TerraceProvider *self,
             GCancellable *cancellable,
             GAsyncReadyCallback callback,
             gpointer user_data)
{
  Job *job = job_new (self, NULL, probe_work);

  run (self, job, probe_async, 0, FALSE, cancellable, callback, user_data);
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
  Job *job = data;
  GError *error = NULL;
  g_autoptr (TerraceLocalCursor) cursor = take_cursor (self, job->prefix, job->continuation);
  TerraceListing *page = terrace_local_cursor_read (cursor, job->root, cancellable, &error);

  if (page != NULL && page->next != NULL)
    keep_cursor (self, g_steal_pointer (&cursor));
  return_pointer (task, page, (GDestroyNotify) terrace_listing_free, error);
}

static void
list_async (TerraceProvider *self,
            const char *prefix,
            const char *continuation,
            GCancellable *cancellable,
            GAsyncReadyCallback callback,
            gpointer user_data)
{
  Job *job = job_new (self, NULL, list_work);

  job->prefix = g_strdup (prefix);
  job->continuation = g_strdup (continuation);

  run (self, job, list_async, 0, FALSE, cancellable, callback, user_data);
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
  Job *job = data;
  GError *error = NULL;
  gpointer result = terrace_local_describe (job->root, job->key, &error);

  return_pointer (task, result, (GDestroyNotify) terrace_object_info_free, error);
}

static void
stat_async (TerraceProvider *self,
            const char *key,
            GCancellable *cancellable,
            GAsyncReadyCallback callback,
            gpointer user_data)
{
  Job *job = job_new (self, key, stat_work);

  run (self, job, stat_async, 0, FALSE, cancellable, callback, user_data);
}

static TerraceObjectInfo *
stat_finish (TerraceProvider *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
read_range_work (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Job *job = data;
  GError *error = NULL;
  gpointer result = terrace_local_read_range (job->root, job->key, job->version, job->offset,
                                              job->length, cancellable, &error);

  return_pointer (task, result, (GDestroyNotify) g_bytes_unref, error);
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
  Job *job = job_new (self, key, read_range_work);

  job->version = g_strdup (version);
  job->offset = offset;
  job->length = length;

  run (self, job, read_range_async, length, offset == 0, cancellable, callback, user_data);
}

static GBytes *
read_range_finish (TerraceProvider *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
begin_work (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Job *job = data;
  GError *error = NULL;
  gpointer result = terrace_local_begin (job->root, job->key, job->options, &error);

  return_pointer (task, result, g_free, error);
}

static void
begin_async (TerraceProvider *self,
             const char *key,
             const TerraceWriteOptions *options,
             GCancellable *cancellable,
             GAsyncReadyCallback callback,
             gpointer user_data)
{
  Job *job = job_new (self, key, begin_work);

  job->options = terrace_write_options_copy (options);

  run (self, job, begin_async, 0, FALSE, cancellable, callback, user_data);
}

static char *
begin_finish (TerraceProvider *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
resume_work (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Job *job = data;
  GError *error = NULL;
  gpointer result = terrace_local_resume (job->root, job->key, job->upload, job->options, &error);

  return_pointer (task, result, (GDestroyNotify) g_ptr_array_unref, error);
}

static void
resume_async (TerraceProvider *self,
              const char *key,
              const char *upload,
              const TerraceWriteOptions *options,
              GCancellable *cancellable,
              GAsyncReadyCallback callback,
              gpointer user_data)
{
  Job *job = job_new (self, key, resume_work);

  job->upload = g_strdup (upload);
  job->options = terrace_write_options_copy (options);

  run (self, job, resume_async, 0, FALSE, cancellable, callback, user_data);
}

static GPtrArray *
resume_finish (TerraceProvider *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
write_part_work (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Job *job = data;
  GError *error = NULL;
  gpointer result = terrace_local_write_part (job->root, job->key, job->upload, job->number,
                                              job->offset, job->bytes, cancellable, &error);

  return_pointer (task, result, g_free, error);
}

static void
write_part_async (TerraceProvider *self,
                  const char *key,
                  const char *upload,
                  guint number,
                  guint64 offset,
                  GBytes *bytes,
                  GCancellable *cancellable,
                  GAsyncReadyCallback callback,
                  gpointer user_data)
{
  Job *job = job_new (self, key, write_part_work);

  job->upload = g_strdup (upload);
  job->number = number;
  job->offset = offset;
  job->bytes = g_bytes_ref (bytes);

  run (self, job, write_part_async, g_bytes_get_size (bytes), FALSE, cancellable, callback,
       user_data);
}

static char *
write_part_finish (TerraceProvider *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
finish_work (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Job *job = data;
  GError *error = NULL;
  gpointer result =
      terrace_local_finish (job->root, job->key, job->upload, job->parts, job->options, &error);

  return_pointer (task, result, (GDestroyNotify) terrace_object_info_free, error);
}

static void
finish_async (TerraceProvider *self,
              const char *key,
              const char *upload,
              GPtrArray *parts,
              const TerraceWriteOptions *options,
              GCancellable *cancellable,
              GAsyncReadyCallback callback,
              gpointer user_data)
{
  Job *job = job_new (self, key, finish_work);

  job->upload = g_strdup (upload);
  job->parts = g_ptr_array_ref (parts);
  job->options = terrace_write_options_copy (options);

  run (self, job, finish_async, 0, FALSE, cancellable, callback, user_data);
}

static TerraceObjectInfo *
finish_finish (TerraceProvider *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
abort_work (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Job *job = data;
  GError *error = NULL;
  gboolean result = terrace_local_abort (job->root, job->key, job->upload, &error);

  return_boolean (task, result, error);
}

static void
abort_async (TerraceProvider *self,
             const char *key,
             const char *upload,
             GCancellable *cancellable,
             GAsyncReadyCallback callback,
             gpointer user_data)
{
  Job *job = job_new (self, key, abort_work);

  job->upload = g_strdup (upload);

  run (self, job, abort_async, 0, FALSE, cancellable, callback, user_data);
}

static gboolean
abort_finish (TerraceProvider *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
copy_from_work (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Job *job = data;
  GError *error = NULL;
  gpointer result = terrace_local_copy_from (job->root, job->key, job->options, job->source_root,
                                             job->source_key, job->version, cancellable, &error);

  return_pointer (task, result, (GDestroyNotify) terrace_object_info_free, error);
}

static void
copy_from_async (TerraceProvider *self,
                 const char *key,
                 const TerraceWriteOptions *options,
                 TerraceProvider *source,
                 const char *source_key,
                 const char *source_version,
                 GCancellable *cancellable,
                 GAsyncReadyCallback callback,
                 gpointer user_data)
{
  Job *job;

  if (!TERRACE_IS_LOCAL_PROVIDER (source) || TERRACE_LOCAL_PROVIDER (self)->limited ||
      TERRACE_LOCAL_PROVIDER (source)->limited)
    {
      g_task_report_new_error (self, callback, user_data, copy_from_async, TERRACE_ERROR,
                               TERRACE_ERROR_UNSUPPORTED,
                               _ ("These two locations cannot copy from each other directly"));
      return;
    }

  job = job_new (self, key, copy_from_work);
  job->options = terrace_write_options_copy (options);
  job->source_root = terrace_local_root_ref (TERRACE_LOCAL_PROVIDER (source)->root);
  job->source_key = g_strdup (source_key);
  job->version = g_strdup (source_version);

  run (self, job, copy_from_async, 0, FALSE, cancellable, callback, user_data);
}

static TerraceObjectInfo *
copy_from_finish (TerraceProvider *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
remove_work (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Job *job = data;
  GError *error = NULL;
  gboolean result = terrace_local_remove (job->root, job->key, job->version, job->token, &error);

  return_boolean (task, result, error);
}

static void
remove_async (TerraceProvider *self,
              const char *key,
              const char *version,
              const char *token,
              GCancellable *cancellable,
              GAsyncReadyCallback callback,
              gpointer user_data)
{
  Job *job = job_new (self, key, remove_work);

  job->version = g_strdup (version);
  job->token = g_strdup (token);

  run (self, job, remove_async, 0, FALSE, cancellable, callback, user_data);
}

static gboolean
remove_finish (TerraceProvider *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
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
  iface->begin_async = begin_async;
  iface->begin_finish = begin_finish;
  iface->resume_async = resume_async;
  iface->resume_finish = resume_finish;
  iface->write_part_async = write_part_async;
  iface->write_part_finish = write_part_finish;
  iface->finish_async = finish_async;
  iface->finish_finish = finish_finish;
  iface->abort_async = abort_async;
  iface->abort_finish = abort_finish;
  iface->copy_from_async = copy_from_async;
  iface->copy_from_finish = copy_from_finish;
  iface->remove_async = remove_async;
  iface->remove_finish = remove_finish;
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
  self->latency_ms = sandbox ? location->latency_ms : 0;
  self->limited = sandbox && location->bandwidth_bytes_s > 0;
  self->shaper =
      terrace_local_shaper_new (self->latency_ms, sandbox ? location->bandwidth_bytes_s : 0);

  return self;
}
