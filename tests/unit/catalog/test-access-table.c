/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Accesses: days, the recent ones, the rates, and that batches may come in any order. */

#include "catalog-fixture.h"

#include "base/terrace-limits.h"
#include "catalog/terrace-access-table.h"

#define DAY TERRACE_US_PER_DAY

static void
record (TableFixture *fixture, const TerraceAccess *accesses, guint n, guint n_unknown)
{
  guint unknown = 4711;
  GError *error = NULL;

  terrace_access_table_record (fixture->connection, accesses, n, &unknown, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (unknown, ==, n_unknown);
}

static void
test_days (TableFixture *fixture, gconstpointer data)
{
  g_autoptr (TerraceItem) item = catalog_add_item (fixture->connection, 1, "one");
  const TerraceAccess accesses[] = {
    { item->id, 10 * DAY + 5, TERRACE_ACCESS_READ, 100, 2 },
    { 4711, 10 * DAY, TERRACE_ACCESS_READ, 1, 1 },
    { item->id, 9 * DAY, TERRACE_ACCESS_WRITE, 50, 1 },
    { item->id, 11 * DAY - 1, TERRACE_ACCESS_READ, 7, 1 },
    { item->id, -1, TERRACE_ACCESS_READ, 3, 1 },
  };
  g_autoptr (GArray) days = NULL;
  g_autoptr (GArray) late = NULL;
  const TerraceAccessDay *day;
  GError *error = NULL;

  record (fixture, accesses, G_N_ELEMENTS (accesses), 1);
  record (fixture, accesses, 1, 0);
  record (fixture, NULL, 0, 0);
  days = terrace_access_table_days (fixture->connection, item->id, -10, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (days->len, ==, 3);
  day = &g_array_index (days, TerraceAccessDay, 0);
  g_assert_cmpint (day->day, ==, -1);
  day = &g_array_index (days, TerraceAccessDay, 1);
  g_assert_cmpint (day->day, ==, 9);
  g_assert_cmpuint (day->reads, ==, 0);
  g_assert_cmpuint (day->writes, ==, 1);
  g_assert_cmpuint (day->bytes, ==, 50);
  day = &g_array_index (days, TerraceAccessDay, 2);
  g_assert_cmpint (day->day, ==, 10);
  g_assert_cmpuint (day->reads, ==, 5);
  g_assert_cmpuint (day->bytes, ==, 207);
  late = terrace_access_table_days (fixture->connection, item->id, 10, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (late->len, ==, 1);
}

static void
test_recent (TableFixture *fixture, gconstpointer data)
{
  g_autoptr (TerraceItem) item = catalog_add_item (fixture->connection, 1, "one");
  g_autoptr (GArray) recent = NULL;
  g_autoptr (GArray) none = NULL;
  GError *error = NULL;

  none = terrace_access_table_recent (fixture->connection, item->id, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (none->len, ==, 0);
  /* In batches of five, each from new to old. */
  for (gint64 batch = 0; batch < 5; batch++)
    {
      TerraceAccess accesses[5];

      for (gint64 i = 0; i < 5; i++)
        accesses[i] = (TerraceAccess){ item->id, (batch * 5 + 5 - i) * DAY, TERRACE_ACCESS_WRITE,
                                       (guint64) i, 3 };
      record (fixture, accesses, 5, 0);
    }
  recent = terrace_access_table_recent (fixture->connection, item->id, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (recent->len, ==, TERRACE_LIMIT_RECENT_ACCESSES);
  for (guint i = 0; i < recent->len; i++)
    {
      const TerraceAccess *access = &g_array_index (recent, TerraceAccess, i);

      g_assert_cmpint (access->item_id, ==, item->id);
      g_assert_cmpint (access->time_us, ==, (25 - (gint64) i) * DAY);
      g_assert_cmpuint (access->bytes, ==, i % 5);
      g_assert_cmpuint (access->count, ==, 3);
      g_assert_cmpint (access->kind, ==, TERRACE_ACCESS_WRITE);
    }
}

static void
test_rates (TableFixture *fixture, gconstpointer data)
{
  g_autoptr (TerraceItem) item = catalog_add_item (fixture->connection, 1, "one");
  g_autoptr (TerraceItem) stored = NULL;
  const TerraceAccess accesses[] = {
    { item->id, 20 * DAY, TERRACE_ACCESS_READ, 1, 3 },
    { item->id, 10 * DAY, TERRACE_ACCESS_READ, 1, 1 },
    { item->id, 30 * DAY, TERRACE_ACCESS_WRITE, 1, 1 },
  };
  TerraceAccessRates expected = { 0 };
  GError *error = NULL;

  terrace_access_rates_add (&expected, 10 * DAY, 1);
  terrace_access_rates_add (&expected, 20 * DAY, 3);
  record (fixture, accesses, G_N_ELEMENTS (accesses), 0);
  stored = terrace_item_table_get (fixture->connection, item->id, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (stored->rates.total_reads, ==, 4);
  g_assert_cmpfloat (stored->rates.reads_7d, ==, expected.reads_7d);
  g_assert_cmpfloat (stored->rates.reads_30d, ==, expected.reads_30d);
  g_assert_cmpfloat (stored->rates.reads_90d, ==, expected.reads_90d);
  g_assert_cmpint (stored->rates.last_us, ==, 30 * DAY);
}

static void
test_forget (TableFixture *fixture, gconstpointer data)
{
  g_autoptr (TerraceItem) item = catalog_add_item (fixture->connection, 1, "one");
  const TerraceAccess access = { item->id, 20 * DAY, TERRACE_ACCESS_READ, 1, 3 };
  gint64 left;
  GError *error = NULL;

  record (fixture, &access, 1, 0);
  terrace_item_table_delete (fixture->connection, item->id, &error);
  g_assert_no_error (error);
  terrace_connection_query_int64 (fixture->connection,
                                  "SELECT (SELECT count(*) FROM access_day) +"
                                  " (SELECT count(*) FROM access_recent)",
                                  &left, &error);
  g_assert_no_error (error);
  g_assert_cmpint (left, ==, 0);
}

#define ADD(path, func) \
  g_test_add (path, TableFixture, NULL, table_fixture_set_up, func, table_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/access-table/days", test_days);
  ADD ("/access-table/recent", test_recent);
  ADD ("/access-table/rates", test_rates);
  ADD ("/access-table/forget", test_forget);
  return g_test_run ();
}
