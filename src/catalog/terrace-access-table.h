/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "catalog/terrace-catalog.h"
#include "model/terrace-access.h"

/* Accesses: a rollup per item and day, the latest few singly, and the decayed rates in item. */

G_BEGIN_DECLS

/**
 * TerraceAccessDay:
 * @day: days since 1970 in UTC
 */
typedef struct
{
  gint64 day;
  guint64 reads;
  guint64 writes;
  guint64 bytes;
} TerraceAccessDay;

/* Adds a batch (sorted by item inside, so that pages are visited once): rollups, recent ones and
 * rates. Accesses of items that do not exist are skipped and counted in @n_unknown. */
gboolean terrace_access_table_record (TerraceConnection *connection,
                                      const TerraceAccess *accesses,
                                      guint n_accesses,
                                      guint *n_unknown,
                                      GError **error);

/* (transfer full) (element-type TerraceAccessDay): days from @first_day on that had any. */
GArray *terrace_access_table_days (TerraceConnection *connection,
                                   gint64 item_id,
                                   gint64 first_day,
                                   GError **error);

/* (transfer full) (element-type TerraceAccess): newest first, at most
 * TERRACE_LIMIT_RECENT_ACCESSES. */
GArray *terrace_access_table_recent (TerraceConnection *connection, gint64 item_id, GError **error);

G_END_DECLS
