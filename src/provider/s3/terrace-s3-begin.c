/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Begins uploads. Main thread, asynchronous.
 *
 * An object of one part is kept in memory until finish() sends it: nothing may be seen before. An
 * object of more parts is a multipart upload. S3 does not keep anything with an upload by which one
 * could recognise it, so the name of an empty object under TERRACE_S3_RESERVED says which upload
 * belongs to a token; it goes when the upload does. */

#include "config.h"

#include "provider/s3/terrace-s3-provider-private.h"

#include "base/terrace-error.h"
#include "provider/s3/terrace-s3-checksum.h"
#include "provider/s3/terrace-s3-xml.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define MAX_PARTS_BYTES (1024 * 1024)
#define MAX_MARKERS_BYTES (64 * 1024)

TerraceS3Request *
terrace_s3_list_parts_request (const char *key, const char *id, const char *marker)
{
  TerraceS3Request *request = terrace_s3_request_new ("GET", key);

  request->limit_bytes = MAX_PARTS_BYTES;
  terrace_s3_request_add_query (request, "uploadId", id);
  if (marker != NULL)
    terrace_s3_request_add_query (request, "part-number-marker", marker);

  return request;
}

/* --- Begin ----------------------------------------------------------------------------------- */

static void
return_single (GTask *task)
{
  TerraceS3Call *call = g_task_get_task_data (task);
  g_autoptr (TerraceS3Upload) upload =
      terrace_s3_upload_new (call->options->token, TERRACE_CHECKSUM_NONE, NULL);

  g_task_return_pointer (task, terrace_s3_upload_to_string (upload), g_free);
}

static void
return_upload (GTask *task)
{
  TerraceS3Call *call = g_task_get_task_data (task);

  g_task_return_pointer (task, terrace_s3_upload_to_string (call->upload), g_free);
}

static void
begin_mark_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (TerraceS3Response) response = terrace_s3_call_receive (object, result, task);

  if (response == NULL)
    return;
  if (terrace_s3_response_is_ok (response))
    return_upload (task);
  else
    terrace_s3_call_refuse (task, response);
}

static void
begin_mark (GTask *task)
{
  TerraceS3Call *call = g_task_get_task_data (task);
  g_autofree char *key = terrace_s3_upload_to_marker (call->upload);

  terrace_s3_call_send (task, terrace_s3_request_new ("PUT", key), begin_mark_cb);
}

static void
begin_create_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceS3Call *call = g_task_get_task_data (task);
  g_autoptr (TerraceS3Response) response = terrace_s3_call_receive_ok (object, result, task);
  GError *error = NULL;
  TerraceS3Provider *self = g_task_get_source_object (task);
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

  g_clear_pointer (&call->upload, terrace_s3_upload_free);
  call->upload = terrace_s3_upload_new (call->options->token, terrace_s3_part_checksum (self), id);
  begin_mark (task);
}

static void
add_algorithm (TerraceS3Provider *self, TerraceS3Request *request)
{
  TerraceChecksumKind kind = terrace_s3_part_checksum (self);

  if (kind == TERRACE_CHECKSUM_NONE)
    return;

  terrace_s3_request_add_header (request, "x-amz-checksum-algorithm",
                                 terrace_s3_checksum_get_algorithm (kind));
  terrace_s3_request_add_header (request, "x-amz-checksum-type", "FULL_OBJECT");
}

static void
begin_create (GTask *task)
{
  TerraceS3Call *call = g_task_get_task_data (task);
  TerraceS3Request *request = terrace_s3_request_new ("POST", call->key);
  GError *error = NULL;

  terrace_s3_request_add_query (request, "uploads", "");
  add_algorithm (g_task_get_source_object (task), request);
  if (!terrace_s3_add_options (request, call->options, &error))
    {
      terrace_s3_request_free (request);
      g_task_return_error (task, error);
      return;
    }
  terrace_s3_call_send (task, request, begin_create_cb);
}

