/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The engine for tests, each call waited for on the test's own thread. */

#include "config.h"

#include "engine-fixture.h"
#include "catalog/terrace-event-table.h"
#include "catalog/terrace-move-table.h"
#include "terrace-test-support.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <sys/stat.h>

void
engine_fixture_open (EngineFixture *fixture, gboolean run_moves, gboolean hash)
{
  g_autofree char *own = g_build_filename (fixture->dir, "prices", NULL);
  const char *price_dirs[] = { TERRACE_SOURCE_DATADIR "/prices", own, NULL };
  TerraceEngineOptions options = {
    .data_dir = fixture->data,
    .price_dirs = price_dirs,
    .run_moves = run_moves,
    .hash_in_background = hash,
  };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_null (fixture->engine);
  terrace_engine_open_async (&options, NULL, terrace_test_store_result, &result);
  terrace_test_await (&result);
  fixture->engine = terrace_engine_open_finish (result, &error);
  g_assert_no_error (error);
  g_assert_nonnull (fixture->engine);
}

void
engine_fixture_close (EngineFixture *fixture)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  terrace_engine_close_async (fixture->engine, NULL, terrace_test_store_result, &result);
  terrace_test_await (&result);
  g_assert_true (terrace_engine_close_finish (fixture->engine, result, &error));
  g_assert_no_error (error);
  g_clear_object (&result);
  terrace_test_settle ();
  g_assert_finalize_object (g_steal_pointer (&fixture->engine));
}

void
engine_fixture_set_up (EngineFixture *fixture, gconstpointer data)
{
  g_autofree char *made = terrace_test_make_dir ();

  /* As the engine shows it, should the place for temporary files be a symbolic link. */
  fixture->dir = realpath (made, NULL);
  fixture->files = g_build_filename (fixture->dir, "files", NULL);
  fixture->data = g_build_filename (fixture->dir, "data", NULL);
  g_assert_cmpint (g_mkdir (fixture->files, 0700), ==, 0);
  engine_fixture_open (fixture, g_strcmp0 (data, ENGINE_FIXTURE_MOVES) == 0, FALSE);
}

void
engine_fixture_tear_down (EngineFixture *fixture, gconstpointer data)
{
  if (fixture->engine != NULL)
    engine_fixture_close (fixture);
  terrace_test_remove_dir (fixture->dir);
  g_free (fixture->dir);
  g_free (fixture->files);
  g_free (fixture->data);
}

char *
engine_fixture_path (EngineFixture *fixture, const char *name)
{
  return g_build_filename (fixture->files, name, NULL);
}

void
engine_fixture_make_file (EngineFixture *fixture,
                          const char *name,
                          guint64 size_bytes,
                          guint32 seed,
                          double days)
{
  g_autofree char *path = engine_fixture_path (fixture, name);
  struct timespec times[2];

  terrace_test_make_file (path, size_bytes, seed);
  times[0].tv_sec = (time_t) (g_get_real_time () / G_USEC_PER_SEC - (gint64) (days * 86400));
  times[0].tv_nsec = 0;
  times[1] = times[0];
  g_assert_cmpint (utimensat (AT_FDCWD, path, times, 0), ==, 0);
}

/* --- Locations ---------------------------------------------------------------------------------
 */

gboolean
engine_fixture_add_location (EngineFixture *fixture, TerraceLocation *location, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  terrace_engine_add_location_async (fixture->engine, location, NULL, terrace_test_store_result,
                                     &result);
  terrace_test_await (&result);

  return terrace_engine_add_location_finish (fixture->engine, result, error);
}

TerraceLocation *
engine_fixture_add_files (EngineFixture *fixture, const char *class_id)
{
  const char *class_ids[] = { class_id, NULL };
  g_autoptr (TerraceLocation) location = NULL;
  g_autoptr (GError) error = NULL;

  location = terrace_location_new (TERRACE_LOCATION_LOCAL, "Files", fixture->files, class_ids);
  location->accepts = TRUE;
  g_assert_true (engine_fixture_add_location (fixture, location, &error));
  g_assert_no_error (error);

  return terrace_engine_find_location (fixture->engine, "Files");
}

void
engine_fixture_add_sandboxes (EngineFixture *fixture)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  terrace_engine_add_sandboxes_async (fixture->engine, fixture->dir, NULL,
                                      terrace_test_store_result, &result);
  terrace_test_await (&result);
  g_assert_true (terrace_engine_add_sandboxes_finish (fixture->engine, result, &error));
  g_assert_no_error (error);
}

/* --- Objects -----------------------------------------------------------------------------------
 */

TerraceRegisterReport *
engine_fixture_register (EngineFixture *fixture, const char *path)
{
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  TerraceRegisterReport *report;

  g_ptr_array_add (files, g_file_new_for_path (path));
  terrace_engine_register_async (fixture->engine, files, NULL, NULL, NULL,
                                 terrace_test_store_result, &result);
  terrace_test_await (&result);
  report = terrace_engine_register_finish (fixture->engine, result, &error);
  g_assert_no_error (error);
  g_assert_nonnull (report);

  return report;
}

TerraceItem *
engine_fixture_find (EngineFixture *fixture, const char *name, GError **error)
{
  const char *names[] = { name, NULL };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GPtrArray) items = NULL;

  terrace_engine_find_items_async (fixture->engine, names, NULL, terrace_test_store_result,
                                   &result);
  terrace_test_await (&result);
  items = terrace_engine_find_items_finish (fixture->engine, result, error);
  if (items == NULL)
    return NULL;
  g_assert_cmpuint (items->len, ==, 1);

  return g_object_ref (g_ptr_array_index (items, 0));
}

