/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a move does when something goes wrong. */

#include "config.h"

#include "transfer-fixture.h"

#include <glib/gstdio.h>
#include <sys/mount.h>

#include "base/terrace-error.h"
#include "base/terrace-limits.h"
#include "terrace-test-support.h"
#include "transfer/terrace-move-job.h"
#include "transfer/terrace-queue-private.h"

#define PART ((guint64) TERRACE_LIMIT_PART_BYTES)

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

/* The move failed with @code and a message with @words, and everything is as before: the file of
 * @size_bytes in place 0, nothing in place 1, one copy. */
static void
assert_failed (TransferFixture *self, guint64 size_bytes, int code, const char *words)
{
  g_autoptr (TerraceMove) move = transfer_fixture_get_move (self, 1);
  g_autoptr (TerraceItem) item = transfer_fixture_get_item (self, 1);
  g_autoptr (GPtrArray) replicas = transfer_fixture_get_replicas (self, 1);
  g_autoptr (GPtrArray) events = transfer_fixture_get_events (self, 1);

  g_assert_cmpint (move->state, ==, TERRACE_MOVE_FAILED);
  g_assert_cmpint (move->error_code, ==, code);
  if (strstr (move->error, words) == NULL)
    g_test_fail_printf ("“%s” does not say “%s”", move->error, words);
  g_assert_cmpint (((TerraceEvent *) g_ptr_array_index (events, 0))->kind, ==,
                   TERRACE_EVENT_MOVE_FAILED);
  g_assert_cmpint (item->location_id, ==, 1);
  g_assert_false (item->moving);
  g_assert_cmpuint (replicas->len, ==, 1);
  assert_listing (self, 0, "x ");
  assert_listing (self, 1, "");
  assert_file (self, 0, "x", size_bytes, 1);
}

static void
assert_done (TransferFixture *self, guint64 size_bytes)
{
  g_autoptr (TerraceMove) move = transfer_fixture_get_move (self, 1);
  g_autoptr (GPtrArray) replicas = transfer_fixture_get_replicas (self, 1);

  g_assert_cmpstr (move->error, ==, NULL);
  g_assert_cmpint (move->state, ==, TERRACE_MOVE_DONE);
  g_assert_cmpuint (replicas->len, ==, 1);
  assert_listing (self, 0, "");
  assert_listing (self, 1, "x ");
  assert_file (self, 1, "x", size_bytes, 1);
}

static void
run (TransferFixture *self, guint64 size_bytes)
{
  transfer_fixture_add_move (self, "x", size_bytes, 1);
  transfer_fixture_start (self);
  transfer_fixture_run_all (self);
}

/* --- Retries --------------------------------------------------------------------------------- */

static void
test_retry (TransferFixture *self, gconstpointer data)
{
  const FaultCall calls[] = { FAULT_CALL_STAT, FAULT_CALL_BEGIN, FAULT_CALL_WRITE,
                              FAULT_CALL_FINISH };
  g_autoptr (TerraceMove) move = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (calls); i++)
    fault_provider_fail (self->faults[1], calls[i], 1, 1, TERRACE_ERROR_UNREACHABLE);
  run (self, 3 * PART);

  assert_done (self, 3 * PART);
  move = transfer_fixture_get_move (self, 1);
  g_assert_cmpuint (move->attempts, ==, G_N_ELEMENTS (calls));
}

static void
test_retry_trim (TransferFixture *self, gconstpointer data)
{
  fault_provider_fail (self->faults[0], FAULT_CALL_REMOVE, 1, 2, TERRACE_ERROR_BUSY);
  run (self, 100);

  assert_done (self, 100);
  g_assert_cmpuint (fault_provider_get_n_calls (self->faults[0], FAULT_CALL_REMOVE), ==, 3);
}

