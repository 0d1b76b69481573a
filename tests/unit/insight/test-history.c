/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Tests of insight/terrace-history-parser.c: rows, quotes, and lines that are no rows. */

#include "history-support.h"

#include "base/terrace-error.h"
#include "base/terrace-limits.h"

#define HEADER "unix_time,key,op,size_bytes,bytes,count\n"

static TerraceHistoryParser *
parse_in_chunks (const char *text, gsize chunk)
{
  TerraceHistoryParser *parser = terrace_history_parser_new ();
  g_autoptr (GError) error = NULL;

  for (gsize i = 0; i < strlen (text); i += chunk)
    {
      g_assert_true (
          terrace_history_parser_push (parser, text + i, MIN (chunk, strlen (text) - i), &error));
      g_assert_no_error (error);
    }
  return parser;
}

static void
test_chunks (void)
{
  const char *text = HEADER "86400,\"a,\"\"b\"\"\nc\",PUT,10,0,1\r\n"
                            "86401,plain,PUT,5,0,1\n"
                            "172800,plain,GET,5,7,2";

  for (gsize chunk = 1; chunk < strlen (text); chunk++)
    {
      g_autoptr (TerraceHistoryParser) parser = parse_in_chunks (text, chunk);
      g_autoptr (GError) error = NULL;
      g_autoptr (TerraceHistory) history =
          terrace_history_parser_finish (parser, G_MININT32, 1.0, &error);
      guint64 lines[TERRACE_HISTORY_BAD_LINES];

      g_assert_no_error (error);
      g_assert_cmpuint (terrace_history_parser_get_bad (parser, lines), ==, 0);
      g_assert_cmpuint (terrace_history_parser_get_rows (parser), ==, 3);
      g_assert_cmpuint (history->n_objects, ==, 2);
      g_assert_cmpstr (history->objects[0].key, ==, "a,\"b\"\nc");
      g_assert_cmpstr (history->objects[1].key, ==, "plain");
      g_assert_cmpint (history->n_days, ==, 2);
      g_assert_cmpint (history->first_unix_day, ==, 1);
      g_assert_cmpuint (history->objects[1].n_reads, ==, 1);
      g_assert_cmpfloat (history->objects[1].reads[0].bytes, ==, 7.0);
      g_assert_cmpfloat (history->objects[1].reads[0].requests, ==, 2.0);
    }
}

