/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "catalog/terrace-catalog.h"
#include "model/terrace-item.h"
#include "model/terrace-replica.h"

/* Rows of item and replica. All functions run inside a TerraceCatalogFunc. */

G_BEGIN_DECLS

/* Columns an item list can be ordered by, each answered from an index. */
typedef enum
{
  TERRACE_ITEM_SORT_ID,
  TERRACE_ITEM_SORT_NAME,
  TERRACE_ITEM_SORT_SIZE,
  TERRACE_ITEM_SORT_TEMPERATURE, /* by reads_per_month */
  TERRACE_ITEM_SORT_TIER,
  TERRACE_ITEM_SORT_LOCATION,
  TERRACE_ITEM_SORT_CLASS,
  TERRACE_ITEM_SORT_LAST_ACCESS,
  TERRACE_ITEM_SORT_COST,
  TERRACE_ITEM_SORT_SAVING,
} TerraceItemSort;

/* "name", "size", "access" and so on; %FALSE if no order has this nick. */
gboolean terrace_item_sort_from_nick (const char *nick, TerraceItemSort *sort);

/**
 * TerraceItemFilter:
 * @text: (nullable): words that must all be part of name or key, case folded
 * @tier: -1 for all
 * @temperature: -1 for all
 * @location_id: 0 for all
 * @planned: only those the planner would move (wanted_location_id set), not already moving
 * @min_bytes: this large at least, 0 for all; @max_bytes: this large at most, 0 for all
 * @used_since_us: last read or written then or later, 0 for all
 * @used_before_us: last read or written before, 0 for all
 */
typedef struct
{
  char *text;
  int tier;
  int temperature;
  gint64 location_id;
  gboolean planned;
  guint64 min_bytes;
  guint64 max_bytes;
  gint64 used_since_us;
  gint64 used_before_us;
} TerraceItemFilter;

void terrace_item_filter_init (TerraceItemFilter *filter);
void terrace_item_filter_clear (TerraceItemFilter *filter);
void terrace_item_filter_copy (const TerraceItemFilter *filter, TerraceItemFilter *copy);
gboolean terrace_item_filter_is_empty (const TerraceItemFilter *filter);

/* Inserts @item and its leading replica; sets item->id. EXISTS if location and key are taken. */
gboolean
terrace_item_table_insert (TerraceConnection *connection, TerraceItem *item, GError **error);

/* Replaces every column of item->id but leaves its replicas alone. */
gboolean
terrace_item_table_update (TerraceConnection *connection, TerraceItem *item, GError **error);

/* Only the columns that planning and classifying decide. */
gboolean terrace_item_table_set_assessment (TerraceConnection *connection,
                                            TerraceItem *item,
                                            GError **error);

gboolean terrace_item_table_set_checksum (TerraceConnection *connection,
                                          gint64 item_id,
                                          const char *version,
                                          const TerraceDigest *checksum,
                                          gint64 verified_us,
                                          GError **error);

/* Forgets the item, its replicas and its accesses; files are not touched. */
gboolean terrace_item_table_delete (TerraceConnection *connection, gint64 item_id, GError **error);

/* (transfer full): NOT_FOUND if there is none. */
TerraceItem *terrace_item_table_get (TerraceConnection *connection, gint64 item_id, GError **error);

/* (transfer full) (nullable): by its leading copy; %NULL without @error if there is none. */
TerraceItem *terrace_item_table_find (TerraceConnection *connection,
                                      gint64 location_id,
                                      const char *key,
                                      GError **error);

/**
 * terrace_item_table_page:
 * @after: (nullable): the last item of the page before (keyset paging, never OFFSET)
 *
 * Returns: (transfer full) (element-type TerraceItem): at most @limit items
 */
GPtrArray *terrace_item_table_page (TerraceConnection *connection,
                                    const TerraceItemFilter *filter,
                                    TerraceItemSort sort,
                                    gboolean descending,
                                    TerraceItem *after,
                                    guint limit,
                                    GError **error);

/* (transfer full) (element-type gint64): all ids in order: what a list model keeps. */
GArray *terrace_item_table_order (TerraceConnection *connection,
                                  const TerraceItemFilter *filter,
                                  TerraceItemSort sort,
                                  gboolean descending,
                                  GError **error);

/* (transfer full) (element-type TerraceItem): those of @ids that exist, in the order of @ids. */
GPtrArray *terrace_item_table_get_many (TerraceConnection *connection,
                                        const gint64 *ids,
                                        guint n_ids,
                                        GError **error);

/* (transfer full) (element-type TerraceItem): registered without a checksum, oldest id first,
 * ids above @after_id. */
GPtrArray *terrace_item_table_unhashed (TerraceConnection *connection,
                                        gint64 after_id,
                                        guint limit,
                                        GError **error);

/* --- many items -------------------------------------------------------------------------------
 *
 * A new row lands on a random page of the index of each order, and the larger the catalogue, the
 * longer that takes; building those indexes afresh takes some microseconds a row. So whoever
 * registers many objects tells terrace_item_table_consider_import() how many it has added so far,
 * inserts in batches of up to TERRACE_LIMIT_IMPORT_BATCH_ITEMS, and at the end lets
 * terrace_item_table_end_import() build them. Where that is left out, because the registration
 * failed or was cancelled, the catalogue does it itself some seconds after the last insert. */

/* Inserts @items (element-type TerraceItem) and their leading replicas, and sets their ids. Those
 * whose location and key are taken are left out: their id stays 0. */
gboolean
terrace_item_table_insert_many (TerraceConnection *connection, GPtrArray *items, GError **error);

/* Begins an import once it pays: if @n_added by one registration are many beside what is there. */
gboolean
terrace_item_table_consider_import (TerraceConnection *connection, guint64 n_added, GError **error);

/* Takes the indexes of the orders away. Pages and orders answer as before, but sort each time. */
gboolean terrace_item_table_begin_import (TerraceConnection *connection, GError **error);
/* Ends it: builds one index that is not there, in a write job of its own, to be called until
 * @complete. What a crash left undone is built after the next start. */
gboolean
terrace_item_table_end_import (TerraceConnection *connection, gboolean *complete, GError **error);

/* Main thread: does that in the background, if it is needed, one index at a time so that other
 * writes get their turn. */
void terrace_item_import_resume (TerraceCatalog *catalog);

/* Replicas. */
gboolean terrace_replica_table_insert (TerraceConnection *connection,
                                       TerraceReplica *replica,
                                       GError **error);
gboolean
terrace_replica_table_delete (TerraceConnection *connection, gint64 replica_id, GError **error);
/* (transfer full) (element-type TerraceReplica), the leading one first. */
GPtrArray *
terrace_replica_table_list (TerraceConnection *connection, gint64 item_id, GError **error);
/* Makes the copy lead and mirrors it into the item's row (location, key, version, class, tier);
 * clears what was planned for the item. */
gboolean terrace_replica_table_set_leading (TerraceConnection *connection,
                                            gint64 replica_id,
                                            TerraceTier tier,
                                            GError **error);

/**
 * TerraceItemTotals:
 * One cell of the counters that are kept with every write: never counted while a frame waits.
 */
typedef struct
{
  gint64 location_id;
  TerraceTier tier;
  TerraceTemperature temperature;
  guint64 items;
  guint64 size_bytes;
  gint64 monthly_nanos;
  guint64 planned_items;
  gint64 planned_saving_nanos;
} TerraceItemTotals;

/* (transfer full) (element-type TerraceItemTotals): one element per combination that exists. */
GArray *terrace_item_table_totals (TerraceConnection *connection, GError **error);

G_END_DECLS