static void
test_back_off (TransferFixture *self, gconstpointer data)
{
  gint64 before_us = terrace_clock_get_now_us (self->clock);
  gint64 most_us = 0;

  for (guint i = 0; i < TERRACE_LIMIT_MOVE_ATTEMPTS - 1; i++)
    most_us += ((gint64) TERRACE_DEFAULT_BACKOFF_MS << i) * 1000;
  fault_provider_fail (self->faults[1], FAULT_CALL_BEGIN, 1, 99, TERRACE_ERROR_UNREACHABLE);
  run (self, 100);

  assert_failed (self, 100, TERRACE_ERROR_UNREACHABLE, "is the disk connected?");
  g_assert_cmpint (terrace_clock_get_now_us (self->clock) - before_us, >, 0);
  g_assert_cmpint (terrace_clock_get_now_us (self->clock) - before_us, <=, most_us + 1000000);
  /* Each attempt, and the look for remains at the end. */
  g_assert_cmpuint (fault_provider_get_n_calls (self->faults[1], FAULT_CALL_BEGIN), ==,
                    TERRACE_LIMIT_MOVE_ATTEMPTS + 1);
}

/* A server that is killed comes back: the move waits, however often it has been tried before. */
static void
test_cloud_away (TransferFixture *self, gconstpointer data)
{
  self->places[1]->kind = TERRACE_LOCATION_S3;
  fault_provider_fail (self->faults[1], FAULT_CALL_WRITE, 2, 30, TERRACE_ERROR_UNREACHABLE);
  run (self, 3 * PART);

  assert_done (self, 3 * PART);
}

static void
test_retry_by_person (TransferFixture *self, gconstpointer data)
{
  fault_provider_fail (self->faults[1], FAULT_CALL_WRITE, 6, 99, TERRACE_ERROR_UNREACHABLE);
  fault_provider_fail (self->faults[1], FAULT_CALL_ABORT, 1, 99, TERRACE_ERROR_UNREACHABLE);
  fault_provider_fail (self->faults[1], FAULT_CALL_STAT, 2, 99, TERRACE_ERROR_UNREACHABLE);
  run (self, 8 * PART);
  g_assert_cmpuint (fault_provider_get_bytes_written (self->faults[1]), ==, 5 * PART);

  /* The disk was away, is connected again, and what was written is used. */
  fault_provider_fail (self->faults[1], FAULT_CALL_WRITE, 0, 0, 0);
  fault_provider_fail (self->faults[1], FAULT_CALL_ABORT, 0, 0, 0);
  fault_provider_fail (self->faults[1], FAULT_CALL_STAT, 0, 0, 0);
  transfer_fixture_requeue (self, 1);
  transfer_fixture_run_all (self);

  assert_done (self, 8 * PART);
  /* What was in flight beside the failure may have been lost. */
  g_assert_cmpuint (fault_provider_get_bytes_written (self->faults[1]), <=, 10 * PART);
}

/* --- The source ------------------------------------------------------------------------------ */

static void
change_hook (gpointer fixture, TerraceMove *move)
{
  g_autofree char *path = transfer_fixture_path (fixture, 0, "x");

  terrace_test_make_file (path, 77, 2);
}

static void
assert_failed_changed (TransferFixture *self)
{
  g_autoptr (TerraceMove) move = transfer_fixture_get_move (self, 1);
  g_autoptr (GPtrArray) replicas = transfer_fixture_get_replicas (self, 1);

  g_assert_cmpint (move->state, ==, TERRACE_MOVE_FAILED);
  g_assert_cmpint (move->error_code, ==, TERRACE_ERROR_CHANGED);
  g_assert_cmpstr (move->error, ==, "The file changed since it was added; add it again, then plan");
  g_assert_cmpuint (replicas->len, ==, 1);
  assert_listing (self, 0, "x ");
  assert_listing (self, 1, "");
  assert_file (self, 0, "x", 77, 2);
}

static void
test_changed (TransferFixture *self, gconstpointer data)
{
  self->hook = change_hook;
  self->hook_state = GPOINTER_TO_INT (data);
  run (self, 3 * PART);

  assert_failed_changed (self);
}

static void
test_changed_before (TransferFixture *self, gconstpointer data)
{
  transfer_fixture_add_move (self, "x", 100, 1);
  change_hook (self, NULL);
  transfer_fixture_start (self);
  transfer_fixture_run_all (self);

  assert_failed_changed (self);
}

static GError *
change_after_reads (FaultCall call, guint nth, gboolean after, gpointer data)
{
  if (call == FAULT_CALL_READ && nth == 2 && after)
    change_hook (data, NULL);

  return NULL;
}

static void
test_changed_between_reads (TransferFixture *self, gconstpointer data)
{
  fault_provider_set_hook (self->faults[0], change_after_reads, self);
  run (self, 6 * PART);

  assert_failed_changed (self);
}

