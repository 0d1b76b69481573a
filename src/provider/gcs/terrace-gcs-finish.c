/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Makes an object of what was uploaded. Main thread, asynchronous.
 *
 * Nothing is ever overwritten: the request that makes the object says "only if there is none"
 * (ifGenerationMatch=0), and Google holds to that. A token in the object's metadata tells our own
 * object, after a crash, from anybody else's. */

#include "config.h"

#include "provider/gcs/terrace-gcs-session.h"

#include "base/terrace-error.h"
#include "provider/terrace-cloud-parts.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define RESUME_INCOMPLETE 308

static void
forget (GTask *task)
{
  TerraceGcsCall *call = g_task_get_task_data (task);

  terrace_gcs_upload_drop (call->upload);
  terrace_gcs_upload_lose (call->upload);
}

/* Takes over @error; gives the lock back. */
static void
fail (GTask *task, GError *error)
{
  TerraceGcsCall *call = g_task_get_task_data (task);

  call->upload->is_known = FALSE;
  terrace_gcs_upload_unlock (call->upload);
  g_task_return_error (task, error);
}

static void
unmarked_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceGcsCall *call = g_task_get_task_data (task);

  terrace_gcs_upload_unlock (call->upload);
  g_task_return_pointer (task, g_steal_pointer (&call->object->info),
                         (GDestroyNotify) terrace_object_info_free);
}

/* The object, which is ours, is there. */
static void
done (GTask *task)
{
  TerraceGcsCall *call = g_task_get_task_data (task);

  if (call->object->info->size_bytes != call->options->size_bytes)
    {
      fail (task, g_error_new (TERRACE_ERROR, TERRACE_ERROR_CORRUPT,
                               _ ("The object has %" G_GUINT64_FORMAT " bytes instead of "
                                  "%" G_GUINT64_FORMAT),
                               call->object->info->size_bytes, call->options->size_bytes));
      return;
    }

  forget (task);
  if (call->upload->is_single)
    unmarked_cb (NULL, NULL, g_object_ref (task));
  else
    terrace_gcs_session_unmark_async (call->upload, unmarked_cb, g_object_ref (task));
}

static void
confirm_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceGcsCall *call = g_task_get_task_data (task);
  GError *error = NULL;

  call->object = terrace_gcs_stat_finish (TERRACE_GCS_PROVIDER (object), result, &error);
  if (call->object == NULL)
    fail (task, error);
  else if (g_strcmp0 (call->object->token, call->options->token) != 0)
    fail (task, g_error_new_literal (TERRACE_ERROR, TERRACE_ERROR_EXISTS,
                                     _ ("There is an object of this name already")));
  else
    done (task);
}

/* Ends with what the key holds now, which has to be ours. */
static void
confirm (GTask *task)
{
  TerraceGcsCall *call = g_task_get_task_data (task);

  terrace_gcs_stat_async (g_task_get_source_object (task), call->key, g_task_get_cancellable (task),
                          confirm_cb, g_object_ref (task));
}

/* --- Sending --------------------------------------------------------------------------------- */

static void send_rest (GTask *task);

/* The rest was stored in part: what is missing goes in another request. */
static void
take_progress (GTask *task, const TerraceGcsResponse *response)
{
  TerraceGcsCall *call = g_task_get_task_data (task);
  TerraceGcsUpload *upload = call->upload;
  guint64 stored_bytes = terrace_gcs_session_parse_stored (response);

  if (stored_bytes <= upload->stored_bytes || stored_bytes >= upload->size_bytes)
    {
      fail (task, g_error_new_literal (TERRACE_ERROR, TERRACE_ERROR_UNREACHABLE,
                                       _ ("The server stored nothing of what was sent")));
      return;
    }

  terrace_gcs_upload_set_stored (upload, stored_bytes);
  send_rest (task);
}

static void
sent_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceGcsProvider *self = g_task_get_source_object (task);
  TerraceGcsCall *call = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (TerraceGcsResponse) response =
      terrace_gcs_client_send_finish (self->client, result, &error);

  if (response == NULL)
    {
      fail (task, error);
    }
  else if (terrace_gcs_response_is_ok (response))
    {
      call->object = terrace_gcs_call_parse_object (self, response, NULL);
      /* An answer that tells less than it should is asked for again. */
      if (call->object != NULL && g_strcmp0 (call->object->token, call->options->token) == 0)
        done (task);
      else
        {
          g_clear_pointer (&call->object, terrace_gcs_object_free);
          confirm (task);
        }
    }
  else if (response->status == RESUME_INCOMPLETE)
    {
      take_progress (task, response);
    }
  else if ((response->status == SOUP_STATUS_PRECONDITION_FAILED &&
            g_strcmp0 (response->reason, TERRACE_GCS_BAD_DIGEST) != 0) ||
           (!call->upload->is_single && terrace_gcs_session_is_gone (response)))
    {
      confirm (task);
    }
  else
    {
      fail (task, terrace_gcs_client_to_error (self->client, response));
    }
}

