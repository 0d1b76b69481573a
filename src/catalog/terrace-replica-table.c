/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The copies of an item. The leading one is the item's own row, the others are rows of replica;
 * taking the lead swaps the two, and each copy keeps its id. Catalogue threads. */

#include "config.h"

#include "catalog/terrace-item-row-private.h"

#include "base/terrace-error.h"

#include <glib/gi18n-lib.h>

#define COLUMNS \
  "location_id, key, version, class_id, class_since_us, checksum_kind, checksum, verified_us"

static void
bind_columns (TerraceStatement *statement, const TerraceReplica *replica)
{
  terrace_statement_bind_int64 (statement, replica->location_id);
  terrace_statement_bind_key (statement, replica->key);
  terrace_statement_bind_text_or_empty (statement, replica->version);
  terrace_statement_bind_text_or_empty (statement, replica->class_id);
  terrace_statement_bind_int64 (statement, replica->class_since_us);
  terrace_statement_bind_digest (statement, &replica->checksum);
  terrace_statement_bind_int64 (statement, replica->verified_us);
}

static TerraceReplica *
read_row (TerraceStatement *statement)
{
  TerraceReplica *replica = terrace_replica_new ();

  replica->id = terrace_statement_read_int64 (statement);
  replica->item_id = terrace_statement_read_int64 (statement);
  replica->leading = terrace_statement_read_int64 (statement) != 0;
  replica->location_id = terrace_statement_read_int64 (statement);
  replica->key = terrace_statement_read_key (statement);
  replica->version = terrace_statement_read_text (statement);
  replica->class_id = terrace_statement_read_text (statement);
  replica->class_since_us = terrace_statement_read_int64 (statement);
  terrace_statement_read_digest (statement, &replica->checksum);
  replica->verified_us = terrace_statement_read_int64 (statement);
  return replica;
}

static gboolean
insert_row (TerraceConnection *connection, const TerraceReplica *replica, GError **error)
{
  static const char SQL[] = "INSERT INTO replica (id, item_id, " COLUMNS ")"
                            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;

  if (!terrace_statement_prepare (&statement, connection, SQL, error))
    return FALSE;
  terrace_statement_bind_int64 (&statement, replica->id);
  terrace_statement_bind_int64 (&statement, replica->item_id);
  bind_columns (&statement, replica);
  return terrace_statement_run (&statement, error);
}

static gboolean
next_id (TerraceConnection *connection, gint64 *id, GError **error)
{
  static const char SQL[] =
      "UPDATE replica_sequence SET next_id = next_id + 2 RETURNING next_id - 2";

  return terrace_connection_query_int64 (connection, SQL, id, error);
}

gboolean
terrace_replica_table_insert (TerraceConnection *connection,
                              TerraceReplica *replica,
                              GError **error)
{
  g_return_val_if_fail (replica != NULL, FALSE);
  g_return_val_if_fail (replica->id == 0, FALSE);

  if (replica->leading)
    {
      g_set_error_literal (error, TERRACE_ERROR, TERRACE_ERROR_INVALID,
                           _ ("A new copy does not lead from the beginning"));
      return FALSE;
    }
  if (!next_id (connection, &replica->id, error))
    return FALSE;
  if (insert_row (connection, replica, error))
    return TRUE;
  replica->id = 0;
  terrace_error_reword_exists (error, _ ("There is another object in this place already"));
  return FALSE;
}

static TerraceReplica *
get_row (TerraceConnection *connection, gint64 replica_id, GError **error)
{
  static const char SQL[] = "SELECT id, item_id, 0, " COLUMNS " FROM replica WHERE id = ?1";
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;
  TerraceStep step;

  if (!terrace_statement_prepare (&statement, connection, SQL, error))
    return NULL;
  terrace_statement_bind_int64 (&statement, replica_id);
  step = terrace_statement_step (&statement, error);
  if (step == TERRACE_STEP_ROW)
    return read_row (&statement);
  if (step == TERRACE_STEP_DONE)
    g_set_error_literal (error, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND,
                         _ ("This copy is not known"));
  return NULL;
}

static gboolean
delete_row (TerraceConnection *connection, gint64 replica_id, GError **error)
{
  static const char SQL[] = "DELETE FROM replica WHERE id = ?";
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;

  if (!terrace_statement_prepare (&statement, connection, SQL, error))
    return FALSE;
  terrace_statement_bind_int64 (&statement, replica_id);
  return terrace_statement_run (&statement, error);
}

