/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Takes uploads up again, takes their parts, lists them and gives them up. Main thread,
 * asynchronous. */

#include "config.h"

#include "provider/gcs/terrace-gcs-session.h"

#include "base/terrace-error.h"
#include "provider/terrace-cloud-parts.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* --- Resume ---------------------------------------------------------------------------------- */

/* The parts that are stored or kept, or all of them. */
static void
return_parts (GTask *task, gboolean is_done)
{
  TerraceGcsCall *call = g_task_get_task_data (task);
  const TerraceWriteOptions *options = call->options;
  GPtrArray *parts = terrace_cloud_parts_new ();

  for (guint i = 0; terrace_cloud_part_size (options, i) > 0; i++)
    {
      guint64 offset = i * options->part_bytes;
      guint64 length = terrace_cloud_part_size (options, i);

      if (is_done || terrace_gcs_upload_has_range (call->upload, offset, length))
        g_ptr_array_add (parts, terrace_part_new (i, offset, length, "kept"));
    }
  g_task_return_pointer (task, parts, (GDestroyNotify) g_ptr_array_unref);
}

static void
resume_stat_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceGcsCall *call = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (TerraceGcsObject) found =
      terrace_gcs_stat_finish (TERRACE_GCS_PROVIDER (object), result, &error);

  if (found == NULL && !g_error_matches (error, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND))
    g_task_return_error (task, g_steal_pointer (&error));
  else
    return_parts (task, found != NULL && g_strcmp0 (found->token, call->upload->token) == 0);
}

static void
resume_found_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceGcsCall *call = g_task_get_task_data (task);
  GError *error = NULL;
  TerraceGcsUploadState state = terrace_gcs_session_find_finish (result, &error);

  terrace_gcs_upload_unlock (call->upload);
  if (state == TERRACE_GCS_UPLOAD_UNKNOWN)
    g_task_return_error (task, error);
  else
    return_parts (task, state == TERRACE_GCS_UPLOAD_DONE);
}

static void
resume_locked_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceGcsCall *call = g_task_get_task_data (task);
  GError *error = NULL;

  if (terrace_gcs_upload_lock_finish (result, &error))
    terrace_gcs_session_find_async (call->upload, g_task_get_cancellable (task), resume_found_cb,
                                    g_object_ref (task));
  else
    g_task_return_error (task, error);
}

static void
resume_async (TerraceProvider *provider,
              const char *key,
              const char *upload,
              const TerraceWriteOptions *options,
              GCancellable *cancellable,
              GAsyncReadyCallback callback,
              gpointer user_data)
{
  g_autoptr (GTask) task =
      terrace_gcs_call_new (provider, key, resume_async, cancellable, callback, user_data);
  TerraceGcsProvider *self = TERRACE_GCS_PROVIDER (provider);
  TerraceGcsCall *call;
  GError *error = NULL;

  if (task == NULL)
    return;

  call = g_task_get_task_data (task);
  call->options = terrace_write_options_copy (options);
  call->upload = terrace_gcs_upload_find (self, key, upload, &error);
  if (call->upload == NULL)
    g_task_return_error (task, error);
  else if (call->upload->is_single)
    terrace_gcs_stat_async (self, key, cancellable, resume_stat_cb, g_object_ref (task));
  else
    terrace_gcs_upload_lock_async (call->upload, cancellable, resume_locked_cb,
                                   g_object_ref (task));
}

