/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Moves that a person chose: what is refused, what may be asked, taking back, waiting. */

#include "config.h"

#include "base/terrace-error.h"
#include "engine-fixture.h"
#include "terrace-test-support.h"

#include <glib/gstdio.h>

typedef struct
{
  EngineFixture *fixture;
  gint64 item_id;
  gint64 files_id;
  gint64 cold_id;
} Scene;

static Scene
set_scene (EngineFixture *fixture)
{
  Scene scene = { .fixture = fixture };
  g_autoptr (TerraceRegisterReport) report = NULL;
  g_autoptr (TerraceItem) item = NULL;

  engine_fixture_add_files (fixture, "aws/STANDARD");
  engine_fixture_add_sandboxes (fixture);
  engine_fixture_make_file (fixture, "sub/a.bin", 300000, 1, 100);
  report = engine_fixture_register (fixture, fixture->files);
  g_assert_cmpuint (report->added, ==, 1);
  item = engine_fixture_find (fixture, "Files:sub/a.bin", NULL);
  scene.item_id = item->id;
  scene.files_id = item->location_id;
  scene.cold_id = terrace_engine_find_location (fixture->engine, "Cold")->id;

  return scene;
}

static gint64
move_to_cold (Scene *scene, gboolean hold)
{
  TerraceMoveOptions options = { .dest_location_id = scene->cold_id, .hold = hold };
  g_autoptr (GError) error = NULL;
  gint64 move_id = engine_fixture_move (scene->fixture, scene->item_id, &options, &error);

  g_assert_no_error (error);
  g_assert_cmpint (move_id, >, 0);

  return move_id;
}

static TerraceMove *
get_move (Scene *scene, gint64 move_id)
{
  g_autoptr (GPtrArray) moves = engine_fixture_get_moves (scene->fixture);

  for (guint i = 0; i < moves->len; i++)
    if (((TerraceMove *) g_ptr_array_index (moves, i))->id == move_id)
      return g_object_ref (g_ptr_array_index (moves, i));

  g_assert_not_reached ();
}

static void
assert_move_refused (Scene *scene, const TerraceMoveOptions *options, TerraceErrorCode code)
{
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (engine_fixture_move (scene->fixture, scene->item_id, options, &error), ==, 0);
  g_assert_error (error, TERRACE_ERROR, (int) code);
}

static void
test_refused (EngineFixture *fixture, gconstpointer data)
{
  Scene scene = set_scene (fixture);
  TerraceMoveOptions same = { .dest_location_id = scene.files_id };
  TerraceMoveOptions other_class = { .dest_location_id = scene.files_id,
                                     .class_id = "aws/GLACIER_IR" };
  TerraceMoveOptions nowhere = { .dest_location_id = 4711 };
  TerraceMoveOptions cold = { .dest_location_id = scene.cold_id };
  g_autoptr (GPtrArray) none = NULL;

  assert_move_refused (&scene, &same, TERRACE_ERROR_INVALID);
  assert_move_refused (&scene, &other_class, TERRACE_ERROR_INVALID);
  assert_move_refused (&scene, &nowhere, TERRACE_ERROR_NOT_FOUND);
  none = engine_fixture_get_moves (fixture);
  g_assert_cmpuint (none->len, ==, 0);

  /* No queue runs in this test: the first one stays where it is. */
  move_to_cold (&scene, FALSE);
  assert_move_refused (&scene, &cold, TERRACE_ERROR_EXISTS);
}

static void
test_free_key (EngineFixture *fixture, gconstpointer data)
{
  Scene scene = set_scene (fixture);
  TerraceLocation *cold = terrace_engine_get_location (fixture->engine, scene.cold_id);
  g_autofree char *taken = g_build_filename (cold->root, "sub", "a.bin", NULL);
  g_autoptr (TerraceRegisterReport) report = NULL;
  g_autoptr (TerraceMove) move = NULL;

  terrace_test_make_file (taken, 10, 9);
  report = engine_fixture_register (fixture, taken);
  g_assert_cmpuint (report->added, ==, 1);
  move = get_move (&scene, move_to_cold (&scene, FALSE));
  g_assert_cmpstr (move->source_key, ==, "sub/a.bin");
  g_assert_cmpstr (move->dest_key, ==, "sub/a (2).bin");
  g_assert_cmpint (move->saving_nanos, >, 0);
}

