/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* Where a daily figure is going: a random walk with drift. The forecast is the last value plus the
 * mean daily change for each day ahead; its variance h days ahead is h (1 + h / (n - 1)) times that
 * of the daily changes (Hyndman and Athanasopoulos, Forecasting: Principles and Practice, 3rd ed.,
 * sections 5.2 and 5.5). Chosen because what everything costs moves in steps - a delivery, a
 * clean-up - and where it stands says more than where it stood. Pure; any thread. */

G_BEGIN_DECLS

/* Fewer days say nothing. */
#define TERRACE_TREND_MIN_DAYS 14
/* How much of what comes should lie inside the interval. */
#define TERRACE_TREND_COVERAGE 0.8

/**
 * TerraceTrend:
 * @drift: a day
 * @deviation: of the daily changes from @drift
 */
typedef struct
{
  guint n_days;
  double last;
  double drift;
  double deviation;
} TerraceTrend;

/**
 * terrace_trend_fit:
 * @values: (array length=n_days): one a day, the last one today's
 *
 * Returns: %FALSE if there are fewer than %TERRACE_TREND_MIN_DAYS or one is no number
 */
gboolean terrace_trend_fit (const double *values, guint n_days, TerraceTrend *trend);

/**
 * terrace_trend_foresee:
 * @days: ahead, at least 1
 *
 * What can be expected and the interval around it; never negative.
 */
void terrace_trend_foresee (const TerraceTrend *trend,
                            guint days,
                            double *low,
                            double *expected,
                            double *high);

G_END_DECLS
