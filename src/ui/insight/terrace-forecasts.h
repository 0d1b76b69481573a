/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "catalog/terrace-catalog.h"
#include "catalog/terrace-forecast-table.h"

/* Forecasts and daily reads of the objects that are looked at, for lists of a million: what is
 * asked for is read in one go a moment later, away from the main thread, and told by "loaded".
 * Keeps a bounded number. Main thread.
 *
 * Signal "loaded": ask again for what you show. */

G_BEGIN_DECLS

#define TERRACE_OUTLOOK_DAYS 30

#define TERRACE_TYPE_FORECASTS (terrace_forecasts_get_type ())
G_DECLARE_FINAL_TYPE (TerraceForecasts, terrace_forecasts, TERRACE, FORECASTS, GObject)

/**
 * TerraceItemForecast:
 * @reads: of the past 30 days, the oldest first
 * @known: whether there is a forecast: @row is set
 */
typedef struct
{
  float reads[TERRACE_OUTLOOK_DAYS];
  gboolean known;
  TerraceForecastRow row;
} TerraceItemForecast;

TerraceForecasts *terrace_forecasts_new (TerraceCatalog *catalog, TerraceClock *clock);
/* (transfer none) (nullable): valid until the main loop runs again; %NULL if it is not here yet: it
 * will be. */
const TerraceItemForecast *terrace_forecasts_find (TerraceForecasts *self, gint64 item_id);

G_END_DECLS
