/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The SQL function terrace_match (words, name, key): whether each word is part of name or key, case
 * folded. Called once a row by scans on a reader thread, so plain ASCII, which is nearly
 * everything, is folded on the stack. */

#include "config.h"

#include "catalog/terrace-connection-private.h"

#include <string.h>

#define STACK_BYTES 1280

static char *
fold_ascii (const char *text, gsize length, char *buffer)
{
  for (gsize i = 0; i < length; i++)
    buffer[i] = g_ascii_tolower (text[i]);
  buffer[length] = '\0';
  return buffer;
}

static gboolean
is_ascii (const char *text, gsize length)
{
  for (gsize i = 0; i < length; i++)
    if ((guchar) text[i] >= 0x80)
      return FALSE;
  return TRUE;
}

/* Whether @folded words are all part of @text; those found are marked in @found. */
static void
find_words (GStrv words, gboolean *found, const char *text, gsize length)
{
  char buffer[STACK_BYTES];
  g_autofree char *allocated = NULL;
  const char *folded;

  if (length < STACK_BYTES && is_ascii (text, length))
    folded = fold_ascii (text, length, buffer);
  else if (g_utf8_validate (text, (gssize) length, NULL))
    folded = allocated = g_utf8_casefold (text, (gssize) length);
  else
    folded = fold_ascii (text, length, allocated = g_malloc (length + 1));
  for (guint i = 0; words[i] != NULL; i++)
    found[i] = found[i] || strstr (folded, words[i]) != NULL;
}

static GStrv
split_words (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  g_autofree char *folded = g_utf8_casefold (valid, -1);
  g_auto (GStrv) parts = g_strsplit_set (folded, " \t\n", -1);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; parts[i] != NULL; i++)
    if (parts[i][0] != '\0')
      g_strv_builder_add (builder, parts[i]);
  return g_strv_builder_end (builder);
}

static void
match_cb (sqlite3_context *context, int n_values, sqlite3_value **values)
{
  GStrv words = sqlite3_get_auxdata (context, 0);
  g_autofree gboolean *found = NULL;
  const char *name, *key;
  gboolean all = TRUE;

  g_assert (n_values == 3);

  if (words == NULL)
    {
      const char *text = (const char *) sqlite3_value_text (values[0]);

      words = split_words (text != NULL ? text : "");
      /* Kept for the rows that follow: the parameter is the same for all of them. SQLite may free
       * it at once when it is short of memory, so it is asked for again. */
      sqlite3_set_auxdata (context, 0, words, (void (*) (void *)) g_strfreev);
      words = sqlite3_get_auxdata (context, 0);
      if (words == NULL)
        {
          sqlite3_result_error_nomem (context);
          return;
        }
    }
  found = g_new0 (gboolean, g_strv_length (words) + 1);
  name = (const char *) sqlite3_value_text (values[1]);
  if (name != NULL)
    find_words (words, found, name, (gsize) sqlite3_value_bytes (values[1]));
  key = sqlite3_value_blob (values[2]);
  if (key != NULL)
    find_words (words, found, key, (gsize) sqlite3_value_bytes (values[2]));
  for (guint i = 0; words[i] != NULL; i++)
    all = all && found[i];
  sqlite3_result_int (context, all);
}

int
terrace_match_register (sqlite3 *db)
{
  return sqlite3_create_function_v2 (db, "terrace_match", 3,
                                     SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_DIRECTONLY, NULL,
                                     match_cb, NULL, NULL, NULL);
}
