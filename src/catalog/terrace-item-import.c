/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A first import without the indexes of the orders: a new row lands on a random page of each of
 * them, while an index that is built afterwards is sorted once. Writer
 * thread, except terrace_item_import_resume(). */

#include "config.h"

#include "catalog/terrace-catalog-private.h"
#include "catalog/terrace-item-row-private.h"

/* Those of migrations/0002-counters.sql, except the small ones that statements name. */
static const struct
{
  const char *name;
  const char *create;
} INDEXES[] = {
  { "item_name", "CREATE INDEX item_name ON item (name)" },
  { "item_size", "CREATE INDEX item_size ON item (size_bytes)" },
  { "item_reads", "CREATE INDEX item_reads ON item (reads_per_month)" },
  { "item_class", "CREATE INDEX item_class ON item (tier, class_id)" },
  { "item_last_access", "CREATE INDEX item_last_access ON item (last_access_us)" },
  { "item_monthly", "CREATE INDEX item_monthly ON item (monthly_nanos)" },
  { "item_saving", "CREATE INDEX item_saving ON item (saving_nanos)" },
};

gboolean
terrace_item_table_begin_import (TerraceConnection *connection, GError **error)
{
  static const char SQL[] = "DROP INDEX IF EXISTS item_name;"
                            "DROP INDEX IF EXISTS item_size;"
                            "DROP INDEX IF EXISTS item_reads;"
                            "DROP INDEX IF EXISTS item_class;"
                            "DROP INDEX IF EXISTS item_last_access;"
                            "DROP INDEX IF EXISTS item_monthly;"
                            "DROP INDEX IF EXISTS item_saving;";

  return terrace_connection_execute (connection, SQL, error);
}

static gboolean
has_index (TerraceConnection *connection, const char *name, gboolean *there, GError **error)
{
  static const char SQL[] = "SELECT 1 FROM sqlite_schema WHERE type = 'index' AND name = ?";
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;
  TerraceStep step;

  if (!terrace_statement_prepare (&statement, connection, SQL, error))
    return FALSE;
  terrace_statement_bind_text (&statement, name);
  step = terrace_statement_step (&statement, error);
  *there = step == TERRACE_STEP_ROW;
  return step != TERRACE_STEP_ERROR;
}

/* The first index that is not there; %NULL in @create if all are. */
static gboolean
find_missing (TerraceConnection *connection, const char **create, GError **error)
{
  *create = NULL;
  for (guint i = 0; i < G_N_ELEMENTS (INDEXES) && *create == NULL; i++)
    {
      gboolean there;

      if (!has_index (connection, INDEXES[i].name, &there, error))
        return FALSE;
      if (!there)
        *create = INDEXES[i].create;
    }
  return TRUE;
}

gboolean
terrace_item_table_is_importing (TerraceConnection *connection, gboolean *importing, GError **error)
{
  const char *create;

  if (!find_missing (connection, &create, error))
    return FALSE;
  *importing = create != NULL;
  return TRUE;
}

gboolean
terrace_item_table_end_import (TerraceConnection *connection, gboolean *complete, GError **error)
{
  const char *create;

  g_return_val_if_fail (complete != NULL, FALSE);

  if (!find_missing (connection, &create, error))
    return FALSE;
  *complete = create == NULL;
  return create == NULL || terrace_connection_execute (connection, create, error);
}

static void
restore_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autofree gboolean *complete = user_data;
  TerraceCatalog *self = TERRACE_CATALOG (object);
  g_autoptr (GError) error = NULL;

  if (!terrace_catalog_write_finish (self, result, &error))
    g_warning ("Building an index: %s", error->message);
  else if (!*complete && !terrace_catalog_is_closing (self))
    terrace_item_import_resume (self);
}

static gboolean
build_index (TerraceConnection *connection, gpointer data, GError **error)
{
  return terrace_item_table_end_import (connection, data, error);
}

/* One index at a time, so that other writes get their turn. */
void
terrace_item_import_resume (TerraceCatalog *self)
{
  gboolean *complete = g_new0 (gboolean, 1);

  terrace_catalog_write_async (self, build_index, complete, 0, NULL, restore_cb, complete);
}
