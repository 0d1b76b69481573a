/* SPDX-License-Identifier: GPL-3.0-or-later */

/* How much may move at once: stored, refused when it makes no sense, followed by others. */

#include "engine-fixture.h"
#include "engine/terrace-engine-transfer.h"
#include "base/terrace-error.h"
#include "base/terrace-limits.h"
#include "terrace-test-support.h"

static gboolean
set_limits (TerraceEngine *engine, const TerraceTransferLimits *limits, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  terrace_engine_set_transfer_limits_async (engine, limits, NULL, terrace_test_store_result,
                                            &result);
  terrace_test_await (&result);

  return terrace_engine_set_transfer_limits_finish (engine, result, error);
}

static void
assert_limits (TerraceEngine *engine, const TerraceTransferLimits *expected)
{
  const TerraceTransferLimits *limits = terrace_engine_get_transfer_limits (engine);

  g_assert_cmpuint (limits->max_active, ==, expected->max_active);
  g_assert_cmpuint (limits->bytes_per_second, ==, expected->bytes_per_second);
  g_assert_cmpstr (limits->timetable, ==, expected->timetable);
  g_assert_cmpint (limits->spend_cap_nanos, ==, expected->spend_cap_nanos);
}

static void
test_defaults (EngineFixture *fixture, gconstpointer data)
{
  const TerraceTransferLimits expected = { TERRACE_DEFAULT_ACTIVE_MOVES, 0, NULL, 0 };

  assert_limits (fixture->engine, &expected);
}

static void
test_stored (EngineFixture *fixture, gconstpointer data)
{
  TerraceTransferLimits limits = { 7, 1 << 20, (char *) "08:00 512K 18:00 off", 2500000000 };
  g_autoptr (GError) error = NULL;

  g_assert_true (set_limits (fixture->engine, &limits, &error));
  g_assert_no_error (error);
  assert_limits (fixture->engine, &limits);

  engine_fixture_close (fixture);
  engine_fixture_open (fixture, FALSE, FALSE);
  assert_limits (fixture->engine, &limits);

  limits.timetable = (char *) "";
  g_assert_true (set_limits (fixture->engine, &limits, &error));
  engine_fixture_close (fixture);
  engine_fixture_open (fixture, FALSE, FALSE);
  limits.timetable = NULL;
  assert_limits (fixture->engine, &limits);
}

static void
test_refused (EngineFixture *fixture, gconstpointer data)
{
  static const TerraceTransferLimits wrong[] = {
    { 0, 0, NULL, 0 },           { TERRACE_LIMIT_ACTIVE_MOVES + 1, 0, NULL, 0 },
    { 4, G_MAXUINT64, NULL, 0 }, { 4, 0, (char *) "25:00 1M", 0 },
    { 4, 0, NULL, -1 },
  };
  const TerraceTransferLimits expected = { TERRACE_DEFAULT_ACTIVE_MOVES, 0, NULL, 0 };

  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (set_limits (fixture->engine, &wrong[i], &error));
      g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID);
      assert_limits (fixture->engine, &expected);
    }
}

static gboolean
has_seven (gpointer data)
{
  return terrace_engine_get_transfer_limits (data)->max_active == 7;
}

/* Another program sets them; this one's queue follows without being asked. */
static void
test_followed (EngineFixture *fixture, gconstpointer data)
{
  const TerraceTransferLimits limits = { 7, 0, NULL, 0 };
  EngineFixture other = { .dir = fixture->dir, .files = fixture->files, .data = fixture->data };
  g_autoptr (GError) error = NULL;

  engine_fixture_open (&other, FALSE, FALSE);
  g_assert_true (set_limits (other.engine, &limits, &error));
  g_assert_no_error (error);
  engine_fixture_close (&other);

  terrace_test_await_condition (has_seven, fixture->engine);
  assert_limits (fixture->engine, &limits);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, func) \
  g_test_add (path, EngineFixture, NULL, engine_fixture_set_up, func, engine_fixture_tear_down)
  ADD ("/engine/transfer-limits/defaults", test_defaults);
  ADD ("/engine/transfer-limits/stored", test_stored);
  ADD ("/engine/transfer-limits/refused", test_refused);
  ADD ("/engine/transfer-limits/followed", test_followed);
#undef ADD

  return g_test_run ();
}
