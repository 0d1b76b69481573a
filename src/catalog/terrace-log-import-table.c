/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Rows of log_import. Catalogue threads. */

#include "config.h"

#include "catalog/terrace-connection-private.h"
#include "catalog/terrace-log-import-table.h"

#include <glib/gi18n-lib.h>

#define COLUMNS "digest, name, kind, lines, accesses, skipped, unknown, bad_lines, imported_us"

TerraceLogImport *
terrace_log_import_new (void)
{
  return g_new0 (TerraceLogImport, 1);
}

void
terrace_log_import_free (TerraceLogImport *self)
{
  g_clear_pointer (&self->digest, g_bytes_unref);
  g_free (self->name);
  g_free (self->kind);
  g_free (self);
}

static void
bind_digest (TerraceStatement *statement, GBytes *digest)
{
  gsize length;
  gconstpointer bytes = g_bytes_get_data (digest, &length);

  terrace_statement_bind_bytes (statement, bytes, length);
}

gboolean
terrace_log_import_table_insert (TerraceConnection *connection,
                                 const TerraceLogImport *import,
                                 GError **error)
{
  static const char SQL[] =
      "INSERT INTO log_import (" COLUMNS ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)";
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;

  g_return_val_if_fail (import != NULL, FALSE);
  g_return_val_if_fail (import->digest != NULL && g_bytes_get_size (import->digest) > 0, FALSE);

  if (!terrace_statement_prepare (&statement, connection, SQL, error))
    return FALSE;
  bind_digest (&statement, import->digest);
  terrace_statement_bind_text_or_empty (&statement, import->name);
  terrace_statement_bind_text_or_empty (&statement, import->kind);
  terrace_statement_bind_int64 (&statement, (gint64) import->lines);
  terrace_statement_bind_int64 (&statement, (gint64) import->accesses);
  terrace_statement_bind_int64 (&statement, (gint64) import->skipped);
  terrace_statement_bind_int64 (&statement, (gint64) import->unknown);
  terrace_statement_bind_int64 (&statement, (gint64) import->bad_lines);
  terrace_statement_bind_int64 (&statement, import->imported_us);
  if (terrace_statement_run (&statement, error))
    return TRUE;
  terrace_error_reword_exists (error, _ ("This log was imported before"));
  return FALSE;
}

static TerraceLogImport *
read_row (TerraceStatement *statement)
{
  TerraceLogImport *import = terrace_log_import_new ();
  gsize length;
  gconstpointer digest = terrace_statement_read_bytes (statement, &length);

  import->digest = g_bytes_new (digest, length);
  import->name = terrace_statement_read_text (statement);
  import->kind = terrace_statement_read_text (statement);
  import->lines = (guint64) terrace_statement_read_int64 (statement);
  import->accesses = (guint64) terrace_statement_read_int64 (statement);
  import->skipped = (guint64) terrace_statement_read_int64 (statement);
  import->unknown = (guint64) terrace_statement_read_int64 (statement);
  import->bad_lines = (guint64) terrace_statement_read_int64 (statement);
  import->imported_us = terrace_statement_read_int64 (statement);
  return import;
}

TerraceLogImport *
terrace_log_import_table_find (TerraceConnection *connection, GBytes *digest, GError **error)
{
  static const char SQL[] = "SELECT " COLUMNS " FROM log_import WHERE digest = ?";
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;

  g_return_val_if_fail (digest != NULL, NULL);

  if (!terrace_statement_prepare (&statement, connection, SQL, error))
    return NULL;
  bind_digest (&statement, digest);
  if (terrace_statement_step (&statement, error) != TERRACE_STEP_ROW)
    return NULL;
  return read_row (&statement);
}

GPtrArray *
terrace_log_import_table_list (TerraceConnection *connection, guint limit, GError **error)
{
  static const char SQL[] = "SELECT " COLUMNS " FROM log_import ORDER BY imported_us DESC LIMIT ?";
  g_autoptr (GPtrArray) imports =
      g_ptr_array_new_with_free_func ((GDestroyNotify) terrace_log_import_free);
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;
  TerraceStep step;

  if (!terrace_statement_prepare (&statement, connection, SQL, error))
    return NULL;
  terrace_statement_bind_int64 (&statement, limit);
  while ((step = terrace_statement_step (&statement, error)) == TERRACE_STEP_ROW)
    g_ptr_array_add (imports, read_row (&statement));
  return step == TERRACE_STEP_DONE ? g_steal_pointer (&imports) : NULL;
}
