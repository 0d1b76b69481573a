/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "provider/local/terrace-local-root.h"
#include "provider/terrace-provider.h"

/* Listing a folder in pages, in the order of the keys' bytes. Blocks; worker threads. */

G_BEGIN_DECLS

/* Where a listing stands: the folders it is in and the names to come. Belongs to one thread at a
 * time, and holds nothing open. */
typedef struct _TerraceLocalCursor TerraceLocalCursor;

/* @continuation: (nullable): "next" of a page, however old. */
TerraceLocalCursor *terrace_local_cursor_new (const char *prefix, const char *continuation);
void terrace_local_cursor_free (TerraceLocalCursor *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TerraceLocalCursor, terrace_local_cursor_free)

/* Whether the cursor stands where this call wants to go on. */
gboolean
terrace_local_cursor_is_at (TerraceLocalCursor *self, const char *prefix, const char *continuation);

/* The next page; attributes are left out, stat() has them. */
TerraceListing *terrace_local_cursor_read (TerraceLocalCursor *self,
                                           TerraceLocalRoot *root,
                                           GCancellable *cancellable,
                                           GError **error);

G_END_DECLS
