/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "transfer/terrace-copy.h"

/* What the queue asks of a copy beyond terrace_copy_async(): to wait for its rows before the bytes
 * become an object, and to halt between parts. */

G_BEGIN_DECLS

/**
 * TerraceCopySettle:
 * Called (main thread) when all parts are stored and the checksum is known, before the object comes
 * into being at the destination; also before a copy_from (then @upload is %NULL). The copy goes on
 * when @callback is called with a GTask that returns a boolean.
 */
typedef void (*TerraceCopySettle) (const char *upload,
                                   const TerraceDigest *checksum,
                                   gpointer data,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);

/**
 * TerraceCopyRequest:
 * @move: as in terrace_copy_async(). When its checksum is set, terrace_copy_settle() was reached in
 *   an earlier life: then the destination object may exist already, and is recognised as ours
 * @settle: (nullable)
 * @halt: (nullable): when cancelled, the parts in flight are finished, and the copy ends as
 *   cancelled with its upload kept
 * @memory_bytes: (nullable): as in TerracePipelineOptions
 */
typedef struct
{
  TerraceMove *move;
  TerraceProvider *source;
  TerraceProvider *dest;
  const TerraceDigest *known;
  TerracePacer *pacer;
  TerraceCopyStep step;
  TerraceCopyProgress progress;
  TerraceCopySettle settle;
  gpointer data;
  GCancellable *halt;
  guint64 *memory_bytes;
} TerraceCopyRequest;

/* Finish with terrace_copy_finish(). */
void terrace_copy_request_async (const TerraceCopyRequest *request,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);

/* For a copy that failed: whether it was the source that gave the error. */
gboolean terrace_copy_source_failed (GAsyncResult *result);

/* The options every call of @move's upload is made with. @info: (nullable): the source. */
void terrace_copy_init_options (TerraceMove *move,
                                const TerraceObjectInfo *info,
                                TerraceWriteOptions *options);

/* (transfer full) (element-type TerracePart): as if all parts of @move had been stored: what
 * repeating a finish is given. */
GPtrArray *terrace_copy_all_parts (TerraceMove *move);

G_END_DECLS
