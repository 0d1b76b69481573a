/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copies inside the service, and changes of class, which are copies of an object onto itself. Main
 * thread, asynchronous; no byte passes through here.
 *
 * Google copies as much as it likes in one request and gives a token to go on with. What was copied
 * of an unfinished rewrite is seen by nobody and paid by nobody. */

#include "config.h"

#include "provider/gcs/terrace-gcs-provider-private.h"

#include "base/terrace-error.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* A rewrite that makes no progress for so many requests makes none. */
#define MAX_IDLE_STEPS 16

static gboolean
is_in_place (GTask *task)
{
  TerraceGcsCall *call = g_task_get_task_data (task);

  return call->source == NULL;
}

static void
return_exists (GTask *task)
{
  g_task_return_new_error (task, TERRACE_ERROR, TERRACE_ERROR_EXISTS,
                           _ ("There is an object of this name already"));
}

static void
return_unsupported (GTask *task)
{
  g_task_return_new_error (task, TERRACE_ERROR, TERRACE_ERROR_UNSUPPORTED,
                           _ ("These two locations cannot copy from each other directly"));
}

static void
return_autoclass (GTask *task)
{
  g_task_return_new_error (task, TERRACE_ERROR, TERRACE_ERROR_UNSUPPORTED,
                           _ ("This bucket chooses the storage class of its objects itself "
                              "(Autoclass): switch that off in the Google Cloud console to "
                              "choose here"));
}

/* --- Rewrite --------------------------------------------------------------------------------- */

/* A condition was not met: somebody else's object is at the destination, or ours from an earlier
 * attempt whose answer was lost, or the source has changed. */
static void
condition_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceGcsCall *call = g_task_get_task_data (task);
  g_autoptr (TerraceGcsObject) found =
      terrace_gcs_stat_finish (TERRACE_GCS_PROVIDER (object), result, NULL);

  if (found != NULL && !is_in_place (task) && g_strcmp0 (found->token, call->options->token) == 0)
    g_task_return_pointer (task, g_steal_pointer (&found->info),
                           (GDestroyNotify) terrace_object_info_free);
  else if (found != NULL && !is_in_place (task))
    return_exists (task);
  else
    g_task_return_new_error (task, TERRACE_ERROR, TERRACE_ERROR_CHANGED,
                             _ ("The object was changed meanwhile"));
}

static void
rewrite_refused (GTask *task, const TerraceGcsResponse *response)
{
  TerraceGcsCall *call = g_task_get_task_data (task);

  if (response->status == SOUP_STATUS_PRECONDITION_FAILED)
    terrace_gcs_stat_async (g_task_get_source_object (task), call->key,
                            g_task_get_cancellable (task), condition_cb, g_object_ref (task));
  else if (response->status == SOUP_STATUS_FORBIDDEN && !is_in_place (task) &&
           (gpointer) call->source != g_task_get_source_object (task))
    /* One account for reading here, another for writing there: the bytes can go through us. */
    return_unsupported (task);
  else
    terrace_gcs_call_refuse (task, response);
}

static void
return_rewritten (GTask *task, JsonObject *answer)
{
  TerraceGcsProvider *self = g_task_get_source_object (task);
  TerraceGcsCall *call = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (TerraceGcsObject) made =
      terrace_gcs_object_new (terrace_gcs_json_get_object (answer, "resource"), self->class_prefix,
                              &error);

  if (made == NULL)
    g_task_return_error (task, error);
  else if (made->info->size_bytes != call->object->info->size_bytes ||
           (made->info->checksum.kind != TERRACE_CHECKSUM_NONE &&
            call->object->info->checksum.kind != TERRACE_CHECKSUM_NONE &&
            !terrace_digest_equal (&made->info->checksum, &call->object->info->checksum)))
    g_task_return_new_error (task, TERRACE_ERROR, TERRACE_ERROR_CORRUPT,
                             _ ("The copy is not what it was copied from"));
  else if (is_in_place (task) && strcmp (terrace_gcs_class_name (made->info->class_id),
                                         terrace_gcs_class_name (call->class_id)) != 0)
    return_autoclass (task);
  else
    g_task_return_pointer (task, g_steal_pointer (&made->info),
                           (GDestroyNotify) terrace_object_info_free);
}

