/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Topics with places for location and key in them. Pure. */

#include "stream/terrace-mqtt-source.h"

#include <string.h>

#define LOCATION "{location}"
#define KEY "{key}"

char *
terrace_mqtt_topic_to_filter (const char *topic)
{
  g_auto (GStrv) levels = g_strsplit (topic, "/", -1);
  guint n = g_strv_length (levels);

  for (guint i = 0; i < n; i++)
    {
      const char *filter = NULL;

      if (g_str_equal (levels[i], LOCATION))
        filter = "+";
      else if (g_str_equal (levels[i], KEY))
        filter = i + 1 == n ? "#" : "+";
      if (filter != NULL)
        {
          g_free (levels[i]);
          levels[i] = g_strdup (filter);
        }
    }

  return g_strjoinv ("/", levels);
}

gboolean
terrace_mqtt_topic_match (const char *topic, const char *name, char **location, char **key)
{
  g_auto (GStrv) wanted = g_strsplit (topic, "/", -1);
  g_auto (GStrv) levels = g_strsplit (name, "/", -1);
  g_autofree char *found_location = NULL, *found_key = NULL;
  guint i;

  *location = *key = NULL;
  for (i = 0; wanted[i] != NULL; i++)
    {
      gboolean is_last = wanted[i + 1] == NULL;

      if (g_str_equal (wanted[i], "#"))
        break;
      if (levels[i] == NULL)
        return FALSE;
      if (g_str_equal (wanted[i], KEY))
        {
          g_free (found_key);
          found_key = is_last ? g_strjoinv ("/", levels + i) : g_strdup (levels[i]);
          if (is_last)
            break;
        }
      else if (g_str_equal (wanted[i], LOCATION))
        {
          g_free (found_location);
          found_location = g_strdup (levels[i]);
        }
      else if (!g_str_equal (wanted[i], "+") && !g_str_equal (wanted[i], levels[i]))
        return FALSE;
    }
  if (wanted[i] == NULL && levels[i] != NULL)
    return FALSE;

  *location = g_steal_pointer (&found_location);
  *key = g_steal_pointer (&found_key);
  return TRUE;
}