static void
vanish_hook (gpointer fixture, TerraceMove *move)
{
  g_autofree char *path = transfer_fixture_path (fixture, 0, "x");

  g_assert_cmpint (g_unlink (path), ==, 0);
}

static void
assert_gone (TransferFixture *self)
{
  g_autoptr (TerraceMove) move = transfer_fixture_get_move (self, 1);
  g_autoptr (TerraceItem) item = transfer_fixture_get_item (self, 1);
  g_autoptr (GPtrArray) events = transfer_fixture_get_events (self, 1);

  g_assert_cmpint (move->state, ==, TERRACE_MOVE_FAILED);
  g_assert_cmpint (move->error_code, ==, TERRACE_ERROR_NOT_FOUND);
  g_assert_cmpstr (move->error, ==, "The file is gone from “Home”; nothing was moved");
  g_assert_true (item->missing);
  g_assert_cmpint (((TerraceEvent *) g_ptr_array_index (events, 0))->kind, ==,
                   TERRACE_EVENT_MISSING);
  assert_listing (self, 1, "");
}

static void
test_gone_before (TransferFixture *self, gconstpointer data)
{
  transfer_fixture_add_move (self, "x", 100, 1);
  vanish_hook (self, NULL);
  transfer_fixture_start (self);
  transfer_fixture_run_all (self);

  assert_gone (self);
}

static void
test_gone_while_copying (TransferFixture *self, gconstpointer data)
{
  self->hook = vanish_hook;
  self->hook_state = TERRACE_MOVE_COPYING;
  run (self, 3 * PART);

  assert_gone (self);
}

/* With a complete copy in hand, losing the source is a reason to keep the copy. */
static void
test_gone_after_copying (TransferFixture *self, gconstpointer data)
{
  self->hook = vanish_hook;
  self->hook_state = GPOINTER_TO_INT (data);
  run (self, 3 * PART);

  assert_done (self, 3 * PART);
}

static void
test_read_error (TransferFixture *self, gconstpointer data)
{
  fault_provider_fail (self->faults[0], FAULT_CALL_READ, 2, 99, TERRACE_ERROR_IO);
  run (self, 4 * PART);

  assert_failed (self, 4 * PART, TERRACE_ERROR_IO, "“Home” reported an error");
}

static void
test_trim_refused (TransferFixture *self, gconstpointer data)
{
  fault_provider_fail (self->faults[0], FAULT_CALL_REMOVE, 1, 99, TERRACE_ERROR_PERMISSION);
  run (self, 100);

  assert_failed (self, 100, TERRACE_ERROR_PERMISSION, "“Home” does not let Terrace");
  g_assert_nonnull (strstr (self->story->str, "committing"));
}

/* Whether it was removed is not known: the verdict stands, and a retry ends it. */
static void
test_trim_unreachable (TransferFixture *self, gconstpointer data)
{
  g_autoptr (TerraceItem) item = NULL;

  fault_provider_fail (self->faults[0], FAULT_CALL_REMOVE, 1, 99, TERRACE_ERROR_UNREACHABLE);
  run (self, 100);

  item = transfer_fixture_get_item (self, 1);
  g_assert_cmpint (item->location_id, ==, 2);
  assert_file (self, 0, "x", 100, 1);
  assert_file (self, 1, "x", 100, 1);

  fault_provider_fail (self->faults[0], FAULT_CALL_REMOVE, 0, 0, 0);
  transfer_fixture_requeue (self, 1);
  transfer_fixture_run_all (self);
  assert_done (self, 100);
}

/* --- The destination ------------------------------------------------------------------------- */

static void
test_corrupt_once (TransferFixture *self, gconstpointer data)
{
  fault_provider_corrupt (self->faults[1], FAULT_CALL_WRITE, 2);
  run (self, 3 * PART);

  assert_done (self, 3 * PART);
  g_assert_cmpuint (fault_provider_get_bytes_written (self->faults[1]), ==, 6 * PART);
}

static GError *
spoil_hook (FaultCall call, guint nth, gboolean after, gpointer data)
{
  TransferFixture *self = data;

  if (call == FAULT_CALL_WRITE && !after)
    fault_provider_corrupt (self->faults[1], FAULT_CALL_WRITE, nth);

  return NULL;
}

