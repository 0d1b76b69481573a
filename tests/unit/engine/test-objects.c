/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Objects by name, forgetting them, verifying them, and the checksums of the background. */

#include "config.h"

#include "base/terrace-error.h"
#include "catalog/terrace-item-table.h"
#include "engine-fixture.h"
#include "terrace-test-support.h"

#include <glib/gstdio.h>
#include <unistd.h>

static TerraceItem *
register_one (EngineFixture *fixture, const char *name, guint64 size_bytes)
{
  g_autofree char *path = engine_fixture_path (fixture, name);
  g_autoptr (TerraceRegisterReport) report = NULL;
  g_autoptr (GError) error = NULL;
  TerraceItem *item;

  if (terrace_engine_find_location (fixture->engine, "Files") == NULL)
    engine_fixture_add_files (fixture, "aws/STANDARD");
  engine_fixture_make_file (fixture, name, size_bytes, 1, 3);
  report = engine_fixture_register (fixture, path);
  g_assert_cmpuint (report->added, ==, 1);
  item = engine_fixture_find (fixture, path, &error);
  g_assert_no_error (error);

  return item;
}

static void
assert_finds (EngineFixture *fixture, const char *name, gint64 item_id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TerraceItem) item = engine_fixture_find (fixture, name, &error);

  g_assert_no_error (error);
  g_assert_cmpint (item->id, ==, item_id);
}

