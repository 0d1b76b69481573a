/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads bandwidth limits and timetables of them as people write them. Pure functions, any thread.
 */

#include "config.h"

#include "transfer/terrace-timetable.h"

#include <glib/gi18n-lib.h>

#include "base/terrace-clock.h"
#include "base/terrace-error.h"
#include "base/terrace-limits.h"
#include "base/terrace-units.h"

#define MINUTES_PER_HOUR 60
#define HOURS_PER_DAY 24

gboolean
terrace_timetable_parse_rate (const char *text, guint64 *bytes_per_second, GError **error)
{
  g_autofree char *size = NULL;

  g_return_val_if_fail (text != NULL, FALSE);

  if (g_ascii_strcasecmp (text, "off") == 0)
    {
      *bytes_per_second = 0;
      return TRUE;
    }

  size = g_strdup (text);
  if (g_str_has_suffix (size, "/s"))
    size[strlen (size) - strlen ("/s")] = '\0';
  if (terrace_parse_size (size, bytes_per_second))
    return TRUE;

  g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID,
               _ ("“%s” is no speed: write bytes a second such as 512K, 2.5M or 1G, or “off” for "
                  "no limit"),
               text);
  return FALSE;
}

/* "08:00"; nothing before, between or behind. */
static gboolean
timetable_parse_time (const char *text, guint *minute)
{
  const char *colon = strchr (text, ':');
  g_autofree char *hours_text = NULL;
  guint64 hours;
  guint64 minutes;

  if (colon == NULL || strlen (colon + 1) != 2)
    return FALSE;

  hours_text = g_strndup (text, (gsize) (colon - text));
  if (!g_ascii_string_to_unsigned (hours_text, 10, 0, HOURS_PER_DAY - 1, &hours, NULL) ||
      !g_ascii_string_to_unsigned (colon + 1, 10, 0, MINUTES_PER_HOUR - 1, &minutes, NULL))
    return FALSE;

  *minute = (guint) (hours * MINUTES_PER_HOUR + minutes);
  return TRUE;
}

static int
timetable_compare (gconstpointer a, gconstpointer b)
{
  const TerraceTimetableEntry *first = a;
  const TerraceTimetableEntry *second = b;

  return (first->minute > second->minute) - (first->minute < second->minute);
}

/* Times and speeds take turns. */
static gboolean
timetable_take_words (GArray *timetable, GPtrArray *words, GError **error)
{
  for (guint i = 0; i < words->len; i += 2)
    {
      const char *time = g_ptr_array_index (words, i);
      TerraceTimetableEntry entry = { 0 };

      if (!timetable_parse_time (time, &entry.minute))
        g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID,
                     _ ("“%s” is no time of the day: write a timetable such as “08:00 512K 18:00 "
                        "off”"),
                     time);
      else if (i + 1 == words->len)
        g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID,
                     _ ("Nothing follows “%s”: write a timetable such as “08:00 512K 18:00 off”"),
                     time);
      else if (terrace_timetable_parse_rate (g_ptr_array_index (words, i + 1),
                                             &entry.bytes_per_second, error))
        {
          g_array_append_val (timetable, entry);
          continue;
        }
      return FALSE;
    }

  return TRUE;
}

static gboolean
timetable_check (GArray *timetable, GError **error)
{
  if (timetable->len > TERRACE_LIMIT_TIMETABLE_ENTRIES)
    {
      g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_LIMIT,
                   _ ("A timetable has at most %d times of the day"),
                   TERRACE_LIMIT_TIMETABLE_ENTRIES);
      return FALSE;
    }

  for (guint i = 1; i < timetable->len; i++)
    {
      guint minute = g_array_index (timetable, TerraceTimetableEntry, i).minute;

      if (g_array_index (timetable, TerraceTimetableEntry, i - 1).minute == minute)
        {
          g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID,
                       _ ("%02u:%02u is in the timetable twice"), minute / MINUTES_PER_HOUR,
                       minute % MINUTES_PER_HOUR);
          return FALSE;
        }
    }

  return TRUE;
}

GArray *
terrace_timetable_parse (const char *text, GError **error)
{
  g_autoptr (GArray) timetable = g_array_new (FALSE, FALSE, sizeof (TerraceTimetableEntry));
  g_autoptr (GPtrArray) words = g_ptr_array_new ();
  g_auto (GStrv) pieces = NULL;

  g_return_val_if_fail (text != NULL, NULL);

  pieces = g_strsplit_set (text, ", \t\n", -1);
  for (guint i = 0; pieces[i] != NULL; i++)
    if (pieces[i][0] != '\0')
      g_ptr_array_add (words, pieces[i]);

  if (!timetable_take_words (timetable, words, error))
    return NULL;
  g_array_sort (timetable, timetable_compare);
  if (!timetable_check (timetable, error))
    return NULL;

  return g_steal_pointer (&timetable);
}

guint64
terrace_timetable_get_rate (GArray *timetable, gint64 now_us)
{
  g_autoptr (GDateTime) now = NULL;
  const TerraceTimetableEntry *current;
  guint minute;

  g_return_val_if_fail (timetable != NULL && timetable->len > 0, 0);

  now = g_date_time_new_from_unix_local (now_us / TERRACE_US_PER_SECOND);
  minute =
      now == NULL ?
          0 :
          (guint) (g_date_time_get_hour (now) * MINUTES_PER_HOUR + g_date_time_get_minute (now));
  current = &g_array_index (timetable, TerraceTimetableEntry, timetable->len - 1);
  for (guint i = 0; i < timetable->len; i++)
    {
      const TerraceTimetableEntry *entry = &g_array_index (timetable, TerraceTimetableEntry, i);

      if (entry->minute <= minute)
        current = entry;
    }

  return current->bytes_per_second;
}
