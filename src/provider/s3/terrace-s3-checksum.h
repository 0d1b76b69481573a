/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/terrace-checksum.h"
#include "provider/terrace-http.h"

/* How S3 names and keeps checksums, and receipts that carry one. Any thread. */

G_BEGIN_DECLS

/* "x-amz-checksum-crc64nvme"; %NULL for kinds that S3 does not have. */
const char *terrace_s3_checksum_get_header (TerraceChecksumKind kind);
/* "CRC64NVME" */
const char *terrace_s3_checksum_get_algorithm (TerraceChecksumKind kind);
TerraceChecksumKind terrace_s3_checksum_from_algorithm (const char *algorithm);

/* Whether the value over an object sent in parts is that of the whole (FULL_OBJECT), and not one
 * over the parts' values, which is of no use to anybody else. */
gboolean terrace_s3_checksum_is_whole (TerraceChecksumKind kind);

/* The best checksum of the whole object among @headers; unknown if there is none. */
void terrace_s3_checksum_read (SoupMessageHeaders *headers, TerraceDigest *digest);

/* (transfer full): what is remembered of a part: its ETag, and its checksum if it has one. */
char *terrace_s3_receipt_new (const char *etag, const TerraceDigest *digest);
/* (transfer full): the ETag in a receipt, and its checksum. */
char *terrace_s3_receipt_parse (const char *receipt, TerraceDigest *digest);

/* The checksum of the whole by those of @parts (element-type TerracePart); unknown if one of them
 * has none, or not of @kind. */
void
terrace_s3_checksum_combine (GPtrArray *parts, TerraceChecksumKind kind, TerraceDigest *digest);

G_END_DECLS
