/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "provider/terrace-provider.h"
#include "transfer/terrace-copy.h"
#include "transfer/terrace-pacer.h"

/* The flow of an object's bytes under copy and verify: reads parts ahead, hashes them in order,
 * writes them where there is a destination. TERRACE_LIMIT_PARTS_IN_FLIGHT parts are in memory, or
 * up to TERRACE_LIMIT_MOST_PARTS_IN_FLIGHT where that helps. Main thread. */

G_BEGIN_DECLS

/**
 * TerracePipelineOptions:
 * Everything is copied or referenced as far as it is needed later.
 * @version: (nullable): each read insists on it
 * @dest: (nullable): %NULL only hashes
 * @stored: (nullable) (element-type TerracePart): read and hashed, but not written again
 * @kinds: checksums to compute beside SHA-256, a mask of TERRACE_CHECKSUM_BIT()
 * @memory_bytes: (nullable): what all pipelines together hold; must outlive them. With it, more
 *   parts are in flight as long as that makes it faster and there is room
 * @halt: (nullable): when cancelled, no further part is begun; those in flight are finished, then
 *   the pipeline ends as cancelled
 */
typedef struct
{
  TerraceProvider *source;
  const char *source_key;
  const char *version;
  guint64 size_bytes;
  guint64 part_bytes;
  TerraceProvider *dest;
  const char *dest_key;
  const char *upload;
  GPtrArray *stored;
  TerracePacer *pacer;
  TerraceCopyStep step;
  TerraceCopyProgress progress;
  gpointer data;
  GCancellable *halt;
  guint kinds;
  guint64 *memory_bytes;
} TerracePipelineOptions;

/* Part size for an object of @size_bytes: TERRACE_LIMIT_PART_BYTES, or more where that would make
 * more than TERRACE_LIMIT_PARTS parts. */
guint64 terrace_pipeline_part_bytes (guint64 size_bytes);
guint terrace_pipeline_n_parts (guint64 size_bytes, guint64 part_bytes);

void terrace_pipeline_async (const TerracePipelineOptions *options,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data);

/**
 * terrace_pipeline_finish:
 * @digest: (out): SHA-256 over all bytes
 * @parts: (out) (optional) (transfer full) (element-type TerracePart): all of them, in order
 * @source_failed: (out) (optional): set with an error too: whether the source gave it
 */
gboolean terrace_pipeline_finish (GAsyncResult *result,
                                  TerraceDigest *digest,
                                  GPtrArray **parts,
                                  gboolean *source_failed,
                                  GError **error);

/* After a success: the value of @kind over all bytes; unknown if it was not asked for. */
void
terrace_pipeline_get_digest (GAsyncResult *result, TerraceChecksumKind kind, TerraceDigest *digest);

G_END_DECLS
