/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

/* Names, folders and renames beneath a location's root. Everything here blocks, so it runs on
 * worker threads; nothing here can be led out of the root by a key or by a symbolic link. */

G_BEGIN_DECLS

/* A file descriptor that closes itself; errno is kept. */
typedef int TerraceFd;
void terrace_fd_close (TerraceFd fd);
TerraceFd terrace_fd_steal (TerraceFd *fd);
G_DEFINE_AUTO_CLEANUP_FREE_FUNC (TerraceFd, terrace_fd_close, -1)

/* Names that begin so belong to Terrace and are never objects:
 *   .terrace-TOKEN.part    an upload's bytes
 *   .terrace-TOKEN.parts   which of its parts are safely stored
 *   .terrace-TOKEN.trash   an object while it is being removed */
#define TERRACE_LOCAL_RESERVED ".terrace-"
#define TERRACE_LOCAL_TOKEN_BYTES 128
/* Longest component of a path on every file system we know. */
#define TERRACE_LOCAL_NAME_BYTES 255

typedef enum
{
  TERRACE_LOCAL_RESOLVE_IN_KERNEL, /* openat2(), or step by step where the kernel lacks it */
  TERRACE_LOCAL_RESOLVE_STEPWISE,
} TerraceLocalResolve;

/* Sets @error for @key, in words; NULL for the location itself. @format_action: "Cannot read". */
void terrace_local_set_errno (GError **error, int saved_errno, const char *action, const char *key);

gboolean terrace_local_check_key (const char *key, GError **error);
gboolean terrace_local_check_token (const char *token, GError **error);
/* As a key, but the last component may be empty or unfinished. */
gboolean terrace_local_check_prefix (const char *prefix, GError **error);

/* The last component of @key. */
const char *terrace_local_get_name (const char *key);

/* Opens @folder ("" is the root itself) beneath @root_fd with O_DIRECTORY and @flags; never
 * follows a symbolic link. Returns -1 and errno. */
int terrace_local_open_folder (int root_fd, const char *folder, int flags, TerraceLocalResolve how);

/* Opens the folder that holds @key. */
int terrace_local_open_parent (int root_fd, const char *key, int flags);

/* The same, and makes what is missing, durably. */
int terrace_local_make_parent (int root_fd, const char *key);

/* Removes the folders above @key that are empty, up to the root. */
void terrace_local_prune (int root_fd, const char *key);

/* Makes the names in the folder durable; 0, or -1 and errno. */
int terrace_local_sync_folder (int folder_fd);

/* Renames within one folder and never overwrites; returns 0, or -1 and errno. */
int terrace_local_rename (int folder_fd, const char *from, const char *to);

/* (transfer full): ".terrace-TOKEN.SUFFIX" */
char *terrace_local_reserved_name (const char *token, const char *suffix);

G_END_DECLS
