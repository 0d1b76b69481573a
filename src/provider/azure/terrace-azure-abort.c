/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finds unfinished uploads and gives them up. Main thread, asynchronous.
 *
 * Azure has no request that removes blocks. They go when an object of their name is made of others,
 * and after a week. So an object is made of no block, only if there is none, and removed again,
 * only if it is still that one; for the moment between, and after a crash, its metadata says that
 * it stands for nothing. */

#include "config.h"

#include "provider/azure/terrace-azure-provider-private.h"

#include "base/terrace-error.h"
#include "base/terrace-limits.h"
#include "provider/azure/terrace-azure-name.h"
#include "provider/azure/terrace-azure-xml.h"

#include <glib/gi18n-lib.h>

/* A part that was on its way may land after the upload was given up: look again. */
#define MAX_ABORTS 4
#define MAX_NAMES_BYTES (8 * 1024 * 1024)

/* --- Abort ----------------------------------------------------------------------------------- */

static void look (GTask *task);

/* Whoever was quicker, the blocks are gone with it: look. */
static void
removed_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (TerraceAzureResponse) response = terrace_azure_call_receive (object, result, task);

  if (response == NULL)
    return;
  if (terrace_azure_response_is_ok (response) || response->status == SOUP_STATUS_NOT_FOUND ||
      response->status == SOUP_STATUS_PRECONDITION_FAILED)
    look (task);
  else
    terrace_azure_call_refuse (task, response);
}

/* @etag: with its quotes */
static void
remove_only (GTask *task, const char *etag)
{
  TerraceAzureCall *call = g_task_get_task_data (task);
  TerraceHttpRequest *request = terrace_http_request_new ("DELETE", call->name);

  terrace_http_request_add_header (request, "if-match", etag);
  terrace_azure_call_send (task, request, removed_cb);
}

static void
placed_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (TerraceAzureResponse) response = terrace_azure_call_receive (object, result, task);
  const char *etag;

  if (response == NULL)
    return;

  etag = terrace_azure_response_get_header (response, "ETag");
  if (terrace_azure_response_is_ok (response) && etag != NULL)
    remove_only (task, etag);
  else if (terrace_azure_response_is_ok (response) ||
           terrace_azure_response_has_code (response, "BlobAlreadyExists"))
    look (task);
  else
    terrace_azure_call_refuse (task, response);
}

static void
place (GTask *task)
{
  TerraceAzureCall *call = g_task_get_task_data (task);
  TerraceHttpRequest *request = terrace_http_request_new ("PUT", call->name);

  terrace_http_request_add_query (request, "comp", "blocklist");
  terrace_http_request_add_header (request, "content-type", "application/xml");
  terrace_http_request_add_header (request, "if-none-match", "*");
  terrace_azure_add_placeholder (request);
  request->body = terrace_azure_xml_build_block_list (NULL, 0);
  terrace_azure_call_send (task, request, placed_cb);
}

static void
blocks_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceAzureCall *call = g_task_get_task_data (task);
  g_autoptr (TerraceAzureResponse) response = terrace_azure_call_receive (object, result, task);
  g_autoptr (GPtrArray) blocks = NULL;
  GError *error = NULL;

  if (response == NULL)
    return;
  if (response->status == SOUP_STATUS_NOT_FOUND)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  if (!terrace_azure_response_is_ok (response))
    {
      terrace_azure_call_refuse (task, response);
      return;
    }

  blocks = terrace_azure_xml_parse_blocks (response->body, &error);
  if (blocks == NULL)
    g_task_return_error (task, error);
  else if (blocks->len == 0)
    g_task_return_boolean (task, TRUE);
  else if (call->attempts++ < MAX_ABORTS)
    place (task);
  else
    g_task_return_new_error (task, TERRACE_ERROR, TERRACE_ERROR_BUSY,
                             _ ("Parts of the upload are still arriving; it can be removed when "
                                "they have"));
}

/* Blocks beside an object that is there cannot be told to go; they do so in a week. */
static void
head_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceAzureCall *call = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (TerraceAzureObject) found =
      terrace_azure_head_finish (TERRACE_AZURE_PROVIDER (object), result, &error);

  if (found != NULL)
    g_task_return_boolean (task, TRUE);
  else if (g_error_matches (error, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND))
    terrace_azure_call_send (task, terrace_azure_blocks_request (call->name), blocks_cb);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static void
look (GTask *task)
{
  TerraceAzureCall *call = g_task_get_task_data (task);

  terrace_azure_head_async (g_task_get_source_object (task), call->key,
                            g_task_get_cancellable (task), head_cb, g_object_ref (task));
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
      terrace_azure_call_new (provider, key, abort_async, cancellable, callback, user_data);
  TerraceAzureProvider *self = TERRACE_AZURE_PROVIDER (provider);
  TerraceAzureCall *call;
  GError *error = NULL;

  if (task == NULL)
    return;

  call = g_task_get_task_data (task);
  call->upload = terrace_azure_upload_from_string (upload, &error);
  if (call->upload == NULL)
    {
      g_task_return_error (task, error);
      return;
    }

  if (call->upload->id != NULL)
    {
      terrace_cloud_store_drop (self->pending, call->upload->id);
      g_hash_table_remove (self->begun, call->upload->id);
    }
  if (call->upload->is_whole)
    g_task_return_boolean (task, TRUE);
  else
    look (task);
}

