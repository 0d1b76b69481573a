/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Places: adding only what can be used, changing, forgetting only what is empty. */

#include "config.h"

#include "base/terrace-error.h"
#include "engine-fixture.h"
#include "terrace-test-support.h"

#include <glib/gstdio.h>

static gboolean
update_location (EngineFixture *fixture, TerraceLocation *location, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  terrace_engine_update_location_async (fixture->engine, location, NULL, terrace_test_store_result,
                                        &result);
  terrace_test_await (&result);

  return terrace_engine_update_location_finish (fixture->engine, result, error);
}

static gboolean
remove_location (EngineFixture *fixture, gint64 location_id, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  terrace_engine_remove_location_async (fixture->engine, location_id, NULL,
                                        terrace_test_store_result, &result);
  terrace_test_await (&result);

  return terrace_engine_remove_location_finish (fixture->engine, result, error);
}

static void
forget (EngineFixture *fixture, gint64 item_id)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  terrace_engine_forget_async (fixture->engine, &item_id, 1, NULL, terrace_test_store_result,
                               &result);
  terrace_test_await (&result);
  g_assert_true (terrace_engine_forget_finish (fixture->engine, result, &error));
  g_assert_no_error (error);
}

static void
probe (EngineFixture *fixture)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  terrace_engine_probe_async (fixture->engine, NULL, terrace_test_store_result, &result);
  terrace_test_await (&result);
  g_assert_true (terrace_engine_probe_finish (fixture->engine, result, &error));
  g_assert_no_error (error);
}

static void
assert_refused (EngineFixture *fixture,
                TerraceLocationKind kind,
                const char *name,
                const char *root,
                const char *class_id,
                TerraceErrorCode code)
{
  const char *class_ids[] = { class_id, NULL };
  g_autoptr (TerraceLocation) location = terrace_location_new (kind, name, root, class_ids);
  g_autoptr (GError) error = NULL;

  g_assert_false (engine_fixture_add_location (fixture, location, &error));
  g_assert_error (error, TERRACE_ERROR, (int) code);
  g_assert_cmpint (location->id, ==, 0);
}

static void
test_add (EngineFixture *fixture, gconstpointer data)
{
  GListModel *locations = terrace_engine_get_locations (fixture->engine);
  g_autofree char *other = g_build_filename (fixture->dir, "other", NULL);
  g_autofree char *absent = g_build_filename (fixture->dir, "absent", NULL);
  TerraceLocation *location = engine_fixture_add_files (fixture, "local/hdd");

  g_assert_cmpint (location->id, >, 0);
  g_assert_cmpint (location->state, ==, TERRACE_LOCATION_STATE_READY);
  g_assert_cmpuint (location->total_bytes, >, 0);
  g_assert_cmpint (location->created_us, >, 0);
  g_assert_true (terrace_engine_get_location (fixture->engine, location->id) == location);

  g_assert_cmpint (g_mkdir (other, 0700), ==, 0);
  assert_refused (fixture, TERRACE_LOCATION_LOCAL, "Files", other, "local/hdd",
                  TERRACE_ERROR_EXISTS);
  assert_refused (fixture, TERRACE_LOCATION_LOCAL, "Again", fixture->files, "local/hdd",
                  TERRACE_ERROR_EXISTS);
  assert_refused (fixture, TERRACE_LOCATION_LOCAL, "Absent", absent, "local/hdd",
                  TERRACE_ERROR_NOT_FOUND);
  assert_refused (fixture, TERRACE_LOCATION_LOCAL, "", other, "local/hdd", TERRACE_ERROR_INVALID);
  assert_refused (fixture, TERRACE_LOCATION_LOCAL, "Relative", "other", "local/hdd",
                  TERRACE_ERROR_INVALID);
  assert_refused (fixture, TERRACE_LOCATION_LOCAL, "Classless", other, NULL, TERRACE_ERROR_INVALID);
  assert_refused (fixture, TERRACE_LOCATION_SANDBOX, "Play", other, "aws/NO_SUCH",
                  TERRACE_ERROR_INVALID);
  g_assert_cmpuint (g_list_model_get_n_items (locations), ==, 1);
  g_assert_cmpuint (engine_fixture_count_events (fixture, TERRACE_EVENT_LOCATION), ==, 1);
}

