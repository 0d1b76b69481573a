/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The one sentence that tells why an object should move or stay, made from the terms that decided.
 * Any thread; the language is the locale's. */

#include "config.h"

#include "insight/terrace-planner.h"

#include "insight/terrace-insight-text.h"

#include "base/terrace-units.h"

#include <glib/gi18n-lib.h>

/* A move this cheap is called free: the sentence would otherwise speak of billionths. */
#define FREE_MOVE 1e-9

/* What a saving is made of, inside a sentence. */
static const char *
get_saving_phrase (TerraceTerm term)
{
  switch (term)
    {
    case TERRACE_TERM_STORAGE:
      return C_ ("saves mostly on", "storage");
    case TERRACE_TERM_MINIMUM_SIZE:
      return C_ ("saves mostly on", "the minimum billed size");
    case TERRACE_TERM_OVERHEAD:
      return C_ ("saves mostly on", "the overhead of each object");
    case TERRACE_TERM_MONITORING:
      return C_ ("saves mostly on", "monitoring");
    case TERRACE_TERM_REQUESTS:
      return C_ ("saves mostly on", "requests");
    case TERRACE_TERM_RETRIEVAL:
      return C_ ("saves mostly on", "retrieval");
    case TERRACE_TERM_EGRESS:
      return C_ ("saves mostly on", "egress");
    case TERRACE_TERM_EARLY_DELETION:
    case TERRACE_TERM_READ_OUT:
    case TERRACE_TERM_MOVE_EGRESS:
    case TERRACE_TERM_WRITE_IN:
    case TERRACE_N_TERMS:
      break;
    }
  g_return_val_if_reached ("");
}

static TerraceTerm
find_greatest_saving (const TerraceBill *from, const TerraceBill *to)
{
  TerraceTerm greatest = TERRACE_TERM_STORAGE;

  for (int term = 1; term < TERRACE_N_MONTHLY_TERMS; term++)
    {
      if (from->terms[term] - to->terms[term] > from->terms[greatest] - to->terms[greatest])
        greatest = (TerraceTerm) term;
    }
  return greatest;
}

static char *
explain_move (const TerraceDecision *decision, const char *place, const char *currency)
{
  g_autofree char *saving = terrace_format_money (decision->saving_month, currency);
  g_autofree char *once = NULL;
  g_autofree char *payback = NULL;
  const char *phrase =
      get_saving_phrase (find_greatest_saving (&decision->current_bill, &decision->chosen_bill));

  if (decision->once < FREE_MOVE)
    {
      /* Translators: 1st: a storage class; 2nd: money; 3rd: "storage", "retrieval"... */
      return g_strdup_printf (_ ("Move to %1$s: saves %2$s a month, mostly on %3$s; "
                                 "the move costs nothing"),
                              place, saving, phrase);
    }

  once = terrace_format_money (decision->once, currency);
  if (decision->payback_months * TERRACE_DAYS_PER_MONTH < 1.0)
    {
      /* Translators: 1st: a storage class; 2nd: money; 3rd: "storage", "retrieval"...; 4th: money
       */
      return g_strdup_printf (_ ("Move to %1$s: saves %2$s a month, mostly on %3$s; "
                                 "the move costs %4$s and pays back within a day"),
                              place, saving, phrase, once);
    }

  payback = terrace_insight_format_days (decision->payback_months * TERRACE_DAYS_PER_MONTH);
  /* Translators: 1st: a storage class; 2nd: money; 3rd: "storage", "retrieval"...; 4th: money;
   * 5th: a duration */
  return g_strdup_printf (_ ("Move to %1$s: saves %2$s a month, mostly on %3$s; "
                             "the move costs %4$s and pays back in %5$s"),
                          place, saving, phrase, once, payback);
}

/* Nobody should learn only when opening a file that it has to be restored first.
 * @sentence: (transfer full) */
