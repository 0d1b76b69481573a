/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "catalog/terrace-catalog.h"
#include "model/terrace-location.h"

/* Rows of location. The "observed" fields are not stored. */

G_BEGIN_DECLS

/* Sets location->id; EXISTS if name or (kind, root) is taken. */
gboolean terrace_location_table_insert (TerraceConnection *connection,
                                        TerraceLocation *location,
                                        GError **error);
gboolean terrace_location_table_update (TerraceConnection *connection,
                                        TerraceLocation *location,
                                        GError **error);
/* EXISTS while copies or unfinished moves refer to it. */
gboolean
terrace_location_table_delete (TerraceConnection *connection, gint64 location_id, GError **error);
/* (transfer full) (element-type TerraceLocation), by id. */
GPtrArray *terrace_location_table_list (TerraceConnection *connection, GError **error);

G_END_DECLS
