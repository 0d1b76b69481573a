/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Takes uploads up again, sends their parts and gives them up. Main thread, asynchronous. */

#include "config.h"

#include "provider/s3/terrace-s3-provider-private.h"

#include "base/terrace-error.h"
#include "base/terrace-limits.h"
#include "provider/s3/terrace-s3-checksum.h"
#include "provider/s3/terrace-s3-xml.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* A part that was on its way may land after the upload was given up: look again. */
#define MAX_ABORTS 4

/* --- Resume ---------------------------------------------------------------------------------- */

static void
return_parts (GTask *task, GPtrArray *parts)
{
  g_task_return_pointer (task, parts, (GDestroyNotify) g_ptr_array_unref);
}

static GPtrArray *
pending_parts (TerraceS3Provider *self, const TerraceS3Call *call)
{
  GPtrArray *parts = terrace_cloud_parts_new ();

  if (terrace_cloud_store_find (self->pending, call->upload->token, call->options->size_bytes) !=
      NULL)
    g_ptr_array_add (parts, terrace_part_new (0, 0, call->options->size_bytes, "kept"));

  return parts;
}

/* The upload is not there: either it has become the object, or it is gone. */
static void
resume_head_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceS3Call *call = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (TerraceS3Object) found =
      terrace_s3_head_finish (TERRACE_S3_PROVIDER (object), result, &error);

  if (found == NULL && !g_error_matches (error, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND))
    g_task_return_error (task, g_steal_pointer (&error));
  else if (found != NULL && g_strcmp0 (found->token, call->upload->token) == 0)
    return_parts (task, terrace_cloud_parts_new_all (call->options));
  else if (call->upload->id == NULL)
    return_parts (task, pending_parts (TERRACE_S3_PROVIDER (object), call));
  else
    g_task_return_new_error (task, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND,
                             _ ("The unfinished upload is gone"));
}

/* Only parts that are what they should be count; the others are sent again. */
static GPtrArray *
usable_parts (const TerraceS3Call *call)
{
  GPtrArray *parts = terrace_cloud_parts_new ();

  for (guint i = 0; i < call->parts->len; i++)
    {
      const TerracePart *part = call->parts->pdata[i];

      if (part->size_bytes > 0 &&
          part->size_bytes == terrace_cloud_part_size (call->options, part->number))
        g_ptr_array_add (parts,
                         terrace_part_new (part->number, part->number * call->options->part_bytes,
                                           part->size_bytes, part->receipt));
    }

  return parts;
}

static void
resume_parts_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceS3Provider *self = g_task_get_source_object (task);
  TerraceS3Call *call = g_task_get_task_data (task);
  g_autoptr (TerraceS3Response) response = terrace_s3_call_receive (object, result, task);
  g_autofree char *next = NULL;
  guint before = call->parts->len;
  GError *error = NULL;

  if (response == NULL)
    return;
  if (response->status == SOUP_STATUS_NOT_FOUND &&
      !terrace_s3_response_has_code (response, "NoSuchBucket"))
    terrace_s3_head_async (self, call->key, g_task_get_cancellable (task), resume_head_cb,
                           g_object_ref (task));
  else if (!terrace_s3_response_is_ok (response))
    terrace_s3_call_refuse (task, response);
  else if (!terrace_s3_xml_parse_parts (response->body, call->parts, &next, &error))
    g_task_return_error (task, error);
  else if (next != NULL && call->parts->len > before)
    terrace_s3_call_send (task, terrace_s3_list_parts_request (call->key, call->upload->id, next),
                          resume_parts_cb);
  else
    return_parts (task, usable_parts (call));
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
      terrace_s3_call_new (provider, key, resume_async, cancellable, callback, user_data);
  TerraceS3Call *call;
  GError *error = NULL;

  if (task == NULL)
    return;

  call = g_task_get_task_data (task);
  call->options = terrace_write_options_copy (options);
  call->upload = terrace_s3_upload_from_string (upload, &error);
  call->parts = terrace_cloud_parts_new ();
  if (call->upload == NULL)
    g_task_return_error (task, error);
  else if (call->upload->id == NULL)
    terrace_s3_head_async (TERRACE_S3_PROVIDER (provider), key, cancellable, resume_head_cb,
                           g_object_ref (task));
  else
    terrace_s3_call_send (task, terrace_s3_list_parts_request (key, call->upload->id, NULL),
                          resume_parts_cb);
}

static GPtrArray *
resume_finish (TerraceProvider *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* --- Parts ----------------------------------------------------------------------------------- */

/* The upload is not there: a part of an object that is finished need not be sent again. */
static void
write_head_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceS3Call *call = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (TerraceS3Object) found =
      terrace_s3_head_finish (TERRACE_S3_PROVIDER (object), result, &error);

  if (found != NULL && g_strcmp0 (found->token, call->upload->token) == 0)
    g_task_return_pointer (task, g_strdup ("done"), g_free);
  else if (error != NULL && !g_error_matches (error, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND))
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_new_error (task, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND,
                             _ ("The unfinished upload is gone"));
}

static void
return_receipt (GTask *task, const char *etag, const TerraceDigest *sent)
{
  g_autofree char *unquoted = terrace_s3_unquote (etag);

  g_task_return_pointer (task, terrace_s3_receipt_new (unquoted, sent), g_free);
}

