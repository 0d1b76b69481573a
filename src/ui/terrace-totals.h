/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/terrace-engine.h"

/* The catalogue's counters as the window shows them: asked for again, at most a few times a second,
 * when the catalogue changes. One for the whole window. Main thread.
 *
 * Properties: "loaded" (boolean), "items", "size-bytes", "planned-items", "open-moves",
 * "failed-moves" (uint64), "monthly-nanos", "planned-saving-nanos" (int64), "currency" (string).
 * Signal "updated": after any of them may have changed. */

G_BEGIN_DECLS

#define TERRACE_TYPE_TOTALS (terrace_totals_get_type ())
G_DECLARE_FINAL_TYPE (TerraceTotals, terrace_totals, TERRACE, TOTALS, GObject)

/* (transfer full): asks at once. */
TerraceTotals *terrace_totals_new (TerraceEngine *engine);
/* (transfer none) (nullable): %NULL until the first answer. */
const TerraceStats *terrace_totals_get_stats (TerraceTotals *self);

G_END_DECLS
