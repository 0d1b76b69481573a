/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "catalog/terrace-item-list.h"
#include "engine/terrace-engine.h"

/* All objects: search, filters, a sorted table, what to do with the chosen ones, and a pane about
 * the one that is chosen. Properties: "engine" (once), "narrow", "details-visible". */

G_BEGIN_DECLS

#define TERRACE_TYPE_OBJECTS_VIEW (terrace_objects_view_get_type ())
G_DECLARE_FINAL_TYPE (TerraceObjectsView, terrace_objects_view, TERRACE, OBJECTS_VIEW, AdwBin)

/* (transfer none) (nullable): what is shown, with its filter and order; for the export. */
TerraceItemList *terrace_objects_view_get_list (TerraceObjectsView *self);
/* (transfer full) (element-type gint64): what is selected. */
GArray *terrace_objects_view_get_chosen (TerraceObjectsView *self);
void terrace_objects_view_focus_search (TerraceObjectsView *self);

G_END_DECLS
