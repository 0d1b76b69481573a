/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>
#include "engine/terrace-engine.h"

/* The one way the program writes its nouns as JSON, for the command line and the API: names are
 * stable, sizes in bytes, money in units of "currency", times in UTC as ISO 8601 writes them.
 * Main thread. */

G_BEGIN_DECLS

/* Each: (transfer full) */
JsonNode *terrace_json_item (TerraceEngine *engine, TerraceItem *item);
JsonNode *terrace_json_move (TerraceEngine *engine, TerraceMove *move);
JsonNode *terrace_json_location (TerraceEngine *engine, TerraceLocation *location);
/* "object", "reason", "options" with their terms, "copies", "accesses", "events". */
JsonNode *terrace_json_explanation (TerraceEngine *engine, const TerraceExplanation *explanation);
JsonNode *terrace_json_register_report (const TerraceRegisterReport *report);
JsonNode *terrace_json_stats (TerraceEngine *engine, const TerraceStats *stats);

/* (transfer none) (nullable): %NULL when it is gone. */
const char *terrace_json_location_name (TerraceEngine *engine, gint64 location_id);

/* Members of the object that @builder is in; %NULL text, time 0 and unknown numbers are null. */
void terrace_json_text (JsonBuilder *builder, const char *name, const char *text);
void terrace_json_int (JsonBuilder *builder, const char *name, gint64 value);
void terrace_json_double (JsonBuilder *builder, const char *name, double value);
void terrace_json_bool (JsonBuilder *builder, const char *name, gboolean value);
void terrace_json_money (JsonBuilder *builder, const char *name, gint64 nanos);
void terrace_json_time (JsonBuilder *builder, const char *name, gint64 time_us);
/* "key", and "key_base64" when the key is not UTF-8 and JSON cannot hold it. */
void terrace_json_key (JsonBuilder *builder, const char *name, const char *key);

G_END_DECLS
