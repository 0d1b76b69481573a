/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "engine/terrace-engine.h"

/* All that is known of one object: temperature, accesses, the bill everywhere, the reason, copies
 * and history. Property: "engine" (once). */

G_BEGIN_DECLS

#define TERRACE_TYPE_DETAILS (terrace_details_get_type ())
G_DECLARE_FINAL_TYPE (TerraceDetails, terrace_details, TERRACE, DETAILS, AdwBin)

/* 0: nothing is chosen. */
void terrace_details_set_item_id (TerraceDetails *self, gint64 item_id);

G_END_DECLS
