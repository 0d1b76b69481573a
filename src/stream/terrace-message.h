/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "stream/terrace-stream-event.h"

/* Messages as brokers and clouds send them, made into events: Terrace's own format, S3's
 * notifications (AWS, Ceph, MinIO), CloudEvents and Azure's Event Grid, Google's Pub/Sub.
 * docs/events.md describes them. Pure; any thread. */

G_BEGIN_DECLS

/**
 * TerraceMessageContext:
 * What is known of a message besides its bytes.
 * @now_us: when it arrived: the time of events that tell none
 * @location: (nullable): and
 * @key: (nullable): where events name none: from the topic, say
 * @partition: and
 * @offset: as of TerraceStreamEvent
 */
typedef struct
{
  gint64 now_us;
  const char *location;
  const char *key;
  gint32 partition;
  gint64 offset;
} TerraceMessageContext;

/* Appends the events of @data to @batch. INVALID says why it cannot be read; then nothing was
 * appended. */
gboolean terrace_message_parse (TerraceSourceBatch *batch,
                                const char *data,
                                gsize length,
                                const TerraceMessageContext *context,
                                GError **error);

/* The same, but what cannot be read is counted in @batch, with @origin. */
void terrace_message_take (TerraceSourceBatch *batch,
                           const char *data,
                           gsize length,
                           const TerraceMessageContext *context,
                           const char *origin);

G_END_DECLS
