/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

/* A chart the size of a word, without axes: for cells and tiles. */

G_BEGIN_DECLS

#define TERRACE_TYPE_SPARKLINE (terrace_sparkline_get_type ())
G_DECLARE_FINAL_TYPE (TerraceSparkline, terrace_sparkline, TERRACE, SPARKLINE, GtkWidget)

GtkWidget *terrace_sparkline_new (void);

/**
 * terrace_sparkline_set_values:
 * @values: (array length=n_values): the oldest first; at most the last 120 are shown
 * @description: what it says, for who does not see it, and as the tooltip
 */
void terrace_sparkline_set_values (TerraceSparkline *self,
                                   const double *values,
                                   guint n_values,
                                   const char *description);

/* After the values stand @n_expected days of @expected each, fainter; 0: none. */
void terrace_sparkline_set_expected (TerraceSparkline *self, double expected, guint n_expected);

G_END_DECLS
