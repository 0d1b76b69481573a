/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Registering: what becomes an object, where, and what happens the second time. */

#include "config.h"

#include "base/terrace-error.h"
#include "base/terrace-limits.h"
#include "engine-fixture.h"
#include "terrace-test-support.h"

#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

static void
assert_report (TerraceRegisterReport *report, guint64 added, guint64 updated, guint64 unchanged)
{
  g_assert_cmpuint (report->added, ==, added);
  g_assert_cmpuint (report->updated, ==, updated);
  g_assert_cmpuint (report->unchanged, ==, unchanged);
}

static void
test_files (EngineFixture *fixture, gconstpointer data)
{
  g_autofree char *path = engine_fixture_path (fixture, "photo.jpg");
  g_autoptr (TerraceRegisterReport) first = NULL;
  g_autoptr (TerraceRegisterReport) second = NULL;
  g_autoptr (TerraceRegisterReport) third = NULL;
  g_autoptr (TerraceItem) item = NULL;
  g_autoptr (TerraceItem) changed = NULL;
  g_autoptr (GFile) file = NULL;

  engine_fixture_add_files (fixture, "aws/STANDARD");
  engine_fixture_make_file (fixture, "photo.jpg", 5000, 1, 40);
  first = engine_fixture_register (fixture, path);
  assert_report (first, 1, 0, 0);
  g_assert_cmpuint (first->bytes, ==, 5000);
  g_assert_cmpuint (first->n_problems, ==, 0);

  item = engine_fixture_find (fixture, path, NULL);
  g_assert_nonnull (item);
  g_assert_cmpstr (item->key, ==, "photo.jpg");
  g_assert_cmpstr (item->name, ==, "photo.jpg");
  g_assert_cmpstr (item->content_type, ==, "image/jpeg");
  g_assert_cmpuint (item->size_bytes, ==, 5000);
  g_assert_cmpstr (item->class_id, ==, "aws/STANDARD");
  g_assert_cmpint (item->temperature, !=, TERRACE_TEMPERATURE_UNKNOWN);
  g_assert_cmpint (item->monthly_nanos, >, 0);
  g_assert_nonnull (item->reason);
  file = terrace_engine_get_file (fixture->engine, item);
  g_assert_cmpstr (g_file_peek_path (file), ==, path);

  second = engine_fixture_register (fixture, path);
  assert_report (second, 0, 0, 1);

  engine_fixture_make_file (fixture, "photo.jpg", 7000, 2, 1);
  third = engine_fixture_register (fixture, path);
  assert_report (third, 0, 1, 0);
  changed = engine_fixture_find (fixture, path, NULL);
  g_assert_cmpint (changed->id, ==, item->id);
  g_assert_cmpuint (changed->size_bytes, ==, 7000);
  g_assert_cmpstr (changed->version, !=, item->version);
  g_assert_cmpint (changed->checksum.kind, ==, TERRACE_CHECKSUM_NONE);
  g_assert_cmpuint (engine_fixture_count_events (fixture, TERRACE_EVENT_REGISTERED), ==, 1);
}

static void
test_folder (EngineFixture *fixture, gconstpointer data)
{
  g_autofree char *loop = engine_fixture_path (fixture, "a/b/loop");
  g_autofree char *outside = engine_fixture_path (fixture, "link");
  g_autofree char *fifo = engine_fixture_path (fixture, "pipe");
  g_autofree char *temporary = engine_fixture_path (fixture, "a/.terrace-part-x");
  g_autofree char *inner = engine_fixture_path (fixture, "a/b");
  g_autofree char *nothing = engine_fixture_path (fixture, "nothing");
  g_autoptr (TerraceRegisterReport) report = NULL;
  g_autoptr (TerraceRegisterReport) part = NULL;
  g_autoptr (TerraceRegisterReport) link = NULL;
  g_autoptr (TerraceRegisterReport) absent = NULL;
  g_autoptr (TerraceStats) stats = NULL;

  engine_fixture_add_files (fixture, "local/hdd");
  engine_fixture_make_file (fixture, "one", 10, 1, 1);
  engine_fixture_make_file (fixture, "a/two", 20, 2, 1);
  engine_fixture_make_file (fixture, "a/b/three", 30, 3, 1);
  engine_fixture_make_file (fixture, "ab", 40, 4, 1);
  g_assert_cmpint (symlink ("..", loop), ==, 0);
  g_assert_cmpint (symlink ("/etc/passwd", outside), ==, 0);
  g_assert_cmpint (mkfifo (fifo, 0600), ==, 0);
  terrace_test_make_file (temporary, 5, 5);

  part = engine_fixture_register (fixture, inner);
  assert_report (part, 1, 0, 0);
  report = engine_fixture_register (fixture, fixture->files);
  assert_report (report, 3, 0, 1);
  g_assert_cmpuint (report->bytes, ==, 100);
  g_assert_cmpuint (report->skipped, ==, 3);
  link = engine_fixture_register (fixture, outside);
  assert_report (link, 0, 0, 0);
  g_assert_cmpuint (link->skipped, ==, 1);
  absent = engine_fixture_register (fixture, nothing);
  g_assert_cmpuint (absent->n_problems, ==, 1);
  g_assert_cmpuint (absent->problems->len, ==, 1);

  stats = engine_fixture_stats (fixture);
  g_assert_cmpuint (stats->items, ==, 4);
  g_assert_cmpuint (stats->size_bytes, ==, 100);
}

