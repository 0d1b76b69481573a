/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Copies: which one leads, that each keeps its id, and that no place is held twice. */

#include "catalog-fixture.h"

#include "base/terrace-error.h"

static TerraceReplica *
add_replica (TableFixture *fixture, gint64 item_id, gint64 location_id, const char *key)
{
  TerraceReplica *replica = terrace_replica_new ();
  GError *error = NULL;

  replica->item_id = item_id;
  replica->location_id = location_id;
  replica->key = g_strdup (key);
  replica->version = g_strdup ("copy");
  replica->class_id = g_strdup ("local/nas");
  replica->class_since_us = 5;
  terrace_replica_table_insert (fixture->connection, replica, &error);
  g_assert_no_error (error);
  g_assert_cmpint (replica->id, >, 0);
  return replica;
}

static GPtrArray *
list (TableFixture *fixture, gint64 item_id)
{
  GError *error = NULL;
  GPtrArray *replicas = terrace_replica_table_list (fixture->connection, item_id, &error);

  g_assert_no_error (error);
  return replicas;
}

static void
assert_replica (GPtrArray *replicas, guint index, gint64 id, gint64 location_id, const char *key)
{
  const TerraceReplica *replica = g_ptr_array_index (replicas, index);

  g_assert_cmpint (replica->id, ==, id);
  g_assert_cmpint (replica->location_id, ==, location_id);
  g_assert_cmpstr (replica->key, ==, key);
  g_assert_cmpint (replica->leading, ==, index == 0);
}

static void
set_leading (TableFixture *fixture, gint64 replica_id)
{
  GError *error = NULL;

  terrace_replica_table_set_leading (fixture->connection, replica_id, TERRACE_TIER_COLD, &error);
  g_assert_no_error (error);
}

static void
test_leading (TableFixture *fixture, gconstpointer data)
{
  g_autoptr (TerraceItem) item = catalog_add_item (fixture->connection, 1, "here");
  g_autoptr (TerraceReplica) copy = add_replica (fixture, item->id, 2, "there");
  g_autoptr (GPtrArray) before = list (fixture, item->id);
  g_autoptr (GPtrArray) after = NULL;
  g_autoptr (GPtrArray) back = NULL;
  g_autoptr (TerraceItem) stored = NULL;
  gint64 first_id = ((TerraceReplica *) g_ptr_array_index (before, 0))->id;
  GError *error = NULL;

  g_assert_cmpuint (before->len, ==, 2);
  assert_replica (before, 0, first_id, 1, "here");
  assert_replica (before, 1, copy->id, 2, "there");
  g_assert_cmpint (first_id, !=, copy->id);

  item->wanted_location_id = 2;
  item->wanted_class_id = g_strdup ("local/nas");
  item->saving_nanos = 10;
  terrace_item_table_set_assessment (fixture->connection, item, &error);
  g_assert_no_error (error);
  set_leading (fixture, copy->id);
  after = list (fixture, item->id);
  g_assert_cmpuint (after->len, ==, 2);
  assert_replica (after, 0, copy->id, 2, "there");
  assert_replica (after, 1, first_id, 1, "here");

  stored = terrace_item_table_get (fixture->connection, item->id, &error);
  g_assert_no_error (error);
  g_assert_cmpint (stored->location_id, ==, 2);
  g_assert_cmpstr (stored->key, ==, "there");
  g_assert_cmpstr (stored->version, ==, "copy");
  g_assert_cmpstr (stored->class_id, ==, "local/nas");
  g_assert_cmpint (stored->class_since_us, ==, 5);
  g_assert_cmpint (stored->tier, ==, TERRACE_TIER_COLD);
  g_assert_cmpint (stored->wanted_location_id, ==, 0);
  g_assert_null (stored->wanted_class_id);
  g_assert_cmpint (stored->saving_nanos, ==, 0);

  set_leading (fixture, copy->id);
  set_leading (fixture, first_id);
  back = list (fixture, item->id);
  assert_replica (back, 0, first_id, 1, "here");
  assert_replica (back, 1, copy->id, 2, "there");
}

