/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The GCS provider: the object, how a call becomes requests, and the calls that look. Main thread,
 * asynchronous.
 *
 * An object's version is its generation: it changes with the bytes and the class, not with the
 * metadata. */

#include "config.h"

#include "provider/gcs/terrace-gcs-provider-private.h"

#include "base/terrace-error.h"
#include "base/terrace-limits.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define DEFAULT_CLASS_PREFIX "gcs"
/* A thousand objects, each with a name of 1,024 bytes and 8 KiB of metadata, and what is around. */
#define MAX_LISTING_BYTES (24 * 1024 * 1024)

static void terrace_gcs_provider_iface_init (TerraceProviderInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (TerraceGcsProvider,
                               terrace_gcs_provider,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (TERRACE_TYPE_PROVIDER,
                                                      terrace_gcs_provider_iface_init))

/* --- Calls ----------------------------------------------------------------------------------- */

static void
call_free (TerraceGcsCall *call)
{
  g_free (call->key);
  g_free (call->version);
  g_free (call->class_id);
  g_clear_pointer (&call->options, terrace_write_options_free);
  g_clear_pointer (&call->upload, terrace_gcs_upload_unref);
  g_clear_object (&call->source);
  g_free (call->source_key);
  g_clear_pointer (&call->object, terrace_gcs_object_free);
  g_clear_pointer (&call->resource, json_object_unref);
  g_free (call->rewrite_token);
  g_free (call);
}

GTask *
terrace_gcs_call_new (TerraceProvider *provider,
                      const char *key,
                      gpointer tag,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (provider, cancellable, callback, user_data);
  TerraceGcsCall *call = g_new0 (TerraceGcsCall, 1);
  GError *error = NULL;

  call->key = g_strdup (key);
  g_task_set_source_tag (task, tag);
  g_task_set_task_data (task, call, (GDestroyNotify) call_free);
  if (g_task_return_error_if_cancelled (task))
    return NULL;

  /* From now on, what was done before a cancellation came is told as done. */
  g_task_set_check_cancellable (task, FALSE);
  if (key != NULL && !terrace_gcs_check_key (key, &error))
    {
      g_task_return_error (task, error);
      return NULL;
    }

  return g_steal_pointer (&task);
}

TerraceGcsRequest *
terrace_gcs_call_request (TerraceGcsProvider *self, const char *method, const char *key)
{
  g_autofree char *path =
      terrace_gcs_address_get_path (terrace_gcs_client_get_address (self->client), key);

  return terrace_gcs_request_new (method, path);
}

void
terrace_gcs_call_send (GTask *task, TerraceGcsRequest *request, GAsyncReadyCallback callback)
{
  TerraceGcsProvider *self = g_task_get_source_object (task);

  terrace_gcs_client_send_async (self->client, request, g_task_get_cancellable (task), callback,
                                 g_object_ref (task));
}

TerraceGcsResponse *
terrace_gcs_call_receive (GObject *client, GAsyncResult *result, GTask *task)
{
  GError *error = NULL;
  TerraceGcsResponse *response =
      terrace_gcs_client_send_finish (TERRACE_GCS_CLIENT (client), result, &error);

  if (response == NULL)
    g_task_return_error (task, error);

  return response;
}

void
terrace_gcs_call_refuse (GTask *task, const TerraceGcsResponse *response)
{
  TerraceGcsProvider *self = g_task_get_source_object (task);

  g_task_return_error (task, terrace_gcs_client_to_error (self->client, response));
}

TerraceGcsObject *
terrace_gcs_call_parse_object (TerraceGcsProvider *self,
                               const TerraceGcsResponse *response,
                               GError **error)
{
  g_autoptr (JsonObject) resource = terrace_gcs_json_parse (response->body, error);

  return resource != NULL ? terrace_gcs_object_new (resource, self->class_prefix, error) : NULL;
}

static void
condition_stat_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (TerraceGcsObject) found =
      terrace_gcs_stat_finish (TERRACE_GCS_PROVIDER (object), result, &error);

  if (found == NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_new_error (task, TERRACE_ERROR, TERRACE_ERROR_CHANGED,
                             _ ("The object was changed meanwhile"));
}

void
terrace_gcs_call_explain_condition (GTask *task, const char *key)
{
  terrace_gcs_stat_async (g_task_get_source_object (task), key, g_task_get_cancellable (task),
                          condition_stat_cb, g_object_ref (task));
}

/* --- Looking --------------------------------------------------------------------------------- */

static void
stat_response_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceGcsProvider *self = g_task_get_source_object (task);
  TerraceGcsCall *call = g_task_get_task_data (task);
  g_autoptr (TerraceGcsResponse) response = terrace_gcs_call_receive (object, result, task);
  g_autoptr (TerraceGcsObject) found = NULL;
  GError *error = NULL;

  if (response == NULL)
    return;
  if (!terrace_gcs_response_is_ok (response))
    {
      terrace_gcs_call_refuse (task, response);
      return;
    }

  found = terrace_gcs_call_parse_object (self, response, &error);
  if (found == NULL)
    g_task_return_error (task, error);
  else if (strcmp (found->info->key, call->key) != 0)
    g_task_return_new_error (task, TERRACE_ERROR, TERRACE_ERROR_CORRUPT,
                             _ ("The server answered about another object"));
  else
    g_task_return_pointer (task, g_steal_pointer (&found),
                           (GDestroyNotify) terrace_gcs_object_free);
}

