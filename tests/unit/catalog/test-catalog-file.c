/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Files that cannot be opened: each gets its own error in words, and not one byte of it changes.
 * And old ones: they are backed up and migrated. */

#include "config.h"

#include "catalog-fixture.h"

#include "base/terrace-error.h"
#include "catalog/terrace-migrations-private.h"
#include "catalog/terrace-setting-table.h"
#include "terrace-test-support.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* Nobody in particular, for what root may do anyway. */
#define NOBODY 65534

static GBytes *
read_bytes (const char *path)
{
  char *contents;
  gsize length;
  GError *error = NULL;

  g_file_get_contents (path, &contents, &length, &error);
  g_assert_no_error (error);
  return g_bytes_new_take (contents, length);
}

static void
write_bytes (const char *path, gconstpointer bytes, gsize length)
{
  GError *error = NULL;

  g_file_set_contents (path, bytes, (gssize) length, &error);
  g_assert_no_error (error);
}

static void
copy_fixture (CatalogFixture *fixture, const char *name)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, name, NULL);
  g_autoptr (GBytes) bytes = read_bytes (path);

  write_bytes (fixture->path, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

static guint
count_backups (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;
  guint n = 0;

  /* A folder that may not be read has none. */
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    n += strstr (name, ".bak") != NULL;
  return n;
}

/* Opening must fail with @code and leave the file and its folder as they are. */
static void
assert_refused (CatalogFixture *fixture, TerraceErrorCode code)
{
  g_autoptr (GBytes) before = read_bytes (fixture->path);
  g_autoptr (GBytes) after = NULL;
  GError *error = NULL;

  g_assert_null (catalog_open (fixture->path, fixture->clock, 20, &error));
  g_assert_error (error, TERRACE_ERROR, (int) code);
  /* A sentence that says what to do. */
  g_assert_cmpuint (strlen (error->message), >, 20);
  g_assert_false (g_str_has_suffix (error->message, "."));
  g_clear_error (&error);
  after = read_bytes (fixture->path);
  g_assert_true (g_bytes_equal (before, after));
  g_assert_cmpuint (count_backups (fixture->folder), ==, 0);
}

static void
make_good (CatalogFixture *fixture)
{
  catalog_fixture_open (fixture);
  catalog_fixture_close (fixture);
}

static void
run_sql (CatalogFixture *fixture, const char *sql)
{
  TerraceConnection *connection;
  GError *error = NULL;

  connection = terrace_connection_open (fixture->path, TERRACE_CONNECTION_WRITER, 0, &error);
  g_assert_no_error (error);
  terrace_connection_execute (connection, sql, &error);
  g_assert_no_error (error);
  terrace_connection_close (connection);
}

static void
test_not_a_database (void)
{
  CatalogFixture fixture;
  g_autofree char *text = g_strnfill (20000, 't');

  catalog_fixture_init (&fixture);
  write_bytes (fixture.path, "short", 5);
  assert_refused (&fixture, TERRACE_ERROR_CORRUPT);
  write_bytes (fixture.path, text, strlen (text));
  assert_refused (&fixture, TERRACE_ERROR_CORRUPT);
  /* A database, but of some other program. */
  write_bytes (fixture.path, "", 0);
  run_sql (&fixture, "CREATE TABLE t (a)");
  assert_refused (&fixture, TERRACE_ERROR_CORRUPT);
  catalog_fixture_clear (&fixture);
}

static void
test_damaged (void)
{
  CatalogFixture fixture;
  g_autoptr (GBytes) good = NULL;
  g_autofree guint8 *bytes = NULL;
  gsize length;

  catalog_fixture_init (&fixture);
  make_good (&fixture);
  good = read_bytes (fixture.path);
  length = g_bytes_get_size (good);

  write_bytes (fixture.path, g_bytes_get_data (good, NULL), length / 2);
  assert_refused (&fixture, TERRACE_ERROR_CORRUPT);
  write_bytes (fixture.path, g_bytes_get_data (good, NULL), 50);
  assert_refused (&fixture, TERRACE_ERROR_CORRUPT);

  bytes = g_memdup2 (g_bytes_get_data (good, NULL), length);
  for (gsize i = 8192; i < length; i++)
    bytes[i] = (guint8) g_test_rand_int_range (0, 256);
  write_bytes (fixture.path, bytes, length);
  assert_refused (&fixture, TERRACE_ERROR_CORRUPT);
  for (gsize i = 0; i < 8192; i++)
    bytes[i] = (guint8) g_test_rand_int_range (0, 256);
  write_bytes (fixture.path, bytes, length);
  assert_refused (&fixture, TERRACE_ERROR_CORRUPT);
  catalog_fixture_clear (&fixture);
}

static void
test_too_new (void)
{
  CatalogFixture fixture;

  catalog_fixture_init (&fixture);
  make_good (&fixture);
  run_sql (&fixture, "PRAGMA user_version = 99");
  assert_refused (&fixture, TERRACE_ERROR_TOO_NEW);
  catalog_fixture_clear (&fixture);
}

/* Root may write everywhere, so these become somebody else; the folder is theirs. */
static void
become_nobody (CatalogFixture *fixture)
{
  if (geteuid () != 0)
    return;
  g_assert_cmpint (chown (fixture->folder, NOBODY, NOBODY), ==, 0);
  if (g_file_test (fixture->path, G_FILE_TEST_EXISTS))
    g_assert_cmpint (chown (fixture->path, NOBODY, NOBODY), ==, 0);
  g_assert_cmpint (seteuid (NOBODY), ==, 0);
}

static void
become_root (void)
{
  if (getuid () == 0)
    g_assert_cmpint (seteuid (0), ==, 0);
}

static void
test_read_only (void)
{
  CatalogFixture fixture;
  GError *error = NULL;

  catalog_fixture_init (&fixture);
  make_good (&fixture);
  become_nobody (&fixture);

  g_assert_cmpint (g_chmod (fixture.path, 0400), ==, 0);
  assert_refused (&fixture, TERRACE_ERROR_READ_ONLY);
  g_assert_cmpint (g_chmod (fixture.path, 0600), ==, 0);
  g_assert_cmpint (g_chmod (fixture.folder, 0500), ==, 0);
  assert_refused (&fixture, TERRACE_ERROR_READ_ONLY);
  g_assert_cmpint (g_chmod (fixture.folder, 0700), ==, 0);

  g_assert_cmpint (g_chmod (fixture.path, 0), ==, 0);
  g_assert_null (catalog_open (fixture.path, fixture.clock, 20, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_PERMISSION);
  g_clear_error (&error);

  g_assert_cmpint (g_unlink (fixture.path), ==, 0);
  g_assert_cmpint (g_chmod (fixture.folder, 0500), ==, 0);
  g_assert_null (catalog_open (fixture.path, fixture.clock, 20, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_PERMISSION);
  g_clear_error (&error);
  g_assert_cmpint (g_chmod (fixture.folder, 0700), ==, 0);
  become_root ();
  catalog_fixture_clear (&fixture);
}

static void
test_a_folder (void)
{
  CatalogFixture fixture;
  GError *error = NULL;

  catalog_fixture_init (&fixture);
  g_assert_null (catalog_open (fixture.folder, fixture.clock, 20, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_PERMISSION);
  g_clear_error (&error);
  catalog_fixture_clear (&fixture);
}

static void
test_locked (void)
{
  CatalogFixture fixture;
  TerraceConnection *other;
  GError *error = NULL;

  catalog_fixture_init (&fixture);
  make_good (&fixture);
  other = terrace_connection_open (fixture.path, TERRACE_CONNECTION_WRITER, 0, &error);
  g_assert_no_error (error);
  terrace_connection_execute (other, "PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE", &error);
  g_assert_no_error (error);
  assert_refused (&fixture, TERRACE_ERROR_BUSY);
  terrace_connection_close (other);
  catalog_fixture_open (&fixture);
  catalog_fixture_clear (&fixture);
}

/* --- full disk -------------------------------------------------------------------------------- */

/* A limit on the size of files stands for a full disk: the same write fails. */
static void
limit_files (rlim_t bytes)
{
  struct rlimit limit;

  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &limit), ==, 0);
  limit.rlim_cur = bytes;
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &limit), ==, 0);
}

