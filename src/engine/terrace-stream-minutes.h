/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "catalog/terrace-stream-log-table.h"
#include "stream/terrace-sketch.h"
#include "stream/terrace-stream-event.h"

/* One source's events counted by the minute of their arrival, on their way to stream_minute.
 * Thread of the pump. */

G_BEGIN_DECLS

/**
 * TerraceStreamMinutes:
 * @now: the minute that is being counted
 * @latency: its latencies
 * @ended: (element-type TerraceStreamMinute): not taken yet
 */
typedef struct
{
  TerraceStreamMinute now;
  TerraceSketch latency;
  GArray *ended;
} TerraceStreamMinutes;

/* @minute: (nullable): counting goes on where another run of the program stopped. */
void terrace_stream_minutes_init (TerraceStreamMinutes *self,
                                  gint64 source_id,
                                  const TerraceStreamMinute *minute);
void terrace_stream_minutes_clear (TerraceStreamMinutes *self);

/* @counted: something came since the minutes were taken. */
void terrace_stream_minutes_begin (TerraceStreamMinutes *self, gint64 now_us, gboolean counted);
void terrace_stream_minutes_count (TerraceStreamMinutes *self, const TerraceStreamEvent *event);
/* (transfer full) (element-type TerraceStreamMinute): those that ended, and the one that runs. */
GArray *terrace_stream_minutes_take (TerraceStreamMinutes *self);

G_END_DECLS
