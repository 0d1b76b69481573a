/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Price sheets: the program's own must be right, people's may be wrong without harm. */

#include "config.h"

#include "base/terrace-error.h"
#include "engine-fixture.h"
#include "engine/terrace-price-folder.h"
#include "terrace-test-support.h"

#include <glib/gstdio.h>

#define SHIPPED TERRACE_SOURCE_DATADIR "/prices"

static GPtrArray *
load (const char *first, const char *second, GPtrArray *problems, GError **error)
{
  const char *folders[] = { first, second, NULL };

  return terrace_price_folders_load (folders, problems, error);
}

static void
write_sheet (const char *folder, const char *name, const char *contents)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GError) error = NULL;

  g_mkdir_with_parents (folder, 0700);
  g_assert_true (g_file_set_contents (path, contents, -1, &error));
  g_assert_no_error (error);
}

/* The shipped sheet of disks with @from replaced by @to. */
static void
write_changed_sheet (const char *folder, const char *from, const char *to)
{
  g_autofree char *contents = NULL;
  g_autoptr (GString) changed = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_get_contents (SHIPPED "/local.json", &contents, NULL, &error));
  changed = g_string_new (contents);
  g_assert_cmpuint (g_string_replace (changed, from, to, 0), >, 0);
  write_sheet (folder, "mine.json", changed->str);
}

static void
test_shipped (void)
{
  g_autoptr (GPtrArray) problems = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) sheets = NULL;
  g_autoptr (GError) error = NULL;

  sheets = load (SHIPPED, "/nonexistent/prices", problems, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (sheets->len, ==, 4);
  g_assert_cmpuint (problems->len, ==, 0);
}

static void
test_own (void)
{
  g_autofree char *dir = terrace_test_make_dir ();
  g_autoptr (GPtrArray) problems = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) sheets = NULL;
  g_autoptr (GError) error = NULL;
  guint n_replaced = 0;

  write_changed_sheet (dir, "Disks of your own", "My own disks");
  sheets = load (SHIPPED, dir, problems, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (problems->len, ==, 0);
  g_assert_cmpuint (sheets->len, ==, 4);
  for (guint i = 0; i < sheets->len; i++)
    n_replaced +=
        g_str_equal (terrace_price_sheet_get_name (g_ptr_array_index (sheets, i)), "My own disks");
  g_assert_cmpuint (n_replaced, ==, 1);
  terrace_test_remove_dir (dir);
}

static void
test_own_faults (void)
{
  g_autofree char *dir = terrace_test_make_dir ();
  g_autofree char *folder_like = g_build_filename (dir, "folder.json", NULL);
  g_autoptr (GPtrArray) problems = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) sheets = NULL;
  g_autoptr (GError) error = NULL;

  write_sheet (dir, "broken.json", "{ \"format\": ");
  write_sheet (dir, "notes.txt", "not looked at");
  write_sheet (dir, "schema.json", "not looked at");
  write_changed_sheet (dir, "\"USD\"", "\"EUR\"");
  g_assert_cmpint (g_mkdir (folder_like, 0700), ==, 0);
  sheets = load (SHIPPED, dir, problems, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (sheets->len, ==, 4);
  g_assert_cmpuint (problems->len, ==, 3);
  g_assert_nonnull (strstr (g_ptr_array_index (problems, 0), "broken.json"));
  g_assert_nonnull (strstr (g_ptr_array_index (problems, 1), "folder.json"));
  g_assert_nonnull (strstr (g_ptr_array_index (problems, 2), "EUR"));
  terrace_test_remove_dir (dir);
}

static void
test_shipped_faults (void)
{
  g_autofree char *dir = terrace_test_make_dir ();
  g_autoptr (GPtrArray) problems = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;

  write_sheet (dir, "broken.json", "{ \"format\": ");
  g_assert_null (load (dir, NULL, problems, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_null (load ("/nonexistent/prices", NULL, problems, &error));
  g_assert_nonnull (error);
  terrace_test_remove_dir (dir);
}

static void
test_engine_starts (EngineFixture *fixture, gconstpointer data)
{
  g_autofree char *own = g_build_filename (fixture->dir, "prices", NULL);
  g_autoptr (GPtrArray) events = NULL;
  GPtrArray *problems;

  write_sheet (own, "broken.json", "{ \"format\": ");
  engine_fixture_close (fixture);
  engine_fixture_open (fixture, FALSE, FALSE);
  g_assert_cmpuint (terrace_engine_get_price_problems (fixture->engine)->len, ==, 1);
  g_assert_cmpuint (engine_fixture_count_events (fixture, TERRACE_EVENT_LOCATION), ==, 0);
  engine_fixture_close (fixture);
  engine_fixture_open (fixture, TRUE, FALSE);
  problems = terrace_engine_get_price_problems (fixture->engine);
  g_assert_cmpuint (problems->len, ==, 1);
  g_assert_cmpuint (terrace_engine_get_price_sheets (fixture->engine)->len, ==, 4);
  g_assert_cmpstr (terrace_engine_get_currency (fixture->engine), ==, "USD");
  g_assert_nonnull (terrace_engine_find_class (fixture->engine, "aws/STANDARD"));
  g_assert_null (terrace_engine_find_class (fixture->engine, "aws/NO_SUCH"));

  events = engine_fixture_get_events (fixture);
  g_assert_cmpuint (events->len, ==, 1);
  g_assert_cmpint (((TerraceEvent *) g_ptr_array_index (events, 0))->severity, ==,
                   TERRACE_SEVERITY_WARNING);
}

static void
test_engine_refuses (EngineFixture *fixture, gconstpointer data)
{
  g_autofree char *own = g_build_filename (fixture->dir, "prices", NULL);
  const char *price_dirs[] = { own, NULL };
  TerraceEngineOptions options = { .data_dir = fixture->data, .price_dirs = price_dirs };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  write_sheet (own, "broken.json", "{ \"format\": ");
  terrace_engine_open_async (&options, NULL, terrace_test_store_result, &result);
  terrace_test_await (&result);
  g_assert_null (terrace_engine_open_finish (result, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/engine/prices/shipped", test_shipped);
  g_test_add_func ("/engine/prices/own", test_own);
  g_test_add_func ("/engine/prices/own-faults", test_own_faults);
  g_test_add_func ("/engine/prices/shipped-faults", test_shipped_faults);
  g_test_add ("/engine/prices/engine-starts", EngineFixture, NULL, engine_fixture_set_up,
              test_engine_starts, engine_fixture_tear_down);
  g_test_add ("/engine/prices/engine-refuses", EngineFixture, NULL, engine_fixture_set_up,
              test_engine_refuses, engine_fixture_tear_down);

  return g_test_run ();
}
