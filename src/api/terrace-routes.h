/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "api/terrace-call.h"

/* Which path is answered by what. A path is matched piece by piece: "{id}" stands for a positive
 * number, "{word}" for a word. Main thread. */

G_BEGIN_DECLS

typedef void (*TerraceRouteFunc) (TerraceCall *call);

/* In a table that ends with a %NULL method. @path: below "/api/". */
typedef struct
{
  const char *method;
  const char *path;
  TerraceRouteFunc answer;
} TerraceRoute;

/**
 * terrace_routes_find:
 * @path: as it was asked for, decoded: "/api/stats"
 * @id: (out): 0 if the path has none
 * @word: (out) (transfer full) (nullable)
 * @allowed: (out) (transfer full) (nullable): the methods the path knows, "GET, POST"; %NULL if
 *   there is no such path
 *
 * Returns: (nullable): the function that answers
 */
TerraceRouteFunc
terrace_routes_find (const char *method, const char *path, gint64 *id, char **word, char **allowed);

/* The tables, one per file. */
extern const TerraceRoute terrace_routes_objects[];
extern const TerraceRoute terrace_routes_moves[];
extern const TerraceRoute terrace_routes_insight[];
extern const TerraceRoute terrace_routes_stream[];

G_END_DECLS
