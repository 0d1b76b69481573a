/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Removes and restores objects, reads and writes the bucket's lifecycle rules. Main thread,
 * asynchronous.
 *
 * S3 has three ways to remove only what was seen. Where the bucket keeps versions, that very
 * version is named. Where the server knows If-Match for it, the request says so. Elsewhere an
 * object that is replaced between the look and the removal is removed: a moment of a few
 * milliseconds that such servers leave open. */

#include "config.h"

#include "provider/s3/terrace-s3-provider-private.h"

#include "base/terrace-error.h"
#include "provider/s3/terrace-s3-lifecycle.h"

#include <gnutls/crypto.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#define MD5_BYTES 16
#define MAX_LIFECYCLE_BYTES (1024 * 1024)
#define LIFECYCLE_MINIMUM "x-amz-transition-default-minimum-object-size"

/* --- Remove ---------------------------------------------------------------------------------- */

static const char *
version_id_of (const TerraceS3Object *object)
{
  return object->version_id != NULL && strcmp (object->version_id, "null") != 0 ?
             object->version_id :
             NULL;
}

static void
hide_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (TerraceS3Response) response = terrace_s3_call_receive (object, result, task);

  if (response == NULL)
    return;
  if (terrace_s3_response_is_ok (response) || response->status == SOUP_STATUS_NOT_FOUND)
    g_task_return_boolean (task, TRUE);
  else
    terrace_s3_call_refuse (task, response);
}

/* With the newest version gone, an older one comes to light: it gets the marker that a plain
 * removal leaves. What was written meanwhile stays. */
static void
removed_head_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceS3Call *call = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (TerraceS3Object) found =
      terrace_s3_head_finish (TERRACE_S3_PROVIDER (object), result, &error);

  if (found != NULL && found->info->created_us <= call->object->info->created_us)
    terrace_s3_call_send (task, terrace_s3_request_new ("DELETE", call->key), hide_cb);
  else if (found != NULL || g_error_matches (error, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static void send_remove (GTask *task);

static void
remove_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceS3Provider *self = g_task_get_source_object (task);
  TerraceS3Call *call = g_task_get_task_data (task);
  g_autoptr (TerraceS3Response) response = terrace_s3_call_receive (object, result, task);

  if (response == NULL)
    return;
  if ((response->status == SOUP_STATUS_NOT_IMPLEMENTED ||
       response->status == SOUP_STATUS_BAD_REQUEST) &&
      self->conditional_delete != TERRACE_S3_IGNORED)
    {
      self->conditional_delete = TERRACE_S3_IGNORED;
      send_remove (task);
    }
  else if (!terrace_s3_response_is_ok (response))
    terrace_s3_call_refuse (task, response);
  else if (version_id_of (call->object) != NULL)
    terrace_s3_head_async (self, call->key, g_task_get_cancellable (task), removed_head_cb,
                           g_object_ref (task));
  else
    g_task_return_boolean (task, TRUE);
}

static void
send_remove (GTask *task)
{
  TerraceS3Provider *self = g_task_get_source_object (task);
  TerraceS3Call *call = g_task_get_task_data (task);
  TerraceS3Request *request = terrace_s3_request_new ("DELETE", call->key);
  const char *version_id = version_id_of (call->object);

  if (version_id != NULL)
    {
      terrace_s3_request_add_query (request, "versionId", version_id);
    }
  else if (self->conditional_delete != TERRACE_S3_IGNORED)
    {
      g_autofree char *etag = g_strdup_printf ("\"%s\"", call->version);

      terrace_s3_request_add_header (request, "if-match", etag);
    }
  terrace_s3_call_send (task, request, remove_cb);
}

static void
remove_head_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceS3Call *call = g_task_get_task_data (task);
  GError *error = NULL;

  call->object = terrace_s3_head_finish (TERRACE_S3_PROVIDER (object), result, &error);
  if (call->object == NULL)
    g_task_return_error (task, error);
  else if (strcmp (call->object->info->version, call->version) != 0)
    g_task_return_new_error (task, TERRACE_ERROR, TERRACE_ERROR_CHANGED,
                             _ ("The object was changed meanwhile"));
  else
    send_remove (task);
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
      terrace_s3_call_new (provider, key, remove_async, cancellable, callback, user_data);
  TerraceS3Call *call;

  if (task == NULL)
    return;

  call = g_task_get_task_data (task);
  call->version = g_strdup (version);
  terrace_s3_head_async (TERRACE_S3_PROVIDER (provider), key, cancellable, remove_head_cb,
                         g_object_ref (task));
}

static gboolean
boolean_finish (TerraceProvider *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/* --- Restore --------------------------------------------------------------------------------- */

static void
restore_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (TerraceS3Response) response = terrace_s3_call_receive (object, result, task);

  if (response == NULL)
    return;
  if (terrace_s3_response_is_ok (response) ||
      terrace_s3_response_has_code (response, "RestoreAlreadyInProgress"))
    g_task_return_boolean (task, TRUE);
  else
    terrace_s3_call_refuse (task, response);
}

