/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Running checksums, and digests as text. Any thread, one at a time per checksum. */

#include "base/terrace-checksum.h"

#include "base/terrace-crc.h"

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <string.h>

/* So much goes through all kinds before the next: it is still in the cache. */
#define STEP_BYTES 65536

typedef struct
{
  const char *name;
  gsize length_bytes;
  gnutls_digest_algorithm_t algorithm; /* GNUTLS_DIG_UNKNOWN for those of our own */
} Kind;

static const Kind kinds[] = {
  [TERRACE_CHECKSUM_NONE] = { "", 0, GNUTLS_DIG_UNKNOWN },
  [TERRACE_CHECKSUM_SHA256] = { "sha256", 32, GNUTLS_DIG_SHA256 },
  [TERRACE_CHECKSUM_CRC32C] = { "crc32c", 4, GNUTLS_DIG_UNKNOWN },
  [TERRACE_CHECKSUM_CRC64] = { "crc64", 8, GNUTLS_DIG_UNKNOWN },
  [TERRACE_CHECKSUM_MD5] = { "md5", 16, GNUTLS_DIG_MD5 },
};

#define N_KINDS G_N_ELEMENTS (kinds)

struct _TerraceChecksum
{
  guint kinds;
  gboolean finished;

  gnutls_hash_hd_t hashes[G_N_ELEMENTS (kinds)]; /* NULL where not asked for */
  guint32 crc32c;
  guint64 crc64;

  TerraceDigest digests[G_N_ELEMENTS (kinds)];
};

static gboolean
has_kind (const TerraceChecksum *self, TerraceChecksumKind kind)
{
  return (self->kinds & TERRACE_CHECKSUM_BIT (kind)) != 0;
}

TerraceChecksum *
terrace_checksum_new (TerraceChecksumKind kind)
{
  return terrace_checksum_new_several (TERRACE_CHECKSUM_BIT (kind));
}

TerraceChecksum *
terrace_checksum_new_several (guint wanted)
{
  TerraceChecksum *self;

  g_return_val_if_fail (wanted != 0, NULL);
  g_return_val_if_fail ((wanted & TERRACE_CHECKSUM_BIT (TERRACE_CHECKSUM_NONE)) == 0, NULL);
  g_return_val_if_fail (wanted < TERRACE_CHECKSUM_BIT (N_KINDS), NULL);

  self = g_new0 (TerraceChecksum, 1);
  self->kinds = wanted;

  /* It can fail only without memory or with a library that lacks the kind; g_malloc() takes the
   * first as the end of the program too. */
  for (guint i = 0; i < N_KINDS; i++)
    if (has_kind (self, i) && kinds[i].algorithm != GNUTLS_DIG_UNKNOWN)
      {
        int status = gnutls_hash_init (&self->hashes[i], kinds[i].algorithm);

        if (status != GNUTLS_E_SUCCESS)
          g_error ("GnuTLS has no %s: %s", kinds[i].name, gnutls_strerror (status));
      }

  return self;
}

void
terrace_checksum_free (TerraceChecksum *self)
{
  if (self == NULL)
    return;

  for (guint i = 0; i < N_KINDS; i++)
    if (self->hashes[i] != NULL)
      gnutls_hash_deinit (self->hashes[i], NULL);
  g_free (self);
}

static void
update_step (TerraceChecksum *self, const guint8 *bytes, gsize length_bytes)
{
  for (guint i = 0; i < N_KINDS; i++)
    if (self->hashes[i] != NULL)
      {
        int status = gnutls_hash (self->hashes[i], bytes, length_bytes);

        /* A checksum that skipped bytes would vouch for the wrong contents. */
        if (status != GNUTLS_E_SUCCESS)
          g_error ("GnuTLS failed to hash: %s", gnutls_strerror (status));
      }
  if (has_kind (self, TERRACE_CHECKSUM_CRC32C))
    self->crc32c = terrace_crc32c_update (self->crc32c, bytes, length_bytes);
  if (has_kind (self, TERRACE_CHECKSUM_CRC64))
    self->crc64 = terrace_crc64_update (self->crc64, bytes, length_bytes);
}

void
terrace_checksum_update (TerraceChecksum *self, gconstpointer data, gsize length_bytes)
{
  const guint8 *bytes = data;

  g_return_if_fail (self != NULL && !self->finished);
  g_return_if_fail (data != NULL || length_bytes == 0);

  while (length_bytes > 0)
    {
      gsize step = MIN (length_bytes, STEP_BYTES);

      update_step (self, bytes, step);
      bytes += step;
      length_bytes -= step;
    }
}

static void
finish_kind (TerraceChecksum *self, TerraceChecksumKind kind)
{
  TerraceDigest *digest = &self->digests[kind];
  guint32 crc32c = GUINT32_TO_BE (self->crc32c);
  guint64 crc64 = GUINT64_TO_BE (self->crc64);

  digest->kind = kind;
  if (self->hashes[kind] != NULL)
    gnutls_hash_deinit (g_steal_pointer (&self->hashes[kind]), digest->bytes);
  else if (kind == TERRACE_CHECKSUM_CRC32C)
    memcpy (digest->bytes, &crc32c, sizeof crc32c);
  else
    memcpy (digest->bytes, &crc64, sizeof crc64);
}

