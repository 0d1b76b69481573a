/* SPDX-License-Identifier: GPL-3.0-or-later */

/* TerraceCatalog: opening, writing, reading, closing, and what several of them see of each other.
 */

#include "catalog-fixture.h"

#include "base/terrace-error.h"
#include "terrace-fake-clock.h"
#include "terrace-test-support.h"

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

/* --- changed ---------------------------------------------------------------------------------- */

static void
changed_cb (TerraceCatalog *catalog, guint changes, gpointer user_data)
{
  GArray *seen = user_data;

  g_array_append_val (seen, changes);
}

static gboolean
has_some (gpointer data)
{
  return ((GArray *) data)->len > 0;
}

static void
ignore_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  guint *n_done = user_data;
  GError *error = NULL;

  terrace_catalog_write_finish (TERRACE_CATALOG (object), result, &error);
  g_assert_no_error (error);
  (*n_done)++;
}

static gboolean
do_nothing (TerraceConnection *connection, gpointer data, GError **error)
{
  return TRUE;
}

static gboolean
has_three (gpointer data)
{
  return *(guint *) data == 3;
}

static void
test_changed (void)
{
  CatalogFixture fixture;
  g_autoptr (GArray) seen = g_array_new (FALSE, FALSE, sizeof (guint));
  guint n_done = 0, all = 0;
  GError *error = NULL;

  catalog_fixture_init (&fixture);
  catalog_fixture_open (&fixture);
  g_signal_connect (fixture.catalog, "changed", G_CALLBACK (changed_cb), seen);
  terrace_catalog_write_async (fixture.catalog, do_nothing, NULL, TERRACE_CATALOG_ITEMS, NULL,
                               ignore_cb, &n_done);
  terrace_catalog_write_async (fixture.catalog, do_nothing, NULL, TERRACE_CATALOG_MOVES, NULL,
                               ignore_cb, &n_done);
  terrace_catalog_write_async (fixture.catalog, do_nothing, NULL, 0, NULL, ignore_cb, &n_done);
  terrace_test_await_condition (has_three, &n_done);
  terrace_test_settle ();
  for (guint i = 0; i < seen->len; i++)
    all |= g_array_index (seen, guint, i);
  g_assert_cmpuint (seen->len, >, 0);
  g_assert_cmpuint (all, ==, TERRACE_CATALOG_ITEMS | TERRACE_CATALOG_MOVES);

  /* What is rolled back has changed nothing. */
  g_array_set_size (seen, 0);
  g_assert_false (catalog_write (fixture.catalog, add_and_fail, (gpointer) "One", &error));
  g_clear_error (&error);
  terrace_test_settle ();
  g_assert_cmpuint (seen->len, ==, 0);
  catalog_fixture_clear (&fixture);
}

static void
test_changed_by_others (void)
{
  CatalogFixture fixture;
  TerraceCatalog *other;
  g_autoptr (GArray) seen = g_array_new (FALSE, FALSE, sizeof (guint));
  GError *error = NULL;

  catalog_fixture_init (&fixture);
  g_object_unref (fixture.clock);
  fixture.clock = terrace_fake_clock_new (1);
  catalog_fixture_open (&fixture);
  other = catalog_open (fixture.path, fixture.clock, 1000, &error);
  g_assert_no_error (error);
  catalog_write (other, add_location, (gpointer) "One", &error);
  g_assert_no_error (error);
  terrace_test_settle ();

  g_signal_connect (fixture.catalog, "changed", G_CALLBACK (changed_cb), seen);
  terrace_fake_clock_advance_us (TERRACE_FAKE_CLOCK (fixture.clock), TERRACE_US_PER_SECOND);
  terrace_test_await_condition (has_some, seen);
  g_assert_cmpuint (g_array_index (seen, guint, 0), ==, TERRACE_CATALOG_EVERYTHING);
  g_assert_cmpuint (count_locations (fixture.catalog), ==, 1);
  catalog_close (other);
  g_assert_finalize_object (other);
  catalog_fixture_close (&fixture);
  g_assert_cmpuint (terrace_fake_clock_get_n_timeouts (TERRACE_FAKE_CLOCK (fixture.clock)), ==, 0);
  catalog_fixture_clear (&fixture);
}

/* --- several ---------------------------------------------------------------------------------- */

