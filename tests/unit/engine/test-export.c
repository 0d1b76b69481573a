/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Exporting: what was written is read again by the rules of RFC 4180. */

#include "config.h"

#include "base/terrace-units.h"
#include "catalog/terrace-alert-table.h"
#include "catalog/terrace-cost-table.h"
#include "engine-fixture.h"
#include "terrace-test-support.h"

/* (transfer full) (element-type GPtrArray of utf8): strict: every line ends in CR LF. */
static GPtrArray *
parse (const char *text)
{
  GPtrArray *rows = g_ptr_array_new_with_free_func ((GDestroyNotify) g_ptr_array_unref);
  GPtrArray *row = NULL;

  while (*text != '\0')
    {
      g_autoptr (GString) cell = g_string_new (NULL);

      if (row == NULL)
        {
          row = g_ptr_array_new_with_free_func (g_free);
          g_ptr_array_add (rows, row);
        }
      if (*text == '"')
        for (text++; text[0] != '"' || text[1] == '"'; text++)
          {
            g_assert_cmpint (*text, !=, '\0');
            text += *text == '"';
            g_string_append_c (cell, *text);
          }
      text += *text == '"';
      for (; *text != ',' && *text != '\r'; text++)
        {
          g_assert_cmpint (*text, !=, '\0');
          g_assert_cmpint (*text, !=, '"');
          g_assert_cmpint (*text, !=, '\n');
          g_string_append_c (cell, *text);
        }
      g_ptr_array_add (row, g_string_free (g_steal_pointer (&cell), FALSE));
      if (*text == '\r')
        {
          g_assert_cmpint (text[1], ==, '\n');
          text++;
          row = NULL;
        }
      text++;
    }
  g_assert_null (row);

  return rows;
}

static GPtrArray *export(EngineFixture *fixture,
                         TerraceExportKind kind,
                         const TerraceItemFilter *filter)
{
  g_autoptr (GOutputStream) stream = g_memory_output_stream_new_resizable ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *text = NULL;
  guint64 n_rows = 0;
  GPtrArray *rows;

  terrace_engine_export_async (fixture->engine, kind, filter, TERRACE_ITEM_SORT_NAME, FALSE, stream,
                               NULL, terrace_test_store_result, &result);
  terrace_test_await (&result);
  g_assert_true (terrace_engine_export_finish (fixture->engine, result, &n_rows, &error));
  g_assert_no_error (error);
  g_assert_false (g_output_stream_is_closed (stream));

  g_assert_true (g_output_stream_close (stream, NULL, NULL));
  bytes = g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (stream));
  text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  g_assert_true (g_utf8_validate (text, -1, NULL));
  rows = parse (text);
  g_assert_cmpuint (rows->len, ==, n_rows + 1);
  for (guint i = 1; i < rows->len; i++)
    g_assert_cmpuint (((GPtrArray *) g_ptr_array_index (rows, i))->len, ==,
                      ((GPtrArray *) g_ptr_array_index (rows, 0))->len);

  return rows;
}

static const char *
get_cell (GPtrArray *rows, guint row, const char *column)
{
  GPtrArray *header = g_ptr_array_index (rows, 0);

  for (guint i = 0; i < header->len; i++)
    if (g_str_equal (g_ptr_array_index (header, i), column))
      return g_ptr_array_index ((GPtrArray *) g_ptr_array_index (rows, row), i);

  g_assert_not_reached ();
}

static void
register_files (EngineFixture *fixture)
{
  g_autoptr (TerraceRegisterReport) report = NULL;

  engine_fixture_add_files (fixture, "aws/STANDARD");
  engine_fixture_add_sandboxes (fixture);
  engine_fixture_set_eager_policy (fixture);
  engine_fixture_make_file (fixture, "=1+1", 10, 1, 1);
  engine_fixture_make_file (fixture, "a, \"quoted\"\nname", 20, 2, 1);
  engine_fixture_make_file (fixture, "caf\xe9", 30, 3, 1);
  engine_fixture_make_file (fixture, "z-old", 20000000, 4, 900);
  report = engine_fixture_register (fixture, fixture->files);
  g_assert_cmpuint (report->added, ==, 4);
}

