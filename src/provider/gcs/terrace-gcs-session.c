/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Talks to upload sessions. Main thread, asynchronous.
 *
 * The address of a session is a capability: whoever has it can write to the session. It is
 * kept in memory and, sealed with the service account's key, in a small object beside the others,
 * so that a later process finds it by the move's token. Of the address only path and query are
 * taken: requests go to the bucket's own host. */

#include "config.h"

#include "provider/gcs/terrace-gcs-session.h"

#include "base/terrace-error.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define MAX_ADDRESS_BYTES 8192
#define MAX_MARKER_BYTES 16384
#define UPLOADS "/upload/"
/* What a request to a session that was given up is answered. */
#define CLIENT_CLOSED_REQUEST 499
#define RESUME_INCOMPLETE 308

typedef struct
{
  TerraceGcsUpload *upload;
} Finding;

static void
finding_free (Finding *self)
{
  terrace_gcs_upload_unref (self->upload);
  g_free (self);
}

static GTask *
new_task (TerraceGcsUpload *upload,
          gpointer tag,
          GCancellable *cancellable,
          GAsyncReadyCallback callback,
          gpointer user_data)
{
  GTask *task = g_task_new (upload->provider, cancellable, callback, user_data);
  Finding *finding = g_new0 (Finding, 1);

  finding->upload = terrace_gcs_upload_ref (upload);
  g_task_set_source_tag (task, tag);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, finding, (GDestroyNotify) finding_free);

  return task;
}

static TerraceGcsUpload *
get_upload (GTask *task)
{
  return ((Finding *) g_task_get_task_data (task))->upload;
}

char *
terrace_gcs_marker_key (const char *token)
{
  return g_strconcat (TERRACE_GCS_RESERVED, token, NULL);
}

/* --- Addresses ------------------------------------------------------------------------------- */

static gboolean
take_address (TerraceGcsUpload *upload, const char *text)
{
  g_autoptr (GUri) uri = text != NULL ? g_uri_parse (text, G_URI_FLAGS_ENCODED, NULL) : NULL;

  if (uri == NULL || g_uri_get_query (uri) == NULL ||
      !g_str_has_prefix (g_uri_get_path (uri), UPLOADS) || strlen (text) > MAX_ADDRESS_BYTES)
    return FALSE;

  terrace_gcs_upload_lose (upload);
  upload->path = g_strdup (g_uri_get_path (uri));
  upload->query = g_strdup (g_uri_get_query (uri));
  return TRUE;
}

gboolean
terrace_gcs_session_take_address (TerraceGcsUpload *upload,
                                  const TerraceGcsResponse *response,
                                  GError **error)
{
  if (take_address (upload, terrace_gcs_response_get_header (response, "Location")))
    return TRUE;

  g_set_error_literal (error, TERRACE_ERROR, TERRACE_ERROR_CORRUPT,
                       _ ("The server gave no address for the upload"));
  return FALSE;
}

static TerraceGcsRequest *
new_session_request (TerraceGcsUpload *upload, const char *content_range)
{
  TerraceGcsRequest *request = terrace_gcs_request_new ("PUT", upload->path);

  request->is_session = TRUE;
  g_string_assign (request->query, upload->query);
  terrace_gcs_request_add_header (request, "Content-Range", content_range);

  return request;
}

TerraceGcsRequest *
terrace_gcs_session_make_chunk (TerraceGcsUpload *upload, guint64 end)
{
  g_autofree char *range =
      g_strdup_printf ("bytes %" G_GUINT64_FORMAT "-%" G_GUINT64_FORMAT "/%" G_GUINT64_FORMAT,
                       upload->stored_bytes, end - 1, upload->size_bytes);
  TerraceGcsRequest *request = new_session_request (upload, range);

  terrace_gcs_upload_slice (upload, upload->stored_bytes, end, request->body);

  return request;
}

gboolean
terrace_gcs_session_is_gone (const TerraceGcsResponse *response)
{
  return response->status == SOUP_STATUS_NOT_FOUND || response->status == SOUP_STATUS_GONE ||
         response->status == CLIENT_CLOSED_REQUEST;
}

guint64
terrace_gcs_session_parse_stored (const TerraceGcsResponse *response)
{
  const char *text = terrace_gcs_response_get_header (response, "Range");
  guint64 last;

  if (text == NULL || !g_str_has_prefix (text, "bytes=0-") ||
      !g_ascii_string_to_unsigned (text + strlen ("bytes=0-"), 10, 0, G_MAXINT64 - 1, &last, NULL))
    return 0;

  return last + 1;
}

/* --- Markers --------------------------------------------------------------------------------- */

TerraceGcsRequest *
terrace_gcs_session_make_marker (TerraceGcsUpload *upload)
{
  TerraceGcsClient *client = upload->provider->client;
  const TerraceGcsAccount *account = terrace_gcs_client_get_account (client);
  g_autofree char *key = terrace_gcs_marker_key (upload->token);
  g_autofree char *address =
      g_strconcat ("https://session", upload->path, "?", upload->query, NULL);
  g_autofree char *size = g_strdup_printf ("%" G_GUINT64_FORMAT, upload->size_bytes);
  g_autoptr (JsonObject) resource = json_object_new ();
  g_autoptr (GBytes) sealed = terrace_gcs_account_seal (account, address);
  g_autofree char *path =
      terrace_gcs_address_get_upload_path (terrace_gcs_client_get_address (client));
  TerraceGcsRequest *request = terrace_gcs_request_new ("POST", path);
  JsonObject *metadata = json_object_new ();

  json_object_set_string_member (metadata, "terrace-key", upload->key);
  json_object_set_string_member (metadata, "terrace-size", size);
  json_object_set_string_member (resource, "name", key);
  json_object_set_object_member (resource, "metadata", metadata);
  g_ptr_array_add (request->body, g_steal_pointer (&sealed));
  terrace_gcs_request_make_multipart (request, resource);

  return request;
}

