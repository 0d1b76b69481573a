/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A first import without the indexes of the orders: a new row lands on a random page of each of
 * them, while an index that is built afterwards is sorted once. Writer
 * thread, except terrace_item_import_resume(). */

#include "config.h"

#include "catalog/terrace-catalog-private.h"
#include "catalog/terrace-item-row-private.h"

/* From so many new items on, and if they are this part of all, an import pays. */
#define IMPORT_ITEMS 20000
#define IMPORT_PART 8
/* Looks without a new item until an import that nobody ended is taken for over. */
#define QUIET_POLLS 4
/* Of page cache while an index is built. */
#define SORT_KIB "8192"

/* Those of the first two migrations. A statement that names one (INDEXED BY) must do without it
 * while an import goes on: item_planned, item_unhashed. */
static const struct
{
  const char *name;
  const char *create;
} INDEXES[] = {
  { "item_unhashed",
    "CREATE INDEX item_unhashed ON item (id) WHERE checksum_kind = 0 AND missing = 0" },
  { "item_planned",
    "CREATE INDEX item_planned ON item (saving_nanos) WHERE wanted_location_id > 0 AND"
    " moving = 0" },
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
  static const char SQL[] = "DROP INDEX IF EXISTS item_unhashed;"
                            "DROP INDEX IF EXISTS item_planned;"
                            "DROP INDEX IF EXISTS item_name;"
                            "DROP INDEX IF EXISTS item_size;"
                            "DROP INDEX IF EXISTS item_reads;"
                            "DROP INDEX IF EXISTS item_class;"
                            "DROP INDEX IF EXISTS item_last_access;"
                            "DROP INDEX IF EXISTS item_monthly;"
                            "DROP INDEX IF EXISTS item_saving;";

  return terrace_connection_execute (connection, SQL, error);
}

gboolean
terrace_item_table_consider_import (TerraceConnection *connection, guint64 n_added, GError **error)
{
  static const char SQL[] = "SELECT coalesce (sum (items), 0) FROM total";
  gint64 n_items;

  if (n_added < IMPORT_ITEMS)
    return TRUE;
  if (!terrace_connection_query_int64 (connection, SQL, &n_items, error))
    return FALSE;
  return n_added < (guint64) n_items / IMPORT_PART ||
         terrace_item_table_begin_import (connection, error);
}

gboolean
terrace_item_table_has_index (TerraceConnection *connection,
                              const char *name,
                              gboolean *there,
                              GError **error)
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

      if (!terrace_item_table_has_index (connection, INDEXES[i].name, &there, error))
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

/* SQLite sorts as much in memory as its page cache may take; runs that fit the processor's cache
 * are sorted and merged in two thirds of the time. */
static gboolean
build_index (TerraceConnection *connection, const char *create, GError **error)
{
  static const char SMALL[] = "PRAGMA cache_size = -" SORT_KIB;
  gboolean built;

  if (!terrace_connection_execute (connection, SMALL, error))
    return FALSE;
  built = terrace_connection_execute (connection, create, error);
  return terrace_connection_restore_cache (connection, built ? error : NULL) && built;
}

gboolean
terrace_item_table_end_import (TerraceConnection *connection, gboolean *complete, GError **error)
{
  const char *create;

  g_return_val_if_fail (complete != NULL, FALSE);

  if (!find_missing (connection, &create, error))
    return FALSE;
  *complete = create == NULL;
  return create == NULL || build_index (connection, create, error);
}

void
terrace_import_watch_poll (TerraceImportWatch *self,
                           TerraceConnection *connection,
                           gboolean others_wrote)
{
  guint64 n_inserts = terrace_connection_get_inserts (connection);
  g_autoptr (GError) error = NULL;

  self->waits = FALSE;
  if (others_wrote || n_inserts != self->n_inserts)
    {
      self->n_inserts = n_inserts;
      self->quiet_polls = 0;
      return;
    }
  /* Looked for once after the last of many, not again and again. */
  if (self->quiet_polls >= QUIET_POLLS || ++self->quiet_polls < QUIET_POLLS)
    return;
  if (!terrace_item_table_is_importing (connection, &self->waits, &error))
    g_debug ("Looking for an import: %s", error->message);
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
end_import (TerraceConnection *connection, gpointer data, GError **error)
{
  return terrace_item_table_end_import (connection, data, error);
}

void
terrace_item_import_resume (TerraceCatalog *self)
{
  gboolean *complete = g_new0 (gboolean, 1);

  terrace_catalog_write_async (self, end_import, complete, 0, NULL, restore_cb, complete);
}
