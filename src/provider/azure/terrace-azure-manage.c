/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Removes objects, changes their class and brings them out of the archive. Main thread,
 * asynchronous.
 *
 * Azure changes a tier in place: neither ETag nor time of change do, and the request knows no
 * condition, so the version is looked at before. An object that has snapshots is not removed: they
 * would be lost with it. */

#include "config.h"

#include "provider/azure/terrace-azure-provider-private.h"

#include "base/terrace-error.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define ARCHIVE_TIER "Archive"

/* --- Remove ---------------------------------------------------------------------------------- */

static void
remove_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (TerraceAzureResponse) response = terrace_azure_call_receive (object, result, task);

  if (response == NULL)
    return;
  if (terrace_azure_response_is_ok (response))
    g_task_return_boolean (task, TRUE);
  else
    terrace_azure_call_refuse (task, response);
}

static void
remove_head_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceAzureCall *call = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (TerraceAzureObject) found =
      terrace_azure_head_finish (TERRACE_AZURE_PROVIDER (object), result, &error);
  g_autofree char *etag = terrace_azure_quote (call->version);
  TerraceHttpRequest *request;

  if (found == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  if (strcmp (found->info->version, call->version) != 0)
    {
      terrace_azure_call_return_changed (task);
      return;
    }

  request = terrace_http_request_new ("DELETE", call->name);
  terrace_http_request_add_header (request, "if-match", etag);
  terrace_azure_call_send (task, request, remove_cb);
}

static void
remove_async (TerraceProvider *provider,
              const char *key,
              const char *version,
              const char *token,
              GCancellable *cancellable,
              GAsyncReadyCallback callback,
              gpointer user_data)
{
  g_autoptr (GTask) task =
      terrace_azure_call_new (provider, key, remove_async, cancellable, callback, user_data);
  TerraceAzureCall *call;

  if (task == NULL)
    return;

  call = g_task_get_task_data (task);
  call->version = g_strdup (version);
  /* With a condition, an object that is not there is told as one that was changed. */
  terrace_azure_head_async (TERRACE_AZURE_PROVIDER (provider), key, cancellable, remove_head_cb,
                            g_object_ref (task));
}

/* --- Class ----------------------------------------------------------------------------------- */

static TerraceHttpRequest *
tier_request (TerraceAzureProvider *self, const TerraceAzureCall *call, const char *tier)
{
  TerraceHttpRequest *request = terrace_http_request_new ("PUT", call->name);
  gboolean is_urgent = terrace_azure_client_get_address (self->client)->is_urgent;

  terrace_http_request_add_query (request, "comp", "tier");
  terrace_http_request_add_header (request, "x-ms-access-tier", tier);
  if (strcmp (tier, ARCHIVE_TIER) != 0)
    terrace_http_request_add_header (request, "x-ms-rehydrate-priority",
                                     is_urgent ? "High" : "Standard");

  return request;
}

static void
set_class_done_cb (GObject *object, GAsyncResult *result, gpointer user_data)
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
set_class_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceAzureCall *call = g_task_get_task_data (task);
  g_autoptr (TerraceAzureResponse) response = terrace_azure_call_receive (object, result, task);

  if (response == NULL)
    return;
  if (terrace_azure_response_is_ok (response))
    terrace_azure_head_async (g_task_get_source_object (task), call->key,
                              g_task_get_cancellable (task), set_class_done_cb,
                              g_object_ref (task));
  else
    terrace_azure_call_refuse (task, response);
}

static void
set_class_head_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceAzureProvider *self = g_task_get_source_object (task);
  TerraceAzureCall *call = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (TerraceAzureObject) found =
      terrace_azure_head_finish (TERRACE_AZURE_PROVIDER (object), result, &error);

  if (found == NULL)
    g_task_return_error (task, error);
  else if (strcmp (found->info->version, call->version) != 0)
    terrace_azure_call_return_changed (task);
  else
    terrace_azure_call_send (task,
                             tier_request (self, call, terrace_azure_class_name (call->class_id)),
                             set_class_cb);
}

