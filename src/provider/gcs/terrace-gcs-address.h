/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* Where a bucket is: what a location's root says, taken apart, and the paths of the JSON API. Any
 * thread. */

G_BEGIN_DECLS

/* Keys that begin so are ours: what remembers which upload belongs to which move. */
#define TERRACE_GCS_RESERVED ".terrace-uploads/"

/**
 * TerraceGcsAddress:
 * @scheme: "https"; "http" only for this machine or with insecure=1
 * @port: -1 for the scheme's own
 */
typedef struct
{
  char *scheme;
  char *host;
  int port;
  char *bucket;
} TerraceGcsAddress;

/**
 * terrace_gcs_address_parse:
 * @root: "https://storage.googleapis.com/bucket"; "?insecure=1" allows plain HTTP
 *
 * Returns: (transfer full) (nullable): %TERRACE_ERROR_INVALID in words
 */
TerraceGcsAddress *terrace_gcs_address_parse (const char *root, GError **error);
void terrace_gcs_address_free (TerraceGcsAddress *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TerraceGcsAddress, terrace_gcs_address_free)

gboolean terrace_gcs_address_is_same_service (const TerraceGcsAddress *a,
                                              const TerraceGcsAddress *b);

/* (transfer full): every byte but letters, digits and "-_.~" as "%XX". */
char *terrace_gcs_encode (const char *text);

/* (transfer full): the path of @key, or of the bucket itself if it is %NULL. */
char *terrace_gcs_address_get_path (const TerraceGcsAddress *self, const char *key);
/* (transfer full): where objects are uploaded to. */
char *terrace_gcs_address_get_upload_path (const TerraceGcsAddress *self);

/* What Google adds to the rule for keys: %TERRACE_ERROR_INVALID in words. */
gboolean terrace_gcs_check_key (const char *key, GError **error);

G_END_DECLS
