/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Trains and asks trees through XGBoost's C interface. A forest belongs to one thread at a time. */

#include "config.h"

#include "insight/terrace-forest.h"

#include "insight/terrace-trees.h"

#include "base/terrace-error.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <xgboost/c_api.h>

/* The number of threads changes sums in their last digits: it is fixed, so that models repeat. One
 * is also fastest on a busy machine, where the library's threads wait for each other by spinning.
 */
#define THREADS 1
struct _TerraceForest
{
  BoosterHandle booster;
  int n_features;
  TerraceTrees *trees;
};

typedef DMatrixHandle Matrix;

static void
matrix_clear (Matrix *matrix)
{
  if (*matrix != NULL)
    XGDMatrixFree (*matrix);
  *matrix = NULL;
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Matrix, matrix_clear)

static gboolean
check (int status, GError **error)
{
  if (status == 0)
    return TRUE;
  g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_FAILED, _ ("The model failed: %s"),
               XGBGetLastError ());
  return FALSE;
}

static gboolean
set_number (TerraceForest *self, const char *name, double number, GError **error)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  g_ascii_dtostr (text, sizeof text, number);
  return check (XGBoosterSetParam (self->booster, name, text), error);
}

static gboolean
set_text (TerraceForest *self, const char *name, const char *text, GError **error)
{
  return check (XGBoosterSetParam (self->booster, name, text), error);
}

static gboolean
set_options (TerraceForest *self, const TerraceForestOptions *options, GError **error)
{
  const gboolean random = options->kind == TERRACE_FOREST_RANDOM;

  return set_text (self, "verbosity", "0", error) &&
         set_text (self, "objective", "reg:squarederror", error) &&
         set_text (self, "tree_method", "hist", error) &&
         set_number (self, "base_score", 0.0, error) &&
         set_number (self, "nthread", THREADS, error) &&
         set_number (self, "seed", options->seed, error) &&
         set_number (self, "max_depth", options->depth, error) &&
         set_number (self, "min_child_weight", options->min_weight, error) &&
         set_number (self, "lambda", random ? 0.01 : 1.0, error) &&
         set_number (self, "eta", random ? 1.0 : 0.08, error) &&
         set_number (self, "subsample", random ? 0.63 : 0.8, error) &&
         set_number (self, random ? "colsample_bynode" : "colsample_bytree", random ? 0.4 : 0.8,
                     error) &&
         set_number (self, "num_parallel_tree", random ? options->n_trees : 1, error);
}

static gboolean
fill_matrix (Matrix matrix,
             guint n_rows,
             const float *targets,
             const float *weights,
             GError **error)
{
  return check (XGDMatrixSetFloatInfo (matrix, "label", targets, n_rows), error) &&
         check (XGDMatrixSetFloatInfo (matrix, "weight", weights, n_rows), error);
}

/* One more tree along the slope of the pinball loss, which this version of the library lacks. */
static gboolean
boost_quantile (TerraceForest *self,
                const TerraceForestOptions *options,
                Matrix matrix,
                const float *targets,
                const float *weights,
                guint n_rows,
                GError **error)
{
  static const char config[] = "{\"type\": 0, \"training\": true, \"iteration_begin\": 0, "
                               "\"iteration_end\": 0, \"strict_shape\": false}";
  g_autofree float *slopes = g_new (float, n_rows);
  const bst_ulong *shape;
  bst_ulong n_dimensions;
  const float *values;

  if (!check (XGBoosterPredictFromDMatrix (self->booster, matrix, config, &shape, &n_dimensions,
                                           &values),
              error))
    return FALSE;
  for (guint i = 0; i < n_rows; i++)
    slopes[i] = weights[i] *
                (float) (values[i] > targets[i] ? 1.0 - options->quantile : -options->quantile);
  return check (XGBoosterBoostOneIter (self->booster, matrix, slopes, (float *) weights, n_rows),
                error);
}

static gboolean
flatten (TerraceForest *self, GError **error)
{
  const char **dumps;
  bst_ulong n_dumps;

  self->trees = terrace_trees_new ();
  if (!check (XGBoosterDumpModelEx (self->booster, "", 0, "text", &n_dumps, &dumps), error))
    return FALSE;
  for (bst_ulong i = 0; i < n_dumps; i++)
    if (!terrace_trees_add_dump (self->trees, dumps[i], self->n_features, error))
      return FALSE;
  return TRUE;
}

