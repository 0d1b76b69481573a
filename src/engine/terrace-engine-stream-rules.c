/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What the rules are asked once a second: errors and latencies of the last minute, places that do
 * not answer, the bill, copies that are gone (terrace-engine-stream-news.c). And what was new in a
 * cohort: objects to be registered, bursts of reads of what lies cold. The decisions are insight's.
 * Main thread but for store_*(). */

#include "config.h"

#include "engine/terrace-engine-stream-private.h"
#include "engine/terrace-engine-transfer.h"

#include "base/terrace-limits.h"
#include "base/terrace-units.h"

#include <glib/gi18n-lib.h>

/* How often the catalogue is asked for what does not change by the second, in ticks. */
#define SLOW_TICKS 30
#define MAX_INGESTED_AT_ONCE 200

TerraceRuleState *
terrace_engine_stream_get_rule_state (TerraceEngineStream *self, const char *key)
{
  TerraceRuleState *state = g_hash_table_lookup (self->rule_states, key);

  if (state == NULL)
    {
      state = g_new0 (TerraceRuleState, 1);
      g_hash_table_insert (self->rule_states, g_strdup (key), state);
    }

  return state;
}

/* @message: (transfer full): used if the rule speaks up now. */
static void
judge (TerraceEngineStream *self,
       TerraceAlertRule *rule,
       const TerraceRuleSettings *settings,
       const char *group_key,
       double value,
       guint64 n,
       gint64 location_id,
       char *message)
{
  g_autofree char *owned = message;
  gint64 now_us = terrace_clock_get_now_us (self->engine->clock);
  TerraceAlert *alert;

  switch (terrace_rule_judge (settings, value, n, now_us,
                              terrace_engine_stream_get_rule_state (self, group_key)))
    {
    case TERRACE_RULE_RAISE:
      alert = terrace_alert_new (rule->kind, rule->severity, group_key, now_us, owned);
      alert->location_id = location_id;
      terrace_engine_stream_raise (self, rule, alert);
      break;
    case TERRACE_RULE_CLEAR:
      terrace_engine_stream_clear (self, group_key);
      break;
    case TERRACE_RULE_NOTHING:
    default:
      break;
    }
}

/* --- Every second -------------------------------------------------------------------------- */

static void
check_errors (TerraceEngineStream *self)
{
  const TerraceWindowSummary *minute = &self->windows[TERRACE_WINDOW_MINUTE];
  TerraceRuleSettings settings;
  TerraceAlertRule *rule =
      terrace_engine_stream_find_rule (self, TERRACE_ALERT_ERROR_RATE, &settings);

  if (rule != NULL)
    judge (self, rule, &settings, "error-rate", minute->error_ratio, minute->events, 0,
           g_strdup_printf (_ ("%.1f %% of the requests of the last minute failed"),
                            minute->error_ratio * 100));
}

static void
check_latency (TerraceEngineStream *self)
{
  const TerraceWindowSummary *minute = &self->windows[TERRACE_WINDOW_MINUTE];
  TerraceRuleSettings settings;
  TerraceAlertRule *rule = terrace_engine_stream_find_rule (self, TERRACE_ALERT_LATENCY, &settings);
  g_autofree char *latency = NULL;

  if (rule == NULL)
    return;
  latency = terrace_format_latency ((guint64) (minute->p95_us / 1000));
  judge (self, rule, &settings, "latency", minute->p95_us / 1000, minute->n_latencies, 0,
         g_strdup_printf (_ ("One answer in twenty takes longer than %s"), latency));
}

static void
check_locations (TerraceEngineStream *self)
{
  TerraceRuleSettings settings;
  TerraceAlertRule *rule =
      terrace_engine_stream_find_rule (self, TERRACE_ALERT_UNREACHABLE, &settings);
  TerraceLocation *location;

  if (rule == NULL)
    return;
  for (guint i = 0; (location = terrace_engine_peek_location (self->engine, i)) != NULL; i++)
    {
      g_autofree char *key = g_strdup_printf ("unreachable:%" G_GINT64_FORMAT, location->id);

      if (rule->location_id == 0 || rule->location_id == location->id)
        judge (self, rule, &settings, key,
               location->state == TERRACE_LOCATION_STATE_UNREACHABLE ? 1 : 0, 1, location->id,
               g_strdup_printf (_ ("The location “%s” does not answer"), location->name));
    }
}

/* --- Now and then -------------------------------------------------------------------------- */

static void
judge_budget (TerraceEngineStream *self, const TerraceStats *stats)
{
  TerraceRuleSettings settings;
  TerraceAlertRule *rule = terrace_engine_stream_find_rule (self, TERRACE_ALERT_BUDGET, &settings);
  const char *currency = terrace_engine_get_currency (self->engine);
  double monthly = terrace_money_from_nanos (stats->monthly_nanos);
  g_autofree char *spent = terrace_format_money (monthly, currency);
  g_autofree char *allowed = NULL;

  /* Who has set no amount has no budget. */
  if (rule == NULL || settings.amount <= 0)
    return;
  allowed = terrace_format_money (settings.amount, currency);
  judge (self, rule, &settings, "budget", monthly / settings.amount, 1, 0,
         g_strdup_printf (_ ("What is stored costs %s a month; %s are allowed"), spent, allowed));
}

