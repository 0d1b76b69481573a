/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The best moves get the money, whatever their order; never more is given than there is. */

#include "insight/terrace-move-budget.h"

#define N_MOVES 1000

static gint64
saving_of (guint move)
{
  return 1 + (move * 7919) % 5003;
}

static gint64
once_of (guint move)
{
  return 1 + (move * 104729) % 997;
}

static void
test_best_first (void)
{
  g_autoptr (TerraceMoveBudget) budget = terrace_move_budget_new ();
  gboolean poor, best, good;

  terrace_move_budget_note (budget, 10, 100);
  terrace_move_budget_note (budget, 90, 100);
  terrace_move_budget_note (budget, 50, 100);
  terrace_move_budget_settle (budget, 200);
  poor = terrace_move_budget_take (budget, 10, 100);
  good = terrace_move_budget_take (budget, 50, 100);
  best = terrace_move_budget_take (budget, 90, 100);
  g_assert_false (poor);
  g_assert_true (good);
  g_assert_true (best);
}

static void
test_equal (void)
{
  g_autoptr (TerraceMoveBudget) budget = terrace_move_budget_new ();

  for (int i = 0; i < 4; i++)
    terrace_move_budget_note (budget, 30, 100);
  terrace_move_budget_settle (budget, 250);
  g_assert_true (terrace_move_budget_take (budget, 30, 100));
  g_assert_true (terrace_move_budget_take (budget, 30, 100));
  g_assert_false (terrace_move_budget_take (budget, 30, 100));
  /* What is left is enough for a smaller one. */
  g_assert_true (terrace_move_budget_take (budget, 15, 50));
}

static void
test_free (void)
{
  g_autoptr (TerraceMoveBudget) budget = terrace_move_budget_new ();

  terrace_move_budget_note (budget, 5, 0);
  terrace_move_budget_note (budget, 0, 5);
  terrace_move_budget_note (budget, -1, 5);
  terrace_move_budget_settle (budget, 0);
  g_assert_true (terrace_move_budget_take (budget, 5, 0));
  g_assert_false (terrace_move_budget_take (budget, 0, 5));
  g_assert_false (terrace_move_budget_take (budget, -1, 5));
}

/* Against any amount: within it, and nothing refused is clearly better than something paid for. */
static void
test_many (void)
{
  for (gint64 nanos = 0; nanos < 600000; nanos += 50000)
    {
      g_autoptr (TerraceMoveBudget) budget = terrace_move_budget_new ();
      double least_taken = G_MAXDOUBLE;
      double most_refused = 0.0;
      gint64 spent = 0;
      gint64 all = 0;

      for (guint i = 0; i < N_MOVES; i++)
        {
          terrace_move_budget_note (budget, saving_of (i), once_of (i));
          all += once_of (i);
        }
      terrace_move_budget_settle (budget, nanos);
      for (guint i = 0; i < N_MOVES; i++)
        {
          const double gain = (double) saving_of (i) / (double) once_of (i);

          if (terrace_move_budget_take (budget, saving_of (i), once_of (i)))
            {
              spent += once_of (i);
              least_taken = MIN (least_taken, gain);
            }
          else
            most_refused = MAX (most_refused, gain);
        }
      g_assert_cmpint (spent, <=, nanos);
      g_assert_cmpint (spent, >=, MIN (nanos, all) - 1000);
      g_assert_cmpfloat (most_refused, <=, least_taken * 1.13);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/move-budget/best-first", test_best_first);
  g_test_add_func ("/move-budget/equal", test_equal);
  g_test_add_func ("/move-budget/free", test_free);
  g_test_add_func ("/move-budget/many", test_many);
  return g_test_run ();
}
