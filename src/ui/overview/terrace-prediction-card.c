/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The models' record: how often they were right and what they would have cost beside the plain
 * rule, over time; and, for the newest, how often it was right when it said how sure it was. Main
 * thread. */

#include "config.h"

#include "ui/overview/terrace-prediction-card.h"

#include <glib/gi18n-lib.h>

#include "base/terrace-units.h"
#include "engine/terrace-engine-insight.h"
#include "ui/insight/terrace-reliability-chart.h"
#include "ui/terrace-feedback.h"

#define PAUSE_MS 1000
#define CHART_HEIGHT 180

struct _TerracePredictionCard
{
  TerraceOverviewCard parent_instance;

  GtkLabel *verdict_label;
  TerraceChart *chart;
  TerraceSeries *accuracy;
  TerraceSeries *cost;
  TerraceReliabilityChart *reliability;
};

G_DEFINE_FINAL_TYPE (TerracePredictionCard, terrace_prediction_card, TERRACE_TYPE_OVERVIEW_CARD)

/* @models: newest first */
static void
terrace_prediction_card_show (TerracePredictionCard *self, GPtrArray *models)
{
  g_autoptr (GArray) accuracy = g_array_new (FALSE, FALSE, sizeof (TerracePoint));
  g_autoptr (GArray) cost = g_array_new (FALSE, FALSE, sizeof (TerracePoint));
  const TerraceModelReport *newest = models->len > 0 ? g_ptr_array_index (models, 0) : NULL;

  for (guint i = models->len; i > 0; i--)
    {
      const TerraceModelReport *model = g_ptr_array_index (models, i - 1);
      double seconds = (double) model->trained_us / (double) G_USEC_PER_SEC;
      TerracePoint point = TERRACE_POINT (seconds, model->accuracy);

      /* One that could not be judged has no cost. */
      if (model->held_back_days == 0 || model->cost < 0 || model->rule_cost <= 0)
        continue;
      g_array_append_val (accuracy, point);
      point.y = model->cost / model->rule_cost;
      g_array_append_val (cost, point);
    }
  terrace_series_set_points (self->accuracy, (const TerracePoint *) (gpointer) accuracy->data,
                             accuracy->len);
  terrace_series_set_points (self->cost, (const TerracePoint *) (gpointer) cost->data, cost->len);
  terrace_reliability_chart_set_report (self->reliability, newest);
  gtk_label_set_text (self->verdict_label,
                      newest != NULL ? newest->verdict :
                                       _ ("No model was trained yet: the plain rule decides. Train "
                                          "one when objects have been used for some weeks."));
}

static void
models_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TerracePredictionCard) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) models = NULL;

  models = terrace_engine_list_models_finish (TERRACE_ENGINE (object), result, &error);
  if (models == NULL)
    {
      terrace_ui_report (GTK_WIDGET (self), _ ("Could not read the models"), error);
      return;
    }
  if (terrace_overview_card_get_engine (TERRACE_OVERVIEW_CARD (self)) != NULL)
    terrace_prediction_card_show (self, models);
}

static void
terrace_prediction_card_ask (TerraceOverviewCard *card,
                             TerraceEngine *engine,
                             GCancellable *cancellable)
{
  terrace_engine_list_models_async (engine, cancellable, models_cb, g_object_ref (card));
}

static void
terrace_prediction_card_finalize (GObject *object)
{
  TerracePredictionCard *self = TERRACE_PREDICTION_CARD (object);

  g_clear_object (&self->accuracy);
  g_clear_object (&self->cost);
  G_OBJECT_CLASS (terrace_prediction_card_parent_class)->finalize (object);
}

static void
terrace_prediction_card_class_init (TerracePredictionCardClass *klass)
{
  TerraceOverviewCardClass *card_class = TERRACE_OVERVIEW_CARD_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = terrace_prediction_card_finalize;
  card_class->changes = TERRACE_CATALOG_SETTINGS;
  card_class->pause_ms = PAUSE_MS;
  card_class->ask = terrace_prediction_card_ask;
}

static GtkWidget *
create_heading (void)
{
  GtkWidget *heading = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *title = terrace_overview_label_new (_ ("Prediction"), "heading");
  GtkWidget *button = gtk_button_new_with_mnemonic (_ ("_More…"));

  gtk_widget_set_hexpand (title, TRUE);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "win.show-prediction");
  gtk_widget_add_css_class (button, "flat");
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("More About Prediction"), -1);
  gtk_box_append (GTK_BOX (heading), title);
  gtk_box_append (GTK_BOX (heading), button);
  return heading;
}

static void
terrace_prediction_card_build_chart (TerracePredictionCard *self, GtkBox *box)
{
  GtkWidget *chart =
      terrace_chart_new (_ ("Models over Time"), TERRACE_UNIT_TIME, TERRACE_UNIT_FRACTION);

  self->chart = TERRACE_CHART (chart);
  self->accuracy = terrace_series_new (_ ("Right about the tier"), 0);
  self->cost = terrace_series_new (_ ("Cost against the plain rule"), 0);
  terrace_chart_add (self->chart, self->accuracy, TERRACE_MARK_LINE, TERRACE_COLOR_SERIES (0));
  terrace_chart_add (self->chart, self->cost, TERRACE_MARK_LINE, TERRACE_COLOR_SERIES (1));
  terrace_chart_set_placeholder (self->chart, _ ("Each model that learnt enough to be judged adds "
                                                 "a point here."));
  gtk_widget_set_size_request (chart, -1, CHART_HEIGHT);
  gtk_widget_set_vexpand (chart, TRUE);
  gtk_box_append (box, chart);
}

static void
append_part (GtkFlowBox *parts, GtkBox *box)
{
  GtkWidget *child = gtk_flow_box_child_new ();

  gtk_widget_set_focusable (child, FALSE);
  gtk_flow_box_child_set_child (GTK_FLOW_BOX_CHILD (child), GTK_WIDGET (box));
  gtk_flow_box_append (parts, child);
}

static void
terrace_prediction_card_init (TerracePredictionCard *self)
{
  GtkFlowBox *parts = GTK_FLOW_BOX (gtk_flow_box_new ());
  GtkBox *record = terrace_overview_box_new (NULL);
  GtkBox *honesty = terrace_overview_box_new (NULL);

  gtk_flow_box_set_selection_mode (parts, GTK_SELECTION_NONE);
  gtk_flow_box_set_homogeneous (parts, TRUE);
  gtk_flow_box_set_max_children_per_line (parts, 2);
  gtk_flow_box_set_row_spacing (parts, 6);
  gtk_flow_box_set_column_spacing (parts, 6);
  gtk_accessible_update_property (GTK_ACCESSIBLE (parts), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Prediction"), -1);

  gtk_box_append (record, create_heading ());
  self->verdict_label = GTK_LABEL (terrace_overview_label_new (NULL, "dim-label"));
  gtk_box_append (record, GTK_WIDGET (self->verdict_label));
  terrace_prediction_card_build_chart (self, record);
  append_part (parts, record);
  self->reliability = g_object_new (TERRACE_TYPE_RELIABILITY_CHART, "vexpand", TRUE, NULL);
  gtk_box_append (honesty, GTK_WIDGET (self->reliability));
  append_part (parts, honesty);
  adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (parts));
}
