/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "engine/terrace-engine.h"

/* Columns of what is foreseen of a TerraceItem: its reads as a sparkline, and its tier. Cells are
 * filled when their forecast has been read. Main thread. */

G_BEGIN_DECLS

/* Puts each beside the column that it is about; they have no order to sort by.
 * terrace_item_column_get() knows them. */
void terrace_forecast_columns_add (GtkColumnView *view, TerraceEngine *engine);

G_END_DECLS
