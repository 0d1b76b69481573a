/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "catalog/terrace-catalog.h"

/* What the catalogue wants done now and then while the program runs: the day's cost noted for the
 * charts, and once a day old accesses merged into weeks and months. Main thread; the work is the
 * catalogue's writer's, in short transactions. */

G_BEGIN_DECLS

#define TERRACE_TYPE_HOUSEKEEPER (terrace_housekeeper_get_type ())
G_DECLARE_FINAL_TYPE (TerraceHousekeeper, terrace_housekeeper, TERRACE, HOUSEKEEPER, GObject)

/* (transfer full): does it at once, and then every hour until it is stopped. */
TerraceHousekeeper *terrace_housekeeper_new (TerraceCatalog *catalog, TerraceClock *clock);

/* Nothing is begun after this; what runs is ended by the catalogue's closing. */
void terrace_housekeeper_stop (TerraceHousekeeper *self);

G_END_DECLS
