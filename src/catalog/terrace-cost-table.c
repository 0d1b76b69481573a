/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Rows of cost_day. Catalogue threads. */

#include "config.h"

#include "catalog/terrace-connection-private.h"
#include "catalog/terrace-cost-table.h"

static gboolean
run_for_day (TerraceConnection *connection, const char *sql, gint64 day, GError **error)
{
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;

  if (!terrace_statement_prepare (&statement, connection, sql, error))
    return FALSE;
  terrace_statement_bind_int64 (&statement, day);
  return terrace_statement_run (&statement, error);
}

gboolean
terrace_cost_table_note (TerraceConnection *connection, gint64 day, GError **error)
{
  static const char CLEAR[] = "DELETE FROM cost_day WHERE day = ?";
  static const char EACH[] =
      "INSERT INTO cost_day (day, location_id, tier, items, size_bytes, monthly_nanos)"
      " SELECT ?, location_id, tier, sum (items), sum (size_bytes), sum (monthly_nanos)"
      " FROM total GROUP BY location_id, tier";
  static const char ALL[] =
      "INSERT INTO cost_day (day, location_id, tier, items, size_bytes, monthly_nanos)"
      " SELECT ?, 0, tier, sum (items), sum (size_bytes), sum (monthly_nanos)"
      " FROM total GROUP BY tier";

  return run_for_day (connection, CLEAR, day, error) &&
         run_for_day (connection, EACH, day, error) && run_for_day (connection, ALL, day, error);
}

GArray *
terrace_cost_table_list (TerraceConnection *connection,
                         gint64 location_id,
                         gint64 first_day,
                         GError **error)
{
  static const char SQL[] = "SELECT day, location_id, tier, items, size_bytes, monthly_nanos"
                            " FROM cost_day WHERE day >= ? AND location_id = ? ORDER BY day, tier";
  g_autoptr (GArray) days = g_array_new (FALSE, FALSE, sizeof (TerraceCostDay));
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;
  TerraceStep step;

  if (!terrace_statement_prepare (&statement, connection, SQL, error))
    return NULL;
  terrace_statement_bind_int64 (&statement, first_day);
  terrace_statement_bind_int64 (&statement, location_id);
  while ((step = terrace_statement_step (&statement, error)) == TERRACE_STEP_ROW)
    {
      TerraceCostDay day;

      day.day = terrace_statement_read_int64 (&statement);
      day.location_id = terrace_statement_read_int64 (&statement);
      day.tier = (TerraceTier) terrace_statement_read_int64 (&statement);
      day.items = (guint64) terrace_statement_read_int64 (&statement);
      day.size_bytes = (guint64) terrace_statement_read_int64 (&statement);
      day.monthly_nanos = terrace_statement_read_int64 (&statement);
      g_array_append_val (days, day);
    }
  return step == TERRACE_STEP_DONE ? g_steal_pointer (&days) : NULL;
}
