/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Orders, filters, keyset pages, totals. Rows with many ties and with nothing in them. */

#include "catalog-fixture.h"

#include "catalog/terrace-item-row-private.h"

#include <string.h>

#define N_ITEMS 700

static TerraceItem *
new_random_item (guint i)
{
  static const char *const names[] = { "", "a", "A", "b", "Straße", "straße", "ÉTÉ", "report.pdf" };
  static const char *const classes[] = { "", "local/disk", "aws/GLACIER" };
  g_autofree char *key =
      g_strdup_printf ("dir/%s/%u", names[i % G_N_ELEMENTS (names)], i * 31 % 97);
  g_autofree char *unique = g_strdup_printf ("%s.%u", key, i);
  TerraceItem *item = catalog_new_item (1 + i % 3, unique);

  g_free (item->name);
  item->name = g_strdup (names[g_test_rand_int_range (0, G_N_ELEMENTS (names))]);
  g_free (item->class_id);
  item->class_id = g_strdup (classes[g_test_rand_int_range (0, G_N_ELEMENTS (classes))]);
  item->size_bytes = (guint64) g_test_rand_int_range (0, 5) << 33;
  item->tier = (TerraceTier) g_test_rand_int_range (0, TERRACE_N_TIERS);
  item->temperature = (TerraceTemperature) g_test_rand_int_range (0, 4);
  item->reads_per_month = g_test_rand_int_range (0, 3) * 0.1;
  item->rates.last_us = g_test_rand_int_range (-1, 3);
  item->monthly_nanos = g_test_rand_int_range (-2, 3);
  item->saving_nanos = g_test_rand_int_range (-2, 3);
  item->wanted_location_id = g_test_rand_int_range (0, 2);
  return item;
}

static void
set_up (TableFixture *fixture, gconstpointer data)
{
  GError *error = NULL;

  table_fixture_set_up (fixture, data);
  for (guint i = 0; i < N_ITEMS; i++)
    {
      g_autoptr (TerraceItem) item = new_random_item (i);

      terrace_item_table_insert (fixture->connection, item, &error);
      g_assert_no_error (error);
      if (i % 10 == 0)
        g_object_unref (catalog_add_move (fixture->connection, item->id));
    }
}

/* --- pages ------------------------------------------------------------------------------------ */

/* All ids by pages of @limit, each behind the one before. */
static GArray *
walk_pages (TableFixture *fixture,
            const TerraceItemFilter *filter,
            TerraceItemSort sort,
            gboolean descending,
            guint limit)
{
  GArray *ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (TerraceItem) after = NULL;

  for (;;)
    {
      GError *error = NULL;
      g_autoptr (GPtrArray) page = terrace_item_table_page (fixture->connection, filter, sort,
                                                            descending, after, limit, &error);

      g_assert_no_error (error);
      g_assert_cmpuint (page->len, <=, limit);
      if (page->len == 0)
        return ids;
      for (guint i = 0; i < page->len; i++)
        g_array_append_val (ids, ((TerraceItem *) g_ptr_array_index (page, i))->id);
      g_set_object (&after, g_ptr_array_index (page, page->len - 1));
    }
}

static void
assert_pages (TableFixture *fixture, const TerraceItemFilter *filter)
{
  for (int i = TERRACE_ITEM_SORT_ID; i <= TERRACE_ITEM_SORT_SAVING; i++)
    for (int descending = 0; descending <= 1; descending++)
      {
        TerraceItemSort sort = (TerraceItemSort) i;
        g_autoptr (GArray) pages = walk_pages (fixture, filter, sort, descending, 37);
        g_autoptr (GArray) order = NULL;
        GError *error = NULL;

        order = terrace_item_table_order (fixture->connection, filter, sort, descending, &error);
        g_assert_no_error (error);
        g_assert_cmpuint (order->len, >, 0);
        g_assert_cmpmem (order->data, order->len * sizeof (gint64), pages->data,
                         pages->len * sizeof (gint64));
      }
}

