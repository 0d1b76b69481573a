/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "insight/terrace-trend.h"

#include <math.h>

#define N_DAYS 120
#define AHEAD 30

static void
assert_near (double seen, double expected)
{
  g_assert_cmpfloat_with_epsilon (seen, expected, 1e-9);
}

static void
test_line (void)
{
  double values[N_DAYS];
  TerraceTrend trend;
  double low, expected, high;

  for (int i = 0; i < N_DAYS; i++)
    values[i] = 100 + 2.0 * i;
  g_assert_true (terrace_trend_fit (values, N_DAYS, &trend));
  assert_near (trend.drift, 2);
  assert_near (trend.deviation, 0);
  terrace_trend_foresee (&trend, AHEAD, &low, &expected, &high);
  assert_near (expected, 100 + 2.0 * (N_DAYS - 1 + AHEAD));
  assert_near (low, expected);
  assert_near (high, expected);
}

/* By hand: changes +1, -1, +1, ... have mean 1/13 over 13 of them. */
static void
test_formula (void)
{
  double values[TERRACE_TREND_MIN_DAYS];
  TerraceTrend trend;
  double low, expected, high;
  double squares;

  for (int i = 0; i < TERRACE_TREND_MIN_DAYS; i++)
    values[i] = 10 + i % 2;
  g_assert_true (terrace_trend_fit (values, TERRACE_TREND_MIN_DAYS, &trend));
  assert_near (trend.drift, 1 / 13.0);
  squares = 7 * pow (1 - 1 / 13.0, 2) + 6 * pow (-1 - 1 / 13.0, 2);
  assert_near (trend.deviation, sqrt (squares / 12));
  terrace_trend_foresee (&trend, 4, &low, &expected, &high);
  assert_near (expected, 11 + 4 / 13.0);
  assert_near (high - expected, 1.2815515655446004 * trend.deviation * sqrt (4 * (1 + 4 / 13.0)));
  assert_near (expected - low, high - expected);
}

static void
test_never_negative (void)
{
  double values[N_DAYS];
  TerraceTrend trend;
  double low, expected, high;

  for (int i = 0; i < N_DAYS; i++)
    values[i] = N_DAYS - i + (i % 2) * 0.5;
  g_assert_true (terrace_trend_fit (values, N_DAYS, &trend));
  terrace_trend_foresee (&trend, N_DAYS * 2, &low, &expected, &high);
  assert_near (low, 0);
  assert_near (expected, 0);
  g_assert_cmpfloat (high, >=, 0);
}

static void
test_too_little (void)
{
  double values[TERRACE_TREND_MIN_DAYS] = { 0 };
  TerraceTrend trend;

  g_assert_false (terrace_trend_fit (values, TERRACE_TREND_MIN_DAYS - 1, &trend));
  g_assert_false (terrace_trend_fit (values, 0, &trend));
  g_assert_true (terrace_trend_fit (values, TERRACE_TREND_MIN_DAYS, &trend));
  values[3] = NAN;
  g_assert_false (terrace_trend_fit (values, TERRACE_TREND_MIN_DAYS, &trend));
}

/* Walks of which the truth is known: the interval holds about as many as it says. */
static void
test_coverage (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);
  guint inside = 0;
  const guint n_walks = 2000;

  for (guint walk = 0; walk < n_walks; walk++)
    {
      double values[N_DAYS + AHEAD];
      TerraceTrend trend;
      double low, expected, high;

      values[0] = 10000;
      for (int i = 1; i < N_DAYS + AHEAD; i++)
        {
          double sum = 0;

          for (int k = 0; k < 12; k++)
            sum += g_rand_double (rand);
          values[i] = values[i - 1] + 1 + (sum - 6) * 5;
        }
      g_assert_true (terrace_trend_fit (values, N_DAYS, &trend));
      terrace_trend_foresee (&trend, AHEAD, &low, &expected, &high);
      inside += values[N_DAYS + AHEAD - 1] >= low && values[N_DAYS + AHEAD - 1] <= high;
    }
  g_assert_cmpfloat (inside / (double) n_walks, >, TERRACE_TREND_COVERAGE - 0.03);
  g_assert_cmpfloat (inside / (double) n_walks, <, TERRACE_TREND_COVERAGE + 0.03);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/trend/line", test_line);
  g_test_add_func ("/trend/formula", test_formula);
  g_test_add_func ("/trend/never-negative", test_never_negative);
  g_test_add_func ("/trend/too-little", test_too_little);
  g_test_add_func ("/trend/coverage", test_coverage);
  return g_test_run ();
}
