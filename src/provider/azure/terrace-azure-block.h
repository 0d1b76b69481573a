/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* The names of blocks, and of the uploads they belong to. Any thread. */

G_BEGIN_DECLS

/**
 * TerraceAzureUpload:
 * What an upload string says.
 * @id: stands for the token in the names of blocks; %NULL for blocks of another program
 * @is_whole: of one piece, that finish() sends
 */
typedef struct
{
  char *id;
  gboolean is_whole;
} TerraceAzureUpload;

/* (transfer full): what stands for a move's token: it always has the same length. */
char *terrace_azure_upload_id (const char *token);

/* (transfer full): "blocks ID", "whole ID", or "foreign" if @id is %NULL. */
char *terrace_azure_upload_to_string (const char *id, gboolean is_whole);
/* (transfer full) (nullable): %TERRACE_ERROR_INVALID if it is none of ours. */
TerraceAzureUpload *terrace_azure_upload_from_string (const char *text, GError **error);
void terrace_azure_upload_free (TerraceAzureUpload *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TerraceAzureUpload, terrace_azure_upload_free)

/* Stands for the block that says that an upload has begun. */
#define TERRACE_AZURE_BEGIN_BLOCK G_MAXUINT

/* (transfer full): the name of the block of part @number, in base64. */
char *terrace_azure_block_name (const char *upload_id, guint number);

/* (transfer full) (nullable): the upload that a block belongs to; %NULL if it is none of ours. */
char *terrace_azure_block_parse (const char *name, guint *number);

G_END_DECLS