static void
test_pages (TableFixture *fixture, gconstpointer data)
{
  TerraceItemFilter filter;

  terrace_item_filter_init (&filter);
  g_assert_true (terrace_item_filter_is_empty (&filter));
  assert_pages (fixture, &filter);
  filter.planned = TRUE;
  g_assert_false (terrace_item_filter_is_empty (&filter));
  assert_pages (fixture, &filter);
  filter.tier = TERRACE_TIER_WARM;
  filter.text = (char *) "dir";
  assert_pages (fixture, &filter);
}

/* --- orders ----------------------------------------------------------------------------------- */

static int
compare_int64 (gint64 a, gint64 b)
{
  return a < b ? -1 : a > b;
}

static int
compare (TerraceItem *a, TerraceItem *b, TerraceItemSort sort)
{
  int class_order =
      a->tier != b->tier ? (int) a->tier - (int) b->tier : strcmp (a->class_id, b->class_id);

  switch (sort)
    {
    case TERRACE_ITEM_SORT_NAME:
      return g_ascii_strcasecmp (a->name, b->name);
    case TERRACE_ITEM_SORT_SIZE:
      return compare_int64 ((gint64) a->size_bytes, (gint64) b->size_bytes);
    case TERRACE_ITEM_SORT_TEMPERATURE:
      return (a->reads_per_month > b->reads_per_month) - (a->reads_per_month < b->reads_per_month);
    case TERRACE_ITEM_SORT_TIER:
    case TERRACE_ITEM_SORT_CLASS:
      return class_order;
    case TERRACE_ITEM_SORT_LOCATION:
      return compare_int64 (a->location_id, b->location_id);
    case TERRACE_ITEM_SORT_LAST_ACCESS:
      return compare_int64 (a->rates.last_us, b->rates.last_us);
    case TERRACE_ITEM_SORT_COST:
      return compare_int64 (a->monthly_nanos, b->monthly_nanos);
    case TERRACE_ITEM_SORT_SAVING:
      return compare_int64 (a->saving_nanos, b->saving_nanos);
    case TERRACE_ITEM_SORT_ID:
    default:
      return compare_int64 (a->id, b->id);
    }
}

static void
test_orders (TableFixture *fixture, gconstpointer data)
{
  TerraceItemFilter filter;

  terrace_item_filter_init (&filter);
  for (int i = TERRACE_ITEM_SORT_ID; i <= TERRACE_ITEM_SORT_SAVING; i++)
    for (int descending = 0; descending <= 1; descending++)
      {
        TerraceItemSort sort = (TerraceItemSort) i;
        g_autoptr (GPtrArray) items = NULL;
        GError *error = NULL;

        items = terrace_item_table_page (fixture->connection, &filter, sort, descending, NULL,
                                         N_ITEMS + 1, &error);
        g_assert_no_error (error);
        g_assert_cmpuint (items->len, ==, N_ITEMS);
        for (guint n = 1; n < items->len; n++)
          {
            int order =
                compare (g_ptr_array_index (items, n - 1), g_ptr_array_index (items, n), sort);

            g_assert_cmpint (descending ? -order : order, <=, 0);
          }
      }
}

/* Each of the orders walks an index: SQLite's plan sorts nothing. */
static void
test_indexed (TableFixture *fixture, gconstpointer data)
{
#define PLAN_OF(order) "EXPLAIN QUERY PLAN SELECT id FROM item ORDER BY " order
  static const char *const plans[] = {
    PLAN_OF ("id"),
    PLAN_OF ("name, id"),
    PLAN_OF ("size_bytes, id"),
    PLAN_OF ("reads_per_month, id"),
    PLAN_OF ("tier, class_id, id"),
    PLAN_OF ("location_id, key"),
    PLAN_OF ("last_access_us, id"),
    PLAN_OF ("monthly_nanos, id"),
    PLAN_OF ("saving_nanos, id"),
  };

  for (guint i = 0; i < G_N_ELEMENTS (plans); i++)
    {
      g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;
      g_autofree char *plan = NULL;
      GError *error = NULL;

      terrace_statement_prepare (&statement, fixture->connection, plans[i], &error);
      g_assert_no_error (error);
      g_assert_cmpint (terrace_statement_step (&statement, &error), ==, TERRACE_STEP_ROW);
      statement.n_read = 3;
      plan = terrace_statement_read_text (&statement);
      g_assert_nonnull (strstr (plan, i == 0 ? "SCAN item" : "USING COVERING INDEX"));
      g_assert_cmpint (terrace_statement_step (&statement, &error), ==, TERRACE_STEP_DONE);
    }
}

