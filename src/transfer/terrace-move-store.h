/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "catalog/terrace-catalog.h"
#include "model/terrace-event.h"
#include "model/terrace-move.h"
#include "model/terrace-replica.h"

/* Writes the rows of moves. Each commit is all or nothing; commits of several moves that wait at
 * the same time share one transaction of the catalogue. In the order of asking. Main thread. */

G_BEGIN_DECLS

#define TERRACE_TYPE_MOVE_STORE (terrace_move_store_get_type ())
G_DECLARE_FINAL_TYPE (TerraceMoveStore, terrace_move_store, TERRACE, MOVE_STORE, GObject)

typedef struct _TerraceMoveCommit TerraceMoveCommit;

/* Runs on the writer's thread, inside the transaction. */
typedef gboolean (*TerraceMoveCommitFunc) (TerraceConnection *connection,
                                           TerraceMoveCommit *commit,
                                           GError **error);

/**
 * TerraceMoveCommit:
 * @move: how the row shall be; request, priority and undone_by are taken from the stored row, since
 *   other processes write them
 * @clear_request: the request has been answered
 * @release: let go of the lease
 * @quiet: nothing that anybody sees changes
 * @prepare: (nullable): reads, and may still decide about @move
 * @also: (nullable): further rows
 * @event: (nullable): appended, unless @also finds that there is nothing to tell (@silent)
 * @replica: (nullable): for @also
 * @tier: for @also
 * @spend_cap_nanos: for @prepare: what the moves of its batch may cost, 0 for no cap
 * @currency: (nullable): of it
 * @now_us: the moment of the commit
 * @known: set by a @prepare: checksum of the source's version
 */
struct _TerraceMoveCommit
{
  TerraceMove *move;
  gboolean clear_request;
  gboolean release;
  gboolean quiet;
  TerraceMoveCommitFunc prepare;
  TerraceMoveCommitFunc also;
  TerraceEvent *event;
  gboolean silent;
  TerraceReplica *replica;
  TerraceTier tier;
  gint64 spend_cap_nanos;
  char *currency;
  gint64 now_us;

  TerraceDigest known;
};

/* A commit of @move as it is now, to be changed before it is handed over. */
TerraceMoveCommit *terrace_move_commit_new (TerraceMove *move);
void terrace_move_commit_free (TerraceMoveCommit *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TerraceMoveCommit, terrace_move_commit_free)

TerraceMoveStore *
terrace_move_store_new (TerraceCatalog *catalog, TerraceClock *clock, const char *owner);

/**
 * terrace_move_store_commit_async:
 * @commit: (transfer full):
 *
 * Not cancellable: a row that may or may not have been written helps nobody. While the catalogue
 * cannot be written (locked, disk full) the commit waits. CHANGED if the lease was lost.
 */
void terrace_move_store_commit_async (TerraceMoveStore *self,
                                      TerraceMoveCommit *commit,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data);
/* (transfer full): as it was stored */
TerraceMoveCommit *
terrace_move_store_commit_finish (TerraceMoveStore *self, GAsyncResult *result, GError **error);

/* From now on a commit that cannot be written fails instead of waiting. */
void terrace_move_store_close (TerraceMoveStore *self);

/* What @move counts for in its batch: nothing before it has begun, then what it was expected to
 * cost or has cost, whichever is more, and in the end what it did cost. */
gint64 terrace_move_store_get_share (TerraceMove *move);

G_END_DECLS
