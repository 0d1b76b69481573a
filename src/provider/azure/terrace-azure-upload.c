/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Begins uploads, takes them up again and sends their parts. Main thread, asynchronous.
 *
 * An object of one part is kept in memory until finish() sends it: nothing may be seen before. An
 * object of more parts is a row of blocks under the object's own name, which is no object until
 * finish() makes it one. Azure knows no beginning of that, so a block of one byte stands for it. */

#include "config.h"

#include "provider/azure/terrace-azure-provider-private.h"

#include "base/terrace-error.h"
#include "provider/azure/terrace-azure-xml.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* 100,000 blocks with names of 52 characters. */
#define MAX_BLOCKS_BYTES (16 * 1024 * 1024)
/* Uploads that are remembered to have begun; those that are forgotten are asked for again. */
#define MAX_BEGUN 4096

TerraceHttpRequest *
terrace_azure_blocks_request (const char *name)
{
  TerraceHttpRequest *request = terrace_http_request_new ("GET", name);

  request->limit_bytes = MAX_BLOCKS_BYTES;
  terrace_http_request_add_query (request, "comp", "blocklist");
  terrace_http_request_add_query (request, "blocklisttype", "uncommitted");

  return request;
}

gboolean
terrace_azure_object_is_of (const TerraceAzureObject *object, const char *id)
{
  g_autofree char *found = object->token != NULL ? terrace_azure_upload_id (object->token) : NULL;

  return g_strcmp0 (found, id) == 0;
}

static void
remember (TerraceAzureProvider *self, const char *id)
{
  if (g_hash_table_size (self->begun) >= MAX_BEGUN)
    g_hash_table_remove_all (self->begun);
  g_hash_table_add (self->begun, g_strdup (id));
}

static gboolean
is_whole (const TerraceWriteOptions *options)
{
  return options->size_bytes <= options->part_bytes;
}

/* (transfer full): what puts a block of the task's upload. */
static TerraceHttpRequest *
block_request (const TerraceAzureCall *call, guint number, GBytes *bytes)
{
  TerraceHttpRequest *request = terrace_http_request_new ("PUT", call->name);
  g_autofree char *block = terrace_azure_block_name (call->upload->id, number);

  terrace_http_request_add_query (request, "comp", "block");
  terrace_http_request_add_query (request, "blockid", block);
  request->body = g_bytes_ref (bytes);

  return request;
}

/* --- Begin ----------------------------------------------------------------------------------- */

static void
return_upload (GTask *task)
{
  TerraceAzureCall *call = g_task_get_task_data (task);

  g_task_return_pointer (task,
                         terrace_azure_upload_to_string (call->upload->id, call->upload->is_whole),
                         g_free);
}

static void
begin_block_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceAzureCall *call = g_task_get_task_data (task);
  g_autoptr (TerraceAzureResponse) response = terrace_azure_call_receive (object, result, task);

  if (response == NULL)
    return;
  if (!terrace_azure_response_is_ok (response))
    {
      terrace_azure_call_refuse (task, response);
      return;
    }

  remember (g_task_get_source_object (task), call->upload->id);
  return_upload (task);
}

static void
begin_head_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceAzureCall *call = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (TerraceAzureObject) found =
      terrace_azure_head_finish (TERRACE_AZURE_PROVIDER (object), result, &error);

  if (found != NULL && g_strcmp0 (found->token, call->options->token) != 0)
    {
      terrace_azure_call_return_exists (task);
    }
  else if (found == NULL && !g_error_matches (error, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND))
    {
      g_task_return_error (task, g_steal_pointer (&error));
    }
  else if (found != NULL || call->upload->is_whole)
    {
      return_upload (task);
    }
  else
    {
      g_autoptr (GBytes) mark = g_bytes_new_static ("x", 1);

      terrace_azure_call_send (task, block_request (call, TERRACE_AZURE_BEGIN_BLOCK, mark),
                               begin_block_cb);
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
      terrace_azure_call_new (provider, key, begin_async, cancellable, callback, user_data);
  g_autoptr (TerraceHttpRequest) trial = NULL;
  TerraceAzureCall *call;
  GError *error = NULL;

  if (task == NULL)
    return;

  call = g_task_get_task_data (task);
  call->options = terrace_write_options_copy (options);
  call->upload = g_new0 (TerraceAzureUpload, 1);
  call->upload->id = terrace_azure_upload_id (options->token);
  call->upload->is_whole = is_whole (options);
  /* What cannot be kept is refused before a byte moves. */
  trial = terrace_http_request_new ("PUT", call->name);
  if (!terrace_azure_add_options (trial, call->options, call->upload->is_whole, &error))
    g_task_return_error (task, error);
  else
    terrace_azure_head_async (TERRACE_AZURE_PROVIDER (provider), key, cancellable, begin_head_cb,
                              g_object_ref (task));
}

