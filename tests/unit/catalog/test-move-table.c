/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Moves: rows, leases, requests, batches, counters. */

#include "catalog-fixture.h"

#include "base/terrace-error.h"

#define ME "me"
#define OTHER "other"

static gboolean
is_moving (TableFixture *fixture, gint64 item_id)
{
  g_autoptr (TerraceItem) item = NULL;
  GError *error = NULL;

  item = terrace_item_table_get (fixture->connection, item_id, &error);
  g_assert_no_error (error);
  return item->moving;
}

static TerraceMove *
get (TableFixture *fixture, gint64 id)
{
  GError *error = NULL;
  TerraceMove *move = terrace_move_table_get (fixture->connection, id, &error);

  g_assert_no_error (error);
  return move;
}

static TerraceMove *
add (TableFixture *fixture, const char *key)
{
  g_autoptr (TerraceItem) item = catalog_add_item (fixture->connection, 1, key);

  return catalog_add_move (fixture->connection, item->id);
}

static GPtrArray *
claim (TableFixture *fixture, const char *owner, gint64 now_us, guint limit)
{
  GError *error = NULL;
  GPtrArray *moves = terrace_move_table_claim (fixture->connection, owner, now_us, now_us + 100,
                                               limit, NULL, 0, &error);

  g_assert_no_error (error);
  return moves;
}

/* The ids that a claim gets, as text; they stay claimed. */
static char *
claim_ids (TableFixture *fixture, const char *owner, gint64 now_us, guint limit)
{
  g_autoptr (GPtrArray) moves = claim (fixture, owner, now_us, limit);
  g_autoptr (GString) ids = g_string_new (NULL);

  for (guint i = 0; i < moves->len; i++)
    g_string_append_printf (ids, "%" G_GINT64_FORMAT " ",
                            ((TerraceMove *) g_ptr_array_index (moves, i))->id);
  return g_string_free (g_steal_pointer (&ids), FALSE);
}

static void
assert_claims (TableFixture *fixture, const char *owner, gint64 now_us, const char *expected)
{
  g_autofree char *ids = claim_ids (fixture, owner, now_us, 10);

  g_assert_cmpstr (ids, ==, expected);
}

/* Claims, sets the state and lets go. */
static void
bring_to (TableFixture *fixture, TerraceMove *move, TerraceMoveState state, gint64 now_us)
{
  g_autofree char *ids = claim_ids (fixture, ME, now_us, 10);
  GError *error = NULL;

  move->state = state;
  terrace_move_table_release (fixture->connection, move, ME, &error);
  g_assert_no_error (error);
}