/* Whether the upload that the marker names is still there. */
static void
begin_alive_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (TerraceS3Response) response = terrace_s3_call_receive (object, result, task);

  if (response == NULL)
    return;
  if (terrace_s3_response_is_ok (response))
    return_upload (task);
  else if (response->status == SOUP_STATUS_NOT_FOUND)
    begin_create (task);
  else
    terrace_s3_call_refuse (task, response);
}

/* (transfer full) (nullable): the upload that a marker of @token among @objects names. */
static TerraceS3Upload *
find_marked (GPtrArray *objects, const char *token)
{
  for (guint i = 0; i < objects->len; i++)
    {
      const TerraceObjectInfo *info = objects->pdata[i];
      g_autoptr (TerraceS3Upload) upload = terrace_s3_upload_from_marker (info->key);

      if (upload != NULL && strcmp (upload->token, token) == 0)
        return g_steal_pointer (&upload);
    }

  return NULL;
}

static void
begin_marker_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceS3Call *call = g_task_get_task_data (task);
  g_autoptr (TerraceS3Response) response = terrace_s3_call_receive_ok (object, result, task);
  g_autoptr (TerraceListing) listing = NULL;
  GError *error = NULL;

  if (response == NULL)
    return;

  listing = terrace_s3_xml_parse_listing (response->body, "", NULL, &error);
  if (listing == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  call->upload = find_marked (listing->objects, call->options->token);
  if (call->upload == NULL)
    {
      begin_create (task);
      return;
    }

  terrace_s3_call_send (task, terrace_s3_list_parts_request (call->key, call->upload->id, NULL),
                        begin_alive_cb);
}

static void
begin_look_for_marker (GTask *task)
{
  TerraceS3Call *call = g_task_get_task_data (task);
  g_autofree char *prefix = g_strconcat (TERRACE_S3_RESERVED, call->options->token, "/", NULL);
  TerraceS3Request *request = terrace_s3_list_request (prefix, NULL, 1);

  request->limit_bytes = MAX_MARKERS_BYTES;
  terrace_s3_call_send (task, request, begin_marker_cb);
}

static void
begin_exists (GTask *task, const TerraceS3Object *found)
{
  TerraceS3Call *call = g_task_get_task_data (task);

  if (g_strcmp0 (found->token, call->options->token) == 0)
    return_single (task);
  else
    g_task_return_new_error (task, TERRACE_ERROR, TERRACE_ERROR_EXISTS,
                             _ ("There is an object of this name already"));
}

static void
begin_head_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceS3Call *call = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (TerraceS3Object) found =
      terrace_s3_head_finish (TERRACE_S3_PROVIDER (object), result, &error);

  if (found != NULL)
    {
      begin_exists (task, found);
      return;
    }
  if (!g_error_matches (error, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND))
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }

  if (call->options->size_bytes <= call->options->part_bytes)
    {
      return_single (task);
      return;
    }
  begin_look_for_marker (task);
}

static void
begin_examined_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceS3Provider *self = TERRACE_S3_PROVIDER (object);
  TerraceS3Call *call = g_task_get_task_data (task);

  terrace_s3_examine_finish (self, result);
  terrace_s3_head_async (self, call->key, g_task_get_cancellable (task), begin_head_cb,
                         g_object_ref (task));
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
      terrace_s3_call_new (provider, key, begin_async, cancellable, callback, user_data);
  TerraceS3Request *trial;
  TerraceS3Call *call;
  GError *error = NULL;
  gboolean fits;

  if (task == NULL)
    return;

  /* What cannot be kept is refused before a byte moves. */
  call = g_task_get_task_data (task);
  call->options = terrace_write_options_copy (options);
  trial = terrace_s3_request_new ("PUT", key);
  fits = terrace_s3_add_options (trial, call->options, &error);
  terrace_s3_request_free (trial);
  if (!fits)
    g_task_return_error (task, error);
  else
    terrace_s3_examine_async (TERRACE_S3_PROVIDER (provider), cancellable, begin_examined_cb,
                              g_object_ref (task));
}

static char *
begin_finish (TerraceProvider *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

void
terrace_s3_provider_init_beginning (TerraceProviderInterface *iface)
{
  iface->begin_async = begin_async;
  iface->begin_finish = begin_finish;
}
