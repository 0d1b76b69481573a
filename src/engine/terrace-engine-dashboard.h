/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "catalog/terrace-cost-table.h"
#include "engine/terrace-engine.h"

/* What the overview's charts show of time gone by and to come. Main thread. */

G_BEGIN_DECLS

/**
 * TerraceCostAhead:
 * A day to come: what everything will cost a month by then, if it goes on as it did. Money in
 * billionths; between @low_nanos and @high_nanos with a probability of 80 %.
 */
typedef struct
{
  gint64 day;
  gint64 low_nanos;
  gint64 expected_nanos;
  gint64 high_nanos;
} TerraceCostAhead;

/**
 * TerraceCostHistory:
 * @days: (element-type TerraceCostDay): of all locations together, by day and tier; days on which
 *   the program did not run are missing
 * @ahead: (element-type TerraceCostAhead): one for each of the next 90 days; empty while fewer than
 *   14 days are known
 * @days_missing: how many more days are needed for a forecast
 */
typedef struct
{
  GArray *days;
  GArray *ahead;
  guint days_missing;
} TerraceCostHistory;

void terrace_cost_history_free (TerraceCostHistory *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TerraceCostHistory, terrace_cost_history_free)

/* The past 365 days and the next 90. Finish: (transfer full). */
void terrace_engine_cost_history_async (TerraceEngine *self,
                                        GCancellable *cancellable,
                                        GAsyncReadyCallback callback,
                                        gpointer user_data);
TerraceCostHistory *
terrace_engine_cost_history_finish (TerraceEngine *self, GAsyncResult *result, GError **error);

G_END_DECLS
