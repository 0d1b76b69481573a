/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Names and sums of forecasts. Any thread. */

#include "config.h"

#include "insight/terrace-outlook.h"

#include "base/terrace-units.h"

#include <glib/gi18n-lib.h>

const int terrace_outlook_days[TERRACE_N_HORIZONS] = { 7, 30, 90 };

TerraceReadsRange
terrace_outlook_per_month (const TerraceOutlook *self, int index)
{
  const TerraceReadsRange none = { 0.0, 0.0, 0.0 };
  double factor;

  g_return_val_if_fail (self != NULL && index >= 0 && index < TERRACE_N_HORIZONS, none);

  factor = TERRACE_DAYS_PER_MONTH / terrace_outlook_days[index];
  return (TerraceReadsRange){ self->ranges[index].low * factor,
                              self->ranges[index].expected * factor,
                              self->ranges[index].high * factor };
}

const char *
terrace_reads_method_get_nick (TerraceReadsMethod method)
{
  static const char *const nicks[] = { "none", "smoothing", "croston", "boosted" };

  g_return_val_if_fail ((guint) method < G_N_ELEMENTS (nicks), "");

  return nicks[method];
}

const char *
terrace_reads_method_get_label (TerraceReadsMethod method)
{
  switch (method)
    {
    case TERRACE_READS_NONE:
      return _ ("nothing is known");
    case TERRACE_READS_SMOOTHING:
      return _ ("exponential smoothing");
    case TERRACE_READS_CROSTON:
      return _ ("Croston's method");
    case TERRACE_READS_BOOSTED:
      return _ ("boosted trees");
    }
  g_return_val_if_reached ("");
}
