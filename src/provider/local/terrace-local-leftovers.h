/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "provider/local/terrace-local-root.h"
#include "provider/terrace-provider.h"

/* The temporary files of uploads that were not finished. Blocks; worker threads. */

G_BEGIN_DECLS

/* (transfer full) (nullable): a page of uploads beneath the root, in the order of their keys'
 * bytes, from behind @continuation (nullable). The key is the token in the upload's folder: the
 * name that the object was to have is not kept. */
TerraceUploadListing *terrace_local_list_leftovers (TerraceLocalRoot *root,
                                                    const char *continuation,
                                                    GCancellable *cancellable,
                                                    GError **error);

G_END_DECLS
