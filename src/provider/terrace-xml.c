/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads XML by libxml2, told to fetch nothing, to expand nothing and to say nothing. A document
 * type, the door to entities and other files, is refused as such. Any thread. */

#include "config.h"

#include "provider/terrace-xml.h"

#include "base/terrace-error.h"

#include <glib/gi18n-lib.h>
#include <libxml/parser.h>
#include <string.h>

#define PARSE_OPTIONS \
  (XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_NOCDATA)

void
terrace_xml_free (TerraceXml *self)
{
  xmlFreeDoc (self);
}

TerraceXml *
terrace_xml_parse_any (GBytes *body)
{
  gsize length;
  const char *data = g_bytes_get_data (body, &length);
  xmlDoc *document;

  if (length == 0 || length > G_MAXINT || memmem (data, length, "<!DOCTYPE", 9) != NULL)
    return NULL;

  document = xmlReadMemory (data, (int) length, NULL, NULL, PARSE_OPTIONS);
  /* In an encoding of two bytes the search above saw nothing. */
  if (document != NULL && (document->intSubset != NULL || document->extSubset != NULL ||
                           xmlDocGetRootElement (document) == NULL))
    g_clear_pointer (&document, xmlFreeDoc);

  return document;
}

TerraceXml *
terrace_xml_parse (GBytes *body, const char *root, GError **error)
{
  xmlDoc *document = terrace_xml_parse_any (body);

  if (document != NULL && terrace_xml_is (xmlDocGetRootElement (document), root))
    return document;

  g_clear_pointer (&document, xmlFreeDoc);
  g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_CORRUPT,
               _ ("The server's answer cannot be understood: it should be a %s"), root);
  return NULL;
}

const xmlNode *
terrace_xml_get_root (const TerraceXml *self)
{
  return xmlDocGetRootElement (self);
}

gboolean
terrace_xml_is (const xmlNode *node, const char *name)
{
  return node != NULL && node->type == XML_ELEMENT_NODE &&
         strcmp ((const char *) node->name, name) == 0;
}

const xmlNode *
terrace_xml_find (const xmlNode *parent, const char *name)
{
  for (const xmlNode *node = parent != NULL ? parent->children : NULL; node != NULL;
       node = node->next)
    if (terrace_xml_is (node, name))
      return node;

  return NULL;
}

char *
terrace_xml_get_text (const xmlNode *node)
{
  xmlChar *content = node != NULL ? xmlNodeGetContent ((xmlNode *) node) : NULL;
  char *text = g_strdup ((const char *) content);

  xmlFree (content);
  return text;
}

char *
terrace_xml_get_text_in (const xmlNode *parent, const char *name)
{
  return terrace_xml_get_text (terrace_xml_find (parent, name));
}

gboolean
terrace_xml_get_size_in (const xmlNode *parent, const char *name, guint64 *size)
{
  g_autofree char *text = terrace_xml_get_text_in (parent, name);

  return text != NULL && g_ascii_string_to_unsigned (text, 10, 0, G_MAXINT64, size, NULL);
}
