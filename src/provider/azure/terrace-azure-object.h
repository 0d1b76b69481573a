/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "provider/terrace-http-request.h"
#include "provider/terrace-provider.h"

#include <libsoup/soup.h>

/* A blob as its headers tell it, and the headers that keep what a file has beside its bytes. Any
 * thread. */

G_BEGIN_DECLS

/* The part of a header's name that comes before the name of metadata. */
#define TERRACE_AZURE_METADATA "x-ms-meta-"

/**
 * TerraceAzureObject:
 * @token: (nullable): of the move that wrote it
 * @copy_status: (nullable): "pending", "success", "aborted" or "failed", if a copy made it
 * @copy_progress: (nullable): "bytes/of bytes"
 * @is_placeholder: stands for nothing: it is there for a moment, while an upload is given up
 */
typedef struct
{
  TerraceObjectInfo *info;
  char *token;
  char *copy_id;
  char *copy_status;
  char *copy_progress;
  gboolean is_placeholder;
  SoupMessageHeaders *headers;
} TerraceAzureObject;

/* (transfer full) (nullable): %TERRACE_ERROR_CORRUPT if size or ETag is missing. */
TerraceAzureObject *terrace_azure_object_new (const char *key,
                                              SoupMessageHeaders *headers,
                                              const char *class_prefix,
                                              GError **error);
void terrace_azure_object_free (TerraceAzureObject *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TerraceAzureObject, terrace_azure_object_free)

/* Sets in @info what the metadata @name (without what comes before it) says; others are passed
 * over. */
void
terrace_azure_object_read_metadata (TerraceObjectInfo *info, const char *name, const char *value);

/* (transfer full): "azure/Hot"; a blob without a tier is told as Hot. */
char *terrace_azure_class_id (const char *class_prefix, const char *tier);
/* "Cool" of "azure/Cool". */
const char *terrace_azure_class_name (const char *class_id);

/* (transfer full): an ETag without its quotes; and with them. */
char *terrace_azure_unquote (const char *etag);
char *terrace_azure_quote (const char *version);

/* Adds class, times, permissions, attributes and the token; %TERRACE_ERROR_LIMIT if the attributes
 * are more than Azure keeps. @is_whole: the server computes a checksum of what is sent. */
gboolean terrace_azure_add_options (TerraceHttpRequest *request,
                                    const TerraceWriteOptions *options,
                                    gboolean is_whole,
                                    GError **error);

/* Adds the metadata that @source has, except what terrace_azure_add_options() has added and what
 * only says how the source was made. */
void terrace_azure_add_carried (TerraceHttpRequest *request, const TerraceAzureObject *source);

/* Marks what is there for a moment only. */
void terrace_azure_add_placeholder (TerraceHttpRequest *request);
gboolean terrace_azure_is_placeholder (const char *name);

G_END_DECLS
