/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Classifying and planning: use changes temperature and recommendation, reasons are there, policy
 * counts. */

#include "config.h"

#include "base/terrace-error.h"
#include "engine-fixture.h"
#include "terrace-test-support.h"

static guint
record_reads (EngineFixture *fixture, gint64 item_id, guint n_reads)
{
  g_autoptr (GArray) accesses = g_array_new (FALSE, TRUE, sizeof (TerraceAccess));
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  gint64 now_us = g_get_real_time ();
  guint n_unknown = G_MAXUINT;

  for (guint i = 0; i < n_reads; i++)
    {
      TerraceAccess access = {
        .item_id = item_id,
        .time_us = now_us - i * TERRACE_US_PER_DAY / 4,
        .kind = TERRACE_ACCESS_READ,
        .bytes = 100,
        .count = 1,
      };

      g_array_append_val (accesses, access);
    }
  terrace_engine_record_accesses_async (fixture->engine, (TerraceAccess *) accesses->data,
                                        accesses->len, NULL, terrace_test_store_result, &result);
  terrace_test_await (&result);
  g_assert_true (
      terrace_engine_record_accesses_finish (fixture->engine, result, &n_unknown, &error));
  g_assert_no_error (error);

  return n_unknown;
}

static TerraceExplanation *
explain (EngineFixture *fixture, gint64 item_id, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  terrace_engine_explain_async (fixture->engine, item_id, NULL, terrace_test_store_result, &result);
  terrace_test_await (&result);

  return terrace_engine_explain_finish (fixture->engine, result, error);
}

static void
register_old_file (EngineFixture *fixture, guint64 size_bytes)
{
  g_autoptr (TerraceRegisterReport) report = NULL;

  engine_fixture_add_files (fixture, "aws/STANDARD");
  engine_fixture_add_sandboxes (fixture);
  engine_fixture_set_eager_policy (fixture);
  engine_fixture_make_file (fixture, "old.tar", size_bytes, 1, 700);
  report = engine_fixture_register (fixture, fixture->files);
  g_assert_cmpuint (report->added, ==, 1);
}

static void
test_accesses_heat (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (TerraceItem) cold = NULL;
  g_autoptr (TerraceItem) hot = NULL;

  register_old_file (fixture, 20000000);
  cold = engine_fixture_find (fixture, "Files:old.tar", NULL);
  g_assert_cmpint (cold->temperature, ==, TERRACE_TEMPERATURE_COLD);
  g_assert_cmpint (cold->wanted_location_id, !=, 0);
  g_assert_cmpint (cold->saving_nanos, >, 0);
  g_assert_nonnull (cold->wanted_class_id);

  g_assert_cmpuint (record_reads (fixture, cold->id, 60), ==, 0);
  hot = engine_fixture_find (fixture, "Files:old.tar", NULL);
  g_assert_cmpint (hot->temperature, ==, TERRACE_TEMPERATURE_HOT);
  g_assert_cmpfloat (hot->reads_per_month, >, cold->reads_per_month);
  /* What is read that often is nobody's archive. */
  g_assert_cmpstr (hot->wanted_class_id, !=, cold->wanted_class_id);
  g_assert_cmpint (hot->monthly_nanos, >, cold->monthly_nanos);
  g_assert_cmpstr (hot->reason, !=, cold->reason);

  g_assert_cmpuint (record_reads (fixture, 4711, 3), ==, 3);
  g_assert_cmpuint (record_reads (fixture, cold->id, 0), ==, 0);
}

