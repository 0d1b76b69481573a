/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What insight keeps: forecasts, costs of days, imported logs. */

#include "catalog-fixture.h"

#include "base/terrace-error.h"
#include "catalog/terrace-cost-table.h"
#include "catalog/terrace-forecast-table.h"
#include "catalog/terrace-log-import-table.h"

static void
put_forecast (TableFixture *fixture, gint64 item_id, gint64 model_id, double scale)
{
  TerraceForecastRow forecast = {
    .item_id = item_id,
    .made_us = 7,
    .model_id = model_id,
    .low = { 1 * scale, 2 * scale, 3 * scale },
    .reads = { 4 * scale, 5 * scale, 6 * scale },
    .high = { 7 * scale, 8 * scale, 9 * scale },
    .tier = TERRACE_TIER_COLD,
    .confidence = 0.75,
  };
  GError *error = NULL;

  terrace_forecast_table_put (fixture->connection, &forecast, &error);
  g_assert_no_error (error);
}

static GArray *
get_forecasts (TableFixture *fixture, const gint64 *ids, guint n_ids)
{
  GArray *forecasts;
  GError *error = NULL;

  forecasts = terrace_forecast_table_get_many (fixture->connection, ids, n_ids, &error);
  g_assert_no_error (error);
  return forecasts;
}

static void
test_forecast (TableFixture *fixture, gconstpointer data)
{
  g_autoptr (TerraceItem) a = catalog_add_item (fixture->connection, 1, "a");
  g_autoptr (TerraceItem) b = catalog_add_item (fixture->connection, 1, "b");
  g_autoptr (TerraceItem) c = catalog_add_item (fixture->connection, 1, "c");
  const gint64 ids[] = { c->id, b->id, a->id };
  g_autoptr (GArray) both = NULL;
  g_autoptr (GArray) one = NULL;
  g_autoptr (GArray) none = NULL;
  TerraceForecastRow unknown = { .item_id = 4711 };
  TerraceForecastRow *forecast;
  GError *error = NULL;

  put_forecast (fixture, a->id, 3, 1);
  put_forecast (fixture, c->id, 3, 1);
  put_forecast (fixture, c->id, 4, 2);
  both = get_forecasts (fixture, ids, G_N_ELEMENTS (ids));
  g_assert_cmpuint (both->len, ==, 2);
  forecast = &g_array_index (both, TerraceForecastRow, 0);
  g_assert_cmpint (forecast->item_id, ==, c->id);
  g_assert_cmpint (forecast->model_id, ==, 4);
  g_assert_cmpint (forecast->made_us, ==, 7);
  g_assert_cmpfloat (forecast->low[2], ==, 6);
  g_assert_cmpfloat (forecast->reads[0], ==, 8);
  g_assert_cmpfloat (forecast->high[1], ==, 16);
  g_assert_cmpint (forecast->tier, ==, TERRACE_TIER_COLD);
  g_assert_cmpfloat (forecast->confidence, ==, 0.75);

  terrace_forecast_table_clear (fixture->connection, 4, &error);
  g_assert_no_error (error);
  one = get_forecasts (fixture, ids, G_N_ELEMENTS (ids));
  g_assert_cmpuint (one->len, ==, 1);
  /* It goes with its item. */
  terrace_item_table_delete (fixture->connection, a->id, &error);
  g_assert_no_error (error);
  none = get_forecasts (fixture, ids, G_N_ELEMENTS (ids));
  g_assert_cmpuint (none->len, ==, 0);
  g_assert_false (terrace_forecast_table_put (fixture->connection, &unknown, &error) &&
                  terrace_connection_execute (fixture->connection, "COMMIT", &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID);
  g_clear_error (&error);
}

static void
test_cost (TableFixture *fixture, gconstpointer data)
{
  g_autoptr (TerraceItem) a = catalog_new_item (1, "a");
  g_autoptr (TerraceItem) b = catalog_new_item (2, "b");
  g_autoptr (GArray) all = NULL;
  g_autoptr (GArray) one = NULL;
  TerraceCostDay *day;
  GError *error = NULL;

  a->size_bytes = 100;
  a->monthly_nanos = 10;
  b->size_bytes = 200;
  b->monthly_nanos = 30;
  terrace_item_table_insert (fixture->connection, a, &error);
  g_assert_no_error (error);
  terrace_cost_table_note (fixture->connection, 50, &error);
  g_assert_no_error (error);
  terrace_item_table_insert (fixture->connection, b, &error);
  g_assert_no_error (error);
  terrace_cost_table_note (fixture->connection, 50, &error);
  g_assert_no_error (error);
  terrace_cost_table_note (fixture->connection, 51, &error);
  g_assert_no_error (error);

  all = terrace_cost_table_list (fixture->connection, 0, 50, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (all->len, ==, 2);
  day = &g_array_index (all, TerraceCostDay, 0);
  g_assert_cmpint (day->day, ==, 50);
  g_assert_cmpint (day->location_id, ==, 0);
  g_assert_cmpint (day->tier, ==, TERRACE_TIER_HOT);
  g_assert_cmpuint (day->items, ==, 2);
  g_assert_cmpuint (day->size_bytes, ==, 300);
  g_assert_cmpint (day->monthly_nanos, ==, 40);
  one = terrace_cost_table_list (fixture->connection, 2, 51, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (one->len, ==, 1);
  g_assert_cmpuint (g_array_index (one, TerraceCostDay, 0).size_bytes, ==, 200);
}

static void
test_log_import (TableFixture *fixture, gconstpointer data)
{
  g_autoptr (TerraceLogImport) import = terrace_log_import_new ();
  g_autoptr (TerraceLogImport) none = NULL;
  g_autoptr (TerraceLogImport) stored = NULL;
  g_autoptr (GPtrArray) list = NULL;
  GError *error = NULL;

  import->digest = g_bytes_new_static ("\0digest", 7);
  import->name = g_strdup ("access.log");
  import->kind = g_strdup ("s3");
  import->lines = 100;
  import->accesses = 90;
  import->skipped = 5;
  import->unknown = 3;
  import->bad_lines = 2;
  import->imported_us = 7;
  none = terrace_log_import_table_find (fixture->connection, import->digest, &error);
  g_assert_no_error (error);
  g_assert_null (none);
  terrace_log_import_table_insert (fixture->connection, import, &error);
  g_assert_no_error (error);
  g_assert_false (terrace_log_import_table_insert (fixture->connection, import, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_EXISTS);
  g_clear_error (&error);
  stored = terrace_log_import_table_find (fixture->connection, import->digest, &error);
  g_assert_no_error (error);
  g_assert_true (g_bytes_equal (stored->digest, import->digest));
  g_assert_cmpstr (stored->name, ==, "access.log");
  g_assert_cmpstr (stored->kind, ==, "s3");
  g_assert_cmpuint (stored->lines, ==, 100);
  g_assert_cmpuint (stored->accesses, ==, 90);
  g_assert_cmpuint (stored->skipped, ==, 5);
  g_assert_cmpuint (stored->unknown, ==, 3);
  g_assert_cmpuint (stored->bad_lines, ==, 2);
  g_assert_cmpint (stored->imported_us, ==, 7);
  list = terrace_log_import_table_list (fixture->connection, 10, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (list->len, ==, 1);
}

#define ADD(name, function) \
  g_test_add (name, TableFixture, NULL, table_fixture_set_up, function, table_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/insight-tables/forecast", test_forecast);
  ADD ("/insight-tables/cost", test_cost);
  ADD ("/insight-tables/log-import", test_log_import);
  return g_test_run ();
}