/* The rest of a session's bytes, the object's last among them. */
static void
send_rest (GTask *task)
{
  TerraceGcsCall *call = g_task_get_task_data (task);
  TerraceGcsUpload *upload = call->upload;
  g_autofree char *checksum = terrace_gcs_upload_get_checksum (upload);
  TerraceGcsRequest *request = terrace_gcs_session_make_chunk (upload, upload->size_bytes);

  if (checksum != NULL)
    {
      g_autofree char *value = g_strconcat ("crc32c=", checksum, NULL);

      terrace_gcs_request_add_header (request, "X-Goog-Hash", value);
    }
  terrace_gcs_call_send (task, request, sent_cb);
}

/* An object of one part, in one request. */
static void
send_whole (GTask *task)
{
  TerraceGcsProvider *self = g_task_get_source_object (task);
  TerraceGcsCall *call = g_task_get_task_data (task);
  g_autofree char *path =
      terrace_gcs_address_get_upload_path (terrace_gcs_client_get_address (self->client));
  g_autofree char *checksum = terrace_gcs_upload_get_checksum (call->upload);
  TerraceGcsRequest *request = terrace_gcs_request_new ("POST", path);

  json_object_set_string_member (call->resource, "name", call->key);
  if (checksum != NULL)
    json_object_set_string_member (call->resource, "crc32c", checksum);
  terrace_gcs_upload_slice (call->upload, 0, call->upload->size_bytes, request->body);
  terrace_gcs_request_add_query (request, "ifGenerationMatch", "0");
  terrace_gcs_request_make_multipart (request, call->resource);
  terrace_gcs_call_send (task, request, sent_cb);
}

static void
send (GTask *task)
{
  TerraceGcsCall *call = g_task_get_task_data (task);
  TerraceGcsUpload *upload = call->upload;

  if (!terrace_gcs_upload_has_range (upload, 0, upload->size_bytes))
    fail (task, g_error_new_literal (TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND,
                                     _ ("The bytes of the unfinished upload are gone")));
  else if (upload->is_single)
    send_whole (task);
  else
    send_rest (task);
}

/* --- The beginning --------------------------------------------------------------------------- */

static void
found_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  TerraceGcsUploadState state = terrace_gcs_session_find_finish (result, &error);

  if (state == TERRACE_GCS_UPLOAD_OPEN)
    send (task);
  else if (state == TERRACE_GCS_UPLOAD_DONE)
    confirm (task);
  else
    fail (task, error);
}

static void
finish_stat_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceGcsCall *call = g_task_get_task_data (task);
  TerraceGcsUpload *upload = call->upload;
  g_autoptr (GError) error = NULL;

  call->object = terrace_gcs_stat_finish (TERRACE_GCS_PROVIDER (object), result, &error);
  if (call->object != NULL && g_strcmp0 (call->object->token, call->options->token) == 0)
    done (task);
  else if (call->object != NULL)
    fail (task, g_error_new_literal (TERRACE_ERROR, TERRACE_ERROR_EXISTS,
                                     _ ("There is an object of this name already")));
  else if (!g_error_matches (error, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND))
    fail (task, g_steal_pointer (&error));
  else if (upload->is_single || upload->is_known)
    send (task);
  else
    terrace_gcs_session_find_async (upload, g_task_get_cancellable (task), found_cb,
                                    g_object_ref (task));
}

static void
finish_locked_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceGcsCall *call = g_task_get_task_data (task);
  GError *error = NULL;

  if (terrace_gcs_upload_lock_finish (result, &error))
    terrace_gcs_stat_async (TERRACE_GCS_PROVIDER (object), call->key, g_task_get_cancellable (task),
                            finish_stat_cb, g_object_ref (task));
  else
    g_task_return_error (task, error);
}

static void
finish_async (TerraceProvider *provider,
              const char *key,
              const char *upload,
              GPtrArray *parts,
              const TerraceWriteOptions *options,
              GCancellable *cancellable,
              GAsyncReadyCallback callback,
              gpointer user_data)
{
  g_autoptr (GTask) task =
      terrace_gcs_call_new (provider, key, finish_async, cancellable, callback, user_data);
  TerraceGcsCall *call;
  GError *error = NULL;

  if (task == NULL)
    return;

  call = g_task_get_task_data (task);
  call->options = terrace_write_options_copy (options);
  call->resource = terrace_gcs_make_resource (call->options, NULL, &error);
  if (call->resource != NULL)
    call->upload = terrace_gcs_upload_find (TERRACE_GCS_PROVIDER (provider), key, upload, &error);
  if (call->upload == NULL)
    g_task_return_error (task, error);
  else if (!terrace_cloud_parts_are_whole (parts, options->size_bytes))
    g_task_return_new_error (task, TERRACE_ERROR, TERRACE_ERROR_INVALID,
                             _ ("Parts of the object are missing"));
  else
    terrace_gcs_upload_lock_async (call->upload, cancellable, finish_locked_cb,
                                   g_object_ref (task));
}

static TerraceObjectInfo *
finish_finish (TerraceProvider *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

void
terrace_gcs_provider_init_finishing (TerraceProviderInterface *iface)
{
  iface->finish_async = finish_async;
  iface->finish_finish = finish_finish;
}
