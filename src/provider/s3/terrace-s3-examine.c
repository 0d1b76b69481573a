/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finds out what a server knows. Main thread, asynchronous.
 *
 * S3 is spoken by many, and what they leave out they mostly leave out in silence: a condition that
 * is ignored overwrites, a checksum that is ignored proves nothing. So an object of our own is
 * written, looked at, written and removed in ways that tell, once before the first upload. Amazon
 * is not asked: it knows all of it. Whoever may not write finds out nothing, and needs none of it.
 */

#include "config.h"

#include "provider/s3/terrace-s3-provider-private.h"

#include "provider/s3/terrace-s3-checksum.h"

#include <string.h>

#define CONTENTS "What does this server know?\n"
#define WRONG_ETAG "\"00000000000000000000000000000000\""

/* In the order of their worth for uploads in parts. */
static const TerraceChecksumKind wanted[] = {
  TERRACE_CHECKSUM_CRC64,
  TERRACE_CHECKSUM_CRC32C,
  TERRACE_CHECKSUM_SHA256,
};

static void try_checksum (GTask *task);

/* A caller that waits for the end, or for its cancellation. */
typedef struct
{
  GTask *task;
  GSource *cancelled; /* (nullable) */
} Waiter;

static void
waiter_free (Waiter *self)
{
  if (self->cancelled != NULL)
    g_source_destroy (self->cancelled);
  g_clear_pointer (&self->cancelled, g_source_unref);
  g_object_unref (self->task);
  g_free (self);
}

static gboolean
cancelled_cb (GCancellable *cancellable, gpointer user_data)
{
  Waiter *waiter = user_data;
  g_autoptr (GTask) task = g_object_ref (waiter->task);
  TerraceS3Provider *self = g_task_get_source_object (task);

  g_ptr_array_remove_fast (self->waiting, waiter);
  g_task_return_boolean (task, TRUE);

  return G_SOURCE_REMOVE;
}

static void
add_waiter (TerraceS3Provider *self, GTask *task)
{
  GCancellable *cancellable = g_task_get_cancellable (task);
  Waiter *waiter = g_new0 (Waiter, 1);

  waiter->task = g_object_ref (task);
  if (cancellable != NULL)
    {
      waiter->cancelled = g_cancellable_source_new (cancellable);
      g_source_set_callback (waiter->cancelled, G_SOURCE_FUNC (cancelled_cb), waiter, NULL);
      g_source_attach (waiter->cancelled, g_task_get_context (task));
    }
  g_ptr_array_add (self->waiting, waiter);
}

static void
end (GTask *task)
{
  TerraceS3Provider *self = g_task_get_source_object (task);
  g_autoptr (GPtrArray) waiting = g_steal_pointer (&self->waiting);

  self->examined = TRUE;
  for (guint i = 0; i < waiting->len; i++)
    g_task_return_boolean (((Waiter *) waiting->pdata[i])->task, TRUE);
  g_task_return_boolean (task, TRUE);
}

/* (transfer full) (nullable): the answer; without one the examination has ended. */
static TerraceS3Response *
receive (GObject *object, GAsyncResult *result, GTask *task)
{
  TerraceS3Response *response =
      terrace_s3_client_send_finish (TERRACE_S3_CLIENT (object), result, NULL);

  if (response == NULL)
    end (task);

  return response;
}

static void
clean_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (TerraceS3Response) response = receive (object, result, task);

  if (response != NULL)
    end (task);
}

static void
clean (GTask *task)
{
  TerraceS3Call *call = g_task_get_task_data (task);

  terrace_s3_call_send (task, terrace_s3_request_new ("DELETE", call->key), clean_cb);
}

static void
delete_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceS3Provider *self = g_task_get_source_object (task);
  g_autoptr (TerraceS3Response) response = receive (object, result, task);

  if (response == NULL)
    return;
  if (response->status == SOUP_STATUS_PRECONDITION_FAILED)
    self->conditional_delete = TERRACE_S3_HONOURED;
  else
    self->conditional_delete = TERRACE_S3_IGNORED;
  if (terrace_s3_response_is_ok (response))
    end (task);
  else
    clean (task);
}

/* With an ETag that it does not have, the object may not go. */
static void
try_delete (GTask *task)
{
  TerraceS3Call *call = g_task_get_task_data (task);
  TerraceS3Request *request = terrace_s3_request_new ("DELETE", call->key);

  terrace_s3_request_add_header (request, "if-match", WRONG_ETAG);
  terrace_s3_call_send (task, request, delete_cb);
}