static char *
begin_finish (TerraceProvider *self, GAsyncResult *result, GError **error)
{
  return terrace_azure_pointer_finish (self, result, error);
}

/* --- Resume ---------------------------------------------------------------------------------- */

static void
return_parts (GTask *task, GPtrArray *parts)
{
  g_task_return_pointer (task, parts, (GDestroyNotify) g_ptr_array_unref);
}

static GPtrArray *
pending_parts (TerraceAzureProvider *self, const TerraceAzureCall *call)
{
  GPtrArray *parts = terrace_cloud_parts_new ();

  if (terrace_cloud_store_find (self->pending, call->upload->id, call->options->size_bytes) != NULL)
    g_ptr_array_add (parts, terrace_part_new (0, 0, call->options->size_bytes, "kept"));

  return parts;
}

/* The upload is not there: either it has become the object, or it is gone. */
static void
resume_head_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceAzureCall *call = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (TerraceAzureObject) found =
      terrace_azure_head_finish (TERRACE_AZURE_PROVIDER (object), result, &error);

  if (found == NULL && !g_error_matches (error, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND))
    g_task_return_error (task, g_steal_pointer (&error));
  else if (found != NULL && terrace_azure_object_is_of (found, call->upload->id))
    return_parts (task, terrace_cloud_parts_new_all (call->options));
  else if (call->upload->is_whole)
    return_parts (task, pending_parts (TERRACE_AZURE_PROVIDER (object), call));
  else
    terrace_azure_call_return_upload_gone (task);
}

static int
compare_parts (gconstpointer a, gconstpointer b)
{
  const TerracePart *first = *(TerracePart *const *) a;
  const TerracePart *second = *(TerracePart *const *) b;

  return first->number < second->number ? -1 : first->number > second->number;
}

/* (transfer full) (nullable): the parts that are what they should be, in order; %NULL if the upload
 * has not begun. */
static GPtrArray *
usable_parts (const TerraceAzureCall *call, GPtrArray *blocks)
{
  g_autoptr (GPtrArray) parts = terrace_cloud_parts_new ();
  gboolean has_begun = FALSE;

  for (guint i = 0; i < blocks->len; i++)
    {
      const TerraceAzureBlock *block = blocks->pdata[i];
      guint number;
      g_autofree char *id = terrace_azure_block_parse (block->name, &number);

      if (g_strcmp0 (id, call->upload->id) != 0)
        continue;
      if (number == TERRACE_AZURE_BEGIN_BLOCK)
        has_begun = TRUE;
      else if (call->options != NULL && block->size_bytes > 0 &&
               block->size_bytes == terrace_cloud_part_size (call->options, number))
        g_ptr_array_add (parts, terrace_part_new (number, number * call->options->part_bytes,
                                                  block->size_bytes, block->name));
    }
  g_ptr_array_sort (parts, compare_parts);

  return has_begun ? g_steal_pointer (&parts) : NULL;
}

static void send_part (GTask *task);
static void write_head_cb (GObject *object, GAsyncResult *result, gpointer user_data);

/* What there is of the upload; asked by resume(), and by write_part() of an upload that it does not
 * know. */
static void
blocks_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceAzureProvider *self = g_task_get_source_object (task);
  TerraceAzureCall *call = g_task_get_task_data (task);
  g_autoptr (TerraceAzureResponse) response = terrace_azure_call_receive (object, result, task);
  gboolean is_writing = call->bytes != NULL;
  g_autoptr (GPtrArray) blocks = NULL;
  g_autoptr (GPtrArray) parts = NULL;
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
      parts = usable_parts (call, blocks);
    }
  else if (response->status != SOUP_STATUS_NOT_FOUND ||
           terrace_azure_response_has_code (response, "ContainerNotFound"))
    {
      terrace_azure_call_refuse (task, response);
      return;
    }

  if (parts == NULL)
    {
      terrace_azure_head_async (self, call->key, g_task_get_cancellable (task),
                                is_writing ? write_head_cb : resume_head_cb, g_object_ref (task));
      return;
    }
  remember (self, call->upload->id);
  if (is_writing)
    send_part (task);
  else
    return_parts (task, g_steal_pointer (&parts));
}