static void
test_write_locked (void)
{
  CatalogFixture fixture;
  TerraceConnection *other;
  GError *error = NULL;

  catalog_fixture_init (&fixture);
  catalog_fixture_open (&fixture);
  catalog_fixture_close (&fixture);
  fixture.catalog = catalog_open (fixture.path, fixture.clock, 20, &error);
  g_assert_no_error (error);
  other = terrace_connection_open (fixture.path, TERRACE_CONNECTION_WRITER, 0, &error);
  g_assert_no_error (error);
  terrace_connection_execute (other, "BEGIN IMMEDIATE", &error);
  g_assert_no_error (error);

  g_assert_false (catalog_write (fixture.catalog, add_location, (gpointer) "One", &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_BUSY);
  g_assert_true (terrace_error_is_retryable (error));
  g_clear_error (&error);
  g_assert_cmpuint (count_locations (fixture.catalog), ==, 0);
  terrace_connection_close (other);
  catalog_write (fixture.catalog, add_location, (gpointer) "One", &error);
  g_assert_no_error (error);
  catalog_fixture_clear (&fixture);
}

#define N_MOVES 60

static gboolean
add_moves (TerraceConnection *connection, gpointer data, GError **error)
{
  if (!add_location (connection, (gpointer) "One", error) ||
      !add_location (connection, (gpointer) "Two", error))
    return FALSE;
  for (guint i = 0; i < N_MOVES; i++)
    {
      g_autofree char *key = g_strdup_printf ("%u", i);
      g_autoptr (TerraceItem) item = catalog_add_item (connection, 1, key);
      g_autoptr (TerraceMove) move = catalog_add_move (connection, item->id);
    }
  return TRUE;
}

typedef struct
{
  const char *owner;
  GPtrArray *moves;
} Claim;

static gboolean
claim_one (TerraceConnection *connection, gpointer data, GError **error)
{
  Claim *claim = data;

  claim->moves = terrace_move_table_claim (connection, claim->owner, 1000, 2000, 1, NULL, 0, error);
  return claim->moves != NULL;
}

/* Claims one by one until there is none; the ids as text. */
static char *
claim_all (TerraceCatalog *catalog, const char *owner)
{
  g_autoptr (GString) ids = g_string_new (NULL);

  for (;;)
    {
      Claim claim = { owner, NULL };
      g_autoptr (GPtrArray) moves = NULL;
      GError *error = NULL;

      catalog_write (catalog, claim_one, &claim, &error);
      g_assert_no_error (error);
      moves = claim.moves;
      if (moves->len == 0)
        return g_string_free (g_steal_pointer (&ids), FALSE);
      g_string_append_printf (ids, "%" G_GINT64_FORMAT " ",
                              ((TerraceMove *) g_ptr_array_index (moves, 0))->id);
    }
}

/* What the other process does: claims what it can get and prints it. */
static int
claim_in_process (const char *path, const char *owner)
{
  g_autoptr (TerraceClock) clock = terrace_clock_new ();
  g_autofree char *ids = NULL;
  TerraceCatalog *catalog;
  GError *error = NULL;

  catalog = catalog_open (path, clock, 10000, &error);
  g_assert_no_error (error);
  ids = claim_all (catalog, owner);
  g_print ("%s", ids);
  catalog_close (catalog);
  g_object_unref (catalog);
  return 0;
}

static void
count_claims (const char *text, guint *counts)
{
  g_auto (GStrv) ids = g_strsplit (text, " ", -1);

  for (guint i = 0; ids[i] != NULL; i++)
    if (ids[i][0] != '\0')
      counts[g_ascii_strtoull (ids[i], NULL, 10)]++;
}

static const char *program;

static void
test_leases_of_processes (void)
{
  CatalogFixture fixture;
  GSubprocess *processes[2];
  guint counts[N_MOVES + 1] = { 0 };
  g_autofree char *own = NULL;
  GError *error = NULL;

  catalog_fixture_init (&fixture);
  catalog_fixture_open (&fixture);
  catalog_write (fixture.catalog, add_moves, NULL, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < 2; i++)
    {
      processes[i] = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, program, "claim",
                                       fixture.path, i == 0 ? "first" : "second", NULL);
      g_assert_no_error (error);
    }
  own = claim_all (fixture.catalog, "own");
  count_claims (own, counts);
  for (guint i = 0; i < 2; i++)
    {
      g_autofree char *output = NULL;

      g_subprocess_communicate_utf8 (processes[i], NULL, NULL, &output, NULL, &error);
      g_assert_no_error (error);
      g_assert_true (g_subprocess_get_successful (processes[i]));
      count_claims (output, counts);
      g_object_unref (processes[i]);
    }
  for (guint i = 1; i <= N_MOVES; i++)
    g_assert_cmpuint (counts[i], ==, 1);
  catalog_fixture_clear (&fixture);
}

