/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Old access days become weeks and months: nothing is lost, spans do not overlap, and doing it
 * again changes nothing. */

#include "catalog-fixture.h"

#include "base/terrace-limits.h"
#include "catalog/terrace-access-table.h"

/* A Monday. */
#define TODAY 20059
#define N_DAYS 1000

static void
record (TableFixture *fixture, gint64 item_id, gint64 day, guint reads)
{
  const TerraceAccess access = { item_id, day * TERRACE_US_PER_DAY, TERRACE_ACCESS_READ, 10,
                                 reads };
  GError *error = NULL;

  terrace_access_table_record (fixture->connection, &access, 1, NULL, &error);
  g_assert_no_error (error);
}

/* Returns how many steps it took. */
static guint
compact (TableFixture *fixture, gint64 today, guint max_items)
{
  gint64 after_item = 0;
  gboolean complete = FALSE;
  guint n = 0;
  GError *error = NULL;

  for (; !complete; n++)
    {
      terrace_access_table_compact (fixture->connection, today, &after_item, max_items, &complete,
                                    &error);
      g_assert_no_error (error);
    }
  return n;
}

static GArray *
list_days (TableFixture *fixture, gint64 item_id)
{
  GArray *days;
  GError *error = NULL;

  days = terrace_access_table_days (fixture->connection, item_id, G_MININT64, &error);
  g_assert_no_error (error);
  return days;
}

static guint64
sum_reads (GArray *days)
{
  guint64 reads = 0;

  for (guint i = 0; i < days->len; i++)
    reads += g_array_index (days, TerraceAccessDay, i).reads;
  return reads;
}

static void
assert_spans (GArray *days)
{
  for (guint i = 0; i < days->len; i++)
    {
      const TerraceAccessDay *day = &g_array_index (days, TerraceAccessDay, i);

      g_assert_true (day->days == 1 || day->days == 7 || day->days == 28);
      /* Young ones stay days, and weeks begin on Mondays. */
      if (day->day >= TODAY - TERRACE_LIMIT_ACCESS_DAYS)
        g_assert_cmpuint (day->days, ==, 1);
      if (day->days > 1)
        g_assert_cmpint ((TODAY - day->day) % 7, ==, 0);
      if (i > 0)
        g_assert_cmpint (day[-1].day + day[-1].days, <=, day->day);
    }
}

static void
test_spans (TableFixture *fixture, gconstpointer data)
{
  g_autoptr (TerraceItem) item = catalog_add_item (fixture->connection, 1, "a");
  g_autoptr (GArray) before = NULL;
  g_autoptr (GArray) after = NULL;
  g_autoptr (GArray) again = NULL;

  for (gint64 day = TODAY - N_DAYS; day <= TODAY; day++)
    record (fixture, item->id, day, 1 + (guint) (day % 3));
  before = list_days (fixture, item->id);
  g_assert_cmpuint (before->len, ==, N_DAYS + 1);
  compact (fixture, TODAY, 100);
  after = list_days (fixture, item->id);
  assert_spans (after);
  g_assert_cmpuint (sum_reads (after), ==, sum_reads (before));
  /* 60 days, 340 days of weeks, 600 of months, and a rest between each. */
  g_assert_cmpuint (after->len, <, 60 + 7 + 52 + 22 + 6);
  compact (fixture, TODAY, 100);
  again = list_days (fixture, item->id);
  g_assert_cmpuint (again->len, ==, after->len);
  for (guint i = 0; i < after->len; i++)
    {
      const TerraceAccessDay *old = &g_array_index (after, TerraceAccessDay, i);
      const TerraceAccessDay *new = &g_array_index (again, TerraceAccessDay, i);

      g_assert_cmpint (new->day, ==, old->day);
      g_assert_cmpuint (new->days, ==, old->days);
      g_assert_cmpuint (new->reads, ==, old->reads);
      g_assert_cmpuint (new->bytes, ==, old->bytes);
    }
}

static void
test_late (TableFixture *fixture, gconstpointer data)
{
  g_autoptr (TerraceItem) item = catalog_add_item (fixture->connection, 1, "a");
  const gint64 week = TODAY - 140, month = TODAY - 700;
  g_autoptr (GArray) days = NULL;
  const TerraceAccessDay *span;

  for (gint64 day = 0; day < 5; day++)
    {
      record (fixture, item->id, week + day, 1);
      record (fixture, item->id, month + day, 1);
    }
  compact (fixture, TODAY, 100);
  record (fixture, item->id, week, 1);
  record (fixture, item->id, week + 3, 1);
  record (fixture, item->id, month + 4, 1);
  compact (fixture, TODAY, 100);
  days = list_days (fixture, item->id);
  assert_spans (days);
  g_assert_cmpuint (days->len, ==, 2);
  span = &g_array_index (days, TerraceAccessDay, 0);
  g_assert_cmpuint (span->days, ==, 28);
  g_assert_cmpuint (span->reads, ==, 6);
  span = &g_array_index (days, TerraceAccessDay, 1);
  g_assert_cmpint (span->day, ==, week);
  g_assert_cmpuint (span->days, ==, 7);
  g_assert_cmpuint (span->reads, ==, 7);
  g_assert_cmpuint (span->bytes, ==, 70);
}

