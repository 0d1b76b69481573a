/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Importing logs, training, predicting, asking why, the ledger and the back-test, on an engine with
 * a folder of small files. */

#include "config.h"

#include "base/terrace-error.h"
#include "engine-fixture.h"
#include "engine/terrace-engine-insight.h"
#include "terrace-test-support.h"

#define N_FILES 24
#define LOG_DAYS 400

/* --- Helpers ------------------------------------------------------------------------------- */

/* Writes a combined log: even files are read every other day, the others once long ago. */
static GFile *
write_log (EngineFixture *fixture, const char *name, gboolean packed)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *path = g_build_filename (fixture->dir, name, NULL);
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GOutputStream) stream = NULL;
  g_autoptr (GError) error = NULL;

  for (int day = LOG_DAYS; day > 0; day--)
    for (int i = 0; i < N_FILES; i++)
      {
        g_autoptr (GDateTime) time = g_date_time_add_days (now, -day);
        g_autofree char *stamp = g_date_time_format (time, "%d/%b/%Y:12:00:00 +0000");

        if (i % 2 == 0 ? day % 2 == 0 : day == LOG_DAYS)
          g_string_append_printf (text,
                                  "192.0.2.%d - - [%s] \"GET /f%d.bin HTTP/1.1\" 200 900 \"-\" "
                                  "\"curl\"\n",
                                  i, stamp, i);
      }
  g_string_append (text,
                   "192.0.2.1 - - [01/Jan/2024:00:00:00 +0000] \"GET /none HTTP/1.1\" 200 1 "
                   "\"-\" \"curl\"\n"
                   "192.0.2.1 - - [01/Jan/2024:00:00:00 +0000] \"GET /f1.bin HTTP/1.1\" 404 1 "
                   "\"-\" \"curl\"\n"
                   "not a line\n");
  stream = G_OUTPUT_STREAM (
      g_file_replace (file, NULL, FALSE, G_FILE_CREATE_REPLACE_DESTINATION, NULL, &error));
  g_assert_no_error (error);
  if (packed)
    {
      g_autoptr (GConverter) gzip =
          G_CONVERTER (g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP, 6));
      GOutputStream *plain = stream;

      stream = g_converter_output_stream_new (plain, gzip);
      g_object_unref (plain);
    }
  g_assert_true (g_output_stream_write_all (stream, text->str, text->len, NULL, NULL, &error));
  g_assert_true (g_output_stream_close (stream, NULL, &error));
  g_assert_no_error (error);
  return g_steal_pointer (&file);
}

static TerraceLogReport *
import_log (EngineFixture *fixture,
            GFile *file,
            gint64 location_id,
            const char *format,
            GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  terrace_engine_import_log_async (fixture->engine, file, location_id, format, NULL, NULL, NULL,
                                   terrace_test_store_result, &result);
  terrace_test_await (&result);
  return terrace_engine_import_log_finish (fixture->engine, result, error);
}

/* Registers the files in "aws/STANDARD", with cheaper sandboxes beside, and imports the log. */
static void
set_up_use (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (TerraceRegisterReport) report = NULL;
  g_autoptr (TerraceLogReport) log = NULL;
  g_autoptr (GFile) file = NULL;
  g_autoptr (GError) error = NULL;
  TerraceLocation *location;

  engine_fixture_set_up (fixture, data);
  engine_fixture_add_files (fixture, "aws/STANDARD");
  engine_fixture_add_sandboxes (fixture);
  engine_fixture_set_eager_policy (fixture);
  for (int i = 0; i < N_FILES; i++)
    {
      g_autofree char *name = g_strdup_printf ("f%d.bin", i);

      engine_fixture_make_file (fixture, name, 900, (guint32) i, LOG_DAYS);
    }
  report = engine_fixture_register (fixture, fixture->files);
  g_assert_cmpuint (report->added, ==, N_FILES);
  location = terrace_engine_find_location (fixture->engine, "Files");
  file = write_log (fixture, "access.log.gz", TRUE);
  log = import_log (fixture, file, location->id, NULL, &error);
  g_assert_no_error (error);
  g_assert_false (log->already);
  g_assert_cmpstr (log->format, ==, "combined");
  g_assert_cmpuint (log->matched, ==, N_FILES / 2 * (LOG_DAYS / 2 + 1));
  g_assert_cmpuint (log->unknown, ==, 1);
  g_assert_cmpuint (log->failed, ==, 1);
  g_assert_cmpuint (log->bad, ==, 1);
  g_assert_cmpuint (log->bad_samples->len, ==, 1);
}