static void
test_unreadable (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (GString) deep = g_string_new (fixture->files);
  g_autoptr (TerraceRegisterReport) report = NULL;

  engine_fixture_add_files (fixture, "local/hdd");
  engine_fixture_make_file (fixture, "good", 10, 1, 1);
  if (geteuid () != 0)
    {
      engine_fixture_make_file (fixture, "closed/hidden", 10, 1, 1);
      g_string_append (deep, "/closed");
      g_assert_cmpint (g_chmod (deep->str, 0), ==, 0);
    }
  else
    {
      /* Nothing is closed to root; too deep is too deep for everybody. */
      for (guint i = 0; i <= TERRACE_LIMIT_DIRECTORY_DEPTH; i++)
        g_string_append (deep, "/d");
      g_assert_cmpint (g_mkdir_with_parents (deep->str, 0700), ==, 0);
      g_string_append (deep, "/hidden");
      terrace_test_make_file (deep->str, 10, 1);
    }

  report = engine_fixture_register (fixture, fixture->files);
  assert_report (report, 1, 0, 0);
  g_assert_cmpuint (report->n_problems, ==, 1);
  g_assert_nonnull (strstr (g_ptr_array_index (report->problems, 0), fixture->files));
}

static void
test_names (EngineFixture *fixture, gconstpointer data)
{
  const char *name = "caf\xe9 \n=1.txt";
  g_autofree char *path = engine_fixture_path (fixture, name);
  g_autofree char *key = g_strconcat ("Files:", name, NULL);
  g_autoptr (TerraceRegisterReport) report = NULL;
  g_autoptr (TerraceItem) item = NULL;
  g_autoptr (GFile) file = NULL;

  engine_fixture_add_files (fixture, "local/hdd");
  engine_fixture_make_file (fixture, name, 10, 1, 1);
  report = engine_fixture_register (fixture, fixture->files);
  assert_report (report, 1, 0, 0);

  item = engine_fixture_find (fixture, key, NULL);
  g_assert_nonnull (item);
  g_assert_cmpstr (item->key, ==, name);
  g_assert_true (g_utf8_validate (item->name, -1, NULL));
  file = terrace_engine_get_file (fixture->engine, item);
  g_assert_cmpstr (g_file_peek_path (file), ==, path);
}

typedef struct
{
  guint calls;
  guint64 done;
} Progress;

static void
progress_cb (guint64 done, guint64 total, const char *current, gpointer user_data)
{
  Progress *progress = user_data;

  g_assert_cmpuint (done, >=, progress->done);
  g_assert_true (current == NULL || g_utf8_validate (current, -1, NULL));
  progress->calls++;
  progress->done = done;
}

static void
test_many (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (TerraceRegisterReport) report = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (TerraceStats) stats = NULL;
  Progress progress = { 0 };

  engine_fixture_add_files (fixture, "local/hdd");
  for (guint i = 0; i < 3000; i++)
    {
      g_autofree char *name = g_strdup_printf ("%u/%u", i % 7, i);

      engine_fixture_make_file (fixture, name, 3, i, 1);
    }
  g_ptr_array_add (files, g_file_new_for_path (fixture->files));
  terrace_engine_register_async (fixture->engine, files, progress_cb, &progress, NULL,
                                 terrace_test_store_result, &result);
  terrace_test_await (&result);
  report = terrace_engine_register_finish (fixture->engine, result, &error);
  g_assert_no_error (error);
  assert_report (report, 3000, 0, 0);
  g_assert_cmpuint (progress.done, ==, 3000);
  g_assert_cmpuint (progress.calls, >=, 2);

  stats = engine_fixture_stats (fixture);
  g_assert_cmpuint (stats->items, ==, 3000);
  g_assert_cmpuint (stats->size_bytes, ==, 9000);
  /* Bulk is told in summaries. */
  g_assert_cmpuint (engine_fixture_count_events (fixture, TERRACE_EVENT_REGISTERED), <=, 10);
}

