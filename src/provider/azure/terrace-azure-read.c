/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The calls that look and read. Main thread, asynchronous. */

#include "config.h"

#include "provider/azure/terrace-azure-provider-private.h"

#include "base/terrace-error.h"
#include "base/terrace-limits.h"
#include "provider/azure/terrace-azure-name.h"
#include "provider/azure/terrace-azure-xml.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* A thousand names of 1,024 bytes, and what is around: most of it metadata, 8 KiB at most each. */
#define MAX_LISTING_BYTES (24 * 1024 * 1024)
/* A refusal is to be read whole, however little was asked for. */
#define MAX_REFUSAL_BYTES (256 * 1024)

/* --- Looking --------------------------------------------------------------------------------- */

static void
stat_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  g_autoptr (TerraceAzureObject) found =
      terrace_azure_head_finish (TERRACE_AZURE_PROVIDER (object), result, &error);

  if (found == NULL)
    g_task_return_error (task, error);
  else
    terrace_azure_call_return_info (task, found);
}

static void
stat_async (TerraceProvider *provider,
            const char *key,
            GCancellable *cancellable,
            GAsyncReadyCallback callback,
            gpointer user_data)
{
  g_autoptr (GTask) task =
      terrace_azure_call_new (provider, key, stat_async, cancellable, callback, user_data);

  if (task != NULL)
    terrace_azure_head_async (TERRACE_AZURE_PROVIDER (provider), key, cancellable, stat_cb,
                              g_object_ref (task));
}

static TerraceObjectInfo *
stat_finish (TerraceProvider *self, GAsyncResult *result, GError **error)
{
  return terrace_azure_pointer_finish (self, result, error);
}

static void
list_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceAzureProvider *self = g_task_get_source_object (task);
  TerraceAzureCall *call = g_task_get_task_data (task);
  g_autoptr (TerraceAzureResponse) response = terrace_azure_call_receive (object, result, task);
  TerraceListing *listing;
  GError *error = NULL;

  if (response == NULL)
    return;
  if (!terrace_azure_response_is_ok (response))
    {
      terrace_azure_call_refuse (task, response);
      return;
    }

  listing =
      terrace_azure_xml_parse_listing (response->body, self->class_prefix, call->prefix, &error);
  if (listing == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, listing, (GDestroyNotify) terrace_listing_free);
}

/* The order is that of the blobs' names: a key of which characters are written in another way (see
 * terrace-azure-name.c) comes where its name does. */
static void
list_async (TerraceProvider *provider,
            const char *prefix,
            const char *continuation,
            GCancellable *cancellable,
            GAsyncReadyCallback callback,
            gpointer user_data)
{
  g_autoptr (GTask) task =
      terrace_azure_call_new (provider, NULL, list_async, cancellable, callback, user_data);
  g_autofree char *name_prefix = terrace_azure_name_from_prefix (prefix);
  g_autofree char *max_results = g_strdup_printf ("%d", TERRACE_LIMIT_LIST_PAGE);
  TerraceHttpRequest *request;
  TerraceAzureCall *call;

  if (task == NULL)
    return;

  call = g_task_get_task_data (task);
  call->prefix = g_strdup (prefix);
  request = terrace_http_request_new ("GET", NULL);
  request->limit_bytes = MAX_LISTING_BYTES;
  terrace_http_request_add_query (request, "restype", "container");
  terrace_http_request_add_query (request, "comp", "list");
  terrace_http_request_add_query (request, "include", "metadata");
  terrace_http_request_add_query (request, "maxresults", max_results);
  if (name_prefix[0] != '\0')
    terrace_http_request_add_query (request, "prefix", name_prefix);
  if (continuation != NULL)
    terrace_http_request_add_query (request, "marker", continuation);
  terrace_azure_call_send (task, request, list_cb);
}

static TerraceListing *
list_finish (TerraceProvider *self, GAsyncResult *result, GError **error)
{
  return terrace_azure_pointer_finish (self, result, error);
}

static void
probe_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceAzureProvider *self = g_task_get_source_object (task);
  TerraceAzureCall *call = g_task_get_task_data (task);
  g_autoptr (TerraceAzureResponse) response = terrace_azure_call_receive (object, result, task);
  TerraceProbe *probe;

  if (response == NULL)
    return;
  if (!terrace_azure_response_is_ok (response))
    {
      terrace_azure_call_refuse (task, response);
      return;
    }

  probe = g_new0 (TerraceProbe, 1);
  probe->writable = !terrace_azure_client_is_read_only (self->client);
  probe->latency_us = MAX (g_get_monotonic_time () - call->started_us, 1);
  g_task_return_pointer (task, probe, g_free);
}

/* A signature for a container may list it, but not ask for its properties. */
static void
probe_async (TerraceProvider *provider,
             GCancellable *cancellable,
             GAsyncReadyCallback callback,
             gpointer user_data)
{
  g_autoptr (GTask) task =
      terrace_azure_call_new (provider, NULL, probe_async, cancellable, callback, user_data);
  TerraceHttpRequest *request;
  TerraceAzureCall *call;

  if (task == NULL)
    return;

  call = g_task_get_task_data (task);
  call->started_us = g_get_monotonic_time ();
  request = terrace_http_request_new ("GET", NULL);
  terrace_http_request_add_query (request, "restype", "container");
  terrace_http_request_add_query (request, "comp", "list");
  terrace_http_request_add_query (request, "maxresults", "1");
  terrace_azure_call_send (task, request, probe_cb);
}

