/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The day's cost is noted by itself, once a day is enough, and what is noted becomes a forecast. */

#include "config.h"

#include "base/terrace-units.h"
#include "engine-fixture.h"
#include "engine/terrace-engine-dashboard.h"
#include "insight/terrace-trend.h"
#include "terrace-fake-clock.h"
#include "terrace-test-support.h"

#define N_DAYS 20
#define SIZE_BYTES 100000

typedef struct
{
  EngineFixture base;
  TerraceClock *clock;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_auto (GStrv) price_dirs = terrace_engine_default_price_dirs ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  TerraceEngineOptions options = { .run_moves = TRUE };

  engine_fixture_set_up (&fixture->base, NULL);
  engine_fixture_close (&fixture->base);
  fixture->clock = terrace_fake_clock_new (g_get_real_time ());
  options.data_dir = fixture->base.data;
  options.price_dirs = (const char *const *) price_dirs;
  options.clock = fixture->clock;
  terrace_engine_open_async (&options, NULL, terrace_test_store_result, &result);
  terrace_test_await (&result);
  fixture->base.engine = terrace_engine_open_finish (result, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  engine_fixture_tear_down (&fixture->base, NULL);
  g_object_unref (fixture->clock);
}

static TerraceCostHistory *
read_history (Fixture *fixture)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  TerraceCostHistory *history;

  terrace_engine_cost_history_async (fixture->base.engine, NULL, terrace_test_store_result,
                                     &result);
  terrace_test_await (&result);
  history = terrace_engine_cost_history_finish (fixture->base.engine, result, &error);
  g_assert_no_error (error);
  return history;
}

/* Until the notes of the day that has begun are there. */
static TerraceCostHistory *
await_day (Fixture *fixture, gint64 day)
{
  for (;;)
    {
      g_autoptr (TerraceCostHistory) history = read_history (fixture);

      if (history->days->len > 0 &&
          g_array_index (history->days, TerraceCostDay, history->days->len - 1).day == day)
        return g_steal_pointer (&history);
    }
}

static void
test_nothing_known (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TerraceCostHistory) history = read_history (fixture);

  g_assert_cmpuint (history->days->len, ==, 0);
  g_assert_cmpuint (history->ahead->len, ==, 0);
  g_assert_cmpuint (history->days_missing, ==, TERRACE_TREND_MIN_DAYS);
}

static void
test_days_become_a_forecast (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TerraceRegisterReport) report = NULL;
  gint64 first_day;
  gint64 monthly_nanos;

  engine_fixture_add_files (&fixture->base, "aws/STANDARD");
  engine_fixture_make_file (&fixture->base, "a", SIZE_BYTES, 1, 0);
  report = engine_fixture_register (&fixture->base, fixture->base.files);
  g_assert_cmpuint (report->added, ==, 1);

  first_day = terrace_clock_get_now_us (fixture->clock) / TERRACE_US_PER_DAY + 1;
  for (gint64 day = first_day; day < first_day + N_DAYS; day++)
    {
      g_autoptr (TerraceCostHistory) history = NULL;

      terrace_fake_clock_advance_us (TERRACE_FAKE_CLOCK (fixture->clock), TERRACE_US_PER_DAY);
      history = await_day (fixture, day);
      g_assert_cmpuint (history->ahead->len, ==,
                        history->days->len < TERRACE_TREND_MIN_DAYS ? 0 : 90);
    }

  {
    g_autoptr (TerraceCostHistory) history = read_history (fixture);
    TerraceCostDay *last = &g_array_index (history->days, TerraceCostDay, history->days->len - 1);
    TerraceCostAhead *ahead = &g_array_index (history->ahead, TerraceCostAhead, 0);

    /* One more when the day of the registration was noted too. */
    g_assert_cmpuint (history->days->len - N_DAYS, <=, 1);
    g_assert_cmpuint (last->items, ==, 1);
    g_assert_cmpuint (last->size_bytes, ==, SIZE_BYTES);
    monthly_nanos = last->monthly_nanos;
    g_assert_cmpint (monthly_nanos, >, 0);
    /* Nothing changed, so nothing is expected to, and that is certain. */
    g_assert_cmpint (ahead->day, ==, first_day + N_DAYS);
    g_assert_cmpint (ahead->low_nanos, ==, monthly_nanos);
    g_assert_cmpint (ahead->expected_nanos, ==, monthly_nanos);
    g_assert_cmpint (ahead->high_nanos, ==, monthly_nanos);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/dashboard/nothing-known", Fixture, NULL, set_up, test_nothing_known, tear_down);
  g_test_add ("/dashboard/forecast", Fixture, NULL, set_up, test_days_become_a_forecast, tear_down);
  return g_test_run ();
}
