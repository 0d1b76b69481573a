/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "insight/terrace-features.h"

/* Whether objects are still like those that a model learnt from. Pure; private to insight. */

G_BEGIN_DECLS

#define TERRACE_DRIFT_BINS 10
#define TERRACE_DRIFT_FEATURES 6

/**
 * TerraceDriftImage:
 * How some features were spread.
 * @edges: the upper ends of all bins but the last
 * @shares: of the objects in each bin
 * @n_objects: 0 for no image
 */
typedef struct
{
  double edges[TERRACE_DRIFT_FEATURES][TERRACE_DRIFT_BINS - 1];
  double shares[TERRACE_DRIFT_FEATURES][TERRACE_DRIFT_BINS];
  guint n_objects;
} TerraceDriftImage;

/* Of each object's latest row. */
void terrace_drift_image_take (TerraceDriftImage *self, const TerraceFeatureTable *table);

/* The population stability index of the feature that moved most, less what chance alone makes of
 * so few objects. */
double terrace_drift_measure (const TerraceDriftImage *self, const TerraceFeatureTable *table);

G_END_DECLS
