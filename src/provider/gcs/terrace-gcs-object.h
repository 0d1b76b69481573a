/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "provider/gcs/terrace-gcs-json.h"
#include "provider/terrace-provider.h"

/* An object as its JSON tells it, and the JSON that keeps what a file has beside its bytes. Any
 * thread. */

G_BEGIN_DECLS

/* The members that terrace_gcs_object_new() reads and a copy carries. */
#define TERRACE_GCS_OBJECT_FIELDS                                                              \
  "name,generation,size,storageClass,crc32c,timeCreated,metadata,contentType,contentEncoding," \
  "contentDisposition,contentLanguage,cacheControl,customTime"

/**
 * TerraceGcsObject:
 * @token: (nullable): of the move that wrote it
 * @resource: as the server has told it
 */
typedef struct
{
  TerraceObjectInfo *info;
  char *token;
  JsonObject *resource;
} TerraceGcsObject;

/* (transfer full) (nullable): %TERRACE_ERROR_CORRUPT if name, size or generation is missing. */
TerraceGcsObject *
terrace_gcs_object_new (JsonObject *resource, const char *class_prefix, GError **error);
void terrace_gcs_object_free (TerraceGcsObject *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TerraceGcsObject, terrace_gcs_object_free)

/* "NEARLINE" of "gcs/NEARLINE". */
const char *terrace_gcs_class_name (const char *class_id);

/**
 * terrace_gcs_make_resource:
 * @options: class, times, permissions, attributes and the token
 * @source: (nullable): what a copy has from its source, except what @options say
 *
 * Returns: (transfer full) (nullable): %TERRACE_ERROR_LIMIT if the attributes are more than
 *   Google keeps
 */
JsonObject *terrace_gcs_make_resource (const TerraceWriteOptions *options,
                                       const TerraceGcsObject *source,
                                       GError **error);

/* (transfer full): all that @source has beside its bytes, with another class. */
JsonObject *terrace_gcs_make_class_resource (const TerraceGcsObject *source, const char *class_id);

G_END_DECLS
