/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Rows of CSV: quoting, formulas, numbers in every locale. */

#include "base/terrace-csv.h"

#include <locale.h>
#include <math.h>

static void
assert_cell (const char *text, const char *wanted)
{
  g_autoptr (GString) row = g_string_new (NULL);

  terrace_csv_append_text (row, text);
  g_assert_cmpstr (row->str, ==, wanted);
}

static void
test_quoting (void)
{
  assert_cell ("plain", "plain");
  assert_cell ("two words", "two words");
  assert_cell ("a,b", "\"a,b\"");
  assert_cell ("say \"hi\"", "\"say \"\"hi\"\"\"");
  assert_cell ("line\nbreak", "\"line\nbreak\"");
  assert_cell ("", "\"\"");
  assert_cell (NULL, "\"\"");
  assert_cell ("naïve", "naïve");
}

static void
test_formulas (void)
{
  assert_cell ("=1+1", "\"'=1+1\"");
  assert_cell ("+49 30", "\"'+49 30\"");
  assert_cell ("-rf", "\"'-rf\"");
  assert_cell ("@SUM(A1)", "\"'@SUM(A1)\"");
  assert_cell ("\tcmd", "\"'\tcmd\"");
  assert_cell ("\rcmd", "\"'\rcmd\"");
  assert_cell ("=HYPERLINK(\"x\",\"y\")", "\"'=HYPERLINK(\"\"x\"\",\"\"y\"\")\"");
  assert_cell ("a=1", "a=1");
}

static void
test_rows (void)
{
  g_autoptr (GString) rows = g_string_new (NULL);

  terrace_csv_append_text (rows, "");
  terrace_csv_append_text (rows, "ends in a break\n");
  terrace_csv_append_int64 (rows, -5);
  terrace_csv_end_row (rows);
  terrace_csv_append_uint64 (rows, G_MAXUINT64);
  terrace_csv_append_int64 (rows, G_MININT64);
  terrace_csv_end_row (rows);

  g_assert_cmpstr (rows->str, ==,
                   "\"\",\"ends in a break\n\",-5\r\n"
                   "18446744073709551615,-9223372036854775808\r\n");
}

static void
test_doubles (void)
{
  g_autoptr (GString) row = g_string_new (NULL);

  /* If the machine has no such locale, the default one has to do. */
  g_test_message ("locale: %s", setlocale (LC_ALL, "de_DE.UTF-8"));

  terrace_csv_append_double (row, 0.1);
  terrace_csv_append_double (row, -1234.5);
  terrace_csv_append_double (row, NAN);
  terrace_csv_append_double (row, INFINITY);
  terrace_csv_append_double (row, 0);
  g_assert_cmpstr (row->str, ==, "0.1,-1234.5,\"\",\"\",0");

  setlocale (LC_ALL, "C");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/csv/quoting", test_quoting);
  g_test_add_func ("/csv/formulas", test_formulas);
  g_test_add_func ("/csv/rows", test_rows);
  g_test_add_func ("/csv/doubles", test_doubles);

  return g_test_run ();
}