void
terrace_checksum_finish (TerraceChecksum *self, TerraceDigest *digest)
{
  g_return_if_fail (self != NULL && !self->finished);
  g_return_if_fail (digest != NULL);

  self->finished = TRUE;
  for (guint i = 0; i < N_KINDS; i++)
    if (has_kind (self, i))
      finish_kind (self, i);

  *digest = self->digests[g_bit_nth_lsf (self->kinds, -1)];
}

void
terrace_checksum_get_digest (TerraceChecksum *self, TerraceChecksumKind kind, TerraceDigest *digest)
{
  g_return_if_fail (self != NULL && self->finished);
  g_return_if_fail (kind < N_KINDS);
  g_return_if_fail (digest != NULL);

  *digest = self->digests[kind];
}

void
terrace_digest_of (TerraceChecksumKind kind,
                   gconstpointer data,
                   gsize length_bytes,
                   TerraceDigest *digest)
{
  g_autoptr (TerraceChecksum) checksum = terrace_checksum_new (kind);

  terrace_checksum_update (checksum, data, length_bytes);
  terrace_checksum_finish (checksum, digest);
}

gsize
terrace_checksum_kind_get_length (TerraceChecksumKind kind)
{
  return (guint) kind < N_KINDS ? kinds[kind].length_bytes : 0;
}

gboolean
terrace_digest_equal (const TerraceDigest *a, const TerraceDigest *b)
{
  g_return_val_if_fail (a != NULL && b != NULL, FALSE);

  return a->kind != TERRACE_CHECKSUM_NONE && a->kind == b->kind &&
         memcmp (a->bytes, b->bytes, terrace_checksum_kind_get_length (a->kind)) == 0;
}

char *
terrace_digest_to_string (const TerraceDigest *digest)
{
  GString *text;

  g_return_val_if_fail (digest != NULL, NULL);

  if (terrace_checksum_kind_get_length (digest->kind) == 0)
    return NULL;

  text = g_string_new (kinds[digest->kind].name);
  g_string_append_c (text, ':');
  for (gsize i = 0; i < terrace_checksum_kind_get_length (digest->kind); i++)
    g_string_append_printf (text, "%02x", digest->bytes[i]);

  return g_string_free (text, FALSE);
}

static gboolean
parse_hex (const char *hex, guint8 *bytes, gsize length)
{
  for (gsize i = 0; i < length; i++)
    {
      int high = g_ascii_xdigit_value (hex[2 * i]);
      int low = high < 0 ? -1 : g_ascii_xdigit_value (hex[2 * i + 1]);

      if (low < 0)
        return FALSE;
      bytes[i] = (guint8) (high << 4 | low);
    }

  return hex[2 * length] == '\0';
}

gboolean
terrace_digest_from_string (const char *text, TerraceDigest *digest)
{
  const char *colon = text != NULL ? strchr (text, ':') : NULL;

  g_return_val_if_fail (digest != NULL, FALSE);

  memset (digest, 0, sizeof *digest);
  if (colon == NULL)
    return FALSE;

  for (guint i = TERRACE_CHECKSUM_NONE + 1; i < N_KINDS; i++)
    {
      TerraceDigest parsed = { .kind = i };

      if (strlen (kinds[i].name) == (gsize) (colon - text) &&
          strncmp (kinds[i].name, text, colon - text) == 0 &&
          parse_hex (colon + 1, parsed.bytes, kinds[i].length_bytes))
        {
          *digest = parsed;
          return TRUE;
        }
    }

  return FALSE;
}

char *
terrace_digest_to_base64 (const TerraceDigest *digest)
{
  gsize length;

  g_return_val_if_fail (digest != NULL, NULL);

  length = terrace_checksum_kind_get_length (digest->kind);
  return length > 0 ? g_base64_encode (digest->bytes, length) : NULL;
}

gboolean
terrace_digest_from_base64 (TerraceChecksumKind kind, const char *text, TerraceDigest *digest)
{
  g_autofree guchar *bytes = NULL;
  g_autofree char *again = NULL;
  gsize length;

  g_return_val_if_fail (digest != NULL, FALSE);

  memset (digest, 0, sizeof *digest);
  if (text == NULL || text[0] == '\0')
    return FALSE;

  /* The decoder passes over what it does not know. */
  bytes = g_base64_decode (text, &length);
  again = g_base64_encode (bytes, length);
  if (length == 0 || length != terrace_checksum_kind_get_length (kind) || strcmp (again, text) != 0)
    return FALSE;

  digest->kind = kind;
  memcpy (digest->bytes, bytes, length);
  return TRUE;
}
