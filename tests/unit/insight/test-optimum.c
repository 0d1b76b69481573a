/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Tests of insight/terrace-optimum.c: against every possible sequence of places on small random
 * cases, and its own way replayed. */

#include "config.h"

#include "history-support.h"

#include "insight-support.h"

#include "insight/terrace-optimum.h"
#include "insight/terrace-replay.h"

#include <json-glib/json-glib.h>

#define N_CASES 150
#define SEED 77

/* A rule that goes where it is told, day by day. */
typedef struct
{
  int from;
  const gint8 *places;
} Script;

static int
follow_script (const TerraceReplayState *state, gpointer data)
{
  const Script *script = data;

  return script->places[state->day - script->from];
}

static double
replay_script (const TerraceHistory *history,
               const TerraceTariff *tariff,
               const gint8 *places,
               int from,
               int until)
{
  Script script = { from, places };
  TerraceReplayRule rule = { .decide = follow_script, .data = &script, .every = 1 };
  TerraceReplayResult result;

  terrace_replay (history, tariff, &rule, from, until, NULL, &result);
  return result.cost;
}

/* Short minimum durations, so that they end within a few days. */
static void
shorten (TerraceTariff *tariff)
{
  tariff->min_days[1] = 2;
  tariff->min_days[2] = 4;
}

static char *
make_rows (GRand *rand, int n_days)
{
  GString *rows = g_string_new (NULL);
  const int born = g_rand_int_range (rand, 0, 3);
  const gboolean dies = g_rand_int_range (rand, 0, 3) == 0;
  const double size = insight_random_magnitude (rand, 1e4, 1e9);

  for (int day = 0; day < n_days; day++)
    {
      const double new_size = size * g_rand_double_range (rand, 0.5, 2.0);

      if (day < born || (dies && day == n_days - 1))
        continue;
      if (day == born || g_rand_int_range (rand, 0, 8) == 0)
        g_string_append_printf (rows, "%d,a,PUT,%.0f,0,1\n", day * 86400, new_size);
      if (g_rand_int_range (rand, 0, 3) == 0)
        g_string_append_printf (rows, "%d,a,GET,1,%.0f,%d\n", day * 86400,
                                size * g_rand_double_range (rand, 0.0, 0.02),
                                g_rand_int_range (rand, 1, 5));
    }
  if (dies)
    g_string_append_printf (rows, "%d,a,DELETE,0,0,1\n", (n_days - 1) * 86400);
  g_string_append_printf (rows, "0,first,PUT,0,0,1\n%d,last,PUT,0,0,1\n", (n_days - 1) * 86400);
  return g_string_free (rows, FALSE);
}

static double
solve_all (TerraceOptimum *optimum, const TerraceHistory *history, int from, int until)
{
  double cost = 0.0;

  for (guint i = 0; i < history->n_objects; i++)
    cost += terrace_optimum_solve (optimum, &history->objects[i], from, until, NULL);
  return cost;
}

/* The least over every sequence of @n_places places on the days between. */
static double
search_all (const TerraceHistory *history, const TerraceTariff *tariff, int n_places, int n_days)
{
  double best = G_MAXDOUBLE;
  int n_sequences = 1;
  gint8 places[16];

  for (int day = 0; day < n_days - 1; day++)
    n_sequences *= n_places;
  for (int sequence = 0; sequence < n_sequences; sequence++)
    {
      int rest = sequence;

      for (int day = 0; day < n_days; day++, rest /= n_places)
        places[day] = (gint8) (rest % n_places);
      best = MIN (best, replay_script (history, tariff, places, 0, n_days));
    }
  return best;
}

