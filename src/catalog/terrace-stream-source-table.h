/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "catalog/terrace-catalog.h"

/* Rows of stream_source: what a person set up, without its secrets. */

G_BEGIN_DECLS

/**
 * TerraceStreamSourceRow:
 * @name: unique
 * @kind: nick of the kind of source
 * @settings: a JSON object; secrets belong in the keyring
 * @enabled: to be started with the program
 * @publishes: flags of what is published there, for the engine; 0 for a source
 */
typedef struct
{
  gint64 id;
  char *name;
  char *kind;
  char *settings;
  gboolean enabled;
  gint64 publishes;
  gint64 created_us;
} TerraceStreamSourceRow;

TerraceStreamSourceRow *terrace_stream_source_row_new (void);
void terrace_stream_source_row_free (TerraceStreamSourceRow *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TerraceStreamSourceRow, terrace_stream_source_row_free)

/* Inserts and sets @row->id, or replaces the row if that is set. EXISTS if the name is taken. */
gboolean terrace_stream_source_table_put (TerraceConnection *connection,
                                          TerraceStreamSourceRow *row,
                                          GError **error);

/* With its offsets, event ids and minutes. */
gboolean terrace_stream_source_table_delete (TerraceConnection *connection,
                                             gint64 source_id,
                                             GError **error);

/* (transfer full) (element-type TerraceStreamSourceRow): by id */
GPtrArray *terrace_stream_source_table_list (TerraceConnection *connection, GError **error);

/**
 * terrace_stream_source_table_claim:
 * @owner: of the lease, as with moves
 *
 * Takes or renews the lease of a source until @until_us. BUSY if another program reads it.
 */
gboolean terrace_stream_source_table_claim (TerraceConnection *connection,
                                            gint64 source_id,
                                            const char *owner,
                                            gint64 now_us,
                                            gint64 until_us,
                                            GError **error);

/* Lets go of it, if @owner still has it. */
gboolean terrace_stream_source_table_release (TerraceConnection *connection,
                                              gint64 source_id,
                                              const char *owner,
                                              GError **error);

G_END_DECLS
