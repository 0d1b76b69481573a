/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Removes objects, reads and writes the bucket's lifecycle rules. Main thread, asynchronous.
 *
 * A removal names the generation that was seen. In a bucket that keeps versions it makes the object
 * noncurrent, and in one with soft deletion it can be brought back for a while: what the bucket's
 * owner has set up to be kept is kept. */

#include "config.h"

#include "provider/gcs/terrace-gcs-provider-private.h"

#include "base/terrace-error.h"
#include "provider/gcs/terrace-gcs-lifecycle.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define MAX_LIFECYCLE_BYTES (1024 * 1024)

static gboolean
boolean_finish (TerraceProvider *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/* --- Remove ---------------------------------------------------------------------------------- */

static void
remove_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceGcsCall *call = g_task_get_task_data (task);
  g_autoptr (TerraceGcsResponse) response = terrace_gcs_call_receive (object, result, task);

  if (response == NULL)
    return;
  if (terrace_gcs_response_is_ok (response))
    g_task_return_boolean (task, TRUE);
  else if (response->status == SOUP_STATUS_PRECONDITION_FAILED)
    terrace_gcs_call_explain_condition (task, call->key);
  else
    terrace_gcs_call_refuse (task, response);
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
      terrace_gcs_call_new (provider, key, remove_async, cancellable, callback, user_data);
  TerraceGcsRequest *request;

  if (task == NULL)
    return;

  request = terrace_gcs_call_request (TERRACE_GCS_PROVIDER (provider), "DELETE", key);
  terrace_gcs_request_add_query (request, "ifGenerationMatch", version);
  terrace_gcs_call_send (task, request, remove_cb);
}

/* --- Lifecycle ------------------------------------------------------------------------------- */

static void
get_lifecycle_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceGcsProvider *self = g_task_get_source_object (task);
  g_autoptr (TerraceGcsResponse) response = terrace_gcs_call_receive (object, result, task);
  g_autoptr (JsonObject) bucket = NULL;
  JsonObject *lifecycle;
  GError *error = NULL;

  if (response == NULL)
    return;
  if (!terrace_gcs_response_is_ok (response))
    {
      terrace_gcs_response_blame_bucket (response);
      terrace_gcs_call_refuse (task, response);
      return;
    }

  bucket = terrace_gcs_json_parse (response->body, &error);
  if (bucket == NULL)
    {
      g_task_return_error (task, error);
      return;
    }

  g_free (self->lifecycle_version);
  self->lifecycle_version = g_strdup (terrace_gcs_json_get_string (bucket, "metageneration"));
  lifecycle = terrace_gcs_json_get_object (bucket, "lifecycle");
  g_task_return_pointer (task,
                         lifecycle != NULL && json_object_get_size (lifecycle) > 0 ?
                             terrace_gcs_json_to_bytes (lifecycle) :
                             g_bytes_new (NULL, 0),
                         (GDestroyNotify) g_bytes_unref);
}

/* An empty answer: there are no rules. */
static void
get_lifecycle_async (TerraceProvider *provider,
                     GCancellable *cancellable,
                     GAsyncReadyCallback callback,
                     gpointer user_data)
{
  g_autoptr (GTask) task =
      terrace_gcs_call_new (provider, NULL, get_lifecycle_async, cancellable, callback, user_data);
  TerraceGcsRequest *request;

  if (task == NULL)
    return;

  request = terrace_gcs_call_request (TERRACE_GCS_PROVIDER (provider), "GET", NULL);
  request->limit_bytes = MAX_LIFECYCLE_BYTES;
  terrace_gcs_request_add_query (request, "fields", "lifecycle,metageneration");
  terrace_gcs_call_send (task, request, get_lifecycle_cb);
}

static GBytes *
get_lifecycle_finish (TerraceProvider *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
set_lifecycle_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceGcsProvider *self = g_task_get_source_object (task);
  g_autoptr (TerraceGcsResponse) response = terrace_gcs_call_receive (object, result, task);

  if (response == NULL)
    return;

  /* Whatever it is, the rules that were read are not those of today any more. */
  g_clear_pointer (&self->lifecycle_version, g_free);
  if (terrace_gcs_response_is_ok (response))
    g_task_return_boolean (task, TRUE);
  else if (response->status == SOUP_STATUS_PRECONDITION_FAILED)
    g_task_return_new_error (task, TERRACE_ERROR, TERRACE_ERROR_CHANGED,
                             _ ("The bucket's settings were changed meanwhile: look at its rules "
                                "again"));
  else
    {
      terrace_gcs_response_blame_bucket (response);
      terrace_gcs_call_refuse (task, response);
    }
}

/* Empty rules remove what there is. Rules that were read before are replaced only if the bucket
 * has not been changed since. */
static void
set_lifecycle_async (TerraceProvider *provider,
                     GBytes *lifecycle,
                     GCancellable *cancellable,
                     GAsyncReadyCallback callback,
                     gpointer user_data)
{
  g_autoptr (GTask) task =
      terrace_gcs_call_new (provider, NULL, set_lifecycle_async, cancellable, callback, user_data);
  TerraceGcsProvider *self = TERRACE_GCS_PROVIDER (provider);
  g_autoptr (JsonObject) patch = json_object_new ();
  g_autoptr (JsonObject) rules = NULL;
  TerraceGcsRequest *request;

  if (task == NULL)
    return;

  if (g_bytes_get_size (lifecycle) == 0)
    {
      rules = json_object_new ();
      json_object_set_array_member (rules, "rule", json_array_new ());
    }
  else
    {
      rules = terrace_gcs_json_parse (lifecycle, NULL);
    }
  if (rules == NULL)
    {
      g_task_return_new_error (task, TERRACE_ERROR, TERRACE_ERROR_INVALID,
                               _ ("These are no lifecycle rules of Google Cloud Storage"));
      return;
    }

  json_object_set_object_member (patch, "lifecycle", g_steal_pointer (&rules));
  request = terrace_gcs_call_request (self, "PATCH", NULL);
  terrace_gcs_request_add_query (request, "fields", "metageneration");
  if (self->lifecycle_version != NULL)
    terrace_gcs_request_add_query (request, "ifMetagenerationMatch", self->lifecycle_version);
  terrace_gcs_request_set_json (request, patch);
  terrace_gcs_call_send (task, request, set_lifecycle_cb);
}

static GBytes *
merge_lifecycle (TerraceProvider *provider, GBytes *rules, GBytes *rule, GError **error)
{
  return terrace_gcs_lifecycle_merge (rules, rule, error);
}

void
terrace_gcs_provider_init_managing (TerraceProviderInterface *iface)
{
  iface->remove_async = remove_async;
  iface->remove_finish = boolean_finish;
  iface->get_lifecycle_async = get_lifecycle_async;
  iface->get_lifecycle_finish = get_lifecycle_finish;
  iface->set_lifecycle_async = set_lifecycle_async;
  iface->set_lifecycle_finish = boolean_finish;
  iface->merge_lifecycle = merge_lifecycle;
}
