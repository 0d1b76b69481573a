/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Tests of insight/terrace-temperature.c: thresholds, hysteresis, sentences. */

#include "insight/terrace-temperature.h"

#include "base/terrace-clock.h"

#include <locale.h>
#include <math.h>

#define NOW_US (20000 * TERRACE_US_PER_DAY)
#define YEARS_US (2000 * TERRACE_US_PER_DAY)

/* Rates that stand for @reads_per_month after an observation so long that nothing is corrected. */
static TerraceAccessRates
make_rates (double reads_per_month)
{
  TerraceAccessRates rates = {
    .updated_us = NOW_US,
    .first_us = NOW_US - YEARS_US,
    .last_us = NOW_US - 12 * TERRACE_US_PER_DAY,
    .reads_30d = reads_per_month / G_LN2,
  };

  return rates;
}

static TerraceTemperature
assess (double reads_per_month, TerraceTemperature previous)
{
  TerraceAccessRates rates = make_rates (reads_per_month);
  TerraceTemperature temperature;
  TerracePolicy policy;
  double found = -1.0;

  terrace_policy_init (&policy);
  temperature = terrace_temperature_assess (&rates, &policy, previous, NOW_US, &found);
  g_assert_cmpfloat_with_epsilon (found, reads_per_month, 1e-9 * (1.0 + reads_per_month));
  g_assert_cmpint (terrace_temperature_assess (&rates, &policy, previous, NOW_US, NULL), ==,
                   temperature);
  return temperature;
}

/* The defaults: hot from 4 a month, cold below 0.5. */
static void
test_thresholds (void)
{
  g_assert_cmpint (assess (100, TERRACE_TEMPERATURE_UNKNOWN), ==, TERRACE_TEMPERATURE_HOT);
  g_assert_cmpint (assess (4.001, TERRACE_TEMPERATURE_UNKNOWN), ==, TERRACE_TEMPERATURE_HOT);
  g_assert_cmpint (assess (3.999, TERRACE_TEMPERATURE_UNKNOWN), ==, TERRACE_TEMPERATURE_WARM);
  g_assert_cmpint (assess (0.501, TERRACE_TEMPERATURE_UNKNOWN), ==, TERRACE_TEMPERATURE_WARM);
  g_assert_cmpint (assess (0.499, TERRACE_TEMPERATURE_UNKNOWN), ==, TERRACE_TEMPERATURE_COLD);
  g_assert_cmpint (assess (0, TERRACE_TEMPERATURE_UNKNOWN), ==, TERRACE_TEMPERATURE_COLD);
}

static const struct
{
  TerraceTemperature previous;
  double reads;
  TerraceTemperature expected;
} hysteresis[] = {
  { TERRACE_TEMPERATURE_HOT, 3.21, TERRACE_TEMPERATURE_HOT },
  { TERRACE_TEMPERATURE_HOT, 3.19, TERRACE_TEMPERATURE_WARM },
  { TERRACE_TEMPERATURE_HOT, 0.3, TERRACE_TEMPERATURE_COLD },
  { TERRACE_TEMPERATURE_WARM, 4.79, TERRACE_TEMPERATURE_WARM },
  { TERRACE_TEMPERATURE_WARM, 4.81, TERRACE_TEMPERATURE_HOT },
  { TERRACE_TEMPERATURE_WARM, 0.41, TERRACE_TEMPERATURE_WARM },
  { TERRACE_TEMPERATURE_WARM, 0.39, TERRACE_TEMPERATURE_COLD },
  { TERRACE_TEMPERATURE_COLD, 0.59, TERRACE_TEMPERATURE_COLD },
  { TERRACE_TEMPERATURE_COLD, 0.61, TERRACE_TEMPERATURE_WARM },
  { TERRACE_TEMPERATURE_COLD, 4.01, TERRACE_TEMPERATURE_HOT },
};

static void
test_hysteresis (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (hysteresis); i++)
    g_assert_cmpint (assess (hysteresis[i].reads, hysteresis[i].previous), ==,
                     hysteresis[i].expected);
}

