/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "catalog/terrace-move-table.h"

/* A GListModel of TerraceMove, newest first, that keeps its objects: a row's TerraceMove stays the
 * same object and is updated in place (terrace_move_update()), so that progress bars do not jump.
 * Open moves are all there (bounded by paging), final ones up to a page that grows on demand
 * (terrace_move_list_load_more()). Main thread. */

G_BEGIN_DECLS

#define TERRACE_TYPE_MOVE_LIST (terrace_move_list_get_type ())
G_DECLARE_FINAL_TYPE (TerraceMoveList, terrace_move_list, TERRACE, MOVE_LIST, GObject)

/* (transfer full). @final as in terrace_move_table_page(). Properties "n-items", "loading". */
TerraceMoveList *terrace_move_list_new (TerraceCatalog *catalog, int final);
void terrace_move_list_load_more (TerraceMoveList *self);
/* (transfer none) (nullable): the row with this id, if it is loaded. */
TerraceMove *terrace_move_list_find (TerraceMoveList *self, gint64 move_id);

G_END_DECLS
