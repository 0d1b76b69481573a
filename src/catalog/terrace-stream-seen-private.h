/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "catalog/terrace-connection-private.h"

G_BEGIN_DECLS

/* Remembers the ids of events of a source and drops the oldest beyond
 * TERRACE_LIMIT_STREAM_EVENT_IDS. */
gboolean terrace_stream_seen_add (TerraceConnection *connection,
                                  gint64 source_id,
                                  const guint64 *event_ids,
                                  guint n_event_ids,
                                  GError **error);

G_END_DECLS