static void
test_allows (void)
{
  static const struct
  {
    TerraceMoveState state;
    gboolean hold;
    gboolean allowed[TERRACE_MOVE_ACTION_COMMIT + 1]; /* pause, resume, cancel, retry, commit */
    gboolean undo;
  } cases[] = {
    { TERRACE_MOVE_QUEUED, FALSE, { TRUE, FALSE, TRUE, FALSE, FALSE }, TRUE },
    { TERRACE_MOVE_COPYING, FALSE, { TRUE, FALSE, TRUE, FALSE, FALSE }, TRUE },
    { TERRACE_MOVE_VERIFYING, TRUE, { TRUE, FALSE, TRUE, FALSE, FALSE }, TRUE },
    { TERRACE_MOVE_STAGED, TRUE, { FALSE, FALSE, TRUE, FALSE, TRUE }, TRUE },
    { TERRACE_MOVE_COMMITTING, FALSE, { FALSE, FALSE, FALSE, FALSE, FALSE }, FALSE },
    { TERRACE_MOVE_DONE, FALSE, { FALSE, FALSE, FALSE, FALSE, FALSE }, TRUE },
    { TERRACE_MOVE_PAUSED, FALSE, { FALSE, TRUE, TRUE, FALSE, FALSE }, TRUE },
    { TERRACE_MOVE_FAILED, FALSE, { FALSE, FALSE, FALSE, TRUE, FALSE }, FALSE },
    { TERRACE_MOVE_CANCELLED, FALSE, { FALSE, FALSE, FALSE, FALSE, FALSE }, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (TerraceMove) move = terrace_move_new ();

      move->state = cases[i].state;
      move->hold = cases[i].hold;
      for (int action = 0; action <= TERRACE_MOVE_ACTION_COMMIT; action++)
        g_assert_cmpint (terrace_move_allows (move, (TerraceMoveAction) action), ==,
                         cases[i].allowed[action]);
      g_assert_cmpint (terrace_move_can_undo (move), ==, cases[i].undo);
    }
}

static void
test_control (EngineFixture *fixture, gconstpointer data)
{
  Scene scene = set_scene (fixture);
  gint64 move_id = move_to_cold (&scene, TRUE);
  g_autofree char *source = engine_fixture_path (fixture, "sub/a.bin");
  g_autoptr (TerraceMove) held = NULL;
  g_autoptr (TerraceMove) done = NULL;
  g_autoptr (TerraceItem) item = NULL;
  g_autoptr (GError) error = NULL;

  engine_fixture_wait (fixture, move_id);
  held = get_move (&scene, move_id);
  g_assert_cmpint (held->state, ==, TERRACE_MOVE_STAGED);
  terrace_test_assert_file (source, 300000, 1);

  g_assert_false (engine_fixture_control (fixture, move_id, TERRACE_MOVE_ACTION_RETRY, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_false (engine_fixture_control (fixture, 4711, TERRACE_MOVE_ACTION_PAUSE, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND);
  g_clear_error (&error);

  g_assert_true (engine_fixture_control (fixture, move_id, TERRACE_MOVE_ACTION_COMMIT, &error));
  g_assert_no_error (error);
  engine_fixture_wait (fixture, move_id);
  done = get_move (&scene, move_id);
  g_assert_cmpint (done->state, ==, TERRACE_MOVE_DONE);
  g_assert_false (g_file_test (source, G_FILE_TEST_EXISTS));
  item = engine_fixture_find (fixture, "Cold:sub/a.bin", &error);
  g_assert_no_error (error);
  g_assert_cmpint (item->id, ==, scene.item_id);
  g_assert_cmpint (item->tier, ==, TERRACE_TIER_COLD);
  g_assert_false (item->moving);
  /* Its cost is that of its new place without anybody asking. */
  g_assert_cmpint (item->assessed_us, >=, done->created_us);
}

static void
test_cancel (EngineFixture *fixture, gconstpointer data)
{
  Scene scene = set_scene (fixture);
  gint64 move_id = move_to_cold (&scene, TRUE);
  g_autofree char *source = engine_fixture_path (fixture, "sub/a.bin");
  g_autoptr (TerraceMove) move = NULL;
  g_autoptr (GError) error = NULL;
  gint64 undo_id = -1;

  engine_fixture_wait (fixture, move_id);
  g_assert_true (engine_fixture_undo (fixture, move_id, &undo_id, &error));
  g_assert_no_error (error);
  g_assert_cmpint (undo_id, ==, 0);
  engine_fixture_wait (fixture, move_id);
  move = get_move (&scene, move_id);
  g_assert_cmpint (move->state, ==, TERRACE_MOVE_CANCELLED);
  terrace_test_assert_file (source, 300000, 1);

  g_assert_false (engine_fixture_undo (fixture, move_id, NULL, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID);
}

static void
test_undo (EngineFixture *fixture, gconstpointer data)
{
  Scene scene = set_scene (fixture);
  gint64 move_id = move_to_cold (&scene, FALSE);
  g_autofree char *source = engine_fixture_path (fixture, "sub/a.bin");
  g_autoptr (TerraceMove) undone = NULL;
  g_autoptr (TerraceItem) item = NULL;
  g_autoptr (GError) error = NULL;
  gint64 undo_id = 0;

  engine_fixture_wait (fixture, 0);
  g_assert_true (engine_fixture_undo (fixture, move_id, &undo_id, &error));
  g_assert_no_error (error);
  g_assert_false (engine_fixture_undo (fixture, move_id, NULL, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_EXISTS);
  g_clear_error (&error);
  engine_fixture_wait (fixture, undo_id);

  undone = get_move (&scene, move_id);
  g_assert_cmpint (undone->undone_by, ==, undo_id);
  g_assert_false (terrace_move_can_undo (undone));
  terrace_test_assert_file (source, 300000, 1);
  item = engine_fixture_find (fixture, source, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (item->class_id, ==, "aws/STANDARD");
}

static void
test_undo_refused (EngineFixture *fixture, gconstpointer data)
{
  Scene scene = set_scene (fixture);
  gint64 move_id = move_to_cold (&scene, FALSE);
  TerraceLocation *cold = terrace_engine_get_location (fixture->engine, scene.cold_id);
  g_autofree char *moved = g_build_filename (cold->root, "sub", "a.bin", NULL);
  g_autoptr (TerraceRegisterReport) report = NULL;
  g_autoptr (GError) error = NULL;
  TerraceMoveOptions onwards = { 0 };

  engine_fixture_wait (fixture, 0);
  terrace_test_make_file (moved, 1234, 8);
  report = engine_fixture_register (fixture, moved);
  g_assert_cmpuint (report->updated, ==, 1);
  g_assert_false (engine_fixture_undo (fixture, move_id, NULL, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_CHANGED);
  g_clear_error (&error);

  onwards.dest_location_id = terrace_engine_find_location (fixture->engine, "Warm")->id;
  engine_fixture_move (fixture, scene.item_id, &onwards, &error);
  g_assert_no_error (error);
  engine_fixture_wait (fixture, 0);
  g_assert_false (engine_fixture_undo (fixture, move_id, NULL, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_CHANGED);
}

static void
test_wait_cancelled (EngineFixture *fixture, gconstpointer data)
{
  Scene scene = set_scene (fixture);
  gint64 move_id = move_to_cold (&scene, FALSE);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) cancelled = NULL;
  g_autoptr (GAsyncResult) closed = NULL;
  g_autoptr (GError) error = NULL;

  /* Nobody carries it out, so both would wait for ever. */
  terrace_engine_wait_async (fixture->engine, &move_id, 1, cancellable, terrace_test_store_result,
                             &cancelled);
  terrace_engine_wait_async (fixture->engine, NULL, 0, NULL, terrace_test_store_result, &closed);
  terrace_test_settle ();
  g_assert_null (cancelled);
  g_cancellable_cancel (cancellable);
  terrace_test_await (&cancelled);
  g_assert_false (terrace_engine_wait_finish (fixture->engine, cancelled, &error));
  g_assert_true (terrace_error_is_cancelled (error));
  g_clear_error (&error);
  g_clear_object (&cancelled);

  g_assert_null (closed);
  {
    g_autoptr (GAsyncResult) result = NULL;

    terrace_engine_close_async (fixture->engine, NULL, terrace_test_store_result, &result);
    terrace_test_await (&result);
    terrace_test_await (&closed);
    g_assert_false (terrace_engine_wait_finish (fixture->engine, closed, &error));
    g_assert_true (terrace_error_is_cancelled (error));
  }
  g_clear_object (&closed);
  g_clear_object (&fixture->engine);
}

/* What one start queued the next one carries out. */
static void
test_next_start (EngineFixture *fixture, gconstpointer data)
{
  Scene scene = set_scene (fixture);
  gint64 move_id = move_to_cold (&scene, FALSE);
  g_autoptr (TerraceMove) move = NULL;

  engine_fixture_close (fixture);
  engine_fixture_open (fixture, TRUE, FALSE);
  engine_fixture_wait (fixture, move_id);
  move = get_move (&scene, move_id);
  g_assert_cmpint (move->state, ==, TERRACE_MOVE_DONE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, data, function)                                                          \
  g_test_add ("/engine/moves/" name, EngineFixture, data, engine_fixture_set_up, function, \
              engine_fixture_tear_down)
  g_test_add_func ("/engine/moves/allows", test_allows);
  ADD ("refused", NULL, test_refused);
  ADD ("free-key", NULL, test_free_key);
  ADD ("wait-cancelled", NULL, test_wait_cancelled);
  ADD ("next-start", NULL, test_next_start);
  ADD ("control", ENGINE_FIXTURE_MOVES, test_control);
  ADD ("cancel", ENGINE_FIXTURE_MOVES, test_cancel);
  ADD ("undo", ENGINE_FIXTURE_MOVES, test_undo);
  ADD ("undo-refused", ENGINE_FIXTURE_MOVES, test_undo_refused);

  return g_test_run ();
}
