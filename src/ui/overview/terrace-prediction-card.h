/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ui/overview/terrace-overview-card.h"

/* How good the models were, one after the other, and how honest the newest is about itself. */

G_BEGIN_DECLS

#define TERRACE_TYPE_PREDICTION_CARD (terrace_prediction_card_get_type ())
G_DECLARE_FINAL_TYPE (TerracePredictionCard,
                      terrace_prediction_card,
                      TERRACE,
                      PREDICTION_CARD,
                      TerraceOverviewCard)

G_END_DECLS
