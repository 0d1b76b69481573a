/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "engine/terrace-engine-transfer.h"

/* The bill before a move, in words. */

G_BEGIN_DECLS

/* (transfer full): "2.3 GB, costs $1.20 once, about 5 minutes" */
char *terrace_ui_format_preflight (const TerracePreflight *preflight, const char *currency);
/* (transfer full): what the cost is made of, a line each; "" if it costs nothing. */
char *terrace_ui_format_preflight_terms (const TerracePreflight *preflight, const char *currency);

G_END_DECLS
