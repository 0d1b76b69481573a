/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Learning from the catalogue's accesses, and the models that were kept. Read on a catalogue
 * thread, learnt on the worker, stored on the writer; the rest is the main thread. */

#include "config.h"

#include "engine/terrace-engine-learn-private.h"
#include "engine/terrace-engine-train-private.h"
#include "catalog/terrace-model-table.h"

#include <glib/gi18n-lib.h>

/* Fewer days or objects teach nothing. */
#define MIN_DAYS 14
#define MIN_OBJECTS 2
/* Placing takes four steps, the reads one. */
#define N_STEPS 5
#define LISTED_MODELS 50

/* --- A model in bytes ---------------------------------------------------------------------- */

void
terrace_learnt_clear (TerraceLearnt *self)
{
  g_clear_pointer (&self->provider, g_free);
  g_clear_pointer (&self->placement, terrace_placement_free);
  g_clear_pointer (&self->reads, terrace_reads_model_free);
  self->model_id = 0;
}

GBytes *
terrace_learnt_save (const TerraceLearnt *self, GError **error)
{
  g_autoptr (GVariant) placement = NULL;
  g_autoptr (GVariant) reads = NULL;
  g_autoptr (GVariant) model = NULL;

  placement = terrace_placement_save (self->placement, error);
  if (placement == NULL)
    return NULL;
  g_variant_ref_sink (placement);
  reads = terrace_reads_model_save (self->reads, error);
  if (reads == NULL)
    return NULL;
  g_variant_ref_sink (reads);
  model = g_variant_ref_sink (g_variant_new ("(svv)", self->provider, placement, reads));
  return g_variant_get_data_as_bytes (model);
}

gboolean
terrace_learnt_load (TerraceLearnt *self, GBytes *bytes, GError **error)
{
  g_autoptr (GVariant) model =
      g_variant_ref_sink (g_variant_new_from_bytes (G_VARIANT_TYPE ("(svv)"), bytes, FALSE));
  g_autoptr (GVariant) placement = NULL;
  g_autoptr (GVariant) reads = NULL;

  g_variant_get (model, "(svv)", &self->provider, &placement, &reads);
  self->placement = terrace_placement_load (placement, error);
  if (self->placement != NULL)
    self->reads = terrace_reads_model_load (reads, error);
  if (self->reads != NULL)
    return TRUE;
  terrace_learnt_clear (self);
  return FALSE;
}

gboolean
terrace_learnt_read (TerraceLearnt *self, TerraceConnection *connection, GError **error)
{
  g_autoptr (GError) own_error = NULL;
  g_autoptr (TerraceModelRow) row =
      terrace_model_table_get_chosen (connection, TERRACE_MODEL_KIND, &own_error);

  if (own_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&own_error));
      return FALSE;
    }
  if (row == NULL || row->bytes == NULL)
    return TRUE;
  if (!terrace_learnt_load (self, row->bytes, &own_error))
    {
      g_message ("The model %" G_GINT64_FORMAT " cannot be used: %s", row->id, own_error->message);
      return TRUE;
    }
  self->model_id = row->id;
  self->trained_us = row->trained_us;
  return TRUE;
}

/* --- Learning ------------------------------------------------------------------------------ */

gboolean
terrace_learnt_learn (TerraceLearnt *self,
                      const TerraceKnown *known,
                      const TerraceLearningPrices *prices,
                      guint seed,
                      TerraceSteps *steps,
                      GCancellable *cancellable,
                      GError **error)
{
  const TerraceHistory *history = known->history;
  g_autoptr (TerraceForesight) foresight = NULL;
  const TerraceFeatureTable *table;

  if (history->n_days < MIN_DAYS || history->n_objects < MIN_OBJECTS)
    {
      g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID,
                   _ ("There is too little to learn from: %1$u objects seen on %2$d days; at least "
                      "%3$d days are needed. Import access logs, or wait"),
                   history->n_objects, history->n_days, MIN_DAYS);
      return FALSE;
    }
  foresight = terrace_foresight_learn (history, &prices->tariff, history->n_days, seed,
                                       terrace_steps_tell, steps, cancellable, error);
  if (foresight == NULL)
    return FALSE;
  table = terrace_foresight_get_table (foresight);
  if (table == NULL)
    {
      g_set_error_literal (error, TERRACE_ERROR, TERRACE_ERROR_LIMIT,
                           _ ("There are too many objects to learn from at once"));
      return FALSE;
    }
  self->reads =
      terrace_reads_model_train (history, table, history->n_days, seed, cancellable, error);
  if (self->reads == NULL)
    return FALSE;
  self->placement = terrace_placement_new (foresight, &prices->tariff);
  self->provider = g_strdup (prices->provider);
  self->trained_us = known->now_us;
  terrace_steps_tell (N_STEPS, N_STEPS, steps);
  return TRUE;
}

gboolean
terrace_learnt_store (TerraceLearnt *self,
                      TerraceModelReport *report,
                      TerraceConnection *connection,
                      GError **error)
{
  g_autoptr (TerraceModelRow) row = terrace_model_row_new ();

  row->kind = g_strdup (TERRACE_MODEL_KIND);
  row->trained_us = self->trained_us;
  row->n_rows = report->n_rows;
  row->seed = report->seed;
  row->score = terrace_model_report_to_json (report);
  row->features = g_strdupv (report->features);
  row->chosen = TRUE;
  row->bytes = terrace_learnt_save (self, error);
  if (row->bytes == NULL || !terrace_model_table_insert (connection, row, error) ||
      !terrace_setting_table_set (connection, TERRACE_DRIFT_SETTING, NULL, error))
    return FALSE;
  self->model_id = row->id;
  report->version = row->version;
  return TRUE;
}

