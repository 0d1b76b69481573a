/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "insight/terrace-cost.h"
#include "model/terrace-policy.h"

/* Where an object should lie: of the candidates that are allowed, the one that minimises
 * once + horizon * monthly, unless the break-even time says that moving is not worth it. A place
 * whose first byte comes later than the policy allows is none to stay in: from there the object
 * goes to the cheapest allowed one, even if that is dearer. Pure: no I/O, no clock, no allocation
 * while choosing. */

G_BEGIN_DECLS

/**
 * TerraceCandidate:
 * One class at one location. The planner borrows @storage_class.
 * @free_bytes: what still fits there, G_MAXUINT64 for no limit
 */
typedef struct
{
  gint64 location_id;
  const TerraceStorageClass *storage_class;
  guint64 free_bytes;
} TerraceCandidate;

/* Why a candidate was not taken, or the verdict itself. */
typedef enum
{
  TERRACE_VERDICT_CHOSEN,    /* move there */
  TERRACE_VERDICT_STAY,      /* it lies there, and that is best */
  TERRACE_VERDICT_DEARER,    /* over the horizon */
  TERRACE_VERDICT_PAYBACK,   /* cheaper over the horizon, but pays back too late */
  TERRACE_VERDICT_TOO_SMALL, /* saving below the policy's minimum */
  TERRACE_VERDICT_TOO_SLOW,  /* first byte */
  TERRACE_VERDICT_NO_ROOM,
  TERRACE_VERDICT_UNSTEADY, /* saves only while the reads stay as they are: not with a quarter more
                             * or fewer, or not at both ends of the forecast */
} TerraceVerdict;

/**
 * TerraceDecision:
 * @current: index of the place it lies in
 * @chosen: index into the candidates; @current if it stays
 * @runner_up: the cheapest over the horizon of those that are neither current nor chosen, allowed
 *   or not, -1 if there is none: what the sentence compares with when it stays. If it stays
 * although
 *   @current_too_slow, the cheapest of those that are fast enough, if there is one
 * @verdict: %CHOSEN, or why it stays: %STAY, or the reason the runner-up was refused
 * @current_too_slow: where it lies the first byte comes later than the policy allows, so it goes
 *   wherever it may, whatever that costs
 * @saving_month: monthly(current) - monthly(chosen), 0 if it stays; negative only if
 *   @current_too_slow
 * @payback_months: once / saving of the chosen (of the runner-up if it stays);
 *   INFINITY if it never pays back
 */
typedef struct
{
  int current;
  int chosen;
  int runner_up;
  TerraceVerdict verdict;
  gboolean current_too_slow;
  double saving_month;
  double once;
  double payback_months;
  TerraceBill current_bill;
  TerraceBill chosen_bill;
  TerraceBill runner_up_bill;
} TerraceDecision;

/**
 * terrace_planner_decide:
 * @temperature: hot objects have a latency limit of their own
 * @candidates: (array length=n_candidates): at most TERRACE_LIMIT_CANDIDATES
 * @current: index of the place it lies in
 * @decision: (out caller-allocates)
 */
void terrace_planner_decide (const TerraceUse *use,
                             TerraceTemperature temperature,
                             const TerracePolicy *policy,
                             const TerraceCandidate *candidates,
                             int n_candidates,
                             int current,
                             TerraceDecision *decision);

/**
 * terrace_planner_judge:
 * @bill: (out caller-allocates): of moving to (or staying at) candidate @index
 *
 * The verdict on one candidate, for the details pane's comparison of all of them. It knows nothing
 * of the others: %TERRACE_VERDICT_CHOSEN means that the move there is allowed and worth it, or
 * better than staying in a place that is too slow (there may be several; terrace_planner_decide()
 * tells the best), and the current place is always %TERRACE_VERDICT_STAY.
 */
TerraceVerdict terrace_planner_judge (const TerraceUse *use,
                                      TerraceTemperature temperature,
                                      const TerracePolicy *policy,
                                      const TerraceCandidate *candidates,
                                      int current,
                                      int index,
                                      TerraceBill *bill);

/**
 * terrace_planner_explain:
 *
 * Returns: (transfer full): one translated sentence made from the terms that decided: "Stay: at
 *   20 kB the move to S3 Glacier Deep Archive would need 65 months to pay back", "Move to S3
 *   Standard-IA: saves $1.20 a month on storage, pays back in 12 days"
 */
char *terrace_planner_explain (const TerraceDecision *decision,
                               const TerraceUse *use,
                               const TerraceCandidate *candidates,
                               const char *currency);

G_END_DECLS
