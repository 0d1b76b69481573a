/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The life of a move, over real files. */

#include "config.h"

#include "transfer-fixture.h"

#include <glib/gstdio.h>

#include "base/terrace-error.h"
#include "base/terrace-limits.h"
#include "catalog/terrace-setting-table.h"
#include "model/terrace-event.h"
#include "terrace-test-support.h"
#include "transfer/terrace-queue-owner.h"
#include "transfer/terrace-queue-private.h"

#define PART ((guint64) TERRACE_LIMIT_PART_BYTES)

static void
assert_story (TransferFixture *self, const char *story)
{
  g_assert_cmpstr (self->story->str, ==, story);
  g_string_truncate (self->story, 0);
}

static void
assert_listing (TransferFixture *self, guint place, const char *expected)
{
  g_autofree char *names = transfer_fixture_list (self, place);

  g_assert_cmpstr (names, ==, expected);
}

static void
assert_file (TransferFixture *self, guint place, const char *key, guint64 size_bytes, guint seed)
{
  g_autofree char *path = transfer_fixture_path (self, place, key);

  terrace_test_assert_file (path, size_bytes, seed);
}

static void
assert_state (TransferFixture *self, gint64 move_id, TerraceMoveState state)
{
  g_autoptr (TerraceMove) move = transfer_fixture_get_move (self, move_id);

  g_assert_cmpstr (terrace_enum_to_nick (TERRACE_TYPE_MOVE_STATE, (int) move->state), ==,
                   terrace_enum_to_nick (TERRACE_TYPE_MOVE_STATE, (int) state));
}

/* The item lies in @place with one copy, which is the file there. */
static void
assert_lies (TransferFixture *self, gint64 item_id, guint place, const char *key)
{
  g_autoptr (TerraceItem) item = transfer_fixture_get_item (self, item_id);
  g_autoptr (GPtrArray) replicas = transfer_fixture_get_replicas (self, item_id);

  g_assert_cmpint (item->location_id, ==, place + 1);
  g_assert_cmpstr (item->key, ==, key);
  g_assert_false (item->moving);
  g_assert_cmpuint (replicas->len, ==, 1);
}

static void
test_life (TransferFixture *self, gconstpointer data)
{
  gint64 id = transfer_fixture_add_move (self, "a/file.bin", 3 * PART + 17, 1);
  g_autoptr (TerraceItem) item = NULL;

  transfer_fixture_start (self);
  transfer_fixture_run (self);

  assert_story (self, "1:copying 1:verifying 1:staged 1:committing 1:done ");
  assert_state (self, id, TERRACE_MOVE_DONE);
  assert_listing (self, 0, "");
  assert_listing (self, 1, "a/file.bin ");
  assert_file (self, 1, "a/file.bin", 3 * PART + 17, 1);
  assert_lies (self, 1, 1, "a/file.bin");
  item = transfer_fixture_get_item (self, 1);
  g_assert_cmpint (item->tier, ==, TERRACE_TIER_COLD);
  g_assert_cmpstr (item->class_id, ==, "class/1");
  g_assert_cmpint (item->checksum.kind, ==, TERRACE_CHECKSUM_SHA256);
}

static void
test_small (TransferFixture *self, gconstpointer data)
{
  const guint64 sizes[] = { 0, 1, 4096, 65536, 65537, PART - 1, PART, PART + 1 };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autofree char *key = g_strdup_printf ("f%u", i);

      transfer_fixture_add_move (self, key, sizes[i], i);
    }
  transfer_fixture_start (self);
  transfer_fixture_run (self);

  assert_listing (self, 0, "");
  assert_listing (self, 1, "f0 f1 f2 f3 f4 f5 f6 f7 ");
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autofree char *key = g_strdup_printf ("f%u", i);

      assert_file (self, 1, key, sizes[i], i);
      assert_lies (self, i + 1, 1, key);
    }
}

