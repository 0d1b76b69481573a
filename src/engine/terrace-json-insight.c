/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What was learnt and foreseen, as JSON. Main thread. */

#include "engine/terrace-json-insight.h"

#include "engine/terrace-json.h"

JsonNode *
terrace_json_model_report (const TerraceModelReport *report)
{
  g_autoptr (JsonBuilder) builder = json_builder_new_immutable ();

  json_builder_begin_object (builder);
  terrace_json_int (builder, "version", report->version);
  terrace_json_time (builder, "trained", report->trained_us);
  terrace_json_int (builder, "seed", report->seed);
  terrace_json_int (builder, "objects", (gint64) report->n_objects);
  terrace_json_int (builder, "rows", (gint64) report->n_rows);
  terrace_json_bool (builder, "model_decides", report->uses_model);
  terrace_json_text (builder, "decided_by", report->decided_by);
  terrace_json_text (builder, "verdict", report->verdict);
  terrace_json_int (builder, "held_back_days", report->held_back_days);
  terrace_json_double (builder, "held_back_cost", report->cost);
  terrace_json_double (builder, "held_back_rule_cost", report->rule_cost);
  terrace_json_double (builder, "held_back_optimum", report->optimum);
  terrace_json_double (builder, "accuracy", report->accuracy);
  terrace_json_double (builder, "macro_f1", report->macro_f1);
  terrace_json_double (builder, "drift", report->drift);
  json_builder_set_member_name (builder, "reliability");
  json_builder_begin_array (builder);
  for (int bin = 0; bin < TERRACE_CALIBRATION_BINS; bin++)
    {
      if (report->reliability[bin].count == 0)
        continue;
      json_builder_begin_object (builder);
      terrace_json_double (builder, "confidence", report->reliability[bin].confidence);
      terrace_json_double (builder, "accuracy", report->reliability[bin].accuracy);
      terrace_json_int (builder, "count", (gint64) report->reliability[bin].count);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  json_builder_set_member_name (builder, "reads");
  json_builder_begin_array (builder);
  for (int i = 0; i < TERRACE_N_HORIZONS; i++)
    {
      json_builder_begin_object (builder);
      terrace_json_int (builder, "days", terrace_outlook_days[i]);
      terrace_json_text (builder, "method", terrace_reads_method_get_nick (report->methods[i]));
      terrace_json_double (builder, "coverage", report->coverage[i]);
      terrace_json_double (builder, "nominal_coverage", report->nominal_coverage);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  json_builder_set_member_name (builder, "features");
  json_builder_begin_array (builder);
  for (guint i = 0; report->features != NULL && report->features[i] != NULL; i++)
    json_builder_add_string_value (builder, report->features[i]);
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  return json_builder_get_root (builder);
}

static void
add_outlook (JsonBuilder *builder, const TerraceOutlook *outlook)
{
  json_builder_set_member_name (builder, "reads");
  json_builder_begin_array (builder);
  for (int i = 0; i < TERRACE_N_HORIZONS; i++)
    {
      json_builder_begin_object (builder);
      terrace_json_int (builder, "days", terrace_outlook_days[i]);
      terrace_json_double (builder, "low", outlook->ranges[i].low);
      terrace_json_double (builder, "expected", outlook->ranges[i].expected);
      terrace_json_double (builder, "high", outlook->ranges[i].high);
      terrace_json_text (builder, "method", terrace_reads_method_get_nick (outlook->methods[i]));
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

JsonNode *
terrace_json_prediction (const TerracePrediction *prediction)
{
  g_autoptr (JsonBuilder) builder = json_builder_new_immutable ();

  json_builder_begin_object (builder);
  terrace_json_int (builder, "id", prediction->item_id);
  terrace_json_text (builder, "tier", terrace_enum_to_nick (TERRACE_TYPE_TIER, prediction->tier));
  terrace_json_text (builder, "class", prediction->class_id);
  terrace_json_double (builder, "confidence", prediction->confidence);
  terrace_json_bool (builder, "by_model", prediction->by_model);
  add_outlook (builder, &prediction->outlook);
  json_builder_end_object (builder);
  return json_builder_get_root (builder);
}

JsonNode *
terrace_json_reads_forecast (const TerraceReadsForecast *forecast)
{
  g_autoptr (JsonBuilder) builder = json_builder_new_immutable ();

  json_builder_begin_object (builder);
  terrace_json_int (builder, "id", forecast->item->id);
  terrace_json_text (builder, "name", forecast->item->name);
  terrace_json_double (builder, "nominal_coverage", forecast->nominal_coverage);
  add_outlook (builder, &forecast->outlook);
  json_builder_set_member_name (builder, "past");
  json_builder_begin_array (builder);
  for (guint i = 0; i < forecast->days->len; i++)
    {
      const TerraceAccessDay *day = &g_array_index (forecast->days, TerraceAccessDay, i);

      json_builder_begin_object (builder);
      terrace_json_time (builder, "day", day->day * 86400 * G_USEC_PER_SEC);
      terrace_json_int (builder, "reads", (gint64) day->reads);
      terrace_json_int (builder, "writes", (gint64) day->writes);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  return json_builder_get_root (builder);
}

JsonNode *
terrace_json_why (const TerraceWhy *why)
{
  g_autoptr (JsonBuilder) builder = json_builder_new_immutable ();

  json_builder_begin_object (builder);
  terrace_json_int (builder, "id", why->explanation->item->id);
  terrace_json_text (builder, "name", why->explanation->item->name);
  terrace_json_text (builder, "reason", why->explanation->reason);
  terrace_json_text (builder, "temperature_reason", why->explanation->temperature_reason);
  terrace_json_text (builder, "predicted_tier",
                     terrace_enum_to_nick (TERRACE_TYPE_TIER, why->prediction.tier));
  terrace_json_text (builder, "predicted_class", why->prediction.class_id);
  terrace_json_double (builder, "confidence", why->prediction.confidence);
  terrace_json_bool (builder, "by_model", why->prediction.by_model);
  terrace_json_time (builder, "free_to_move", why->free_to_move_us);
  add_outlook (builder, &why->prediction.outlook);
  json_builder_set_member_name (builder, "contributions");
  json_builder_begin_array (builder);
  for (guint i = 0; i < why->contributions->len; i++)
    {
      const TerraceContribution *part = &g_array_index (why->contributions, TerraceContribution, i);

      json_builder_begin_object (builder);
      terrace_json_text (builder, "feature", part->feature);
      terrace_json_text (builder, "label", part->label);
      terrace_json_text (builder, "value", part->value);
      terrace_json_double (builder, "amount", part->amount);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  json_builder_set_member_name (builder, "sentences");
  json_builder_begin_array (builder);
  for (guint i = 0; i < why->sentences->len; i++)
    json_builder_add_string_value (builder, g_ptr_array_index (why->sentences, i));
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  return json_builder_get_root (builder);
}

static void
add_ledger_json (JsonBuilder *builder, const TerraceRegretLedger *ledger)
{
  terrace_json_money (builder, "saved", ledger->saved_nanos);
  terrace_json_money (builder, "lost", ledger->lost_nanos);
  json_builder_set_member_name (builder, "decisions");
  json_builder_begin_array (builder);
  for (guint i = 0; i < ledger->entries->len; i++)
    {
      const TerraceRegretEntry *entry = g_ptr_array_index (ledger->entries, i);

      json_builder_begin_object (builder);
      terrace_json_int (builder, "move", entry->move_id);
      terrace_json_int (builder, "id", entry->item_id);
      terrace_json_text (builder, "name", entry->name);
      terrace_json_text (builder, "from", entry->from_class_id);
      terrace_json_text (builder, "to", entry->to_class_id);
      terrace_json_time (builder, "moved", entry->moved_us);
      terrace_json_double (builder, "days", entry->days);
      terrace_json_money (builder, "saved", entry->saved_nanos);
      terrace_json_money (builder, "expected", entry->expected_nanos);
      terrace_json_text (builder, "because", entry->because);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

static void
add_packing_json (TerraceEngine *engine, JsonBuilder *builder, GPtrArray *packing)
{
  json_builder_set_member_name (builder, "packing");
  json_builder_begin_array (builder);
  for (guint i = 0; i < packing->len; i++)
    {
      const TerracePacking *one = g_ptr_array_index (packing, i);

      json_builder_begin_object (builder);
      terrace_json_text (builder, "location",
                         terrace_json_location_name (engine, one->location_id));
      terrace_json_key (builder, "folder", one->folder);
      terrace_json_int (builder, "objects", (gint64) one->n_objects);
      terrace_json_int (builder, "size_bytes", (gint64) one->size_bytes);
      terrace_json_text (builder, "class", one->class_id);
      terrace_json_money (builder, "saving_month", one->saving_nanos);
      terrace_json_money (builder, "once", one->once_nanos);
      terrace_json_text (builder, "sentence", one->sentence);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

JsonNode *
terrace_json_ledger (TerraceEngine *engine, const TerraceRegretLedger *ledger, GPtrArray *packing)
{
  g_autoptr (JsonBuilder) builder = json_builder_new_immutable ();

  json_builder_begin_object (builder);
  add_ledger_json (builder, ledger);
  add_packing_json (engine, builder, packing);
  json_builder_end_object (builder);
  return json_builder_get_root (builder);
}

JsonNode *
terrace_json_log_report (const char *file, const TerraceLogReport *report)
{
  g_autoptr (JsonBuilder) builder = json_builder_new_immutable ();

  json_builder_begin_object (builder);
  terrace_json_key (builder, "file", file);
  terrace_json_bool (builder, "already", report->already);
  terrace_json_text (builder, "format", report->format);
  terrace_json_int (builder, "lines", (gint64) report->lines);
  terrace_json_int (builder, "bytes", (gint64) report->bytes);
  terrace_json_int (builder, "counted", (gint64) report->matched);
  terrace_json_int (builder, "unknown", (gint64) report->unknown);
  terrace_json_int (builder, "metadata", (gint64) report->metadata);
  terrace_json_int (builder, "failed", (gint64) report->failed);
  terrace_json_int (builder, "scans", (gint64) report->scans);
  terrace_json_int (builder, "own", (gint64) report->own);
  terrace_json_int (builder, "bad", (gint64) report->bad);
  json_builder_set_member_name (builder, "bad_samples");
  json_builder_begin_array (builder);
  for (guint i = 0; i < report->bad_samples->len; i++)
    json_builder_add_string_value (builder, g_ptr_array_index (report->bad_samples, i));
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  return json_builder_get_root (builder);
}
