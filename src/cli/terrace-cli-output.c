/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Text, tables and progress for the terminal. Runs on the main thread. */

#include "config.h"

#include "cli/terrace-cli-output.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <stdio.h>

#define EXIT_BROKEN_PIPE 141
#define PROGRESS_INTERVAL_US 100000
#define BYTES_PER_FLUSH 65536

static int output_errno;

static void
write_bytes (const char *bytes, gsize length)
{
  if (output_errno == 0 && fwrite (bytes, 1, length, stdout) != length)
    output_errno = errno;
}

void
terrace_cli_print (const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  write_bytes (text, strlen (text));
}

gboolean
terrace_cli_output_works (void)
{
  return output_errno == 0;
}

int
terrace_cli_output_finish (int status)
{
  if (fflush (stdout) != 0 && output_errno == 0)
    output_errno = errno;
  if (output_errno == 0)
    return status;

  /* What the shell says of a program that SIGPIPE ended. */
  if (output_errno == EPIPE)
    return status == TERRACE_CLI_OK ? EXIT_BROKEN_PIPE : status;
  terrace_cli_warn (_ ("The output could not be written: %s"), g_strerror (output_errno));
  return status == TERRACE_CLI_OK ? TERRACE_CLI_FAILED : status;
}

/* Characters that would move the cursor, or make text read other than it is. */
static gboolean
is_unsafe (gunichar c)
{
  return g_unichar_iscntrl (c) || c == 0x2028 || c == 0x2029 || (c >= 0x200e && c <= 0x200f) ||
         (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

char *
terrace_cli_safe (const char *bytes)
{
  g_autofree char *text = terrace_display_name (bytes);
  GString *safe = g_string_sized_new (strlen (text));

  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (!is_unsafe (c))
        g_string_append_unichar (safe, c);
      else if (c < 0x100)
        g_string_append_printf (safe, "\\x%02x", c);
      else
        g_string_append_printf (safe, "\\u%04x", c);
    }
  return g_string_free (safe, FALSE);
}

void
terrace_cli_progress (TerraceCli *cli, const char *format, ...)
{
  g_autofree char *text = NULL;
  g_autofree char *safe = NULL;
  gint64 now_us;
  va_list args;

  if (!cli->shows_progress)
    return;
  now_us = g_get_monotonic_time ();
  if (now_us - cli->progress_us < PROGRESS_INTERVAL_US)
    return;
  cli->progress_us = now_us;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  safe = terrace_cli_safe (text);
  if (g_utf8_strlen (safe, -1) > 78)
    *g_utf8_offset_to_pointer (safe, 78) = '\0';
  fprintf (stderr, "\r\033[K%s", safe);
  fflush (stderr);
}

void
terrace_cli_progress_end (TerraceCli *cli)
{
  if (cli->progress_us == 0)
    return;

  fputs ("\r\033[K", stderr);
  cli->progress_us = 0;
}

void
terrace_cli_progress_cb (guint64 done, guint64 total, const char *current, gpointer user_data)
{
  TerraceCli *cli = user_data;

  if (total > 0)
    terrace_cli_progress (cli, "%" G_GUINT64_FORMAT "/%" G_GUINT64_FORMAT "  %s", done, total,
                          current != NULL ? current : "");
  else
    terrace_cli_progress (cli, "%" G_GUINT64_FORMAT "  %s", done, current != NULL ? current : "");
}

struct _TerraceCliTable
{
  TerraceCli *cli; /* unowned */
  const TerraceCliColumn *columns;
  guint n_columns;
  guint *widths;
  gboolean begun;
  GPtrArray *cells;
};

TerraceCliTable *
terrace_cli_table_new (TerraceCli *cli, const TerraceCliColumn *columns)
{
  TerraceCliTable *self = g_new0 (TerraceCliTable, 1);

  self->cli = cli;
  self->columns = columns;
  while (columns[self->n_columns].title != NULL)
    self->n_columns++;
  self->widths = g_new0 (guint, self->n_columns);
  self->cells = g_ptr_array_new_with_free_func (g_free);

  return self;
}

void
terrace_cli_table_free (TerraceCliTable *self)
{
  g_ptr_array_unref (self->cells);
  g_free (self->widths);
  g_free (self);
}

gboolean
terrace_cli_table_is_empty (TerraceCliTable *self)
{
  return !self->begun && self->cells->len == 0;
}

void
terrace_cli_table_take (TerraceCliTable *self, ...)
{
  va_list args;

  va_start (args, self);
  for (guint i = 0; i < self->n_columns; i++)
    {
      g_autofree char *cell = va_arg (args, char *);

      g_ptr_array_add (self->cells, terrace_cli_safe (cell));
    }
  va_end (args);
}

static guint
char_width (gunichar c)
{
  if (g_unichar_iszerowidth (c))
    return 0;
  return g_unichar_iswide (c) ? 2 : 1;
}

static guint
text_width (const char *text)
{
  guint width = 0;

  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    width += char_width (g_utf8_get_char (p));
  return width;
}

/* The longest beginning (or end) of @text that is at most @width wide, in bytes. */
static gsize
fitting_head (const char *text, guint width)
{
  const char *p = text;

  for (guint used = 0; *p != '\0'; p = g_utf8_next_char (p))
    {
      used += char_width (g_utf8_get_char (p));
      if (used > width)
        break;
    }
  return (gsize) (p - text);
}

static const char *
fitting_tail (const char *text, guint width)
{
  const char *tail = text + strlen (text);

  for (guint used = 0; tail > text;)
    {
      const char *previous = g_utf8_prev_char (tail);

      used += char_width (g_utf8_get_char (previous));
      if (used > width)
        break;
      tail = previous;
    }
  return tail;
}

static void
append_cell (GString *line, const char *text, guint width, gboolean right, gboolean last)
{
  guint own = text_width (text);
  g_autofree char *cut = NULL;

  if (own > width)
    {
      /* The beginning and the end of a name tell more than its middle. */
      cut = g_strdup_printf ("%.*s…%s", (int) fitting_head (text, (width - 1) / 2), text,
                             fitting_tail (text, width / 2));
      text = cut;
      own = text_width (text);
    }
  if (right && own < width)
    g_string_append_printf (line, "%*s", (int) (width - own), "");
  g_string_append (line, text);
  if (!right && !last && own < width)
    g_string_append_printf (line, "%*s", (int) (width - own), "");
  g_string_append (line, last ? "\n" : "  ");
}

/* Widths come from the first batch; on a terminal the shrinking columns share what is too much. */
static void
table_measure (TerraceCliTable *self)
{
  guint total = 0;

  for (guint i = 0; i < self->n_columns; i++)
    self->widths[i] = text_width (_ (self->columns[i].title));
  for (guint i = 0; i < self->cells->len; i++)
    {
      guint *width = &self->widths[i % self->n_columns];

      *width = MAX (*width, text_width (g_ptr_array_index (self->cells, i)));
    }
  for (guint i = 0; i < self->n_columns; i++)
    total += self->widths[i] + 2;

  for (guint i = 0; self->cli->columns > 0 && i < self->n_columns; i++)
    {
      guint excess = total > (guint) self->cli->columns + 2 ? total - self->cli->columns - 2 : 0;
      guint least = 12;

      if (!self->columns[i].shrinks || self->widths[i] <= least)
        continue;
      excess = MIN (excess, self->widths[i] - least);
      self->widths[i] -= excess;
      total -= excess;
    }
}

void
terrace_cli_table_flush (TerraceCliTable *self)
{
  g_autoptr (GString) text = g_string_sized_new (BYTES_PER_FLUSH);
  guint last = self->n_columns - 1;

  if (terrace_cli_table_is_empty (self))
    return;
  if (!self->begun)
    {
      table_measure (self);
      for (guint i = 0; i < self->n_columns; i++)
        append_cell (text, _ (self->columns[i].title), self->widths[i], self->columns[i].right,
                     i == last);
      self->begun = TRUE;
    }
  for (guint i = 0; i < self->cells->len; i++)
    {
      guint column = i % self->n_columns;
      const char *cell = g_ptr_array_index (self->cells, i);
      /* Only a terminal has an edge; a pipe gets the whole name even if it is a later page's. */
      guint width = self->cli->columns > 0 ? self->widths[column] :
                                             MAX (self->widths[column], text_width (cell));

      append_cell (text, cell, width, self->columns[column].right, column == last);
    }
  write_bytes (text->str, text->len);
  g_ptr_array_set_size (self->cells, 0);
}
