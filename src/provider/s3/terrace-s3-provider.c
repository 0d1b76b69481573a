/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The S3 provider: the object, how a call becomes requests, and the calls that look and read.
 * Main thread, asynchronous.
 *
 * An object's version is its ETag, taken as a word without meaning; it is never taken for a
 * checksum. */

#include "config.h"

#include "provider/s3/terrace-s3-provider-private.h"

#include "base/terrace-error.h"
#include "base/terrace-limits.h"
#include "provider/s3/terrace-s3-xml.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define DEFAULT_COPY_LIMIT_BYTES (G_GUINT64_CONSTANT (5) * 1024 * 1024 * 1024)
/* A thousand keys of 1,024 bytes, each byte written with three characters, and what is around. */
#define MAX_LISTING_BYTES (8 * 1024 * 1024)
/* A refusal is to be read whole, however little was asked for. */
#define MAX_REFUSAL_BYTES (256 * 1024)

static void terrace_s3_provider_iface_init (TerraceProviderInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (TerraceS3Provider,
                               terrace_s3_provider,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (TERRACE_TYPE_PROVIDER,
                                                      terrace_s3_provider_iface_init))

/* --- Calls ----------------------------------------------------------------------------------- */

static void
call_free (TerraceS3Call *call)
{
  g_free (call->key);
  g_free (call->version);
  g_free (call->class_id);
  g_clear_pointer (&call->options, terrace_write_options_free);
  g_clear_pointer (&call->upload, terrace_s3_upload_free);
  g_clear_pointer (&call->parts, g_ptr_array_unref);
  g_clear_pointer (&call->bytes, g_bytes_unref);
  g_clear_object (&call->source);
  g_free (call->source_key);
  g_clear_pointer (&call->object, terrace_s3_object_free);
  g_free (call->tags);
  g_clear_pointer (&call->uploads, terrace_upload_listing_free);
  g_clear_error (&call->failure);
  g_free (call);
}

TerraceS3Call *
terrace_s3_call_attach (GTask *task)
{
  TerraceS3Call *call = g_new0 (TerraceS3Call, 1);

  g_task_set_task_data (task, call, (GDestroyNotify) call_free);
  /* From now on, what was done before a cancellation came is told as done. */
  g_task_set_check_cancellable (task, FALSE);

  return call;
}

GTask *
terrace_s3_call_new (TerraceProvider *provider,
                     const char *key,
                     gpointer tag,
                     GCancellable *cancellable,
                     GAsyncReadyCallback callback,
                     gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (provider, cancellable, callback, user_data);
  GError *error = NULL;

  g_task_set_source_tag (task, tag);
  if (g_task_return_error_if_cancelled (task))
    return NULL;

  terrace_s3_call_attach (task)->key = g_strdup (key);
  if (key != NULL && !terrace_s3_check_key (key, &error))
    {
      g_task_return_error (task, error);
      return NULL;
    }

  return g_steal_pointer (&task);
}

void
terrace_s3_call_send (GTask *task, TerraceS3Request *request, GAsyncReadyCallback callback)
{
  TerraceS3Provider *self = g_task_get_source_object (task);

  terrace_s3_client_send_async (self->client, request, g_task_get_cancellable (task), callback,
                                g_object_ref (task));
}

TerraceS3Response *
terrace_s3_call_receive (GObject *client, GAsyncResult *result, GTask *task)
{
  GError *error = NULL;
  TerraceS3Response *response =
      terrace_s3_client_send_finish (TERRACE_S3_CLIENT (client), result, &error);

  if (response == NULL)
    g_task_return_error (task, error);

  return response;
}

TerraceS3Response *
terrace_s3_call_receive_ok (GObject *client, GAsyncResult *result, GTask *task)
{
  g_autoptr (TerraceS3Response) response = terrace_s3_call_receive (client, result, task);

  if (response != NULL && !terrace_s3_response_is_ok (response))
    {
      terrace_s3_call_refuse (task, response);
      return NULL;
    }

  return g_steal_pointer (&response);
}

void
terrace_s3_call_refuse (GTask *task, const TerraceS3Response *response)
{
  TerraceS3Provider *self = g_task_get_source_object (task);

  g_task_return_error (task, terrace_s3_client_to_error (self->client, response));
}

/* --- Looking --------------------------------------------------------------------------------- */

static void
head_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceS3Provider *self = g_task_get_source_object (task);
  TerraceS3Call *call = g_task_get_task_data (task);
  g_autoptr (TerraceS3Response) response = terrace_s3_call_receive_ok (object, result, task);
  GError *error = NULL;
  TerraceS3Object *found;

  if (response == NULL)
    return;

  found = terrace_s3_object_new (call->key, response->headers, self->class_prefix, &error);
  if (found == NULL)
    {
      g_task_return_error (task, error);
      return;
    }

  if (found->info->checksum.kind != TERRACE_CHECKSUM_NONE)
    self->has_checksums = TRUE;
  g_task_return_pointer (task, found, (GDestroyNotify) terrace_s3_object_free);
}

