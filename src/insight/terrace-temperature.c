/* SPDX-License-Identifier: GPL-3.0-or-later */

/* How hot an object is: its expected rate of reads against the policy's two thresholds, with a
 * fifth of hysteresis. Pure arithmetic on any thread; the moment is an argument. */

#include "config.h"

#include "insight/terrace-temperature.h"

#include "insight/terrace-insight-text.h"

#include "base/terrace-clock.h"

#include <glib/gi18n-lib.h>

/* A temperature is left only this far beyond the threshold, so that an object at the edge does not
 * change with every read. */
#define LEAVE_UP 1.2
#define LEAVE_DOWN 0.8

static TerraceTemperature
classify (double rate, const TerracePolicy *policy)
{
  if (rate >= policy->hot_reads_per_month)
    return TERRACE_TEMPERATURE_HOT;
  if (rate >= policy->warm_reads_per_month)
    return TERRACE_TEMPERATURE_WARM;
  return TERRACE_TEMPERATURE_COLD;
}

/* %TRUE if @rate is far enough from @previous to leave it for @plain. */
static gboolean
leaves (TerraceTemperature previous,
        TerraceTemperature plain,
        double rate,
        const TerracePolicy *policy)
{
  const double hot = policy->hot_reads_per_month;
  const double warm = policy->warm_reads_per_month;

  switch (previous)
    {
    case TERRACE_TEMPERATURE_HOT:
      return rate < hot * LEAVE_DOWN;
    case TERRACE_TEMPERATURE_WARM:
      return plain == TERRACE_TEMPERATURE_HOT ? rate >= hot * LEAVE_UP : rate < warm * LEAVE_DOWN;
    case TERRACE_TEMPERATURE_COLD:
      return rate >= warm * LEAVE_UP;
    case TERRACE_TEMPERATURE_UNKNOWN:
      break;
    }
  return TRUE;
}

/* NaN and negative rates count as none. */
static double
expected_rate (const TerraceAccessRates *rates, gint64 now_us)
{
  const double rate = terrace_access_rates_get_reads_per_month (rates, now_us);

  return rate > 0.0 ? rate : 0.0;
}

TerraceTemperature
terrace_temperature_assess (const TerraceAccessRates *rates,
                            const TerracePolicy *policy,
                            TerraceTemperature previous,
                            gint64 now_us,
                            double *reads_per_month)
{
  TerraceTemperature plain;
  double rate;

  g_return_val_if_fail (rates != NULL && policy != NULL, TERRACE_TEMPERATURE_UNKNOWN);

  rate = expected_rate (rates, now_us);
  plain = classify (rate, policy);
  if (reads_per_month != NULL)
    *reads_per_month = rate;

  return plain != previous && !leaves (previous, plain, rate, policy) ? previous : plain;
}

/* (transfer full): "last used 12 days ago". */
static char *
format_last_use (const TerraceAccessRates *rates, gint64 now_us)
{
  g_autofree char *age = NULL;

  if (rates->last_us == 0)
    return g_strdup (_ ("no use seen yet"));

  age = terrace_insight_format_days (((double) now_us - (double) rates->last_us) /
                                     TERRACE_US_PER_DAY);
  /* Translators: %s is a duration, "12 days" */
  return g_strdup_printf (_ ("last used %s ago"), age);
}

static const char *
get_label (TerraceTemperature temperature)
{
  switch (temperature)
    {
    case TERRACE_TEMPERATURE_HOT:
      return _ ("Hot");
    case TERRACE_TEMPERATURE_WARM:
      return _ ("Warm");
    case TERRACE_TEMPERATURE_COLD:
      return _ ("Cold");
    case TERRACE_TEMPERATURE_UNKNOWN:
      break;
    }
  return NULL;
}

char *
terrace_temperature_explain (TerraceTemperature temperature,
                             const TerraceAccessRates *rates,
                             const TerracePolicy *policy,
                             gint64 now_us)
{
  g_autofree char *reads = NULL;
  g_autofree char *used = NULL;
  g_autofree char *hot = NULL;
  g_autofree char *warm = NULL;
  const char *label;

  g_return_val_if_fail (rates != NULL && policy != NULL, NULL);

  label = get_label (temperature);
  if (label == NULL)
    return g_strdup (_ ("Not known yet: its use was not looked at"));

  reads = terrace_insight_format_reads (expected_rate (rates, now_us));
  used = format_last_use (rates, now_us);
  hot = terrace_insight_format_rate (policy->hot_reads_per_month);
  warm = terrace_insight_format_rate (policy->warm_reads_per_month);

  /* Translators: 1st: "Hot", "Warm" or "Cold"; 2nd: "3 reads a month"; 3rd: "last used 12 days
   * ago"; 4th and 5th: numbers of reads */
  return g_strdup_printf (_ ("%1$s: %2$s, %3$s (hot from %4$s a month, cold below %5$s)"), label,
                          reads, used, hot, warm);
}
