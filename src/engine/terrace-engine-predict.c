/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Predicting one object, some, or all, keeping the forecasts, and planning with them. When all are
 * predicted, drift is measured, and a model that no longer fits is trained again first. Read on a
 * catalogue thread, computed on the worker, stored page by page; the rest is the main thread. */

#include "config.h"

#include "engine/terrace-engine-predict-private.h"
#include "base/terrace-limits.h"
#include "catalog/terrace-forecast-table.h"

#include <glib/gi18n-lib.h>

/* A model younger than this is not trained again whatever drifts. */
#define RETRAIN_AFTER_US (7 * TERRACE_US_PER_DAY)
#define RETRAIN_SEED 1
#define SHOWN_PREDICTIONS 1000

typedef struct
{
  /* inputs */
  gboolean all;

  /* in progress */
  TerraceForeseeing *foreseeing;
  TerraceSteps steps;
  TerraceModelReport *report;
  TerraceAssessor *assessor;
  guint n_stored;
} Predicting;

/* --- Foreseeing ---------------------------------------------------------------------------- */

TerraceForeseeing *
terrace_foreseeing_new (TerraceEngine *engine, const gint64 *item_ids, guint n_items)
{
  TerraceForeseeing *self = g_new0 (TerraceForeseeing, 1);

  self->known = terrace_known_new (engine, item_ids, n_items);
  return self;
}

void
terrace_foreseeing_free (TerraceForeseeing *self)
{
  terrace_known_free (self->known);
  terrace_learning_prices_clear (&self->prices);
  terrace_learnt_clear (&self->learnt);
  g_clear_pointer (&self->table, terrace_feature_table_free);
  g_free (self->placings);
  g_free (self->outlooks);
  g_free (self);
}

gboolean
terrace_foreseeing_read (TerraceForeseeing *self, TerraceConnection *connection, GError **error)
{
  return terrace_learnt_read (&self->learnt, connection, error) &&
         terrace_known_read (self->known, connection, error);
}

gboolean
terrace_foreseeing_prepare (TerraceForeseeing *self, TerraceEngine *engine, GError **error)
{
  TerraceLearnt *learnt = &self->learnt;

  if (learnt->provider != NULL &&
      terrace_learning_prices_find (&self->prices, engine, self->known, learnt->provider, FALSE,
                                    NULL) &&
      terrace_placement_get_n_classes (learnt->placement) == self->prices.tariff.n_classes)
    return TRUE;

  /* The sheet it was learnt with has other classes now: the plain rule knows any. */
  terrace_learning_prices_clear (&self->prices);
  terrace_learnt_clear (learnt);
  return terrace_learning_prices_find (&self->prices, engine, self->known, NULL, FALSE, error);
}

gboolean
terrace_foreseeing_compute (TerraceForeseeing *self, GCancellable *cancellable, GError **error)
{
  const TerraceHistory *history = self->known->history;
  const int today = history->n_days - 1;

  g_clear_pointer (&self->table, terrace_feature_table_free);
  g_clear_pointer (&self->placings, g_free);
  g_clear_pointer (&self->outlooks, g_free);
  self->table = terrace_features_build_from (history, today, today, today + 1, cancellable);
  if (self->table == NULL)
    {
      if (!g_cancellable_set_error_if_cancelled (cancellable, error))
        g_set_error_literal (error, TERRACE_ERROR, TERRACE_ERROR_LIMIT,
                             _ ("There are too many objects to predict at once"));
      return FALSE;
    }
  self->placings = g_new0 (TerracePlacing, self->table->n_rows + 1);
  self->outlooks = g_new0 (TerraceOutlook, self->table->n_rows + 1);
  terrace_placement_predict (self->learnt.placement, self->table, &self->prices.tariff,
                             self->placings);
  terrace_reads_model_predict (self->learnt.reads, history, self->table, self->outlooks);
  return !g_cancellable_set_error_if_cancelled (cancellable, error);
}

gboolean
terrace_foreseeing_get (const TerraceForeseeing *self,
                        gint64 item_id,
                        TerracePrediction *prediction)
{
  const int object = terrace_known_find (self->known, item_id);
  const TerraceStorageClass *class;
  guint row;

  if (object < 0 || self->table->first_rows[object] == self->table->first_rows[object + 1])
    return FALSE;
  row = self->table->first_rows[object];
  class = self->prices.places[self->placings[row].place];
  *prediction = (TerracePrediction){
    .item_id = item_id,
    .tier = class->tier,
    .confidence = self->placings[row].confidence,
    .by_model = self->learnt.placement != NULL &&
                terrace_placement_get_score (self->learnt.placement)->uses_model,
    .outlook = self->outlooks[row],
  };
  g_strlcpy (prediction->class_id, class->id, sizeof prediction->class_id);
  return TRUE;
}