static void
test_corrupt_always (TransferFixture *self, gconstpointer data)
{
  fault_provider_set_hook (self->faults[1], spoil_hook, self);
  run (self, 100);

  assert_failed (self, 100, TERRACE_ERROR_CORRUPT, "expected sha256:");
  g_assert_cmpuint (fault_provider_get_n_calls (self->faults[1], FAULT_CALL_FINISH), ==, 2);
}

static void
test_dest_error (TransferFixture *self, gconstpointer data)
{
  const struct
  {
    FaultCall call;
    int code;
    const char *words;
  } *fault = data;

  fault_provider_fail (self->faults[1], fault->call, 2, 99, fault->code);
  run (self, 4 * PART);

  assert_failed (self, 4 * PART, fault->code, fault->words);
}

static void
test_begin_error (TransferFixture *self, gconstpointer data)
{
  fault_provider_fail (self->faults[1], FAULT_CALL_BEGIN, 1, 99, TERRACE_ERROR_NO_SPACE);
  run (self, 100);

  assert_failed (self, 100, TERRACE_ERROR_NO_SPACE, "The destination is full");
}

static void
fill_hook (gpointer fixture, TerraceMove *move)
{
  TransferFixture *self = fixture;
  g_autofree char *ballast = transfer_fixture_path (self, 1, "ballast");

  self->hook = NULL;
  terrace_test_make_file (ballast, 10 * 1024 * 1024, 4);
}

/* A disk that is really full, where one can be mounted; else the fault provider says it is. */
static void
test_disk_full (TransferFixture *self, gconstpointer data)
{
  gboolean mounted = mount ("tmpfs", self->roots[1], "tmpfs", 0, "size=20m") == 0;
  g_autofree char *ballast = transfer_fixture_path (self, 1, "ballast");
  g_autoptr (TerraceMove) move = NULL;

  g_test_message ("%s", mounted ? "on a mounted disk" : "by a fault");
  self->hook = fill_hook;
  self->hook_state = TERRACE_MOVE_COPYING;
  if (!mounted)
    fault_provider_fail (self->faults[1], FAULT_CALL_WRITE, 2, 99, TERRACE_ERROR_NO_SPACE);
  run (self, 2 * PART);

  move = transfer_fixture_get_move (self, 1);
  g_assert_cmpint (move->state, ==, TERRACE_MOVE_FAILED);
  g_assert_cmpint (move->error_code, ==, TERRACE_ERROR_NO_SPACE);
  assert_listing (self, 0, "x ");
  assert_listing (self, 1, "ballast ");

  g_assert_cmpint (g_unlink (ballast), ==, 0);
  fault_provider_fail (self->faults[1], FAULT_CALL_WRITE, 0, 0, 0);
  transfer_fixture_requeue (self, 1);
  transfer_fixture_run_all (self);
  assert_done (self, 2 * PART);
  if (mounted)
    g_assert_cmpint (umount2 (self->roots[1], MNT_DETACH), ==, 0);
}

/* The disk is pulled out in the middle, and connected again later: by itself the move goes on. */
static void
pull_hook (gpointer fixture, TerraceMove *move)
{
  TransferFixture *self = fixture;
  g_autofree char *away = g_strconcat (self->roots[1], ".away", NULL);

  g_assert_cmpint (g_rename (self->roots[1], away), ==, 0);
  self->hook = NULL;
}

static void
test_dest_vanished (TransferFixture *self, gconstpointer data)
{
  g_autofree char *away = g_strconcat (self->roots[1], ".away", NULL);
  g_autoptr (TerraceMove) move = NULL;

  self->hook = pull_hook;
  self->hook_state = TERRACE_MOVE_COPYING;
  transfer_fixture_add_move (self, "x", 3 * PART, 1);
  transfer_fixture_start (self);
  for (guint i = 0; i < 100; i++)
    {
      transfer_fixture_run (self);
      terrace_fake_clock_advance_to_next (TERRACE_FAKE_CLOCK (self->clock));
    }

  move = transfer_fixture_get_move (self, 1);
  g_assert_cmpint (move->state, ==, TERRACE_MOVE_COPYING);
  g_assert_cmpint (move->error_code, ==, TERRACE_ERROR_UNREACHABLE);
  g_assert_nonnull (strstr (move->error, "goes on by itself"));
  assert_file (self, 0, "x", 3 * PART, 1);

  g_assert_cmpint (g_rename (away, self->roots[1]), ==, 0);
  transfer_fixture_run_all (self);
  assert_done (self, 3 * PART);
}