/* Programs that start together make, back up and migrate one file. */
static void
open_together (const char *fixture_name)
{
  CatalogFixture fixture;
  GSubprocess *processes[4];
  GError *error = NULL;

  catalog_fixture_init (&fixture);
  if (fixture_name != NULL)
    {
      g_autofree char *path = g_test_build_filename (G_TEST_DIST, fixture_name, NULL);
      g_autofree char *contents = NULL;
      gsize length;

      g_file_get_contents (path, &contents, &length, &error);
      g_assert_no_error (error);
      g_file_set_contents (fixture.path, contents, (gssize) length, &error);
      g_assert_no_error (error);
    }
  for (guint i = 0; i < G_N_ELEMENTS (processes); i++)
    {
      processes[i] = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_SILENCE, &error, program, "claim",
                                       fixture.path, "me", NULL);
      g_assert_no_error (error);
    }
  for (guint i = 0; i < G_N_ELEMENTS (processes); i++)
    {
      g_subprocess_wait_check (processes[i], NULL, &error);
      g_assert_no_error (error);
      g_object_unref (processes[i]);
    }
  catalog_fixture_open (&fixture);
  g_assert_cmpuint (count_locations (fixture.catalog), ==, fixture_name != NULL ? 3 : 0);
  catalog_fixture_clear (&fixture);
}

static void
test_open_together (void)
{
  open_together (NULL);
}

static void
test_migrate_together (void)
{
  open_together ("v1.db");
}

