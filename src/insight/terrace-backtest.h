/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "insight/terrace-foresight.h"

/* What each way to place data would have cost on a history, beside the cheapest possible in
 * hindsight. Terrace's own way learns from the first days only; all are judged on the rest.
 * Blocking: for a worker thread. */

G_BEGIN_DECLS

/**
 * TerraceBacktestOptions:
 * @train_share: of the days, between 0 and 1: learnt from; the rest is judged on
 * @seed: of all that is random
 */
typedef struct
{
  double train_share;
  guint seed;
} TerraceBacktestOptions;

/**
 * TerraceBacktestRow:
 * @nick: "rate-90", or "terrace"
 * @rule: a TerraceRuleKind, or -1 for Terrace's own
 * @by_day: (array): cost of each judged day, see terrace_backtest_get_days()
 */
typedef struct
{
  const char *nick;
  int rule;
  TerraceReplayResult result;
  double *by_day;
} TerraceBacktestRow;

/**
 * TerraceBacktest:
 * @rows: (array length=n_rows): the rules, then Terrace
 * @split: the first day judged on
 * @optimum: the least that those days could have cost in the classes
 * @optimum_auto: the same with the class that tiers by itself as one more, negative if there is
 * none
 * @auto_cost: everything in that class, negative if there is none
 * @n_days: of the history
 * @foresight: what was learnt and tried
 */
typedef struct
{
  TerraceBacktestRow rows[TERRACE_N_RULES + 1];
  guint n_rows;
  int split;
  int n_days;
  double optimum;
  double optimum_auto;
  double auto_cost;
  TerraceForesight *foresight;
} TerraceBacktest;

/**
 * terrace_backtest_run:
 * @history: outlives the result
 * @tariff: outlives the result
 *
 * Returns: (transfer full) (nullable): %TERRACE_ERROR_INVALID if there are too few days
 */
TerraceBacktest *terrace_backtest_run (const TerraceHistory *history,
                                       const TerraceTariff *tariff,
                                       const TerraceBacktestOptions *options,
                                       TerraceForesightProgress progress,
                                       gpointer progress_data,
                                       GCancellable *cancellable,
                                       GError **error);
void terrace_backtest_free (TerraceBacktest *self);
/* How many days were judged. */
int terrace_backtest_get_days (const TerraceBacktest *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TerraceBacktest, terrace_backtest_free)

G_END_DECLS
