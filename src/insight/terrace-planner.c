/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Chooses where an object should lie: the place with the least once + horizon * monthly, among
 * those that are allowed and worth the move. Pure arithmetic on any thread; nothing is allocated.
 * Every comparison is written so that a NaN loses it, which means: stay. */

#include "insight/terrace-planner.h"

#include "base/terrace-limits.h"
#include "base/terrace-units.h"

#include <math.h>

/* A saving that a quarter more or fewer reads would eat is not worth a move: with use that wavers
 * by a tenth around its mean, no sequence of decisions returns to a place it left. */
#define STEADY_READS 0.25

static inline double
objective (const TerraceBill *bill, double horizon_months)
{
  return bill->once + horizon_months * bill->monthly;
}

/* The part of a month's bill that grows with the reads. */
static inline double
reading_cost (const TerraceBill *bill)
{
  return bill->terms[TERRACE_TERM_REQUESTS] + bill->terms[TERRACE_TERM_RETRIEVAL] +
         bill->terms[TERRACE_TERM_EGRESS];
}

static inline guint64
latency_limit (TerraceTemperature temperature, const TerracePolicy *policy)
{
  guint64 limit = temperature == TERRACE_TEMPERATURE_HOT ? policy->max_first_byte_hot_ms :
                                                           policy->max_first_byte_ms;

  return limit != 0 ? limit : G_MAXUINT64;
}

/* Of another place than the current one; @limit_ms from latency_limit(). */
static inline TerraceVerdict
judge_move (const TerraceUse *use,
            const TerracePolicy *policy,
            guint64 limit_ms,
            const TerraceCandidate *candidate,
            const TerraceBill *current,
            const TerraceBill *bill)
{
  const double saving = current->monthly - bill->monthly;
  const double wavering = fabs (reading_cost (current) - reading_cost (bill)) * STEADY_READS;

  if (!(saving > 0.0 &&
        objective (bill, policy->horizon_months) < objective (current, policy->horizon_months)))
    return TERRACE_VERDICT_DEARER;
  if (use->size_bytes > candidate->free_bytes)
    return TERRACE_VERDICT_NO_ROOM;
  if (candidate->storage_class->first_byte_ms > limit_ms)
    return TERRACE_VERDICT_TOO_SLOW;
  if (!(saving > wavering))
    return TERRACE_VERDICT_UNSTEADY;
  if (!(bill->once <= saving * policy->break_even_months))
    return TERRACE_VERDICT_PAYBACK;
  if (!(saving * TERRACE_NANOS_PER_UNIT >= (double) policy->min_saving_nanos))
    return TERRACE_VERDICT_TOO_SMALL;
  return TERRACE_VERDICT_CHOSEN;
}

static inline void
bill_move (const TerraceUse *use,
           const TerraceCandidate *from,
           const TerraceCandidate *to,
           TerraceBill *bill)
{
  terrace_cost_move (use, from->storage_class, to->storage_class,
                     from->location_id == to->location_id, TERRACE_LIMIT_PART_BYTES, bill);
}

static double
payback_months (const TerraceBill *current, const TerraceBill *bill)
{
  const double saving = current->monthly - bill->monthly;

  return saving > 0.0 ? bill->once / saving : INFINITY;
}

/* Index and objective of the best so far; ties go to the earlier one. */
typedef struct
{
  int index;
  double cost;
} Best;

static inline void
best_offer (Best *best, int index, double cost)
{
  if (cost < best->cost)
    *best = (Best){ index, cost };
}

/* Fills in the bills, saving and pay-back of what was chosen. */
static void
complete_decision (const TerraceUse *use,
                   const TerraceCandidate *candidates,
                   int current,
                   TerraceDecision *decision)
{
  const TerraceBill *weighed = NULL;

  decision->chosen_bill = decision->current_bill;
  if (decision->chosen != current)
    {
      bill_move (use, &candidates[current], &candidates[decision->chosen], &decision->chosen_bill);
      weighed = &decision->chosen_bill;
    }
  if (decision->runner_up >= 0)
    {
      bill_move (use, &candidates[current], &candidates[decision->runner_up],
                 &decision->runner_up_bill);
      weighed = weighed != NULL ? weighed : &decision->runner_up_bill;
    }
  else
    {
      decision->runner_up_bill = (TerraceBill){ 0 };
    }

  decision->once = decision->chosen_bill.once;
  decision->saving_month = decision->current_bill.monthly - decision->chosen_bill.monthly;
  decision->payback_months =
      weighed != NULL ? payback_months (&decision->current_bill, weighed) : INFINITY;
}

void
terrace_planner_decide (const TerraceUse *use,
                        TerraceTemperature temperature,
                        const TerracePolicy *policy,
                        const TerraceCandidate *candidates,
                        int n_candidates,
                        int current,
                        TerraceDecision *decision)
{
  Best allowed = { -1, INFINITY };
  Best first = { -1, INFINITY };
  Best second = { -1, INFINITY };
  TerraceVerdict first_verdict = TERRACE_VERDICT_STAY;
  guint64 limit_ms;

  g_return_if_fail (use != NULL && policy != NULL && candidates != NULL && decision != NULL);
  g_return_if_fail (n_candidates > 0 && n_candidates <= TERRACE_LIMIT_CANDIDATES);
  g_return_if_fail (current >= 0 && current < n_candidates);

  limit_ms = latency_limit (temperature, policy);
  terrace_cost_stay (use, candidates[current].storage_class, &decision->current_bill);

  for (int i = 0; i < n_candidates; i++)
    {
      TerraceBill bill;
      TerraceVerdict verdict;
      double cost;

      if (i == current)
        continue;
      bill_move (use, &candidates[current], &candidates[i], &bill);
      cost = objective (&bill, policy->horizon_months);
      verdict = judge_move (use, policy, limit_ms, &candidates[i], &decision->current_bill, &bill);

      if (verdict == TERRACE_VERDICT_CHOSEN)
        best_offer (&allowed, i, cost);
      if (cost < first.cost)
        {
          second = first;
          first = (Best){ i, cost };
          first_verdict = verdict;
        }
      else
        {
          best_offer (&second, i, cost);
        }
    }

  if (allowed.index >= 0)
    {
      decision->chosen = allowed.index;
      decision->verdict = TERRACE_VERDICT_CHOSEN;
      decision->runner_up = first.index != allowed.index ? first.index : second.index;
    }
  else
    {
      /* The runner-up has the least cost of all: if it is dearer, everything is. */
      decision->chosen = current;
      decision->verdict =
          first_verdict == TERRACE_VERDICT_DEARER ? TERRACE_VERDICT_STAY : first_verdict;
      decision->runner_up = first.index;
    }
  complete_decision (use, candidates, current, decision);
}

TerraceVerdict
terrace_planner_judge (const TerraceUse *use,
                       TerraceTemperature temperature,
                       const TerracePolicy *policy,
                       const TerraceCandidate *candidates,
                       int current,
                       int index,
                       TerraceBill *bill)
{
  TerraceBill current_bill;

  g_return_val_if_fail (use != NULL && policy != NULL && candidates != NULL && bill != NULL,
                        TERRACE_VERDICT_STAY);
  g_return_val_if_fail (current >= 0 && index >= 0, TERRACE_VERDICT_STAY);

  terrace_cost_stay (use, candidates[current].storage_class, &current_bill);
  if (index == current)
    {
      *bill = current_bill;
      return TERRACE_VERDICT_STAY;
    }

  bill_move (use, &candidates[current], &candidates[index], bill);
  return judge_move (use, policy, latency_limit (temperature, policy), &candidates[index],
                     &current_bill, bill);
}