/* An even id that never changed hands is twice the item's; the others are indexed. */
static gboolean
find_led_item (TerraceConnection *connection, gint64 replica_id, gint64 *item_id, GError **error)
{
  static const char EVEN[] = "SELECT id FROM item WHERE id = ?1 / 2 AND replica_id = ?1";
  static const char ODD[] = "SELECT id FROM item WHERE replica_id = ?1 AND replica_id % 2 = 1";
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;
  TerraceStep step;

  *item_id = 0;
  if (!terrace_statement_prepare (&statement, connection, replica_id % 2 == 0 ? EVEN : ODD, error))
    return FALSE;
  terrace_statement_bind_int64 (&statement, replica_id);
  step = terrace_statement_step (&statement, error);
  if (step == TERRACE_STEP_ROW)
    *item_id = terrace_statement_read_int64 (&statement);
  return step != TERRACE_STEP_ERROR;
}

gboolean
terrace_replica_table_delete (TerraceConnection *connection, gint64 replica_id, GError **error)
{
  gint64 item_id;

  if (!delete_row (connection, replica_id, error))
    return FALSE;
  if (terrace_connection_get_changes (connection) > 0)
    return TRUE;
  if (!find_led_item (connection, replica_id, &item_id, error))
    return FALSE;
  if (item_id != 0)
    g_set_error_literal (error, TERRACE_ERROR, TERRACE_ERROR_INVALID,
                         _ ("The leading copy of an object can only be forgotten with it"));
  else
    g_set_error_literal (error, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND,
                         _ ("This copy is not known"));
  return FALSE;
}

GPtrArray *
terrace_replica_table_list (TerraceConnection *connection, gint64 item_id, GError **error)
{
  static const char SQL[] =
      "SELECT replica_id, id, 1, " COLUMNS " FROM item WHERE id = ?1"
      " UNION ALL SELECT id, item_id, 0, " COLUMNS " FROM replica WHERE item_id = ?1"
      " ORDER BY 3 DESC, 1";
  g_autoptr (GPtrArray) replicas =
      g_ptr_array_new_with_free_func ((GDestroyNotify) terrace_replica_free);
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;
  TerraceStep step;

  if (!terrace_statement_prepare (&statement, connection, SQL, error))
    return NULL;
  terrace_statement_bind_int64 (&statement, item_id);
  while ((step = terrace_statement_step (&statement, error)) == TERRACE_STEP_ROW)
    g_ptr_array_add (replicas, read_row (&statement));
  return step == TERRACE_STEP_DONE ? g_steal_pointer (&replicas) : NULL;
}

/* The item's row becomes the copy; the item keeps a checksum that the copy does not have. */
static gboolean
lead (TerraceConnection *connection,
      const TerraceReplica *replica,
      TerraceTier tier,
      GError **error)
{
  static const char SQL[] =
      "UPDATE item SET location_id = ?1, key = ?2, version = ?3, class_id = ?4,"
      " class_since_us = ?5,"
      " checksum_kind = CASE ?6 WHEN 0 THEN checksum_kind ELSE ?6 END,"
      " checksum = CASE ?6 WHEN 0 THEN checksum ELSE ?7 END,"
      " verified_us = ?8, replica_id = ?9, tier = ?10, missing = 0,"
      " wanted_location_id = 0, wanted_class_id = NULL, saving_nanos = 0, once_nanos = 0,"
      " reason = NULL WHERE id = ?11";
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;

  if (!terrace_statement_prepare (&statement, connection, SQL, error))
    return FALSE;
  bind_columns (&statement, replica);
  terrace_statement_bind_int64 (&statement, replica->id);
  terrace_statement_bind_int64 (&statement, tier);
  terrace_statement_bind_int64 (&statement, replica->item_id);
  return terrace_statement_run (&statement, error);
}

/* The copy leads already: only the tier and the plan change. */
static gboolean
lead_on (TerraceConnection *connection, gint64 item_id, TerraceTier tier, GError **error)
{
  g_autoptr (GPtrArray) replicas = terrace_replica_table_list (connection, item_id, error);

  return replicas != NULL && lead (connection, g_ptr_array_index (replicas, 0), tier, error);
}

gboolean
terrace_replica_table_set_leading (TerraceConnection *connection,
                                   gint64 replica_id,
                                   TerraceTier tier,
                                   GError **error)
{
  g_autoptr (TerraceReplica) next = NULL;
  g_autoptr (GPtrArray) replicas = NULL;
  gint64 item_id;

  if (!find_led_item (connection, replica_id, &item_id, error))
    return FALSE;
  if (item_id != 0)
    return lead_on (connection, item_id, tier, error);

  next = get_row (connection, replica_id, error);
  if (next == NULL)
    return FALSE;
  replicas = terrace_replica_table_list (connection, next->item_id, error);
  if (replicas == NULL)
    return FALSE;
  /* Out of one table before it goes into the other: a place is held only once at any time. */
  return delete_row (connection, replica_id, error) && lead (connection, next, tier, error) &&
         insert_row (connection, g_ptr_array_index (replicas, 0), error);
}