static void
test_bad_lines (void)
{
  g_autoptr (GString) text = g_string_new (HEADER "86400,a,PUT,1,0,1\n"
                                                  "86400,a,READ,1,0,1\n"
                                                  "-1,a,GET,1,0,1\n"
                                                  "\n"
                                                  "86400,,GET,1,0,1\n"
                                                  "86400,a,GET,1,0\n"
                                                  "86400,a,GET,1,0,1,2\n"
                                                  "86400,\"a\"x,GET,1,0,1\n"
                                                  "86400,a,GET,99999999999999999999,0,1\n");
  g_autofree char *long_key = g_strnfill (TERRACE_LIMIT_KEY_BYTES + 1, 'k');
  g_autoptr (TerraceHistoryParser) parser = NULL;
  g_autoptr (TerraceHistory) history = NULL;
  g_autoptr (GError) error = NULL;
  guint64 lines[TERRACE_HISTORY_BAD_LINES];

  g_string_append_printf (text, "86400,%s,GET,1,0,1\n", long_key);
  g_string_append (text, "86400,a,GET,1,3,1\n");
  parser = parse_in_chunks (text->str, 7);
  history = terrace_history_parser_finish (parser, G_MININT32, 1.0, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (terrace_history_parser_get_bad (parser, lines), ==, 8);
  g_assert_cmpuint (lines[0], ==, 3);
  g_assert_cmpuint (lines[1], ==, 4);
  g_assert_cmpuint (lines[2], ==, 6);
  g_assert_cmpuint (lines[7], ==, 11);
  g_assert_cmpuint (terrace_history_parser_get_rows (parser), ==, 2);
  g_assert_cmpuint (history->objects[0].n_reads, ==, 1);
}

/* A quote that never ends costs some rows, not the file, and no memory. */
static void
test_lost_quote (void)
{
  g_autoptr (GString) text = g_string_new (HEADER "86400,a,PUT,1,0,1\n86400,\"lost,GET,1,0,1\n");
  g_autoptr (TerraceHistoryParser) parser = NULL;
  guint64 lines[TERRACE_HISTORY_BAD_LINES];

  for (int i = 0; i < 1000; i++)
    g_string_append (text, "86400,a,GET,1,0,1\n");
  parser = parse_in_chunks (text->str, 4096);
  g_assert_cmpuint (terrace_history_parser_get_bad (parser, lines), ==, 1);
  g_assert_cmpuint (lines[0], ==, 3);
  g_assert_cmpuint (terrace_history_parser_get_rows (parser), >, 800);
}

static void
test_no_history (void)
{
  g_autoptr (TerraceHistoryParser) parser = terrace_history_parser_new ();
  g_autoptr (TerraceHistoryParser) empty = parse_in_chunks (HEADER, 100);
  g_autoptr (GError) error = NULL;

  g_assert_false (terrace_history_parser_push (parser, "a,b\n", 4, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_null (terrace_history_parser_finish (empty, G_MININT32, 1.0, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID);
}

/* A key that is put again after its deletion is another object; reads of a day are one. */
static void
test_lives (void)
{
  g_autoptr (TerraceHistory) history = history_from_rows ("86400,a,PUT,10,0,1\n"
                                                          "172800,a,GET,10,4,1\n"
                                                          "172900,a,GET,10,5,2\n"
                                                          "259200,a,PUT,20,0,1\n"
                                                          "259300,a,PUT,30,0,1\n"
                                                          "345600,a,DELETE,0,0,1\n"
                                                          "345700,gone,DELETE,0,0,1\n"
                                                          "432000,a,GET,7,7,1\n");
  const TerraceHistoryObject *first = &history->objects[0];
  const TerraceHistoryObject *second = &history->objects[1];

  g_assert_cmpuint (history->n_objects, ==, 2);
  g_assert_cmpint (first->created, ==, 0);
  g_assert_cmpint (first->deleted, ==, 3);
  g_assert_cmpuint (first->n_reads, ==, 1);
  g_assert_cmpfloat (first->reads[0].requests, ==, 3.0);
  g_assert_cmpfloat (first->reads[0].bytes, ==, 9.0);
  g_assert_cmpuint (first->n_writes, ==, 1);
  g_assert_cmpfloat (first->writes[0].size_bytes, ==, 30.0);
  g_assert_cmpfloat (terrace_history_object_size_before (first, 2), ==, 10.0);
  g_assert_cmpfloat (terrace_history_object_size_before (first, 3), ==, 30.0);
  g_assert_cmpuint (terrace_history_object_find_read (first, 1), ==, 0);
  g_assert_cmpuint (terrace_history_object_find_read (first, 2), ==, 1);
  g_assert_cmpint (second->created, ==, 4);
  g_assert_cmpint (second->deleted, ==, -1);
  g_assert_cmpfloat (second->size_bytes, ==, 7.0);
  g_assert_cmpuint (second->n_reads, ==, 1);
}

/* Rows before the first day say what exists on it, as large as it then was. */
static void
test_from (void)
{
  g_autoptr (TerraceHistoryParser) parser = parse_in_chunks (HEADER "86400,old,PUT,10,0,1\n"
                                                                    "172800,old,PUT,20,0,1\n"
                                                                    "172800,old,GET,20,99,9\n"
                                                                    "86400,dead,PUT,10,0,1\n"
                                                                    "172800,dead,DELETE,0,0,1\n"
                                                                    "432000,old,GET,20,6,1\n"
                                                                    "518400,new,PUT,5,0,1\n",
                                                             50);
  g_autoptr (GError) error = NULL;
  g_autoptr (TerraceHistory) history = terrace_history_parser_finish (parser, 4, 1000.0, &error);

  g_assert_no_error (error);
  g_assert_cmpint (history->first_unix_day, ==, 4);
  g_assert_cmpint (history->n_days, ==, 3);
  g_assert_cmpuint (history->n_objects, ==, 2);
  g_assert_cmpstr (history->objects[0].key, ==, "old");
  g_assert_cmpint (history->objects[0].created, ==, 0);
  g_assert_cmpfloat (history->objects[0].size_bytes, ==, 20000.0);
  g_assert_cmpuint (history->objects[0].n_reads, ==, 1);
  g_assert_cmpint (history->objects[0].reads[0].day, ==, 1);
  g_assert_cmpfloat (history->objects[0].reads[0].bytes, ==, 6000.0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/insight/history/chunks", test_chunks);
  g_test_add_func ("/insight/history/bad-lines", test_bad_lines);
  g_test_add_func ("/insight/history/lost-quote", test_lost_quote);
  g_test_add_func ("/insight/history/no-history", test_no_history);
  g_test_add_func ("/insight/history/lives", test_lives);
  g_test_add_func ("/insight/history/from", test_from);

  return g_test_run ();
}
