/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/terrace-checksum.h"
#include "model/terrace-access.h"
#include "model/terrace-enums.h"

/* A data object: what was registered, where its leading copy lies, how it is used, what it costs
 * and where it should be.
 *
 * A snapshot of a catalogue row: filled by whoever creates it, immutable once shared (a change is
 * a new snapshot). Each field but rates and checksum is also a readable property named with
 * dashes; further derived properties for views: "tier-nick", "temperature-nick". */

G_BEGIN_DECLS

#define TERRACE_TYPE_ITEM (terrace_item_get_type ())
G_DECLARE_FINAL_TYPE (TerraceItem, terrace_item, TERRACE, ITEM, GObject)

/**
 * TerraceItem:
 * @id: row id, 0 before it is stored
 * @location_id: where the leading copy lies
 * @key: (type filename): its key there, bytes, not necessarily UTF-8
 * @name: valid UTF-8 for display: the last part of the key as it was at registration
 * @content_type: MIME type guessed from name, or ""
 * @version: the provider's version token of the copy that was seen last
 * @class_id: the storage class it lies in
 * @class_since_us: since when (for early-deletion fees)
 * @reads_per_month: expected, from @rates at @assessed_us
 * @monthly_nanos: what it costs a month where it lies, billionths
 * @wanted_location_id: where the planner would have it, 0 if it stays or was not planned
 * @wanted_class_id: (nullable): the class there
 * @saving_nanos: per month if moved, billionths
 * @once_nanos: what the move itself would cost
 * @reason: (nullable): the one sentence
 * @moving: a move of it is not in a final state
 */
struct _TerraceItem
{
  GObject parent_instance;

  gint64 id;
  gint64 location_id;
  char *key;
  char *name;
  char *content_type;
  char *version;
  guint64 size_bytes;
  gint64 created_us;
  gint64 modified_us;
  gint64 registered_us;
  TerraceDigest checksum;
  gint64 verified_us;
  gboolean missing;

  TerraceTier tier;
  char *class_id;
  gint64 class_since_us;

  TerraceTemperature temperature;
  TerraceAccessRates rates;
  double reads_per_month;
  gint64 assessed_us;

  gint64 monthly_nanos;
  gint64 wanted_location_id;
  char *wanted_class_id;
  gint64 saving_nanos;
  gint64 once_nanos;
  char *reason;
  gboolean moving;
};

TerraceItem *terrace_item_new (void);

G_END_DECLS
