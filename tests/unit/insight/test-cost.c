/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Tests of insight/terrace-cost.c: the terms one by one, properties over random use, and the
 * published break-even figures that the shipped sheets must reproduce. */

#include "insight-support.h"

#include "insight/terrace-cost.h"

#include "base/terrace-limits.h"
#include "base/terrace-units.h"

#include <math.h>

#define KIB 1024u
#define MIB (1024u * KIB)
#define GIB (1024u * MIB)
#define N_CASES 5000
#define SEED 20261122

static TerraceStorageClass *
make_class (const char *id)
{
  TerraceStorageClass *storage_class = terrace_storage_class_new (id, id);

  storage_class->gb_month = 0.03;
  storage_class->put_request = 0.00002;
  storage_class->get_request = 0.00001;
  storage_class->transition_request = 0.00004;
  storage_class->write_gb = 0.005;
  storage_class->retrieval_gb = 0.02;
  storage_class->egress_gb = 0.08;
  return storage_class;
}

static void
assert_sums (const TerraceBill *bill)
{
  double monthly = 0.0;
  double once = 0.0;

  for (int i = 0; i < TERRACE_N_TERMS; i++)
    {
      g_assert_cmpfloat (bill->terms[i], >=, 0.0);
      if (i < TERRACE_N_MONTHLY_TERMS)
        monthly += bill->terms[i];
      else
        once += bill->terms[i];
    }
  g_assert_cmpfloat_with_epsilon (bill->monthly, monthly, 1e-12 * (1.0 + monthly));
  g_assert_cmpfloat_with_epsilon (bill->once, once, 1e-12 * (1.0 + once));
}

static void
test_monthly_terms (void)
{
  g_autoptr (TerraceStorageClass) storage_class = make_class ("test/A");
  TerraceUse use = { .size_bytes = 2u * GIB, .reads_per_month = 10, .egress_counts = TRUE };
  TerraceBill bill;

  storage_class->overhead_bytes = GIB;
  storage_class->overhead_hot_bytes = GIB / 2;
  storage_class->overhead_hot_gb_month = 0.5;
  storage_class->monitoring_month = 0.125;
  storage_class->restore_request = 0.25;
  terrace_cost_stay (&use, storage_class, &bill);

  g_assert_cmpfloat_with_epsilon (bill.terms[TERRACE_TERM_STORAGE], 0.06, 1e-12);
  g_assert_cmpfloat (bill.terms[TERRACE_TERM_MINIMUM_SIZE], ==, 0.0);
  g_assert_cmpfloat_with_epsilon (bill.terms[TERRACE_TERM_OVERHEAD], 0.03 + 0.25, 1e-12);
  g_assert_cmpfloat (bill.terms[TERRACE_TERM_MONITORING], ==, 0.125);
  g_assert_cmpfloat_with_epsilon (bill.terms[TERRACE_TERM_REQUESTS], 2.5001, 1e-12);
  g_assert_cmpfloat_with_epsilon (bill.terms[TERRACE_TERM_RETRIEVAL], 0.4, 1e-12);
  g_assert_cmpfloat_with_epsilon (bill.terms[TERRACE_TERM_EGRESS], 1.6, 1e-12);
  g_assert_cmpfloat (bill.once, ==, 0.0);
  assert_sums (&bill);

  use.egress_counts = FALSE;
  terrace_cost_stay (&use, storage_class, &bill);
  g_assert_cmpfloat (bill.terms[TERRACE_TERM_EGRESS], ==, 0.0);
}

static void
test_minimum_size (void)
{
  g_autoptr (TerraceStorageClass) storage_class = make_class ("test/A");
  TerraceUse use = { .size_bytes = 28 * KIB };
  TerraceBill small;
  TerraceBill edge;

  storage_class->min_billable_bytes = 128 * KIB;
  terrace_cost_stay (&use, storage_class, &small);
  g_assert_cmpfloat_with_epsilon (small.terms[TERRACE_TERM_MINIMUM_SIZE],
                                  0.03 * 100 * KIB / TERRACE_BYTES_PER_GB, 1e-15);

  use.size_bytes = 128 * KIB;
  terrace_cost_stay (&use, storage_class, &edge);
  g_assert_cmpfloat (edge.terms[TERRACE_TERM_MINIMUM_SIZE], ==, 0.0);
  g_assert_cmpfloat_with_epsilon (small.monthly, edge.monthly, 1e-15);
}

