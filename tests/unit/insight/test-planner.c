/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Tests of insight/terrace-planner.c: its properties over thousands of random cases (the seed is
 * fixed), and a choice of plans whose money another program has computed. */

#include "config.h"

#include "insight-support.h"

#include "insight/terrace-planner.h"

#include "base/terrace-limits.h"
#include "base/terrace-units.h"

#include <json-glib/json-glib.h>
#include <math.h>

#define GIB 1073741824.0
#define N_CASES 20000
#define MAX_CANDIDATES 12
#define SEED 1122

typedef struct
{
  TerraceUse use;
  TerraceTemperature temperature;
  TerracePolicy policy;
  TerraceCandidate candidates[MAX_CANDIDATES];
  int n_candidates;
  int current;
} Case;

static void
make_case (GRand *rand, GPtrArray *classes, Case *random_case)
{
  *random_case = (Case){
    .use = {
      .size_bytes = (guint64) insight_random_magnitude (rand, 1, 1e13),
      .reads_per_month = insight_random_magnitude (rand, 1e-3, 1e3),
      .days_in_class = g_rand_double_range (rand, 0, 400),
      .egress_counts = g_rand_boolean (rand),
    },
    .temperature = (TerraceTemperature) g_rand_int_range (rand, 0, 4),
    .n_candidates = g_rand_int_range (rand, 1, MAX_CANDIDATES + 1),
  };
  terrace_policy_init (&random_case->policy);
  random_case->policy.horizon_months = insight_random_magnitude (rand, 1, 60);
  random_case->policy.break_even_months = insight_random_magnitude (rand, 0.5, 40);
  random_case->policy.min_saving_nanos = g_rand_int_range (rand, 0, 1000000);
  random_case->policy.max_first_byte_ms = g_rand_boolean (rand) ? 0 : 1000;

  for (int i = 0; i < random_case->n_candidates; i++)
    {
      TerraceStorageClass *storage_class =
          g_ptr_array_index (classes, (guint) g_rand_int_range (rand, 0, (gint32) classes->len));

      /* Two locations of each provider; one location never belongs to two. */
      random_case->candidates[i] = (TerraceCandidate){
        .location_id = 2 * (gint64) storage_class->provider[1] + g_rand_int_range (rand, 0, 2),
        .storage_class = storage_class,
        .free_bytes = g_rand_int_range (rand, 0, 3) > 0 ?
                          G_MAXUINT64 :
                          (guint64) insight_random_magnitude (rand, 1, 1e13),
      };
    }
  random_case->current = g_rand_int_range (rand, 0, random_case->n_candidates);
}

static void
decide (const Case *input, TerraceDecision *decision)
{
  terrace_planner_decide (&input->use, input->temperature, &input->policy, input->candidates,
                          input->n_candidates, input->current, decision);
}

static void
bill_candidate (const Case *input, int index, TerraceBill *bill)
{
  const TerraceCandidate *from = &input->candidates[input->current];
  const TerraceCandidate *to = &input->candidates[index];

  if (index == input->current)
    terrace_cost_stay (&input->use, from->storage_class, bill);
  else
    terrace_cost_move (&input->use, from->storage_class, to->storage_class,
                       from->location_id == to->location_id, TERRACE_LIMIT_PART_BYTES, bill);
}

static double
sum_reading (const TerraceBill *bill)
{
  return bill->terms[TERRACE_TERM_REQUESTS] + bill->terms[TERRACE_TERM_RETRIEVAL] +
         bill->terms[TERRACE_TERM_EGRESS];
}

static gboolean
is_fast_enough (const Case *input, int index)
{
  const guint64 limit_ms = input->temperature == TERRACE_TEMPERATURE_HOT ?
                               input->policy.max_first_byte_hot_ms :
                               input->policy.max_first_byte_ms;

  return limit_ms == 0 || input->candidates[index].storage_class->first_byte_ms <= limit_ms;
}

