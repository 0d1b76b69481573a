/* SPDX-License-Identifier: GPL-3.0-or-later */

/* terracectl alerts: what a person should know of, and the rules it comes from. Runs on the main
 * thread. */

#include "config.h"

#include "cli/terrace-cli-common.h"
#include "cli/terrace-cli-output.h"
#include "catalog/terrace-alert-table.h"
#include "engine/terrace-engine-stream.h"

#include <glib/gi18n-lib.h>

#define SHOWN_ALERTS 200
#define DEFAULT_SNOOZE_MINUTES 60

/* --- Reading ------------------------------------------------------------------------------- */

typedef struct
{
  gboolean all;
  GPtrArray *rows;
} Reading;

static gboolean
read_alerts (TerraceConnection *connection, gpointer data, GError **error)
{
  Reading *reading = data;

  reading->rows = reading->all ? terrace_alert_table_page (connection, 0, SHOWN_ALERTS, error) :
                                 terrace_alert_table_list_open (connection, error);
  return reading->rows != NULL;
}

static gboolean
read_rules (TerraceConnection *connection, gpointer data, GError **error)
{
  Reading *reading = data;

  reading->rows = terrace_alert_rule_table_list (connection, error);
  return reading->rows != NULL;
}

static GPtrArray *
read_rows (TerraceCli *cli, TerraceCatalogFunc func, gboolean all)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  Reading reading = { .all = all };

  terrace_catalog_read_async (terrace_engine_get_catalog (cli->engine), func, &reading,
                              cli->cancellable, terrace_cli_await_cb, &result);
  terrace_cli_await (&result);
  if (!terrace_catalog_read_finish (terrace_engine_get_catalog (cli->engine), result, &error))
    terrace_cli_fail (error);

  return reading.rows;
}

/* --- Alerts -------------------------------------------------------------------------------- */

static JsonNode *
alert_to_json (TerraceAlert *alert)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  terrace_json_int (builder, "id", alert->id);
  terrace_json_text (builder, "kind",
                     terrace_enum_to_nick (TERRACE_TYPE_ALERT_KIND, (int) alert->kind));
  terrace_json_text (builder, "severity",
                     terrace_enum_to_nick (TERRACE_TYPE_SEVERITY, (int) alert->severity));
  terrace_json_text (builder, "message", alert->message);
  terrace_json_int (builder, "count", (gint64) alert->count);
  terrace_json_int (builder, "object", alert->item_id);
  terrace_json_int (builder, "move", alert->move_id);
  terrace_json_time (builder, "opened", alert->opened_us);
  terrace_json_time (builder, "last", alert->last_us);
  terrace_json_time (builder, "cleared", alert->cleared_us);
  terrace_json_time (builder, "acknowledged", alert->acknowledged_us);
  terrace_json_time (builder, "snoozed_until", alert->snoozed_until_us);
  json_builder_end_object (builder);

  return json_builder_get_root (builder);
}

static int
list_alerts (TerraceCli *cli, gboolean all)
{
  static const TerraceCliColumn columns[] = {
    { N_ ("Alert"), TRUE, FALSE },     { N_ ("Since"), FALSE, FALSE },
    { N_ ("Severity"), FALSE, FALSE }, { N_ ("Times"), TRUE, FALSE },
    { N_ ("What"), FALSE, TRUE },      { NULL },
  };
  g_autoptr (GPtrArray) alerts = read_rows (cli, read_alerts, all);
  g_autoptr (TerraceCliTable) table = terrace_cli_table_new (cli, columns);
  TerraceCliJsonList list;

  if (alerts == NULL)
    return TERRACE_CLI_FAILED;
  if (cli->json)
    terrace_cli_json_list_begin (&list, NULL, NULL);
  for (guint i = 0; i < alerts->len; i++)
    {
      TerraceAlert *alert = g_ptr_array_index (alerts, i);

      if (cli->json)
        terrace_cli_json_list_add (&list, alert_to_json (alert));
      else
        terrace_cli_table_take (table, g_strdup_printf ("%" G_GINT64_FORMAT, alert->id),
                                terrace_format_iso8601 (alert->opened_us),
                                g_strdup (terrace_enum_to_nick (TERRACE_TYPE_SEVERITY,
                                                                (int) alert->severity)),
                                g_strdup_printf ("%" G_GUINT64_FORMAT, alert->count),
                                terrace_cli_safe (alert->message));
    }
  if (cli->json)
    terrace_cli_json_list_end (&list);
  terrace_cli_table_flush (table);
  if (!cli->json && alerts->len == 0)
    terrace_cli_print (_ ("No alerts\n"));

  return TERRACE_CLI_OK;
}

