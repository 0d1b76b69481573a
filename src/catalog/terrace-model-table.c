/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Rows of model. Catalogue threads. */

#include "config.h"

#include "catalog/terrace-connection-private.h"
#include "catalog/terrace-model-table.h"

#include "base/terrace-error.h"
#include "base/terrace-limits.h"

#include <glib/gi18n-lib.h>

#define COLUMNS "id, kind, version, trained_us, rows, seed, score, features, chosen"

TerraceModelRow *
terrace_model_row_new (void)
{
  return g_new0 (TerraceModelRow, 1);
}

void
terrace_model_row_free (TerraceModelRow *self)
{
  g_free (self->kind);
  g_free (self->score);
  g_strfreev (self->features);
  g_clear_pointer (&self->bytes, g_bytes_unref);
  g_free (self);
}

static TerraceModelRow *
read_row (TerraceStatement *statement)
{
  TerraceModelRow *row = terrace_model_row_new ();
  g_autofree char *features = NULL;

  row->id = terrace_statement_read_int64 (statement);
  row->kind = terrace_statement_read_text (statement);
  row->version = terrace_statement_read_int64 (statement);
  row->trained_us = terrace_statement_read_int64 (statement);
  row->n_rows = (guint64) terrace_statement_read_int64 (statement);
  row->seed = terrace_statement_read_int64 (statement);
  row->score = terrace_statement_read_text (statement);
  features = terrace_statement_read_text (statement);
  row->features = g_strsplit (features, "\n", -1);
  row->chosen = terrace_statement_read_int64 (statement) != 0;
  return row;
}

static void
read_model (TerraceStatement *statement, TerraceModelRow *row)
{
  gsize length;
  gconstpointer bytes = terrace_statement_read_bytes (statement, &length);

  row->bytes = g_bytes_new (bytes, length);
}

static gboolean
next_version (TerraceConnection *connection, const char *kind, gint64 *version, GError **error)
{
  static const char SQL[] = "SELECT coalesce (max (version), 0) + 1 FROM model WHERE kind = ?";
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;

  if (!terrace_statement_prepare (&statement, connection, SQL, error))
    return FALSE;
  terrace_statement_bind_text (&statement, kind);
  if (terrace_statement_step (&statement, error) != TERRACE_STEP_ROW)
    return FALSE;
  *version = terrace_statement_read_int64 (&statement);
  return TRUE;
}

static gboolean
unchoose (TerraceConnection *connection, const char *kind, GError **error)
{
  static const char SQL[] = "UPDATE model SET chosen = 0 WHERE kind = ? AND chosen = 1";
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;

  if (!terrace_statement_prepare (&statement, connection, SQL, error))
    return FALSE;
  terrace_statement_bind_text (&statement, kind);
  return terrace_statement_run (&statement, error);
}

static gboolean
drop_old (TerraceConnection *connection, TerraceModelRow *row, GError **error)
{
  static const char SQL[] = "DELETE FROM model WHERE kind = ? AND version <= ? AND chosen = 0";
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;

  if (!terrace_statement_prepare (&statement, connection, SQL, error))
    return FALSE;
  terrace_statement_bind_text (&statement, row->kind);
  terrace_statement_bind_int64 (&statement, row->version - TERRACE_LIMIT_MODELS);
  return terrace_statement_run (&statement, error);
}

static gboolean
insert_row (TerraceConnection *connection, TerraceModelRow *row, GError **error)
{
  static const char SQL[] = "INSERT INTO model (kind, version, trained_us, rows, seed, score,"
                            " features, chosen, bytes) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)";
  const char *const none[] = { NULL };
  g_autofree char *features =
      g_strjoinv ("\n", row->features != NULL ? row->features : (char **) none);
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;
  gconstpointer bytes = "";
  gsize length = 0;

  if (row->bytes != NULL && g_bytes_get_size (row->bytes) > 0)
    bytes = g_bytes_get_data (row->bytes, &length);
  if (!terrace_statement_prepare (&statement, connection, SQL, error))
    return FALSE;
  terrace_statement_bind_text (&statement, row->kind);
  terrace_statement_bind_int64 (&statement, row->version);
  terrace_statement_bind_int64 (&statement, row->trained_us);
  terrace_statement_bind_int64 (&statement, (gint64) row->n_rows);
  terrace_statement_bind_int64 (&statement, row->seed);
  terrace_statement_bind_text (&statement, row->score != NULL ? row->score : "{}");
  terrace_statement_bind_text (&statement, features);
  terrace_statement_bind_int64 (&statement, row->chosen != FALSE);
  terrace_statement_bind_bytes (&statement, bytes, length);
  if (!terrace_statement_run (&statement, error))
    return FALSE;
  row->id = terrace_connection_get_last_id (connection);
  return TRUE;
}

