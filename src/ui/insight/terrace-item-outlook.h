/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "engine/terrace-engine.h"

/* What is foreseen of one object and why: a part of the pane about it. Property: "engine" (once).
 */

G_BEGIN_DECLS

#define TERRACE_TYPE_ITEM_OUTLOOK (terrace_item_outlook_get_type ())
G_DECLARE_FINAL_TYPE (TerraceItemOutlook, terrace_item_outlook, TERRACE, ITEM_OUTLOOK, AdwBin)

/* 0: none. */
void terrace_item_outlook_set_item_id (TerraceItemOutlook *self, gint64 item_id);

G_END_DECLS
