/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Lowest and highest point per column of pixels. Pure; any thread. */

#include "config.h"

#include "ui/charts/terrace-decimate.h"

#include <math.h>

static guint
find_first (const TerracePoint *points, guint n_points, double x_min)
{
  guint low = 0;
  guint high = n_points;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (points[middle].x < x_min)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

guint
terrace_decimate (const TerracePoint *points,
                  guint n_points,
                  double x_min,
                  double x_max,
                  TerraceColumn *columns,
                  guint n_columns)
{
  double scale;
  guint n_filled = 0;

  g_return_val_if_fail (points != NULL || n_points == 0, 0);
  g_return_val_if_fail (columns != NULL && n_columns > 0, 0);
  g_return_val_if_fail (x_max > x_min, 0);

  for (guint i = 0; i < n_columns; i++)
    columns[i] = (TerraceColumn){ NAN, NAN, NAN, NAN };

  scale = n_columns / (x_max - x_min);
  for (guint i = find_first (points, n_points, x_min); i < n_points && points[i].x <= x_max; i++)
    {
      double y = points[i].y;
      TerraceColumn *column;

      if (isnan (y))
        continue;
      column = &columns[MIN ((guint) ((points[i].x - x_min) * scale), n_columns - 1)];
      if (isnan (column->low))
        {
          *column = (TerraceColumn){ y, y, y, y };
          n_filled++;
          continue;
        }
      column->low = MIN (column->low, y);
      column->high = MAX (column->high, y);
      column->last = y;
    }
  return n_filled;
}