gboolean
terrace_model_table_insert (TerraceConnection *connection, TerraceModelRow *row, GError **error)
{
  g_return_val_if_fail (row != NULL && row->id == 0, FALSE);
  g_return_val_if_fail (row->kind != NULL, FALSE);

  return next_version (connection, row->kind, &row->version, error) &&
         (!row->chosen || unchoose (connection, row->kind, error)) &&
         insert_row (connection, row, error) && drop_old (connection, row, error);
}

gboolean
terrace_model_table_choose (TerraceConnection *connection,
                            const char *kind,
                            gint64 model_id,
                            GError **error)
{
  static const char SQL[] = "UPDATE model SET chosen = 1 WHERE id = ? AND kind = ?";
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;

  g_return_val_if_fail (kind != NULL, FALSE);

  if (!unchoose (connection, kind, error))
    return FALSE;
  if (model_id == 0)
    return TRUE;
  if (!terrace_statement_prepare (&statement, connection, SQL, error))
    return FALSE;
  terrace_statement_bind_int64 (&statement, model_id);
  terrace_statement_bind_text (&statement, kind);
  return terrace_statement_run (&statement, error) &&
         terrace_connection_require_change (connection, _ ("This model is not kept any more"),
                                            error);
}

TerraceModelRow *
terrace_model_table_get_chosen (TerraceConnection *connection, const char *kind, GError **error)
{
  static const char SQL[] = "SELECT " COLUMNS ", bytes FROM model WHERE kind = ? AND chosen = 1";
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;
  TerraceModelRow *row;

  g_return_val_if_fail (kind != NULL, NULL);

  if (!terrace_statement_prepare (&statement, connection, SQL, error))
    return NULL;
  terrace_statement_bind_text (&statement, kind);
  if (terrace_statement_step (&statement, error) != TERRACE_STEP_ROW)
    return NULL;
  row = read_row (&statement);
  read_model (&statement, row);
  return row;
}

TerraceModelRow *
terrace_model_table_get (TerraceConnection *connection, gint64 model_id, GError **error)
{
  static const char SQL[] = "SELECT " COLUMNS ", bytes FROM model WHERE id = ?";
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;
  TerraceModelRow *row;
  TerraceStep step;

  if (!terrace_statement_prepare (&statement, connection, SQL, error))
    return NULL;
  terrace_statement_bind_int64 (&statement, model_id);
  step = terrace_statement_step (&statement, error);
  if (step == TERRACE_STEP_DONE)
    g_set_error_literal (error, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND,
                         _ ("This model is not kept any more"));
  if (step != TERRACE_STEP_ROW)
    return NULL;
  row = read_row (&statement);
  read_model (&statement, row);
  return row;
}

GPtrArray *
terrace_model_table_list (TerraceConnection *connection,
                          const char *kind,
                          guint limit,
                          GError **error)
{
  static const char SQL[] = "SELECT " COLUMNS " FROM model WHERE ?1 IS NULL OR kind = ?1"
                            " ORDER BY id DESC LIMIT ?2";
  g_autoptr (GPtrArray) rows =
      g_ptr_array_new_with_free_func ((GDestroyNotify) terrace_model_row_free);
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;
  TerraceStep step;

  if (!terrace_statement_prepare (&statement, connection, SQL, error))
    return NULL;
  terrace_statement_bind_text (&statement, kind);
  terrace_statement_bind_int64 (&statement, limit);
  while ((step = terrace_statement_step (&statement, error)) == TERRACE_STEP_ROW)
    g_ptr_array_add (rows, read_row (&statement));
  return step == TERRACE_STEP_DONE ? g_steal_pointer (&rows) : NULL;
}
