/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The Azure provider: the object, how a call becomes requests, and what a key holds. Main thread,
 * asynchronous.
 *
 * An object's version is its ETag, taken as a word without meaning. A change of tier does not
 * change it. */

#include "config.h"

#include "provider/azure/terrace-azure-provider-private.h"

#include "base/terrace-error.h"
#include "base/terrace-limits.h"
#include "provider/azure/terrace-azure-name.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* What the service copies while one waits for the answer. */
#define DEFAULT_COPY_LIMIT_BYTES (G_GUINT64_CONSTANT (256) * 1024 * 1024)
#define DEFAULT_COPY_INTERVAL_MS 1000
#define DEFAULT_TIER "Hot"
#define ARCHIVE_TIER "Archive"

static void terrace_azure_provider_iface_init (TerraceProviderInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (TerraceAzureProvider,
                               terrace_azure_provider,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (TERRACE_TYPE_PROVIDER,
                                                      terrace_azure_provider_iface_init))

/* --- Calls ----------------------------------------------------------------------------------- */

static void
call_free (TerraceAzureCall *call)
{
  g_free (call->key);
  g_free (call->name);
  g_free (call->version);
  g_free (call->class_id);
  g_free (call->prefix);
  g_clear_pointer (&call->options, terrace_write_options_free);
  g_clear_pointer (&call->upload, terrace_azure_upload_free);
  g_clear_pointer (&call->parts, g_ptr_array_unref);
  g_clear_pointer (&call->bytes, g_bytes_unref);
  g_clear_object (&call->source);
  g_free (call->source_key);
  g_free (call->source_name);
  g_clear_pointer (&call->object, terrace_azure_object_free);
  g_free (call->copy_id);
  g_clear_pointer (&call->names, g_ptr_array_unref);
  g_clear_pointer (&call->uploads, terrace_upload_listing_free);
  g_free (call->progress);
  g_clear_error (&call->failure);
  g_free (call);
}

GTask *
terrace_azure_call_new (TerraceProvider *provider,
                        const char *key,
                        gpointer tag,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (provider, cancellable, callback, user_data);
  TerraceAzureCall *call = g_new0 (TerraceAzureCall, 1);
  GError *error = NULL;

  g_task_set_source_tag (task, tag);
  g_task_set_task_data (task, call, (GDestroyNotify) call_free);
  if (g_task_return_error_if_cancelled (task))
    return NULL;

  /* From now on, what was done before a cancellation came is told as done. */
  g_task_set_check_cancellable (task, FALSE);
  call->key = g_strdup (key);
  call->name = key != NULL ? terrace_azure_name_from_key (key, &error) : NULL;
  if (key != NULL && call->name == NULL)
    {
      g_task_return_error (task, error);
      return NULL;
    }

  return g_steal_pointer (&task);
}

void
terrace_azure_call_send (GTask *task, TerraceHttpRequest *request, GAsyncReadyCallback callback)
{
  TerraceAzureProvider *self = g_task_get_source_object (task);

  terrace_azure_client_send_async (self->client, request, g_task_get_cancellable (task), callback,
                                   g_object_ref (task));
}

TerraceAzureResponse *
terrace_azure_call_receive (GObject *client, GAsyncResult *result, GTask *task)
{
  GError *error = NULL;
  TerraceAzureResponse *response =
      terrace_azure_client_send_finish (TERRACE_AZURE_CLIENT (client), result, &error);

  if (response == NULL)
    g_task_return_error (task, error);

  return response;
}

void
terrace_azure_call_refuse (GTask *task, const TerraceAzureResponse *response)
{
  TerraceAzureProvider *self = g_task_get_source_object (task);

  g_task_return_error (task, terrace_azure_client_to_error (self->client, response));
}

void
terrace_azure_call_return_exists (GTask *task)
{
  g_task_return_new_error (task, TERRACE_ERROR, TERRACE_ERROR_EXISTS,
                           _ ("There is an object of this name already"));
}

void
terrace_azure_call_return_changed (GTask *task)
{
  g_task_return_new_error (task, TERRACE_ERROR, TERRACE_ERROR_CHANGED,
                           _ ("The object was changed meanwhile"));
}

void
terrace_azure_call_return_upload_gone (GTask *task)
{
  g_task_return_new_error (task, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND,
                           _ ("The unfinished upload is gone"));
}

void
terrace_azure_call_return_info (GTask *task, TerraceAzureObject *object)
{
  g_task_return_pointer (task, g_steal_pointer (&object->info),
                         (GDestroyNotify) terrace_object_info_free);
}

gpointer
terrace_azure_pointer_finish (TerraceProvider *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

gboolean
terrace_azure_boolean_finish (TerraceProvider *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/* --- What a key holds ------------------------------------------------------------------------ */

static void
return_not_found (GTask *task)
{
  g_task_return_new_error (task, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND,
                           _ ("There is no object of this name"));
}

/* Somebody else may remove it at the same time, or may not let us: it is none in any case. */
static void
clean_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (TerraceAzureResponse) response = terrace_azure_call_receive (object, result, task);

  if (response != NULL)
    return_not_found (task);
}

static void
clean (GTask *task, const TerraceAzureObject *placeholder)
{
  TerraceAzureCall *call = g_task_get_task_data (task);
  TerraceHttpRequest *request = terrace_http_request_new ("DELETE", call->name);
  g_autofree char *etag = terrace_azure_quote (placeholder->info->version);

  terrace_http_request_add_header (request, "if-match", etag);
  terrace_azure_call_send (task, request, clean_cb);
}

static void
head_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceAzureProvider *self = g_task_get_source_object (task);
  TerraceAzureCall *call = g_task_get_task_data (task);
  g_autoptr (TerraceAzureResponse) response = terrace_azure_call_receive (object, result, task);
  g_autoptr (TerraceAzureObject) found = NULL;
  GError *error = NULL;

  if (response == NULL)
    return;
  if (!terrace_azure_response_is_ok (response))
    {
      terrace_azure_call_refuse (task, response);
      return;
    }

  found = terrace_azure_object_new (call->key, response->headers, self->class_prefix, &error);
  if (found == NULL)
    g_task_return_error (task, error);
  else if (found->is_placeholder && found->info->size_bytes == 0)
    clean (task, found);
  else
    g_task_return_pointer (task, g_steal_pointer (&found),
                           (GDestroyNotify) terrace_azure_object_free);
}

void
terrace_azure_head_async (TerraceAzureProvider *self,
                          const char *key,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_autoptr (GTask) task =
      terrace_azure_call_new (TERRACE_PROVIDER (self), key, terrace_azure_head_async, cancellable,
                              callback, user_data);
  TerraceAzureCall *call;

  if (task == NULL)
    return;

  call = g_task_get_task_data (task);
  terrace_azure_call_send (task, terrace_http_request_new ("HEAD", call->name), head_cb);
}

TerraceAzureObject *
terrace_azure_head_finish (TerraceAzureProvider *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* --- The object ------------------------------------------------------------------------------ */

static TerraceCapabilities
get_capabilities (TerraceProvider *provider)
{
  return TERRACE_CAPABILITY_RESUME | TERRACE_CAPABILITY_COPY_FROM | TERRACE_CAPABILITY_SET_CLASS |
         TERRACE_CAPABILITY_RESTORE | TERRACE_CAPABILITY_METADATA | TERRACE_CAPABILITY_UPLOADS;
}

static void
terrace_azure_provider_iface_init (TerraceProviderInterface *iface)
{
  iface->get_capabilities = get_capabilities;
  terrace_azure_provider_init_reading (iface);
  terrace_azure_provider_init_uploading (iface);
  terrace_azure_provider_init_finishing (iface);
  terrace_azure_provider_init_aborting (iface);
  terrace_azure_provider_init_copying (iface);
  terrace_azure_provider_init_managing (iface);
}

static void
terrace_azure_provider_finalize (GObject *object)
{
  TerraceAzureProvider *self = TERRACE_AZURE_PROVIDER (object);

  g_clear_object (&self->client);
  g_free (self->class_prefix);
  g_free (self->restore_tier);
  terrace_cloud_store_free (self->pending);
  g_hash_table_unref (self->begun);

  G_OBJECT_CLASS (terrace_azure_provider_parent_class)->finalize (object);
}

static void
terrace_azure_provider_class_init (TerraceAzureProviderClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = terrace_azure_provider_finalize;
}

static void
terrace_azure_provider_init (TerraceAzureProvider *self)
{
  self->copy_limit_bytes = DEFAULT_COPY_LIMIT_BYTES;
  self->copy_interval_ms = DEFAULT_COPY_INTERVAL_MS;
  self->pending = terrace_cloud_store_new ();
  self->begun = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

/* Out of the archive objects come into the first class that the location has beside it. */
static const char *
choose_restore_tier (TerraceLocation *location)
{
  for (guint i = 0; location->class_ids != NULL && location->class_ids[i] != NULL; i++)
    {
      const char *tier = terrace_azure_class_name (location->class_ids[i]);

      if (strcmp (tier, ARCHIVE_TIER) != 0)
        return tier;
    }

  return DEFAULT_TIER;
}

TerraceAzureProvider *
terrace_azure_provider_new (TerraceLocation *location,
                            TerraceCredentials *credentials,
                            TerraceWorker *worker,
                            TerraceClock *clock,
                            GError **error)
{
  g_autoptr (TerraceAzureAddress) address = NULL;
  TerraceAzureProvider *self;
  const char *class_id;

  g_return_val_if_fail (TERRACE_IS_LOCATION (location), NULL);
  g_return_val_if_fail (location->kind == TERRACE_LOCATION_AZURE, NULL);
  g_return_val_if_fail (TERRACE_IS_CREDENTIALS (credentials), NULL);
  g_return_val_if_fail (TERRACE_IS_WORKER (worker), NULL);
  g_return_val_if_fail (TERRACE_IS_CLOCK (clock), NULL);

  address = terrace_azure_address_parse (location->root, error);
  if (address == NULL)
    return NULL;

  self = g_object_new (TERRACE_TYPE_AZURE_PROVIDER, NULL);
  self->client = terrace_azure_client_new (g_steal_pointer (&address), location->root, credentials,
                                           worker, clock);
  class_id = terrace_location_get_class_id (location);
  self->class_prefix = class_id != NULL && strchr (class_id, '/') != NULL ?
                           g_strndup (class_id, strrchr (class_id, '/') - class_id) :
                           g_strdup ("azure");
  self->restore_tier = g_strdup (choose_restore_tier (location));

  return self;
}

void
terrace_azure_provider_set_copy_limit (TerraceAzureProvider *self, guint64 limit_bytes)
{
  g_return_if_fail (TERRACE_IS_AZURE_PROVIDER (self));

  self->copy_limit_bytes = limit_bytes;
}

void
terrace_azure_provider_set_copy_interval (TerraceAzureProvider *self, guint interval_ms)
{
  g_return_if_fail (TERRACE_IS_AZURE_PROVIDER (self));

  self->copy_interval_ms = interval_ms;
}
