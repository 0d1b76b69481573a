/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

/* One horizontal bar made of coloured parts. Its accessible description lists the parts. */

G_BEGIN_DECLS

#define TERRACE_TYPE_STACKED_BAR (terrace_stacked_bar_get_type ())
G_DECLARE_FINAL_TYPE (TerraceStackedBar, terrace_stacked_bar, TERRACE, STACKED_BAR, GtkWidget)

GtkWidget *terrace_stacked_bar_new (void);

/* Takes all parts away. */
void terrace_stacked_bar_clear (TerraceStackedBar *self);
/* @text: for people: "Storage $1.20"; parts of no value are left out. */
void terrace_stacked_bar_append (TerraceStackedBar *self,
                                 double value,
                                 const GdkRGBA *color,
                                 const char *text);
/* What the whole width stands for; 0: the sum of the parts. */
void terrace_stacked_bar_set_scale (TerraceStackedBar *self, double scale);
/* @label: what the bar is about. Call it after the parts are in: it reads them out. */
void terrace_stacked_bar_describe (TerraceStackedBar *self, const char *label);

G_END_DECLS
