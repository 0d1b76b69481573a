/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which name a blob gets. Any thread.
 *
 * Azure takes "\" for "/", drops a dot at the end of a part, resolves "." and "..", and cannot list
 * control characters. Such characters become their wide or pictured sisters, as rclone writes them
 * too, so that both see the same files: "\" is U+FF3C, the last dot of a part U+FF0E, control
 * characters U+2400 and following. A sister that is meant itself gets U+201B in front. */

#include "config.h"

#include "provider/azure/terrace-azure-name.h"

#include "base/terrace-error.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define QUOTE 0x201b
#define WIDE_DOT 0xff0e
#define WIDE_BACKSLASH 0xff3c
#define PICTURES 0x2400
#define PICTURE_DELETE 0x2421
#define DELETE 0x7f

#define MAX_CHARACTERS 1024
#define MAX_PARTS 254

static gboolean
is_end_of_part (const char *next, const char *end, gboolean more_follows)
{
  return next == end ? !more_follows : *next == '/';
}

/* What stands for @c; @c itself if that may stay. */
static gunichar
sister_of (gunichar c, gboolean last_of_part)
{
  if (c == '\\')
    return WIDE_BACKSLASH;
  if (c == DELETE)
    return PICTURE_DELETE;
  if (c < ' ')
    return PICTURES + c;
  if (c == '.' && last_of_part)
    return WIDE_DOT;

  return c;
}

/* What @c stands for; @c itself if it stands for nothing. */
static gunichar
meaning_of (gunichar c, gboolean last_of_part)
{
  if (c == WIDE_BACKSLASH)
    return '\\';
  if (c == PICTURE_DELETE)
    return DELETE;
  if (c > PICTURES && c < PICTURES + ' ')
    return c - PICTURES;
  if (c == WIDE_DOT && last_of_part)
    return '.';

  return c;
}

/* @more_follows: what comes after @end is not known, but it belongs to the same part. */
static char *
encode (const char *text, const char *end, gboolean more_follows)
{
  GString *name = g_string_new (NULL);

  for (const char *p = text; p < end; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);
      gboolean last = is_end_of_part (g_utf8_next_char (p), end, more_follows);

      if (c == QUOTE || meaning_of (c, last) != c)
        g_string_append_unichar (name, QUOTE);
      g_string_append_unichar (name, sister_of (c, last));
    }

  return g_string_free (name, FALSE);
}

static gboolean
refuse (GError **error, const char *words)
{
  g_set_error_literal (error, TERRACE_ERROR, TERRACE_ERROR_INVALID, words);
  return FALSE;
}

static gboolean
check_name (const char *name, GError **error)
{
  guint n_characters = 0;
  guint n_parts = 1;

  for (const char *p = name; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (c == 0xfffe || c == 0xffff)
        return refuse (error, _ ("Azure does not take names with the characters U+FFFE and "
                                 "U+FFFF: rename it first"));
      /* Azure counts as UTF-16 does. */
      n_characters += c > 0xffff ? 2 : 1;
      n_parts += c == '/' ? 1 : 0;
    }
  if (n_characters > MAX_CHARACTERS)
    return refuse (error, _ ("Azure takes only names of up to 1,024 characters: rename it first"));
  if (n_parts > MAX_PARTS)
    return refuse (error, _ ("Azure takes only names with up to 254 parts between “/”: move it "
                             "to a folder that is less deep first"));

  return TRUE;
}

char *
terrace_azure_name_from_key (const char *key, GError **error)
{
  g_autofree char *name = NULL;

  if (!g_utf8_validate (key, -1, NULL))
    {
      refuse (error, _ ("Azure takes only names that are valid UTF-8: rename it first"));
      return NULL;
    }

  name = encode (key, key + strlen (key), FALSE);
  return check_name (name, error) ? g_steal_pointer (&name) : NULL;
}

char *
terrace_azure_name_to_key (const char *name)
{
  const char *end = name + strlen (name);
  g_autoptr (GString) key = g_string_new (NULL);
  g_autofree char *again = NULL;

  if (!g_utf8_validate (name, -1, NULL))
    return NULL;

  for (const char *p = name; p < end; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (c == QUOTE && g_utf8_next_char (p) < end)
        {
          p = g_utf8_next_char (p);
          g_string_append_unichar (key, g_utf8_get_char (p));
        }
      else
        {
          g_string_append_unichar (key, meaning_of (c, is_end_of_part (g_utf8_next_char (p), end,
                                                                       FALSE)));
        }
    }

  again = encode (key->str, key->str + key->len, FALSE);
  return strcmp (again, name) == 0 ? g_strdup (key->str) : NULL;
}

char *
terrace_azure_name_from_prefix (const char *prefix)
{
  const char *end;

  g_utf8_validate (prefix, -1, &end);
  /* How a dot at the end is written depends on what comes after it. */
  if (end > prefix)
    {
      const char *last = g_utf8_prev_char (end);
      gunichar c = g_utf8_get_char (last);

      if (c == '.' || c == WIDE_DOT)
        end = last;
    }

  return encode (prefix, end, TRUE);
}
