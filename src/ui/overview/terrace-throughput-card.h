/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ui/overview/terrace-overview-card.h"

/* How fast data moves, over the last minutes. */

G_BEGIN_DECLS

#define TERRACE_TYPE_THROUGHPUT_CARD (terrace_throughput_card_get_type ())
G_DECLARE_FINAL_TYPE (TerraceThroughputCard,
                      terrace_throughput_card,
                      TERRACE,
                      THROUGHPUT_CARD,
                      TerraceOverviewCard)

G_END_DECLS
