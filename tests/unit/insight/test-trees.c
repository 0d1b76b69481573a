/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Tests of insight/terrace-trees.c: dumps are read, rows walk down, alone or many at once. */

#include "insight/terrace-trees.h"

#include "base/terrace-error.h"

static const char DUMP[] = "0:[f1<0.5] yes=1,no=2,missing=1\n"
                           "\t1:leaf=-1.25\n"
                           "\t2:[f0<3] yes=3,no=4,missing=3\n"
                           "\t\t3:leaf=2\n"
                           "\t\t4:leaf=8.5e-1\n";

static float
walk (const float *row)
{
  return row[1] < 0.5f ? -1.25f : row[0] < 3.0f ? 2.0f : 0.85f;
}

static void
test_walk (void)
{
  g_autoptr (TerraceTrees) trees = terrace_trees_new ();
  g_autoptr (GRand) rand = g_rand_new_with_seed (2);
  g_autoptr (GError) error = NULL;
  const guint n = 5003;
  g_autofree float *rows = g_new (float, n * 2);
  g_autofree float *one = g_new (float, n);
  g_autofree float *last = g_new (float, 3);

  g_assert_true (terrace_trees_add_dump (trees, DUMP, 2, &error));
  g_assert_true (terrace_trees_add_dump (trees, "0:leaf=0.5\n", 2, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (terrace_trees_get_n_nodes (trees), ==, 6);
  for (guint i = 0; i < n * 2; i++)
    rows[i] = (float) g_rand_double_range (rand, 0.0, i % 2 == 0 ? 6.0 : 1.0);
  /* On the edge: not below it. */
  rows[0] = 3.0f;
  rows[1] = 0.5f;

  terrace_trees_evaluate (trees, rows, n, 2, one);
  terrace_trees_evaluate (trees, rows + 2 * (n - 3), 3, 2, last);
  for (guint i = 0; i < n; i++)
    g_assert_cmpfloat_with_epsilon (one[i], walk (rows + 2 * i) + 0.5f, 1e-6);
  /* However many are asked about at once. */
  for (guint i = 0; i < 3; i++)
    g_assert_cmpfloat (last[i], ==, one[n - 3 + i]);
}

static void
test_damaged (void)
{
  static const char *const dumps[] = {
    "",
    "0:[f1<0.5] yes=1,no=2\n",
    "0:[f7<0.5] yes=1,no=2,missing=1\n\t1:leaf=1\n\t2:leaf=1\n",
    "0:[f0<0.5] yes=0,no=0,missing=0\n",
    "0:[f0<] yes=1,no=2,missing=1\n",
    "leaf",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (dumps); i++)
    {
      g_autoptr (TerraceTrees) trees = terrace_trees_new ();
      g_autoptr (GError) error = NULL;

      g_assert_false (terrace_trees_add_dump (trees, dumps[i], 2, &error));
      g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_CORRUPT);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/insight/trees/walk", test_walk);
  g_test_add_func ("/insight/trees/damaged", test_damaged);

  return g_test_run ();
}
