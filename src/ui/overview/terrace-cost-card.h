/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ui/overview/terrace-overview-card.h"

/* What everything cost a month, day by day over the past year and by tier, and where that is going.
 */

G_BEGIN_DECLS

#define TERRACE_TYPE_COST_CARD (terrace_cost_card_get_type ())
G_DECLARE_FINAL_TYPE (TerraceCostCard, terrace_cost_card, TERRACE, COST_CARD, TerraceOverviewCard)

G_END_DECLS