static void
test_insert (TableFixture *fixture, gconstpointer data)
{
  g_autoptr (TerraceItem) item = catalog_add_item (fixture->connection, 1, "one");
  g_autoptr (TerraceMove) move = catalog_new_move (item->id);
  g_autoptr (TerraceMove) second = catalog_new_move (item->id);
  g_autoptr (TerraceMove) stored = NULL;
  GError *error = NULL;

  move->size_bytes = 12;
  move->upload = g_strdup ("upload");
  move->checksum.kind = TERRACE_CHECKSUM_SHA256;
  move->checksum.bytes[0] = 7;
  move->keep_source = TRUE;
  move->hold = TRUE;
  move->priority = -3;
  move->saving_nanos = 4;
  move->once_nanos = 5;
  move->leave_nanos = 10;
  move->batch_id = 11;
  move->requests_sent = 12;
  move->spent_nanos = 13;
  move->bytes_per_second = 14.5;
  move->created_us = 6;
  move->done_bytes = 8;
  move->error = g_strdup ("oops");
  move->error_code = 9;
  g_assert_false (is_moving (fixture, item->id));
  terrace_move_table_insert (fixture->connection, move, &error);
  g_assert_no_error (error);
  g_assert_true (is_moving (fixture, item->id));

  stored = get (fixture, move->id);
  g_assert_cmpint (stored->item_id, ==, item->id);
  g_assert_cmpstr (stored->name, ==, "name");
  g_assert_cmpuint (stored->size_bytes, ==, 12);
  g_assert_cmpint (stored->source_location_id, ==, 1);
  g_assert_cmpstr (stored->source_key, ==, "source");
  g_assert_cmpstr (stored->source_version, ==, "v1");
  g_assert_cmpstr (stored->source_class_id, ==, "local/disk");
  g_assert_cmpint (stored->dest_location_id, ==, 2);
  g_assert_cmpstr (stored->dest_key, ==, "dest");
  g_assert_cmpstr (stored->dest_class_id, ==, "local/nas");
  g_assert_cmpstr (stored->token, ==, "token");
  g_assert_cmpstr (stored->upload, ==, "upload");
  g_assert_null (stored->dest_version);
  g_assert_true (terrace_digest_equal (&stored->checksum, &move->checksum));
  g_assert_true (stored->keep_source);
  g_assert_true (stored->hold);
  g_assert_cmpint (stored->priority, ==, -3);
  g_assert_cmpint (stored->saving_nanos, ==, 4);
  g_assert_cmpint (stored->once_nanos, ==, 5);
  g_assert_cmpint (stored->leave_nanos, ==, 10);
  g_assert_cmpint (stored->batch_id, ==, 11);
  g_assert_cmpuint (stored->requests_sent, ==, 12);
  g_assert_cmpint (stored->spent_nanos, ==, 13);
  g_assert_cmpfloat (stored->bytes_per_second, ==, 14.5);
  g_assert_cmpint (stored->created_us, ==, 6);
  g_assert_cmpuint (stored->done_bytes, ==, 8);
  g_assert_cmpstr (stored->error, ==, "oops");
  g_assert_cmpint (stored->error_code, ==, 9);

  g_assert_false (terrace_move_table_insert (fixture->connection, second, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_EXISTS);
  g_clear_error (&error);
  g_assert_null (terrace_move_table_get (fixture->connection, 4711, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND);
  g_clear_error (&error);
}

static void
test_claim_order (TableFixture *fixture, gconstpointer data)
{
  g_autoptr (TerraceMove) first = add (fixture, "1");
  g_autoptr (TerraceMove) second = add (fixture, "2");
  g_autoptr (TerraceMove) urgent = add (fixture, "3");
  g_autofree char *two = NULL;
  GError *error = NULL;

  terrace_move_table_set_priority (fixture->connection, urgent->id, 5, &error);
  g_assert_no_error (error);
  g_assert_false (terrace_move_table_set_priority (fixture->connection, 4711, 5, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND);
  g_clear_error (&error);

  two = claim_ids (fixture, ME, 1000, 2);
  g_assert_cmpstr (two, ==, "3 1 ");
  assert_claims (fixture, OTHER, 1000, "2 ");
  assert_claims (fixture, OTHER, 1050, "");
}

static void
test_claim_dead (TableFixture *fixture, gconstpointer data)
{
  g_autoptr (TerraceMove) move = add (fixture, "1");
  g_autoptr (GArray) lost = g_array_new (FALSE, FALSE, sizeof (gint64));
  GError *error = NULL;

  assert_claims (fixture, ME, 1000, "1 ");
  assert_claims (fixture, OTHER, 1100, "");
  terrace_move_table_renew (fixture->connection, ME, 1200, &move->id, 1, lost, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (lost->len, ==, 0);
  assert_claims (fixture, OTHER, 1200, "");
  assert_claims (fixture, OTHER, 1201, "1 ");

  terrace_move_table_renew (fixture->connection, ME, 1300, &move->id, 1, lost, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (lost->len, ==, 1);
  g_assert_cmpint (g_array_index (lost, gint64, 0), ==, move->id);
  move->state = TERRACE_MOVE_COPYING;
  g_assert_false (terrace_move_table_update (fixture->connection, move, ME, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_CHANGED);
  g_clear_error (&error);
  g_assert_false (terrace_move_table_release (fixture->connection, move, ME, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_CHANGED);
  g_clear_error (&error);
  terrace_move_table_update (fixture->connection, move, OTHER, &error);
  g_assert_no_error (error);
}

static void
test_claim_ready (TableFixture *fixture, gconstpointer data)
{
  g_autoptr (TerraceMove) later = add (fixture, "1");
  g_autoptr (TerraceMove) paused = add (fixture, "2");
  g_autoptr (TerraceMove) held = add (fixture, "3");
  g_autoptr (TerraceMove) done = add (fixture, "4");
  GError *error = NULL;

  later->retry_us = 2000;
  held->hold = TRUE;
  bring_to (fixture, later, TERRACE_MOVE_QUEUED, 1000);
  bring_to (fixture, paused, TERRACE_MOVE_PAUSED, 1000);
  bring_to (fixture, held, TERRACE_MOVE_STAGED, 1000);
  bring_to (fixture, done, TERRACE_MOVE_DONE, 1000);

  assert_claims (fixture, ME, 1500, "");
  assert_claims (fixture, ME, 2000, "1 ");

  terrace_move_table_request (fixture->connection, paused->id, TERRACE_MOVE_REQUEST_CANCEL, 4000,
                              &error);
  g_assert_no_error (error);
  terrace_move_table_request (fixture->connection, held->id, TERRACE_MOVE_REQUEST_CANCEL, 4000,
                              &error);
  g_assert_no_error (error);
  assert_claims (fixture, ME, 2000, "2 3 ");
}

static void
test_claim_busy (TableFixture *fixture, gconstpointer data)
{
  g_autoptr (TerraceMove) move = add (fixture, "1");
  g_autoptr (TerraceItem) item = catalog_add_item (fixture->connection, 3, "2");
  g_autoptr (TerraceMove) elsewhere = catalog_new_move (item->id);
  const gint64 busy[] = { 4711, 2 };
  g_autoptr (GPtrArray) moves = NULL;
  GError *error = NULL;

  elsewhere->source_location_id = 3;
  elsewhere->dest_location_id = 1;
  terrace_move_table_insert (fixture->connection, elsewhere, &error);
  g_assert_no_error (error);
  moves = terrace_move_table_claim (fixture->connection, ME, 1000, 1100, 10, busy,
                                    G_N_ELEMENTS (busy), &error);
  g_assert_no_error (error);
  g_assert_cmpuint (moves->len, ==, 1);
  g_assert_cmpint (((TerraceMove *) g_ptr_array_index (moves, 0))->id, ==, elsewhere->id);
}

static void
test_update (TableFixture *fixture, gconstpointer data)
{
  g_autoptr (TerraceMove) move = add (fixture, "1");
  g_autoptr (TerraceMove) stored = NULL;
  GError *error = NULL;

  g_assert_false (terrace_move_table_update (fixture->connection, move, ME, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_CHANGED);
  g_clear_error (&error);

  assert_claims (fixture, ME, 1000, "1 ");
  move->state = TERRACE_MOVE_VERIFYING;
  move->resume_state = TERRACE_MOVE_COPYING;
  move->dest_version = g_strdup ("etag");
  move->attempts = 2;
  move->started_us = 3;
  move->updated_us = 4;
  move->finished_us = 5;
  move->done_bytes = 6;
  terrace_move_table_update (fixture->connection, move, ME, &error);
  g_assert_no_error (error);
  stored = get (fixture, move->id);
  g_assert_cmpint (stored->state, ==, TERRACE_MOVE_VERIFYING);
  g_assert_cmpint (stored->resume_state, ==, TERRACE_MOVE_COPYING);
  g_assert_cmpstr (stored->dest_version, ==, "etag");
  g_assert_cmpuint (stored->attempts, ==, 2);
  g_assert_cmpint (stored->started_us, ==, 3);
  g_assert_cmpint (stored->updated_us, ==, 4);
  g_assert_cmpint (stored->finished_us, ==, 5);
  g_assert_cmpuint (stored->done_bytes, ==, 6);
}

static void
test_release (TableFixture *fixture, gconstpointer data)
{
  g_autoptr (TerraceMove) move = add (fixture, "1");
  g_autoptr (TerraceMove) again = NULL;

  bring_to (fixture, move, TERRACE_MOVE_QUEUED, 1000);
  g_assert_true (is_moving (fixture, move->item_id));
  bring_to (fixture, move, TERRACE_MOVE_DONE, 1001);
  g_assert_false (is_moving (fixture, move->item_id));
  again = catalog_add_move (fixture->connection, move->item_id);
  g_assert_true (is_moving (fixture, move->item_id));
}

static void
test_request (TableFixture *fixture, gconstpointer data)
{
  g_autoptr (TerraceMove) move = add (fixture, "1");
  g_autoptr (GPtrArray) requested = NULL;
  g_autoptr (GPtrArray) none = NULL;
  GError *error = NULL;

  assert_claims (fixture, ME, 1000, "1 ");
  none = terrace_move_table_requested (fixture->connection, ME, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (none->len, ==, 0);
  terrace_move_table_request (fixture->connection, move->id, TERRACE_MOVE_REQUEST_PAUSE, 4000,
                              &error);
  g_assert_no_error (error);
  requested = terrace_move_table_requested (fixture->connection, ME, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (requested->len, ==, 1);
  g_assert_cmpint (((TerraceMove *) g_ptr_array_index (requested, 0))->request, ==,
                   TERRACE_MOVE_REQUEST_PAUSE);

  move->state = TERRACE_MOVE_PAUSED;
  terrace_move_table_update (fixture->connection, move, ME, &error);
  g_assert_no_error (error);
  g_assert_false (terrace_move_table_request (fixture->connection, move->id,
                                              TERRACE_MOVE_REQUEST_PAUSE, 4000, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID);
  g_clear_error (&error);
  move->state = TERRACE_MOVE_COMMITTING;
  terrace_move_table_update (fixture->connection, move, ME, &error);
  g_assert_no_error (error);
  g_assert_false (terrace_move_table_request (fixture->connection, move->id,
                                              TERRACE_MOVE_REQUEST_CANCEL, 4000, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_false (terrace_move_table_request (fixture->connection, 4711,
                                              TERRACE_MOVE_REQUEST_CANCEL, 4000, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND);
  g_clear_error (&error);
}

static void
requeue (TableFixture *fixture, gint64 id)
{
  GError *error = NULL;

  terrace_move_table_requeue (fixture->connection, id, 5000, &error);
  g_assert_no_error (error);
}

static void
test_requeue (TableFixture *fixture, gconstpointer data)
{
  g_autoptr (TerraceMove) paused = add (fixture, "1");
  g_autoptr (TerraceMove) failed = add (fixture, "2");
  g_autoptr (TerraceMove) held = add (fixture, "3");
  g_autoptr (TerraceMove) stored = NULL;
  g_autoptr (TerraceMove) other = NULL;
  GError *error = NULL;

  g_assert_false (terrace_move_table_requeue (fixture->connection, paused->id, 5000, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID);
  g_clear_error (&error);

  paused->resume_state = TERRACE_MOVE_COPYING;
  failed->attempts = 6;
  failed->retry_us = 99999;
  failed->error = g_strdup ("oops");
  failed->error_code = TERRACE_ERROR_IO;
  held->hold = TRUE;
  bring_to (fixture, paused, TERRACE_MOVE_PAUSED, 1000);
  bring_to (fixture, failed, TERRACE_MOVE_FAILED, 1000);
  bring_to (fixture, held, TERRACE_MOVE_STAGED, 1000);
  g_assert_false (is_moving (fixture, failed->item_id));

  requeue (fixture, paused->id);
  requeue (fixture, failed->id);
  requeue (fixture, held->id);
  g_assert_true (is_moving (fixture, failed->item_id));
  stored = get (fixture, failed->id);
  g_assert_cmpint (stored->state, ==, TERRACE_MOVE_QUEUED);
  g_assert_cmpuint (stored->attempts, ==, 0);
  g_assert_cmpint (stored->retry_us, ==, 0);
  g_assert_null (stored->error);
  g_clear_object (&stored);
  stored = get (fixture, paused->id);
  g_assert_cmpint (stored->state, ==, TERRACE_MOVE_COPYING);
  g_clear_object (&stored);
  stored = get (fixture, held->id);
  g_assert_cmpint (stored->state, ==, TERRACE_MOVE_STAGED);
  g_assert_false (stored->hold);
  assert_claims (fixture, ME, 6000, "1 2 3 ");

  /* A failed move cannot come back beside a new one of the same object. */
  failed->state = TERRACE_MOVE_FAILED;
  terrace_move_table_release (fixture->connection, failed, ME, &error);
  g_assert_no_error (error);
  other = catalog_add_move (fixture->connection, failed->item_id);
  g_assert_false (terrace_move_table_requeue (fixture->connection, failed->id, 5000, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_EXISTS);
  g_clear_error (&error);
}

static void
test_undo (TableFixture *fixture, gconstpointer data)
{
  g_autoptr (TerraceMove) move = add (fixture, "1");
  g_autoptr (TerraceMove) undo = catalog_new_move (move->item_id);
  g_autoptr (TerraceMove) stored = NULL;
  GError *error = NULL;

  bring_to (fixture, move, TERRACE_MOVE_DONE, 1000);
  undo->undo_of = move->id;
  terrace_move_table_insert (fixture->connection, undo, &error);
  g_assert_no_error (error);
  stored = get (fixture, move->id);
  g_assert_cmpint (stored->undone_by, ==, undo->id);

  bring_to (fixture, undo, TERRACE_MOVE_CANCELLED, 2000);
  g_clear_object (&stored);
  stored = get (fixture, move->id);
  g_assert_cmpint (stored->undone_by, ==, 0);
}

static void
assert_page (TableFixture *fixture, int final, gint64 before_id, guint limit, const char *expected)
{
  g_autoptr (GPtrArray) moves = NULL;
  g_autoptr (GString) ids = g_string_new (NULL);
  GError *error = NULL;

  moves = terrace_move_table_page (fixture->connection, final, before_id, limit, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < moves->len; i++)
    g_string_append_printf (ids, "%" G_GINT64_FORMAT " ",
                            ((TerraceMove *) g_ptr_array_index (moves, i))->id);
  g_assert_cmpstr (ids->str, ==, expected);
}

static void
test_page (TableFixture *fixture, gconstpointer data)
{
  guint64 counts[TERRACE_MOVE_CANCELLED + 1];
  g_autoptr (GPtrArray) of_item = NULL;
  GError *error = NULL;

  for (guint i = 1; i <= 6; i++)
    {
      g_autofree char *key = g_strdup_printf ("%u", i);
      g_autoptr (TerraceMove) move = add (fixture, key);

      if (i % 2 == 0)
        bring_to (fixture, move, i == 6 ? TERRACE_MOVE_FAILED : TERRACE_MOVE_DONE, 1000 * i);
    }
  assert_page (fixture, -1, 0, 10, "6 5 4 3 2 1 ");
  assert_page (fixture, -1, 5, 2, "4 3 ");
  assert_page (fixture, 0, 0, 10, "5 3 1 ");
  assert_page (fixture, 0, 3, 10, "1 ");
  assert_page (fixture, 1, 0, 2, "6 4 ");
  assert_page (fixture, 1, 4, 2, "2 ");

  of_item = terrace_move_table_of_item (fixture->connection, 4, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (of_item->len, ==, 1);

  terrace_move_table_counts (fixture->connection, counts, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (counts[TERRACE_MOVE_QUEUED], ==, 3);
  g_assert_cmpuint (counts[TERRACE_MOVE_DONE], ==, 2);
  g_assert_cmpuint (counts[TERRACE_MOVE_FAILED], ==, 1);
  g_assert_cmpuint (counts[TERRACE_MOVE_PAUSED], ==, 0);
}

static gint64
get_spent (TableFixture *fixture, gint64 batch_id)
{
  gint64 spent_nanos = -1;
  GError *error = NULL;

  terrace_move_batch_table_get_spent (fixture->connection, batch_id, &spent_nanos, &error);
  g_assert_no_error (error);
  return spent_nanos;
}

static void
test_batches (TableFixture *fixture, gconstpointer data)
{
  gint64 first = 0;
  gint64 second = 0;
  GError *error = NULL;

  terrace_move_batch_table_insert (fixture->connection, 5, &first, &error);
  g_assert_no_error (error);
  terrace_move_batch_table_insert (fixture->connection, 6, &second, &error);
  g_assert_no_error (error);
  g_assert_cmpint (first, !=, second);

  terrace_move_batch_table_spend (fixture->connection, first, 50, &error);
  g_assert_no_error (error);
  terrace_move_batch_table_spend (fixture->connection, first, -20, &error);
  g_assert_no_error (error);
  g_assert_cmpint (get_spent (fixture, first), ==, 30);
  g_assert_cmpint (get_spent (fixture, second), ==, 0);
  g_assert_cmpint (get_spent (fixture, 4711), ==, 0);
}

/* Between two attempts nobody carries the move, so the pause is there at once. */
static void
test_pause_while_waiting (TableFixture *fixture, gconstpointer data)
{
  g_autoptr (TerraceMove) move = add (fixture, "1");
  g_autoptr (TerraceMove) stored = NULL;
  g_autoptr (TerraceMove) resumed = NULL;
  GError *error = NULL;

  move->retry_us = 1000;
  move->upload = g_strdup ("upload");
  bring_to (fixture, move, TERRACE_MOVE_COPYING, 10);
  terrace_move_table_request (fixture->connection, move->id, TERRACE_MOVE_REQUEST_PAUSE, 20,
                              &error);
  g_assert_no_error (error);
  stored = get (fixture, move->id);
  g_assert_cmpint (stored->state, ==, TERRACE_MOVE_PAUSED);
  g_assert_cmpint (stored->resume_state, ==, TERRACE_MOVE_COPYING);
  g_assert_cmpint (stored->request, ==, TERRACE_MOVE_REQUEST_NONE);
  g_assert_cmpint (stored->retry_us, ==, 0);
  g_assert_cmpstr (stored->upload, ==, "upload");
  assert_claims (fixture, ME, 2000, "");

  terrace_move_table_requeue (fixture->connection, move->id, 30, &error);
  g_assert_no_error (error);
  resumed = get (fixture, move->id);
  g_assert_cmpint (resumed->state, ==, TERRACE_MOVE_COPYING);
}

/* A move back that failed does not stand in the way of another; tried again it counts again. */
static void
test_failed_undo (TableFixture *fixture, gconstpointer data)
{
  g_autoptr (TerraceMove) move = add (fixture, "1");
  g_autoptr (TerraceMove) back = catalog_new_move (move->item_id);
  g_autoptr (TerraceMove) after_failure = NULL;
  g_autoptr (TerraceMove) after_retry = NULL;
  GError *error = NULL;

  bring_to (fixture, move, TERRACE_MOVE_DONE, 10);
  back->undo_of = move->id;
  terrace_move_table_insert (fixture->connection, back, &error);
  g_assert_no_error (error);
  bring_to (fixture, back, TERRACE_MOVE_FAILED, 20);
  after_failure = get (fixture, move->id);
  g_assert_cmpint (after_failure->undone_by, ==, 0);

  terrace_move_table_requeue (fixture->connection, back->id, 30, &error);
  g_assert_no_error (error);
  after_retry = get (fixture, move->id);
  g_assert_cmpint (after_retry->undone_by, ==, back->id);
}

#define ADD(path, func) \
  g_test_add (path, TableFixture, NULL, table_fixture_set_up, func, table_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/move-table/insert", test_insert);
  ADD ("/move-table/claim-order", test_claim_order);
  ADD ("/move-table/claim-dead", test_claim_dead);
  ADD ("/move-table/claim-ready", test_claim_ready);
  ADD ("/move-table/claim-busy", test_claim_busy);
  ADD ("/move-table/update", test_update);
  ADD ("/move-table/release", test_release);
  ADD ("/move-table/request", test_request);
  ADD ("/move-table/requeue", test_requeue);
  ADD ("/move-table/undo", test_undo);
  ADD ("/move-table/page", test_page);
  ADD ("/move-table/batches", test_batches);
  ADD ("/move-table/pause-while-waiting", test_pause_while_waiting);
  ADD ("/move-table/failed-undo", test_failed_undo);
  return g_test_run ();
}