static void
test_objects (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) rows = NULL;
  g_autoptr (GPtrArray) one = NULL;
  g_autoptr (TerraceItem) item = NULL;
  TerraceItemFilter filter;

  register_files (fixture);
  rows = export(fixture, TERRACE_EXPORT_OBJECTS, NULL);
  g_assert_cmpuint (rows->len, ==, 5);
  /* A spreadsheet must not run a file's name. */
  g_assert_cmpstr (get_cell (rows, 1, "name"), ==, "'=1+1");
  g_assert_cmpstr (get_cell (rows, 2, "key"), ==, "a, \"quoted\"\nname");
  g_assert_cmpstr (get_cell (rows, 2, "size_bytes"), ==, "20");
  g_assert_cmpstr (get_cell (rows, 3, "key"), ==, "caf\xef\xbf\xbd");
  g_assert_cmpstr (get_cell (rows, 4, "location"), ==, "Files");
  g_assert_cmpstr (get_cell (rows, 4, "tier"), ==, "hot");
  g_assert_cmpstr (get_cell (rows, 4, "temperature"), ==, "cold");
  g_assert_cmpstr (get_cell (rows, 4, "class"), ==, "aws/STANDARD");
  item = engine_fixture_find (fixture, "Files:z-old", NULL);
  g_assert_cmpint (terrace_money_to_nanos (
                       g_ascii_strtod (get_cell (rows, 4, "monthly_cost"), NULL)),
                   ==, item->monthly_nanos);
  g_assert_cmpstr (get_cell (rows, 4, "recommended_class"), ==, item->wanted_class_id);
  g_assert_cmpstr (get_cell (rows, 4, "reason"), ==, item->reason);

  terrace_item_filter_init (&filter);
  filter.text = g_strdup ("OLD");
  one = export(fixture, TERRACE_EXPORT_OBJECTS, &filter);
  terrace_item_filter_clear (&filter);
  g_assert_cmpuint (one->len, ==, 2);
}

static void
test_plan_and_migrations (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) plan = NULL;
  g_autoptr (GPtrArray) none = NULL;
  g_autoptr (GPtrArray) migrations = NULL;
  g_autoptr (GPtrArray) events = NULL;
  double saving;
  double once;

  register_files (fixture);
  plan = export(fixture, TERRACE_EXPORT_PLAN, NULL);
  g_assert_cmpuint (plan->len, ==, 2);
  g_assert_cmpstr (get_cell (plan, 1, "name"), ==, "z-old");
  saving = g_ascii_strtod (get_cell (plan, 1, "saving_month"), NULL);
  once = g_ascii_strtod (get_cell (plan, 1, "once_cost"), NULL);
  g_assert_cmpfloat (saving, >, 0);
  g_assert_cmpfloat_with_epsilon (g_ascii_strtod (get_cell (plan, 1, "payback_months"), NULL),
                                  once / saving, 1e-6);

  none = export(fixture, TERRACE_EXPORT_MIGRATIONS, NULL);
  g_assert_cmpuint (none->len, ==, 1);
  g_assert_cmpuint (engine_fixture_accept (fixture), ==, 1);
  migrations = export(fixture, TERRACE_EXPORT_MIGRATIONS, NULL);
  g_assert_cmpuint (migrations->len, ==, 2);
  g_assert_cmpstr (get_cell (migrations, 1, "state"), ==, "queued");
  g_assert_cmpstr (get_cell (migrations, 1, "source_location"), ==, "Files");
  g_assert_cmpstr (get_cell (migrations, 1, "destination_class"), ==,
                   get_cell (plan, 1, "recommended_class"));

  events = export(fixture, TERRACE_EXPORT_EVENTS, NULL);
  g_assert_cmpuint (events->len, ==, 1 + 5 + 4 + 1);
  g_assert_cmpstr (get_cell (events, 1, "kind"), ==, "move-queued");
  g_assert_cmpuint (strlen (get_cell (events, 1, "time")), ==, strlen ("2026-11-22T15:04:05Z"));
}

/* More than one page, in the order that was asked for. */
static void
test_pages (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (TerraceRegisterReport) report = NULL;
  g_autoptr (GPtrArray) rows = NULL;

  engine_fixture_add_files (fixture, "aws/STANDARD");
  for (guint i = 0; i < 2001; i++)
    {
      g_autofree char *name = g_strdup_printf ("%04u", (i * 7) % 2001);

      engine_fixture_make_file (fixture, name, 1, i, 1);
    }
  report = engine_fixture_register (fixture, fixture->files);
  rows = export(fixture, TERRACE_EXPORT_OBJECTS, NULL);
  g_assert_cmpuint (rows->len, ==, 2002);
  for (guint i = 1; i < rows->len; i++)
    {
      g_autofree char *name = g_strdup_printf ("%04u", i - 1);

      g_assert_cmpstr (get_cell (rows, i, "name"), ==, name);
    }
}

