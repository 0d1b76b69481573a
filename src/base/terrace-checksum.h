/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* Running checksums over file contents, by GnuTLS (hardware SHA; GChecksum is 8 times slower) and
 * terrace-crc.h. Several kinds go over the bytes together, while these are in the cache.
 * Not thread-safe: one checksum belongs to one thread at a time. */

G_BEGIN_DECLS

#define TERRACE_DIGEST_MAX_BYTES 32

/**
 * TerraceChecksumKind:
 * @TERRACE_CHECKSUM_NONE: not known
 * @TERRACE_CHECKSUM_SHA256: the only one that proves anything against intent
 * @TERRACE_CHECKSUM_CRC32C: what GCS keeps, and S3 may
 * @TERRACE_CHECKSUM_CRC64: CRC-64/NVME: what S3 keeps by itself, and Azure checks
 * @TERRACE_CHECKSUM_MD5: what Azure and GCS keep of objects of one piece; slow, so only where
 *   a place leaves no choice
 *
 * Stored as numbers: append only.
 */
typedef enum
{
  TERRACE_CHECKSUM_NONE,
  TERRACE_CHECKSUM_SHA256,
  TERRACE_CHECKSUM_CRC32C,
  TERRACE_CHECKSUM_CRC64,
  TERRACE_CHECKSUM_MD5,
} TerraceChecksumKind;

/* For masks of kinds. */
#define TERRACE_CHECKSUM_BIT(kind) (1u << (kind))

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

/**
 * terrace_checksum_new_several:
 * @kinds: a mask of TERRACE_CHECKSUM_BIT(); at least one
 *
 * Returns: (transfer full): a checksum that computes all of them in one pass
 */
TerraceChecksum *terrace_checksum_new_several (guint kinds);
void terrace_checksum_free (TerraceChecksum *self);
void terrace_checksum_update (TerraceChecksum *self, gconstpointer data, gsize length_bytes);

/**
 * terrace_checksum_finish:
 * @digest: (out): the value over all bytes seen; of several kinds, that of the lowest number
 *
 * Ends the checksum: it may only be asked for its digests and freed afterwards.
 */
void terrace_checksum_finish (TerraceChecksum *self, TerraceDigest *digest);

/**
 * terrace_checksum_get_digest:
 * @digest: (out): of @kind; unknown if that was not computed
 *
 * After terrace_checksum_finish().
 */
void terrace_checksum_get_digest (TerraceChecksum *self,
                                  TerraceChecksumKind kind,
                                  TerraceDigest *digest);

/* @data as @kind in one go. */
void terrace_digest_of (TerraceChecksumKind kind,
                        gconstpointer data,
                        gsize length_bytes,
                        TerraceDigest *digest);

/* Number of significant bytes in a digest of @kind; 0 if there is no such kind. */
gsize terrace_checksum_kind_get_length (TerraceChecksumKind kind);

/* Two unknown digests are not equal: absence of a checksum proves nothing. */
gboolean terrace_digest_equal (const TerraceDigest *a, const TerraceDigest *b);

/**
 * terrace_digest_to_string:
 *
 * Returns: (transfer full) (nullable): "sha256:9f86...", "crc64:..." or %NULL when unknown
 */
char *terrace_digest_to_string (const TerraceDigest *digest);

/* Parses what terrace_digest_to_string() wrote; %FALSE and an unknown digest if malformed. */
gboolean terrace_digest_from_string (const char *text, TerraceDigest *digest);

/* (transfer full) (nullable): the bytes in base64, most significant first, as clouds write them. */
char *terrace_digest_to_base64 (const TerraceDigest *digest);

/* %FALSE and an unknown digest if @text is not exactly a value of @kind. */
gboolean
terrace_digest_from_base64 (TerraceChecksumKind kind, const char *text, TerraceDigest *digest);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TerraceChecksum, terrace_checksum_free)

G_END_DECLS
