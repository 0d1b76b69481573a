/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copies that the service makes by itself, from the same account or from another one. Main thread,
 * asynchronous; no byte passes through here.
 *
 * Small objects are there with the answer. A larger one is copied in the service's own time: it is
 * asked now and then how far it is. After a restart the same call finds the copy by its token and
 * goes on waiting. The service reads the source by a signature for that object alone, which
 * expires.
 */

#include "config.h"

#include "provider/azure/terrace-azure-provider-private.h"

#include "base/terrace-error.h"
#include "provider/azure/terrace-azure-name.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* Azure's bound for the address of a source. */
#define MAX_SOURCE_BYTES 2048
/* How long the source may be read: in one request, and in the service's own time. */
#define SHORT_SECONDS (15 * 60)
#define LONG_SECONDS (24 * 60 * 60)
/* A copy that has not come further for so long is not waited for. */
#define STALLED_US (10 * 60 * G_TIME_SPAN_SECOND)

static void
return_unsupported (GTask *task)
{
  g_task_return_new_error (task, TERRACE_ERROR, TERRACE_ERROR_UNSUPPORTED,
                           _ ("These two locations cannot copy from each other directly"));
}

/* --- Giving up ------------------------------------------------------------------------------- */

static void
dropped_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (TerraceAzureResponse) response =
      terrace_azure_client_send_finish (TERRACE_AZURE_CLIENT (object), result, NULL);
  TerraceAzureCall *call = g_task_get_task_data (task);

  /* What is to be told is why there is no copy, whatever became of its traces. */
  g_task_return_error (task, g_steal_pointer (&call->failure));
}

/* Takes over @failure; removes what stands there for a copy that came to nothing. */
static void
drop (GTask *task, const TerraceAzureObject *copy, GError *failure)
{
  TerraceAzureProvider *self = g_task_get_source_object (task);
  TerraceAzureCall *call = g_task_get_task_data (task);
  TerraceHttpRequest *request = terrace_http_request_new ("DELETE", call->name);
  g_autofree char *etag = terrace_azure_quote (copy->info->version);

  call->failure = failure;
  terrace_http_request_add_header (request, "if-match", etag);
  /* Also after a cancellation. */
  terrace_azure_client_send_async (self->client, request, NULL, dropped_cb, g_object_ref (task));
}

static void
stopped_head_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceAzureCall *call = g_task_get_task_data (task);
  g_autoptr (TerraceAzureObject) found =
      terrace_azure_head_finish (TERRACE_AZURE_PROVIDER (object), result, NULL);
  gboolean is_ours = found != NULL && g_strcmp0 (found->token, call->options->token) == 0;

  if (is_ours && g_strcmp0 (found->copy_status, "success") == 0)
    terrace_azure_call_return_info (task, found);
  else if (is_ours)
    drop (task, found, g_steal_pointer (&call->failure));
  else
    g_task_return_error (task, g_steal_pointer (&call->failure));
}

static void
stopped_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (TerraceAzureResponse) response =
      terrace_azure_client_send_finish (TERRACE_AZURE_CLIENT (object), result, NULL);
  TerraceAzureCall *call = g_task_get_task_data (task);

  /* It may have come to its end in the meantime: look. */
  terrace_azure_head_async (g_task_get_source_object (task), call->key, NULL, stopped_head_cb,
                            g_object_ref (task));
}

/* Takes over @failure; asks the service to stop. */
static void
stop (GTask *task, GError *failure)
{
  TerraceAzureProvider *self = g_task_get_source_object (task);
  TerraceAzureCall *call = g_task_get_task_data (task);
  TerraceHttpRequest *request = terrace_http_request_new ("PUT", call->name);

  call->failure = failure;
  terrace_http_request_add_query (request, "comp", "copy");
  terrace_http_request_add_query (request, "copyid", call->copy_id != NULL ? call->copy_id : "");
  terrace_http_request_add_header (request, "x-ms-copy-action", "abort");
  terrace_azure_client_send_async (self->client, request, NULL, stopped_cb, g_object_ref (task));
}

/* --- Waiting --------------------------------------------------------------------------------- */

static void wait_more (GTask *task);

/* (transfer full): why the service says that there is no copy. */
static GError *
failure_of (const TerraceAzureObject *copy)
{
  const char *description =
      soup_message_headers_get_one (copy->headers, "x-ms-copy-status-description");

  if (description != NULL && g_str_has_prefix (description, "412"))
    return g_error_new_literal (TERRACE_ERROR, TERRACE_ERROR_CHANGED,
                                _ ("The object was changed meanwhile"));

  return g_error_new_literal (TERRACE_ERROR, TERRACE_ERROR_UNREACHABLE,
                              _ ("Azure has given up copying the object"));
}

