/* SPDX-License-Identifier: GPL-3.0-or-later */

/* TerraceCatalog: opening, writing, reading, closing, and what several of them see of each other.
 */

#include "catalog-fixture.h"

#include "base/terrace-error.h"

#include <glib/gstdio.h>
#include <sys/stat.h>

static gboolean
add_location (TerraceConnection *connection, gpointer data, GError **error)
{
  g_autoptr (TerraceLocation) location = catalog_new_location (data);

  return terrace_location_table_insert (connection, location, error);
}

static gboolean
list_locations (TerraceConnection *connection, gpointer data, GError **error)
{
  GPtrArray **locations = data;

  *locations = terrace_location_table_list (connection, error);
  return *locations != NULL;
}

static guint
count_locations (TerraceCatalog *catalog)
{
  g_autoptr (GPtrArray) locations = NULL;
  GError *error = NULL;

  catalog_read (catalog, list_locations, &locations, &error);
  g_assert_no_error (error);
  return locations->len;
}

static void
test_open (void)
{
  CatalogFixture fixture;
  GStatBuf info;

  catalog_fixture_init (&fixture);
  g_clear_pointer (&fixture.path, g_free);
  fixture.path = g_build_filename (fixture.folder, "deep", "er", "catalog.db", NULL);
  catalog_fixture_open (&fixture);
  g_assert_cmpstr (terrace_catalog_get_path (fixture.catalog), ==, fixture.path);
  g_assert_cmpint (g_stat (fixture.path, &info), ==, 0);
  g_assert_cmpuint (info.st_mode & 0777, ==, 0600);
  g_clear_pointer (&fixture.path, g_free);
  fixture.path = g_build_filename (fixture.folder, "deep", "er", NULL);
  g_assert_cmpint (g_stat (fixture.path, &info), ==, 0);
  g_assert_cmpuint (info.st_mode & 0777, ==, 0700);
  catalog_fixture_clear (&fixture);
}

static void
test_write_and_read (void)
{
  CatalogFixture fixture;
  GError *error = NULL;

  catalog_fixture_init (&fixture);
  catalog_fixture_open (&fixture);
  catalog_write (fixture.catalog, add_location, (gpointer) "One", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (count_locations (fixture.catalog), ==, 1);
  catalog_fixture_close (&fixture);

  catalog_fixture_open (&fixture);
  g_assert_cmpuint (count_locations (fixture.catalog), ==, 1);
  catalog_fixture_clear (&fixture);
}

static gboolean
add_and_fail (TerraceConnection *connection, gpointer data, GError **error)
{
  if (!add_location (connection, data, error))
    return FALSE;
  g_set_error_literal (error, TERRACE_ERROR, TERRACE_ERROR_LIMIT, "Enough");
  return FALSE;
}

static void
test_rollback (void)
{
  CatalogFixture fixture;
  GError *error = NULL;

  catalog_fixture_init (&fixture);
  catalog_fixture_open (&fixture);
  g_assert_false (catalog_write (fixture.catalog, add_and_fail, (gpointer) "One", &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_LIMIT);
  g_clear_error (&error);
  g_assert_cmpuint (count_locations (fixture.catalog), ==, 0);
  /* A reader must not write. */
  g_assert_false (catalog_read (fixture.catalog, add_location, (gpointer) "One", &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_READ_ONLY);
  g_clear_error (&error);
  g_assert_cmpuint (count_locations (fixture.catalog), ==, 0);
  catalog_fixture_clear (&fixture);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/catalog/open", test_open);
  g_test_add_func ("/catalog/write-and-read", test_write_and_read);
  g_test_add_func ("/catalog/rollback", test_rollback);
  return g_test_run ();
}
