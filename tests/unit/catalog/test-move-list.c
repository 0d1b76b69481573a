/* SPDX-License-Identifier: GPL-3.0-or-later */

/* TerraceMoveList: rows keep their objects, final ones come page by page. */

#include "catalog-fixture.h"

#include "base/terrace-limits.h"
#include "catalog/terrace-move-list.h"
#include "terrace-fake-clock.h"
#include "terrace-test-support.h"

/* The first N_FINAL are done. */
#define N_FINAL 200
#define N_MOVES 210

typedef struct
{
  CatalogFixture base;
  TerraceMoveList *list;
  guint n_signals;
  guint n_rows; /* by items_changed alone */
} Fixture;

typedef gboolean (*Change) (TerraceConnection *connection, GError **error);

static gboolean
run_change (TerraceConnection *connection, gpointer data, GError **error)
{
  return ((Change) data) (connection, error);
}

static gboolean
set_state (TerraceConnection *connection, gint64 id, TerraceMoveState state, GError **error)
{
  g_autoptr (TerraceMove) move = terrace_move_table_get (connection, id, error);
  g_autoptr (GPtrArray) claimed = NULL;

  if (move == NULL)
    return FALSE;
  claimed = terrace_move_table_claim (connection, "me", 1000, 2000, N_MOVES, NULL, 0, error);
  move->state = state;
  return claimed != NULL && terrace_move_table_release (connection, move, "me", error);
}

static gboolean
add_moves (TerraceConnection *connection, GError **error)
{
  g_autoptr (TerraceLocation) one = catalog_new_location ("One");
  g_autoptr (TerraceLocation) two = catalog_new_location ("Two");

  if (!terrace_location_table_insert (connection, one, error) ||
      !terrace_location_table_insert (connection, two, error))
    return FALSE;
  for (guint i = 0; i < N_MOVES; i++)
    {
      g_autofree char *key = g_strdup_printf ("%u", i);
      g_autoptr (TerraceItem) item = catalog_add_item (connection, 1, key);
      g_autoptr (TerraceMove) move = catalog_add_move (connection, item->id);

      if (i < N_FINAL && !set_state (connection, move->id, TERRACE_MOVE_DONE, error))
        return FALSE;
    }
  return TRUE;
}

static void
items_changed_cb (Fixture *fixture, guint position, guint removed, guint added)
{
  g_assert_cmpuint (position + removed, <=, fixture->n_rows);
  fixture->n_rows = fixture->n_rows - removed + added;
  fixture->n_signals++;
}

static gboolean
is_loaded (gpointer data)
{
  gboolean loading;

  g_object_get (data, "loading", &loading, NULL);
  return !loading;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  GError *error = NULL;

  catalog_fixture_init (&fixture->base);
  g_object_unref (fixture->base.clock);
  fixture->base.clock = terrace_fake_clock_new (1000000);
  catalog_fixture_open (&fixture->base);
  catalog_write (fixture->base.catalog, run_change, add_moves, &error);
  g_assert_no_error (error);
  terrace_test_settle ();
  fixture->list = terrace_move_list_new (fixture->base.catalog, GPOINTER_TO_INT (data));
  g_signal_connect_swapped (fixture->list, "items-changed", G_CALLBACK (items_changed_cb), fixture);
  terrace_test_await_condition (is_loaded, fixture->list);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_assert_finalize_object (fixture->list);
  catalog_fixture_clear (&fixture->base);
}

static void
change (Fixture *fixture, Change func)
{
  GError *error = NULL;

  terrace_fake_clock_advance_us (TERRACE_FAKE_CLOCK (fixture->base.clock),
                                 10 * TERRACE_US_PER_SECOND);
  terrace_test_settle ();
  fixture->n_signals = 0;
  catalog_write (fixture->base.catalog, run_change, func, &error);
  g_assert_no_error (error);
  terrace_test_settle ();
  terrace_fake_clock_advance_us (TERRACE_FAKE_CLOCK (fixture->base.clock), 1);
  terrace_test_await_condition (is_loaded, fixture->list);
}

