/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "stream/terrace-sketch.h"
#include "stream/terrace-stream-event.h"

/* What passed in the last second, minute, five minutes and hour, by the time of the events: counts
 * by kind, bytes, latencies, and whether it is more than usual. Constant space (about 600 kB).
 * Knows no clock: the caller says what time it is. Not thread-safe. */

G_BEGIN_DECLS

typedef enum
{
  TERRACE_WINDOW_SECOND, /* the last whole one */
  TERRACE_WINDOW_MINUTE,
  TERRACE_WINDOW_FIVE_MINUTES,
  TERRACE_WINDOW_HOUR,
} TerraceWindow;
#define TERRACE_N_WINDOWS 4

/**
 * TerraceWindowSummary:
 * @events_per_second: over the window, or over as much of it as was observed
 * @p50_us: latencies are within 1 % of the exact quantile, 0 if no event told one; minutes make the
 *   hour, so its edge is up to a minute old
 */
typedef struct
{
  guint64 events;
  guint64 kinds[TERRACE_N_STREAM_KINDS];
  guint64 bytes;
  double seconds;
  double events_per_second;
  double bytes_per_second;
  double error_ratio;
  guint64 n_latencies;
  double p50_us;
  double p95_us;
  double p99_us;
} TerraceWindowSummary;

/* One second of the history, for charts. */
typedef struct
{
  gint64 second;
  guint32 kinds[TERRACE_N_STREAM_KINDS];
  guint32 events;
  guint64 bytes;
} TerraceWindowSecond;

typedef struct _TerraceWindows TerraceWindows;

/* @now_us: from here on it is observed. */
TerraceWindows *terrace_windows_new (gint64 now_us);
void terrace_windows_free (TerraceWindows *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TerraceWindows, terrace_windows_free)

/* The time moves on; what is older than an hour is forgotten. A step back changes nothing. */
void terrace_windows_advance (TerraceWindows *self, gint64 now_us);

/* %FALSE for an event that is later than TERRACE_LIMIT_STREAM_LATE_US: it is not counted here. One
 * from the future counts as of now. */
gboolean terrace_windows_add (TerraceWindows *self, const TerraceStreamEvent *event);

void terrace_windows_summarize (TerraceWindows *self,
                                TerraceWindow window,
                                TerraceWindowSummary *summary);

/* Fills @seconds, oldest first, with the last @n (at most 3600) whole seconds. */
void terrace_windows_get_seconds (TerraceWindows *self, TerraceWindowSecond *seconds, guint n);

/* The latencies of the last whole minute; its number since 1970. (transfer none) */
const TerraceSketch *terrace_windows_get_minute (TerraceWindows *self, gint64 *minute);

/* A burst: the last ten seconds see three times what the five minutes before them saw on average,
 * and no fewer than 5 events a second. It ends below one and a half times that. Asked once a
 * second. */
gboolean terrace_windows_check_burst (TerraceWindows *self);

G_END_DECLS
