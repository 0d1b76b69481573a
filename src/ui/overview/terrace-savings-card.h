/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ui/overview/terrace-overview-card.h"

/* What the moves so far have really saved and lost, and why. */

G_BEGIN_DECLS

#define TERRACE_TYPE_SAVINGS_CARD (terrace_savings_card_get_type ())
G_DECLARE_FINAL_TYPE (TerraceSavingsCard,
                      terrace_savings_card,
                      TERRACE,
                      SAVINGS_CARD,
                      TerraceOverviewCard)

G_END_DECLS
