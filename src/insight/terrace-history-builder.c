/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Collects objects with their reads and writes, in order, and joins them. Any one thread. */

#include "insight/terrace-history-builder.h"

struct _TerraceHistoryBuilder
{
  gint32 earliest_unix_day;
  gint32 last_unix_day;
  GStringChunk *keys;
  GArray *objects; /* TerraceHistoryObject, its arrays not set and all days since 1970 yet */
  GArray *reads;   /* TerraceHistoryRead of all objects, one after the other */
  GArray *writes;
};

TerraceHistoryBuilder *
terrace_history_builder_new (gint32 earliest_unix_day, gint32 last_unix_day)
{
  TerraceHistoryBuilder *self;

  g_return_val_if_fail (earliest_unix_day <= last_unix_day, NULL);

  self = g_new0 (TerraceHistoryBuilder, 1);
  self->earliest_unix_day = earliest_unix_day;
  self->last_unix_day = last_unix_day;
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
  object.created = (gint32) CLAMP (created_unix_day, self->earliest_unix_day, self->last_unix_day);
  g_array_append_val (self->objects, object);
}

/* The object that is there on the day, %NULL if the history has no such day. */
static TerraceHistoryObject *
find_object (TerraceHistoryBuilder *self, gint64 unix_day)
{
  TerraceHistoryObject *object;

  g_return_val_if_fail (self->objects->len > 0, NULL);

  object = &g_array_index (self->objects, TerraceHistoryObject, self->objects->len - 1);
  if (unix_day < self->earliest_unix_day || unix_day > self->last_unix_day)
    return NULL;
  object->created = MIN (object->created, (gint32) unix_day);
  return object;
}

void
terrace_history_builder_add_reads (TerraceHistoryBuilder *self,
                                   gint64 unix_day,
                                   double requests,
                                   double bytes)
{
  const TerraceHistoryRead read = { (gint32) unix_day, requests, bytes };
  TerraceHistoryObject *object;

  if (requests <= 0.0)
    return;
  object = find_object (self, unix_day);
  if (object == NULL)
    return;
  g_array_append_val (self->reads, read);
  object->n_reads++;
}

void
terrace_history_builder_add_write (TerraceHistoryBuilder *self, gint64 unix_day)
{
  TerraceHistoryObject *object = find_object (self, unix_day);
  TerraceHistoryWrite write = { .day = (gint32) unix_day };

  if (object == NULL)
    return;
  write.size_bytes = object->size_bytes;
  g_array_append_val (self->writes, write);
  object->n_writes++;
}

/* Days from @first_unix_day on, and each object's share of the arrays. */
static void
settle (TerraceHistory *history, gint32 first_unix_day)
{
  gsize read = 0;
  gsize write = 0;

  for (guint i = 0; i < history->n_objects; i++)
    {
      TerraceHistoryObject *object = &history->objects[i];

      object->created -= first_unix_day;
      object->reads = history->reads + read;
      object->writes = history->writes + write;
      for (guint end = object->n_reads; end > 0; end--)
        history->reads[read++].day -= first_unix_day;
      for (guint end = object->n_writes; end > 0; end--)
        history->writes[write++].day -= first_unix_day;
    }
}

TerraceHistory *
terrace_history_builder_end (TerraceHistoryBuilder *self)
{
  TerraceHistory *history;
  gint32 first_unix_day;

  g_return_val_if_fail (self != NULL && self->keys != NULL, NULL);

  first_unix_day = self->last_unix_day;
  for (guint i = 0; i < self->objects->len; i++)
    first_unix_day =
        MIN (first_unix_day, g_array_index (self->objects, TerraceHistoryObject, i).created);

  history = g_new0 (TerraceHistory, 1);
  history->n_objects = self->objects->len;
  history->n_days = self->last_unix_day - first_unix_day + 1;
  history->first_unix_day = first_unix_day;
  history->keys = g_steal_pointer (&self->keys);
  history->objects = g_array_steal (self->objects, NULL);
  history->reads = g_array_steal (self->reads, NULL);
  history->writes = g_array_steal (self->writes, NULL);
  settle (history, first_unix_day);
  return history;
}
