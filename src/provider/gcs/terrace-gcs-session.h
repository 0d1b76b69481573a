/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "provider/gcs/terrace-gcs-provider-private.h"

/* What is said to an upload session, and the small object that remembers where it is. Main
 * thread. */

G_BEGIN_DECLS

typedef enum
{
  TERRACE_GCS_UPLOAD_UNKNOWN, /* an error says why */
  TERRACE_GCS_UPLOAD_OPEN,
  TERRACE_GCS_UPLOAD_DONE, /* it has become the object */
} TerraceGcsUploadState;

/* What begins with it is a marker: which upload belongs to which move. (transfer full) */
char *terrace_gcs_marker_key (const char *token);

/**
 * terrace_gcs_session_find_async:
 * @upload: locked by the caller
 *
 * Asks the server how far @upload has come, after looking up where it is. %TERRACE_ERROR_NOT_FOUND
 * if it is gone.
 */
void terrace_gcs_session_find_async (TerraceGcsUpload *upload,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);
TerraceGcsUploadState terrace_gcs_session_find_finish (GAsyncResult *result, GError **error);

/* Looks up where the session is, and no more. */
void terrace_gcs_session_open_async (TerraceGcsUpload *upload,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);
gboolean terrace_gcs_session_open_finish (GAsyncResult *result, GError **error);

/* (transfer full): carries the bytes of @upload from what is stored up to @end. */
TerraceGcsRequest *terrace_gcs_session_make_chunk (TerraceGcsUpload *upload, guint64 end);

/* Whether @response says that the session is no more. */
gboolean terrace_gcs_session_is_gone (const TerraceGcsResponse *response);

/* The bytes that an answer of 308 says to be stored. */
guint64 terrace_gcs_session_parse_stored (const TerraceGcsResponse *response);

/* Keeps the session's address that @response to its beginning tells; %TERRACE_ERROR_CORRUPT if it
 * tells none. */
gboolean terrace_gcs_session_take_address (TerraceGcsUpload *upload,
                                           const TerraceGcsResponse *response,
                                           GError **error);

/* (transfer full): stores the marker of @upload. */
TerraceGcsRequest *terrace_gcs_session_make_marker (TerraceGcsUpload *upload);

/* Removes the marker; whether that works is told to nobody. @callback gets @upload's provider. */
void terrace_gcs_session_unmark_async (TerraceGcsUpload *upload,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data);

/* Sends what can be sent, and answers the parts that wait for it. */
void terrace_gcs_session_pump (TerraceGcsUpload *upload);

G_END_DECLS