static void
test_copy (TransferFixture *self, gconstpointer data)
{
  gint64 item_id = transfer_fixture_add_item (self, "x", 1000, 1);
  TerraceMove *move = transfer_fixture_new_move (self, item_id, 1);
  g_autoptr (TerraceItem) item = NULL;
  g_autoptr (GPtrArray) replicas = NULL;

  move->keep_source = TRUE;
  transfer_fixture_queue_move (self, move);
  transfer_fixture_start (self);
  transfer_fixture_run (self);

  assert_story (self, "1:copying 1:verifying 1:staged 1:done ");
  assert_file (self, 0, "x", 1000, 1);
  assert_file (self, 1, "x", 1000, 1);
  item = transfer_fixture_get_item (self, item_id);
  g_assert_cmpint (item->location_id, ==, 1);
  replicas = transfer_fixture_get_replicas (self, item_id);
  g_assert_cmpuint (replicas->len, ==, 2);
  g_assert_cmpint (((TerraceReplica *) g_ptr_array_index (replicas, 1))->verified_us, >, 0);
}

static gboolean
want_two_copies (TerraceConnection *connection, gpointer data, GError **error)
{
  TerracePolicy policy;

  terrace_policy_init (&policy);
  policy.wanted_copies = 2;

  return terrace_policy_table_set (connection, &policy, error);
}

static void
test_wanted_copies (TransferFixture *self, gconstpointer data)
{
  g_autoptr (TerraceItem) item = NULL;
  g_autoptr (GPtrArray) replicas = NULL;

  transfer_fixture_write (self, want_two_copies, NULL);
  transfer_fixture_add_move (self, "x", 1000, 1);
  transfer_fixture_start (self);
  transfer_fixture_run (self);

  assert_story (self, "1:copying 1:verifying 1:staged 1:done ");
  assert_file (self, 0, "x", 1000, 1);
  assert_file (self, 1, "x", 1000, 1);
  item = transfer_fixture_get_item (self, 1);
  g_assert_cmpint (item->location_id, ==, 2);
  replicas = transfer_fixture_get_replicas (self, 1);
  g_assert_cmpuint (replicas->len, ==, 2);
}

static gint64
add_held (TransferFixture *self)
{
  TerraceMove *move =
      transfer_fixture_new_move (self, transfer_fixture_add_item (self, "x", 1000, 1), 1);
  gint64 id;

  move->hold = TRUE;
  id = transfer_fixture_queue_move (self, move);
  transfer_fixture_start (self);
  transfer_fixture_run (self);

  assert_story (self, "1:copying 1:verifying 1:staged ");
  assert_state (self, id, TERRACE_MOVE_STAGED);
  assert_file (self, 0, "x", 1000, 1);
  assert_file (self, 1, "x", 1000, 1);

  return id;
}

static void
test_hold_commit (TransferFixture *self, gconstpointer data)
{
  gint64 id = add_held (self);

  transfer_fixture_requeue (self, id);
  transfer_fixture_run (self);

  assert_story (self, "1:committing 1:done ");
  assert_listing (self, 0, "");
  assert_file (self, 1, "x", 1000, 1);
  assert_lies (self, 1, 1, "x");
}

static void
test_hold_cancel (TransferFixture *self, gconstpointer data)
{
  gint64 id = add_held (self);

  transfer_fixture_request (self, id, TERRACE_MOVE_REQUEST_CANCEL);
  transfer_fixture_run (self);

  assert_state (self, id, TERRACE_MOVE_CANCELLED);
  assert_listing (self, 0, "x ");
  assert_listing (self, 1, "");
  assert_lies (self, 1, 0, "x");
}

/* Cancelling must not remove the only copy that is left. */
static void
test_rescue (TransferFixture *self, gconstpointer data)
{
  gint64 id = add_held (self);
  g_autofree char *path = transfer_fixture_path (self, 0, "x");

  g_assert_cmpint (g_unlink (path), ==, 0);
  transfer_fixture_request (self, id, TERRACE_MOVE_REQUEST_CANCEL);
  transfer_fixture_run (self);

  assert_state (self, id, TERRACE_MOVE_DONE);
  assert_file (self, 1, "x", 1000, 1);
  assert_lies (self, 1, 1, "x");
}

