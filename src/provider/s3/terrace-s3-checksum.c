/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How S3 names and keeps checksums. Any thread. */

#include "provider/s3/terrace-s3-checksum.h"

#include "base/terrace-crc.h"
#include "provider/terrace-provider.h"

#include <string.h>

typedef struct
{
  TerraceChecksumKind kind;
  const char *header;
  const char *algorithm;
  gboolean whole;
} Name;

/* The best first: SHA-256 is what we know of every object ourselves. */
static const Name names[] = {
  { TERRACE_CHECKSUM_SHA256, "x-amz-checksum-sha256", "SHA256", FALSE },
  { TERRACE_CHECKSUM_CRC64, "x-amz-checksum-crc64nvme", "CRC64NVME", TRUE },
  { TERRACE_CHECKSUM_CRC32C, "x-amz-checksum-crc32c", "CRC32C", TRUE },
};

static const Name *
find (TerraceChecksumKind kind)
{
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (names[i].kind == kind)
      return &names[i];

  return NULL;
}

const char *
terrace_s3_checksum_get_header (TerraceChecksumKind kind)
{
  const Name *name = find (kind);

  return name != NULL ? name->header : NULL;
}

const char *
terrace_s3_checksum_get_algorithm (TerraceChecksumKind kind)
{
  const Name *name = find (kind);

  return name != NULL ? name->algorithm : NULL;
}

TerraceChecksumKind
terrace_s3_checksum_from_algorithm (const char *algorithm)
{
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (strcmp (names[i].algorithm, algorithm) == 0)
      return names[i].kind;

  return TERRACE_CHECKSUM_NONE;
}

gboolean
terrace_s3_checksum_is_whole (TerraceChecksumKind kind)
{
  const Name *name = find (kind);

  return name != NULL && name->whole;
}

void
terrace_s3_checksum_read (SoupMessageHeaders *headers, TerraceDigest *digest)
{
  const char *type = soup_message_headers_get_one (headers, "x-amz-checksum-type");

  memset (digest, 0, sizeof *digest);
  if (g_strcmp0 (type, "COMPOSITE") == 0)
    return;

  /* Where there is no type, "-" and the number of parts tell one over parts. */
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      const char *text = soup_message_headers_get_one (headers, names[i].header);

      if (text != NULL && terrace_digest_from_base64 (names[i].kind, text, digest))
        return;
    }
}

char *
terrace_s3_receipt_new (const char *etag, const TerraceDigest *digest)
{
  g_autofree char *text = terrace_digest_to_string (digest);

  return text != NULL ? g_strconcat (etag, " ", text, NULL) : g_strdup (etag);
}

char *
terrace_s3_receipt_parse (const char *receipt, TerraceDigest *digest)
{
  const char *space = strrchr (receipt, ' ');

  if (space != NULL && terrace_digest_from_string (space + 1, digest))
    return g_strndup (receipt, space - receipt);

  memset (digest, 0, sizeof *digest);
  return g_strdup (receipt);
}

static guint64
get_number (const TerraceDigest *digest)
{
  guint64 number = 0;

  for (gsize i = 0; i < terrace_checksum_kind_get_length (digest->kind); i++)
    number = number << 8 | digest->bytes[i];

  return number;
}

void
terrace_s3_checksum_combine (GPtrArray *parts, TerraceChecksumKind kind, TerraceDigest *digest)
{
  gsize length = terrace_checksum_kind_get_length (kind);
  guint64 whole = 0;

  memset (digest, 0, sizeof *digest);
  if (!terrace_s3_checksum_is_whole (kind))
    return;

  for (guint i = 0; i < parts->len; i++)
    {
      const TerracePart *part = parts->pdata[i];
      TerraceDigest of_part;
      g_autofree char *etag = terrace_s3_receipt_parse (part->receipt, &of_part);

      if (of_part.kind != kind)
        return;
      if (kind == TERRACE_CHECKSUM_CRC32C)
        whole = terrace_crc32c_combine ((guint32) whole, (guint32) get_number (&of_part),
                                        part->size_bytes);
      else
        whole = terrace_crc64_combine (whole, get_number (&of_part), part->size_bytes);
    }

  digest->kind = kind;
  for (gsize i = 0; i < length; i++)
    digest->bytes[i] = (guint8) (whole >> (8 * (length - 1 - i)));
}