static void
unmark_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (TerraceGcsResponse) response =
      terrace_gcs_client_send_finish (TERRACE_GCS_CLIENT (object), result, NULL);

  g_task_return_boolean (task, TRUE);
}

void
terrace_gcs_session_unmark_async (TerraceGcsUpload *upload,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  g_autoptr (GTask) task =
      new_task (upload, terrace_gcs_session_unmark_async, NULL, callback, user_data);
  g_autofree char *key = terrace_gcs_marker_key (upload->token);

  terrace_gcs_call_send (task, terrace_gcs_call_request (upload->provider, "DELETE", key),
                         unmark_cb);
}

/* --- Open ------------------------------------------------------------------------------------ */

static void
open_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceGcsUpload *upload = get_upload (task);
  TerraceGcsClient *client = TERRACE_GCS_CLIENT (object);
  g_autoptr (TerraceGcsResponse) response = terrace_gcs_call_receive (object, result, task);
  g_autofree char *address = NULL;

  if (response == NULL)
    return;
  if (!terrace_gcs_response_is_ok (response))
    {
      terrace_gcs_call_refuse (task, response);
      return;
    }

  address = terrace_gcs_account_unseal (terrace_gcs_client_get_account (client), response->body);
  if (take_address (upload, address))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_new_error (task, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND,
                             _ ("The unfinished upload was begun with another key"));
}

void
terrace_gcs_session_open_async (TerraceGcsUpload *upload,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  g_autoptr (GTask) task =
      new_task (upload, terrace_gcs_session_open_async, cancellable, callback, user_data);
  g_autofree char *key = terrace_gcs_marker_key (upload->token);
  TerraceGcsRequest *request;

  if (upload->path != NULL)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }

  request = terrace_gcs_call_request (upload->provider, "GET", key);
  request->limit_bytes = MAX_MARKER_BYTES;
  terrace_gcs_request_add_query (request, "alt", "media");
  terrace_gcs_call_send (task, request, open_cb);
}

gboolean
terrace_gcs_session_open_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* --- Find ------------------------------------------------------------------------------------ */

/* The session is not there: either it has become the object, or it is gone. */
static void
find_stat_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceGcsUpload *upload = get_upload (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (TerraceGcsObject) found =
      terrace_gcs_stat_finish (TERRACE_GCS_PROVIDER (object), result, &error);

  if (found != NULL && g_strcmp0 (found->token, upload->token) == 0)
    g_task_return_int (task, TERRACE_GCS_UPLOAD_DONE);
  else if (found == NULL && !g_error_matches (error, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND))
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_new_error (task, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND,
                             _ ("The unfinished upload is gone"));
}

static void
find_gone (GTask *task)
{
  TerraceGcsUpload *upload = get_upload (task);

  terrace_gcs_upload_lose (upload);
  terrace_gcs_stat_async (upload->provider, upload->key, g_task_get_cancellable (task),
                          find_stat_cb, g_object_ref (task));
}

static void
find_status_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceGcsUpload *upload = get_upload (task);
  g_autoptr (TerraceGcsResponse) response = terrace_gcs_call_receive (object, result, task);
  guint64 stored_bytes;

  if (response == NULL)
    return;
  if (terrace_gcs_response_is_ok (response) || terrace_gcs_session_is_gone (response))
    {
      find_gone (task);
      return;
    }
  if (response->status != RESUME_INCOMPLETE)
    {
      terrace_gcs_call_refuse (task, response);
      return;
    }

  stored_bytes = terrace_gcs_session_parse_stored (response);
  if (stored_bytes > upload->size_bytes)
    {
      g_task_return_new_error (task, TERRACE_ERROR, TERRACE_ERROR_CORRUPT,
                               _ ("The server says that it has more bytes than were sent"));
      return;
    }

  terrace_gcs_upload_set_stored (upload, stored_bytes);
  g_task_return_int (task, TERRACE_GCS_UPLOAD_OPEN);
}

static void
find_opened_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceGcsUpload *upload = get_upload (task);
  g_autofree char *range = g_strdup_printf ("bytes */%" G_GUINT64_FORMAT, upload->size_bytes);
  g_autoptr (GError) error = NULL;

  if (terrace_gcs_session_open_finish (result, &error))
    terrace_gcs_call_send (task, new_session_request (upload, range), find_status_cb);
  else if (g_error_matches (error, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND))
    find_gone (task);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

void
terrace_gcs_session_find_async (TerraceGcsUpload *upload,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  g_autoptr (GTask) task =
      new_task (upload, terrace_gcs_session_find_async, cancellable, callback, user_data);

  terrace_gcs_session_open_async (upload, cancellable, find_opened_cb, g_steal_pointer (&task));
}

TerraceGcsUploadState
terrace_gcs_session_find_finish (GAsyncResult *result, GError **error)
{
  gssize state = g_task_propagate_int (G_TASK (result), error);

  return state > 0 ? (TerraceGcsUploadState) state : TERRACE_GCS_UPLOAD_UNKNOWN;
}
