/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "catalog/terrace-catalog.h"
#include "model/terrace-enums.h"

/* Rows of forecast: the latest one per item. */

G_BEGIN_DECLS

/* Horizons of 7, 30 and 90 days. */
#define TERRACE_FORECAST_HORIZONS 3

/**
 * TerraceForecastRow:
 * @model_id: that made it, 0 for the plain rule
 * @low, @reads, @high: (array fixed-size=3): reads in the next 7, 30 and 90 days and their interval
 * @tier: best for them
 * @confidence: in @tier, 0 to 1
 */
typedef struct
{
  gint64 item_id;
  gint64 made_us;
  gint64 model_id;
  double low[TERRACE_FORECAST_HORIZONS];
  double reads[TERRACE_FORECAST_HORIZONS];
  double high[TERRACE_FORECAST_HORIZONS];
  TerraceTier tier;
  double confidence;
} TerraceForecastRow;

/* Replaces the item's forecast. INVALID if there is no such item. */
gboolean terrace_forecast_table_put (TerraceConnection *connection,
                                     const TerraceForecastRow *forecast,
                                     GError **error);

/* (transfer full) (element-type TerraceForecastRow): those of @item_ids that have one, in the order
 * of @item_ids. */
GArray *terrace_forecast_table_get_many (TerraceConnection *connection,
                                         const gint64 *item_ids,
                                         guint n_items,
                                         GError **error);

/* Of a model that nobody believes any more; -1 for all. */
gboolean
terrace_forecast_table_clear (TerraceConnection *connection, gint64 model_id, GError **error);

G_END_DECLS
