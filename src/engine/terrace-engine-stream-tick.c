/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Once a second: the windows move on, the sources tell how they are, the rules look. Every ten
 * seconds while nothing runs. Main thread but for pump_tick(). */

#include "config.h"

#include "engine/terrace-engine-stream-private.h"

#include "base/terrace-limits.h"

#include <string.h>

#define TICK_MS 1000
#define IDLE_TICKS 10
#define LEASE_TICKS (TERRACE_LIMIT_LEASE_RENEW_MS / TICK_MS)

typedef struct
{
  gint64 now_us;
  TerraceWindowSummary windows[TERRACE_N_WINDOWS];
  TerraceWindowSecond history[TERRACE_STREAM_HISTORY_SECONDS];
  gboolean burst;
} Tick;

static void
pump_tick (TerraceStreamPump *pump, gpointer data)
{
  Tick *tick = data;
  TerraceWindows *windows = terrace_stream_pump_get_windows (pump);

  terrace_windows_advance (windows, tick->now_us);
  for (guint i = 0; i < TERRACE_N_WINDOWS; i++)
    terrace_windows_summarize (windows, (TerraceWindow) i, &tick->windows[i]);
  /* The ring holds one second less than an hour besides the one that is not over. */
  terrace_windows_get_seconds (windows, tick->history + 1, TERRACE_STREAM_HISTORY_SECONDS - 1);
  tick->burst = terrace_windows_check_burst (windows);
}

static void
update_status (TerraceRunning *running)
{
  TerraceStreamStatus *status = running->status;
  guint64 events = terrace_source_get_n_events (running->source);

  status->events_per_second = (double) (events - running->last_events) * 1000 / TICK_MS;
  running->last_events = events;
  status->events = events;
  status->malformed = terrace_source_get_n_malformed (running->source);
  status->dropped = terrace_source_get_n_dropped (running->source);
  status->in_flight = terrace_source_get_in_flight (running->source);
  status->lag = terrace_source_get_lag (running->source);
  terrace_stream_status_changed (status);
}

static void
pump_tick_done (TerraceEngineStream *self, gpointer data)
{
  Tick *tick = data;

  self->ticking = FALSE;
  memcpy (self->windows, tick->windows, sizeof self->windows);
  memcpy (self->history, tick->history, sizeof tick->history);
  self->burst = tick->burst;
  for (guint i = 0; i < self->running->len; i++)
    update_status (g_ptr_array_index (self->running, i));
  if (self->closing != NULL)
    return;
  if (self->engine->run_moves && self->alerts_read)
    terrace_engine_stream_check_rules (self);
  if (self->engine->run_moves && self->n_ticks % IDLE_TICKS == 0)
    terrace_engine_stream_sweep (self);
  g_signal_emit_by_name (self, "ticked");
}

static gboolean
tick_cb (gpointer user_data)
{
  TerraceEngineStream *self = user_data;
  Tick *tick;

  self->n_ticks++;
  self->row_budget = TERRACE_LIMIT_STREAM_LOG_ROWS_PER_SECOND;
  if (self->n_ticks % LEASE_TICKS == 0 && self->running->len > 0)
    terrace_engine_stream_renew_leases (self);
  if (self->ticking || !self->loaded || self->closing != NULL ||
      (self->running->len == 0 && self->n_ticks % IDLE_TICKS != 0))
    return G_SOURCE_CONTINUE;

  self->ticking = TRUE;
  tick = g_new0 (Tick, 1);
  tick->now_us = terrace_clock_get_now_us (self->engine->clock);
  terrace_engine_stream_run (self, pump_tick, pump_tick_done, tick, g_free);

  return G_SOURCE_CONTINUE;
}

void
terrace_engine_stream_start_ticking (TerraceEngineStream *self)
{
  self->tick_timeout = terrace_clock_add_timeout (self->engine->clock, TICK_MS, tick_cb, self);
}