/* The rules once more, in the order in which a person would say them. */
static gboolean
is_allowed (const Case *input, int index)
{
  const TerraceCandidate *to = &input->candidates[index];
  TerraceBill here;
  TerraceBill there;
  double saving;

  if (!is_fast_enough (input, index) || input->use.size_bytes > to->free_bytes)
    return FALSE;
  if (!is_fast_enough (input, input->current))
    return TRUE;

  bill_candidate (input, input->current, &here);
  bill_candidate (input, index, &there);
  saving = here.monthly - there.monthly;

  return saving > 0.0 && there.once / saving <= input->policy.break_even_months * (1.0 + 1e-12) &&
         there.once + input->policy.horizon_months * there.monthly <
             input->policy.horizon_months * here.monthly &&
         saving > fabs (sum_reading (&here) - sum_reading (&there)) / 4.0 &&
         saving >= terrace_money_from_nanos (input->policy.min_saving_nanos) * (1.0 - 1e-12);
}

static void
test_minimises (void)
{
  g_autoptr (GPtrArray) classes = insight_load_classes ();
  g_autoptr (GRand) rand = g_rand_new_with_seed (SEED);
  guint n_moves = 0;
  guint n_escapes = 0;
  guint n_dearer = 0;

  for (int i = 0; i < N_CASES; i++)
    {
      TerraceDecision decision;
      double chosen_cost;
      Case input;

      make_case (rand, classes, &input);
      decide (&input, &decision);
      chosen_cost =
          decision.chosen_bill.once + input.policy.horizon_months * decision.chosen_bill.monthly;

      n_moves += decision.chosen != input.current;
      n_escapes += decision.chosen != input.current && decision.current_too_slow;
      n_dearer += decision.saving_month < 0.0;
      g_assert_cmpint (decision.current, ==, input.current);
      g_assert_cmpint (decision.current_too_slow, ==, !is_fast_enough (&input, input.current));
      g_assert_true ((decision.verdict == TERRACE_VERDICT_CHOSEN) ==
                     (decision.chosen != input.current));
      if (decision.chosen != input.current)
        g_assert_true (is_allowed (&input, decision.chosen));
      for (int j = 0; j < input.n_candidates; j++)
        {
          TerraceBill bill;

          if (j == input.current || !is_allowed (&input, j))
            continue;
          bill_candidate (&input, j, &bill);
          g_assert_cmpfloat (chosen_cost, <=,
                             (bill.once + input.policy.horizon_months * bill.monthly) *
                                 (1.0 + 1e-12));
          g_assert_cmpint (decision.verdict, ==, TERRACE_VERDICT_CHOSEN);
        }
    }

  /* Both outcomes must be common, or the properties above say little. */
  g_assert_cmpuint (n_moves, >, N_CASES / 10);
  g_assert_cmpuint (n_moves, <, N_CASES * 9 / 10);
  g_assert_cmpuint (n_escapes, >, N_CASES / 100);
  g_assert_cmpuint (n_dearer, >, N_CASES / 200);
}

static void
test_limits_hold (void)
{
  g_autoptr (GPtrArray) classes = insight_load_classes ();
  g_autoptr (GRand) rand = g_rand_new_with_seed (SEED + 1);

  for (int i = 0; i < N_CASES; i++)
    {
      const TerraceCandidate *chosen;
      TerraceDecision decision;
      Case input;

      make_case (rand, classes, &input);
      decide (&input, &decision);
      chosen = &input.candidates[decision.chosen];
      if (decision.chosen == input.current)
        {
          g_assert_cmpfloat (decision.saving_month, ==, 0.0);
          g_assert_cmpfloat (decision.once, ==, 0.0);
          continue;
        }

      if (!decision.current_too_slow)
        {
          g_assert_cmpfloat (decision.saving_month, >, 0.0);
          g_assert_cmpfloat (decision.payback_months, <=,
                             input.policy.break_even_months * (1.0 + 1e-12));
        }
      g_assert_cmpuint (input.use.size_bytes, <=, chosen->free_bytes);
      if (input.temperature == TERRACE_TEMPERATURE_HOT)
        g_assert_cmpuint (chosen->storage_class->first_byte_ms, <=,
                          input.policy.max_first_byte_hot_ms);
      else if (input.policy.max_first_byte_ms != 0)
        g_assert_cmpuint (chosen->storage_class->first_byte_ms, <=, input.policy.max_first_byte_ms);
    }
}