/* A person edits the copy before it is trusted: it is theirs now. */
static void
edit_hook (gpointer fixture, TerraceMove *move)
{
  g_autofree char *path = transfer_fixture_path (fixture, 1, "x");

  terrace_test_make_file (path, 33, 3);
}

static void
test_dest_edited (TransferFixture *self, gconstpointer data)
{
  g_autoptr (TerraceMove) move = NULL;

  self->hook = edit_hook;
  self->hook_state = TERRACE_MOVE_VERIFYING;
  run (self, 100);

  move = transfer_fixture_get_move (self, 1);
  g_assert_cmpint (move->state, ==, TERRACE_MOVE_FAILED);
  g_assert_cmpint (move->error_code, ==, TERRACE_ERROR_CHANGED);
  assert_file (self, 0, "x", 100, 1);
  assert_file (self, 1, "x", 33, 3);
}

/* Between the verification and the trimming somebody takes the copy away, or changes it: then the
 * source must not go. */
static void
test_copy_lost (TransferFixture *self, gconstpointer data)
{
  gint64 item_id = transfer_fixture_add_item (self, "x", 100, 1);
  TerraceMove *move = transfer_fixture_new_move (self, item_id, 1);
  g_autofree char *path = transfer_fixture_path (self, 1, "x");
  g_autoptr (TerraceItem) item = NULL;
  g_autoptr (TerraceMove) failed = NULL;
  g_autoptr (GPtrArray) replicas = NULL;

  move->hold = TRUE;
  transfer_fixture_queue_move (self, move);
  transfer_fixture_start (self);
  transfer_fixture_run (self);
  if (GPOINTER_TO_INT (data) == TERRACE_ERROR_NOT_FOUND)
    g_assert_cmpint (g_unlink (path), ==, 0);
  else
    terrace_test_make_file (path, 33, 3);
  transfer_fixture_requeue (self, 1);
  transfer_fixture_run_all (self);

  failed = transfer_fixture_get_move (self, 1);
  g_assert_cmpint (failed->state, ==, TERRACE_MOVE_FAILED);
  g_assert_cmpint (failed->error_code, ==, GPOINTER_TO_INT (data));
  assert_file (self, 0, "x", 100, 1);
  item = transfer_fixture_get_item (self, item_id);
  g_assert_cmpint (item->location_id, ==, 1);
  replicas = transfer_fixture_get_replicas (self, item_id);
  g_assert_cmpuint (replicas->len, ==, 1);
}

/* --- Known checksums ------------------------------------------------------------------------- */

static void
test_copy_from (TransferFixture *self, gconstpointer data)
{
  gint64 item_id = transfer_fixture_add_item (self, "x", 3 * PART, 1);

  transfer_fixture_learn_checksum (self, item_id);
  transfer_fixture_queue_move (self, transfer_fixture_new_move (self, item_id, 1));
  transfer_fixture_start (self);
  transfer_fixture_run_all (self);

  assert_done (self, 3 * PART);
  g_assert_cmpuint (fault_provider_get_n_calls (self->faults[1], FAULT_CALL_COPY_FROM), ==, 1);
  g_assert_cmpuint (fault_provider_get_n_calls (self->faults[1], FAULT_CALL_WRITE), ==, 0);
}

static void
test_copy_from_unsupported (TransferFixture *self, gconstpointer data)
{
  gint64 item_id = transfer_fixture_add_item (self, "x", 3 * PART, 1);

  fault_provider_fail (self->faults[1], FAULT_CALL_COPY_FROM, 1, 1, TERRACE_ERROR_UNSUPPORTED);
  transfer_fixture_learn_checksum (self, item_id);
  transfer_fixture_queue_move (self, transfer_fixture_new_move (self, item_id, 1));
  transfer_fixture_start (self);
  transfer_fixture_run_all (self);

  assert_done (self, 3 * PART);
  g_assert_cmpuint (fault_provider_get_n_calls (self->faults[1], FAULT_CALL_WRITE), ==, 3);
}

/* --- Several queues -------------------------------------------------------------------------- */

