/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Statements, their parameters and columns, and transactions that undo themselves. */

#include "catalog-fixture.h"

#include "base/terrace-error.h"

#include <math.h>

static void
execute (TableFixture *fixture, const char *sql)
{
  GError *error = NULL;

  terrace_connection_execute (fixture->connection, sql, &error);
  g_assert_no_error (error);
}

static gint64
query (TableFixture *fixture, const char *sql)
{
  gint64 value;
  GError *error = NULL;

  terrace_connection_query_int64 (fixture->connection, sql, &value, &error);
  g_assert_no_error (error);
  return value;
}

static void
test_values (TableFixture *fixture, gconstpointer data)
{
  static const char SQL[] = "SELECT ?, ?, ?, ?, ?, ?, ?, ?, ?, ?";
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;
  TerraceDigest digest = { TERRACE_CHECKSUM_SHA256, { 1, 2, 3 } }, read_digest;
  TerraceDigest unknown = { TERRACE_CHECKSUM_NONE, { 0 } };
  g_autofree char *text = NULL;
  g_autofree char *null = NULL;
  g_autofree char *empty = NULL;
  g_autofree char *key = NULL;
  GError *error = NULL;

  terrace_statement_prepare (&statement, fixture->connection, SQL, &error);
  g_assert_no_error (error);
  terrace_statement_bind_int64 (&statement, G_MININT64);
  terrace_statement_bind_double (&statement, 0.1);
  terrace_statement_bind_double (&statement, NAN);
  terrace_statement_bind_text (&statement, "it's");
  terrace_statement_bind_text (&statement, NULL);
  terrace_statement_bind_text_or_empty (&statement, NULL);
  terrace_statement_bind_key (&statement, "\xff\n");
  terrace_statement_bind_digest (&statement, &digest);
  g_assert_cmpint (terrace_statement_step (&statement, &error), ==, TERRACE_STEP_ROW);
  g_assert_no_error (error);
  g_assert_cmpint (terrace_statement_read_int64 (&statement), ==, G_MININT64);
  g_assert_cmpfloat (terrace_statement_read_double (&statement), ==, 0.1);
  g_assert_cmpfloat (terrace_statement_read_double (&statement), ==, 0.0);
  text = terrace_statement_read_text (&statement);
  g_assert_cmpstr (text, ==, "it's");
  null = terrace_statement_read_text (&statement);
  g_assert_null (null);
  empty = terrace_statement_read_text (&statement);
  g_assert_cmpstr (empty, ==, "");
  key = terrace_statement_read_key (&statement);
  g_assert_cmpstr (key, ==, "\xff\n");
  terrace_statement_read_digest (&statement, &read_digest);
  g_assert_true (terrace_digest_equal (&digest, &read_digest));
  g_assert_cmpint (terrace_statement_step (&statement, &error), ==, TERRACE_STEP_DONE);

  terrace_statement_rewind (&statement);
  for (guint i = 0; i < 8; i++)
    terrace_statement_bind_int64 (&statement, i);
  terrace_statement_bind_digest (&statement, &unknown);
  g_assert_cmpint (terrace_statement_step (&statement, &error), ==, TERRACE_STEP_ROW);
  statement.n_read = 8;
  terrace_statement_read_digest (&statement, &read_digest);
  g_assert_cmpint (read_digest.kind, ==, TERRACE_CHECKSUM_NONE);
}

static void
test_errors (TableFixture *fixture, gconstpointer data)
{
  g_auto (TerraceStatement) bad = TERRACE_STATEMENT_INIT;
  g_auto (TerraceStatement) short_one = TERRACE_STATEMENT_INIT;
  GError *error = NULL;

  g_assert_false (terrace_statement_prepare (&bad, fixture->connection, "SELEKT", &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_FAILED);
  g_clear_error (&error);

  /* A bind that fails is not lost. */
  terrace_statement_prepare (&short_one, fixture->connection, "SELECT ?", &error);
  g_assert_no_error (error);
  terrace_statement_bind_int64 (&short_one, 1);
  terrace_statement_bind_int64 (&short_one, 2);
  g_assert_cmpint (terrace_statement_step (&short_one, &error), ==, TERRACE_STEP_ERROR);
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_FAILED);
  g_clear_error (&error);

  execute (fixture, "CREATE TABLE t (a INTEGER NOT NULL CHECK (a > 0)) STRICT");
  g_assert_false (
      terrace_connection_execute (fixture->connection, "INSERT INTO t VALUES (-1)", &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID);
  g_clear_error (&error);
}

static gboolean
insert_and_commit (TableFixture *fixture, gboolean commit)
{
  g_auto (TerraceTransaction) transaction = TERRACE_TRANSACTION_INIT;
  GError *error = NULL;

  terrace_transaction_begin (&transaction, fixture->connection, &error);
  g_assert_no_error (error);
  execute (fixture, "INSERT INTO t VALUES (1)");
  return !commit || terrace_transaction_commit (&transaction, NULL);
}

static void
test_transaction (TableFixture *fixture, gconstpointer data)
{
  /* The fixture's own transaction first. */
  execute (fixture, "CREATE TABLE t (a); COMMIT");
  g_assert_true (insert_and_commit (fixture, FALSE));
  g_assert_cmpint (query (fixture, "SELECT count (*) FROM t"), ==, 0);
  g_assert_true (insert_and_commit (fixture, TRUE));
  g_assert_cmpint (query (fixture, "SELECT count (*) FROM t"), ==, 1);
  g_assert_true (insert_and_commit (fixture, FALSE));
  g_assert_cmpint (query (fixture, "SELECT count (*) FROM t  "), ==, 1);
}

static void
test_settings (TableFixture *fixture, gconstpointer data)
{
  g_assert_cmpint (query (fixture, "PRAGMA foreign_keys"), ==, 1);
  g_assert_cmpint (query (fixture, "PRAGMA synchronous"), ==, 2);
  g_assert_cmpint (query (fixture, "PRAGMA application_id"), ==, TERRACE_CATALOG_APPLICATION_ID);
}

#define ADD(path, func) \
  g_test_add (path, TableFixture, NULL, table_fixture_set_up, func, table_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/connection/values", test_values);
  ADD ("/connection/errors", test_errors);
  ADD ("/connection/transaction", test_transaction);
  ADD ("/connection/settings", test_settings);
  return g_test_run ();
}
