/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A random walk with drift. Pure; any thread. */

#include "config.h"

#include "insight/terrace-trend.h"

#include <math.h>

/* Of the normal distribution, for TERRACE_TREND_COVERAGE. */
#define QUANTILE 1.2815515655446004

gboolean
terrace_trend_fit (const double *values, guint n_days, TerraceTrend *trend)
{
  double squares = 0;
  guint n_changes = n_days - 1;

  if (n_days < TERRACE_TREND_MIN_DAYS)
    return FALSE;
  for (guint i = 0; i < n_days; i++)
    if (!isfinite (values[i]))
      return FALSE;

  *trend = (TerraceTrend){ .n_days = n_days, .last = values[n_changes] };
  trend->drift = (values[n_changes] - values[0]) / n_changes;
  for (guint i = 0; i < n_changes; i++)
    {
      double residual = values[i + 1] - values[i] - trend->drift;

      squares += residual * residual;
    }
  trend->deviation = sqrt (squares / (n_changes - 1));
  return TRUE;
}

void
terrace_trend_foresee (const TerraceTrend *trend,
                       guint days,
                       double *low,
                       double *expected,
                       double *high)
{
  double variance = days * (1 + (double) days / (trend->n_days - 1));
  double reach = QUANTILE * trend->deviation * sqrt (variance);
  double middle = trend->last + trend->drift * days;

  *expected = MAX (middle, 0);
  *low = MAX (middle - reach, 0);
  *high = MAX (middle + reach, 0);
}
