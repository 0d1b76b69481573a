/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Begins uploads. Main thread, asynchronous.
 *
 * An object of one part is kept in memory until finish() sends it. An object of more parts gets an
 * upload session, and a marker that says which session belongs to a token; it goes when the upload
 * does. A session without a marker, left by a crash between the two, costs nothing and ends by
 * itself after a week. */

#include "config.h"

#include "provider/gcs/terrace-gcs-session.h"

#include "base/terrace-error.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* As Google has it. */
#define MAX_OBJECT_BYTES (G_GUINT64_CONSTANT (5) * 1024 * 1024 * 1024 * 1024)

/* Takes over @error; gives the lock back. */
static void
fail (GTask *task, GError *error)
{
  TerraceGcsCall *call = g_task_get_task_data (task);

  terrace_gcs_upload_unlock (call->upload);
  g_task_return_error (task, error);
}

static void
return_upload (GTask *task)
{
  TerraceGcsCall *call = g_task_get_task_data (task);
  gboolean is_single = call->upload == NULL;

  if (!is_single)
    terrace_gcs_upload_unlock (call->upload);
  g_task_return_pointer (task,
                         terrace_gcs_upload_to_string (call->options->token,
                                                       call->options->size_bytes, is_single),
                         g_free);
}

/* (transfer full) (nullable): the answer if it is a good one; else @task has got the error. */
static TerraceGcsResponse *
receive (GObject *client, GAsyncResult *result, GTask *task)
{
  GError *error = NULL;
  g_autoptr (TerraceGcsResponse) response =
      terrace_gcs_client_send_finish (TERRACE_GCS_CLIENT (client), result, &error);

  if (response != NULL && terrace_gcs_response_is_ok (response))
    return g_steal_pointer (&response);

  if (response != NULL)
    error = terrace_gcs_client_to_error (TERRACE_GCS_CLIENT (client), response);
  fail (task, error);
  return NULL;
}

static void
mark_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (TerraceGcsResponse) response = receive (object, result, task);

  if (response != NULL)
    return_upload (task);
}

static void
create_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceGcsCall *call = g_task_get_task_data (task);
  g_autoptr (TerraceGcsResponse) response = receive (object, result, task);
  GError *error = NULL;

  if (response == NULL)
    return;
  if (!terrace_gcs_session_take_address (call->upload, response, &error))
    {
      fail (task, error);
      return;
    }

  terrace_gcs_upload_set_stored (call->upload, 0);
  terrace_gcs_call_send (task, terrace_gcs_session_make_marker (call->upload), mark_cb);
}

static void
create (GTask *task)
{
  TerraceGcsProvider *self = g_task_get_source_object (task);
  TerraceGcsCall *call = g_task_get_task_data (task);
  g_autofree char *path =
      terrace_gcs_address_get_upload_path (terrace_gcs_client_get_address (self->client));
  g_autofree char *size = g_strdup_printf ("%" G_GUINT64_FORMAT, call->options->size_bytes);
  TerraceGcsRequest *request = terrace_gcs_request_new ("POST", path);

  terrace_gcs_request_add_query (request, "uploadType", "resumable");
  terrace_gcs_request_add_query (request, "name", call->key);
  terrace_gcs_request_add_query (request, "ifGenerationMatch", "0");
  terrace_gcs_request_add_header (request, "X-Upload-Content-Length", size);
  terrace_gcs_request_set_json (request, call->resource);
  terrace_gcs_call_send (task, request, create_cb);
}

static void
found_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  TerraceGcsUploadState state = terrace_gcs_session_find_finish (result, &error);

  if (state != TERRACE_GCS_UPLOAD_UNKNOWN)
    return_upload (task);
  else if (g_error_matches (error, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND))
    create (task);
  else
    fail (task, g_steal_pointer (&error));
}

/* Without a marker there is no session; with one there may be. */
static void
opened_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceGcsCall *call = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  if (terrace_gcs_session_open_finish (result, &error))
    terrace_gcs_session_find_async (call->upload, g_task_get_cancellable (task), found_cb,
                                    g_object_ref (task));
  else if (g_error_matches (error, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND))
    create (task);
  else
    fail (task, g_steal_pointer (&error));
}

static void
locked_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceGcsCall *call = g_task_get_task_data (task);
  GError *error = NULL;

  if (terrace_gcs_upload_lock_finish (result, &error))
    terrace_gcs_session_open_async (call->upload, g_task_get_cancellable (task), opened_cb,
                                    g_object_ref (task));
  else
    g_task_return_error (task, error);
}

static void
begin_stat_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceGcsProvider *self = TERRACE_GCS_PROVIDER (object);
  TerraceGcsCall *call = g_task_get_task_data (task);
  const TerraceWriteOptions *options = call->options;
  g_autoptr (GError) error = NULL;
  g_autoptr (TerraceGcsObject) found = terrace_gcs_stat_finish (self, result, &error);

  if (found != NULL && g_strcmp0 (found->token, options->token) != 0)
    {
      g_task_return_new_error (task, TERRACE_ERROR, TERRACE_ERROR_EXISTS,
                               _ ("There is an object of this name already"));
    }
  else if (found == NULL && !g_error_matches (error, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND))
    {
      g_task_return_error (task, g_steal_pointer (&error));
    }
  else if (found != NULL || options->size_bytes <= options->part_bytes)
    {
      return_upload (task);
    }
  else
    {
      call->upload =
          terrace_gcs_upload_get (self, call->key, options->token, options->size_bytes, FALSE);
      terrace_gcs_upload_lock_async (call->upload, g_task_get_cancellable (task), locked_cb,
                                     g_object_ref (task));
    }
}

static void
begin_async (TerraceProvider *provider,
             const char *key,
             const TerraceWriteOptions *options,
             GCancellable *cancellable,
             GAsyncReadyCallback callback,
             gpointer user_data)
{
  g_autoptr (GTask) task =
      terrace_gcs_call_new (provider, key, begin_async, cancellable, callback, user_data);
  TerraceGcsCall *call;
  GError *error = NULL;

  if (task == NULL)
    return;

  /* What cannot be kept is refused before a byte moves. */
  call = g_task_get_task_data (task);
  call->options = terrace_write_options_copy (options);
  call->resource = terrace_gcs_make_resource (call->options, NULL, &error);
  if (call->resource == NULL)
    g_task_return_error (task, error);
  else if (options->size_bytes > MAX_OBJECT_BYTES)
    g_task_return_new_error (task, TERRACE_ERROR, TERRACE_ERROR_LIMIT,
                             _ ("The object is larger than Google Cloud can keep: 5 TiB"));
  else
    terrace_gcs_stat_async (TERRACE_GCS_PROVIDER (provider), key, cancellable, begin_stat_cb,
                            g_object_ref (task));
}

static char *
begin_finish (TerraceProvider *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

void
terrace_gcs_provider_init_beginning (TerraceProviderInterface *iface)
{
  iface->begin_async = begin_async;
  iface->begin_finish = begin_finish;
}
