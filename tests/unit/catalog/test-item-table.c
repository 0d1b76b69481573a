/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Rows of item: what goes in comes out, and what is refused. */

#include "catalog-fixture.h"

#include "base/terrace-error.h"

#include <string.h>

#define US TERRACE_US_PER_SECOND

static TerraceItem *
new_full_item (void)
{
  TerraceItem *item = catalog_new_item (1, "folder/full.txt");

  item->size_bytes = 123456789012;
  item->created_us = 1 * US;
  item->modified_us = 2 * US;
  item->registered_us = 3 * US;
  item->checksum.kind = TERRACE_CHECKSUM_SHA256;
  memset (item->checksum.bytes, 0xab, sizeof item->checksum.bytes);
  item->verified_us = 4 * US;
  item->missing = TRUE;
  item->tier = TERRACE_TIER_COLD;
  item->class_since_us = 5 * US;
  item->temperature = TERRACE_TEMPERATURE_WARM;
  item->rates = (TerraceAccessRates){ 6 * US, 7 * US, 8 * US, 1.5, 2.5, 3.5, 9 };
  item->reads_per_month = 4.25;
  item->assessed_us = 10 * US;
  item->monthly_nanos = 11;
  item->wanted_location_id = 2;
  item->wanted_class_id = g_strdup ("aws/GLACIER");
  item->saving_nanos = -12;
  item->once_nanos = 13;
  item->reason = g_strdup ("Because");
  return item;
}

static void
assert_same (TerraceItem *a, TerraceItem *b)
{
  g_assert_cmpint (a->id, ==, b->id);
  g_assert_cmpint (a->location_id, ==, b->location_id);
  g_assert_cmpstr (a->key, ==, b->key);
  g_assert_cmpstr (a->name, ==, b->name);
  g_assert_cmpstr (a->content_type, ==, b->content_type);
  g_assert_cmpstr (a->version, ==, b->version);
  g_assert_cmpuint (a->size_bytes, ==, b->size_bytes);
  g_assert_cmpint (a->created_us, ==, b->created_us);
  g_assert_cmpint (a->modified_us, ==, b->modified_us);
  g_assert_cmpint (a->registered_us, ==, b->registered_us);
  g_assert_cmpmem (&a->checksum, sizeof a->checksum, &b->checksum, sizeof b->checksum);
  g_assert_cmpint (a->verified_us, ==, b->verified_us);
  g_assert_cmpint (a->missing, ==, b->missing);
  g_assert_cmpint (a->tier, ==, b->tier);
  g_assert_cmpstr (a->class_id, ==, b->class_id);
  g_assert_cmpint (a->class_since_us, ==, b->class_since_us);
  g_assert_cmpint (a->temperature, ==, b->temperature);
  g_assert_cmpmem (&a->rates, sizeof a->rates, &b->rates, sizeof b->rates);
  g_assert_cmpfloat (a->reads_per_month, ==, b->reads_per_month);
  g_assert_cmpint (a->assessed_us, ==, b->assessed_us);
  g_assert_cmpint (a->monthly_nanos, ==, b->monthly_nanos);
  g_assert_cmpint (a->wanted_location_id, ==, b->wanted_location_id);
  g_assert_cmpstr (a->wanted_class_id, ==, b->wanted_class_id);
  g_assert_cmpint (a->saving_nanos, ==, b->saving_nanos);
  g_assert_cmpint (a->once_nanos, ==, b->once_nanos);
  g_assert_cmpstr (a->reason, ==, b->reason);
  g_assert_cmpint (a->moving, ==, b->moving);
}

static TerraceItem *
get (TableFixture *fixture, gint64 id)
{
  GError *error = NULL;
  TerraceItem *item = terrace_item_table_get (fixture->connection, id, &error);

  g_assert_no_error (error);
  return item;
}

