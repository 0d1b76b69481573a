/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "provider/terrace-provider.h"
#include "transfer/terrace-pacer.h"

/* Compares a stored copy with what it should be: by the provider's own checksum of the stored bytes
 * where there is one of the same kind, by reading back (past the page cache where that can be
 * asked for) where there is none. Constant memory. */

G_BEGIN_DECLS

/**
 * terrace_verify_async:
 * @version: (nullable): CHANGED if the copy is another version
 * @expected: (nullable): %NULL only computes
 * @progress: (nullable): called with bytes read so far on the main thread, coalesced
 *
 * CORRUPT if the bytes differ from @expected.
 */
void terrace_verify_async (TerraceProvider *provider,
                           const char *key,
                           const char *version,
                           guint64 size_bytes,
                           const TerraceDigest *expected,
                           TerracePacer *pacer,
                           void (*progress) (guint64 done_bytes, gpointer data),
                           gpointer progress_data,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data);
/**
 * terrace_verify_any_async:
 * @expected: (array length=n_expected): values of the same bytes by several kinds, some of them
 *   perhaps unknown; the first is what reading back compares with
 *
 * As terrace_verify_async(); the place's own checksum may be of any of these kinds.
 */
void terrace_verify_any_async (TerraceProvider *provider,
                               const char *key,
                               const char *version,
                               guint64 size_bytes,
                               const TerraceDigest *expected,
                               guint n_expected,
                               TerracePacer *pacer,
                               void (*progress) (guint64 done_bytes, gpointer data),
                               gpointer progress_data,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
/* @digest: (out) (optional): of the bytes that are there. */
gboolean terrace_verify_finish (GAsyncResult *result, TerraceDigest *digest, GError **error);

G_END_DECLS
