/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include "base/terrace-clock.h"

/* The state of the program: one SQLite file, one writer thread, readers beside it.
 *
 * Callers hand over a function that runs on the right thread inside a transaction and calls the
 * table functions (terrace-item-table.h and its neighbours) with the connection it is given.
 * Several processes may have the file open: writers wait for each other (BUSY after a while), and
 * "changed" is emitted for the others' changes too. */

G_BEGIN_DECLS

#define TERRACE_TYPE_CATALOG (terrace_catalog_get_type ())
G_DECLARE_FINAL_TYPE (TerraceCatalog, terrace_catalog, TERRACE, CATALOG, GObject)

/* A connection with its prepared statements, only valid inside a TerraceCatalogFunc. */
typedef struct _TerraceConnection TerraceConnection;

/**
 * TerraceCatalogFunc:
 * Runs on a catalogue thread; must not touch main-thread objects. Returning %FALSE with @error
 * set rolls everything back.
 */
typedef gboolean (*TerraceCatalogFunc) (TerraceConnection *connection,
                                        gpointer data,
                                        GError **error);

/* What a commit touched; the detail of "changed". */
typedef enum
{
  TERRACE_CATALOG_ITEMS = 1 << 0,
  TERRACE_CATALOG_MOVES = 1 << 1,
  TERRACE_CATALOG_LOCATIONS = 1 << 2,
  TERRACE_CATALOG_EVENTS = 1 << 3,
  TERRACE_CATALOG_SETTINGS = 1 << 4,
} TerraceCatalogChange;
#define TERRACE_CATALOG_EVERYTHING 0x1f

/**
 * terrace_catalog_open_async:
 * @path: (type filename): made with mode 0600 (its folder with 0700) if absent
 *
 * Checks the file, backs it up and migrates it if its schema is older. Errors:
 * CORRUPT (damaged or no catalogue), TOO_NEW, READ_ONLY, BUSY (locked), NO_SPACE, PERMISSION;
 * in each case the file is left as it was and the message says what to do.
 */
void terrace_catalog_open_async (const char *path,
                                 TerraceClock *clock,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
TerraceCatalog *terrace_catalog_open_finish (GAsyncResult *result, GError **error);

/* Finishes what is queued, ends the threads, closes the file. */
void terrace_catalog_close_async (TerraceCatalog *self,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
gboolean terrace_catalog_close_finish (TerraceCatalog *self, GAsyncResult *result, GError **error);

/* (type filename) */
const char *terrace_catalog_get_path (TerraceCatalog *self);

/**
 * terrace_catalog_write_async:
 * @func: runs on the writer thread in an immediate transaction, committed if it returns %TRUE
 * @data: for @func; the caller keeps it alive until the callback (usually its GTask's data)
 * @changes: what @func touches; "changed" is emitted on the main context after the commit
 */
void terrace_catalog_write_async (TerraceCatalog *self,
                                  TerraceCatalogFunc func,
                                  gpointer data,
                                  TerraceCatalogChange changes,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
gboolean terrace_catalog_write_finish (TerraceCatalog *self, GAsyncResult *result, GError **error);

/* The same on a reader's connection, in a read transaction: a consistent snapshot. */
void terrace_catalog_read_async (TerraceCatalog *self,
                                 TerraceCatalogFunc func,
                                 gpointer data,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
gboolean terrace_catalog_read_finish (TerraceCatalog *self, GAsyncResult *result, GError **error);

/**
 * TerraceCatalog::changed:
 * @changes: TerraceCatalogChange flags
 *
 * Emitted on the context the catalogue was opened in, after commits of this process and, within
 * about a second, of other processes (then with TERRACE_CATALOG_EVERYTHING); coalesced.
 */

G_END_DECLS