/* --- List ------------------------------------------------------------------------------------ */

/* One for each upload under the name, with what its parts hold. */
static void
add_uploads (TerraceUploadListing *listing, const char *key, GPtrArray *blocks)
{
  g_autoptr (GHashTable) found = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < blocks->len; i++)
    {
      const TerraceAzureBlock *block = blocks->pdata[i];
      guint number = 0;
      g_autofree char *id = terrace_azure_block_parse (block->name, &number);
      g_autofree char *text = terrace_azure_upload_to_string (id, FALSE);
      TerraceUpload *upload = g_hash_table_lookup (found, text);

      if (upload == NULL && listing->uploads->len >= TERRACE_LIMIT_LIST_PAGE)
        return;
      if (upload == NULL)
        {
          upload = terrace_upload_new (key, text, 0, 0);
          g_ptr_array_add (listing->uploads, upload);
          g_hash_table_insert (found, upload->upload, upload);
        }
      if (number != TERRACE_AZURE_BEGIN_BLOCK)
        upload->size_bytes += block->size_bytes;
    }
}

static void list_next (GTask *task);

static void
list_blocks_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceAzureCall *call = g_task_get_task_data (task);
  g_autoptr (TerraceAzureResponse) response = terrace_azure_call_receive (object, result, task);
  g_autofree char *key = NULL;
  g_autoptr (GPtrArray) blocks = NULL;
  GError *error = NULL;

  if (response == NULL)
    return;
  if (terrace_azure_response_is_ok (response))
    {
      blocks = terrace_azure_xml_parse_blocks (response->body, &error);
      if (blocks == NULL)
        {
          g_task_return_error (task, error);
          return;
        }
    }
  else if (response->status != SOUP_STATUS_NOT_FOUND)
    {
      /* A page or append blob has no blocks. */
      if (!terrace_azure_response_has_code (response, "InvalidBlobType"))
        {
          terrace_azure_call_refuse (task, response);
          return;
        }
    }

  key = terrace_azure_name_to_key (call->names->pdata[call->names->len - 1]);
  if (key != NULL && blocks != NULL)
    add_uploads (call->uploads, key, blocks);
  g_ptr_array_set_size (call->names, (int) call->names->len - 1);
  list_next (task);
}

static void
list_next (GTask *task)
{
  TerraceAzureCall *call = g_task_get_task_data (task);

  if (call->names->len == 0)
    g_task_return_pointer (task, g_steal_pointer (&call->uploads),
                           (GDestroyNotify) terrace_upload_listing_free);
  else
    terrace_azure_call_send (task,
                             terrace_azure_blocks_request (
                                 call->names->pdata[call->names->len - 1]),
                             list_blocks_cb);
}

static void
list_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceAzureCall *call = g_task_get_task_data (task);
  g_autoptr (TerraceAzureResponse) response = terrace_azure_call_receive (object, result, task);
  GError *error = NULL;

  if (response == NULL)
    return;
  if (!terrace_azure_response_is_ok (response))
    {
      terrace_azure_call_refuse (task, response);
      return;
    }

  call->names = terrace_azure_xml_parse_empty_names (response->body, &call->uploads->next, &error);
  if (call->names == NULL)
    g_task_return_error (task, error);
  else
    list_next (task);
}

static void
list_uploads_async (TerraceProvider *provider,
                    const char *continuation,
                    GCancellable *cancellable,
                    GAsyncReadyCallback callback,
                    gpointer user_data)
{
  g_autoptr (GTask) task =
      terrace_azure_call_new (provider, NULL, list_uploads_async, cancellable, callback, user_data);
  g_autofree char *max_results = g_strdup_printf ("%d", TERRACE_LIMIT_LIST_PAGE);
  TerraceHttpRequest *request;
  TerraceAzureCall *call;

  if (task == NULL)
    return;

  call = g_task_get_task_data (task);
  call->uploads = terrace_upload_listing_new ();
  request = terrace_http_request_new ("GET", NULL);
  request->limit_bytes = MAX_NAMES_BYTES;
  terrace_http_request_add_query (request, "restype", "container");
  terrace_http_request_add_query (request, "comp", "list");
  terrace_http_request_add_query (request, "include", "uncommittedblobs");
  terrace_http_request_add_query (request, "maxresults", max_results);
  if (continuation != NULL)
    terrace_http_request_add_query (request, "marker", continuation);
  terrace_azure_call_send (task, request, list_cb);
}

static TerraceUploadListing *
list_uploads_finish (TerraceProvider *self, GAsyncResult *result, GError **error)
{
  return terrace_azure_pointer_finish (self, result, error);
}

void
terrace_azure_provider_init_aborting (TerraceProviderInterface *iface)
{
  iface->abort_async = abort_async;
  iface->abort_finish = terrace_azure_boolean_finish;
  iface->list_uploads_async = list_uploads_async;
  iface->list_uploads_finish = list_uploads_finish;
}
