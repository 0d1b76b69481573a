/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Running checksums by GnuTLS, and digests as text. Any thread, one at a time per checksum. */

#include "base/terrace-checksum.h"

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <string.h>

struct _TerraceChecksum
{
  gnutls_hash_hd_t hash; /* NULL once finished */
  TerraceChecksumKind kind;
};

static const char *const kind_names[] = {
  [TERRACE_CHECKSUM_NONE] = "",
  [TERRACE_CHECKSUM_SHA256] = "sha256",
};

TerraceChecksum *
terrace_checksum_new (TerraceChecksumKind kind)
{
  TerraceChecksum *self;
  int status;

  g_return_val_if_fail (kind == TERRACE_CHECKSUM_SHA256, NULL);

  self = g_new0 (TerraceChecksum, 1);
  self->kind = kind;

  /* It can fail only without memory or with a library that lacks SHA-256; g_malloc() takes the
   * first as the end of the program too. */
  status = gnutls_hash_init (&self->hash, GNUTLS_DIG_SHA256);
  if (status != GNUTLS_E_SUCCESS)
    g_error ("GnuTLS has no SHA-256: %s", gnutls_strerror (status));

  return self;
}

void
terrace_checksum_free (TerraceChecksum *self)
{
  if (self == NULL)
    return;

  if (self->hash != NULL)
    gnutls_hash_deinit (self->hash, NULL);
  g_free (self);
}

void
terrace_checksum_update (TerraceChecksum *self, gconstpointer data, gsize length_bytes)
{
  int status;

  g_return_if_fail (self != NULL && self->hash != NULL);
  g_return_if_fail (data != NULL || length_bytes == 0);

  if (length_bytes == 0)
    return;

  /* A checksum that skipped bytes would vouch for the wrong contents. */
  status = gnutls_hash (self->hash, data, length_bytes);
  if (status != GNUTLS_E_SUCCESS)
    g_error ("GnuTLS failed to hash: %s", gnutls_strerror (status));
}

void
terrace_checksum_finish (TerraceChecksum *self, TerraceDigest *digest)
{
  g_return_if_fail (self != NULL && self->hash != NULL);
  g_return_if_fail (digest != NULL);

  memset (digest, 0, sizeof *digest);
  digest->kind = self->kind;
  gnutls_hash_deinit (g_steal_pointer (&self->hash), digest->bytes);
}

gsize
terrace_checksum_kind_get_length (TerraceChecksumKind kind)
{
  return kind == TERRACE_CHECKSUM_SHA256 ? 32 : 0;
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

  if (digest->kind != TERRACE_CHECKSUM_SHA256)
    return NULL;

  text = g_string_new (kind_names[digest->kind]);
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
  TerraceDigest parsed = { .kind = TERRACE_CHECKSUM_SHA256 };

  g_return_val_if_fail (digest != NULL, FALSE);

  memset (digest, 0, sizeof *digest);

  if (text == NULL || !g_str_has_prefix (text, "sha256:") ||
      !parse_hex (text + strlen ("sha256:"), parsed.bytes,
                  terrace_checksum_kind_get_length (parsed.kind)))
    return FALSE;

  *digest = parsed;
  return TRUE;
}
