/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "ui/terrace-totals.h"

/* What there is, what it costs a month, what could be saved; by tier and by location. Properties:
 * "engine" (once), "totals". */

G_BEGIN_DECLS

#define TERRACE_TYPE_OVERVIEW_VIEW (terrace_overview_view_get_type ())
G_DECLARE_FINAL_TYPE (TerraceOverviewView, terrace_overview_view, TERRACE, OVERVIEW_VIEW, AdwBin)

G_END_DECLS
