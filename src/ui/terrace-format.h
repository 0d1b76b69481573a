/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "model/terrace-item.h"
#include "model/terrace-move.h"

/* Words and numbers as the window shows them. Pure functions; texts are translated. */

G_BEGIN_DECLS

const char *terrace_ui_tier_label (TerraceTier tier);
const char *terrace_ui_temperature_label (TerraceTemperature temperature);
const char *terrace_ui_location_kind_label (TerraceLocationKind kind);
const char *terrace_ui_location_state_label (TerraceLocationState state);

/* "hot", "unknown"...: the CSS class behind a coloured chip. */
const char *terrace_ui_tier_css_class (TerraceTier tier);
const char *terrace_ui_temperature_css_class (TerraceTemperature temperature);

/* (transfer full) */
char *terrace_ui_format_count (guint64 count);
/* (transfer full) */
char *terrace_ui_format_size (guint64 size_bytes);
/* (transfer full) */
char *terrace_ui_format_nanos (gint64 nanos, const char *currency);
/* (transfer full): the same for the narrow cell of a table: "< $0.0001" rather than many zeros. */
char *terrace_ui_format_amount (gint64 nanos, const char *currency);
/* (transfer full): a class's price, in a unit whose figures do not need many decimals. */
char *terrace_ui_format_price (double gb_month, const char *currency);
/* (transfer full): how long until @once_nanos are earned back: "12 days", "At once", "Never". */
char *terrace_ui_format_payback (gint64 once_nanos, gint64 saving_nanos);
/* (transfer full): "Never" for 0. */
char *terrace_ui_format_when (gint64 time_us);

/* (transfer full): the state of a move in words, with what was asked of it and how often it was
 * tried: "Copying", "Pausing", "Failed". */
char *terrace_ui_format_move_state (TerraceMoveState state, TerraceMoveRequest request);
/* (transfer full): "12 MB of 80 MB at 3 MB/s, 20 seconds left"; "" when nothing flows. */
char *terrace_ui_format_move_flow (TerraceMoveState state,
                                   guint64 done_bytes,
                                   guint64 size_bytes,
                                   double bytes_per_second);

G_END_DECLS
