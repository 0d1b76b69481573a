/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Writes that are committed together: a failing one takes nothing with it, a lost transaction fails
 * all that were in it and none that was not, and nobody is told before the commit. */

#include "catalog-fixture.h"
#include "terrace-test-support.h"

#include "base/terrace-error.h"
#include "catalog/terrace-job-private.h"
#include "catalog/terrace-setting-table.h"

#define N_JOBS 5

typedef struct
{
  char *folder;
  char *path;
  TerraceConnection *connection;
  TerraceJob jobs[N_JOBS];
  GPtrArray *tasks;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  GError *error = NULL;

  fixture->folder = terrace_test_make_dir ();
  fixture->path = g_build_filename (fixture->folder, "catalog.db", NULL);
  fixture->connection = terrace_catalog_file_open (fixture->path, 1000, NULL, &error);
  g_assert_no_error (error);
  fixture->tasks = g_ptr_array_new_with_free_func (g_object_unref);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  terrace_connection_close (fixture->connection);
  g_ptr_array_unref (fixture->tasks);
  terrace_test_remove_dir (fixture->folder);
  g_free (fixture->path);
  g_free (fixture->folder);
}

static void
add_job (Fixture *fixture,
         TerraceCatalogFunc func,
         gpointer data,
         TerraceCatalogChange changes,
         GCancellable *cancellable)
{
  guint number = fixture->tasks->len;
  GTask *task = g_task_new (NULL, cancellable, NULL, NULL);

  fixture->jobs[number] = (TerraceJob){ func, data, changes };
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, &fixture->jobs[number], NULL);
  g_ptr_array_add (fixture->tasks, task);
}

static void
assert_ended (Fixture *fixture, guint number, GQuark domain, int code)
{
  g_autoptr (GError) error = NULL;
  gboolean done = g_task_propagate_boolean (fixture->tasks->pdata[number], &error);

  if (domain == 0)
    {
      g_assert_no_error (error);
      g_assert_true (done);
    }
  else
    g_assert_error (error, domain, code);
}

/* Through a connection of its own: what is committed. */
static gboolean
is_stored (Fixture *fixture, const char *key)
{
  GError *error = NULL;
  TerraceConnection *reader = terrace_catalog_file_open_reader (fixture->path, 1000, &error);
  g_autofree char *value = NULL;

  g_assert_no_error (error);
  value = terrace_setting_table_get (reader, key, &error);
  g_assert_no_error (error);
  terrace_connection_close (reader);
  return value != NULL;
}

static gboolean
set_func (TerraceConnection *connection, gpointer data, GError **error)
{
  return terrace_setting_table_set (connection, data, "x", error);
}

static gboolean
set_and_fail_func (TerraceConnection *connection, gpointer data, GError **error)
{
  terrace_setting_table_set (connection, data, "x", error);
  g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_EXISTS, "It is there");
  return FALSE;
}

/* As SQLite does after a full disk. */
static gboolean
lose_transaction_func (TerraceConnection *connection, gpointer data, GError **error)
{
  g_assert_true (terrace_connection_run (connection, "ROLLBACK", NULL));
  g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_NO_SPACE, "The disk is full");
  return FALSE;
}

/* Is only found when it is committed. */
static gboolean
break_commit_func (TerraceConnection *connection, gpointer data, GError **error)
{
  return terrace_connection_run (connection, "PRAGMA defer_foreign_keys = ON", error) &&
         terrace_connection_run (connection,
                                 "INSERT INTO access_recent (item_id, entries) VALUES (7, x'00')",
                                 error);
}

static void
committed_cb (TerraceCatalogChange changes, gpointer data)
{
  *(TerraceCatalogChange *) data |= changes;
}

static TerraceCatalogChange
run_together (Fixture *fixture)
{
  TerraceCatalogChange changes = 0;

  terrace_jobs_run_together (fixture->tasks, fixture->connection, committed_cb, &changes);
  return changes;
}

static void
test_a_failing_one (Fixture *fixture, gconstpointer data)
{
  add_job (fixture, set_func, (gpointer) "a", TERRACE_CATALOG_ITEMS, NULL);
  add_job (fixture, set_and_fail_func, (gpointer) "b", TERRACE_CATALOG_MOVES, NULL);
  add_job (fixture, set_func, (gpointer) "c", TERRACE_CATALOG_SETTINGS, NULL);
  g_assert_cmpuint (run_together (fixture), ==, TERRACE_CATALOG_ITEMS | TERRACE_CATALOG_SETTINGS);
  assert_ended (fixture, 0, 0, 0);
  assert_ended (fixture, 1, TERRACE_ERROR, TERRACE_ERROR_EXISTS);
  assert_ended (fixture, 2, 0, 0);
  g_assert_true (is_stored (fixture, "a"));
  g_assert_false (is_stored (fixture, "b"));
  g_assert_true (is_stored (fixture, "c"));
}

static void
test_a_lost_transaction (Fixture *fixture, gconstpointer data)
{
  add_job (fixture, set_func, (gpointer) "a", TERRACE_CATALOG_ITEMS, NULL);
  add_job (fixture, lose_transaction_func, NULL, TERRACE_CATALOG_MOVES, NULL);
  add_job (fixture, set_func, (gpointer) "c", TERRACE_CATALOG_SETTINGS, NULL);
  g_assert_cmpuint (run_together (fixture), ==, TERRACE_CATALOG_SETTINGS);
  assert_ended (fixture, 0, TERRACE_ERROR, TERRACE_ERROR_NO_SPACE);
  assert_ended (fixture, 1, TERRACE_ERROR, TERRACE_ERROR_NO_SPACE);
  assert_ended (fixture, 2, 0, 0);
  g_assert_false (is_stored (fixture, "a"));
  g_assert_true (is_stored (fixture, "c"));
}

