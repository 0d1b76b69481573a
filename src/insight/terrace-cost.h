/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "model/terrace-storage-class.h"

/* What an object costs in a class, and what it costs to get there (DESIGN section 6). Pure; every
 * term is kept, so that a waterfall and a sentence can be made from the same numbers that decide.
 */

G_BEGIN_DECLS

/**
 * TerraceUse:
 * What cost needs to know of an object.
 * @reads_per_month: whole-object reads expected
 * @days_in_class: how long it has been in the class it lies in
 * @egress_counts: reads leave the provider
 * @is_foreseen: the reads come from a forecast: with @reads_low and @reads_high, the ends of its
 *   interval, a month
 */
typedef struct
{
  guint64 size_bytes;
  double reads_per_month;
  double days_in_class;
  gboolean egress_counts;
  gboolean is_foreseen;
  double reads_low;
  double reads_high;
} TerraceUse;

typedef enum
{
  TERRACE_TERM_STORAGE,      /* monthly: size * gb_month */
  TERRACE_TERM_MINIMUM_SIZE, /* monthly: (max(size, min_billable) - size) * gb_month */
  TERRACE_TERM_OVERHEAD,     /* monthly: per-object bytes on top */
  TERRACE_TERM_MONITORING,   /* monthly */
  TERRACE_TERM_REQUESTS,     /* monthly: r * (get + restore_request) */
  TERRACE_TERM_RETRIEVAL,    /* monthly: r * size * retrieval */
  TERRACE_TERM_EGRESS,       /* monthly: r * size * egress */
  TERRACE_N_MONTHLY_TERMS,

  TERRACE_TERM_EARLY_DELETION = TERRACE_N_MONTHLY_TERMS, /* once: days left of today's class */
  TERRACE_TERM_READ_OUT,    /* once: get, restore, retrieval of today's class */
  TERRACE_TERM_MOVE_EGRESS, /* once: leaving the provider */
  TERRACE_TERM_WRITE_IN,    /* once: puts or transition, parts, write_gb */
  TERRACE_N_TERMS,
} TerraceTerm;

/**
 * TerraceBill:
 * @terms: amounts in the sheet's currency, by TerraceTerm; never negative
 */
typedef struct
{
  double terms[TERRACE_N_TERMS];
  double monthly;
  double once;
} TerraceBill;

/* Monthly terms of @use in @storage_class; once terms are 0. */
void terrace_cost_stay (const TerraceUse *use,
                        const TerraceStorageClass *storage_class,
                        TerraceBill *bill);

/**
 * terrace_cost_move:
 * @from: the class it lies in
 * @same_location: a class change inside one location: a transition on the way down to a class that
 *   is cheaper to store, a read and one put on the way up or where there is no transition
 * @part_bytes: part size of the upload, for the number of put requests; 0 for one part
 *
 * Monthly terms in @to, and the once terms of getting there from @from. Egress is paid between
 * providers only.
 */
void terrace_cost_move (const TerraceUse *use,
                        const TerraceStorageClass *from,
                        const TerraceStorageClass *to,
                        gboolean same_location,
                        guint64 part_bytes,
                        TerraceBill *bill);

/* Days until leaving the class is free, 0 if it is. */
double terrace_cost_days_left (const TerraceUse *use, const TerraceStorageClass *storage_class);

/* (transfer none): translated short name of a term, "Retrieval". */
const char *terrace_term_get_label (TerraceTerm term);

G_END_DECLS
