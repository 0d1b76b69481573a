/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "catalog/terrace-catalog.h"
#include "model/terrace-enums.h"

/* Rows of cost_day: what everything cost at the end of each day, from the counters. */

G_BEGIN_DECLS

/**
 * TerraceCostDay:
 * @day: since 1970, UTC
 * @location_id: 0 for all together
 */
typedef struct
{
  gint64 day;
  gint64 location_id;
  TerraceTier tier;
  guint64 items;
  guint64 size_bytes;
  gint64 monthly_nanos;
} TerraceCostDay;

/* Makes the rows of @day what the counters say now; to be called now and then, the last call of a
 * day stays. */
gboolean terrace_cost_table_note (TerraceConnection *connection, gint64 day, GError **error);

/* (transfer full) (element-type TerraceCostDay): @location_id's (0: all together) from @first_day
 * on, by day and tier. */
GArray *terrace_cost_table_list (TerraceConnection *connection,
                                 gint64 location_id,
                                 gint64 first_day,
                                 GError **error);

G_END_DECLS
