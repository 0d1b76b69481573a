/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Rows of item, one at a time. Lists of them are the matter of terrace-item-query.c, their copies
 * of terrace-replica-table.c. Catalogue threads. */

#include "config.h"

#include "catalog/terrace-item-row-private.h"

#include "base/terrace-error.h"

#include <glib/gi18n-lib.h>

static void
bind_place (TerraceStatement *statement, TerraceItem *item)
{
  terrace_statement_bind_int64 (statement, item->location_id);
  terrace_statement_bind_key (statement, item->key);
  terrace_statement_bind_text_or_empty (statement, item->name);
  terrace_statement_bind_text_or_empty (statement, item->content_type);
  terrace_statement_bind_text_or_empty (statement, item->version);
  terrace_statement_bind_int64 (statement, (gint64) item->size_bytes);
  terrace_statement_bind_int64 (statement, item->created_us);
  terrace_statement_bind_int64 (statement, item->modified_us);
  terrace_statement_bind_int64 (statement, item->registered_us);
  terrace_statement_bind_digest (statement, &item->checksum);
  terrace_statement_bind_int64 (statement, item->verified_us);
  terrace_statement_bind_int64 (statement, item->missing != FALSE);
  terrace_statement_bind_int64 (statement, item->tier);
  terrace_statement_bind_text_or_empty (statement, item->class_id);
  terrace_statement_bind_int64 (statement, item->class_since_us);
}

static void
bind_rates (TerraceStatement *statement, const TerraceAccessRates *rates)
{
  terrace_statement_bind_int64 (statement, rates->updated_us);
  terrace_statement_bind_int64 (statement, rates->first_us);
  terrace_statement_bind_int64 (statement, rates->last_us);
  terrace_statement_bind_double (statement, rates->reads_7d);
  terrace_statement_bind_double (statement, rates->reads_30d);
  terrace_statement_bind_double (statement, rates->reads_90d);
  terrace_statement_bind_int64 (statement, (gint64) rates->total_reads);
}

static void
bind_plan (TerraceStatement *statement, TerraceItem *item)
{
  terrace_statement_bind_double (statement, item->reads_per_month);
  terrace_statement_bind_int64 (statement, item->assessed_us);
  terrace_statement_bind_int64 (statement, item->monthly_nanos);
  terrace_statement_bind_int64 (statement, item->wanted_location_id);
  terrace_statement_bind_text (statement, item->wanted_class_id);
  terrace_statement_bind_int64 (statement, item->saving_nanos);
  terrace_statement_bind_int64 (statement, item->once_nanos);
  terrace_statement_bind_text (statement, item->reason);
}

void
terrace_item_row_bind (TerraceStatement *statement, TerraceItem *item)
{
  bind_place (statement, item);
  terrace_statement_bind_int64 (statement, item->temperature);
  bind_rates (statement, &item->rates);
  bind_plan (statement, item);
}

static void
read_place (TerraceStatement *statement, TerraceItem *item)
{
  item->location_id = terrace_statement_read_int64 (statement);
  item->key = terrace_statement_read_key (statement);
  item->name = terrace_statement_read_text (statement);
  item->content_type = terrace_statement_read_text (statement);
  item->version = terrace_statement_read_text (statement);
  item->size_bytes = (guint64) terrace_statement_read_int64 (statement);
  item->created_us = terrace_statement_read_int64 (statement);
  item->modified_us = terrace_statement_read_int64 (statement);
  item->registered_us = terrace_statement_read_int64 (statement);
  terrace_statement_read_digest (statement, &item->checksum);
  item->verified_us = terrace_statement_read_int64 (statement);
  item->missing = terrace_statement_read_int64 (statement) != 0;
  item->tier = (TerraceTier) terrace_statement_read_int64 (statement);
  item->class_id = terrace_statement_read_text (statement);
  item->class_since_us = terrace_statement_read_int64 (statement);
}

static void
read_rates (TerraceStatement *statement, TerraceAccessRates *rates)
{
  rates->updated_us = terrace_statement_read_int64 (statement);
  rates->first_us = terrace_statement_read_int64 (statement);
  rates->last_us = terrace_statement_read_int64 (statement);
  rates->reads_7d = terrace_statement_read_double (statement);
  rates->reads_30d = terrace_statement_read_double (statement);
  rates->reads_90d = terrace_statement_read_double (statement);
  rates->total_reads = (guint64) terrace_statement_read_int64 (statement);
}

TerraceItem *
terrace_item_row_read (TerraceStatement *statement)
{
  TerraceItem *item = terrace_item_new ();

  item->id = terrace_statement_read_int64 (statement);
  item->moving = terrace_statement_read_int64 (statement) != 0;
  read_place (statement, item);
  item->temperature = (TerraceTemperature) terrace_statement_read_int64 (statement);
  read_rates (statement, &item->rates);
  item->reads_per_month = terrace_statement_read_double (statement);
  item->assessed_us = terrace_statement_read_int64 (statement);
  item->monthly_nanos = terrace_statement_read_int64 (statement);
  item->wanted_location_id = terrace_statement_read_int64 (statement);
  item->wanted_class_id = terrace_statement_read_text (statement);
  item->saving_nanos = terrace_statement_read_int64 (statement);
  item->once_nanos = terrace_statement_read_int64 (statement);
  item->reason = terrace_statement_read_text (statement);
  return item;
}

GPtrArray *
terrace_item_row_read_all (TerraceStatement *statement, GError **error)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);
  TerraceStep step;

  while ((step = terrace_statement_step (statement, error)) == TERRACE_STEP_ROW)
    g_ptr_array_add (items, terrace_item_row_read (statement));
  return step == TERRACE_STEP_DONE ? g_steal_pointer (&items) : NULL;
}

