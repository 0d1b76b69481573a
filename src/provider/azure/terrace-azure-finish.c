/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Makes an object of what was uploaded. Main thread, asynchronous.
 *
 * Nothing is ever overwritten: each request says "only if there is nothing" (If-None-Match). Where
 * that is refused, a token in the object's metadata tells our own object, after a crash, from
 * anybody else's. Where it is not, what has been written is known, and need not be asked for. */

#include "config.h"

#include "provider/azure/terrace-azure-provider-private.h"

#include "base/terrace-error.h"
#include "provider/azure/terrace-azure-xml.h"

#include <glib/gi18n-lib.h>

static void
return_object (GTask *task, TerraceAzureObject *found)
{
  TerraceAzureProvider *self = g_task_get_source_object (task);
  TerraceAzureCall *call = g_task_get_task_data (task);
  g_autofree char *id = terrace_azure_upload_id (call->options->token);

  if (found->info->size_bytes != call->options->size_bytes)
    {
      g_task_return_new_error (task, TERRACE_ERROR, TERRACE_ERROR_CORRUPT,
                               _ ("The object has %" G_GUINT64_FORMAT " bytes instead of "
                                  "%" G_GUINT64_FORMAT),
                               found->info->size_bytes, call->options->size_bytes);
      return;
    }

  terrace_cloud_store_drop (self->pending, id);
  g_hash_table_remove (self->begun, id);
  terrace_azure_call_return_info (task, found);
}

static void
return_missing (GTask *task, GError *error)
{
  TerraceAzureCall *call = g_task_get_task_data (task);

  /* Some servers take the blocks of an unfinished upload for an object. */
  if (call->was_refused && g_error_matches (error, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND))
    {
      g_task_return_new_error (task, TERRACE_ERROR, TERRACE_ERROR_BUSY,
                               _ ("Somebody else is uploading an object of this name"));
      g_clear_error (&error);
    }
  else
    {
      g_task_return_error (task, g_steal_pointer (&error));
    }
}

static void
confirm_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceAzureCall *call = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (TerraceAzureObject) found =
      terrace_azure_head_finish (TERRACE_AZURE_PROVIDER (object), result, &error);

  if (found == NULL)
    return_missing (task, error);
  else if (g_strcmp0 (found->token, call->options->token) != 0)
    terrace_azure_call_return_exists (task);
  else
    return_object (task, found);
}

void
terrace_azure_confirm (GTask *task)
{
  TerraceAzureCall *call = g_task_get_task_data (task);

  terrace_azure_head_async (g_task_get_source_object (task), call->key,
                            g_task_get_cancellable (task), confirm_cb, g_object_ref (task));
}

/* (transfer full) (nullable): the object that @response says has been made; %NULL if it leaves
 * something open. */
static TerraceAzureObject *
object_written (GTask *task, const TerraceAzureResponse *response)
{
  TerraceAzureProvider *self = g_task_get_source_object (task);
  TerraceAzureCall *call = g_task_get_task_data (task);
  const char *etag = terrace_azure_response_get_header (response, "ETag");
  const char *modified = terrace_azure_response_get_header (response, "Last-Modified");
  const char *md5 = terrace_azure_response_get_header (response, "Content-MD5");
  g_autoptr (TerraceHttpRequest) request = terrace_http_request_new ("PUT", call->name);
  SoupMessageHeaders *headers;
  TerraceAzureObject *object;

  /* Which tier an account has by default, and when an object of blocks began, only the service
   * knows. */
  if (etag == NULL || modified == NULL || call->options->class_id == NULL ||
      !call->upload->is_whole || !terrace_azure_add_options (request, call->options, TRUE, NULL))
    return NULL;

  headers = soup_message_headers_new (SOUP_MESSAGE_HEADERS_RESPONSE);
  soup_message_headers_set_content_length (headers, (goffset) call->options->size_bytes);
  soup_message_headers_append (headers, "ETag", etag);
  soup_message_headers_append (headers, "Last-Modified", modified);
  soup_message_headers_append (headers, "x-ms-creation-time", modified);
  if (md5 != NULL)
    soup_message_headers_append (headers, "Content-MD5", md5);
  for (guint i = 0; i < request->headers->len; i++)
    {
      const TerraceHttpPair *header = request->headers->pdata[i];

      soup_message_headers_append (headers, header->name, header->value);
    }
  object = terrace_azure_object_new (call->key, headers, self->class_prefix, NULL);
  soup_message_headers_unref (headers);

  return object;
}

static void
written (GTask *task, const TerraceAzureResponse *response)
{
  g_autoptr (TerraceAzureObject) object = object_written (task, response);

  if (object != NULL)
    return_object (task, object);
  else
    terrace_azure_confirm (task);
}

