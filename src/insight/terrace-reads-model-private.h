/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "insight/terrace-forest.h"
#include "insight/terrace-reads-model.h"
#include "insight/terrace-reads-series.h"

/* What training and asking the forecast share. */

G_BEGIN_DECLS

/* What is foreseen, in log (1 + reads). */
typedef enum
{
  TERRACE_READS_LOW,
  TERRACE_READS_MEAN,
  TERRACE_READS_HIGH,
  TERRACE_READS_N_VALUES,
} TerraceReadsValue;

/* What is added at the ends, and what the expected number is multiplied by. */
typedef struct
{
  double low;
  double high;
  double factor;
} TerraceReadsCorrection;

typedef struct
{
  TerraceReadsMethod method; /* NONE: too little history, chance alone */
  TerraceForest *boosters[TERRACE_READS_N_VALUES];
  TerraceReadsCorrection corrections[TERRACE_READS_BOOSTED + 1][TERRACE_READS_GROUPS];
  TerraceReadsScore score;
} TerraceReadsHorizon;

struct _TerraceReadsModel
{
  TerraceReadsHorizon horizons[TERRACE_N_HORIZONS];
};

/* @mean: what a method says, not yet corrected. */
int terrace_reads_find_group (const float *features, double mean);

/* What @method says of one row, not yet corrected. */
void terrace_reads_horizon_ask (const TerraceReadsHorizon *self,
                                TerraceReadsMethod method,
                                int days,
                                const TerraceReadsSeries *series,
                                guint row,
                                const float *features,
                                double *values);

/* In reads; low <= expected <= high. */
TerraceReadsRange terrace_reads_correct (const TerraceReadsCorrection *self, const double *values);

G_END_DECLS
