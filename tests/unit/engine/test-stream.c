/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Tests of the engine's stream: messages handed in, what they become in the catalogue, also across
 * runs, and what the rules do. */

#include "engine-fixture.h"

#include "catalog/terrace-alert-table.h"
#include "catalog/terrace-forecast-table.h"
#include "catalog/terrace-item-table.h"
#include "catalog/terrace-stream-log-table.h"
#include "catalog/terrace-stream-table.h"
#include "engine/terrace-engine-stream.h"
#include "base/terrace-error.h"
#include "terrace-test-support.h"

static TerraceEngineStream *
stream_of (EngineFixture *fixture)
{
  return terrace_engine_get_stream (fixture->engine);
}

static void
send (EngineFixture *fixture, const char *message, GAsyncResult **result)
{
  terrace_engine_stream_send_async (stream_of (fixture), message, strlen (message), NULL,
                                    terrace_test_store_result, result);
}

static guint
send_finish (EngineFixture *fixture, GAsyncResult **result)
{
  g_autoptr (GError) error = NULL;
  guint n_events = 0;

  terrace_test_await (result);
  g_assert_true (
      terrace_engine_stream_send_finish (stream_of (fixture), *result, &n_events, &error));
  g_assert_no_error (error);
  g_clear_object (result);

  return n_events;
}

static guint
send_now (EngineFixture *fixture, const char *message)
{
  GAsyncResult *result = NULL;

  send (fixture, message, &result);
  return send_finish (fixture, &result);
}

static void
stop (EngineFixture *fixture)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  terrace_engine_stream_stop_async (stream_of (fixture), NULL, NULL, terrace_test_store_result,
                                    &result);
  terrace_test_await (&result);
  g_assert_true (terrace_engine_stream_stop_finish (stream_of (fixture), result, &error));
  g_assert_no_error (error);
}

static void
add_objects (EngineFixture *fixture, const char *class_id)
{
  engine_fixture_add_files (fixture, class_id);
  engine_fixture_make_file (fixture, "a", 1000, 1, 400);
  engine_fixture_make_file (fixture, "b", 1000, 2, 400);
  terrace_register_report_free (engine_fixture_register (fixture, fixture->files));
}

static TerraceItem *
find (EngineFixture *fixture, const char *name)
{
  g_autofree char *path = engine_fixture_path (fixture, name);
  g_autoptr (GError) error = NULL;
  TerraceItem *item = engine_fixture_find (fixture, path, &error);

  g_assert_no_error (error);
  return item;
}

/* --- Into the catalogue -------------------------------------------------------------------- */

typedef struct
{
  guint64 reads;  /* that wait or are merged */
  guint64 events; /* of all minutes */
} Counts;

static gboolean
read_counts (TerraceConnection *connection, gpointer data, GError **error)
{
  Counts *counts = data;
  g_autoptr (GArray) minutes = NULL;

  minutes = terrace_stream_minute_table_list (connection, 0, 0, G_MAXINT64, error);
  if (minutes == NULL)
    return FALSE;
  for (guint i = 0; i < minutes->len; i++)
    counts->events += g_array_index (minutes, TerraceStreamMinute, i).events;

  return TRUE;
}

static Counts
count (EngineFixture *fixture)
{
  TerraceCatalog *catalog = terrace_engine_get_catalog (fixture->engine);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  Counts counts = { 0 };

  terrace_catalog_write_async (catalog, read_counts, &counts, 0, NULL, terrace_test_store_result,
                               &result);
  terrace_test_await (&result);
  g_assert_true (terrace_catalog_write_finish (catalog, result, &error));
  g_assert_no_error (error);

  return counts;
}

/* Two first messages at once: the source they go through is started once, both are kept. */
static void
test_send_at_once (EngineFixture *fixture, gconstpointer data)
{
  GAsyncResult *first = NULL, *second = NULL, *third = NULL;

  add_objects (fixture, "local/ssd");
  send (fixture, "{\"event\":\"read\",\"location\":\"Files\",\"key\":\"a\",\"id\":\"1\"}", &first);
  send (fixture,
        "[{\"event\":\"read\",\"location\":\"Files\",\"key\":\"a\",\"id\":\"2\"},"
        "{\"event\":\"read\",\"location\":\"Files\",\"key\":\"a\",\"id\":\"1\"}]",
        &second);
  send (fixture, "{\"event\":\"read\",\"location\":\"Files\",\"key\":\"a\",\"id\":\"3\"}", &third);
  g_assert_cmpuint (send_finish (fixture, &first), ==, 1);
  g_assert_cmpuint (send_finish (fixture, &second), ==, 2);
  g_assert_cmpuint (send_finish (fixture, &third), ==, 1);
  g_assert_cmpuint (g_list_model_get_n_items (
                        terrace_engine_stream_get_sources (stream_of (fixture))),
                    ==, 1);
  g_assert_true (terrace_engine_stream_get_active (stream_of (fixture)));
  g_assert_cmpuint (count (fixture).events, ==, 3);
  stop (fixture);
  g_assert_false (terrace_engine_stream_get_active (stream_of (fixture)));
}

