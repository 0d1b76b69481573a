/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sizes of parts, and small objects in memory. Any thread. */

#include "provider/terrace-cloud-parts.h"

#include "base/terrace-limits.h"

#include <string.h>

#define MAX_KEPT TERRACE_LIMIT_ACTIVE_MOVES

struct _TerraceCloudStore
{
  GHashTable *bytes; /* (element-type utf8 GBytes) */
  GQueue order;      /* (element-type utf8): names, the oldest first */
};

guint64
terrace_cloud_part_size (const TerraceWriteOptions *options, guint64 number)
{
  guint64 offset = number * options->part_bytes;

  return offset < options->size_bytes ? MIN (options->part_bytes, options->size_bytes - offset) : 0;
}

GPtrArray *
terrace_cloud_parts_new (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) terrace_part_free);
}

GPtrArray *
terrace_cloud_parts_new_all (const TerraceWriteOptions *options)
{
  GPtrArray *parts = terrace_cloud_parts_new ();

  for (guint i = 0; terrace_cloud_part_size (options, i) > 0; i++)
    g_ptr_array_add (parts, terrace_part_new (i, i * options->part_bytes,
                                              terrace_cloud_part_size (options, i), "done"));

  return parts;
}

gboolean
terrace_cloud_parts_are_whole (GPtrArray *parts, guint64 size_bytes)
{
  guint64 end = 0;

  for (guint i = 0; i < parts->len; i++)
    {
      const TerracePart *part = parts->pdata[i];

      if (part->number != i || part->offset != end || part->receipt == NULL)
        return FALSE;
      end += part->size_bytes;
    }

  return end == size_bytes;
}

TerraceCloudStore *
terrace_cloud_store_new (void)
{
  TerraceCloudStore *self = g_new0 (TerraceCloudStore, 1);

  self->bytes =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_bytes_unref);
  g_queue_init (&self->order);

  return self;
}

void
terrace_cloud_store_free (TerraceCloudStore *self)
{
  g_hash_table_unref (self->bytes);
  g_queue_clear_full (&self->order, g_free);
  g_free (self);
}

void
terrace_cloud_store_keep (TerraceCloudStore *self, const char *name, GBytes *bytes)
{
  if (!g_hash_table_contains (self->bytes, name))
    g_queue_push_tail (&self->order, g_strdup (name));
  g_hash_table_replace (self->bytes, g_strdup (name), g_bytes_ref (bytes));

  while (g_queue_get_length (&self->order) > MAX_KEPT)
    {
      g_autofree char *oldest = g_queue_pop_head (&self->order);

      g_hash_table_remove (self->bytes, oldest);
    }
}

void
terrace_cloud_store_drop (TerraceCloudStore *self, const char *name)
{
  GList *link = g_queue_find_custom (&self->order, name, (GCompareFunc) strcmp);

  if (link != NULL)
    {
      g_free (link->data);
      g_queue_delete_link (&self->order, link);
    }
  g_hash_table_remove (self->bytes, name);
}

GBytes *
terrace_cloud_store_find (TerraceCloudStore *self, const char *name, guint64 size_bytes)
{
  GBytes *bytes = g_hash_table_lookup (self->bytes, name);

  return bytes != NULL && g_bytes_get_size (bytes) == size_bytes ? bytes : NULL;
}
