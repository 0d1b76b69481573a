/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads ranges of objects, and asks how the bucket is. Main thread, asynchronous. */

#include "config.h"

#include "provider/gcs/terrace-gcs-provider-private.h"

#include "base/terrace-error.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* A refusal is to be read whole, however little was asked for. */
#define MAX_REFUSAL_BYTES (256 * 1024)

/* --- Probe ----------------------------------------------------------------------------------- */

static gboolean
is_granted (JsonArray *permissions, const char *name)
{
  guint n_permissions = permissions != NULL ? json_array_get_length (permissions) : 0;

  for (guint i = 0; i < n_permissions; i++)
    {
      JsonNode *node = json_array_get_element (permissions, i);

      if (JSON_NODE_HOLDS_VALUE (node) && g_strcmp0 (json_node_get_string (node), name) == 0)
        return TRUE;
    }

  return FALSE;
}

static void
probe_judge (GTask *task, JsonArray *permissions)
{
  TerraceGcsProvider *self = g_task_get_source_object (task);
  TerraceGcsCall *call = g_task_get_task_data (task);
  TerraceProbe *probe;

  if (!is_granted (permissions, "storage.objects.list") ||
      !is_granted (permissions, "storage.objects.get"))
    {
      g_task_return_new_error (task, TERRACE_ERROR, TERRACE_ERROR_PERMISSION,
                               _ ("The service account may not read the bucket %s: give it the "
                                  "role Storage Object User "
                                  "there, or Storage Object Viewer to read only"),
                               terrace_gcs_client_get_address (self->client)->bucket);
      return;
    }

  probe = g_new0 (TerraceProbe, 1);
  probe->writable = is_granted (permissions, "storage.objects.create") &&
                    is_granted (permissions, "storage.objects.delete");
  probe->latency_us = MAX (g_get_monotonic_time () - call->started_us, 1);
  g_task_return_pointer (task, probe, g_free);
}

static void
probe_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (TerraceGcsResponse) response = terrace_gcs_call_receive (object, result, task);
  g_autoptr (JsonObject) answer = NULL;
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
  if (answer == NULL)
    g_task_return_error (task, error);
  else
    probe_judge (task, terrace_gcs_json_get_array (answer, "permissions"));
}

/* Asks what we may do: that needs no permission itself. */
static void
probe_async (TerraceProvider *provider,
             GCancellable *cancellable,
             GAsyncReadyCallback callback,
             gpointer user_data)
{
  static const char *const permissions[] = { "storage.objects.list", "storage.objects.get",
                                             "storage.objects.create", "storage.objects.delete" };
  g_autoptr (GTask) task =
      terrace_gcs_call_new (provider, NULL, probe_async, cancellable, callback, user_data);
  TerraceGcsProvider *self = TERRACE_GCS_PROVIDER (provider);
  g_autofree char *bucket = NULL;
  g_autofree char *path = NULL;
  TerraceGcsRequest *request;
  TerraceGcsCall *call;

  if (task == NULL)
    return;

  call = g_task_get_task_data (task);
  call->started_us = g_get_monotonic_time ();
  bucket = terrace_gcs_address_get_path (terrace_gcs_client_get_address (self->client), NULL);
  path = g_strconcat (bucket, "/iam/testPermissions", NULL);
  request = terrace_gcs_request_new ("GET", path);
  for (guint i = 0; i < G_N_ELEMENTS (permissions); i++)
    terrace_gcs_request_add_query (request, "permissions", permissions[i]);
  terrace_gcs_call_send (task, request, probe_cb);
}

