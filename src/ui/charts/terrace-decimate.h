/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ui/charts/terrace-series.h"

/* What is left of very many points on a screen: the lowest and the highest of each column of
 * pixels, so that no peak is lost however many points share it. Pure. */

G_BEGIN_DECLS

/**
 * TerraceColumn:
 * @low: NAN in a column without a point
 * @first: y of the leftmost point, @last of the rightmost: where the line enters and leaves
 */
typedef struct
{
  double low;
  double high;
  double first;
  double last;
} TerraceColumn;

/**
 * terrace_decimate:
 * @points: in the order of x
 * @columns: (out caller-allocates) (array length=n_columns): filled
 *
 * Sorts @points into @n_columns columns of equal width from @x_min to @x_max; points outside are
 * left out. Looks at each point once and finds the first by bisection.
 *
 * Returns: how many columns have a point
 */
guint terrace_decimate (const TerracePoint *points,
                        guint n_points,
                        double x_min,
                        double x_max,
                        TerraceColumn *columns,
                        guint n_columns);

G_END_DECLS