static void
put_again_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceS3Provider *self = g_task_get_source_object (task);
  g_autoptr (TerraceS3Response) response = receive (object, result, task);

  if (response == NULL)
    return;
  self->conditional_put = response->status == SOUP_STATUS_PRECONDITION_FAILED ?
                              TERRACE_S3_HONOURED :
                              TERRACE_S3_IGNORED;
  try_delete (task);
}

static TerraceS3Request *
put_request (GTask *task)
{
  TerraceS3Call *call = g_task_get_task_data (task);
  TerraceS3Request *request = terrace_s3_request_new ("PUT", call->key);

  request->body = g_bytes_new_static (CONTENTS, strlen (CONTENTS));
  return request;
}

/* It is there by now, so it may not be written. */
static void
try_put_again (GTask *task)
{
  TerraceS3Request *request = put_request (task);

  terrace_s3_request_add_header (request, "if-none-match", "*");
  terrace_s3_call_send (task, request, put_again_cb);
}

static void
head_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceS3Provider *self = g_task_get_source_object (task);
  TerraceS3Call *call = g_task_get_task_data (task);
  g_autoptr (TerraceS3Response) response = receive (object, result, task);
  TerraceDigest kept;

  if (response == NULL)
    return;

  terrace_s3_checksum_read (response->headers, &kept);
  if (kept.kind == wanted[call->number])
    {
      self->checksum = kept.kind;
      self->has_checksums = TRUE;
      try_put_again (task);
    }
  else
    {
      call->number++;
      try_checksum (task);
    }
}

static void
put_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceS3Call *call = g_task_get_task_data (task);
  g_autoptr (TerraceS3Response) response = receive (object, result, task);
  TerraceS3Request *request;

  if (response == NULL)
    return;
  if (terrace_s3_response_is_ok (response))
    {
      request = terrace_s3_request_new ("HEAD", call->key);
      terrace_s3_request_add_header (request, "x-amz-checksum-mode", "ENABLED");
      terrace_s3_call_send (task, request, head_cb);
    }
  else if (response->status == SOUP_STATUS_BAD_REQUEST ||
           response->status == SOUP_STATUS_NOT_IMPLEMENTED)
    {
      call->number++;
      try_checksum (task);
    }
  else
    {
      end (task);
    }
}

static void
put_plain_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (TerraceS3Response) response = receive (object, result, task);

  if (response == NULL)
    return;
  if (terrace_s3_response_is_ok (response))
    try_put_again (task);
  else
    end (task);
}

/* Writes the object with the next kind of checksum, or without any after the last. */
static void
try_checksum (GTask *task)
{
  TerraceS3Call *call = g_task_get_task_data (task);
  TerraceS3Request *request = put_request (task);

  if (call->number < G_N_ELEMENTS (wanted))
    {
      request->checksum = wanted[call->number];
      terrace_s3_call_send (task, request, put_cb);
    }
  else
    {
      terrace_s3_call_send (task, request, put_plain_cb);
    }
}

static void
begin (TerraceS3Provider *self)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, NULL, NULL);
  TerraceS3Call *call = terrace_s3_call_attach (task);
  g_autofree char *name = g_uuid_string_random ();

  g_task_set_source_tag (task, begin);
  call->key = g_strconcat (TERRACE_S3_RESERVED, name, NULL);
  try_checksum (task);
}

void
terrace_s3_examine_async (TerraceS3Provider *self,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, terrace_s3_examine_async);
  /* Whoever is cancelled finds that out with the next request. */
  g_task_set_check_cancellable (task, FALSE);
  if (!self->examined &&
      terrace_s3_address_is_amazon (terrace_s3_client_get_address (self->client)))
    {
      self->examined = TRUE;
      self->checksum = TERRACE_CHECKSUM_CRC64;
      self->has_checksums = TRUE;
      self->conditional_put = TERRACE_S3_HONOURED;
      self->conditional_complete = TERRACE_S3_HONOURED;
    }
  if (self->examined)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }

  if (self->waiting == NULL)
    {
      self->waiting = g_ptr_array_new_with_free_func ((GDestroyNotify) waiter_free);
      begin (self);
    }
  add_waiter (self, task);
}

void
terrace_s3_examine_finish (TerraceS3Provider *self, GAsyncResult *result)
{
  g_return_if_fail (g_task_is_valid (result, self));

  g_task_propagate_boolean (G_TASK (result), NULL);
}

TerraceChecksumKind
terrace_s3_part_checksum (const TerraceS3Provider *self)
{
  return terrace_s3_checksum_is_whole (self->checksum) ? self->checksum : TERRACE_CHECKSUM_NONE;
}
