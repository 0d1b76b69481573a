/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The moving average. */

#include "config.h"

#include "base/terrace-clock.h"
#include "transfer/terrace-rate.h"

#define NOW_US (G_GINT64_CONSTANT (1790000000) * TERRACE_US_PER_SECOND)

static void
test_steady (void)
{
  TerraceRate rate = { 0 };
  gint64 now_us = NOW_US;

  for (guint i = 0; i < 100; i++, now_us += TERRACE_US_PER_SECOND / 10)
    terrace_rate_add (&rate, now_us, 100);
  g_assert_cmpfloat_with_epsilon (terrace_rate_get (&rate, now_us), 1000, 100);
}

static void
test_begin (void)
{
  TerraceRate rate = { 0 };

  terrace_rate_add (&rate, NOW_US, 0);
  terrace_rate_add (&rate, NOW_US + TERRACE_US_PER_SECOND, 1000);
  g_assert_cmpfloat_with_epsilon (terrace_rate_get (&rate, NOW_US + TERRACE_US_PER_SECOND), 1000,
                                  1);
}

static void
test_forget (void)
{
  TerraceRate rate = { 0 };

  terrace_rate_add (&rate, NOW_US, 1000000);
  g_assert_cmpfloat (terrace_rate_get (&rate, NOW_US + 2 * TERRACE_US_PER_SECOND), >, 0);
  g_assert_cmpfloat (terrace_rate_get (&rate, NOW_US + 4 * TERRACE_US_PER_SECOND), ==, 0);
}

static void
test_set_back (void)
{
  TerraceRate rate = { 0 };

  terrace_rate_add (&rate, NOW_US, 1000000);
  terrace_rate_add (&rate, NOW_US - TERRACE_US_PER_DAY, 250);
  g_assert_cmpfloat_with_epsilon (terrace_rate_get (&rate, NOW_US - TERRACE_US_PER_DAY), 1000, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/transfer/rate/steady", test_steady);
  g_test_add_func ("/transfer/rate/begin", test_begin);
  g_test_add_func ("/transfer/rate/forget", test_forget);
  g_test_add_func ("/transfer/rate/set-back", test_set_back);

  return g_test_run ();
}
