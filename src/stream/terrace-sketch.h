/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* Quantiles of latencies in constant space, mergeable: the DDSketch of Masson, Rim and Lee,
 * "DDSketch: A fast and fully-mergeable quantile sketch with relative-error guarantees" (PVLDB 12,
 * 2019).
 *
 * A value's bucket is the logarithm of it to the base (1 + a) / (1 - a), and a bucket answers with
 * the value that is at most a off from all it may hold. So every quantile is within 1 % (a) of the
 * exact one, for values from 1 µs to about 16 minutes; smaller count as 1 µs, greater as the
 * greatest. Merging adds the counts and loses nothing. Not thread-safe. */

G_BEGIN_DECLS

#define TERRACE_SKETCH_ERROR 0.01
#define TERRACE_SKETCH_BUCKETS 1040

typedef struct
{
  guint64 n;
  guint64 sum_us;
  guint64 max_us;
  guint32 buckets[TERRACE_SKETCH_BUCKETS];
} TerraceSketch;

void terrace_sketch_clear (TerraceSketch *self);
void terrace_sketch_add (TerraceSketch *self, guint64 value_us, guint count);
void terrace_sketch_merge (TerraceSketch *self, const TerraceSketch *other);

/* @quantile: 0 to 1; the value below or at which that part of the values lies; 0 if there is none.
 */
double terrace_sketch_get_quantile_us (const TerraceSketch *self, double quantile);

/* (transfer full): only the buckets that hold something; %FALSE if @bytes is none of these. */
GBytes *terrace_sketch_pack (const TerraceSketch *self);
gboolean terrace_sketch_unpack (TerraceSketch *self, const guint8 *data, gsize length);

G_END_DECLS
