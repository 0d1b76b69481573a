/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "stream/terrace-json-scan.h"
#include "stream/terrace-message.h"

/* What the readers of the formats share. Each appends the events of @value and returns TRUE, or
 * sets
 * @error. */

G_BEGIN_DECLS

typedef gboolean (*TerraceMessageReader) (TerraceSourceBatch *batch,
                                          const TerraceJson *value,
                                          const TerraceMessageContext *context,
                                          GError **error);

/* S3: the element of "Records". */
gboolean terrace_message_read_s3_record (TerraceSourceBatch *batch,
                                         const TerraceJson *record,
                                         const TerraceMessageContext *context,
                                         GError **error);
/* A CloudEvent, or one of Event Grid's own schema. */
gboolean terrace_message_read_cloud_event (TerraceSourceBatch *batch,
                                           const TerraceJson *value,
                                           const TerraceMessageContext *context,
                                           GError **error);
/* The object that Pub/Sub pushes. */
gboolean terrace_message_read_pubsub (TerraceSourceBatch *batch,
                                      const TerraceJson *value,
                                      const TerraceMessageContext *context,
                                      GError **error);

/* Sets @text to the batch's copy of the string, or %NULL if there is none (or null); %FALSE if it
 * is something else or too long. */
gboolean
terrace_message_take_text (TerraceSourceBatch *batch, const TerraceJson *value, const char **text);
/* RFC 3339, or a number of seconds, milliseconds or microseconds since 1970; @time_us keeps its
 * value if there is none. */
gboolean terrace_message_take_time (const TerraceJson *value, gint64 *time_us);
void terrace_message_set_error (GError **error, const char *member);

G_END_DECLS
