/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Tests of stream/terrace-windows.c, by a time that the test tells. */

#include "stream/terrace-windows.h"

#include "base/terrace-clock.h"
#include "base/terrace-limits.h"

#define S TERRACE_US_PER_SECOND
#define START_US (G_GINT64_CONSTANT (1795000000) * S)

static gboolean
add (TerraceWindows *windows, TerraceStreamKind kind, gint64 time_us, guint64 latency_us)
{
  TerraceStreamEvent event;

  terrace_stream_event_init (&event, kind, time_us);
  event.bytes = 10;
  event.latency_us = latency_us;

  return terrace_windows_add (windows, &event);
}

static void
test_windows_slide (void)
{
  g_autoptr (TerraceWindows) windows = terrace_windows_new (START_US);
  TerraceWindowSummary summary;

  /* Two a second for two minutes, then nothing for one. */
  for (gint64 second = 0; second < 180; second++)
    {
      terrace_windows_advance (windows, START_US + second * S);
      for (guint i = 0; i < 2 && second < 120; i++)
        g_assert_true (add (windows, i == 0 ? TERRACE_STREAM_READ : TERRACE_STREAM_ERROR,
                            START_US + second * S, 1000));
    }

  terrace_windows_summarize (windows, TERRACE_WINDOW_SECOND, &summary);
  g_assert_cmpuint (summary.events, ==, 0);
  terrace_windows_summarize (windows, TERRACE_WINDOW_MINUTE, &summary);
  g_assert_cmpuint (summary.events, ==, 0);
  terrace_windows_summarize (windows, TERRACE_WINDOW_FIVE_MINUTES, &summary);
  g_assert_cmpuint (summary.events, ==, 240);
  g_assert_cmpuint (summary.bytes, ==, 1200);
  g_assert_cmpfloat (summary.error_ratio, ==, 0.5);
  g_assert_cmpfloat_with_epsilon (summary.events_per_second, 240.0 / 180, 1e-9);
  g_assert_cmpfloat_with_epsilon (summary.p95_us, 1000, 10);

  terrace_windows_advance (windows, START_US + 4000 * S);
  terrace_windows_summarize (windows, TERRACE_WINDOW_HOUR, &summary);
  g_assert_cmpuint (summary.events, ==, 0);
  g_assert_cmpuint (summary.n_latencies, ==, 0);
}

static void
test_late_and_early (void)
{
  g_autoptr (TerraceWindows) windows = terrace_windows_new (START_US);
  TerraceWindowSecond seconds[600];
  gint64 now_us = START_US + 1000 * S;
  TerraceWindowSummary summary;

  terrace_windows_advance (windows, now_us);
  g_assert_true (add (windows, TERRACE_STREAM_READ, now_us - TERRACE_LIMIT_STREAM_LATE_US, 0));
  g_assert_false (add (windows, TERRACE_STREAM_READ, now_us - TERRACE_LIMIT_STREAM_LATE_US - S, 0));
  /* From the future: as of now. */
  g_assert_true (add (windows, TERRACE_STREAM_READ, now_us + 3600 * S, 0));
  terrace_windows_summarize (windows, TERRACE_WINDOW_FIVE_MINUTES, &summary);
  g_assert_cmpuint (summary.events, ==, 1);
  terrace_windows_get_seconds (windows, seconds, G_N_ELEMENTS (seconds));
  g_assert_cmpuint (seconds[300].events, ==, 1);
  g_assert_cmpint (seconds[599].second, ==, now_us / S - 1);
}

static void
test_clock_set_back (void)
{
  g_autoptr (TerraceWindows) windows = terrace_windows_new (START_US);
  TerraceWindowSummary summary;

  terrace_windows_advance (windows, START_US + 10 * S);
  g_assert_true (add (windows, TERRACE_STREAM_READ, START_US + 10 * S, 5));
  terrace_windows_advance (windows, START_US);
  terrace_windows_summarize (windows, TERRACE_WINDOW_MINUTE, &summary);
  g_assert_cmpuint (summary.events, ==, 1);
}

static void
test_burst (void)
{
  g_autoptr (TerraceWindows) windows = terrace_windows_new (START_US);
  guint changes = 0, n_in_burst = 0;
  gboolean before = FALSE;

  /* Four a second, then forty for a minute, then four again. */
  for (gint64 second = 0; second < 600; second++)
    {
      guint n = second >= 400 && second < 460 ? 40 : 4;
      gboolean burst;

      terrace_windows_advance (windows, START_US + second * S);
      for (guint i = 0; i < n; i++)
        add (windows, TERRACE_STREAM_READ, START_US + second * S, 0);
      burst = terrace_windows_check_burst (windows);
      changes += burst != before;
      n_in_burst += burst;
      before = burst;
    }

  /* It begins once and ends once. */
  g_assert_cmpuint (changes, ==, 2);
  g_assert_cmpuint (n_in_burst, >, 50);
  g_assert_cmpuint (n_in_burst, <, 80);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/stream/windows/slide", test_windows_slide);
  g_test_add_func ("/stream/windows/late-and-early", test_late_and_early);
  g_test_add_func ("/stream/windows/clock-set-back", test_clock_set_back);
  g_test_add_func ("/stream/windows/burst", test_burst);

  return g_test_run ();
}
