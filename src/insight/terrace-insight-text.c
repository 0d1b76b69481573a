/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Rates and durations as the sentences of insight write them. Any thread. */

#include "config.h"

#include "insight/terrace-insight-text.h"

#include "base/terrace-clock.h"
#include "base/terrace-units.h"

#include <glib/gi18n-lib.h>
#include <math.h>

/* A thousand years: longer makes no difference, and fits in microseconds. */
#define MAX_DAYS 365000.0

/* Below this a rate is no rate, only the tail of a decay. */
#define MIN_READS_PER_MONTH 0.005

char *
terrace_insight_format_rate (double reads_per_month)
{
  int decimals = 0;

  if (reads_per_month < 0.95)
    decimals = 2;
  else if (reads_per_month < 9.95)
    decimals = 1;

  /* 4.0 and 0.50 read as 4 and 0.5. */
  while (decimals > 0)
    {
      const double scaled = reads_per_month * pow (10.0, decimals - 1);

      if (fabs (scaled - round (scaled)) >= 0.05)
        break;
      decimals--;
    }
  return g_strdup_printf ("%'.*f", decimals, reads_per_month);
}

char *
terrace_insight_format_reads (double reads_per_month)
{
  g_autofree char *rate = NULL;
  double whole;

  if (!(reads_per_month >= MIN_READS_PER_MONTH))
    return g_strdup (_ ("no reads"));

  whole = round (reads_per_month);
  if (whole >= 1.0 && whole < G_MAXINT && fabs (reads_per_month - whole) < 0.05)
    return g_strdup_printf (ngettext ("%'lu read a month", "%'lu reads a month", (gulong) whole),
                            (gulong) whole);

  rate = terrace_insight_format_rate (reads_per_month);
  /* Translators: %s is a number that is not whole, "0.3" */
  return g_strdup_printf (_ ("about %s reads a month"), rate);
}

char *
terrace_insight_format_days (double days)
{
  const double bounded = days > 0.0 ? MIN (days, MAX_DAYS) : 0.0;

  return terrace_format_duration ((gint64) (bounded * (double) TERRACE_US_PER_DAY));
}