static TerraceModelReport *
train (EngineFixture *fixture, guint seed, GCancellable *cancellable, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  terrace_engine_train_async (fixture->engine, seed, NULL, NULL, cancellable,
                              terrace_test_store_result, &result);
  terrace_test_await (&result);
  return terrace_engine_train_finish (fixture->engine, result, error);
}

static GArray *
predict (EngineFixture *fixture, const gint64 *ids, guint n_ids, guint64 *n_predicted)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GArray *predictions;

  terrace_engine_predict_async (fixture->engine, ids, n_ids, NULL, NULL, NULL,
                                terrace_test_store_result, &result);
  terrace_test_await (&result);
  predictions = terrace_engine_predict_finish (fixture->engine, result, n_predicted, &error);
  g_assert_no_error (error);
  return predictions;
}

static gint64
find_id (EngineFixture *fixture, const char *name)
{
  g_autofree char *path = engine_fixture_path (fixture, name);
  g_autoptr (GError) error = NULL;
  g_autoptr (TerraceItem) item = engine_fixture_find (fixture, path, &error);

  g_assert_no_error (error);
  return item->id;
}

static TerraceReadsForecast *
forecast (EngineFixture *fixture, gint64 item_id, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  terrace_engine_forecast_async (fixture->engine, item_id, NULL, terrace_test_store_result,
                                 &result);
  terrace_test_await (&result);
  return terrace_engine_forecast_finish (fixture->engine, result, error);
}

static TerraceWhy *
ask_why (EngineFixture *fixture, gint64 item_id, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  terrace_engine_why_async (fixture->engine, item_id, NULL, terrace_test_store_result, &result);
  terrace_test_await (&result);
  return terrace_engine_why_finish (fixture->engine, result, error);
}

/* --- Tests --------------------------------------------------------------------------------- */

/* The same content again, under another name and not packed: nothing changes. */
static void
test_import_twice (EngineFixture *fixture, gconstpointer data)
{
  TerraceLocation *location = terrace_engine_find_location (fixture->engine, "Files");
  g_autoptr (GFile) file = write_log (fixture, "again.log", FALSE);
  g_autoptr (TerraceLogReport) log = NULL;
  g_autoptr (TerraceReadsForecast) before = NULL;
  g_autoptr (TerraceReadsForecast) after = NULL;
  g_autoptr (GError) error = NULL;
  const gint64 id = find_id (fixture, "f0.bin");

  before = forecast (fixture, id, &error);
  g_assert_no_error (error);
  log = import_log (fixture, file, location->id, "combined", &error);
  g_assert_no_error (error);
  g_assert_true (log->already);
  after = forecast (fixture, id, &error);
  g_assert_cmpuint (before->item->rates.total_reads, ==, after->item->rates.total_reads);
  g_assert_cmpuint (before->days->len, ==, after->days->len);
}

