/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* Bandwidth limits, and which of them holds at which hour of the day. Pure functions. */

G_BEGIN_DECLS

/**
 * TerraceTimetableEntry:
 * @minute: of the day, from which on the limit holds
 * @bytes_per_second: 0 for no limit
 */
typedef struct
{
  guint minute;
  guint64 bytes_per_second;
} TerraceTimetableEntry;

/* Reads "512K", "2.5M" or "off": bytes a second, 0 for no limit; the units are those of
 * terrace_parse_size(), with "/s" behind them or not. INVALID says what is right. */
gboolean terrace_timetable_parse_rate (const char *text, guint64 *bytes_per_second, GError **error);

/**
 * terrace_timetable_parse:
 * @text: "08:00 512K 18:00 off", or "08:00,512K 18:00,off" as rclone has it
 *
 * Returns: (transfer full) (element-type TerraceTimetableEntry): by the minute, empty for a blank
 *   text; %NULL and INVALID if it is none: the message says what is right
 */
GArray *terrace_timetable_parse (const char *text, GError **error);

/* The limit at @now_us in the local time zone: before the first entry of a day, yesterday's last
 * holds. @timetable: not empty. */
guint64 terrace_timetable_get_rate (GArray *timetable, gint64 now_us);

G_END_DECLS
