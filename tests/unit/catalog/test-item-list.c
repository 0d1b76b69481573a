/* SPDX-License-Identifier: GPL-3.0-or-later */

/* TerraceItemList with 5,000 rows: it shows the order of the catalogue, tells what changed so that
 * a mirror of it stays true, and keeps its objects. */

#include "catalog-fixture.h"

#include "catalog/terrace-item-list.h"
#include "terrace-fake-clock.h"
#include "terrace-test-support.h"

#define N_ROWS 5000

typedef struct
{
  CatalogFixture base;
  TerraceItemList *list;
  GArray *mirror; /* ids, kept by items_changed alone */
  guint n_signals;
  guint most_at_once;
} Fixture;

static gboolean
add_rows (TerraceConnection *connection, gpointer data, GError **error)
{
  g_autoptr (TerraceLocation) location = catalog_new_location ("One");

  if (!terrace_location_table_insert (connection, location, error))
    return FALSE;
  for (guint i = 0; i < N_ROWS; i++)
    {
      g_autofree char *key = g_strdup_printf ("row %05u", i * 7919 % N_ROWS);
      g_autoptr (TerraceItem) item = catalog_new_item (1, key);

      item->size_bytes = i % 100;
      item->tier = (TerraceTier) (i % 4);
      if (!terrace_item_table_insert (connection, item, error))
        return FALSE;
    }
  return TRUE;
}

static void
items_changed_cb (Fixture *fixture, guint position, guint removed, guint added, GListModel *model)
{
  g_assert_cmpuint (position + removed, <=, fixture->mirror->len);
  g_array_remove_range (fixture->mirror, position, removed);
  for (guint i = 0; i < added; i++)
    {
      gint64 id = terrace_item_list_get_id (fixture->list, position + i);

      g_assert_cmpint (id, >, 0);
      g_array_insert_val (fixture->mirror, position + i, id);
    }
  g_assert_cmpuint (g_list_model_get_n_items (model), ==, fixture->mirror->len);
  fixture->n_signals++;
  fixture->most_at_once = MAX (fixture->most_at_once, MIN (removed, added));
}

static gboolean
is_loaded (gpointer data)
{
  return !terrace_item_list_get_loading (data);
}

static void
load (Fixture *fixture)
{
  terrace_test_await_condition (is_loaded, fixture->list);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  GError *error = NULL;

  catalog_fixture_init (&fixture->base);
  g_object_unref (fixture->base.clock);
  fixture->base.clock = terrace_fake_clock_new (1000000);
  catalog_fixture_open (&fixture->base);
  catalog_write (fixture->base.catalog, add_rows, NULL, &error);
  g_assert_no_error (error);
  terrace_test_settle ();

  fixture->mirror = g_array_new (FALSE, FALSE, sizeof (gint64));
  fixture->list = terrace_item_list_new (fixture->base.catalog);
  g_signal_connect_swapped (fixture->list, "items-changed", G_CALLBACK (items_changed_cb), fixture);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (fixture->list)), ==, 0);
  g_assert_true (terrace_item_list_get_loading (fixture->list));
  load (fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_assert_finalize_object (fixture->list);
  catalog_fixture_clear (&fixture->base);
  g_array_unref (fixture->mirror);
}

typedef struct
{
  TerraceItemList *list;
  GArray *order;
} OrderQuery;

static gboolean
read_order (TerraceConnection *connection, gpointer data, GError **error)
{
  OrderQuery *query = data;
  gboolean descending;
  TerraceItemSort sort = terrace_item_list_get_sort (query->list, &descending);

  query->order = terrace_item_table_order (connection, terrace_item_list_get_filter (query->list),
                                           sort, descending, error);
  return query->order != NULL;
}

