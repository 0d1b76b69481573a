/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What lines of access logs are made of: fields, times, paths. Any thread. */

#include "stream/terrace-access-log-private.h"

#include <stdlib.h>
#include <string.h>

/* Every request that Terrace sends says so. */
#define OWN_AGENT "Terrace/"
#define SECONDS_PER_DAY 86400

int
terrace_log_split (char *line, char separator, char **fields, int max)
{
  char *at = line;
  int n = 0;

  while (n < max)
    {
      char *out = at;

      fields[n++] = at;
      if (*at == '"')
        {
          /* A quote inside is doubled (RFC 4180). */
          for (at++; *at != '\0' && (*at != '"' || at[1] == '"'); at++)
            {
              at += *at == '"';
              *out++ = *at;
            }
          at += *at == '"';
        }
      else
        {
          out = at = at + strcspn (at, (const char[]){ separator, '\0' });
        }
      if (*at != separator)
        {
          *out = '\0';
          return n;
        }
      *out = '\0';
      at++;
    }
  return n;
}

/* The end of a word that begins at @at, which is moved behind the opening mark. */
static char *
find_end (char **at)
{
  char close;
  char *end;

  if (**at != '"' && **at != '[')
    return *at + strcspn (*at, " ");
  close = **at == '"' ? '"' : ']';
  (*at)++;
  for (end = *at; *end != '\0' && *end != close; end++)
    if (close == '"' && *end == '\\' && end[1] != '\0')
      end++;
  return end;
}

int
terrace_log_split_words (char *line, char **fields, int max)
{
  char *at = line;
  int n = 0;

  while (n < max)
    {
      char *end;

      while (*at == ' ')
        at++;
      if (*at == '\0')
        return n;
      end = find_end (&at);
      fields[n++] = at;
      if (*end == '\0')
        return n;
      *end = '\0';
      at = end + 1;
    }
  return n;
}

void
terrace_log_decode (char *text)
{
  char *out = text;

  for (const char *at = text; *at != '\0'; at++)
    {
      if (*at == '%' && g_ascii_isxdigit (at[1]) && g_ascii_isxdigit (at[2]))
        {
          const int value = g_ascii_xdigit_value (at[1]) * 16 + g_ascii_xdigit_value (at[2]);

          /* A key has no NUL. */
          if (value != 0)
            {
              *out++ = (char) value;
              at += 2;
              continue;
            }
        }
      *out++ = *at;
    }
  *out = '\0';
}

/* Days from 1970-01-01 in the proleptic Gregorian calendar. */
static gint64
count_days (int year, int month, int day)
{
  const int y = year - (month <= 2);
  const int era = y / 400;
  const int of_era = y - era * 400;
  const int of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

  return (gint64) era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static gboolean
read_int (const char **at, int digits, int *value)
{
  *value = 0;
  for (int i = 0; i < digits; i++, (*at)++)
    {
      if (!g_ascii_isdigit (**at))
        return FALSE;
      *value = *value * 10 + (**at - '0');
    }
  return TRUE;
}

static gboolean
skip (const char **at, char expected)
{
  if (**at != expected)
    return FALSE;
  (*at)++;
  return TRUE;
}

static gboolean
read_clock (const char **at, int *seconds)
{
  int hour;
  int minute;
  int second;

  if (!read_int (at, 2, &hour) || !skip (at, ':') || !read_int (at, 2, &minute) ||
      !skip (at, ':') || !read_int (at, 2, &second) || hour > 23 || minute > 59 || second > 60)
    return FALSE;
  *seconds = (hour * 60 + minute) * 60 + second;
  return TRUE;
}

gboolean
terrace_log_parse_clf_time (const char *text, gint64 *time_us)
{
  static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
  const char *month;
  int day;
  int year;
  int seconds;
  int offset;
  char sign;

  if (!read_int (&text, 2, &day) || !skip (&text, '/') || strlen (text) < 4)
    return FALSE;
  for (month = months; *month != '\0' && strncmp (month, text, 3) != 0; month += 3)
    ;
  text += 3;
  if (*month == '\0' || !skip (&text, '/') || !read_int (&text, 4, &year) || !skip (&text, ':') ||
      !read_clock (&text, &seconds) || day < 1 || day > 31 || !skip (&text, ' '))
    return FALSE;
  sign = *text;
  if ((sign != '+' && sign != '-') || (text++, !read_int (&text, 4, &offset)))
    return FALSE;
  offset = (offset / 100 * 60 + offset % 100) * 60;
  *time_us = (count_days (year, (int) (month - months) / 3 + 1, day) * SECONDS_PER_DAY + seconds -
              (sign == '-' ? -offset : offset)) *
             G_USEC_PER_SEC;
  return TRUE;
}

gboolean
terrace_log_parse_iso_time (const char *text, gint64 *time_us)
{
  int year;
  int month;
  int day;
  int seconds;

  if (!read_int (&text, 4, &year) || !skip (&text, '-') || !read_int (&text, 2, &month) ||
      !skip (&text, '-') || !read_int (&text, 2, &day) ||
      (!skip (&text, 'T') && !skip (&text, ' ')) || !read_clock (&text, &seconds) || month < 1 ||
      month > 12 || day < 1 || day > 31)
    return FALSE;
  *time_us = (count_days (year, month, day) * SECONDS_PER_DAY + seconds) * G_USEC_PER_SEC;
  return TRUE;
}

guint64
terrace_log_parse_count (const char *text)
{
  return g_ascii_isdigit (*text) ? g_ascii_strtoull (text, NULL, 10) : 0;
}

gboolean
terrace_log_is_own (const char *agent)
{
  return g_ascii_strncasecmp (agent, OWN_AGENT, strlen (OWN_AGENT)) == 0;
}

TerraceLogKind
terrace_log_judge (const char *method, guint64 status, const char *agent)
{
  if (terrace_log_is_own (agent))
    return TERRACE_LOG_OWN;
  /* 304 sends nothing: whoever asked has the object already. */
  if (status == 304)
    return TERRACE_LOG_METADATA;
  if (status < 200 || status >= 300)
    return TERRACE_LOG_FAILED;
  if (g_str_equal (method, "GET"))
    return TERRACE_LOG_READ;
  if (g_str_equal (method, "PUT") || g_str_equal (method, "POST"))
    return TERRACE_LOG_WRITE;
  return g_str_equal (method, "DELETE") ? TERRACE_LOG_DELETE : TERRACE_LOG_METADATA;
}

void
terrace_log_take_path (char *path, gboolean has_bucket, TerraceLogEntry *entry)
{
  char *slash;

  path[strcspn (path, "?#")] = '\0';
  path += strspn (path, "/");
  if (has_bucket)
    {
      slash = strchr (path, '/');
      entry->bucket = path;
      path = slash != NULL ? slash + 1 : path + strlen (path);
      if (slash != NULL)
        *slash = '\0';
    }
  terrace_log_decode (path);
  entry->key = path;
}