static gboolean
is_held (gpointer data)
{
  return fault_provider_get_n_held (data) > 0;
}

static gboolean
has_written_two (gpointer data)
{
  return fault_provider_get_n_calls (data, FAULT_CALL_WRITE) >= 3 &&
         fault_provider_get_bytes_written (data) >= 2 * PART;
}

static void
test_pause_resume (TransferFixture *self, gconstpointer data)
{
  guint64 size = 6 * PART + 5;
  gint64 id = transfer_fixture_add_move (self, "x", size, 1);
  guint64 written;

  fault_provider_hold (self->faults[1], FAULT_CALL_WRITE, 3);
  transfer_fixture_start (self);
  terrace_test_await_condition (has_written_two, self->faults[1]);
  terrace_test_await_condition (is_held, self->faults[1]);
  transfer_fixture_request (self, id, TERRACE_MOVE_REQUEST_PAUSE);
  terrace_test_settle ();
  fault_provider_release (self->faults[1]);
  transfer_fixture_run (self);

  assert_state (self, id, TERRACE_MOVE_PAUSED);
  written = fault_provider_get_bytes_written (self->faults[1]);
  g_assert_cmpuint (written, >=, 3 * PART);
  g_assert_cmpuint (written, <, size);
  assert_listing (self, 0, "x ");

  transfer_fixture_requeue (self, id);
  transfer_fixture_run (self);

  assert_state (self, id, TERRACE_MOVE_DONE);
  assert_listing (self, 0, "");
  assert_listing (self, 1, "x ");
  assert_file (self, 1, "x", size, 1);
  /* Nothing was written twice. */
  g_assert_cmpuint (fault_provider_get_bytes_written (self->faults[1]), ==, size);
}

static void
cancel_hook (gpointer fixture, TerraceMove *move)
{
  transfer_fixture_send_request (fixture, move->id, TERRACE_MOVE_REQUEST_CANCEL);
}

static void
test_cancel (TransferFixture *self, gconstpointer data)
{
  const TerraceMoveState states[] = {
    TERRACE_MOVE_QUEUED,
    TERRACE_MOVE_COPYING,
    TERRACE_MOVE_VERIFYING,
    TERRACE_MOVE_STAGED,
  };

  self->hook = cancel_hook;
  for (guint i = 0; i < G_N_ELEMENTS (states); i++)
    {
      gint64 id = transfer_fixture_add_move (self, "x", 4 * PART, i);

      self->hook_state = states[i];
      if (states[i] == TERRACE_MOVE_QUEUED)
        transfer_fixture_request (self, id, TERRACE_MOVE_REQUEST_CANCEL);
      transfer_fixture_start (self);
      transfer_fixture_run (self);
      transfer_fixture_stop (self);

      assert_state (self, id, TERRACE_MOVE_CANCELLED);
      assert_listing (self, 0, "x ");
      assert_listing (self, 1, "");
      assert_file (self, 0, "x", 4 * PART, i);
      assert_lies (self, i + 1, 0, "x");
      transfer_fixture_forget_item (self, i + 1, "x");
    }
}

static void
pause_hook (gpointer fixture, TerraceMove *move)
{
  TransferFixture *self = fixture;

  transfer_fixture_send_request (self, move->id, TERRACE_MOVE_REQUEST_PAUSE);
  self->hook = NULL;
}

