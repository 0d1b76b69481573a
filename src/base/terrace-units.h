/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* Numbers for people, in the person's locale. Sizes use powers of 1000 (kB, MB), as GNOME does;
 * prices are per GiB, because that is what the clouds' meters count. */

G_BEGIN_DECLS

/* Money is kept in the catalogue as whole billionths of the sheet's currency: a month of a 1 kB
 * object in an archive class is still more than one. */
#define TERRACE_NANOS_PER_UNIT G_GINT64_CONSTANT (1000000000)
#define TERRACE_BYTES_PER_GB 1073741824.0
/* Days of a month in every formula (as the clouds' early-deletion fees count). */
#define TERRACE_DAYS_PER_MONTH 30.0

/* Rounds to the nearest billionth; saturates; NaN becomes 0. */
gint64 terrace_money_to_nanos (double amount);
double terrace_money_from_nanos (gint64 nanos);

/**
 * terrace_format_money:
 * @amount: in units of @currency
 * @currency: ISO 4217 code, "USD"
 *
 * Two decimals from one cent on; below it, enough digits to show two significant ones, so that a
 * small object's cost never reads "0.00". Zero reads "$0.00".
 *
 * Returns: (transfer full): "$1,234.50", "€0.0021" (symbol known for common currencies)
 */
char *terrace_format_money (double amount, const char *currency);

/* (transfer full): "3 hours", "65 months", "2.5 years"; the largest fitting unit, rounded. */
char *terrace_format_duration (gint64 duration_us);
/* (transfer full): "12 ms", "3.5 s", "12 h" */
char *terrace_format_latency (guint64 latency_ms);
/* (transfer full): "1.2 MB/s" */
char *terrace_format_rate (double bytes_per_second);
/* (transfer full): a short local date, with the time when it is less than a day ago. */
char *terrace_format_time (gint64 time_us, gint64 now_us);
/* (transfer full): UTC "2026-11-22T15:04:05Z" for CSV and JSON; "" for 0. */
char *terrace_format_iso8601 (gint64 time_us);

/* Parses "10", "1.5M", "2GiB", "500kB"; kB/MB are powers of 1000, KiB/MiB of 1024, bare letters of
 * 1024 as GNU tools do. %FALSE if malformed or beyond 2^63-1. */
gboolean terrace_parse_size (const char *text, guint64 *size_bytes);

/* (transfer full): @bytes as valid UTF-8 for display, invalid bytes shown as U+FFFD. */
char *terrace_display_name (const char *bytes);

G_END_DECLS
