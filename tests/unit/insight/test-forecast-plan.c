/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Tests of plans that follow a forecast: a move has to pay at both ends of the interval, nearer by
 * the risk a person takes, and says so when it does not. */

#include "insight/terrace-outlook.h"
#include "insight/terrace-planner.h"

#include "base/terrace-units.h"

#include <string.h>

typedef struct
{
  TerraceStorageClass *hot;
  TerraceStorageClass *cold;
  TerraceCandidate candidates[2];
  TerracePolicy policy;
} Fixture;

/* 1000 GB: storing in hot costs 20, in cold 5; a read of all costs 10 in cold: even at 1.5 reads.
 */
static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->hot = terrace_storage_class_new ("x/HOT", "Hot");
  fixture->hot->gb_month = 0.02;
  fixture->cold = terrace_storage_class_new ("x/COLD", "Cold");
  fixture->cold->gb_month = 0.005;
  fixture->cold->retrieval_gb = 0.01;
  for (int i = 0; i < 2; i++)
    fixture->candidates[i] =
        (TerraceCandidate){ 1, i == 0 ? fixture->hot : fixture->cold, G_MAXUINT64 };
  terrace_policy_init (&fixture->policy);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  terrace_storage_class_unref (fixture->hot);
  terrace_storage_class_unref (fixture->cold);
}

static TerraceVerdict
decide (Fixture *fixture, int current, double low, double reads, double high, char **sentence)
{
  const TerraceUse use = {
    .size_bytes = (guint64) (1000 * TERRACE_BYTES_PER_GB),
    .reads_per_month = reads,
    .days_in_class = 1000.0,
    .is_foreseen = TRUE,
    .reads_low = low,
    .reads_high = high,
  };
  TerraceDecision decision;

  terrace_planner_decide (&use, TERRACE_TEMPERATURE_COLD, &fixture->policy, fixture->candidates, 2,
                          current, &decision);
  if (sentence != NULL)
    *sentence = terrace_planner_explain (&decision, &use, fixture->candidates, "USD");
  return decision.verdict;
}

static void
test_interval (Fixture *fixture, gconstpointer data)
{
  g_autofree char *sentence = NULL;

  fixture->policy.risk = 0.0;
  g_assert_cmpint (decide (fixture, 0, 0.0, 0.5, 1.4, NULL), ==, TERRACE_VERDICT_CHOSEN);
  g_assert_cmpint (decide (fixture, 0, 0.0, 0.5, 1.6, &sentence), ==, TERRACE_VERDICT_UNSTEADY);
  g_assert_nonnull (strstr (sentence, "not sure enough"));
  /* The way back: reads have to come at the lower end, too. */
  g_assert_cmpint (decide (fixture, 1, 1.6, 3.0, 9.0, NULL), ==, TERRACE_VERDICT_CHOSEN);
  g_assert_cmpint (decide (fixture, 1, 1.4, 3.0, 9.0, NULL), ==, TERRACE_VERDICT_UNSTEADY);
}

static void
test_risk (Fixture *fixture, gconstpointer data)
{
  /* Half of the way from 0.5 to 2.4 is 1.45. */
  fixture->policy.risk = 0.5;
  g_assert_cmpint (decide (fixture, 0, 0.0, 0.5, 2.4, NULL), ==, TERRACE_VERDICT_CHOSEN);
  g_assert_cmpint (decide (fixture, 0, 0.0, 0.5, 2.6, NULL), ==, TERRACE_VERDICT_UNSTEADY);
  fixture->policy.risk = 1.0;
  g_assert_cmpint (decide (fixture, 0, 0.0, 0.5, 1000.0, NULL), ==, TERRACE_VERDICT_CHOSEN);
}

static void
test_outlook (void)
{
  const TerraceOutlook outlook = { .ranges = { { 0 }, { 0 }, { 3.0, 9.0, 30.0 } } };
  const TerraceReadsRange month = terrace_outlook_per_month (&outlook, 2);

  g_assert_cmpfloat (month.low, ==, 1.0);
  g_assert_cmpfloat (month.expected, ==, 3.0);
  g_assert_cmpfloat (month.high, ==, 10.0);
  g_assert_cmpstr (terrace_reads_method_get_nick (TERRACE_READS_CROSTON), ==, "croston");
  g_assert_cmpstr (terrace_reads_method_get_label (TERRACE_READS_BOOSTED), ==, "boosted trees");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/insight/forecast-plan/interval", Fixture, NULL, set_up, test_interval, tear_down);
  g_test_add ("/insight/forecast-plan/risk", Fixture, NULL, set_up, test_risk, tear_down);
  g_test_add_func ("/insight/forecast-plan/outlook", test_outlook);

  return g_test_run ();
}
