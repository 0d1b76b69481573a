/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finds uploads that were not finished: ours and anybody else's. Main thread, asynchronous.
 *
 * Three questions make a page: which uploads there are, which of them a marker names as ours, and
 * for each how much of it is stored, since S3 tells that only part by part. */

#include "config.h"

#include "provider/s3/terrace-s3-provider-private.h"

#include "base/terrace-limits.h"
#include "provider/s3/terrace-s3-xml.h"

#include <string.h>

/* Every upload on the page costs one request more. */
#define MAX_UPLOADS "100"
#define MAX_UPLOADS_BYTES (1024 * 1024)
/* Markers of ours that are looked at; uploads beyond them are listed as somebody else's. */
#define MAX_MARKERS TERRACE_LIMIT_LIST_PAGE

static void measure (GTask *task);

static void
measure_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceS3Call *call = g_task_get_task_data (task);
  g_autoptr (TerraceS3Response) response = terrace_s3_call_receive (object, result, task);
  TerraceUpload *upload = call->uploads->uploads->pdata[call->number];
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func ((GDestroyNotify) terrace_part_free);
  g_autoptr (TerraceS3Upload) named = NULL;
  g_autofree char *next = NULL;
  GError *error = NULL;

  if (response == NULL)
    return;
  /* It was finished or removed since it was listed. */
  if (response->status == SOUP_STATUS_NOT_FOUND)
    {
      g_ptr_array_remove_index (call->uploads->uploads, call->number);
      measure (task);
      return;
    }
  if (!terrace_s3_response_is_ok (response))
    {
      terrace_s3_call_refuse (task, response);
      return;
    }
  if (!terrace_s3_xml_parse_parts (response->body, parts, &next, &error))
    {
      g_task_return_error (task, error);
      return;
    }

  for (guint i = 0; i < parts->len; i++)
    upload->size_bytes += ((TerracePart *) parts->pdata[i])->size_bytes;
  named = terrace_s3_upload_from_string (upload->upload, NULL);
  call->attempts++;
  if (next != NULL && parts->len > 0 && call->attempts < TERRACE_LIMIT_PARTS)
    {
      terrace_s3_call_send (task, terrace_s3_list_parts_request (upload->key, named->id, next),
                            measure_cb);
      return;
    }

  call->number++;
  measure (task);
}

/* Asks for the parts of the next upload on the page. */
static void
measure (GTask *task)
{
  TerraceS3Call *call = g_task_get_task_data (task);
  const TerraceUpload *upload;
  g_autoptr (TerraceS3Upload) named = NULL;

  if (call->number >= call->uploads->uploads->len)
    {
      g_task_return_pointer (task, g_steal_pointer (&call->uploads),
                             (GDestroyNotify) terrace_upload_listing_free);
      return;
    }

  upload = call->uploads->uploads->pdata[call->number];
  named = terrace_s3_upload_from_string (upload->upload, NULL);
  call->attempts = 0;
  terrace_s3_call_send (task, terrace_s3_list_parts_request (upload->key, named->id, NULL),
                        measure_cb);
}

/* Turns S3's ids into what begin() would have returned. */
static void
name_uploads (GPtrArray *uploads, GPtrArray *markers)
{
  g_autoptr (GHashTable) ours = g_hash_table_new_full (g_str_hash, g_str_equal, NULL,
                                                       (GDestroyNotify) terrace_s3_upload_free);

  for (guint i = 0; i < markers->len; i++)
    {
      const TerraceObjectInfo *info = markers->pdata[i];
      TerraceS3Upload *named = terrace_s3_upload_from_marker (info->key);

      if (named != NULL)
        g_hash_table_replace (ours, named->id, named);
    }

  for (guint i = 0; i < uploads->len; i++)
    {
      TerraceUpload *upload = uploads->pdata[i];
      g_autofree char *id = g_steal_pointer (&upload->upload);
      const TerraceS3Upload *named = g_hash_table_lookup (ours, id);
      g_autoptr (TerraceS3Upload) foreign =
          terrace_s3_upload_new (TERRACE_S3_NO_TOKEN, TERRACE_CHECKSUM_NONE, id);

      upload->upload = terrace_s3_upload_to_string (named != NULL ? named : foreign);
    }
}

static void
markers_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceS3Call *call = g_task_get_task_data (task);
  g_autoptr (TerraceS3Response) response = terrace_s3_call_receive_ok (object, result, task);
  g_autoptr (TerraceListing) markers = NULL;
  GError *error = NULL;

  if (response == NULL)
    return;

  markers = terrace_s3_xml_parse_listing (response->body, "", NULL, &error);
  if (markers == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  name_uploads (call->uploads->uploads, markers->objects);
  measure (task);
}

static void
list_uploads_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceS3Call *call = g_task_get_task_data (task);
  g_autoptr (TerraceS3Response) response = terrace_s3_call_receive_ok (object, result, task);
  GError *error = NULL;

  if (response == NULL)
    return;

  call->uploads = terrace_s3_xml_parse_uploads (response->body, &error);
  if (call->uploads == NULL)
    g_task_return_error (task, error);
  else if (call->uploads->uploads->len == 0)
    measure (task);
  else
    terrace_s3_call_send (task, terrace_s3_list_request (TERRACE_S3_RESERVED, NULL, MAX_MARKERS),
                          markers_cb);
}

static void
list_uploads_async (TerraceProvider *provider,
                    const char *continuation,
                    GCancellable *cancellable,
                    GAsyncReadyCallback callback,
                    gpointer user_data)
{
  g_autoptr (GTask) task =
      terrace_s3_call_new (provider, NULL, list_uploads_async, cancellable, callback, user_data);
  const char *space = continuation != NULL ? strchr (continuation, ' ') : NULL;
  TerraceS3Request *request;

  if (task == NULL)
    return;

  request = terrace_s3_request_new ("GET", NULL);
  request->limit_bytes = MAX_UPLOADS_BYTES;
  terrace_s3_request_add_query (request, "uploads", "");
  terrace_s3_request_add_query (request, "encoding-type", "url");
  terrace_s3_request_add_query (request, "max-uploads", MAX_UPLOADS);
  if (space != NULL)
    {
      g_autofree char *id = g_strndup (continuation, space - continuation);

      terrace_s3_request_add_query (request, "upload-id-marker", id);
      terrace_s3_request_add_query (request, "key-marker", space + 1);
    }
  terrace_s3_call_send (task, request, list_uploads_cb);
}

static TerraceUploadListing *
list_uploads_finish (TerraceProvider *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

void
terrace_s3_provider_init_leftovers (TerraceProviderInterface *iface)
{
  iface->list_uploads_async = list_uploads_async;
  iface->list_uploads_finish = list_uploads_finish;
}
