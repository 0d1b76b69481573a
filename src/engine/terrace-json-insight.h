/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>
#include "engine/terrace-engine-insight.h"

/* What was learnt and foreseen, as JSON for the command line and the API: see terrace-json.h. Main
 * thread. */

G_BEGIN_DECLS

/* Each: (transfer full) */
JsonNode *terrace_json_model_report (const TerraceModelReport *report);
JsonNode *terrace_json_prediction (const TerracePrediction *prediction);
JsonNode *terrace_json_reads_forecast (const TerraceReadsForecast *forecast);
JsonNode *terrace_json_why (const TerraceWhy *why);
/* @packing: (element-type TerracePacking) */
JsonNode *
terrace_json_ledger (TerraceEngine *engine, const TerraceRegretLedger *ledger, GPtrArray *packing);
JsonNode *terrace_json_log_report (const char *file, const TerraceLogReport *report);

G_END_DECLS
