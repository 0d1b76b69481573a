/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Collects objects with their reads and writes, in order, and joins them. Any one thread. */

#include "insight/terrace-history-builder.h"

struct _TerraceHistoryBuilder
{
  gint32 first_unix_day;
  gint32 n_days;
  GStringChunk *keys;
  GArray *objects; /* TerraceHistoryObject, its arrays not set yet */
  GArray *reads;   /* TerraceHistoryRead of all objects, one after the other */
  GArray *writes;
};

TerraceHistoryBuilder *
terrace_history_builder_new (gint32 first_unix_day, gint32 n_days)
{
  TerraceHistoryBuilder *self;

  g_return_val_if_fail (n_days > 0, NULL);

  self = g_new0 (TerraceHistoryBuilder, 1);
  self->first_unix_day = first_unix_day;
  self->n_days = n_days;
  self->keys = g_string_chunk_new (65536);
  self->objects = g_array_new (FALSE, FALSE, sizeof (TerraceHistoryObject));
  self->reads = g_array_new (FALSE, FALSE, sizeof (TerraceHistoryRead));
  self->writes = g_array_new (FALSE, FALSE, sizeof (TerraceHistoryWrite));
  return self;
}

void
terrace_history_builder_free (TerraceHistoryBuilder *self)
{
  g_clear_pointer (&self->keys, g_string_chunk_free);
  g_array_unref (self->objects);
  g_array_unref (self->reads);
  g_array_unref (self->writes);
  g_free (self);
}

void
terrace_history_builder_begin (TerraceHistoryBuilder *self,
                               const char *key,
                               gint64 created_unix_day,
                               double size_bytes)
{
  TerraceHistoryObject object = { .deleted = -1, .size_bytes = size_bytes };

  g_return_if_fail (self != NULL && key != NULL);

  object.key = g_string_chunk_insert (self->keys, key);
  object.created =
      (gint32) CLAMP (created_unix_day - self->first_unix_day, 0, (gint64) self->n_days - 1);
  g_array_append_val (self->objects, object);
}

/* The object and the day in it, -1 if that is none of the history's. */
static gint32
find_day (TerraceHistoryBuilder *self, gint64 unix_day, TerraceHistoryObject **object)
{
  const gint64 day = unix_day - self->first_unix_day;

  g_return_val_if_fail (self->objects->len > 0, -1);

  *object = &g_array_index (self->objects, TerraceHistoryObject, self->objects->len - 1);
  if (day < 0 || day >= self->n_days)
    return -1;
  (*object)->created = MIN ((*object)->created, (gint32) day);
  return (gint32) day;
}

void
terrace_history_builder_add_reads (TerraceHistoryBuilder *self,
                                   gint64 unix_day,
                                   double requests,
                                   double bytes)
{
  TerraceHistoryObject *object = NULL;
  const TerraceHistoryRead read = { find_day (self, unix_day, &object), requests, bytes };

  if (read.day < 0 || requests <= 0.0)
    return;
  g_array_append_val (self->reads, read);
  object->n_reads++;
}

void
terrace_history_builder_add_write (TerraceHistoryBuilder *self, gint64 unix_day)
{
  TerraceHistoryObject *object = NULL;
  TerraceHistoryWrite write = { .day = find_day (self, unix_day, &object) };

  if (write.day < 0)
    return;
  write.size_bytes = object->size_bytes;
  g_array_append_val (self->writes, write);
  object->n_writes++;
}

TerraceHistory *
terrace_history_builder_end (TerraceHistoryBuilder *self)
{
  TerraceHistory *history;
  gsize read = 0;
  gsize write = 0;

  g_return_val_if_fail (self != NULL && self->keys != NULL, NULL);

  history = g_new0 (TerraceHistory, 1);
  history->n_objects = self->objects->len;
  history->n_days = self->n_days;
  history->first_unix_day = self->first_unix_day;
  history->keys = g_steal_pointer (&self->keys);
  history->objects = g_array_steal (self->objects, NULL);
  history->reads = g_array_steal (self->reads, NULL);
  history->writes = g_array_steal (self->writes, NULL);
  for (guint i = 0; i < history->n_objects; i++)
    {
      TerraceHistoryObject *object = &history->objects[i];

      object->reads = history->reads + read;
      object->writes = history->writes + write;
      read += object->n_reads;
      write += object->n_writes;
    }
  return history;
}
