/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "engine/terrace-engine.h"

/* A part of the overview that asks the engine for what it shows: when it is seen first, and again,
 * now and then, while the catalogue changes in a way that concerns it. A newer question cancels the
 * older one; nothing is asked while it is not seen. Property: "engine" (once). Main thread. */

G_BEGIN_DECLS

#define TERRACE_TYPE_OVERVIEW_CARD (terrace_overview_card_get_type ())
G_DECLARE_DERIVABLE_TYPE (TerraceOverviewCard,
                          terrace_overview_card,
                          TERRACE,
                          OVERVIEW_CARD,
                          AdwBin)

/**
 * TerraceOverviewCardClass:
 * @changes: what concerns it; 0: it asks whenever it is shown
 * @pause_ms: least time between questions
 * @ask: asks; the card is seen and has an engine
 */
struct _TerraceOverviewCardClass
{
  AdwBinClass parent_class;

  TerraceCatalogChange changes;
  guint pause_ms;
  void (*ask) (TerraceOverviewCard *self, TerraceEngine *engine, GCancellable *cancellable);
};

/* (transfer none) (nullable): %NULL before it is set and after the card is gone. */
TerraceEngine *terrace_overview_card_get_engine (TerraceOverviewCard *self);
/* (transfer none): empties the card and returns the box to fill, with @title (nullable) on top. */
GtkBox *terrace_overview_card_build (TerraceOverviewCard *self, const char *title);
/* (transfer floating): the same box without a card. */
GtkBox *terrace_overview_box_new (const char *title);
/* Asks now if it is seen, else when it is. */
void terrace_overview_card_ask (TerraceOverviewCard *self);

/* (transfer floating): a wrapped line of text. @css_class: (nullable) */
GtkWidget *terrace_overview_label_new (const char *text, const char *css_class);

G_END_DECLS
