/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* RFC 4180 writing. Cells that a spreadsheet would run as a formula (first character one of
 * = + - @ TAB CR) get a leading apostrophe, numbers written by the number functions excepted. */

G_BEGIN_DECLS

/* Each appends a cell, with the comma before it if the row has begun. */
void terrace_csv_append_text (GString *row, const char *text);
void terrace_csv_append_int64 (GString *row, gint64 value);
void terrace_csv_append_uint64 (GString *row, guint64 value);
/* Always with a decimal point, whatever the locale; NaN and infinity become an empty cell. */
void terrace_csv_append_double (GString *row, double value);
/* Ends the row with CR LF. */
void terrace_csv_end_row (GString *row);

G_END_DECLS
