/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads and writes Azure's XML. Any thread. */

#include "config.h"

#include "provider/azure/terrace-azure-xml.h"

#include "base/terrace-error.h"
#include "base/terrace-limits.h"
#include "provider/azure/terrace-azure-block.h"
#include "provider/azure/terrace-azure-name.h"
#include "provider/azure/terrace-azure-object.h"
#include "provider/terrace-provider-private.h"
#include "provider/terrace-xml.h"

#include <glib/gi18n-lib.h>
#include <libsoup/soup.h>
#include <string.h>

/* Azure's own bound for what is not committed. */
#define MAX_BLOCKS 100000

static void
set_not_understood (GError **error)
{
  g_set_error_literal (error, TERRACE_ERROR, TERRACE_ERROR_CORRUPT,
                       _ ("The server's list of objects cannot be understood"));
}

static gint64
time_in (const xmlNode *parent, const char *name)
{
  g_autofree char *text = terrace_xml_get_text_in (parent, name);
  g_autoptr (GDateTime) time = text != NULL ? soup_date_time_new_from_http_string (text) : NULL;

  return time != NULL ? g_date_time_to_unix (time) * G_USEC_PER_SEC : 0;
}

/* (transfer full) (nullable): what XML cannot write is percent-encoded. */
static char *
name_of (const xmlNode *blob)
{
  const xmlNode *node = terrace_xml_find (blob, "Name");
  g_autofree char *text = terrace_xml_get_text (node);
  xmlChar *encoded = node != NULL ? xmlGetProp (node, (const xmlChar *) "Encoded") : NULL;
  gboolean is_encoded = g_strcmp0 ((const char *) encoded, "true") == 0;

  xmlFree (encoded);
  if (is_encoded && text != NULL)
    return g_uri_unescape_string (text, NULL);

  return g_steal_pointer (&text);
}

static gboolean
has_text (const xmlNode *parent, const char *name, const char *expected)
{
  g_autofree char *text = terrace_xml_get_text_in (parent, name);

  return g_strcmp0 (text, expected) == 0;
}

/* --- Objects --------------------------------------------------------------------------------- */

/* %FALSE if it is a placeholder. */
static gboolean
read_metadata (TerraceObjectInfo *info, const xmlNode *metadata)
{
  gboolean is_object = TRUE;

  for (const xmlNode *node = metadata != NULL ? metadata->children : NULL; node != NULL;
       node = node->next)
    {
      const char *name = (const char *) node->name;
      g_autofree char *value = NULL;

      if (node->type != XML_ELEMENT_NODE)
        continue;
      value = terrace_xml_get_text (node);
      if (value != NULL)
        terrace_azure_object_read_metadata (info, name, value);
      is_object = is_object && !terrace_azure_is_placeholder (name);
    }

  return is_object;
}

static gboolean
read_properties (TerraceObjectInfo *info, const xmlNode *properties, const char *class_prefix)
{
  g_autofree char *etag = terrace_xml_get_text_in (properties, "Etag");
  g_autofree char *tier = terrace_xml_get_text_in (properties, "AccessTier");

  if (etag == NULL || !terrace_xml_get_size_in (properties, "Content-Length", &info->size_bytes))
    return FALSE;

  info->version = terrace_azure_unquote (etag);
  info->modified_us = time_in (properties, "Last-Modified");
  info->created_us = time_in (properties, "Creation-Time");
  info->accessed_us = time_in (properties, "LastAccessTime");
  info->class_id = terrace_azure_class_id (class_prefix, tier);
  return TRUE;
}

static gboolean
take_blob (TerraceListing *listing,
           const xmlNode *blob,
           const char *class_prefix,
           const char *prefix,
           GError **error)
{
  const xmlNode *properties = terrace_xml_find (blob, "Properties");
  g_autofree char *name = name_of (blob);
  g_autofree char *key = name != NULL ? terrace_azure_name_to_key (name) : NULL;
  g_autoptr (TerraceObjectInfo) info = NULL;

  if (name == NULL || listing->objects->len >= TERRACE_LIMIT_LIST_PAGE)
    {
      set_not_understood (error);
      return FALSE;
    }
  if (has_text (properties, "ResourceType", "directory"))
    {
      listing->skipped++;
      return TRUE;
    }
  if (key == NULL || key[0] == '\0' || strlen (key) > TERRACE_LIMIT_KEY_BYTES)
    {
      g_ptr_array_add (listing->unreadable, g_steal_pointer (&name));
      return TRUE;
    }

  info = terrace_object_info_new (key);
  if (!read_properties (info, properties, class_prefix))
    {
      set_not_understood (error);
      return FALSE;
    }
  if (read_metadata (info, terrace_xml_find (blob, "Metadata")) && g_str_has_prefix (key, prefix))
    g_ptr_array_add (listing->objects, g_steal_pointer (&info));

  return TRUE;
}

