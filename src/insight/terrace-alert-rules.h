/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "model/terrace-alert-rule.h"

/* When an alert rule speaks up and when it falls silent. Pure: numbers and the time in, a verdict
 * out; what has to be remembered between two looks is in a state that the caller keeps. */

G_BEGIN_DECLS

/**
 * TerraceRuleSettings:
 * What the JSON of a rule says, or the defaults of its kind.
 * @raise_at: speaks up when the value is at least this
 * @clear_at: falls silent when it is below this: the gap between is where nothing changes
 * @for_s: only when it has been so for so long; the same for falling silent
 * @at_least: events (or samples) in the window; fewer say nothing
 * @reads, @within_s: heating, pre-warming: that many reads within that time
 * @act: heating, pre-warming, ingest: do something about it, not only say so
 * @amount: budget: units of the currency a month
 */
typedef struct
{
  double raise_at;
  double clear_at;
  double for_s;
  guint64 at_least;
  guint64 reads;
  double within_s;
  gboolean act;
  double amount;
} TerraceRuleSettings;

/* %FALSE and INVALID naming the member, if a value makes no sense. Unknown members are ignored. */
gboolean
terrace_rule_settings_read (TerraceAlertRule *rule, TerraceRuleSettings *settings, GError **error);

/* (transfer full): the rules a new catalogue gets. (element-type TerraceAlertRule) */
GPtrArray *terrace_rules_make_default (void);

/**
 * TerraceRuleState:
 * One per rule and thing it watches; all zero at first.
 */
typedef struct
{
  gboolean firing;
  gint64 beyond_us; /* since when the value is where it would change the verdict, 0 */
} TerraceRuleState;

typedef enum
{
  TERRACE_RULE_NOTHING, /* as before */
  TERRACE_RULE_RAISE,
  TERRACE_RULE_CLEAR,
} TerraceRuleVerdict;

/* @n: how many events the value is made of. */
TerraceRuleVerdict terrace_rule_judge (const TerraceRuleSettings *settings,
                                       double value,
                                       guint64 n,
                                       gint64 now_us,
                                       TerraceRuleState *state);

/**
 * TerraceHeatSigns:
 * An object on its way down that is being used.
 * @reads: seen while it was on its way
 * @reads_per_month: expected before that
 * @spent: what the move has cost so far
 * @left: what finishing it would still cost once
 * @monthly_here, @monthly_there: expected bills a month with @reads on top of what was expected
 * @return_cost: of bringing it back afterwards
 */
typedef struct
{
  guint64 reads;
  double reads_per_month;
  double spent;
  double left;
  double monthly_here;
  double monthly_there;
  double return_cost;
} TerraceHeatSigns;

/**
 * TerraceHeatVerdict:
 * @stop: take the move back
 * @stop_cost: what was spent for nothing
 * @go_on_cost: what going on would cost more than staying: finishing, a month there instead of
 * here, and the way back; never below zero
 */
typedef struct
{
  gboolean stop;
  double stop_cost;
  double go_on_cost;
} TerraceHeatVerdict;

void terrace_rule_judge_heat (const TerraceRuleSettings *settings,
                              const TerraceHeatSigns *signs,
                              TerraceHeatVerdict *verdict);

/* Whether an object in a class that waits or charges for reads is being used so much that a burst
 * is coming: the reads of @within_s reached the rule's, and lately more than before. */
gboolean terrace_rule_judge_burst (const TerraceRuleSettings *settings,
                                   guint64 reads_first_half,
                                   guint64 reads_second_half);

G_END_DECLS