static void
test_full (void)
{
  CatalogFixture fixture;
  GError *error = NULL;

  signal (SIGXFSZ, SIG_IGN);
  catalog_fixture_init (&fixture);
  limit_files (20000);
  g_assert_null (catalog_open (fixture.path, fixture.clock, 20, &error));
  limit_files (RLIM_INFINITY);
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_NO_SPACE);
  g_clear_error (&error);
  /* What was begun is no obstacle. */
  make_good (&fixture);

  /* No room for the backup, so no migration. */
  copy_fixture (&fixture, "v1.db");
  limit_files (100000);
  assert_refused (&fixture, TERRACE_ERROR_NO_SPACE);
  limit_files (RLIM_INFINITY);
  catalog_fixture_open (&fixture);
  catalog_fixture_clear (&fixture);
}

static gboolean
fill (TerraceConnection *connection, gpointer data, GError **error)
{
  g_autofree char *value = g_strnfill (100000, 'v');

  return terrace_connection_execute (connection, "PRAGMA max_page_count = 1", error) &&
         terrace_setting_table_set (connection, "large", value, error);
}

static gboolean
get_large (TerraceConnection *connection, gpointer data, GError **error)
{
  char **value = data;

  *value = terrace_setting_table_get (connection, "large", error);
  return TRUE;
}

