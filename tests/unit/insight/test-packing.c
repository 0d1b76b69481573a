/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Tests of insight/terrace-packing.c: advised where minimum sizes and requests cost more than the
 * bytes, and nowhere else. */

#include "insight/terrace-packing.h"

#include "base/terrace-units.h"

typedef struct
{
  TerraceStorageClass *hot;
  TerraceStorageClass *cold;
  TerraceCandidate candidates[2];
  TerracePolicy policy;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->hot = terrace_storage_class_new ("x/HOT", "Hot");
  fixture->hot->gb_month = 0.02;
  fixture->cold = terrace_storage_class_new ("x/COLD", "Cold");
  fixture->cold->gb_month = 0.001;
  fixture->cold->min_billable_bytes = 128 * 1024;
  fixture->cold->put_request = 5e-5;
  fixture->cold->transition_request = 5e-5;
  fixture->cold->first_byte_ms = 5000;
  for (int i = 0; i < 2; i++)
    fixture->candidates[i] =
        (TerraceCandidate){ 1, i == 0 ? fixture->hot : fixture->cold, G_MAXUINT64 };
  terrace_policy_init (&fixture->policy);
  fixture->policy.min_saving_nanos = 0;
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  terrace_storage_class_unref (fixture->hot);
  terrace_storage_class_unref (fixture->cold);
}

static TerracePackingAdvice
weigh (Fixture *fixture, guint64 n_objects, guint64 each_bytes)
{
  const TerracePackingUse use = { .n_objects = n_objects,
                                  .size_bytes = n_objects * each_bytes,
                                  .days_in_class = 100.0 };
  TerracePackingAdvice advice;

  terrace_packing_weigh (&use, &fixture->policy, fixture->candidates, 2, 0, &advice);
  return advice;
}

/* A million objects of 4 KiB are billed as 128 KiB each: alone they stay, packed they go. */
static void
test_small (Fixture *fixture, gconstpointer data)
{
  const TerracePackingAdvice advice = weigh (fixture, 1000000, 4096);
  const double gb = 1e6 * 4096 / TERRACE_BYTES_PER_GB;

  g_assert_cmpint (advice.candidate, ==, 1);
  g_assert_cmpfloat_with_epsilon (advice.saving_month, gb * (0.02 - 0.001), 1e-9);
  g_assert_cmpfloat (advice.separate_saving_month, ==, 0.0);
  g_assert_cmpfloat (advice.once, <, 1.0);
}

/* Objects of a gigabyte move alone: packing gains next to nothing. */
static void
test_large (Fixture *fixture, gconstpointer data)
{
  const TerracePackingAdvice advice = weigh (fixture, 1000, (guint64) 1 << 30);

  g_assert_cmpfloat (advice.separate_saving_month, >, 18.0);
  if (advice.candidate >= 0)
    g_assert_cmpfloat (advice.saving_month - advice.separate_saving_month, <, 0.1);
}

static void
test_refused (Fixture *fixture, gconstpointer data)
{
  g_assert_cmpint (weigh (fixture, 5, 4096).candidate, ==, -1);

  fixture->policy.max_first_byte_ms = 1000;
  g_assert_cmpint (weigh (fixture, 1000000, 4096).candidate, ==, -1);

  fixture->policy.max_first_byte_ms = 0;
  fixture->candidates[1].free_bytes = 1000;
  g_assert_cmpint (weigh (fixture, 1000000, 4096).candidate, ==, -1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/insight/packing/small", Fixture, NULL, set_up, test_small, tear_down);
  g_test_add ("/insight/packing/large", Fixture, NULL, set_up, test_large, tear_down);
  g_test_add ("/insight/packing/refused", Fixture, NULL, set_up, test_refused, tear_down);

  return g_test_run ();
}