/* Starts of one name come one after the other, and the last one holds. */
static void
test_start_at_once (EngineFixture *fixture, gconstpointer data)
{
  TerraceEngineStream *stream = stream_of (fixture);
  GAsyncResult *results[3] = { NULL };
  TerraceStreamStatus *status;

  add_objects (fixture, "local/ssd");
  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    {
      g_autoptr (TerraceSourceSettings) settings =
          terrace_source_settings_new (TERRACE_SOURCE_SIMULATOR, "life");

      settings->rate = 10 + i;
      terrace_engine_stream_start_async (stream, settings, NULL, terrace_test_store_result,
                                         &results[i]);
    }
  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    {
      g_autoptr (GError) error = NULL;

      terrace_test_await (&results[i]);
      g_assert_true (terrace_engine_stream_start_finish (stream, results[i], &error));
      g_assert_no_error (error);
      g_clear_object (&results[i]);
    }
  g_assert_cmpuint (g_list_model_get_n_items (terrace_engine_stream_get_sources (stream)), ==, 1);
  status = terrace_engine_stream_find_source (stream, "life");
  g_assert_cmpfloat (terrace_stream_status_get_settings (status)->rate, ==, 12);
  stop (fixture);
  g_assert_cmpint (status->state, ==, TERRACE_SOURCE_STOPPED);
}

