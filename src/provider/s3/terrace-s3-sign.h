/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* AWS Signature Version 4 for S3, in the Authorization header: text in, text out. */

G_BEGIN_DECLS

/* What stands for the hash of a body that is not covered by the signature. */
#define TERRACE_S3_UNSIGNED_PAYLOAD "UNSIGNED-PAYLOAD"
/* SHA-256 of nothing. */
#define TERRACE_S3_EMPTY_PAYLOAD "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

/**
 * TerraceS3Pair:
 * A query parameter (not encoded), or a header (its name in lower case).
 */
typedef struct
{
  char *name;
  char *value;
} TerraceS3Pair;

TerraceS3Pair *terrace_s3_pair_new (const char *name, const char *value);
void terrace_s3_pair_free (TerraceS3Pair *self);

/* (transfer full): @bytes with all but A-Z a-z 0-9 - _ . ~ percent-encoded; "/" stays as it is
 * if @keep_slash. */
char *terrace_s3_encode (const char *bytes, gboolean keep_slash);

/* (transfer full): the parameters encoded, sorted and joined; "" if there are none. */
char *terrace_s3_canonical_query (GPtrArray *query);

/**
 * terrace_s3_canonical_request:
 * @path: encoded, with its leading "/"
 * @query: from terrace_s3_canonical_query()
 * @headers: (element-type TerraceS3Pair): all that are to be signed, "host" among them; sorted here
 * @signed_headers: (out) (transfer full): their names, joined by ";"
 *
 * Returns: (transfer full): the text that is hashed
 */
char *terrace_s3_canonical_request (const char *method,
                                    const char *path,
                                    const char *query,
                                    GPtrArray *headers,
                                    const char *payload_hash,
                                    char **signed_headers);

/**
 * terrace_s3_authorization:
 * @timestamp: "20130524T000000Z"
 *
 * Returns: (transfer full): the value of the Authorization header
 */
char *terrace_s3_authorization (const char *canonical_request,
                                const char *signed_headers,
                                const char *timestamp,
                                const char *region,
                                const char *access_key,
                                const char *secret_key);

/* Longest that a presigned address may be good for. */
#define TERRACE_S3_PRESIGN_MAX_S 604800

/**
 * TerraceS3Key:
 * @session_token: (nullable): of a temporary key
 */
typedef struct
{
  const char *access_key;
  const char *secret_key;
  const char *session_token;
} TerraceS3Key;

/**
 * terrace_s3_presign:
 * @authority: the Host header
 * @path: encoded, with its leading "/"
 * @timestamp: "20130524T000000Z"
 * @expires_s: at most TERRACE_S3_PRESIGN_MAX_S
 *
 * Returns: (transfer full): the query of an address that lets anybody who has it do this one thing;
 *   to be treated like a secret
 */
char *terrace_s3_presign (const char *method,
                          const char *authority,
                          const char *path,
                          const char *timestamp,
                          guint expires_s,
                          const char *region,
                          const TerraceS3Key *key);

/* (transfer full): "20130524T000000Z" */
char *terrace_s3_timestamp (gint64 now_us);

/* (transfer full): the SHA-256 in lower-case hexadecimal digits. */
char *terrace_s3_sha256_hex (gconstpointer data, gsize length_bytes);

G_END_DECLS