static GPtrArray *
resume_finish (TerraceProvider *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* --- Parts ----------------------------------------------------------------------------------- */

static void
write_part_async (TerraceProvider *provider,
                  const char *key,
                  const char *upload,
                  guint number,
                  guint64 offset,
                  GBytes *bytes,
                  GCancellable *cancellable,
                  GAsyncReadyCallback callback,
                  gpointer user_data)
{
  g_autoptr (GTask) task =
      terrace_gcs_call_new (provider, key, write_part_async, cancellable, callback, user_data);
  TerraceGcsCall *call;
  GError *error = NULL;

  if (task == NULL)
    return;

  call = g_task_get_task_data (task);
  call->offset = offset;
  call->length = g_bytes_get_size (bytes);
  call->upload = terrace_gcs_upload_find (TERRACE_GCS_PROVIDER (provider), key, upload, &error);
  if (call->upload == NULL)
    {
      g_task_return_error (task, error);
    }
  else if (offset > call->upload->size_bytes || call->length > call->upload->size_bytes - offset)
    {
      g_task_return_new_error (task, TERRACE_ERROR, TERRACE_ERROR_INVALID,
                               _ ("A part goes beyond the object's end"));
    }
  else if (call->upload->is_single)
    {
      terrace_gcs_upload_add (call->upload, offset, bytes, NULL);
      g_task_return_pointer (task, g_strdup ("kept"), g_free);
    }
  else
    {
      TerraceGcsUpload *taken = call->upload;

      terrace_gcs_upload_add (taken, offset, bytes, g_object_ref (task));
      terrace_gcs_session_pump (taken);
    }
}

static char *
write_part_finish (TerraceProvider *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* --- Abort ----------------------------------------------------------------------------------- */

/* Takes over @error, which is %NULL if nothing is left of the upload. */
static void
abort_end (GTask *task, GError *error)
{
  TerraceGcsCall *call = g_task_get_task_data (task);

  terrace_gcs_upload_drop (call->upload);
  terrace_gcs_upload_lose (call->upload);
  terrace_gcs_upload_unlock (call->upload);
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

static void
abort_marker_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceGcsClient *client = TERRACE_GCS_CLIENT (object);
  GError *error = NULL;
  g_autoptr (TerraceGcsResponse) response = terrace_gcs_client_send_finish (client, result, &error);

  if (response != NULL && !terrace_gcs_response_is_ok (response) &&
      response->status != SOUP_STATUS_NOT_FOUND)
    error = terrace_gcs_client_to_error (client, response);
  abort_end (task, error);
}

static void
abort_marker (GTask *task)
{
  TerraceGcsCall *call = g_task_get_task_data (task);
  g_autofree char *key = terrace_gcs_marker_key (call->upload->token);

  terrace_gcs_call_send (task,
                         terrace_gcs_call_request (g_task_get_source_object (task), "DELETE", key),
                         abort_marker_cb);
}

static void
abort_session_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceGcsClient *client = TERRACE_GCS_CLIENT (object);
  GError *error = NULL;
  g_autoptr (TerraceGcsResponse) response = terrace_gcs_client_send_finish (client, result, &error);

  /* One that has become the object cannot be given up: 400. */
  if (response == NULL)
    abort_end (task, error);
  else if (terrace_gcs_response_is_ok (response) || terrace_gcs_session_is_gone (response) ||
           response->status == SOUP_STATUS_BAD_REQUEST)
    abort_marker (task);
  else
    abort_end (task, terrace_gcs_client_to_error (client, response));
}

static void
abort_opened_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceGcsCall *call = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  TerraceGcsRequest *request;

  if (!terrace_gcs_session_open_finish (result, &error))
    {
      /* Without its address a session costs nothing, and ends by itself. */
      if (g_error_matches (error, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND))
        abort_marker (task);
      else
        abort_end (task, g_steal_pointer (&error));
      return;
    }

  request = terrace_gcs_request_new ("DELETE", call->upload->path);
  request->is_session = TRUE;
  g_string_assign (request->query, call->upload->query);
  terrace_gcs_call_send (task, request, abort_session_cb);
}

static void
abort_locked_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceGcsCall *call = g_task_get_task_data (task);
  GError *error = NULL;

  if (!terrace_gcs_upload_lock_finish (result, &error))
    g_task_return_error (task, error);
  else if (call->upload->is_single)
    abort_end (task, NULL);
  else
    terrace_gcs_session_open_async (call->upload, g_task_get_cancellable (task), abort_opened_cb,
                                    g_object_ref (task));
}