static gboolean
is_stalled (TerraceAzureCall *call, const TerraceAzureObject *copy)
{
  gint64 now_us = g_get_monotonic_time ();

  if (call->progressed_us == 0 || g_strcmp0 (call->progress, copy->copy_progress) != 0)
    {
      g_free (call->progress);
      call->progress = g_strdup (copy->copy_progress);
      call->progressed_us = now_us;
    }

  return now_us - call->progressed_us > STALLED_US;
}

/* What @found, which is ours, says of the copy. */
static void
judge (GTask *task, TerraceAzureObject *found)
{
  TerraceAzureCall *call = g_task_get_task_data (task);
  const char *status = found->copy_status;

  if (status == NULL || strcmp (status, "success") == 0)
    {
      terrace_azure_confirm (task);
    }
  else if (strcmp (status, "pending") != 0)
    {
      drop (task, found, failure_of (found));
    }
  else if (is_stalled (call, found))
    {
      g_task_return_new_error (task, TERRACE_ERROR, TERRACE_ERROR_BUSY,
                               _ ("Azure does not come further with copying the object"));
    }
  else
    {
      g_free (call->copy_id);
      call->copy_id = g_strdup (found->copy_id);
      wait_more (task);
    }
}

static void
wait_head_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceAzureCall *call = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (TerraceAzureObject) found =
      terrace_azure_head_finish (TERRACE_AZURE_PROVIDER (object), result, &error);

  if (terrace_error_is_cancelled (error))
    stop (task, error);
  else if (found == NULL)
    g_task_return_error (task, error);
  else if (g_strcmp0 (found->token, call->options->token) != 0)
    terrace_azure_call_return_exists (task);
  else
    judge (task, found);
}

static gboolean
waited_cb (gpointer user_data)
{
  GTask *task = user_data;
  TerraceAzureCall *call = g_task_get_task_data (task);
  GError *error = NULL;

  if (g_cancellable_set_error_if_cancelled (g_task_get_cancellable (task), &error))
    stop (task, error);
  else
    terrace_azure_head_async (g_task_get_source_object (task), call->key,
                              g_task_get_cancellable (task), wait_head_cb, g_object_ref (task));

  return G_SOURCE_REMOVE;
}

/* Until the next look, or until it is cancelled. */
static void
wait_more (GTask *task)
{
  TerraceAzureProvider *self = g_task_get_source_object (task);
  GCancellable *cancellable = g_task_get_cancellable (task);
  g_autoptr (GSource) timer = g_timeout_source_new (self->copy_interval_ms);

  g_source_set_callback (timer, waited_cb, g_object_ref (task), g_object_unref);
  if (cancellable != NULL)
    {
      g_autoptr (GSource) cancelled = g_cancellable_source_new (cancellable);

      g_source_set_dummy_callback (cancelled);
      g_source_add_child_source (timer, cancelled);
    }
  g_source_attach (timer, g_task_get_context (task));
}

/* --- The request ----------------------------------------------------------------------------- */

/* The destination or the source was not as it had to be: which of them? */
static void
refused_head_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceAzureCall *call = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (TerraceAzureObject) found =
      terrace_azure_head_finish (TERRACE_AZURE_PROVIDER (object), result, &error);

  if (found != NULL && g_strcmp0 (found->token, call->options->token) == 0)
    judge (task, found);
  else if (found != NULL)
    terrace_azure_call_return_exists (task);
  else if (g_error_matches (error, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND))
    terrace_azure_call_return_changed (task);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static void
copy_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceAzureProvider *self = g_task_get_source_object (task);
  TerraceAzureCall *call = g_task_get_task_data (task);
  g_autoptr (TerraceAzureResponse) response = terrace_azure_call_receive (object, result, task);
  const char *status;

  if (response == NULL)
    return;

  status = terrace_azure_response_get_header (response, "x-ms-copy-status");
  if (terrace_azure_response_is_ok (response) && g_strcmp0 (status, "pending") == 0)
    {
      call->copy_id = g_strdup (terrace_azure_response_get_header (response, "x-ms-copy-id"));
      wait_more (task);
    }
  else if (terrace_azure_response_is_ok (response))
    {
      terrace_azure_confirm (task);
    }
  else if (response->status == SOUP_STATUS_PRECONDITION_FAILED ||
           terrace_azure_response_has_code (response, "BlobAlreadyExists"))
    {
      terrace_azure_head_async (self, call->key, g_task_get_cancellable (task), refused_head_cb,
                                g_object_ref (task));
    }
  else if (terrace_azure_response_has_code (response, "CannotVerifyCopySource"))
    {
      /* The bytes can still go through us. */
      return_unsupported (task);
    }
  else
    {
      terrace_azure_call_refuse (task, response);
    }
}

