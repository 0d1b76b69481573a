/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Start, progress, cancel and outcome of something long. Main thread. */

#include "config.h"

#include "ui/insight/terrace-job-bar.h"

#include <glib/gi18n-lib.h>

struct _TerraceJobBar
{
  AdwBin parent_instance;

  GCancellable *cancellable; /* while it goes on */

  GtkWidget *start_button;
  GtkWidget *running_box;
  GtkWidget *cancel_button;
  GtkProgressBar *progress_bar;
  GtkLabel *message_label;
};

G_DEFINE_FINAL_TYPE (TerraceJobBar, terrace_job_bar, ADW_TYPE_BIN)

enum
{
  STARTED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
cancel_cb (TerraceJobBar *self)
{
  g_cancellable_cancel (self->cancellable);
  gtk_widget_set_sensitive (self->cancel_button, FALSE);
}

void
terrace_job_bar_start (TerraceJobBar *self)
{
  g_return_if_fail (TERRACE_IS_JOB_BAR (self));

  if (self->cancellable == NULL)
    g_signal_emit (self, signals[STARTED], 0);
}

static void
terrace_job_bar_dispose (GObject *object)
{
  TerraceJobBar *self = TERRACE_JOB_BAR (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  G_OBJECT_CLASS (terrace_job_bar_parent_class)->dispose (object);
}

static void
terrace_job_bar_class_init (TerraceJobBarClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = terrace_job_bar_dispose;

  signals[STARTED] = g_signal_new ("started", TERRACE_TYPE_JOB_BAR, G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
terrace_job_bar_init (TerraceJobBar *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);

  self->start_button = gtk_button_new ();
  gtk_widget_set_halign (self->start_button, GTK_ALIGN_START);
  gtk_widget_add_css_class (self->start_button, "suggested-action");
  g_signal_connect_object (self->start_button, "clicked", G_CALLBACK (terrace_job_bar_start), self,
                           G_CONNECT_SWAPPED);
  self->running_box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  self->progress_bar = GTK_PROGRESS_BAR (gtk_progress_bar_new ());
  gtk_progress_bar_set_show_text (self->progress_bar, TRUE);
  gtk_widget_set_hexpand (GTK_WIDGET (self->progress_bar), TRUE);
  gtk_widget_set_valign (GTK_WIDGET (self->progress_bar), GTK_ALIGN_CENTER);
  self->cancel_button = gtk_button_new_with_mnemonic (_ ("_Cancel"));
  g_signal_connect_object (self->cancel_button, "clicked", G_CALLBACK (cancel_cb), self,
                           G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (self->running_box), GTK_WIDGET (self->progress_bar));
  gtk_box_append (GTK_BOX (self->running_box), self->cancel_button);
  gtk_widget_set_visible (self->running_box, FALSE);
  self->message_label = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_xalign (self->message_label, 0);
  gtk_label_set_wrap (self->message_label, TRUE);
  gtk_label_set_selectable (self->message_label, TRUE);
  gtk_widget_set_visible (GTK_WIDGET (self->message_label), FALSE);
  gtk_box_append (GTK_BOX (box), self->start_button);
  gtk_box_append (GTK_BOX (box), self->running_box);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->message_label));
  adw_bin_set_child (ADW_BIN (self), box);
}

GtkWidget *
terrace_job_bar_new (const char *label, const char *doing)
{
  TerraceJobBar *self;

  g_return_val_if_fail (label != NULL, NULL);
  g_return_val_if_fail (doing != NULL, NULL);

  self = g_object_new (TERRACE_TYPE_JOB_BAR, NULL);
  gtk_button_set_label (GTK_BUTTON (self->start_button), label);
  gtk_button_set_use_underline (GTK_BUTTON (self->start_button), TRUE);
  gtk_progress_bar_set_text (self->progress_bar, doing);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->progress_bar),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, doing, -1);
  return GTK_WIDGET (self);
}

GCancellable *
terrace_job_bar_begin (TerraceJobBar *self)
{
  g_return_val_if_fail (TERRACE_IS_JOB_BAR (self), NULL);
  g_return_val_if_fail (self->cancellable == NULL, NULL);

  self->cancellable = g_cancellable_new ();
  gtk_progress_bar_set_fraction (self->progress_bar, 0);
  gtk_widget_set_sensitive (self->cancel_button, TRUE);
  gtk_widget_set_visible (self->start_button, FALSE);
  gtk_widget_set_visible (GTK_WIDGET (self->message_label), FALSE);
  gtk_widget_set_visible (self->running_box, TRUE);
  return self->cancellable;
}

void
terrace_job_bar_progress (guint64 done, guint64 total, const char *current, gpointer user_data)
{
  TerraceJobBar *self = user_data;

  g_return_if_fail (TERRACE_IS_JOB_BAR (self));

  if (self->cancellable != NULL && total > 0)
    gtk_progress_bar_set_fraction (self->progress_bar, MIN ((double) done / (double) total, 1));
}

void
terrace_job_bar_end (TerraceJobBar *self, const char *message)
{
  g_return_if_fail (TERRACE_IS_JOB_BAR (self));

  g_clear_object (&self->cancellable);
  gtk_widget_set_visible (self->running_box, FALSE);
  gtk_widget_set_visible (self->start_button, TRUE);
  gtk_label_set_text (self->message_label, message != NULL ? message : "");
  gtk_widget_set_visible (GTK_WIDGET (self->message_label), message != NULL);
}
