/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* Where a bucket is: what a location's root says, taken apart. Any thread. */

G_BEGIN_DECLS

/**
 * TerraceS3Address:
 * @scheme: "https"; "http" only for this machine or with insecure=1
 * @endpoint: host without the bucket
 * @port: -1 for the scheme's own
 * @virtual_host: the bucket is part of the host's name, not of the path
 */
typedef struct
{
  char *scheme;
  char *endpoint;
  int port;
  char *bucket;
  char *region;
  gboolean virtual_host;
} TerraceS3Address;

/**
 * terrace_s3_address_parse:
 * @root: "https://endpoint[:port]/bucket[?options]", the options joined by "&": region=NAME,
 *   style=path or style=virtual, insecure=1
 *
 * Returns: (transfer full) (nullable): %TERRACE_ERROR_INVALID in words
 */
TerraceS3Address *terrace_s3_address_parse (const char *root, GError **error);
void terrace_s3_address_free (TerraceS3Address *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TerraceS3Address, terrace_s3_address_free)

/* (transfer full): the name to connect to. */
char *terrace_s3_address_get_host (const TerraceS3Address *self);
/* (transfer full): the value of the Host header: with the port if it is not the scheme's own. */
char *terrace_s3_address_get_authority (const TerraceS3Address *self);
/* (transfer full): the encoded path of @key, or of the bucket itself if it is %NULL. */
char *terrace_s3_address_get_path (const TerraceS3Address *self, const char *key);

/* Amazon's own endpoints have the region in their name; the others stay where they are. %FALSE if
 * @region is none or the one that is known already. */
gboolean terrace_s3_address_move (TerraceS3Address *self, const char *region);

/* Whether the endpoint is Amazon's own. */
gboolean terrace_s3_address_is_amazon (const TerraceS3Address *self);

gboolean terrace_s3_address_is_same_service (const TerraceS3Address *a, const TerraceS3Address *b);

G_END_DECLS