/* --- filters ---------------------------------------------------------------------------------- */

static guint
count (TableFixture *fixture, const TerraceItemFilter *filter)
{
  g_autoptr (GArray) order = NULL;
  GError *error = NULL;

  order =
      terrace_item_table_order (fixture->connection, filter, TERRACE_ITEM_SORT_NAME, FALSE, &error);
  g_assert_no_error (error);
  return order->len;
}

static gint64
query (TableFixture *fixture, const char *sql)
{
  gint64 n;
  GError *error = NULL;

  terrace_connection_query_int64 (fixture->connection, sql, &n, &error);
  g_assert_no_error (error);
  return n;
}

static void
test_filter_columns (TableFixture *fixture, gconstpointer data)
{
  TerraceItemFilter filter;

  terrace_item_filter_init (&filter);
  filter.tier = TERRACE_TIER_HOT;
  g_assert_cmpint (count (fixture, &filter), ==,
                   query (fixture, "SELECT count (*) FROM item WHERE tier = 0"));
  filter.temperature = TERRACE_TEMPERATURE_WARM;
  g_assert_cmpint (count (fixture, &filter), ==,
                   query (fixture,
                          "SELECT count (*) FROM item WHERE tier = 0 AND temperature = 2"));
  filter.location_id = 2;
  g_assert_cmpint (count (fixture, &filter), ==,
                   query (fixture, "SELECT count (*) FROM item WHERE tier = 0 AND"
                                   " temperature = 2 AND location_id = 2"));
  filter.planned = TRUE;
  g_assert_cmpint (count (fixture, &filter), ==,
                   query (fixture, "SELECT count (*) FROM item WHERE tier = 0 AND temperature = 2"
                                   " AND location_id = 2 AND wanted_location_id > 0 AND"
                                   " NOT moving"));
}

static void
test_filter_ranges (TableFixture *fixture, gconstpointer data)
{
  TerraceItemFilter filter;

  terrace_item_filter_init (&filter);
  filter.min_bytes = G_GUINT64_CONSTANT (1) << 33;
  g_assert_false (terrace_item_filter_is_empty (&filter));
  g_assert_cmpint (count (fixture, &filter), ==,
                   query (fixture, "SELECT count (*) FROM item WHERE size_bytes >= 1 << 33"));
  assert_pages (fixture, &filter);
  filter.max_bytes = G_GUINT64_CONSTANT (2) << 33;
  g_assert_cmpint (count (fixture, &filter), ==,
                   query (fixture, "SELECT count (*) FROM item WHERE size_bytes BETWEEN 1 << 33"
                                   " AND 2 << 33"));
  filter.used_since_us = 1;
  g_assert_cmpint (count (fixture, &filter), ==,
                   query (fixture, "SELECT count (*) FROM item WHERE size_bytes BETWEEN 1 << 33"
                                   " AND 2 << 33 AND last_access_us >= 1"));

  terrace_item_filter_init (&filter);
  filter.used_before_us = 2;
  g_assert_cmpint (count (fixture, &filter), ==,
                   query (fixture, "SELECT count (*) FROM item WHERE last_access_us < 2"));
  assert_pages (fixture, &filter);
}

static guint
count_text (TableFixture *fixture, const char *text)
{
  TerraceItemFilter filter;

  terrace_item_filter_init (&filter);
  filter.text = (char *) text;
  return count (fixture, &filter);
}