static gboolean
is_held (gpointer data)
{
  return fault_provider_get_n_held (data) > 0;
}

/* Stopped in the middle, taken up by the next: nothing that is stored is written again. */
static void
test_stop (TransferFixture *self, gconstpointer data)
{
  g_autoptr (TerraceMove) move = NULL;

  transfer_fixture_add_move (self, "x", 6 * PART, 1);
  fault_provider_hold (self->faults[0], FAULT_CALL_READ, 5);
  transfer_fixture_start (self);
  terrace_test_await_condition (is_held, self->faults[0]);
  while (fault_provider_get_n_calls (self->faults[1], FAULT_CALL_WRITE) < 4)
    g_main_context_iteration (NULL, TRUE);
  transfer_fixture_stop_released (self, 0);

  move = transfer_fixture_get_move (self, 1);
  g_assert_cmpint (move->state, ==, TERRACE_MOVE_COPYING);
  assert_file (self, 0, "x", 6 * PART, 1);

  transfer_fixture_start (self);
  transfer_fixture_run_all (self);
  assert_done (self, 6 * PART);
  g_assert_cmpuint (fault_provider_get_bytes_written (self->faults[1]), <, 9 * PART);
}

static void
test_lost_lease (TransferFixture *self, gconstpointer data)
{
  g_autoptr (TerraceMove) move = NULL;

  transfer_fixture_add_move (self, "x", 3 * PART, 1);
  fault_provider_hold (self->faults[1], FAULT_CALL_WRITE, 1);
  transfer_fixture_start (self);
  terrace_test_await_condition (is_held, self->faults[1]);
  transfer_fixture_steal_lease (self, 1, terrace_queue_get_owner (self->queue));
  terrace_fake_clock_advance_us (TERRACE_FAKE_CLOCK (self->clock),
                                 TERRACE_LIMIT_LEASE_RENEW_MS * 1000);
  terrace_test_settle ();
  fault_provider_release (self->faults[1]);
  transfer_fixture_run (self);

  /* The thief's to carry out: not a row and not a file was touched. */
  move = transfer_fixture_get_move (self, 1);
  g_assert_cmpint (move->state, ==, TERRACE_MOVE_COPYING);
  g_assert_cmpuint (fault_provider_get_n_calls (self->faults[1], FAULT_CALL_ABORT), ==, 0);
  assert_listing (self, 0, "x ");

  /* The thief dies too, and its lease runs out. */
  terrace_fake_clock_advance_us (TERRACE_FAKE_CLOCK (self->clock), 3600 * TERRACE_US_PER_SECOND);
  transfer_fixture_run_all (self);
  assert_done (self, 3 * PART);
}

static void
test_two_queues (TransferFixture *self, gconstpointer data)
{
  TransferFixture other = *self;
  guint n_moves = 40;

  for (guint i = 0; i < n_moves; i++)
    {
      g_autofree char *key = g_strdup_printf ("f%u", i);

      transfer_fixture_add_move (self, key, 5000, i);
    }
  other.catalog = transfer_fixture_open_catalog (self);
  other.story = g_string_new (NULL);
  transfer_fixture_start (self);
  transfer_fixture_start (&other);
  transfer_fixture_run (self);
  transfer_fixture_run (&other);
  transfer_fixture_run (self);

  /* Nothing was done twice. */
  g_assert_cmpuint (fault_provider_get_n_calls (self->faults[1], FAULT_CALL_FINISH), ==, n_moves);
  g_assert_cmpuint (fault_provider_get_n_calls (self->faults[0], FAULT_CALL_REMOVE), ==, n_moves);
  assert_listing (self, 0, "");
  for (guint i = 0; i < n_moves; i++)
    {
      g_autofree char *key = g_strdup_printf ("f%u", i);

      assert_file (self, 1, key, 5000, i);
    }

  transfer_fixture_stop (&other);
  transfer_fixture_close_catalog (other.catalog);
  g_string_free (other.story, TRUE);
}

