/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Tests of insight/terrace-alert-rules.c: settings, hysteresis, heat, bursts; by a time that the
 * test tells. */

#include "insight/terrace-alert-rules.h"

#include "base/terrace-clock.h"
#include "base/terrace-error.h"

#define S TERRACE_US_PER_SECOND
#define START_US (G_GINT64_CONSTANT (1795000000) * S)

static void
test_settings (void)
{
  static const struct
  {
    const char *json;
    const char *wrong; /* member that is named, "" for the whole, NULL if all is well */
  } cases[] = {
    { "{}", NULL },
    { "{\"raise\":0.5,\"unknown\":[1]}", NULL },
    { "{\"raise\":-1}", "raise" },
    { "{\"raise\":\"much\"}", "raise" },
    { "{\"at_least\":1e16}", "at_least" },
    { "{\"act\":1}", "act" },
    { "[]", "" },
    { "{", "" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (TerraceAlertRule) rule =
          terrace_alert_rule_new (TERRACE_ALERT_ERROR_RATE, "Errors", cases[i].json);
      g_autoptr (GError) error = NULL;
      TerraceRuleSettings settings;

      g_assert_cmpint (terrace_rule_settings_read (rule, &settings, &error), ==,
                       cases[i].wrong == NULL);
      if (cases[i].wrong == NULL)
        {
          g_assert_no_error (error);
          g_assert_cmpfloat (settings.raise_at, ==, i == 0 ? 0.05 : 0.5);
          g_assert_cmpfloat (settings.clear_at, ==, 0.02);
          continue;
        }
      g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID);
      g_assert_nonnull (strstr (error->message, cases[i].wrong));
    }
}

/* A rule that would never fall silent is read as one that does where it speaks up. */
static void
test_clear_is_never_above_raise (void)
{
  g_autoptr (TerraceAlertRule) rule =
      terrace_alert_rule_new (TERRACE_ALERT_LATENCY, "Slow", "{\"raise\":100,\"clear\":500}");
  TerraceRuleSettings settings;

  g_assert_true (terrace_rule_settings_read (rule, &settings, NULL));
  g_assert_cmpfloat (settings.clear_at, ==, 100);
}

static void
test_defaults (void)
{
  g_autoptr (GPtrArray) rules = terrace_rules_make_default ();
  guint kinds = 0;

  for (guint i = 0; i < rules->len; i++)
    {
      TerraceAlertRule *rule = g_ptr_array_index (rules, i);
      TerraceRuleSettings settings;

      g_assert_true (terrace_rule_settings_read (rule, &settings, NULL));
      g_assert_true (rule->enabled);
      kinds |= 1u << rule->kind;
      /* Nothing that costs is done before a person said so. */
      if (rule->kind == TERRACE_ALERT_PREWARM)
        g_assert_false (settings.act);
    }
  g_assert_cmpuint (kinds, ==, (1u << (TERRACE_ALERT_REPLICA_MISSING + 1)) - 1);
}

typedef struct
{
  int second;
  double value;
  guint64 n;
  TerraceRuleVerdict verdict;
} Step;

static void
assert_steps (const TerraceRuleSettings *settings, const Step *steps, gsize n_steps)
{
  TerraceRuleState state = { 0 };

  for (gsize i = 0; i < n_steps; i++)
    {
      g_test_message ("step %d, second %d", (int) i, steps[i].second);
      g_assert_cmpint (terrace_rule_judge (settings, steps[i].value, steps[i].n,
                                           START_US + steps[i].second * S, &state),
                       ==, steps[i].verdict);
    }
}

