/* SPDX-License-Identifier: GPL-3.0-or-later */

/* JSON in place. terrace_json_scan() is the only function that meets unchecked bytes; the others
 * rely on what it has checked. Pure. */

#include "config.h"

#include "stream/terrace-json-scan.h"

#include "base/terrace-error.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <stdarg.h>
#include <string.h>

typedef struct
{
  const char *at;
  const char *end;
  guint depth_left;
} Scan;

/* --- Checking ------------------------------------------------------------------------------ */

static void
skip_space (Scan *scan)
{
  while (scan->at < scan->end &&
         (*scan->at == ' ' || *scan->at == '\n' || *scan->at == '\r' || *scan->at == '\t'))
    scan->at++;
}

static gboolean
check_escape (Scan *scan)
{
  if (scan->at >= scan->end)
    return FALSE;
  if (*scan->at != 'u')
    return memchr ("\"\\/bfnrt", *scan->at++, 8) != NULL;

  scan->at++;
  for (guint i = 0; i < 4; i++, scan->at++)
    if (scan->at >= scan->end || !g_ascii_isxdigit (*scan->at))
      return FALSE;
  return TRUE;
}

static gboolean
check_string (Scan *scan, TerraceJson *value)
{
  scan->at++;
  value->type = TERRACE_JSON_STRING;
  value->start = scan->at;
  value->escaped = FALSE;
  while (scan->at < scan->end && *scan->at != '"')
    {
      if ((guchar) *scan->at < 0x20)
        return FALSE;
      if (*scan->at++ == '\\')
        {
          value->escaped = TRUE;
          if (!check_escape (scan))
            return FALSE;
        }
    }
  if (scan->at >= scan->end)
    return FALSE;
  value->length = (gsize) (scan->at++ - value->start);
  return TRUE;
}

static gboolean
skip_digits (Scan *scan)
{
  const char *first = scan->at;

  while (scan->at < scan->end && g_ascii_isdigit (*scan->at))
    scan->at++;
  return scan->at > first;
}

static gboolean
check_number (Scan *scan, TerraceJson *value)
{
  value->type = TERRACE_JSON_NUMBER;
  value->start = scan->at;
  if (*scan->at == '-')
    scan->at++;
  if (scan->at < scan->end && *scan->at == '0')
    scan->at++;
  else if (!skip_digits (scan))
    return FALSE;
  if (scan->at < scan->end && *scan->at == '.')
    {
      scan->at++;
      if (!skip_digits (scan))
        return FALSE;
    }
  if (scan->at < scan->end && (*scan->at == 'e' || *scan->at == 'E'))
    {
      scan->at++;
      if (scan->at < scan->end && (*scan->at == '+' || *scan->at == '-'))
        scan->at++;
      if (!skip_digits (scan))
        return FALSE;
    }
  value->length = (gsize) (scan->at - value->start);
  return TRUE;
}

static gboolean
check_word (Scan *scan, const char *word, TerraceJsonType type, TerraceJson *value)
{
  gsize length = strlen (word);

  if ((gsize) (scan->end - scan->at) < length || memcmp (scan->at, word, length) != 0)
    return FALSE;
  *value = (TerraceJson){ type, scan->at, length, FALSE };
  scan->at += length;
  return TRUE;
}

static gboolean check_value (Scan *scan, TerraceJson *value);

static gboolean
check_member (Scan *scan, gboolean is_object)
{
  TerraceJson ignored;

  if (is_object)
    {
      if (scan->at >= scan->end || *scan->at != '"' || !check_string (scan, &ignored))
        return FALSE;
      skip_space (scan);
      if (scan->at >= scan->end || *scan->at++ != ':')
        return FALSE;
    }
  return check_value (scan, &ignored);
}

static gboolean
check_container (Scan *scan, TerraceJson *value)
{
  gboolean is_object = *scan->at == '{';
  char closing = is_object ? '}' : ']';
  const char *start = scan->at++;

  if (scan->depth_left == 0)
    return FALSE;
  scan->depth_left--;
  skip_space (scan);
  if (scan->at < scan->end && *scan->at == closing)
    scan->at++;
  else
    while (TRUE)
      {
        skip_space (scan);
        if (!check_member (scan, is_object))
          return FALSE;
        skip_space (scan);
        if (scan->at >= scan->end || (*scan->at != ',' && *scan->at != closing))
          return FALSE;
        if (*scan->at++ == closing)
          break;
      }
  scan->depth_left++;
  *value = (TerraceJson){ is_object ? TERRACE_JSON_OBJECT : TERRACE_JSON_ARRAY, start,
                          (gsize) (scan->at - start), FALSE };
  return TRUE;
}

static gboolean
check_value (Scan *scan, TerraceJson *value)
{
  skip_space (scan);
  if (scan->at >= scan->end)
    return FALSE;
  switch (*scan->at)
    {
    case '{':
    case '[':
      return check_container (scan, value);
    case '"':
      return check_string (scan, value);
    case 't':
      return check_word (scan, "true", TERRACE_JSON_TRUE, value);
    case 'f':
      return check_word (scan, "false", TERRACE_JSON_FALSE, value);
    case 'n':
      return check_word (scan, "null", TERRACE_JSON_NULL, value);
    default:
      return (*scan->at == '-' || g_ascii_isdigit (*scan->at)) && check_number (scan, value);
    }
}

