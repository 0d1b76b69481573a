/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "insight/terrace-cost.h"
#include "model/terrace-enums.h"

/* Colours of the charts: after Okabe and Ito, so that people who do not see red or green can tell
 * neighbours apart, darker on light and lighter on dark backgrounds (3:1 at least against
 * each, 4.5:1 with high contrast). */

G_BEGIN_DECLS

/* A colour by its meaning, resolved when it is drawn, because the style may change meanwhile. */
typedef guint TerraceColor;

#define TERRACE_N_SERIES_COLORS 8
/* The nth series of a chart that has no meaning of its own; begins anew after the last colour. */
#define TERRACE_COLOR_SERIES(n) ((TerraceColor) ((n) % TERRACE_N_SERIES_COLORS))
#define TERRACE_COLOR_TIER(tier) ((TerraceColor) (0x100 + (guint) (tier)))
#define TERRACE_COLOR_TERM(term) ((TerraceColor) (0x200 + (guint) (term)))

GdkRGBA terrace_palette_get (TerraceColor color);
/* The same for a style that is named: pure, needs no display. */
GdkRGBA terrace_palette_get_for (TerraceColor color, gboolean dark, gboolean high_contrast);

GdkRGBA terrace_palette_tier (TerraceTier tier);
GdkRGBA terrace_palette_term (TerraceTerm term);
/* For one series. */
GdkRGBA terrace_palette_accent (void);
/* Empty part of a bar: the widget's text colour, faint. */
GdkRGBA terrace_palette_trough (GtkWidget *widget);
/* Redraws @chart when the style turns dark, light or high contrast. */
void terrace_palette_follow_style (GtkWidget *chart);

G_END_DECLS
