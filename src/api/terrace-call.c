/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Reading a request and writing its answer. Runs on the main thread. */

#include "config.h"

#include "api/terrace-call.h"

#include "base/terrace-error.h"
#include "base/terrace-limits.h"

#include <glib/gi18n-lib.h>
#include <string.h>

static const struct
{
  TerraceErrorCode code;
  guint status;
  const char *nick;
} failures[] = {
  { TERRACE_ERROR_INVALID, SOUP_STATUS_BAD_REQUEST, "invalid" },
  { TERRACE_ERROR_NOT_FOUND, SOUP_STATUS_NOT_FOUND, "not-found" },
  { TERRACE_ERROR_EXISTS, SOUP_STATUS_CONFLICT, "exists" },
  { TERRACE_ERROR_CHANGED, SOUP_STATUS_CONFLICT, "changed" },
  { TERRACE_ERROR_PERMISSION, SOUP_STATUS_FORBIDDEN, "permission" },
  { TERRACE_ERROR_NO_SPACE, SOUP_STATUS_INSUFFICIENT_STORAGE, "no-space" },
  { TERRACE_ERROR_UNREACHABLE, SOUP_STATUS_BAD_GATEWAY, "unreachable" },
  { TERRACE_ERROR_BUSY, SOUP_STATUS_SERVICE_UNAVAILABLE, "busy" },
  { TERRACE_ERROR_UNSUPPORTED, SOUP_STATUS_NOT_IMPLEMENTED, "unsupported" },
  { TERRACE_ERROR_READ_ONLY, SOUP_STATUS_FORBIDDEN, "read-only" },
  { TERRACE_ERROR_LIMIT, SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE, "limit" },
};

TerraceCall *
terrace_call_new (TerraceEngine *engine,
                  SoupServerMessage *message,
                  GHashTable *query,
                  GHashTable *calls)
{
  TerraceCall *self = g_new0 (TerraceCall, 1);

  self->engine = g_object_ref (engine);
  self->message = g_object_ref (message);
  self->query = query != NULL ? g_hash_table_ref (query) : NULL;
  self->cancellable = g_cancellable_new ();
  self->calls = g_hash_table_ref (calls);
  g_signal_connect_object (message, "disconnected", G_CALLBACK (g_cancellable_cancel),
                           self->cancellable, G_CONNECT_SWAPPED);
  g_hash_table_add (calls, self);
  soup_server_message_pause (message);

  return self;
}

void
terrace_call_free (TerraceCall *self)
{
  g_hash_table_remove (self->calls, self);
  if (self->destroy_data != NULL)
    self->destroy_data (self->data);
  g_hash_table_unref (self->calls);
  g_clear_pointer (&self->query, g_hash_table_unref);
  g_clear_pointer (&self->body, json_node_unref);
  g_free (self->word);
  g_object_unref (self->cancellable);
  g_object_unref (self->message);
  g_object_unref (self->engine);
  g_free (self);
}

void
terrace_call_take_data (TerraceCall *self, gpointer data, GDestroyNotify destroy)
{
  g_assert (self->data == NULL);

  self->data = data;
  self->destroy_data = destroy;
}

static void
write_answer (SoupServerMessage *message, guint status, JsonNode *node)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);
  g_autofree char *text = json_to_string (node, FALSE);

  soup_message_headers_replace (headers, "Cache-Control", "no-store");
  soup_message_headers_replace (headers, "X-Content-Type-Options", "nosniff");
  soup_server_message_set_status (message, status, NULL);
  soup_server_message_set_response (message, "application/json", SOUP_MEMORY_COPY, text,
                                    strlen (text));
}

void
terrace_call_answer (TerraceCall *self, guint status, JsonNode *node)
{
  g_autoptr (TerraceCall) own = self;
  g_autoptr (JsonNode) answer = node;

  write_answer (self->message, status, answer);
  soup_server_message_unpause (self->message);
}

void
terrace_call_refuse (SoupServerMessage *message, guint status, const char *code, const char *text)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) node = NULL;

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "error");
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "code");
  json_builder_add_string_value (builder, code);
  json_builder_set_member_name (builder, "message");
  json_builder_add_string_value (builder, text);
  json_builder_end_object (builder);
  json_builder_end_object (builder);
  node = json_builder_get_root (builder);
  write_answer (message, status, node);
}

