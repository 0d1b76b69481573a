/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

/* The first start: offers four practice tiers in a folder of one's choice. Activates
 * "win.create-practice-tiers" and "win.skip-welcome". */

G_BEGIN_DECLS

#define TERRACE_TYPE_WELCOME_PAGE (terrace_welcome_page_get_type ())
G_DECLARE_FINAL_TYPE (TerraceWelcomePage, terrace_welcome_page, TERRACE, WELCOME_PAGE, AdwBin)

G_END_DECLS
