/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "provider/terrace-provider.h"

/* The XML that S3 speaks. What comes in is hostile: bounded before it gets here, and refused if it
 * declares anything of its own. Any thread. */

G_BEGIN_DECLS

/* Whether @body is an <Error>; then its code, message and, if told, the bucket's region.
 * Also understands the code of an answer that is none of ours. */
gboolean terrace_s3_xml_parse_error (GBytes *body, char **code, char **message, char **region);

/**
 * terrace_s3_xml_get_text:
 * @root: the name that the outermost element must have
 * @name: of an element directly in it
 *
 * Returns: (transfer full) (nullable): its text; %TERRACE_ERROR_CORRUPT if there is no such thing
 */
char *terrace_s3_xml_get_text (GBytes *body, const char *root, const char *name, GError **error);

/**
 * terrace_s3_xml_parse_listing:
 * @class_prefix: "aws" for "aws/STANDARD"
 * @reserved: (nullable): keys that begin so are left out
 *
 * Returns: (transfer full) (nullable): %TERRACE_ERROR_CORRUPT if it is no listing
 */
TerraceListing *terrace_s3_xml_parse_listing (GBytes *body,
                                              const char *class_prefix,
                                              const char *reserved,
                                              GError **error);

/**
 * terrace_s3_xml_parse_parts:
 * @parts: (element-type TerracePart): where to add; numbers from 0, offsets not known
 * @next: (out) (transfer full) (nullable): marker of the following page
 */
gboolean terrace_s3_xml_parse_parts (GBytes *body, GPtrArray *parts, char **next, GError **error);

/**
 * terrace_s3_xml_parse_uploads:
 *
 * Returns: (transfer full) (nullable): unfinished uploads by their S3 ids, sizes not known; the
 *   continuation is "ID KEY"; %TERRACE_ERROR_CORRUPT if it is no such list
 */
TerraceUploadListing *terrace_s3_xml_parse_uploads (GBytes *body, GError **error);

/* (transfer full) (nullable): a <Tagging> as the header that sets it, "a=b&c=d";
 * %TERRACE_ERROR_CORRUPT if it is none. */
char *terrace_s3_xml_parse_tags (GBytes *body, GError **error);

/* (transfer full): the body that completes an upload of @parts. */
GBytes *terrace_s3_xml_build_complete (GPtrArray *parts);

/* (transfer full): an ETag without its quotes. */
char *terrace_s3_unquote (const char *etag);

G_END_DECLS
