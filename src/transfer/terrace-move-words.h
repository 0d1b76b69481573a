/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "model/terrace-event.h"
#include "model/terrace-location.h"
#include "model/terrace-move.h"

/* What a person is told about a move. Pure functions. Locations may be %NULL when unknown. */

G_BEGIN_DECLS

/* (transfer full): the error of a move that failed: what happened and what to do. @at: where. */
char *terrace_move_words_error (TerraceMove *move,
                                const GError *error,
                                TerraceLocation *at,
                                gboolean at_source);

/* (transfer full): the error of a move that waits for @at to be back. */
char *terrace_move_words_waiting (TerraceLocation *at);

/* (transfer full): events of a move, with the ids filled in. */
TerraceEvent *
terrace_move_words_started (TerraceMove *move, TerraceLocation *source, TerraceLocation *dest);
/* @kept: the original stays although it was not asked for. */
TerraceEvent *terrace_move_words_done (TerraceMove *move, TerraceLocation *dest, gboolean kept);
TerraceEvent *terrace_move_words_class_changed (TerraceMove *move, TerraceLocation *place);
TerraceEvent *terrace_move_words_failed (TerraceMove *move, const char *reason);
/* @remains: something unfinished could not be removed from @dest. */
TerraceEvent *
terrace_move_words_cancelled (TerraceMove *move, TerraceLocation *dest, gboolean remains);
TerraceEvent *terrace_move_words_missing (TerraceMove *move, TerraceLocation *source);
/* (transfer full): why moves that were accepted together pause. */
char *terrace_move_words_cap (gint64 cap_nanos,
                              gint64 spent_nanos,
                              gint64 next_nanos,
                              const char *currency);
TerraceEvent *terrace_move_words_capped (TerraceMove *move, guint n_paused, const char *reason);
/* Cancelling would have removed the only copy that is left. */
TerraceEvent *terrace_move_words_rescued (TerraceMove *move, TerraceLocation *dest);

G_END_DECLS
