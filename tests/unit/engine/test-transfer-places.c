/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What a place can be asked: whether it works, what lies there, what nobody finished there, and
 * what moving would cost. */

#include "engine-fixture.h"
#include "engine/terrace-engine-transfer.h"
#include "base/terrace-error.h"
#include "base/terrace-limits.h"
#include "base/terrace-units.h"
#include "catalog/terrace-move-table.h"
#include "terrace-test-support.h"

#define PART_BYTES 65536

/* --- Connecting --------------------------------------------------------------------------------
 */

static TerraceProbe *
connect_location (EngineFixture *fixture,
                  TerraceLocation *location,
                  gboolean test_only,
                  char **unkept,
                  GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  terrace_engine_connect_location_async (fixture->engine, location, NULL, test_only, NULL,
                                         terrace_test_store_result, &result);
  terrace_test_await (&result);

  return terrace_engine_connect_location_finish (fixture->engine, result, unkept, error);
}

static TerraceLocation *
new_location (EngineFixture *fixture, const char *root)
{
  const char *class_ids[] = { "local/hdd", NULL };

  return terrace_location_new (TERRACE_LOCATION_LOCAL, "Place", root, class_ids);
}

static void
test_connect_only_tries (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (TerraceLocation) location = new_location (fixture, fixture->files);
  g_autofree TerraceProbe *probe = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *unkept = NULL;

  probe = connect_location (fixture, location, TRUE, &unkept, &error);
  g_assert_no_error (error);
  g_assert_true (probe->writable);
  g_assert_null (unkept);
  g_assert_null (terrace_engine_find_location (fixture->engine, "Place"));
  g_assert_cmpint (location->id, ==, 0);
}

