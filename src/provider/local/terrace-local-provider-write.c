/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The local provider's calls that write and remove: main thread, each a job for a worker. */

#include "config.h"

#include "provider/local/terrace-local-provider-private.h"

#include "base/terrace-error.h"
#include "provider/local/terrace-local-leftovers.h"
#include "provider/local/terrace-local-remove.h"
#include "provider/local/terrace-local-upload.h"

#include <glib/gi18n-lib.h>

static void
begin_work (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  TerraceLocalJob *job = data;
  GError *error = NULL;
  gpointer result = terrace_local_begin (job->root, job->key, job->options, &error);

  terrace_local_job_return_pointer (task, result, g_free, error);
}

static void
begin_async (TerraceProvider *self,
             const char *key,
             const TerraceWriteOptions *options,
             GCancellable *cancellable,
             GAsyncReadyCallback callback,
             gpointer user_data)
{
  TerraceLocalJob *job = terrace_local_job_new (self, key, begin_work);

  job->options = terrace_write_options_copy (options);

  terrace_local_job_run (self, job, begin_async, 0, cancellable, callback, user_data);
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
  TerraceLocalJob *job = data;
  GError *error = NULL;
  gpointer result = terrace_local_resume (job->root, job->key, job->upload, job->options, &error);

  terrace_local_job_return_pointer (task, result, (GDestroyNotify) g_ptr_array_unref, error);
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
  TerraceLocalJob *job = terrace_local_job_new (self, key, resume_work);

  job->upload = g_strdup (upload);
  job->options = terrace_write_options_copy (options);

  terrace_local_job_run (self, job, resume_async, 0, cancellable, callback, user_data);
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
  TerraceLocalJob *job = data;
  GError *error = NULL;
  gpointer result = terrace_local_write_part (job->root, job->key, job->upload, job->number,
                                              job->offset, job->bytes, cancellable, &error);

  terrace_local_job_return_pointer (task, result, g_free, error);
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
  TerraceLocalJob *job = terrace_local_job_new (self, key, write_part_work);

  job->upload = g_strdup (upload);
  job->number = number;
  job->offset = offset;
  job->bytes = g_bytes_ref (bytes);

  terrace_local_job_run (self, job, write_part_async,
                         terrace_local_shaper_reserve (TERRACE_LOCAL_PROVIDER (self)->shaper,
                                                       g_get_monotonic_time (),
                                                       g_bytes_get_size (bytes)),
                         cancellable, callback, user_data);
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
  TerraceLocalJob *job = data;
  GError *error = NULL;
  gpointer result =
      terrace_local_finish (job->root, job->key, job->upload, job->parts, job->options, &error);

  terrace_local_job_return_pointer (task, result, (GDestroyNotify) terrace_object_info_free, error);
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
  TerraceLocalJob *job = terrace_local_job_new (self, key, finish_work);

  job->upload = g_strdup (upload);
  job->parts = g_ptr_array_ref (parts);
  job->options = terrace_write_options_copy (options);

  terrace_local_job_run (self, job, finish_async, 0, cancellable, callback, user_data);
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
  TerraceLocalJob *job = data;
  GError *error = NULL;
  gboolean result = terrace_local_abort (job->root, job->key, job->upload, &error);

  terrace_local_job_return_boolean (task, result, error);
}

static void
abort_async (TerraceProvider *self,
             const char *key,
             const char *upload,
             GCancellable *cancellable,
             GAsyncReadyCallback callback,
             gpointer user_data)
{
  TerraceLocalJob *job = terrace_local_job_new (self, key, abort_work);

  job->upload = g_strdup (upload);

  terrace_local_job_run (self, job, abort_async, 0, cancellable, callback, user_data);
}

static gboolean
abort_finish (TerraceProvider *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
list_uploads_work (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  TerraceLocalJob *job = data;
  GError *error = NULL;
  gpointer result =
      terrace_local_list_leftovers (job->root, job->continuation, cancellable, &error);

  terrace_local_job_return_pointer (task, result, (GDestroyNotify) terrace_upload_listing_free,
                                    error);
}

static void
list_uploads_async (TerraceProvider *self,
                    const char *continuation,
                    GCancellable *cancellable,
                    GAsyncReadyCallback callback,
                    gpointer user_data)
{
  TerraceLocalJob *job = terrace_local_job_new (self, NULL, list_uploads_work);

  job->continuation = g_strdup (continuation);

  terrace_local_job_run (self, job, list_uploads_async, 0, cancellable, callback, user_data);
}

static TerraceUploadListing *
list_uploads_finish (TerraceProvider *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
copy_from_work (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  TerraceLocalJob *job = data;
  GError *error = NULL;
  gpointer result = terrace_local_copy_from (job->root, job->key, job->options, job->source_root,
                                             job->source_key, job->version, cancellable, &error);

  terrace_local_job_return_pointer (task, result, (GDestroyNotify) terrace_object_info_free, error);
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
  TerraceLocalJob *job;

  if (!TERRACE_IS_LOCAL_PROVIDER (source) || TERRACE_LOCAL_PROVIDER (self)->limited ||
      TERRACE_LOCAL_PROVIDER (source)->limited)
    {
      g_task_report_new_error (self, callback, user_data, copy_from_async, TERRACE_ERROR,
                               TERRACE_ERROR_UNSUPPORTED,
                               _ ("These two locations cannot copy from each other directly"));
      return;
    }

  job = terrace_local_job_new (self, key, copy_from_work);
  job->options = terrace_write_options_copy (options);
  job->source_root = terrace_local_root_ref (TERRACE_LOCAL_PROVIDER (source)->root);
  job->source_key = g_strdup (source_key);
  job->version = g_strdup (source_version);

  terrace_local_job_run (self, job, copy_from_async, 0, cancellable, callback, user_data);
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
  TerraceLocalJob *job = data;
  GError *error = NULL;
  gboolean result = terrace_local_remove (job->root, job->key, job->version, job->token, &error);

  terrace_local_job_return_boolean (task, result, error);
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
  TerraceLocalJob *job = terrace_local_job_new (self, key, remove_work);

  job->version = g_strdup (version);
  job->token = g_strdup (token);

  terrace_local_job_run (self, job, remove_async, 0, cancellable, callback, user_data);
}

static gboolean
remove_finish (TerraceProvider *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

void
terrace_local_provider_init_writing (TerraceProviderInterface *iface)
{
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
  iface->list_uploads_async = list_uploads_async;
  iface->list_uploads_finish = list_uploads_finish;
  iface->copy_from_async = copy_from_async;
  iface->copy_from_finish = copy_from_finish;
  iface->remove_async = remove_async;
  iface->remove_finish = remove_finish;
}