/* What is said of one candidate agrees with what was decided over all of them. */
static void
test_judge_agrees (void)
{
  g_autoptr (GPtrArray) classes = insight_load_classes ();
  g_autoptr (GRand) rand = g_rand_new_with_seed (SEED + 2);

  for (int i = 0; i < N_CASES / 4; i++)
    {
      gboolean any_chosen = FALSE;
      TerraceDecision decision;
      Case input;

      make_case (rand, classes, &input);
      decide (&input, &decision);
      for (int j = 0; j < input.n_candidates; j++)
        {
          TerraceBill expected;
          TerraceBill bill;
          TerraceVerdict verdict =
              terrace_planner_judge (&input.use, input.temperature, &input.policy, input.candidates,
                                     input.current, j, &bill);

          bill_candidate (&input, j, &expected);
          g_assert_cmpmem (&bill, sizeof bill, &expected, sizeof expected);
          g_assert_true ((verdict == TERRACE_VERDICT_STAY) == (j == input.current));
          any_chosen |= verdict == TERRACE_VERDICT_CHOSEN;
          if (j == decision.runner_up && decision.verdict != TERRACE_VERDICT_CHOSEN)
            g_assert_cmpint (verdict == TERRACE_VERDICT_DEARER ? TERRACE_VERDICT_STAY : verdict, ==,
                             decision.verdict);
        }
      g_assert_true (any_chosen == (decision.verdict == TERRACE_VERDICT_CHOSEN));
      g_assert_true (decision.runner_up != input.current);
      g_assert_true ((decision.runner_up < 0) ==
                     (input.n_candidates - (decision.chosen != input.current) < 2));
    }
}

/* With the same use, what has just been moved stays where it is. */
static void
test_settles (void)
{
  g_autoptr (GPtrArray) classes = insight_load_classes ();
  g_autoptr (GRand) rand = g_rand_new_with_seed (SEED + 3);

  for (int i = 0; i < N_CASES; i++)
    {
      TerraceDecision decision;
      Case input;

      make_case (rand, classes, &input);
      decide (&input, &decision);
      if (decision.chosen == input.current)
        continue;

      input.current = decision.chosen;
      input.use.days_in_class = 0;
      decide (&input, &decision);
      g_assert_cmpint (decision.chosen, ==, input.current);
    }
}

/* Use that wavers by a tenth never sends an object back, not even when it has been there long
 * enough for leaving to be free; and it moves it once. What may follow, in less than one case of a
 * thousand, is a second step down to a still cheaper place that had just not paid before. */
static void
test_does_not_waver (void)
{
  g_autoptr (GPtrArray) classes = insight_load_classes ();
  g_autoptr (GRand) rand = g_rand_new_with_seed (SEED + 4);
  guint n_second = 0;
  guint n_moved = 0;

  for (int i = 0; i < N_CASES / 4; i++)
    {
      gboolean left[MAX_CANDIDATES] = { FALSE };
      guint n_moves = 0;
      double reads;
      Case input;

      make_case (rand, classes, &input);
      reads = input.use.reads_per_month;
      for (int step = 0; step < 16; step++)
        {
          TerraceDecision decision;

          input.use.reads_per_month = reads * g_rand_double_range (rand, 0.9, 1.1);
          decide (&input, &decision);
          input.use.days_in_class += 30;
          if (decision.chosen == input.current)
            continue;

          left[input.current] = TRUE;
          g_assert_false (left[decision.chosen]);
          input.current = decision.chosen;
          input.use.days_in_class = 0;
          n_moves++;
        }
      n_moved += n_moves > 0;
      n_second += n_moves > 1;
    }
  g_test_message ("%u of %u moved objects moved twice", n_second, n_moved);
  g_assert_cmpuint (n_moved, >, N_CASES / 100);
  g_assert_cmpuint (n_second * 1000, <=, n_moved);
}

