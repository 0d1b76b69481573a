/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The report of the newest model as a list of figures, with the chart of how sure it is. Main
 * thread. */

#include "config.h"

#include "ui/insight/terrace-model-page.h"

#include <glib/gi18n-lib.h>

#include "base/terrace-units.h"
#include "engine/terrace-engine-insight.h"
#include "ui/insight/terrace-job-bar.h"
#include "ui/insight/terrace-reliability-chart.h"
#include "ui/terrace-format.h"

#define SEED 1

struct _TerraceModelPage
{
  AdwBin parent_instance;

  TerraceEngine *engine;
  GCancellable *cancellable; /* of reading the models */

  TerraceJobBar *job_bar;
  GtkLabel *verdict_label;
  GtkGrid *figures;
  TerraceReliabilityChart *reliability;
  GtkWidget *features;
  GtkLabel *features_label;
};

G_DEFINE_FINAL_TYPE (TerraceModelPage, terrace_model_page, ADW_TYPE_BIN)

/* --- Display ------------------------------------------------------------------------------- */

/* @value: (transfer full) */
static void
add_figure (TerraceModelPage *self, const char *name, char *value)
{
  int row = 0;
  GtkWidget *name_label = gtk_label_new (name);
  GtkWidget *value_label = gtk_label_new (value);

  while (gtk_grid_get_child_at (self->figures, 0, row) != NULL)
    row++;
  gtk_label_set_xalign (GTK_LABEL (name_label), 0);
  gtk_label_set_wrap (GTK_LABEL (name_label), TRUE);
  gtk_label_set_yalign (GTK_LABEL (name_label), 0);
  gtk_widget_add_css_class (name_label, "dim-label");
  gtk_label_set_xalign (GTK_LABEL (value_label), 0);
  gtk_label_set_wrap (GTK_LABEL (value_label), TRUE);
  gtk_label_set_selectable (GTK_LABEL (value_label), TRUE);
  gtk_widget_set_hexpand (value_label, TRUE);
  gtk_grid_attach (self->figures, name_label, 0, row, 1, 1);
  gtk_grid_attach (self->figures, value_label, 1, row, 1, 1);
  g_free (value);
}

static void
add_judgement (TerraceModelPage *self, const TerraceModelReport *report)
{
  const char *currency = terrace_engine_get_currency (self->engine);
  g_autofree char *cost = terrace_format_money (report->cost, currency);
  g_autofree char *rule = terrace_format_money (report->rule_cost, currency);
  g_autofree char *optimum = terrace_format_money (report->optimum, currency);

  if (report->held_back_days == 0)
    return;
  add_figure (self, _ ("Judged on"),
              g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%d day it did not learn from",
                                            "%d days it did not learn from",
                                            (gulong) report->held_back_days),
                               report->held_back_days));
  if (report->cost >= 0)
    add_figure (self, _ ("Cost of these days, by the model"), g_steal_pointer (&cost));
  add_figure (self, _ ("By the best plain rule"), g_steal_pointer (&rule));
  add_figure (self, _ ("The least possible, in hindsight"), g_steal_pointer (&optimum));
  if (report->accuracy > 0)
    /* Translators: a percentage and a number between 0 and 1 */
    add_figure (self, _ ("Right about the tier"),
                g_strdup_printf (_ ("%.0f %% of the cases (macro-F1 %.2f)"),
                                 report->accuracy * 100.0, report->macro_f1));
}

static void
add_forecasts (TerraceModelPage *self, const TerraceModelReport *report)
{
  for (guint i = 0; i < TERRACE_N_HORIZONS; i++)
    {
      g_autofree char *name = g_strdup_printf (_ ("Reads in %d days"), terrace_outlook_days[i]);

      if (report->coverage[i] < 0)
        add_figure (self, name, g_strdup (_ ("Too few days yet to judge a forecast by")));
      else
        /* Translators: a method, and two percentages */
        add_figure (self, name,
                    g_strdup_printf (_ ("By %1$s: %2$.0f %% inside the interval, meant were "
                                        "%3$.0f %%"),
                                     terrace_reads_method_get_label (report->methods[i]),
                                     report->coverage[i] * 100.0,
                                     report->nominal_coverage * 100.0));
    }
}

static void
terrace_model_page_show (TerraceModelPage *self, const TerraceModelReport *report)
{
  g_autofree char *features = g_strjoinv (", ", report->features);
  g_autofree char *objects = terrace_ui_format_count (report->n_objects);
  g_autofree char *rows = terrace_ui_format_count (report->n_rows);
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->figures))) != NULL)
    gtk_grid_remove (self->figures, child);
  gtk_label_set_text (self->verdict_label, report->verdict);
  add_figure (self, _ ("Model"),
              g_strdup_printf ("%" G_GINT64_FORMAT " (%s)", report->version, report->decided_by));
  add_figure (self, _ ("Trained"), terrace_ui_format_when (report->trained_us));
  /* Translators: two numbers, of rows and of objects */
  add_figure (self, _ ("Learnt from"),
              g_strdup_printf (_ ("%1$s situations of %2$s objects"), rows, objects));
  add_judgement (self, report);
  add_forecasts (self, report);
  /* Translators: two numbers between 0 and 1 */
  add_figure (self, _ ("Drift since then"),
              g_strdup_printf (_ ("%.2f (from %.2f on it is trained again)"), report->drift,
                               TERRACE_DRIFT_LIMIT));
  terrace_reliability_chart_set_report (self->reliability, report);
  gtk_label_set_text (self->features_label, features);
  gtk_widget_set_visible (self->features, *features != '\0');
}

