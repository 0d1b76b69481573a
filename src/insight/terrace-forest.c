/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Trains and asks trees through XGBoost's C interface. A forest belongs to one thread at a time. */

#include "config.h"

#include "insight/terrace-forest.h"

#include "base/terrace-error.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>
#include <xgboost/c_api.h>

/* The number of threads changes sums in their last digits: it is fixed, so that models repeat. One
 * is also fastest on a busy machine, where the library's threads wait for each other by spinning.
 */
#define THREADS 1
/* Rows are asked about one by one, so the answers do not depend on how many are asked at once. */
#define PREDICT_THREADS 2
#define PREDICT_ROWS 65536

struct _TerraceForest
{
  BoosterHandle booster;
  int n_features;
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
        !check (XGBoosterUpdateOneIter (self->booster, round, matrix), error))
      return NULL;
  return g_steal_pointer (&self);
}

void
terrace_forest_free (TerraceForest *self)
{
  if (self->booster != NULL)
    XGBoosterFree (self->booster);
  g_free (self);
}

gboolean
terrace_forest_predict (TerraceForest *self,
                        const float *rows,
                        guint n_rows,
                        float *results,
                        GError **error)
{
  static const char config[] = "{\"type\": 0, \"training\": false, \"iteration_begin\": 0, "
                               "\"iteration_end\": 0, \"strict_shape\": false}";

  g_return_val_if_fail (self != NULL && results != NULL, FALSE);

  if (!set_number (self, "nthread", PREDICT_THREADS, error))
    return FALSE;
  for (guint done = 0; done < n_rows; done += PREDICT_ROWS)
    {
      const guint n = MIN (n_rows - done, PREDICT_ROWS);
      g_auto (Matrix) matrix = NULL;
      const bst_ulong *shape;
      bst_ulong n_dimensions;
      const float *values;

      if (!check (XGDMatrixCreateFromMat_omp (rows + (gsize) done * (gsize) self->n_features, n,
                                              (bst_ulong) self->n_features, NAN, &matrix,
                                              PREDICT_THREADS),
                  error) ||
          !check (XGBoosterPredictFromDMatrix (self->booster, matrix, config, &shape, &n_dimensions,
                                               &values),
                  error))
        return FALSE;
      memcpy (results + done, values, sizeof (float) * n);
    }
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
