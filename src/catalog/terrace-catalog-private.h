/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "catalog/terrace-connection-private.h"

G_BEGIN_DECLS

/* "Terr" in ASCII: what file(1) and we know a catalogue by. */
#define TERRACE_CATALOG_APPLICATION_ID 0x54657272

/* terrace_catalog_open_async() with another wait for locks than TERRACE_LIMIT_CATALOG_BUSY_MS. */
void terrace_catalog_open_full_async (const char *path,
                                      TerraceClock *clock,
                                      guint busy_ms,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data);

/* (transfer none): for the lists' own timers. */
TerraceClock *terrace_catalog_get_clock (TerraceCatalog *self);

/* Any thread: whether close has begun, so that a list asks for nothing more. */
gboolean terrace_catalog_is_closing (TerraceCatalog *self);

/* Worker thread: checks, makes or migrates the file and gives the writer's connection. On failure
 * the file is as it was. */
TerraceConnection *terrace_catalog_file_open (const char *path,
                                              guint busy_ms,
                                              GCancellable *cancellable,
                                              GError **error);

/* (transfer full): a reader's connection to a file that terrace_catalog_file_open() has checked. */
TerraceConnection *
terrace_catalog_file_open_reader (const char *path, guint busy_ms, GError **error);

G_END_DECLS