/* --- Storing ------------------------------------------------------------------------------- */

static void
predicting_free (Predicting *predicting)
{
  terrace_steps_stop (&predicting->steps);
  terrace_foreseeing_free (predicting->foreseeing);
  g_clear_pointer (&predicting->report, terrace_model_report_free);
  g_clear_pointer (&predicting->assessor, terrace_assessor_free);
  g_free (predicting);
}

static const GArray *
get_ids (const Predicting *predicting)
{
  const TerraceKnown *known = predicting->foreseeing->known;

  return known->wanted_ids != NULL ? known->wanted_ids : known->ids;
}

static gboolean
store_one (Predicting *predicting,
           TerraceConnection *connection,
           const TerracePrediction *prediction,
           GError **error)
{
  TerraceForecastRow row = {
    .item_id = prediction->item_id,
    .made_us = predicting->foreseeing->known->now_us,
    .model_id = predicting->foreseeing->learnt.model_id,
    .tier = prediction->tier,
    .confidence = prediction->confidence,
  };

  for (int i = 0; i < TERRACE_N_HORIZONS; i++)
    {
      row.low[i] = prediction->outlook.ranges[i].low;
      row.reads[i] = prediction->outlook.ranges[i].expected;
      row.high[i] = prediction->outlook.ranges[i].high;
    }
  return terrace_forecast_table_put (connection, &row, error);
}

/* One page; what was forgotten since it was read is passed over. */
static gboolean
store_page (TerraceConnection *connection, gpointer data, GError **error)
{
  Predicting *predicting = data;
  const GArray *ids = get_ids (predicting);
  const gint64 *page = &g_array_index (ids, gint64, predicting->n_stored);
  const guint n = MIN (ids->len - predicting->n_stored, TERRACE_LIMIT_BATCH_ITEMS);
  g_autoptr (GPtrArray) items = terrace_item_table_get_many (connection, page, n, error);

  if (items == NULL)
    return FALSE;
  for (guint i = 0; i < items->len; i++)
    {
      TerraceItem *item = g_ptr_array_index (items, i);
      TerracePrediction prediction;

      if (terrace_foreseeing_get (predicting->foreseeing, item->id, &prediction) &&
          !store_one (predicting, connection, &prediction, error))
        return FALSE;
    }
  return terrace_engine_assess_ids (connection, predicting->assessor, page, n, error);
}

static void store_next (TerraceEngine *self, GTask *task);

/* (transfer full) */
static GArray *
collect_shown (const Predicting *predicting)
{
  const GArray *ids = get_ids (predicting);
  GArray *shown = g_array_new (FALSE, FALSE, sizeof (TerracePrediction));

  for (guint i = 0; i < ids->len && (!predicting->all || i < SHOWN_PREDICTIONS); i++)
    {
      TerracePrediction prediction;

      if (terrace_foreseeing_get (predicting->foreseeing, g_array_index (ids, gint64, i),
                                  &prediction))
        g_array_append_val (shown, prediction);
    }
  return shown;
}

static void
store_page_done (TerraceEngine *self, GTask *task)
{
  Predicting *predicting = g_task_get_task_data (task);
  const GArray *ids = get_ids (predicting);

  predicting->n_stored = MIN (predicting->n_stored + TERRACE_LIMIT_BATCH_ITEMS, ids->len);
  if (predicting->steps.progress != NULL)
    predicting->steps.progress (predicting->n_stored, ids->len, NULL,
                                predicting->steps.progress_data);
  store_next (self, task);
}

static void
store_next (TerraceEngine *self, GTask *task)
{
  Predicting *predicting = g_task_get_task_data (task);

  if (predicting->n_stored < get_ids (predicting)->len)
    {
      terrace_engine_write_step (self, task, store_page, TERRACE_CATALOG_ITEMS, store_page_done);
      return;
    }
  g_task_return_pointer (task, collect_shown (predicting), (GDestroyNotify) g_array_unref);
  g_object_unref (task);
}

/* --- The steps ----------------------------------------------------------------------------- */

