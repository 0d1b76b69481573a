/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Counting by the minute. Thread of the pump. */

#include "config.h"

#include "engine/terrace-stream-minutes.h"

#include "base/terrace-clock.h"

static GArray *
minutes_new (void)
{
  GArray *minutes = g_array_new (FALSE, FALSE, sizeof (TerraceStreamMinute));

  g_array_set_clear_func (minutes, (GDestroyNotify) terrace_stream_minute_clear);

  return minutes;
}

void
terrace_stream_minutes_init (TerraceStreamMinutes *self,
                             gint64 source_id,
                             const TerraceStreamMinute *minute)
{
  const guint8 *packed;
  gsize length;

  self->ended = minutes_new ();
  if (minute != NULL)
    {
      self->now = *minute;
      self->now.latency = NULL;
      packed = minute->latency != NULL ? g_bytes_get_data (minute->latency, &length) : NULL;
      if (packed != NULL && !terrace_sketch_unpack (&self->latency, packed, length))
        terrace_sketch_clear (&self->latency);
    }
  self->now.source_id = source_id;
}

void
terrace_stream_minutes_clear (TerraceStreamMinutes *self)
{
  terrace_stream_minute_clear (&self->now);
  g_array_unref (self->ended);
}

void
terrace_stream_minutes_begin (TerraceStreamMinutes *self, gint64 now_us, gboolean counted)
{
  gint64 minute = now_us / (60 * TERRACE_US_PER_SECOND);

  if (self->now.minute == minute)
    return;
  if (self->now.minute != 0 && counted)
    {
      self->now.latency = terrace_sketch_pack (&self->latency);
      g_array_append_val (self->ended, self->now);
    }
  self->now = (TerraceStreamMinute){ .minute = minute, .source_id = self->now.source_id };
  terrace_sketch_clear (&self->latency);
}

void
terrace_stream_minutes_count (TerraceStreamMinutes *self, const TerraceStreamEvent *event)
{
  self->now.events += event->count;
  self->now.bytes += event->bytes;
  self->now.errors += event->kind == TERRACE_STREAM_ERROR ? event->count : 0;
  if (event->latency_us > 0)
    terrace_sketch_add (&self->latency, event->latency_us, event->count);
}

GArray *
terrace_stream_minutes_take (TerraceStreamMinutes *self)
{
  GArray *taken = self->ended;
  TerraceStreamMinute minute = self->now;

  minute.latency = terrace_sketch_pack (&self->latency);
  g_array_append_val (taken, minute);
  self->ended = minutes_new ();
  return taken;
}
