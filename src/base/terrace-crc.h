/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* The two cyclic redundancy checks that clouds keep with an object. Both are linear, so that of a
 * whole follows from those of its parts. Any thread. */

G_BEGIN_DECLS

/* @crc: of what came before; 0 at the beginning. CRC-32C (Castagnoli), as GCS and S3 have it. */
guint32 terrace_crc32c_update (guint32 crc, gconstpointer data, gsize length_bytes);

/* @crc: of what came before; 0 at the beginning. CRC-64/NVME, as S3 and Azure have it. */
guint64 terrace_crc64_update (guint64 crc, gconstpointer data, gsize length_bytes);

/* The same by tables, for machines without carry-less multiplication and for the test that holds
 * the fast way to it. */
guint64 terrace_crc64_update_portable (guint64 crc, gconstpointer data, gsize length_bytes);

/* The CRC of A followed by B, from those of A and B and the length of B. */
guint32 terrace_crc32c_combine (guint32 a, guint32 b, guint64 length_b_bytes);
guint64 terrace_crc64_combine (guint64 a, guint64 b, guint64 length_b_bytes);

G_END_DECLS
