/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Alerts: one row for one matter, and what a person does with it; their rules. */

#include "catalog-fixture.h"

#include "base/terrace-error.h"
#include "base/terrace-limits.h"
#include "catalog/terrace-alert-table.h"

#define SILENCE_US 100

static TerraceAlert *
raise_alert (TableFixture *fixture, TerraceSeverity severity, gint64 time_us, gboolean news)
{
  TerraceAlert *alert =
      terrace_alert_new (TERRACE_ALERT_LATENCY, severity, "latency:2", time_us, "Slow");
  gboolean told;
  GError *error = NULL;

  terrace_alert_table_raise (fixture->connection, alert, SILENCE_US, &told, &error);
  g_assert_no_error (error);
  g_assert_cmpint (told, ==, news);
  return alert;
}

static void
clear_alert (TableFixture *fixture, gint64 now_us, gboolean open)
{
  gboolean was_open;
  GError *error = NULL;

  terrace_alert_table_clear (fixture->connection, "latency:2", now_us, &was_open, &error);
  g_assert_no_error (error);
  g_assert_cmpint (was_open, ==, open);
}

static guint
count_open (TableFixture *fixture)
{
  g_autoptr (GPtrArray) alerts = NULL;
  GError *error = NULL;

  alerts = terrace_alert_table_list_open (fixture->connection, &error);
  g_assert_no_error (error);
  return alerts->len;
}

