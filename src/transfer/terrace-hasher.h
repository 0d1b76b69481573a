/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/terrace-checksum.h"
#include "base/terrace-worker.h"

/* The process's one hashing thread, started with its first user and ended with the last. Whoever
 * copies or verifies holds it meanwhile; a queue holds it from start to stop, so that moves do not
 * start and end a thread each. Main thread. */

G_BEGIN_DECLS

void terrace_hasher_hold (void);
void terrace_hasher_release (void);

/* As terrace_hasher_release(), and completes when the thread, if this ended it, is gone. */
void terrace_hasher_release_async (GAsyncReadyCallback callback, gpointer user_data);
gboolean terrace_hasher_release_finish (GAsyncResult *result, GError **error);

/**
 * terrace_hasher_update_async:
 * @checksum: belongs to the hashing thread until all updates have completed; updates run in the
 *   order of these calls
 *
 * Not cancellable: a queued part is hashed sooner than the cancelling is worth.
 */
void terrace_hasher_update_async (TerraceChecksum *checksum,
                                  GBytes *bytes,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
gboolean terrace_hasher_update_finish (GAsyncResult *result, GError **error);

G_END_DECLS
