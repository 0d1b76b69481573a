/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "provider/local/terrace-local-root.h"
#include "provider/local/terrace-local-stat.h"
#include "provider/terrace-provider.h"

/* Writing objects: what the provider's calls do on a worker thread. Each does one call's work from
 * beginning to end and keeps nothing in memory, so another process can go on with it. */

G_BEGIN_DECLS

/* (transfer full): the upload, "TOKEN.INODE". */
char *terrace_local_begin (TerraceLocalRoot *root,
                           const char *key,
                           const TerraceWriteOptions *options,
                           GError **error);

GPtrArray *terrace_local_resume (TerraceLocalRoot *root,
                                 const char *key,
                                 const char *upload,
                                 const TerraceWriteOptions *options,
                                 GError **error);

char *terrace_local_write_part (TerraceLocalRoot *root,
                                const char *key,
                                const char *upload,
                                guint number,
                                guint64 offset,
                                GBytes *bytes,
                                GCancellable *cancellable,
                                GError **error);

TerraceObjectInfo *terrace_local_finish (TerraceLocalRoot *root,
                                         const char *key,
                                         const char *upload,
                                         GPtrArray *parts,
                                         const TerraceWriteOptions *options,
                                         GError **error);

gboolean
terrace_local_abort (TerraceLocalRoot *root, const char *key, const char *upload, GError **error);

TerraceObjectInfo *terrace_local_copy_from (TerraceLocalRoot *root,
                                            const char *key,
                                            const TerraceWriteOptions *options,
                                            TerraceLocalRoot *source_root,
                                            const char *source_key,
                                            const char *source_version,
                                            GCancellable *cancellable,
                                            GError **error);

/* For these functions among themselves. */

/* The upload's parts as begin() was asked for them. */
guint terrace_local_count_parts (const TerraceWriteOptions *options);

/* Opens the temporary file and names its move in it; -1 and errno. */
int terrace_local_open_temporary (TerraceLocalPlace *place, const char *token, gboolean *made);

/* Removes the temporary file and what is known of its parts; 0, or -1 and errno. */
int terrace_local_discard (TerraceLocalPlace *place, const char *token);

/* %FALSE and %TERRACE_ERROR_NO_SPACE if @needed_bytes certainly do not fit. */
gboolean terrace_local_check_space (int folder_fd, guint64 needed_bytes, GError **error);

/* Opens the object at @place if the move with @token stored it (or it is the file @inode, where the
 * file system has no attributes to tell); -1 if there is none or it is somebody else's. */
int terrace_local_open_own (TerraceLocalPlace *place,
                            const char *token,
                            guint64 inode,
                            guint64 size_bytes);

/* Gives the complete temporary file @fd its metadata and its name, durably. */
TerraceObjectInfo *terrace_local_publish (TerraceLocalPlace *place,
                                          int fd,
                                          const char *key,
                                          const TerraceWriteOptions *options,
                                          GError **error);

/* Answers for an object that has its name already, and makes that durable. */
TerraceObjectInfo *terrace_local_publish_again (TerraceLocalPlace *place,
                                                int fd,
                                                const char *key,
                                                const char *token,
                                                GError **error);

G_END_DECLS