void
terrace_s3_head_async (TerraceS3Provider *self,
                       const char *key,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  g_autoptr (GTask) task = terrace_s3_call_new (TERRACE_PROVIDER (self), key, terrace_s3_head_async,
                                                cancellable, callback, user_data);
  TerraceS3Request *request;

  if (task == NULL)
    return;

  request = terrace_s3_request_new ("HEAD", key);
  terrace_s3_request_add_header (request, "x-amz-checksum-mode", "ENABLED");
  terrace_s3_call_send (task, request, head_cb);
}

TerraceS3Object *
terrace_s3_head_finish (TerraceS3Provider *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
stat_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  g_autoptr (TerraceS3Object) found =
      terrace_s3_head_finish (TERRACE_S3_PROVIDER (object), result, &error);

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
      terrace_s3_call_new (provider, key, stat_async, cancellable, callback, user_data);

  if (task != NULL)
    terrace_s3_head_async (TERRACE_S3_PROVIDER (provider), key, cancellable, stat_cb,
                           g_object_ref (task));
}

static TerraceObjectInfo *
stat_finish (TerraceProvider *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
list_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceS3Provider *self = g_task_get_source_object (task);
  g_autoptr (TerraceS3Response) response = terrace_s3_call_receive_ok (object, result, task);
  TerraceListing *listing;
  GError *error = NULL;

  if (response == NULL)
    return;

  listing = terrace_s3_xml_parse_listing (response->body, self->class_prefix, TERRACE_S3_RESERVED,
                                          &error);
  if (listing == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, listing, (GDestroyNotify) terrace_listing_free);
}

TerraceS3Request *
terrace_s3_list_request (const char *prefix, const char *continuation, guint max_keys)
{
  TerraceS3Request *request = terrace_s3_request_new ("GET", NULL);
  g_autofree char *max_keys_text = g_strdup_printf ("%u", max_keys);

  request->limit_bytes = MAX_LISTING_BYTES;
  terrace_s3_request_add_query (request, "list-type", "2");
  terrace_s3_request_add_query (request, "max-keys", max_keys_text);
  /* XML has no way to write control characters. */
  terrace_s3_request_add_query (request, "encoding-type", "url");
  if (prefix[0] != '\0')
    terrace_s3_request_add_query (request, "prefix", prefix);
  if (continuation != NULL)
    terrace_s3_request_add_query (request, "continuation-token", continuation);

  return request;
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
      terrace_s3_call_new (provider, NULL, list_async, cancellable, callback, user_data);

  if (task != NULL)
    terrace_s3_call_send (task,
                          terrace_s3_list_request (prefix, continuation, TERRACE_LIMIT_LIST_PAGE),
                          list_cb);
}

