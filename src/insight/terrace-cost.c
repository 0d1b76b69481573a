/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The bill of one object in one class, term by term (DESIGN section 6). Pure arithmetic on any
 * thread: no allocation, no I/O. Nonsense in the use (a negative rate, NaN) counts as zero; a NaN
 * among the prices stays NaN in the totals, so that a comparison with it never chooses it. */

#include "config.h"

#include "insight/terrace-cost.h"

#include "base/terrace-limits.h"
#include "base/terrace-units.h"

#include <glib/gi18n-lib.h>

/* More reads than this are a mistake; the bound keeps every product finite. */
#define MAX_READS_PER_MONTH 1e12

static inline double
to_gb (guint64 size_bytes)
{
  return (double) size_bytes / TERRACE_BYTES_PER_GB;
}

static inline double
clean_reads (double reads_per_month)
{
  /* Written so that NaN becomes 0. */
  return reads_per_month > 0.0 ? MIN (reads_per_month, MAX_READS_PER_MONTH) : 0.0;
}

static inline guint64
billable_bytes (const TerraceUse *use, const TerraceStorageClass *storage_class)
{
  return MAX (use->size_bytes, storage_class->min_billable_bytes);
}

static inline void
fill_monthly (const TerraceUse *use, const TerraceStorageClass *storage_class, TerraceBill *bill)
{
  const double size_gb = to_gb (use->size_bytes);
  const double reads = clean_reads (use->reads_per_month);
  const double egress_gb = use->egress_counts ? storage_class->egress_gb : 0.0;
  const gboolean monitored = use->size_bytes >= storage_class->monitoring_min_bytes;
  double *terms = bill->terms;

  terms[TERRACE_TERM_STORAGE] = size_gb * storage_class->gb_month;
  terms[TERRACE_TERM_MINIMUM_SIZE] =
      to_gb (billable_bytes (use, storage_class) - use->size_bytes) * storage_class->gb_month;
  terms[TERRACE_TERM_OVERHEAD] =
      to_gb (storage_class->overhead_bytes) * storage_class->gb_month +
      to_gb (storage_class->overhead_hot_bytes) * storage_class->overhead_hot_gb_month;
  terms[TERRACE_TERM_MONITORING] = monitored ? storage_class->monitoring_month : 0.0;
  terms[TERRACE_TERM_REQUESTS] =
      reads * (storage_class->get_request + storage_class->restore_request);
  terms[TERRACE_TERM_RETRIEVAL] = reads * size_gb * storage_class->retrieval_gb;
  terms[TERRACE_TERM_EGRESS] = reads * size_gb * egress_gb;

  bill->monthly = 0.0;
  for (int i = 0; i < TERRACE_N_MONTHLY_TERMS; i++)
    bill->monthly += terms[i];
}

static inline double
count_parts (guint64 size_bytes, guint64 part_bytes)
{
  guint64 parts;

  if (part_bytes == 0 || size_bytes <= part_bytes)
    return 1.0;

  parts = size_bytes / part_bytes + (size_bytes % part_bytes != 0);
  /* Beyond this number a provider takes larger parts, not more of them. */
  return (double) MIN (parts, TERRACE_LIMIT_PARTS);
}

static inline double
days_left (const TerraceUse *use, const TerraceStorageClass *storage_class)
{
  const double days = use->days_in_class > 0.0 ? use->days_in_class : 0.0;

  return days < storage_class->min_duration_days ? storage_class->min_duration_days - days : 0.0;
}

static inline gboolean
same_provider (const TerraceStorageClass *from, const TerraceStorageClass *to)
{
  return from->provider == to->provider || g_strcmp0 (from->provider, to->provider) == 0;
}

/* The providers move an object down, to a class that is cheaper to store, for one request; the way
 * back up is billed as a read of the old class and a write of the new one. */
static inline gboolean
is_transition (const TerraceStorageClass *from,
               const TerraceStorageClass *to,
               gboolean same_location)
{
  return same_location && to->transition_request >= 0.0 && to->gb_month <= from->gb_month;
}

void
terrace_cost_stay (const TerraceUse *use,
                   const TerraceStorageClass *storage_class,
                   TerraceBill *bill)
{
  g_return_if_fail (use != NULL && storage_class != NULL && bill != NULL);

  fill_monthly (use, storage_class, bill);
  for (int i = TERRACE_N_MONTHLY_TERMS; i < TERRACE_N_TERMS; i++)
    bill->terms[i] = 0.0;
  bill->once = 0.0;
}

void
terrace_cost_move (const TerraceUse *use,
                   const TerraceStorageClass *from,
                   const TerraceStorageClass *to,
                   gboolean same_location,
                   guint64 part_bytes,
                   TerraceBill *bill)
{
  double *terms;
  double size_gb;

  g_return_if_fail (use != NULL && from != NULL && to != NULL && bill != NULL);

  terms = bill->terms;
  size_gb = to_gb (use->size_bytes);
  fill_monthly (use, to, bill);

  terms[TERRACE_TERM_EARLY_DELETION] = days_left (use, from) * from->gb_month /
                                       TERRACE_DAYS_PER_MONTH * to_gb (billable_bytes (use, from));
  terms[TERRACE_TERM_READ_OUT] = 0.0;
  terms[TERRACE_TERM_MOVE_EGRESS] = 0.0;
  if (is_transition (from, to, same_location))
    {
      terms[TERRACE_TERM_WRITE_IN] = to->transition_request;
    }
  else
    {
      /* A copy inside one location is the provider's own work: one request, whatever the size. */
      const double parts = same_location ? 1.0 : count_parts (use->size_bytes, part_bytes);

      terms[TERRACE_TERM_READ_OUT] =
          from->get_request + from->restore_request + size_gb * from->retrieval_gb;
      if (!same_provider (from, to))
        terms[TERRACE_TERM_MOVE_EGRESS] = size_gb * from->egress_gb;
      terms[TERRACE_TERM_WRITE_IN] = to->put_request * parts + size_gb * to->write_gb;
    }

  bill->once = 0.0;
  for (int i = TERRACE_N_MONTHLY_TERMS; i < TERRACE_N_TERMS; i++)
    bill->once += terms[i];
}

double
terrace_cost_days_left (const TerraceUse *use, const TerraceStorageClass *storage_class)
{
  g_return_val_if_fail (use != NULL && storage_class != NULL, 0.0);

  return days_left (use, storage_class);
}

const char *
terrace_term_get_label (TerraceTerm term)
{
  switch (term)
    {
    case TERRACE_TERM_STORAGE:
      return _ ("Storage");
    case TERRACE_TERM_MINIMUM_SIZE:
      return _ ("Minimum size");
    case TERRACE_TERM_OVERHEAD:
      return _ ("Overhead");
    case TERRACE_TERM_MONITORING:
      return _ ("Monitoring");
    case TERRACE_TERM_REQUESTS:
      return _ ("Requests");
    case TERRACE_TERM_RETRIEVAL:
      return _ ("Retrieval");
    case TERRACE_TERM_EGRESS:
      return _ ("Egress");
    case TERRACE_TERM_EARLY_DELETION:
      return _ ("Early deletion");
    case TERRACE_TERM_READ_OUT:
      return _ ("Reading out");
    case TERRACE_TERM_MOVE_EGRESS:
      return _ ("Leaving the provider");
    case TERRACE_TERM_WRITE_IN:
      return _ ("Writing");
    case TERRACE_N_TERMS:
      break;
    }
  g_return_val_if_reached ("");
}