/* Whatever it costs, an object leaves a place that is slower than the policy's limit, but only for
 * one that is not. */
static void
test_leaves_the_slow (void)
{
  g_autoptr (TerraceStorageClass) slow = terrace_storage_class_new ("test/SLOW", "Slow");
  g_autoptr (TerraceStorageClass) slower = terrace_storage_class_new ("test/SLOWER", "Slower");
  g_autoptr (TerraceStorageClass) fast = terrace_storage_class_new ("test/FAST", "Fast");
  TerraceCandidate candidates[] = { { 1, slow, G_MAXUINT64 },
                                    { 1, slower, G_MAXUINT64 },
                                    { 1, fast, G_MAXUINT64 } };
  TerraceUse use = { .size_bytes = 1u << 30 };
  TerraceDecision decision;
  TerracePolicy policy;

  terrace_policy_init (&policy);
  policy.max_first_byte_ms = 1000;
  policy.min_saving_nanos = G_MAXINT64;
  slow->first_byte_ms = 1001;
  slower->first_byte_ms = 2000;
  slow->gb_month = 0.5;
  fast->gb_month = 2.0;
  fast->first_byte_ms = 1000;

  terrace_planner_decide (&use, TERRACE_TEMPERATURE_COLD, &policy, candidates, 3, 0, &decision);
  g_assert_cmpint (decision.chosen, ==, 2);
  g_assert_cmpint (decision.verdict, ==, TERRACE_VERDICT_CHOSEN);
  g_assert_cmpfloat (decision.saving_month, ==, -1.5);
  g_assert_true (isinf (decision.payback_months));

  candidates[2].free_bytes = use.size_bytes - 1;
  terrace_planner_decide (&use, TERRACE_TEMPERATURE_COLD, &policy, candidates, 3, 0, &decision);
  g_assert_cmpint (decision.chosen, ==, 0);
  g_assert_cmpint (decision.verdict, ==, TERRACE_VERDICT_NO_ROOM);
  g_assert_cmpint (decision.runner_up, ==, 2);

  terrace_planner_decide (&use, TERRACE_TEMPERATURE_COLD, &policy, candidates, 2, 0, &decision);
  g_assert_cmpint (decision.chosen, ==, 0);
  g_assert_cmpint (decision.verdict, ==, TERRACE_VERDICT_TOO_SLOW);
  g_assert_true (decision.current_too_slow);

  /* No price, no move, not even now. */
  candidates[2].free_bytes = G_MAXUINT64;
  fast->gb_month = NAN;
  terrace_planner_decide (&use, TERRACE_TEMPERATURE_COLD, &policy, candidates, 3, 0, &decision);
  g_assert_cmpint (decision.chosen, ==, 0);
}

static void
test_survives_nan (void)
{
  g_autoptr (TerraceStorageClass) sane = terrace_storage_class_new ("test/SANE", "Sane");
  g_autoptr (TerraceStorageClass) broken = terrace_storage_class_new ("test/BROKEN", "Broken");
  TerraceCandidate candidates[] = { { 1, sane, G_MAXUINT64 }, { 2, broken, G_MAXUINT64 } };
  TerraceUse use = { .size_bytes = 1u << 30, .reads_per_month = NAN, .days_in_class = NAN };
  TerraceDecision decision;
  TerracePolicy policy;

  terrace_policy_init (&policy);
  sane->gb_month = 1.0;
  broken->gb_month = NAN;

  /* Neither into a price that is no number, nor out of it. */
  for (int current = 0; current < 2; current++)
    {
      terrace_planner_decide (&use, TERRACE_TEMPERATURE_COLD, &policy, candidates, 2, current,
                              &decision);
      g_assert_cmpint (decision.chosen, ==, current);
      g_assert_cmpint (decision.verdict, ==, TERRACE_VERDICT_STAY);
    }
}