void
terrace_gcs_stat_async (TerraceGcsProvider *self,
                        const char *key,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  g_autoptr (GTask) task =
      terrace_gcs_call_new (TERRACE_PROVIDER (self), key, terrace_gcs_stat_async, cancellable,
                            callback, user_data);
  TerraceGcsRequest *request;

  if (task == NULL)
    return;

  request = terrace_gcs_call_request (self, "GET", key);
  terrace_gcs_request_add_query (request, "fields", TERRACE_GCS_OBJECT_FIELDS);
  terrace_gcs_call_send (task, request, stat_response_cb);
}

TerraceGcsObject *
terrace_gcs_stat_finish (TerraceGcsProvider *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
stat_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  g_autoptr (TerraceGcsObject) found =
      terrace_gcs_stat_finish (TERRACE_GCS_PROVIDER (object), result, &error);

  if (found == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, g_steal_pointer (&found->info),
                           (GDestroyNotify) terrace_object_info_free);
}

static void
stat_async (TerraceProvider *provider,
            const char *key,
            GCancellable *cancellable,
            GAsyncReadyCallback callback,
            gpointer user_data)
{
  g_autoptr (GTask) task =
      terrace_gcs_call_new (provider, key, stat_async, cancellable, callback, user_data);

  if (task != NULL)
    terrace_gcs_stat_async (TERRACE_GCS_PROVIDER (provider), key, cancellable, stat_cb,
                            g_object_ref (task));
}

static TerraceObjectInfo *
stat_finish (TerraceProvider *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* %FALSE if one of the objects is none. */
static gboolean
add_objects (TerraceGcsProvider *self, TerraceListing *listing, JsonArray *items, GError **error)
{
  guint n_items = items != NULL ? json_array_get_length (items) : 0;

  for (guint i = 0; i < n_items; i++)
    {
      g_autoptr (TerraceGcsObject) found =
          terrace_gcs_object_new (terrace_gcs_json_get_element (items, i), self->class_prefix,
                                  error);

      if (found == NULL)
        return FALSE;
      if (!g_str_has_prefix (found->info->key, TERRACE_GCS_RESERVED))
        g_ptr_array_add (listing->objects, g_steal_pointer (&found->info));
    }

  return TRUE;
}

static void
list_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceGcsProvider *self = g_task_get_source_object (task);
  g_autoptr (TerraceGcsResponse) response = terrace_gcs_call_receive (object, result, task);
  g_autoptr (TerraceListing) listing = terrace_listing_new ();
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
  if (answer == NULL ||
      !add_objects (self, listing, terrace_gcs_json_get_array (answer, "items"), &error))
    {
      g_task_return_error (task, error);
      return;
    }

  listing->next = g_strdup (terrace_gcs_json_get_string (answer, "nextPageToken"));
  g_task_return_pointer (task, g_steal_pointer (&listing), (GDestroyNotify) terrace_listing_free);
}

static void
list_async (TerraceProvider *provider,
            const char *prefix,
            const char *continuation,
            GCancellable *cancellable,
            GAsyncReadyCallback callback,
            gpointer user_data)
{
  g_autoptr (GTask) task =
      terrace_gcs_call_new (provider, NULL, list_async, cancellable, callback, user_data);
  TerraceGcsRequest *request;

  if (task == NULL)
    return;

  request = terrace_gcs_call_list_request (TERRACE_GCS_PROVIDER (provider), prefix, continuation);
  request->limit_bytes = MAX_LISTING_BYTES;
  terrace_gcs_call_send (task, request, list_cb);
}

