/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copies inside one service, and changes of class, which are copies of an object onto itself. Main
 * thread, asynchronous; no byte passes through here.
 *
 * What is larger than one request may copy goes as an upload whose parts are ranges of the source.
 * It is not taken up after a restart: it needs no bytes of ours, so it begins again. */

#include "config.h"

#include "provider/s3/terrace-s3-provider-private.h"

#include "base/terrace-error.h"
#include "provider/s3/terrace-s3-xml.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* What one request copies of a large object. */
#define COPY_PART_BYTES (G_GUINT64_CONSTANT (1024) * 1024 * 1024)

static gboolean
is_in_place (GTask *task)
{
  TerraceS3Call *call = g_task_get_task_data (task);

  return call->source == NULL;
}

static gboolean
is_amazon (const TerraceS3Provider *self)
{
  return terrace_s3_address_is_amazon (terrace_s3_client_get_address (self->client));
}

/* --- The end --------------------------------------------------------------------------------- */

static void
set_class_done_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  g_autoptr (TerraceS3Object) found =
      terrace_s3_head_finish (TERRACE_S3_PROVIDER (object), result, &error);

  if (found == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, g_steal_pointer (&found->info),
                           (GDestroyNotify) terrace_object_info_free);
}

static void
look_at_copy (GTask *task)
{
  TerraceS3Call *call = g_task_get_task_data (task);

  if (is_in_place (task))
    terrace_s3_head_async (g_task_get_source_object (task), call->key,
                           g_task_get_cancellable (task), set_class_done_cb, g_object_ref (task));
  else
    terrace_s3_confirm (task);
}

static void
tagged_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (TerraceS3Response) response = terrace_s3_call_receive_ok (object, result, task);

  if (response != NULL)
    look_at_copy (task);
}

static void
copied (GTask *task)
{
  TerraceS3Call *call = g_task_get_task_data (task);
  TerraceS3Request *request;

  if (call->bytes == NULL || is_amazon (g_task_get_source_object (task)))
    {
      look_at_copy (task);
      return;
    }

  request = terrace_s3_request_new ("PUT", call->key);
  terrace_s3_request_add_query (request, "tagging", "");
  terrace_s3_request_add_header (request, "content-type", "application/xml");
  request->body = g_bytes_ref (call->bytes);
  terrace_s3_call_send (task, request, tagged_cb);
}

/* The destination or the source was not as it had to be: which of them? */
static void
refused_head_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (TerraceS3Object) found =
      terrace_s3_head_finish (TERRACE_S3_PROVIDER (object), result, NULL);

  if (found != NULL && !is_in_place (task))
    g_task_return_new_error (task, TERRACE_ERROR, TERRACE_ERROR_EXISTS,
                             _ ("There is an object of this name already"));
  else
    g_task_return_new_error (task, TERRACE_ERROR, TERRACE_ERROR_CHANGED,
                             _ ("The object was changed meanwhile"));
}

static void
return_unsupported (GTask *task)
{
  g_task_return_new_error (task, TERRACE_ERROR, TERRACE_ERROR_UNSUPPORTED,
                           _ ("These two locations cannot copy from each other directly"));
}

static void
refused (GTask *task, const TerraceS3Response *response)
{
  TerraceS3Call *call = g_task_get_task_data (task);

  if (response->status == SOUP_STATUS_PRECONDITION_FAILED)
    terrace_s3_head_async (g_task_get_source_object (task), call->key,
                           g_task_get_cancellable (task), refused_head_cb, g_object_ref (task));
  else if (response->status == SOUP_STATUS_FORBIDDEN && !is_in_place (task) &&
           (gpointer) call->source != g_task_get_source_object (task))
    /* One key for reading here, another for writing there: the bytes can still go through us. */
    return_unsupported (task);
  else
    terrace_s3_call_refuse (task, response);
}

/* --- Requests -------------------------------------------------------------------------------- */

/* Names the source, and the version of it that is meant. */
static void
add_source (GTask *task, TerraceS3Request *request)
{
  TerraceS3Provider *self = g_task_get_source_object (task);
  TerraceS3Call *call = g_task_get_task_data (task);
  TerraceS3Provider *source = call->source != NULL ? call->source : self;
  const char *bucket = terrace_s3_client_get_address (source->client)->bucket;
  const char *version_id = call->object->version_id;
  g_autofree char *key = terrace_s3_encode (call->source_key, TRUE);
  g_autofree char *version = version_id != NULL && strcmp (version_id, "null") != 0 ?
                                 g_strconcat ("?versionId=", version_id, NULL) :
                                 g_strdup ("");
  g_autofree char *path = g_strconcat ("/", bucket, "/", key, version, NULL);
  g_autofree char *etag = g_strdup_printf ("\"%s\"", call->version);

  terrace_s3_request_add_header (request, "x-amz-copy-source", path);
  terrace_s3_request_add_header (request, "x-amz-copy-source-if-match", etag);
}

