/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "model/terrace-access.h"
#include "model/terrace-policy.h"

/* Hot, warm or cold, from decayed access rates. Pure. */

G_BEGIN_DECLS

/**
 * terrace_temperature_assess:
 * @previous: for hysteresis: leaving a temperature needs a fifth beyond its threshold;
 *   %TERRACE_TEMPERATURE_UNKNOWN for none
 * @reads_per_month: (out): the expected rate the verdict rests on
 */
TerraceTemperature terrace_temperature_assess (const TerraceAccessRates *rates,
                                               const TerracePolicy *policy,
                                               TerraceTemperature previous,
                                               gint64 now_us,
                                               double *reads_per_month);

/* (transfer full): one translated sentence: "Warm: about 3 reads a month, last used 12 days ago
 * (hot from 4 a month, cold below 0.5)". */
char *terrace_temperature_explain (TerraceTemperature temperature,
                                   const TerraceAccessRates *rates,
                                   const TerracePolicy *policy,
                                   gint64 now_us);

G_END_DECLS
