/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "insight/terrace-foresight.h"

/* What was learnt about placing objects, in a form that can be kept and asked again: the forests of
 * a foresight, how they are mixed with the rate, how sure their answers are, and what the objects
 * looked like that they were learnt from. Blocking; any one thread. */

G_BEGIN_DECLS

/**
 * TerracePlacementScore:
 * @decided_by: nick of the trial that decides
 * @uses_model: that one asks the forests
 * @held_back_days: 0 if there were too few days to judge by
 * @cost, @rule_cost, @optimum: of the held-back days; -1 where there is none
 */
typedef struct
{
  char decided_by[24];
  gboolean uses_model;
  int held_back_days;
  double cost;
  double rule_cost;
  double optimum;
  guint n_trained;
  TerraceCalibration calibration;
} TerracePlacementScore;

/**
 * TerracePlacing:
 * One prediction.
 * @place: of the tariff
 * @costs: against the first place, money for the time to come
 */
typedef struct
{
  int place;
  double confidence;
  double costs[TERRACE_TARIFF_CLASSES];
} TerracePlacing;

typedef struct _TerracePlacement TerracePlacement;

/* Takes what @foresight learnt, of a history up to its last day. (transfer full) */
TerracePlacement *terrace_placement_new (TerraceForesight *foresight, const TerraceTariff *tariff);
void terrace_placement_free (TerracePlacement *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TerracePlacement, terrace_placement_free)

/* (transfer none) */
const TerracePlacementScore *terrace_placement_get_score (TerracePlacement *self);
/* Of the tariff it was learnt with. */
int terrace_placement_get_n_classes (TerracePlacement *self);

/**
 * terrace_placement_predict:
 * @self: (nullable): %NULL: the rate of the last year decides
 * @tariff: with the classes it was learnt with, today's prices
 * @placings: (out caller-allocates) (array): for each row of @table
 */
void terrace_placement_predict (TerracePlacement *self,
                                const TerraceFeatureTable *table,
                                const TerraceTariff *tariff,
                                TerracePlacing *placings);

/**
 * terrace_placement_contribute:
 * @features: one row
 * @place: that was predicted
 * @amounts: (out caller-allocates) (array length=TERRACE_N_FEATURES+1): money by which each feature
 *   speaks for @place and against the best of the others; the last one is the plain rate's part
 *
 * Returns: %FALSE if no forest decides, or with @error
 */
gboolean terrace_placement_contribute (TerracePlacement *self,
                                       const float *features,
                                       const TerraceTariff *tariff,
                                       const TerracePlacing *placing,
                                       double *amounts,
                                       GError **error);

/**
 * terrace_placement_measure_drift:
 * @table: the objects as they are now
 *
 * Returns: how different the objects are from those learnt from: the population stability index of
 *   the feature that moved most among those that say how much is read; 0 for no change
 */
double terrace_placement_measure_drift (TerracePlacement *self, const TerraceFeatureTable *table);

/* (transfer floating) (nullable) */
GVariant *terrace_placement_save (TerracePlacement *self, GError **error);
/* (transfer full) (nullable): %TERRACE_ERROR_CORRUPT if it is none. */
TerracePlacement *terrace_placement_load (GVariant *variant, GError **error);

G_END_DECLS