static void
test_monitoring_threshold (void)
{
  g_autoptr (TerraceStorageClass) storage_class = make_class ("test/A");
  TerraceUse use = { .size_bytes = 128 * KIB - 1 };
  TerraceBill bill;

  storage_class->monitoring_month = 0.5;
  storage_class->monitoring_min_bytes = 128 * KIB;
  terrace_cost_stay (&use, storage_class, &bill);
  g_assert_cmpfloat (bill.terms[TERRACE_TERM_MONITORING], ==, 0.0);

  use.size_bytes++;
  terrace_cost_stay (&use, storage_class, &bill);
  g_assert_cmpfloat (bill.terms[TERRACE_TERM_MONITORING], ==, 0.5);
}

static void
test_early_deletion (void)
{
  g_autoptr (TerraceStorageClass) from = make_class ("test/A");
  g_autoptr (TerraceStorageClass) to = make_class ("test/B");
  TerraceUse use = { .size_bytes = 64 * KIB, .days_in_class = 10 };
  TerraceBill bill;

  from->min_duration_days = 90;
  from->min_billable_bytes = 128 * KIB;
  to->gb_month = 0.01;
  g_assert_cmpfloat (terrace_cost_days_left (&use, from), ==, 80.0);

  /* Of the billed size, not of the real one. */
  terrace_cost_move (&use, from, to, TRUE, 0, &bill);
  g_assert_cmpfloat_with_epsilon (bill.terms[TERRACE_TERM_EARLY_DELETION],
                                  80.0 * 0.03 / 30.0 * 128 * KIB / TERRACE_BYTES_PER_GB, 1e-15);

  use.days_in_class = 90;
  terrace_cost_move (&use, from, to, TRUE, 0, &bill);
  g_assert_cmpfloat (bill.terms[TERRACE_TERM_EARLY_DELETION], ==, 0.0);
  g_assert_cmpfloat (terrace_cost_days_left (&use, from), ==, 0.0);
}

static void
test_transition (void)
{
  g_autoptr (TerraceStorageClass) from = make_class ("test/A");
  g_autoptr (TerraceStorageClass) to = make_class ("test/B");
  TerraceUse use = { .size_bytes = GIB };
  TerraceBill bill;

  /* Down, inside one location: one request and nothing else. */
  to->gb_month = 0.01;
  terrace_cost_move (&use, from, to, TRUE, MIB, &bill);
  g_assert_cmpfloat (bill.once, ==, 0.00004);
  g_assert_cmpfloat (bill.terms[TERRACE_TERM_WRITE_IN], ==, 0.00004);

  /* Up again: the old class is read, the new one written, by the provider itself. */
  terrace_cost_move (&use, to, from, TRUE, MIB, &bill);
  g_assert_cmpfloat_with_epsilon (bill.terms[TERRACE_TERM_READ_OUT], 0.00001 + 0.02, 1e-12);
  g_assert_cmpfloat_with_epsilon (bill.terms[TERRACE_TERM_WRITE_IN], 0.00002 + 0.005, 1e-12);
  g_assert_cmpfloat (bill.terms[TERRACE_TERM_MOVE_EGRESS], ==, 0.0);

  /* Not possible: a copy. */
  to->transition_request = -1;
  terrace_cost_move (&use, from, to, TRUE, MIB, &bill);
  g_assert_cmpfloat_with_epsilon (bill.terms[TERRACE_TERM_READ_OUT], 0.00001 + 0.02, 1e-12);
  g_assert_cmpfloat_with_epsilon (bill.terms[TERRACE_TERM_WRITE_IN], 0.00002 + 0.005, 1e-12);
}

