/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* Pieces of sentences that more than one explanation needs. Private to insight. */

G_BEGIN_DECLS

/* (transfer full): "no reads", "about 0.3 reads a month", "30 reads a month". */
char *terrace_insight_format_reads (double reads_per_month);

/* (transfer full): a rate without its unit, with as many digits as mean something: "0.25", "30". */
char *terrace_insight_format_rate (double reads_per_month);

/* (transfer full): a duration given in days (30 to the month); bounded, so that any number reads.
 */
char *terrace_insight_format_days (double days);

G_END_DECLS
