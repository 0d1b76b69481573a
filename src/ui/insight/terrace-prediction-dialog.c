/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A window with two pages; what they show is theirs. Closing it cancels what they do. Main thread.
 */

#include "config.h"

#include "ui/insight/terrace-prediction-dialog.h"

#include <glib/gi18n-lib.h>

#include "ui/insight/terrace-backtest-page.h"
#include "ui/insight/terrace-model-page.h"

#define WIDTH 720
#define HEIGHT 720
#define MARGIN 18

struct _TerracePredictionDialog
{
  AdwWindow parent_instance;

  GtkStack *stack;
};

G_DEFINE_FINAL_TYPE (TerracePredictionDialog, terrace_prediction_dialog, ADW_TYPE_WINDOW)

static void
terrace_prediction_dialog_class_init (TerracePredictionDialogClass *klass)
{
  gtk_widget_class_add_binding_action (GTK_WIDGET_CLASS (klass), GDK_KEY_Escape, 0, "window.close",
                                       NULL);
}

static void
terrace_prediction_dialog_init (TerracePredictionDialog *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *header = adw_header_bar_new ();
  GtkWidget *switcher = gtk_stack_switcher_new ();

  self->stack = GTK_STACK (gtk_stack_new ());
  gtk_widget_set_vexpand (GTK_WIDGET (self->stack), TRUE);
  gtk_stack_set_hhomogeneous (self->stack, FALSE);
  gtk_stack_switcher_set_stack (GTK_STACK_SWITCHER (switcher), self->stack);
  adw_header_bar_set_title_widget (ADW_HEADER_BAR (header), switcher);
  gtk_box_append (GTK_BOX (box), header);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->stack));
  adw_window_set_content (ADW_WINDOW (self), box);
}

static void
terrace_prediction_dialog_add_page (TerracePredictionDialog *self,
                                    GtkWidget *page,
                                    const char *name,
                                    const char *title)
{
  GtkWidget *scrolled = gtk_scrolled_window_new ();
  GtkWidget *clamp = adw_clamp_new ();

  gtk_widget_set_margin_top (page, MARGIN);
  gtk_widget_set_margin_bottom (page, MARGIN);
  gtk_widget_set_margin_start (page, MARGIN);
  gtk_widget_set_margin_end (page, MARGIN);
  adw_clamp_set_maximum_size (ADW_CLAMP (clamp), WIDTH);
  adw_clamp_set_child (ADW_CLAMP (clamp), page);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), clamp);
  gtk_stack_add_titled (self->stack, scrolled, name, title);
}

GtkWindow *
terrace_prediction_dialog_new (GtkWindow *parent, TerraceEngine *engine, gboolean train)
{
  TerracePredictionDialog *self;
  GtkWidget *model_page;

  g_return_val_if_fail (TERRACE_IS_ENGINE (engine), NULL);

  self = g_object_new (TERRACE_TYPE_PREDICTION_DIALOG, "transient-for", parent, "modal", TRUE,
                       "default-width", WIDTH, "default-height", HEIGHT, "title", _ ("Prediction"),
                       NULL);
  model_page = terrace_model_page_new (engine);
  terrace_prediction_dialog_add_page (self, model_page, "model", _ ("Model"));
  terrace_prediction_dialog_add_page (self, terrace_backtest_page_new (engine), "backtest",
                                      _ ("Back-Test"));
  if (train)
    terrace_model_page_train (TERRACE_MODEL_PAGE (model_page));
  return GTK_WINDOW (self);
}
