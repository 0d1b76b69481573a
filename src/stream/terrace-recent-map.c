/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Two open-addressed tables: the younger takes what comes; when it holds half of the bound, it
 * becomes the older one and that is forgotten. So there is no list of ages to keep. SipHash is by
 * Aumasson and Bernstein (2012). Belongs to one thread at a time. */

#include "stream/terrace-recent-map.h"

#include <string.h>

#define FIRST_SLOTS 1024

typedef struct
{
  guint64 key; /* 0: empty */
  gint64 value;
  guint32 stamp;
} Slot;

typedef struct
{
  Slot *slots;
  guint n_slots;
  guint n;
} Table;

struct _TerraceRecentMap
{
  guint half;
  Table young;
  Table old;
};

TerraceRecentMap *
terrace_recent_map_new (guint limit)
{
  TerraceRecentMap *self;

  g_return_val_if_fail (limit >= 2 && (limit & (limit - 1)) == 0, NULL);

  self = g_new0 (TerraceRecentMap, 1);
  self->half = limit / 2;

  return self;
}

void
terrace_recent_map_free (TerraceRecentMap *self)
{
  g_free (self->young.slots);
  g_free (self->old.slots);
  g_free (self);
}

/* The slot of @key, or the empty one where it belongs. */
static Slot *
find_slot (Table *table, guint64 key)
{
  guint at = (guint) (key >> 32) & (table->n_slots - 1);

  while (table->slots[at].key != 0 && table->slots[at].key != key)
    at = (at + 1) & (table->n_slots - 1);

  return &table->slots[at];
}

static void
grow (Table *table)
{
  Table larger = { NULL, MAX (table->n_slots * 2, FIRST_SLOTS), table->n };

  larger.slots = g_new0 (Slot, larger.n_slots);
  for (guint i = 0; i < table->n_slots; i++)
    if (table->slots[i].key != 0)
      *find_slot (&larger, table->slots[i].key) = table->slots[i];
  g_free (table->slots);
  *table = larger;
}

void
terrace_recent_map_put (TerraceRecentMap *self, guint64 key, gint64 value, guint32 stamp)
{
  Slot *slot;

  key = key != 0 ? key : 1;
  if (self->young.n >= self->half)
    {
      g_free (self->old.slots);
      self->old = self->young;
      self->young = (Table){ 0 };
    }
  if (self->young.n * 2 >= self->young.n_slots)
    grow (&self->young);

  slot = find_slot (&self->young, key);
  self->young.n += slot->key == 0;
  *slot = (Slot){ key, value, stamp };
}

gboolean
terrace_recent_map_get (TerraceRecentMap *self, guint64 key, gint64 *value, guint32 *stamp)
{
  Table *tables[] = { &self->young, &self->old };

  key = key != 0 ? key : 1;
  for (guint i = 0; i < G_N_ELEMENTS (tables); i++)
    {
      Slot *slot = tables[i]->n_slots > 0 ? find_slot (tables[i], key) : NULL;

      if (slot == NULL || slot->key == 0)
        continue;
      if (value != NULL)
        *value = slot->value;
      if (stamp != NULL)
        *stamp = slot->stamp;
      return TRUE;
    }

  return FALSE;
}

guint
terrace_recent_map_get_size (TerraceRecentMap *self)
{
  return self->young.n + self->old.n;
}

/* --- SipHash-1-3 --------------------------------------------------------------------------- */

#define ROTATE(x, n) (((x) << (n)) | ((x) >> (64 - (n))))

static inline void
sip_round (guint64 v[4])
{
  v[0] += v[1];
  v[1] = ROTATE (v[1], 13) ^ v[0];
  v[0] = ROTATE (v[0], 32);
  v[2] += v[3];
  v[3] = ROTATE (v[3], 16) ^ v[2];
  v[0] += v[3];
  v[3] = ROTATE (v[3], 21) ^ v[0];
  v[2] += v[1];
  v[1] = ROTATE (v[1], 17) ^ v[2];
  v[2] = ROTATE (v[2], 32);
}

guint64
terrace_hash_text (const char *text, gsize length, guint64 salt)
{
  guint64 k0 = 0x7465727261636573u ^ salt, k1 = 0x74726561206d6170u;
  guint64 v[4] = { k0 ^ 0x736f6d6570736575u, k1 ^ 0x646f72616e646f6du, k0 ^ 0x6c7967656e657261u,
                   k1 ^ 0x7465646279746573u };
  guint64 last = (guint64) length << 56;
  gsize at;

  for (at = 0; at + 8 <= length; at += 8)
    {
      guint64 word;

      memcpy (&word, text + at, sizeof word);
      word = GUINT64_FROM_LE (word);
      v[3] ^= word;
      sip_round (v);
      v[0] ^= word;
    }
  for (guint i = 0; at + i < length; i++)
    last |= (guint64) (guint8) text[at + i] << (8 * i);
  v[3] ^= last;
  sip_round (v);
  v[0] ^= last;
  v[2] ^= 0xff;
  sip_round (v);
  sip_round (v);
  sip_round (v);

  return v[0] ^ v[1] ^ v[2] ^ v[3];
}
