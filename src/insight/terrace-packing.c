/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Weighs one packed object against many small ones. Any thread. */

#include "insight/terrace-packing.h"

#include "base/terrace-limits.h"
#include "base/terrace-units.h"

#include <math.h>

/* Fewer are no trouble. */
#define MIN_OBJECTS 10

/* The bill of a month that grows with the reads. */
static double
sum_reading (const TerraceBill *bill)
{
  return bill->terms[TERRACE_TERM_REQUESTS] + bill->terms[TERRACE_TERM_RETRIEVAL] +
         bill->terms[TERRACE_TERM_EGRESS];
}

static TerraceUse
get_mean (const TerracePackingUse *use)
{
  const double n = (double) use->n_objects;

  return (TerraceUse){
    .size_bytes = (guint64) ((double) use->size_bytes / n),
    .reads_per_month = use->reads_per_month / n,
    .days_in_class = use->days_in_class,
    .egress_counts = use->egress_counts,
  };
}

/* The month and the way there of all as one object at @to. */
static void
bill_packed (const TerracePackingUse *use,
             const TerraceCandidate *from,
             const TerraceCandidate *to,
             double *monthly,
             double *once)
{
  const TerraceUse mean = get_mean (use);
  const TerraceUse whole = {
    .size_bytes = use->size_bytes,
    .days_in_class = use->days_in_class,
    .egress_counts = use->egress_counts,
  };
  const gboolean same = from->location_id == to->location_id;
  TerraceBill each;
  TerraceBill all;

  /* Packing reads every object out and writes one: a transition does not do. */
  terrace_cost_move (&mean, from->storage_class, to->storage_class, FALSE, TERRACE_LIMIT_PART_BYTES,
                     &each);
  terrace_cost_move (&whole, from->storage_class, to->storage_class, FALSE,
                     TERRACE_LIMIT_PART_BYTES, &all);
  *monthly = all.monthly + (double) use->n_objects * sum_reading (&each);
  *once = all.terms[TERRACE_TERM_WRITE_IN] +
          (double) use->n_objects *
              (each.terms[TERRACE_TERM_EARLY_DELETION] + each.terms[TERRACE_TERM_READ_OUT] +
               (same ? 0.0 : each.terms[TERRACE_TERM_MOVE_EGRESS]));
}

static gboolean
is_allowed (const TerracePackingUse *use,
            const TerracePolicy *policy,
            const TerraceCandidate *candidate)
{
  return use->size_bytes <= candidate->free_bytes &&
         (policy->max_first_byte_ms == 0 ||
          candidate->storage_class->first_byte_ms <= policy->max_first_byte_ms);
}

void
terrace_packing_weigh (const TerracePackingUse *use,
                       const TerracePolicy *policy,
                       const TerraceCandidate *candidates,
                       int n_candidates,
                       int current,
                       TerracePackingAdvice *advice)
{
  double separate_gain = 0.0;
  double best_gain = 0.0;
  TerraceDecision decision;
  TerraceBill stay;
  TerraceUse mean;

  g_return_if_fail (use != NULL && policy != NULL && candidates != NULL && advice != NULL);
  g_return_if_fail (current >= 0 && current < n_candidates);

  *advice = (TerracePackingAdvice){ .candidate = -1 };
  if (use->n_objects < MIN_OBJECTS)
    return;
  mean = get_mean (use);
  terrace_cost_stay (&mean, candidates[current].storage_class, &stay);
  terrace_planner_decide (&mean, TERRACE_TEMPERATURE_COLD, policy, candidates, n_candidates,
                          current, &decision);
  if (decision.chosen != current)
    {
      advice->separate_saving_month = decision.saving_month * (double) use->n_objects;
      separate_gain = (decision.saving_month * policy->horizon_months - decision.once) *
                      (double) use->n_objects;
    }
  for (int i = 0; i < n_candidates; i++)
    {
      double monthly;
      double once;
      double saving;
      double gain;

      if (!is_allowed (use, policy, &candidates[i]))
        continue;
      bill_packed (use, &candidates[current], &candidates[i], &monthly, &once);
      saving = stay.monthly * (double) use->n_objects - monthly;
      gain = saving * policy->horizon_months - once;
      if (!(gain > MAX (separate_gain, best_gain)) ||
          !(once <= saving * policy->break_even_months) ||
          !(saving * TERRACE_NANOS_PER_UNIT >= (double) policy->min_saving_nanos))
        continue;
      best_gain = gain;
      advice->candidate = i;
      advice->saving_month = saving;
      advice->once = once;
    }
}
