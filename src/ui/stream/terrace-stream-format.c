/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Words for streams. Pure; main thread only because the locale's words are. */

#include "config.h"

#include "ui/stream/terrace-stream-format.h"

#include <glib/gi18n-lib.h>

#include "base/terrace-clock.h"
#include "base/terrace-units.h"
#include "insight/terrace-alert-rules.h"
#include "ui/terrace-format.h"

const char *
terrace_ui_stream_kind_label (TerraceStreamKind kind)
{
  switch (kind)
    {
    case TERRACE_STREAM_READ:
      return _ ("Read");
    case TERRACE_STREAM_WRITE:
      return _ ("Write");
    case TERRACE_STREAM_CREATE:
      return _ ("New");
    case TERRACE_STREAM_DELETE:
      return _ ("Deleted");
    case TERRACE_STREAM_ERROR:
      return _ ("Error");
    case TERRACE_STREAM_LATENCY:
    default:
      return _ ("Latency");
    }
}

const char *
terrace_ui_severity_label (TerraceSeverity severity)
{
  switch (severity)
    {
    case TERRACE_SEVERITY_ERROR:
      return _ ("Error");
    case TERRACE_SEVERITY_WARNING:
      return _ ("Warning");
    case TERRACE_SEVERITY_INFO:
    default:
      return _ ("Note");
    }
}

const char *
terrace_ui_severity_icon (TerraceSeverity severity)
{
  switch (severity)
    {
    case TERRACE_SEVERITY_ERROR:
      return "dialog-error-symbolic";
    case TERRACE_SEVERITY_WARNING:
      return "dialog-warning-symbolic";
    case TERRACE_SEVERITY_INFO:
    default:
      return "dialog-information-symbolic";
    }
}

const char *
terrace_ui_source_kind_label (TerraceSourceKind kind)
{
  switch (kind)
    {
    case TERRACE_SOURCE_SIMULATOR:
      return _ ("Simulator");
    case TERRACE_SOURCE_MQTT:
      return _ ("MQTT");
    case TERRACE_SOURCE_KAFKA:
      return _ ("Kafka");
    case TERRACE_SOURCE_FOLDER:
      return _ ("Watched Folder");
    case TERRACE_SOURCE_PUSH:
    default:
      return _ ("Handed In");
    }
}

const char *
terrace_ui_source_state_label (TerraceSourceState state)
{
  switch (state)
    {
    case TERRACE_SOURCE_CONNECTING:
      return _ ("Connecting");
    case TERRACE_SOURCE_RUNNING:
      return _ ("Running");
    case TERRACE_SOURCE_FAILED:
      return _ ("Failed");
    case TERRACE_SOURCE_STOPPED:
    default:
      return _ ("Stopped");
    }
}

const char *
terrace_ui_alert_kind_label (TerraceAlertKind kind)
{
  switch (kind)
    {
    case TERRACE_ALERT_HEATING:
      return _ ("Heating");
    case TERRACE_ALERT_PREWARM:
      return _ ("Burst Foreseen");
    case TERRACE_ALERT_INGEST:
      return _ ("New Objects");
    case TERRACE_ALERT_ERROR_RATE:
      return _ ("Errors");
    case TERRACE_ALERT_LATENCY:
      return _ ("Latency");
    case TERRACE_ALERT_BUDGET:
      return _ ("Budget");
    case TERRACE_ALERT_UNREACHABLE:
      return _ ("Unreachable");
    case TERRACE_ALERT_REPLICA_MISSING:
    default:
      return _ ("Copies");
    }
}

char *
terrace_ui_format_clock (gint64 time_us)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_local (time_us / TERRACE_US_PER_SECOND);
  g_autofree char *clock = time != NULL ? g_date_time_format (time, "%H:%M:%S") : g_strdup ("");

  return g_strdup_printf ("%s.%03d", clock, (int) (time_us % TERRACE_US_PER_SECOND / 1000));
}

char *
terrace_ui_format_event_rate (double events_per_second)
{
  guint64 rounded = (guint64) (MAX (events_per_second, 0) + 0.5);
  g_autofree char *count = terrace_ui_format_count (rounded);

  return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%s event a second", "%s events a second",
                                       (gulong) rounded),
                          count);
}

/* Says nothing of 0. */
static void
append_count (GString *text, const char *words, guint64 count)
{
  g_autofree char *formatted = terrace_ui_format_count (count);

  if (count == 0)
    return;
  /* Translators: what is counted, and how many there are */
  g_string_append_printf (text, _ (" · %s: %s"), words, formatted);
}

