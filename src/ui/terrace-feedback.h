/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

/* How a view tells the person something, wherever in the window it stands. */

G_BEGIN_DECLS

/* A short message that goes by itself. */
void terrace_ui_toast (GtkWidget *widget, const char *message);
/* The same with an Undo button that takes back @move_ids (element-type gint64). */
void terrace_ui_toast_undo (GtkWidget *widget, const char *message, GArray *move_ids);
/* @what: what was attempted, "Could not export". Stays until it is dismissed; cancelled work is
 * passed over in silence. */
void terrace_ui_report (GtkWidget *widget, const char *what, const GError *error);

G_END_DECLS
