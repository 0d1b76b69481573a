/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "catalog/terrace-cost-table.h"
#include "engine/terrace-engine-insight.h"
#include "model/terrace-alert.h"
#include "model/terrace-event.h"

/* What a row of each export says. Pure; any thread. Column names are not translated: programs read
 * them. */

G_BEGIN_DECLS

/* @names: (element-type gint64 utf8): of locations by id. */
void terrace_export_header (GString *rows, TerraceExportKind kind);
void terrace_export_item (GString *rows, TerraceItem *item, GHashTable *names);
void terrace_export_plan_entry (GString *rows, TerraceItem *item, GHashTable *names);
void terrace_export_move (GString *rows, TerraceMove *move, GHashTable *names);
void terrace_export_event (GString *rows, TerraceEvent *event, GHashTable *names);
void terrace_export_alert (GString *rows, TerraceAlert *alert, GHashTable *names);
void terrace_export_cost (GString *rows, const TerraceCostDay *day, GHashTable *names);
void terrace_export_regret (GString *rows, const TerraceRegretEntry *entry);

G_END_DECLS
