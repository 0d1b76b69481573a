/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "catalog/terrace-catalog.h"
#include "model/terrace-event.h"

/* Rows of event, the newest TERRACE_LIMIT_EVENTS of them. */

G_BEGIN_DECLS

gboolean
terrace_event_table_append (TerraceConnection *connection, TerraceEvent *event, GError **error);

/* (transfer full) (element-type TerraceEvent): newest first, keyset by id (@before_id 0: first
 * page); @item_id 0 for all. */
GPtrArray *terrace_event_table_page (TerraceConnection *connection,
                                     gint64 item_id,
                                     gint64 before_id,
                                     guint limit,
                                     GError **error);

G_END_DECLS