void
terrace_call_fail (TerraceCall *self, const GError *error)
{
  g_autoptr (TerraceCall) own = self;
  guint status = SOUP_STATUS_INTERNAL_SERVER_ERROR;
  const char *nick = "failed";

  for (guint i = 0; i < G_N_ELEMENTS (failures); i++)
    if (g_error_matches (error, TERRACE_ERROR, (gint) failures[i].code))
      {
        status = failures[i].status;
        nick = failures[i].nick;
      }
  if (terrace_error_is_cancelled (error))
    {
      status = SOUP_STATUS_SERVICE_UNAVAILABLE;
      nick = "cancelled";
    }
  terrace_call_refuse (self->message, status, nick, error->message);
  soup_server_message_unpause (self->message);
}

const char *
terrace_call_get_text (TerraceCall *self, const char *name)
{
  return self->query != NULL ? g_hash_table_lookup (self->query, name) : NULL;
}

gboolean
terrace_call_get_number (TerraceCall *self,
                         const char *name,
                         gint64 least,
                         gint64 most,
                         gint64 otherwise,
                         gint64 *number,
                         GError **error)
{
  const char *text = terrace_call_get_text (self, name);

  *number = otherwise;
  if (text == NULL || g_ascii_string_to_signed (text, 10, least, most, number, NULL))
    return TRUE;
  g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID,
               _ ("'%s' must be a number from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT), name,
               least, most);
  return FALSE;
}

JsonObject *
terrace_call_get_object (TerraceCall *self, GError **error)
{
  if (self->body != NULL && JSON_NODE_HOLDS_OBJECT (self->body))
    return json_node_get_object (self->body);
  g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID, _ ("The body must be a JSON object"));
  return NULL;
}

static gboolean
set_wrong_type (const char *name, const char *wanted, GError **error)
{
  g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID, _ ("'%s' must be %s"), name, wanted);
  return FALSE;
}

/* (nullable): the member if it is there and holds a value of @type. @right: %FALSE if it holds
 * another one. */
static JsonNode *
find_member (JsonObject *object, const char *name, GType type, gboolean *right)
{
  JsonNode *node = json_object_get_member (object, name);

  *right = TRUE;
  if (node == NULL || JSON_NODE_HOLDS_NULL (node))
    return NULL;
  *right = JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == type;
  return node;
}

gboolean
terrace_call_read_text (JsonObject *object, const char *name, const char **text, GError **error)
{
  gboolean right;
  JsonNode *node = find_member (object, name, G_TYPE_STRING, &right);

  if (!right)
    return set_wrong_type (name, _ ("a text"), error);
  if (node != NULL)
    *text = json_node_get_string (node);
  return TRUE;
}

gboolean
terrace_call_read_number (JsonObject *object,
                          const char *name,
                          gint64 least,
                          gint64 most,
                          gint64 *number,
                          GError **error)
{
  gboolean right;
  JsonNode *node = find_member (object, name, G_TYPE_INT64, &right);

  if (!right)
    return set_wrong_type (name, _ ("a whole number"), error);
  if (node == NULL)
    return TRUE;
  *number = json_node_get_int (node);
  if (*number >= least && *number <= most)
    return TRUE;
  g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID,
               _ ("'%s' must be a number from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT), name,
               least, most);
  return FALSE;
}

gboolean
terrace_call_read_flag (JsonObject *object, const char *name, gboolean *flag, GError **error)
{
  gboolean right;
  JsonNode *node = find_member (object, name, G_TYPE_BOOLEAN, &right);

  if (!right)
    return set_wrong_type (name, _ ("true or false"), error);
  if (node != NULL)
    *flag = json_node_get_boolean (node);
  return TRUE;
}

GArray *
terrace_call_read_ids (TerraceCall *self, GError **error)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  JsonObject *object = terrace_call_get_object (self, error);
  JsonNode *node = object != NULL ? json_object_get_member (object, "ids") : NULL;
  JsonArray *array;

  if (object == NULL)
    return NULL;
  if (node == NULL || !JSON_NODE_HOLDS_ARRAY (node) ||
      json_array_get_length (json_node_get_array (node)) == 0)
    {
      set_wrong_type ("ids", _ ("a list of objects' numbers"), error);
      return NULL;
    }
  array = json_node_get_array (node);
  if (json_array_get_length (array) > TERRACE_LIMIT_API_IDS)
    {
      g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_LIMIT,
                   _ ("At most %d objects can be named at once"), TERRACE_LIMIT_API_IDS);
      return NULL;
    }
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonNode *element = json_array_get_element (array, i);
      gint64 id = JSON_NODE_HOLDS_VALUE (element) ? json_node_get_int (element) : 0;

      if (id <= 0)
        {
          set_wrong_type ("ids", _ ("a list of objects' numbers"), error);
          return NULL;
        }
      g_array_append_val (ids, id);
    }
  return g_steal_pointer (&ids);
}
