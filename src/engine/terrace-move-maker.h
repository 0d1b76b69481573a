/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "catalog/terrace-catalog.h"
#include "model/terrace-item.h"
#include "model/terrace-move.h"

/* Makes the rows of new moves. Catalogue's writer thread, inside a transaction. */

G_BEGIN_DECLS

/* (transfer full): from where @item lies, under a key that no known object has there. %NULL only
 * with @error. */
TerraceMove *terrace_move_maker_new_move (TerraceConnection *connection,
                                          TerraceItem *item,
                                          gint64 dest_location_id,
                                          const char *dest_class_id,
                                          gint64 now_us,
                                          GError **error);

/* Stores the move and, when @singly, its event. */
gboolean terrace_move_maker_store (TerraceConnection *connection,
                                   TerraceMove *move,
                                   gboolean singly,
                                   GError **error);

/* The one event for many moves. */
gboolean terrace_move_maker_summarise (TerraceConnection *connection,
                                       guint64 n_moves,
                                       gint64 now_us,
                                       GError **error);

G_END_DECLS
