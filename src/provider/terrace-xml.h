/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <libxml/tree.h>

/* XML from outside: bounded before it gets here, and refused if it declares anything of its own.
 * Any thread. */

G_BEGIN_DECLS

typedef xmlDoc TerraceXml;
void terrace_xml_free (TerraceXml *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TerraceXml, terrace_xml_free)

/* (transfer full) (nullable): %NULL if it is no XML, or XML with a document type. */
TerraceXml *terrace_xml_parse_any (GBytes *body);

/* (transfer full) (nullable): %TERRACE_ERROR_CORRUPT unless the outermost element is a @root. */
TerraceXml *terrace_xml_parse (GBytes *body, const char *root, GError **error);

const xmlNode *terrace_xml_get_root (const TerraceXml *self);
gboolean terrace_xml_is (const xmlNode *node, const char *name);

/* (nullable): the first element @name directly in @parent (nullable). */
const xmlNode *terrace_xml_find (const xmlNode *parent, const char *name);

/* (transfer full) (nullable): the text of @node (nullable), or of the first @name in @parent. */
char *terrace_xml_get_text (const xmlNode *node);
char *terrace_xml_get_text_in (const xmlNode *parent, const char *name);

/* Whether @parent has a @name that is a number, not negative. */
gboolean terrace_xml_get_size_in (const xmlNode *parent, const char *name, guint64 *size);

G_END_DECLS
