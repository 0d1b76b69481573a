/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "catalog/terrace-catalog.h"

/* Rows of log_import: which log files were read, so that the same one twice changes nothing. */

G_BEGIN_DECLS

/**
 * TerraceLogImport:
 * @digest: of the whole content
 * @name: of the file, for people
 * @kind: nick of its format
 * @accesses: counted for an object
 * @skipped: understood, but nothing that heats
 * @unknown: of objects that are not registered
 */
typedef struct
{
  GBytes *digest;
  char *name;
  char *kind;
  guint64 lines;
  guint64 accesses;
  guint64 skipped;
  guint64 unknown;
  guint64 bad_lines;
  gint64 imported_us;
} TerraceLogImport;

TerraceLogImport *terrace_log_import_new (void);
void terrace_log_import_free (TerraceLogImport *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TerraceLogImport, terrace_log_import_free)

/* In the transaction that counts its accesses. EXISTS if a file of this content was imported
 * before. */
gboolean terrace_log_import_table_insert (TerraceConnection *connection,
                                          const TerraceLogImport *import,
                                          GError **error);

/* (transfer full): %NULL without @error if no file of this content was imported. */
TerraceLogImport *
terrace_log_import_table_find (TerraceConnection *connection, GBytes *digest, GError **error);

/* (transfer full) (element-type TerraceLogImport): newest first */
GPtrArray *
terrace_log_import_table_list (TerraceConnection *connection, guint limit, GError **error);

G_END_DECLS
