/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "insight/terrace-cost.h"
#include "model/terrace-enums.h"

/* Colours of the charts: after Okabe and Ito, so that people who do not see red or green can tell
 * neighbours apart, darker on light and lighter on dark backgrounds (3:1 at least against both). */

G_BEGIN_DECLS

GdkRGBA terrace_palette_tier (TerraceTier tier);
GdkRGBA terrace_palette_term (TerraceTerm term);
/* For one series. */
GdkRGBA terrace_palette_accent (void);
/* Empty part of a bar: the widget's text colour, faint. */
GdkRGBA terrace_palette_trough (GtkWidget *widget);
/* Redraws @chart when the style turns dark, light or high contrast. */
void terrace_palette_follow_style (GtkWidget *chart);

G_END_DECLS
