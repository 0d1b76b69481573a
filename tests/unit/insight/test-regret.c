/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Tests of insight/terrace-regret.c: a move is settled to the cent, in both directions. */

#include "insight/terrace-regret.h"

#include "base/terrace-units.h"

#include <string.h>

#define SIZE (100 * (guint64) TERRACE_BYTES_PER_GB)

static TerraceStorageClass *
make_class (const char *id, double gb_month, double retrieval_gb)
{
  TerraceStorageClass *class = terrace_storage_class_new (id, id);

  class->gb_month = gb_month;
  class->retrieval_gb = retrieval_gb;
  class->transition_request = 0.5;
  return class;
}

/* Hot at 2 a month, cold at 1; a read out of cold costs 1; the way there half a unit. */
static void
settle (double days, double reads, TerraceRegret *regret)
{
  g_autoptr (TerraceStorageClass) hot = make_class ("x/HOT", 0.02, 0.0);
  g_autoptr (TerraceStorageClass) cold = make_class ("x/COLD", 0.01, 0.01);

  terrace_regret_settle (hot, cold, TRUE, FALSE, SIZE, days, reads, 1000.0, 1.0, regret);
}

static void
test_saved (void)
{
  TerraceRegret regret;
  g_autofree char *sentence = NULL;

  settle (90.0, 1.0, &regret);
  g_assert_cmpfloat_with_epsilon (regret.stayed, 6.0, 1e-9);
  g_assert_cmpfloat_with_epsilon (regret.paid, 3.0 + 1.0 + 0.5, 1e-9);
  g_assert_cmpfloat_with_epsilon (regret.once, 0.5, 1e-9);
  g_assert_cmpfloat_with_epsilon (regret.saved, 1.5, 1e-9);
  g_assert_cmpfloat_with_epsilon (regret.expected, 3.0 - 0.5, 1e-9);
  g_assert_cmpint (regret.greatest, ==, TERRACE_TERM_STORAGE);
  sentence = terrace_regret_explain (&regret, 1.0, "USD");
  g_assert_true (g_str_has_prefix (sentence, "Saved "));
  g_assert_nonnull (strstr (sentence, "Storage"));
}

static void
test_lost (void)
{
  TerraceRegret regret;
  g_autofree char *sentence = NULL;

  settle (30.0, 5.0, &regret);
  g_assert_cmpfloat_with_epsilon (regret.saved, 2.0 - 1.0 - 5.0 - 0.5, 1e-9);
  g_assert_cmpint (regret.greatest, ==, TERRACE_TERM_RETRIEVAL);
  sentence = terrace_regret_explain (&regret, 5.0, "USD");
  g_assert_true (g_str_has_prefix (sentence, "Lost "));
  g_assert_nonnull (strstr (sentence, "5 times"));
}

/* Just moved: only the move was paid. */
static void
test_fresh (void)
{
  TerraceRegret regret;
  g_autofree char *sentence = NULL;

  settle (0.0, 0.0, &regret);
  g_assert_cmpfloat_with_epsilon (regret.saved, -0.5, 1e-9);
  g_assert_cmpint (regret.greatest, ==, TERRACE_TERM_WRITE_IN);
  sentence = terrace_regret_explain (&regret, 0.0, "USD");
  g_assert_nonnull (strstr (sentence, "not paid back"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/insight/regret/saved", test_saved);
  g_test_add_func ("/insight/regret/lost", test_lost);
  g_test_add_func ("/insight/regret/fresh", test_fresh);

  return g_test_run ();
}
