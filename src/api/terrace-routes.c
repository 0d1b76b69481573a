/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Finds the function that answers a path. Pure; runs on the main thread. */

#include "config.h"

#include "api/terrace-routes.h"

#include <string.h>

#define PREFIX "/api/"

static const TerraceRoute *const tables[] = { terrace_routes_objects, terrace_routes_moves,
                                              terrace_routes_insight, terrace_routes_stream };

static gboolean
match (const char *pattern, char **pieces, gint64 *id, const char **word)
{
  g_auto (GStrv) wanted = g_strsplit (pattern, "/", -1);

  *id = 0;
  *word = NULL;
  if (g_strv_length (wanted) != g_strv_length (pieces))
    return FALSE;
  for (guint i = 0; wanted[i] != NULL; i++)
    {
      if (g_str_equal (wanted[i], "{id}"))
        {
          if (!g_ascii_string_to_signed (pieces[i], 10, 1, G_MAXINT64, id, NULL))
            return FALSE;
        }
      else if (g_str_equal (wanted[i], "{word}"))
        *word = pieces[i];
      else if (!g_str_equal (wanted[i], pieces[i]))
        return FALSE;
    }
  return TRUE;
}

TerraceRouteFunc
terrace_routes_find (const char *method, const char *path, gint64 *id, char **word, char **allowed)
{
  g_autoptr (GString) methods = g_string_new (NULL);
  g_auto (GStrv) pieces = NULL;

  *id = 0;
  *word = NULL;
  *allowed = NULL;
  if (!g_str_has_prefix (path, PREFIX))
    return NULL;
  pieces = g_strsplit (path + strlen (PREFIX), "/", -1);
  for (guint i = 0; i < G_N_ELEMENTS (tables); i++)
    for (const TerraceRoute *route = tables[i]; route->method != NULL; route++)
      {
        gint64 found_id;
        const char *found_word;

        if (!match (route->path, pieces, &found_id, &found_word))
          continue;
        if (g_str_equal (route->method, method))
          {
            *id = found_id;
            *word = g_strdup (found_word);
            return route->answer;
          }
        g_string_append_printf (methods, "%s%s", methods->len > 0 ? ", " : "", route->method);
      }
  if (methods->len > 0)
    *allowed = g_string_free (g_steal_pointer (&methods), FALSE);
  return NULL;
}
