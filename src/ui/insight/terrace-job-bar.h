/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

/* A button that starts something long, and, while it goes on, its progress and a way to stop it.
 * Says afterwards how it ended.
 *
 * Signal "started": the button was pressed; call terrace_job_bar_begin(). */

G_BEGIN_DECLS

#define TERRACE_TYPE_JOB_BAR (terrace_job_bar_get_type ())
G_DECLARE_FINAL_TYPE (TerraceJobBar, terrace_job_bar, TERRACE, JOB_BAR, AdwBin)

/* @label: of the button; @doing: said while it goes on */
GtkWidget *terrace_job_bar_new (const char *label, const char *doing);

/* (transfer none): cancelled by a press of "Cancel", or when the bar goes. Ends in
 * terrace_job_bar_end(). */
GCancellable *terrace_job_bar_begin (TerraceJobBar *self);
/* A TerraceEngineProgress; @user_data is the bar. */
void
terrace_job_bar_progress (guint64 done, guint64 total, const char *current, gpointer user_data);
/* @message: (nullable) */
void terrace_job_bar_end (TerraceJobBar *self, const char *message);
/* Not while it goes on: instead of a press. */
void terrace_job_bar_start (TerraceJobBar *self);

G_END_DECLS