char *
terrace_ui_format_source (const TerraceStreamStatus *status)
{
  GString *text = g_string_new (NULL);
  g_autofree char *rate = terrace_ui_format_event_rate (status->events_per_second);

  g_string_append (text, terrace_ui_source_kind_label (status->kind));
  g_string_append_printf (text, " · %s", terrace_ui_source_state_label (status->state));
  if (status->state == TERRACE_SOURCE_RUNNING)
    g_string_append_printf (text, " · %s", rate);
  append_count (text, _ ("in all"), status->events);
  if (status->lag > 0)
    append_count (text, _ ("waiting at the origin"), (guint64) status->lag);
  append_count (text, _ ("unreadable"), status->malformed);
  append_count (text, _ ("lost"), status->dropped);
  append_count (text, _ ("known already"), status->duplicates);
  append_count (text, _ ("late"), status->late);
  append_count (text, _ ("of unknown objects"), status->unknown);
  if (status->detail != NULL && status->detail[0] != '\0')
    {
      g_autofree char *detail = terrace_display_name (status->detail);

      g_string_append_printf (text, "\n%s", detail);
    }
  if (status->error != NULL && status->error[0] != '\0')
    g_string_append_printf (text, "\n%s", status->error);
  return g_string_free (text, FALSE);
}

char *
terrace_ui_format_alert (const TerraceAlert *alert, gint64 now_us)
{
  GString *text = g_string_new (terrace_ui_alert_kind_label (alert->kind));
  g_autofree char *count = terrace_ui_format_count (alert->count);
  g_autofree char *last = terrace_format_time (alert->last_us, now_us);

  if (alert->count > 1)
    {
      g_string_append (text, " · ");
      g_string_append_printf (text,
                              g_dngettext (GETTEXT_PACKAGE, "%s time", "%s times",
                                           (gulong) alert->count),
                              count);
    }
  g_string_append_printf (text, " · %s", last);
  if (alert->cleared_us != 0)
    {
      g_autofree char *cleared = terrace_format_time (alert->cleared_us, now_us);

      g_string_append (text, " · ");
      /* Translators: of an alert; a time follows */
      g_string_append_printf (text, _ ("over since %s"), cleared);
    }
  if (alert->acknowledged_us != 0)
    g_string_append_printf (text, " · %s", _ ("acknowledged"));
  else if (alert->snoozed_until_us > now_us)
    {
      g_autofree char *until = terrace_format_time (alert->snoozed_until_us, now_us);

      g_string_append (text, " · ");
      g_string_append_printf (text, _ ("silent until %s"), until);
    }
  return g_string_free (text, FALSE);
}

char *
terrace_ui_format_rule (TerraceAlertRule *rule, const char *currency)
{
  TerraceRuleSettings settings;
  g_autofree char *span = NULL;

  if (!terrace_rule_settings_read (rule, &settings, NULL))
    return g_strdup (_ ("Its settings cannot be read"));
  span = terrace_format_duration ((gint64) (settings.within_s * TERRACE_US_PER_SECOND));
  switch (rule->kind)
    {
    case TERRACE_ALERT_HEATING:
    case TERRACE_ALERT_PREWARM:
      return g_strdup_printf (_ ("%u reads within %s"), (guint) settings.reads, span);
    case TERRACE_ALERT_ERROR_RATE:
      return g_strdup_printf (_ ("%.1f %% of a minute’s events are errors, for %.0f s"),
                              settings.raise_at * 100, settings.for_s);
    case TERRACE_ALERT_LATENCY:
      return g_strdup_printf (_ ("One answer in twenty takes %.0f ms, for %.0f s"),
                              settings.raise_at, settings.for_s);
    case TERRACE_ALERT_BUDGET:
      {
        g_autofree char *amount = terrace_format_money (settings.amount, currency);

        return settings.amount > 0 ? g_strdup_printf (_ ("More than %s a month"), amount) :
                                     g_strdup (_ ("No amount is set"));
      }
    case TERRACE_ALERT_UNREACHABLE:
      return g_strdup_printf (_ ("No answer for %.0f s"), settings.for_s);
    case TERRACE_ALERT_INGEST:
      return g_strdup (settings.act ? _ ("They are registered and placed by the plan") :
                                      _ ("They are not registered"));
    case TERRACE_ALERT_REPLICA_MISSING:
    default:
      return g_strdup (_ ("As soon as verification finds it"));
    }
}