static void
test_alone (void)
{
  g_autoptr (TerraceStorageClass) only = terrace_storage_class_new ("test/ONLY", "Only");
  TerraceCandidate candidate = { 1, only, 0 };
  TerraceUse use = { .size_bytes = 1u << 30 };
  TerraceDecision decision;
  TerracePolicy policy;

  terrace_policy_init (&policy);
  terrace_planner_decide (&use, TERRACE_TEMPERATURE_COLD, &policy, &candidate, 1, 0, &decision);
  g_assert_cmpint (decision.chosen, ==, 0);
  g_assert_cmpint (decision.runner_up, ==, -1);
  g_assert_cmpint (decision.verdict, ==, TERRACE_VERDICT_STAY);
  g_assert_true (isinf (decision.payback_months));
  g_assert_cmpfloat (decision.runner_up_bill.monthly, ==, 0.0);
}

/* Of two that cost the same, the one that is offered first. */
static void
test_ties (void)
{
  g_autoptr (TerraceStorageClass) here = terrace_storage_class_new ("test/HERE", "Here");
  g_autoptr (TerraceStorageClass) there = terrace_storage_class_new ("test/THERE", "There");
  TerraceCandidate candidates[] = { { 2, there, G_MAXUINT64 },
                                    { 1, here, G_MAXUINT64 },
                                    { 3, there, G_MAXUINT64 } };
  TerraceUse use = { .size_bytes = 1u << 30 };
  TerraceDecision decision;
  TerracePolicy policy;

  terrace_policy_init (&policy);
  here->gb_month = 1.0;
  there->gb_month = 0.5;
  terrace_planner_decide (&use, TERRACE_TEMPERATURE_COLD, &policy, candidates, 3, 1, &decision);
  g_assert_cmpint (decision.chosen, ==, 0);
  g_assert_cmpint (decision.runner_up, ==, 2);
}

/* One class that is cheaper in every way, refused for each reason in turn. */
static void
test_verdicts (void)
{
  g_autoptr (TerraceStorageClass) here = terrace_storage_class_new ("test/HERE", "Here");
  g_autoptr (TerraceStorageClass) there = terrace_storage_class_new ("test/THERE", "There");
  TerraceCandidate candidates[] = { { 1, here, 0 }, { 1, there, G_MAXUINT64 } };
  TerraceUse use = { .size_bytes = 1u << 30, .reads_per_month = 1.0 };
  TerracePolicy policy;
  TerraceBill bill;

#define JUDGE(temperature) \
  terrace_planner_judge (&use, TERRACE_TEMPERATURE_##temperature, &policy, candidates, 0, 1, &bill)

  terrace_policy_init (&policy);
  here->gb_month = 1.0;
  there->gb_month = 0.5;
  there->transition_request = 0.1;
  there->first_byte_ms = 5000;
  g_assert_cmpint (JUDGE (COLD), ==, TERRACE_VERDICT_CHOSEN);
  g_assert_cmpint (JUDGE (HOT), ==, TERRACE_VERDICT_TOO_SLOW);
  policy.max_first_byte_hot_ms = 0;
  g_assert_cmpint (JUDGE (HOT), ==, TERRACE_VERDICT_CHOSEN);
  policy.max_first_byte_ms = 4999;
  g_assert_cmpint (JUDGE (WARM), ==, TERRACE_VERDICT_TOO_SLOW);
  policy.max_first_byte_ms = 5000;
  g_assert_cmpint (JUDGE (WARM), ==, TERRACE_VERDICT_CHOSEN);

  candidates[1].free_bytes = use.size_bytes - 1;
  g_assert_cmpint (JUDGE (COLD), ==, TERRACE_VERDICT_NO_ROOM);
  candidates[1].free_bytes = use.size_bytes;
  g_assert_cmpint (JUDGE (COLD), ==, TERRACE_VERDICT_CHOSEN);

  policy.min_saving_nanos = TERRACE_NANOS_PER_UNIT;
  g_assert_cmpint (JUDGE (COLD), ==, TERRACE_VERDICT_TOO_SMALL);
  policy.min_saving_nanos = TERRACE_NANOS_PER_UNIT / 2;
  g_assert_cmpint (JUDGE (COLD), ==, TERRACE_VERDICT_CHOSEN);

  there->transition_request = 3.5; /* 7 months of the saving */
  g_assert_cmpint (JUDGE (COLD), ==, TERRACE_VERDICT_PAYBACK);
  there->transition_request = 6.5; /* 13 months: beyond the horizon */
  g_assert_cmpint (JUDGE (COLD), ==, TERRACE_VERDICT_DEARER);

  there->transition_request = 0.0;
  there->retrieval_gb = 0.41; /* at 1.22 reads nothing would be saved */
  policy.min_saving_nanos = 0;
  g_assert_cmpint (JUDGE (COLD), ==, TERRACE_VERDICT_UNSTEADY);
  there->retrieval_gb = 0.5;
  g_assert_cmpint (JUDGE (COLD), ==, TERRACE_VERDICT_DEARER);
#undef JUDGE
}

/* --- Golden plans: tests/fixtures/insight/make_plans.py computed them --------------------------
 */

static JsonNode *
load_plans (void)
{
  g_autofree char *path = g_build_filename (TERRACE_SOURCE_DATADIR, "..", "tests", "fixtures",
                                            "insight", "plans.json", NULL);
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) error = NULL;

  json_parser_load_from_file (parser, path, &error);
  g_assert_no_error (error);
  return json_parser_steal_root (parser);
}

