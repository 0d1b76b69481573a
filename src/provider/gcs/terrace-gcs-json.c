/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads and writes JSON. Any thread. */

#include "config.h"

#include "provider/gcs/terrace-gcs-json.h"

#include "base/terrace-error.h"

#include <glib/gi18n-lib.h>

/* JSON-GLib goes one call deeper for each: what is nested without end would end the stack. */
#define MAX_DEPTH 32

static gboolean
is_shallow (const char *text, gsize length)
{
  gboolean quoted = FALSE;
  guint depth = 0;

  for (gsize i = 0; i < length; i++)
    {
      if (quoted && text[i] == '\\')
        i++;
      else if (text[i] == '"')
        quoted = !quoted;
      else if (!quoted && (text[i] == '[' || text[i] == '{') && ++depth > MAX_DEPTH)
        return FALSE;
      else if (!quoted && (text[i] == ']' || text[i] == '}') && depth > 0)
        depth--;
    }

  return TRUE;
}

JsonObject *
terrace_gcs_json_parse (GBytes *bytes, GError **error)
{
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  gsize length;
  const char *text = g_bytes_get_data (bytes, &length);
  JsonNode *root = NULL;

  if (length > 0 && g_utf8_validate (text, length, NULL) && is_shallow (text, length) &&
      json_parser_load_from_data (parser, text, length, NULL))
    root = json_parser_get_root (parser);
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    {
      g_set_error_literal (error, TERRACE_ERROR, TERRACE_ERROR_CORRUPT,
                           _ ("The server's answer is not what Google Cloud Storage answers"));
      return NULL;
    }

  return json_object_ref (json_node_get_object (root));
}

static JsonNode *
get (JsonObject *object, const char *name)
{
  return object != NULL ? json_object_get_member (object, name) : NULL;
}

const char *
terrace_gcs_json_get_string (JsonObject *object, const char *name)
{
  JsonNode *node = get (object, name);

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) &&
                 json_node_get_value_type (node) == G_TYPE_STRING ?
             json_node_get_string (node) :
             NULL;
}

JsonObject *
terrace_gcs_json_get_object (JsonObject *object, const char *name)
{
  JsonNode *node = get (object, name);

  return node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

JsonArray *
terrace_gcs_json_get_array (JsonObject *object, const char *name)
{
  JsonNode *node = get (object, name);

  return node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
}

gboolean
terrace_gcs_json_get_boolean (JsonObject *object, const char *name)
{
  JsonNode *node = get (object, name);

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) &&
         json_node_get_value_type (node) == G_TYPE_BOOLEAN && json_node_get_boolean (node);
}

JsonObject *
terrace_gcs_json_get_element (JsonArray *array, guint index)
{
  JsonNode *node = array != NULL && index < json_array_get_length (array) ?
                       json_array_get_element (array, index) :
                       NULL;

  return node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

gboolean
terrace_gcs_json_get_number (JsonObject *object, const char *name, guint64 *value)
{
  const char *text = terrace_gcs_json_get_string (object, name);
  JsonNode *node = get (object, name);

  *value = 0;
  if (text != NULL)
    return g_ascii_string_to_unsigned (text, 10, 0, G_MAXINT64, value, NULL);
  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node) ||
      json_node_get_value_type (node) != G_TYPE_INT64 || json_node_get_int (node) < 0)
    return FALSE;

  *value = (guint64) json_node_get_int (node);
  return TRUE;
}

gint64
terrace_gcs_json_get_time_us (JsonObject *object, const char *name)
{
  const char *text = terrace_gcs_json_get_string (object, name);
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();
  g_autoptr (GDateTime) time = text != NULL ? g_date_time_new_from_iso8601 (text, utc) : NULL;

  return time != NULL ?
             g_date_time_to_unix (time) * G_USEC_PER_SEC + g_date_time_get_microsecond (time) :
             0;
}

GBytes *
terrace_gcs_json_to_bytes (JsonObject *object)
{
  g_autoptr (JsonNode) node = json_node_alloc ();
  char *text;

  json_node_init_object (node, object);
  text = json_to_string (node, FALSE);

  return g_bytes_new_take (text, strlen (text));
}