static void
test_across_locations (void)
{
  g_autoptr (TerraceStorageClass) from = make_class ("test/A");
  g_autoptr (TerraceStorageClass) sibling = make_class ("test/B");
  g_autoptr (TerraceStorageClass) stranger = make_class ("other/B");
  TerraceUse use = { .size_bytes = 10 * MIB + 1 };
  const double size_gb = (double) use.size_bytes / TERRACE_BYTES_PER_GB;
  TerraceBill bill;

  from->restore_request = 0.5;
  terrace_cost_move (&use, from, sibling, FALSE, MIB, &bill);
  g_assert_cmpfloat_with_epsilon (bill.terms[TERRACE_TERM_READ_OUT], 0.50001 + 0.02 * size_gb,
                                  1e-12);
  g_assert_cmpfloat_with_epsilon (bill.terms[TERRACE_TERM_WRITE_IN], 11 * 0.00002 + 0.005 * size_gb,
                                  1e-12);
  g_assert_cmpfloat (bill.terms[TERRACE_TERM_MOVE_EGRESS], ==, 0.0);

  /* Another provider: the bytes leave, whatever reads count. */
  terrace_cost_move (&use, from, stranger, FALSE, MIB, &bill);
  g_assert_cmpfloat_with_epsilon (bill.terms[TERRACE_TERM_MOVE_EGRESS], 0.08 * size_gb, 1e-12);
  assert_sums (&bill);

  /* A part size of 0 is one part; the number of parts has a bound. */
  terrace_cost_move (&use, from, sibling, FALSE, 0, &bill);
  g_assert_cmpfloat_with_epsilon (bill.terms[TERRACE_TERM_WRITE_IN], 0.00002 + 0.005 * size_gb,
                                  1e-12);
  terrace_cost_move (&use, from, sibling, FALSE, 1, &bill);
  g_assert_cmpfloat_with_epsilon (bill.terms[TERRACE_TERM_WRITE_IN],
                                  TERRACE_LIMIT_PARTS * 0.00002 + 0.005 * size_gb, 1e-12);
}

static void
test_nonsense_use (void)
{
  static const double nonsense[] = { NAN, -1.0, -INFINITY };
  g_autoptr (TerraceStorageClass) from = make_class ("test/A");
  g_autoptr (TerraceStorageClass) to = make_class ("test/B");

  from->min_duration_days = 30;
  for (gsize i = 0; i < G_N_ELEMENTS (nonsense); i++)
    {
      TerraceUse use = { GIB, nonsense[i], nonsense[i], TRUE };
      TerraceUse none = { GIB, 0.0, 0.0, TRUE };
      TerraceBill bill;
      TerraceBill expected;

      terrace_cost_move (&use, from, to, FALSE, MIB, &bill);
      terrace_cost_move (&none, from, to, FALSE, MIB, &expected);
      g_assert_cmpfloat (bill.monthly, ==, expected.monthly);
      g_assert_cmpfloat (bill.once, ==, expected.once);
    }

  {
    TerraceUse use = { G_MAXUINT64, INFINITY, INFINITY, TRUE };
    TerraceBill bill;

    terrace_cost_move (&use, from, to, FALSE, MIB, &bill);
    g_assert_true (isfinite (bill.monthly) && isfinite (bill.once));
    g_assert_cmpfloat (bill.terms[TERRACE_TERM_EARLY_DELETION], ==, 0.0);
  }
}

static TerraceStorageClass *
pick_class (GRand *rand, GPtrArray *classes)
{
  return g_ptr_array_index (classes, (guint) g_rand_int_range (rand, 0, (gint32) classes->len));
}

static void
test_never_negative (void)
{
  g_autoptr (GPtrArray) classes = insight_load_classes ();
  g_autoptr (GRand) rand = g_rand_new_with_seed (SEED);

  for (int i = 0; i < N_CASES; i++)
    {
      TerraceUse use = {
        .size_bytes = (guint64) insight_random_magnitude (rand, 1, 1e15) - 1,
        .reads_per_month = insight_random_magnitude (rand, 1e-6, 1e9),
        .days_in_class = g_rand_double_range (rand, -10, 500),
        .egress_counts = g_rand_boolean (rand),
      };
      TerraceBill bill;

      terrace_cost_stay (&use, pick_class (rand, classes), &bill);
      assert_sums (&bill);
      g_assert_cmpfloat (bill.once, ==, 0.0);
      terrace_cost_move (&use, pick_class (rand, classes), pick_class (rand, classes),
                         g_rand_boolean (rand), 8 * MIB, &bill);
      assert_sums (&bill);
    }
}

