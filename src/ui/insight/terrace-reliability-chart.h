/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "engine/terrace-engine-insight.h"
#include "ui/charts/terrace-chart.h"

/* How often a model was right beside how sure it said it was. */

G_BEGIN_DECLS

#define TERRACE_TYPE_RELIABILITY_CHART (terrace_reliability_chart_get_type ())
G_DECLARE_FINAL_TYPE (TerraceReliabilityChart,
                      terrace_reliability_chart,
                      TERRACE,
                      RELIABILITY_CHART,
                      AdwBin)

/* @report: (nullable): %NULL empties it. */
void terrace_reliability_chart_set_report (TerraceReliabilityChart *self,
                                           const TerraceModelReport *report);

G_END_DECLS
