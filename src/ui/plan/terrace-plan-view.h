/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "catalog/terrace-item-list.h"
#include "ui/terrace-totals.h"

/* The recommended moves: what each saves, what it costs, when it has paid; to accept all or some.
 * Properties: "engine" (once), "totals". */

G_BEGIN_DECLS

#define TERRACE_TYPE_PLAN_VIEW (terrace_plan_view_get_type ())
G_DECLARE_FINAL_TYPE (TerracePlanView, terrace_plan_view, TERRACE, PLAN_VIEW, AdwBin)

/* (transfer none) (nullable) */
TerraceItemList *terrace_plan_view_get_list (TerracePlanView *self);

G_END_DECLS