static gboolean
read_known (TerraceConnection *connection, gpointer data, GError **error)
{
  Predicting *predicting = data;

  return terrace_foreseeing_read (predicting->foreseeing, connection, error);
}

static gboolean
is_outdated (const TerraceForeseeing *foreseeing, double drift)
{
  return drift >= TERRACE_DRIFT_LIMIT &&
         foreseeing->known->now_us - foreseeing->learnt.trained_us > RETRAIN_AFTER_US;
}

/* Worker thread. */
static gboolean
compute (gpointer data, GCancellable *cancellable, GError **error)
{
  Predicting *predicting = data;
  TerraceForeseeing *foreseeing = predicting->foreseeing;
  TerraceLearnt fresh = { 0 };

  if (!terrace_foreseeing_compute (foreseeing, cancellable, error))
    return FALSE;
  if (!predicting->all || foreseeing->learnt.placement == NULL)
    return TRUE;
  foreseeing->drift =
      terrace_placement_measure_drift (foreseeing->learnt.placement, foreseeing->table);
  if (!is_outdated (foreseeing, foreseeing->drift))
    return TRUE;

  if (!terrace_learnt_learn (&fresh, foreseeing->known, &foreseeing->prices, RETRAIN_SEED,
                             &predicting->steps, cancellable, error))
    {
      terrace_learnt_clear (&fresh);
      return FALSE;
    }
  terrace_learnt_clear (&foreseeing->learnt);
  foreseeing->learnt = fresh;
  predicting->report =
      terrace_model_report_new (&foreseeing->learnt, foreseeing->known->history, RETRAIN_SEED);
  return terrace_foreseeing_compute (foreseeing, cancellable, error);
}

/* Catalogue thread: the model, if it was trained again; else how far things drifted. */
static gboolean
store_model (TerraceConnection *connection, gpointer data, GError **error)
{
  Predicting *predicting = data;
  TerraceForeseeing *foreseeing = predicting->foreseeing;
  char drift[G_ASCII_DTOSTR_BUF_SIZE];

  if (predicting->report != NULL)
    return terrace_learnt_store (&foreseeing->learnt, predicting->report, connection, error);
  g_ascii_formatd (drift, sizeof drift, "%.4f", foreseeing->drift);
  return terrace_setting_table_set (connection, TERRACE_DRIFT_SETTING, drift, error);
}

static void
compute_done (TerraceEngine *self, GTask *task)
{
  Predicting *predicting = g_task_get_task_data (task);

  terrace_steps_stop (&predicting->steps);
  predicting->assessor = terrace_engine_new_assessor (self);
  if (predicting->all && predicting->foreseeing->learnt.placement != NULL)
    terrace_engine_write_step (self, task, store_model, TERRACE_CATALOG_SETTINGS, store_next);
  else
    store_next (self, task);
}

static void
read_done (TerraceEngine *self, GTask *task)
{
  Predicting *predicting = g_task_get_task_data (task);
  GError *error = NULL;

  if (!terrace_foreseeing_prepare (predicting->foreseeing, self, &error))
    {
      g_task_return_error (task, error);
      g_object_unref (task);
      return;
    }
  terrace_engine_work_step (self, task, compute, compute_done);
}

void
terrace_engine_predict_async (TerraceEngine *self,
                              const gint64 *item_ids,
                              guint n_items,
                              TerraceEngineProgress progress,
                              gpointer progress_data,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  Predicting *predicting;
  GTask *task;

  g_return_if_fail (TERRACE_IS_ENGINE (self));

  task = terrace_engine_task_new (self, terrace_engine_predict_async, cancellable, callback,
                                  user_data);
  predicting = g_new0 (Predicting, 1);
  predicting->all = n_items == 0;
  predicting->foreseeing = terrace_foreseeing_new (self, item_ids, n_items);
  terrace_steps_start (&predicting->steps, progress, progress_data);
  g_task_set_task_data (task, predicting, (GDestroyNotify) predicting_free);
  terrace_engine_read_step (self, task, read_known, read_done);
}

GArray *
terrace_engine_predict_finish (TerraceEngine *self,
                               GAsyncResult *result,
                               guint64 *n_predicted,
                               GError **error)
{
  const Predicting *predicting;
  GArray *predictions;

  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  predicting = g_task_get_task_data (G_TASK (result));
  predictions = g_task_propagate_pointer (G_TASK (result), error);
  if (predictions != NULL && n_predicted != NULL)
    *n_predicted = predicting->n_stored;
  return predictions;
}
