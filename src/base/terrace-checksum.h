/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* Running checksums over file contents, by GnuTLS (hardware SHA; GChecksum is 8 times slower).
 * Not thread-safe: one checksum belongs to one thread at a time. */

G_BEGIN_DECLS

#define TERRACE_DIGEST_MAX_BYTES 32

typedef enum
{
  TERRACE_CHECKSUM_NONE,
  TERRACE_CHECKSUM_SHA256,
} TerraceChecksumKind;

/**
 * TerraceDigest:
 * @kind: which algorithm; %TERRACE_CHECKSUM_NONE means not known
 * @bytes: the value, most significant byte first; unused bytes are zero
 */
typedef struct
{
  TerraceChecksumKind kind;
  guint8 bytes[TERRACE_DIGEST_MAX_BYTES];
} TerraceDigest;

typedef struct _TerraceChecksum TerraceChecksum;

/**
 * terrace_checksum_new:
 * @kind: not %TERRACE_CHECKSUM_NONE
 *
 * Returns: (transfer full): free with terrace_checksum_free()
 */
TerraceChecksum *terrace_checksum_new (TerraceChecksumKind kind);
void terrace_checksum_free (TerraceChecksum *self);
void terrace_checksum_update (TerraceChecksum *self, gconstpointer data, gsize length_bytes);

/**
 * terrace_checksum_finish:
 * @digest: (out): the value over all bytes seen
 *
 * Ends the checksum: it may only be freed afterwards.
 */
void terrace_checksum_finish (TerraceChecksum *self, TerraceDigest *digest);

/* Number of significant bytes in a digest of @kind. */
gsize terrace_checksum_kind_get_length (TerraceChecksumKind kind);

/* Two unknown digests are not equal: absence of a checksum proves nothing. */
gboolean terrace_digest_equal (const TerraceDigest *a, const TerraceDigest *b);

/**
 * terrace_digest_to_string:
 *
 * Returns: (transfer full) (nullable): "sha256:9f86..." or %NULL when unknown
 */
char *terrace_digest_to_string (const TerraceDigest *digest);

/* Parses what terrace_digest_to_string() wrote; %FALSE and an unknown digest if malformed. */
gboolean terrace_digest_from_string (const char *text, TerraceDigest *digest);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TerraceChecksum, terrace_checksum_free)

G_END_DECLS