static void
write_part_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceS3Provider *self = g_task_get_source_object (task);
  TerraceS3Call *call = g_task_get_task_data (task);
  g_autoptr (TerraceS3Response) response = terrace_s3_call_receive (object, result, task);
  const char *etag;

  if (response == NULL)
    return;
  if (terrace_s3_response_has_code (response, "NoSuchUpload"))
    {
      terrace_s3_head_async (self, call->key, g_task_get_cancellable (task), write_head_cb,
                             g_object_ref (task));
      return;
    }
  if (!terrace_s3_response_is_ok (response))
    {
      terrace_s3_call_refuse (task, response);
      return;
    }

  etag = terrace_s3_response_get_header (response, "ETag");
  if (etag == NULL)
    g_task_return_new_error (task, TERRACE_ERROR, TERRACE_ERROR_CORRUPT,
                             _ ("The server gave no receipt for a part"));
  else
    return_receipt (task, etag, &response->sent);
}

static void
send_part (GTask *task, GBytes *bytes)
{
  TerraceS3Call *call = g_task_get_task_data (task);
  TerraceS3Request *request = terrace_s3_request_new ("PUT", call->key);
  g_autofree char *number = g_strdup_printf ("%u", call->number + 1);

  terrace_s3_request_add_query (request, "partNumber", number);
  terrace_s3_request_add_query (request, "uploadId", call->upload->id);
  request->body = g_bytes_ref (bytes);
  request->checksum = call->upload->checksum;
  terrace_s3_call_send (task, request, write_part_cb);
}

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
      terrace_s3_call_new (provider, key, write_part_async, cancellable, callback, user_data);
  TerraceS3Call *call;
  GError *error = NULL;

  if (task == NULL)
    return;

  call = g_task_get_task_data (task);
  call->number = number;
  call->upload = terrace_s3_upload_from_string (upload, &error);
  if (call->upload == NULL)
    {
      g_task_return_error (task, error);
    }
  else if (call->upload->id == NULL)
    {
      terrace_cloud_store_keep (TERRACE_S3_PROVIDER (provider)->pending, call->upload->token,
                                bytes);
      g_task_return_pointer (task, g_strdup ("kept"), g_free);
    }
  else
    {
      send_part (task, bytes);
    }
}

static char *
write_part_finish (TerraceProvider *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* --- Abort ----------------------------------------------------------------------------------- */

static void
abort_marker_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (TerraceS3Response) response = terrace_s3_call_receive (object, result, task);

  if (response == NULL)
    return;
  if (terrace_s3_response_is_ok (response) || response->status == SOUP_STATUS_NOT_FOUND)
    g_task_return_boolean (task, TRUE);
  else
    terrace_s3_call_refuse (task, response);
}

static void
abort_marker (GTask *task)
{
  TerraceS3Call *call = g_task_get_task_data (task);
  g_autofree char *key = NULL;

  /* Somebody else's upload has none. */
  if (strcmp (call->upload->token, TERRACE_S3_NO_TOKEN) == 0)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }

  key = terrace_s3_upload_to_marker (call->upload);

  terrace_s3_call_send (task, terrace_s3_request_new ("DELETE", key), abort_marker_cb);
}

static void abort_send (GTask *task);

static void
abort_look_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceS3Call *call = g_task_get_task_data (task);
  g_autoptr (TerraceS3Response) response = terrace_s3_call_receive (object, result, task);

  if (response == NULL)
    return;
  if (response->status == SOUP_STATUS_NOT_FOUND)
    abort_marker (task);
  else if (!terrace_s3_response_is_ok (response))
    terrace_s3_call_refuse (task, response);
  else if (call->attempts < MAX_ABORTS)
    abort_send (task);
  else
    g_task_return_new_error (task, TERRACE_ERROR, TERRACE_ERROR_BUSY,
                             _ ("Parts of the upload are still arriving; it can be removed when "
                                "they have"));
}

static void
abort_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceS3Call *call = g_task_get_task_data (task);
  g_autoptr (TerraceS3Response) response = terrace_s3_call_receive (object, result, task);

  if (response == NULL)
    return;
  if (response->status == SOUP_STATUS_NOT_FOUND)
    abort_marker (task);
  else if (terrace_s3_response_is_ok (response))
    terrace_s3_call_send (task, terrace_s3_list_parts_request (call->key, call->upload->id, NULL),
                          abort_look_cb);
  else
    terrace_s3_call_refuse (task, response);
}

static void
abort_send (GTask *task)
{
  TerraceS3Call *call = g_task_get_task_data (task);
  TerraceS3Request *request = terrace_s3_request_new ("DELETE", call->key);

  call->attempts++;
  terrace_s3_request_add_query (request, "uploadId", call->upload->id);
  terrace_s3_call_send (task, request, abort_cb);
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
      terrace_s3_call_new (provider, key, abort_async, cancellable, callback, user_data);
  TerraceS3Call *call;
  GError *error = NULL;

  if (task == NULL)
    return;

  call = g_task_get_task_data (task);
  call->upload = terrace_s3_upload_from_string (upload, &error);
  if (call->upload == NULL)
    {
      g_task_return_error (task, error);
      return;
    }

  terrace_cloud_store_drop (TERRACE_S3_PROVIDER (provider)->pending, call->upload->token);
  if (call->upload->id == NULL)
    g_task_return_boolean (task, TRUE);
  else
    abort_send (task);
}

static gboolean
abort_finish (TerraceProvider *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

void
terrace_s3_provider_init_uploading (TerraceProviderInterface *iface)
{
  iface->resume_async = resume_async;
  iface->resume_finish = resume_finish;
  iface->write_part_async = write_part_async;
  iface->write_part_finish = write_part_finish;
  iface->abort_async = abort_async;
  iface->abort_finish = abort_finish;
}
