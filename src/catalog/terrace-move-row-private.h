/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "catalog/terrace-connection-private.h"
#include "catalog/terrace-move-table.h"

/* A row of move as the SELECT constants of the move tables name its columns. */

G_BEGIN_DECLS

/* What never changes after the insert. */
#define TERRACE_MOVE_FIXED                                                                    \
  "item_id, name, size_bytes, source_location_id, source_key, source_class_id, "              \
  "dest_location_id, keep_source, undo_of, saving_nanos, once_nanos, leave_nanos, batch_id, " \
  "created_us"
/* What its carrier, a person or another process changes. */
#define TERRACE_MOVE_CHANGING                                                                   \
  "source_version, dest_key, dest_class_id, state, resume_state, request, priority, token, "    \
  "upload, dest_version, checksum_kind, checksum, hold, undone_by, attempts, retry_us, error, " \
  "error_code, started_us, updated_us, finished_us, done_bytes, bytes_per_second, "             \
  "requests_sent, spent_nanos"
#define TERRACE_MOVE_COLUMNS "id, " TERRACE_MOVE_FIXED ", " TERRACE_MOVE_CHANGING
#define TERRACE_MOVE_OPEN "state NOT IN (5, 7, 8)"

void terrace_move_row_bind_changing (TerraceStatement *statement, TerraceMove *move);
/* (transfer full) */
TerraceMove *terrace_move_row_read (TerraceStatement *statement);
/* (transfer full) (element-type TerraceMove): steps @statement to its end. */
GPtrArray *terrace_move_row_read_all (TerraceStatement *statement, GError **error);
/* (transfer full) (element-type TerraceMove): those that somebody carries out, newest first. */
GPtrArray *terrace_move_table_leased (TerraceConnection *connection, guint limit, GError **error);

G_END_DECLS
