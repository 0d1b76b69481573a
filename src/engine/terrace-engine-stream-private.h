/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "catalog/terrace-alert-table.h"
#include "catalog/terrace-stream-source-table.h"
#include "engine/terrace-engine-private.h"
#include "engine/terrace-engine-stream.h"
#include "engine/terrace-stream-pump.h"
#include "insight/terrace-alert-rules.h"
#include "model/terrace-event.h"

/* What the stream's files share. Main thread but for the pump, which is the worker's. */

G_BEGIN_DECLS

#define TERRACE_STREAM_HISTORY_SECONDS 3600

/**
 * TerraceRunning:
 * A source at work. Counted references, so that what is under way may outlive it.
 * @held: batches whose partitions' marks are still being read
 * @uncommitted: batches that were processed (or are being) and are not stored
 * @stoppers: (element-type GTask): wait for its end
 */
typedef struct
{
  TerraceEngineStream *stream; /* unowned */
  TerraceStreamStatus *status;
  TerraceSource *source;

  GHashTable *partitions;
  GQueue held;
  gboolean asking;
  guint uncommitted;
  guint64 last_events;
  gboolean stopping;
  gboolean stopped;
  gboolean merged;
  GPtrArray *stoppers;
} TerraceRunning;

TerraceRunning *terrace_running_new (TerraceEngineStream *stream,
                                     TerraceStreamStatus *status,
                                     TerraceSource *source);
void terrace_running_unref (TerraceRunning *self);

struct _TerraceEngineStream
{
  GObject parent_instance;

  TerraceEngine *engine; /* unowned: closes this before it goes */
  char *owner;
  gint64 began_us;

  /* parts */
  TerraceWorker *worker;
  TerraceStreamPump *pump; /* the worker's */
  GListStore *sources;
  GListStore *alerts;
  GListStore *rules;
  TerraceStreamLog *log;
  GPtrArray *running;  /* (element-type TerraceRunning) */
  GPtrArray *stoppers; /* (element-type GTask): wait for the end of all of them */
  GPtrArray *loaders;  /* (element-type GTask): wait for the rows to be read */
  GHashTable *starts;  /* (element-type utf8 GQueue): of GTask, the first is under way */
  gboolean loaded;
  gboolean load_ended;

  /* the flow: see terrace-engine-stream-flow.c */
  GPtrArray *pumped; /* batches that wait to be stored */
  guint pumped_events;
  gboolean pumped_urgent;
  gboolean flushing;
  guint flush_timeout;
  TerraceStreamPending pending;
  gboolean merging;
  GHashTable *touched; /* (element-type gint64): items to assess after the next merge */
  gint64 sweep_next;   /* and those that found no room there, in turn by id: from here on */
  gint64 sweep_last;   /* up to here, 0 if there are none */
  gboolean sweep_again;
  guint row_budget;

  /* once a second: see terrace-engine-stream-tick.c */
  guint tick_timeout;
  gboolean ticking;
  guint n_ticks;
  TerraceWindowSummary windows[TERRACE_N_WINDOWS];
  TerraceWindowSecond *history; /* TERRACE_STREAM_HISTORY_SECONDS of them */
  gboolean burst;

  /* reacting */
  GHashTable *rule_states; /* (element-type utf8 TerraceRuleState) */
  GHashTable *heated;      /* (element-type gint64): moves being stopped */
  GHashTable *done_bytes;  /* (element-type gint64 guint64): of moves under way */
  GHashTable *counts;      /* see terrace-engine-stream-burst.c */
  gboolean watching;
  gboolean watch_again;
  gboolean news_due; /* somebody wrote into the log */
  gboolean reading_news;
  gint64 news_id; /* of the newest event that was looked at, 0 before the first look */
  gboolean reading_alerts;
  gboolean alerts_read;
  gboolean read_alerts_again;

  TerracePublisher *publisher;
  TerracePublication publishes;
  GTask *closing;
};

/* The engine's: ends everything, storing what came. */
void terrace_engine_stream_close_async (TerraceEngineStream *self,
                                        GAsyncReadyCallback callback,
                                        gpointer user_data);
gboolean terrace_engine_stream_close_finish (TerraceEngineStream *self,
                                             GAsyncResult *result,
                                             GError **error);

/* --- The worker ---------------------------------------------------------------------------- */

/* @func: on the stream's thread. @data: (transfer full) (nullable): freed with @free after @done
 * (nullable) ran on the main thread. */
typedef void (*TerraceStreamFunc) (TerraceStreamPump *pump, gpointer data);
typedef void (*TerraceStreamDone) (TerraceEngineStream *self, gpointer data);
void terrace_engine_stream_run (TerraceEngineStream *self,
                                TerraceStreamFunc func,
                                TerraceStreamDone done,
                                gpointer data,
                                GDestroyNotify free);

