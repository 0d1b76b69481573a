/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "engine/terrace-engine.h"

/* Predicting and optimising chosen objects, or all, the same from every view: asks the engine, then
 * says how it went (terrace-feedback.h). @item_ids: (element-type gint64). Main thread. */

G_BEGIN_DECLS

/* Keeps the forecasts and plans the objects with them. */
void terrace_ui_predict (GtkWidget *widget, TerraceEngine *engine, GArray *item_ids);
/* The same, then starts the moves that are recommended. */
void terrace_ui_optimise (GtkWidget *widget, TerraceEngine *engine, GArray *item_ids);
/* Of all objects. Nothing moves: it ends in a plan to look at. */
void terrace_ui_predict_all (GtkWidget *widget, TerraceEngine *engine);
void terrace_ui_optimise_all (GtkWidget *widget, TerraceEngine *engine);

G_END_DECLS