static void
test_connect_adds (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (TerraceLocation) location = new_location (fixture, fixture->files);
  g_autofree TerraceProbe *probe = NULL;
  g_autoptr (GError) error = NULL;

  probe = connect_location (fixture, location, FALSE, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (probe);
  g_assert_true (terrace_engine_find_location (fixture->engine, "Place") == location);
}

static void
test_connect_says_what_is_wrong (EngineFixture *fixture, gconstpointer data)
{
  g_autofree char *missing = engine_fixture_path (fixture, "not-there");
  g_autoptr (TerraceLocation) location = new_location (fixture, missing);
  g_autoptr (TerraceLocation) nameless = new_location (fixture, fixture->files);
  g_autoptr (GError) error = NULL;

  g_assert_null (connect_location (fixture, location, TRUE, NULL, &error));
  g_assert_nonnull (error);
  g_clear_error (&error);

  g_free (nameless->name);
  nameless->name = g_strdup ("");
  g_assert_null (connect_location (fixture, nameless, FALSE, NULL, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID);
}

/* --- Listing -----------------------------------------------------------------------------------
 */

static TerraceListing *
browse (EngineFixture *fixture,
        gint64 location_id,
        const char *prefix,
        const char *continuation,
        GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  terrace_engine_browse_async (fixture->engine, location_id, prefix, continuation, NULL,
                               terrace_test_store_result, &result);
  terrace_test_await (&result);

  return terrace_engine_browse_finish (fixture->engine, result, error);
}

static TerraceRegisterReport *
scan (EngineFixture *fixture,
      gint64 location_id,
      const char *prefix,
      TerraceEngineProgress progress,
      gpointer progress_data,
      GCancellable *cancellable,
      GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  terrace_engine_scan_async (fixture->engine, location_id, prefix, progress, progress_data,
                             cancellable, terrace_test_store_result, &result);
  terrace_test_await (&result);

  return terrace_engine_scan_finish (fixture->engine, result, error);
}

static void
test_browse (EngineFixture *fixture, gconstpointer data)
{
  TerraceLocation *location = engine_fixture_add_files (fixture, "local/hdd");
  g_autoptr (TerraceListing) all = NULL;
  g_autoptr (TerraceListing) below = NULL;
  g_autoptr (GError) error = NULL;

  engine_fixture_make_file (fixture, "a/one", 10, 1, 5);
  engine_fixture_make_file (fixture, "b/two", 20, 2, 5);
  all = browse (fixture, location->id, "", NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (all->objects->len, ==, 2);
  g_assert_null (all->next);

  below = browse (fixture, location->id, "b/", NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (below->objects->len, ==, 1);
  g_assert_cmpstr (((TerraceObjectInfo *) below->objects->pdata[0])->key, ==, "b/two");

  g_assert_null (browse (fixture, 4711, "", NULL, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND);
}

static void
test_scan (EngineFixture *fixture, gconstpointer data)
{
  TerraceLocation *location = engine_fixture_add_files (fixture, "local/hdd");
  g_autoptr (TerraceRegisterReport) first = NULL;
  g_autoptr (TerraceRegisterReport) rest = NULL;
  g_autoptr (TerraceItem) item = NULL;
  g_autoptr (GError) error = NULL;

  engine_fixture_make_file (fixture, "a/one", 10, 1, 5);
  engine_fixture_make_file (fixture, "b/two", 20, 2, 5);
  first = scan (fixture, location->id, "a/", NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (first->added, ==, 1);
  g_assert_cmpuint (first->bytes, ==, 10);

  rest = scan (fixture, location->id, "", NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (rest->added, ==, 1);
  g_assert_cmpuint (rest->unchanged, ==, 1);

  /* Registered like a file, and assessed. */
  item = engine_fixture_find (fixture, "Files:b/two", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (item->size_bytes, ==, 20);
  g_assert_cmpstr (item->class_id, ==, "local/hdd");
  g_assert_cmpint (item->assessed_us, >, 0);
  g_assert_nonnull (item->reason);
}

static void
cancel_cb (guint64 done, guint64 total, const char *current, gpointer user_data)
{
  g_cancellable_cancel (user_data);
}

/* More than a page: what was stored before the cancel stays, and the next scan goes on. */
static void
test_scan_is_cancelled (EngineFixture *fixture, gconstpointer data)
{
  TerraceLocation *location = engine_fixture_add_files (fixture, "local/hdd");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (TerraceRegisterReport) again = NULL;
  g_autoptr (GError) error = NULL;
  guint n_files = TERRACE_LIMIT_LIST_PAGE + 10;

  for (guint i = 0; i < n_files; i++)
    {
      g_autofree char *name = g_strdup_printf ("f%05u", i);
      g_autofree char *path = engine_fixture_path (fixture, name);

      g_assert_true (g_file_set_contents (path, "x", 1, NULL));
    }
  g_assert_null (scan (fixture, location->id, "", cancel_cb, cancellable, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);

  again = scan (fixture, location->id, "", NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (again->added, >, 0);
  g_assert_cmpuint (again->unchanged, >, 0);
  g_assert_cmpuint (again->added + again->unchanged, ==, n_files);
}

/* --- Orphans -----------------------------------------------------------------------------------
 */

static GPtrArray *
find_orphans (EngineFixture *fixture, gint64 location_id, GPtrArray **problems, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  terrace_engine_find_orphans_async (fixture->engine, location_id, NULL, terrace_test_store_result,
                                     &result);
  terrace_test_await (&result);

  return terrace_engine_find_orphans_finish (fixture->engine, result, problems, error);
}

static gboolean
remove_orphan (EngineFixture *fixture, const TerraceOrphan *orphan, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  terrace_engine_remove_orphan_async (fixture->engine, orphan, NULL, terrace_test_store_result,
                                      &result);
  terrace_test_await (&result);

  return terrace_engine_remove_orphan_finish (fixture->engine, result, error);
}

static void
begin_upload (EngineFixture *fixture, TerraceLocation *location, const char *token)
{
  g_autoptr (TerraceProvider) provider = NULL;
  g_autoptr (GAsyncResult) begun = NULL;
  g_autoptr (GAsyncResult) written = NULL;
  g_autoptr (GBytes) bytes = g_bytes_new_take (g_malloc0 (PART_BYTES), PART_BYTES);
  g_autoptr (GError) error = NULL;
  g_autofree char *upload = NULL;
  g_autofree char *receipt = NULL;
  const TerraceWriteOptions options = { token, 2 * PART_BYTES, PART_BYTES, NULL, NULL };

  provider = terrace_provider_registry_get (terrace_engine_get_registry (fixture->engine), location,
                                            &error);
  g_assert_no_error (error);
  terrace_provider_begin_async (provider, "left", &options, NULL, terrace_test_store_result,
                                &begun);
  terrace_test_await (&begun);
  upload = terrace_provider_begin_finish (provider, begun, &error);
  g_assert_no_error (error);
  terrace_provider_write_part_async (provider, "left", upload, 0, 0, bytes, NULL,
                                     terrace_test_store_result, &written);
  terrace_test_await (&written);
  receipt = terrace_provider_write_part_finish (provider, written, &error);
  g_assert_no_error (error);
}

static void
test_orphans (EngineFixture *fixture, gconstpointer data)
{
  TerraceLocation *location = engine_fixture_add_files (fixture, "aws/STANDARD");
  g_autoptr (GPtrArray) none = NULL;
  g_autoptr (GPtrArray) found = NULL;
  g_autoptr (GPtrArray) left = NULL;
  g_autoptr (GPtrArray) problems = NULL;
  g_autoptr (GError) error = NULL;
  const TerraceOrphan *orphan;

  none = find_orphans (fixture, 0, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (none->len, ==, 0);

  begin_upload (fixture, location, "a-token");
  found = find_orphans (fixture, location->id, &problems, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (problems->len, ==, 0);
  g_assert_cmpuint (found->len, ==, 1);
  orphan = g_ptr_array_index (found, 0);
  g_assert_cmpint (orphan->location_id, ==, location->id);
  /* What a disk has not yet written down it may not count. */
  g_assert_cmpuint (orphan->size_bytes, <=, PART_BYTES);
  g_assert_cmpint (orphan->monthly_nanos, ==,
                   terrace_money_to_nanos (
                       (double) orphan->size_bytes / TERRACE_BYTES_PER_GB *
                       terrace_engine_find_class (fixture->engine, "aws/STANDARD")->gb_month));
  g_assert_false (orphan->ours);

  g_assert_true (remove_orphan (fixture, orphan, &error));
  g_assert_no_error (error);
  left = find_orphans (fixture, 0, NULL, &error);
  g_assert_cmpuint (left->len, ==, 0);

  g_assert_null (find_orphans (fixture, 4711, NULL, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND);
}

/* The row of a move that writes to the upload. */
static gboolean
insert_move (TerraceConnection *connection, gpointer data, GError **error)
{
  TerraceMove *move = data;

  return terrace_move_table_insert (connection, move, error);
}

static void
test_orphans_of_moves_stay (EngineFixture *fixture, gconstpointer data)
{
  TerraceLocation *location = engine_fixture_add_files (fixture, "local/hdd");
  g_autoptr (TerraceMove) move = terrace_move_new ();
  g_autoptr (TerraceItem) item = NULL;
  g_autoptr (TerraceRegisterReport) report = NULL;
  g_autoptr (GPtrArray) found = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  TerraceCatalog *catalog = terrace_engine_get_catalog (fixture->engine);

  engine_fixture_make_file (fixture, "one", 10, 1, 5);
  report = engine_fixture_register (fixture, fixture->files);
  item = engine_fixture_find (fixture, "Files:one", &error);
  g_assert_no_error (error);
  move->item_id = item->id;
  move->source_location_id = location->id;
  move->source_key = g_strdup ("one");
  move->dest_location_id = location->id;
  move->dest_key = g_strdup ("left");
  move->token = g_strdup ("a-token");
  move->state = TERRACE_MOVE_PAUSED;
  move->started_us = 1;
  terrace_catalog_write_async (catalog, insert_move, move, TERRACE_CATALOG_MOVES, NULL,
                               terrace_test_store_result, &result);
  terrace_test_await (&result);
  g_assert_true (terrace_catalog_write_finish (catalog, result, &error));

  begin_upload (fixture, location, "a-token");
  found = find_orphans (fixture, 0, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (found->len, ==, 1);
  g_assert_true (((TerraceOrphan *) found->pdata[0])->ours);
  g_assert_false (remove_orphan (fixture, found->pdata[0], &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_BUSY);
}

/* --- The bill before a move --------------------------------------------------------------------
 */

static TerracePreflight *
preflight (EngineFixture *fixture,
           const gint64 *ids,
           guint n_ids,
           const TerraceMoveOptions *options,
           GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  terrace_engine_preflight_async (fixture->engine, ids, n_ids, options, NULL,
                                  terrace_test_store_result, &result);
  terrace_test_await (&result);

  return terrace_engine_preflight_finish (fixture->engine, result, error);
}

static void
test_preflight_by_hand (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (TerraceRegisterReport) report = NULL;
  g_autoptr (TerraceItem) item = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree TerracePreflight *there = NULL;
  g_autofree TerracePreflight *here = NULL;
  TerraceMoveOptions options = { 0 };
  gint64 move_id;
  g_autoptr (GPtrArray) moves = NULL;
  TerraceMove *move;

  engine_fixture_add_sandboxes (fixture);
  engine_fixture_add_files (fixture, "aws/STANDARD_IA");
  engine_fixture_make_file (fixture, "big", 3 * TERRACE_LIMIT_PART_BYTES + 1, 1, 5);
  report = engine_fixture_register (fixture, fixture->files);
  item = engine_fixture_find (fixture, "Files:big", &error);
  g_assert_no_error (error);

  options.dest_location_id = terrace_engine_find_location (fixture->engine, "Cold")->id;
  there = preflight (fixture, &item->id, 1, &options, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (there->n_moves, ==, 1);
  g_assert_cmpuint (there->size_bytes, ==, item->size_bytes);
  g_assert_cmpuint (there->requests, >, 4);
  g_assert_cmpint (there->request_nanos, >, 0);
  g_assert_cmpint (there->retrieval_nanos, >, 0);
  g_assert_cmpint (there->early_deletion_nanos, >, 0);
  g_assert_cmpint (there->total_nanos, ==,
                   there->request_nanos + there->retrieval_nanos + there->egress_nanos +
                       there->early_deletion_nanos);

  /* The move that is queued then has the same bill. */
  move_id = engine_fixture_move (fixture, item->id, &options, &error);
  g_assert_no_error (error);
  moves = engine_fixture_get_moves (fixture);
  move = g_ptr_array_index (moves, 0);
  g_assert_cmpint (move->id, ==, move_id);
  g_assert_cmpint (ABS (move->once_nanos - there->total_nanos), <=, 3);
  g_assert_cmpint (ABS (move->leave_nanos - there->early_deletion_nanos), <=, 1);

  here = preflight (fixture, &item->id, 1, &options, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (here->n_moves, ==, 0);
  g_assert_cmpuint (here->n_passed_over, ==, 1);
  g_assert_cmpint (here->total_nanos, ==, 0);
}

static void
test_preflight_of_the_plan (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (TerraceRegisterReport) report = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree TerracePreflight *bill = NULL;
  TerracePlanSummary summary;

  engine_fixture_set_eager_policy (fixture);
  engine_fixture_add_sandboxes (fixture);
  engine_fixture_add_files (fixture, "aws/STANDARD");
  for (guint i = 0; i < 3; i++)
    {
      g_autofree char *name = g_strdup_printf ("old %u", i);

      engine_fixture_make_file (fixture, name, 400000, i, 900);
    }
  report = engine_fixture_register (fixture, fixture->files);
  summary = engine_fixture_plan (fixture);
  g_assert_cmpuint (summary.recommended, ==, 3);

  bill = preflight (fixture, NULL, 0, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (bill->n_moves, ==, 3);
  g_assert_cmpint (ABS (bill->total_nanos - summary.once_nanos), <=, 12);
  g_assert_cmpint (ABS (bill->saving_nanos - summary.saving_nanos), <=, 12);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, func) \
  g_test_add (path, EngineFixture, NULL, engine_fixture_set_up, func, engine_fixture_tear_down)
  ADD ("/engine/transfer-places/connect-only-tries", test_connect_only_tries);
  ADD ("/engine/transfer-places/connect-adds", test_connect_adds);
  ADD ("/engine/transfer-places/connect-says-what-is-wrong", test_connect_says_what_is_wrong);
  ADD ("/engine/transfer-places/browse", test_browse);
  ADD ("/engine/transfer-places/scan", test_scan);
  ADD ("/engine/transfer-places/scan-is-cancelled", test_scan_is_cancelled);
  ADD ("/engine/transfer-places/orphans", test_orphans);
  ADD ("/engine/transfer-places/orphans-of-moves-stay", test_orphans_of_moves_stay);
  ADD ("/engine/transfer-places/preflight-by-hand", test_preflight_by_hand);
  ADD ("/engine/transfer-places/preflight-of-the-plan", test_preflight_of_the_plan);
#undef ADD

  return g_test_run ();
}
