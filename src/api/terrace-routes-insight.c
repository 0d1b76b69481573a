/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Predictions, forecasts, their reasons, and training. Runs on the main thread. */

#include "config.h"

#include "api/terrace-routes.h"

#include "base/terrace-error.h"
#include "engine/terrace-engine-insight.h"
#include "engine/terrace-json-insight.h"
#include "engine/terrace-json.h"

#include <glib/gi18n-lib.h>

#define DEFAULT_SEED 1

static void
predict_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  TerraceCall *call = user_data;
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) predictions = NULL;
  guint64 n_predicted;

  predictions =
      terrace_engine_predict_finish (TERRACE_ENGINE (source), result, &n_predicted, &error);
  if (predictions != NULL && predictions->len == 0 && call->id != 0)
    {
      g_set_error (&error, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND, _ ("There is no such object"));
      g_clear_pointer (&predictions, g_array_unref);
    }
  if (predictions == NULL)
    {
      terrace_call_fail (call, error);
      return;
    }
  json_builder_begin_object (builder);
  terrace_json_int (builder, "predicted", (gint64) n_predicted);
  json_builder_set_member_name (builder, "predictions");
  json_builder_begin_array (builder);
  for (guint i = 0; i < predictions->len; i++)
    json_builder_add_value (builder, terrace_json_prediction (
                                         &g_array_index (predictions, TerracePrediction, i)));
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  terrace_call_answer (call, SOUP_STATUS_OK, json_builder_get_root (builder));
}

static void
predict_object (TerraceCall *call)
{
  terrace_engine_predict_async (call->engine, &call->id, 1, NULL, NULL, call->cancellable,
                                predict_cb, call);
}

static void
predict_objects (TerraceCall *call)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) ids = terrace_call_read_ids (call, &error);

  if (ids == NULL)
    terrace_call_fail (call, error);
  else
    terrace_engine_predict_async (call->engine, (const gint64 *) ids->data, ids->len, NULL, NULL,
                                  call->cancellable, predict_cb, call);
}

static void
forecast_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  TerraceCall *call = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (TerraceReadsForecast) forecast =
      terrace_engine_forecast_finish (TERRACE_ENGINE (source), result, &error);

  if (forecast == NULL)
    terrace_call_fail (call, error);
  else
    terrace_call_answer (call, SOUP_STATUS_OK, terrace_json_reads_forecast (forecast));
}

static void
forecast_object (TerraceCall *call)
{
  terrace_engine_forecast_async (call->engine, call->id, call->cancellable, forecast_cb, call);
}

static void
why_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  TerraceCall *call = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (TerraceWhy) why = terrace_engine_why_finish (TERRACE_ENGINE (source), result, &error);

  if (why == NULL)
    terrace_call_fail (call, error);
  else
    terrace_call_answer (call, SOUP_STATUS_OK, terrace_json_why (why));
}

static void
explain_object (TerraceCall *call)
{
  terrace_engine_why_async (call->engine, call->id, call->cancellable, why_cb, call);
}

static void
train_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  TerraceCall *call = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (TerraceModelReport) report =
      terrace_engine_train_finish (TERRACE_ENGINE (source), result, &error);

  if (report == NULL)
    terrace_call_fail (call, error);
  else
    terrace_call_answer (call, SOUP_STATUS_OK, terrace_json_model_report (report));
}

/* {"seed": 1}, or no body. */
static void
train_model (TerraceCall *call)
{
  g_autoptr (GError) error = NULL;
  JsonObject *object = call->body == NULL ? NULL : terrace_call_get_object (call, &error);
  gint64 seed = DEFAULT_SEED;

  if (error == NULL && object != NULL)
    terrace_call_read_number (object, "seed", 0, G_MAXUINT32, &seed, &error);
  if (error != NULL)
    terrace_call_fail (call, error);
  else
    terrace_engine_train_async (call->engine, (guint) seed, NULL, NULL, call->cancellable, train_cb,
                                call);
}

const TerraceRoute terrace_routes_insight[] = {
  { "POST", "predict/batch", predict_objects },
  { "POST", "predict/{id}", predict_object },
  { "GET", "data-objects/{id}/forecast", forecast_object },
  { "GET", "data-objects/{id}/why", explain_object },
  { "POST", "ml/train", train_model },
  { NULL, NULL, NULL },
};