static void
test_refused (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  send (fixture, "{\"event\":\"fly\"}", &result);
  terrace_test_await (&result);
  g_assert_false (terrace_engine_stream_send_finish (stream_of (fixture), result, NULL, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID);
}

/* What was sent is kept with the accesses, so another run knows it again. */
static void
test_known_again (EngineFixture *fixture, gconstpointer data)
{
  const char *message = "{\"event\":\"read\",\"location\":\"Files\",\"key\":\"a\",\"id\":\"same\"}";

  add_objects (fixture, "local/ssd");
  send_now (fixture, message);
  stop (fixture); /* merges */
  engine_fixture_close (fixture);
  engine_fixture_open (fixture, FALSE, FALSE);
  send_now (fixture, message);
  g_assert_cmpuint (terrace_engine_stream_find_source (stream_of (fixture), "sent")->duplicates, ==,
                    1);
  stop (fixture);
  /* Both runs' minutes are counted. */
  g_assert_cmpuint (count (fixture).events, ==, 1);
}

/* --- Alerts -------------------------------------------------------------------------------- */

typedef struct
{
  TerraceEngineStream *stream;
  TerraceAlertKind kind;
  gboolean open;
} Wanted;

static TerraceAlert *
find_alert (TerraceEngineStream *stream, TerraceAlertKind kind)
{
  GListModel *alerts = terrace_engine_stream_get_alerts (stream);

  for (guint i = 0; i < g_list_model_get_n_items (alerts); i++)
    {
      /* The list keeps it. */
      g_autoptr (TerraceAlert) alert = g_list_model_get_item (alerts, i);

      if (alert->kind == kind)
        return alert;
    }

  return NULL;
}

static gboolean
is_as_wanted (gpointer data)
{
  Wanted *wanted = data;
  TerraceAlert *alert = find_alert (wanted->stream, wanted->kind);

  return alert != NULL && (alert->cleared_us == 0) == wanted->open;
}

static TerraceAlert *
await_alert (EngineFixture *fixture, TerraceAlertKind kind, gboolean open)
{
  Wanted wanted = { stream_of (fixture), kind, open };

  terrace_test_await_condition (is_as_wanted, &wanted);
  return find_alert (wanted.stream, kind);
}

/* Deleted where it was: missing, one alert for the place however many it were; it ends when they
 * are registered anew. */
static void
test_deleted (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (TerraceItem) missing = NULL, found = NULL;
  g_autoptr (TerraceItem) untouched = NULL;
  TerraceAlert *alert;

  add_objects (fixture, "local/ssd");
  send_now (fixture, "{\"event\":\"delete\",\"location\":\"Files\",\"key\":\"b\",\"time\":1000}");
  send_now (fixture, "[{\"event\":\"delete\",\"location\":\"Files\",\"key\":\"a\"},"
                     "{\"event\":\"delete\",\"location\":\"Files\",\"key\":\"a\"},"
                     "{\"event\":\"delete\",\"location\":\"Files\",\"key\":\"none\"}]");
  missing = find (fixture, "a");
  g_assert_true (missing->missing);
  /* That was long before it came. */
  untouched = find (fixture, "b");
  g_assert_false (untouched->missing);
  g_assert_cmpuint (engine_fixture_count_events (fixture, TERRACE_EVENT_MISSING), ==, 1);
  alert = await_alert (fixture, TERRACE_ALERT_REPLICA_MISSING, TRUE);
  g_assert_cmpint (alert->item_id, ==, missing->id);
  g_assert_cmpuint (alert->count, ==, 1);

  /* Another run knows that it is still so, and when it is over. */
  stop (fixture);
  engine_fixture_close (fixture);
  engine_fixture_open (fixture, TRUE, FALSE);
  await_alert (fixture, TERRACE_ALERT_REPLICA_MISSING, TRUE);
  engine_fixture_make_file (fixture, "a", 1001, 3, 1);
  terrace_register_report_free (engine_fixture_register (fixture, fixture->files));
  found = find (fixture, "a");
  g_assert_false (found->missing);
  send_now (fixture, "{\"event\":\"read\",\"location\":\"Files\",\"key\":\"a\"}");
  await_alert (fixture, TERRACE_ALERT_REPLICA_MISSING, FALSE);
  stop (fixture);
}

#define N_OLD 600

static gboolean
raise_many (TerraceConnection *connection, gpointer data, GError **error)
{
  for (gint64 i = 0; i <= N_OLD; i++)
    {
      g_autofree char *key = g_strdup_printf ("k%" G_GINT64_FORMAT, i);
      g_autoptr (TerraceAlert) alert =
          terrace_alert_new (TERRACE_ALERT_HEATING, TERRACE_SEVERITY_INFO, key, i + 1, "m");

      if (i == 0)
        alert->kind = TERRACE_ALERT_BUDGET;
      if (!terrace_alert_table_raise (connection, alert, 0, NULL, error) ||
          (i > 0 && !terrace_alert_table_clear (connection, key, i + 2, NULL, error)))
        return FALSE;
    }

  return TRUE;
}

/* The oldest of them all is still so: it is the first of the list. */
static void
test_open_ones_first (EngineFixture *fixture, gconstpointer data)
{
  TerraceCatalog *catalog = terrace_engine_get_catalog (fixture->engine);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (TerraceAlert) first = NULL;

  terrace_catalog_write_async (catalog, raise_many, NULL, 0, NULL, terrace_test_store_result,
                               &result);
  terrace_test_await (&result);
  g_assert_true (terrace_catalog_write_finish (catalog, result, NULL));
  await_alert (fixture, TERRACE_ALERT_BUDGET, TRUE);
  first = g_list_model_get_item (terrace_engine_stream_get_alerts (stream_of (fixture)), 0);
  g_assert_cmpint (first->kind, ==, TERRACE_ALERT_BUDGET);
  g_assert_cmpuint (g_list_model_get_n_items (
                        terrace_engine_stream_get_alerts (stream_of (fixture))),
                    >, 1);
}

/* --- Forecasts ----------------------------------------------------------------------------- */

static gboolean
put_forecasts (TerraceConnection *connection, gpointer data, GError **error)
{
  const gint64 *ids = data;

  for (guint i = 0; i < 2; i++)
    {
      TerraceForecastRow row = { .item_id = ids[i], .made_us = g_get_real_time () };

      for (guint h = 0; h < TERRACE_FORECAST_HORIZONS; h++)
        row.low[h] = row.reads[h] = row.high[h] = i == 0 ? 5000 : 0;
      row.confidence = 0.9;
      if (!terrace_forecast_table_put (connection, &row, error))
        return FALSE;
    }

  return TRUE;
}

/* Nothing was read yet, but it will be: after the plan a person is told of the cold object that the
 * forecast is about, and of no other. */
static void
test_foreseen (EngineFixture *fixture, gconstpointer data)
{
  TerraceCatalog *catalog = terrace_engine_get_catalog (fixture->engine);
  g_autoptr (TerraceItem) hot = NULL, cold = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  gint64 ids[2];
  TerraceAlert *alert;

  engine_fixture_add_files (fixture, "aws/GLACIER_IR");
  engine_fixture_make_file (fixture, "a", 4 << 20, 1, 400);
  engine_fixture_make_file (fixture, "b", 4 << 20, 2, 400);
  terrace_register_report_free (engine_fixture_register (fixture, fixture->files));
  engine_fixture_add_sandboxes (fixture);
  engine_fixture_set_eager_policy (fixture);
  hot = find (fixture, "a");
  cold = find (fixture, "b");
  ids[0] = hot->id;
  ids[1] = cold->id;
  terrace_catalog_write_async (catalog, put_forecasts, ids, 0, NULL, terrace_test_store_result,
                               &result);
  terrace_test_await (&result);
  g_assert_true (terrace_catalog_write_finish (catalog, result, &error));
  g_assert_no_error (error);
  engine_fixture_plan (fixture);
  alert = await_alert (fixture, TERRACE_ALERT_PREWARM, TRUE);
  g_assert_cmpint (alert->item_id, ==, hot->id);
  g_assert_nonnull (strstr (alert->message, "5000"));
}

#define ADD(path, data, func)                                                           \
  g_test_add ("/engine/stream/" path, EngineFixture, data, engine_fixture_set_up, func, \
              engine_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("send-at-once", NULL, test_send_at_once);
  ADD ("start-at-once", NULL, test_start_at_once);
  ADD ("refused", NULL, test_refused);
  ADD ("known-again", NULL, test_known_again);
  ADD ("deleted", ENGINE_FIXTURE_MOVES, test_deleted);
  ADD ("open-ones-first", NULL, test_open_ones_first);
  ADD ("foreseen", ENGINE_FIXTURE_MOVES, test_foreseen);

  return g_test_run ();
}