static void
test_full_later (void)
{
  CatalogFixture fixture;
  g_autofree char *value = NULL;
  GError *error = NULL;

  catalog_fixture_init (&fixture);
  catalog_fixture_open (&fixture);
  g_assert_false (catalog_write (fixture.catalog, fill, NULL, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_NO_SPACE);
  g_clear_error (&error);
  catalog_read (fixture.catalog, get_large, &value, &error);
  g_assert_no_error (error);
  g_assert_null (value);
  catalog_fixture_clear (&fixture);
}

/* --- migrations ------------------------------------------------------------------------------- */

static gboolean
check_content (TerraceConnection *connection, gpointer data, GError **error)
{
  static const char WRONG[] =
      "SELECT (SELECT count (*) FROM (SELECT location_id, tier, temperature, count (*),"
      " sum (size_bytes), sum (monthly_nanos), sum (wanted_location_id > 0 AND NOT moving),"
      " sum ((wanted_location_id > 0 AND NOT moving) * saving_nanos)"
      " FROM item GROUP BY 1, 2, 3 EXCEPT SELECT * FROM total))";
  g_autoptr (GPtrArray) locations = terrace_location_table_list (connection, error);
  g_autoptr (TerraceItem) item =
      terrace_item_table_find (connection, 2, "folder/file 7\xff", error);
  g_autoptr (GPtrArray) moves = terrace_move_table_page (connection, -1, 0, 10, error);
  g_autofree char *setting = terrace_setting_table_get (connection, "fixture", error);
  guint64 counts[TERRACE_MOVE_CANCELLED + 1];
  gint64 n;

  g_assert_no_error (*error);
  g_assert_cmpuint (locations->len, ==, 3);
  g_assert_nonnull (item);
  g_assert_cmpuint (item->size_bytes, ==, 7000);
  g_assert_cmpuint (moves->len, ==, 2);
  g_assert_cmpstr (setting, ==, "yes");
  terrace_connection_query_int64 (connection, WRONG, &n, error);
  g_assert_no_error (*error);
  g_assert_cmpint (n, ==, 0);
  terrace_move_table_counts (connection, counts, error);
  g_assert_no_error (*error);
  g_assert_cmpuint (counts[TERRACE_MOVE_COPYING], ==, 1);
  g_assert_cmpuint (counts[TERRACE_MOVE_DONE], ==, 1);
  terrace_migrations_get_version (connection, &n, error);
  g_assert_no_error (*error);
  g_assert_cmpint (n, ==, TERRACE_CATALOG_VERSION);
  return terrace_migrations_check_whole (connection, error);
}

static void
test_migrate (gconstpointer data)
{
  guint version = GPOINTER_TO_UINT (data);
  CatalogFixture fixture;
  g_autofree char *name = g_strdup_printf ("v%u.db", version);
  g_autofree char *backup = NULL;
  GError *error = NULL;

  catalog_fixture_init (&fixture);
  copy_fixture (&fixture, name);
  catalog_fixture_open (&fixture);
  catalog_read (fixture.catalog, check_content, NULL, &error);
  g_assert_no_error (error);
  catalog_fixture_close (&fixture);

  backup = g_strdup_printf ("%s.v%u.bak", fixture.path, version);
  g_assert_cmpint (g_file_test (backup, G_FILE_TEST_EXISTS), ==, version < TERRACE_CATALOG_VERSION);
  if (version < TERRACE_CATALOG_VERSION)
    {
      GStatBuf info;

      g_assert_cmpint (g_stat (backup, &info), ==, 0);
      g_assert_cmpuint (info.st_mode & 0777, ==, 0600);
      /* The backup in the place of the catalogue is as good as it was. */
      g_assert_cmpint (g_rename (backup, fixture.path), ==, 0);
      catalog_fixture_open (&fixture);
      catalog_read (fixture.catalog, check_content, NULL, &error);
      g_assert_no_error (error);
    }
  catalog_fixture_clear (&fixture);
}

/* A migration that fails half-way leaves the version and the rows it found. */
static void
test_migrate_failing (void)
{
  CatalogFixture fixture;
  GError *error = NULL;

  catalog_fixture_init (&fixture);
  copy_fixture (&fixture, "v1.db");
  run_sql (&fixture, "CREATE TABLE move_total (in_the_way)");
  g_assert_null (catalog_open (fixture.path, fixture.clock, 20, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_FAILED);
  g_clear_error (&error);
  run_sql (&fixture, "DROP TABLE move_total");
  catalog_fixture_open (&fixture);
  catalog_read (fixture.catalog, check_content, NULL, &error);
  g_assert_no_error (error);
  catalog_fixture_clear (&fixture);
}

/* --- import ----------------------------------------------------------------------------------- */

static gboolean
begin_import (TerraceConnection *connection, gpointer data, GError **error)
{
  return terrace_item_table_begin_import (connection, error);
}

static gboolean
count_indexes (TerraceConnection *connection, gpointer data, GError **error)
{
  static const char SQL[] =
      "SELECT count (*) FROM sqlite_schema WHERE type = 'index' AND tbl_name = 'item'";

  return terrace_connection_query_int64 (connection, SQL, data, error);
}

/* What a crash in the middle of an import left undone is built after the next start. */
static void
test_import_broken_off (void)
{
  CatalogFixture fixture;
  gint64 before, during, after;
  GError *error = NULL;

  catalog_fixture_init (&fixture);
  catalog_fixture_open (&fixture);
  catalog_read (fixture.catalog, count_indexes, &before, &error);
  g_assert_no_error (error);
  catalog_write (fixture.catalog, begin_import, NULL, &error);
  g_assert_no_error (error);
  catalog_read (fixture.catalog, count_indexes, &during, &error);
  g_assert_no_error (error);
  g_assert_cmpint (during, <, before);
  catalog_fixture_close (&fixture);

  catalog_fixture_open (&fixture);
  do
    {
      catalog_read (fixture.catalog, count_indexes, &after, &error);
      g_assert_no_error (error);
    }
  while (after < before);
  g_assert_cmpint (after, ==, before);
  catalog_fixture_clear (&fixture);
}

static gboolean
insert_one (TerraceConnection *connection, gpointer data, GError **error)
{
  g_autoptr (TerraceLocation) location = catalog_new_location ("one");
  g_autoptr (TerraceItem) item = catalog_new_item (1, "a");

  return terrace_location_table_insert (connection, location, error) &&
         terrace_item_table_insert (connection, item, error);
}

/* What whoever imported did not end, the catalogue ends when no more comes. */
static void
test_import_given_up (void)
{
  CatalogFixture fixture;
  gint64 before, after;
  GError *error = NULL;

  catalog_fixture_init (&fixture);
  catalog_fixture_open (&fixture);
  catalog_read (fixture.catalog, count_indexes, &before, &error);
  g_assert_no_error (error);
  catalog_write (fixture.catalog, begin_import, NULL, &error);
  g_assert_no_error (error);
  catalog_write (fixture.catalog, insert_one, NULL, &error);
  g_assert_no_error (error);
  do
    {
      g_main_context_iteration (NULL, TRUE);
      catalog_read (fixture.catalog, count_indexes, &after, &error);
      g_assert_no_error (error);
    }
  while (after < before);
  g_assert_cmpint (after, ==, before);
  catalog_fixture_clear (&fixture);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/catalog-file/not-a-database", test_not_a_database);
  g_test_add_func ("/catalog-file/damaged", test_damaged);
  g_test_add_func ("/catalog-file/too-new", test_too_new);
  g_test_add_func ("/catalog-file/read-only", test_read_only);
  g_test_add_func ("/catalog-file/a-folder", test_a_folder);
  g_test_add_func ("/catalog-file/locked", test_locked);
  g_test_add_func ("/catalog-file/full", test_full);
  g_test_add_func ("/catalog-file/full-later", test_full_later);
  for (guint version = 1; version <= TERRACE_CATALOG_VERSION; version++)
    {
      g_autofree char *path = g_strdup_printf ("/catalog-file/migrate/v%u", version);

      g_test_add_data_func (path, GUINT_TO_POINTER (version), test_migrate);
    }
  g_test_add_func ("/catalog-file/migrate/failing", test_migrate_failing);
  g_test_add_func ("/catalog-file/import-broken-off", test_import_broken_off);
  g_test_add_func ("/catalog-file/import-given-up", test_import_given_up);
  return g_test_run ();
}