static void
copy (GTask *task)
{
  TerraceAzureProvider *self = g_task_get_source_object (task);
  TerraceAzureCall *call = g_task_get_task_data (task);
  gboolean is_small = call->object->info->size_bytes <= self->copy_limit_bytes;
  g_autofree char *source =
      terrace_azure_client_make_source (call->source->client, call->source_name,
                                        is_small ? SHORT_SECONDS : LONG_SECONDS);
  g_autofree char *etag = terrace_azure_quote (call->version);
  TerraceHttpRequest *request;
  GError *error = NULL;

  if (source == NULL || strlen (source) > MAX_SOURCE_BYTES)
    {
      return_unsupported (task);
      return;
    }

  request = terrace_http_request_new ("PUT", call->name);
  if (!terrace_azure_add_options (request, call->options, FALSE, &error))
    {
      terrace_http_request_free (request);
      g_task_return_error (task, error);
      return;
    }

  terrace_azure_add_carried (request, call->object);
  terrace_http_request_add_header (request, "x-ms-copy-source", source);
  terrace_http_request_add_header (request, "x-ms-source-if-match", etag);
  terrace_http_request_add_header (request, "if-none-match", "*");
  if (is_small)
    terrace_http_request_add_header (request, "x-ms-requires-sync", "true");
  terrace_azure_call_send (task, request, copy_cb);
}

/* --- The beginning --------------------------------------------------------------------------- */

static void
source_head_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceAzureCall *call = g_task_get_task_data (task);
  GError *error = NULL;

  call->object = terrace_azure_head_finish (TERRACE_AZURE_PROVIDER (object), result, &error);
  if (call->object == NULL)
    {
      g_task_return_error (task, error);
      return;
    }

  if (call->version == NULL)
    call->version = g_strdup (call->object->info->version);
  if (strcmp (call->object->info->version, call->version) != 0)
    {
      terrace_azure_call_return_changed (task);
      return;
    }

  /* A copy keeps the times that its source has. */
  if (call->options->info == NULL)
    call->options->info = terrace_object_info_copy (call->object->info);
  copy (task);
}

static void
destination_head_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceAzureCall *call = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (TerraceAzureObject) found =
      terrace_azure_head_finish (TERRACE_AZURE_PROVIDER (object), result, &error);

  if (found != NULL && g_strcmp0 (found->token, call->options->token) == 0)
    judge (task, found);
  else if (found != NULL)
    terrace_azure_call_return_exists (task);
  else if (!g_error_matches (error, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND))
    g_task_return_error (task, g_steal_pointer (&error));
  else
    terrace_azure_head_async (call->source, call->source_key, g_task_get_cancellable (task),
                              source_head_cb, g_object_ref (task));
}

/* Azure cannot read from an emulator on this machine, nor from another place without https. */
static gboolean
can_read_from (TerraceAzureProvider *self, TerraceAzureProvider *source)
{
  const TerraceAzureAddress *here = terrace_azure_client_get_address (self->client);
  const TerraceAzureAddress *there = terrace_azure_client_get_address (source->client);

  return strcmp (there->scheme, "https") == 0 ||
         (strcmp (here->host, there->host) == 0 && here->port == there->port);
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
      terrace_azure_call_new (provider, key, copy_from_async, cancellable, callback, user_data);
  TerraceAzureProvider *self = TERRACE_AZURE_PROVIDER (provider);
  TerraceAzureCall *call;
  GError *error = NULL;

  if (task == NULL)
    return;
  if (!TERRACE_IS_AZURE_PROVIDER (source) || !can_read_from (self, TERRACE_AZURE_PROVIDER (source)))
    {
      return_unsupported (task);
      return;
    }

  call = g_task_get_task_data (task);
  call->source_name = terrace_azure_name_from_key (source_key, &error);
  if (call->source_name == NULL)
    {
      g_task_return_error (task, error);
      return;
    }

  call->options = terrace_write_options_copy (options);
  call->source = g_object_ref (TERRACE_AZURE_PROVIDER (source));
  call->source_key = g_strdup (source_key);
  call->version = g_strdup (source_version);
  terrace_azure_head_async (self, key, cancellable, destination_head_cb, g_object_ref (task));
}

static TerraceObjectInfo *
copy_from_finish (TerraceProvider *self, GAsyncResult *result, GError **error)
{
  return terrace_azure_pointer_finish (self, result, error);
}

void
terrace_azure_provider_init_copying (TerraceProviderInterface *iface)
{
  iface->copy_from_async = copy_from_async;
  iface->copy_from_finish = copy_from_finish;
}
