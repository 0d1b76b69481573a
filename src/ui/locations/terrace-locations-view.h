/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "engine/terrace-engine.h"

/* The places data can lie. Property: "engine" (once). */

G_BEGIN_DECLS

#define TERRACE_TYPE_LOCATIONS_VIEW (terrace_locations_view_get_type ())
G_DECLARE_FINAL_TYPE (TerraceLocationsView, terrace_locations_view, TERRACE, LOCATIONS_VIEW, AdwBin)

G_END_DECLS
