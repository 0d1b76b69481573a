/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* Reads JSON in place, without building a tree: of the messages that come by the hundred thousand a
 * handful of members matter. A message is checked as a whole first (RFC 8259, UTF-8, a bounded
 * depth); the values handed out afterwards point into it. Any thread. */

G_BEGIN_DECLS

typedef enum
{
  TERRACE_JSON_NONE,
  TERRACE_JSON_OBJECT,
  TERRACE_JSON_ARRAY,
  TERRACE_JSON_STRING,
  TERRACE_JSON_NUMBER,
  TERRACE_JSON_TRUE,
  TERRACE_JSON_FALSE,
  TERRACE_JSON_NULL,
} TerraceJsonType;

/* @start: of a string, behind the quote; @length: without the quotes. */
typedef struct
{
  TerraceJsonType type;
  const char *start;
  gsize length;
  gboolean escaped;
} TerraceJson;

/* %FALSE and INVALID saying where, if @data is not one JSON value of at most @max_depth. */
gboolean terrace_json_scan (const char *data,
                            gsize length,
                            guint max_depth,
                            TerraceJson *value,
                            GError **error);

/* The next member of @object or element of @array: @at is %NULL at first. @name: (out) (optional)
 */
gboolean terrace_json_next (const TerraceJson *parent,
                            const char **at,
                            TerraceJson *name,
                            TerraceJson *value);
/* The member @name, of type NONE if there is none or @object is no object. */
TerraceJson terrace_json_get (const TerraceJson *object, const char *name);
/* A path of members, %NULL at the end. */
TerraceJson terrace_json_get_path (const TerraceJson *object, ...) G_GNUC_NULL_TERMINATED;
gboolean terrace_json_equals (const TerraceJson *string, const char *text);

/* (transfer full) (nullable): the text of a string; %NULL if it is none or holds a NUL. */
char *terrace_json_dup_text (const TerraceJson *string);
/* A number, or a string that is one; %FALSE if it is none or not finite. */
gboolean terrace_json_get_double (const TerraceJson *value, double *number);
/* Whole and in range. */
gboolean terrace_json_get_uint64 (const TerraceJson *value, guint64 *number);

G_END_DECLS
