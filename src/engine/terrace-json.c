/* SPDX-License-Identifier: GPL-3.0-or-later */

/* JSON of the nouns: names are stable, sizes in bytes, money in units of "currency", times in UTC
 * as ISO 8601 writes them. Runs on the main thread. */

#include "config.h"

#include "engine/terrace-json.h"

#include "base/terrace-units.h"

#include <math.h>

const char *
terrace_json_location_name (TerraceEngine *engine, gint64 location_id)
{
  TerraceLocation *location = terrace_engine_get_location (engine, location_id);

  return location != NULL ? location->name : NULL;
}

void
terrace_json_text (JsonBuilder *builder, const char *name, const char *text)
{
  json_builder_set_member_name (builder, name);
  if (text != NULL)
    json_builder_add_string_value (builder, text);
  else
    json_builder_add_null_value (builder);
}

void
terrace_json_int (JsonBuilder *builder, const char *name, gint64 value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_int_value (builder, value);
}

/* json-glib adds ".0" to whatever has no point, and 6e-09.0 is no number. The next number that can
 * be told has a point, and nobody sees the difference. */
static double
with_point (double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  g_ascii_dtostr (text, sizeof text, value);
  while (strchr (text, 'e') != NULL && strchr (text, '.') == NULL)
    {
      value = nextafter (value, 0);
      g_ascii_dtostr (text, sizeof text, value);
    }

  return value;
}

void
terrace_json_double (JsonBuilder *builder, const char *name, double value)
{
  json_builder_set_member_name (builder, name);
  /* JSON has no infinity ("never pays back"). */
  if (isfinite (value))
    json_builder_add_double_value (builder, with_point (value));
  else
    json_builder_add_null_value (builder);
}

void
terrace_json_bool (JsonBuilder *builder, const char *name, gboolean value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_boolean_value (builder, value);
}

void
terrace_json_money (JsonBuilder *builder, const char *name, gint64 nanos)
{
  terrace_json_double (builder, name, terrace_money_from_nanos (nanos));
}

void
terrace_json_time (JsonBuilder *builder, const char *name, gint64 time_us)
{
  g_autofree char *text = time_us != 0 ? terrace_format_iso8601 (time_us) : NULL;

  terrace_json_text (builder, name, text);
}

void
terrace_json_key (JsonBuilder *builder, const char *name, const char *key)
{
  g_autofree char *shown = key != NULL ? terrace_display_name (key) : NULL;
  g_autofree char *exact = NULL;
  g_autofree char *exact_name = NULL;

  terrace_json_text (builder, name, shown);
  if (key == NULL || g_utf8_validate (key, -1, NULL))
    return;
  exact = g_base64_encode ((const guchar *) key, strlen (key));
  exact_name = g_strdup_printf ("%s_base64", name);
  terrace_json_text (builder, exact_name, exact);
}

static void
json_recommendation (TerraceEngine *engine, JsonBuilder *builder, TerraceItem *item)
{
  json_builder_set_member_name (builder, "recommended");
  if (item->wanted_location_id == 0)
    {
      json_builder_add_null_value (builder);
      return;
    }

  json_builder_begin_object (builder);
  terrace_json_text (builder, "location",
                     terrace_json_location_name (engine, item->wanted_location_id));
  terrace_json_text (builder, "class", item->wanted_class_id);
  terrace_json_money (builder, "saving_per_month", item->saving_nanos);
  terrace_json_money (builder, "once", item->once_nanos);
  json_builder_end_object (builder);
}

JsonNode *
terrace_json_item (TerraceEngine *engine, TerraceItem *item)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (GFile) file = terrace_engine_get_file (engine, item);
  g_autofree char *path = file != NULL ? g_file_get_path (file) : NULL;
  g_autofree char *checksum = terrace_digest_to_string (&item->checksum);

  json_builder_begin_object (builder);
  terrace_json_int (builder, "id", item->id);
  terrace_json_text (builder, "name", item->name);
  terrace_json_text (builder, "location", terrace_json_location_name (engine, item->location_id));
  terrace_json_key (builder, "key", item->key);
  terrace_json_key (builder, "path", path);
  terrace_json_int (builder, "size_bytes", (gint64) item->size_bytes);
  terrace_json_text (builder, "content_type", item->content_type);
  terrace_json_time (builder, "created", item->created_us);
  terrace_json_time (builder, "modified", item->modified_us);
  terrace_json_time (builder, "registered", item->registered_us);
  terrace_json_text (builder, "checksum", checksum);
  terrace_json_time (builder, "verified", item->verified_us);
  terrace_json_bool (builder, "missing", item->missing);
  terrace_json_text (builder, "tier", terrace_enum_to_nick (TERRACE_TYPE_TIER, item->tier));
  terrace_json_text (builder, "class", item->class_id);
  terrace_json_time (builder, "class_since", item->class_since_us);
  terrace_json_text (builder, "temperature",
                     terrace_enum_to_nick (TERRACE_TYPE_TEMPERATURE, item->temperature));
  terrace_json_double (builder, "reads_per_month", item->reads_per_month);
  terrace_json_time (builder, "last_access", item->rates.last_us);
  terrace_json_int (builder, "total_reads", (gint64) item->rates.total_reads);
  terrace_json_text (builder, "currency", terrace_engine_get_currency (engine));
  terrace_json_money (builder, "cost_per_month", item->monthly_nanos);
  terrace_json_bool (builder, "moving", item->moving);
  terrace_json_text (builder, "reason", item->reason);
  json_recommendation (engine, builder, item);
  json_builder_end_object (builder);

  return json_builder_get_root (builder);
}

