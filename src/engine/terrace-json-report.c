/* SPDX-License-Identifier: GPL-3.0-or-later */

/* JSON of what the engine answers: explanations and totals. Runs on the main thread. */

#include "config.h"

#include "engine/terrace-json.h"
#include "base/terrace-units.h"
#include "model/terrace-event.h"
#include "model/terrace-replica.h"

static const char *
verdict_to_nick (TerraceVerdict verdict)
{
  static const char *const nicks[] = {
    [TERRACE_VERDICT_CHOSEN] = "chosen",       [TERRACE_VERDICT_STAY] = "stay",
    [TERRACE_VERDICT_DEARER] = "dearer",       [TERRACE_VERDICT_PAYBACK] = "payback",
    [TERRACE_VERDICT_TOO_SMALL] = "too-small", [TERRACE_VERDICT_TOO_SLOW] = "too-slow",
    [TERRACE_VERDICT_NO_ROOM] = "no-room",     [TERRACE_VERDICT_UNSTEADY] = "unsteady",
  };

  return (guint) verdict < G_N_ELEMENTS (nicks) ? nicks[verdict] : "unknown";
}

/* The names of the terms in JSON, by TerraceTerm. */
static const char *const term_names[TERRACE_N_TERMS] = {
  "storage", "minimum_size",   "overhead", "monitoring",  "requests", "retrieval",
  "egress",  "early_deletion", "read_out", "move_egress", "write_in",
};

