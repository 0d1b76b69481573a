/* SPDX-License-Identifier: GPL-3.0-or-later */
/* More at once while it helps, half when it is too much. */

#include "config.h"

#include "base/terrace-clock.h"
#include "transfer/terrace-climber.h"

#define NOW_US (G_GINT64_CONSTANT (1790000000) * TERRACE_US_PER_SECOND)

/* A second in which @work is done by as many as may run. */
static void
pass_second (TerraceClimber *climber, gint64 *now_us, guint64 work)
{
  terrace_climber_add (climber, work);
  *now_us += TERRACE_US_PER_SECOND;
  terrace_climber_step (climber, *now_us, TRUE);
}

/* Each one more adds as much as the others do. */
static void
test_rises (void)
{
  TerraceClimber climber;
  gint64 now_us = NOW_US;

  terrace_climber_init (&climber, 2, 6);
  terrace_climber_step (&climber, now_us, TRUE);
  for (guint i = 0; i < 10; i++)
    pass_second (&climber, &now_us, climber.limit * 1000);
  g_assert_cmpuint (climber.limit, ==, 6);
}

/* The line is full with three: the fourth is tried, and given up. */
static void
test_stays (void)
{
  TerraceClimber climber;
  gint64 now_us = NOW_US;
  guint highest = 0;

  terrace_climber_init (&climber, 2, 16);
  terrace_climber_step (&climber, now_us, TRUE);
  for (guint i = 0; i < 20; i++)
    {
      pass_second (&climber, &now_us, MIN (climber.limit, 3) * 1000);
      highest = MAX (highest, climber.limit);
    }
  g_assert_cmpuint (climber.limit, ==, 3);
  g_assert_cmpuint (highest, ==, 4);
}

/* While fewer run than may, nothing can be said. */
static void
test_needs_use (void)
{
  TerraceClimber climber;
  gint64 now_us = NOW_US;

  terrace_climber_init (&climber, 2, 16);
  for (guint i = 0; i < 10; i++)
    {
      terrace_climber_add (&climber, i * 1000);
      now_us += TERRACE_US_PER_SECOND;
      g_assert_false (terrace_climber_step (&climber, now_us, FALSE));
    }
  g_assert_cmpuint (climber.limit, ==, 2);
}

static void
test_backs_off (void)
{
  TerraceClimber climber;
  gint64 now_us = NOW_US;

  terrace_climber_init (&climber, 8, 16);
  terrace_climber_step (&climber, now_us, TRUE);
  /* Eight refusals of one moment are one. */
  for (guint i = 0; i < 8; i++)
    terrace_climber_back_off (&climber, now_us + i);
  g_assert_cmpuint (climber.limit, ==, 4);
  for (guint i = 0; i < 8; i++)
    terrace_climber_back_off (&climber, now_us + (i + 2) * TERRACE_US_PER_SECOND);
  g_assert_cmpuint (climber.limit, ==, 1);

  /* It does not come up again at once, but it does. */
  now_us += 10 * TERRACE_US_PER_SECOND;
  pass_second (&climber, &now_us, 1000);
  pass_second (&climber, &now_us, 1000);
  g_assert_cmpuint (climber.limit, ==, 1);
  for (guint i = 0; i < 60; i++)
    pass_second (&climber, &now_us, climber.limit * 1000);
  g_assert_cmpuint (climber.limit, >, 4);
}

static void
test_bounds (void)
{
  TerraceClimber climber;

  terrace_climber_init (&climber, 4, 16);
  terrace_climber_set_most (&climber, 4, 2);
  g_assert_cmpuint (climber.limit, ==, 2);
  terrace_climber_set_most (&climber, 4, 16);
  g_assert_cmpuint (climber.limit, ==, 4);
  terrace_climber_set_most (&climber, 4, 0);
  g_assert_cmpuint (climber.limit, ==, 1);
}

/* A clock that is set back must not count a day's work in a second. */
static void
test_clock_set (void)
{
  TerraceClimber climber;

  terrace_climber_init (&climber, 2, 16);
  terrace_climber_step (&climber, NOW_US, TRUE);
  terrace_climber_add (&climber, 1000);
  g_assert_false (terrace_climber_step (&climber, NOW_US - TERRACE_US_PER_DAY, TRUE));
  g_assert_cmpuint (climber.limit, ==, 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/transfer/climber/rises", test_rises);
  g_test_add_func ("/transfer/climber/stays", test_stays);
  g_test_add_func ("/transfer/climber/needs-use", test_needs_use);
  g_test_add_func ("/transfer/climber/backs-off", test_backs_off);
  g_test_add_func ("/transfer/climber/bounds", test_bounds);
  g_test_add_func ("/transfer/climber/clock-set", test_clock_set);

  return g_test_run ();
}
