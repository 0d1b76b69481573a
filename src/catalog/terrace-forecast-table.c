/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Rows of forecast. Catalogue threads. */

#include "config.h"

#include "catalog/terrace-connection-private.h"
#include "catalog/terrace-forecast-table.h"

#define COLUMNS                                                                        \
  "item_id, made_us, model_id, reads_7d_low, reads_7d, reads_7d_high, reads_30d_low, " \
  "reads_30d, reads_30d_high, reads_90d_low, reads_90d, reads_90d_high, tier, confidence"

gboolean
terrace_forecast_table_put (TerraceConnection *connection,
                            const TerraceForecastRow *forecast,
                            GError **error)
{
  static const char SQL[] = "INSERT OR REPLACE INTO forecast (" COLUMNS ")"
                            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;

  g_return_val_if_fail (forecast != NULL, FALSE);

  if (!terrace_statement_prepare (&statement, connection, SQL, error))
    return FALSE;
  terrace_statement_bind_int64 (&statement, forecast->item_id);
  terrace_statement_bind_int64 (&statement, forecast->made_us);
  terrace_statement_bind_int64 (&statement, forecast->model_id);
  for (guint i = 0; i < TERRACE_FORECAST_HORIZONS; i++)
    {
      terrace_statement_bind_double (&statement, forecast->low[i]);
      terrace_statement_bind_double (&statement, forecast->reads[i]);
      terrace_statement_bind_double (&statement, forecast->high[i]);
    }
  terrace_statement_bind_int64 (&statement, forecast->tier);
  terrace_statement_bind_double (&statement, forecast->confidence);
  return terrace_statement_run (&statement, error);
}

static void
read_row (TerraceStatement *statement, TerraceForecastRow *forecast)
{
  forecast->item_id = terrace_statement_read_int64 (statement);
  forecast->made_us = terrace_statement_read_int64 (statement);
  forecast->model_id = terrace_statement_read_int64 (statement);
  for (guint i = 0; i < TERRACE_FORECAST_HORIZONS; i++)
    {
      forecast->low[i] = terrace_statement_read_double (statement);
      forecast->reads[i] = terrace_statement_read_double (statement);
      forecast->high[i] = terrace_statement_read_double (statement);
    }
  forecast->tier = (TerraceTier) terrace_statement_read_int64 (statement);
  forecast->confidence = terrace_statement_read_double (statement);
}

GArray *
terrace_forecast_table_get_many (TerraceConnection *connection,
                                 const gint64 *item_ids,
                                 guint n_items,
                                 GError **error)
{
  static const char SQL[] = "SELECT " COLUMNS " FROM forecast WHERE item_id = ?";
  g_autoptr (GArray) forecasts = g_array_new (FALSE, FALSE, sizeof (TerraceForecastRow));
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;

  g_return_val_if_fail (item_ids != NULL || n_items == 0, NULL);

  if (!terrace_statement_prepare (&statement, connection, SQL, error))
    return NULL;
  for (guint i = 0; i < n_items; i++)
    {
      TerraceForecastRow forecast;
      TerraceStep step;

      terrace_statement_rewind (&statement);
      terrace_statement_bind_int64 (&statement, item_ids[i]);
      step = terrace_statement_step (&statement, error);
      if (step == TERRACE_STEP_ERROR)
        return NULL;
      if (step == TERRACE_STEP_DONE)
        continue;
      read_row (&statement, &forecast);
      g_array_append_val (forecasts, forecast);
    }
  return g_steal_pointer (&forecasts);
}

gboolean
terrace_forecast_table_clear (TerraceConnection *connection, gint64 model_id, GError **error)
{
  static const char SQL[] = "DELETE FROM forecast WHERE ?1 = -1 OR model_id = ?1";
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;

  if (!terrace_statement_prepare (&statement, connection, SQL, error))
    return FALSE;
  terrace_statement_bind_int64 (&statement, model_id);
  return terrace_statement_run (&statement, error);
}