static void
assert_true_to_catalog (Fixture *fixture)
{
  OrderQuery query = { fixture->list, NULL };
  GError *error = NULL;

  catalog_read (fixture->base.catalog, read_order, &query, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (query.order->data, query.order->len * sizeof (gint64), fixture->mirror->data,
                   fixture->mirror->len * sizeof (gint64));
  g_array_unref (query.order);
}

static TerraceItem *
get (Fixture *fixture, guint position)
{
  return g_list_model_get_item (G_LIST_MODEL (fixture->list), position);
}

static void
test_rows (Fixture *fixture, gconstpointer data)
{
  g_assert_cmpuint (fixture->mirror->len, ==, N_ROWS);
  assert_true_to_catalog (fixture);
  for (guint i = 0; i < N_ROWS; i += 37)
    {
      g_autoptr (TerraceItem) item = get (fixture, i);
      g_autoptr (TerraceItem) again = get (fixture, i);

      g_assert_cmpint (item->id, ==, g_array_index (fixture->mirror, gint64, i));
      g_assert_cmpint (item->id, ==, terrace_item_list_get_id (fixture->list, i));
      g_assert_true (item == again);
      g_assert_false (item->missing);
    }
  g_assert_null (get (fixture, N_ROWS));
  g_assert_cmpint (terrace_item_list_get_id (fixture->list, N_ROWS), ==, 0);
}

static void
test_sort (Fixture *fixture, gconstpointer data)
{
  for (int sort = TERRACE_ITEM_SORT_ID; sort <= TERRACE_ITEM_SORT_SAVING; sort++)
    {
      terrace_item_list_set_sort (fixture->list, (TerraceItemSort) sort, TRUE);
      load (fixture);
      assert_true_to_catalog (fixture);
      terrace_item_list_set_sort (fixture->list, (TerraceItemSort) sort, FALSE);
      load (fixture);
      assert_true_to_catalog (fixture);
    }
  /* Never a large step that both removes and adds. */
  g_assert_cmpuint (fixture->most_at_once, <=, 512);
}

static void
test_filter (Fixture *fixture, gconstpointer data)
{
  TerraceItemFilter filter;

  terrace_item_filter_init (&filter);
  filter.tier = TERRACE_TIER_WARM;
  terrace_item_list_set_filter (fixture->list, &filter);
  load (fixture);
  g_assert_cmpuint (fixture->mirror->len, ==, N_ROWS / 4);
  assert_true_to_catalog (fixture);

  filter.text = (char *) "ROW 0012";
  filter.tier = -1;
  terrace_item_list_set_filter (fixture->list, &filter);
  /* The answer to a question that is not asked any more must not arrive. */
  filter.text = (char *) "ROW 00123";
  terrace_item_list_set_filter (fixture->list, &filter);
  load (fixture);
  g_assert_cmpuint (fixture->mirror->len, ==, 1);
  assert_true_to_catalog (fixture);

  filter.text = (char *) "nowhere";
  terrace_item_list_set_filter (fixture->list, &filter);
  load (fixture);
  g_assert_cmpuint (fixture->mirror->len, ==, 0);
}

/* --- changes ---------------------------------------------------------------------------------- */

typedef gboolean (*Change) (TerraceConnection *connection, GError **error);

static gboolean
run_change (TerraceConnection *connection, gpointer data, GError **error)
{
  return ((Change) data) (connection, error);
}

static void
change (Fixture *fixture, Change func)
{
  GError *error = NULL;

  /* Long enough for the list to follow at once. */
  terrace_fake_clock_advance_us (TERRACE_FAKE_CLOCK (fixture->base.clock),
                                 10 * TERRACE_US_PER_SECOND);
  terrace_test_settle ();
  fixture->n_signals = 0;
  catalog_write (fixture->base.catalog, run_change, func, &error);
  g_assert_no_error (error);
  terrace_test_settle ();
  terrace_fake_clock_advance_us (TERRACE_FAKE_CLOCK (fixture->base.clock), 1);
  load (fixture);
}

static gboolean
rename_item (TerraceConnection *connection, gint64 id, const char *name, GError **error)
{
  g_autoptr (TerraceItem) item = terrace_item_table_get (connection, id, error);

  if (item == NULL)
    return FALSE;
  g_free (item->name);
  item->name = g_strdup (name);
  return terrace_item_table_update (connection, item, error);
}

static gboolean
rename_in_place (TerraceConnection *connection, GError **error)
{
  return rename_item (connection, 10, "renamed", error) &&
         rename_item (connection, 11, "renamed too", error) &&
         rename_item (connection, 4000, "nobody looks", error);
}

static void
test_change_rows (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TerraceItem) before = get (fixture, 9);
  g_autoptr (TerraceItem) neighbour = get (fixture, 10);
  g_autoptr (TerraceItem) other = get (fixture, 20);
  g_autoptr (TerraceItem) after = NULL;
  g_autoptr (TerraceItem) other_after = NULL;

  change (fixture, rename_in_place);
  /* One signal for the two neighbours that were looked at. */
  g_assert_cmpuint (fixture->n_signals, ==, 1);
  after = get (fixture, 9);
  g_assert_cmpstr (after->name, ==, "renamed");
  other_after = get (fixture, 20);
  g_assert_true (other == other_after);
  assert_true_to_catalog (fixture);
}

static gboolean
rename_first_to_last (TerraceConnection *connection, GError **error)
{
  g_autoptr (TerraceItem) item = terrace_item_table_find (connection, 1, "row 00000", error);

  return item != NULL && rename_item (connection, item->id, "zzz", error);
}

static void
test_change_order (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TerraceItem) second = NULL;
  g_autoptr (TerraceItem) now_first = NULL;
  g_autoptr (TerraceItem) last = NULL;

  terrace_item_list_set_sort (fixture->list, TERRACE_ITEM_SORT_NAME, FALSE);
  load (fixture);
  second = get (fixture, 1);
  change (fixture, rename_first_to_last);
  /* One row leaves, one comes; nobody else is disturbed. */
  g_assert_cmpuint (fixture->n_signals, ==, 2);
  assert_true_to_catalog (fixture);
  now_first = get (fixture, 0);
  g_assert_true (now_first == second);
  last = get (fixture, N_ROWS - 1);
  g_assert_cmpstr (last->name, ==, "zzz");
}

