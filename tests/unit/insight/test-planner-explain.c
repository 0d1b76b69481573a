/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Tests of insight/terrace-planner-explain.c: the sentences, word for word, with the prices of the
 * shipped sheets. A refreshed sheet may change the figures in them. */

#include "insight-support.h"

#include "insight/terrace-planner.h"

#include <locale.h>

#define MB G_GUINT64_CONSTANT (1000000)
#define GB (1000 * MB)

/* One object that lies in the first of @class_ids; each provider is one location. */
typedef struct
{
  TerraceUse use;
  TerraceTemperature temperature;
  TerracePolicy policy;
  guint64 free_bytes;
  const char *class_ids[4];
} Case;

static Case
make_case (guint64 size_bytes, double reads_per_month)
{
  Case self = {
    .use = { .size_bytes = size_bytes, .reads_per_month = reads_per_month, .days_in_class = 1000 },
    .temperature = TERRACE_TEMPERATURE_COLD,
    .free_bytes = G_MAXUINT64,
  };

  terrace_policy_init (&self.policy);
  return self;
}

static void
assert_sentence (const Case *self, const char *expected)
{
  g_autoptr (GPtrArray) classes = insight_load_classes ();
  TerraceCandidate candidates[G_N_ELEMENTS (self->class_ids)];
  g_autofree char *sentence = NULL;
  TerraceDecision decision;
  int n = 0;

  while (n < (int) G_N_ELEMENTS (self->class_ids) && self->class_ids[n] != NULL)
    {
      TerraceStorageClass *storage_class = insight_find_class (classes, self->class_ids[n]);

      candidates[n++] = (TerraceCandidate){
        .location_id = storage_class->provider[1],
        .storage_class = storage_class,
        .free_bytes = self->free_bytes,
      };
    }
  terrace_planner_decide (&self->use, self->temperature, &self->policy, candidates, n, 0,
                          &decision);
  sentence = terrace_planner_explain (&decision, &self->use, candidates, "USD");
  g_assert_cmpstr (sentence, ==, expected);
}

static void
test_move (void)
{
  Case self = make_case (100 * GB, 0.1);

  self.class_ids[0] = "aws/STANDARD";
  self.class_ids[1] = "aws/STANDARD_IA";
  assert_sentence (&self, "Move to S3 Standard-IA: saves $0.88 a month, mostly on storage; "
                          "the move costs $0.000010 and pays back within a day");

  self.class_ids[1] = "azure/Cold";
  assert_sentence (&self, "Move to Azure Blob Cold (LRS): saves $1.53 a month, mostly on storage; "
                          "the move costs $8.56 and pays back in 6 months");

  self = make_case (100 * GB, 5);
  self.use.egress_counts = TRUE;
  self.class_ids[0] = "aws/STANDARD";
  self.class_ids[1] = "local/hdd";
  assert_sentence (&self, "Move to Hard disk: saves $44.01 a month, mostly on egress; "
                          "the move costs $8.38 and pays back in 6 days");
}

static void
test_move_offline (void)
{
  Case self = make_case (100 * GB, 0);

  self.class_ids[0] = "aws/STANDARD";
  self.class_ids[1] = "aws/DEEP_ARCHIVE";
  assert_sentence (&self,
                   "Move to S3 Glacier Deep Archive: saves $2.05 a month, mostly on storage; "
                   "the move costs $0.000050 and pays back within a day. "
                   "Opening it then takes up to 12\302\240h");
}

static void
test_free_move (void)
{
  Case self = make_case (500 * GB, 0);

  self.class_ids[0] = "local/ssd";
  self.class_ids[1] = "local/hdd";
  assert_sentence (&self, "Move to Hard disk: saves $0.39 a month, mostly on storage; "
                          "the move costs nothing");
}

static void
test_cheapest (void)
{
  Case self = make_case (GB, 30);

  self.temperature = TERRACE_TEMPERATURE_HOT;
  self.class_ids[0] = "aws/STANDARD";
  self.class_ids[1] = "aws/STANDARD_IA";
  self.class_ids[2] = "aws/GLACIER_IR";
  assert_sentence (&self, "Stay: S3 Standard is the cheapest place for 30 reads a month");

  self = make_case (GB, 0);
  self.class_ids[0] = "aws/DEEP_ARCHIVE";
  self.class_ids[1] = "aws/STANDARD";
  assert_sentence (&self, "Stay: S3 Glacier Deep Archive is the cheapest place for no reads");

  self.class_ids[1] = NULL;
  assert_sentence (&self, "Stay: there is no other place to compare with S3 Glacier Deep Archive");
}