static TerraceProbe *
probe_finish (TerraceProvider *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* --- Read ------------------------------------------------------------------------------------ */

static gboolean
is_version (const TerraceGcsCall *call, const char *generation)
{
  return call->version == NULL || g_strcmp0 (generation, call->version) == 0;
}

static void
return_changed (GTask *task)
{
  g_task_return_new_error (task, TERRACE_ERROR, TERRACE_ERROR_CHANGED,
                           _ ("The object was changed meanwhile"));
}

/* There are no bytes in the range: that is no error, if the object is the one that is meant. */
static void
read_nothing_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceGcsCall *call = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (TerraceGcsObject) found =
      terrace_gcs_stat_finish (TERRACE_GCS_PROVIDER (object), result, &error);

  if (found == NULL)
    g_task_return_error (task, error);
  else if (!is_version (call, found->info->version))
    return_changed (task);
  else if (call->length > 0 && call->offset < found->info->size_bytes)
    g_task_return_new_error (task, TERRACE_ERROR, TERRACE_ERROR_CORRUPT,
                             _ ("The server says that the object ends before its end"));
  else
    g_task_return_pointer (task, g_bytes_new (NULL, 0), (GDestroyNotify) g_bytes_unref);
}

/* Whether the answer has the bytes that were asked for, and all of them. */
static gboolean
check_range (const TerraceGcsCall *call, const TerraceGcsResponse *response)
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
  TerraceGcsProvider *self = g_task_get_source_object (task);
  TerraceGcsCall *call = g_task_get_task_data (task);
  g_autoptr (TerraceGcsResponse) response = terrace_gcs_call_receive (object, result, task);

  if (response == NULL)
    return;
  if (response->status == SOUP_STATUS_REQUESTED_RANGE_NOT_SATISFIABLE)
    terrace_gcs_stat_async (self, call->key, g_task_get_cancellable (task), read_nothing_cb,
                            g_object_ref (task));
  else if (response->status == SOUP_STATUS_PRECONDITION_FAILED)
    terrace_gcs_call_explain_condition (task, call->key);
  else if (!terrace_gcs_response_is_ok (response))
    terrace_gcs_call_refuse (task, response);
  else if (!is_version (call, terrace_gcs_response_get_header (response, "x-goog-generation")))
    return_changed (task);
  else if (!check_range (call, response))
    g_task_return_new_error (task, TERRACE_ERROR, TERRACE_ERROR_CORRUPT,
                             _ ("The server sent other bytes than those that were asked for"));
  else
    g_task_return_pointer (task, g_bytes_ref (response->body), (GDestroyNotify) g_bytes_unref);
}

static void
send_read (GTask *task)
{
  TerraceGcsCall *call = g_task_get_task_data (task);
  TerraceGcsRequest *request =
      terrace_gcs_call_request (g_task_get_source_object (task), "GET", call->key);
  guint64 last =
      call->length > G_MAXINT64 - call->offset ? G_MAXINT64 : call->offset + call->length - 1;
  g_autofree char *range =
      g_strdup_printf ("bytes=%" G_GUINT64_FORMAT "-%" G_GUINT64_FORMAT, call->offset, last);

  request->limit_bytes = MAX (call->length, MAX_REFUSAL_BYTES);
  terrace_gcs_request_add_query (request, "alt", "media");
  terrace_gcs_request_add_header (request, "Range", range);
  /* Without it, what is stored compressed would be inflated on its way, and count differently. */
  terrace_gcs_request_add_header (request, "Accept-Encoding", "gzip");
  if (call->version != NULL)
    terrace_gcs_request_add_query (request, "ifGenerationMatch", call->version);
  terrace_gcs_call_send (task, request, read_range_cb);
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
      terrace_gcs_call_new (provider, key, read_range_async, cancellable, callback, user_data);
  TerraceGcsCall *call;

  if (task == NULL)
    return;

  call = g_task_get_task_data (task);
  call->version = g_strdup (version);
  call->offset = offset;
  call->length = length;
  if (length == 0 || offset > G_MAXINT64)
    terrace_gcs_stat_async (TERRACE_GCS_PROVIDER (provider), key, cancellable, read_nothing_cb,
                            g_object_ref (task));
  else
    send_read (task);
}

static GBytes *
read_range_finish (TerraceProvider *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

void
terrace_gcs_provider_init_reading (TerraceProviderInterface *iface)
{
  iface->probe_async = probe_async;
  iface->probe_finish = probe_finish;
  iface->read_range_async = read_range_async;
  iface->read_range_finish = read_range_finish;
}
