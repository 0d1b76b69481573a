/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "provider/local/terrace-local-root.h"
#include "provider/local/terrace-local-stat.h"

/* Looking at objects and reading them. Blocks; worker threads. */

G_BEGIN_DECLS

TerraceProbe *terrace_local_probe (TerraceLocalRoot *root, GError **error);

TerraceObjectInfo *terrace_local_describe (TerraceLocalRoot *root, const char *key, GError **error);

GBytes *terrace_local_read_range (TerraceLocalRoot *root,
                                  const char *key,
                                  const char *version,
                                  guint64 offset,
                                  gsize length,
                                  GCancellable *cancellable,
                                  GError **error);

/* Opens the object for reading without leaving a trace in its time of access. @version: (nullable).
 * -1 and NOT_FOUND, CHANGED and so on. */
int terrace_local_open_object (TerraceLocalPlace *place,
                               const char *key,
                               const char *version,
                               GError **error);

/* %FALSE and CHANGED if @fd is no longer @version. */
gboolean terrace_local_check_version (int fd, const char *version, const char *key, GError **error);

G_END_DECLS