static void
test_other_key (void)
{
  const char *cases[][2] = {
    { "a.txt", "a (2).txt" },           { "a", "a (2)" },
    { ".hidden", ".hidden (2)" },       { "d.x/a", "d.x/a (2)" },
    { "d/a.tar.gz", "d/a.tar (2).gz" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *other = terrace_move_job_other_key (cases[i][0], 2);

      g_assert_cmpstr (other, ==, cases[i][1]);
    }
}

static const struct
{
  FaultCall call;
  int code;
  const char *words;
} dest_faults[] = {
  { FAULT_CALL_WRITE, TERRACE_ERROR_NO_SPACE,
    "The destination is full. Free space or choose another place, then retry" },
  { FAULT_CALL_WRITE, TERRACE_ERROR_PERMISSION, "“Vault” does not let Terrace write there" },
  { FAULT_CALL_WRITE, TERRACE_ERROR_IO, "“Vault” reported an error" },
  { FAULT_CALL_WRITE, TERRACE_ERROR_READ_ONLY, "“Vault” can be read but not changed" },
  { FAULT_CALL_READ, TERRACE_ERROR_IO, "“Vault” reported an error" },
};

/* --- The places' own checksums -----------------------------------------------------------------
 */

/* Of the bytes that terrace_test_make_file() writes with seed 1. */
static void
compute_digest (TransferFixture *self,
                guint64 size_bytes,
                TerraceChecksumKind kind,
                TerraceDigest *digest)
{
  g_autofree char *path = g_build_filename (self->folder, "same", NULL);
  g_autofree char *bytes = NULL;
  gsize length;

  terrace_test_make_file (path, size_bytes, 1);
  g_assert_true (g_file_get_contents (path, &bytes, &length, NULL));
  terrace_digest_of (kind, bytes, length, digest);
}

/* The destination says by itself what it has: nothing is read back. */
static void
test_own_checksum (TransferFixture *self, gconstpointer data)
{
  TerraceDigest digest;
  g_autoptr (TerraceItem) item = NULL;

  compute_digest (self, 2 * PART + 1, TERRACE_CHECKSUM_CRC64, &digest);
  fault_provider_play_digest (self->faults[1], &digest);
  run (self, 2 * PART + 1);

  assert_done (self, 2 * PART + 1);
  g_assert_cmpuint (fault_provider_get_n_calls (self->faults[1], FAULT_CALL_READ), ==, 0);
  item = transfer_fixture_get_item (self, 1);
  g_assert_cmpint (item->checksum.kind, ==, TERRACE_CHECKSUM_SHA256);
}

static void
test_own_checksum_differs (TransferFixture *self, gconstpointer data)
{
  TerraceDigest digest;

  compute_digest (self, 100, TERRACE_CHECKSUM_CRC32C, &digest);
  digest.bytes[0] ^= 1;
  fault_provider_play_digest (self->faults[1], &digest);
  run (self, 100);

  assert_failed (self, 100, TERRACE_ERROR_CORRUPT, "was not like the original");
}

/* A kind that nobody computes tells nothing: it is read back. */
static void
test_own_checksum_unknown (TransferFixture *self, gconstpointer data)
{
  TerraceDigest digest;

  compute_digest (self, 100, TERRACE_CHECKSUM_MD5, &digest);
  fault_provider_play_digest (self->faults[1], &digest);
  run (self, 100);

  assert_done (self, 100);
  g_assert_cmpuint (fault_provider_get_n_calls (self->faults[1], FAULT_CALL_READ), ==, 1);
}

/* What the source says of its own bytes is not there any more. */
static void
test_source_checksum_differs (TransferFixture *self, gconstpointer data)
{
  TerraceDigest digest;

  compute_digest (self, 100, TERRACE_CHECKSUM_CRC32C, &digest);
  digest.bytes[0] ^= 1;
  fault_provider_mask (self->faults[0], TERRACE_CAPABILITY_COPY_FROM);
  fault_provider_play_digest (self->faults[0], &digest);
  run (self, 100);

  assert_failed (self, 100, TERRACE_ERROR_CORRUPT, "may be damaged");
}

/* Both keep the same kind: the place copies by itself, and no byte passes through. */
static void
test_server_side (TransferFixture *self, gconstpointer data)
{
  TerraceDigest digest;
  gint64 id;
  g_autoptr (TerraceMove) move = NULL;

  compute_digest (self, 1000, TERRACE_CHECKSUM_CRC64, &digest);
  fault_provider_play_digest (self->faults[0], &digest);
  fault_provider_play_digest (self->faults[1], &digest);
  id = transfer_fixture_add_move (self, "x", 1000, 1);
  transfer_fixture_start (self);
  transfer_fixture_run_all (self);

  move = transfer_fixture_get_move (self, id);
  g_assert_cmpint (move->state, ==, TERRACE_MOVE_DONE);
  g_assert_cmpuint (fault_provider_get_n_calls (self->faults[1], FAULT_CALL_COPY_FROM), ==, 1);
  g_assert_cmpuint (fault_provider_get_n_calls (self->faults[0], FAULT_CALL_READ), ==, 0);
  g_assert_cmpuint (fault_provider_get_n_calls (self->faults[1], FAULT_CALL_READ), ==, 0);
  assert_listing (self, 0, "");
  assert_file (self, 1, "x", 1000, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD_WITH(path, data, func)                                                              \
  g_test_add ("/transfer/move-job/" path, TransferFixture, data, transfer_fixture_set_up, func, \
              transfer_fixture_tear_down)
#define ADD(path, func) ADD_WITH (path, NULL, func)
  ADD ("retry", test_retry);
  ADD ("retry-trim", test_retry_trim);
  ADD ("back-off", test_back_off);
  ADD ("cloud-away", test_cloud_away);
  ADD ("retry-by-person", test_retry_by_person);
  ADD_WITH ("changed/copying", GINT_TO_POINTER (TERRACE_MOVE_COPYING), test_changed);
  ADD_WITH ("changed/verifying", GINT_TO_POINTER (TERRACE_MOVE_VERIFYING), test_changed);
  ADD_WITH ("changed/staged", GINT_TO_POINTER (TERRACE_MOVE_STAGED), test_changed);
  ADD_WITH ("changed/committing", GINT_TO_POINTER (TERRACE_MOVE_COMMITTING), test_changed);
  ADD ("changed-before", test_changed_before);
  ADD ("changed-between-reads", test_changed_between_reads);
  ADD ("gone-before", test_gone_before);
  ADD ("gone-while-copying", test_gone_while_copying);
  ADD_WITH ("gone/verifying", GINT_TO_POINTER (TERRACE_MOVE_VERIFYING), test_gone_after_copying);
  ADD_WITH ("gone/staged", GINT_TO_POINTER (TERRACE_MOVE_STAGED), test_gone_after_copying);
  ADD_WITH ("gone/committing", GINT_TO_POINTER (TERRACE_MOVE_COMMITTING), test_gone_after_copying);
  ADD ("read-error", test_read_error);
  ADD ("trim-refused", test_trim_refused);
  ADD ("trim-unreachable", test_trim_unreachable);
  ADD ("corrupt-once", test_corrupt_once);
  ADD ("corrupt-always", test_corrupt_always);
  ADD_WITH ("dest/full", &dest_faults[0], test_dest_error);
  ADD_WITH ("dest/permission", &dest_faults[1], test_dest_error);
  ADD_WITH ("dest/io", &dest_faults[2], test_dest_error);
  ADD_WITH ("dest/read-only", &dest_faults[3], test_dest_error);
  ADD_WITH ("dest/read-back", &dest_faults[4], test_dest_error);
  ADD ("begin-error", test_begin_error);
  ADD ("disk-full", test_disk_full);
  ADD ("dest-vanished", test_dest_vanished);
  ADD ("dest-edited", test_dest_edited);
  ADD_WITH ("copy-lost/gone", GINT_TO_POINTER (TERRACE_ERROR_NOT_FOUND), test_copy_lost);
  ADD_WITH ("copy-lost/changed", GINT_TO_POINTER (TERRACE_ERROR_CHANGED), test_copy_lost);
  ADD ("copy-from", test_copy_from);
  ADD ("copy-from-unsupported", test_copy_from_unsupported);
  ADD ("stop", test_stop);
  ADD ("lost-lease", test_lost_lease);
  ADD ("two-queues", test_two_queues);
  ADD ("own-checksum", test_own_checksum);
  ADD ("own-checksum-differs", test_own_checksum_differs);
  ADD ("own-checksum-unknown", test_own_checksum_unknown);
  ADD ("source-checksum-differs", test_source_checksum_differs);
  ADD ("server-side", test_server_side);
#undef ADD
#undef ADD_WITH
  g_test_add_func ("/transfer/move-job/other-key", test_other_key);

  return g_test_run ();
}
