/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Rows of location. Catalogue threads. */

#include "config.h"

#include "catalog/terrace-connection-private.h"
#include "catalog/terrace-location-table.h"

#include "base/terrace-error.h"

#include <glib/gi18n-lib.h>

#define COLUMNS                                                                           \
  "name, kind, root, class_ids, latency_ms, bandwidth_bytes_s, capacity_bytes, accepts, " \
  "created_us"

static gboolean
write_row (TerraceConnection *connection,
           const char *sql,
           TerraceLocation *location,
           GError **error)
{
  const char *const none[] = { NULL };
  g_autofree char *class_ids =
      g_strjoinv ("\n", location->class_ids != NULL ? location->class_ids : (char **) none);
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;

  if (!terrace_statement_prepare (&statement, connection, sql, error))
    return FALSE;
  terrace_statement_bind_text_or_empty (&statement, location->name);
  terrace_statement_bind_int64 (&statement, location->kind);
  terrace_statement_bind_key (&statement, location->root);
  terrace_statement_bind_text (&statement, class_ids);
  terrace_statement_bind_int64 (&statement, (gint64) location->latency_ms);
  terrace_statement_bind_int64 (&statement, (gint64) location->bandwidth_bytes_s);
  terrace_statement_bind_int64 (&statement, (gint64) location->capacity_bytes);
  terrace_statement_bind_int64 (&statement, location->accepts != FALSE);
  terrace_statement_bind_int64 (&statement, location->created_us);
  if (location->id != 0)
    terrace_statement_bind_int64 (&statement, location->id);
  if (terrace_statement_run (&statement, error))
    return TRUE;
  terrace_error_reword_exists (error, _ ("There is a location with this name or this place "
                                         "already; choose another"));
  return FALSE;
}

gboolean
terrace_location_table_insert (TerraceConnection *connection,
                               TerraceLocation *location,
                               GError **error)
{
  static const char SQL[] = "INSERT INTO location (" COLUMNS ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)";

  g_return_val_if_fail (TERRACE_IS_LOCATION (location), FALSE);
  g_return_val_if_fail (location->id == 0, FALSE);

  if (!write_row (connection, SQL, location, error))
    return FALSE;
  location->id = terrace_connection_get_last_id (connection);
  return TRUE;
}

gboolean
terrace_location_table_update (TerraceConnection *connection,
                               TerraceLocation *location,
                               GError **error)
{
  static const char SQL[] =
      "UPDATE location SET (" COLUMNS ") = (?, ?, ?, ?, ?, ?, ?, ?, ?) WHERE id = ?";

  g_return_val_if_fail (TERRACE_IS_LOCATION (location), FALSE);
  g_return_val_if_fail (location->id != 0, FALSE);

  return write_row (connection, SQL, location, error) &&
         terrace_connection_require_change (connection, _ ("This location is not known"), error);
}

static gboolean
is_used (TerraceConnection *connection, gint64 location_id, gboolean *used, GError **error)
{
  static const char SQL[] = "SELECT EXISTS (SELECT 1 FROM item WHERE location_id = ?1) OR"
                            " EXISTS (SELECT 1 FROM replica WHERE location_id = ?1) OR"
                            " EXISTS (SELECT 1 FROM move WHERE state NOT IN (5, 7, 8) AND"
                            "         (source_location_id = ?1 OR dest_location_id = ?1))";
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;

  if (!terrace_statement_prepare (&statement, connection, SQL, error))
    return FALSE;
  terrace_statement_bind_int64 (&statement, location_id);
  if (terrace_statement_step (&statement, error) == TERRACE_STEP_ERROR)
    return FALSE;
  *used = terrace_statement_read_int64 (&statement) != 0;
  return TRUE;
}

gboolean
terrace_location_table_delete (TerraceConnection *connection, gint64 location_id, GError **error)
{
  static const char SQL[] = "DELETE FROM location WHERE id = ?";
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;
  gboolean used;

  if (!is_used (connection, location_id, &used, error))
    return FALSE;
  if (used)
    {
      g_set_error_literal (error, TERRACE_ERROR, TERRACE_ERROR_EXISTS,
                           _ ("Objects still lie in this location or are on their way; move or "
                              "forget them first"));
      return FALSE;
    }
  if (!terrace_statement_prepare (&statement, connection, SQL, error))
    return FALSE;
  terrace_statement_bind_int64 (&statement, location_id);
  return terrace_statement_run (&statement, error) &&
         terrace_connection_require_change (connection, _ ("This location is not known"), error);
}

static TerraceLocation *
read_row (TerraceStatement *statement)
{
  gint64 id = terrace_statement_read_int64 (statement);
  g_autofree char *name = terrace_statement_read_text (statement);
  TerraceLocationKind kind = (TerraceLocationKind) terrace_statement_read_int64 (statement);
  g_autofree char *root = terrace_statement_read_key (statement);
  g_autofree char *joined = terrace_statement_read_text (statement);
  g_auto (GStrv) class_ids = g_strsplit (joined, "\n", -1);
  TerraceLocation *location =
      terrace_location_new (kind, name, root, (const char *const *) class_ids);

  location->id = id;
  location->latency_ms = (guint64) terrace_statement_read_int64 (statement);
  location->bandwidth_bytes_s = (guint64) terrace_statement_read_int64 (statement);
  location->capacity_bytes = (guint64) terrace_statement_read_int64 (statement);
  location->accepts = terrace_statement_read_int64 (statement) != 0;
  location->created_us = terrace_statement_read_int64 (statement);
  return location;
}

GPtrArray *
terrace_location_table_list (TerraceConnection *connection, GError **error)
{
  static const char SQL[] = "SELECT id, " COLUMNS " FROM location ORDER BY id";
  g_autoptr (GPtrArray) locations = g_ptr_array_new_with_free_func (g_object_unref);
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;
  TerraceStep step;

  if (!terrace_statement_prepare (&statement, connection, SQL, error))
    return NULL;
  while ((step = terrace_statement_step (&statement, error)) == TERRACE_STEP_ROW)
    g_ptr_array_add (locations, read_row (&statement));
  return step == TERRACE_STEP_DONE ? g_steal_pointer (&locations) : NULL;
}
