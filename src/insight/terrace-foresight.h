/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "insight/terrace-advice.h"
#include "insight/terrace-calibration.h"
#include "insight/terrace-lesson.h"
#include "insight/terrace-rules.h"

/* Terrace's own policy, learnt from the first days of a history. Forests foresee, for each place,
 * what an object will cost there; they are trained on money that was really paid, by replaying the
 * past from each place. Which mix of forest and rate decides, or whether a plain rule does, is told
 * by days held back from the first ones. Nothing later than them is looked at. Blocking: not for
 * the main thread. */

G_BEGIN_DECLS

/**
 * TerraceTrial:
 * What one way to decide would have cost on the held-back days.
 * @share: of the forest; 0 for a rate or a rule
 * @uses_auto: the class that tiers by itself may be chosen
 * @rule: of a plain rule, or -1
 * @cost_long: the same over more of the days, for those that learn nothing; 0 for the others
 */
typedef struct
{
  const char *nick;
  double share;
  gboolean uses_auto;
  int rule;
  double cost;
  double cost_long;
} TerraceTrial;

typedef struct _TerraceForesight TerraceForesight;

/* @done of @total steps; from the thread that learns. */
typedef void (*TerraceForesightProgress) (guint done, guint total, gpointer data);

/**
 * terrace_foresight_learn:
 * @until: the day after the last one that may be learnt from
 *
 * Returns: (transfer full) (nullable)
 */
TerraceForesight *terrace_foresight_learn (const TerraceHistory *history,
                                           const TerraceTariff *tariff,
                                           int until,
                                           guint seed,
                                           TerraceForesightProgress progress,
                                           gpointer progress_data,
                                           GCancellable *cancellable,
                                           GError **error);
void terrace_foresight_free (TerraceForesight *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TerraceForesight, terrace_foresight_free)

/* The rule to replay; borrows from @self, for one replay at a time. */
void terrace_foresight_get_rule (TerraceForesight *self, TerraceReplayRule *rule);

/* (transfer none) (element-type TerraceTrial): in the order they were tried; none if there were too
 * few days. */
const GArray *terrace_foresight_get_trials (TerraceForesight *self);
/* (transfer none): the one that decides from now on. */
const TerraceTrial *terrace_foresight_get_chosen (TerraceForesight *self);
/* The first held-back day, and what the best possible would have cost on them. */
int terrace_foresight_get_held_back_from (TerraceForesight *self);
int terrace_foresight_get_held_back_days (TerraceForesight *self);
double terrace_foresight_get_held_back_optimum (TerraceForesight *self);
/* Rows that the last forests were trained on, 0 if there is none. */
guint terrace_foresight_get_n_trained (TerraceForesight *self);
/* (transfer none) (nullable): the cheapest plain rule over most of the days, and the cheapest mix
 * with a forest on the held-back ones. */
const TerraceTrial *terrace_foresight_get_best_rule (TerraceForesight *self);
const TerraceTrial *terrace_foresight_get_best_mix (TerraceForesight *self);
/* (transfer none): of what was chosen (of the rate, if that is a plain rule), on the held-back
 * days. */
const TerraceCalibration *terrace_foresight_get_calibration (TerraceForesight *self);
/* (transfer none) (nullable): what was learnt from; %NULL with too many rows. */
const TerraceFeatureTable *terrace_foresight_get_table (TerraceForesight *self);
/* (transfer full) (nullable): the last forests; the rule can still be replayed. */
TerraceForests *terrace_foresight_steal_forests (TerraceForesight *self);

G_END_DECLS