static void
test_pause_anywhere (TransferFixture *self, gconstpointer data)
{
  const TerraceMoveState states[] = {
    TERRACE_MOVE_QUEUED,
    TERRACE_MOVE_COPYING,
    TERRACE_MOVE_VERIFYING,
    TERRACE_MOVE_STAGED,
  };

  for (guint i = 0; i < G_N_ELEMENTS (states); i++)
    {
      g_autofree char *key = g_strdup_printf ("f%u", i);
      gint64 id = transfer_fixture_add_move (self, key, 4 * PART, i);

      self->hook = pause_hook;
      self->hook_state = states[i];
      if (states[i] == TERRACE_MOVE_QUEUED)
        transfer_fixture_request (self, id, TERRACE_MOVE_REQUEST_PAUSE);
      transfer_fixture_start (self);
      transfer_fixture_run (self);

      assert_state (self, id, TERRACE_MOVE_PAUSED);
      assert_file (self, 0, key, 4 * PART, i);
      self->hook = NULL;
      transfer_fixture_requeue (self, id);
      transfer_fixture_run (self);
      transfer_fixture_stop (self);

      assert_state (self, id, TERRACE_MOVE_DONE);
      assert_listing (self, 0, "");
      assert_file (self, 1, key, 4 * PART, i);
      assert_lies (self, i + 1, 1, key);
    }
}

/* What has not begun is answered at once, even with nobody there to carry it out. */
static void
test_request_queued (TransferFixture *self, gconstpointer data)
{
  gint64 cancelled = transfer_fixture_add_move (self, "x", 10, 1);
  gint64 paused = transfer_fixture_add_move (self, "y", 10, 2);

  transfer_fixture_request (self, cancelled, TERRACE_MOVE_REQUEST_CANCEL);
  transfer_fixture_request (self, paused, TERRACE_MOVE_REQUEST_PAUSE);
  assert_state (self, cancelled, TERRACE_MOVE_CANCELLED);
  assert_state (self, paused, TERRACE_MOVE_PAUSED);
  assert_lies (self, 1, 0, "x");

  transfer_fixture_requeue (self, paused);
  transfer_fixture_start (self);
  transfer_fixture_run (self);
  assert_state (self, paused, TERRACE_MOVE_DONE);
  assert_listing (self, 0, "x ");
}

/* What a killed process held is taken up at once, not when its lease has run out. */
static void
test_dead_owner (TransferFixture *self, gconstpointer data)
{
  g_autofree char *owner = terrace_queue_owner_new ();
  g_auto (GStrv) fields = g_strsplit (owner, " ", -1);
  g_autofree char *dead = NULL;

  g_free (fields[3]);
  fields[3] = g_strdup ("99999999");
  dead = g_strjoinv (" ", fields);
  transfer_fixture_add_move (self, "x", 1000, 1);
  transfer_fixture_give_lease (self, dead);
  transfer_fixture_start (self);
  transfer_fixture_run (self);

  assert_lies (self, 1, 1, "x");
}

static void
test_cancel_too_late (TransferFixture *self, gconstpointer data)
{
  gint64 id = transfer_fixture_add_move (self, "x", 10, 1);

  self->hook = cancel_hook;
  self->hook_state = TERRACE_MOVE_COMMITTING;
  transfer_fixture_start (self);
  transfer_fixture_run (self);

  assert_state (self, id, TERRACE_MOVE_DONE);
  assert_listing (self, 0, "");
  assert_lies (self, 1, 1, "x");
}

static void
test_cancel_paused (TransferFixture *self, gconstpointer data)
{
  gint64 id = transfer_fixture_add_move (self, "x", 6 * PART, 1);

  fault_provider_hold (self->faults[1], FAULT_CALL_WRITE, 2);
  transfer_fixture_start (self);
  terrace_test_await_condition (is_held, self->faults[1]);
  transfer_fixture_request (self, id, TERRACE_MOVE_REQUEST_PAUSE);
  terrace_test_settle ();
  fault_provider_release (self->faults[1]);
  transfer_fixture_run (self);
  assert_state (self, id, TERRACE_MOVE_PAUSED);

  transfer_fixture_request (self, id, TERRACE_MOVE_REQUEST_CANCEL);
  transfer_fixture_run (self);

  assert_state (self, id, TERRACE_MOVE_CANCELLED);
  assert_listing (self, 0, "x ");
  assert_listing (self, 1, "");
}