static void
models_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TerraceModelPage) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) models = NULL;

  models = terrace_engine_list_models_finish (TERRACE_ENGINE (object), result, &error);
  if (self->engine == NULL)
    return;
  if (models == NULL)
    gtk_label_set_text (self->verdict_label, error->message);
  else if (models->len > 0)
    terrace_model_page_show (self, g_ptr_array_index (models, 0));
}

/* --- Training ------------------------------------------------------------------------------ */

static void
trained_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TerraceModelPage) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (TerraceModelReport) report = NULL;

  report = terrace_engine_train_finish (TERRACE_ENGINE (object), result, &error);
  if (self->engine == NULL)
    return;
  if (report != NULL)
    {
      terrace_job_bar_end (self->job_bar, _ ("A model was trained."));
      terrace_model_page_show (self, report);
    }
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    terrace_job_bar_end (self->job_bar, _ ("Cancelled. The model before it is still used."));
  else
    terrace_job_bar_end (self->job_bar, error->message);
}

static void
started_cb (TerraceModelPage *self)
{
  GCancellable *cancellable = terrace_job_bar_begin (self->job_bar);

  terrace_engine_train_async (self->engine, SEED, terrace_job_bar_progress, self->job_bar,
                              cancellable, trained_cb, g_object_ref (self));
}

void
terrace_model_page_train (TerraceModelPage *self)
{
  g_return_if_fail (TERRACE_IS_MODEL_PAGE (self));

  terrace_job_bar_start (self->job_bar);
}

/* --- Object -------------------------------------------------------------------------------- */

static void
terrace_model_page_dispose (GObject *object)
{
  TerraceModelPage *self = TERRACE_MODEL_PAGE (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->engine);
  G_OBJECT_CLASS (terrace_model_page_parent_class)->dispose (object);
}

static void
terrace_model_page_finalize (GObject *object)
{
  TerraceModelPage *self = TERRACE_MODEL_PAGE (object);

  g_clear_object (&self->cancellable);
  /* The engine tells its progress until it has noticed the cancelling. */
  g_clear_object (&self->job_bar);
  G_OBJECT_CLASS (terrace_model_page_parent_class)->finalize (object);
}

static void
terrace_model_page_class_init (TerraceModelPageClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = terrace_model_page_dispose;
  G_OBJECT_CLASS (klass)->finalize = terrace_model_page_finalize;
}

static void
terrace_model_page_init (TerraceModelPage *self)
{
  GtkBox *box = GTK_BOX (gtk_box_new (GTK_ORIENTATION_VERTICAL, 18));

  self->cancellable = g_cancellable_new ();
  self->verdict_label = GTK_LABEL (gtk_label_new (
      _ ("No model was trained yet: the plain rule decides where objects belong. Training learns "
         "how they are used, and decides instead only where that would have cost less.")));
  gtk_label_set_xalign (self->verdict_label, 0);
  gtk_label_set_wrap (self->verdict_label, TRUE);
  gtk_label_set_selectable (self->verdict_label, TRUE);
  gtk_box_append (box, GTK_WIDGET (self->verdict_label));
  self->job_bar = TERRACE_JOB_BAR (g_object_ref_sink (
      terrace_job_bar_new (_ ("_Train Model"), _ ("Learning how objects are used"))));
  g_signal_connect_object (self->job_bar, "started", G_CALLBACK (started_cb), self,
                           G_CONNECT_SWAPPED);
  gtk_box_append (box, GTK_WIDGET (self->job_bar));
  self->figures = GTK_GRID (gtk_grid_new ());
  gtk_grid_set_row_spacing (self->figures, 6);
  gtk_grid_set_column_spacing (self->figures, 18);
  gtk_box_append (box, GTK_WIDGET (self->figures));
  self->reliability = g_object_new (TERRACE_TYPE_RELIABILITY_CHART, NULL);
  gtk_box_append (box, GTK_WIDGET (self->reliability));
  self->features_label = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_xalign (self->features_label, 0);
  gtk_label_set_wrap (self->features_label, TRUE);
  self->features = gtk_expander_new (_ ("What the model looks at"));
  gtk_expander_set_child (GTK_EXPANDER (self->features), GTK_WIDGET (self->features_label));
  gtk_widget_set_visible (self->features, FALSE);
  gtk_box_append (box, self->features);
  adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (box));
}

GtkWidget *
terrace_model_page_new (TerraceEngine *engine)
{
  TerraceModelPage *self;

  g_return_val_if_fail (TERRACE_IS_ENGINE (engine), NULL);

  self = g_object_new (TERRACE_TYPE_MODEL_PAGE, NULL);
  self->engine = g_object_ref (engine);
  terrace_engine_list_models_async (engine, self->cancellable, models_cb, g_object_ref (self));
  return GTK_WIDGET (self);
}