static void
test_filter_text (TableFixture *fixture, gconstpointer data)
{
  g_autofree char *longest = g_strnfill (1024, 'K');
  g_autoptr (TerraceItem) plain = NULL;
  g_autoptr (TerraceItem) latin = NULL;
  g_autoptr (TerraceItem) large = NULL;
  g_autofree char *many = g_strnfill (3000, 'x');

  plain = catalog_add_item (fixture->connection, 1, "Folder Ä/Größe 100% [x].TXT");
  latin = catalog_add_item (fixture->connection, 1, "lat\xefn \xff Qq.bin");
  large = catalog_add_item (fixture->connection, 1, longest);
  g_assert_cmpuint (count_text (fixture, NULL), ==, N_ITEMS + 3);
  g_assert_cmpuint (count_text (fixture, "  \t "), ==, N_ITEMS + 3);
  g_assert_cmpuint (count_text (fixture, "größe"), ==, 1);
  g_assert_cmpuint (count_text (fixture, "GRÖSSE folder"), ==, 1);
  g_assert_cmpuint (count_text (fixture, "folder nowhere"), ==, 0);
  g_assert_cmpuint (count_text (fixture, "100%"), ==, 1);
  g_assert_cmpuint (count_text (fixture, "[x].txt"), ==, 1);
  g_assert_cmpuint (count_text (fixture, "qQ.BIN lat"), ==, 1);
  g_assert_cmpuint (count_text (fixture, "kkkkkkkkkk"), ==, 1);
  g_assert_cmpuint (count_text (fixture, many), ==, 0);
  g_assert_cmpuint (count_text (fixture, "\xff\xfe"), ==, 0);
}

static void
test_filter_copy (void)
{
  TerraceItemFilter filter, copy;

  terrace_item_filter_init (&filter);
  filter.text = g_strdup ("words");
  filter.tier = 2;
  terrace_item_filter_copy (&filter, &copy);
  g_assert_true (copy.text != filter.text);
  g_assert_cmpstr (copy.text, ==, "words");
  g_assert_cmpint (copy.tier, ==, 2);
  terrace_item_filter_clear (&filter);
  g_assert_true (terrace_item_filter_is_empty (&filter));
  terrace_item_filter_clear (&copy);
}

/* --- totals ----------------------------------------------------------------------------------- */

/* Rows that either side has and the other has not; both are sets with one row per cell. */
static void
assert_totals (TableFixture *fixture)
{
  static const char WRONG[] =
      "WITH truth AS (SELECT location_id, tier, temperature, count (*), sum (size_bytes),"
      " sum (monthly_nanos), sum (wanted_location_id > 0 AND NOT moving),"
      " sum ((wanted_location_id > 0 AND NOT moving) * saving_nanos)"
      " FROM item GROUP BY 1, 2, 3)"
      "SELECT (SELECT count (*) FROM (SELECT * FROM truth EXCEPT SELECT * FROM total)) +"
      " (SELECT count (*) FROM (SELECT * FROM total EXCEPT SELECT * FROM truth))";

  g_assert_cmpint (query (fixture, WRONG), ==, 0);
}

static void
change_randomly (TableFixture *fixture, guint round)
{
  gint64 id = g_test_rand_int_range (1, N_ITEMS + 1);
  g_autoptr (TerraceItem) item = terrace_item_table_get (fixture->connection, id, NULL);
  g_autoptr (TerraceItem) fresh = new_random_item (N_ITEMS + round);
  GError *error = NULL;

  switch (g_test_rand_int_range (0, 5))
    {
    case 0:
      terrace_item_table_insert (fixture->connection, fresh, &error);
      break;
    case 1:
      if (item != NULL && !item->moving)
        terrace_item_table_delete (fixture->connection, id, &error);
      break;
    case 2:
      fresh->id = id;
      if (item != NULL)
        terrace_item_table_update (fixture->connection, fresh, &error);
      break;
    case 3:
      fresh->id = id;
      if (item != NULL)
        terrace_item_table_set_assessment (fixture->connection, fresh, &error);
      break;
    default:
      if (item != NULL && !item->moving)
        g_object_unref (catalog_add_move (fixture->connection, id));
      break;
    }
  g_assert_no_error (error);
}

static void
test_totals (TableFixture *fixture, gconstpointer data)
{
  g_autoptr (GArray) totals = NULL;
  guint64 items = 0;
  GError *error = NULL;

  assert_totals (fixture);
  for (guint round = 0; round < 2000; round++)
    {
      change_randomly (fixture, round);
      if (round % 100 == 0)
        assert_totals (fixture);
    }
  assert_totals (fixture);

  totals = terrace_item_table_totals (fixture->connection, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < totals->len; i++)
    items += g_array_index (totals, TerraceItemTotals, i).items;
  g_assert_cmpint (items, ==, query (fixture, "SELECT count (*) FROM item"));
}

/* --- import ----------------------------------------------------------------------------------- */