/* The bytes or the blocks are gone; that is as it should be if they have become the object. */
static void
gone_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceAzureCall *call = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (TerraceAzureObject) found =
      terrace_azure_head_finish (TERRACE_AZURE_PROVIDER (object), result, &error);

  if (found != NULL && g_strcmp0 (found->token, call->options->token) == 0)
    return_object (task, found);
  else if (found != NULL)
    terrace_azure_call_return_exists (task);
  else if (g_error_matches (error, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND))
    terrace_azure_call_return_upload_gone (task);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static void
look_for_gone (GTask *task)
{
  TerraceAzureCall *call = g_task_get_task_data (task);

  terrace_azure_head_async (g_task_get_source_object (task), call->key,
                            g_task_get_cancellable (task), gone_cb, g_object_ref (task));
}

static void
send_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceAzureCall *call = g_task_get_task_data (task);
  g_autoptr (TerraceAzureResponse) response = terrace_azure_call_receive (object, result, task);

  if (response == NULL)
    return;
  if (terrace_azure_response_has_code (response, "InvalidBlockList"))
    {
      g_hash_table_remove (TERRACE_AZURE_PROVIDER (g_task_get_source_object (task))->begun,
                           call->upload->id);
      look_for_gone (task);
      return;
    }

  /* Refused by the condition: whose is it? */
  call->was_refused = terrace_azure_response_has_code (response, "BlobAlreadyExists") ||
                      response->status == SOUP_STATUS_PRECONDITION_FAILED;
  if (terrace_azure_response_is_ok (response))
    written (task, response);
  else if (call->was_refused)
    terrace_azure_confirm (task);
  else
    terrace_azure_call_refuse (task, response);
}

/* Takes over @request; adds what is the same for one piece and for many. */
static void
send_object (GTask *task, TerraceHttpRequest *request)
{
  TerraceAzureCall *call = g_task_get_task_data (task);
  GError *error = NULL;

  if (!terrace_azure_add_options (request, call->options, call->upload->is_whole, &error))
    {
      terrace_http_request_free (request);
      g_task_return_error (task, error);
      return;
    }

  terrace_http_request_add_header (request, "if-none-match", "*");
  terrace_azure_call_send (task, request, send_cb);
}

static void
send_whole (GTask *task, GBytes *bytes)
{
  TerraceAzureCall *call = g_task_get_task_data (task);
  TerraceHttpRequest *request = terrace_http_request_new ("PUT", call->name);

  terrace_http_request_add_header (request, "x-ms-blob-type", "BlockBlob");
  terrace_http_request_add_header (request, "content-type", "application/octet-stream");
  request->body = g_bytes_ref (bytes);
  send_object (task, request);
}

static void
finish_whole (GTask *task)
{
  TerraceAzureProvider *self = g_task_get_source_object (task);
  TerraceAzureCall *call = g_task_get_task_data (task);
  g_autoptr (GBytes) nothing = g_bytes_new (NULL, 0);
  GBytes *bytes =
      call->options->size_bytes == 0 ?
          nothing :
          terrace_cloud_store_find (self->pending, call->upload->id, call->options->size_bytes);

  if (bytes != NULL)
    send_whole (task, bytes);
  else
    look_for_gone (task);
}

static void
finish_blocks (GTask *task)
{
  TerraceAzureCall *call = g_task_get_task_data (task);
  TerraceHttpRequest *request = terrace_http_request_new ("PUT", call->name);

  terrace_http_request_add_query (request, "comp", "blocklist");
  terrace_http_request_add_header (request, "content-type", "application/xml");
  terrace_http_request_add_header (request, "x-ms-blob-content-type", "application/octet-stream");
  request->body = terrace_azure_xml_build_block_list (call->upload->id, call->parts->len);
  send_object (task, request);
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
      terrace_azure_call_new (provider, key, finish_async, cancellable, callback, user_data);
  TerraceAzureCall *call;
  GError *error = NULL;

  if (task == NULL)
    return;

  call = g_task_get_task_data (task);
  call->options = terrace_write_options_copy (options);
  call->parts = g_ptr_array_ref (parts);
  call->upload = terrace_azure_upload_from_string (upload, &error);
  if (call->upload == NULL)
    g_task_return_error (task, error);
  else if (call->upload->id == NULL ||
           !terrace_cloud_parts_are_whole (call->parts, options->size_bytes))
    g_task_return_new_error (task, TERRACE_ERROR, TERRACE_ERROR_INVALID,
                             _ ("Parts of the object are missing"));
  else if (call->upload->is_whole)
    finish_whole (task);
  else
    finish_blocks (task);
}

static TerraceObjectInfo *
finish_finish (TerraceProvider *self, GAsyncResult *result, GError **error)
{
  return terrace_azure_pointer_finish (self, result, error);
}

void
terrace_azure_provider_init_finishing (TerraceProviderInterface *iface)
{
  iface->finish_async = finish_async;
  iface->finish_finish = finish_finish;
}
