/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "insight/terrace-advice.h"

/* How sure the place that advice finds cheapest is: of 100 predictions said to be 80 % sure, 80
 * should be the place that hindsight chooses. The larger the margin to the second best, the surer;
 * how much surer is measured. Pure; any thread. */

G_BEGIN_DECLS

#define TERRACE_CALIBRATION_BINS 10

/* One bar of a reliability chart. */
typedef struct
{
  double confidence;
  double accuracy;
  guint64 count;
} TerraceReliability;

/**
 * TerraceCalibration:
 * @margins: by predicted place: the upper edges of the bins, in units of terrace_advice_unit()
 * @shares: of predictions with such a margin that were right; never falls
 * @reliability: what was said and what came true, on days that @shares was not measured on
 * @n_judged: predictions in @reliability; 0 if there were too few days
 * @accuracy, @macro_f1: of the same
 */
typedef struct
{
  double margins[TERRACE_TARIFF_CLASSES][TERRACE_CALIBRATION_BINS];
  double shares[TERRACE_TARIFF_CLASSES][TERRACE_CALIBRATION_BINS];
  TerraceReliability reliability[TERRACE_CALIBRATION_BINS];
  guint64 n_judged;
  double accuracy;
  double macro_f1;
} TerraceCalibration;

/**
 * terrace_calibration_measure:
 * @advice: for the rows of @table from the day @from on
 *
 * Compares with where the objects lay best in hindsight for most of the 30 days that followed. The
 * first half of the days fills the bins, the second half judges them.
 *
 * Returns: %FALSE only if cancelled
 */
gboolean terrace_calibration_measure (TerraceCalibration *self,
                                      const TerraceHistory *history,
                                      const TerraceFeatureTable *table,
                                      const TerraceTariff *tariff,
                                      const TerraceAdvice *advice,
                                      int from,
                                      int until,
                                      GCancellable *cancellable,
                                      GError **error);

/**
 * terrace_calibration_predict:
 * @costs: (array length=n_classes)
 * @unit: from terrace_advice_unit()
 * @confidence: (out): 0 if it was never measured
 *
 * Returns: the place with the least cost
 */
int terrace_calibration_predict (const TerraceCalibration *self,
                                 const float *costs,
                                 int n_classes,
                                 double unit,
                                 double *confidence);

G_END_DECLS