static void
json_options (TerraceEngine *engine, JsonBuilder *builder, const TerraceExplanation *explanation)
{
  json_builder_set_member_name (builder, "options");
  json_builder_begin_array (builder);
  for (guint i = 0; i < explanation->options->len; i++)
    {
      TerraceOption *option = &g_array_index (explanation->options, TerraceOption, i);

      json_builder_begin_object (builder);
      terrace_json_text (builder, "location",
                         terrace_json_location_name (engine, option->location_id));
      terrace_json_text (builder, "class", option->storage_class->id);
      terrace_json_text (builder, "verdict", verdict_to_nick (option->verdict));
      terrace_json_bool (builder, "current", i == explanation->current);
      terrace_json_double (builder, "cost_per_month", option->bill.monthly);
      terrace_json_double (builder, "once", option->bill.once);
      json_builder_set_member_name (builder, "terms");
      json_builder_begin_object (builder);
      for (int term = 0; term < TERRACE_N_TERMS; term++)
        terrace_json_double (builder, term_names[term], option->bill.terms[term]);
      json_builder_end_object (builder);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

static void
json_copies (TerraceEngine *engine, JsonBuilder *builder, GPtrArray *replicas)
{
  json_builder_set_member_name (builder, "copies");
  json_builder_begin_array (builder);
  for (guint i = 0; i < replicas->len; i++)
    {
      TerraceReplica *replica = g_ptr_array_index (replicas, i);
      g_autofree char *checksum = terrace_digest_to_string (&replica->checksum);

      json_builder_begin_object (builder);
      terrace_json_text (builder, "location",
                         terrace_json_location_name (engine, replica->location_id));
      terrace_json_key (builder, "key", replica->key);
      terrace_json_text (builder, "class", replica->class_id);
      terrace_json_text (builder, "checksum", checksum);
      terrace_json_time (builder, "verified", replica->verified_us);
      terrace_json_bool (builder, "leading", replica->leading);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

static void
json_history (JsonBuilder *builder, const TerraceExplanation *explanation)
{
  json_builder_set_member_name (builder, "accesses");
  json_builder_begin_array (builder);
  for (guint i = 0; i < explanation->days->len; i++)
    {
      TerraceAccessDay *day = &g_array_index (explanation->days, TerraceAccessDay, i);

      json_builder_begin_object (builder);
      terrace_json_time (builder, "day", day->day * TERRACE_US_PER_DAY);
      terrace_json_int (builder, "reads", (gint64) day->reads);
      terrace_json_int (builder, "writes", (gint64) day->writes);
      terrace_json_int (builder, "bytes", (gint64) day->bytes);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);

  json_builder_set_member_name (builder, "events");
  json_builder_begin_array (builder);
  for (guint i = 0; i < explanation->events->len; i++)
    {
      TerraceEvent *event = g_ptr_array_index (explanation->events, i);

      json_builder_begin_object (builder);
      terrace_json_time (builder, "time", event->time_us);
      terrace_json_text (builder, "kind",
                         terrace_enum_to_nick (TERRACE_TYPE_EVENT_KIND, event->kind));
      terrace_json_text (builder, "message", event->message);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

JsonNode *
terrace_json_explanation (TerraceEngine *engine, const TerraceExplanation *explanation)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "object");
  json_builder_add_value (builder, terrace_json_item (engine, explanation->item));
  terrace_json_text (builder, "reason", explanation->reason);
  terrace_json_text (builder, "temperature_reason", explanation->temperature_reason);
  json_options (engine, builder, explanation);
  json_copies (engine, builder, explanation->replicas);
  json_history (builder, explanation);
  json_builder_end_object (builder);

  return json_builder_get_root (builder);
}

JsonNode *
terrace_json_stats (TerraceEngine *engine, const TerraceStats *stats)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  terrace_json_int (builder, "objects", (gint64) stats->items);
  terrace_json_int (builder, "size_bytes", (gint64) stats->size_bytes);
  terrace_json_text (builder, "currency", terrace_engine_get_currency (engine));
  terrace_json_money (builder, "cost_per_month", stats->monthly_nanos);
  terrace_json_int (builder, "recommended", (gint64) stats->planned_items);
  terrace_json_money (builder, "saving_per_month", stats->planned_saving_nanos);
  json_builder_set_member_name (builder, "totals");
  json_builder_begin_array (builder);
  for (guint i = 0; i < stats->totals->len; i++)
    {
      TerraceItemTotals *totals = &g_array_index (stats->totals, TerraceItemTotals, i);

      json_builder_begin_object (builder);
      terrace_json_text (builder, "location",
                         terrace_json_location_name (engine, totals->location_id));
      terrace_json_text (builder, "tier", terrace_enum_to_nick (TERRACE_TYPE_TIER, totals->tier));
      terrace_json_text (builder, "temperature",
                         terrace_enum_to_nick (TERRACE_TYPE_TEMPERATURE, totals->temperature));
      terrace_json_int (builder, "objects", (gint64) totals->items);
      terrace_json_int (builder, "size_bytes", (gint64) totals->size_bytes);
      terrace_json_money (builder, "cost_per_month", totals->monthly_nanos);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  json_builder_set_member_name (builder, "moves_by_state");
  json_builder_begin_object (builder);
  for (int state = 0; state <= TERRACE_MOVE_CANCELLED; state++)
    terrace_json_int (builder, terrace_enum_to_nick (TERRACE_TYPE_MOVE_STATE, state),
                      (gint64) stats->moves[state]);
  json_builder_end_object (builder);
  json_builder_end_object (builder);

  return json_builder_get_root (builder);
}

JsonNode *
terrace_json_register_report (const TerraceRegisterReport *report)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  terrace_json_int (builder, "added", (gint64) report->added);
  terrace_json_int (builder, "updated", (gint64) report->updated);
  terrace_json_int (builder, "unchanged", (gint64) report->unchanged);
  terrace_json_int (builder, "skipped", (gint64) report->skipped);
  terrace_json_int (builder, "size_bytes", (gint64) report->bytes);
  terrace_json_int (builder, "problem_count", (gint64) report->n_problems);
  json_builder_set_member_name (builder, "problems");
  json_builder_begin_array (builder);
  for (guint i = 0; i < report->problems->len; i++)
    {
      g_autofree char *shown = terrace_display_name (g_ptr_array_index (report->problems, i));

      json_builder_add_string_value (builder, shown);
    }
  json_builder_end_array (builder);
  json_builder_end_object (builder);

  return json_builder_get_root (builder);
}