static void
test_import_wrong (EngineFixture *fixture, gconstpointer data)
{
  TerraceLocation *location = terrace_engine_find_location (fixture->engine, "Files");
  g_autofree char *path = g_build_filename (fixture->dir, "noise.log", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GError) error = NULL;

  g_assert_null (import_log (fixture, file, location->id, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_true (g_file_set_contents (path, "one\ntwo\n", -1, NULL));
  g_assert_null (import_log (fixture, file, location->id, NULL, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_null (import_log (fixture, file, location->id, "tape", &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_null (import_log (fixture, file, 99, NULL, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND);
}

static void
test_train (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TerraceModelReport) first = train (fixture, 1, NULL, &error);
  g_autoptr (TerraceModelReport) second = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GPtrArray) reports = NULL;
  const TerraceModelReport *listed;

  g_assert_no_error (error);
  g_assert_cmpint (first->version, ==, 1);
  g_assert_cmpuint (first->n_objects, ==, N_FILES);
  g_assert_cmpint (first->held_back_days, >, 60);
  g_assert_cmpstr (first->verdict, !=, "");
  g_assert_cmpuint (g_strv_length (first->features), ==, TERRACE_N_FEATURES);
  g_assert_cmpfloat (first->rule_cost, >=, first->optimum);
  g_assert_cmpint (first->uses_model, ==, first->cost >= 0.0 && first->cost < first->rule_cost);

  second = train (fixture, 1, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (second->version, ==, 2);
  g_assert_cmpfloat (second->cost, ==, first->cost);
  g_assert_cmpstr (second->decided_by, ==, first->decided_by);

  terrace_engine_list_models_async (fixture->engine, NULL, terrace_test_store_result, &result);
  terrace_test_await (&result);
  reports = terrace_engine_list_models_finish (fixture->engine, result, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (reports->len, ==, 2);
  listed = g_ptr_array_index (reports, 0);
  g_assert_cmpint (listed->version, ==, 2);
  g_assert_cmpstr (listed->verdict, ==, second->verdict);
  g_assert_cmpfloat_with_epsilon (listed->rule_cost, second->rule_cost, 1e-12);
  for (int i = 0; i < TERRACE_N_HORIZONS; i++)
    {
      g_assert_cmpint (listed->methods[i], ==, second->methods[i]);
      g_assert_cmpfloat_with_epsilon (listed->coverage[i], second->coverage[i], 1e-9);
    }
}

static void
test_train_cancelled (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (cancellable);
  g_assert_null (train (fixture, 1, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* One day of history teaches nothing, and says so. */
static void
test_train_nothing (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (TerraceRegisterReport) report = NULL;
  g_autoptr (GError) error = NULL;

  engine_fixture_add_files (fixture, "aws/STANDARD");
  engine_fixture_make_file (fixture, "a.bin", 100, 1, 0);
  report = engine_fixture_register (fixture, fixture->files);
  g_assert_null (train (fixture, 1, NULL, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID);
}

/* Forecasts are kept, and the plan follows them. */
static void
test_predict (EngineFixture *fixture, gconstpointer data)
{
  const gint64 ids[] = { find_id (fixture, "f0.bin"), find_id (fixture, "f1.bin") };
  g_autoptr (GArray) two = NULL;
  g_autoptr (GArray) all = NULL;
  g_autoptr (TerraceModelReport) report = NULL;
  g_autoptr (GError) error = NULL;
  const TerracePrediction *busy;
  const TerracePrediction *idle;
  guint64 n_predicted = 0;

  /* Without a model by the plain rule. */
  two = predict (fixture, ids, G_N_ELEMENTS (ids), &n_predicted);
  g_assert_cmpuint (n_predicted, ==, 2);
  g_assert_cmpuint (two->len, ==, 2);
  busy = &g_array_index (two, TerracePrediction, 0);
  idle = &g_array_index (two, TerracePrediction, 1);
  g_assert_cmpint (busy->item_id, ==, ids[0]);
  g_assert_false (busy->by_model);
  g_assert_cmpfloat (busy->confidence, ==, 0.0);
  g_assert_cmpfloat (busy->outlook.ranges[1].expected, >, 5.0);
  g_assert_cmpfloat (idle->outlook.ranges[1].expected, <, 1.5);

  report = train (fixture, 1, NULL, &error);
  g_assert_no_error (error);
  all = predict (fixture, NULL, 0, &n_predicted);
  g_assert_cmpuint (n_predicted, ==, N_FILES);
  g_assert_cmpuint (all->len, ==, N_FILES);
  for (guint i = 0; i < all->len; i++)
    {
      const TerracePrediction *one = &g_array_index (all, TerracePrediction, i);

      g_assert_cmpint (one->by_model, ==, report->uses_model);
      g_assert_cmpfloat (one->confidence, >, 0.0);
      g_assert_nonnull (terrace_engine_find_class (fixture->engine, one->class_id));
    }
}

static void
test_why (EngineFixture *fixture, gconstpointer data)
{
  const gint64 id = find_id (fixture, "f0.bin");
  g_autoptr (TerraceModelReport) report = NULL;
  g_autoptr (TerraceWhy) why = NULL;
  g_autoptr (GError) error = NULL;

  report = train (fixture, 1, NULL, &error);
  g_assert_no_error (error);
  why = ask_why (fixture, id, &error);
  g_assert_no_error (error);
  g_assert_cmpint (why->explanation->item->id, ==, id);
  g_assert_cmpint (why->prediction.item_id, ==, id);
  g_assert_cmpuint (why->sentences->len, >=, 3);
  g_assert_cmpint (why->contributions->len > 0, ==, report->uses_model);
  for (guint i = 1; i < why->contributions->len; i++)
    g_assert_cmpfloat (ABS (g_array_index (why->contributions, TerraceContribution, i).amount), <=,
                       ABS (g_array_index (why->contributions, TerraceContribution, i - 1).amount));

  g_clear_pointer (&why, terrace_why_free);
  g_assert_null (ask_why (fixture, 12345, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND);
}

static void
test_forecast (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TerraceReadsForecast) busy = forecast (fixture, find_id (fixture, "f0.bin"), &error);

  g_assert_no_error (error);
  g_assert_cmpuint (busy->days->len, >, 150);
  g_assert_cmpfloat (busy->nominal_coverage, ==, TERRACE_OUTLOOK_COVERAGE);
  for (int i = 0; i < TERRACE_N_HORIZONS; i++)
    {
      const TerraceReadsRange *range = &busy->outlook.ranges[i];

      g_assert_cmpfloat (range->low, <=, terrace_outlook_days[i] / 2.0 + 1.0);
      g_assert_cmpfloat (range->high, >=, terrace_outlook_days[i] / 2.0 - 1.0);
    }
  g_assert_null (forecast (fixture, 12345, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND);
}

static void
test_backtest (EngineFixture *fixture, gconstpointer data)
{
  const TerraceBacktestOptions options = { 0.6, 1 };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (TerraceHistoryVerdict) verdict = NULL;
  g_autoptr (GError) error = NULL;

  terrace_engine_backtest_async (fixture->engine, "aws", &options, NULL, NULL, NULL,
                                 terrace_test_store_result, &result);
  terrace_test_await (&result);
  verdict = terrace_engine_backtest_finish (fixture->engine, result, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (verdict->history->n_objects, ==, N_FILES);
  for (guint i = 0; i < verdict->backtest->n_rows; i++)
    {
      const TerraceBacktestRow *row = &verdict->backtest->rows[i];
      double sum = 0.0;

      for (int day = 0; day < terrace_backtest_get_days (verdict->backtest); day++)
        sum += row->by_day[day];
      g_assert_cmpfloat_with_epsilon (sum, row->result.cost, row->result.cost * 1e-6);
      g_assert_cmpfloat (row->result.cost, >=, verdict->backtest->optimum_auto * 0.999999);
    }
}

/* A move, and what it was worth right after it: nothing saved yet, its cost lost. */
static void
test_regret (EngineFixture *fixture, gconstpointer data)
{
  const gint64 id = find_id (fixture, "f1.bin");
  TerraceLocation *cold = terrace_engine_find_location (fixture->engine, "Cold");
  const TerraceMoveOptions options = { .dest_location_id = cold->id };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (TerraceRegretLedger) ledger = NULL;
  g_autoptr (GError) error = NULL;
  const TerraceRegretEntry *entry;
  gint64 move_id;

  move_id = engine_fixture_move (fixture, id, &options, &error);
  g_assert_no_error (error);
  engine_fixture_wait (fixture, move_id);
  terrace_engine_regret_async (fixture->engine, NULL, terrace_test_store_result, &result);
  terrace_test_await (&result);
  ledger = terrace_engine_regret_finish (fixture->engine, result, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (ledger->entries->len, ==, 1);
  entry = g_ptr_array_index (ledger->entries, 0);
  g_assert_cmpint (entry->move_id, ==, move_id);
  g_assert_cmpint (entry->item_id, ==, id);
  g_assert_cmpfloat (entry->days, <, 1.0);
  g_assert_cmpint (entry->saved_nanos, <=, 0);
  g_assert_cmpint (ledger->lost_nanos, ==, -entry->saved_nanos);
  g_assert_cmpstr (entry->because, !=, "");
}

/* Many tiny files, never read: packed they are cheaper; the few of the other tests are not. */
static void
test_packing (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (TerraceRegisterReport) report = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GPtrArray) packing = NULL;
  g_autoptr (GError) error = NULL;
  TerracePolicy policy;
  const TerracePacking *one;

  engine_fixture_add_files (fixture, "aws/STANDARD_IA");
  terrace_policy_init (&policy);
  policy.min_saving_nanos = 0;
  policy.horizon_months = 600;
  policy.break_even_months = 600;
  engine_fixture_set_policy (fixture, &policy);
  for (int i = 0; i < 60; i++)
    {
      g_autofree char *name = g_strdup_printf ("tiny/n%d", i);

      engine_fixture_make_file (fixture, name, 200, (guint32) i, 900);
    }
  engine_fixture_make_file (fixture, "alone/a", 200, 1, 900);
  report = engine_fixture_register (fixture, fixture->files);
  terrace_engine_find_packing_async (fixture->engine, NULL, terrace_test_store_result, &result);
  terrace_test_await (&result);
  packing = terrace_engine_find_packing_finish (fixture->engine, result, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (packing->len, ==, 1);
  one = g_ptr_array_index (packing, 0);
  g_assert_cmpstr (one->folder, ==, "tiny");
  g_assert_cmpuint (one->n_objects, ==, 60);
  g_assert_cmpint (one->saving_nanos, >, 0);
  g_assert_cmpstr (one->sentence, !=, "");
}

#define ADD(path, set_up, test, data) \
  g_test_add (path, EngineFixture, data, set_up, test, engine_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("/engine/insight/import-twice", set_up_use, test_import_twice, NULL);
  ADD ("/engine/insight/import-wrong", set_up_use, test_import_wrong, NULL);
  ADD ("/engine/insight/train", set_up_use, test_train, NULL);
  ADD ("/engine/insight/train-cancelled", set_up_use, test_train_cancelled, NULL);
  ADD ("/engine/insight/train-nothing", engine_fixture_set_up, test_train_nothing, NULL);
  ADD ("/engine/insight/predict", set_up_use, test_predict, NULL);
  ADD ("/engine/insight/why", set_up_use, test_why, NULL);
  ADD ("/engine/insight/forecast", set_up_use, test_forecast, NULL);
  ADD ("/engine/insight/backtest", set_up_use, test_backtest, NULL);
  ADD ("/engine/insight/regret", set_up_use, test_regret, ENGINE_FIXTURE_MOVES);
  ADD ("/engine/insight/packing", engine_fixture_set_up, test_packing, NULL);

  return g_test_run ();
}
