/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "model/terrace-move.h"
#include "provider/terrace-provider.h"

/* Takes away what an unfinished move left at its destination: the upload, or the copy that was not
 * yet trusted. Main thread. */

G_BEGIN_DECLS

/**
 * TerraceMoveRemains:
 * @TERRACE_MOVE_REMAINS_NONE: the destination is as it was before
 * @TERRACE_MOVE_REMAINS_COPY: the source is gone, so the complete copy was left standing
 */
typedef enum
{
  TERRACE_MOVE_REMAINS_NONE,
  TERRACE_MOVE_REMAINS_COPY,
} TerraceMoveRemains;

/**
 * terrace_move_clean_async:
 * @move: not changed
 * @phase: how far it came: COPYING, VERIFYING or STAGED
 *
 * Removes a finished copy only on the condition that it is still the version that this move
 * stored, and only after the source was seen to be there. What somebody else put in its place is
 * left alone.
 */
void terrace_move_clean_async (TerraceMove *move,
                               TerraceMoveState phase,
                               TerraceProvider *source,
                               TerraceProvider *dest,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);

/* @copy_version: (out) (transfer full) (nullable): with REMAINS_COPY, the version left standing */
gboolean terrace_move_clean_finish (GAsyncResult *result,
                                    TerraceMoveRemains *remains,
                                    char **copy_version,
                                    GError **error);

G_END_DECLS