static TerraceListing *
list_finish (TerraceProvider *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
probe_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceS3Call *call = g_task_get_task_data (task);
  g_autoptr (TerraceS3Response) response = terrace_s3_call_receive (object, result, task);
  TerraceProbe *probe;

  if (response == NULL)
    return;
  if (terrace_s3_response_is_ok (response))
    {
      probe = g_new0 (TerraceProbe, 1);
      probe->writable = TRUE;
      probe->latency_us = MAX (g_get_monotonic_time () - call->started_us, 1);
      g_task_return_pointer (task, probe, g_free);
      return;
    }

  /* A HEAD of a bucket can be missing nothing but the bucket. */
  if (response->status == 404 && response->code == NULL)
    response->code = g_strdup ("NoSuchBucket");
  terrace_s3_call_refuse (task, response);
}

static void
probe_async (TerraceProvider *provider,
             GCancellable *cancellable,
             GAsyncReadyCallback callback,
             gpointer user_data)
{
  g_autoptr (GTask) task =
      terrace_s3_call_new (provider, NULL, probe_async, cancellable, callback, user_data);
  TerraceS3Call *call;

  if (task == NULL)
    return;

  call = g_task_get_task_data (task);
  call->started_us = g_get_monotonic_time ();
  terrace_s3_call_send (task, terrace_s3_request_new ("HEAD", NULL), probe_cb);
}