static void
test_cancelled (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  g_ptr_array_add (files, g_file_new_for_path (fixture->files));
  g_cancellable_cancel (cancellable);
  terrace_engine_register_async (fixture->engine, files, NULL, NULL, cancellable,
                                 terrace_test_store_result, &result);
  terrace_test_await (&result);
  g_assert_null (terrace_engine_register_finish (fixture->engine, result, &error));
  g_assert_true (terrace_error_is_cancelled (error));
}

/* A dropped folder that holds the sandboxes and the catalogue itself. */
static void
test_own_files (EngineFixture *fixture, gconstpointer data)
{
  const char *class_ids[] = { "local/hdd", NULL };
  g_autofree char *inside = g_build_filename (fixture->dir, "sandbox", "cold", "old.bin", NULL);
  g_autoptr (TerraceLocation) location = NULL;
  g_autoptr (TerraceRegisterReport) report = NULL;
  g_autoptr (TerraceItem) item = NULL;
  g_autoptr (GError) error = NULL;

  location = terrace_location_new (TERRACE_LOCATION_LOCAL, "All", fixture->dir, class_ids);
  g_assert_true (engine_fixture_add_location (fixture, location, &error));
  engine_fixture_add_sandboxes (fixture);
  terrace_test_make_file (inside, 100, 1);
  engine_fixture_make_file (fixture, "mine", 10, 1, 1);

  report = engine_fixture_register (fixture, fixture->dir);
  assert_report (report, 2, 0, 0);
  item = engine_fixture_find (fixture, "Cold:old.bin", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (item->class_id, ==, "aws/GLACIER_IR");
}

static void
test_makes_location (EngineFixture *fixture, gconstpointer data)
{
  g_autofree char *path = engine_fixture_path (fixture, "somewhere");
  g_autofree char *in_home = g_build_filename (g_get_home_dir (), "at-home", NULL);
  g_autoptr (TerraceRegisterReport) elsewhere = NULL;
  g_autoptr (TerraceRegisterReport) home = NULL;
  g_autoptr (TerraceItem) item = NULL;
  TerraceLocation *location;

  terrace_test_make_file (in_home, 10, 1);
  home = engine_fixture_register (fixture, in_home);
  assert_report (home, 1, 0, 0);
  location = terrace_engine_find_location (fixture->engine, "Home");
  g_assert_nonnull (location);
  item = engine_fixture_find (fixture, "Home:at-home", NULL);
  g_assert_nonnull (item);
  g_assert_cmpint (item->location_id, ==, location->id);

  engine_fixture_make_file (fixture, "somewhere", 10, 1, 1);
  elsewhere = engine_fixture_register (fixture, path);
  assert_report (elsewhere, 1, 0, 0);
  g_assert_cmpuint (g_list_model_get_n_items (terrace_engine_get_locations (fixture->engine)), ==,
                    2);
  g_clear_object (&item);
  item = engine_fixture_find (fixture, path, NULL);
  location = terrace_engine_get_location (fixture->engine, item->location_id);
  g_assert_true (location->accepts);
  g_assert_cmpint (location->kind, ==, TERRACE_LOCATION_LOCAL);
  g_assert_true (g_str_has_prefix (path, location->root));
}

int
main (int argc, char **argv)
{
  g_autofree char *home = terrace_test_make_dir ();
  int status;

  g_setenv ("HOME", home, TRUE);
  g_test_init (&argc, &argv, NULL);

#define ADD(name, function)                                                                   \
  g_test_add ("/engine/register/" name, EngineFixture, NULL, engine_fixture_set_up, function, \
              engine_fixture_tear_down)
  ADD ("files", test_files);
  ADD ("folder", test_folder);
  ADD ("unreadable", test_unreadable);
  ADD ("names", test_names);
  ADD ("many", test_many);
  ADD ("cancelled", test_cancelled);
  ADD ("own-files", test_own_files);
  ADD ("makes-location", test_makes_location);

  status = g_test_run ();
  terrace_test_remove_dir (home);

  return status;
}
