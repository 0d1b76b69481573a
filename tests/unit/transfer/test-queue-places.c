/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Places that are busy or gone: moves wait there, the rest goes on, and nothing is hammered. */

#include "config.h"

#include "transfer-fixture.h"

#include "base/terrace-error.h"
#include "base/terrace-limits.h"
#include "catalog/terrace-event-table.h"
#include "terrace-test-support.h"

static const FaultCall calls[] = { FAULT_CALL_STAT,   FAULT_CALL_BEGIN, FAULT_CALL_WRITE,
                                   FAULT_CALL_FINISH, FAULT_CALL_ABORT, FAULT_CALL_PROBE };

static void
set_gone (TransferFixture *self, guint place, gboolean gone)
{
  for (guint i = 0; i < G_N_ELEMENTS (calls); i++)
    fault_provider_fail (self->faults[place], calls[i], gone ? 1 : 0, gone ? G_MAXUINT : 0,
                         TERRACE_ERROR_UNREACHABLE);
}

static guint
count_calls (TransferFixture *self, guint place)
{
  guint n_calls = 0;

  for (guint i = 0; i < G_N_ELEMENTS (calls); i++)
    n_calls += fault_provider_get_n_calls (self->faults[place], calls[i]);

  return n_calls;
}

static void
pass_seconds (TransferFixture *self, guint seconds)
{
  for (guint i = 0; i < seconds; i++)
    {
      transfer_fixture_run (self);
      terrace_fake_clock_advance_us (TERRACE_FAKE_CLOCK (self->clock), TERRACE_US_PER_SECOND);
      terrace_test_settle ();
    }
  transfer_fixture_run (self);
}

static gboolean
list_events (TerraceConnection *connection, gpointer data, GError **error)
{
  GPtrArray **events = data;

  *events = terrace_event_table_page (connection, 0, 0, 1000, error);

  return *events != NULL;
}

static guint
count_told (TransferFixture *self, const char *word)
{
  g_autoptr (GPtrArray) events = NULL;
  guint n_told = 0;

  transfer_fixture_write (self, list_events, &events);
  for (guint i = 0; i < events->len; i++)
    {
      TerraceEvent *event = g_ptr_array_index (events, i);

      if (event->kind == TERRACE_EVENT_LOCATION && strstr (event->message, word) != NULL)
        n_told++;
    }

  return n_told;
}

static void
assert_state (TransferFixture *self, gint64 move_id, TerraceMoveState state)
{
  g_autoptr (TerraceMove) move = transfer_fixture_get_move (self, move_id);

  g_assert_cmpint (move->state, ==, state);
}

/* The place is away for an hour. Its moves wait with a reason, another place's go on, it is asked
 * now and then and not more, and when it is back everything is done. */
static void
test_gone_and_back (TransferFixture *self, gconstpointer data)
{
  gint64 ids[6];
  gint64 elsewhere;
  gint64 item_id;
  g_autoptr (TerraceMove) waiting = NULL;
  guint n_before;

  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    {
      g_autofree char *key = g_strdup_printf ("f%u", i);

      ids[i] = transfer_fixture_add_move (self, key, 100, i);
    }
  item_id = transfer_fixture_add_item (self, "other", 100, 9);
  elsewhere = transfer_fixture_queue_move (self, transfer_fixture_new_move (self, item_id, 2));

  set_gone (self, 1, TRUE);
  transfer_fixture_start (self);
  pass_seconds (self, 60);
  assert_state (self, elsewhere, TERRACE_MOVE_DONE);
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    {
      g_autoptr (TerraceMove) move = transfer_fixture_get_move (self, ids[i]);

      g_assert_false (terrace_move_state_is_final (move->state));
    }
  waiting = transfer_fixture_get_move (self, ids[0]);
  g_assert_nonnull (strstr (waiting->error, "goes on by itself"));
  g_assert_cmpuint (count_told (self, "fails again and again"), ==, 1);

  n_before = count_calls (self, 1);
  pass_seconds (self, 1200);
  g_assert_cmpuint (count_calls (self, 1) - n_before, <=,
                    1200 * 1000 / TERRACE_LIMIT_BACKOFF_MS + 1);
  g_assert_cmpuint (count_told (self, "fails again and again"), ==, 1);
  g_assert_cmpuint (count_told (self, "is back;"), ==, 0);

  set_gone (self, 1, FALSE);
  transfer_fixture_run_all (self);
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    assert_state (self, ids[i], TERRACE_MOVE_DONE);
  g_assert_cmpuint (count_told (self, "is back;"), ==, 1);
}

/* A cancel is not kept waiting for a place that is away. */
static void
test_cancel_while_gone (TransferFixture *self, gconstpointer data)
{
  gint64 id = transfer_fixture_add_move (self, "a", 100, 1);

  fault_provider_fail (self->faults[1], FAULT_CALL_FINISH, 1, G_MAXUINT, TERRACE_ERROR_UNREACHABLE);
  fault_provider_fail (self->faults[1], FAULT_CALL_PROBE, 1, G_MAXUINT, TERRACE_ERROR_UNREACHABLE);
  transfer_fixture_start (self);
  pass_seconds (self, 60);
  assert_state (self, id, TERRACE_MOVE_COPYING);

  transfer_fixture_request (self, id, TERRACE_MOVE_REQUEST_CANCEL);
  transfer_fixture_run_all (self);
  assert_state (self, id, TERRACE_MOVE_CANCELLED);
}

/* Too much at once: it becomes less, and nothing fails for it. */
static void
test_busy (TransferFixture *self, gconstpointer data)
{
  gint64 ids[12];

  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    {
      g_autofree char *key = g_strdup_printf ("f%u", i);

      ids[i] = transfer_fixture_add_move (self, key, 100, i);
    }
  fault_provider_fail (self->faults[1], FAULT_CALL_FINISH, 2, 4, TERRACE_ERROR_BUSY);
  transfer_fixture_start (self);
  transfer_fixture_run_all (self);

  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    assert_state (self, ids[i], TERRACE_MOVE_DONE);
  g_assert_cmpuint (count_told (self, "fails again and again"), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, func)                                                   \
  g_test_add (path, TransferFixture, NULL, transfer_fixture_set_up, func, \
              transfer_fixture_tear_down)
  ADD ("/transfer/queue-places/gone-and-back", test_gone_and_back);
  ADD ("/transfer/queue-places/cancel-while-gone", test_cancel_while_gone);
  ADD ("/transfer/queue-places/busy", test_busy);
#undef ADD

  return g_test_run ();
}
