/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What moves cost: requests counted and priced, caps kept, and classes changed without a copy. */

#include "config.h"

#include "transfer-fixture.h"

#include "base/terrace-error.h"
#include "base/terrace-limits.h"
#include "base/terrace-units.h"
#include "terrace-test-support.h"
#include "transfer/terrace-meter.h"

#define PART ((guint64) TERRACE_LIMIT_PART_BYTES)
/* Each request of these tests costs a round sum. */
#define PUT_NANOS 1000
#define GET_NANOS 10
#define TRANSITION_NANOS 500

static TerraceStorageClass *classes[N_PLACES];

static TerraceStorageClass *
find_class (const char *class_id, gpointer user_data)
{
  for (guint i = 0; i < N_PLACES; i++)
    if (g_strcmp0 (classes[i]->id, class_id) == 0)
      return classes[i];

  return NULL;
}

static void
make_classes (void)
{
  for (guint i = 0; i < N_PLACES; i++)
    {
      g_autofree char *id = g_strdup_printf ("class/%u", i);

      classes[i] = terrace_storage_class_new (id, id);
      classes[i]->put_request = terrace_money_from_nanos (PUT_NANOS);
      classes[i]->get_request = terrace_money_from_nanos (GET_NANOS);
      classes[i]->transition_request = terrace_money_from_nanos (TRANSITION_NANOS);
    }
}

static void
free_classes (void)
{
  for (guint i = 0; i < N_PLACES; i++)
    g_clear_pointer (&classes[i], terrace_storage_class_unref);
}

static void
start (TransferFixture *self, gint64 cap_nanos)
{
  self->queue = transfer_fixture_new_queue (self);
  terrace_queue_set_classes (self->queue, find_class);
  terrace_queue_set_spend_cap (self->queue, cap_nanos, "USD");
  terrace_queue_start (self->queue);
}

/* A move of place 0 to place 1 that is expected to cost @once_nanos, in a batch. */
static gint64
add_priced (TransferFixture *self, const char *key, gint64 once_nanos, gint64 batch_id)
{
  gint64 item_id = transfer_fixture_add_item (self, key, 100, 1);
  TerraceMove *move = transfer_fixture_new_move (self, item_id, 1);

  move->once_nanos = once_nanos;
  move->batch_id = batch_id;

  return transfer_fixture_queue_move (self, move);
}

static gboolean
insert_batch (TerraceConnection *connection, gpointer data, GError **error)
{
  return terrace_move_batch_table_insert (connection, 1, data, error);
}

static gboolean
read_spent (TerraceConnection *connection, gpointer data, GError **error)
{
  gint64 *number = data;

  return terrace_move_batch_table_get_spent (connection, *number, number, error);
}

static gint64
get_spent (TransferFixture *self, gint64 batch_id)
{
  gint64 number = batch_id;

  transfer_fixture_write (self, read_spent, &number);

  return number;
}

static void
assert_state (TransferFixture *self, gint64 move_id, TerraceMoveState state)
{
  g_autoptr (TerraceMove) move = transfer_fixture_get_move (self, move_id);

  g_assert_cmpint (move->state, ==, state);
}

/* --- Counting ----------------------------------------------------------------------------------
 */

/* A disk is free; the place that plays a cloud is looked at, written to and looked at again. That
 * it is read back, because it has no checksum of its own, does not count. */
static void
test_single_part (TransferFixture *self, gconstpointer data)
{
  gint64 id = transfer_fixture_add_move (self, "a", 1000, 1);
  g_autoptr (TerraceMove) move = NULL;
  guint gets;

  start (self, 0);
  transfer_fixture_run (self);
  move = transfer_fixture_get_move (self, id);
  g_assert_cmpint (move->state, ==, TERRACE_MOVE_DONE);
  gets = fault_provider_get_n_calls (self->faults[1], FAULT_CALL_STAT);
  g_assert_cmpuint (move->requests_sent, ==, gets + 1);
  g_assert_cmpint (move->spent_nanos, ==, gets * GET_NANOS + PUT_NANOS);
  g_assert_cmpuint (move->requests_sent, ==,
                    terrace_meter_expected_requests (1000, FALSE, TRUE, FALSE, FALSE));
}

