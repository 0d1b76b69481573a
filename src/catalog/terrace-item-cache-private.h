/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "model/terrace-item.h"

/* The rows that a list has fetched: pages, of which the least recently used one goes first. Found
 * by id, so that a change of the order costs nothing. Main thread. */

G_BEGIN_DECLS

typedef struct _TerraceItemCache TerraceItemCache;

/* @n_pages: at most so many pages are kept */
TerraceItemCache *terrace_item_cache_new (guint n_pages);
void terrace_item_cache_free (TerraceItemCache *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TerraceItemCache, terrace_item_cache_free)

/* (transfer none) (nullable): remembers @position, for terrace_item_cache_replace(). */
TerraceItem *terrace_item_cache_find (TerraceItemCache *self, gint64 id, guint position);
gboolean terrace_item_cache_contains (TerraceItemCache *self, gint64 id);

/* Takes the items, none of which may be in it, as one page; drops the oldest page if there are too
 * many. @items: (element-type TerraceItem) */
void terrace_item_cache_add_page (TerraceItemCache *self, GPtrArray *items);

/* (transfer full) (element-type TerraceItem): all. */
GPtrArray *terrace_item_cache_list (TerraceItemCache *self);

/* The row with the id of @item is @item from now on; @position: (out): where it was last asked for,
 * %FALSE if that is not known or it is not kept any more. */
gboolean terrace_item_cache_replace (TerraceItemCache *self, TerraceItem *item, guint *position);

/* Follows a change of the list: rows behind it have other positions now. */
void
terrace_item_cache_shift (TerraceItemCache *self, guint position, guint n_removed, guint n_added);

/* Whether two snapshots would look the same in every column. */
gboolean terrace_item_cache_same (TerraceItem *a, TerraceItem *b);

G_END_DECLS
