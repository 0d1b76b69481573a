/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What insight keeps: forecasts, decisions and how they turned out, costs of days, imported logs.
 */

#include "catalog-fixture.h"

#include "base/terrace-error.h"
#include "base/terrace-limits.h"
#include "catalog/terrace-cost-table.h"
#include "catalog/terrace-decision-table.h"
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

static TerraceDecision *
add_decision (TableFixture *fixture, gint64 item_id, gint64 settled_day)
{
  TerraceDecision *decision = terrace_decision_new ();
  GError *error = NULL;

  decision->item_id = item_id;
  decision->move_id = 2;
  decision->model_id = 3;
  decision->day = 100;
  decision->name = g_strdup ("film.mp4");
  decision->size_bytes = 5000;
  decision->from_location_id = 1;
  decision->from_class_id = g_strdup ("aws/STANDARD");
  decision->to_location_id = 2;
  decision->to_class_id = g_strdup ("aws/GLACIER");
  decision->expected_nanos = 70;
  decision->once_nanos = 20;
  decision->settled_day = settled_day;
  terrace_decision_table_insert (fixture->connection, decision, &error);
  g_assert_no_error (error);
  return decision;
}

static void
settle (TableFixture *fixture, TerraceDecision *decision, gint64 saved_nanos, gboolean closed)
{
  GError *error = NULL;

  decision->settled_day = 130;
  decision->saved_nanos = saved_nanos;
  decision->best_nanos = 50;
  decision->because = g_strdup ("Read more often than foreseen");
  decision->closed = closed;
  terrace_decision_table_settle (fixture->connection, decision, &error);
  g_assert_no_error (error);
}

static void
test_decision (TableFixture *fixture, gconstpointer data)
{
  g_autoptr (TerraceDecision) first = add_decision (fixture, 7, 101);
  g_autoptr (TerraceDecision) second = add_decision (fixture, 8, 100);
  g_autoptr (GPtrArray) unsettled = NULL;
  g_autoptr (GPtrArray) left = NULL;
  g_autoptr (GPtrArray) of_item = NULL;
  g_autoptr (GPtrArray) page = NULL;
  TerraceDecisionTotals totals;
  TerraceDecision *stored;
  GError *error = NULL;

  unsettled = terrace_decision_table_unsettled (fixture->connection, 110, 10, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (unsettled->len, ==, 2);
  g_assert_cmpint (((TerraceDecision *) g_ptr_array_index (unsettled, 0))->id, ==, second->id);
  settle (fixture, first, -30, FALSE);
  settle (fixture, second, 40, TRUE);
  left = terrace_decision_table_unsettled (fixture->connection, 1000, 10, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (left->len, ==, 1);
  stored = g_ptr_array_index (left, 0);
  g_assert_cmpint (stored->id, ==, first->id);
  g_assert_cmpint (stored->item_id, ==, 7);
  g_assert_cmpint (stored->move_id, ==, 2);
  g_assert_cmpint (stored->model_id, ==, 3);
  g_assert_cmpint (stored->day, ==, 100);
  g_assert_cmpstr (stored->name, ==, "film.mp4");
  g_assert_cmpuint (stored->size_bytes, ==, 5000);
  g_assert_cmpint (stored->from_location_id, ==, 1);
  g_assert_cmpstr (stored->from_class_id, ==, "aws/STANDARD");
  g_assert_cmpint (stored->to_location_id, ==, 2);
  g_assert_cmpstr (stored->to_class_id, ==, "aws/GLACIER");
  g_assert_cmpint (stored->expected_nanos, ==, 70);
  g_assert_cmpint (stored->once_nanos, ==, 20);
  g_assert_cmpint (stored->settled_day, ==, 130);
  g_assert_cmpint (stored->saved_nanos, ==, -30);
  g_assert_cmpint (stored->best_nanos, ==, 50);
  g_assert_cmpstr (stored->because, ==, "Read more often than foreseen");
  g_assert_false (stored->closed);

  terrace_decision_table_totals (fixture->connection, &totals, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (totals.n_decisions, ==, 2);
  g_assert_cmpint (totals.saved_nanos, ==, 40);
  g_assert_cmpint (totals.lost_nanos, ==, 30);
  g_assert_cmpint (totals.best_nanos, ==, 100);
  of_item = terrace_decision_table_page (fixture->connection, 7, 0, 10, &error);
  g_assert_cmpuint (of_item->len, ==, 1);
  page = terrace_decision_table_page (fixture->connection, 0, second->id, 10, &error);
  g_assert_cmpuint (page->len, ==, 1);
  g_assert_cmpint (((TerraceDecision *) g_ptr_array_index (page, 0))->id, ==, first->id);

  second->id = 4711;
  g_assert_false (terrace_decision_table_settle (fixture->connection, second, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND);
  g_clear_error (&error);
}

static void
test_decision_bound (TableFixture *fixture, gconstpointer data)
{
  g_autoptr (TerraceDecision) old = add_decision (fixture, 7, 101);
  g_autoptr (TerraceDecision) new = NULL;
  g_autoptr (GPtrArray) page = NULL;
  GError *error = NULL;

  terrace_connection_execute (fixture->connection,
                              "UPDATE sqlite_sequence SET seq = 100000"
                              " WHERE name = 'decision'",
                              &error);
  g_assert_no_error (error);
  new = add_decision (fixture, 8, 101);
  g_assert_cmpint (new->id, ==, TERRACE_LIMIT_DECISIONS + 1);
  page = terrace_decision_table_page (fixture->connection, 0, 0, 10, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (page->len, ==, 1);
  g_assert_cmpint (((TerraceDecision *) g_ptr_array_index (page, 0))->item_id, ==, 8);
}

static void
test_score (TableFixture *fixture, gconstpointer data)
{
  TerracePredictionScore score = { 100, 1, 8, 10, 1.5 };
  g_autoptr (GArray) scores = NULL;
  TerracePredictionScore *stored;
  GError *error = NULL;

  terrace_prediction_score_table_put (fixture->connection, &score, &error);
  g_assert_no_error (error);
  score.n_right = 9;
  terrace_prediction_score_table_put (fixture->connection, &score, &error);
  g_assert_no_error (error);
  score.day = 99;
  terrace_prediction_score_table_put (fixture->connection, &score, &error);
  g_assert_no_error (error);
  scores = terrace_prediction_score_table_list (fixture->connection, 100, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (scores->len, ==, 1);
  stored = &g_array_index (scores, TerracePredictionScore, 0);
  g_assert_cmpint (stored->day, ==, 100);
  g_assert_cmpint (stored->model_id, ==, 1);
  g_assert_cmpuint (stored->n_right, ==, 9);
  g_assert_cmpuint (stored->n_total, ==, 10);
  g_assert_cmpfloat (stored->cost_ratio, ==, 1.5);
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
  ADD ("/insight-tables/decision", test_decision);
  ADD ("/insight-tables/decision-bound", test_decision_bound);
  ADD ("/insight-tables/score", test_score);
  ADD ("/insight-tables/cost", test_cost);
  ADD ("/insight-tables/log-import", test_log_import);
  return g_test_run ();
}