/* Only object "a" may move: the empty ones beside it stay where they are at no cost. */
static void
test_brute_force (gconstpointer data)
{
  const gboolean use_auto = GPOINTER_TO_INT (data);
  const int n_days = use_auto ? 6 : 7;
  g_autoptr (TerracePriceSheet) sheet = NULL;
  g_autoptr (TerraceOptimum) optimum = NULL;
  g_autoptr (GRand) rand = g_rand_new_with_seed (SEED);
  TerraceTariff tariff;
  guint n_moving = 0;

  history_load_tariff (&tariff, &sheet);
  shorten (&tariff);
  if (use_auto)
    tariff.auto_store[0] *= 0.4; /* or it would never be worth it within a week */
  optimum = terrace_optimum_new (&tariff, use_auto);
  for (int i = 0; i < N_CASES; i++)
    {
      g_autofree char *rows = make_rows (rand, n_days);
      g_autoptr (TerraceHistory) history = history_from_rows (rows);
      g_autofree TerraceHistoryObject *all = history->objects;
      const guint n_all = history->n_objects;
      double stay;

      /* Replay and search look at one object. */
      history->objects = NULL;
      for (guint j = 0; j < n_all; j++)
        if (g_str_equal (all[j].key, "a"))
          history->objects = g_memdup2 (&all[j], sizeof all[j]);
      history->n_objects = 1;
      g_assert_cmpfloat_with_epsilon (solve_all (optimum, history, 0, n_days),
                                      search_all (history, &tariff,
                                                  use_auto ? tariff.n_places : tariff.n_classes,
                                                  n_days),
                                      1e-12);
      stay = replay_script (history, &tariff, (const gint8[16]){ 0 }, 0, n_days);
      n_moving += solve_all (optimum, history, 0, n_days) < stay;
    }
  g_assert_cmpuint (n_moving, >, N_CASES / 3);
}

/* Its own way costs what it says, and nothing that a rule does costs less. */
static void
test_own_way (gconstpointer data)
{
  const gboolean use_auto = GPOINTER_TO_INT (data);
  g_autoptr (TerraceHistory) history = history_make (40, 500, 5);
  g_autoptr (TerracePriceSheet) sheet = NULL;
  g_autoptr (TerraceOptimum) optimum = NULL;
  TerraceTariff tariff;
  const int from = 200;

  history_load_tariff (&tariff, &sheet);
  optimum = terrace_optimum_new (&tariff, use_auto);
  for (guint i = 0; i < history->n_objects; i++)
    {
      gint8 places[500];
      const double cost =
          terrace_optimum_solve (optimum, &history->objects[i], from, history->n_days, places);
      Script script = { from, places + 1 };
      TerraceReplayRule rule = { .decide = follow_script, .data = &script, .every = 1 };
      TerraceReplayResult result = { 0 };
      double replayed = 0.0;

      terrace_replay_object (history, i, &tariff, &rule, from, history->n_days, &result);
      for (int term = 0; term < TERRACE_REPLAY_N_TERMS; term++)
        replayed += result.terms[term];
      g_assert_cmpfloat_with_epsilon (replayed, cost, 1e-9 * (1.0 + cost));
      g_assert_cmpfloat (terrace_optimum_solve (optimum, &history->objects[i], from,
                                                history->n_days, NULL),
                         ==, cost);
    }
}

/* tests/fixtures/insight/make_history.py tried every way on some days. */
static void
test_golden (void)
{
  g_autoptr (TerraceHistory) history = history_load_fixture ();
  g_autofree char *path = g_build_filename (TERRACE_SOURCE_DATADIR, "..", "tests", "fixtures",
                                            "insight", "history.json", NULL);
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  g_autoptr (TerracePriceSheet) sheet = NULL;
  g_autoptr (TerraceOptimum) optimum = NULL;
  g_autoptr (GError) error = NULL;
  TerraceTariff tariff;
  JsonObject *golden;
  JsonArray *window;

  json_parser_load_from_file (parser, path, &error);
  g_assert_no_error (error);
  golden = json_node_get_object (json_parser_get_root (parser));
  window = json_object_get_array_member (golden, "optimum_window");
  history_load_tariff (&tariff, &sheet);
  optimum = terrace_optimum_new (&tariff, FALSE);
  g_assert_cmpfloat_with_epsilon (solve_all (optimum, history,
                                             (int) json_array_get_int_element (window, 0),
                                             (int) json_array_get_int_element (window, 1)),
                                  json_object_get_double_member (golden, "optimum"), 1e-9);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_data_func ("/insight/optimum/brute-force", GINT_TO_POINTER (FALSE), test_brute_force);
  g_test_add_data_func ("/insight/optimum/brute-force-auto", GINT_TO_POINTER (TRUE),
                        test_brute_force);
  g_test_add_data_func ("/insight/optimum/own-way", GINT_TO_POINTER (FALSE), test_own_way);
  g_test_add_data_func ("/insight/optimum/own-way-auto", GINT_TO_POINTER (TRUE), test_own_way);
  g_test_add_func ("/insight/optimum/golden", test_golden);

  return g_test_run ();
}
