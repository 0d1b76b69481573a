/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Tests of insight/terrace-forest.c: both kinds learn a step, and repeat themselves. */

#include "insight/terrace-forest.h"

#include <math.h>

#define N_ROWS 2000
#define N_FEATURES 3

typedef struct
{
  float rows[N_ROWS * N_FEATURES];
  float targets[N_ROWS];
  float weights[N_ROWS];
} Lesson;

static Lesson *
make_lesson (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (9);
  Lesson *lesson = g_new (Lesson, 1);

  for (int i = 0; i < N_ROWS; i++)
    {
      for (int j = 0; j < N_FEATURES; j++)
        lesson->rows[i * N_FEATURES + j] = (float) g_rand_double (rand);
      lesson->targets[i] = lesson->rows[i * N_FEATURES] > 0.5f ? -3.0f : 2.0f;
      lesson->weights[i] = 1.0f;
    }
  return lesson;
}

static TerraceForest *
train (const Lesson *lesson, TerraceForestKind kind, guint seed)
{
  const TerraceForestOptions options = { kind, 60, 4, 1.0, seed };
  g_autoptr (GError) error = NULL;
  TerraceForest *forest = terrace_forest_train (&options, lesson->rows, N_ROWS, N_FEATURES,
                                                lesson->targets, lesson->weights, NULL, &error);

  g_assert_no_error (error);
  return forest;
}

static void
test_learns (gconstpointer data)
{
  const TerraceForestKind kind = (TerraceForestKind) GPOINTER_TO_INT (data);
  g_autofree Lesson *lesson = make_lesson ();
  g_autoptr (TerraceForest) forest = train (lesson, kind, 1);
  g_autofree float *results = g_new (float, N_ROWS);
  g_autoptr (GError) error = NULL;
  double off = 0.0;

  terrace_forest_predict (forest, lesson->rows, N_ROWS, results);
  for (int i = 0; i < N_ROWS; i++)
    off += fabs ((double) results[i] - (double) lesson->targets[i]) / N_ROWS;
  g_assert_cmpfloat (off, <, kind == TERRACE_FOREST_RANDOM ? 0.8 : 0.2);
}

static void
test_repeats (gconstpointer data)
{
  const TerraceForestKind kind = (TerraceForestKind) GPOINTER_TO_INT (data);
  g_autofree Lesson *lesson = make_lesson ();
  g_autoptr (TerraceForest) first = train (lesson, kind, 1);
  g_autoptr (TerraceForest) second = train (lesson, kind, 1);
  g_autoptr (TerraceForest) other = train (lesson, kind, 2);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) first_bytes = terrace_forest_save (first, &error);
  g_autoptr (GBytes) second_bytes = terrace_forest_save (second, &error);
  g_autoptr (GBytes) other_bytes = terrace_forest_save (other, &error);

  g_assert_no_error (error);
  g_assert_true (g_bytes_equal (first_bytes, second_bytes));
  g_assert_false (g_bytes_equal (first_bytes, other_bytes));
}

static void
test_cancelled (void)
{
  const TerraceForestOptions options = { TERRACE_FOREST_BOOSTED, 60, 4, 1.0, 1 };
  g_autofree Lesson *lesson = make_lesson ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (cancellable);
  g_assert_null (terrace_forest_train (&options, lesson->rows, N_ROWS, N_FEATURES, lesson->targets,
                                       lesson->weights, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_data_func ("/insight/forest/random/learns", GINT_TO_POINTER (TERRACE_FOREST_RANDOM),
                        test_learns);
  g_test_add_data_func ("/insight/forest/boosted/learns", GINT_TO_POINTER (TERRACE_FOREST_BOOSTED),
                        test_learns);
  g_test_add_data_func ("/insight/forest/random/repeats", GINT_TO_POINTER (TERRACE_FOREST_RANDOM),
                        test_repeats);
  g_test_add_data_func ("/insight/forest/boosted/repeats", GINT_TO_POINTER (TERRACE_FOREST_BOOSTED),
                        test_repeats);
  g_test_add_func ("/insight/forest/cancelled", test_cancelled);

  return g_test_run ();
}
