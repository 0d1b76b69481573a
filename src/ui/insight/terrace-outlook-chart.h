/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "engine/terrace-engine-insight.h"

/* An object's reads by week, past and to come, the latter with their interval. */

G_BEGIN_DECLS

#define TERRACE_TYPE_OUTLOOK_CHART (terrace_outlook_chart_get_type ())
G_DECLARE_FINAL_TYPE (TerraceOutlookChart, terrace_outlook_chart, TERRACE, OUTLOOK_CHART, AdwBin)

/* @forecast: (nullable): %NULL empties it.
 * @today: days since 1970 */
void terrace_outlook_chart_set_forecast (TerraceOutlookChart *self,
                                         const TerraceReadsForecast *forecast,
                                         gint64 today);

G_END_DECLS