static void
test_priorities (TransferFixture *self, gconstpointer data)
{
  for (guint i = 0; i < 3; i++)
    {
      g_autofree char *key = g_strdup_printf ("f%u", i);
      TerraceMove *move =
          transfer_fixture_new_move (self, transfer_fixture_add_item (self, key, 10, i), 1);

      move->priority = i == 1 ? 5 : 0;
      transfer_fixture_queue_move (self, move);
    }
  self->queue = transfer_fixture_new_queue (self);
  terrace_queue_set_max_active (self->queue, 1);
  terrace_queue_start (self->queue);
  transfer_fixture_run (self);

  assert_story (self, "2:copying 2:verifying 2:staged 2:committing 2:done "
                      "1:copying 1:verifying 1:staged 1:committing 1:done "
                      "3:copying 3:verifying 3:staged 3:committing 3:done ");
}

static void
test_limits (TransferFixture *self, gconstpointer data)
{
  const guint max_active[] = { 3, TERRACE_LIMIT_ACTIVE_MOVES };
  /* It begins with a few; more come while that makes it faster. */
  const guint most[] = { 3, TERRACE_DEFAULT_ACTIVE_MOVES };

  for (guint round = 0; round < G_N_ELEMENTS (most); round++)
    {
      self->most_active = 0;
      for (guint i = 0; i < 20; i++)
        {
          g_autofree char *key = g_strdup_printf ("%u-%u", round, i);

          transfer_fixture_add_move (self, key, 100, i);
        }
      self->queue = transfer_fixture_new_queue (self);
      terrace_queue_set_max_active (self->queue, max_active[round]);
      terrace_queue_start (self->queue);
      transfer_fixture_run (self);
      transfer_fixture_stop (self);

      g_assert_cmpuint (self->most_active, ==, most[round]);
      assert_listing (self, 0, "");
    }
}

static void
test_dest_taken (TransferFixture *self, gconstpointer data)
{
  g_autofree char *first = transfer_fixture_path (self, 1, "report.pdf");
  g_autofree char *second = transfer_fixture_path (self, 1, "report (2).pdf");
  gint64 id = transfer_fixture_add_move (self, "report.pdf", 100, 1);
  g_autoptr (TerraceMove) move = NULL;

  terrace_test_make_file (first, 50, 8);
  terrace_test_make_file (second, 60, 9);
  transfer_fixture_start (self);
  transfer_fixture_run (self);

  move = transfer_fixture_get_move (self, id);
  g_assert_cmpstr (move->dest_key, ==, "report (3).pdf");
  assert_state (self, id, TERRACE_MOVE_DONE);
  terrace_test_assert_file (first, 50, 8);
  terrace_test_assert_file (second, 60, 9);
  assert_file (self, 1, "report (3).pdf", 100, 1);
  assert_lies (self, 1, 1, "report (3).pdf");
}

/* Taken after the name was chosen: begin() and finish() refuse, and another name is chosen. */
static void
take_name_hook (gpointer fixture, TerraceMove *move)
{
  g_autofree char *path = transfer_fixture_path (fixture, 1, "x");

  terrace_test_make_file (path, 50, 8);
}

static void
test_dest_taken_late (TransferFixture *self, gconstpointer data)
{
  gint64 id = transfer_fixture_add_move (self, "x", 2 * PART, 1);

  self->hook = take_name_hook;
  self->hook_state = TERRACE_MOVE_COPYING;
  transfer_fixture_start (self);
  transfer_fixture_run (self);

  assert_state (self, id, TERRACE_MOVE_DONE);
  assert_listing (self, 1, "x x (2) ");
  assert_file (self, 1, "x", 50, 8);
  assert_file (self, 1, "x (2)", 2 * PART, 1);
  assert_lies (self, 1, 1, "x (2)");
}

