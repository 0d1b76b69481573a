/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The forecast of one object, and everything that speaks for and against its prediction. Read on a
 * catalogue thread, computed on the worker; the rest is the main thread. */

#include "config.h"

#include "engine/terrace-engine-predict-private.h"
#include "insight/terrace-cost.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#define FORECAST_DAYS 365
#define SPOKEN_CONTRIBUTIONS 3
/* A part this small of the greatest one is not worth a line. */
#define LEAST_SHARE 0.01

/* --- Forecast ------------------------------------------------------------------------------ */

typedef struct
{
  gint64 item_id;
  TerraceForeseeing *foreseeing;
  TerraceReadsForecast *forecast;
} Forecasting;

void
terrace_reads_forecast_free (TerraceReadsForecast *self)
{
  g_clear_object (&self->item);
  g_clear_pointer (&self->days, g_array_unref);
  g_free (self);
}

static void
forecasting_free (Forecasting *forecasting)
{
  terrace_foreseeing_free (forecasting->foreseeing);
  g_clear_pointer (&forecasting->forecast, terrace_reads_forecast_free);
  g_free (forecasting);
}

static gboolean
read_forecast (TerraceConnection *connection, gpointer data, GError **error)
{
  Forecasting *forecasting = data;
  TerraceReadsForecast *forecast = forecasting->forecast;
  const gint64 today = forecasting->foreseeing->known->now_us / TERRACE_US_PER_DAY;

  forecast->item = terrace_item_table_get (connection, forecasting->item_id, error);
  if (forecast->item == NULL)
    return FALSE;
  forecast->days = terrace_access_table_each_day (connection, forecasting->item_id,
                                                  today - FORECAST_DAYS + 1, error);
  return forecast->days != NULL &&
         terrace_foreseeing_read (forecasting->foreseeing, connection, error);
}

static gboolean
compute_forecast (gpointer data, GCancellable *cancellable, GError **error)
{
  Forecasting *forecasting = data;

  return terrace_foreseeing_compute (forecasting->foreseeing, cancellable, error);
}

static void
forecast_done (TerraceEngine *self, GTask *task)
{
  Forecasting *forecasting = g_task_get_task_data (task);
  TerracePrediction prediction = { 0 };

  terrace_foreseeing_get (forecasting->foreseeing, forecasting->item_id, &prediction);
  forecasting->forecast->outlook = prediction.outlook;
  forecasting->forecast->nominal_coverage = TERRACE_OUTLOOK_COVERAGE;
  g_task_return_pointer (task, g_steal_pointer (&forecasting->forecast),
                         (GDestroyNotify) terrace_reads_forecast_free);
  g_object_unref (task);
}

static void
read_forecast_done (TerraceEngine *self, GTask *task)
{
  Forecasting *forecasting = g_task_get_task_data (task);
  GError *error = NULL;

  if (!terrace_foreseeing_prepare (forecasting->foreseeing, self, &error))
    {
      g_task_return_error (task, error);
      g_object_unref (task);
      return;
    }
  terrace_engine_work_step (self, task, compute_forecast, forecast_done);
}

void
terrace_engine_forecast_async (TerraceEngine *self,
                               gint64 item_id,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  Forecasting *forecasting;
  GTask *task;

  g_return_if_fail (TERRACE_IS_ENGINE (self));

  task = terrace_engine_task_new (self, terrace_engine_forecast_async, cancellable, callback,
                                  user_data);
  forecasting = g_new0 (Forecasting, 1);
  forecasting->item_id = item_id;
  forecasting->foreseeing = terrace_foreseeing_new (self, &item_id, 1);
  forecasting->forecast = g_new0 (TerraceReadsForecast, 1);
  g_task_set_task_data (task, forecasting, (GDestroyNotify) forecasting_free);
  terrace_engine_read_step (self, task, read_forecast, read_forecast_done);
}