static void
test_find (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (TerraceItem) item = register_one (fixture, "dir/a:b.txt", 10);
  g_autofree char *id = g_strdup_printf ("%" G_GINT64_FORMAT, item->id);
  g_autofree char *path = engine_fixture_path (fixture, "dir/a:b.txt");
  g_autofree char *roundabout = engine_fixture_path (fixture, "dir/../dir/./a:b.txt");
  g_autofree char *link = g_build_filename (fixture->dir, "link", NULL);
  g_autofree char *through_link = g_build_filename (link, "dir", "a:b.txt", NULL);
  const char *names[] = { "Files:dir/a:b.txt", "Files:nothing", "4711", NULL };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (symlink (fixture->files, link), ==, 0);
  assert_finds (fixture, id, item->id);
  assert_finds (fixture, path, item->id);
  assert_finds (fixture, roundabout, item->id);
  assert_finds (fixture, through_link, item->id);
  assert_finds (fixture, "Files:dir/a:b.txt", item->id);

  terrace_engine_find_items_async (fixture->engine, names, NULL, terrace_test_store_result,
                                   &result);
  terrace_test_await (&result);
  g_assert_null (terrace_engine_find_items_finish (fixture->engine, result, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (error->message, "Files:nothing"));
}

static gboolean
forget (EngineFixture *fixture, const gint64 *ids, guint n_ids, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  terrace_engine_forget_async (fixture->engine, ids, n_ids, NULL, terrace_test_store_result,
                               &result);
  terrace_test_await (&result);

  return terrace_engine_forget_finish (fixture->engine, result, error);
}

static void
test_forget (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (TerraceItem) still = register_one (fixture, "still", 10);
  g_autoptr (TerraceItem) moving = register_one (fixture, "moving", 10);
  g_autofree char *path = engine_fixture_path (fixture, "still");
  gint64 both[] = { still->id, moving->id };
  TerraceMoveOptions options = { 0 };
  g_autoptr (TerraceStats) before = NULL;
  g_autoptr (TerraceStats) after = NULL;
  g_autoptr (GError) error = NULL;

  engine_fixture_add_sandboxes (fixture);
  options.dest_location_id = terrace_engine_find_location (fixture->engine, "Cold")->id;
  g_assert_cmpint (engine_fixture_move (fixture, moving->id, &options, &error), >, 0);

  g_assert_false (forget (fixture, both, 2, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_EXISTS);
  g_clear_error (&error);
  before = engine_fixture_stats (fixture);
  g_assert_cmpuint (before->items, ==, 2);

  g_assert_true (forget (fixture, both, 1, &error));
  g_assert_no_error (error);
  after = engine_fixture_stats (fixture);
  g_assert_cmpuint (after->items, ==, 1);
  terrace_test_assert_file (path, 10, 1);
}

static gboolean
verify (EngineFixture *fixture, gint64 item_id, gboolean *matches, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  terrace_engine_verify_async (fixture->engine, item_id, NULL, terrace_test_store_result, &result);
  terrace_test_await (&result);

  return terrace_engine_verify_finish (fixture->engine, result, matches, error);
}

/* As if a disk had returned other bytes than were written. */
static gboolean
spoil_checksum (TerraceConnection *connection, gpointer data, GError **error)
{
  TerraceItem *item = data;
  TerraceDigest digest = item->checksum;

  digest.bytes[0] ^= 1;

  return terrace_item_table_set_checksum (connection, item->id, item->version, &digest, 1, error);
}

static void
test_verify (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (TerraceItem) item = register_one (fixture, "a", 100000);
  g_autoptr (TerraceItem) known = NULL;
  g_autoptr (TerraceItem) damaged = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  TerraceCatalog *catalog = terrace_engine_get_catalog (fixture->engine);
  gboolean matches = FALSE;

  g_assert_cmpint (item->checksum.kind, ==, TERRACE_CHECKSUM_NONE);
  g_assert_true (verify (fixture, item->id, &matches, &error));
  g_assert_no_error (error);
  g_assert_true (matches);
  known = engine_fixture_find (fixture, "Files:a", NULL);
  g_assert_cmpint (known->checksum.kind, ==, TERRACE_CHECKSUM_SHA256);
  g_assert_cmpint (known->verified_us, >, 0);
  g_assert_cmpuint (engine_fixture_count_events (fixture, TERRACE_EVENT_VERIFIED), ==, 1);

  terrace_catalog_write_async (catalog, spoil_checksum, known, TERRACE_CATALOG_ITEMS, NULL,
                               terrace_test_store_result, &result);
  terrace_test_await (&result);
  g_assert_true (terrace_catalog_write_finish (catalog, result, &error));
  g_assert_true (verify (fixture, item->id, &matches, &error));
  g_assert_no_error (error);
  g_assert_false (matches);
  damaged = engine_fixture_find (fixture, "Files:a", NULL);
  g_assert_cmpint (damaged->verified_us, ==, 0);
  g_assert_cmpint (damaged->checksum.kind, ==, TERRACE_CHECKSUM_SHA256);
  g_assert_cmpuint (engine_fixture_count_events (fixture, TERRACE_EVENT_DAMAGED), ==, 1);
}

static void
test_verify_gone (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (TerraceItem) item = register_one (fixture, "a", 100);
  g_autofree char *path = engine_fixture_path (fixture, "a");
  g_autoptr (TerraceItem) missing = NULL;
  g_autoptr (TerraceItem) back = NULL;
  g_autoptr (TerraceRegisterReport) report = NULL;
  g_autoptr (GError) error = NULL;

  engine_fixture_make_file (fixture, "a", 101, 2, 1);
  g_assert_false (verify (fixture, item->id, NULL, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_CHANGED);
  g_clear_error (&error);

  g_assert_cmpint (g_unlink (path), ==, 0);
  g_assert_false (verify (fixture, item->id, NULL, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND);
  g_clear_error (&error);
  missing = engine_fixture_find (fixture, "Files:a", NULL);
  g_assert_true (missing->missing);
  g_assert_cmpuint (engine_fixture_count_events (fixture, TERRACE_EVENT_MISSING), ==, 1);

  engine_fixture_make_file (fixture, "a", 100, 1, 3);
  report = engine_fixture_register (fixture, path);
  g_assert_cmpuint (report->updated, ==, 1);
  back = engine_fixture_find (fixture, "Files:a", NULL);
  g_assert_false (back->missing);
}

static gboolean
read_unhashed (TerraceConnection *connection, gpointer data, GError **error)
{
  GPtrArray **items = data;

  *items = terrace_item_table_unhashed (connection, 0, 1000, error);

  return *items != NULL;
}

static gboolean
all_hashed (gpointer data)
{
  EngineFixture *fixture = data;
  TerraceCatalog *catalog = terrace_engine_get_catalog (fixture->engine);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GPtrArray) items = NULL;

  terrace_catalog_read_async (catalog, read_unhashed, &items, NULL, terrace_test_store_result,
                              &result);
  terrace_test_await (&result);
  g_assert_true (terrace_catalog_read_finish (catalog, result, NULL));

  return items->len == 0;
}

static void
test_background (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (TerraceRegisterReport) report = NULL;
  g_autoptr (TerraceItem) item = NULL;
  TerraceDigest expected;
  g_autoptr (TerraceChecksum) checksum = terrace_checksum_new (TERRACE_CHECKSUM_SHA256);
  g_autofree char *path = engine_fixture_path (fixture, "150");
  g_autofree char *contents = NULL;
  gsize length = 0;

  engine_fixture_close (fixture);
  engine_fixture_open (fixture, TRUE, TRUE);
  engine_fixture_add_files (fixture, "aws/STANDARD");
  for (guint i = 0; i < 200; i++)
    {
      g_autofree char *name = g_strdup_printf ("%u", i);

      engine_fixture_make_file (fixture, name, 100 * i, i, 3);
    }
  report = engine_fixture_register (fixture, fixture->files);
  g_assert_cmpuint (report->added, ==, 200);
  terrace_test_await_condition (all_hashed, fixture);

  g_assert_true (g_file_get_contents (path, &contents, &length, NULL));
  terrace_checksum_update (checksum, contents, length);
  terrace_checksum_finish (checksum, &expected);
  item = engine_fixture_find (fixture, path, NULL);
  g_assert_true (terrace_digest_equal (&item->checksum, &expected));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, function)                                                                  \
  g_test_add ("/engine/objects/" name, EngineFixture, NULL, engine_fixture_set_up, function, \
              engine_fixture_tear_down)
  ADD ("find", test_find);
  ADD ("forget", test_forget);
  ADD ("verify", test_verify);
  ADD ("verify-gone", test_verify_gone);
  ADD ("background", test_background);

  return g_test_run ();
}
