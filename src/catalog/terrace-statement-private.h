/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "catalog/terrace-connection-private.h"

G_BEGIN_DECLS

/* (transfer none): the prepared @sql of this connection's cache. */
gboolean terrace_connection_find_statement (TerraceConnection *self,
                                            const char *sql,
                                            sqlite3_stmt **handle,
                                            GError **error);

G_END_DECLS