static void
test_sandboxes (EngineFixture *fixture, gconstpointer data)
{
  GListModel *locations = terrace_engine_get_locations (fixture->engine);
  g_autofree char *root = g_build_filename (fixture->dir, "sandbox", "archive", NULL);
  TerraceLocation *archive;
  TerraceStorageClass *class;

  engine_fixture_add_sandboxes (fixture);
  engine_fixture_add_sandboxes (fixture);
  g_assert_cmpuint (g_list_model_get_n_items (locations), ==, 4);

  archive = terrace_engine_find_location (fixture->engine, "Archive");
  g_assert_nonnull (archive);
  g_assert_cmpstr (archive->root, ==, root);
  g_assert_cmpint (archive->kind, ==, TERRACE_LOCATION_SANDBOX);
  g_assert_true (archive->accepts);
  class = terrace_engine_find_class (fixture->engine, terrace_location_get_class_id (archive));
  g_assert_nonnull (class);
  g_assert_true (class->offline);
  /* It plays a class that answers after hours, but nobody waits hours for a sandbox. */
  g_assert_cmpuint (class->first_byte_ms, >, 200);
  g_assert_cmpuint (archive->latency_ms, ==, 200);
}

static void
test_reopened (EngineFixture *fixture, gconstpointer data)
{
  TerraceLocation *warm;

  engine_fixture_add_sandboxes (fixture);
  engine_fixture_close (fixture);
  engine_fixture_open (fixture, FALSE, FALSE);

  warm = terrace_engine_find_location (fixture->engine, "Warm");
  g_assert_nonnull (warm);
  g_assert_cmpstr (terrace_location_get_class_id (warm), ==, "aws/STANDARD_IA");
  probe (fixture);
  g_assert_cmpint (warm->state, ==, TERRACE_LOCATION_STATE_READY);
}

static void
test_update (EngineFixture *fixture, gconstpointer data)
{
  const char *class_ids[] = { "aws/STANDARD_IA", NULL };
  TerraceLocation *location = engine_fixture_add_files (fixture, "aws/STANDARD");
  g_autoptr (TerraceLocation) changed = NULL;
  g_autoptr (TerraceRegisterReport) report = NULL;
  g_autoptr (TerraceItem) before = NULL;
  g_autoptr (TerraceItem) after = NULL;
  g_autoptr (GError) error = NULL;

  engine_fixture_make_file (fixture, "a", 1000, 1, 10);
  report = engine_fixture_register (fixture, fixture->files);
  before = engine_fixture_find (fixture, "Files:a", NULL);
  g_assert_cmpint (before->tier, ==, TERRACE_TIER_HOT);

  changed = terrace_location_new (location->kind, "Papers", location->root, class_ids);
  changed->id = location->id;
  changed->created_us = location->created_us;
  g_assert_true (update_location (fixture, changed, &error));
  g_assert_no_error (error);

  g_assert_null (terrace_engine_find_location (fixture->engine, "Files"));
  g_assert_true (terrace_engine_find_location (fixture->engine, "Papers") == changed);
  g_assert_cmpint (changed->state, ==, TERRACE_LOCATION_STATE_READY);
  /* What lies there is now of the class that the folder plays. */
  after = engine_fixture_find (fixture, "Papers:a", NULL);
  g_assert_nonnull (after);
  g_assert_cmpint (after->id, ==, before->id);
  g_assert_cmpstr (after->class_id, ==, "aws/STANDARD_IA");
  g_assert_cmpint (after->tier, ==, TERRACE_TIER_WARM);
}

