/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The decay arithmetic of access rates. */

#include "model/terrace-access.h"

#include "base/terrace-clock.h"

#include <math.h>

#define DAY TERRACE_US_PER_DAY
#define NOW (20000 * DAY)

#define assert_near(found, wanted) g_assert_cmpfloat_with_epsilon (found, wanted, 1e-9)

static void
test_half_lives (void)
{
  TerraceAccessRates rates;

  terrace_access_rates_init (&rates, NOW, 0, NOW);
  terrace_access_rates_add (&rates, NOW, 8);
  terrace_access_rates_decay (&rates, NOW + 7 * DAY);
  assert_near (rates.reads_7d, 4);
  terrace_access_rates_decay (&rates, NOW + 30 * DAY);
  assert_near (rates.reads_30d, 4);
  terrace_access_rates_decay (&rates, NOW + 90 * DAY);
  assert_near (rates.reads_90d, 4);
  assert_near (rates.reads_30d, 1);
  g_assert_cmpuint (rates.total_reads, ==, 8);
  g_assert_cmpint (rates.updated_us, ==, NOW + 90 * DAY);
}

static void
test_steps_do_not_matter (void)
{
  TerraceAccessRates once;
  TerraceAccessRates often;

  terrace_access_rates_init (&once, NOW - DAY, NOW - DAY, NOW);
  often = once;
  terrace_access_rates_decay (&once, NOW + 100 * DAY);
  for (int day = 1; day <= 100; day++)
    terrace_access_rates_decay (&often, NOW + day * DAY);

  assert_near (often.reads_7d, once.reads_7d);
  assert_near (often.reads_30d, once.reads_30d);
  assert_near (often.reads_90d, once.reads_90d);
}

static void
test_clock_set_back (void)
{
  TerraceAccessRates rates;
  TerraceAccessRates before;

  terrace_access_rates_init (&rates, NOW, NOW, NOW);
  before = rates;
  terrace_access_rates_decay (&rates, NOW - 5 * DAY);
  g_assert_cmpmem (&rates, sizeof rates, &before, sizeof before);
  assert_near (terrace_access_rates_get_reads_per_month (&rates, NOW - 5 * DAY),
               terrace_access_rates_get_reads_per_month (&rates, NOW));
}

static void
test_late_read (void)
{
  TerraceAccessRates in_order;
  TerraceAccessRates late;

  terrace_access_rates_init (&in_order, NOW, 0, NOW);
  late = in_order;

  terrace_access_rates_add (&in_order, NOW + 2 * DAY, 1);
  terrace_access_rates_add (&in_order, NOW + 9 * DAY, 3);
  terrace_access_rates_add (&late, NOW + 9 * DAY, 3);
  terrace_access_rates_add (&late, NOW + 2 * DAY, 1);

  assert_near (late.reads_7d, in_order.reads_7d);
  assert_near (late.reads_30d, in_order.reads_30d);
  assert_near (late.reads_90d, in_order.reads_90d);
  g_assert_cmpint (late.last_us, ==, NOW + 9 * DAY);
  g_assert_cmpint (late.updated_us, ==, NOW + 9 * DAY);
  g_assert_cmpuint (late.total_reads, ==, 4);
}

static void
test_init (void)
{
  TerraceAccessRates rates;

  terrace_access_rates_init (&rates, NOW - 100 * DAY, NOW - 30 * DAY, NOW);
  g_assert_cmpint (rates.first_us, ==, NOW - 100 * DAY);
  g_assert_cmpint (rates.last_us, ==, NOW - 30 * DAY);
  g_assert_cmpint (rates.updated_us, ==, NOW);
  assert_near (rates.reads_30d, 0.5);
  g_assert_cmpuint (rates.total_reads, ==, 1);

  terrace_access_rates_init (&rates, 0, 0, NOW);
  g_assert_cmpint (rates.first_us, ==, NOW);
  g_assert_cmpint (rates.last_us, ==, 0);
  g_assert_cmpuint (rates.total_reads, ==, 0);

  /* Copied with its times kept: used before it was created. */
  terrace_access_rates_init (&rates, NOW - DAY, NOW - 9 * DAY, NOW);
  g_assert_cmpint (rates.first_us, ==, NOW - 9 * DAY);

  /* From a machine whose clock is wrong. */
  terrace_access_rates_init (&rates, NOW + DAY, NOW + DAY, NOW);
  g_assert_cmpint (rates.first_us, ==, NOW);
  g_assert_cmpuint (rates.total_reads, ==, 0);
}

/* A steady rhythm must be found as what it is, early and late. */
static void
test_steady_rate (void)
{
  const double per_month[] = { 30, 1 };

  for (gsize i = 0; i < G_N_ELEMENTS (per_month); i++)
    {
      TerraceAccessRates rates;
      gint64 step_us = (gint64) (30 * DAY / per_month[i]);

      /* Reads fall in the middle of their interval, so that neither end weighs more. */
      terrace_access_rates_init (&rates, NOW, 0, NOW);
      for (gint64 at_us = step_us / 2; at_us < 720 * DAY; at_us += step_us)
        {
          terrace_access_rates_add (&rates, NOW + at_us, 1);
          if (at_us > 60 * DAY)
            g_assert_cmpfloat_with_epsilon (terrace_access_rates_get_reads_per_month (&rates,
                                                                                      NOW + at_us +
                                                                                          step_us /
                                                                                              2),
                                            per_month[i], per_month[i] * 0.04);
        }
    }
}

static void
test_short_observation (void)
{
  TerraceAccessRates rates;
  double found;

  /* Five a day for three days are 150 a month, though the count has hardly begun to settle. */
  terrace_access_rates_init (&rates, NOW, 0, NOW);
  for (int i = 0; i < 15; i++)
    terrace_access_rates_add (&rates, NOW + (i * 2 + 1) * DAY / 10, 1);
  found = terrace_access_rates_get_reads_per_month (&rates, NOW + 3 * DAY);
  g_assert_cmpfloat_with_epsilon (found, 150, 1);

  /* One read a second ago is not a million a month. */
  terrace_access_rates_init (&rates, NOW, NOW, NOW + TERRACE_US_PER_SECOND);
  found = terrace_access_rates_get_reads_per_month (&rates, NOW + TERRACE_US_PER_SECOND);
  g_assert_cmpfloat (found, >, 0);
  g_assert_cmpfloat (found, <, 31);

  terrace_access_rates_init (&rates, NOW, 0, NOW);
  assert_near (terrace_access_rates_get_reads_per_month (&rates, NOW), 0);
}

static void
test_asking_changes_nothing (void)
{
  TerraceAccessRates rates;
  TerraceAccessRates before;

  terrace_access_rates_init (&rates, NOW, NOW, NOW);
  before = rates;
  g_assert_cmpfloat (terrace_access_rates_get_reads_per_month (&rates, NOW + 10 * DAY), >,
                     terrace_access_rates_get_reads_per_month (&rates, NOW + 1000 * DAY));
  g_assert_cmpmem (&rates, sizeof rates, &before, sizeof before);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/access/half-lives", test_half_lives);
  g_test_add_func ("/access/steps-do-not-matter", test_steps_do_not_matter);
  g_test_add_func ("/access/clock-set-back", test_clock_set_back);
  g_test_add_func ("/access/late-read", test_late_read);
  g_test_add_func ("/access/init", test_init);
  g_test_add_func ("/access/steady-rate", test_steady_rate);
  g_test_add_func ("/access/short-observation", test_short_observation);
  g_test_add_func ("/access/asking-changes-nothing", test_asking_changes_nothing);

  return g_test_run ();
}
