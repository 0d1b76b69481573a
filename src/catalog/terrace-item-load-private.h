/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "catalog/terrace-connection-private.h"
#include "catalog/terrace-item-table.h"

/* What a list asks of a reader thread, and the answer. Built and read on the main thread; nobody
 * looks at it there while the reader works on it. */

G_BEGIN_DECLS

typedef enum
{
  TERRACE_ITEM_LOAD_START, /* the first rows of a new order */
  TERRACE_ITEM_LOAD_ORDER, /* the whole order, and what became of the fetched rows */
  TERRACE_ITEM_LOAD_ROWS,  /* only what became of the fetched rows */
} TerraceItemLoadKind;

typedef struct
{
  /* inputs */
  TerraceItemLoadKind kind;
  TerraceItemFilter filter;
  TerraceItemSort sort;
  gboolean descending;
  guint limit;        /* for START */
  GArray *old;        /* owned: the order as it is shown */
  GPtrArray *fetched; /* owned, nullable: rows to look at again */
  char *path;         /* nullable: open a connection for the list as well */

  /* results */
  GArray *order;                 /* owned, nullable: element-type gint64 */
  GArray *edits;                 /* owned, nullable: element-type TerraceOrderEdit; ORDER */
  GPtrArray *changed;            /* owned, nullable: new snapshots of @fetched */
  TerraceConnection *connection; /* owned, nullable */
} TerraceItemLoad;

TerraceItemLoad *terrace_item_load_new (TerraceItemLoadKind kind,
                                        const TerraceItemFilter *filter,
                                        TerraceItemSort sort,
                                        gboolean descending);
void terrace_item_load_free (TerraceItemLoad *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TerraceItemLoad, terrace_item_load_free)

/* A TerraceCatalogFunc for a reader; @data is a TerraceItemLoad. */
gboolean terrace_item_load_run (TerraceConnection *connection, gpointer data, GError **error);

/* (transfer full) (element-type TerraceItem): a row for each of @ids, now, on the main thread; in
 * the place of one that is gone, or cannot be read, one that is marked as missing.
 * @connection: (nullable): the list's own, if it has one yet */
GPtrArray *terrace_item_load_page (TerraceConnection *connection, GArray *ids);

G_END_DECLS
