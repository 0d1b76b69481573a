/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

/* Reads and writes a day over the last 90 days, one bar a day. */

G_BEGIN_DECLS

#define TERRACE_TYPE_ACCESS_CHART (terrace_access_chart_get_type ())
G_DECLARE_FINAL_TYPE (TerraceAccessChart, terrace_access_chart, TERRACE, ACCESS_CHART, AdwBin)

/* Returns: whether there is anything to see.
 * @days: (element-type TerraceAccessDay) (nullable): those that had accesses.
 * @today: days since 1970 */
gboolean terrace_access_chart_set_days (TerraceAccessChart *self, GArray *days, gint64 today);

G_END_DECLS
