/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Trained models: versions, which one decides, and how many are kept. */

#include "catalog-fixture.h"

#include "base/terrace-error.h"
#include "base/terrace-limits.h"
#include "catalog/terrace-model-table.h"

static TerraceModelRow *
add_model (TableFixture *fixture, const char *kind, gboolean chosen)
{
  static const char *const features[] = { "size", "age", NULL };
  TerraceModelRow *row = terrace_model_row_new ();
  GError *error = NULL;

  row->kind = g_strdup (kind);
  row->trained_us = 5;
  row->n_rows = 100;
  row->seed = -42;
  row->score = g_strdup ("{\"f1\":0.9}");
  row->features = g_strdupv ((char **) features);
  row->chosen = chosen;
  row->bytes = g_bytes_new_static ("\0model", 6);
  terrace_model_table_insert (fixture->connection, row, &error);
  g_assert_no_error (error);
  return row;
}

static gint64
get_chosen (TableFixture *fixture, const char *kind)
{
  g_autoptr (TerraceModelRow) row = NULL;
  GError *error = NULL;

  row = terrace_model_table_get_chosen (fixture->connection, kind, &error);
  g_assert_no_error (error);
  return row != NULL ? row->id : 0;
}

static void
test_store (TableFixture *fixture, gconstpointer data)
{
  g_autoptr (TerraceModelRow) row = add_model (fixture, "tier", FALSE);
  g_autoptr (TerraceModelRow) stored = NULL;
  GError *error = NULL;

  stored = terrace_model_table_get (fixture->connection, row->id, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (stored->kind, ==, "tier");
  g_assert_cmpint (stored->version, ==, 1);
  g_assert_cmpint (stored->trained_us, ==, 5);
  g_assert_cmpuint (stored->n_rows, ==, 100);
  g_assert_cmpint (stored->seed, ==, -42);
  g_assert_cmpstr (stored->score, ==, "{\"f1\":0.9}");
  g_assert_true (
      g_strv_equal ((const char *const *) stored->features, (const char *const *) row->features));
  g_assert_false (stored->chosen);
  g_assert_true (g_bytes_equal (stored->bytes, row->bytes));
  g_assert_null (terrace_model_table_get (fixture->connection, 4711, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND);
  g_clear_error (&error);
}

static void
test_choose (TableFixture *fixture, gconstpointer data)
{
  g_autoptr (TerraceModelRow) first = add_model (fixture, "tier", TRUE);
  g_autoptr (TerraceModelRow) reads = add_model (fixture, "reads", TRUE);
  g_autoptr (TerraceModelRow) second = NULL;
  GError *error = NULL;

  g_assert_cmpint (get_chosen (fixture, "tier"), ==, first->id);
  second = add_model (fixture, "tier", TRUE);
  g_assert_cmpint (second->version, ==, 2);
  g_assert_cmpint (get_chosen (fixture, "tier"), ==, second->id);
  terrace_model_table_choose (fixture->connection, "tier", first->id, &error);
  g_assert_no_error (error);
  g_assert_cmpint (get_chosen (fixture, "tier"), ==, first->id);
  terrace_model_table_choose (fixture->connection, "tier", 0, &error);
  g_assert_no_error (error);
  g_assert_cmpint (get_chosen (fixture, "tier"), ==, 0);
  g_assert_cmpint (get_chosen (fixture, "reads"), ==, reads->id);
  /* Of another kind, it is none. */
  g_assert_false (terrace_model_table_choose (fixture->connection, "tier", reads->id, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND);
  g_clear_error (&error);
}

static void
test_bound (TableFixture *fixture, gconstpointer data)
{
  g_autoptr (TerraceModelRow) chosen = add_model (fixture, "tier", TRUE);
  g_autoptr (GPtrArray) tier = NULL;
  g_autoptr (GPtrArray) all = NULL;
  TerraceModelRow *newest;
  GError *error = NULL;

  for (guint i = 0; i < TERRACE_LIMIT_MODELS + 5; i++)
    terrace_model_row_free (add_model (fixture, "tier", FALSE));
  terrace_model_row_free (add_model (fixture, "reads", FALSE));
  tier = terrace_model_table_list (fixture->connection, "tier", 1000, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (tier->len, ==, TERRACE_LIMIT_MODELS + 1);
  newest = g_ptr_array_index (tier, 0);
  g_assert_cmpint (newest->version, ==, TERRACE_LIMIT_MODELS + 6);
  g_assert_null (newest->bytes);
  g_assert_cmpint (get_chosen (fixture, "tier"), ==, chosen->id);
  all = terrace_model_table_list (fixture->connection, NULL, 2, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (all->len, ==, 2);
  g_assert_cmpstr (((TerraceModelRow *) g_ptr_array_index (all, 0))->kind, ==, "reads");
}

#define ADD(name, function) \
  g_test_add (name, TableFixture, NULL, table_fixture_set_up, function, table_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/model-table/store", test_store);
  ADD ("/model-table/choose", test_choose);
  ADD ("/model-table/bound", test_bound);
  return g_test_run ();
}
