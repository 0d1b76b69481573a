/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "catalog/terrace-stream-table.h"
#include "engine/terrace-stream-rows.h"
#include "stream/terrace-windows.h"

/* What is made of events, batch by batch: known again or new, on time or late, whose they are, and
 * what remains of them: accesses per object to be stored, counters, lines for the log, and signs
 * that an object on its way down is being used.
 *
 * Belongs to the stream's thread: every function but new and free runs there. What it returns
 * belongs to the caller. */

G_BEGIN_DECLS

/**
 * TerraceHeat:
 * An object that is on its way down was used.
 * @reads: within the watch's time
 * @event_us: the latest of them
 */
typedef struct
{
  gint64 item_id;
  gint64 move_id;
  guint64 reads;
  gint64 event_us;
} TerraceHeat;

/* An object to look out for. */
typedef struct
{
  gint64 item_id;
  gint64 move_id;
  gint64 location_id;
  char *key;
  gint64 within_us;
} TerraceWatch;

void terrace_watch_clear (TerraceWatch *watch);

/* A place that an event named and nobody knows yet. */
typedef struct
{
  gint64 location_id;
  char *key;
  guint64 hash;
  TerraceStreamAccess access;
  gboolean created;
  gint64 item_id; /* filled by whoever looks it up */
} TerracePlaceEvents;

void terrace_place_events_clear (TerracePlaceEvents *place);

/* An object that was deleted: by its id, or by its place if @location_id is not 0. */
typedef struct
{
  gint64 item_id;
  gint64 location_id;
  char *key;
  gint64 time_us;
} TerraceDeletion;

void terrace_deletion_clear (TerraceDeletion *deletion);

/**
 * TerracePumped:
 * What became of a batch at once.
 * @heats: (element-type TerraceHeat)
 * @rows: (element-type TerraceStreamRow): for the log
 * @left_out: events that are in no row
 */
typedef struct
{
  GArray *heats;
  GPtrArray *rows;
  guint64 left_out;
  guint64 duplicates;
  guint64 late;
  guint64 unknown;
} TerracePumped;

void terrace_pumped_free (TerracePumped *self);

/* What one source adds to a cohort. @partitions: (element-type utf8), as many as @offsets.
 * @minutes: (element-type TerraceStreamMinute): those that ended meanwhile and the one that did not
 */
typedef struct
{
  gint64 source_id;
  GPtrArray *partitions;
  GArray *offsets;
  GArray *event_ids;
  GArray *minutes;
} TerraceCohortSource;

/**
 * TerraceStreamCohort:
 * All that is to be stored in one transaction.
 * @accesses: (element-type TerraceStreamAccess)
 * @places: (element-type TerracePlaceEvents): to be looked up, and their accesses stored too
 * @deletions: (element-type TerraceDeletion): in the order they came
 * @sources: (element-type TerraceCohortSource)
 * @messages: (element-type TerraceDeadLetter)
 */
typedef struct
{
  GArray *accesses;
  GArray *places;
  GArray *deletions;
  GPtrArray *sources;
  GPtrArray *messages;
  gint64 first_us;
  gint64 last_us;
} TerraceStreamCohort;

TerraceStreamCohort *terrace_stream_cohort_new (void);
void terrace_stream_cohort_free (TerraceStreamCohort *self);

typedef struct _TerraceStreamPump TerraceStreamPump;

TerraceStreamPump *terrace_stream_pump_new (gint64 now_us);
void terrace_stream_pump_free (TerraceStreamPump *self);

/* A source's events are known again by @event_ids (nullable, element-type guint64): those of the
 * runs before. @minute: (nullable): what was counted in a minute that is perhaps not over. */
void terrace_stream_pump_add_source (TerraceStreamPump *self,
                                     gint64 source_id,
                                     const char *name,
                                     GArray *event_ids,
                                     const TerraceStreamMinute *minute);
void terrace_stream_pump_remove_source (TerraceStreamPump *self, gint64 source_id);
/* Up to where @partition was committed; -1 for never. */
void terrace_stream_pump_set_mark (TerraceStreamPump *self,
                                   gint64 source_id,
                                   const char *partition,
                                   gint64 offset);
/* @names: (transfer full) (element-type utf8 gint64): ids of locations by what events call them. */
void terrace_stream_pump_set_locations (TerraceStreamPump *self, GHashTable *names);
/* @watches: (transfer full) (element-type TerraceWatch): instead of those before. */
void terrace_stream_pump_set_watches (TerraceStreamPump *self, GArray *watches);

/* @max_rows: how many lines the log takes of it. (transfer full) */
TerracePumped *terrace_stream_pump_process (TerraceStreamPump *self,
                                            gint64 source_id,
                                            TerraceSourceBatch *batch,
                                            gint64 now_us,
                                            guint max_rows);

/* (transfer full) (nullable): what gathered since the last time; %NULL if nothing did. */
TerraceStreamCohort *terrace_stream_pump_take (TerraceStreamPump *self);
/* What was found of @cohort's places is remembered. */
void
terrace_stream_pump_learn (TerraceStreamPump *self, TerraceStreamCohort *cohort, gint64 now_us);

/* (transfer none) */
TerraceWindows *terrace_stream_pump_get_windows (TerraceStreamPump *self);

G_END_DECLS