/* Takes up what @upload says; answers @task if it says nothing that has parts. */
static gboolean
take_upload (GTask *task, const char *upload)
{
  TerraceAzureCall *call = g_task_get_task_data (task);
  GError *error = NULL;

  call->upload = terrace_azure_upload_from_string (upload, &error);
  if (call->upload == NULL)
    g_task_return_error (task, error);
  else if (call->upload->id == NULL)
    g_task_return_new_error (task, TERRACE_ERROR, TERRACE_ERROR_INVALID,
                             _ ("An upload of another program cannot be taken up"));

  return call->upload != NULL && call->upload->id != NULL;
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
      terrace_azure_call_new (provider, key, resume_async, cancellable, callback, user_data);
  TerraceAzureCall *call;

  if (task == NULL || !take_upload (task, upload))
    return;

  call = g_task_get_task_data (task);
  call->options = terrace_write_options_copy (options);
  if (call->upload->is_whole)
    terrace_azure_head_async (TERRACE_AZURE_PROVIDER (provider), key, cancellable, resume_head_cb,
                              g_object_ref (task));
  else
    terrace_azure_call_send (task, terrace_azure_blocks_request (call->name), blocks_cb);
}

static GPtrArray *
resume_finish (TerraceProvider *self, GAsyncResult *result, GError **error)
{
  return terrace_azure_pointer_finish (self, result, error);
}

/* --- Parts ----------------------------------------------------------------------------------- */

/* The upload is not there: a part of an object that is finished need not be sent again. */
static void
write_head_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceAzureCall *call = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (TerraceAzureObject) found =
      terrace_azure_head_finish (TERRACE_AZURE_PROVIDER (object), result, &error);

  if (found != NULL && terrace_azure_object_is_of (found, call->upload->id))
    g_task_return_pointer (task, g_strdup ("done"), g_free);
  else if (error != NULL && !g_error_matches (error, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND))
    g_task_return_error (task, g_steal_pointer (&error));
  else
    terrace_azure_call_return_upload_gone (task);
}

static void
write_part_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceAzureCall *call = g_task_get_task_data (task);
  g_autoptr (TerraceAzureResponse) response = terrace_azure_call_receive (object, result, task);

  if (response == NULL)
    return;
  if (terrace_azure_response_is_ok (response))
    g_task_return_pointer (task, terrace_azure_block_name (call->upload->id, call->number), g_free);
  else
    terrace_azure_call_refuse (task, response);
}

static void
send_part (GTask *task)
{
  TerraceAzureCall *call = g_task_get_task_data (task);

  terrace_azure_call_send (task, block_request (call, call->number, call->bytes), write_part_cb);
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
      terrace_azure_call_new (provider, key, write_part_async, cancellable, callback, user_data);
  TerraceAzureProvider *self = TERRACE_AZURE_PROVIDER (provider);
  TerraceAzureCall *call;

  if (task == NULL || !take_upload (task, upload))
    return;

  call = g_task_get_task_data (task);
  call->number = number;
  call->bytes = g_bytes_ref (bytes);
  if (call->upload->is_whole)
    {
      terrace_cloud_store_keep (self->pending, call->upload->id, bytes);
      g_task_return_pointer (task, g_strdup ("kept"), g_free);
    }
  else if (g_hash_table_contains (self->begun, call->upload->id))
    {
      send_part (task);
    }
  else
    {
      terrace_azure_call_send (task, terrace_azure_blocks_request (call->name), blocks_cb);
    }
}

static char *
write_part_finish (TerraceProvider *self, GAsyncResult *result, GError **error)
{
  return terrace_azure_pointer_finish (self, result, error);
}

void
terrace_azure_provider_init_uploading (TerraceProviderInterface *iface)
{
  iface->begin_async = begin_async;
  iface->begin_finish = begin_finish;
  iface->resume_async = resume_async;
  iface->resume_finish = resume_finish;
  iface->write_part_async = write_part_async;
  iface->write_part_finish = write_part_finish;
}