static int
control (TerraceCli *cli, char **ids, TerraceAlertAction action, gint64 until_us)
{
  TerraceEngineStream *stream = terrace_engine_get_stream (cli->engine);

  for (guint i = 0; ids[i] != NULL; i++)
    {
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (GError) error = NULL;

      terrace_engine_stream_control_alert_async (stream, g_ascii_strtoll (ids[i], NULL, 10), action,
                                                 until_us, cli->cancellable, terrace_cli_await_cb,
                                                 &result);
      terrace_cli_await (&result);
      if (!terrace_engine_stream_control_alert_finish (stream, result, &error))
        return terrace_cli_fail (error);
    }

  return TERRACE_CLI_OK;
}

/* --- Rules --------------------------------------------------------------------------------- */

static JsonNode *
rule_to_json (TerraceAlertRule *rule)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  terrace_json_int (builder, "id", rule->id);
  terrace_json_text (builder, "kind",
                     terrace_enum_to_nick (TERRACE_TYPE_ALERT_KIND, (int) rule->kind));
  terrace_json_text (builder, "name", rule->name);
  terrace_json_bool (builder, "enabled", rule->enabled);
  terrace_json_text (builder, "settings", rule->settings);
  terrace_json_int (builder, "silence_s", (gint64) rule->silence_s);
  json_builder_end_object (builder);

  return json_builder_get_root (builder);
}

/* The rules are made when streams are used first. */
static GPtrArray *
rows_of_rules (TerraceCli *cli)
{
  TerraceEngineStream *stream = terrace_engine_get_stream (cli->engine);
  g_autoptr (GAsyncResult) result = NULL;

  terrace_engine_stream_dead_letters_async (stream, 1, NULL, terrace_cli_await_cb, &result);
  terrace_cli_await (&result);
  g_clear_pointer (&result, g_object_unref);

  return read_rows (cli, read_rules, FALSE);
}

static int
list_rules (TerraceCli *cli)
{
  static const TerraceCliColumn columns[] = {
    { N_ ("Rule"), TRUE, FALSE }, { N_ ("Kind"), FALSE, FALSE },    { N_ ("On"), FALSE, FALSE },
    { N_ ("Name"), FALSE, TRUE }, { N_ ("Settings"), FALSE, TRUE }, { NULL },
  };
  g_autoptr (GPtrArray) rules = rows_of_rules (cli);
  g_autoptr (TerraceCliTable) table = terrace_cli_table_new (cli, columns);
  TerraceCliJsonList list;

  if (rules == NULL)
    return TERRACE_CLI_FAILED;
  if (cli->json)
    terrace_cli_json_list_begin (&list, NULL, NULL);
  for (guint i = 0; i < rules->len; i++)
    {
      TerraceAlertRule *rule = g_ptr_array_index (rules, i);

      if (cli->json)
        terrace_cli_json_list_add (&list, rule_to_json (rule));
      else
        terrace_cli_table_take (table, g_strdup_printf ("%" G_GINT64_FORMAT, rule->id),
                                g_strdup (terrace_enum_to_nick (TERRACE_TYPE_ALERT_KIND,
                                                                (int) rule->kind)),
                                g_strdup (rule->enabled ? _ ("yes") : _ ("no")),
                                terrace_cli_safe (rule->name), terrace_cli_safe (rule->settings));
    }
  if (cli->json)
    terrace_cli_json_list_end (&list);
  terrace_cli_table_flush (table);

  return TERRACE_CLI_OK;
}

static TerraceAlertRule *
find_rule (GPtrArray *rules, const char *id)
{
  for (guint i = 0; i < rules->len; i++)
    if (((TerraceAlertRule *) g_ptr_array_index (rules, i))->id == g_ascii_strtoll (id, NULL, 10))
      return g_ptr_array_index (rules, i);

  terrace_cli_warn (_ ("There is no rule %s"), id);
  return NULL;
}

static int
try_rule (TerraceCli *cli, TerraceAlertRule *rule)
{
  TerraceEngineStream *stream = terrace_engine_get_stream (cli->engine);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (TerraceRuleTrial) trial = NULL;
  g_autoptr (GError) error = NULL;

  terrace_engine_stream_try_rule_async (stream, rule, cli->cancellable, terrace_cli_await_cb,
                                        &result);
  terrace_cli_await (&result);
  trial = terrace_engine_stream_try_rule_finish (stream, result, &error);
  if (trial == NULL)
    return terrace_cli_fail (error);

  terrace_cli_print (_ ("In the last hour, of %lu events, it would have spoken up %u times\n"),
                     (gulong) trial->events, trial->fired);
  for (guint i = 0; i < trial->messages->len; i++)
    {
      g_autofree char *message = terrace_cli_safe (g_ptr_array_index (trial->messages, i));

      terrace_cli_print ("  %s\n", message);
    }

  return TERRACE_CLI_OK;
}

