/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/terrace-checksum.h"
#include "base/terrace-clock.h"
#include "base/terrace-worker.h"
#include "provider/s3/terrace-s3-address.h"
#include "provider/s3/terrace-s3-sign.h"
#include "provider/terrace-credentials.h"
#include "provider/terrace-http.h"

/* One bucket's connection: sends signed requests, corrects its clock and its region by what the
 * server says, and puts refusals into words. Main thread. */

G_BEGIN_DECLS

#define TERRACE_TYPE_S3_CLIENT (terrace_s3_client_get_type ())
G_DECLARE_FINAL_TYPE (TerraceS3Client, terrace_s3_client, TERRACE, S3_CLIENT, GObject)

/**
 * TerraceS3Request:
 * @key: (nullable): the object, or %NULL for the bucket
 * @query: (element-type TerraceS3Pair): not encoded
 * @headers: (element-type TerraceS3Pair): names in lower case; all are signed
 * @body: (nullable)
 * @limit_bytes: of the answer
 * @checksum: of @body, sent for the server to check and to keep; NONE for none
 * @is_command: an <Error> in an answer of 200 is a refusal too
 */
typedef struct
{
  char *method;
  char *key;
  GPtrArray *query;
  GPtrArray *headers;
  GBytes *body;
  gsize limit_bytes;
  TerraceChecksumKind checksum;
  gboolean is_command;
} TerraceS3Request;

TerraceS3Request *terrace_s3_request_new (const char *method, const char *key);
void terrace_s3_request_free (TerraceS3Request *self);
void terrace_s3_request_add_query (TerraceS3Request *self, const char *name, const char *value);
void terrace_s3_request_add_header (TerraceS3Request *self, const char *name, const char *value);
void terrace_s3_request_remove_header (TerraceS3Request *self, const char *name);

/**
 * TerraceS3Response:
 * @status: 0 if an error was inside an answer of 200
 * @code: (nullable): S3's name of the error
 * @message: (nullable): the server's own words
 * @sent: the checksum that was sent
 */
typedef struct
{
  guint status;
  SoupMessageHeaders *headers;
  GBytes *body;
  char *code;
  char *message;
  char *region;
  guint retry_after_s;
  TerraceDigest sent;
} TerraceS3Response;

void terrace_s3_response_free (TerraceS3Response *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TerraceS3Response, terrace_s3_response_free)

gboolean terrace_s3_response_is_ok (const TerraceS3Response *self);
gboolean terrace_s3_response_has_code (const TerraceS3Response *self, const char *code);
const char *terrace_s3_response_get_header (const TerraceS3Response *self, const char *name);

/* (transfer full): takes over @address. */
TerraceS3Client *terrace_s3_client_new (TerraceS3Address *address,
                                        const char *root,
                                        TerraceCredentials *credentials,
                                        TerraceWorker *worker,
                                        TerraceClock *clock);

const TerraceS3Address *terrace_s3_client_get_address (TerraceS3Client *self);

/* Whether both speak to one service with one key, so that one can read what the other names. */
gboolean terrace_s3_client_is_peer (TerraceS3Client *self, TerraceS3Client *other);

/* How far the server's clock is ahead of ours. */
gint64 terrace_s3_client_get_clock_offset_us (TerraceS3Client *self);

/**
 * terrace_s3_client_send_async:
 * @request: (transfer full)
 *
 * Every answer is a success, also one that refuses; terrace_s3_client_to_error() words it.
 */
void terrace_s3_client_send_async (TerraceS3Client *self,
                                   TerraceS3Request *request,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
TerraceS3Response *
terrace_s3_client_send_finish (TerraceS3Client *self, GAsyncResult *result, GError **error);

/* (transfer full): @response, which is not ok, as an error. */
GError *terrace_s3_client_to_error (TerraceS3Client *self, const TerraceS3Response *response);

G_END_DECLS
