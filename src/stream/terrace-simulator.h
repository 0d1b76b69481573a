/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "stream/terrace-source.h"

/* A believable life of the registered objects, made up: Zipf popularity, working hours and quiet
 * weekends, bursts of one object, cold objects that suddenly become hot, new ones, errors,
 * latencies, duplicates and late events. The same seed, start and objects tell the same story. */

G_BEGIN_DECLS

/* --- The story (pure) ---------------------------------------------------------------------- */

typedef struct _TerraceStory TerraceStory;

/* @item_ids: (element-type gint64): may be empty. @rate: events a second at
 * an average hour. @start_us: when the first event happens. */
TerraceStory *terrace_story_new (guint64 seed, double rate, gint64 start_us, GArray *item_ids);
void terrace_story_free (TerraceStory *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TerraceStory, terrace_story_free)

/* Appends the events up to @until_us, at most @max. Returns whether it got that far. */
gboolean
terrace_story_tell (TerraceStory *self, TerraceSourceBatch *batch, gint64 until_us, guint max);
/* How much busier than on average it is at @time_us: 0.2 to 2. */
double terrace_story_get_rhythm (gint64 time_us);

/* --- The source ---------------------------------------------------------------------------- */

#define TERRACE_TYPE_SIMULATOR (terrace_simulator_get_type ())
G_DECLARE_FINAL_TYPE (TerraceSimulator, terrace_simulator, TERRACE, SIMULATOR, TerraceSource)

/* (transfer full) */
TerraceSource *terrace_simulator_new (const TerraceSourceSettings *settings,
                                      TerraceClock *clock,
                                      GArray *item_ids);

G_END_DECLS
