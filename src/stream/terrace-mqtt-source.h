/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "stream/terrace-source.h"

/* Events from an MQTT broker, 3.1.1 or 5, by libmosquitto.
 *
 * With a quality of service of 1 or 2 a message is acknowledged only when what came of it is
 * committed, and known again by its id when the broker sends it twice: nothing is lost and nothing
 * counted twice, whoever dies. The session is persistent under a fixed client id. With 3.1.1 a
 * broker has few messages under way at once (mosquitto: 20), which bounds the rate; 5 has no such
 * bound. */

G_BEGIN_DECLS

#define TERRACE_TYPE_MQTT_SOURCE (terrace_mqtt_source_get_type ())
G_DECLARE_FINAL_TYPE (TerraceMqttSource, terrace_mqtt_source, TERRACE, MQTT_SOURCE, TerraceSource)

/* (transfer full) */
TerraceSource *terrace_mqtt_source_new (const TerraceSourceSettings *settings, TerraceClock *clock);

/* --- Topics (pure) ------------------------------------------------------------------------- */

/* (transfer full): what to subscribe to for the template @topic: "data/{location}/{key}" is
 * "data/+/#". */
char *terrace_mqtt_topic_to_filter (const char *topic);
/* Whether the template @topic matches @name; then what stands in the place of {location} and {key}
 * (transfer full) (nullable). */
gboolean
terrace_mqtt_topic_match (const char *topic, const char *name, char **location, char **key);

G_END_DECLS
