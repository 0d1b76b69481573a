/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ui/overview/terrace-overview-card.h"

/* Open alerts and migrations under way, as lines that lead to them. */

G_BEGIN_DECLS

#define TERRACE_TYPE_ACTIVITY_CARD (terrace_activity_card_get_type ())
G_DECLARE_FINAL_TYPE (TerraceActivityCard,
                      terrace_activity_card,
                      TERRACE,
                      ACTIVITY_CARD,
                      TerraceOverviewCard)

G_END_DECLS