static void rewrite (GTask *task);

static void
rewrite_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceGcsCall *call = g_task_get_task_data (task);
  g_autoptr (TerraceGcsResponse) response = terrace_gcs_call_receive (object, result, task);
  g_autoptr (JsonObject) answer = NULL;
  GError *error = NULL;
  guint64 done_bytes;

  if (response == NULL)
    return;
  if (!terrace_gcs_response_is_ok (response))
    {
      rewrite_refused (task, response);
      return;
    }

  answer = terrace_gcs_json_parse (response->body, &error);
  if (answer == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  if (terrace_gcs_json_get_boolean (answer, "done"))
    {
      return_rewritten (task, answer);
      return;
    }

  g_free (call->rewrite_token);
  call->rewrite_token = g_strdup (terrace_gcs_json_get_string (answer, "rewriteToken"));
  terrace_gcs_json_get_number (answer, "totalBytesRewritten", &done_bytes);
  call->idle_steps = done_bytes > call->offset ? 0 : call->idle_steps + 1;
  call->offset = MAX (call->offset, done_bytes);
  if (call->rewrite_token == NULL || call->idle_steps > MAX_IDLE_STEPS)
    g_task_return_new_error (task, TERRACE_ERROR, TERRACE_ERROR_UNREACHABLE,
                             _ ("The server does not get on with the copy"));
  else
    rewrite (task);
}

static void
rewrite (GTask *task)
{
  TerraceGcsProvider *self = g_task_get_source_object (task);
  TerraceGcsCall *call = g_task_get_task_data (task);
  TerraceGcsProvider *source = call->source != NULL ? call->source : self;
  const TerraceGcsAddress *from_address = terrace_gcs_client_get_address (source->client);
  const TerraceGcsAddress *to_address = terrace_gcs_client_get_address (self->client);
  g_autofree char *from = terrace_gcs_address_get_path (from_address, call->source_key);
  g_autofree char *to = terrace_gcs_encode (call->key);
  g_autofree char *path = g_strconcat (from, "/rewriteTo/b/", to_address->bucket, "/o/", to, NULL);
  TerraceGcsRequest *request = terrace_gcs_request_new ("POST", path);

  terrace_gcs_request_add_query (request, "ifSourceGenerationMatch", call->version);
  terrace_gcs_request_add_query (request, "ifGenerationMatch",
                                 is_in_place (task) ? call->version : "0");
  if (call->rewrite_token != NULL)
    terrace_gcs_request_add_query (request, "rewriteToken", call->rewrite_token);
  terrace_gcs_request_set_json (request, call->resource);
  terrace_gcs_call_send (task, request, rewrite_cb);
}

/* --- The beginning --------------------------------------------------------------------------- */

static void
source_stat_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceGcsCall *call = g_task_get_task_data (task);
  GError *error = NULL;

  call->object = terrace_gcs_stat_finish (TERRACE_GCS_PROVIDER (object), result, &error);
  if (call->object == NULL)
    {
      g_task_return_error (task, error);
      return;
    }

  if (call->version == NULL)
    call->version = g_strdup (call->object->info->version);
  if (strcmp (call->object->info->version, call->version) != 0)
    {
      g_task_return_new_error (task, TERRACE_ERROR, TERRACE_ERROR_CHANGED,
                               _ ("The object was changed meanwhile"));
      return;
    }

  if (is_in_place (task))
    {
      call->resource = terrace_gcs_make_class_resource (call->object, call->class_id);
    }
  else
    {
      /* A copy keeps the times that its source has. */
      if (call->options->info == NULL)
        call->options->info = terrace_object_info_copy (call->object->info);
      call->resource = terrace_gcs_make_resource (call->options, call->object, &error);
    }
  if (call->resource == NULL)
    g_task_return_error (task, error);
  else
    rewrite (task);
}

