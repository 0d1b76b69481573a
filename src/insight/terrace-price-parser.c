/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Takes a price sheet apart: head, sources, classes. Strict, because a mistyped name or number in
 * a price would otherwise move data for a wrong reason. Any thread. */

#include "config.h"

#include "insight/terrace-price-parser.h"

#include "insight/terrace-price-figure.h"
#include "insight/terrace-price-json.h"

#include "base/terrace-error.h"
#include "base/terrace-limits.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define FORMAT_VERSION 1
#define MAX_CODE_BYTES 64

void
terrace_price_content_free (TerracePriceContent *self)
{
  g_free (self->provider);
  g_free (self->name);
  g_free (self->region);
  g_free (self->currency);
  g_free (self->date);
  g_clear_pointer (&self->classes, g_ptr_array_unref);
  g_clear_pointer (&self->figures, g_ptr_array_unref);
  g_free (self);
}

/* Years, months or days: "2026", "2026-11", "2026-11-22". */
static gboolean
is_iso_date (const char *text)
{
  static const char shape[] = "dddd-dd-dd";
  const gsize length = strlen (text);
  guint parts[3] = { 0, 1, 1 };
  guint part = 0;

  if (length != 4 && length != 7 && length != 10)
    return FALSE;
  for (gsize i = 0; i < length; i++)
    {
      if (shape[i] == '-' ? text[i] != '-' : !g_ascii_isdigit (text[i]))
        return FALSE;
      if (shape[i] == '-')
        parts[++part] = 0;
      else
        parts[part] = parts[part] * 10 + (guint) g_ascii_digit_value (text[i]);
    }
  return g_date_valid_dmy ((GDateDay) parts[2], (GDateMonth) parts[1], (GDateYear) parts[0]);
}

static gboolean
is_code (const char *text)
{
  const gsize length = strlen (text);

  return length > 0 && length <= MAX_CODE_BYTES &&
         strspn (text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-") ==
             length;
}

static gboolean
is_currency (const char *text)
{
  return strlen (text) == 3 && g_ascii_isupper (text[0]) && g_ascii_isupper (text[1]) &&
         g_ascii_isupper (text[2]);
}

static gboolean
check_string_list (const TerracePriceContext *context,
                   JsonObject *root,
                   const char *member,
                   GError **error)
{
  JsonNode *node = json_object_get_member (root, member);

  if (node == NULL)
    return TRUE;
  if (!JSON_NODE_HOLDS_ARRAY (node))
    return terrace_price_fail (context, member, error, _ ("must be a list"));
  for (guint i = 0; i < json_array_get_length (json_node_get_array (node)); i++)
    {
      JsonNode *element = json_array_get_element (json_node_get_array (node), i);

      if (!JSON_NODE_HOLDS_VALUE (element) || json_node_get_value_type (element) != G_TYPE_STRING)
        return terrace_price_fail (context, member, error, _ ("must be text in quotes"));
    }
  return TRUE;
}

/* The objects of a list that must be there and not be empty; %NULL and an error otherwise. */
static JsonArray *
get_object_list (const TerracePriceContext *context,
                 JsonObject *root,
                 const char *member,
                 GError **error)
{
  JsonNode *node = json_object_get_member (root, member);
  JsonArray *array;

  if (node == NULL || !JSON_NODE_HOLDS_ARRAY (node) ||
      json_array_get_length (json_node_get_array (node)) == 0)
    {
      terrace_price_fail (context, member, error, _ ("must be a list that is not empty"));
      return NULL;
    }

  array = json_node_get_array (node);
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      if (!JSON_NODE_HOLDS_OBJECT (json_array_get_element (array, i)))
        {
          terrace_price_fail (context, member, error, _ ("must be a list of objects"));
          return NULL;
        }
    }
  return array;
}

static gboolean
read_source (TerracePriceContext *context, JsonObject *object, GError **error)
{
  static const char *const members[] = { "id", "title", "url", "date", "note", NULL };
  g_autoptr (TerracePriceSource) source = g_new0 (TerracePriceSource, 1);
  g_autofree char *id = NULL;
  g_autofree char *note = NULL;

  if (!terrace_price_check_members (context, object, members, error))
    return FALSE;
  if ((id = terrace_price_dup_string (context, object, "id", TRUE, error)) == NULL ||
      (source->title = terrace_price_dup_string (context, object, "title", TRUE, error)) == NULL ||
      (source->url = terrace_price_dup_string (context, object, "url", FALSE, error)) == NULL ||
      (source->date = terrace_price_dup_string (context, object, "date", FALSE, error)) == NULL ||
      (note = terrace_price_dup_string (context, object, "note", FALSE, error)) == NULL)
    return FALSE;
  if (*source->date != '\0' && !is_iso_date (source->date))
    return terrace_price_fail (context, id, error, _ ("the date must look like 2026-11-22"));
  if (g_hash_table_contains (context->sources, id))
    return terrace_price_fail (context, id, error, _ ("this source is given twice"));

  g_hash_table_insert (context->sources, g_steal_pointer (&id), g_steal_pointer (&source));
  return TRUE;
}

