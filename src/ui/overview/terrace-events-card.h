/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ui/overview/terrace-overview-card.h"

/* How many events a second come in. Not there while no source runs. */

G_BEGIN_DECLS

#define TERRACE_TYPE_EVENTS_CARD (terrace_events_card_get_type ())
G_DECLARE_FINAL_TYPE (TerraceEventsCard,
                      terrace_events_card,
                      TERRACE,
                      EVENTS_CARD,
                      TerraceOverviewCard)

G_END_DECLS