TerraceReadsForecast *
terrace_engine_forecast_finish (TerraceEngine *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* --- Why ----------------------------------------------------------------------------------- */

typedef struct
{
  gint64 item_id;
  TerraceForeseeing *foreseeing;
  TerraceWhy *why;
} Asking;

void
terrace_why_free (TerraceWhy *self)
{
  g_clear_pointer (&self->explanation, terrace_explanation_free);
  g_clear_pointer (&self->contributions, g_array_unref);
  g_clear_pointer (&self->sentences, g_ptr_array_unref);
  g_free (self);
}

static void
asking_free (Asking *asking)
{
  terrace_foreseeing_free (asking->foreseeing);
  g_clear_pointer (&asking->why, terrace_why_free);
  g_free (asking);
}

static void
contribution_clear (gpointer data)
{
  TerraceContribution *contribution = data;

  g_free (contribution->feature);
  g_free (contribution->label);
  g_free (contribution->value);
}

static int
compare_contributions (gconstpointer a, gconstpointer b)
{
  const double first = fabs (((const TerraceContribution *) a)->amount);
  const double second = fabs (((const TerraceContribution *) b)->amount);

  return (first < second) - (first > second);
}

/* Worker thread. */
static gboolean
fill_contributions (Asking *asking, GError **error)
{
  const TerraceForeseeing *foreseeing = asking->foreseeing;
  const int object = terrace_known_find (foreseeing->known, asking->item_id);
  double amounts[TERRACE_N_FEATURES + 1];
  GError *own_error = NULL;
  const float *features;
  guint row;

  if (object < 0 ||
      foreseeing->table->first_rows[object] == foreseeing->table->first_rows[object + 1])
    return TRUE;
  row = foreseeing->table->first_rows[object];
  features = foreseeing->table->values + (gsize) row * TERRACE_N_FEATURES;
  if (!terrace_placement_contribute (foreseeing->learnt.placement, features,
                                     &foreseeing->prices.tariff, &foreseeing->placings[row],
                                     amounts, &own_error))
    {
      if (own_error == NULL)
        return TRUE;
      g_propagate_error (error, own_error);
      return FALSE;
    }
  for (int i = 0; i <= TERRACE_N_FEATURES; i++)
    {
      const gboolean is_rate = i == TERRACE_N_FEATURES;
      TerraceContribution contribution = {
        .feature = g_strdup (is_rate ? "rate" : terrace_feature_get_nick ((TerraceFeature) i)),
        .label = g_strdup (is_rate ? _ ("The plain rate, and what holds for all objects") :
                                     terrace_feature_get_label ((TerraceFeature) i)),
        .value = is_rate ? g_strdup ("") :
                           terrace_feature_format ((TerraceFeature) i, (double) features[i]),
        .amount = amounts[i],
      };

      g_array_append_val (asking->why->contributions, contribution);
    }
  g_array_sort (asking->why->contributions, compare_contributions);
  return TRUE;
}

static gboolean
read_why (TerraceConnection *connection, gpointer data, GError **error)
{
  Asking *asking = data;

  return terrace_foreseeing_read (asking->foreseeing, connection, error);
}

static gboolean
compute_why (gpointer data, GCancellable *cancellable, GError **error)
{
  Asking *asking = data;

  return terrace_foreseeing_compute (asking->foreseeing, cancellable, error) &&
         fill_contributions (asking, error);
}

static void
say (TerraceWhy *why, char *sentence)
{
  g_ptr_array_add (why->sentences, sentence);
}

static void
say_prediction (TerraceEngine *engine, TerraceWhy *why)
{
  const TerracePrediction *prediction = &why->prediction;
  TerraceStorageClass *class = terrace_engine_find_class (engine, prediction->class_id);
  const char *name = class != NULL ? class->name : prediction->class_id;

  if (!prediction->by_model)
    /* Translators: %s is a storage class */
    say (why, g_strdup_printf (_ ("The plain rule would have it in %s"), name));
  else
    /* Translators: 1st: a storage class; 2nd: a percentage */
    say (why, g_strdup_printf (_ ("Of what is used like this, %2$.0f %% turned out to belong in "
                                  "%1$s"),
                               name, prediction->confidence * 100.0));
}

static void
say_contributions (TerraceWhy *why)
{
  double greatest = 0.0;

  for (guint i = 0, n = 0; i < why->contributions->len && n < SPOKEN_CONTRIBUTIONS; i++)
    {
      const TerraceContribution *part = &g_array_index (why->contributions, TerraceContribution, i);

      greatest = MAX (greatest, fabs (part->amount));
      if (*part->value == '\0' || fabs (part->amount) <= LEAST_SHARE * greatest)
        continue;
      n++;
      /* Translators: 1st: what is known of an object, "Time since the last read"; 2nd: its value */
      say (why, g_strdup_printf (part->amount >= 0.0 ? _ ("For it: %1$s, %2$s") :
                                                       _ ("Against it: %1$s, %2$s"),
                                 part->label, part->value));
    }
}

static void
say_reads (TerraceWhy *why)
{
  const TerraceReadsRange *range = &why->prediction.outlook.ranges[1];

  /* Translators: 1st: a number of days; 2nd to 4th: numbers of reads; 5th: a percentage; 6th: a
   * method */
  say (why, g_strdup_printf (_ ("In the next %1$d days about %2$.1f reads are expected, between "
                                "%3$.1f and %4$.1f in %5$.0f %% of the cases (%6$s)"),
                             terrace_outlook_days[1], range->expected, range->low, range->high,
                             TERRACE_OUTLOOK_COVERAGE * 100.0,
                             terrace_reads_method_get_label (why->prediction.outlook.methods[1])));
}

/* "Free to move from 3 March": leaving the class earlier would be paid for. */
static void
say_clock (TerraceEngine *engine, TerraceWhy *why, gint64 now_us)
{
  const TerraceItem *item = why->explanation->item;
  TerraceStorageClass *class = terrace_engine_find_class (engine, item->class_id);
  g_autoptr (GDateTime) date = NULL;
  g_autofree char *text = NULL;
  double left;

  if (class == NULL)
    return;
  left = terrace_cost_days_left (&why->explanation->use, class);
  if (left <= 0.0)
    return;
  why->free_to_move_us = now_us + (gint64) (left * TERRACE_US_PER_DAY);
  date = g_date_time_new_from_unix_local (why->free_to_move_us / G_USEC_PER_SEC);
  /* Translators: a day, "3 March"; see strftime() */
  text = g_date_time_format (date, _ ("%-d %B"));
  /* Translators: 1st: a day; 2nd: a storage class */
  say (why, g_strdup_printf (_ ("Free to move from %1$s: until then leaving %2$s is paid for"),
                             text, class->name));
}

static void
explain_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceEngine *self = TERRACE_ENGINE (object);
  Asking *asking = g_task_get_task_data (task);
  TerraceWhy *why = asking->why;
  GError *error = NULL;

  why->explanation = terrace_engine_explain_finish (self, result, &error);
  if (why->explanation == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  say (why, g_strdup (why->explanation->reason != NULL ? why->explanation->reason : ""));
  if (terrace_foreseeing_get (asking->foreseeing, asking->item_id, &why->prediction))
    {
      say_prediction (self, why);
      say_contributions (why);
      say_reads (why);
    }
  say_clock (self, why, asking->foreseeing->known->now_us);
  g_task_return_pointer (task, g_steal_pointer (&asking->why), (GDestroyNotify) terrace_why_free);
}

static void
compute_why_done (TerraceEngine *self, GTask *task)
{
  Asking *asking = g_task_get_task_data (task);

  terrace_engine_explain_async (self, asking->item_id, g_task_get_cancellable (task), explain_cb,
                                task);
}

static void
read_why_done (TerraceEngine *self, GTask *task)
{
  Asking *asking = g_task_get_task_data (task);
  GError *error = NULL;

  if (!terrace_foreseeing_prepare (asking->foreseeing, self, &error))
    {
      g_task_return_error (task, error);
      g_object_unref (task);
      return;
    }
  terrace_engine_work_step (self, task, compute_why, compute_why_done);
}

void
terrace_engine_why_async (TerraceEngine *self,
                          gint64 item_id,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  Asking *asking;
  GTask *task;

  g_return_if_fail (TERRACE_IS_ENGINE (self));

  task = terrace_engine_task_new (self, terrace_engine_why_async, cancellable, callback, user_data);
  asking = g_new0 (Asking, 1);
  asking->item_id = item_id;
  asking->foreseeing = terrace_foreseeing_new (self, &item_id, 1);
  asking->why = g_new0 (TerraceWhy, 1);
  asking->why->contributions = g_array_new (FALSE, FALSE, sizeof (TerraceContribution));
  g_array_set_clear_func (asking->why->contributions, contribution_clear);
  asking->why->sentences = g_ptr_array_new_with_free_func (g_free);
  g_task_set_task_data (task, asking, (GDestroyNotify) asking_free);
  terrace_engine_read_step (self, task, read_why, read_why_done);
}

TerraceWhy *
terrace_engine_why_finish (TerraceEngine *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
