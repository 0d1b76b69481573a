/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "engine/terrace-engine.h"

/* What each way to place data would have cost on the person's own history: a chart and a table. */

G_BEGIN_DECLS

#define TERRACE_TYPE_BACKTEST_PAGE (terrace_backtest_page_get_type ())
G_DECLARE_FINAL_TYPE (TerraceBacktestPage, terrace_backtest_page, TERRACE, BACKTEST_PAGE, AdwBin)

GtkWidget *terrace_backtest_page_new (TerraceEngine *engine);

G_END_DECLS
