/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "catalog/terrace-catalog.h"
#include "model/terrace-move.h"

/* Rows of move and move_batch. A move is carried out by whoever holds its lease. */

G_BEGIN_DECLS

/* Sets move->id. EXISTS if the item has a move that is not final. Marks the item as moving. */
gboolean
terrace_move_table_insert (TerraceConnection *connection, TerraceMove *move, GError **error);

/* (transfer full): NOT_FOUND if there is none. */
TerraceMove *terrace_move_table_get (TerraceConnection *connection, gint64 move_id, GError **error);

/**
 * terrace_move_table_claim:
 * @owner: names the process and its start, unique
 * @limit: how many at most
 * @busy_locations: (array length=n_busy) (nullable): not moves from or to these (they are at
 *   their limit of active moves, or down); those that shall be cancelled are claimed all the same
 *
 * Claims moves that are ready: not final, not paused, not before their retry time, with no lease
 * or one that ended before @now_us (a dead process's), by priority (higher first) and age; also
 * those paused or staged-and-held ones that carry a cancel request.
 *
 * Returns: (transfer full) (element-type TerraceMove): leased to @owner until @lease_until_us
 */
GPtrArray *terrace_move_table_claim (TerraceConnection *connection,
                                     const char *owner,
                                     gint64 now_us,
                                     gint64 lease_until_us,
                                     guint limit,
                                     const gint64 *busy_locations,
                                     guint n_busy,
                                     GError **error);

/* Renews all leases of @owner; @lost (element-type gint64) receives ids of @held moves that are
 * no longer @owner's. */
gboolean terrace_move_table_renew (TerraceConnection *connection,
                                   const char *owner,
                                   gint64 lease_until_us,
                                   const gint64 *held,
                                   guint n_held,
                                   GArray *lost,
                                   GError **error);

/* Stores every changeable column. CHANGED if @owner does not hold the lease: then somebody else
 * carries the move out, and the caller must stop touching it. */
gboolean terrace_move_table_update (TerraceConnection *connection,
                                    TerraceMove *move,
                                    const char *owner,
                                    GError **error);

/* terrace_move_table_update() and letting go of the lease; clears the item's "moving" when the
 * state is final. */
gboolean terrace_move_table_release (TerraceConnection *connection,
                                     TerraceMove *move,
                                     const char *owner,
                                     GError **error);

/* Asks the carrier of a move (perhaps another process). A move that has not begun is paused or
 * cancelled at once. INVALID if the state does not allow it. */
gboolean terrace_move_table_request (TerraceConnection *connection,
                                     gint64 move_id,
                                     TerraceMoveRequest request,
                                     gint64 now_us,
                                     GError **error);

/* Puts a paused, failed or held move back in the queue (failed: attempts start over; held and
 * staged: it will be committed). INVALID otherwise. */
gboolean terrace_move_table_requeue (TerraceConnection *connection,
                                     gint64 move_id,
                                     gint64 now_us,
                                     GError **error);

/* A place is back: open moves from or to it that nobody carries need not wait for their next
 * attempt, and have all of them again. */
gboolean
terrace_move_table_wake (TerraceConnection *connection, gint64 location_id, GError **error);

/* (transfer full) (element-type utf8): everybody who holds a lease, ended or not. */
GPtrArray *terrace_move_table_owners (TerraceConnection *connection, GError **error);

/* Ends all leases of @owner, who is known to be dead: the moves can be claimed at once. */
gboolean
terrace_move_table_expire_owner (TerraceConnection *connection, const char *owner, GError **error);

gboolean terrace_move_table_set_priority (TerraceConnection *connection,
                                          gint64 move_id,
                                          int priority,
                                          GError **error);

/* The requests pending for moves leased to @owner: (transfer full) (element-type TerraceMove). */
GPtrArray *
terrace_move_table_requested (TerraceConnection *connection, const char *owner, GError **error);

/* (transfer full) (element-type TerraceMove): newest first; @final -1 all, 0 only open ones, 1 only
 * final ones; keyset by id, @before_id 0 for the first page. */
GPtrArray *terrace_move_table_page (TerraceConnection *connection,
                                    int final,
                                    gint64 before_id,
                                    guint limit,
                                    GError **error);

/* (transfer full) (element-type TerraceMove): of one item, newest first. */
GPtrArray *
terrace_move_table_of_item (TerraceConnection *connection, gint64 item_id, GError **error);

/* Counters by state, TERRACE_MOVE_CANCELLED + 1 elements. */
gboolean terrace_move_table_counts (TerraceConnection *connection, guint64 *counts, GError **error);

/* Moves accepted together, and what they cost once. */
gboolean terrace_move_batch_table_insert (TerraceConnection *connection,
                                          gint64 now_us,
                                          gint64 *batch_id,
                                          GError **error);
/* @nanos: more, or less when negative. */
gboolean terrace_move_batch_table_spend (TerraceConnection *connection,
                                         gint64 batch_id,
                                         gint64 nanos,
                                         GError **error);
/* Pauses what has not begun, with @reason for people. */
gboolean terrace_move_batch_table_pause (TerraceConnection *connection,
                                         gint64 batch_id,
                                         const char *reason,
                                         int reason_code,
                                         gint64 now_us,
                                         guint *n_paused,
                                         GError **error);
/* 0 for a batch that is not known. */
gboolean terrace_move_batch_table_get_spent (TerraceConnection *connection,
                                             gint64 batch_id,
                                             gint64 *spent_nanos,
                                             GError **error);

G_END_DECLS