static void
test_remove (EngineFixture *fixture, gconstpointer data)
{
  gint64 location_id = engine_fixture_add_files (fixture, "local/hdd")->id;
  g_autofree char *path = engine_fixture_path (fixture, "a");
  g_autoptr (TerraceRegisterReport) report = NULL;
  g_autoptr (TerraceItem) item = NULL;
  g_autoptr (GError) error = NULL;

  engine_fixture_make_file (fixture, "a", 1000, 1, 10);
  report = engine_fixture_register (fixture, path);
  item = engine_fixture_find (fixture, path, NULL);
  g_assert_false (remove_location (fixture, location_id, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_EXISTS);
  g_clear_error (&error);
  g_assert_nonnull (terrace_engine_get_location (fixture->engine, location_id));

  forget (fixture, item->id);
  g_assert_true (remove_location (fixture, location_id, &error));
  g_assert_no_error (error);
  g_assert_null (terrace_engine_get_location (fixture->engine, location_id));
  terrace_test_assert_file (path, 1000, 1);

  g_assert_false (remove_location (fixture, location_id, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND);
}

static void
test_unreachable (EngineFixture *fixture, gconstpointer data)
{
  g_autofree char *root = g_build_filename (fixture->dir, "sandbox", "cold", NULL);
  g_autofree char *away = g_build_filename (fixture->dir, "away", NULL);
  TerraceLocation *cold;
  guint n_events;

  engine_fixture_add_sandboxes (fixture);
  n_events = engine_fixture_count_events (fixture, TERRACE_EVENT_LOCATION);
  cold = terrace_engine_find_location (fixture->engine, "Cold");
  g_assert_cmpint (g_rename (root, away), ==, 0);
  probe (fixture);
  probe (fixture);
  g_assert_cmpint (cold->state, ==, TERRACE_LOCATION_STATE_UNREACHABLE);
  g_assert_nonnull (cold->state_message);
  /* Told once, not at each look. */
  g_assert_cmpuint (engine_fixture_count_events (fixture, TERRACE_EVENT_LOCATION), ==,
                    n_events + 1);

  g_assert_cmpint (g_rename (away, root), ==, 0);
  probe (fixture);
  g_assert_cmpint (cold->state, ==, TERRACE_LOCATION_STATE_READY);
}

typedef struct
{
  EngineFixture *fixture;
  const char *name;
  gboolean there;
} Expected;

static gboolean
is_as_expected (gpointer data)
{
  Expected *expected = data;

  return (terrace_engine_find_location (expected->fixture->engine, expected->name) != NULL) ==
         expected->there;
}

/* As window and terminal do. */
static void
test_two_at_once (EngineFixture *fixture, gconstpointer data)
{
  EngineFixture other = { fixture->dir, fixture->files, fixture->data, NULL };
  Expected files = { fixture, "Files", TRUE };
  TerracePolicy policy = *terrace_engine_get_policy (fixture->engine);
  g_autoptr (GError) error = NULL;
  gint64 location_id;

  engine_fixture_open (&other, FALSE, FALSE);
  location_id = engine_fixture_add_files (&other, "local/hdd")->id;
  policy.horizon_months = 77;
  engine_fixture_set_policy (&other, &policy);
  terrace_test_await_condition (is_as_expected, &files);
  g_assert_cmpint (terrace_engine_find_location (fixture->engine, "Files")->id, ==, location_id);

  files.there = FALSE;
  g_assert_true (remove_location (&other, location_id, &error));
  g_assert_no_error (error);
  terrace_test_await_condition (is_as_expected, &files);
  g_assert_cmpfloat (terrace_engine_get_policy (fixture->engine)->horizon_months, ==, 77);
  engine_fixture_close (&other);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, function)                                                                    \
  g_test_add ("/engine/locations/" name, EngineFixture, NULL, engine_fixture_set_up, function, \
              engine_fixture_tear_down)
  ADD ("add", test_add);
  ADD ("sandboxes", test_sandboxes);
  ADD ("reopened", test_reopened);
  ADD ("update", test_update);
  ADD ("remove", test_remove);
  ADD ("unreachable", test_unreachable);
  ADD ("two-at-once", test_two_at_once);

  return g_test_run ();
}
