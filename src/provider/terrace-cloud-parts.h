/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "provider/terrace-provider.h"

/* What clouds have in common about parts: their sizes, and objects of one part that are kept until
 * they are finished. Any thread; a store belongs to one. */

G_BEGIN_DECLS

/* The size that part @number has to have; 0 beyond the end. */
guint64 terrace_cloud_part_size (const TerraceWriteOptions *options, guint64 number);

/* (transfer full) (element-type TerracePart) */
GPtrArray *terrace_cloud_parts_new (void);
/* (transfer full): every part that an object with @options has. */
GPtrArray *terrace_cloud_parts_new_all (const TerraceWriteOptions *options);

/* Whether @parts follow each other without a gap up to the end. */
gboolean terrace_cloud_parts_are_whole (GPtrArray *parts, guint64 size_bytes);

/* Objects of one part that wait for their finish(), found by a name; bounded: the oldest goes. */
typedef struct _TerraceCloudStore TerraceCloudStore;

TerraceCloudStore *terrace_cloud_store_new (void);
void terrace_cloud_store_free (TerraceCloudStore *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TerraceCloudStore, terrace_cloud_store_free)

void terrace_cloud_store_keep (TerraceCloudStore *self, const char *name, GBytes *bytes);
void terrace_cloud_store_drop (TerraceCloudStore *self, const char *name);
/* (transfer none) (nullable): what is kept, if it has @size_bytes. */
GBytes *terrace_cloud_store_find (TerraceCloudStore *self, const char *name, guint64 size_bytes);

G_END_DECLS
