/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "catalog/terrace-catalog.h"
#include "model/terrace-access.h"

/* Accesses: a rollup per item and day, the latest few singly, and the decayed rates in item. Days
 * that are TERRACE_LIMIT_ACCESS_DAYS old become part of a week (from Monday), weeks that are
 * TERRACE_LIMIT_ACCESS_WEEKS_DAYS old part of a month of four weeks, so that the history of an item
 * has a bound that hardly grows. */

G_BEGIN_DECLS

/**
 * TerraceAccessDay:
 * @day: the first of them, since 1970 in UTC
 * @days: how many this row stands for: 1, 7 or 28
 */
typedef struct
{
  gint64 day;
  guint64 reads;
  guint64 writes;
  guint64 bytes;
  guint days;
} TerraceAccessDay;

/* Adds a batch (sorted by item inside, so that pages are visited once): rollups, recent ones and
 * rates. Accesses of items that do not exist are skipped and counted in @n_unknown. */
gboolean terrace_access_table_record (TerraceConnection *connection,
                                      const TerraceAccess *accesses,
                                      guint n_accesses,
                                      guint *n_unknown,
                                      GError **error);

/* (transfer full) (element-type TerraceAccessDay): those that begin on @first_day or later and had
 * any, in order. */
GArray *terrace_access_table_days (TerraceConnection *connection,
                                   gint64 item_id,
                                   gint64 first_day,
                                   GError **error);

/* (transfer full) (element-type TerraceAccessDay): the same as single days from @first_day on, each
 * once: what a week or a month holds is spread evenly over it. */
GArray *terrace_access_table_each_day (TerraceConnection *connection,
                                       gint64 item_id,
                                       gint64 first_day,
                                       GError **error);

/**
 * terrace_access_table_compact:
 * @today: days since 1970 in UTC
 * @after_item: (inout): 0 at first; where the next step goes on
 * @max_items: looked at in this step
 *
 * Merges old days into weeks and old weeks into months; to be called until @complete, each step in
 * a write job of its own. Doing it again changes nothing; once a day is often enough.
 */
gboolean terrace_access_table_compact (TerraceConnection *connection,
                                       gint64 today,
                                       gint64 *after_item,
                                       guint max_items,
                                       gboolean *complete,
                                       GError **error);

/* (transfer full) (element-type TerraceAccess): newest first, at most
 * TERRACE_LIMIT_RECENT_ACCESSES. */
GArray *terrace_access_table_recent (TerraceConnection *connection, gint64 item_id, GError **error);

G_END_DECLS