static TerraceProbe *
probe_finish (TerraceProvider *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* --- Reading --------------------------------------------------------------------------------- */

static gboolean
is_version (const TerraceS3Call *call, const char *etag)
{
  g_autofree char *found = etag != NULL ? terrace_s3_unquote (etag) : NULL;

  return call->version == NULL || g_strcmp0 (found, call->version) == 0;
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
  TerraceS3Call *call = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (TerraceS3Object) found =
      terrace_s3_head_finish (TERRACE_S3_PROVIDER (object), result, &error);

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
check_range (const TerraceS3Call *call, const TerraceS3Response *response)
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
  TerraceS3Provider *self = g_task_get_source_object (task);
  TerraceS3Call *call = g_task_get_task_data (task);
  g_autoptr (TerraceS3Response) response = terrace_s3_call_receive (object, result, task);

  if (response == NULL)
    return;
  if (response->status == SOUP_STATUS_REQUESTED_RANGE_NOT_SATISFIABLE)
    terrace_s3_head_async (self, call->key, g_task_get_cancellable (task), read_nothing_cb,
                           g_object_ref (task));
  else if (!terrace_s3_response_is_ok (response))
    terrace_s3_call_refuse (task, response);
  else if (!is_version (call, terrace_s3_response_get_header (response, "ETag")))
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
  TerraceS3Call *call = g_task_get_task_data (task);
  TerraceS3Request *request = terrace_s3_request_new ("GET", call->key);
  guint64 last =
      call->length > G_MAXINT64 - call->offset ? G_MAXINT64 : call->offset + call->length - 1;
  g_autofree char *range =
      g_strdup_printf ("bytes=%" G_GUINT64_FORMAT "-%" G_GUINT64_FORMAT, call->offset, last);

  request->limit_bytes = MAX (call->length, MAX_REFUSAL_BYTES);
  terrace_s3_request_add_header (request, "range", range);
  if (call->version != NULL)
    {
      g_autofree char *etag = g_strdup_printf ("\"%s\"", call->version);

      terrace_s3_request_add_header (request, "if-match", etag);
    }
  terrace_s3_call_send (task, request, read_range_cb);
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
      terrace_s3_call_new (provider, key, read_range_async, cancellable, callback, user_data);
  TerraceS3Call *call;

  if (task == NULL)
    return;

  call = g_task_get_task_data (task);
  call->version = g_strdup (version);
  call->offset = offset;
  call->length = length;
  if (length == 0 || offset > G_MAXINT64)
    terrace_s3_head_async (TERRACE_S3_PROVIDER (provider), key, cancellable, read_nothing_cb,
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

/* --- The object ------------------------------------------------------------------------------ */

static TerraceCapabilities
get_capabilities (TerraceProvider *provider)
{
  TerraceCapabilities capabilities = TERRACE_CAPABILITY_RESUME | TERRACE_CAPABILITY_COPY_FROM |
                                     TERRACE_CAPABILITY_SET_CLASS | TERRACE_CAPABILITY_RESTORE |
                                     TERRACE_CAPABILITY_LIFECYCLE | TERRACE_CAPABILITY_METADATA |
                                     TERRACE_CAPABILITY_UPLOADS;

  return TERRACE_S3_PROVIDER (provider)->has_checksums ?
             capabilities | TERRACE_CAPABILITY_CHECKSUM :
             capabilities;
}

static void
terrace_s3_provider_iface_init (TerraceProviderInterface *iface)
{
  iface->get_capabilities = get_capabilities;
  iface->probe_async = probe_async;
  iface->probe_finish = probe_finish;
  iface->list_async = list_async;
  iface->list_finish = list_finish;
  iface->stat_async = stat_async;
  iface->stat_finish = stat_finish;
  iface->read_range_async = read_range_async;
  iface->read_range_finish = read_range_finish;
  terrace_s3_provider_init_beginning (iface);
  terrace_s3_provider_init_uploading (iface);
  terrace_s3_provider_init_finishing (iface);
  terrace_s3_provider_init_leftovers (iface);
  terrace_s3_provider_init_copying (iface);
  terrace_s3_provider_init_managing (iface);
}

static void
terrace_s3_provider_finalize (GObject *object)
{
  TerraceS3Provider *self = TERRACE_S3_PROVIDER (object);

  g_clear_object (&self->client);
  g_free (self->class_prefix);
  g_free (self->lifecycle_minimum);
  g_clear_pointer (&self->waiting, g_ptr_array_unref);
  terrace_cloud_store_free (self->pending);

  G_OBJECT_CLASS (terrace_s3_provider_parent_class)->finalize (object);
}

static void
terrace_s3_provider_class_init (TerraceS3ProviderClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = terrace_s3_provider_finalize;
}

static void
terrace_s3_provider_init (TerraceS3Provider *self)
{
  self->copy_limit_bytes = DEFAULT_COPY_LIMIT_BYTES;
  self->pending = terrace_cloud_store_new ();
}

TerraceS3Provider *
terrace_s3_provider_new (TerraceLocation *location,
                         TerraceCredentials *credentials,
                         TerraceWorker *worker,
                         TerraceClock *clock,
                         GError **error)
{
  g_autoptr (TerraceS3Address) address = NULL;
  TerraceS3Provider *self;
  const char *class_id;

  g_return_val_if_fail (TERRACE_IS_LOCATION (location), NULL);
  g_return_val_if_fail (location->kind == TERRACE_LOCATION_S3, NULL);
  g_return_val_if_fail (TERRACE_IS_CREDENTIALS (credentials), NULL);
  g_return_val_if_fail (TERRACE_IS_WORKER (worker), NULL);
  g_return_val_if_fail (TERRACE_IS_CLOCK (clock), NULL);

  address = terrace_s3_address_parse (location->root, error);
  if (address == NULL)
    return NULL;

  self = g_object_new (TERRACE_TYPE_S3_PROVIDER, NULL);
  self->client = terrace_s3_client_new (g_steal_pointer (&address), location->root, credentials,
                                        worker, clock);
  class_id = terrace_location_get_class_id (location);
  self->class_prefix = class_id != NULL && strchr (class_id, '/') != NULL ?
                           g_strndup (class_id, strrchr (class_id, '/') - class_id) :
                           g_strdup ("aws");

  return self;
}

void
terrace_s3_provider_set_copy_limit (TerraceS3Provider *self, guint64 limit_bytes)
{
  g_return_if_fail (TERRACE_IS_S3_PROVIDER (self));

  self->copy_limit_bytes = limit_bytes;
}
