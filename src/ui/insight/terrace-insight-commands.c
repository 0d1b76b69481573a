/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Predict and optimise: a call of the engine each, and a sentence about the outcome. Main thread.
 */

#include "config.h"

#include "ui/insight/terrace-insight-commands.h"

#include <glib/gi18n-lib.h>

#include "engine/terrace-engine-insight.h"
#include "ui/terrace-commands.h"
#include "ui/terrace-feedback.h"
#include "ui/terrace-format.h"

/* inputs: widget, engine, ids (nullable: all), moves_after. In progress: n_predicted. */
typedef struct
{
  GtkWidget *widget;
  TerraceEngine *engine;
  GArray *ids;
  gboolean moves_after;
  guint64 n_predicted;
} Command;

static void
command_free (Command *command)
{
  g_clear_object (&command->widget);
  g_clear_object (&command->engine);
  g_clear_pointer (&command->ids, g_array_unref);
  g_free (command);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Command, command_free)

static Command *
command_new (GtkWidget *widget, TerraceEngine *engine, GArray *ids)
{
  Command *command = g_new0 (Command, 1);

  command->widget = g_object_ref (widget);
  command->engine = g_object_ref (engine);
  command->ids = ids != NULL ? g_array_ref (ids) : NULL;
  return command;
}

/* --- Predict ------------------------------------------------------------------------------- */

/* (transfer full): "Predicted: Cold, 84 % sure, 0.3 reads in 30 days" */
static char *
describe_one (const TerracePrediction *prediction)
{
  if (prediction->by_model && prediction->confidence > 0)
    /* Translators: 1st: a tier; 2nd: a percentage; 3rd: a number of reads */
    return g_strdup_printf (_ ("Predicted: %1$s, %2$.0f %% sure, %3$.1f reads in 30 days"),
                            terrace_ui_tier_label (prediction->tier),
                            prediction->confidence * 100.0, prediction->outlook.ranges[1].expected);
  /* Translators: 1st: a tier; 2nd: a number of reads */
  return g_strdup_printf (_ ("By the plain rule: %1$s, %2$.1f reads in 30 days"),
                          terrace_ui_tier_label (prediction->tier),
                          prediction->outlook.ranges[1].expected);
}

static void
predict_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Command) command = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) predictions = NULL;
  g_autofree char *count = NULL;
  g_autofree char *text = NULL;
  guint64 n_predicted = 0;

  predictions =
      terrace_engine_predict_finish (TERRACE_ENGINE (object), result, &n_predicted, &error);
  if (predictions == NULL)
    {
      terrace_ui_report (command->widget, _ ("Could not predict"), error);
      return;
    }
  if (command->moves_after)
    {
      terrace_ui_accept (command->widget, command->engine, command->ids);
      return;
    }
  count = terrace_ui_format_count (n_predicted);
  if (command->ids != NULL && predictions->len == 1)
    text = describe_one (&g_array_index (predictions, TerracePrediction, 0));
  else
    text = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%s object predicted and planned anew",
                                         "%s objects predicted and planned anew", n_predicted),
                            count);
  terrace_ui_toast (command->widget, text);
}

static void
predict (Command *command)
{
  terrace_engine_predict_async (command->engine,
                                command->ids != NULL ?
                                    (const gint64 *) (gpointer) command->ids->data :
                                    NULL,
                                command->ids != NULL ? command->ids->len : 0, NULL, NULL, NULL,
                                predict_cb, command);
}

void
terrace_ui_predict (GtkWidget *widget, TerraceEngine *engine, GArray *item_ids)
{
  g_return_if_fail (GTK_IS_WIDGET (widget));
  g_return_if_fail (TERRACE_IS_ENGINE (engine));
  g_return_if_fail (item_ids != NULL);

  /* To the engine, no ids at all would mean every object. */
  if (item_ids->len > 0)
    predict (command_new (widget, engine, item_ids));
  else
    terrace_ui_toast (widget, _ ("Choose objects first, then predict"));
}

void
terrace_ui_predict_all (GtkWidget *widget, TerraceEngine *engine)
{
  g_return_if_fail (GTK_IS_WIDGET (widget));
  g_return_if_fail (TERRACE_IS_ENGINE (engine));

  terrace_ui_toast (widget, _ ("Predicting all objects…"));
  predict (command_new (widget, engine, NULL));
}

/* --- Optimise ------------------------------------------------------------------------------ */

void
terrace_ui_optimise (GtkWidget *widget, TerraceEngine *engine, GArray *item_ids)
{
  Command *command;

  g_return_if_fail (GTK_IS_WIDGET (widget));
  g_return_if_fail (TERRACE_IS_ENGINE (engine));
  g_return_if_fail (item_ids != NULL);

  if (item_ids->len == 0)
    {
      terrace_ui_toast (widget, _ ("Choose objects first, then optimise"));
      return;
    }
  command = command_new (widget, engine, item_ids);
  command->moves_after = TRUE;
  predict (command);
}

static void
plan_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Command) command = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *count = NULL;
  g_autofree char *saving = NULL;
  g_autofree char *text = NULL;
  TerracePlanSummary summary;

  if (!terrace_engine_plan_finish (TERRACE_ENGINE (object), result, &summary, &error))
    {
      terrace_ui_report (command->widget, _ ("Could not plan"), error);
      return;
    }
  if (summary.recommended == 0)
    {
      terrace_ui_toast (command->widget, _ ("Every object is where it belongs"));
      return;
    }
  count = terrace_ui_format_count (summary.recommended);
  saving =
      terrace_ui_format_nanos (summary.saving_nanos, terrace_engine_get_currency (command->engine));
  text = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%s move would save %s a month",
                                       "%s moves would save %s a month", summary.recommended),
                          count, saving);
  gtk_widget_activate_action (command->widget, "win.show-view", "s", "plan");
  terrace_ui_toast (command->widget, text);
}

static void
optimise_predicted_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Command) command = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) predictions = NULL;

  predictions = terrace_engine_predict_finish (TERRACE_ENGINE (object), result, NULL, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  /* Without history there is nothing to foresee, but a plan can be made. */
  terrace_engine_plan_async (command->engine, NULL, NULL, NULL, plan_cb, command);
  command = NULL;
}

void
terrace_ui_optimise_all (GtkWidget *widget, TerraceEngine *engine)
{
  g_return_if_fail (GTK_IS_WIDGET (widget));
  g_return_if_fail (TERRACE_IS_ENGINE (engine));

  terrace_ui_toast (widget, _ ("Planning all objects anew…"));
  terrace_engine_predict_async (engine, NULL, 0, NULL, NULL, NULL, optimise_predicted_cb,
                                command_new (widget, engine, NULL));
}
