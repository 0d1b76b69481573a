/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

/* Makes a sandbox as slow as what it pretends to be. Any thread. */

G_BEGIN_DECLS

typedef struct _TerraceLocalShaper TerraceLocalShaper;

/* 0 and 0 make everything pass at once. */
TerraceLocalShaper *terrace_local_shaper_new (guint64 latency_ms, guint64 bandwidth_bytes_s);
void terrace_local_shaper_free (TerraceLocalShaper *self);

/* How long from now @bytes need that are asked for at @now_us; takes their turn. */
gint64 terrace_local_shaper_reserve (TerraceLocalShaper *self, gint64 now_us, guint64 bytes);
gint64 terrace_local_shaper_get_latency_us (TerraceLocalShaper *self);

/* Calls @func with @task after @delay_us on the task's context, or as soon as its cancellable is
 * cancelled, but never before this returns. @task: (transfer full). */
typedef void (*TerraceLocalShaperFunc) (GTask *task);
void terrace_local_shaper_wait (gint64 delay_us, GTask *task, TerraceLocalShaperFunc func);

G_END_DECLS