static TerraceProbe *
probe_finish (TerraceProvider *self, GAsyncResult *result, GError **error)
{
  return terrace_azure_pointer_finish (self, result, error);
}

/* --- Reading --------------------------------------------------------------------------------- */

static gboolean
is_version (const TerraceAzureCall *call, const char *etag)
{
  g_autofree char *found = etag != NULL ? terrace_azure_unquote (etag) : NULL;

  return call->version == NULL || g_strcmp0 (found, call->version) == 0;
}

/* There are no bytes in the range: that is no error, if the object is the one that is meant. */
static void
read_nothing_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceAzureCall *call = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (TerraceAzureObject) found =
      terrace_azure_head_finish (TERRACE_AZURE_PROVIDER (object), result, &error);

  if (found == NULL)
    g_task_return_error (task, error);
  else if (!is_version (call, found->info->version))
    terrace_azure_call_return_changed (task);
  else if (call->length > 0 && call->offset < found->info->size_bytes)
    g_task_return_new_error (task, TERRACE_ERROR, TERRACE_ERROR_CORRUPT,
                             _ ("The server says that the object ends before its end"));
  else
    g_task_return_pointer (task, g_bytes_new (NULL, 0), (GDestroyNotify) g_bytes_unref);
}

/* Whether the answer has the bytes that were asked for, and all of them. */
static gboolean
check_range (const TerraceAzureCall *call, const TerraceAzureResponse *response)
{
  goffset start = 0;
  goffset end = -1;
  goffset total = -1;
  gsize n_bytes = g_bytes_get_size (response->body);

  if (response->status == SOUP_STATUS_OK)
    return call->offset == 0 && n_bytes <= call->length;

  if (!soup_message_headers_get_content_range (response->headers, &start, &end, &total) ||
      start < 0 || end < start || (guint64) start != call->offset ||
      (guint64) (end - start) + 1 != n_bytes || n_bytes > call->length)
    return FALSE;

  /* Fewer than asked for only at the end. */
  return n_bytes == call->length || total == end + 1;
}

static void
read_range_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceAzureProvider *self = g_task_get_source_object (task);
  TerraceAzureCall *call = g_task_get_task_data (task);
  g_autoptr (TerraceAzureResponse) response = terrace_azure_call_receive (object, result, task);

  if (response == NULL)
    return;
  if (response->status == SOUP_STATUS_REQUESTED_RANGE_NOT_SATISFIABLE ||
      (response->status == SOUP_STATUS_PARTIAL_CONTENT && g_bytes_get_size (response->body) == 0))
    terrace_azure_head_async (self, call->key, g_task_get_cancellable (task), read_nothing_cb,
                              g_object_ref (task));
  else if (!terrace_azure_response_is_ok (response))
    terrace_azure_call_refuse (task, response);
  else if (!is_version (call, terrace_azure_response_get_header (response, "ETag")))
    terrace_azure_call_return_changed (task);
  else if (!check_range (call, response))
    g_task_return_new_error (task, TERRACE_ERROR, TERRACE_ERROR_CORRUPT,
                             _ ("The server sent other bytes than those that were asked for"));
  else
    g_task_return_pointer (task, g_bytes_ref (response->body), (GDestroyNotify) g_bytes_unref);
}

static void
send_read (GTask *task)
{
  TerraceAzureCall *call = g_task_get_task_data (task);
  TerraceHttpRequest *request = terrace_http_request_new ("GET", call->name);
  guint64 last =
      call->length > G_MAXINT64 - call->offset ? G_MAXINT64 : call->offset + call->length - 1;
  g_autofree char *range =
      g_strdup_printf ("bytes=%" G_GUINT64_FORMAT "-%" G_GUINT64_FORMAT, call->offset, last);

  request->limit_bytes = MAX (call->length, MAX_REFUSAL_BYTES);
  terrace_http_request_add_header (request, "x-ms-range", range);
  if (call->version != NULL)
    {
      g_autofree char *etag = terrace_azure_quote (call->version);

      terrace_http_request_add_header (request, "if-match", etag);
    }
  terrace_azure_call_send (task, request, read_range_cb);
}

static void
read_range_async (TerraceProvider *provider,
                  const char *key,
                  const char *version,
                  guint64 offset,
                  gsize length,
                  GCancellable *cancellable,
                  GAsyncReadyCallback callback,
                  gpointer user_data)
{
  g_autoptr (GTask) task =
      terrace_azure_call_new (provider, key, read_range_async, cancellable, callback, user_data);
  TerraceAzureCall *call;

  if (task == NULL)
    return;

  call = g_task_get_task_data (task);
  call->version = g_strdup (version);
  call->offset = offset;
  call->length = length;
  if (length == 0 || offset > G_MAXINT64)
    terrace_azure_head_async (TERRACE_AZURE_PROVIDER (provider), key, cancellable, read_nothing_cb,
                              g_object_ref (task));
  else
    send_read (task);
}

static GBytes *
read_range_finish (TerraceProvider *self, GAsyncResult *result, GError **error)
{
  return terrace_azure_pointer_finish (self, result, error);
}

void
terrace_azure_provider_init_reading (TerraceProviderInterface *iface)
{
  iface->probe_async = probe_async;
  iface->probe_finish = probe_finish;
  iface->list_async = list_async;
  iface->list_finish = list_finish;
  iface->stat_async = stat_async;
  iface->stat_finish = stat_finish;
  iface->read_range_async = read_range_async;
  iface->read_range_finish = read_range_finish;
}
