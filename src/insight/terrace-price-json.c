/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Guards json-glib with what it does not check itself: size, encoding, depth (its parser recurses)
 * and members that appear twice (the last would win silently). Any thread. */

#include "config.h"

#include "insight/terrace-price-json.h"

#include "base/terrace-error.h"
#include "base/terrace-limits.h"

#include <glib/gi18n-lib.h>

/* A sheet needs seven: classes, class, figures, figure, source list. */
#define MAX_DEPTH 16

#define TERRACE_TYPE_PRICE_JSON (terrace_price_json_get_type ())
G_DECLARE_FINAL_TYPE (TerracePriceJson, terrace_price_json, TERRACE, PRICE_JSON, JsonParser)

struct _TerracePriceJson
{
  JsonParser parent_instance;

  GArray *n_members; /* of guint: members seen in each open object */
  gboolean has_duplicate;
};

G_DEFINE_FINAL_TYPE (TerracePriceJson, terrace_price_json, JSON_TYPE_PARSER)

static void
terrace_price_json_object_start (JsonParser *parser)
{
  TerracePriceJson *self = TERRACE_PRICE_JSON (parser);
  const guint none = 0;

  g_array_append_val (self->n_members, none);
}

static void
terrace_price_json_object_member (JsonParser *parser, JsonObject *object, const char *name)
{
  TerracePriceJson *self = TERRACE_PRICE_JSON (parser);

  if (self->n_members->len > 0)
    g_array_index (self->n_members, guint, self->n_members->len - 1)++;
}

static void
terrace_price_json_object_end (JsonParser *parser, JsonObject *object)
{
  TerracePriceJson *self = TERRACE_PRICE_JSON (parser);
  guint last = self->n_members->len;

  if (last == 0)
    return;
  if (g_array_index (self->n_members, guint, last - 1) != json_object_get_size (object))
    self->has_duplicate = TRUE;
  g_array_set_size (self->n_members, last - 1);
}

static void
terrace_price_json_finalize (GObject *object)
{
  TerracePriceJson *self = TERRACE_PRICE_JSON (object);

  g_clear_pointer (&self->n_members, g_array_unref);

  G_OBJECT_CLASS (terrace_price_json_parent_class)->finalize (object);
}

static void
terrace_price_json_class_init (TerracePriceJsonClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  JsonParserClass *parser_class = JSON_PARSER_CLASS (klass);

  object_class->finalize = terrace_price_json_finalize;
  parser_class->object_start = terrace_price_json_object_start;
  parser_class->object_member = terrace_price_json_object_member;
  parser_class->object_end = terrace_price_json_object_end;
}

static void
terrace_price_json_init (TerracePriceJson *self)
{
  self->n_members = g_array_new (FALSE, FALSE, sizeof (guint));
}

/* Brackets outside of strings. */
static gboolean
is_too_deep (const char *text, gsize length)
{
  gboolean in_string = FALSE;
  int depth = 0;

  for (gsize i = 0; i < length; i++)
    {
      if (in_string)
        {
          if (text[i] == '\\')
            i++;
          else if (text[i] == '"')
            in_string = FALSE;
          continue;
        }
      if (text[i] == '"')
        in_string = TRUE;
      else if (text[i] == '{' || text[i] == '[')
        depth++;
      else if (text[i] == '}' || text[i] == ']')
        depth--;
      if (depth > MAX_DEPTH)
        return TRUE;
    }
  return FALSE;
}

static gboolean
check_text (const char *text, gsize length, const char *file_name, GError **error)
{
  const char *problem = NULL;

  if (length > TERRACE_LIMIT_PRICE_SHEET_BYTES)
    problem = _ ("the file is too large for a price sheet");
  else if (length == 0)
    problem = _ ("the file is empty");
  else if (!g_utf8_validate_len (text, length, NULL))
    problem = _ ("the file is not UTF-8 text");
  else if (is_too_deep (text, length))
    problem = _ ("the file is nested too deeply for a price sheet");

  if (problem == NULL)
    return TRUE;
  g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID, "%s: %s", file_name, problem);
  return FALSE;
}

JsonNode *
terrace_price_json_load (GBytes *bytes, const char *file_name, GError **error)
{
  g_autoptr (TerracePriceJson) parser = NULL;
  g_autoptr (GError) local_error = NULL;
  JsonNode *root;
  const char *text;
  gsize length;

  g_assert (bytes != NULL && file_name != NULL);

  text = g_bytes_get_data (bytes, &length);
  if (!check_text (text, length, file_name, error))
    return NULL;

  parser = g_object_new (TERRACE_TYPE_PRICE_JSON, NULL);
  if (!json_parser_load_from_data (JSON_PARSER (parser), text, (gssize) length, &local_error))
    {
      g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID, _ ("%s: not JSON: %s"), file_name,
                   local_error->message);
      return NULL;
    }

  root = json_parser_get_root (JSON_PARSER (parser));
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    {
      g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID,
                   _ ("%s: a price sheet must be a JSON object"), file_name);
      return NULL;
    }
  if (parser->has_duplicate)
    {
      g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID,
                   _ ("%s: a member is given twice in the same object"), file_name);
      return NULL;
    }
  return json_node_ref (root);
}
