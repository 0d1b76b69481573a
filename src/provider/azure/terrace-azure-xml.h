/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "provider/terrace-provider.h"

/* The XML that Azure speaks. What comes in is hostile. Any thread. */

G_BEGIN_DECLS

/**
 * terrace_azure_xml_parse_listing:
 * @class_prefix: "azure" for "azure/Hot"
 * @prefix: that the keys have to have
 *
 * Returns: (transfer full) (nullable): %TERRACE_ERROR_CORRUPT if it is no listing
 */
TerraceListing *terrace_azure_xml_parse_listing (GBytes *body,
                                                 const char *class_prefix,
                                                 const char *prefix,
                                                 GError **error);

/**
 * terrace_azure_xml_parse_empty_names:
 * @next: (out) (transfer full) (nullable): marker of the following page
 *
 * Returns: (transfer full) (nullable) (element-type utf8): the names of the blobs without a byte,
 *   among which are those that consist of blocks only
 */
GPtrArray *terrace_azure_xml_parse_empty_names (GBytes *body, char **next, GError **error);

/**
 * TerraceAzureBlock:
 * @name: in base64
 */
typedef struct
{
  char *name;
  guint64 size_bytes;
} TerraceAzureBlock;

/* (transfer full) (nullable) (element-type TerraceAzureBlock): the blocks that belong to no blob
 * yet. */
GPtrArray *terrace_azure_xml_parse_blocks (GBytes *body, GError **error);

/* (transfer full): the body that makes a blob of the first @n_parts parts of an upload (nullable,
 * if there are none). */
GBytes *terrace_azure_xml_build_block_list (const char *upload_id, guint n_parts);

G_END_DECLS