/* --- The flow ------------------------------------------------------------------------------ */

/* A TerraceSourceConsumer whose user data is the TerraceRunning. */
void terrace_engine_stream_consume (TerraceSource *source,
                                    TerraceSourceBatch *batch,
                                    gpointer user_data);
/* Catalogue thread: what was deleted is missing from now on, and the log says so. */
gboolean terrace_stream_store_deletions (TerraceConnection *connection,
                                         TerraceStreamCohort *cohort,
                                         gint64 now_us,
                                         GError **error);
/* Stores what was pumped now. */
void terrace_engine_stream_flush (TerraceEngineStream *self);
void terrace_engine_stream_merge (TerraceEngineStream *self);
/* These items were used: they are assessed after the next merge, or, if there are too many, in
 * turn. */
void terrace_engine_stream_touch (TerraceEngineStream *self, GArray *accesses);
/* Now and then: assesses some of those whose turn it is. */
void terrace_engine_stream_sweep (TerraceEngineStream *self);
/* @task: (transfer full): goes on with @callback, whose user data it is, when the rows were read.
 */
void terrace_engine_stream_when_loaded (TerraceEngineStream *self,
                                        GAsyncReadyCallback callback,
                                        GTask *task);
/* Whether nothing is under way any more. */
gboolean terrace_engine_stream_is_calm (TerraceEngineStream *self);
/* After something ended: returns the tasks of those who wait for an end. */
void terrace_engine_stream_check_ends (TerraceEngineStream *self);

/* --- Sources ------------------------------------------------------------------------------- */

TerraceRunning *terrace_engine_stream_find_running (TerraceEngineStream *self, const char *name);
/* Starts it if it does not run; the finish is terrace_engine_stream_start_finish(). */
void terrace_engine_stream_ensure_async (TerraceEngineStream *self,
                                         const TerraceSourceSettings *settings,
                                         GAsyncReadyCallback callback,
                                         gpointer user_data);
void terrace_engine_stream_stop_running (TerraceEngineStream *self, TerraceRunning *running);
/* What locations are called goes to the pump. */
void terrace_engine_stream_tell_locations (TerraceEngineStream *self);
void terrace_engine_stream_release_lease (TerraceEngineStream *self, gint64 source_id);
void terrace_engine_stream_renew_leases (TerraceEngineStream *self);

/* --- Ticks --------------------------------------------------------------------------------- */

void terrace_engine_stream_start_ticking (TerraceEngineStream *self);

/* --- Reacting ------------------------------------------------------------------------------ */

/* (transfer none) (nullable): the first enabled rule of @kind. */
TerraceAlertRule *terrace_engine_stream_find_rule (TerraceEngineStream *self,
                                                   TerraceAlertKind kind,
                                                   TerraceRuleSettings *settings);
void terrace_engine_stream_check_rules (TerraceEngineStream *self);
TerraceRuleState *terrace_engine_stream_get_rule_state (TerraceEngineStream *self, const char *key);
/* Looks at what was written into the log since the last time. */
void terrace_engine_stream_read_news (TerraceEngineStream *self);
/* @alert: (transfer full). @rule: (nullable) */
void terrace_engine_stream_raise (TerraceEngineStream *self,
                                  TerraceAlertRule *rule,
                                  TerraceAlert *alert);
void terrace_engine_stream_clear (TerraceEngineStream *self, const char *group_key);
void terrace_engine_stream_read_alerts (TerraceEngineStream *self);
/* Looks at the open moves anew, and tells the pump what to look out for. */
void terrace_engine_stream_watch (TerraceEngineStream *self);
void terrace_engine_stream_feel (TerraceEngineStream *self, const TerraceHeat *heat);
/* New objects that events told of; @places: of a cohort that was stored. */
void terrace_engine_stream_ingest (TerraceEngineStream *self, GArray *places);
void terrace_engine_stream_foresee (TerraceEngineStream *self, GArray *accesses);
/* Objects on cold tiers whose forecasts say that they will be read, and that the plan brings up. */
void terrace_engine_stream_prewarm (TerraceEngineStream *self);

/* --- Publishing ---------------------------------------------------------------------------- */

void terrace_engine_stream_publish_move (TerraceEngineStream *self, TerraceMove *move);
void terrace_engine_stream_publish_alert (TerraceEngineStream *self, TerraceAlert *alert);
/* @plan: of kind TERRACE_EVENT_PLANNED. */
void terrace_engine_stream_publish_plan (TerraceEngineStream *self, TerraceEvent *plan);

G_END_DECLS