typedef struct
{
  /* inputs */
  guint seed;

  /* in progress */
  TerraceKnown *known;
  TerraceLearningPrices prices;
  TerraceSteps steps;
  TerraceLearnt learnt;

  /* results */
  TerraceModelReport *report;
} Training;

static void
training_free (Training *training)
{
  terrace_steps_stop (&training->steps);
  terrace_known_free (training->known);
  terrace_learning_prices_clear (&training->prices);
  terrace_learnt_clear (&training->learnt);
  g_clear_pointer (&training->report, terrace_model_report_free);
  g_free (training);
}

static gboolean
read_known (TerraceConnection *connection, gpointer data, GError **error)
{
  Training *training = data;

  return terrace_known_read (training->known, connection, error);
}

static gboolean
learn (gpointer data, GCancellable *cancellable, GError **error)
{
  Training *training = data;

  return terrace_learnt_learn (&training->learnt, training->known, &training->prices,
                               training->seed, &training->steps, cancellable, error);
}

static gboolean
store (TerraceConnection *connection, gpointer data, GError **error)
{
  Training *training = data;

  return terrace_learnt_store (&training->learnt, training->report, connection, error);
}

static void
store_done (TerraceEngine *self, GTask *task)
{
  Training *training = g_task_get_task_data (task);

  terrace_steps_stop (&training->steps);
  g_task_return_pointer (task, g_steal_pointer (&training->report),
                         (GDestroyNotify) terrace_model_report_free);
  g_object_unref (task);
}

static void
learn_done (TerraceEngine *self, GTask *task)
{
  Training *training = g_task_get_task_data (task);

  training->report =
      terrace_model_report_new (&training->learnt, training->known->history, training->seed);
  terrace_engine_write_step (self, task, store, TERRACE_CATALOG_SETTINGS, store_done);
}

static void
read_done (TerraceEngine *self, GTask *task)
{
  Training *training = g_task_get_task_data (task);
  GError *error = NULL;

  if (!terrace_learning_prices_find (&training->prices, self, training->known, NULL, FALSE, &error))
    {
      g_task_return_error (task, error);
      g_object_unref (task);
      return;
    }
  terrace_engine_work_step (self, task, learn, learn_done);
}

void
terrace_engine_train_async (TerraceEngine *self,
                            guint seed,
                            TerraceEngineProgress progress,
                            gpointer progress_data,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  Training *training;
  GTask *task;

  g_return_if_fail (TERRACE_IS_ENGINE (self));

  task =
      terrace_engine_task_new (self, terrace_engine_train_async, cancellable, callback, user_data);
  training = g_new0 (Training, 1);
  training->seed = seed;
  training->known = terrace_known_new (self, NULL, 0);
  terrace_steps_start (&training->steps, progress, progress_data);
  g_task_set_task_data (task, training, (GDestroyNotify) training_free);
  terrace_engine_read_step (self, task, read_known, read_done);
}

TerraceModelReport *
terrace_engine_train_finish (TerraceEngine *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* --- Listing ------------------------------------------------------------------------------- */

typedef struct
{
  GPtrArray *reports;
} Listing;

static void
listing_free (Listing *listing)
{
  g_clear_pointer (&listing->reports, g_ptr_array_unref);
  g_free (listing);
}

static gboolean
read_models (TerraceConnection *connection, gpointer data, GError **error)
{
  Listing *listing = data;
  g_autoptr (GPtrArray) rows =
      terrace_model_table_list (connection, TERRACE_MODEL_KIND, LISTED_MODELS, error);
  g_autoptr (GError) own_error = NULL;
  g_autofree char *drift = NULL;

  if (rows == NULL)
    return FALSE;
  drift = terrace_setting_table_get (connection, TERRACE_DRIFT_SETTING, &own_error);
  listing->reports = g_ptr_array_new_with_free_func ((GDestroyNotify) terrace_model_report_free);
  for (guint i = 0; i < rows->len; i++)
    {
      TerraceModelRow *row = g_ptr_array_index (rows, i);
      TerraceModelReport *report = g_new0 (TerraceModelReport, 1);

      report->version = row->version;
      report->trained_us = row->trained_us;
      report->seed = (guint) row->seed;
      report->n_rows = row->n_rows;
      report->features = g_strdupv (row->features);
      terrace_model_report_read_json (report, row->score != NULL ? row->score : "");
      if (i == 0 && drift != NULL)
        report->drift = g_ascii_strtod (drift, NULL);
      g_ptr_array_add (listing->reports, report);
    }
  return TRUE;
}

static void
list_done (TerraceEngine *self, GTask *task)
{
  Listing *listing = g_task_get_task_data (task);

  g_task_return_pointer (task, g_steal_pointer (&listing->reports),
                         (GDestroyNotify) g_ptr_array_unref);
  g_object_unref (task);
}

void
terrace_engine_list_models_async (TerraceEngine *self,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  GTask *task;

  g_return_if_fail (TERRACE_IS_ENGINE (self));

  task = terrace_engine_task_new (self, terrace_engine_list_models_async, cancellable, callback,
                                  user_data);
  g_task_set_task_data (task, g_new0 (Listing, 1), (GDestroyNotify) listing_free);
  terrace_engine_read_step (self, task, read_models, list_done);
}

GPtrArray *
terrace_engine_list_models_finish (TerraceEngine *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
