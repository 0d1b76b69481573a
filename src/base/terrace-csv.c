/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Rows of comma-separated values, appended to a string. Any thread. */

#include "base/terrace-csv.h"

#include <math.h>
#include <string.h>

/* A row may begin in a string that already holds finished rows. */
static void
begin_cell (GString *row)
{
  if (row->len > 0 && row->str[row->len - 1] != '\n')
    g_string_append_c (row, ',');
}

void
terrace_csv_append_text (GString *row, const char *text)
{
  g_return_if_fail (row != NULL);

  begin_cell (row);

  /* An empty first cell is quoted, so that the next one still sees that the row has begun, and so
   * is text with a line break, which therefore never ends the string with a bare newline. */
  if (text == NULL || *text == '\0')
    {
      g_string_append (row, "\"\"");
      return;
    }

  if (strchr ("=+-@\t\r", *text) == NULL && strpbrk (text, "\",\r\n") == NULL)
    {
      g_string_append (row, text);
      return;
    }

  g_string_append_c (row, '"');
  if (strchr ("=+-@\t\r", *text) != NULL)
    g_string_append_c (row, '\'');
  for (const char *p = text; *p != '\0'; p++)
    {
      if (*p == '"')
        g_string_append_c (row, '"');
      g_string_append_c (row, *p);
    }
  g_string_append_c (row, '"');
}

void
terrace_csv_append_int64 (GString *row, gint64 value)
{
  g_return_if_fail (row != NULL);

  begin_cell (row);
  g_string_append_printf (row, "%" G_GINT64_FORMAT, value);
}

void
terrace_csv_append_uint64 (GString *row, guint64 value)
{
  g_return_if_fail (row != NULL);

  begin_cell (row);
  g_string_append_printf (row, "%" G_GUINT64_FORMAT, value);
}

void
terrace_csv_append_double (GString *row, double value)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  g_return_if_fail (row != NULL);

  if (!isfinite (value))
    {
      terrace_csv_append_text (row, "");
      return;
    }

  begin_cell (row);
  /* Shorter than g_ascii_dtostr()'s 17 digits, and far below a billionth of any amount here. */
  g_string_append (row, g_ascii_formatd (buffer, sizeof buffer, "%.15g", value));
}

void
terrace_csv_end_row (GString *row)
{
  g_return_if_fail (row != NULL);

  g_string_append (row, "\r\n");
}
