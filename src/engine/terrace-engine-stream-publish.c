/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Telling others what Terrace does: a message per move that changed its state, per alert that is
 * news and per plan for everything, as docs/events.md describes them. Main thread. */

#include "config.h"

#include "engine/terrace-engine-stream-private.h"

#include "base/terrace-units.h"

gboolean
terrace_engine_stream_publish (TerraceEngineStream *self,
                               const TerraceSourceSettings *settings,
                               TerracePublication what,
                               GError **error)
{
  g_autoptr (TerracePublisher) publisher = NULL;

  g_return_val_if_fail (TERRACE_IS_ENGINE_STREAM (self), FALSE);

  if (settings != NULL)
    {
      publisher = terrace_publisher_new (settings, error);
      if (publisher == NULL)
        return FALSE;
    }
  if (self->publisher != NULL)
    terrace_publisher_close_async (self->publisher, NULL, NULL, NULL);
  g_clear_object (&self->publisher);
  self->publisher = g_steal_pointer (&publisher);
  self->publishes = what;

  return TRUE;
}

/* --- JSON ---------------------------------------------------------------------------------- */

static void
append_text (GString *json, const char *name, const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text != NULL ? text : "", -1);

  g_string_append_printf (json, "%s\"%s\":\"", json->len > 1 ? "," : "", name);
  for (const char *at = valid; *at != '\0'; at++)
    {
      if (*at == '"' || *at == '\\')
        g_string_append_printf (json, "\\%c", *at);
      else if ((guchar) *at < 0x20)
        g_string_append_printf (json, "\\u%04x", (guint) (guchar) *at);
      else
        g_string_append_c (json, *at);
    }
  g_string_append_c (json, '"');
}

static void
append_number (GString *json, const char *name, gint64 number)
{
  g_string_append_printf (json, "%s\"%s\":%" G_GINT64_FORMAT, json->len > 1 ? "," : "", name,
                          number);
}

static void
append_time (GString *json, const char *name, gint64 time_us)
{
  g_autofree char *text = terrace_format_iso8601 (time_us);

  append_text (json, name, text);
}

static const char *
location_name (TerraceEngineStream *self, gint64 location_id)
{
  TerraceLocation *location = terrace_engine_get_location (self->engine, location_id);

  return location != NULL ? location->name : "";
}

void
terrace_engine_stream_publish_move (TerraceEngineStream *self, TerraceMove *move)
{
  g_autoptr (GString) json = NULL;

  if (self->publisher == NULL || (self->publishes & TERRACE_PUBLISH_MOVES) == 0)
    return;

  json = g_string_new ("{");
  append_text (json, "type", "move");
  append_number (json, "move", move->id);
  append_number (json, "object", move->item_id);
  append_text (json, "name", move->name);
  append_text (json, "state", terrace_enum_to_nick (TERRACE_TYPE_MOVE_STATE, move->state));
  append_text (json, "from", location_name (self, move->source_location_id));
  append_text (json, "to", location_name (self, move->dest_location_id));
  append_number (json, "bytes", (gint64) move->size_bytes);
  append_time (json, "time", move->updated_us);
  g_string_append_c (json, '}');
  terrace_publisher_send (self->publisher, "moves", json->str);
}

void
terrace_engine_stream_publish_alert (TerraceEngineStream *self, TerraceAlert *alert)
{
  g_autoptr (GString) json = NULL;

  if (self->publisher == NULL || (self->publishes & TERRACE_PUBLISH_ALERTS) == 0)
    return;

  json = g_string_new ("{");
  append_text (json, "type", "alert");
  append_number (json, "alert", alert->id);
  append_text (json, "kind", terrace_enum_to_nick (TERRACE_TYPE_ALERT_KIND, alert->kind));
  append_text (json, "severity", terrace_enum_to_nick (TERRACE_TYPE_SEVERITY, alert->severity));
  append_number (json, "object", alert->item_id);
  append_text (json, "location", location_name (self, alert->location_id));
  append_text (json, "message", alert->message);
  append_time (json, "time", alert->last_us);
  g_string_append_c (json, '}');
  terrace_publisher_send (self->publisher, "alerts", json->str);
}

/* --- Plans --------------------------------------------------------------------------------- */

static void
stats_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceEngineStream *self = g_task_get_source_object (task);
  TerraceEvent *plan = g_task_get_task_data (task);
  g_autoptr (TerraceStats) stats = NULL;
  g_autoptr (GString) json = NULL;

  stats = terrace_engine_stats_finish (TERRACE_ENGINE (object), result, NULL);
  if (stats == NULL || self->publisher == NULL)
    return;

  json = g_string_new ("{");
  append_text (json, "type", "plan");
  append_number (json, "plan", plan->id);
  append_number (json, "objects", (gint64) stats->items);
  append_number (json, "moves", (gint64) stats->planned_items);
  append_number (json, "saving_nanos", stats->planned_saving_nanos);
  append_text (json, "currency", terrace_engine_get_currency (self->engine));
  append_text (json, "message", plan->message);
  append_time (json, "time", plan->time_us);
  g_string_append_c (json, '}');
  terrace_publisher_send (self->publisher, "plans", json->str);
}

void
terrace_engine_stream_publish_plan (TerraceEngineStream *self, TerraceEvent *plan)
{
  GTask *task;

  if (self->publisher == NULL || (self->publishes & TERRACE_PUBLISH_PLANS) == 0)
    return;

  task = g_task_new (self, NULL, NULL, NULL);
  g_task_set_task_data (task, g_object_ref (plan), g_object_unref);
  terrace_engine_stats_async (self->engine, self->engine->cancellable, stats_cb, task);
}
