/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "provider/s3/terrace-s3-client.h"
#include "provider/terrace-provider.h"

/* An object as its headers tell it, and the headers that keep what a file has beside its bytes.
 * Any thread. */

G_BEGIN_DECLS

/* Keys that begin so are ours: what remembers which upload belongs to which move. */
#define TERRACE_S3_RESERVED ".terrace-uploads/"

/**
 * TerraceS3Object:
 * @token: (nullable): of the move that wrote it
 * @version_id: (nullable): where the bucket keeps versions
 */
typedef struct
{
  TerraceObjectInfo *info;
  char *token;
  char *version_id;
  SoupMessageHeaders *headers;
} TerraceS3Object;

/* (transfer full) (nullable): %TERRACE_ERROR_CORRUPT if size or ETag is missing. */
TerraceS3Object *terrace_s3_object_new (const char *key,
                                        SoupMessageHeaders *headers,
                                        const char *class_prefix,
                                        GError **error);
void terrace_s3_object_free (TerraceS3Object *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TerraceS3Object, terrace_s3_object_free)

/* What S3 adds to the rule for keys: %TERRACE_ERROR_INVALID for what is no UTF-8 or is reserved. */
gboolean terrace_s3_check_key (const char *key, GError **error);

/* "STANDARD_IA" of "aws/STANDARD_IA". */
const char *terrace_s3_class_name (const char *class_id);

/* Adds class, times, permissions, attributes and the token; %TERRACE_ERROR_LIMIT if the attributes
 * are more than S3 keeps. */
gboolean terrace_s3_add_options (TerraceS3Request *request,
                                 const TerraceWriteOptions *options,
                                 GError **error);

/* Adds what @source has beside its bytes, except what terrace_s3_add_options() has added. */
void terrace_s3_add_carried (TerraceS3Request *request, const TerraceS3Object *source);

G_END_DECLS