/* Two moves that want the same name at the same time. */
static void
test_same_name (TransferFixture *self, gconstpointer data)
{
  for (guint i = 0; i < 2; i++)
    {
      g_autofree char *key = g_strdup_printf ("%u/x", i);
      TerraceMove *move =
          transfer_fixture_new_move (self, transfer_fixture_add_item (self, key, 100, i), 1);

      g_free (move->dest_key);
      move->dest_key = g_strdup ("x");
      transfer_fixture_queue_move (self, move);
    }
  transfer_fixture_start (self);
  transfer_fixture_run (self);

  assert_listing (self, 0, "");
  assert_listing (self, 1, "x x (2) ");
}

static void
test_unknown_location (TransferFixture *self, gconstpointer data)
{
  TerraceMove *move =
      transfer_fixture_new_move (self, transfer_fixture_add_item (self, "x", 10, 1), 1);
  g_autoptr (TerraceMove) failed = NULL;
  gint64 id;

  move->dest_location_id = 77;
  id = transfer_fixture_queue_move (self, move);
  transfer_fixture_start (self);
  transfer_fixture_run (self);

  failed = transfer_fixture_get_move (self, id);
  g_assert_cmpint (failed->state, ==, TERRACE_MOVE_FAILED);
  g_assert_cmpint (failed->error_code, ==, TERRACE_ERROR_INVALID);
  g_assert_nonnull (strstr (failed->error, "no longer known"));
  assert_listing (self, 0, "x ");
}

static void
test_bandwidth (TransferFixture *self, gconstpointer data)
{
  gint64 before_us = terrace_clock_get_now_us (self->clock);
  gint64 id = transfer_fixture_add_move (self, "x", 5 * PART, 1);

  self->queue = transfer_fixture_new_queue (self);
  terrace_queue_set_bandwidth (self->queue, PART);
  terrace_queue_start (self->queue);
  /* Each look at the row leaves the workers time for what the clock has allowed. */
  for (guint i = 0; i < 20000 && strstr (self->story->str, "done") == NULL; i++)
    {
      g_object_unref (transfer_fixture_get_move (self, id));
      terrace_fake_clock_advance_us (TERRACE_FAKE_CLOCK (self->clock), 20 * 1000);
    }

  assert_state (self, id, TERRACE_MOVE_DONE);
  /* Copied and read back: the debt of the last part is not waited for. */
  g_assert_cmpint (terrace_clock_get_now_us (self->clock) - before_us, >=,
                   9 * TERRACE_US_PER_SECOND);
}

static void
test_properties (TransferFixture *self, gconstpointer data)
{
  guint active = 0;
  gboolean idle = TRUE;
  double rate = 0;

  transfer_fixture_add_move (self, "x", 6 * PART, 1);
  fault_provider_hold (self->faults[1], FAULT_CALL_WRITE, 4);
  transfer_fixture_start (self);
  terrace_test_await_condition (is_held, self->faults[1]);
  terrace_test_settle ();

  g_object_get (self->queue, "active", &active, "idle", &idle, "bytes-per-second", &rate, NULL);
  g_assert_cmpuint (active, ==, 1);
  g_assert_false (idle);
  g_assert_cmpfloat (rate, >, 0);

  fault_provider_release (self->faults[1]);
  transfer_fixture_run (self);
  g_assert_cmpuint (terrace_queue_get_active (self->queue), ==, 0);
  g_assert_true (terrace_queue_get_idle (self->queue));
  terrace_fake_clock_advance_us (TERRACE_FAKE_CLOCK (self->clock), 10 * TERRACE_US_PER_SECOND);
  g_assert_cmpfloat (terrace_queue_get_bytes_per_second (self->queue), ==, 0);
}

static void
test_events (TransferFixture *self, gconstpointer data)
{
  g_autoptr (GPtrArray) events = NULL;

  transfer_fixture_add_move (self, "x", 10, 1);
  transfer_fixture_start (self);
  transfer_fixture_run (self);

  events = transfer_fixture_get_events (self, 1);
  g_assert_cmpuint (events->len, ==, 2);
  g_assert_cmpstr (((TerraceEvent *) g_ptr_array_index (events, 1))->message, ==,
                   "Moving “x” from “Home” to “Vault”");
  g_assert_cmpstr (((TerraceEvent *) g_ptr_array_index (events, 0))->message, ==,
                   "“x” lies in “Vault” now, verified");
  g_assert_cmpint (((TerraceEvent *) g_ptr_array_index (events, 0))->kind, ==,
                   TERRACE_EVENT_MOVE_DONE);
}

