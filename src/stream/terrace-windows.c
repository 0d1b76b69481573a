/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Sliding windows: a ring of 3600 seconds for the counts; for the latencies, which are bigger, a
 * ring of as many seconds as an event may be late plus a minute's, and one of 60 minutes. Belongs
 * to one thread at a time. */

#include "stream/terrace-windows.h"

#include "base/terrace-clock.h"
#include "base/terrace-limits.h"

#include <string.h>

#define HOUR_SECONDS 3600
#define HOUR_MINUTES 60
#define SKETCH_SECONDS 60

#define BURST_SECONDS 10
#define BURST_USUAL_SECONDS 300
#define BURST_FACTOR 3.0
#define BURST_END_FACTOR 1.5
#define BURST_LEAST_PER_SECOND 5.0

struct _TerraceWindows
{
  gint64 first_second;
  gint64 now_second;
  TerraceWindowSecond seconds[HOUR_SECONDS];
  TerraceSketch second_sketches[SKETCH_SECONDS];
  TerraceSketch minute_sketches[HOUR_MINUTES];

  gboolean in_burst;
  double usual_per_second;
};

static gint64
second_of (gint64 time_us)
{
  return time_us / TERRACE_US_PER_SECOND;
}

TerraceWindows *
terrace_windows_new (gint64 now_us)
{
  TerraceWindows *self = g_new0 (TerraceWindows, 1);

  self->first_second = second_of (now_us);
  self->now_second = self->first_second;

  return self;
}

void
terrace_windows_free (TerraceWindows *self)
{
  g_free (self);
}

static TerraceWindowSecond *
second_at (TerraceWindows *self, gint64 second)
{
  return &self->seconds[second % HOUR_SECONDS];
}

void
terrace_windows_advance (TerraceWindows *self, gint64 now_us)
{
  gint64 now = second_of (now_us);
  gint64 from = self->now_second + 1;

  if (now <= self->now_second)
    return;

  for (gint64 second = MAX (from, now - HOUR_SECONDS + 1); second <= now; second++)
    *second_at (self, second) = (TerraceWindowSecond){ .second = second };
  for (gint64 second = MAX (from, now - SKETCH_SECONDS + 1); second <= now; second++)
    terrace_sketch_clear (&self->second_sketches[second % SKETCH_SECONDS]);
  for (gint64 minute = MAX (self->now_second / 60 + 1, now / 60 - HOUR_MINUTES + 1);
       minute <= now / 60; minute++)
    terrace_sketch_clear (&self->minute_sketches[minute % HOUR_MINUTES]);
  self->now_second = now;
}

gboolean
terrace_windows_add (TerraceWindows *self, const TerraceStreamEvent *event)
{
  gint64 second = MIN (second_of (event->time_us), self->now_second);
  TerraceWindowSecond *counts;

  if (second < self->now_second - second_of (TERRACE_LIMIT_STREAM_LATE_US))
    return FALSE;

  /* What comes late for a time before the start is part of what was observed. */
  self->first_second = MIN (self->first_second, second);
  counts = second_at (self, second);
  counts->second = second;
  counts->kinds[event->kind] += event->count;
  counts->events += event->count;
  if (event->kind == TERRACE_STREAM_READ || event->kind == TERRACE_STREAM_WRITE)
    counts->bytes += event->bytes;
  if (event->latency_us > 0)
    {
      terrace_sketch_add (&self->minute_sketches[second / 60 % HOUR_MINUTES], event->latency_us,
                          event->count);
      if (second > self->now_second - SKETCH_SECONDS)
        terrace_sketch_add (&self->second_sketches[second % SKETCH_SECONDS], event->latency_us,
                            event->count);
    }

  return TRUE;
}

static gint64
window_seconds (TerraceWindow window)
{
  static const gint64 seconds[TERRACE_N_WINDOWS] = { 1, 60, 300, HOUR_SECONDS };

  return seconds[window];
}

