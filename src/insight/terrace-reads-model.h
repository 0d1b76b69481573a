/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "insight/terrace-features.h"
#include "insight/terrace-outlook.h"

/* Foresees the reads of objects for 7, 30 and 90 days with intervals: trees boosted for quantiles
 * and the mean, or smoothing where that did better on days held back. Intervals are widened or
 * narrowed until they held on held-back days, and judged on later ones. The same history and seed
 * give the same model. Blocking; any one thread. */

G_BEGIN_DECLS

/* Objects are alike whose last read is about as long ago and of which about as many reads are
 * foreseen; each kind has intervals of its own. */
#define TERRACE_READS_RECENCIES 3
#define TERRACE_READS_LEVELS 5
#define TERRACE_READS_GROUPS (TERRACE_READS_RECENCIES * TERRACE_READS_LEVELS)

/**
 * TerraceReadsScore:
 * On the last of the held-back days.
 * @n_rows: forecasts judged; 0 if there were too few days, then nothing below is known
 * @losses: by TerraceReadsMethod: mean pinball loss at the ends of the interval plus half the
 *   absolute error, of log (1 + reads); negative if it was not tried
 * @coverage: share of the forecasts whose interval held, by the method that was chosen
 * @coverage_active: the same of objects that were read in the last 30 days
 */
typedef struct
{
  guint64 n_rows;
  double losses[TERRACE_READS_BOOSTED + 1];
  double coverage;
  double coverage_active;
} TerraceReadsScore;

typedef struct _TerraceReadsModel TerraceReadsModel;

/**
 * terrace_reads_model_train:
 * @table: rows of the whole history
 * @until: the day after the last one that may be learnt from
 *
 * Returns: (transfer full) (nullable)
 */
TerraceReadsModel *terrace_reads_model_train (const TerraceHistory *history,
                                              const TerraceFeatureTable *table,
                                              int until,
                                              guint seed,
                                              GCancellable *cancellable,
                                              GError **error);
void terrace_reads_model_free (TerraceReadsModel *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TerraceReadsModel, terrace_reads_model_free)

/**
 * terrace_reads_model_predict:
 * @self: (nullable): %NULL: smoothing, with intervals of chance alone
 * @outlooks: (out caller-allocates) (array): for each row of @table
 */
void terrace_reads_model_predict (TerraceReadsModel *self,
                                  const TerraceHistory *history,
                                  const TerraceFeatureTable *table,
                                  TerraceOutlook *outlooks);

TerraceReadsMethod terrace_reads_model_get_method (TerraceReadsModel *self, int horizon);
/* (transfer none) */
const TerraceReadsScore *terrace_reads_model_get_score (TerraceReadsModel *self, int horizon);

/* (transfer floating) (nullable) */
GVariant *terrace_reads_model_save (TerraceReadsModel *self, GError **error);
/* (transfer full) (nullable): %TERRACE_ERROR_CORRUPT if it is none. */
TerraceReadsModel *terrace_reads_model_load (GVariant *variant, GError **error);

G_END_DECLS