TerraceForest *
terrace_forest_train (const TerraceForestOptions *options,
                      const float *rows,
                      guint n_rows,
                      int n_features,
                      const float *targets,
                      const float *weights,
                      GCancellable *cancellable,
                      GError **error)
{
  g_autoptr (TerraceForest) self = NULL;
  g_auto (Matrix) matrix = NULL;
  int n_rounds;

  g_return_val_if_fail (options != NULL && rows != NULL && n_rows > 0 && n_features > 0, NULL);

  self = g_new0 (TerraceForest, 1);
  self->n_features = n_features;
  n_rounds = options->kind == TERRACE_FOREST_RANDOM ? 1 : options->n_trees;
  if (!check (XGDMatrixCreateFromMat_omp (rows, n_rows, (bst_ulong) n_features, NAN, &matrix,
                                          THREADS),
              error) ||
      !fill_matrix (matrix, n_rows, targets, weights, error) ||
      !check (XGBoosterCreate (&matrix, 1, &self->booster), error) ||
      !set_options (self, options, error))
    return NULL;

  for (int round = 0; round < n_rounds; round++)
    if (g_cancellable_set_error_if_cancelled (cancellable, error) ||
        !(options->quantile > 0.0 ?
              boost_quantile (self, options, matrix, targets, weights, n_rows, error) :
              check (XGBoosterUpdateOneIter (self->booster, round, matrix), error)))
      return NULL;
  return flatten (self, error) ? g_steal_pointer (&self) : NULL;
}

void
terrace_forest_free (TerraceForest *self)
{
  if (self->booster != NULL)
    XGBoosterFree (self->booster);
  g_clear_pointer (&self->trees, terrace_trees_free);
  g_free (self);
}

void
terrace_forest_predict (TerraceForest *self, const float *rows, guint n_rows, float *results)
{
  g_return_if_fail (self != NULL && results != NULL);

  terrace_trees_evaluate (self->trees, rows, n_rows, self->n_features, results);
}

gboolean
terrace_forest_contribute (TerraceForest *self, const float *row, double *amounts, GError **error)
{
  static const char config[] = "{\"type\": 2, \"training\": false, \"iteration_begin\": 0, "
                               "\"iteration_end\": 0, \"strict_shape\": false}";
  g_auto (Matrix) matrix = NULL;
  const bst_ulong *shape;
  bst_ulong n_dimensions;
  const float *values;

  g_return_val_if_fail (self != NULL && row != NULL && amounts != NULL, FALSE);

  if (!check (XGDMatrixCreateFromMat (row, 1, (bst_ulong) self->n_features, NAN, &matrix), error) ||
      !check (XGBoosterPredictFromDMatrix (self->booster, matrix, config, &shape, &n_dimensions,
                                           &values),
              error))
    return FALSE;
  g_assert (n_dimensions == 2 && shape[1] == (bst_ulong) self->n_features + 1);
  for (int i = 0; i <= self->n_features; i++)
    amounts[i] = (double) values[i];
  return TRUE;
}

GBytes *
terrace_forest_save (TerraceForest *self, GError **error)
{
  const char *data;
  bst_ulong length;

  g_return_val_if_fail (self != NULL, NULL);

  if (!check (XGBoosterSaveModelToBuffer (self->booster, "{\"format\": \"ubj\"}", &length, &data),
              error))
    return NULL;
  return g_bytes_new (data, length);
}

TerraceForest *
terrace_forest_load (GBytes *bytes, int n_features, GError **error)
{
  g_autoptr (TerraceForest) self = g_new0 (TerraceForest, 1);
  bst_ulong n_stored = 0;
  gsize length;
  gconstpointer data = g_bytes_get_data (bytes, &length);

  g_return_val_if_fail (bytes != NULL && n_features > 0, NULL);

  self->n_features = n_features;
  if (XGBoosterCreate (NULL, 0, &self->booster) != 0 ||
      XGBoosterSetParam (self->booster, "verbosity", "0") != 0 ||
      XGBoosterLoadModelFromBuffer (self->booster, data, length) != 0 ||
      XGBoosterGetNumFeature (self->booster, &n_stored) != 0 || n_stored != (bst_ulong) n_features)
    {
      g_set_error_literal (error, TERRACE_ERROR, TERRACE_ERROR_CORRUPT,
                           _ ("The model is damaged; train it again"));
      return NULL;
    }
  return set_number (self, "nthread", THREADS, error) && flatten (self, error) ?
             g_steal_pointer (&self) :
             NULL;
}