/* The second that is not over yet counts in every window but the one of a second. */
static void
sum_latencies (TerraceWindows *self, TerraceWindow window, TerraceSketch *sum)
{
  if (window == TERRACE_WINDOW_SECOND)
    terrace_sketch_merge (sum, &self->second_sketches[(self->now_second - 1) % SKETCH_SECONDS]);
  else if (window == TERRACE_WINDOW_MINUTE)
    for (guint i = 0; i < SKETCH_SECONDS; i++)
      terrace_sketch_merge (sum, &self->second_sketches[i]);
  else
    for (gint64 i = 0; i < MIN (window_seconds (window) / 60, HOUR_MINUTES); i++)
      terrace_sketch_merge (sum,
                            &self->minute_sketches[(self->now_second / 60 - i) % HOUR_MINUTES]);
}

static void
add_second (TerraceWindowSummary *summary, const TerraceWindowSecond *second)
{
  for (guint kind = 0; kind < TERRACE_N_STREAM_KINDS; kind++)
    summary->kinds[kind] += second->kinds[kind];
  summary->events += second->events;
  summary->bytes += second->bytes;
}

void
terrace_windows_summarize (TerraceWindows *self,
                           TerraceWindow window,
                           TerraceWindowSummary *summary)
{
  gint64 length = window_seconds (window);
  gint64 last = self->now_second - (window == TERRACE_WINDOW_SECOND ? 1 : 0);
  gint64 observed = CLAMP (last - self->first_second + 1, 1, length);
  TerraceSketch sum = { 0 };

  memset (summary, 0, sizeof *summary);
  for (gint64 second = last - observed + 1; second <= last; second++)
    if (second_at (self, second)->second == second)
      add_second (summary, second_at (self, second));
  summary->seconds = (double) observed;
  summary->events_per_second = (double) summary->events / summary->seconds;
  summary->bytes_per_second = (double) summary->bytes / summary->seconds;
  if (summary->events > 0)
    summary->error_ratio = (double) summary->kinds[TERRACE_STREAM_ERROR] / (double) summary->events;

  sum_latencies (self, window, &sum);
  summary->n_latencies = sum.n;
  summary->p50_us = terrace_sketch_get_quantile_us (&sum, 0.50);
  summary->p95_us = terrace_sketch_get_quantile_us (&sum, 0.95);
  summary->p99_us = terrace_sketch_get_quantile_us (&sum, 0.99);
}

void
terrace_windows_get_seconds (TerraceWindows *self, TerraceWindowSecond *seconds, guint n)
{
  n = MIN (n, HOUR_SECONDS - 1);
  for (guint i = 0; i < n; i++)
    {
      gint64 second = self->now_second - n + i;
      const TerraceWindowSecond *stored = second >= 0 ? second_at (self, second) : NULL;

      seconds[i] = stored != NULL && stored->second == second ?
                       *stored :
                       (TerraceWindowSecond){ .second = second };
    }
}

const TerraceSketch *
terrace_windows_get_minute (TerraceWindows *self, gint64 *minute)
{
  *minute = self->now_second / 60 - 1;

  return &self->minute_sketches[*minute % HOUR_MINUTES];
}

/* --- Bursts -------------------------------------------------------------------------------- */

/* The mean of the whole seconds from @from up to but not including @to. */
static double
mean_rate (TerraceWindows *self, gint64 from, gint64 to)
{
  guint64 events = 0;

  from = MAX (from, self->first_second);
  for (gint64 second = from; second < to; second++)
    if (second_at (self, second)->second == second)
      events += second_at (self, second)->events;

  return to > from ? (double) events / (double) (to - from) : 0;
}

gboolean
terrace_windows_check_burst (TerraceWindows *self)
{
  gint64 now = self->now_second;
  double current = mean_rate (self, now - BURST_SECONDS, now);

  /* While it lasts it is measured against what was usual before it began, not against itself. */
  if (!self->in_burst)
    self->usual_per_second =
        mean_rate (self, now - BURST_SECONDS - BURST_USUAL_SECONDS, now - BURST_SECONDS);

  if (self->in_burst)
    self->in_burst =
        current >= MAX (self->usual_per_second * BURST_END_FACTOR, BURST_LEAST_PER_SECOND / 2);
  else
    self->in_burst = now - BURST_SECONDS > self->first_second + BURST_SECONDS &&
                     current >= MAX (self->usual_per_second * BURST_FACTOR, BURST_LEAST_PER_SECOND);

  return self->in_burst;
}
