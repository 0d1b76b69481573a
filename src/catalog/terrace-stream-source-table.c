/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Rows of stream_source. Catalogue threads. */

#include "config.h"

#include "catalog/terrace-connection-private.h"
#include "catalog/terrace-stream-source-table.h"
#include "catalog/terrace-stream-table.h"

#include "base/terrace-error.h"

#include <glib/gi18n-lib.h>

#define COLUMNS "name, kind, settings, enabled, publishes, created_us"

TerraceStreamSourceRow *
terrace_stream_source_row_new (void)
{
  return g_new0 (TerraceStreamSourceRow, 1);
}

void
terrace_stream_source_row_free (TerraceStreamSourceRow *self)
{
  g_free (self->name);
  g_free (self->kind);
  g_free (self->settings);
  g_free (self);
}

gboolean
terrace_stream_source_table_put (TerraceConnection *connection,
                                 TerraceStreamSourceRow *row,
                                 GError **error)
{
  static const char INSERT[] = "INSERT INTO stream_source (lease_until_us, " COLUMNS ")"
                               " VALUES (0, ?, ?, ?, ?, ?, ?)";
  static const char UPDATE[] =
      "UPDATE stream_source SET (" COLUMNS ") = (?, ?, ?, ?, ?, ?) WHERE id = ?";
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;
  gboolean new;

  g_return_val_if_fail (row != NULL, FALSE);

  new = row->id == 0;
  if (!terrace_statement_prepare (&statement, connection, new ? INSERT : UPDATE, error))
    return FALSE;
  terrace_statement_bind_text_or_empty (&statement, row->name);
  terrace_statement_bind_text_or_empty (&statement, row->kind);
  terrace_statement_bind_text (&statement, row->settings != NULL ? row->settings : "{}");
  terrace_statement_bind_int64 (&statement, row->enabled != FALSE);
  terrace_statement_bind_int64 (&statement, row->publishes);
  terrace_statement_bind_int64 (&statement, row->created_us);
  if (!new)
    terrace_statement_bind_int64 (&statement, row->id);
  if (!terrace_statement_run (&statement, error))
    {
      terrace_error_reword_exists (error, _ ("There is a source with this name; choose another"));
      return FALSE;
    }
  if (new)
    row->id = terrace_connection_get_last_id (connection);
  return new ||
         terrace_connection_require_change (connection, _ ("This source was removed"), error);
}

static gboolean
delete_of_source (TerraceConnection *connection, const char *sql, gint64 source_id, GError **error)
{
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;

  if (!terrace_statement_prepare (&statement, connection, sql, error))
    return FALSE;
  terrace_statement_bind_int64 (&statement, source_id);
  return terrace_statement_run (&statement, error);
}

gboolean
terrace_stream_source_table_delete (TerraceConnection *connection, gint64 source_id, GError **error)
{
  static const char MINUTES[] = "DELETE FROM stream_minute WHERE source_id = ?";
  static const char SOURCE[] = "DELETE FROM stream_source WHERE id = ?";

  return terrace_stream_table_forget (connection, source_id, error) &&
         delete_of_source (connection, MINUTES, source_id, error) &&
         delete_of_source (connection, SOURCE, source_id, error) &&
         terrace_connection_require_change (connection, _ ("This source was removed"), error);
}

static TerraceStreamSourceRow *
read_row (TerraceStatement *statement)
{
  TerraceStreamSourceRow *row = terrace_stream_source_row_new ();

  row->id = terrace_statement_read_int64 (statement);
  row->name = terrace_statement_read_text (statement);
  row->kind = terrace_statement_read_text (statement);
  row->settings = terrace_statement_read_text (statement);
  row->enabled = terrace_statement_read_int64 (statement) != 0;
  row->publishes = terrace_statement_read_int64 (statement);
  row->created_us = terrace_statement_read_int64 (statement);
  return row;
}

GPtrArray *
terrace_stream_source_table_list (TerraceConnection *connection, GError **error)
{
  static const char SQL[] = "SELECT id, " COLUMNS " FROM stream_source ORDER BY id";
  g_autoptr (GPtrArray) rows =
      g_ptr_array_new_with_free_func ((GDestroyNotify) terrace_stream_source_row_free);
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;
  TerraceStep step;

  if (!terrace_statement_prepare (&statement, connection, SQL, error))
    return NULL;
  while ((step = terrace_statement_step (&statement, error)) == TERRACE_STEP_ROW)
    g_ptr_array_add (rows, read_row (&statement));
  return step == TERRACE_STEP_DONE ? g_steal_pointer (&rows) : NULL;
}

static gboolean
require_source (TerraceConnection *connection, gint64 source_id, GError **error)
{
  static const char SQL[] = "SELECT 1 FROM stream_source WHERE id = ?";
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;
  TerraceStep step;

  if (!terrace_statement_prepare (&statement, connection, SQL, error))
    return FALSE;
  terrace_statement_bind_int64 (&statement, source_id);
  step = terrace_statement_step (&statement, error);
  if (step == TERRACE_STEP_DONE)
    g_set_error_literal (error, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND,
                         _ ("This source was removed"));
  return step == TERRACE_STEP_ROW;
}

gboolean
terrace_stream_source_table_claim (TerraceConnection *connection,
                                   gint64 source_id,
                                   const char *owner,
                                   gint64 now_us,
                                   gint64 until_us,
                                   GError **error)
{
  static const char SQL[] =
      "UPDATE stream_source SET lease_owner = ?2, lease_until_us = ?4 WHERE id = ?1 AND"
      " (lease_owner IS NULL OR lease_owner = ?2 OR lease_until_us <= ?3)";
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;

  g_return_val_if_fail (owner != NULL, FALSE);

  if (!require_source (connection, source_id, error) ||
      !terrace_statement_prepare (&statement, connection, SQL, error))
    return FALSE;
  terrace_statement_bind_int64 (&statement, source_id);
  terrace_statement_bind_text (&statement, owner);
  terrace_statement_bind_int64 (&statement, now_us);
  terrace_statement_bind_int64 (&statement, until_us);
  if (!terrace_statement_run (&statement, error))
    return FALSE;
  if (terrace_connection_get_changes (connection) > 0)
    return TRUE;
  g_set_error_literal (error, TERRACE_ERROR, TERRACE_ERROR_BUSY,
                       _ ("Another program is reading this source; stop it there first"));
  return FALSE;
}

gboolean
terrace_stream_source_table_release (TerraceConnection *connection,
                                     gint64 source_id,
                                     const char *owner,
                                     GError **error)
{
  static const char SQL[] = "UPDATE stream_source SET lease_owner = NULL, lease_until_us = 0"
                            " WHERE id = ? AND lease_owner = ?";
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;

  g_return_val_if_fail (owner != NULL, FALSE);

  if (!terrace_statement_prepare (&statement, connection, SQL, error))
    return FALSE;
  terrace_statement_bind_int64 (&statement, source_id);
  terrace_statement_bind_text (&statement, owner);
  return terrace_statement_run (&statement, error);
}