static gboolean
read_sources (TerracePriceContext *context, JsonObject *root, GError **error)
{
  JsonArray *array = get_object_list (context, root, "sources", error);

  if (array == NULL)
    return FALSE;
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      if (!read_source (context, json_array_get_object_element (array, i), error))
        return FALSE;
    }
  return TRUE;
}

/* (transfer none) (nullable): the object @member; %NULL without an error if it is not there. */
static gboolean
get_object (const TerracePriceContext *context,
            JsonObject *object,
            const char *member,
            JsonObject **inner,
            GError **error)
{
  JsonNode *node = json_object_get_member (object, member);

  *inner = NULL;
  if (node == NULL)
    return TRUE;
  if (!JSON_NODE_HOLDS_OBJECT (node))
    return terrace_price_fail (context, member, error, _ ("must be an object"));
  *inner = json_node_get_object (node);
  return TRUE;
}

static gboolean
read_tier (const TerracePriceContext *context,
           JsonObject *object,
           TerraceStorageClass *storage_class,
           GError **error)
{
  g_autofree char *nick = terrace_price_dup_string (context, object, "tier", TRUE, error);
  int tier;

  if (nick == NULL)
    return FALSE;
  if (!terrace_enum_from_nick (TERRACE_TYPE_TIER, nick, &tier))
    return terrace_price_fail (context, "tier", error,
                               _ ("“%s” is not a tier; use hot, warm, cold or archive"), nick);
  storage_class->tier = (TerraceTier) tier;
  return TRUE;
}

/* The figures of one class, from "figures" and, for a disk of one's own, "disk". */
static GPtrArray *
read_class_figures (const TerracePriceContext *context,
                    JsonObject *object,
                    TerraceStorageClass *storage_class,
                    GError **error)
{
  g_autoptr (GPtrArray) list =
      g_ptr_array_new_with_free_func ((GDestroyNotify) terrace_price_figure_free);
  JsonObject *figures;
  JsonObject *disk;

  if (!get_object (context, object, "figures", &figures, error) ||
      !get_object (context, object, "disk", &disk, error))
    return NULL;
  if (figures == NULL)
    {
      terrace_price_fail (context, "figures", error, _ ("is missing"));
      return NULL;
    }

  if (disk != NULL && !terrace_price_read_disk (context, disk, storage_class, list, error))
    return NULL;
  if (!terrace_price_read_figures (context, figures, disk == NULL, storage_class, list, error))
    return NULL;
  return g_steal_pointer (&list);
}

static gboolean
read_class (TerracePriceContext *context,
            JsonObject *object,
            GHashTable *codes,
            TerracePriceContent *content,
            GError **error)
{
  static const char *const members[] = { "code", "name", "tier", "note", "figures", "disk", NULL };
  g_autoptr (TerraceStorageClass) storage_class = NULL;
  g_autoptr (GPtrArray) figures = NULL;
  g_autofree char *code = NULL;
  g_autofree char *name = NULL;
  g_autofree char *note = NULL;
  g_autofree char *id = NULL;

  context->class_code = NULL;
  code = terrace_price_dup_string (context, object, "code", TRUE, error);
  if (code == NULL)
    return FALSE;
  if (!is_code (code))
    return terrace_price_fail (context, "code", error,
                               _ ("must be letters, digits, “_” and “-”, at most 64"));
  context->class_code = code;
  if (!g_hash_table_add (codes, g_strdup (code)))
    return terrace_price_fail (context, NULL, error, _ ("this class is given twice"));

  if (!terrace_price_check_members (context, object, members, error) ||
      (name = terrace_price_dup_string (context, object, "name", TRUE, error)) == NULL ||
      (note = terrace_price_dup_string (context, object, "note", FALSE, error)) == NULL)
    return FALSE;

  id = g_strdup_printf ("%s/%s", content->provider, code);
  storage_class = terrace_storage_class_new (id, name);
  g_free (storage_class->region);
  storage_class->region = g_strdup (content->region);
  if (!read_tier (context, object, storage_class, error))
    return FALSE;
  figures = read_class_figures (context, object, storage_class, error);
  if (figures == NULL)
    return FALSE;

  g_ptr_array_add (content->classes, g_steal_pointer (&storage_class));
  g_ptr_array_add (content->figures, g_steal_pointer (&figures));
  return TRUE;
}

