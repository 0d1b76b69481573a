/* SPDX-License-Identifier: GPL-3.0-or-later */

/* New rows of item. What a trigger would do for each row is done once for a batch: the counters,
 * and the look at copies that lie in the place already. Writer thread. */

#include "config.h"

#include "catalog/terrace-item-row-private.h"

#include <string.h>

/* --- counters --------------------------------------------------------------------------------- */

typedef struct
{
  gint64 location_id;
  TerraceTier tier;
  TerraceTemperature temperature;
} Cell;

static guint
hash_cell (gconstpointer key)
{
  const Cell *cell = key;

  return g_int64_hash (&cell->location_id) * 31 + (guint) cell->tier * 5 +
         (guint) cell->temperature;
}

static gboolean
equal_cells (gconstpointer a, gconstpointer b)
{
  const Cell *left = a, *right = b;

  return left->location_id == right->location_id && left->tier == right->tier &&
         left->temperature == right->temperature;
}

/* @cells: Cell to TerraceItemTotals. */
static void
count_item (GHashTable *cells, TerraceItem *item)
{
  Cell cell = { item->location_id, item->tier, item->temperature };
  TerraceItemTotals *totals = g_hash_table_lookup (cells, &cell);

  if (totals == NULL)
    {
      totals = g_new0 (TerraceItemTotals, 1);
      totals->location_id = item->location_id;
      totals->tier = item->tier;
      totals->temperature = item->temperature;
      g_hash_table_insert (cells, g_memdup2 (&cell, sizeof cell), totals);
    }
  totals->items++;
  totals->size_bytes += item->size_bytes;
  totals->monthly_nanos += item->monthly_nanos;
  if (item->wanted_location_id > 0)
    {
      totals->planned_items++;
      totals->planned_saving_nanos += item->saving_nanos;
    }
}

static gboolean
add_totals (TerraceConnection *connection, const TerraceItemTotals *totals, GError **error)
{
  static const char SQL[] =
      "INSERT INTO total (location_id, tier, temperature, items, size_bytes, monthly_nanos,"
      " planned_items, planned_saving_nanos) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
      " ON CONFLICT DO UPDATE SET items = items + excluded.items,"
      " size_bytes = size_bytes + excluded.size_bytes,"
      " monthly_nanos = monthly_nanos + excluded.monthly_nanos,"
      " planned_items = planned_items + excluded.planned_items,"
      " planned_saving_nanos = planned_saving_nanos + excluded.planned_saving_nanos";
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;

  if (!terrace_statement_prepare (&statement, connection, SQL, error))
    return FALSE;
  terrace_statement_bind_int64 (&statement, totals->location_id);
  terrace_statement_bind_int64 (&statement, totals->tier);
  terrace_statement_bind_int64 (&statement, totals->temperature);
  terrace_statement_bind_int64 (&statement, (gint64) totals->items);
  terrace_statement_bind_int64 (&statement, (gint64) totals->size_bytes);
  terrace_statement_bind_int64 (&statement, totals->monthly_nanos);
  terrace_statement_bind_int64 (&statement, (gint64) totals->planned_items);
  terrace_statement_bind_int64 (&statement, totals->planned_saving_nanos);
  return terrace_statement_run (&statement, error);
}

static gboolean
store_counters (TerraceConnection *connection, GHashTable *cells, GError **error)
{
  GHashTableIter iter;
  gpointer totals;

  g_hash_table_iter_init (&iter, cells);
  while (g_hash_table_iter_next (&iter, NULL, &totals))
    {
      if (!add_totals (connection, totals, error))
        return FALSE;
    }
  return TRUE;
}

/* --- rows ------------------------------------------------------------------------------------- */

static gboolean
is_replica_there (TerraceConnection *connection, TerraceItem *item, gboolean *there, GError **error)
{
  static const char SQL[] = "SELECT 1 FROM replica WHERE location_id = ? AND key = ?";
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;
  TerraceStep step;

  if (!terrace_statement_prepare (&statement, connection, SQL, error))
    return FALSE;
  terrace_statement_bind_int64 (&statement, item->location_id);
  terrace_statement_bind_key (&statement, item->key);
  step = terrace_statement_step (&statement, error);
  *there = step == TERRACE_STEP_ROW;
  return step != TERRACE_STEP_ERROR;
}

/* Leaves item->id at 0 if the place is taken. */
static gboolean
insert_row (TerraceStatement *statement, TerraceItem *item, gint64 id, GError **error)
{
  terrace_statement_rewind (statement);
  terrace_statement_bind_int64 (statement, id);
  /* The id of the leading copy is twice the item's. */
  terrace_statement_bind_int64 (statement, id * 2);
  terrace_item_row_bind (statement, item);
  if (!terrace_statement_run (statement, error))
    return FALSE;
  if (terrace_connection_get_changes (statement->connection) > 0)
    item->id = id;
  return TRUE;
}

static gboolean
insert_rows (TerraceConnection *connection,
             GPtrArray *items,
             gint64 last_id,
             gboolean any_replica,
             GHashTable *cells,
             GError **error)
{
  /* With its id given, a row needs no look at the sequence, which AUTOINCREMENT brings up to it. */
  static const char SQL[] =
      "INSERT INTO item (id, moving, replica_id, " TERRACE_ITEM_STORED ")"
      " VALUES (?, 0, ?, " TERRACE_ITEM_PARAMETERS ") ON CONFLICT (location_id, key) DO NOTHING";
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;

  if (!terrace_statement_prepare (&statement, connection, SQL, error))
    return FALSE;
  for (guint i = 0; i < items->len; i++)
    {
      TerraceItem *item = g_ptr_array_index (items, i);
      gboolean taken = FALSE;

      item->id = 0;
      if (any_replica && !is_replica_there (connection, item, &taken, error))
        return FALSE;
      if (taken)
        continue;
      if (!insert_row (&statement, item, last_id + 1, error))
        return FALSE;
      if (item->id == 0)
        continue;
      last_id = item->id;
      count_item (cells, item);
    }
  return TRUE;
}

gboolean
terrace_item_table_insert_many (TerraceConnection *connection, GPtrArray *items, GError **error)
{
  static const char LAST_ID[] = "SELECT seq FROM sqlite_sequence WHERE name = 'item'";
  static const char ANY_REPLICA[] = "SELECT EXISTS (SELECT 1 FROM replica)";
  g_autoptr (GHashTable) cells = g_hash_table_new_full (hash_cell, equal_cells, g_free, g_free);
  gint64 last_id, any_replica;

  g_return_val_if_fail (items != NULL, FALSE);

  terrace_connection_count_inserts (connection, items->len);
  return terrace_connection_query_int64 (connection, LAST_ID, &last_id, error) &&
         terrace_connection_query_int64 (connection, ANY_REPLICA, &any_replica, error) &&
         insert_rows (connection, items, last_id, any_replica != 0, cells, error) &&
         store_counters (connection, cells, error);
}