static void
restore_async (TerraceProvider *provider,
               const char *key,
               guint days,
               GCancellable *cancellable,
               GAsyncReadyCallback callback,
               gpointer user_data)
{
  g_autoptr (GTask) task =
      terrace_s3_call_new (provider, key, restore_async, cancellable, callback, user_data);
  TerraceS3Request *request;
  char *body;

  if (task == NULL)
    return;

  body = g_strdup_printf ("<RestoreRequest xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
                          "<Days>%u</Days><GlacierJobParameters><Tier>Standard</Tier>"
                          "</GlacierJobParameters></RestoreRequest>",
                          days);
  request = terrace_s3_request_new ("POST", key);
  terrace_s3_request_add_query (request, "restore", "");
  terrace_s3_request_add_header (request, "content-type", "application/xml");
  request->body = g_bytes_new_take (body, strlen (body));
  terrace_s3_call_send (task, request, restore_cb);
}

/* --- Lifecycle ------------------------------------------------------------------------------- */

static void
get_lifecycle_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceS3Provider *self = g_task_get_source_object (task);
  g_autoptr (TerraceS3Response) response = terrace_s3_call_receive (object, result, task);
  const char *minimum;

  if (response == NULL)
    return;
  if (terrace_s3_response_has_code (response, "NoSuchLifecycleConfiguration"))
    {
      g_task_return_pointer (task, g_bytes_new (NULL, 0), (GDestroyNotify) g_bytes_unref);
      return;
    }
  if (!terrace_s3_response_is_ok (response))
    {
      terrace_s3_call_refuse (task, response);
      return;
    }

  /* Part of the rules, though not of their text: it is lost if it is not sent again. */
  minimum = terrace_s3_response_get_header (response, LIFECYCLE_MINIMUM);
  g_free (self->lifecycle_minimum);
  self->lifecycle_minimum = g_strdup (minimum);
  g_task_return_pointer (task, g_bytes_ref (response->body), (GDestroyNotify) g_bytes_unref);
}

/* An empty answer: there are no rules. */
static void
get_lifecycle_async (TerraceProvider *provider,
                     GCancellable *cancellable,
                     GAsyncReadyCallback callback,
                     gpointer user_data)
{
  g_autoptr (GTask) task =
      terrace_s3_call_new (provider, NULL, get_lifecycle_async, cancellable, callback, user_data);
  TerraceS3Request *request;

  if (task == NULL)
    return;

  request = terrace_s3_request_new ("GET", NULL);
  request->limit_bytes = MAX_LIFECYCLE_BYTES;
  terrace_s3_request_add_query (request, "lifecycle", "");
  terrace_s3_call_send (task, request, get_lifecycle_cb);
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
  g_autoptr (TerraceS3Response) response = terrace_s3_call_receive (object, result, task);

  if (response == NULL)
    return;
  if (terrace_s3_response_is_ok (response))
    g_task_return_boolean (task, TRUE);
  else
    terrace_s3_call_refuse (task, response);
}

static void
add_rules (TerraceS3Provider *self, TerraceS3Request *request, GBytes *rules)
{
  guint8 digest[MD5_BYTES];
  gsize length;
  gconstpointer data = g_bytes_get_data (rules, &length);
  int failed = gnutls_hash_fast (GNUTLS_DIG_MD5, data, length, digest);
  g_autofree char *md5 = NULL;

  g_assert (failed == 0);
  md5 = g_base64_encode (digest, sizeof digest);
  terrace_s3_request_add_header (request, "content-md5", md5);
  terrace_s3_request_add_header (request, "content-type", "application/xml");
  if (self->lifecycle_minimum != NULL)
    terrace_s3_request_add_header (request, LIFECYCLE_MINIMUM, self->lifecycle_minimum);
  request->body = g_bytes_ref (rules);
}

/* Empty rules remove what there is. */
static void
set_lifecycle_async (TerraceProvider *provider,
                     GBytes *lifecycle,
                     GCancellable *cancellable,
                     GAsyncReadyCallback callback,
                     gpointer user_data)
{
  g_autoptr (GTask) task =
      terrace_s3_call_new (provider, NULL, set_lifecycle_async, cancellable, callback, user_data);
  gboolean empty = g_bytes_get_size (lifecycle) == 0;
  TerraceS3Request *request;

  if (task == NULL)
    return;

  request = terrace_s3_request_new (empty ? "DELETE" : "PUT", NULL);
  terrace_s3_request_add_query (request, "lifecycle", "");
  if (!empty)
    add_rules (TERRACE_S3_PROVIDER (provider), request, lifecycle);
  terrace_s3_call_send (task, request, set_lifecycle_cb);
}

static GBytes *
merge_lifecycle (TerraceProvider *provider, GBytes *rules, GBytes *rule, GError **error)
{
  return terrace_s3_lifecycle_merge (rules, rule, error);
}

void
terrace_s3_provider_init_managing (TerraceProviderInterface *iface)
{
  iface->remove_async = remove_async;
  iface->remove_finish = boolean_finish;
  iface->restore_async = restore_async;
  iface->restore_finish = boolean_finish;
  iface->get_lifecycle_async = get_lifecycle_async;
  iface->get_lifecycle_finish = get_lifecycle_finish;
  iface->set_lifecycle_async = set_lifecycle_async;
  iface->set_lifecycle_finish = boolean_finish;
  iface->merge_lifecycle = merge_lifecycle;
}