gboolean
terrace_json_scan (const char *data,
                   gsize length,
                   guint max_depth,
                   TerraceJson *value,
                   GError **error)
{
  Scan scan = { data, data + length, max_depth };
  gboolean valid;

  *value = (TerraceJson){ TERRACE_JSON_NONE };
  if (!g_utf8_validate_len (data, length, &scan.at))
    {
      g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID, _ ("Not UTF-8 at byte %zu"),
                   (gsize) (scan.at - data));
      return FALSE;
    }

  scan.at = data;
  valid = check_value (&scan, value);
  skip_space (&scan);
  if (valid && scan.at == scan.end)
    return TRUE;

  if (scan.depth_left == 0 && !valid)
    g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID, _ ("Nested deeper than %u levels"),
                 max_depth);
  else
    g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID, _ ("Not JSON at byte %zu"),
                 (gsize) (scan.at - data));
  *value = (TerraceJson){ TERRACE_JSON_NONE };
  return FALSE;
}

/* --- Reading what was checked -------------------------------------------------------------- */

gboolean
terrace_json_next (const TerraceJson *parent,
                   const char **at,
                   TerraceJson *name,
                   TerraceJson *value)
{
  Scan scan = { *at, parent->start + parent->length, G_MAXUINT };
  TerraceJson ignored;

  if (parent->type != TERRACE_JSON_OBJECT && parent->type != TERRACE_JSON_ARRAY)
    return FALSE;
  if (scan.at == NULL)
    scan.at = parent->start;
  /* The opening bracket, or the comma or closing bracket behind the value before. */
  skip_space (&scan);
  if (scan.at + 1 >= scan.end)
    return FALSE;
  scan.at++;
  skip_space (&scan);
  if (*scan.at == '}' || *scan.at == ']')
    return FALSE;

  if (parent->type == TERRACE_JSON_OBJECT)
    {
      check_string (&scan, name != NULL ? name : &ignored);
      skip_space (&scan);
      scan.at++;
    }
  check_value (&scan, value);
  *at = scan.at;
  return TRUE;
}

gboolean
terrace_json_equals (const TerraceJson *string, const char *text)
{
  return string->type == TERRACE_JSON_STRING && !string->escaped &&
         strlen (text) == string->length && memcmp (string->start, text, string->length) == 0;
}

TerraceJson
terrace_json_get (const TerraceJson *object, const char *name)
{
  TerraceJson found = { TERRACE_JSON_NONE }, key, value;
  const char *at = NULL;

  if (object->type != TERRACE_JSON_OBJECT)
    return found;
  while (terrace_json_next (object, &at, &key, &value))
    if (terrace_json_equals (&key, name))
      return value;

  return found;
}

TerraceJson
terrace_json_get_path (const TerraceJson *object, ...)
{
  TerraceJson value = *object;
  const char *name;
  va_list names;

  va_start (names, object);
  while ((name = va_arg (names, const char *)) != NULL)
    value = terrace_json_get (&value, name);
  va_end (names);

  return value;
}

static gunichar
read_hex (const char *at)
{
  gunichar unit = 0;

  for (guint i = 0; i < 4; i++)
    unit = unit * 16 + (gunichar) g_ascii_xdigit_value (at[i]);
  return unit;
}

/* @at: behind "\u"; returns where it goes on, %NULL for what is no character. */
static const char *
append_unicode (GString *text, const char *at, const char *end)
{
  gunichar unit = read_hex (at);

  at += 4;
  if (unit >= 0xd800 && unit < 0xdc00 && end - at >= 6 && at[0] == '\\' && at[1] == 'u')
    {
      gunichar low = read_hex (at + 2);

      if (low < 0xdc00 || low > 0xdfff)
        return NULL;
      unit = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
      at += 6;
    }
  if (unit == 0 || !g_unichar_validate (unit))
    return NULL;

  g_string_append_unichar (text, unit);
  return at;
}

char *
terrace_json_dup_text (const TerraceJson *string)
{
  static const char escapes[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
  g_autoptr (GString) text = NULL;
  const char *end = string->start + string->length;

  if (string->type != TERRACE_JSON_STRING)
    return NULL;
  if (!string->escaped)
    return g_strndup (string->start, string->length);

  text = g_string_sized_new (string->length);
  for (const char *at = string->start; at < end;)
    {
      if (*at != '\\')
        {
          g_string_append_c (text, *at++);
          continue;
        }
      at++;
      if (*at == 'u')
        {
          at = append_unicode (text, at + 1, end);
          if (at == NULL)
            return NULL;
        }
      else
        g_string_append_c (text, meanings[strchr (escapes, *at++) - escapes]);
    }

  return g_string_free (g_steal_pointer (&text), FALSE);
}

gboolean
terrace_json_get_double (const TerraceJson *value, double *number)
{
  char text[64];
  char *end;

  if ((value->type != TERRACE_JSON_NUMBER && value->type != TERRACE_JSON_STRING) ||
      value->length == 0 || value->length >= sizeof text)
    return FALSE;
  memcpy (text, value->start, value->length);
  text[value->length] = '\0';
  *number = g_ascii_strtod (text, &end);

  return *end == '\0' && isfinite (*number);
}

gboolean
terrace_json_get_uint64 (const TerraceJson *value, guint64 *number)
{
  guint64 sum = 0;
  double real;

  if ((value->type == TERRACE_JSON_NUMBER || value->type == TERRACE_JSON_STRING) &&
      value->length > 0 && value->length < 20)
    {
      gsize i;

      for (i = 0; i < value->length && g_ascii_isdigit (value->start[i]); i++)
        sum = sum * 10 + (guint64) (value->start[i] - '0');
      *number = sum;
      if (i == value->length)
        return TRUE;
    }
  if (!terrace_json_get_double (value, &real) || real < 0 || real > 0x1p53 || real != floor (real))
    return FALSE;
  *number = (guint64) real;
  return TRUE;
}