static gboolean
forget_some (TerraceConnection *connection, GError **error)
{
  for (gint64 id = 100; id < 200; id += 2)
    if (!terrace_item_table_delete (connection, id, error))
      return FALSE;
  return TRUE;
}

static gboolean
forget_all (TerraceConnection *connection, GError **error)
{
  return terrace_connection_execute (connection, "DELETE FROM item", error);
}

static void
test_forget (Fixture *fixture, gconstpointer data)
{
  change (fixture, forget_some);
  g_assert_cmpuint (fixture->mirror->len, ==, N_ROWS - 50);
  assert_true_to_catalog (fixture);
  change (fixture, forget_all);
  g_assert_cmpuint (fixture->mirror->len, ==, 0);
  assert_true_to_catalog (fixture);
}

/* A row that is gone before the list knows is shown as missing, and does not crash it. */
static void
test_gone (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TerraceItem) item = NULL;
  GError *error = NULL;

  catalog_write (fixture->base.catalog, run_change, forget_all, &error);
  g_assert_no_error (error);
  item = get (fixture, 1000);
  g_assert_nonnull (item);
  g_assert_true (item->missing);
  g_assert_cmpint (item->id, ==, terrace_item_list_get_id (fixture->list, 1000));
}

static gboolean
shuffle (TerraceConnection *connection, GError **error)
{
  return terrace_connection_execute (connection,
                                     "UPDATE item SET name = printf ('%05d', id * 7907 % 5000)",
                                     error);
}

static void
test_shuffle (Fixture *fixture, gconstpointer data)
{
  terrace_item_list_set_sort (fixture->list, TERRACE_ITEM_SORT_NAME, FALSE);
  load (fixture);
  fixture->most_at_once = 0;
  change (fixture, shuffle);
  assert_true_to_catalog (fixture);
  g_assert_cmpuint (fixture->most_at_once, <=, 512);
}

static gboolean
random_changes (TerraceConnection *connection, GError **error)
{
  for (guint i = 0; i < 5; i++)
    {
      gint64 id = g_test_rand_int_range (1, N_ROWS);
      g_autofree char *name = g_strdup_printf ("row %05d", g_test_rand_int_range (0, N_ROWS));
      g_autofree char *key = g_strdup_printf ("new %08x", (guint) g_test_rand_int ());
      g_autoptr (TerraceItem) item = catalog_new_item (1, key);
      g_autoptr (TerraceItem) old = terrace_item_table_get (connection, id, NULL);

      g_free (item->name);
      item->name = g_strdup (name);
      if (!terrace_item_table_insert (connection, item, error))
        return FALSE;
      if (old != NULL && !(i % 2 == 0 ? rename_item (connection, id, name, error) :
                                        terrace_item_table_delete (connection, id, error)))
        return FALSE;
    }
  return TRUE;
}

static void
test_random (Fixture *fixture, gconstpointer data)
{
  terrace_item_list_set_sort (fixture->list, TERRACE_ITEM_SORT_NAME, TRUE);
  load (fixture);
  for (guint round = 0; round < 30; round++)
    {
      for (guint i = 0; i < 10; i++)
        g_object_unref (
            get (fixture, (guint) g_test_rand_int_range (0, (gint32) fixture->mirror->len)));
      change (fixture, random_changes);
      assert_true_to_catalog (fixture);
      for (guint i = 0; i < fixture->mirror->len; i += 501)
        {
          g_autoptr (TerraceItem) item = get (fixture, i);

          g_assert_cmpint (item->id, ==, g_array_index (fixture->mirror, gint64, i));
          g_assert_false (item->missing);
        }
    }
}

/* Rows may be dropped while a load is under way. */
static void
test_drop_while_loading (void)
{
  CatalogFixture base;

  catalog_fixture_init (&base);
  catalog_fixture_open (&base);
  g_assert_finalize_object (terrace_item_list_new (base.catalog));
  terrace_test_settle ();
  catalog_fixture_clear (&base);
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/item-list/rows", test_rows);
  ADD ("/item-list/sort", test_sort);
  ADD ("/item-list/filter", test_filter);
  ADD ("/item-list/change-rows", test_change_rows);
  ADD ("/item-list/change-order", test_change_order);
  ADD ("/item-list/forget", test_forget);
  ADD ("/item-list/gone", test_gone);
  ADD ("/item-list/shuffle", test_shuffle);
  ADD ("/item-list/random", test_random);
  g_test_add_func ("/item-list/drop-while-loading", test_drop_while_loading);
  return g_test_run ();
}