static char *
list_indexes (TableFixture *fixture)
{
  static const char SQL[] = "SELECT group_concat (sql, '; ') FROM"
                            " (SELECT sql FROM sqlite_schema WHERE type = 'index' AND"
                            " tbl_name = 'item' ORDER BY name)";
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;
  GError *error = NULL;

  terrace_statement_prepare (&statement, fixture->connection, SQL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (terrace_statement_step (&statement, &error), ==, TERRACE_STEP_ROW);
  return terrace_statement_read_text (&statement);
}

static void
test_import (TableFixture *fixture, gconstpointer data)
{
  g_autofree char *before = list_indexes (fixture);
  g_autofree char *during = NULL;
  g_autofree char *after = NULL;
  gboolean complete = FALSE;
  TerraceItemFilter filter;
  GError *error = NULL;

  terrace_item_filter_init (&filter);
  terrace_item_table_begin_import (fixture->connection, &error);
  g_assert_no_error (error);
  terrace_item_table_begin_import (fixture->connection, &error);
  g_assert_no_error (error);
  during = list_indexes (fixture);
  g_assert_cmpuint (strlen (during), <, strlen (before));
  assert_pages (fixture, &filter);
  filter.planned = TRUE;
  assert_pages (fixture, &filter);
  while (!complete)
    {
      terrace_item_table_end_import (fixture->connection, &complete, &error);
      g_assert_no_error (error);
    }
  after = list_indexes (fixture);
  g_assert_cmpstr (after, ==, before);
}

static guint
count_unhashed (TableFixture *fixture, gint64 after_id)
{
  g_autoptr (GPtrArray) items = NULL;
  GError *error = NULL;

  items = terrace_item_table_unhashed (fixture->connection, after_id, 1000, &error);
  g_assert_no_error (error);
  return items->len;
}

static void
test_import_unhashed (TableFixture *fixture, gconstpointer data)
{
  guint all = count_unhashed (fixture, 0), some = count_unhashed (fixture, 10);
  GError *error = NULL;

  g_assert_cmpuint (all, >, some);
  terrace_item_table_begin_import (fixture->connection, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (count_unhashed (fixture, 0), ==, all);
  g_assert_cmpuint (count_unhashed (fixture, 10), ==, some);
}

static gboolean
is_importing (TableFixture *fixture)
{
  gboolean importing;
  GError *error = NULL;

  terrace_item_table_is_importing (fixture->connection, &importing, &error);
  g_assert_no_error (error);
  return importing;
}

/* Indexes only go for a registration that is large, and large beside what is there. */
static void
test_consider_import (TableFixture *fixture, gconstpointer data)
{
  static const char MANY[] = "INSERT INTO total VALUES (99, 3, 3, 1000000, 0, 0, 0, 0)";
  static const char FEWER[] = "UPDATE total SET items = 100000 WHERE location_id = 99";
  GError *error = NULL;

  terrace_connection_execute (fixture->connection, MANY, &error);
  g_assert_no_error (error);
  terrace_item_table_consider_import (fixture->connection, 1000, &error);
  g_assert_no_error (error);
  terrace_item_table_consider_import (fixture->connection, 50000, &error);
  g_assert_no_error (error);
  g_assert_false (is_importing (fixture));
  terrace_connection_execute (fixture->connection, FEWER, &error);
  g_assert_no_error (error);
  terrace_item_table_consider_import (fixture->connection, 50000, &error);
  g_assert_no_error (error);
  g_assert_true (is_importing (fixture));
}

#define ADD(path, func) g_test_add (path, TableFixture, NULL, set_up, func, table_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/item-query/pages", test_pages);
  ADD ("/item-query/orders", test_orders);
  ADD ("/item-query/indexed", test_indexed);
  ADD ("/item-query/filter-columns", test_filter_columns);
  ADD ("/item-query/filter-ranges", test_filter_ranges);
  ADD ("/item-query/filter-text", test_filter_text);
  g_test_add_func ("/item-query/filter-copy", test_filter_copy);
  ADD ("/item-query/totals", test_totals);
  ADD ("/item-query/import", test_import);
  ADD ("/item-query/import-unhashed", test_import_unhashed);
  ADD ("/item-query/consider-import", test_consider_import);
  return g_test_run ();
}
