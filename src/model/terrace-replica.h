/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/terrace-checksum.h"
#include "model/terrace-enums.h"

/* One copy of an object in one location. */

G_BEGIN_DECLS

/**
 * TerraceReplica:
 * @key: (type filename): bytes
 * @version: version token that was seen last
 * @checksum: of this copy, as verified at @verified_us
 * @leading: the one the item's row mirrors
 */
typedef struct
{
  gint64 id;
  gint64 item_id;
  gint64 location_id;
  char *key;
  char *version;
  char *class_id;
  gint64 class_since_us;
  TerraceDigest checksum;
  gint64 verified_us;
  gboolean leading;
} TerraceReplica;

TerraceReplica *terrace_replica_new (void);
void terrace_replica_free (TerraceReplica *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TerraceReplica, terrace_replica_free)

G_END_DECLS
