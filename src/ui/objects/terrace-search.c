/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The words of the search. Pure; main thread only because the locale's words are. */

#include "config.h"

#include "ui/objects/terrace-search.h"

#include <string.h>

#include "base/terrace-clock.h"
#include "base/terrace-units.h"
#include "ui/terrace-format.h"

/* (transfer full): the next part, in which quotes keep spaces together; %NULL at the end. */
static char *
next_part (const char **rest)
{
  GString *part;
  gboolean quoted = FALSE;

  *rest += strspn (*rest, " \t\n");
  if (**rest == '\0')
    return NULL;
  part = g_string_new (NULL);
  for (; **rest != '\0' && (quoted || strchr (" \t\n", **rest) == NULL); (*rest)++)
    if (**rest == '"')
      quoted = !quoted;
    else
      g_string_append_c (part, **rest);
  return g_string_free (part, FALSE);
}

/* '>', '<' or '=', which @value is moved beyond. "=" also for none. */
static char
cut_sign (const char **value)
{
  char sign = **value;

  if (sign != '>' && sign != '<' && sign != '=')
    return '=';
  (*value)++;
  if (**value == '=')
    (*value)++;
  return sign;
}

static gboolean
parse_age (const char *text, gint64 *age_us)
{
  static const struct
  {
    char letter;
    double days;
  } units[] = { { 'h', 1.0 / 24 }, { 'd', 1 }, { 'w', 7 }, { 'm', 30 }, { 'y', 365.25 } };
  char *end = NULL;
  double count = g_ascii_strtod (text, &end);
  double days = 1;
  gboolean known = *end == '\0';

  for (guint i = 0; i < G_N_ELEMENTS (units); i++)
    if (g_ascii_tolower (*end) == units[i].letter && end[1] == '\0')
      {
        days = units[i].days;
        known = TRUE;
      }
  if (end == text || !known || !(count >= 0) || count * days > 1e6)
    return FALSE;
  *age_us = (gint64) (count * days * (double) TERRACE_US_PER_DAY);
  return TRUE;
}

static gboolean
take_size (TerraceItemFilter *filter, const char *value)
{
  char sign = cut_sign (&value);
  guint64 size_bytes;

  if (!terrace_parse_size (value, &size_bytes))
    return FALSE;
  /* 0 means "no limit" to the filter. */
  if (sign != '<')
    filter->min_bytes = MAX (size_bytes, 1);
  if (sign != '>')
    filter->max_bytes = MAX (size_bytes, 1);
  return TRUE;
}

static gboolean
take_last (TerraceItemFilter *filter, const char *value, gint64 now_us)
{
  char sign = cut_sign (&value);
  gint64 age_us;

  if (g_ascii_strcasecmp (value, "never") == 0)
    {
      filter->used_before_us = 1;
      return TRUE;
    }
  if (!parse_age (value, &age_us))
    return FALSE;
  /* Longer ago is earlier. */
  if (sign == '<')
    filter->used_since_us = MAX (now_us - age_us, 1);
  else
    filter->used_before_us = MAX (now_us - age_us, 1);
  return TRUE;
}

/* Whether @written is what the interface calls it, letters' case apart. */
static gboolean
is_called (const char *written, const char *label)
{
  g_autofree char *first = g_utf8_casefold (written, -1);
  g_autofree char *second = g_utf8_casefold (label, -1);

  return g_str_equal (first, second);
}

static gboolean
take_tier (TerraceItemFilter *filter, const char *value)
{
  g_autofree char *nick = g_ascii_strdown (value, -1);

  for (int tier = 0; tier < TERRACE_N_TIERS; tier++)
    if (g_str_equal (nick, terrace_ui_tier_css_class ((TerraceTier) tier)) ||
        is_called (value, terrace_ui_tier_label ((TerraceTier) tier)))
      {
        filter->tier = tier;
        return TRUE;
      }
  return FALSE;
}

static gboolean
take_temperature (TerraceItemFilter *filter, const char *value)
{
  g_autofree char *nick = g_ascii_strdown (value, -1);

  for (int i = TERRACE_TEMPERATURE_UNKNOWN; i <= TERRACE_TEMPERATURE_COLD; i++)
    if (g_str_equal (nick, terrace_ui_temperature_css_class ((TerraceTemperature) i)) ||
        is_called (value, terrace_ui_temperature_label ((TerraceTemperature) i)))
      {
        filter->temperature = i;
        return TRUE;
      }
  return FALSE;
}

/* %NULL if @part does not begin with @name and one of ":<>=". */
static const char *
find_value (const char *part, const char *name)
{
  gsize length = strlen (name);

  if (g_ascii_strncasecmp (part, name, length) != 0 || part[length] == '\0' ||
      strchr (":<>=", part[length]) == NULL)
    return NULL;
  return part[length] == ':' ? part + length + 1 : part + length;
}

static gboolean
take_part (TerraceItemFilter *filter,
           const char *part,
           gint64 now_us,
           TerraceSearchLocation find_location,
           gpointer user_data)
{
  const char *value;

  if ((value = find_value (part, "size")) != NULL)
    return take_size (filter, value);
  if ((value = find_value (part, "last")) != NULL)
    return take_last (filter, value, now_us);
  if ((value = find_value (part, "tier")) != NULL)
    return take_tier (filter, value);
  if ((value = find_value (part, "temp")) != NULL ||
      (value = find_value (part, "temperature")) != NULL)
    return take_temperature (filter, value);
  if ((value = find_value (part, "is")) != NULL && g_ascii_strcasecmp (value, "plan") == 0)
    {
      filter->planned = TRUE;
      return TRUE;
    }
  if ((value = find_value (part, "at")) != NULL || (value = find_value (part, "in")) != NULL)
    {
      gint64 location_id = find_location != NULL ? find_location (value, user_data) : 0;

      if (location_id != 0)
        filter->location_id = location_id;
      return location_id != 0;
    }
  return FALSE;
}

void
terrace_search_parse (const char *text,
                      gint64 now_us,
                      TerraceSearchLocation find_location,
                      gpointer user_data,
                      TerraceItemFilter *filter)
{
  g_autoptr (GString) words = g_string_new (NULL);
  char *part;

  g_return_if_fail (text != NULL);
  g_return_if_fail (filter != NULL);

  while ((part = next_part (&text)) != NULL)
    {
      if (!take_part (filter, part, now_us, find_location, user_data))
        g_string_append_printf (words, "%s%s", words->len > 0 ? " " : "", part);
      g_free (part);
    }
  g_free (filter->text);
  filter->text = words->len > 0 ? g_strdup (words->str) : NULL;
}