static void
abort_async (TerraceProvider *provider,
             const char *key,
             const char *upload,
             GCancellable *cancellable,
             GAsyncReadyCallback callback,
             gpointer user_data)
{
  g_autoptr (GTask) task =
      terrace_gcs_call_new (provider, key, abort_async, cancellable, callback, user_data);
  TerraceGcsCall *call;
  GError *error = NULL;

  if (task == NULL)
    return;

  call = g_task_get_task_data (task);
  call->upload = terrace_gcs_upload_find (TERRACE_GCS_PROVIDER (provider), key, upload, &error);
  if (call->upload == NULL)
    g_task_return_error (task, error);
  else
    terrace_gcs_upload_lock_async (call->upload, cancellable, abort_locked_cb, g_object_ref (task));
}

static gboolean
abort_finish (TerraceProvider *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/* --- Listing --------------------------------------------------------------------------------- */

static void
add_upload (TerraceUploadListing *listing, const TerraceGcsObject *marker)
{
  JsonObject *metadata = terrace_gcs_json_get_object (marker->resource, "metadata");
  const char *key = terrace_gcs_json_get_string (metadata, "terrace-key");
  const char *token = marker->info->key + strlen (TERRACE_GCS_RESERVED);
  g_autofree char *upload = NULL;
  guint64 size_bytes;

  terrace_gcs_json_get_number (metadata, "terrace-size", &size_bytes);
  upload = terrace_gcs_upload_to_string (token, size_bytes, FALSE);
  /* Google asks nothing for what an unfinished upload holds. */
  g_ptr_array_add (listing->uploads, terrace_upload_new (key != NULL ? key : token, upload,
                                                         marker->info->created_us, 0));
}

static void
list_uploads_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceGcsProvider *self = g_task_get_source_object (task);
  g_autoptr (TerraceGcsResponse) response = terrace_gcs_call_receive (object, result, task);
  g_autoptr (TerraceUploadListing) listing = terrace_upload_listing_new ();
  g_autoptr (JsonObject) answer = NULL;
  JsonArray *items;
  GError *error = NULL;

  if (response == NULL)
    return;
  if (!terrace_gcs_response_is_ok (response))
    {
      terrace_gcs_response_blame_bucket (response);
      terrace_gcs_call_refuse (task, response);
      return;
    }

  answer = terrace_gcs_json_parse (response->body, &error);
  items = terrace_gcs_json_get_array (answer, "items");
  for (guint i = 0; items != NULL && error == NULL && i < json_array_get_length (items); i++)
    {
      g_autoptr (TerraceGcsObject) marker =
          terrace_gcs_object_new (terrace_gcs_json_get_element (items, i), self->class_prefix,
                                  &error);

      if (marker != NULL && g_str_has_prefix (marker->info->key, TERRACE_GCS_RESERVED))
        add_upload (listing, marker);
    }
  if (error != NULL)
    {
      g_task_return_error (task, error);
      return;
    }

  listing->next = g_strdup (terrace_gcs_json_get_string (answer, "nextPageToken"));
  g_task_return_pointer (task, g_steal_pointer (&listing),
                         (GDestroyNotify) terrace_upload_listing_free);
}

/* Google does not tell what sessions there are; the markers tell of ours. */
static void
list_uploads_async (TerraceProvider *provider,
                    const char *continuation,
                    GCancellable *cancellable,
                    GAsyncReadyCallback callback,
                    gpointer user_data)
{
  g_autoptr (GTask) task =
      terrace_gcs_call_new (provider, NULL, list_uploads_async, cancellable, callback, user_data);

  if (task != NULL)
    terrace_gcs_call_send (task,
                           terrace_gcs_call_list_request (TERRACE_GCS_PROVIDER (provider),
                                                          TERRACE_GCS_RESERVED, continuation),
                           list_uploads_cb);
}

static TerraceUploadListing *
list_uploads_finish (TerraceProvider *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

void
terrace_gcs_provider_init_uploading (TerraceProviderInterface *iface)
{
  iface->resume_async = resume_async;
  iface->resume_finish = resume_finish;
  iface->write_part_async = write_part_async;
  iface->write_part_finish = write_part_finish;
  iface->abort_async = abort_async;
  iface->abort_finish = abort_finish;
  iface->list_uploads_async = list_uploads_async;
  iface->list_uploads_finish = list_uploads_finish;
}