static char *
mention_wait (char *sentence, const TerraceStorageClass *there)
{
  g_autofree char *move = sentence;
  g_autofree char *wait = NULL;

  if (!there->offline)
    return g_steal_pointer (&move);

  wait = terrace_format_latency (there->first_byte_ms);
  /* Translators: 1st: a sentence about a move, without a full stop; 2nd: a time */
  return g_strdup_printf (_ ("%1$s. Opening it then takes up to %2$s"), move, wait);
}

/* The place it lies in is too slow for the policy, and money had no say. */
static char *
explain_escape (const TerraceDecision *decision,
                const TerraceStorageClass *here,
                const TerraceStorageClass *there,
                const char *currency)
{
  g_autofree char *wait = terrace_format_latency (here->first_byte_ms);
  g_autofree char *once = terrace_format_money (decision->once, currency);
  g_autofree char *difference = NULL;

  if (decision->saving_month < 0.0)
    {
      difference = terrace_format_money (-decision->saving_month, currency);
      /* Translators: 1st and 2nd: storage classes; 3rd: a time; 4th and 5th: money */
      return g_strdup_printf (_ ("Move to %1$s: %2$s would keep you waiting up to %3$s "
                                 "for the first byte; costs %4$s more a month, and the move %5$s"),
                              there->name, here->name, wait, difference, once);
    }

  difference = terrace_format_money (decision->saving_month, currency);
  /* Translators: 1st and 2nd: storage classes; 3rd: a time; 4th and 5th: money */
  return g_strdup_printf (_ ("Move to %1$s: %2$s would keep you waiting up to %3$s "
                             "for the first byte; saves %4$s a month, and the move costs %5$s"),
                          there->name, here->name, wait, difference, once);
}

/* It should not stay, but there is nowhere to go. */
static char *
explain_no_escape (const TerraceDecision *decision,
                   const TerraceUse *use,
                   const TerraceStorageClass *here,
                   const TerraceStorageClass *there)
{
  g_autofree char *wait = terrace_format_latency (here->first_byte_ms);
  g_autofree char *size = NULL;

  if (decision->verdict != TERRACE_VERDICT_NO_ROOM)
    {
      /* Translators: 1st: a storage class; 2nd: a time */
      return g_strdup_printf (_ ("Stay: %1$s keeps you waiting up to %2$s for the first byte, "
                                 "but no other place is fast enough"),
                              here->name, wait);
    }

  size = g_format_size (use->size_bytes);
  /* Translators: 1st: a storage class; 2nd: a time; 3rd: a storage class; 4th: a size */
  return g_strdup_printf (_ ("Stay: %1$s keeps you waiting up to %2$s for the first byte, "
                             "but %3$s, which is fast enough, has no room for %4$s"),
                          here->name, wait, there->name, size);
}

/* The other place is cheaper by the month, but getting there is not worth it. */
static char *
explain_payback (const TerraceDecision *decision,
                 const TerraceUse *use,
                 const TerraceStorageClass *here,
                 const TerraceStorageClass *there,
                 const char *currency)
{
  const double fee = decision->runner_up_bill.terms[TERRACE_TERM_EARLY_DELETION];
  g_autofree char *duration = NULL;

  if (fee * 2.0 > decision->runner_up_bill.once)
    {
      g_autofree char *money = terrace_format_money (fee, currency);

      duration = terrace_insight_format_days (terrace_cost_days_left (use, here));
      /* Translators: 1st: the storage class it lies in; 2nd: money; 3rd: a duration */
      return g_strdup_printf (_ ("Stay: early deletion of %1$s would cost %2$s "
                                 "until it is free to move in %3$s"),
                              here->name, money, duration);
    }

  g_autofree char *size = g_format_size (use->size_bytes);

  duration = terrace_insight_format_days (decision->payback_months * TERRACE_DAYS_PER_MONTH);
  /* Translators: 1st: a size; 2nd: a storage class; 3rd: a duration */
  return g_strdup_printf (_ ("Stay: at %1$s, moving to %2$s would need %3$s to pay back"), size,
                          there->name, duration);
}

