/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Settles a past move: both bills with the reads that came. Any thread. */

#include "config.h"

#include "insight/terrace-regret.h"

#include "base/terrace-limits.h"
#include "base/terrace-units.h"

#include <glib/gi18n-lib.h>
#include <math.h>

/* A difference this small is none. */
#define NOTHING 1e-9

void
terrace_regret_settle (const TerraceStorageClass *from,
                       const TerraceStorageClass *to,
                       gboolean same_location,
                       gboolean egress_counts,
                       guint64 size_bytes,
                       double days,
                       double reads,
                       double days_in_class,
                       double expected_month,
                       TerraceRegret *regret)
{
  const double months = days / TERRACE_DAYS_PER_MONTH;
  const TerraceUse use = {
    .size_bytes = size_bytes,
    .reads_per_month = months > 0.0 ? reads / months : 0.0,
    .days_in_class = days_in_class,
    .egress_counts = egress_counts,
  };
  TerraceBill stayed;
  TerraceBill moved;
  double greatest = 0.0;

  g_return_if_fail (from != NULL && to != NULL && regret != NULL && days >= 0.0);

  terrace_cost_stay (&use, from, &stayed);
  terrace_cost_move (&use, from, to, same_location, TERRACE_LIMIT_PART_BYTES, &moved);
  *regret = (TerraceRegret){
    .stayed = stayed.monthly * months,
    .paid = moved.monthly * months + moved.once,
    .once = moved.once,
    .expected = expected_month * months - moved.once,
  };
  regret->saved = regret->stayed - regret->paid;
  for (int term = 0; term < TERRACE_N_TERMS; term++)
    {
      const double difference = term < TERRACE_N_MONTHLY_TERMS ?
                                    (stayed.terms[term] - moved.terms[term]) * months :
                                    -moved.terms[term];

      /* What pulled into the direction in which it ended. */
      if ((regret->saved >= 0.0 ? difference : -difference) > greatest)
        {
          greatest = fabs (difference);
          regret->greatest = (TerraceTerm) term;
        }
    }
}

char *
terrace_regret_explain (const TerraceRegret *self, double reads, const char *currency)
{
  g_autofree char *money = NULL;
  g_autofree char *once = NULL;

  g_return_val_if_fail (self != NULL && currency != NULL, NULL);

  money = terrace_format_money (fabs (self->saved), currency);
  once = terrace_format_money (self->once, currency);
  if (fabs (self->saved) < NOTHING)
    return g_strdup (_ ("Neither saved nor lost so far"));
  if (self->saved > 0.0)
    /* Translators: 1st: money; 2nd: "Storage", "Retrieval"...; 3rd: a number of reads; 4th: money
     */
    return g_strdup_printf (_ ("Saved %1$s, because of: %2$s; it was read %3$.0f times since, and "
                               "the move cost %4$s"),
                            money, terrace_term_get_label (self->greatest), reads, once);
  if (self->greatest >= TERRACE_N_MONTHLY_TERMS)
    /* Translators: 1st and 2nd: money */
    return g_strdup_printf (_ ("Lost %1$s so far: the move cost %2$s and has not paid back yet"),
                            money, once);
  /* Translators: 1st: money; 2nd: "Storage", "Retrieval"...; 3rd: a number of reads */
  return g_strdup_printf (_ ("Lost %1$s, because of: %2$s; it was read %3$.0f times since, more "
                             "than was foreseen"),
                          money, terrace_term_get_label (self->greatest), reads);
}