static void
test_parts (TransferFixture *self, gconstpointer data)
{
  gint64 id = transfer_fixture_add_move (self, "a", 3 * PART + 1, 1);
  g_autoptr (TerraceMove) move = NULL;
  guint gets;

  start (self, 0);
  transfer_fixture_run (self);
  move = transfer_fixture_get_move (self, id);
  gets = fault_provider_get_n_calls (self->faults[1], FAULT_CALL_STAT);
  /* Begun, four parts, finished. */
  g_assert_cmpint (move->spent_nanos, ==, gets * GET_NANOS + 6 * PUT_NANOS);
  g_assert_cmpuint (move->requests_sent, ==,
                    terrace_meter_expected_requests (3 * PART + 1, FALSE, TRUE, FALSE, FALSE));
}

/* From one cloud to another: the source's requests count too. */
static void
test_both_sides (TransferFixture *self, gconstpointer data)
{
  gint64 item_id = transfer_fixture_add_item (self, "a", PART + 1, 1);
  g_autoptr (TerraceMove) first = NULL;
  g_autoptr (TerraceMove) second = NULL;
  TerraceMove *on;
  gint64 id;

  id = transfer_fixture_queue_move (self, transfer_fixture_new_move (self, item_id, 1));
  fault_provider_mask (self->faults[2], TERRACE_CAPABILITY_COPY_FROM);
  start (self, 0);
  transfer_fixture_run (self);
  first = transfer_fixture_get_move (self, id);
  g_assert_cmpint (first->state, ==, TERRACE_MOVE_DONE);

  on = transfer_fixture_new_move (self, item_id, 2);
  id = transfer_fixture_queue_move (self, on);
  terrace_queue_poke (self->queue);
  transfer_fixture_run (self);
  second = transfer_fixture_get_move (self, id);
  g_assert_cmpint (second->state, ==, TERRACE_MOVE_DONE);
  g_assert_cmpuint (second->requests_sent, ==,
                    terrace_meter_expected_requests (PART + 1, TRUE, TRUE, FALSE, FALSE));
}

/* --- The cap -----------------------------------------------------------------------------------
 */

static void
test_cap (TransferFixture *self, gconstpointer data)
{
  gint64 batch_id = 0;
  gint64 ids[4];
  g_autoptr (TerraceMove) paused = NULL;

  transfer_fixture_write (self, insert_batch, &batch_id);
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    {
      g_autofree char *key = g_strdup_printf ("f%u", i);

      ids[i] = add_priced (self, key, 4000, batch_id);
    }
  self->queue = transfer_fixture_new_queue (self);
  terrace_queue_set_classes (self->queue, find_class);
  terrace_queue_set_max_active (self->queue, 1);
  /* Each does cost some 1,040, so that two are through when a third would not fit. */
  terrace_queue_set_spend_cap (self->queue, 6000, "USD");
  terrace_queue_start (self->queue);
  transfer_fixture_run (self);

  assert_state (self, ids[0], TERRACE_MOVE_DONE);
  assert_state (self, ids[1], TERRACE_MOVE_DONE);
  assert_state (self, ids[2], TERRACE_MOVE_PAUSED);
  assert_state (self, ids[3], TERRACE_MOVE_PAUSED);
  g_assert_cmpint (get_spent (self, batch_id), <=, 6000);
  g_assert_cmpint (get_spent (self, batch_id), >, 2000);
  paused = transfer_fixture_get_move (self, ids[2]);
  g_assert_cmpint (paused->error_code, ==, TERRACE_ERROR_LIMIT);
  g_assert_nonnull (strstr (paused->error, "Raise the cap"));
  g_assert_cmpint (paused->started_us, ==, 0);

  /* Raised, it goes on. */
  terrace_queue_set_spend_cap (self->queue, 0, "USD");
  transfer_fixture_requeue (self, ids[2]);
  transfer_fixture_requeue (self, ids[3]);
  transfer_fixture_run (self);
  assert_state (self, ids[2], TERRACE_MOVE_DONE);
  assert_state (self, ids[3], TERRACE_MOVE_DONE);
}

/* Moves that run at the same time count with what they are expected to cost. */
static void
test_cap_counts_ahead (TransferFixture *self, gconstpointer data)
{
  gint64 batch_id = 0;
  gint64 first;
  gint64 second;
  gint64 alone;
  g_autoptr (TerraceMove) one = NULL;
  g_autoptr (TerraceMove) other = NULL;

  transfer_fixture_write (self, insert_batch, &batch_id);
  first = add_priced (self, "a", 4000, batch_id);
  second = add_priced (self, "b", 4000, batch_id);
  alone = add_priced (self, "c", 400000, 0);
  start (self, 6000);
  transfer_fixture_run (self);

  /* Whichever came first. */
  one = transfer_fixture_get_move (self, first);
  other = transfer_fixture_get_move (self, second);
  g_assert_cmpint (one->state + other->state, ==, TERRACE_MOVE_DONE + TERRACE_MOVE_PAUSED);
  assert_state (self, alone, TERRACE_MOVE_DONE);
}