static gboolean
read_classes (TerracePriceContext *context,
              JsonObject *root,
              TerracePriceContent *content,
              GError **error)
{
  g_autoptr (GHashTable) codes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  JsonArray *array = get_object_list (context, root, "classes", error);

  if (array == NULL)
    return FALSE;
  if (json_array_get_length (array) > TERRACE_LIMIT_CLASSES)
    return terrace_price_fail (context, "classes", error, _ ("there are more than %d classes"),
                               TERRACE_LIMIT_CLASSES);
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      if (!read_class (context, json_array_get_object_element (array, i), codes, content, error))
        return FALSE;
    }
  return TRUE;
}

/* What the sheet leaves out, and why: for people, checked and not kept. */
static gboolean
check_left_out (const TerracePriceContext *context, JsonObject *root, GError **error)
{
  static const char *const members[] = { "code", "name", "reason", NULL };
  JsonArray *array;

  if (!json_object_has_member (root, "left_out"))
    return TRUE;
  array = get_object_list (context, root, "left_out", error);
  if (array == NULL)
    return FALSE;
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonObject *object = json_array_get_object_element (array, i);

      if (!terrace_price_check_members (context, object, members, error))
        return FALSE;
      for (gsize j = 0; members[j] != NULL; j++)
        {
          g_autofree char *text =
              terrace_price_dup_string (context, object, members[j], TRUE, error);

          if (text == NULL)
            return FALSE;
        }
    }
  return TRUE;
}

static gboolean
check_format (const TerracePriceContext *context, JsonObject *root, GError **error)
{
  JsonNode *node = json_object_get_member (root, "format");

  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node) ||
      json_node_get_value_type (node) != G_TYPE_INT64)
    return terrace_price_fail (context, "format", error, _ ("must be the number %d"),
                               FORMAT_VERSION);
  if (json_node_get_int (node) != FORMAT_VERSION)
    return terrace_price_fail (context, "format", error,
                               _ ("this version of Terrace only reads format %d"), FORMAT_VERSION);
  return TRUE;
}

static gboolean
read_head (const TerracePriceContext *context,
           JsonObject *root,
           TerracePriceContent *content,
           GError **error)
{
  static const char *const members[] = {
    "$schema", "format", "provider", "name",    "region",   "currency",
    "date",    "notes",  "sources",  "classes", "left_out", NULL,
  };
  g_autofree char *schema = NULL;

  if (!terrace_price_check_members (context, root, members, error) ||
      !check_format (context, root, error) ||
      (schema = terrace_price_dup_string (context, root, "$schema", FALSE, error)) == NULL)
    return FALSE;

  content->provider = terrace_price_dup_string (context, root, "provider", TRUE, error);
  if (content->provider == NULL)
    return FALSE;
  if (!is_code (content->provider))
    return terrace_price_fail (context, "provider", error,
                               _ ("must be letters, digits, “_” and “-”, at most 64"));

  content->name = terrace_price_dup_string (context, root, "name", TRUE, error);
  if (content->name == NULL)
    return FALSE;
  content->region = terrace_price_dup_string (context, root, "region", FALSE, error);
  if (content->region == NULL)
    return FALSE;

  content->currency = terrace_price_dup_string (context, root, "currency", TRUE, error);
  if (content->currency == NULL)
    return FALSE;
  if (!is_currency (content->currency))
    return terrace_price_fail (context, "currency", error,
                               _ ("must be three capital letters, as in USD"));

  content->date = terrace_price_dup_string (context, root, "date", TRUE, error);
  if (content->date == NULL)
    return FALSE;
  if (!is_iso_date (content->date))
    return terrace_price_fail (context, "date", error, _ ("the date must look like 2026-11-22"));

  return check_string_list (context, root, "notes", error) && check_left_out (context, root, error);
}

TerracePriceContent *
terrace_price_content_parse (GBytes *bytes, const char *file_name, GError **error)
{
  g_autoptr (TerracePriceContent) content = g_new0 (TerracePriceContent, 1);
  g_autoptr (GHashTable) sources = NULL;
  g_autoptr (JsonNode) node = NULL;
  TerracePriceContext context = { .file_name = file_name };
  JsonObject *root;

  node = terrace_price_json_load (bytes, file_name, error);
  if (node == NULL)
    return NULL;

  sources = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                   (GDestroyNotify) terrace_price_source_free);
  context.sources = sources;
  content->classes = g_ptr_array_new_with_free_func ((GDestroyNotify) terrace_storage_class_unref);
  content->figures = g_ptr_array_new_with_free_func ((GDestroyNotify) g_ptr_array_unref);

  root = json_node_get_object (node);
  if (!read_head (&context, root, content, error) || !read_sources (&context, root, error) ||
      !read_classes (&context, root, content, error))
    return NULL;
  return g_steal_pointer (&content);
}
