/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Makes an object of what was uploaded. Main thread, asynchronous.
 *
 * Nothing is ever overwritten: the key is looked at first, and the request itself is conditional
 * (If-None-Match) wherever the server knows that. Where it does not (multipart uploads on older
 * servers), somebody who writes the same key between the look and the request is overwritten; the
 * look afterwards then tells whose object it is. A token in the object's metadata tells our own
 * object, after a crash, from anybody else's. */

#include "config.h"

#include "provider/s3/terrace-s3-provider-private.h"

#include "base/terrace-error.h"
#include "provider/s3/terrace-s3-checksum.h"
#include "provider/s3/terrace-s3-xml.h"

#include <glib/gi18n-lib.h>
#include <string.h>

static void
return_exists (GTask *task)
{
  g_task_return_new_error (task, TERRACE_ERROR, TERRACE_ERROR_EXISTS,
                           _ ("There is an object of this name already"));
}

static void
return_object (GTask *task, TerraceS3Object *found)
{
  TerraceS3Provider *self = g_task_get_source_object (task);
  TerraceS3Call *call = g_task_get_task_data (task);

  if (found->info->size_bytes != call->options->size_bytes)
    {
      g_task_return_new_error (task, TERRACE_ERROR, TERRACE_ERROR_CORRUPT,
                               _ ("The object has %" G_GUINT64_FORMAT " bytes instead of "
                                  "%" G_GUINT64_FORMAT),
                               found->info->size_bytes, call->options->size_bytes);
      return;
    }

  terrace_cloud_store_drop (self->pending, call->options->token);
  g_task_return_pointer (task, g_steal_pointer (&found->info),
                         (GDestroyNotify) terrace_object_info_free);
}

static void
confirm_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceS3Call *call = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (TerraceS3Object) found =
      terrace_s3_head_finish (TERRACE_S3_PROVIDER (object), result, &error);

  if (found == NULL)
    g_task_return_error (task, error);
  else if (g_strcmp0 (found->token, call->options->token) != 0)
    return_exists (task);
  else
    return_object (task, found);
}

void
terrace_s3_confirm (GTask *task)
{
  TerraceS3Call *call = g_task_get_task_data (task);

  terrace_s3_head_async (g_task_get_source_object (task), call->key, g_task_get_cancellable (task),
                         confirm_cb, g_object_ref (task));
}

/* --- One piece ------------------------------------------------------------------------------- */

static void send_whole (GTask *task);

/* Whether the answer means that one of the optional headers is not known, so that the same goes
 * again without it. */
static gboolean
learn (TerraceS3Provider *self, const TerraceS3Response *response)
{
  gboolean unknown =
      response->status == SOUP_STATUS_NOT_IMPLEMENTED ||
      (response->status == SOUP_STATUS_BAD_REQUEST &&
       (response->code == NULL || terrace_s3_response_has_code (response, "InvalidArgument") ||
        terrace_s3_response_has_code (response, "InvalidRequest") ||
        terrace_s3_response_has_code (response, "NotImplemented")));

  if (unknown && response->sent.kind != TERRACE_CHECKSUM_NONE)
    {
      self->examined = TRUE;
      self->checksum = TERRACE_CHECKSUM_NONE;
      return TRUE;
    }
  if (unknown && self->conditional_put != TERRACE_S3_IGNORED)
    {
      self->conditional_put = TERRACE_S3_IGNORED;
      return TRUE;
    }

  return FALSE;
}

/* What a good answer to the request tells of the object, without another look at it; %NULL if a
 * look is needed. */
static TerraceObjectInfo *
describe (TerraceS3Provider *self, const TerraceS3Call *call, const TerraceS3Response *response)
{
  const TerraceObjectInfo *source = call->options->info;
  const char *etag = terrace_s3_response_get_header (response, "ETag");
  const char *class_id = call->options->class_id;
  TerraceObjectInfo *info;

  /* The server alone knows the time of what has no time of its own. */
  if (etag == NULL || source == NULL || source->modified_us <= 0)
    return NULL;

  info = terrace_object_info_copy (source);
  g_free (info->key);
  info->key = g_strdup (call->key);
  g_free (info->version);
  info->version = terrace_s3_unquote (etag);
  info->size_bytes = call->options->size_bytes;
  info->created_us = terrace_http_get_date_us (response->headers, "Date");
  info->accessed_us = 0;
  terrace_s3_checksum_read (response->headers, &info->checksum);
  g_free (info->class_id);
  info->class_id =
      g_strconcat (self->class_prefix, "/",
                   class_id != NULL ? terrace_s3_class_name (class_id) : "STANDARD", NULL);

  return info;
}