/* --- Classes -----------------------------------------------------------------------------------
 */

static gint64
add_class_change (TransferFixture *self, gint64 *item_id)
{
  TerraceMove *move;

  *item_id = transfer_fixture_add_item (self, "a", 1000, 1);
  move = transfer_fixture_new_move (self, *item_id, 1);
  move->dest_location_id = 1;
  move->leave_nanos = 7;

  return transfer_fixture_queue_move (self, move);
}

static void
test_class (TransferFixture *self, gconstpointer data)
{
  gint64 item_id;
  gint64 id = add_class_change (self, &item_id);
  g_autoptr (TerraceMove) move = NULL;
  g_autoptr (TerraceItem) item = NULL;
  g_autoptr (GPtrArray) replicas = NULL;
  g_autofree char *names = NULL;

  start (self, 0);
  transfer_fixture_run (self);

  move = transfer_fixture_get_move (self, id);
  item = transfer_fixture_get_item (self, item_id);
  replicas = transfer_fixture_get_replicas (self, item_id);
  names = transfer_fixture_list (self, 0);
  g_assert_cmpint (move->state, ==, TERRACE_MOVE_DONE);
  g_assert_cmpint (move->spent_nanos, ==, 7);
  g_assert_cmpstr (item->class_id, ==, "class/1");
  g_assert_cmpint (item->tier, ==, TERRACE_TIER_COLD);
  g_assert_cmpstr (item->key, ==, "a");
  g_assert_false (item->moving);
  g_assert_cmpuint (replicas->len, ==, 1);
  g_assert_cmpstr (names, ==, "a ");
  g_assert_cmpstr (fault_provider_get_class (self->faults[0]), ==, "class/1");
  g_assert_cmpuint (fault_provider_get_n_calls (self->faults[0], FAULT_CALL_READ), ==, 0);
  g_assert_cmpuint (fault_provider_get_n_calls (self->faults[0], FAULT_CALL_REMOVE), ==, 0);
}

/* The answer was lost: the second attempt sees that it has happened. */
static void
test_class_happened (TransferFixture *self, gconstpointer data)
{
  gint64 item_id;
  gint64 id = add_class_change (self, &item_id);

  fault_provider_play_class (self->faults[0], "class/0");
  fault_provider_fail (self->faults[0], FAULT_CALL_SET_CLASS, 1, 1, TERRACE_ERROR_UNREACHABLE);
  start (self, 0);
  transfer_fixture_run (self);
  fault_provider_play_class (self->faults[0], "class/1");
  transfer_fixture_run_all (self);

  assert_state (self, id, TERRACE_MOVE_DONE);
  g_assert_cmpuint (fault_provider_get_n_calls (self->faults[0], FAULT_CALL_SET_CLASS), ==, 1);
}

/* The only copy stays, whatever fails or is cancelled. */
static void
test_class_refused (TransferFixture *self, gconstpointer data)
{
  gint64 item_id;
  gint64 id = add_class_change (self, &item_id);
  g_autoptr (GPtrArray) replicas = NULL;
  g_autofree char *names = NULL;

  fault_provider_fail (self->faults[0], FAULT_CALL_SET_CLASS, 1, 9, TERRACE_ERROR_PERMISSION);
  start (self, 0);
  transfer_fixture_run_all (self);

  replicas = transfer_fixture_get_replicas (self, item_id);
  names = transfer_fixture_list (self, 0);
  assert_state (self, id, TERRACE_MOVE_FAILED);
  g_assert_cmpuint (replicas->len, ==, 1);
  g_assert_cmpstr (names, ==, "a ");
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  make_classes ();

#define ADD(path, func)                                                   \
  g_test_add (path, TransferFixture, NULL, transfer_fixture_set_up, func, \
              transfer_fixture_tear_down)
  ADD ("/transfer/meter/single-part", test_single_part);
  ADD ("/transfer/meter/parts", test_parts);
  ADD ("/transfer/meter/both-sides", test_both_sides);
  ADD ("/transfer/meter/cap", test_cap);
  ADD ("/transfer/meter/cap-counts-ahead", test_cap_counts_ahead);
  ADD ("/transfer/meter/class", test_class);
  ADD ("/transfer/meter/class-happened", test_class_happened);
  ADD ("/transfer/meter/class-refused", test_class_refused);
#undef ADD

  status = g_test_run ();
  free_classes ();

  return status;
}
