/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "catalog/terrace-catalog.h"
#include "model/terrace-move.h"
#include "provider/terrace-provider.h"
#include "transfer/terrace-pacer.h"

/* Copies one object between two providers in bounded memory: a pipeline of parts in which bytes
 * are hashed once, in order, while they flow; resumes an upload it finds. Main thread; hashing and
 * local I/O run on worker threads. Retries are the queue's. */

G_BEGIN_DECLS

/**
 * TerraceCopyProgress:
 * Called on the main thread, coalesced to about ten times a second.
 */
typedef void (*TerraceCopyProgress) (guint64 done_bytes, gpointer user_data);

/**
 * TerraceCopyStep:
 * Called (main thread) as soon as an upload has been begun or a part is safely stored, so that the
 * caller can write the row. @upload: the resumable upload; @part: (nullable).
 */
typedef void (*TerraceCopyStep) (const char *upload, const TerracePart *part, gpointer user_data);

/* CRC-64/NVME and CRC-32C: what clouds keep of an object, however it came to them. */
#define TERRACE_COPY_OTHER_DIGESTS 2

/**
 * TerraceCopyResult:
 * @dest: the stored object as the destination describes it
 * @checksum: of the source's bytes as they flowed, or as known before when they did not
 * @other: the same bytes by another kind, that the destination keeps itself: NONE if there is none
 * @seen: the bytes passed through the process
 */
typedef struct
{
  TerraceObjectInfo *dest;
  TerraceDigest checksum;
  TerraceDigest other[TERRACE_COPY_OTHER_DIGESTS];
  gboolean seen;
} TerraceCopyResult;

void terrace_copy_result_free (TerraceCopyResult *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TerraceCopyResult, terrace_copy_result_free)

/**
 * terrace_copy_async:
 * @move: source, destination, token and upload to resume; not changed
 * @known: (nullable): checksum of the source's version, if it is known: then, or if the source
 *   tells one itself, a server-side or in-kernel copy may be used
 * @pacer: (nullable): bandwidth limit
 *
 * Errors: CHANGED if the source is not (or does not stay) move->source_version.
 */
void terrace_copy_async (TerraceMove *move,
                         TerraceProvider *source,
                         TerraceProvider *dest,
                         const TerraceDigest *known,
                         TerracePacer *pacer,
                         TerraceCopyStep step,
                         TerraceCopyProgress progress,
                         gpointer callback_data,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data);
TerraceCopyResult *terrace_copy_finish (GAsyncResult *result, GError **error);

G_END_DECLS