static void
test_once (TableFixture *fixture, gconstpointer data)
{
  g_autoptr (TerraceAlert) first = raise_alert (fixture, TERRACE_SEVERITY_WARNING, 10, TRUE);
  g_autoptr (TerraceAlert) second = raise_alert (fixture, TERRACE_SEVERITY_WARNING, 20, FALSE);
  g_autoptr (TerraceAlert) stored = NULL;
  GError *error = NULL;

  g_assert_cmpint (first->id, ==, second->id);
  stored = terrace_alert_table_get (fixture->connection, first->id, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (stored->count, ==, 2);
  g_assert_cmpint (stored->opened_us, ==, 10);
  g_assert_cmpint (stored->last_us, ==, 20);
  g_assert_cmpint (stored->kind, ==, TERRACE_ALERT_LATENCY);
  g_assert_cmpstr (stored->group_key, ==, "latency:2");
  g_assert_cmpstr (stored->message, ==, "Slow");
  g_assert_cmpuint (count_open (fixture), ==, 1);
}

static void
test_clear (TableFixture *fixture, gconstpointer data)
{
  g_autoptr (TerraceAlert) first = raise_alert (fixture, TERRACE_SEVERITY_WARNING, 10, TRUE);
  g_autoptr (TerraceAlert) soon = NULL;
  g_autoptr (TerraceAlert) later = NULL;

  clear_alert (fixture, 50, TRUE);
  clear_alert (fixture, 51, FALSE);
  g_assert_cmpuint (count_open (fixture), ==, 0);
  /* Back within the silence: the same one, and nothing new. */
  soon = raise_alert (fixture, TERRACE_SEVERITY_WARNING, 149, FALSE);
  g_assert_cmpint (soon->id, ==, first->id);
  g_assert_cmpint (soon->cleared_us, ==, 0);
  g_assert_cmpuint (count_open (fixture), ==, 1);
  clear_alert (fixture, 200, TRUE);
  later = raise_alert (fixture, TERRACE_SEVERITY_WARNING, 300, TRUE);
  g_assert_cmpint (later->id, !=, first->id);
  g_assert_cmpuint (later->count, ==, 1);
}

static void
test_worse (TableFixture *fixture, gconstpointer data)
{
  g_autoptr (TerraceAlert) first = raise_alert (fixture, TERRACE_SEVERITY_INFO, 10, TRUE);
  g_autoptr (TerraceAlert) again = NULL;
  g_autoptr (TerraceAlert) worse = NULL;
  GError *error = NULL;

  terrace_alert_table_acknowledge (fixture->connection, first->id, 15, &error);
  g_assert_no_error (error);
  again = raise_alert (fixture, TERRACE_SEVERITY_INFO, 20, FALSE);
  g_assert_cmpint (again->acknowledged_us, ==, 15);
  worse = raise_alert (fixture, TERRACE_SEVERITY_ERROR, 30, TRUE);
  g_assert_cmpint (worse->id, ==, first->id);
  g_assert_cmpint (worse->acknowledged_us, ==, 0);
}

static void
test_marks (TableFixture *fixture, gconstpointer data)
{
  g_autoptr (TerraceAlert) alert = raise_alert (fixture, TERRACE_SEVERITY_INFO, 10, TRUE);
  g_autoptr (TerraceAlert) stored = NULL;
  GError *error = NULL;

  terrace_alert_table_snooze (fixture->connection, alert->id, 1000, &error);
  g_assert_no_error (error);
  terrace_alert_table_set_notified (fixture->connection, alert->id, 12, &error);
  g_assert_no_error (error);
  stored = terrace_alert_table_get (fixture->connection, alert->id, &error);
  g_assert_cmpint (stored->snoozed_until_us, ==, 1000);
  g_assert_cmpint (stored->notified_us, ==, 12);

  g_assert_false (terrace_alert_table_acknowledge (fixture->connection, 4711, 1, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_null (terrace_alert_table_get (fixture->connection, 4711, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND);
  g_clear_error (&error);
}

/* History has a bound; what is still so has none but its groups. */
static void
test_bound (TableFixture *fixture, gconstpointer data)
{
  g_autoptr (TerraceAlert) open =
      terrace_alert_new (TERRACE_ALERT_BUDGET, TERRACE_SEVERITY_INFO, "budget", 1, "Too much");
  g_autoptr (GPtrArray) page = NULL;
  g_autoptr (GPtrArray) all = NULL;
  gint64 time_us = 10;
  GError *error = NULL;

  terrace_alert_table_raise (fixture->connection, open, SILENCE_US, NULL, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < TERRACE_LIMIT_ALERTS + 20; i++, time_us += 2 * SILENCE_US)
    {
      g_autoptr (TerraceAlert) alert = raise_alert (fixture, TERRACE_SEVERITY_INFO, time_us, TRUE);

      clear_alert (fixture, time_us, TRUE);
    }
  all = terrace_alert_table_page (fixture->connection, 0, 2 * TERRACE_LIMIT_ALERTS, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (all->len, <=, TERRACE_LIMIT_ALERTS + 2);
  g_assert_cmpuint (all->len, >=, TERRACE_LIMIT_ALERTS);
  g_assert_cmpint (((TerraceAlert *) g_ptr_array_index (all, all->len - 1))->id, ==, open->id);
  page = terrace_alert_table_page (fixture->connection,
                                   ((TerraceAlert *) g_ptr_array_index (all, 4))->id, 3, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (page->len, ==, 3);
  g_assert_cmpint (((TerraceAlert *) g_ptr_array_index (page, 0))->id, ==,
                   ((TerraceAlert *) g_ptr_array_index (all, 5))->id);
}

static void
test_rule (TableFixture *fixture, gconstpointer data)
{
  g_autoptr (TerraceAlertRule) rule =
      terrace_alert_rule_new (TERRACE_ALERT_ERROR_RATE, "Errors", "{\"per_minute\":5}");
  g_autoptr (GPtrArray) rules = NULL;
  g_autoptr (GPtrArray) none = NULL;
  TerraceAlertRule *stored;
  GError *error = NULL;

  rule->silence_s = 600;
  rule->location_id = 3;
  rule->updated_us = 7;
  terrace_alert_rule_table_put (fixture->connection, rule, &error);
  g_assert_no_error (error);
  rule->enabled = FALSE;
  rule->severity = TERRACE_SEVERITY_ERROR;
  terrace_alert_rule_table_put (fixture->connection, rule, &error);
  g_assert_no_error (error);
  rules = terrace_alert_rule_table_list (fixture->connection, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (rules->len, ==, 1);
  stored = g_ptr_array_index (rules, 0);
  g_assert_cmpint (stored->id, ==, rule->id);
  g_assert_cmpint (stored->kind, ==, TERRACE_ALERT_ERROR_RATE);
  g_assert_cmpstr (stored->name, ==, "Errors");
  g_assert_cmpstr (stored->settings, ==, "{\"per_minute\":5}");
  g_assert_false (stored->enabled);
  g_assert_cmpint (stored->severity, ==, TERRACE_SEVERITY_ERROR);
  g_assert_cmpint (stored->location_id, ==, 3);
  g_assert_cmpuint (stored->silence_s, ==, 600);
  g_assert_cmpint (stored->updated_us, ==, 7);

  terrace_alert_rule_table_delete (fixture->connection, rule->id, &error);
  g_assert_no_error (error);
  g_assert_false (terrace_alert_rule_table_put (fixture->connection, rule, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_false (terrace_alert_rule_table_delete (fixture->connection, rule->id, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND);
  g_clear_error (&error);
  none = terrace_alert_rule_table_list (fixture->connection, &error);
  g_assert_cmpuint (none->len, ==, 0);
}

#define ADD(name, function) \
  g_test_add (name, TableFixture, NULL, table_fixture_set_up, function, table_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/alert-table/once", test_once);
  ADD ("/alert-table/clear", test_clear);
  ADD ("/alert-table/worse", test_worse);
  ADD ("/alert-table/marks", test_marks);
  ADD ("/alert-table/bound", test_bound);
  ADD ("/alert-table/rule", test_rule);
  return g_test_run ();
}
