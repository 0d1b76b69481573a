/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "transfer/terrace-move-job.h"

/* How the places take what a queue asks of them: fewer moves at once where one is busy, none where
 * one fails again and again, until it answers a probe. Main thread. */

G_BEGIN_DECLS

#define TERRACE_TYPE_QUEUE_PLACES (terrace_queue_places_get_type ())
G_DECLARE_FINAL_TYPE (TerraceQueuePlaces, terrace_queue_places, TERRACE, QUEUE_PLACES, GObject)

/* @context: lives longer. @changed: one that was down may be asked again. */
TerraceQueuePlaces *terrace_queue_places_new (TerraceCatalog *catalog,
                                              const TerraceMoveContext *context,
                                              void (*changed) (gpointer data),
                                              gpointer data);
/* No more probes; calls under way come back to nothing. */
void terrace_queue_places_stop (TerraceQueuePlaces *self);

/* A place answered: @error is %NULL, or it was busy or out of reach. */
void terrace_queue_places_note (TerraceQueuePlaces *self, gint64 location_id, const GError *error);

/* Moves at once that it takes now. 0: none, it is down. */
guint terrace_queue_places_get_limit (TerraceQueuePlaces *self, gint64 location_id);
/* It is down, and a probe said so too: what fails there now is not the move's fault. */
gboolean terrace_queue_places_is_gone (TerraceQueuePlaces *self, gint64 location_id);
/* Appends the ids (gint64) of all that anything was noted of. */
void terrace_queue_places_add_ids (TerraceQueuePlaces *self, GArray *ids);

G_END_DECLS