TerraceGcsRequest *
terrace_gcs_call_list_request (TerraceGcsProvider *self,
                               const char *prefix,
                               const char *continuation)
{
  g_autofree char *path =
      terrace_gcs_address_get_path (terrace_gcs_client_get_address (self->client), NULL);
  g_autofree char *objects = g_strconcat (path, "/o", NULL);
  g_autofree char *max_results = g_strdup_printf ("%d", TERRACE_LIMIT_LIST_PAGE);
  TerraceGcsRequest *request = terrace_gcs_request_new ("GET", objects);

  request->limit_bytes = MAX_LISTING_BYTES;
  terrace_gcs_request_add_query (request, "maxResults", max_results);
  terrace_gcs_request_add_query (request, "fields",
                                 "items(" TERRACE_GCS_OBJECT_FIELDS "),nextPageToken");
  if (prefix[0] != '\0')
    terrace_gcs_request_add_query (request, "prefix", prefix);
  if (continuation != NULL)
    terrace_gcs_request_add_query (request, "pageToken", continuation);

  return request;
}

static TerraceListing *
list_finish (TerraceProvider *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* --- The object ------------------------------------------------------------------------------ */

static TerraceCapabilities
get_capabilities (TerraceProvider *provider)
{
  return TERRACE_CAPABILITY_RESUME | TERRACE_CAPABILITY_COPY_FROM | TERRACE_CAPABILITY_SET_CLASS |
         TERRACE_CAPABILITY_LIFECYCLE | TERRACE_CAPABILITY_CHECKSUM | TERRACE_CAPABILITY_METADATA |
         TERRACE_CAPABILITY_UPLOADS;
}

static void
terrace_gcs_provider_iface_init (TerraceProviderInterface *iface)
{
  iface->get_capabilities = get_capabilities;
  iface->list_async = list_async;
  iface->list_finish = list_finish;
  iface->stat_async = stat_async;
  iface->stat_finish = stat_finish;
  terrace_gcs_provider_init_reading (iface);
  terrace_gcs_provider_init_beginning (iface);
  terrace_gcs_provider_init_uploading (iface);
  terrace_gcs_provider_init_finishing (iface);
  terrace_gcs_provider_init_copying (iface);
  terrace_gcs_provider_init_managing (iface);
}

static void
terrace_gcs_provider_finalize (GObject *object)
{
  TerraceGcsProvider *self = TERRACE_GCS_PROVIDER (object);

  while (!g_queue_is_empty (&self->upload_order))
    terrace_gcs_upload_drop (g_queue_peek_head (&self->upload_order));
  g_hash_table_unref (self->uploads);
  g_clear_object (&self->client);
  g_free (self->class_prefix);
  g_free (self->lifecycle_version);

  G_OBJECT_CLASS (terrace_gcs_provider_parent_class)->finalize (object);
}

static void
terrace_gcs_provider_class_init (TerraceGcsProviderClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = terrace_gcs_provider_finalize;
}

static void
terrace_gcs_provider_init (TerraceGcsProvider *self)
{
  g_queue_init (&self->upload_order);
  self->uploads = g_hash_table_new_full (g_str_hash, g_str_equal, NULL,
                                         (GDestroyNotify) terrace_gcs_upload_unref);
}

TerraceGcsProvider *
terrace_gcs_provider_new (TerraceLocation *location,
                          TerraceCredentials *credentials,
                          TerraceClock *clock,
                          GError **error)
{
  g_autoptr (TerraceGcsAddress) address = NULL;
  TerraceGcsProvider *self;
  const char *class_id;

  g_return_val_if_fail (TERRACE_IS_LOCATION (location), NULL);
  g_return_val_if_fail (location->kind == TERRACE_LOCATION_GCS, NULL);
  g_return_val_if_fail (TERRACE_IS_CREDENTIALS (credentials), NULL);
  g_return_val_if_fail (TERRACE_IS_CLOCK (clock), NULL);

  address = terrace_gcs_address_parse (location->root, error);
  if (address == NULL)
    return NULL;

  self = g_object_new (TERRACE_TYPE_GCS_PROVIDER, NULL);
  self->client =
      terrace_gcs_client_new (g_steal_pointer (&address), location->root, credentials, clock);
  class_id = terrace_location_get_class_id (location);
  self->class_prefix = class_id != NULL && strchr (class_id, '/') != NULL ?
                           g_strndup (class_id, strrchr (class_id, '/') - class_id) :
                           g_strdup (DEFAULT_CLASS_PREFIX);

  return self;
}