static int
read_candidates (JsonObject *plan, GPtrArray *classes, TerraceCandidate *candidates)
{
  JsonArray *array = json_object_get_array_member (plan, "candidates");
  const guint n = json_array_get_length (array);

  g_assert_cmpuint (n, <=, MAX_CANDIDATES);
  for (guint i = 0; i < n; i++)
    {
      JsonObject *object = json_array_get_object_element (array, i);
      const gint64 free_bytes = json_object_get_int_member_with_default (object, "free_bytes", -1);

      candidates[i] = (TerraceCandidate){
        .location_id = json_object_get_int_member (object, "location"),
        .storage_class =
            insight_find_class (classes, json_object_get_string_member (object, "class")),
        .free_bytes = free_bytes >= 0 ? (guint64) free_bytes : G_MAXUINT64,
      };
    }
  return (int) n;
}

static void
read_policy (JsonObject *object, TerracePolicy *policy)
{
  terrace_policy_init (policy);
  policy->horizon_months = json_object_get_double_member (object, "horizon_months");
  policy->break_even_months = json_object_get_double_member (object, "break_even_months");
  policy->min_saving_nanos = json_object_get_int_member (object, "min_saving_nanos");
  policy->max_first_byte_ms = (guint64) json_object_get_int_member (object, "max_first_byte_ms");
  policy->max_first_byte_hot_ms =
      (guint64) json_object_get_int_member (object, "max_first_byte_hot_ms");
}

static const char *
get_verdict_name (TerraceVerdict verdict)
{
  static const char *const names[] = {
    [TERRACE_VERDICT_CHOSEN] = "chosen",       [TERRACE_VERDICT_STAY] = "stay",
    [TERRACE_VERDICT_DEARER] = "dearer",       [TERRACE_VERDICT_PAYBACK] = "payback",
    [TERRACE_VERDICT_TOO_SMALL] = "too-small", [TERRACE_VERDICT_TOO_SLOW] = "too-slow",
    [TERRACE_VERDICT_NO_ROOM] = "no-room",     [TERRACE_VERDICT_UNSTEADY] = "unsteady",
  };

  return names[verdict];
}

static void
assert_terms (JsonObject *expected, const char *member, const double *terms, int n_terms)
{
  JsonArray *array = json_object_get_array_member (expected, member);

  g_assert_cmpuint (json_array_get_length (array), ==, (guint) n_terms);
  for (int i = 0; i < n_terms; i++)
    g_assert_cmpfloat_with_epsilon (terms[i], json_array_get_double_element (array, (guint) i),
                                    1e-9);
}