/* (transfer full) (nullable): the marker of the following page. */
static char *
next_of (const xmlNode *root)
{
  g_autofree char *next = terrace_xml_get_text_in (root, "NextMarker");

  return next != NULL && next[0] != '\0' ? g_steal_pointer (&next) : NULL;
}

TerraceListing *
terrace_azure_xml_parse_listing (GBytes *body,
                                 const char *class_prefix,
                                 const char *prefix,
                                 GError **error)
{
  g_autoptr (TerraceXml) document = terrace_xml_parse (body, "EnumerationResults", error);
  g_autoptr (TerraceListing) listing = terrace_listing_new ();
  const xmlNode *blobs;

  if (document == NULL)
    return NULL;

  blobs = terrace_xml_find (terrace_xml_get_root (document), "Blobs");
  for (const xmlNode *node = blobs != NULL ? blobs->children : NULL; node != NULL;
       node = node->next)
    if (terrace_xml_is (node, "Blob") && !take_blob (listing, node, class_prefix, prefix, error))
      return NULL;
  listing->next = next_of (terrace_xml_get_root (document));

  return g_steal_pointer (&listing);
}

/* --- Blocks ---------------------------------------------------------------------------------- */

GPtrArray *
terrace_azure_xml_parse_empty_names (GBytes *body, char **next, GError **error)
{
  g_autoptr (TerraceXml) document = terrace_xml_parse (body, "EnumerationResults", error);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  const xmlNode *blobs;

  *next = NULL;
  if (document == NULL)
    return NULL;

  blobs = terrace_xml_find (terrace_xml_get_root (document), "Blobs");
  for (const xmlNode *node = blobs != NULL ? blobs->children : NULL; node != NULL;
       node = node->next)
    {
      const xmlNode *properties = terrace_xml_find (node, "Properties");
      g_autofree char *name = terrace_xml_is (node, "Blob") ? name_of (node) : NULL;

      if (name != NULL && has_text (properties, "Content-Length", "0") &&
          !has_text (properties, "ResourceType", "directory"))
        g_ptr_array_add (names, g_steal_pointer (&name));
    }
  *next = next_of (terrace_xml_get_root (document));

  return g_steal_pointer (&names);
}

static void
block_free (TerraceAzureBlock *self)
{
  g_free (self->name);
  g_free (self);
}

GPtrArray *
terrace_azure_xml_parse_blocks (GBytes *body, GError **error)
{
  g_autoptr (TerraceXml) document = terrace_xml_parse (body, "BlockList", error);
  g_autoptr (GPtrArray) blocks = g_ptr_array_new_with_free_func ((GDestroyNotify) block_free);
  const xmlNode *list;

  if (document == NULL)
    return NULL;

  list = terrace_xml_find (terrace_xml_get_root (document), "UncommittedBlocks");
  for (const xmlNode *node = list != NULL ? list->children : NULL; node != NULL; node = node->next)
    {
      g_autofree char *name = terrace_xml_get_text_in (node, "Name");
      guint64 size_bytes;
      TerraceAzureBlock *block;

      if (!terrace_xml_is (node, "Block"))
        continue;
      if (name == NULL || blocks->len >= MAX_BLOCKS ||
          !terrace_xml_get_size_in (node, "Size", &size_bytes))
        {
          g_set_error_literal (error, TERRACE_ERROR, TERRACE_ERROR_CORRUPT,
                               _ ("The server's list of parts cannot be understood"));
          return NULL;
        }
      block = g_new0 (TerraceAzureBlock, 1);
      block->name = g_steal_pointer (&name);
      block->size_bytes = size_bytes;
      g_ptr_array_add (blocks, block);
    }

  return g_steal_pointer (&blocks);
}

GBytes *
terrace_azure_xml_build_block_list (const char *upload_id, guint n_parts)
{
  GString *text = g_string_new ("<?xml version=\"1.0\" encoding=\"utf-8\"?><BlockList>");

  for (guint i = 0; i < n_parts; i++)
    {
      g_autofree char *name = terrace_azure_block_name (upload_id, i);

      g_string_append_printf (text, "<Uncommitted>%s</Uncommitted>", name);
    }
  g_string_append (text, "</BlockList>");

  return g_string_free_to_bytes (text);
}
