/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

/* Trees that foresee a number from features: XGBoost's, either a random forest or boosted ones. The
 * only door to that library. The same seed, rows and options give the same model. Blocking: not for
 * the main thread. */

G_BEGIN_DECLS

typedef enum
{
  TERRACE_FOREST_RANDOM,  /* trees of their own, on samples of rows and features, averaged */
  TERRACE_FOREST_BOOSTED, /* each tree mends what the ones before it got wrong */
} TerraceForestKind;

/**
 * TerraceForestOptions:
 * @n_trees: at least 1
 * @depth: of a tree, at most
 * @min_weight: the least weight of rows in a leaf
 * @seed: of all that is random
 * @quantile: boosted trees only: foresee this quantile, 0.9 say; 0 for the mean
 */
typedef struct
{
  TerraceForestKind kind;
  int n_trees;
  int depth;
  double min_weight;
  guint seed;
  double quantile;
} TerraceForestOptions;

typedef struct _TerraceForest TerraceForest;

/**
 * terrace_forest_train:
 * @rows: (array length=n_rows*n_features)
 * @targets: (array length=n_rows)
 * @weights: (array length=n_rows): how much each row matters
 *
 * Returns: (transfer full) (nullable)
 */
TerraceForest *terrace_forest_train (const TerraceForestOptions *options,
                                     const float *rows,
                                     guint n_rows,
                                     int n_features,
                                     const float *targets,
                                     const float *weights,
                                     GCancellable *cancellable,
                                     GError **error);
void terrace_forest_free (TerraceForest *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TerraceForest, terrace_forest_free)

/**
 * terrace_forest_predict:
 * @rows: (array length=n_rows*n_features): free of NaN
 * @results: (out caller-allocates) (array length=n_rows)
 */
void terrace_forest_predict (TerraceForest *self, const float *rows, guint n_rows, float *results);

/**
 * terrace_forest_contribute:
 * @row: (array length=n_features)
 * @amounts: (out caller-allocates) (array length=n_features+1): what each feature adds to the
 *   result; the last is what an average row gets. They add up to the result
 */
gboolean
terrace_forest_contribute (TerraceForest *self, const float *row, double *amounts, GError **error);

/* (transfer full): the model in XGBoost's own format, which others can read. */
GBytes *terrace_forest_save (TerraceForest *self, GError **error);
/* (transfer full) (nullable): %TERRACE_ERROR_CORRUPT if @bytes are none, or one of other features.
 */
TerraceForest *terrace_forest_load (GBytes *bytes, int n_features, GError **error);

G_END_DECLS