static void
return_sent (GTask *task, const TerraceS3Response *response)
{
  TerraceS3Provider *self = g_task_get_source_object (task);
  TerraceS3Call *call = g_task_get_task_data (task);
  TerraceObjectInfo *info = describe (self, call, response);

  if (info == NULL)
    {
      terrace_s3_confirm (task);
      return;
    }

  terrace_cloud_store_drop (self->pending, call->options->token);
  g_task_return_pointer (task, info, (GDestroyNotify) terrace_object_info_free);
}

static void
send_whole_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceS3Provider *self = g_task_get_source_object (task);
  g_autoptr (TerraceS3Response) response = terrace_s3_call_receive (object, result, task);

  if (response == NULL)
    return;
  /* Refused by the condition: whose is it? Without a condition: is it still ours? */
  if (terrace_s3_response_is_ok (response) && self->conditional_put == TERRACE_S3_HONOURED)
    return_sent (task, response);
  else if (terrace_s3_response_is_ok (response) ||
           response->status == SOUP_STATUS_PRECONDITION_FAILED)
    terrace_s3_confirm (task);
  else if (learn (self, response))
    send_whole (task);
  else
    terrace_s3_call_refuse (task, response);
}

static void
send_whole (GTask *task)
{
  TerraceS3Provider *self = g_task_get_source_object (task);
  TerraceS3Call *call = g_task_get_task_data (task);
  TerraceS3Request *request = terrace_s3_request_new ("PUT", call->key);
  GError *error = NULL;

  if (!terrace_s3_add_options (request, call->options, &error))
    {
      terrace_s3_request_free (request);
      g_task_return_error (task, error);
      return;
    }

  terrace_s3_request_add_header (request, "content-type", "application/octet-stream");
  if (self->conditional_put != TERRACE_S3_IGNORED)
    terrace_s3_request_add_header (request, "if-none-match", "*");
  request->body = g_bytes_ref (call->bytes);
  /* The hash that is needed for the signature anyway, where nothing better is known. */
  request->checksum = self->examined ? self->checksum : TERRACE_CHECKSUM_SHA256;
  terrace_s3_call_send (task, request, send_whole_cb);
}

/* Takes the bytes that wait for this call; %FALSE if they are not here. */
static gboolean
take_bytes (TerraceS3Provider *self, TerraceS3Call *call)
{
  GBytes *bytes =
      terrace_cloud_store_find (self->pending, call->upload->token, call->options->size_bytes);

  g_clear_pointer (&call->bytes, g_bytes_unref);
  if (call->options->size_bytes == 0)
    call->bytes = g_bytes_new (NULL, 0);
  else if (bytes != NULL)
    call->bytes = g_bytes_ref (bytes);

  return call->bytes != NULL;
}

static void
finish_whole (GTask *task)
{
  TerraceS3Provider *self = g_task_get_source_object (task);

  if (take_bytes (self, g_task_get_task_data (task)))
    send_whole (task);
  else
    g_task_return_new_error (task, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND,
                             _ ("The bytes of the unfinished upload are gone"));
}

/* --- Parts ----------------------------------------------------------------------------------- */

static void
unmark_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (TerraceS3Response) response =
      terrace_s3_client_send_finish (TERRACE_S3_CLIENT (object), result, &error);

  /* The object is whole; that a marker stays behind is no reason to say that it is not. */
  if (response == NULL && terrace_error_is_cancelled (error))
    g_task_return_error (task, g_steal_pointer (&error));
  else
    terrace_s3_confirm (task);
}

static void
unmark (GTask *task)
{
  TerraceS3Call *call = g_task_get_task_data (task);
  g_autofree char *key = terrace_s3_upload_to_marker (call->upload);

  terrace_s3_call_send (task, terrace_s3_request_new ("DELETE", key), unmark_cb);
}

static void send_complete (GTask *task);

