/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What the tests of the catalogue share. */

#include "catalog-fixture.h"

#include "terrace-test-support.h"

TerraceCatalog *
catalog_open (const char *path, TerraceClock *clock, guint busy_ms, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  TerraceCatalog *catalog;

  terrace_catalog_open_full_async (path, clock, busy_ms, NULL, terrace_test_store_result, &result);
  terrace_test_await (&result);
  catalog = terrace_catalog_open_finish (result, error);
  terrace_test_settle ();
  return catalog;
}

void
catalog_close (TerraceCatalog *catalog)
{
  g_autoptr (GAsyncResult) result = NULL;
  GError *error = NULL;

  terrace_catalog_close_async (catalog, NULL, terrace_test_store_result, &result);
  terrace_test_await (&result);
  terrace_catalog_close_finish (catalog, result, &error);
  g_assert_no_error (error);
  terrace_test_settle ();
}

gboolean
catalog_write (TerraceCatalog *catalog, TerraceCatalogFunc func, gpointer data, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  gboolean written;

  terrace_catalog_write_async (catalog, func, data, TERRACE_CATALOG_EVERYTHING, NULL,
                               terrace_test_store_result, &result);
  terrace_test_await (&result);
  written = terrace_catalog_write_finish (catalog, result, error);
  return written;
}

gboolean
catalog_read (TerraceCatalog *catalog, TerraceCatalogFunc func, gpointer data, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  gboolean done;

  terrace_catalog_read_async (catalog, func, data, NULL, terrace_test_store_result, &result);
  terrace_test_await (&result);
  done = terrace_catalog_read_finish (catalog, result, error);
  return done;
}

void
catalog_fixture_init (CatalogFixture *self)
{
  self->folder = terrace_test_make_dir ();
  self->path = g_build_filename (self->folder, "catalog.db", NULL);
  self->clock = terrace_clock_new ();
  self->catalog = NULL;
}

void
catalog_fixture_open (CatalogFixture *self)
{
  GError *error = NULL;

  self->catalog = catalog_open (self->path, self->clock, 5000, &error);
  g_assert_no_error (error);
  g_assert_nonnull (self->catalog);
}

void
catalog_fixture_close (CatalogFixture *self)
{
  if (self->catalog == NULL)
    return;
  catalog_close (self->catalog);
  g_assert_finalize_object (g_steal_pointer (&self->catalog));
}

void
catalog_fixture_clear (CatalogFixture *self)
{
  catalog_fixture_close (self);
  terrace_test_remove_dir (self->folder);
  g_clear_object (&self->clock);
  g_clear_pointer (&self->path, g_free);
  g_clear_pointer (&self->folder, g_free);
}

void
table_fixture_set_up (TableFixture *self, gconstpointer data)
{
  g_autofree char *path = NULL;
  GError *error = NULL;

  self->folder = terrace_test_make_dir ();
  path = g_build_filename (self->folder, "catalog.db", NULL);
  self->connection = terrace_catalog_file_open (path, 0, NULL, &error);
  g_assert_no_error (error);
  terrace_connection_execute (self->connection, "BEGIN IMMEDIATE", &error);
  g_assert_no_error (error);
  for (guint i = 1; i <= 3; i++)
    {
      g_autofree char *name = g_strdup_printf ("Location %u", i);
      g_autoptr (TerraceLocation) location = catalog_new_location (name);

      terrace_location_table_insert (self->connection, location, &error);
      g_assert_no_error (error);
      g_assert_cmpint (location->id, ==, i);
    }
}

void
table_fixture_tear_down (TableFixture *self, gconstpointer data)
{
  g_clear_pointer (&self->connection, terrace_connection_close);
  terrace_test_remove_dir (self->folder);
  g_clear_pointer (&self->folder, g_free);
}

TerraceLocation *
catalog_new_location (const char *name)
{
  const char *const class_ids[] = { "local/disk", NULL };
  g_autofree char *root = g_strconcat ("/nowhere/", name, NULL);

  return terrace_location_new (TERRACE_LOCATION_LOCAL, name, root, class_ids);
}

TerraceItem *
catalog_new_item (gint64 location_id, const char *key)
{
  TerraceItem *item = terrace_item_new ();

  item->location_id = location_id;
  item->key = g_strdup (key);
  item->name = g_utf8_make_valid (key, -1);
  item->content_type = g_strdup ("text/plain");
  item->version = g_strdup ("v1");
  item->class_id = g_strdup ("local/disk");
  return item;
}

TerraceMove *
catalog_new_move (gint64 item_id)
{
  TerraceMove *move = terrace_move_new ();

  move->item_id = item_id;
  move->name = g_strdup ("name");
  move->source_location_id = 1;
  move->source_key = g_strdup ("source");
  move->source_version = g_strdup ("v1");
  move->source_class_id = g_strdup ("local/disk");
  move->dest_location_id = 2;
  move->dest_key = g_strdup ("dest");
  move->dest_class_id = g_strdup ("local/nas");
  move->token = g_strdup ("token");
  return move;
}

TerraceItem *
catalog_add_item (TerraceConnection *connection, gint64 location_id, const char *key)
{
  TerraceItem *item = catalog_new_item (location_id, key);
  GError *error = NULL;

  terrace_item_table_insert (connection, item, &error);
  g_assert_no_error (error);
  return item;
}

TerraceMove *
catalog_add_move (TerraceConnection *connection, gint64 item_id)
{
  TerraceMove *move = catalog_new_move (item_id);
  GError *error = NULL;

  terrace_move_table_insert (connection, move, &error);
  g_assert_no_error (error);
  return move;
}
