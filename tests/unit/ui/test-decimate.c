/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Lowest and highest point per column of pixels. */

#include "config.h"

#include "ui/charts/terrace-decimate.h"

#define N_POINTS 50000
#define N_COLUMNS 700

/* A saw with one peak and one hole that must not get lost. */
static TerracePoint *
make_points (void)
{
  TerracePoint *points = g_new (TerracePoint, N_POINTS);

  for (guint i = 0; i < N_POINTS; i++)
    points[i] = TERRACE_POINT (i, i % 17);
  points[31234].y = 1000;
  points[41234].y = -1000;
  return points;
}

static void
test_keeps_extremes (void)
{
  g_autofree TerracePoint *points = make_points ();
  g_autofree TerraceColumn *columns = g_new (TerraceColumn, N_COLUMNS);
  double low = 0, high = 0;

  g_assert_cmpuint (terrace_decimate (points, N_POINTS, 0, N_POINTS - 1, columns, N_COLUMNS), ==,
                    N_COLUMNS);
  for (guint i = 0; i < N_COLUMNS; i++)
    {
      low = MIN (low, columns[i].low);
      high = MAX (high, columns[i].high);
      g_assert_cmpfloat (columns[i].low, <=, columns[i].first);
      g_assert_cmpfloat (columns[i].first, <=, columns[i].high);
      g_assert_cmpfloat (columns[i].last, <=, columns[i].high);
    }
  g_assert_cmpfloat (low, ==, -1000);
  g_assert_cmpfloat (high, ==, 1000);
  g_assert_cmpfloat (columns[31234 * N_COLUMNS / N_POINTS].high, ==, 1000);
}

static void
test_part (void)
{
  g_autofree TerracePoint *points = make_points ();
  TerraceColumn columns[10];

  /* Ten points, one a column; those beside them do not count. */
  g_assert_cmpuint (terrace_decimate (points, N_POINTS, 170, 179.9, columns, 10), ==, 10);
  for (guint i = 0; i < 10; i++)
    g_assert_cmpfloat (columns[i].low, ==, i);
  g_assert_cmpuint (terrace_decimate (points, N_POINTS, -100, -1, columns, 10), ==, 0);
  g_assert_true (isnan (columns[3].low));
  g_assert_cmpuint (terrace_decimate (NULL, 0, 0, 1, columns, 10), ==, 0);
}

static void
test_gaps (void)
{
  const TerracePoint points[] = { TERRACE_POINT (0, 1), TERRACE_POINT (4, NAN),
                                  TERRACE_POINT (9, 3) };
  TerraceColumn columns[10];

  g_assert_cmpuint (terrace_decimate (points, 3, 0, 10, columns, 10), ==, 2);
  g_assert_cmpfloat (columns[0].high, ==, 1);
  g_assert_true (isnan (columns[4].high));
  g_assert_cmpfloat (columns[9].high, ==, 3);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ui/decimate/keeps-extremes", test_keeps_extremes);
  g_test_add_func ("/ui/decimate/part", test_part);
  g_test_add_func ("/ui/decimate/gaps", test_gaps);
  return g_test_run ();
}