gboolean
terrace_item_row_require_change (TerraceConnection *connection, GError **error)
{
  return terrace_connection_require_change (connection, _ ("This object is not registered"), error);
}

gboolean
terrace_item_table_insert (TerraceConnection *connection, TerraceItem *item, GError **error)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new ();

  g_return_val_if_fail (TERRACE_IS_ITEM (item), FALSE);
  g_return_val_if_fail (item->id == 0, FALSE);

  g_ptr_array_add (items, item);
  if (!terrace_item_table_insert_many (connection, items, error))
    return FALSE;
  if (item->id != 0)
    return TRUE;
  g_set_error_literal (error, TERRACE_ERROR, TERRACE_ERROR_EXISTS,
                       _ ("This object is registered already"));
  return FALSE;
}

gboolean
terrace_item_table_update (TerraceConnection *connection, TerraceItem *item, GError **error)
{
  static const char SQL[] =
      "UPDATE item SET (" TERRACE_ITEM_STORED ") = (" TERRACE_ITEM_PARAMETERS ") WHERE id = ?";
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;

  g_return_val_if_fail (TERRACE_IS_ITEM (item), FALSE);
  g_return_val_if_fail (item->id != 0, FALSE);

  if (!terrace_statement_prepare (&statement, connection, SQL, error))
    return FALSE;
  terrace_item_row_bind (&statement, item);
  terrace_statement_bind_int64 (&statement, item->id);
  if (!terrace_statement_run (&statement, error))
    {
      terrace_error_reword_exists (error, _ ("There is another object in this place already"));
      return FALSE;
    }
  return terrace_item_row_require_change (connection, error);
}

gboolean
terrace_item_table_set_assessment (TerraceConnection *connection, TerraceItem *item, GError **error)
{
  static const char SQL[] =
      "UPDATE item SET temperature = ?, reads_per_month = ?, assessed_us = ?, monthly_nanos = ?,"
      " wanted_location_id = ?, wanted_class_id = ?, saving_nanos = ?, once_nanos = ?, reason = ?"
      " WHERE id = ?";
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;

  g_return_val_if_fail (TERRACE_IS_ITEM (item), FALSE);

  if (!terrace_statement_prepare (&statement, connection, SQL, error))
    return FALSE;
  terrace_statement_bind_int64 (&statement, item->temperature);
  bind_plan (&statement, item);
  terrace_statement_bind_int64 (&statement, item->id);
  return terrace_statement_run (&statement, error) &&
         terrace_item_row_require_change (connection, error);
}

gboolean
terrace_item_table_set_checksum (TerraceConnection *connection,
                                 gint64 item_id,
                                 const char *version,
                                 const TerraceDigest *checksum,
                                 gint64 verified_us,
                                 GError **error)
{
  static const char SQL[] = "UPDATE item SET version = ?, checksum_kind = ?, checksum = ?,"
                            " verified_us = ?, missing = 0 WHERE id = ?";
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;

  g_return_val_if_fail (checksum != NULL, FALSE);

  if (!terrace_statement_prepare (&statement, connection, SQL, error))
    return FALSE;
  terrace_statement_bind_text_or_empty (&statement, version);
  terrace_statement_bind_digest (&statement, checksum);
  terrace_statement_bind_int64 (&statement, verified_us);
  terrace_statement_bind_int64 (&statement, item_id);
  return terrace_statement_run (&statement, error) &&
         terrace_item_row_require_change (connection, error);
}

gboolean
terrace_item_table_delete (TerraceConnection *connection, gint64 item_id, GError **error)
{
  static const char SQL[] = "DELETE FROM item WHERE id = ? AND moving = 0";
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;
  g_autoptr (TerraceItem) item = NULL;

  if (!terrace_statement_prepare (&statement, connection, SQL, error))
    return FALSE;
  terrace_statement_bind_int64 (&statement, item_id);
  if (!terrace_statement_run (&statement, error))
    return FALSE;
  if (terrace_connection_get_changes (connection) > 0)
    return TRUE;
  item = terrace_item_table_get (connection, item_id, error);
  if (item != NULL)
    g_set_error_literal (error, TERRACE_ERROR, TERRACE_ERROR_EXISTS,
                         _ ("This object is being moved; cancel that first"));
  return FALSE;
}

TerraceItem *
terrace_item_table_get (TerraceConnection *connection, gint64 item_id, GError **error)
{
  static const char SQL[] = "SELECT " TERRACE_ITEM_COLUMNS " FROM item WHERE id = ?";
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;
  TerraceStep step;

  if (!terrace_statement_prepare (&statement, connection, SQL, error))
    return NULL;
  terrace_statement_bind_int64 (&statement, item_id);
  step = terrace_statement_step (&statement, error);
  if (step == TERRACE_STEP_ROW)
    return terrace_item_row_read (&statement);
  if (step == TERRACE_STEP_DONE)
    g_set_error_literal (error, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND,
                         _ ("This object is not registered"));
  return NULL;
}

TerraceItem *
terrace_item_table_find (TerraceConnection *connection,
                         gint64 location_id,
                         const char *key,
                         GError **error)
{
  static const char SQL[] =
      "SELECT " TERRACE_ITEM_COLUMNS " FROM item WHERE location_id = ? AND key = ?";
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;

  g_return_val_if_fail (key != NULL, NULL);

  if (!terrace_statement_prepare (&statement, connection, SQL, error))
    return NULL;
  terrace_statement_bind_int64 (&statement, location_id);
  terrace_statement_bind_key (&statement, key);
  if (terrace_statement_step (&statement, error) != TERRACE_STEP_ROW)
    return NULL;
  return terrace_item_row_read (&statement);
}
