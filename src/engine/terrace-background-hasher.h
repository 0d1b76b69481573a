/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "catalog/terrace-catalog.h"
#include "provider/terrace-provider-registry.h"
#include "transfer/terrace-queue.h"

/* Learns the checksums of registered objects while nothing else is to do: one object at a time,
 * standing aside as soon as a move runs. Main thread; the reading is the provider's. */

G_BEGIN_DECLS

#define TERRACE_TYPE_BACKGROUND_HASHER (terrace_background_hasher_get_type ())
G_DECLARE_FINAL_TYPE (TerraceBackgroundHasher,
                      terrace_background_hasher,
                      TERRACE,
                      BACKGROUND_HASHER,
                      GObject)

/* (transfer full): idle until the first poke. */
TerraceBackgroundHasher *terrace_background_hasher_new (TerraceCatalog *catalog,
                                                        TerraceProviderRegistry *registry,
                                                        TerraceQueue *queue,
                                                        TerraceClock *clock,
                                                        TerraceLocationLookup locations,
                                                        gpointer user_data);

/* There may be objects without a checksum. */
void terrace_background_hasher_poke (TerraceBackgroundHasher *self);

/* Ends for good; what is under way is abandoned. */
void terrace_background_hasher_stop (TerraceBackgroundHasher *self);

G_END_DECLS
