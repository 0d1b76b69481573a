/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "engine/terrace-engine.h"

/* One location: what it is, how it is, whether Terrace may send objects there. Properties:
 * "engine", "location" (both construct). */

G_BEGIN_DECLS

#define TERRACE_TYPE_LOCATION_ROW (terrace_location_row_get_type ())
G_DECLARE_FINAL_TYPE (TerraceLocationRow,
                      terrace_location_row,
                      TERRACE,
                      LOCATION_ROW,
                      GtkListBoxRow)

GtkWidget *terrace_location_row_new (TerraceEngine *engine, TerraceLocation *location);

G_END_DECLS