static void
complete_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceS3Provider *self = g_task_get_source_object (task);
  g_autoptr (TerraceS3Response) response = terrace_s3_call_receive (object, result, task);

  if (response == NULL)
    return;
  if (terrace_s3_response_is_ok (response))
    unmark (task);
  else if (response->status == SOUP_STATUS_PRECONDITION_FAILED ||
           terrace_s3_response_has_code (response, "NoSuchUpload"))
    terrace_s3_confirm (task);
  else if (response->status == SOUP_STATUS_NOT_IMPLEMENTED &&
           self->conditional_complete != TERRACE_S3_IGNORED)
    {
      self->conditional_complete = TERRACE_S3_IGNORED;
      send_complete (task);
    }
  else
    terrace_s3_call_refuse (task, response);
}

/* What the server puts together has to be what was sent. */
static void
add_whole_checksum (const TerraceS3Call *call, TerraceS3Request *request)
{
  TerraceDigest whole;
  g_autofree char *text = NULL;

  terrace_s3_checksum_combine (call->parts, call->upload->checksum, &whole);
  text = terrace_digest_to_base64 (&whole);
  if (text == NULL)
    return;

  terrace_s3_request_add_header (request, terrace_s3_checksum_get_header (whole.kind), text);
  terrace_s3_request_add_header (request, "x-amz-checksum-type", "FULL_OBJECT");
}

static void
send_complete (GTask *task)
{
  TerraceS3Provider *self = g_task_get_source_object (task);
  TerraceS3Call *call = g_task_get_task_data (task);
  TerraceS3Request *request = terrace_s3_request_new ("POST", call->key);

  terrace_s3_request_add_query (request, "uploadId", call->upload->id);
  terrace_s3_request_add_header (request, "content-type", "application/xml");
  if (self->conditional_complete != TERRACE_S3_IGNORED)
    terrace_s3_request_add_header (request, "if-none-match", "*");
  add_whole_checksum (call, request);
  request->body = terrace_s3_xml_build_complete (call->parts);
  request->is_command = TRUE;
  terrace_s3_call_send (task, request, complete_cb);
}

static void
finish_head_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceS3Call *call = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (TerraceS3Object) found =
      terrace_s3_head_finish (TERRACE_S3_PROVIDER (object), result, &error);

  if (found != NULL && g_strcmp0 (found->token, call->options->token) != 0)
    return_exists (task);
  else if (found != NULL && call->upload->id != NULL)
    unmark (task);
  else if (found != NULL)
    return_object (task, found);
  else if (!g_error_matches (error, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND))
    g_task_return_error (task, g_steal_pointer (&error));
  else if (call->upload->id == NULL)
    finish_whole (task);
  else
    send_complete (task);
}

static void
finish_async (TerraceProvider *provider,
              const char *key,
              const char *upload,
              GPtrArray *parts,
              const TerraceWriteOptions *options,
              GCancellable *cancellable,
              GAsyncReadyCallback callback,
              gpointer user_data)
{
  g_autoptr (GTask) task =
      terrace_s3_call_new (provider, key, finish_async, cancellable, callback, user_data);
  TerraceS3Provider *self = TERRACE_S3_PROVIDER (provider);
  TerraceS3Call *call;
  GError *error = NULL;

  if (task == NULL)
    return;

  call = g_task_get_task_data (task);
  call->options = terrace_write_options_copy (options);
  call->parts = g_ptr_array_ref (parts);
  call->upload = terrace_s3_upload_from_string (upload, &error);
  if (call->upload == NULL)
    g_task_return_error (task, error);
  else if (!terrace_cloud_parts_are_whole (call->parts, call->options->size_bytes))
    g_task_return_new_error (task, TERRACE_ERROR, TERRACE_ERROR_INVALID,
                             _ ("Parts of the object are missing"));
  else if (call->upload->id == NULL && self->conditional_put == TERRACE_S3_HONOURED &&
           take_bytes (self, call))
    /* The request itself tells whether the key is taken. */
    send_whole (task);
  else
    terrace_s3_head_async (self, key, cancellable, finish_head_cb, g_object_ref (task));
}

static TerraceObjectInfo *
finish_finish (TerraceProvider *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

void
terrace_s3_provider_init_finishing (TerraceProviderInterface *iface)
{
  iface->finish_async = finish_async;
  iface->finish_finish = finish_finish;
}
