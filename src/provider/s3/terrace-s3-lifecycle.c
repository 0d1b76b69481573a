/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Puts one rule among those that a bucket has. Any thread. */

#include "config.h"

#include "provider/s3/terrace-s3-lifecycle.h"

#include "base/terrace-error.h"
#include "provider/terrace-xml.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define EMPTY                                                                    \
  "<LifecycleConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"></" \
  "LifecycleConfiguration>"

/* All of @root's rules that are called @id. */
static void
remove_rules (xmlNode *root, const char *id)
{
  xmlNode *next;

  for (xmlNode *node = root->children; node != NULL; node = next)
    {
      g_autofree char *found =
          terrace_xml_is (node, "Rule") ? terrace_xml_get_text_in (node, "ID") : NULL;

      next = node->next;
      if (g_strcmp0 (found, id) == 0)
        {
          xmlUnlinkNode (node);
          xmlFreeNode (node);
        }
    }
}

GBytes *
terrace_s3_lifecycle_merge (GBytes *rules, GBytes *rule, GError **error)
{
  g_autoptr (GBytes) empty = g_bytes_new_static (EMPTY, strlen (EMPTY));
  g_autoptr (TerraceXml) added = terrace_xml_parse (rule, "Rule", NULL);
  g_autoptr (TerraceXml) merged = NULL;
  g_autofree char *id = NULL;
  xmlNode *root;
  xmlChar *text = NULL;
  int length = 0;
  GBytes *result;

  id = added != NULL ? terrace_xml_get_text_in (terrace_xml_get_root (added), "ID") : NULL;
  if (id == NULL || id[0] == '\0')
    {
      g_set_error_literal (error, TERRACE_ERROR, TERRACE_ERROR_INVALID,
                           _ ("This is no lifecycle rule of S3 with an ID"));
      return NULL;
    }
  merged = terrace_xml_parse (g_bytes_get_size (rules) > 0 ? rules : empty,
                              "LifecycleConfiguration", error);
  if (merged == NULL)
    return NULL;

  root = xmlDocGetRootElement (merged);
  remove_rules (root, id);
  xmlAddChild (root, xmlDocCopyNode (xmlDocGetRootElement (added), merged, 1));
  xmlDocDumpMemoryEnc (merged, &text, &length, "UTF-8");
  result = g_bytes_new (text, (gsize) length);
  xmlFree (text);

  return result;
}