TerracePlanSummary
engine_fixture_plan (EngineFixture *fixture)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  TerracePlanSummary summary = { 0 };

  terrace_engine_plan_async (fixture->engine, NULL, NULL, NULL, terrace_test_store_result, &result);
  terrace_test_await (&result);
  g_assert_true (terrace_engine_plan_finish (fixture->engine, result, &summary, &error));
  g_assert_no_error (error);

  return summary;
}

TerraceStats *
engine_fixture_stats (EngineFixture *fixture)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  TerraceStats *stats;

  terrace_engine_stats_async (fixture->engine, NULL, terrace_test_store_result, &result);
  terrace_test_await (&result);
  stats = terrace_engine_stats_finish (fixture->engine, result, &error);
  g_assert_no_error (error);

  return stats;
}

void
engine_fixture_set_policy (EngineFixture *fixture, const TerracePolicy *policy)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  terrace_engine_set_policy_async (fixture->engine, policy, NULL, terrace_test_store_result,
                                   &result);
  terrace_test_await (&result);
  g_assert_true (terrace_engine_set_policy_finish (fixture->engine, result, &error));
  g_assert_no_error (error);
}

void
engine_fixture_set_eager_policy (EngineFixture *fixture)
{
  TerracePolicy policy;

  terrace_policy_init (&policy);
  policy.horizon_months = 120;
  policy.break_even_months = 60;
  policy.min_saving_nanos = 0;
  engine_fixture_set_policy (fixture, &policy);
}

/* --- Moves -------------------------------------------------------------------------------------
 */

guint64
engine_fixture_accept (EngineFixture *fixture)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  guint64 n_queued = 0;

  terrace_engine_accept_async (fixture->engine, NULL, 0, NULL, terrace_test_store_result, &result);
  terrace_test_await (&result);
  g_assert_true (terrace_engine_accept_finish (fixture->engine, result, &n_queued, &error));
  g_assert_no_error (error);

  return n_queued;
}

gint64
engine_fixture_move (EngineFixture *fixture,
                     gint64 item_id,
                     const TerraceMoveOptions *options,
                     GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GArray) ids = NULL;

  terrace_engine_move_async (fixture->engine, &item_id, 1, options, NULL, terrace_test_store_result,
                             &result);
  terrace_test_await (&result);
  ids = terrace_engine_move_finish (fixture->engine, result, error);
  if (ids == NULL)
    return 0;
  g_assert_cmpuint (ids->len, ==, 1);

  return g_array_index (ids, gint64, 0);
}

gboolean
engine_fixture_control (EngineFixture *fixture,
                        gint64 move_id,
                        TerraceMoveAction action,
                        GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  terrace_engine_control_move_async (fixture->engine, move_id, action, NULL,
                                     terrace_test_store_result, &result);
  terrace_test_await (&result);

  return terrace_engine_control_move_finish (fixture->engine, result, error);
}

gboolean
engine_fixture_undo (EngineFixture *fixture, gint64 move_id, gint64 *undo_move_id, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  terrace_engine_undo_async (fixture->engine, move_id, NULL, terrace_test_store_result, &result);
  terrace_test_await (&result);

  return terrace_engine_undo_finish (fixture->engine, result, undo_move_id, error);
}

void
engine_fixture_wait (EngineFixture *fixture, gint64 move_id)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  terrace_engine_wait_async (fixture->engine, &move_id, move_id != 0 ? 1 : 0, NULL,
                             terrace_test_store_result, &result);
  terrace_test_await (&result);
  g_assert_true (terrace_engine_wait_finish (fixture->engine, result, &error));
  g_assert_no_error (error);
}

/* --- Rows --------------------------------------------------------------------------------------
 */

static gboolean
read_moves (TerraceConnection *connection, gpointer data, GError **error)
{
  GPtrArray **moves = data;

  *moves = terrace_move_table_page (connection, -1, 0, 1000, error);

  return *moves != NULL;
}

static gboolean
read_events (TerraceConnection *connection, gpointer data, GError **error)
{
  GPtrArray **events = data;

  *events = terrace_event_table_page (connection, 0, 0, 1000, error);

  return *events != NULL;
}

static GPtrArray *
read_rows (EngineFixture *fixture, TerraceCatalogFunc func)
{
  TerraceCatalog *catalog = terrace_engine_get_catalog (fixture->engine);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GPtrArray *rows = NULL;

  /* By the writer, behind everything that the engine has asked it to write. */
  terrace_catalog_write_async (catalog, func, &rows, 0, NULL, terrace_test_store_result, &result);
  terrace_test_await (&result);
  g_assert_true (terrace_catalog_write_finish (catalog, result, &error));
  g_assert_no_error (error);

  return rows;
}

GPtrArray *
engine_fixture_get_moves (EngineFixture *fixture)
{
  return read_rows (fixture, read_moves);
}

GPtrArray *
engine_fixture_get_events (EngineFixture *fixture)
{
  return read_rows (fixture, read_events);
}

guint
engine_fixture_count_events (EngineFixture *fixture, TerraceEventKind kind)
{
  g_autoptr (GPtrArray) events = engine_fixture_get_events (fixture);
  guint n_events = 0;

  for (guint i = 0; i < events->len; i++)
    n_events += ((TerraceEvent *) g_ptr_array_index (events, i))->kind == kind;

  return n_events;
}
