/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A DDSketch with a fixed range, so that it needs no collapsing; see the header for its source and
 * its error. Pure. */

#include "stream/terrace-sketch.h"

#include <math.h>
#include <string.h>

#define GAMMA ((1 + TERRACE_SKETCH_ERROR) / (1 - TERRACE_SKETCH_ERROR))

/* A packed sketch: magic, n, sum, max, number of pairs, then pairs of bucket and count. */
#define MAGIC 0x31534454u
#define HEAD_BYTES 32
#define PAIR_BYTES 8

void
terrace_sketch_clear (TerraceSketch *self)
{
  /* Most sketches are of seconds without a latency: do not touch four kilobytes for each. */
  if (self->n > 0)
    memset (self, 0, sizeof *self);
}

static guint
bucket_of (guint64 value_us)
{
  double index;

  if (value_us <= 1)
    return 0;
  index = ceil (log ((double) value_us) / log (GAMMA));

  return MIN ((guint) index, TERRACE_SKETCH_BUCKETS - 1);
}

void
terrace_sketch_add (TerraceSketch *self, guint64 value_us, guint count)
{
  self->n += count;
  self->sum_us += value_us * count;
  self->max_us = MAX (self->max_us, value_us);
  self->buckets[bucket_of (value_us)] += count;
}

void
terrace_sketch_merge (TerraceSketch *self, const TerraceSketch *other)
{
  if (other->n == 0)
    return;
  self->n += other->n;
  self->sum_us += other->sum_us;
  self->max_us = MAX (self->max_us, other->max_us);
  for (guint i = 0; i < TERRACE_SKETCH_BUCKETS; i++)
    self->buckets[i] += other->buckets[i];
}

double
terrace_sketch_get_quantile_us (const TerraceSketch *self, double quantile)
{
  double rank = quantile * (double) (self->n > 0 ? self->n - 1 : 0);
  guint64 seen = 0;

  if (self->n == 0)
    return 0;

  for (guint i = 0; i < TERRACE_SKETCH_BUCKETS; i++)
    {
      seen += self->buckets[i];
      /* 2 g^i / (g + 1) is equally far, in relation, from both ends of bucket i. */
      if ((double) seen > rank)
        return MIN (2 * pow (GAMMA, i) / (GAMMA + 1), (double) self->max_us);
    }

  return (double) self->max_us;
}

GBytes *
terrace_sketch_pack (const TerraceSketch *self)
{
  g_autoptr (GByteArray) packed = g_byte_array_new ();
  guint64 head[4] = { MAGIC, GUINT64_TO_LE (self->n), GUINT64_TO_LE (self->sum_us),
                      GUINT64_TO_LE (self->max_us) };

  head[0] = GUINT64_TO_LE (head[0]);
  g_byte_array_append (packed, (const guint8 *) head, sizeof head);
  for (guint32 i = 0; i < TERRACE_SKETCH_BUCKETS; i++)
    if (self->buckets[i] > 0)
      {
        guint32 pair[2] = { GUINT32_TO_LE (i), GUINT32_TO_LE (self->buckets[i]) };

        g_byte_array_append (packed, (const guint8 *) pair, sizeof pair);
      }

  return g_byte_array_free_to_bytes (g_steal_pointer (&packed));
}

gboolean
terrace_sketch_unpack (TerraceSketch *self, const guint8 *data, gsize length)
{
  guint64 head[4];
  guint64 n = 0;

  memset (self, 0, sizeof *self);
  if (length < HEAD_BYTES || (length - HEAD_BYTES) % PAIR_BYTES != 0)
    return FALSE;
  memcpy (head, data, sizeof head);
  if (GUINT64_FROM_LE (head[0]) != MAGIC)
    return FALSE;

  for (gsize at = HEAD_BYTES; at < length; at += PAIR_BYTES)
    {
      guint32 pair[2];

      memcpy (pair, data + at, sizeof pair);
      if (GUINT32_FROM_LE (pair[0]) >= TERRACE_SKETCH_BUCKETS)
        return FALSE;
      self->buckets[GUINT32_FROM_LE (pair[0])] = GUINT32_FROM_LE (pair[1]);
      n += GUINT32_FROM_LE (pair[1]);
    }
  self->n = GUINT64_FROM_LE (head[1]);
  self->sum_us = GUINT64_FROM_LE (head[2]);
  self->max_us = GUINT64_FROM_LE (head[3]);

  return n == self->n;
}
