/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Tests of stream/terrace-sketch.c: quantiles beside the exact ones of the same values. */

#include "stream/terrace-sketch.h"

#include <math.h>
#include <stdlib.h>

#define N 20000

static int
compare (gconstpointer a, gconstpointer b)
{
  guint64 left = *(const guint64 *) a, right = *(const guint64 *) b;

  return (left > right) - (left < right);
}

/* @shape: how the values lie. */
static guint64 *
make_values (guint shape)
{
  guint64 *values = g_new (guint64, N);
  g_autoptr (GRand) random = g_rand_new_with_seed (7 + shape);

  for (guint i = 0; i < N; i++)
    {
      double unit = g_rand_double_range (random, 1e-9, 1);

      if (shape == 0)
        values[i] = 2 + (guint64) (unit * 1e6);
      else if (shape == 1)
        values[i] = 2 + (guint64) (-3e4 * log (unit));
      else
        values[i] = (guint64) (100 * pow (unit, -1.2)) % 900000000 + 2;
    }

  return values;
}

static void
assert_quantiles (const TerraceSketch *sketch, guint64 *values)
{
  static const double quantiles[] = { 0, 0.01, 0.25, 0.5, 0.9, 0.95, 0.99, 0.999, 1 };

  qsort (values, N, sizeof *values, compare);
  for (guint i = 0; i < G_N_ELEMENTS (quantiles); i++)
    {
      double exact = (double) values[(guint) (quantiles[i] * (N - 1))];
      double told = terrace_sketch_get_quantile_us (sketch, quantiles[i]);

      g_assert_cmpfloat (fabs (told - exact) / exact, <=, TERRACE_SKETCH_ERROR + 1e-9);
    }
}

static void
test_error_bound (void)
{
  for (guint shape = 0; shape < 3; shape++)
    {
      g_autofree guint64 *values = make_values (shape);
      TerraceSketch sketch = { 0 };

      for (guint i = 0; i < N; i++)
        terrace_sketch_add (&sketch, values[i], 1);
      assert_quantiles (&sketch, values);
    }
}

static void
test_merging_loses_nothing (void)
{
  g_autofree guint64 *values = make_values (1);
  TerraceSketch parts[4] = { { 0 } }, sum = { 0 };

  for (guint i = 0; i < N; i++)
    terrace_sketch_add (&parts[i % 4], values[i], 1);
  for (guint i = 0; i < 4; i++)
    terrace_sketch_merge (&sum, &parts[i]);
  g_assert_cmpuint (sum.n, ==, N);
  assert_quantiles (&sum, values);
}

static void
test_packing (void)
{
  g_autofree guint64 *values = make_values (2);
  g_autoptr (GBytes) packed = NULL;
  TerraceSketch sketch = { 0 }, read = { 0 };
  gsize length;
  const guint8 *data;

  for (guint i = 0; i < N; i++)
    terrace_sketch_add (&sketch, values[i], 1);
  packed = terrace_sketch_pack (&sketch);
  data = g_bytes_get_data (packed, &length);
  g_assert_true (terrace_sketch_unpack (&read, data, length));
  g_assert_cmpmem (&read, sizeof read, &sketch, sizeof sketch);
  /* Whatever is no sketch is refused. */
  for (gsize cut = 0; cut < length; cut += 7)
    g_assert_false (terrace_sketch_unpack (&read, data, cut));
}

static void
test_empty (void)
{
  TerraceSketch sketch = { 0 };

  g_assert_cmpfloat (terrace_sketch_get_quantile_us (&sketch, 0.5), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/stream/sketch/error-bound", test_error_bound);
  g_test_add_func ("/stream/sketch/merging-loses-nothing", test_merging_loses_nothing);
  g_test_add_func ("/stream/sketch/packing", test_packing);
  g_test_add_func ("/stream/sketch/empty", test_empty);

  return g_test_run ();
}