static void
check_plan (JsonObject *plan, GPtrArray *classes)
{
  JsonObject *expected = json_object_get_object_member (plan, "expected");
  Case input = {
    .use = {
      .size_bytes = (guint64) json_object_get_int_member (plan, "size_bytes"),
      .reads_per_month = json_object_get_double_member (plan, "reads_per_month"),
      .days_in_class = json_object_get_double_member (plan, "days_in_class"),
      .egress_counts = json_object_get_boolean_member (plan, "egress_counts"),
    },
    .current = (int) json_object_get_int_member (plan, "current"),
  };
  TerraceDecision decision;
  int temperature = -1;

  g_test_message ("%s", json_object_get_string_member (plan, "name"));
  g_assert_true (terrace_enum_from_nick (TERRACE_TYPE_TEMPERATURE,
                                         json_object_get_string_member (plan, "temperature"),
                                         &temperature));
  input.temperature = (TerraceTemperature) temperature;
  read_policy (json_object_get_object_member (plan, "policy"), &input.policy);
  input.n_candidates = read_candidates (plan, classes, input.candidates);
  decide (&input, &decision);

  g_assert_cmpint (decision.chosen, ==, json_object_get_int_member (expected, "chosen"));
  g_assert_cmpint (decision.runner_up, ==, json_object_get_int_member (expected, "runner_up"));
  g_assert_cmpint (decision.current, ==, input.current);
  g_assert_cmpint (decision.current_too_slow, ==,
                   json_object_get_boolean_member (expected, "current_too_slow"));
  g_assert_cmpstr (get_verdict_name (decision.verdict), ==,
                   json_object_get_string_member (expected, "verdict"));
  g_assert_cmpfloat_with_epsilon (decision.saving_month,
                                  json_object_get_double_member (expected, "saving_month"), 1e-9);
  g_assert_cmpfloat_with_epsilon (decision.once, json_object_get_double_member (expected, "once"),
                                  1e-9);
  if (json_object_get_null_member (expected, "payback_months"))
    g_assert_true (isinf (decision.payback_months));
  else
    g_assert_cmpfloat_with_epsilon (decision.payback_months,
                                    json_object_get_double_member (expected, "payback_months"),
                                    1e-9 * (1.0 + decision.payback_months));
  assert_terms (expected, "current_terms", decision.current_bill.terms, TERRACE_N_TERMS);
  assert_terms (expected, "chosen_terms", decision.chosen_bill.terms, TERRACE_N_TERMS);
  assert_terms (expected, "runner_up_terms", decision.runner_up_bill.terms, TERRACE_N_TERMS);
}

static void
test_golden_plans (void)
{
  g_autoptr (GPtrArray) classes = insight_load_classes ();
  g_autoptr (JsonNode) node = load_plans ();
  JsonArray *plans = json_object_get_array_member (json_node_get_object (node), "plans");

  g_assert_cmpuint (json_array_get_length (plans), >=, 25);
  for (guint i = 0; i < json_array_get_length (plans); i++)
    check_plan (json_array_get_object_element (plans, i), classes);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/insight/planner/minimises", test_minimises);
  g_test_add_func ("/insight/planner/limits-hold", test_limits_hold);
  g_test_add_func ("/insight/planner/judge-agrees", test_judge_agrees);
  g_test_add_func ("/insight/planner/settles", test_settles);
  g_test_add_func ("/insight/planner/does-not-waver", test_does_not_waver);
  g_test_add_func ("/insight/planner/leaves-the-slow", test_leaves_the_slow);
  g_test_add_func ("/insight/planner/survives-nan", test_survives_nan);
  g_test_add_func ("/insight/planner/alone", test_alone);
  g_test_add_func ("/insight/planner/ties", test_ties);
  g_test_add_func ("/insight/planner/verdicts", test_verdicts);
  g_test_add_func ("/insight/planner/golden-plans", test_golden_plans);

  return g_test_run ();
}
