/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "stream/terrace-source.h"

/* Where Terrace tells others what it does: one message per matter, as JSON, to a topic of an MQTT
 * broker or a Kafka cluster (docs/events.md). What cannot be sent now waits, a bounded number of
 * messages; older ones go first and are counted. Main thread. */

G_BEGIN_DECLS

typedef enum
{
  TERRACE_PUBLISH_MOVES = 1 << 0,
  TERRACE_PUBLISH_ALERTS = 1 << 1,
  TERRACE_PUBLISH_PLANS = 1 << 2,
} TerracePublication;

#define TERRACE_TYPE_PUBLISHER (terrace_publisher_get_type ())
G_DECLARE_FINAL_TYPE (TerracePublisher, terrace_publisher, TERRACE, PUBLISHER, GObject)

/* @settings: of kind MQTT or Kafka; its topic has no wildcard. %NULL and @error if it makes no
 * sense. (transfer full) */
TerracePublisher *terrace_publisher_new (const TerraceSourceSettings *settings, GError **error);
/* @subtopic: "moves": the message goes to topic/moves (MQTT) or has it as its key (Kafka). */
void terrace_publisher_send (TerracePublisher *self, const char *subtopic, const char *message);
/* Waits, up to two seconds, until what is under way has arrived. Must be called before the last
 * reference goes. */
void terrace_publisher_close_async (TerracePublisher *self,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
gboolean
terrace_publisher_close_finish (TerracePublisher *self, GAsyncResult *result, GError **error);
/* Messages that were lost because nobody took them for too long. */
guint64 terrace_publisher_get_n_lost (TerracePublisher *self);

G_END_DECLS