static void
test_plan (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (TerraceItem) item = NULL;
  g_autoptr (TerraceStats) stats = NULL;
  TerracePlanSummary summary;
  TerracePolicy reluctant;

  register_old_file (fixture, 20000000);
  summary = engine_fixture_plan (fixture);
  item = engine_fixture_find (fixture, "Files:old.tar", NULL);
  stats = engine_fixture_stats (fixture);
  g_assert_cmpuint (summary.assessed, ==, 1);
  g_assert_cmpuint (summary.recommended, ==, 1);
  g_assert_cmpint (summary.monthly_nanos, ==, item->monthly_nanos);
  g_assert_cmpint (summary.saving_nanos, ==, item->saving_nanos);
  g_assert_cmpint (summary.once_nanos, ==, item->once_nanos);
  g_assert_cmpint (stats->planned_saving_nanos, ==, summary.saving_nanos);
  g_assert_cmpuint (engine_fixture_count_events (fixture, TERRACE_EVENT_PLANNED), ==, 1);

  reluctant = *terrace_engine_get_policy (fixture->engine);
  reluctant.min_saving_nanos = G_GINT64_CONSTANT (1000000000000);
  engine_fixture_set_policy (fixture, &reluctant);
  summary = engine_fixture_plan (fixture);
  g_assert_cmpuint (summary.assessed, ==, 1);
  g_assert_cmpuint (summary.recommended, ==, 0);
  g_clear_object (&item);
  item = engine_fixture_find (fixture, "Files:old.tar", NULL);
  g_assert_cmpint (item->wanted_location_id, ==, 0);
  g_assert_nonnull (item->reason);
}

/* A place that has room for one of two is planned for one of two. */
static void
test_room (EngineFixture *fixture, gconstpointer data)
{
  const char *class_ids[] = { "aws/GLACIER_IR", NULL };
  g_autofree char *root = g_build_filename (fixture->dir, "small", NULL);
  g_autoptr (TerraceLocation) small = NULL;
  g_autoptr (TerraceRegisterReport) report = NULL;
  g_autoptr (GError) error = NULL;
  TerracePlanSummary summary;

  engine_fixture_add_files (fixture, "aws/STANDARD");
  small = terrace_location_new (TERRACE_LOCATION_SANDBOX, "Small", root, class_ids);
  small->accepts = TRUE;
  small->capacity_bytes = 30000000;
  g_assert_true (engine_fixture_add_location (fixture, small, &error));
  engine_fixture_set_eager_policy (fixture);
  engine_fixture_make_file (fixture, "one", 20000000, 1, 700);
  engine_fixture_make_file (fixture, "two", 20000000, 2, 700);
  report = engine_fixture_register (fixture, fixture->files);
  g_assert_cmpuint (report->added, ==, 2);

  summary = engine_fixture_plan (fixture);
  g_assert_cmpuint (summary.assessed, ==, 2);
  g_assert_cmpuint (summary.recommended, ==, 1);
}

