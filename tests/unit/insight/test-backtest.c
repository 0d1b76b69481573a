/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Tests of insight/terrace-backtest.c, terrace-foresight.c, terrace-lesson.c and terrace-advice.c:
 * the whole of it, and that nothing is learnt from the days it is judged on. */

#include "history-support.h"

#include "insight/terrace-backtest.h"
#include "insight/terrace-optimum.h"

#include "base/terrace-error.h"

#define N_OBJECTS 60
#define N_DAYS 800
#define SEED 11

typedef struct
{
  TerracePriceSheet *sheet;
  TerraceTariff tariff;
  TerraceHistory *history;
  TerraceBacktest *backtest;
} Fixture;

static void
fixture_set_up (Fixture *fixture, gconstpointer data)
{
  const TerraceBacktestOptions options = { 0.6, 1 };
  g_autoptr (GError) error = NULL;

  history_load_tariff (&fixture->tariff, &fixture->sheet);
  fixture->history = history_make (N_OBJECTS, N_DAYS, SEED);
  fixture->backtest =
      terrace_backtest_run (fixture->history, &fixture->tariff, &options, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
}

static void
fixture_tear_down (Fixture *fixture, gconstpointer data)
{
  terrace_backtest_free (fixture->backtest);
  terrace_history_free (fixture->history);
  g_object_unref (fixture->sheet);
}

static void
test_bounds (Fixture *fixture, gconstpointer data)
{
  const TerraceBacktest *backtest = fixture->backtest;
  double best_rule = G_MAXDOUBLE;

  g_assert_cmpuint (backtest->n_rows, ==, TERRACE_N_RULES + 1);
  g_assert_cmpint (backtest->split, ==, N_DAYS * 6 / 10);
  g_assert_cmpfloat (backtest->optimum_auto, <=, backtest->optimum);
  for (guint i = 0; i < backtest->n_rows; i++)
    {
      const TerraceBacktestRow *row = &backtest->rows[i];

      g_assert_cmpfloat (row->result.cost, >=, backtest->optimum_auto);
      if (row->rule >= 0)
        best_rule = MIN (best_rule, row->result.cost);
      if (row->rule >= 0 && row->rule != TERRACE_RULE_AUTO)
        g_assert_cmpfloat (row->result.cost, >=, backtest->optimum);
      if (row->rule == TERRACE_RULE_AUTO)
        g_assert_cmpfloat (row->result.cost, ==, backtest->auto_cost);
    }
  g_assert_cmpstr (backtest->rows[backtest->n_rows - 1].nick, ==, "terrace");
  /* Use here is as it was before, so what was best before is about the best. */
  g_assert_cmpfloat (backtest->rows[backtest->n_rows - 1].result.cost, <=, best_rule * 1.02);
}

/* What decides is the rule that was best over most of the days, or a mix that beat it. */
static void
test_chosen (Fixture *fixture, gconstpointer data)
{
  TerraceForesight *foresight = fixture->backtest->foresight;
  const TerraceTrial *chosen = terrace_foresight_get_chosen (foresight);
  const GArray *trials = terrace_foresight_get_trials (foresight);
  const TerraceTrial *rule = NULL;
  double best_mix = G_MAXDOUBLE;
  guint n_forests = 0;

  g_assert_cmpuint (terrace_foresight_get_n_trained (foresight), >, 0);
  for (guint i = 0; i < trials->len; i++)
    {
      const TerraceTrial *trial = &g_array_index (trials, TerraceTrial, i);

      g_assert_cmpfloat (trial->cost, >, 0.0);
      if (trial->share > 0.0)
        {
          n_forests++;
          best_mix = MIN (best_mix, trial->cost);
        }
      else if (rule == NULL || trial->cost_long < rule->cost_long)
        {
          rule = trial;
        }
    }
  g_assert_cmpuint (n_forests, ==, 6);
  if (best_mix < rule->cost)
    g_assert_cmpfloat (chosen->cost, ==, best_mix);
  else
    g_assert_cmpstr (chosen->nick, ==, rule->nick);
}

/* The same history without the days that are judged on: the same trials, to the last digit. */
static void
test_learns_from_the_past_only (Fixture *fixture, gconstpointer data)
{
  const int split = fixture->backtest->split;
  g_autofree char *rows = history_make_rows (N_OBJECTS, N_DAYS, SEED, split + 1);
  g_autoptr (TerraceHistory) past = history_from_rows (rows);
  g_autoptr (GError) error = NULL;
  g_autoptr (TerraceForesight) foresight =
      terrace_foresight_learn (past, &fixture->tariff, split, 1, NULL, NULL, NULL, &error);
  const GArray *seen = terrace_foresight_get_trials (fixture->backtest->foresight);
  const GArray *trials = terrace_foresight_get_trials (foresight);

  g_assert_no_error (error);
  g_assert_cmpuint (trials->len, ==, seen->len);
  for (guint i = 0; i < trials->len; i++)
    g_assert_cmpfloat_with_epsilon (g_array_index (trials, TerraceTrial, i).cost,
                                    g_array_index (seen, TerraceTrial, i).cost, 1e-9);
  g_assert_cmpstr (terrace_foresight_get_chosen (foresight)->nick, ==,
                   terrace_foresight_get_chosen (fixture->backtest->foresight)->nick);
}

static void
test_repeats (Fixture *fixture, gconstpointer data)
{
  const TerraceBacktestOptions options = { 0.6, 1 };
  g_autoptr (GError) error = NULL;
  g_autoptr (TerraceBacktest) again =
      terrace_backtest_run (fixture->history, &fixture->tariff, &options, NULL, NULL, NULL, &error);

  g_assert_no_error (error);
  for (guint i = 0; i < again->n_rows; i++)
    {
      g_assert_cmpfloat (again->rows[i].result.cost, ==, fixture->backtest->rows[i].result.cost);
      g_assert_cmpuint (again->rows[i].result.moves, ==, fixture->backtest->rows[i].result.moves);
    }
}

/* The rate rule and the same rate as advice are one policy. */
static void
test_advice_is_the_rate (Fixture *fixture, gconstpointer data)
{
  const int split = fixture->backtest->split;
  g_autoptr (TerraceFeatureTable) table =
      terrace_features_build (fixture->history, split, split, NULL);
  g_autoptr (TerraceAdvice) advice = terrace_advice_new (table->n_rows, &fixture->tariff);
  g_autoptr (TerraceAdvice) mixed = NULL;
  TerraceAdviceFollower follower = { table, advice, &fixture->tariff, fixture->tariff.n_classes,
                                     0.0 };
  TerraceReplayResult result;
  TerraceReplayRule rule;

  terrace_advice_add_rate (advice, table, &fixture->tariff, TERRACE_FEATURE_REQUESTS_90, 1.0);
  terrace_advice_follow (&rule, &follower);
  terrace_replay (fixture->history, &fixture->tariff, &rule, split, fixture->history->n_days, NULL,
                  &result);
  g_assert_cmpfloat_with_epsilon (result.cost,
                                  fixture->backtest->rows[TERRACE_RULE_RATE_90].result.cost,
                                  0.01 * result.cost);

  mixed = terrace_advice_mix (advice, 0.5, advice);
  follower.advice = mixed;
  terrace_replay (fixture->history, &fixture->tariff, &rule, split, fixture->history->n_days, NULL,
                  &result);
  g_assert_cmpfloat_with_epsilon (result.cost,
                                  fixture->backtest->rows[TERRACE_RULE_RATE_90].result.cost,
                                  0.01 * result.cost);

  /* Nothing is worth moving for at such a margin. */
  follower.margin = 1e9;
  terrace_replay (fixture->history, &fixture->tariff, &rule, split, fixture->history->n_days, NULL,
                  &result);
  g_assert_cmpuint (result.moves, ==, 0);
}

static void
test_too_short (void)
{
  const TerraceBacktestOptions options = { 0.6, 1 };
  g_autoptr (TerraceHistory) history = history_from_rows ("0,a,PUT,1,0,1\n864000,a,GET,1,1,1\n");
  g_autoptr (TerracePriceSheet) sheet = NULL;
  g_autoptr (GError) error = NULL;
  TerraceTariff tariff;

  history_load_tariff (&tariff, &sheet);
  g_assert_null (terrace_backtest_run (history, &tariff, &options, NULL, NULL, NULL, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID);
}

/* Enough days to judge, but not to learn: a rule decides, and says so. */
static void
test_little_to_learn (void)
{
  const TerraceBacktestOptions options = { 0.6, 1 };
  g_autoptr (TerraceHistory) history = history_load_fixture ();
  g_autoptr (TerracePriceSheet) sheet = NULL;
  g_autoptr (TerraceBacktest) backtest = NULL;
  g_autoptr (GError) error = NULL;
  TerraceTariff tariff;

  history_load_tariff (&tariff, &sheet);
  backtest = terrace_backtest_run (history, &tariff, &options, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (terrace_foresight_get_n_trained (backtest->foresight), ==, 0);
  g_assert_cmpstr (terrace_foresight_get_chosen (backtest->foresight)->nick, ==, "rate-180");
}

static void
test_cancelled (void)
{
  const TerraceBacktestOptions options = { 0.6, 1 };
  g_autoptr (TerraceHistory) history = history_load_fixture ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (TerracePriceSheet) sheet = NULL;
  g_autoptr (GError) error = NULL;
  TerraceTariff tariff;

  history_load_tariff (&tariff, &sheet);
  g_cancellable_cancel (cancellable);
  g_assert_null (
      terrace_backtest_run (history, &tariff, &options, NULL, NULL, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, function) \
  g_test_add ("/insight/backtest/" name, Fixture, NULL, fixture_set_up, function, fixture_tear_down)
  ADD ("bounds", test_bounds);
  ADD ("chosen", test_chosen);
  ADD ("past-only", test_learns_from_the_past_only);
  ADD ("repeats", test_repeats);
  ADD ("advice-is-the-rate", test_advice_is_the_rate);
#undef ADD
  g_test_add_func ("/insight/backtest/too-short", test_too_short);
  g_test_add_func ("/insight/backtest/little-to-learn", test_little_to_learn);
  g_test_add_func ("/insight/backtest/cancelled", test_cancelled);

  return g_test_run ();
}
