/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "catalog/terrace-item-table.h"

/* A GListModel of TerraceItem over the catalogue that stays quick at a million rows: keeps the
 * order as 8 bytes a row (read on a reader thread, first page at once), fetches pages of rows by
 * primary key when they are looked at, and changes in two steps (n to 0, 0 to n), because GTK 4.8
 * takes seconds for one big items_changed(). Main thread. */

G_BEGIN_DECLS

#define TERRACE_TYPE_ITEM_LIST (terrace_item_list_get_type ())
G_DECLARE_FINAL_TYPE (TerraceItemList, terrace_item_list, TERRACE, ITEM_LIST, GObject)

/* (transfer full): empty until the first load, which starts at once. Reloads by itself when the
 * catalogue changes: rows in place when the order is the same, at most twice a second.
 * Properties: "n-items" (uint), "loading" (boolean), both notify. */
TerraceItemList *terrace_item_list_new (TerraceCatalog *catalog);

void terrace_item_list_set_sort (TerraceItemList *self, TerraceItemSort sort, gboolean descending);
TerraceItemSort terrace_item_list_get_sort (TerraceItemList *self, gboolean *descending);

/* @filter is copied. */
void terrace_item_list_set_filter (TerraceItemList *self, const TerraceItemFilter *filter);
const TerraceItemFilter *terrace_item_list_get_filter (TerraceItemList *self);

gboolean terrace_item_list_get_loading (TerraceItemList *self);
/* The id at @position without fetching the row; 0 beyond the end. */
gint64 terrace_item_list_get_id (TerraceItemList *self, guint position);

G_END_DECLS