/* Class and metadata of what is made. */
static gboolean
add_destination (GTask *task, TerraceS3Request *request)
{
  TerraceS3Call *call = g_task_get_task_data (task);
  GError *error = NULL;

  if (is_in_place (task))
    terrace_s3_request_add_header (request, "x-amz-storage-class",
                                   terrace_s3_class_name (call->class_id));
  else if (!terrace_s3_add_options (request, call->options, &error))
    {
      terrace_s3_request_free (request);
      g_task_return_error (task, error);
      return FALSE;
    }
  terrace_s3_add_carried (request, call->object);

  return TRUE;
}

static void
copy_whole_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (TerraceS3Response) response = terrace_s3_call_receive (object, result, task);

  if (response == NULL)
    return;
  if (terrace_s3_response_is_ok (response))
    copied (task);
  else
    refused (task, response);
}

static void
copy_whole (GTask *task)
{
  TerraceS3Call *call = g_task_get_task_data (task);
  TerraceS3Request *request = terrace_s3_request_new ("PUT", call->key);

  add_source (task, request);
  if (!add_destination (task, request))
    return;
  terrace_s3_request_add_header (request, "x-amz-metadata-directive", "REPLACE");
  request->is_command = TRUE;
  terrace_s3_call_send (task, request, copy_whole_cb);
}

/* --- In parts -------------------------------------------------------------------------------- */

static void
abandon_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (TerraceS3Response) response =
      terrace_s3_client_send_finish (TERRACE_S3_CLIENT (object), result, NULL);
  TerraceS3Call *call = g_task_get_task_data (task);

  /* What is to be told is why the copy failed, whatever became of its traces. */
  g_task_return_error (task, g_steal_pointer (&call->failure));
}

/* Takes over @failure; removes what was copied so far. */
static void
abandon (GTask *task, GError *failure)
{
  TerraceS3Provider *self = g_task_get_source_object (task);
  TerraceS3Call *call = g_task_get_task_data (task);
  TerraceS3Request *request = terrace_s3_request_new ("DELETE", call->key);

  call->failure = failure;
  terrace_s3_request_add_query (request, "uploadId", call->upload->id);
  /* Also after a cancellation. */
  terrace_s3_client_send_async (self->client, request, NULL, abandon_cb, g_object_ref (task));
}

/* (transfer full) (nullable): the answer if it is a good one; else the copy is given up. */
static TerraceS3Response *
receive_or_abandon (GObject *object, GAsyncResult *result, GTask *task)
{
  GError *error = NULL;
  g_autoptr (TerraceS3Response) response =
      terrace_s3_client_send_finish (TERRACE_S3_CLIENT (object), result, &error);

  if (response != NULL && terrace_s3_response_is_ok (response))
    return g_steal_pointer (&response);

  if (response != NULL)
    error = terrace_s3_client_to_error (TERRACE_S3_CLIENT (object), response);
  abandon (task, error);
  return NULL;
}

static void
complete_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (TerraceS3Response) response = receive_or_abandon (object, result, task);

  if (response != NULL)
    copied (task);
}

static void
complete (GTask *task)
{
  TerraceS3Call *call = g_task_get_task_data (task);
  TerraceS3Request *request = terrace_s3_request_new ("POST", call->key);

  terrace_s3_request_add_query (request, "uploadId", call->upload->id);
  terrace_s3_request_add_header (request, "content-type", "application/xml");
  request->body = terrace_s3_xml_build_complete (call->parts);
  request->is_command = TRUE;
  terrace_s3_call_send (task, request, complete_cb);
}

static void copy_part (GTask *task);

static void
copy_part_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceS3Call *call = g_task_get_task_data (task);
  g_autoptr (TerraceS3Response) response = receive_or_abandon (object, result, task);
  g_autofree char *etag = NULL;
  g_autofree char *receipt = NULL;
  GError *error = NULL;

  if (response == NULL)
    return;

  etag = terrace_s3_xml_get_text (response->body, "CopyPartResult", "ETag", &error);
  if (etag == NULL)
    {
      abandon (task, error);
      return;
    }

  receipt = terrace_s3_unquote (etag);
  g_ptr_array_add (call->parts,
                   terrace_part_new (call->number, call->offset, call->length, receipt));
  call->offset += call->length;
  call->number++;
  if (call->offset < call->object->info->size_bytes)
    copy_part (task);
  else
    complete (task);
}

