/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "catalog/terrace-connection-private.h"
#include "catalog/terrace-item-table.h"

/* A row of item as the SELECT constants of the item tables name its columns. */

G_BEGIN_DECLS

/* Without id, replica_id and moving, which the catalogue itself decides. 32 of them. */
#define TERRACE_ITEM_STORED                                                                   \
  "location_id, key, name, content_type, version, size_bytes, created_us, modified_us, "      \
  "registered_us, checksum_kind, checksum, verified_us, missing, tier, class_id, "            \
  "class_since_us, temperature, rates_updated_us, rates_first_us, last_access_us, reads_7d, " \
  "reads_30d, reads_90d, total_reads, reads_per_month, assessed_us, monthly_nanos, "          \
  "wanted_location_id, wanted_class_id, saving_nanos, once_nanos, reason"
#define TERRACE_ITEM_PARAMETERS                      \
  "?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, " \
  "?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?"
#define TERRACE_ITEM_COLUMNS "id, moving, " TERRACE_ITEM_STORED

/* (transfer full) */
TerraceItem *terrace_item_row_read (TerraceStatement *statement);
/* (transfer full) (element-type TerraceItem): steps @statement to its end. */
GPtrArray *terrace_item_row_read_all (TerraceStatement *statement, GError **error);
/* (transfer full) (element-type gint64): the first @limit ids of an order: what a list shows while
 * it reads the rest. */
GArray *terrace_item_table_order_start (TerraceConnection *connection,
                                        const TerraceItemFilter *filter,
                                        TerraceItemSort sort,
                                        gboolean descending,
                                        guint limit,
                                        GError **error);
/* Whether terrace_item_table_end_import() has something left to do. */
gboolean terrace_item_table_is_importing (TerraceConnection *connection,
                                          gboolean *importing,
                                          GError **error);
/**
 * TerraceImportWatch:
 * @waits: an import was left to us: terrace_item_import_resume()
 */
typedef struct
{
  guint64 n_inserts;
  guint quiet_polls;
  gboolean waits;
} TerraceImportWatch;

/* Writer thread, now and then: an import that failed or was cancelled, here or in another program,
 * is ended by whoever has the catalogue open, once nothing more comes. */
void terrace_import_watch_poll (TerraceImportWatch *self,
                                TerraceConnection *connection,
                                gboolean others_wrote);
gboolean terrace_item_table_has_index (TerraceConnection *connection,
                                       const char *name,
                                       gboolean *there,
                                       GError **error);
/* Binds TERRACE_ITEM_STORED. */
void terrace_item_row_bind (TerraceStatement *statement, TerraceItem *item);
/* %FALSE with NOT_FOUND. */
gboolean terrace_item_row_require_change (TerraceConnection *connection, GError **error);

G_END_DECLS
