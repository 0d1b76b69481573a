/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "provider/terrace-provider.h"

#include <sys/stat.h>

/* What a file is: its version, its times, its attributes. Blocks; worker threads. */

G_BEGIN_DECLS

/* Names the move that stored an object; so a call that is repeated after a crash knows its own
 * work. Never shown among an object's attributes and never copied. */
#define TERRACE_LOCAL_TOKEN_ATTRIBUTE "user.terrace.token"

typedef struct statx TerraceLocalStat;

/* @name: (nullable): in the folder @fd, or %NULL for @fd itself. Never follows a link. 0, or -1 and
 * errno. */
int terrace_local_stat (int fd, const char *name, TerraceLocalStat *status);

/* The same, with ENOENT for all that is no object: folders, links, devices. */
int terrace_local_stat_object (int fd, const char *name, TerraceLocalStat *status);

/* (transfer full): "file:INODE:SIZE:MTIME_NS:CTIME_NS" */
char *terrace_local_version (const TerraceLocalStat *status);
gboolean terrace_local_version_matches (const char *version, const TerraceLocalStat *status);
/* Without the time of change, which a rename sets: is this the file that had @version? */
gboolean terrace_local_version_is_same_file (const char *version, const TerraceLocalStat *status);
/* The exact time of modification if @version is one of ours. */
gboolean terrace_local_version_get_modified (const char *version, struct timespec *modified);

/* (transfer full): @attributes: (transfer none) (nullable) */
TerraceObjectInfo *
terrace_local_stat_to_info (const TerraceLocalStat *status, const char *key, GVariant *attributes);

/* (transfer full) (nullable): a{say} of @fd, sorted; %NULL if it has none, or with @error set. */
GVariant *terrace_local_read_attributes (int fd, const char *key, GError **error);
/* Sets @attributes on @fd; %TERRACE_ERROR_UNSUPPORTED where one would be lost that matters. */
gboolean
terrace_local_write_attributes (int fd, GVariant *attributes, const char *key, GError **error);

/* Whether the object @fd was stored by the move with @token. */
gboolean terrace_local_has_token (int fd, const char *token);

G_END_DECLS