static void
copy_part (GTask *task)
{
  TerraceS3Provider *self = g_task_get_source_object (task);
  TerraceS3Call *call = g_task_get_task_data (task);
  TerraceS3Request *request = terrace_s3_request_new ("PUT", call->key);
  g_autofree char *number = g_strdup_printf ("%u", call->number + 1);
  g_autofree char *range = NULL;

  call->length = MIN (MIN (COPY_PART_BYTES, self->copy_limit_bytes),
                      call->object->info->size_bytes - call->offset);
  range = g_strdup_printf ("bytes=%" G_GUINT64_FORMAT "-%" G_GUINT64_FORMAT, call->offset,
                           call->offset + call->length - 1);
  add_source (task, request);
  terrace_s3_request_add_header (request, "x-amz-copy-source-range", range);
  terrace_s3_request_add_query (request, "partNumber", number);
  terrace_s3_request_add_query (request, "uploadId", call->upload->id);
  request->is_command = TRUE;
  terrace_s3_call_send (task, request, copy_part_cb);
}

static void
create_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceS3Call *call = g_task_get_task_data (task);
  g_autoptr (TerraceS3Response) response = terrace_s3_call_receive_ok (object, result, task);
  GError *error = NULL;
  g_autofree char *id = NULL;

  if (response == NULL)
    return;

  id =
      terrace_s3_xml_get_text (response->body, "InitiateMultipartUploadResult", "UploadId", &error);
  if (id == NULL)
    {
      g_task_return_error (task, error);
      return;
    }

  call->upload = terrace_s3_upload_new (TERRACE_S3_NO_TOKEN, TERRACE_CHECKSUM_NONE, id);
  call->parts = g_ptr_array_new_with_free_func ((GDestroyNotify) terrace_part_free);
  copy_part (task);
}

static void
copy_in_parts (GTask *task)
{
  TerraceS3Call *call = g_task_get_task_data (task);
  TerraceS3Request *request = terrace_s3_request_new ("POST", call->key);

  terrace_s3_request_add_query (request, "uploads", "");
  if (call->tags != NULL)
    terrace_s3_request_add_header (request, "x-amz-tagging", call->tags);
  if (add_destination (task, request))
    terrace_s3_call_send (task, request, create_cb);
}

/* --- Tags ------------------------------------------------------------------------------------ */

static void
copy_object (GTask *task)
{
  TerraceS3Provider *self = g_task_get_source_object (task);
  TerraceS3Call *call = g_task_get_task_data (task);

  if (call->object->info->size_bytes > self->copy_limit_bytes)
    copy_in_parts (task);
  else
    copy_whole (task);
}

static void
tags_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceS3Call *call = g_task_get_task_data (task);
  g_autoptr (TerraceS3Response) response = terrace_s3_call_receive (object, result, task);
  gboolean none;
  GError *error = NULL;

  if (response == NULL)
    return;

  none = response->status == SOUP_STATUS_NOT_FOUND ||
         response->status == SOUP_STATUS_METHOD_NOT_ALLOWED ||
         response->status == SOUP_STATUS_NOT_IMPLEMENTED;
  if (none)
    {
      copy_object (task);
      return;
    }
  /* Better no copy than one that has lost them, since the original goes. */
  if (!terrace_s3_response_is_ok (response))
    {
      g_task_return_error (task, terrace_s3_client_to_error (TERRACE_S3_CLIENT (object), response));
      return;
    }

  call->tags = terrace_s3_xml_parse_tags (response->body, &error);
  if (call->tags == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  if (call->tags[0] == '\0')
    g_clear_pointer (&call->tags, g_free);
  else
    call->bytes = g_bytes_ref (response->body);
  copy_object (task);
}

/* Amazon keeps the tags in a copy of one request by itself, and says whether there are any. Others
 * do neither reliably (Ceph loses them where the metadata are given anew). */
