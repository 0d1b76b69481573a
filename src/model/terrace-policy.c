/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What a person asks of placement: defaults and sanity. A plain value, any thread. */

#include "config.h"

#include "model/terrace-policy.h"

#include "base/terrace-error.h"
#include "base/terrace-units.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#define LONGEST_MONTHS 1200.0
#define MOST_COPIES 16

void
terrace_policy_init (TerracePolicy *policy)
{
  g_return_if_fail (policy != NULL);

  *policy = (TerracePolicy){
    .horizon_months = 12,
    .break_even_months = 6,
    /* A tenth of a cent a month: less is not worth the wear and the wait. */
    .min_saving_nanos = TERRACE_NANOS_PER_UNIT / 1000,
    .max_first_byte_ms = 0,
    .max_first_byte_hot_ms = 1000,
    .hot_reads_per_month = 4,
    .warm_reads_per_month = 0.5,
    .wanted_copies = 1,
    .egress_counts = TRUE,
    .risk = 0.5,
  };
}

static gboolean
is_positive (double value, double most)
{
  return isfinite (value) && value > 0 && value <= most;
}

gboolean
terrace_policy_validate (const TerracePolicy *policy, GError **error)
{
  const char *problem = NULL;

  g_return_val_if_fail (policy != NULL, FALSE);

  if (!is_positive (policy->horizon_months, LONGEST_MONTHS))
    problem = _ ("horizon_months must be above 0 and at most 1200");
  else if (!is_positive (policy->break_even_months, LONGEST_MONTHS))
    problem = _ ("break_even_months must be above 0 and at most 1200");
  else if (policy->min_saving_nanos < 0)
    problem = _ ("min_saving_nanos must not be negative");
  else if (!isfinite (policy->warm_reads_per_month) || policy->warm_reads_per_month < 0)
    problem = _ ("warm_reads_per_month must not be negative");
  else if (!isfinite (policy->hot_reads_per_month) ||
           policy->hot_reads_per_month <= policy->warm_reads_per_month)
    problem = _ ("hot_reads_per_month must be above warm_reads_per_month");
  else if (policy->wanted_copies < 1 || policy->wanted_copies > MOST_COPIES)
    problem = _ ("wanted_copies must be between 1 and 16");
  else if (!(policy->risk >= 0.0 && policy->risk <= 1.0))
    problem = _ ("risk must be between 0 and 1");
  else if (policy->move_budget_nanos < 0)
    problem = _ ("move_budget_nanos must not be negative");

  if (problem == NULL)
    return TRUE;

  g_set_error_literal (error, TERRACE_ERROR, TERRACE_ERROR_INVALID, problem);
  return FALSE;
}