/* From the archive this takes hours: what is returned still lies there. */
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
      terrace_azure_call_new (provider, key, set_class_async, cancellable, callback, user_data);
  TerraceAzureCall *call;

  if (task == NULL)
    return;

  call = g_task_get_task_data (task);
  call->version = g_strdup (version);
  call->class_id = g_strdup (class_id);
  terrace_azure_head_async (TERRACE_AZURE_PROVIDER (provider), key, cancellable, set_class_head_cb,
                            g_object_ref (task));
}

static TerraceObjectInfo *
set_class_finish (TerraceProvider *self, GAsyncResult *result, GError **error)
{
  return terrace_azure_pointer_finish (self, result, error);
}

/* --- Restore --------------------------------------------------------------------------------- */

static void
restore_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (TerraceAzureResponse) response = terrace_azure_call_receive (object, result, task);

  if (response == NULL)
    return;
  if (terrace_azure_response_is_ok (response) ||
      terrace_azure_response_has_code (response, "BlobBeingRehydrated"))
    g_task_return_boolean (task, TRUE);
  else
    terrace_azure_call_refuse (task, response);
}

static void
restore_head_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceAzureProvider *self = g_task_get_source_object (task);
  TerraceAzureCall *call = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (TerraceAzureObject) found =
      terrace_azure_head_finish (TERRACE_AZURE_PROVIDER (object), result, &error);

  if (found == NULL)
    g_task_return_error (task, error);
  else if (found->info->restore == TERRACE_RESTORE_PENDING ||
           strcmp (terrace_azure_class_name (found->info->class_id), ARCHIVE_TIER) != 0)
    g_task_return_boolean (task, TRUE);
  else
    terrace_azure_call_send (task, tier_request (self, call, self->restore_tier), restore_cb);
}

/* Azure knows no copy for some days: the object comes out of the archive to stay. */
static void
restore_async (TerraceProvider *provider,
               const char *key,
               guint days,
               GCancellable *cancellable,
               GAsyncReadyCallback callback,
               gpointer user_data)
{
  g_autoptr (GTask) task =
      terrace_azure_call_new (provider, key, restore_async, cancellable, callback, user_data);

  if (task != NULL)
    terrace_azure_head_async (TERRACE_AZURE_PROVIDER (provider), key, cancellable, restore_head_cb,
                              g_object_ref (task));
}

/* --- Lifecycle ------------------------------------------------------------------------------- */

static void
refuse_lifecycle (GTask *task)
{
  g_task_return_new_error (task, TERRACE_ERROR, TERRACE_ERROR_UNSUPPORTED,
                           _ ("Azure keeps lifecycle rules with the account, out of reach of its "
                              "keys: they can be seen and set in the Azure portal"));
}

static void
get_lifecycle_async (TerraceProvider *provider,
                     GCancellable *cancellable,
                     GAsyncReadyCallback callback,
                     gpointer user_data)
{
  g_autoptr (GTask) task = terrace_azure_call_new (provider, NULL, get_lifecycle_async, cancellable,
                                                   callback, user_data);

  if (task != NULL)
    refuse_lifecycle (task);
}

static GBytes *
get_lifecycle_finish (TerraceProvider *self, GAsyncResult *result, GError **error)
{
  return terrace_azure_pointer_finish (self, result, error);
}

static void
set_lifecycle_async (TerraceProvider *provider,
                     GBytes *lifecycle,
                     GCancellable *cancellable,
                     GAsyncReadyCallback callback,
                     gpointer user_data)
{
  g_autoptr (GTask) task = terrace_azure_call_new (provider, NULL, set_lifecycle_async, cancellable,
                                                   callback, user_data);

  if (task != NULL)
    refuse_lifecycle (task);
}

void
terrace_azure_provider_init_managing (TerraceProviderInterface *iface)
{
  iface->remove_async = remove_async;
  iface->remove_finish = terrace_azure_boolean_finish;
  iface->set_class_async = set_class_async;
  iface->set_class_finish = set_class_finish;
  iface->restore_async = restore_async;
  iface->restore_finish = terrace_azure_boolean_finish;
  iface->get_lifecycle_async = get_lifecycle_async;
  iface->get_lifecycle_finish = get_lifecycle_finish;
  iface->set_lifecycle_async = set_lifecycle_async;
  iface->set_lifecycle_finish = terrace_azure_boolean_finish;
}
