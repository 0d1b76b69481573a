/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Chooses where an object should lie: the place with the least once + horizon * monthly, among
 * those that are allowed and worth the move; out of a place that is slower than the policy's limit,
 * among those that are allowed. Pure arithmetic on any thread; nothing is allocated.
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

static inline gboolean
is_too_slow (const TerraceCandidate *candidate, guint64 limit_ms)
{
  return candidate->storage_class->first_byte_ms > limit_ms;
}

/* Of another place than the current one, which is too slow to stay in: money decides only which. */
static inline TerraceVerdict
judge_escape (const TerraceUse *use,
              const TerracePolicy *policy,
              guint64 limit_ms,
              const TerraceCandidate *candidate,
              const TerraceBill *bill)
{
  if (!(objective (bill, policy->horizon_months) < INFINITY))
    return TERRACE_VERDICT_DEARER;
  if (is_too_slow (candidate, limit_ms))
    return TERRACE_VERDICT_TOO_SLOW;
  if (use->size_bytes > candidate->free_bytes)
    return TERRACE_VERDICT_NO_ROOM;
  return TERRACE_VERDICT_CHOSEN;
}

/* The saving a month if there were @reads. */
static double
saving_at (const TerraceUse *use,
           double reads,
           const TerraceCandidate *from,
           const TerraceCandidate *to)
{
  TerraceUse other = *use;
  TerraceBill here;
  TerraceBill there;

  other.reads_per_month = reads;
  terrace_cost_stay (&other, from->storage_class, &here);
  terrace_cost_stay (&other, to->storage_class, &there);
  return here.monthly - there.monthly;
}

/* Whether @saving stays positive: at both ends of the forecast, brought nearer by the risk that a
 * person takes; without one, if use wavers. Savings are linear in the reads. */
static gboolean
is_steady (const TerraceUse *use,
           const TerracePolicy *policy,
           const TerraceCandidate *from,
           const TerraceCandidate *to,
           const TerraceBill *current,
           const TerraceBill *bill)
{
  const double reads = use->reads_per_month;
  const double share = 1.0 - policy->risk;

  if (!use->is_foreseen)
    return current->monthly - bill->monthly >
           fabs (reading_cost (current) - reading_cost (bill)) * STEADY_READS;
  return saving_at (use, reads - share * (reads - use->reads_low), from, to) > 0.0 &&
         saving_at (use, reads + share * (use->reads_high - reads), from, to) > 0.0;
}

/* Of another place than the current one, which is fast enough; @limit_ms from latency_limit(). */
static inline TerraceVerdict
judge_move (const TerraceUse *use,
            const TerracePolicy *policy,
            guint64 limit_ms,
            const TerraceCandidate *candidate,
            const TerraceCandidate *from,
            const TerraceBill *current,
            const TerraceBill *bill)
{
  const double saving = current->monthly - bill->monthly;

  if (!(saving > 0.0 &&
        objective (bill, policy->horizon_months) < objective (current, policy->horizon_months)))
    return TERRACE_VERDICT_DEARER;
  if (use->size_bytes > candidate->free_bytes)
    return TERRACE_VERDICT_NO_ROOM;
  if (is_too_slow (candidate, limit_ms))
    return TERRACE_VERDICT_TOO_SLOW;
  if (!is_steady (use, policy, from, candidate, current, bill))
    return TERRACE_VERDICT_UNSTEADY;
  if (!(bill->once <= saving * policy->break_even_months))
    return TERRACE_VERDICT_PAYBACK;
  if (!(saving * TERRACE_NANOS_PER_UNIT >= (double) policy->min_saving_nanos))
    return TERRACE_VERDICT_TOO_SMALL;
  return TERRACE_VERDICT_CHOSEN;
}

static inline TerraceVerdict
judge (const TerraceUse *use,
       const TerracePolicy *policy,
       guint64 limit_ms,
       const TerraceCandidate *candidate,
       const TerraceCandidate *current,
       const TerraceBill *current_bill,
       const TerraceBill *bill)
{
  if (is_too_slow (current, limit_ms))
    return judge_escape (use, policy, limit_ms, candidate, bill);
  return judge_move (use, policy, limit_ms, candidate, current, current_bill, bill);
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

/* The best of each kind: those that may be taken, those that only lack room, and the two best of
 * all, whatever the verdict. */
typedef struct
{
  Best allowed;
  Best full;
  Best first;
  Best second;
  TerraceVerdict first_verdict;
} Offers;

static inline void
best_offer (Best *best, int index, double cost)
{
  if (cost < best->cost)
    *best = (Best){ index, cost };
}

static inline void
offers_add (Offers *offers, int index, double cost, TerraceVerdict verdict)
{
  if (verdict == TERRACE_VERDICT_CHOSEN)
    best_offer (&offers->allowed, index, cost);
  else if (verdict == TERRACE_VERDICT_NO_ROOM)
    best_offer (&offers->full, index, cost);

  if (cost < offers->first.cost)
    {
      offers->second = offers->first;
      offers->first = (Best){ index, cost };
      offers->first_verdict = verdict;
    }
  else
    {
      best_offer (&offers->second, index, cost);
    }
}

/* Fills in what is chosen, the runner-up and the verdict. */
static void
offers_settle (const Offers *offers, TerraceDecision *decision)
{
  if (offers->allowed.index >= 0)
    {
      decision->chosen = offers->allowed.index;
      decision->verdict = TERRACE_VERDICT_CHOSEN;
      decision->runner_up =
          offers->first.index != offers->allowed.index ? offers->first.index : offers->second.index;
      return;
    }

  decision->chosen = decision->current;
  if (decision->current_too_slow && offers->full.index >= 0)
    {
      /* Somebody could make room: that tells more than a cheaper place that is slow as well. */
      decision->verdict = TERRACE_VERDICT_NO_ROOM;
      decision->runner_up = offers->full.index;
      return;
    }

  /* The runner-up has the least cost of all: if it is dearer, everything is. */
  decision->verdict = offers->first_verdict == TERRACE_VERDICT_DEARER ? TERRACE_VERDICT_STAY :
                                                                        offers->first_verdict;
  decision->runner_up = offers->first.index;
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
  const Best none = { -1, INFINITY };
  Offers offers = { none, none, none, none, TERRACE_VERDICT_STAY };
  guint64 limit_ms;

  g_return_if_fail (use != NULL && policy != NULL && candidates != NULL && decision != NULL);
  g_return_if_fail (n_candidates > 0 && n_candidates <= TERRACE_LIMIT_CANDIDATES);
  g_return_if_fail (current >= 0 && current < n_candidates);

  limit_ms = latency_limit (temperature, policy);
  terrace_cost_stay (use, candidates[current].storage_class, &decision->current_bill);
  decision->current = current;
  decision->current_too_slow = is_too_slow (&candidates[current], limit_ms);

  for (int i = 0; i < n_candidates; i++)
    {
      TerraceBill bill;

      if (i == current)
        continue;
      bill_move (use, &candidates[current], &candidates[i], &bill);
      offers_add (&offers, i, objective (&bill, policy->horizon_months),
                  judge (use, policy, limit_ms, &candidates[i], &candidates[current],
                         &decision->current_bill, &bill));
    }

  offers_settle (&offers, decision);
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
  return judge (use, policy, latency_limit (temperature, policy), &candidates[index],
                &candidates[current], &current_bill, bill);
}
