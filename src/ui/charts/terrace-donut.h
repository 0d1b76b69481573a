/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

/* How much lies on each tier: a ring with a sum in the middle. The values are in its accessible
 * description. */

G_BEGIN_DECLS

#define TERRACE_TYPE_DONUT (terrace_donut_get_type ())
G_DECLARE_FINAL_TYPE (TerraceDonut, terrace_donut, TERRACE, DONUT, GtkWidget)

/* @values: one per TerraceTier. @title and @subtitle stand in the middle; @description reads the
 * values out. */
void terrace_donut_set_values (TerraceDonut *self,
                               const double *values,
                               const char *title,
                               const char *subtitle,
                               const char *description);

G_END_DECLS