static void
test_unknown_class (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (TerraceRegisterReport) report = NULL;
  g_autoptr (TerraceExplanation) explanation = NULL;
  g_autoptr (TerraceItem) item = NULL;
  g_autoptr (GError) error = NULL;

  engine_fixture_add_files (fixture, "local/drum");
  engine_fixture_add_sandboxes (fixture);
  engine_fixture_make_file (fixture, "a", 100, 1, 1);
  report = engine_fixture_register (fixture, fixture->files);
  g_assert_cmpuint (report->added, ==, 1);
  item = engine_fixture_find (fixture, "Files:a", NULL);
  g_assert_cmpint (item->wanted_location_id, ==, 0);
  g_assert_nonnull (strstr (item->reason, "local/drum"));

  explanation = explain (fixture, item->id, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (explanation->options->len, ==, 0);
  g_assert_nonnull (strstr (explanation->reason, "local/drum"));
}

static void
test_explain (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (TerraceExplanation) explanation = NULL;
  g_autoptr (TerraceItem) item = NULL;
  g_autoptr (GError) error = NULL;
  TerraceOption *current;
  TerraceOption *chosen;
  double before = -1;

  register_old_file (fixture, 20000000);
  item = engine_fixture_find (fixture, "Files:old.tar", NULL);
  g_assert_cmpuint (record_reads (fixture, item->id, 1), ==, 0);
  g_clear_object (&item);
  item = engine_fixture_find (fixture, "Files:old.tar", NULL);

  explanation = explain (fixture, item->id, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (explanation->options->len, ==, 5);
  current = &g_array_index (explanation->options, TerraceOption, explanation->current);
  chosen = &g_array_index (explanation->options, TerraceOption, explanation->chosen);
  g_assert_cmpint (current->location_id, ==, item->location_id);
  g_assert_cmpstr (current->storage_class->id, ==, "aws/STANDARD");
  g_assert_cmpfloat (current->bill.once, ==, 0);
  g_assert_cmpint (chosen->location_id, ==,
                   item->wanted_location_id != 0 ? item->wanted_location_id : item->location_id);
  g_assert_cmpint (explanation->use.size_bytes, ==, 20000000);
  for (guint i = 0; i < explanation->options->len; i++)
    {
      TerraceOption *option = &g_array_index (explanation->options, TerraceOption, i);
      double over_horizon =
          option->bill.once +
          terrace_engine_get_policy (fixture->engine)->horizon_months * option->bill.monthly;

      g_assert_cmpfloat (over_horizon, >=, before);
      before = over_horizon;
    }
  g_assert_cmpstr (explanation->reason, !=, "");
  g_assert_cmpstr (explanation->temperature_reason, !=, "");
  g_assert_cmpuint (explanation->days->len, ==, 1);
  g_assert_cmpuint (explanation->replicas->len, ==, 1);
  g_assert_cmpuint (explanation->events->len, ==, 1);

  g_assert_null (explain (fixture, 4711, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND);
}

static void
test_policy (EngineFixture *fixture, gconstpointer data)
{
  TerracePolicy policy = *terrace_engine_get_policy (fixture->engine);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  policy.horizon_months = 7;
  engine_fixture_set_policy (fixture, &policy);
  engine_fixture_close (fixture);
  engine_fixture_open (fixture, FALSE, FALSE);
  g_assert_cmpfloat (terrace_engine_get_policy (fixture->engine)->horizon_months, ==, 7);

  policy.horizon_months = -1;
  terrace_engine_set_policy_async (fixture->engine, &policy, NULL, terrace_test_store_result,
                                   &result);
  terrace_test_await (&result);
  g_assert_false (terrace_engine_set_policy_finish (fixture->engine, result, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID);
  g_assert_cmpfloat (terrace_engine_get_policy (fixture->engine)->horizon_months, ==, 7);
}

/* What brings most for its money gets the month's budget, not what was registered first. */
static void
test_budget (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (TerraceRegisterReport) report = NULL;
  g_autoptr (TerraceItem) small = NULL;
  g_autoptr (TerraceItem) large = NULL;
  TerracePlanSummary all, some;
  TerracePolicy policy;

  engine_fixture_add_files (fixture, "aws/STANDARD");
  engine_fixture_add_sandboxes (fixture);
  engine_fixture_set_eager_policy (fixture);
  engine_fixture_make_file (fixture, "a-small", 2000000, 1, 700);
  engine_fixture_make_file (fixture, "b-large", 60000000, 2, 700);
  report = engine_fixture_register (fixture, fixture->files);
  all = engine_fixture_plan (fixture);
  g_assert_cmpuint (all.recommended, ==, 2);
  large = engine_fixture_find (fixture, "Files:b-large", NULL);
  g_assert_cmpint (large->once_nanos, >, 0);

  policy = *terrace_engine_get_policy (fixture->engine);
  policy.move_budget_nanos = large->once_nanos;
  engine_fixture_set_policy (fixture, &policy);
  some = engine_fixture_plan (fixture);
  small = engine_fixture_find (fixture, "Files:a-small", NULL);
  g_clear_object (&large);
  large = engine_fixture_find (fixture, "Files:b-large", NULL);
  g_assert_cmpint (large->wanted_location_id, !=, 0);
  g_assert_cmpint (small->wanted_location_id, ==, 0);
  g_assert_nonnull (strstr (small->reason, "budget"));
  g_assert_cmpuint (some.recommended, ==, 1);
  g_assert_cmpint (some.once_nanos, <=, policy.move_budget_nanos);
  g_assert_cmpint (some.saving_nanos, ==, large->saving_nanos);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, function)                                                               \
  g_test_add ("/engine/plan/" name, EngineFixture, NULL, engine_fixture_set_up, function, \
              engine_fixture_tear_down)
  ADD ("accesses-heat", test_accesses_heat);
  ADD ("plan", test_plan);
  ADD ("room", test_room);
  ADD ("unknown-class", test_unknown_class);
  ADD ("explain", test_explain);
  ADD ("policy", test_policy);
  ADD ("budget", test_budget);

  return g_test_run ();
}