static void
test_payback (void)
{
  Case self = make_case (20480, 0);

  self.policy.min_saving_nanos = 0;
  self.class_ids[0] = "gcs/STANDARD";
  self.class_ids[1] = "gcs/COLDLINE";
  assert_sentence (&self, "Stay: at 20.5\u00a0kB, moving to GCS Coldline would need 66 months "
                          "to pay back");

  /* Within the horizon of 12 months, but not within the break-even time of 6. */
  self.use.size_bytes = 131072;
  assert_sentence (&self, "Stay: at 131.1\u00a0kB, moving to GCS Coldline would need 10 months "
                          "to pay back");
}

static void
test_early_deletion (void)
{
  Case self = make_case (100 * GB, 0);

  self.use.days_in_class = 50;
  self.policy.break_even_months = 1;
  self.class_ids[0] = "aws/GLACIER_IR";
  self.class_ids[1] = "aws/DEEP_ARCHIVE";
  assert_sentence (&self, "Stay: early deletion of S3 Glacier Instant Retrieval would cost $0.50 "
                          "until it is free to move in 40 days");
}

static void
test_refused (void)
{
  Case self = make_case (100 * GB, 0);

  self.policy.max_first_byte_ms = 60000;
  self.class_ids[0] = "aws/STANDARD";
  self.class_ids[1] = "aws/DEEP_ARCHIVE";
  assert_sentence (&self, "Stay: S3 Glacier Deep Archive would save $2.05 a month, but waits up "
                          "to 12\u00a0h for the first byte");

  self.policy.max_first_byte_ms = 0;
  self.free_bytes = 5 * GB;
  assert_sentence (&self, "Stay: S3 Glacier Deep Archive would save $2.05 a month, but has no "
                          "room for 100.0\u00a0GB");

  self = make_case (MB, 0);
  self.class_ids[0] = "azure/Hot";
  self.class_ids[1] = "azure/Archive";
  assert_sentence (&self, "Stay: moving to Azure Blob Archive (LRS) would save only "
                          "$0.000018 a month");

  self = make_case (100 * GB, 0.95);
  self.class_ids[0] = "aws/STANDARD";
  self.class_ids[1] = "aws/STANDARD_IA";
  assert_sentence (&self, "Stay: S3 Standard-IA would save $0.09 a month, but not if the reads "
                          "changed by a quarter");
}

static void
test_too_slow_here (void)
{
  Case self = make_case (100 * GB, 0);

  self.policy.max_first_byte_ms = 1000;
  self.class_ids[0] = "aws/DEEP_ARCHIVE";
  self.class_ids[1] = "aws/GLACIER_IR";
  assert_sentence (&self, "Move to S3 Glacier Instant Retrieval: S3 Glacier Deep Archive would "
                          "keep you waiting up to 12\u00a0h for the first byte; costs $0.28 more "
                          "a month, and the move $1.86");

  self.use.reads_per_month = 30;
  self.class_ids[1] = "aws/STANDARD";
  assert_sentence (&self, "Move to S3 Standard: S3 Glacier Deep Archive would keep you waiting up "
                          "to 12\u00a0h for the first byte; saves $53.83 a month, and the move "
                          "costs $1.86");

  self.class_ids[1] = "aws/GLACIER";
  assert_sentence (&self, "Stay: S3 Glacier Deep Archive keeps you waiting up to 12\u00a0h for the "
                          "first byte, but no other place is fast enough");

  self.class_ids[1] = "aws/STANDARD";
  self.free_bytes = 5 * GB;
  assert_sentence (&self, "Stay: S3 Glacier Deep Archive keeps you waiting up to 12\u00a0h for the "
                          "first byte, but S3 Standard, which is fast enough, has no room for "
                          "100.0\u00a0GB");
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "C.UTF-8");
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/insight/explain/move", test_move);
  g_test_add_func ("/insight/explain/move-offline", test_move_offline);
  g_test_add_func ("/insight/explain/free-move", test_free_move);
  g_test_add_func ("/insight/explain/cheapest", test_cheapest);
  g_test_add_func ("/insight/explain/payback", test_payback);
  g_test_add_func ("/insight/explain/early-deletion", test_early_deletion);
  g_test_add_func ("/insight/explain/refused", test_refused);
  g_test_add_func ("/insight/explain/too-slow-here", test_too_slow_here);

  return g_test_run ();
}