static GError *
ask_for_patience (FaultCall call, guint nth, gboolean after, gpointer data)
{
  GError *error;

  if (call != FAULT_CALL_FINISH || nth > 1 || after)
    return NULL;

  error = g_error_new_literal (TERRACE_ERROR, TERRACE_ERROR_BUSY, "Slow down");
  terrace_error_set_retry_after (error, *(gint64 *) data);

  return error;
}

/* A place that says how long it wants to be left alone is left alone for so long. */
static void
test_retry_after (TransferFixture *self, gconstpointer data)
{
  gint64 asked_us = 90 * TERRACE_US_PER_SECOND;
  gint64 id = transfer_fixture_add_move (self, "a", 1000, 1);
  gint64 begun_us = terrace_clock_get_now_us (self->clock);
  g_autoptr (TerraceMove) waiting = NULL;

  fault_provider_set_hook (self->faults[1], ask_for_patience, &asked_us);
  transfer_fixture_start (self);
  transfer_fixture_run (self);
  waiting = transfer_fixture_get_move (self, id);
  g_assert_cmpint (waiting->state, ==, TERRACE_MOVE_COPYING);
  g_assert_cmpint (waiting->retry_us, >, begun_us + asked_us);

  transfer_fixture_run_all (self);
  assert_state (self, id, TERRACE_MOVE_DONE);
}

/* But nobody waits for a year. */
static void
test_retry_after_is_bounded (TransferFixture *self, gconstpointer data)
{
  gint64 asked_us = 365 * TERRACE_US_PER_DAY;
  gint64 id = transfer_fixture_add_move (self, "a", 1000, 1);
  gint64 begun_us = terrace_clock_get_now_us (self->clock);
  g_autoptr (TerraceMove) waiting = NULL;

  fault_provider_set_hook (self->faults[1], ask_for_patience, &asked_us);
  transfer_fixture_start (self);
  transfer_fixture_run (self);
  waiting = transfer_fixture_get_move (self, id);
  g_assert_cmpint (waiting->retry_us, <, begun_us + 3600 * TERRACE_US_PER_SECOND);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func)                                                                      \
  g_test_add ("/transfer/queue/" path, TransferFixture, NULL, transfer_fixture_set_up, func, \
              transfer_fixture_tear_down)
  ADD ("life", test_life);
  ADD ("small", test_small);
  ADD ("copy", test_copy);
  ADD ("wanted-copies", test_wanted_copies);
  ADD ("hold-commit", test_hold_commit);
  ADD ("hold-cancel", test_hold_cancel);
  ADD ("rescue", test_rescue);
  ADD ("pause-resume", test_pause_resume);
  ADD ("cancel", test_cancel);
  ADD ("pause-anywhere", test_pause_anywhere);
  ADD ("dead-owner", test_dead_owner);
  ADD ("request-queued", test_request_queued);
  ADD ("cancel-too-late", test_cancel_too_late);
  ADD ("cancel-paused", test_cancel_paused);
  ADD ("priorities", test_priorities);
  ADD ("limits", test_limits);
  ADD ("dest-taken", test_dest_taken);
  ADD ("dest-taken-late", test_dest_taken_late);
  ADD ("same-name", test_same_name);
  ADD ("unknown-location", test_unknown_location);
  ADD ("bandwidth", test_bandwidth);
  ADD ("properties", test_properties);
  ADD ("events", test_events);
  ADD ("retry-after", test_retry_after);
  ADD ("retry-after-is-bounded", test_retry_after_is_bounded);
#undef ADD

  return g_test_run ();
}