static char *
explain_cheapest (const TerraceUse *use, const TerraceStorageClass *here)
{
  g_autofree char *reads = terrace_insight_format_reads (use->reads_per_month);

  /* Translators: 1st: a storage class; 2nd: "30 reads a month", "no reads" */
  return g_strdup_printf (_ ("Stay: %1$s is the cheapest place for %2$s"), here->name, reads);
}

static char *
explain_slow (const TerraceStorageClass *there, const char *saving)
{
  g_autofree char *wait = terrace_format_latency (there->first_byte_ms);

  /* Translators: 1st: a storage class; 2nd: money; 3rd: a time */
  return g_strdup_printf (_ ("Stay: %1$s would save %2$s a month, but waits up to %3$s "
                             "for the first byte"),
                          there->name, saving, wait);
}

static char *
explain_stay (const TerraceDecision *decision,
              const TerraceUse *use,
              const TerraceStorageClass *here,
              const TerraceStorageClass *there,
              const char *currency)
{
  const double difference = decision->current_bill.monthly - decision->runner_up_bill.monthly;
  g_autofree char *saving = terrace_format_money (difference, currency);
  g_autofree char *size = NULL;

  switch (decision->verdict)
    {
    case TERRACE_VERDICT_STAY:
    case TERRACE_VERDICT_DEARER:
      if (difference > 0.0)
        return explain_payback (decision, use, here, there, currency);
      return explain_cheapest (use, here);
    case TERRACE_VERDICT_PAYBACK:
      return explain_payback (decision, use, here, there, currency);
    case TERRACE_VERDICT_TOO_SMALL:
      /* Translators: 1st: a storage class; 2nd: money */
      return g_strdup_printf (_ ("Stay: moving to %1$s would save only %2$s a month"), there->name,
                              saving);
    case TERRACE_VERDICT_TOO_SLOW:
      return explain_slow (there, saving);
    case TERRACE_VERDICT_NO_ROOM:
      size = g_format_size (use->size_bytes);
      /* Translators: 1st: a storage class; 2nd: money; 3rd: a size */
      return g_strdup_printf (_ ("Stay: %1$s would save %2$s a month, but has no room for %3$s"),
                              there->name, saving, size);
    case TERRACE_VERDICT_UNSTEADY:
      if (use->is_foreseen)
        /* Translators: 1st: a storage class; 2nd: money */
        return g_strdup_printf (_ ("Stay: %1$s would save %2$s a month with the reads that are "
                                   "expected, but the forecast is not sure enough"),
                                there->name, saving);
      /* Translators: 1st: a storage class; 2nd: money */
      return g_strdup_printf (_ ("Stay: %1$s would save %2$s a month, but not if the reads "
                                 "changed by a quarter"),
                              there->name, saving);
    case TERRACE_VERDICT_CHOSEN:
      break;
    }
  g_return_val_if_reached (NULL);
}

char *
terrace_planner_explain (const TerraceDecision *decision,
                         const TerraceUse *use,
                         const TerraceCandidate *candidates,
                         const char *currency)
{
  const TerraceStorageClass *here;
  const TerraceStorageClass *chosen;
  const TerraceStorageClass *there;

  g_return_val_if_fail (decision != NULL && use != NULL && candidates != NULL, NULL);
  g_return_val_if_fail (currency != NULL, NULL);

  here = candidates[decision->current].storage_class;
  chosen = candidates[decision->chosen].storage_class;
  if (decision->verdict == TERRACE_VERDICT_CHOSEN && decision->current_too_slow)
    return explain_escape (decision, here, chosen, currency);
  if (decision->verdict == TERRACE_VERDICT_CHOSEN)
    return mention_wait (explain_move (decision, chosen->name, currency), chosen);
  if (decision->runner_up < 0)
    return g_strdup_printf (_ ("Stay: there is no other place to compare with %s"), here->name);

  there = candidates[decision->runner_up].storage_class;
  if (decision->current_too_slow)
    return explain_no_escape (decision, use, here, there);
  return explain_stay (decision, use, here, there, currency);
}
