/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Tests of insight/terrace-history-builder.c: days, ages, and what lies outside. */

#include "insight/terrace-history-builder.h"

static void
test_days (void)
{
  g_autoptr (TerraceHistoryBuilder) builder = terrace_history_builder_new (100, 300);
  g_autoptr (TerraceHistory) history = NULL;

  terrace_history_builder_begin (builder, "a/x", 200, 1000.0);
  /* Read before it was registered: it was there. */
  terrace_history_builder_add_reads (builder, 150, 2.0, 2000.0);
  terrace_history_builder_add_reads (builder, 250, 1.0, 1000.0);
  terrace_history_builder_add_write (builder, 260);
  terrace_history_builder_begin (builder, "b", 5, 10.0);
  /* Before the first and after the last day. */
  terrace_history_builder_add_reads (builder, 99, 1.0, 1.0);
  terrace_history_builder_add_reads (builder, 301, 1.0, 1.0);
  terrace_history_builder_add_reads (builder, 120, 0.0, 0.0);
  terrace_history_builder_begin (builder, "c", 400, 10.0);
  history = terrace_history_builder_end (builder);

  g_assert_cmpuint (history->n_objects, ==, 3);
  g_assert_cmpint (history->first_unix_day, ==, 100);
  g_assert_cmpint (history->n_days, ==, 201);
  g_assert_cmpstr (history->objects[0].key, ==, "a/x");
  g_assert_cmpint (history->objects[0].created, ==, 50);
  g_assert_cmpint (history->objects[0].deleted, ==, -1);
  g_assert_cmpuint (history->objects[0].n_reads, ==, 2);
  g_assert_cmpint (history->objects[0].reads[1].day, ==, 150);
  g_assert_cmpuint (history->objects[0].n_writes, ==, 1);
  g_assert_cmpint (history->objects[0].writes[0].day, ==, 160);
  g_assert_cmpfloat (history->objects[0].writes[0].size_bytes, ==, 1000.0);
  g_assert_cmpint (history->objects[1].created, ==, 0);
  g_assert_cmpuint (history->objects[1].n_reads, ==, 0);
  g_assert_cmpint (history->objects[2].created, ==, 200);
}

/* It begins when something was there, not when it could have. */
static void
test_begins (void)
{
  g_autoptr (TerraceHistoryBuilder) builder = terrace_history_builder_new (0, 300);
  g_autoptr (TerraceHistory) history = NULL;

  terrace_history_builder_begin (builder, "a", 280, 1.0);
  history = terrace_history_builder_end (builder);
  g_assert_cmpint (history->first_unix_day, ==, 280);
  g_assert_cmpint (history->n_days, ==, 21);
  g_assert_cmpint (history->objects[0].created, ==, 0);
}

static void
test_empty (void)
{
  g_autoptr (TerraceHistoryBuilder) builder = terrace_history_builder_new (0, 10);
  g_autoptr (TerraceHistory) history = terrace_history_builder_end (builder);

  g_assert_cmpuint (history->n_objects, ==, 0);
  g_assert_cmpint (history->n_days, ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/insight/history-builder/days", test_days);
  g_test_add_func ("/insight/history-builder/begins", test_begins);
  g_test_add_func ("/insight/history-builder/empty", test_empty);

  return g_test_run ();
}