/* A rate that wavers by a tenth around any value changes the temperature at most once. */
static void
test_does_not_flap (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);

  for (int i = 0; i < 2000; i++)
    {
      const double reads = exp (g_rand_double_range (rand, log (0.05), log (40)));
      TerraceTemperature temperature = (TerraceTemperature) g_rand_int_range (rand, 1, 4);
      int changes = 0;

      for (int step = 0; step < 20; step++)
        {
          TerraceTemperature next =
              assess (reads * g_rand_double_range (rand, 0.9, 1.1), temperature);

          changes += next != temperature;
          temperature = next;
        }
      g_assert_cmpint (changes, <=, 1);
    }
}

static void
test_cools_with_time (void)
{
  TerraceAccessRates rates = make_rates (16);
  TerraceTemperature last = TERRACE_TEMPERATURE_HOT;
  TerracePolicy policy;
  double before = INFINITY;

  terrace_policy_init (&policy);
  for (int day = 0; day <= 240; day += 10)
    {
      double reads = -1.0;

      last = terrace_temperature_assess (&rates, &policy, last, NOW_US + day * TERRACE_US_PER_DAY,
                                         &reads);
      g_assert_cmpfloat (reads, <, before);
      before = reads;
      /* 16 halves every 30 days: below 3.2 after 70 days, below 0.4 after 160. */
      if (day <= 60)
        g_assert_cmpint (last, ==, TERRACE_TEMPERATURE_HOT);
      else if (day >= 80 && day <= 150)
        g_assert_cmpint (last, ==, TERRACE_TEMPERATURE_WARM);
      else if (day >= 170)
        g_assert_cmpint (last, ==, TERRACE_TEMPERATURE_COLD);
    }
}

static void
test_nan_is_cold (void)
{
  TerraceAccessRates rates = make_rates (1);
  TerracePolicy policy;
  double reads = -1.0;

  terrace_policy_init (&policy);
  rates.reads_30d = NAN;
  g_assert_cmpint (terrace_temperature_assess (&rates, &policy, TERRACE_TEMPERATURE_UNKNOWN, NOW_US,
                                               &reads),
                   ==, TERRACE_TEMPERATURE_COLD);
  g_assert_cmpfloat (reads, ==, 0.0);
}

static void
assert_sentence (TerraceTemperature temperature,
                 const TerraceAccessRates *rates,
                 const char *expected)
{
  g_autofree char *sentence = NULL;
  TerracePolicy policy;

  terrace_policy_init (&policy);
  sentence = terrace_temperature_explain (temperature, rates, &policy, NOW_US);
  g_assert_cmpstr (sentence, ==, expected);
}

static void
test_sentences (void)
{
  TerraceAccessRates rates = make_rates (3);

  assert_sentence (TERRACE_TEMPERATURE_WARM, &rates,
                   "Warm: 3 reads a month, last used 12 days ago "
                   "(hot from 4 a month, cold below 0.5)");
  rates = make_rates (31.7);
  assert_sentence (TERRACE_TEMPERATURE_HOT, &rates,
                   "Hot: about 32 reads a month, last used 12 days ago "
                   "(hot from 4 a month, cold below 0.5)");
  rates = make_rates (0);
  rates.last_us = 0;
  assert_sentence (TERRACE_TEMPERATURE_COLD, &rates,
                   "Cold: no reads, no use seen yet (hot from 4 a month, cold below 0.5)");
  assert_sentence (TERRACE_TEMPERATURE_UNKNOWN, &rates, "Not known yet: its use was not looked at");
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "C.UTF-8");
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/insight/temperature/thresholds", test_thresholds);
  g_test_add_func ("/insight/temperature/hysteresis", test_hysteresis);
  g_test_add_func ("/insight/temperature/does-not-flap", test_does_not_flap);
  g_test_add_func ("/insight/temperature/cools-with-time", test_cools_with_time);
  g_test_add_func ("/insight/temperature/nan-is-cold", test_nan_is_cold);
  g_test_add_func ("/insight/temperature/sentences", test_sentences);

  return g_test_run ();
}