static void
look_for_tags (GTask *task)
{
  TerraceS3Provider *self = g_task_get_source_object (task);
  TerraceS3Call *call = g_task_get_task_data (task);
  TerraceS3Provider *source = call->source != NULL ? call->source : self;
  TerraceS3Request *request;

  if (is_amazon (self) &&
      (call->object->info->size_bytes <= self->copy_limit_bytes ||
       soup_message_headers_get_one (call->object->headers, "x-amz-tagging-count") == NULL))
    {
      copy_object (task);
      return;
    }

  request = terrace_s3_request_new ("GET", call->source_key);
  terrace_s3_request_add_query (request, "tagging", "");
  terrace_s3_client_send_async (source->client, request, g_task_get_cancellable (task), tags_cb,
                                g_object_ref (task));
}

/* --- The beginning --------------------------------------------------------------------------- */

static void
source_head_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceS3Call *call = g_task_get_task_data (task);
  GError *error = NULL;

  call->object = terrace_s3_head_finish (TERRACE_S3_PROVIDER (object), result, &error);
  if (call->object == NULL)
    {
      g_task_return_error (task, error);
      return;
    }

  if (call->version == NULL)
    call->version = g_strdup (call->object->info->version);
  if (strcmp (call->object->info->version, call->version) != 0)
    {
      g_task_return_new_error (task, TERRACE_ERROR, TERRACE_ERROR_CHANGED,
                               _ ("The object was changed meanwhile"));
      return;
    }

  /* A copy keeps the times that its source has. */
  if (call->options != NULL && call->options->info == NULL)
    call->options->info = terrace_object_info_copy (call->object->info);
  look_for_tags (task);
}

static void
destination_head_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceS3Call *call = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (TerraceS3Object) found =
      terrace_s3_head_finish (TERRACE_S3_PROVIDER (object), result, &error);

  if (found != NULL && g_strcmp0 (found->token, call->options->token) == 0)
    g_task_return_pointer (task, g_steal_pointer (&found->info),
                           (GDestroyNotify) terrace_object_info_free);
  else if (found != NULL)
    g_task_return_new_error (task, TERRACE_ERROR, TERRACE_ERROR_EXISTS,
                             _ ("There is an object of this name already"));
  else if (!g_error_matches (error, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND))
    g_task_return_error (task, g_steal_pointer (&error));
  else
    terrace_s3_head_async (call->source, call->source_key, g_task_get_cancellable (task),
                           source_head_cb, g_object_ref (task));
}

static void
copy_from_async (TerraceProvider *provider,
                 const char *key,
                 const TerraceWriteOptions *options,
                 TerraceProvider *source,
                 const char *source_key,
                 const char *source_version,
                 GCancellable *cancellable,
                 GAsyncReadyCallback callback,
                 gpointer user_data)
{
  g_autoptr (GTask) task =
      terrace_s3_call_new (provider, key, copy_from_async, cancellable, callback, user_data);
  TerraceS3Provider *self = TERRACE_S3_PROVIDER (provider);
  TerraceS3Call *call;

  if (task == NULL)
    return;
  if (!TERRACE_IS_S3_PROVIDER (source) ||
      !terrace_s3_client_is_peer (self->client, TERRACE_S3_PROVIDER (source)->client))
    {
      return_unsupported (task);
      return;
    }

  call = g_task_get_task_data (task);
  call->options = terrace_write_options_copy (options);
  call->source = g_object_ref (TERRACE_S3_PROVIDER (source));
  call->source_key = g_strdup (source_key);
  call->version = g_strdup (source_version);
  terrace_s3_head_async (self, key, cancellable, destination_head_cb, g_object_ref (task));
}

static TerraceObjectInfo *
copy_finish (TerraceProvider *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
set_class_async (TerraceProvider *provider,
                 const char *key,
                 const char *version,
                 const char *class_id,
                 GCancellable *cancellable,
                 GAsyncReadyCallback callback,
                 gpointer user_data)
{
  g_autoptr (GTask) task =
      terrace_s3_call_new (provider, key, set_class_async, cancellable, callback, user_data);
  TerraceS3Call *call;

  if (task == NULL)
    return;

  call = g_task_get_task_data (task);
  call->source_key = g_strdup (key);
  call->version = g_strdup (version);
  call->class_id = g_strdup (class_id);
  terrace_s3_head_async (TERRACE_S3_PROVIDER (provider), key, cancellable, source_head_cb,
                         g_object_ref (task));
}

void
terrace_s3_provider_init_copying (TerraceProviderInterface *iface)
{
  iface->copy_from_async = copy_from_async;
  iface->copy_from_finish = copy_finish;
  iface->set_class_async = set_class_async;
  iface->set_class_finish = copy_finish;
}
