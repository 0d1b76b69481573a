/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Tests of insight/terrace-replay.c and terrace-rules.c: every term by hand, and whole costs
 * against those that tests/fixtures/insight/make_history.py computed. */

#include "config.h"

#include "history-support.h"

#include "insight/terrace-rules.h"

#include <json-glib/json-glib.h>

#define GB "1073741824"

static int
decide_cold_once (const TerraceReplayState *state, gpointer data)
{
  return state->day < 4 ? 2 : 0;
}

/* Ten days of one GB: cold from day 1 on, read there, back on day 5, gone on day 9. */
static void
test_terms (void)
{
  g_autoptr (TerraceHistory) history = history_from_rows ("0,a,PUT," GB ",0,1\n172800,a,GET," GB
                                                          "," GB ",2\n777600,a,DELETE,0,0,1\n");
  g_autoptr (TerracePriceSheet) sheet = NULL;
  TerraceReplayRule rule = { .decide = decide_cold_once, .every = 1 };
  TerraceReplayResult result;
  TerraceTariff tariff;
  double sum = 0.0;

  history_load_tariff (&tariff, &sheet);
  g_assert_true (terrace_replay (history, &tariff, &rule, 0, history->n_days, NULL, &result));
  g_assert_cmpuint (result.moves, ==, 2);
  g_assert_cmpuint (result.object_days, ==, 9);
  g_assert_cmpfloat_with_epsilon (result.terms[TERRACE_REPLAY_STORAGE],
                                  (5 * 0.023 + 4 * 0.004) / 30, 1e-12);
  g_assert_cmpfloat_with_epsilon (result.terms[TERRACE_REPLAY_REQUESTS], 2 * 0.01e-3, 1e-12);
  g_assert_cmpfloat_with_epsilon (result.terms[TERRACE_REPLAY_RETRIEVAL], 0.03, 1e-12);
  g_assert_cmpfloat_with_epsilon (result.terms[TERRACE_REPLAY_PUTS], 0.005e-3, 1e-12);
  g_assert_cmpfloat_with_epsilon (result.terms[TERRACE_REPLAY_TRANSITIONS],
                                  0.02e-3 + 0.03 + 0.005e-3, 1e-12);
  g_assert_cmpfloat_with_epsilon (result.terms[TERRACE_REPLAY_EARLY_DELETION], 86 * 0.004 / 30,
                                  1e-12);
  g_assert_cmpfloat (result.terms[TERRACE_REPLAY_MONITORING], ==, 0.0);
  g_assert_cmpfloat_with_epsilon (result.wait_s, 2 * 0.2, 1e-12);
  for (int term = 0; term < TERRACE_REPLAY_N_TERMS; term++)
    sum += result.terms[term];
  g_assert_cmpfloat_with_epsilon (result.cost, sum, 1e-12);
}

/* What is put into a class the day before is charged for leaving it when it is overwritten. */
static void
test_continue (void)
{
  g_autoptr (TerraceHistory) history =
      history_from_rows ("0,a,PUT," GB ",0,1\n172800,a,PUT," GB ",0,1\n777600,end,PUT,0,0,1\n");
  const TerraceReplayRule stay = { .every = 0 };
  g_autoptr (TerracePriceSheet) sheet = NULL;
  TerraceReplayResult result = { 0 };
  TerraceTariff tariff;

  history_load_tariff (&tariff, &sheet);
  terrace_replay_continue (history, 0, &tariff, &stay, 1, 0, 2, 4, &result);
  g_assert_cmpfloat_with_epsilon (result.terms[TERRACE_REPLAY_EARLY_DELETION], 30 * 0.0125 / 30,
                                  1e-12);
  g_assert_cmpfloat_with_epsilon (result.terms[TERRACE_REPLAY_PUTS], 0.005e-3, 1e-12);
  g_assert_cmpfloat_with_epsilon (result.terms[TERRACE_REPLAY_STORAGE], 2 * 0.023 / 30, 1e-12);
}

static double
replay_rule (const TerraceHistory *history, TerraceRuleKind kind, int from)
{
  g_autoptr (TerracePriceSheet) sheet = NULL;
  TerraceReplayResult result;
  TerraceRuleMemory memory;
  TerraceReplayRule rule;
  TerraceTariff tariff;

  history_load_tariff (&tariff, &sheet);
  terrace_rule_init (&rule, &memory, kind, &tariff);
  g_assert_true (terrace_replay (history, &tariff, &rule, from, history->n_days, NULL, &result));
  return result.cost;
}

static void
test_golden (void)
{
  static const TerraceRuleKind kinds[] = { TERRACE_RULE_HOT, TERRACE_RULE_AGE, TERRACE_RULE_IDLE,
                                           TERRACE_RULE_LAST_ACCESS };
  g_autoptr (TerraceHistory) history = history_load_fixture ();
  g_autofree char *path = g_build_filename (TERRACE_SOURCE_DATADIR, "..", "tests", "fixtures",
                                            "insight", "history.json", NULL);
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  g_autoptr (GError) error = NULL;
  JsonObject *golden;

  json_parser_load_from_file (parser, path, &error);
  g_assert_no_error (error);
  golden = json_node_get_object (json_parser_get_root (parser));
  g_assert_cmpint (history->n_objects, ==, json_object_get_int_member (golden, "objects"));
  g_assert_cmpint (history->n_days, ==, json_object_get_int_member (golden, "days"));
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    g_assert_cmpfloat_with_epsilon (replay_rule (history, kinds[i],
                                                 (int) json_object_get_int_member (golden,
                                                                                   "split")),
                                    json_object_get_double_member (golden, terrace_rule_get_nick (
                                                                               kinds[i])),
                                    1e-9);
}

/* An object that was never read and one that is read whole every day: what rules make of them. */
static void
test_rules (void)
{
  g_autoptr (GString) rows = g_string_new ("0,dead,PUT," GB ",0,1\n0,busy,PUT," GB ",0,1\n");
  g_autoptr (TerraceHistory) history = NULL;
  double hot;

  for (int day = 0; day < 400; day++)
    g_string_append_printf (rows, "%d,busy,GET," GB "," GB ",1\n", day * 86400);
  history = history_from_rows (rows->str);
  hot = replay_rule (history, TERRACE_RULE_HOT, 0);
  for (int kind = TERRACE_RULE_AUTO; kind < TERRACE_N_RULES; kind++)
    {
      if (kind == TERRACE_RULE_AGE)
        g_assert_cmpfloat (replay_rule (history, TERRACE_RULE_AGE, 0), >, 3 * hot);
      else
        g_assert_cmpfloat (replay_rule (history, (TerraceRuleKind) kind, 0), <, 0.8 * hot);
    }
}

static void
test_cancelled (void)
{
  g_autoptr (TerraceHistory) history = history_from_rows ("0,a,PUT," GB ",0,1\n");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  const TerraceReplayRule stay = { .every = 0 };
  g_autoptr (TerracePriceSheet) sheet = NULL;
  TerraceReplayResult result;
  TerraceTariff tariff;

  history_load_tariff (&tariff, &sheet);
  g_cancellable_cancel (cancellable);
  g_assert_false (terrace_replay (history, &tariff, &stay, 0, 1, cancellable, &result));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/insight/replay/terms", test_terms);
  g_test_add_func ("/insight/replay/continue", test_continue);
  g_test_add_func ("/insight/replay/golden", test_golden);
  g_test_add_func ("/insight/replay/rules", test_rules);
  g_test_add_func ("/insight/replay/cancelled", test_cancelled);

  return g_test_run ();
}