/* As the days go by, one after the other, it comes to the same. */
static void
test_day_by_day (TableFixture *fixture, gconstpointer data)
{
  g_autoptr (TerraceItem) item = catalog_add_item (fixture->connection, 1, "a");
  g_autoptr (GArray) days = NULL;

  for (gint64 day = TODAY - N_DAYS; day <= TODAY; day++)
    {
      record (fixture, item->id, day, 1);
      compact (fixture, day, 100);
    }
  days = list_days (fixture, item->id);
  assert_spans (days);
  g_assert_cmpuint (sum_reads (days), ==, N_DAYS + 1);
  g_assert_cmpuint (days->len, <, 60 + 7 + 52 + 22 + 6);
}

/* Spans come back as days: evenly, with nothing lost, and none before the first that is asked. */
static void
test_each_day (TableFixture *fixture, gconstpointer data)
{
  g_autoptr (TerraceItem) item = catalog_add_item (fixture->connection, 1, "a");
  const gint64 week = TODAY - 140;
  /* Where a span of four weeks begins. */
  const gint64 month = TODAY - 714;
  g_autoptr (GArray) all = NULL;
  g_autoptr (GArray) some = NULL;
  GError *error = NULL;

  record (fixture, item->id, week, 1);
  for (gint64 day = 0; day < 14; day++)
    record (fixture, item->id, month + 2 * day, 2);
  compact (fixture, TODAY, 100);
  /* Too late for its week. */
  record (fixture, item->id, week + 3, 5);
  record (fixture, item->id, TODAY, 3);

  all = terrace_access_table_each_day (fixture->connection, item->id, G_MININT64, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (all->len, ==, 28 + 1 + 1);
  g_assert_cmpuint (sum_reads (all), ==, 28 + 6 + 3);
  for (guint i = 0; i < all->len; i++)
    {
      const TerraceAccessDay *day = &g_array_index (all, TerraceAccessDay, i);

      g_assert_cmpuint (day->days, ==, 1);
      if (i < 28)
        {
          g_assert_cmpint (day->day, ==, month + i);
          g_assert_cmpuint (day->reads, ==, 1);
          g_assert_cmpuint (day->bytes, ==, 5);
        }
    }
  /* One access of a week is put into its middle. */
  g_assert_cmpint (g_array_index (all, TerraceAccessDay, 28).day, ==, week + 3);
  g_assert_cmpuint (g_array_index (all, TerraceAccessDay, 28).reads, ==, 6);

  some = terrace_access_table_each_day (fixture->connection, item->id, month + 20, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (some->len, ==, 8 + 2);
  g_assert_cmpint (g_array_index (some, TerraceAccessDay, 0).day, ==, month + 20);
}

static void
test_steps (TableFixture *fixture, gconstpointer data)
{
  g_autoptr (TerraceItem) young = catalog_add_item (fixture->connection, 1, "a");
  gint64 old_rows;
  GError *error = NULL;

  record (fixture, young->id, TODAY - 1, 1);
  for (guint i = 0; i < 9; i++)
    {
      g_autofree char *key = g_strdup_printf ("%u", i);
      g_autoptr (TerraceItem) item = catalog_add_item (fixture->connection, 2, key);

      record (fixture, item->id, -70, 1);
      record (fixture, item->id, -69, 1);
    }
  g_assert_cmpuint (compact (fixture, TODAY, 4), ==, 3);
  terrace_connection_query_int64 (fixture->connection,
                                  "SELECT count (*) FROM access_day WHERE days = 28 AND reads = 2",
                                  &old_rows, &error);
  g_assert_no_error (error);
  g_assert_cmpint (old_rows, ==, 9);
}

#define ADD(path, func) \
  g_test_add (path, TableFixture, NULL, table_fixture_set_up, func, table_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/access-compact/spans", test_spans);
  ADD ("/access-compact/late", test_late);
  ADD ("/access-compact/day-by-day", test_day_by_day);
  ADD ("/access-compact/each-day", test_each_day);
  ADD ("/access-compact/steps", test_steps);
  return g_test_run ();
}
