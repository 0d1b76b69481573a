/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "catalog/terrace-catalog.h"

/* What streams write. An item's row, its days and its recent accesses lie on pages all over the
 * file, far too many for each event to visit; so a batch is only appended, packed, together with
 * where its source stands: durable, and a few pages. Merging folds what waits into access_day,
 * access_recent and the rates of item, in the order of items and in bounded steps. Rows leave
 * stream_pending in the transaction that folds them, so nothing is lost or counted twice whenever
 * the program dies.
 *
 * The way to use it: collect accesses in memory for about a second, append them in one write job,
 * and merge in write jobs of their own when TERRACE_DEFAULT_STREAM_MERGE_MS have passed since the
 * oldest one or TERRACE_LIMIT_STREAM_PENDING are waiting. */

G_BEGIN_DECLS

/**
 * TerraceStreamAccess:
 * All uses of an object within an hour of event time.
 * @last_us: event time of the latest of them
 */
typedef struct
{
  gint64 item_id;
  gint64 last_us;
  guint32 reads;
  guint32 writes;
  guint64 read_bytes;
  guint64 write_bytes;
} TerraceStreamAccess;

/**
 * TerraceStreamOffset:
 * @partition: as the source calls it ("topic/3", a file); "" where there is but one
 * @offset: where to read on after this batch
 */
typedef struct
{
  const char *partition;
  gint64 offset;
} TerraceStreamOffset;

/**
 * TerraceStreamBatch:
 * @source_id: of stream_source
 * @accesses: (array length=n_accesses): in any order; the same object may come several times
 * @offsets: (array length=n_offsets): replace those that are stored
 * @event_ids: (array length=n_event_ids): 64 bits of the id of each event, for sources that may
 *   send one again
 */
typedef struct
{
  gint64 source_id;
  const TerraceStreamAccess *accesses;
  guint n_accesses;
  const TerraceStreamOffset *offsets;
  guint n_offsets;
  const guint64 *event_ids;
  guint n_event_ids;
  gint64 now_us;
} TerraceStreamBatch;

/**
 * TerraceStreamPending:
 * @accesses: coalesced ones that wait for a merge
 * @since_us: when the first of them was appended; 0 if none waits
 */
typedef struct
{
  guint64 accesses;
  gint64 since_us;
} TerraceStreamPending;

/**
 * terrace_stream_table_append:
 * @pending: (out) (optional): what waits now
 *
 * Stores all of @batch with the transaction it runs in, or nothing of it. Several batches may share
 * a transaction. Objects that are not registered are found out when merging.
 */
gboolean terrace_stream_table_append (TerraceConnection *connection,
                                      const TerraceStreamBatch *batch,
                                      TerraceStreamPending *pending,
                                      GError **error);

gboolean terrace_stream_table_get_pending (TerraceConnection *connection,
                                           TerraceStreamPending *pending,
                                           GError **error);

/**
 * TerraceStreamMerge:
 * @n_items: folded by this step
 * @n_unknown: accesses of objects that are not registered, dropped by this step
 * @complete: the end was reached: the next step begins with the first items again
 */
typedef struct
{
  guint64 n_items;
  guint64 n_unknown;
  gboolean complete;
} TerraceStreamMerge;

/**
 * terrace_stream_table_merge:
 * @max_items: ends the step once so many items (rounded up to a range of ids) are folded
 *
 * Folds the next of what waits, to be called until @merge says complete; what is appended meanwhile
 * comes along or waits for the next time. Readers see an item before or after, never in between.
 */
gboolean terrace_stream_table_merge (TerraceConnection *connection,
                                     guint max_items,
                                     TerraceStreamMerge *merge,
                                     GError **error);

/* @offset: where to read on; -1 if nothing of this partition was ever committed. */
gboolean terrace_stream_table_get_offset (TerraceConnection *connection,
                                          gint64 source_id,
                                          const char *partition,
                                          gint64 *offset,
                                          GError **error);

/* (transfer full) (element-type guint64): what was handed to terrace_stream_table_append() lately,
 * oldest first, about TERRACE_LIMIT_STREAM_EVENT_IDS at most. */
GArray *terrace_stream_table_list_event_ids (TerraceConnection *connection,
                                             gint64 source_id,
                                             GError **error);

/* Forgets where a source stands and what it sent (it was removed or starts over); what waits to be
 * merged stays. */
gboolean
terrace_stream_table_forget (TerraceConnection *connection, gint64 source_id, GError **error);

G_END_DECLS
