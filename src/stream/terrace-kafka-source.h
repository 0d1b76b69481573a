/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "stream/terrace-source.h"

/* Events from a Kafka cluster, by a consumer group of librdkafka. Offsets are stored only after a
 * batch is committed. */

G_BEGIN_DECLS

#define TERRACE_TYPE_KAFKA_SOURCE (terrace_kafka_source_get_type ())
G_DECLARE_FINAL_TYPE (TerraceKafkaSource,
                      terrace_kafka_source,
                      TERRACE,
                      KAFKA_SOURCE,
                      TerraceSource)

/* (transfer full) */
TerraceSource *terrace_kafka_source_new (const TerraceSourceSettings *settings,
                                         TerraceClock *clock);

G_END_DECLS