static void
destination_stat_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceGcsCall *call = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (TerraceGcsObject) found =
      terrace_gcs_stat_finish (TERRACE_GCS_PROVIDER (object), result, &error);

  if (found != NULL && g_strcmp0 (found->token, call->options->token) == 0)
    g_task_return_pointer (task, g_steal_pointer (&found->info),
                           (GDestroyNotify) terrace_object_info_free);
  else if (found != NULL)
    return_exists (task);
  else if (!g_error_matches (error, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND))
    g_task_return_error (task, g_steal_pointer (&error));
  else if (!terrace_gcs_client_is_peer (TERRACE_GCS_PROVIDER (object)->client,
                                        call->source->client))
    return_unsupported (task);
  else
    terrace_gcs_stat_async (call->source, call->source_key, g_task_get_cancellable (task),
                            source_stat_cb, g_object_ref (task));
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
      terrace_gcs_call_new (provider, key, copy_from_async, cancellable, callback, user_data);
  TerraceGcsProvider *self = TERRACE_GCS_PROVIDER (provider);
  TerraceGcsCall *call;

  if (task == NULL)
    return;
  if (!TERRACE_IS_GCS_PROVIDER (source) ||
      !terrace_gcs_client_is_peer (self->client, TERRACE_GCS_PROVIDER (source)->client))
    {
      return_unsupported (task);
      return;
    }

  call = g_task_get_task_data (task);
  call->options = terrace_write_options_copy (options);
  call->source = g_object_ref (TERRACE_GCS_PROVIDER (source));
  call->source_key = g_strdup (source_key);
  call->version = g_strdup (source_version);
  terrace_gcs_stat_async (self, key, cancellable, destination_stat_cb, g_object_ref (task));
}

static TerraceObjectInfo *
copy_finish (TerraceProvider *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* --- Class ----------------------------------------------------------------------------------- */

/* Without the permission to look at the bucket, the rewritten object tells. */
static void
bucket_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceGcsProvider *self = g_task_get_source_object (task);
  TerraceGcsCall *call = g_task_get_task_data (task);
  g_autoptr (TerraceGcsResponse) response = terrace_gcs_call_receive (object, result, task);
  g_autoptr (JsonObject) bucket = NULL;

  if (response == NULL)
    return;
  if (!terrace_gcs_response_is_ok (response) && response->status != SOUP_STATUS_FORBIDDEN)
    {
      terrace_gcs_response_blame_bucket (response);
      terrace_gcs_call_refuse (task, response);
      return;
    }

  bucket = terrace_gcs_json_parse (response->body, NULL);
  if (terrace_gcs_json_get_boolean (terrace_gcs_json_get_object (bucket, "autoclass"), "enabled"))
    return_autoclass (task);
  else
    terrace_gcs_stat_async (self, call->key, g_task_get_cancellable (task), source_stat_cb,
                            g_object_ref (task));
}

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
      terrace_gcs_call_new (provider, key, set_class_async, cancellable, callback, user_data);
  TerraceGcsRequest *request;
  TerraceGcsCall *call;

  if (task == NULL)
    return;

  call = g_task_get_task_data (task);
  call->source_key = g_strdup (key);
  call->version = g_strdup (version);
  call->class_id = g_strdup (class_id);
  request = terrace_gcs_call_request (TERRACE_GCS_PROVIDER (provider), "GET", NULL);
  terrace_gcs_request_add_query (request, "fields", "autoclass");
  terrace_gcs_call_send (task, request, bucket_cb);
}

void
terrace_gcs_provider_init_copying (TerraceProviderInterface *iface)
{
  iface->copy_from_async = copy_from_async;
  iface->copy_from_finish = copy_finish;
  iface->set_class_async = set_class_async;
  iface->set_class_finish = copy_finish;
}