/* The rows are those with these ids, newest first. */
static void
assert_rows (Fixture *fixture, gint64 newest, gint64 oldest)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (fixture->list));

  g_assert_cmpuint (n, ==, newest - oldest + 1);
  g_assert_cmpuint (fixture->n_rows, ==, n);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (TerraceMove) move = g_list_model_get_item (G_LIST_MODEL (fixture->list), i);

      g_assert_cmpint (move->id, ==, newest - i);
      g_assert_true (terrace_move_list_find (fixture->list, move->id) == move);
    }
}

static gboolean
start_first_open (TerraceConnection *connection, GError **error)
{
  return set_state (connection, N_FINAL + 1, TERRACE_MOVE_COPYING, error);
}

static gboolean
finish_first_open (TerraceConnection *connection, GError **error)
{
  return set_state (connection, N_FINAL + 1, TERRACE_MOVE_DONE, error);
}

static void
test_open (Fixture *fixture, gconstpointer data)
{
  TerraceMove *move;

  assert_rows (fixture, N_MOVES, N_FINAL + 1);
  move = terrace_move_list_find (fixture->list, N_FINAL + 1);
  g_assert_cmpint (move->state, ==, TERRACE_MOVE_QUEUED);
  change (fixture, start_first_open);
  g_assert_cmpuint (fixture->n_signals, ==, 0);
  g_assert_true (terrace_move_list_find (fixture->list, N_FINAL + 1) == move);
  g_assert_cmpint (move->state, ==, TERRACE_MOVE_COPYING);

  /* Progress that is newer than the row is not taken back. */
  terrace_move_set_progress (move, 77, 8.0);
  change (fixture, start_first_open);
  g_assert_cmpuint (move->done_bytes, ==, 77);
  g_assert_cmpfloat (move->bytes_per_second, ==, 8.0);

  change (fixture, finish_first_open);
  assert_rows (fixture, N_MOVES, N_FINAL + 2);
  g_assert_null (terrace_move_list_find (fixture->list, N_FINAL + 1));
}

static void
test_final (Fixture *fixture, gconstpointer data)
{
  assert_rows (fixture, N_FINAL, N_FINAL - TERRACE_LIMIT_LIST_MODEL_PAGE + 1);
  terrace_move_list_load_more (fixture->list);
  terrace_test_await_condition (is_loaded, fixture->list);
  assert_rows (fixture, N_FINAL, 1);
  terrace_move_list_load_more (fixture->list);
  g_assert_true (is_loaded (fixture->list));
  change (fixture, finish_first_open);
  assert_rows (fixture, N_FINAL + 1, 1);
}

static void
test_all (Fixture *fixture, gconstpointer data)
{
  TerraceMove *move = terrace_move_list_find (fixture->list, N_FINAL + 1);

  assert_rows (fixture, N_MOVES, N_FINAL - TERRACE_LIMIT_LIST_MODEL_PAGE + 1);
  change (fixture, finish_first_open);
  /* The page of final ones has one more at the top, and one less at the end. */
  assert_rows (fixture, N_MOVES, N_FINAL - TERRACE_LIMIT_LIST_MODEL_PAGE + 2);
  g_assert_true (terrace_move_list_find (fixture->list, N_FINAL + 1) == move);
  g_assert_cmpint (move->state, ==, TERRACE_MOVE_DONE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/move-list/open", Fixture, GINT_TO_POINTER (0), set_up, test_open, tear_down);
  g_test_add ("/move-list/final", Fixture, GINT_TO_POINTER (1), set_up, test_final, tear_down);
  g_test_add ("/move-list/all", Fixture, GINT_TO_POINTER (-1), set_up, test_all, tear_down);
  return g_test_run ();
}
