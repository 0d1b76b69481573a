/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "model/terrace-enums.h"

/* What a person asks of placement. A plain value; terrace_policy_init() gives the defaults. */

G_BEGIN_DECLS

/**
 * TerracePolicy:
 * @horizon_months: over how long a move has to pay
 * @break_even_months: hysteresis: a move must pay back within this
 * @min_saving_nanos: smaller monthly savings are not worth a move
 * @max_first_byte_ms: longest wait accepted for the first byte, 0 for no limit
 * @max_first_byte_hot_ms: the same for hot objects (they are never sent behind a restore)
 * @hot_reads_per_month: from this rate on an object is hot
 * @warm_reads_per_month: from this rate on it is warm, below cold
 * @wanted_copies: at least 1; the source of a move is kept while fewer would remain
 * @egress_counts: whether reads are done from outside the provider (a desktop: yes)
 * @risk: how much of a forecast's uncertainty may be disregarded: 0 moves only what pays at both
 * ends of the interval, 1 looks at the expected reads alone
 * @move_budget_nanos: what moves may cost in a calendar month, 0 for no limit
 */
typedef struct
{
  double horizon_months;
  double break_even_months;
  gint64 min_saving_nanos;
  guint64 max_first_byte_ms;
  guint64 max_first_byte_hot_ms;
  double hot_reads_per_month;
  double warm_reads_per_month;
  guint wanted_copies;
  gboolean egress_counts;
  double risk;
  gint64 move_budget_nanos;
} TerracePolicy;

void terrace_policy_init (TerracePolicy *policy);

/* %FALSE and %TERRACE_ERROR_INVALID naming the field, if a value makes no sense. */
gboolean terrace_policy_validate (const TerracePolicy *policy, GError **error);

G_END_DECLS