static void
test_delete (TableFixture *fixture, gconstpointer data)
{
  g_autoptr (TerraceItem) item = catalog_add_item (fixture->connection, 1, "here");
  g_autoptr (TerraceReplica) copy = add_replica (fixture, item->id, 2, "there");
  g_autoptr (TerraceReplica) next = NULL;
  g_autoptr (GPtrArray) before = list (fixture, item->id);
  g_autoptr (GPtrArray) after = NULL;
  gint64 first_id = ((TerraceReplica *) g_ptr_array_index (before, 0))->id;
  GError *error = NULL;

  g_assert_false (terrace_replica_table_delete (fixture->connection, first_id, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID);
  g_clear_error (&error);

  set_leading (fixture, copy->id);
  g_assert_false (terrace_replica_table_delete (fixture->connection, copy->id, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID);
  g_clear_error (&error);
  terrace_replica_table_delete (fixture->connection, first_id, &error);
  g_assert_no_error (error);
  g_assert_false (terrace_replica_table_delete (fixture->connection, first_id, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND);
  g_clear_error (&error);
  after = list (fixture, item->id);
  g_assert_cmpuint (after->len, ==, 1);
  assert_replica (after, 0, copy->id, 2, "there");

  /* The place of the copy that is gone is free again; ids are not given out twice. */
  next = add_replica (fixture, item->id, 1, "here");
  g_assert_cmpint (next->id, !=, first_id);
  g_assert_cmpint (next->id, !=, copy->id);
}

static void
test_taken (TableFixture *fixture, gconstpointer data)
{
  g_autoptr (TerraceItem) item = catalog_add_item (fixture->connection, 1, "here");
  g_autoptr (TerraceItem) other = catalog_add_item (fixture->connection, 1, "other");
  g_autoptr (TerraceReplica) copy = add_replica (fixture, item->id, 2, "there");
  g_autoptr (TerraceReplica) second = terrace_replica_new ();
  g_autoptr (TerraceItem) third = catalog_new_item (2, "there");
  GError *error = NULL;

  second->item_id = other->id;
  second->location_id = 2;
  second->key = g_strdup ("there");
  g_assert_false (terrace_replica_table_insert (fixture->connection, second, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_EXISTS);
  g_clear_error (&error);
  g_assert_cmpint (second->id, ==, 0);

  second->location_id = 1;
  g_free (second->key);
  second->key = g_strdup ("here");
  g_assert_false (terrace_replica_table_insert (fixture->connection, second, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_EXISTS);
  g_clear_error (&error);

  g_assert_false (terrace_item_table_insert (fixture->connection, third, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_EXISTS);
  g_clear_error (&error);

  third->id = other->id;
  g_assert_false (terrace_item_table_update (fixture->connection, third, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_EXISTS);
  g_clear_error (&error);
}

static void
test_checksum (TableFixture *fixture, gconstpointer data)
{
  g_autoptr (TerraceItem) item = catalog_add_item (fixture->connection, 1, "here");
  g_autoptr (TerraceReplica) copy = add_replica (fixture, item->id, 2, "there");
  g_autoptr (TerraceItem) stored = NULL;
  TerraceDigest digest = { TERRACE_CHECKSUM_SHA256, { 9 } };
  GError *error = NULL;

  terrace_item_table_set_checksum (fixture->connection, item->id, "v1", &digest, 7, &error);
  g_assert_no_error (error);
  /* The copy's checksum is not known: the object's still is. */
  set_leading (fixture, copy->id);
  stored = terrace_item_table_get (fixture->connection, item->id, &error);
  g_assert_no_error (error);
  g_assert_true (terrace_digest_equal (&stored->checksum, &digest));
  g_assert_cmpint (stored->verified_us, ==, 0);
}

static void
test_forget (TableFixture *fixture, gconstpointer data)
{
  g_autoptr (TerraceItem) item = catalog_add_item (fixture->connection, 1, "here");
  g_autoptr (TerraceReplica) copy = add_replica (fixture, item->id, 2, "there");
  g_autoptr (GPtrArray) after = NULL;
  GError *error = NULL;

  terrace_item_table_delete (fixture->connection, item->id, &error);
  g_assert_no_error (error);
  after = list (fixture, item->id);
  g_assert_cmpuint (after->len, ==, 0);
  g_assert_false (
      terrace_replica_table_set_leading (fixture->connection, copy->id, TERRACE_TIER_HOT, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND);
  g_clear_error (&error);
}

#define ADD(path, func) \
  g_test_add (path, TableFixture, NULL, table_fixture_set_up, func, table_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/replica-table/leading", test_leading);
  ADD ("/replica-table/delete", test_delete);
  ADD ("/replica-table/taken", test_taken);
  ADD ("/replica-table/checksum", test_checksum);
  ADD ("/replica-table/forget", test_forget);
  return g_test_run ();
}