static void
test_monotone_in_size (void)
{
  g_autoptr (GPtrArray) classes = insight_load_classes ();
  g_autoptr (GRand) rand = g_rand_new_with_seed (SEED + 1);

  for (int i = 0; i < N_CASES; i++)
    {
      const TerraceStorageClass *from = pick_class (rand, classes);
      const TerraceStorageClass *to = pick_class (rand, classes);
      const gboolean same_location = g_rand_boolean (rand);
      TerraceUse use = {
        .size_bytes = (guint64) insight_random_magnitude (rand, 1, 1e14),
        .reads_per_month = insight_random_magnitude (rand, 1e-3, 1e4),
        .days_in_class = g_rand_double_range (rand, 0, 200),
        .egress_counts = g_rand_boolean (rand),
      };
      TerraceUse larger = use;
      TerraceBill bill;
      TerraceBill larger_bill;

      larger.size_bytes += (guint64) insight_random_magnitude (rand, 1, 1e12);
      terrace_cost_move (&use, from, to, same_location, 8 * MIB, &bill);
      terrace_cost_move (&larger, from, to, same_location, 8 * MIB, &larger_bill);

      /* Relative, for the rounding of sums of very different terms. */
      g_assert_cmpfloat (larger_bill.monthly, >=, bill.monthly * (1.0 - 1e-12));
      g_assert_cmpfloat (larger_bill.once, >=, bill.once * (1.0 - 1e-12));
      if (larger.size_bytes > to->min_billable_bytes)
        g_assert_cmpfloat (larger_bill.monthly, >, bill.monthly);
    }
}

/* Months until the transition request is paid back by cheaper storage, no reads, as published with
 * the comparison of products; half of the last printed digit is the tolerance (the 65 stands for
 * 65.54, which was cut, not rounded). 0: never. */
static const struct
{
  const char *from;
  const char *to;
  guint64 size_bytes;
  double months;
  double tolerance;
} break_even[] = {
  { "aws/STANDARD", "aws/STANDARD_IA", 20 * KIB, 0, 0 },
  { "aws/STANDARD", "aws/STANDARD_IA", 64 * KIB, 0, 0 },
  { "aws/STANDARD", "aws/STANDARD_IA", 128 * KIB, 7.8, 0.05 },
  { "aws/STANDARD", "aws/STANDARD_IA", MIB, 1.0, 0.05 },
  { "aws/STANDARD", "aws/GLACIER_IR", 20 * KIB, 0, 0 },
  { "aws/STANDARD", "aws/GLACIER_IR", 64 * KIB, 22, 0.5 },
  { "aws/STANDARD", "aws/GLACIER_IR", 128 * KIB, 8.6, 0.05 },
  { "aws/STANDARD", "aws/GLACIER_IR", MIB, 1.1, 0.05 },
  { "aws/STANDARD", "aws/GLACIER", 20 * KIB, 354, 0.5 },
  { "aws/STANDARD", "aws/GLACIER", 64 * KIB, 33, 0.5 },
  { "aws/STANDARD", "aws/GLACIER", 128 * KIB, 14.4, 0.05 },
  { "aws/STANDARD", "aws/GLACIER", MIB, 1.6, 0.05 },
  { "aws/STANDARD", "aws/DEEP_ARCHIVE", 20 * KIB, 234, 0.5 },
  { "aws/STANDARD", "aws/DEEP_ARCHIVE", 64 * KIB, 44, 0.5 },
  { "aws/STANDARD", "aws/DEEP_ARCHIVE", 128 * KIB, 20, 0.5 },
  { "aws/STANDARD", "aws/DEEP_ARCHIVE", MIB, 2.3, 0.05 },
  { "azure/Hot", "azure/Cold", 20 * KIB, 55, 0.5 },
  { "azure/Hot", "azure/Cold", 64 * KIB, 17, 0.5 },
  { "azure/Hot", "azure/Cold", 128 * KIB, 8.6, 0.05 },
  { "azure/Hot", "azure/Cold", MIB, 1.1, 0.05 },
  { "azure/Hot", "azure/Archive", 20 * KIB, 26, 0.5 },
  { "azure/Hot", "azure/Archive", 64 * KIB, 8, 0.5 },
  { "azure/Hot", "azure/Archive", 128 * KIB, 4.1, 0.05 },
  { "azure/Hot", "azure/Archive", MIB, 0.5, 0.05 },
  { "gcs/STANDARD", "gcs/COLDLINE", 20 * KIB, 65, 1 },
  { "gcs/STANDARD", "gcs/COLDLINE", 64 * KIB, 20, 0.5 },
  { "gcs/STANDARD", "gcs/COLDLINE", 128 * KIB, 10.2, 0.05 },
  { "gcs/STANDARD", "gcs/COLDLINE", MIB, 1.3, 0.05 },
  { "gcs/STANDARD", "gcs/ARCHIVE", 20 * KIB, 139, 0.5 },
  { "gcs/STANDARD", "gcs/ARCHIVE", 64 * KIB, 44, 0.5 },
  { "gcs/STANDARD", "gcs/ARCHIVE", 128 * KIB, 21.8, 0.05 },
  { "gcs/STANDARD", "gcs/ARCHIVE", MIB, 2.7, 0.05 },
};