static gboolean
note_things (TerraceConnection *connection, gpointer data, GError **error)
{
  g_autoptr (TerraceAlert) alert =
      terrace_alert_new (TERRACE_ALERT_UNREACHABLE, TERRACE_SEVERITY_ERROR, "unreachable:1",
                         TERRACE_US_PER_DAY, "=Files does not answer");

  return terrace_cost_table_note (connection, 20000, error) &&
         terrace_cost_table_note (connection, 20001, error) &&
         terrace_alert_table_raise (connection, alert, 0, NULL, error);
}

static void
test_alerts_and_costs (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) alerts = NULL;
  g_autoptr (GPtrArray) costs = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  TerraceCatalog *catalog = terrace_engine_get_catalog (fixture->engine);

  register_files (fixture);
  terrace_catalog_write_async (catalog, note_things, NULL, TERRACE_CATALOG_EVENTS, NULL,
                               terrace_test_store_result, &result);
  terrace_test_await (&result);
  g_assert_true (terrace_catalog_write_finish (catalog, result, &error));
  g_assert_no_error (error);

  alerts = export(fixture, TERRACE_EXPORT_ALERTS, NULL);
  g_assert_cmpuint (alerts->len, ==, 2);
  g_assert_cmpstr (get_cell (alerts, 1, "kind"), ==, "unreachable");
  g_assert_cmpstr (get_cell (alerts, 1, "message"), ==, "'=Files does not answer");
  g_assert_cmpstr (get_cell (alerts, 1, "first"), ==, "1970-01-02T00:00:00Z");
  g_assert_cmpstr (get_cell (alerts, 1, "over"), ==, "");

  costs = export(fixture, TERRACE_EXPORT_COSTS, NULL);
  g_assert_cmpuint (costs->len, ==, 3);
  g_assert_cmpstr (get_cell (costs, 1, "day"), ==, "2024-10-04");
  g_assert_cmpstr (get_cell (costs, 2, "day"), ==, "2024-10-05");
  g_assert_cmpstr (get_cell (costs, 1, "location"), ==, "Files");
  g_assert_cmpstr (get_cell (costs, 1, "objects"), ==, "4");
  g_assert_cmpstr (get_cell (costs, 1, "size_bytes"), ==, "20000060");
  g_assert_cmpfloat (g_ascii_strtod (get_cell (costs, 1, "monthly_cost"), NULL), >, 0);
}

/* A move that was made, and what it was worth right after: its own cost is not back yet. */
static void
test_regret (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) none = NULL;
  g_autoptr (GPtrArray) ledger = NULL;
  g_autoptr (GPtrArray) moves = NULL;

  register_files (fixture);
  none = export(fixture, TERRACE_EXPORT_REGRET, NULL);
  g_assert_cmpuint (none->len, ==, 1);
  g_assert_cmpuint (engine_fixture_accept (fixture), ==, 1);
  engine_fixture_wait (fixture, 1);

  moves = export(fixture, TERRACE_EXPORT_MIGRATIONS, NULL);
  ledger = export(fixture, TERRACE_EXPORT_REGRET, NULL);
  g_assert_cmpuint (ledger->len, ==, 2);
  g_assert_cmpstr (get_cell (ledger, 1, "migration_id"), ==, "1");
  g_assert_cmpstr (get_cell (ledger, 1, "object_id"), ==, get_cell (moves, 1, "object_id"));
  g_assert_cmpstr (get_cell (ledger, 1, "name"), ==, "z-old");
  g_assert_cmpstr (get_cell (ledger, 1, "source_class"), ==, "aws/STANDARD");
  g_assert_cmpstr (get_cell (ledger, 1, "destination_class"), ==,
                   get_cell (moves, 1, "destination_class"));
  g_assert_cmpstr (get_cell (ledger, 1, "moved"), ==, get_cell (moves, 1, "finished"));
  g_assert_cmpfloat (g_ascii_strtod (get_cell (ledger, 1, "saved"), NULL), <=, 0);
  g_assert_cmpstr (get_cell (ledger, 1, "because"), !=, "");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, function)                                                                 \
  g_test_add ("/engine/export/" name, EngineFixture, NULL, engine_fixture_set_up, function, \
              engine_fixture_tear_down)
  ADD ("objects", test_objects);
  ADD ("plan-and-migrations", test_plan_and_migrations);
  ADD ("alerts-and-costs", test_alerts_and_costs);
  ADD ("pages", test_pages);
  g_test_add ("/engine/export/regret", EngineFixture, ENGINE_FIXTURE_MOVES, engine_fixture_set_up,
              test_regret, engine_fixture_tear_down);

  return g_test_run ();
}
