/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "engine/terrace-engine.h"

/* What a person can do with chosen objects and moves, the same from every view: asks the engine,
 * then says how it went (terrace-feedback.h). @item_ids: (element-type gint64). */

G_BEGIN_DECLS

void terrace_ui_accept (GtkWidget *widget, TerraceEngine *engine, GArray *item_ids);
void terrace_ui_migrate (GtkWidget *widget,
                         TerraceEngine *engine,
                         GArray *item_ids,
                         gint64 dest_location_id);
void terrace_ui_verify (GtkWidget *widget, TerraceEngine *engine, GArray *item_ids);
/* Asks first. */
void terrace_ui_forget (GtkWidget *widget, TerraceEngine *engine, GArray *item_ids);
/* @move_ids: (element-type gint64) */
void terrace_ui_undo (GtkWidget *widget, TerraceEngine *engine, GArray *move_ids);

G_END_DECLS
