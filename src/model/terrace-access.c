/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Decayed access counts: plain numbers, any thread.
 *
 * A count that halves every H days and grows by r reads a day settles at r * H / ln 2, whatever
 * came before; so r is count * ln 2 / H. After only t days it has reached the share 1 - 2^(-t/H)
 * of that, which is the correction for a short observation. */

#include "model/terrace-access.h"

#include "base/terrace-clock.h"
#include "base/terrace-units.h"

#include <math.h>

#define HALF_LIFE_SHORT_DAYS 7.0
#define HALF_LIFE_MONTH_DAYS 30.0
#define HALF_LIFE_LONG_DAYS 90.0

/* The share below which the correction is not trusted: one read seen a minute ago is not a
 * thousand a month. One day of observation with a half-life of 30. */
#define LEAST_OBSERVATION_DAYS 1.0

static double
days_between (gint64 from_us, gint64 to_us)
{
  return ((double) to_us - (double) from_us) / TERRACE_US_PER_DAY;
}

static double
decay_factor (double days, double half_life_days)
{
  return exp2 (-days / half_life_days);
}

void
terrace_access_rates_init (TerraceAccessRates *rates,
                           gint64 created_us,
                           gint64 used_us,
                           gint64 now_us)
{
  g_return_if_fail (rates != NULL);

  /* File times may be missing or lie in the future; neither says anything. */
  if (used_us <= 0 || used_us > now_us)
    used_us = 0;
  if (created_us <= 0 || created_us > now_us)
    created_us = used_us != 0 ? used_us : now_us;
  if (used_us != 0)
    created_us = MIN (created_us, used_us);

  *rates = (TerraceAccessRates){
    .updated_us = now_us,
    .first_us = created_us,
  };

  if (used_us != 0)
    terrace_access_rates_add (rates, used_us, 1);
}

void
terrace_access_rates_decay (TerraceAccessRates *rates, gint64 now_us)
{
  double days;

  g_return_if_fail (rates != NULL);

  if (now_us <= rates->updated_us)
    return;

  days = days_between (rates->updated_us, now_us);
  rates->reads_7d *= decay_factor (days, HALF_LIFE_SHORT_DAYS);
  rates->reads_30d *= decay_factor (days, HALF_LIFE_MONTH_DAYS);
  rates->reads_90d *= decay_factor (days, HALF_LIFE_LONG_DAYS);
  rates->updated_us = now_us;
}

void
terrace_access_rates_add (TerraceAccessRates *rates, gint64 time_us, double reads)
{
  double late_days;

  g_return_if_fail (rates != NULL);
  g_return_if_fail (reads >= 0 && isfinite (reads));

  terrace_access_rates_decay (rates, time_us);

  late_days = days_between (time_us, rates->updated_us);
  rates->reads_7d += reads * decay_factor (late_days, HALF_LIFE_SHORT_DAYS);
  rates->reads_30d += reads * decay_factor (late_days, HALF_LIFE_MONTH_DAYS);
  rates->reads_90d += reads * decay_factor (late_days, HALF_LIFE_LONG_DAYS);

  rates->total_reads += (guint64) llround (reads);
  rates->last_us = MAX (rates->last_us, time_us);
  rates->first_us = MIN (rates->first_us, time_us);
}

double
terrace_access_rates_get_reads_per_month (const TerraceAccessRates *rates, gint64 now_us)
{
  TerraceAccessRates current;
  double observed_days;
  double settled_share;

  g_return_val_if_fail (rates != NULL, 0);

  current = *rates;
  terrace_access_rates_decay (&current, now_us);

  observed_days = days_between (current.first_us, current.updated_us);
  settled_share =
      1 - decay_factor (MAX (observed_days, LEAST_OBSERVATION_DAYS), HALF_LIFE_MONTH_DAYS);

  return current.reads_30d * G_LN2 / HALF_LIFE_MONTH_DAYS * TERRACE_DAYS_PER_MONTH / settled_share;
}
