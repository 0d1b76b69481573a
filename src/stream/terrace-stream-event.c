/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Events in batches: the texts of a batch live in one arena that goes with it. A batch belongs to
 * the thread that fills it until it is delivered; afterwards any thread may read it. */

#include "stream/terrace-stream-event.h"

#include "base/terrace-limits.h"

#include <string.h>

#define TEXT_BLOCK_BYTES 16384

GType
terrace_stream_kind_get_type (void)
{
  static const GEnumValue values[] = {
    { TERRACE_STREAM_READ, "TERRACE_STREAM_READ", "read" },
    { TERRACE_STREAM_WRITE, "TERRACE_STREAM_WRITE", "write" },
    { TERRACE_STREAM_CREATE, "TERRACE_STREAM_CREATE", "create" },
    { TERRACE_STREAM_DELETE, "TERRACE_STREAM_DELETE", "delete" },
    { TERRACE_STREAM_ERROR, "TERRACE_STREAM_ERROR", "error" },
    { TERRACE_STREAM_LATENCY, "TERRACE_STREAM_LATENCY", "latency" },
    { 0, NULL, NULL },
  };
  static gsize type = 0;

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, g_enum_register_static ("TerraceStreamKind", values));
  return type;
}

void
terrace_stream_event_init (TerraceStreamEvent *event, TerraceStreamKind kind, gint64 time_us)
{
  *event = (TerraceStreamEvent){
    .kind = kind, .count = 1, .time_us = time_us, .offset = -1, .partition = -1
  };
}

/* --- Dead letters -------------------------------------------------------------------------- */

TerraceBadMessage *
terrace_bad_message_new (gint64 time_us,
                         const char *origin,
                         const char *reason,
                         const char *data,
                         gsize length)
{
  TerraceBadMessage *self = g_new0 (TerraceBadMessage, 1);

  self->time_us = time_us;
  self->origin = g_utf8_make_valid (origin, -1);
  self->reason = g_strdup (reason);
  self->size_bytes = length;
  self->text = g_utf8_make_valid (data, (gssize) MIN (length, TERRACE_LIMIT_BAD_MESSAGE_BYTES));

  return self;
}

void
terrace_bad_message_free (TerraceBadMessage *self)
{
  g_free (self->origin);
  g_free (self->reason);
  g_free (self->text);
  g_free (self);
}

/* --- Batches ------------------------------------------------------------------------------- */

TerraceSourceBatch *
terrace_source_batch_new (void)
{
  TerraceSourceBatch *self = g_new0 (TerraceSourceBatch, 1);

  self->events = g_array_new (FALSE, FALSE, sizeof (TerraceStreamEvent));
  self->bad_messages = g_ptr_array_new_with_free_func ((GDestroyNotify) terrace_bad_message_free);
  self->ref_count = 1;

  return self;
}

TerraceSourceBatch *
terrace_source_batch_ref (TerraceSourceBatch *self)
{
  g_atomic_int_inc (&self->ref_count);

  return self;
}

void
terrace_source_batch_unref (TerraceSourceBatch *self)
{
  if (!g_atomic_int_dec_and_test (&self->ref_count))
    return;

  if (self->cookie != NULL && self->cookie_free != NULL)
    self->cookie_free (self->cookie);
  g_array_unref (self->events);
  g_ptr_array_unref (self->bad_messages);
  g_clear_pointer (&self->partitions, g_ptr_array_unref);
  g_clear_pointer (&self->texts, g_string_chunk_free);
  g_free (self);
}

const char *
terrace_source_batch_add_text (TerraceSourceBatch *self, const char *text, gssize length)
{
  if (self->texts == NULL)
    self->texts = g_string_chunk_new (TEXT_BLOCK_BYTES);

  return g_string_chunk_insert_len (self->texts, text, length);
}

void
terrace_source_batch_add (TerraceSourceBatch *self, const TerraceStreamEvent *event)
{
  g_array_append_vals (self->events, event, 1);
}

void
terrace_source_batch_add_malformed (TerraceSourceBatch *self,
                                    gint64 time_us,
                                    const char *origin,
                                    const char *reason,
                                    const char *data,
                                    gsize length)
{
  self->n_malformed++;
  if (self->bad_messages->len < TERRACE_LIMIT_BAD_MESSAGES_PER_BATCH)
    g_ptr_array_add (self->bad_messages,
                     terrace_bad_message_new (time_us, origin, reason, data, length));
}

gboolean
terrace_source_batch_is_full (TerraceSourceBatch *self)
{
  return self->events->len >= TERRACE_LIMIT_STREAM_BATCH_EVENTS;
}

gboolean
terrace_source_batch_is_empty (TerraceSourceBatch *self)
{
  return self->events->len == 0 && self->n_malformed == 0 && self->n_dropped == 0 &&
         self->cookie == NULL;
}
