/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* Money for moves, given to those that bring the most for it. All of them are noted first, then the
 * budget is set; memory does not grow with their number: what they bring is told apart in steps of
 * 12 per cent. Pure; a budget belongs to one thread at a time. */

G_BEGIN_DECLS

typedef struct _TerraceMoveBudget TerraceMoveBudget;

TerraceMoveBudget *terrace_move_budget_new (void);
void terrace_move_budget_free (TerraceMoveBudget *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TerraceMoveBudget, terrace_move_budget_free)

/* A move that would save @saving_nanos a month and cost @once_nanos. */
void terrace_move_budget_note (TerraceMoveBudget *self, gint64 saving_nanos, gint64 once_nanos);

/* Nothing is noted any more: @nanos are there for what was. */
void terrace_move_budget_settle (TerraceMoveBudget *self, gint64 nanos);

/* Whether this move is among the best that the budget pays for. Of those that bring the same the
 * first come first. What costs nothing always is. Once for each move. */
gboolean terrace_move_budget_take (TerraceMoveBudget *self, gint64 saving_nanos, gint64 once_nanos);

G_END_DECLS
