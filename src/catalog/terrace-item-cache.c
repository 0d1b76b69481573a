/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Rows by id, in pages by age. Main thread, except terrace_item_cache_same(). */

#include "catalog/terrace-item-cache-private.h"

#include <string.h>

#define NOWHERE G_MAXUINT

typedef struct
{
  GList link;  /* in TerraceItemCache.pages */
  GArray *ids; /* owned */
} Page;

typedef struct
{
  gint64 id;
  TerraceItem *item; /* owned */
  Page *page;
  guint position;
} Entry;

struct _TerraceItemCache
{
  GHashTable *entries; /* owned: id to Entry */
  GQueue pages;        /* (element-type Page), newest first */
  guint n_pages;
};

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  g_object_unref (entry->item);
  g_free (entry);
}

TerraceItemCache *
terrace_item_cache_new (guint n_pages)
{
  TerraceItemCache *self = g_new0 (TerraceItemCache, 1);

  g_assert (n_pages > 0);

  self->entries = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, entry_free);
  self->n_pages = n_pages;
  return self;
}

static void
drop_oldest (TerraceItemCache *self)
{
  GList *link = g_queue_pop_tail_link (&self->pages);
  Page *page = link->data;

  for (guint i = 0; i < page->ids->len; i++)
    g_hash_table_remove (self->entries, &g_array_index (page->ids, gint64, i));
  g_array_unref (page->ids);
  g_free (page);
}

void
terrace_item_cache_free (TerraceItemCache *self)
{
  if (self == NULL)
    return;
  while (!g_queue_is_empty (&self->pages))
    drop_oldest (self);
  g_hash_table_unref (self->entries);
  g_free (self);
}

TerraceItem *
terrace_item_cache_find (TerraceItemCache *self, gint64 id, guint position)
{
  Entry *entry = g_hash_table_lookup (self->entries, &id);

  if (entry == NULL)
    return NULL;
  entry->position = position;
  if (self->pages.head != &entry->page->link)
    {
      g_queue_unlink (&self->pages, &entry->page->link);
      g_queue_push_head_link (&self->pages, &entry->page->link);
    }
  return entry->item;
}

gboolean
terrace_item_cache_contains (TerraceItemCache *self, gint64 id)
{
  return g_hash_table_contains (self->entries, &id);
}

void
terrace_item_cache_add_page (TerraceItemCache *self, GPtrArray *items)
{
  Page *page = g_new0 (Page, 1);

  page->link.data = page;
  page->ids = g_array_sized_new (FALSE, FALSE, sizeof (gint64), items->len);
  for (guint i = 0; i < items->len; i++)
    {
      Entry *entry = g_new0 (Entry, 1);

      entry->item = g_object_ref (g_ptr_array_index (items, i));
      entry->id = entry->item->id;
      entry->page = page;
      entry->position = NOWHERE;
      g_array_append_val (page->ids, entry->id);
      if (!g_hash_table_insert (self->entries, &entry->id, entry))
        g_assert_not_reached ();
    }
  g_queue_push_head_link (&self->pages, &page->link);
  while (self->pages.length > self->n_pages)
    drop_oldest (self);
}

GPtrArray *
terrace_item_cache_list (TerraceItemCache *self)
{
  GPtrArray *items = g_ptr_array_new_with_free_func (g_object_unref);
  GHashTableIter iter;
  gpointer entry;

  g_hash_table_iter_init (&iter, self->entries);
  while (g_hash_table_iter_next (&iter, NULL, &entry))
    g_ptr_array_add (items, g_object_ref (((Entry *) entry)->item));
  return items;
}

gboolean
terrace_item_cache_replace (TerraceItemCache *self, TerraceItem *item, guint *position)
{
  Entry *entry = g_hash_table_lookup (self->entries, &item->id);

  if (entry == NULL)
    return FALSE;
  g_set_object (&entry->item, item);
  *position = entry->position;
  return entry->position != NOWHERE;
}

void
terrace_item_cache_shift (TerraceItemCache *self, guint position, guint n_removed, guint n_added)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->entries);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      Entry *entry = value;

      if (entry->position == NOWHERE || entry->position < position)
        continue;
      if (entry->position - position < n_removed)
        entry->position = NOWHERE;
      else
        entry->position = entry->position - n_removed + n_added;
    }
}

static gboolean
same_place (TerraceItem *a, TerraceItem *b)
{
  return a->location_id == b->location_id && a->tier == b->tier && a->size_bytes == b->size_bytes &&
         a->created_us == b->created_us && a->modified_us == b->modified_us &&
         a->registered_us == b->registered_us && a->verified_us == b->verified_us &&
         a->missing == b->missing && a->class_since_us == b->class_since_us &&
         a->checksum.kind == b->checksum.kind &&
         memcmp (a->checksum.bytes, b->checksum.bytes, sizeof a->checksum.bytes) == 0 &&
         g_strcmp0 (a->key, b->key) == 0 && g_strcmp0 (a->name, b->name) == 0 &&
         g_strcmp0 (a->content_type, b->content_type) == 0 &&
         g_strcmp0 (a->version, b->version) == 0 && g_strcmp0 (a->class_id, b->class_id) == 0;
}

/* Stored numbers come back bit by bit, so equal is the right question for the decayed counts. */
static gboolean
same_use (const TerraceAccessRates *a, const TerraceAccessRates *b)
{
  return a->updated_us == b->updated_us && a->first_us == b->first_us && a->last_us == b->last_us &&
         a->total_reads == b->total_reads &&
         memcmp (&a->reads_7d, &b->reads_7d, sizeof a->reads_7d) == 0 &&
         memcmp (&a->reads_30d, &b->reads_30d, sizeof a->reads_30d) == 0 &&
         memcmp (&a->reads_90d, &b->reads_90d, sizeof a->reads_90d) == 0;
}

static gboolean
same_plan (TerraceItem *a, TerraceItem *b)
{
  return a->temperature == b->temperature && a->assessed_us == b->assessed_us &&
         memcmp (&a->reads_per_month, &b->reads_per_month, sizeof a->reads_per_month) == 0 &&
         a->monthly_nanos == b->monthly_nanos && a->saving_nanos == b->saving_nanos &&
         a->once_nanos == b->once_nanos && a->moving == b->moving &&
         a->wanted_location_id == b->wanted_location_id &&
         g_strcmp0 (a->wanted_class_id, b->wanted_class_id) == 0 &&
         g_strcmp0 (a->reason, b->reason) == 0;
}

gboolean
terrace_item_cache_same (TerraceItem *a, TerraceItem *b)
{
  return a->id == b->id && same_place (a, b) && same_use (&a->rates, &b->rates) && same_plan (a, b);
}
