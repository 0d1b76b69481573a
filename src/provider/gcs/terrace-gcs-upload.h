/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "provider/gcs/terrace-gcs-provider.h"

/* One upload as this process knows it: where its session is, how far that has come, and the bytes
 * that wait for their turn. Main thread.
 *
 * A session of Google's takes bytes only in their order, and, but for the last, only in multiples
 * of 256 KiB; and the object is there when its last byte is. So the parts that come before their
 * turn are kept here, within bounds, and the end of the object always until finish(). What is kept
 * is lost with the process and is sent again. */

G_BEGIN_DECLS

#define TERRACE_GCS_GRANULE_BYTES (256 * 1024)

/**
 * TerraceGcsPart:
 * @task: (nullable): the call that brought it and has not been answered; it is in @waiting
 */
typedef struct
{
  guint64 offset;
  GBytes *bytes;
  GTask *task;
  gboolean is_ahead;
} TerraceGcsPart;

/**
 * TerraceGcsUpload:
 * @provider: not owned: whoever uses the upload holds it
 * @is_single: sent in one request by finish(); there is no session
 * @path: (nullable): of the session, encoded; %NULL until it is known
 * @is_known: @stored_bytes is what the server has
 * @crc: CRC-32C of the first @crc_bytes; of no use without @has_crc
 */
typedef struct
{
  grefcount references;
  TerraceGcsProvider *provider;
  char *key;
  char *token;
  guint64 size_bytes;
  gboolean is_single;

  char *path;
  char *query;
  gboolean is_known;
  guint64 stored_bytes;
  guint64 crc_bytes;
  guint32 crc;
  gboolean has_crc;

  GQueue parts;   /* (element-type TerraceGcsPart): by offset */
  GQueue waiting; /* (element-type GTask): parts that are not answered */
  GQueue lockers; /* (element-type GTask) */
  gboolean is_locked;
  gboolean is_pumping;
} TerraceGcsUpload;

TerraceGcsUpload *terrace_gcs_upload_ref (TerraceGcsUpload *self);
void terrace_gcs_upload_unref (TerraceGcsUpload *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TerraceGcsUpload, terrace_gcs_upload_unref)

/* (transfer full): "session TOKEN SIZE" or "single TOKEN SIZE". There is no secret in it. */
char *terrace_gcs_upload_to_string (const char *token, guint64 size_bytes, gboolean is_single);
/* (transfer full) (nullable): %TERRACE_ERROR_INVALID if @text is none of ours. */
TerraceGcsUpload *terrace_gcs_upload_find (TerraceGcsProvider *provider,
                                           const char *key,
                                           const char *text,
                                           GError **error);
/* (transfer full): the one that is known by @token, or a new one. */
TerraceGcsUpload *terrace_gcs_upload_get (TerraceGcsProvider *provider,
                                          const char *key,
                                          const char *token,
                                          guint64 size_bytes,
                                          gboolean is_single);
/* Forgets it, and the bytes it keeps. */
void terrace_gcs_upload_drop (TerraceGcsUpload *self);

/* Forgets where the session is: the next who asks looks again. */
void terrace_gcs_upload_lose (TerraceGcsUpload *self);

/* Only one request to a session is under way at a time. Whoever has the lock gives it back. */
void terrace_gcs_upload_lock_async (TerraceGcsUpload *self,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
gboolean terrace_gcs_upload_lock_finish (GAsyncResult *result, GError **error);
void terrace_gcs_upload_unlock (TerraceGcsUpload *self);

/* Takes up a part; @task (transfer full) (nullable) is answered by whoever sends it. */
void terrace_gcs_upload_add (TerraceGcsUpload *self, guint64 offset, GBytes *bytes, GTask *task);
/* Lets go of parts that are stored, and of those whose calls have been cancelled. */
void terrace_gcs_upload_sweep (TerraceGcsUpload *self);
/* The end of the bytes that are stored or kept without a gap. */
guint64 terrace_gcs_upload_get_end (TerraceGcsUpload *self);
/* The end of what may be sent now, before finish(). */
guint64 terrace_gcs_upload_get_sendable_end (TerraceGcsUpload *self);
gboolean
terrace_gcs_upload_has_range (TerraceGcsUpload *self, guint64 offset, guint64 length_bytes);
/* Appends what is kept of [@begin, @end) to @body (element-type GBytes). */
void terrace_gcs_upload_slice (TerraceGcsUpload *self, guint64 begin, guint64 end, GPtrArray *body);
/* The server has the first @stored_bytes. */
void terrace_gcs_upload_set_stored (TerraceGcsUpload *self, guint64 stored_bytes);
/* (transfer full) (nullable): of the whole object, in Google's form, once all of it is stored or
 * kept. */
char *terrace_gcs_upload_get_checksum (TerraceGcsUpload *self);

G_END_DECLS