static void
stats_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TerraceEngineStream) self = TERRACE_ENGINE_STREAM (user_data);
  g_autoptr (TerraceStats) stats = NULL;

  /* Whoever closes the catalogue meanwhile wants no verdict any more. */
  stats = terrace_engine_stats_finish (TERRACE_ENGINE (object), result, NULL);
  if (stats != NULL && self->closing == NULL)
    judge_budget (self, stats);
}

void
terrace_engine_stream_check_rules (TerraceEngineStream *self)
{
  check_errors (self);
  check_latency (self);
  check_locations (self);
  if (self->news_due || self->n_ticks % SLOW_TICKS == 0)
    terrace_engine_stream_read_news (self);
  if (self->n_ticks % SLOW_TICKS == 0)
    terrace_engine_stats_async (self->engine, self->engine->cancellable, stats_cb,
                                g_object_ref (self));
}

/* --- New objects --------------------------------------------------------------------------- */

static void
ingest_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TerraceEngineStream) self = TERRACE_ENGINE_STREAM (user_data);
  g_autoptr (TerraceRegisterReport) report = NULL;
  g_autoptr (GError) error = NULL;
  TerraceRuleSettings settings;
  TerraceAlertRule *rule;
  TerraceAlert *alert;
  g_autofree char *message = NULL;

  report = terrace_engine_register_finish (TERRACE_ENGINE (object), result, &error);
  if (report == NULL)
    {
      if (!terrace_error_is_cancelled (error))
        g_warning ("New objects could not be registered: %s", error->message);
      return;
    }
  rule = terrace_engine_stream_find_rule (self, TERRACE_ALERT_INGEST, &settings);
  if (report->added == 0 || rule == NULL || self->closing != NULL)
    return;

  message = g_strdup_printf (ngettext ("%lu new object was registered",
                                       "%lu new objects were registered", (gulong) report->added),
                             (gulong) report->added);
  alert = terrace_alert_new (TERRACE_ALERT_INGEST, rule->severity, "ingest",
                             terrace_clock_get_now_us (self->engine->clock), message);
  alert->count = report->added;
  terrace_engine_stream_raise (self, rule, alert);
}

static void
scan_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TerraceEngineStream) self = TERRACE_ENGINE_STREAM (user_data);
  g_autoptr (TerraceRegisterReport) report = NULL;
  g_autoptr (GError) error = NULL;

  report = terrace_engine_scan_finish (TERRACE_ENGINE (object), result, &error);
  if (report == NULL && !terrace_error_is_cancelled (error))
    g_warning ("A new object could not be registered: %s", error->message);
}

/* (transfer full) (nullable): %NULL for a key that leads out of the location: whoever sends events
 * does not decide what is registered elsewhere. */
static GFile *
file_in (TerraceLocation *location, const char *key)
{
  g_autofree char *joined = g_build_filename (location->root, key, NULL);
  g_autofree char *path = g_canonicalize_filename (joined, NULL);
  gsize length = strlen (location->root);

  if (strncmp (path, location->root, length) != 0 || path[length] != G_DIR_SEPARATOR)
    return NULL;

  return g_file_new_for_path (path);
}

void
terrace_engine_stream_ingest (TerraceEngineStream *self, GArray *places)
{
  TerraceRuleSettings settings;
  TerraceAlertRule *rule = terrace_engine_stream_find_rule (self, TERRACE_ALERT_INGEST, &settings);
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_object_unref);
  guint n = 0;

  if (rule == NULL || !settings.act || !self->engine->run_moves || self->closing != NULL)
    return;
  for (guint i = 0; i < places->len && n < MAX_INGESTED_AT_ONCE; i++)
    {
      TerracePlaceEvents *place = &g_array_index (places, TerracePlaceEvents, i);
      TerraceLocation *location = terrace_engine_get_location (self->engine, place->location_id);

      if (!place->created || place->item_id != 0 || location == NULL ||
          (rule->location_id != 0 && rule->location_id != location->id))
        continue;
      n++;
      if (terrace_location_is_folder (location))
        {
          GFile *file = file_in (location, place->key);

          if (file != NULL)
            g_ptr_array_add (files, file);
        }
      else
        terrace_engine_scan_async (self->engine, location->id, place->key, NULL, NULL,
                                   self->engine->cancellable, scan_cb, g_object_ref (self));
    }
  if (files->len > 0)
    terrace_engine_register_async (self->engine, files, NULL, NULL, self->engine->cancellable,
                                   ingest_cb, g_object_ref (self));
}