static void
test_a_failing_commit (Fixture *fixture, gconstpointer data)
{
  add_job (fixture, set_func, (gpointer) "a", TERRACE_CATALOG_ITEMS, NULL);
  add_job (fixture, break_commit_func, NULL, TERRACE_CATALOG_ITEMS, NULL);
  g_assert_cmpuint (run_together (fixture), ==, 0);
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (g_task_propagate_boolean (fixture->tasks->pdata[i], &error));
      g_assert_nonnull (error);
    }
  g_assert_false (is_stored (fixture, "a"));

  /* The connection is as good as before. */
  g_ptr_array_set_size (fixture->tasks, 0);
  add_job (fixture, set_func, (gpointer) "b", 0, NULL);
  add_job (fixture, set_func, (gpointer) "c", 0, NULL);
  run_together (fixture);
  assert_ended (fixture, 0, 0, 0);
  g_assert_true (is_stored (fixture, "b"));
}

static void
test_cancelled (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  g_cancellable_cancel (cancellable);
  add_job (fixture, set_func, (gpointer) "a", 0, NULL);
  add_job (fixture, set_func, (gpointer) "b", TERRACE_CATALOG_ITEMS, cancellable);
  g_assert_cmpuint (run_together (fixture), ==, 0);
  assert_ended (fixture, 0, 0, 0);
  assert_ended (fixture, 1, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_true (is_stored (fixture, "a"));
  g_assert_false (is_stored (fixture, "b"));
}

static void
test_locked (Fixture *fixture, gconstpointer data)
{
  GError *error = NULL;
  TerraceConnection *other =
      terrace_connection_open (fixture->path, TERRACE_CONNECTION_WRITER, 0, &error);

  g_assert_no_error (error);
  terrace_connection_close (fixture->connection);
  fixture->connection = terrace_catalog_file_open (fixture->path, 10, NULL, &error);
  g_assert_no_error (error);
  terrace_connection_execute (other, "BEGIN IMMEDIATE", &error);
  g_assert_no_error (error);
  add_job (fixture, set_func, (gpointer) "a", TERRACE_CATALOG_ITEMS, NULL);
  add_job (fixture, set_func, (gpointer) "b", TERRACE_CATALOG_ITEMS, NULL);
  g_assert_cmpuint (run_together (fixture), ==, 0);
  assert_ended (fixture, 0, TERRACE_ERROR, TERRACE_ERROR_BUSY);
  assert_ended (fixture, 1, TERRACE_ERROR, TERRACE_ERROR_BUSY);
  terrace_connection_close (other);
}

/* --- Through the catalogue ----------------------------------------------------------------- */

typedef struct
{
  GMutex mutex;
  GCond cond;
  gboolean open;
  GString *order;
} Gate;

static gboolean
wait_func (TerraceConnection *connection, gpointer data, GError **error)
{
  Gate *gate = data;

  g_mutex_lock (&gate->mutex);
  while (!gate->open)
    g_cond_wait (&gate->cond, &gate->mutex);
  g_mutex_unlock (&gate->mutex);
  return TRUE;
}

static gboolean
note_func (TerraceConnection *connection, gpointer data, GError **error)
{
  Gate *gate = data;

  g_string_append_c (gate->order, (char) ('a' + gate->order->len % 26));
  return TRUE;
}

static void
count_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (terrace_catalog_write_finish (TERRACE_CATALOG (object), result, &error));
  g_assert_no_error (error);
  ++*(guint *) user_data;
}

static gboolean
has_all (gpointer data)
{
  return *(guint *) data == 201;
}

/* Many that pile up behind a slow one all end, in their order, also when the catalogue closes. */
static void
test_pile (void)
{
  CatalogFixture fixture;
  Gate gate = { .order = g_string_new (NULL) };
  guint n_done = 0;

  g_mutex_init (&gate.mutex);
  g_cond_init (&gate.cond);
  catalog_fixture_init (&fixture);
  catalog_fixture_open (&fixture);
  terrace_catalog_write_async (fixture.catalog, wait_func, &gate, 0, NULL, count_cb, &n_done);
  for (guint i = 0; i < 200; i++)
    terrace_catalog_write_async (fixture.catalog, note_func, &gate, 0, NULL, count_cb, &n_done);
  g_mutex_lock (&gate.mutex);
  gate.open = TRUE;
  g_cond_signal (&gate.cond);
  g_mutex_unlock (&gate.mutex);
  terrace_test_await_condition (has_all, &n_done);
  g_assert_cmpuint (gate.order->len, ==, 200);
  for (guint i = 0; i < 200; i++)
    g_assert_cmpint (gate.order->str[i], ==, 'a' + (int) (i % 26));
  catalog_fixture_clear (&fixture);
  g_string_free (gate.order, TRUE);
  g_mutex_clear (&gate.mutex);
  g_cond_clear (&gate.cond);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, function) g_test_add (name, Fixture, NULL, set_up, function, tear_down)
  ADD ("/job/a-failing-one", test_a_failing_one);
  ADD ("/job/a-lost-transaction", test_a_lost_transaction);
  ADD ("/job/a-failing-commit", test_a_failing_commit);
  ADD ("/job/cancelled", test_cancelled);
  ADD ("/job/locked", test_locked);
  g_test_add_func ("/job/pile", test_pile);

  return g_test_run ();
}