static void
test_insert (TableFixture *fixture, gconstpointer data)
{
  g_autoptr (TerraceItem) item = new_full_item ();
  g_autoptr (TerraceItem) stored = NULL;
  g_autoptr (TerraceItem) same = catalog_new_item (1, "folder/full.txt");
  GError *error = NULL;

  terrace_item_table_insert (fixture->connection, item, &error);
  g_assert_no_error (error);
  g_assert_cmpint (item->id, >, 0);
  stored = get (fixture, item->id);
  assert_same (item, stored);

  g_assert_false (terrace_item_table_insert (fixture->connection, same, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_EXISTS);
  g_clear_error (&error);
  g_assert_cmpint (same->id, ==, 0);

  same->location_id = 99;
  g_assert_false (terrace_item_table_insert (fixture->connection, same, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID);
  g_clear_error (&error);

  g_assert_null (terrace_item_table_get (fixture->connection, 4711, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND);
  g_clear_error (&error);
}

/* What is taken, by an item or by somebody's copy, is left out; the rest is in and counted. */
static void
test_insert_many (TableFixture *fixture, gconstpointer data)
{
  static const char WRONG[] =
      "SELECT count (*) FROM (SELECT location_id, tier, temperature, count (*), sum (size_bytes),"
      " sum (monthly_nanos), sum (wanted_location_id > 0 AND NOT moving),"
      " sum ((wanted_location_id > 0 AND NOT moving) * saving_nanos)"
      " FROM item GROUP BY 1, 2, 3 EXCEPT SELECT * FROM total)";
  g_autoptr (TerraceItem) first = catalog_add_item (fixture->connection, 1, "a");
  g_autoptr (TerraceReplica) copy = terrace_replica_new ();
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (TerraceItem) stored = NULL;
  g_autoptr (TerraceItem) later = NULL;
  TerraceItem *full = new_full_item ();
  gint64 wrong;
  GError *error = NULL;

  copy->item_id = first->id;
  copy->location_id = 2;
  copy->key = g_strdup ("copy");
  terrace_replica_table_insert (fixture->connection, copy, &error);
  g_assert_no_error (error);
  g_ptr_array_add (items, catalog_new_item (1, "a"));
  g_ptr_array_add (items, catalog_new_item (1, "b"));
  g_ptr_array_add (items, catalog_new_item (2, "copy"));
  g_ptr_array_add (items, full);
  g_ptr_array_add (items, catalog_new_item (1, "b"));
  terrace_item_table_insert_many (fixture->connection, items, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < items->len; i++)
    g_assert_cmpint (((TerraceItem *) g_ptr_array_index (items, i))->id != 0, ==, i % 2 == 1);
  stored = terrace_item_table_get (fixture->connection, full->id, &error);
  g_assert_no_error (error);
  assert_same (stored, full);
  terrace_connection_query_int64 (fixture->connection, WRONG, &wrong, &error);
  g_assert_no_error (error);
  g_assert_cmpint (wrong, ==, 0);

  /* An id is never used again. */
  terrace_item_table_delete (fixture->connection, full->id, &error);
  g_assert_no_error (error);
  later = catalog_add_item (fixture->connection, 1, "c");
  g_assert_cmpint (later->id, >, full->id);
}

static void
test_update (TableFixture *fixture, gconstpointer data)
{
  g_autoptr (TerraceItem) item = catalog_add_item (fixture->connection, 1, "plain");
  g_autoptr (TerraceItem) other = catalog_add_item (fixture->connection, 1, "other");
  g_autoptr (TerraceItem) full = new_full_item ();
  g_autoptr (TerraceItem) stored = NULL;
  GError *error = NULL;

  full->id = item->id;
  terrace_item_table_update (fixture->connection, full, &error);
  g_assert_no_error (error);
  stored = get (fixture, item->id);
  assert_same (full, stored);

  g_free (full->key);
  full->key = g_strdup ("other");
  g_assert_false (terrace_item_table_update (fixture->connection, full, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_EXISTS);
  g_clear_error (&error);

  full->id = 4711;
  g_free (full->key);
  full->key = g_strdup ("free");
  g_assert_false (terrace_item_table_update (fixture->connection, full, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND);
  g_clear_error (&error);
}

static void
test_set_assessment (TableFixture *fixture, gconstpointer data)
{
  g_autoptr (TerraceItem) item = catalog_add_item (fixture->connection, 1, "plain");
  g_autoptr (TerraceItem) full = new_full_item ();
  g_autoptr (TerraceItem) stored = NULL;
  GError *error = NULL;

  full->id = item->id;
  terrace_item_table_set_assessment (fixture->connection, full, &error);
  g_assert_no_error (error);
  stored = get (fixture, item->id);
  g_assert_cmpint (stored->temperature, ==, TERRACE_TEMPERATURE_WARM);
  g_assert_cmpfloat (stored->reads_per_month, ==, 4.25);
  g_assert_cmpint (stored->assessed_us, ==, 10 * US);
  g_assert_cmpint (stored->monthly_nanos, ==, 11);
  g_assert_cmpint (stored->wanted_location_id, ==, 2);
  g_assert_cmpstr (stored->wanted_class_id, ==, "aws/GLACIER");
  g_assert_cmpint (stored->saving_nanos, ==, -12);
  g_assert_cmpint (stored->once_nanos, ==, 13);
  g_assert_cmpstr (stored->reason, ==, "Because");
  /* What others decide is left alone. */
  g_assert_cmpstr (stored->key, ==, "plain");
  g_assert_cmpuint (stored->size_bytes, ==, 0);
  g_assert_cmpuint (stored->rates.total_reads, ==, 0);

  full->id = 4711;
  g_assert_false (terrace_item_table_set_assessment (fixture->connection, full, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND);
  g_clear_error (&error);
}

static void
test_set_checksum (TableFixture *fixture, gconstpointer data)
{
  g_autoptr (TerraceItem) item = catalog_add_item (fixture->connection, 1, "plain");
  g_autoptr (TerraceItem) stored = NULL;
  g_autoptr (GPtrArray) unhashed = NULL;
  g_autoptr (GPtrArray) rest = NULL;
  g_autoptr (GPtrArray) replicas = NULL;
  TerraceReplica *leading;
  TerraceDigest digest = { TERRACE_CHECKSUM_SHA256, { 1, 2, 3 } };
  GError *error = NULL;

  unhashed = terrace_item_table_unhashed (fixture->connection, 0, 10, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (unhashed->len, ==, 1);

  terrace_item_table_set_checksum (fixture->connection, item->id, "v2", &digest, 7, &error);
  g_assert_no_error (error);
  stored = get (fixture, item->id);
  g_assert_cmpstr (stored->version, ==, "v2");
  g_assert_true (terrace_digest_equal (&stored->checksum, &digest));
  g_assert_cmpint (stored->verified_us, ==, 7);

  rest = terrace_item_table_unhashed (fixture->connection, 0, 10, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (rest->len, ==, 0);

  replicas = terrace_replica_table_list (fixture->connection, item->id, &error);
  g_assert_no_error (error);
  leading = g_ptr_array_index (replicas, 0);
  g_assert_cmpstr (leading->version, ==, "v2");
  g_assert_true (terrace_digest_equal (&leading->checksum, &digest));
}

static void
test_delete (TableFixture *fixture, gconstpointer data)
{
  g_autoptr (TerraceItem) item = catalog_add_item (fixture->connection, 1, "plain");
  g_autoptr (TerraceItem) moving = catalog_add_item (fixture->connection, 1, "moving");
  g_autoptr (TerraceMove) move = catalog_add_move (fixture->connection, moving->id);
  g_autoptr (TerraceItem) next = NULL;
  GError *error = NULL;

  terrace_item_table_delete (fixture->connection, item->id, &error);
  g_assert_no_error (error);
  g_assert_false (terrace_item_table_delete (fixture->connection, item->id, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_false (terrace_item_table_delete (fixture->connection, moving->id, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_EXISTS);
  g_clear_error (&error);

  /* An id is never given out again: histories refer to it. */
  next = catalog_add_item (fixture->connection, 1, "plain");
  g_assert_cmpint (next->id, >, moving->id);
}

static void
test_find (TableFixture *fixture, gconstpointer data)
{
  g_autofree char *longest = g_strnfill (1024, 'k');
  const char *const keys[] = { "plain",       "a/b c",
                               "caf\xc3\xa9", "\xff\xfe latin \xe9",
                               "new\nline",   "quo'te\"s;--",
                               "%_*?",        longest,
                               " ",           "." };
  GError *error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      g_autoptr (TerraceItem) item = catalog_add_item (fixture->connection, 1, keys[i]);
      g_autoptr (TerraceItem) found =
          terrace_item_table_find (fixture->connection, 1, keys[i], &error);

      g_assert_no_error (error);
      g_assert_nonnull (found);
      g_assert_cmpint (found->id, ==, item->id);
      g_assert_cmpstr (found->key, ==, keys[i]);
    }
  g_assert_null (terrace_item_table_find (fixture->connection, 2, "plain", &error));
  g_assert_no_error (error);
  g_assert_null (terrace_item_table_find (fixture->connection, 1, "PLAIN", &error));
  g_assert_no_error (error);
}

static void
test_get_many (TableFixture *fixture, gconstpointer data)
{
  g_autoptr (TerraceItem) first = catalog_add_item (fixture->connection, 1, "1");
  g_autoptr (TerraceItem) second = catalog_add_item (fixture->connection, 1, "2");
  gint64 ids[] = { second->id, 4711, first->id, second->id };
  g_autoptr (GPtrArray) items = NULL;
  GError *error = NULL;

  items = terrace_item_table_get_many (fixture->connection, ids, G_N_ELEMENTS (ids), &error);
  g_assert_no_error (error);
  g_assert_cmpuint (items->len, ==, 3);
  g_assert_cmpint (((TerraceItem *) g_ptr_array_index (items, 0))->id, ==, second->id);
  g_assert_cmpint (((TerraceItem *) g_ptr_array_index (items, 1))->id, ==, first->id);
  g_assert_cmpint (((TerraceItem *) g_ptr_array_index (items, 2))->id, ==, second->id);
}

#define ADD(path, func) \
  g_test_add (path, TableFixture, NULL, table_fixture_set_up, func, table_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/item-table/insert", test_insert);
  ADD ("/item-table/insert-many", test_insert_many);
  ADD ("/item-table/update", test_update);
  ADD ("/item-table/set-assessment", test_set_assessment);
  ADD ("/item-table/set-checksum", test_set_checksum);
  ADD ("/item-table/delete", test_delete);
  ADD ("/item-table/find", test_find);
  ADD ("/item-table/get-many", test_get_many);
  return g_test_run ();
}