static void
test_hysteresis (void)
{
  const TerraceRuleSettings settings = {
    .raise_at = 0.05, .clear_at = 0.02, .for_s = 10, .at_least = 50
  };
  const Step steps[] = {
    { 0, 0.9, 49, TERRACE_RULE_NOTHING },  /* too few to say anything */
    { 1, 0.05, 50, TERRACE_RULE_NOTHING }, /* from now on it counts */
    { 8, 0.01, 50, TERRACE_RULE_NOTHING }, /* and from the beginning again */
    { 9, 0.06, 50, TERRACE_RULE_NOTHING },   { 18, 0.06, 50, TERRACE_RULE_NOTHING },
    { 19, 0.06, 50, TERRACE_RULE_RAISE },    { 20, 0.5, 50, TERRACE_RULE_NOTHING }, /* once */
    { 40, 0.03, 50, TERRACE_RULE_NOTHING }, /* in the gap nothing changes */
    { 90, 0.03, 50, TERRACE_RULE_NOTHING },  { 91, 0.01, 50, TERRACE_RULE_NOTHING },
    { 95, 0.03, 50, TERRACE_RULE_NOTHING }, /* back in the gap */
    { 96, 0.01, 50, TERRACE_RULE_NOTHING },  { 106, 0.01, 50, TERRACE_RULE_CLEAR },
    { 107, 0.01, 50, TERRACE_RULE_NOTHING },
  };

  assert_steps (&settings, steps, G_N_ELEMENTS (steps));
}

/* When events end, what they told of ends too; and a clock that is set back stops nothing. */
static void
test_silence (void)
{
  const TerraceRuleSettings settings = { .raise_at = 1, .clear_at = 1, .for_s = 5, .at_least = 2 };
  const Step steps[] = {
    { 100, 1, 2, TERRACE_RULE_NOTHING }, { 0, 1, 2, TERRACE_RULE_NOTHING },
    { 5, 1, 2, TERRACE_RULE_RAISE },     { 6, 1, 0, TERRACE_RULE_NOTHING },
    { 11, 1, 0, TERRACE_RULE_CLEAR },
  };

  assert_steps (&settings, steps, G_N_ELEMENTS (steps));
}

static void
test_heat (void)
{
  TerraceRuleSettings settings = { .reads = 3, .act = TRUE };
  TerraceHeatSigns signs = {
    .reads = 2, .spent = 0.25, .left = 1, .monthly_here = 4, .monthly_there = 9, .return_cost = 2
  };
  TerraceHeatVerdict verdict;

  terrace_rule_judge_heat (&settings, &signs, &verdict);
  g_assert_false (verdict.stop);
  signs.reads = 3;
  terrace_rule_judge_heat (&settings, &signs, &verdict);
  g_assert_true (verdict.stop);
  g_assert_cmpfloat (verdict.stop_cost, ==, 0.25);
  /* finishing, a month there instead of here, and the way back */
  g_assert_cmpfloat (verdict.go_on_cost, ==, 1 + (9 - 4) + 2);

  signs.monthly_here = 40;
  terrace_rule_judge_heat (&settings, &signs, &verdict);
  g_assert_cmpfloat (verdict.go_on_cost, ==, 0);
  settings.act = FALSE;
  terrace_rule_judge_heat (&settings, &signs, &verdict);
  g_assert_false (verdict.stop);
}

static void
test_burst (void)
{
  const TerraceRuleSettings settings = { .reads = 20 };

  g_assert_false (terrace_rule_judge_burst (&settings, 0, 19));
  g_assert_true (terrace_rule_judge_burst (&settings, 0, 20));
  g_assert_true (terrace_rule_judge_burst (&settings, 10, 10));
  /* It is over already. */
  g_assert_false (terrace_rule_judge_burst (&settings, 50, 10));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/insight/alert-rules/settings", test_settings);
  g_test_add_func ("/insight/alert-rules/clear-above-raise", test_clear_is_never_above_raise);
  g_test_add_func ("/insight/alert-rules/defaults", test_defaults);
  g_test_add_func ("/insight/alert-rules/hysteresis", test_hysteresis);
  g_test_add_func ("/insight/alert-rules/silence", test_silence);
  g_test_add_func ("/insight/alert-rules/heat", test_heat);
  g_test_add_func ("/insight/alert-rules/burst", test_burst);

  return g_test_run ();
}