static int
set_rule (TerraceCli *cli, TerraceAlertRule *rule, const char *settings, gboolean on, gboolean off)
{
  TerraceEngineStream *stream = terrace_engine_get_stream (cli->engine);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  if (settings != NULL)
    {
      g_free (rule->settings);
      rule->settings = g_strdup (settings);
    }
  rule->enabled = (rule->enabled || on) && !off;
  terrace_engine_stream_put_rule_async (stream, rule, cli->cancellable, terrace_cli_await_cb,
                                        &result);
  terrace_cli_await (&result);
  if (!terrace_engine_stream_put_rule_finish (stream, result, &error))
    return terrace_cli_fail (error);

  return TERRACE_CLI_OK;
}

/* --- The command --------------------------------------------------------------------------- */

static gboolean
check_ids (char **arguments)
{
  gint64 id;

  if (arguments[0] != NULL && g_strv_length (arguments) == 1 &&
      (g_str_equal (arguments[0], "rules")))
    return TRUE;
  if (arguments[0] != NULL && arguments[1] == NULL)
    {
      terrace_cli_misuse ("alerts", _ ("Say which: the number of an alert or of a rule"));
      return FALSE;
    }
  for (guint i = 1; arguments[0] != NULL && arguments[i] != NULL; i++)
    if (!terrace_cli_parse_id ("alerts", arguments[i], &id))
      return FALSE;

  return TRUE;
}

int
terrace_cli_alerts (TerraceCli *cli, int argc, char **argv)
{
  static const char *const verbs[] = { "ack", "snooze", "rules", "try", "set", NULL };
  const TerraceCliHelp help = {
    "alerts [OPTION…] [ack|snooze ALERT… | rules | try|set RULE]",
    _ ("Shows what should be known of, and changes it: 'ack' says it was seen, 'snooze' that it is "
       "to "
       "be left alone for a while. 'rules' lists what is watched for, 'try' says what a rule would "
       "have done in the last hour, and 'set' changes it."),
    "  terracectl alerts --all --json\n"
    "  terracectl alerts ack 3\n"
    "  terracectl alerts snooze 3 --minutes 120\n"
    "  terracectl alerts set 4 --settings '{\"raise\":0.1,\"clear\":0.05}'\n"
    "  terracectl alerts try 4\n",
    TRUE,
  };
  gboolean all = FALSE, on = FALSE, off = FALSE;
  int minutes = DEFAULT_SNOOZE_MINUTES;
  g_autofree char *settings = NULL;
  GOptionEntry entries[] = {
    { "all", 0, 0, G_OPTION_ARG_NONE, &all, N_ ("Also those that are over"), NULL },
    { "minutes", 'm', 0, G_OPTION_ARG_INT, &minutes, N_ ("For how long to snooze (60)"), N_ ("N") },
    { "settings", 0, 0, G_OPTION_ARG_STRING, &settings, N_ ("New settings of a rule"),
      N_ ("JSON") },
    { "on", 0, 0, G_OPTION_ARG_NONE, &on, N_ ("Follow the rule"), NULL },
    { "off", 0, 0, G_OPTION_ARG_NONE, &off, N_ ("Do not follow it any more"), NULL },
    { NULL },
  };
  g_auto (GStrv) arguments = NULL;
  g_autoptr (GPtrArray) rules = NULL;
  TerraceAlertRule *rule;
  gint64 now_us;
  int status;

  if (!terrace_cli_parse (cli, &help, entries, argc, argv, &arguments, &status))
    return status;
  if (arguments[0] != NULL && !g_strv_contains (verbs, arguments[0]))
    return terrace_cli_misuse ("alerts", _ ("There is no 'alerts %s'"), arguments[0]);
  if (minutes < 0)
    return terrace_cli_misuse ("alerts", _ ("--minutes must not be negative"));
  if (!check_ids (arguments))
    return TERRACE_CLI_MISUSED;
  if (!terrace_cli_open (cli, FALSE))
    return TERRACE_CLI_FAILED;

  if (arguments[0] == NULL)
    return list_alerts (cli, all);
  if (g_str_equal (arguments[0], "rules"))
    return list_rules (cli);
  now_us = terrace_clock_get_now_us (terrace_engine_get_clock (cli->engine));
  if (g_str_equal (arguments[0], "ack"))
    return control (cli, arguments + 1, TERRACE_ALERT_ACKNOWLEDGE, 0);
  if (g_str_equal (arguments[0], "snooze"))
    return control (cli, arguments + 1, TERRACE_ALERT_SNOOZE,
                    now_us + (gint64) minutes * 60 * TERRACE_US_PER_SECOND);

  rules = rows_of_rules (cli);
  rule = rules != NULL ? find_rule (rules, arguments[1]) : NULL;
  if (rule == NULL)
    return TERRACE_CLI_FAILED;
  return g_str_equal (arguments[0], "try") ? try_rule (cli, rule) :
                                             set_rule (cli, rule, settings, on, off);
}
