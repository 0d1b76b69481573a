/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* A map from 64-bit hashes to numbers that remembers at least the latest half of its bound: when it
 * is full the older half is forgotten in one go. For event ids that were seen and for places whose
 * object is known. Grows as needed; not thread-safe. */

G_BEGIN_DECLS

typedef struct _TerraceRecentMap TerraceRecentMap;

/* @limit: a power of two */
TerraceRecentMap *terrace_recent_map_new (guint limit);
void terrace_recent_map_free (TerraceRecentMap *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TerraceRecentMap, terrace_recent_map_free)

/* @stamp: the caller's, given back with the value: a time, say. Replaces. */
void terrace_recent_map_put (TerraceRecentMap *self, guint64 key, gint64 value, guint32 stamp);
gboolean
terrace_recent_map_get (TerraceRecentMap *self, guint64 key, gint64 *value, guint32 *stamp);
guint terrace_recent_map_get_size (TerraceRecentMap *self);

/* SipHash-1-3 of @length bytes, the same in every process: among a million texts two have the same
 * hash once in forty million programs' lives. */
guint64 terrace_hash_text (const char *text, gsize length, guint64 salt);

G_END_DECLS