static void
test_break_even (void)
{
  g_autoptr (GPtrArray) classes = insight_load_classes ();

  for (gsize i = 0; i < G_N_ELEMENTS (break_even); i++)
    {
      TerraceUse use = { .size_bytes = break_even[i].size_bytes };
      TerraceBill here;
      TerraceBill there;
      double saving;

      terrace_cost_stay (&use, insight_find_class (classes, break_even[i].from), &here);
      terrace_cost_move (&use, insight_find_class (classes, break_even[i].from),
                         insight_find_class (classes, break_even[i].to), TRUE, 0, &there);
      saving = here.monthly - there.monthly;

      g_test_message ("%s to %s, %" G_GUINT64_FORMAT " bytes: %.2f months", break_even[i].from,
                      break_even[i].to, use.size_bytes, there.once / saving);
      if (break_even[i].months > 0)
        g_assert_cmpfloat_with_epsilon (there.once / saving, break_even[i].months,
                                        break_even[i].tolerance + 1e-9);
      else
        g_assert_cmpfloat (saving, <=, 0.0);
    }
}

/* Full reads per month at which the colder class stops paying, for a large object. */
static const struct
{
  const char *from;
  const char *to;
  double reads;
} read_limits[] = {
  { "aws/STANDARD", "aws/STANDARD_IA", 1.05 }, { "aws/STANDARD", "aws/GLACIER_IR", 0.63 },
  { "gcs/STANDARD", "gcs/NEARLINE", 1.0 },     { "gcs/STANDARD", "gcs/COLDLINE", 0.8 },
  { "gcs/STANDARD", "gcs/ARCHIVE", 0.38 },     { "azure/Hot", "azure/Cool", 0.56 },
  { "azure/Hot", "azure/Cold", 0.57 },
};

static void
test_read_limits (void)
{
  g_autoptr (GPtrArray) classes = insight_load_classes ();

  for (gsize i = 0; i < G_N_ELEMENTS (read_limits); i++)
    {
      const double reads[] = { read_limits[i].reads - 0.011, read_limits[i].reads + 0.011 };

      for (int side = 0; side < 2; side++)
        {
          TerraceUse use = { .size_bytes = 1000ull * GIB, .reads_per_month = reads[side] };
          TerraceBill warm;
          TerraceBill cold;

          terrace_cost_stay (&use, insight_find_class (classes, read_limits[i].from), &warm);
          terrace_cost_stay (&use, insight_find_class (classes, read_limits[i].to), &cold);
          if (side == 0)
            g_assert_cmpfloat (cold.monthly, <, warm.monthly);
          else
            g_assert_cmpfloat (cold.monthly, >, warm.monthly);
        }
    }
}

static void
test_labels (void)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (int term = 0; term < TERRACE_N_TERMS; term++)
    {
      const char *label = terrace_term_get_label ((TerraceTerm) term);

      g_assert_cmpstr (label, !=, "");
      g_assert_true (g_hash_table_add (seen, (gpointer) label));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/insight/cost/monthly-terms", test_monthly_terms);
  g_test_add_func ("/insight/cost/minimum-size", test_minimum_size);
  g_test_add_func ("/insight/cost/monitoring-threshold", test_monitoring_threshold);
  g_test_add_func ("/insight/cost/early-deletion", test_early_deletion);
  g_test_add_func ("/insight/cost/transition", test_transition);
  g_test_add_func ("/insight/cost/across-locations", test_across_locations);
  g_test_add_func ("/insight/cost/nonsense-use", test_nonsense_use);
  g_test_add_func ("/insight/cost/never-negative", test_never_negative);
  g_test_add_func ("/insight/cost/monotone-in-size", test_monotone_in_size);
  g_test_add_func ("/insight/cost/break-even", test_break_even);
  g_test_add_func ("/insight/cost/read-limits", test_read_limits);
  g_test_add_func ("/insight/cost/labels", test_labels);

  return g_test_run ();
}