JsonNode *
terrace_json_move (TerraceEngine *engine, TerraceMove *move)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autofree char *checksum = terrace_digest_to_string (&move->checksum);

  json_builder_begin_object (builder);
  terrace_json_int (builder, "id", move->id);
  terrace_json_int (builder, "object", move->item_id);
  terrace_json_text (builder, "name", move->name);
  terrace_json_int (builder, "size_bytes", (gint64) move->size_bytes);
  terrace_json_text (builder, "state", terrace_enum_to_nick (TERRACE_TYPE_MOVE_STATE, move->state));
  terrace_json_text (builder, "from",
                     terrace_json_location_name (engine, move->source_location_id));
  terrace_json_key (builder, "from_key", move->source_key);
  terrace_json_text (builder, "from_class", move->source_class_id);
  terrace_json_text (builder, "to", terrace_json_location_name (engine, move->dest_location_id));
  terrace_json_key (builder, "to_key", move->dest_key);
  terrace_json_text (builder, "to_class", move->dest_class_id);
  terrace_json_text (builder, "checksum", checksum);
  terrace_json_bool (builder, "copy", move->keep_source);
  terrace_json_bool (builder, "hold", move->hold);
  terrace_json_int (builder, "priority", move->priority);
  terrace_json_int (builder, "undo_of", move->undo_of);
  terrace_json_int (builder, "undone_by", move->undone_by);
  terrace_json_int (builder, "attempts", move->attempts);
  terrace_json_text (builder, "error", move->error);
  terrace_json_text (builder, "currency", terrace_engine_get_currency (engine));
  terrace_json_money (builder, "saving_per_month", move->saving_nanos);
  terrace_json_money (builder, "once", move->once_nanos);
  terrace_json_money (builder, "spent", move->spent_nanos);
  terrace_json_int (builder, "requests", (gint64) move->requests_sent);
  terrace_json_int (builder, "done_bytes", (gint64) move->done_bytes);
  terrace_json_time (builder, "created", move->created_us);
  terrace_json_time (builder, "started", move->started_us);
  terrace_json_time (builder, "finished", move->finished_us);
  json_builder_end_object (builder);

  return json_builder_get_root (builder);
}

JsonNode *
terrace_json_location (TerraceEngine *engine, TerraceLocation *location)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  terrace_json_int (builder, "id", location->id);
  terrace_json_text (builder, "name", location->name);
  terrace_json_text (builder, "kind",
                     terrace_enum_to_nick (TERRACE_TYPE_LOCATION_KIND, location->kind));
  terrace_json_key (builder, "root", location->root);
  json_builder_set_member_name (builder, "classes");
  json_builder_begin_array (builder);
  for (guint i = 0; location->class_ids != NULL && location->class_ids[i] != NULL; i++)
    json_builder_add_string_value (builder, location->class_ids[i]);
  json_builder_end_array (builder);
  terrace_json_int (builder, "latency_ms", (gint64) location->latency_ms);
  terrace_json_int (builder, "bandwidth_bytes_s", (gint64) location->bandwidth_bytes_s);
  terrace_json_int (builder, "capacity_bytes", (gint64) location->capacity_bytes);
  terrace_json_bool (builder, "accepts", location->accepts);
  terrace_json_text (builder, "state",
                     terrace_enum_to_nick (TERRACE_TYPE_LOCATION_STATE, location->state));
  terrace_json_text (builder, "state_message", location->state_message);
  terrace_json_int (builder, "free_bytes", (gint64) location->free_bytes);
  terrace_json_int (builder, "total_bytes", (gint64) location->total_bytes);
  terrace_json_int (builder, "measured_latency_us", (gint64) location->measured_latency_us);
  terrace_json_time (builder, "probed", location->probed_us);
  json_builder_end_object (builder);

  return json_builder_get_root (builder);
}
