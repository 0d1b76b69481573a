/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Locations, events, settings, the policy. */

#include "catalog-fixture.h"

#include "base/terrace-error.h"
#include "base/terrace-limits.h"
#include "catalog/terrace-event-table.h"
#include "catalog/terrace-setting-table.h"

static GPtrArray *
list_locations (TableFixture *fixture)
{
  GError *error = NULL;
  GPtrArray *locations = terrace_location_table_list (fixture->connection, &error);

  g_assert_no_error (error);
  return locations;
}

static void
test_location (TableFixture *fixture, gconstpointer data)
{
  const char *const class_ids[] = { "aws/STANDARD", "aws/GLACIER", NULL };
  g_autoptr (TerraceLocation) location =
      terrace_location_new (TERRACE_LOCATION_S3, "Cloud", "https://h/\xff", class_ids);
  g_autoptr (TerraceLocation) same = catalog_new_location ("Cloud");
  g_autoptr (GPtrArray) locations = NULL;
  TerraceLocation *stored;
  GError *error = NULL;

  location->latency_ms = 1;
  location->bandwidth_bytes_s = 2;
  location->capacity_bytes = 3;
  location->accepts = TRUE;
  location->created_us = 4;
  terrace_location_table_insert (fixture->connection, location, &error);
  g_assert_no_error (error);
  locations = list_locations (fixture);
  g_assert_cmpuint (locations->len, ==, 4);
  stored = g_ptr_array_index (locations, 3);
  g_assert_cmpint (stored->id, ==, location->id);
  g_assert_cmpstr (stored->name, ==, "Cloud");
  g_assert_cmpint (stored->kind, ==, TERRACE_LOCATION_S3);
  g_assert_cmpstr (stored->root, ==, "https://h/\xff");
  g_assert_true (g_strv_equal ((const char *const *) stored->class_ids, class_ids));
  g_assert_cmpuint (stored->latency_ms, ==, 1);
  g_assert_cmpuint (stored->bandwidth_bytes_s, ==, 2);
  g_assert_cmpuint (stored->capacity_bytes, ==, 3);
  g_assert_true (stored->accepts);
  g_assert_cmpint (stored->created_us, ==, 4);

  g_assert_false (terrace_location_table_insert (fixture->connection, same, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_EXISTS);
  g_clear_error (&error);
  location->accepts = FALSE;
  terrace_location_table_update (fixture->connection, location, &error);
  g_assert_no_error (error);
  g_ptr_array_unref (locations);
  locations = list_locations (fixture);
  g_assert_false (((TerraceLocation *) g_ptr_array_index (locations, 3))->accepts);
  location->id = 4711;
  g_assert_false (terrace_location_table_update (fixture->connection, location, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND);
  g_clear_error (&error);
}

static void
assert_kept (TableFixture *fixture, gint64 location_id)
{
  GError *error = NULL;

  g_assert_false (terrace_location_table_delete (fixture->connection, location_id, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_EXISTS);
  g_clear_error (&error);
}

static void
test_location_delete (TableFixture *fixture, gconstpointer data)
{
  g_autoptr (TerraceItem) item = catalog_add_item (fixture->connection, 1, "one");
  g_autoptr (TerraceMove) move = catalog_add_move (fixture->connection, item->id);
  g_autoptr (TerraceReplica) replica = terrace_replica_new ();
  GError *error = NULL;

  replica->item_id = item->id;
  replica->location_id = 3;
  replica->key = g_strdup ("copy");
  terrace_replica_table_insert (fixture->connection, replica, &error);
  g_assert_no_error (error);
  assert_kept (fixture, 1);
  assert_kept (fixture, 2);
  assert_kept (fixture, 3);

  terrace_replica_table_delete (fixture->connection, replica->id, &error);
  g_assert_no_error (error);
  terrace_location_table_delete (fixture->connection, 3, &error);
  g_assert_no_error (error);
  g_assert_false (terrace_location_table_delete (fixture->connection, 3, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND);
  g_clear_error (&error);
}

static void
append (TableFixture *fixture, gint64 item_id, const char *message)
{
  g_autoptr (TerraceEvent) event =
      terrace_event_new (TERRACE_EVENT_DAMAGED, TERRACE_SEVERITY_ERROR, 7, message);
  GError *error = NULL;

  event->item_id = item_id;
  event->move_id = 8;
  event->location_id = 9;
  terrace_event_table_append (fixture->connection, event, &error);
  g_assert_no_error (error);
  g_assert_cmpint (event->id, >, 0);
}

static void
test_event (TableFixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) events = NULL;
  g_autoptr (GPtrArray) of_item = NULL;
  g_autoptr (GPtrArray) rest = NULL;
  TerraceEvent *event;
  GError *error = NULL;

  append (fixture, 1, "first");
  append (fixture, 0, "second");
  append (fixture, 1, "third");
  events = terrace_event_table_page (fixture->connection, 0, 0, 2, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (events->len, ==, 2);
  event = g_ptr_array_index (events, 0);
  g_assert_cmpstr (event->message, ==, "third");
  g_assert_cmpint (event->kind, ==, TERRACE_EVENT_DAMAGED);
  g_assert_cmpint (event->severity, ==, TERRACE_SEVERITY_ERROR);
  g_assert_cmpint (event->time_us, ==, 7);
  g_assert_cmpint (event->item_id, ==, 1);
  g_assert_cmpint (event->move_id, ==, 8);
  g_assert_cmpint (event->location_id, ==, 9);
  event = g_ptr_array_index (events, 1);
  rest = terrace_event_table_page (fixture->connection, 0, event->id, 2, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (rest->len, ==, 1);
  of_item = terrace_event_table_page (fixture->connection, 1, 0, 10, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (of_item->len, ==, 2);
}

static void
test_event_bound (TableFixture *fixture, gconstpointer data)
{
  gint64 n;
  GError *error = NULL;

  append (fixture, 1, "oldest");
  terrace_connection_execute (fixture->connection,
                              "WITH RECURSIVE n (i) AS"
                              " (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200000)"
                              " INSERT INTO event (time_us, kind, severity, item_id, move_id,"
                              " location_id, message) SELECT 0, 0, 0, 0, 0, 0, '' FROM n",
                              &error);
  g_assert_no_error (error);
  append (fixture, 1, "newest");
  terrace_connection_query_int64 (fixture->connection, "SELECT count (*) FROM event", &n, &error);
  g_assert_no_error (error);
  g_assert_cmpint (n, ==, TERRACE_LIMIT_EVENTS);
}

static void
test_setting (TableFixture *fixture, gconstpointer data)
{
  g_autofree char *none = NULL;
  g_autofree char *value = NULL;
  g_autofree char *unset = NULL;
  GError *error = NULL;

  none = terrace_setting_table_get (fixture->connection, "key", &error);
  g_assert_no_error (error);
  g_assert_null (none);
  terrace_setting_table_set (fixture->connection, "key", "one", &error);
  g_assert_no_error (error);
  terrace_setting_table_set (fixture->connection, "key", "it's; two", &error);
  g_assert_no_error (error);
  value = terrace_setting_table_get (fixture->connection, "key", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (value, ==, "it's; two");
  terrace_setting_table_set (fixture->connection, "key", NULL, &error);
  g_assert_no_error (error);
  unset = terrace_setting_table_get (fixture->connection, "key", &error);
  g_assert_no_error (error);
  g_assert_null (unset);
}

static void
test_policy (TableFixture *fixture, gconstpointer data)
{
  TerracePolicy policy, defaults, stored;
  GError *error = NULL;

  terrace_policy_init (&defaults);
  terrace_policy_table_get (fixture->connection, &policy, &error);
  g_assert_no_error (error);
  g_assert_cmpfloat (policy.horizon_months, ==, defaults.horizon_months);
  g_assert_cmpuint (policy.wanted_copies, ==, defaults.wanted_copies);

  policy.horizon_months = 7.5;
  policy.min_saving_nanos = 8;
  policy.max_first_byte_ms = 9000;
  policy.wanted_copies = 2;
  policy.egress_counts = !defaults.egress_counts;
  terrace_policy_table_set (fixture->connection, &policy, &error);
  g_assert_no_error (error);
  terrace_policy_table_get (fixture->connection, &stored, &error);
  g_assert_no_error (error);
  g_assert_cmpfloat (stored.horizon_months, ==, 7.5);
  g_assert_cmpfloat (stored.break_even_months, ==, defaults.break_even_months);
  g_assert_cmpint (stored.min_saving_nanos, ==, 8);
  g_assert_cmpuint (stored.max_first_byte_ms, ==, 9000);
  g_assert_cmpuint (stored.max_first_byte_hot_ms, ==, defaults.max_first_byte_hot_ms);
  g_assert_cmpfloat (stored.hot_reads_per_month, ==, defaults.hot_reads_per_month);
  g_assert_cmpfloat (stored.warm_reads_per_month, ==, defaults.warm_reads_per_month);
  g_assert_cmpuint (stored.wanted_copies, ==, 2);
  g_assert_cmpint (stored.egress_counts, ==, !defaults.egress_counts);

  policy.wanted_copies = 0;
  g_assert_false (terrace_policy_table_set (fixture->connection, &policy, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID);
  g_clear_error (&error);
}

#define ADD(path, func) \
  g_test_add (path, TableFixture, NULL, table_fixture_set_up, func, table_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/location-table/rows", test_location);
  ADD ("/location-table/delete", test_location_delete);
  ADD ("/event-table/page", test_event);
  ADD ("/event-table/bound", test_event_bound);
  ADD ("/setting-table/rows", test_setting);
  ADD ("/policy-table/row", test_policy);
  return g_test_run ();
}