static void
test_leases_of_instances (void)
{
  CatalogFixture fixture;
  TerraceCatalog *other;
  guint counts[N_MOVES + 1] = { 0 };
  GError *error = NULL;

  catalog_fixture_init (&fixture);
  catalog_fixture_open (&fixture);
  other = catalog_open (fixture.path, fixture.clock, 1000, &error);
  g_assert_no_error (error);
  catalog_write (fixture.catalog, add_moves, NULL, &error);
  g_assert_no_error (error);
  for (guint i = 0; i <= N_MOVES; i++)
    {
      Claim claim = { i % 2 == 0 ? "even" : "odd", NULL };

      catalog_write (i % 2 == 0 ? fixture.catalog : other, claim_one, &claim, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (claim.moves->len, ==, i < N_MOVES ? 1 : 0);
      if (claim.moves->len == 1)
        counts[((TerraceMove *) g_ptr_array_index (claim.moves, 0))->id]++;
      g_ptr_array_unref (claim.moves);
    }
  for (guint i = 1; i <= N_MOVES; i++)
    g_assert_cmpuint (counts[i], ==, 1);
  catalog_close (other);
  g_assert_finalize_object (other);
  catalog_fixture_clear (&fixture);
}

/* --- cancelling and closing ------------------------------------------------------------------- */

typedef struct
{
  GCancellable *cancellable;
  GAsyncResult *result;
} Slow;

/* Cancelled while it counts to infinity. */
static gboolean
count_forever (TerraceConnection *connection, gpointer data, GError **error)
{
  static const char FOREVER[] = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
                                " SELECT count (*) FROM n";
  Slow *slow = data;
  gint64 n;

  g_cancellable_cancel (slow->cancellable);
  return terrace_connection_query_int64 (connection, FOREVER, &n, error);
}

static gboolean
add_and_count_forever (TerraceConnection *connection, gpointer data, GError **error)
{
  return add_location (connection, (gpointer) "One", error) &&
         count_forever (connection, data, error);
}

static void
test_cancel (void)
{
  CatalogFixture fixture;
  Slow slow = { g_cancellable_new (), NULL };
  GError *error = NULL;

  catalog_fixture_init (&fixture);
  catalog_fixture_open (&fixture);
  terrace_catalog_read_async (fixture.catalog, count_forever, &slow, slow.cancellable,
                              terrace_test_store_result, &slow.result);
  terrace_test_await (&slow.result);
  g_assert_false (terrace_catalog_read_finish (fixture.catalog, slow.result, &error));
  g_assert_true (terrace_error_is_cancelled (error));
  g_clear_error (&error);
  g_clear_object (&slow.result);

  g_cancellable_reset (slow.cancellable);
  terrace_catalog_write_async (fixture.catalog, add_and_count_forever, &slow,
                               TERRACE_CATALOG_LOCATIONS, slow.cancellable,
                               terrace_test_store_result, &slow.result);
  terrace_test_await (&slow.result);
  g_assert_false (terrace_catalog_write_finish (fixture.catalog, slow.result, &error));
  g_assert_true (terrace_error_is_cancelled (error));
  g_clear_error (&error);
  g_clear_object (&slow.result);
  g_assert_cmpuint (count_locations (fixture.catalog), ==, 0);

  /* Neither connection is left with what was cancelled. */
  catalog_write (fixture.catalog, add_location, (gpointer) "One", &error);
  g_assert_no_error (error);
  g_object_unref (slow.cancellable);
  catalog_fixture_clear (&fixture);
}

static void
test_cancel_open (void)
{
  CatalogFixture fixture;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  GError *error = NULL;

  catalog_fixture_init (&fixture);
  g_cancellable_cancel (cancellable);
  terrace_catalog_open_async (fixture.path, fixture.clock, cancellable, terrace_test_store_result,
                              &result);
  g_assert_null (result);
  terrace_test_await (&result);
  g_assert_null (terrace_catalog_open_finish (result, &error));
  g_assert_true (terrace_error_is_cancelled (error));
  g_clear_error (&error);
  terrace_test_settle ();
  g_assert_false (g_file_test (fixture.path, G_FILE_TEST_EXISTS));
  catalog_fixture_clear (&fixture);
}

static void
test_close (void)
{
  CatalogFixture fixture;
  g_autoptr (GAsyncResult) written = NULL;
  g_autoptr (GAsyncResult) closed = NULL;
  g_autoptr (GAsyncResult) closed_again = NULL;
  GError *error = NULL;

  catalog_fixture_init (&fixture);
  catalog_fixture_open (&fixture);
  terrace_catalog_write_async (fixture.catalog, add_location, (gpointer) "One",
                               TERRACE_CATALOG_LOCATIONS, NULL, terrace_test_store_result,
                               &written);
  terrace_catalog_close_async (fixture.catalog, NULL, terrace_test_store_result, &closed);
  terrace_catalog_close_async (fixture.catalog, NULL, terrace_test_store_result, &closed_again);
  g_assert_false (catalog_write (fixture.catalog, add_location, (gpointer) "Two", &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CLOSED);
  g_clear_error (&error);
  g_assert_false (catalog_read (fixture.catalog, do_nothing, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CLOSED);
  g_clear_error (&error);
  terrace_test_await (&closed);
  terrace_test_await (&written);
  terrace_test_await (&closed_again);
  terrace_catalog_write_finish (fixture.catalog, written, &error);
  g_assert_no_error (error);
  terrace_catalog_close_finish (fixture.catalog, closed, &error);
  g_assert_no_error (error);
  g_assert_false (terrace_catalog_close_finish (fixture.catalog, closed_again, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CLOSED);
  g_clear_error (&error);
  g_clear_object (&written);
  g_clear_object (&closed);
  g_clear_object (&closed_again);
  terrace_test_settle ();
  g_assert_finalize_object (g_steal_pointer (&fixture.catalog));

  catalog_fixture_open (&fixture);
  g_assert_cmpuint (count_locations (fixture.catalog), ==, 1);
  catalog_fixture_clear (&fixture);
}

int
main (int argc, char **argv)
{
  if (argc == 4 && g_str_equal (argv[1], "claim"))
    return claim_in_process (argv[2], argv[3]);
  program = argv[0];
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/catalog/open", test_open);
  g_test_add_func ("/catalog/write-and-read", test_write_and_read);
  g_test_add_func ("/catalog/rollback", test_rollback);
  g_test_add_func ("/catalog/changed", test_changed);
  g_test_add_func ("/catalog/changed-by-others", test_changed_by_others);
  g_test_add_func ("/catalog/write-locked", test_write_locked);
  g_test_add_func ("/catalog/leases/instances", test_leases_of_instances);
  g_test_add_func ("/catalog/leases/processes", test_leases_of_processes);
  g_test_add_func ("/catalog/open-together", test_open_together);
  g_test_add_func ("/catalog/migrate-together", test_migrate_together);
  g_test_add_func ("/catalog/cancel", test_cancel);
  g_test_add_func ("/catalog/cancel-open", test_cancel_open);
  g_test_add_func ("/catalog/close", test_close);
  return g_test_run ();
}
