/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Rows of alert and alert_rule. Catalogue threads. */

#include "config.h"

#include "catalog/terrace-alert-table.h"
#include "catalog/terrace-connection-private.h"

#include "base/terrace-error.h"
#include "base/terrace-limits.h"

#include <glib/gi18n-lib.h>

#define ALERT_COLUMNS                                                                   \
  "rule_id, kind, severity, item_id, move_id, location_id, group_key, message, count, " \
  "opened_us, last_us, cleared_us, acknowledged_us, snoozed_until_us, notified_us"
#define RULE_COLUMNS "kind, name, enabled, severity, location_id, settings, silence_s, updated_us"

/* --- alerts ----------------------------------------------------------------------------------- */

static TerraceAlert *
read_alert (TerraceStatement *statement)
{
  TerraceAlert *alert = g_object_new (TERRACE_TYPE_ALERT, NULL);

  alert->id = terrace_statement_read_int64 (statement);
  alert->rule_id = terrace_statement_read_int64 (statement);
  alert->kind = (TerraceAlertKind) terrace_statement_read_int64 (statement);
  alert->severity = (TerraceSeverity) terrace_statement_read_int64 (statement);
  alert->item_id = terrace_statement_read_int64 (statement);
  alert->move_id = terrace_statement_read_int64 (statement);
  alert->location_id = terrace_statement_read_int64 (statement);
  alert->group_key = terrace_statement_read_text (statement);
  alert->message = terrace_statement_read_text (statement);
  alert->count = (guint64) terrace_statement_read_int64 (statement);
  alert->opened_us = terrace_statement_read_int64 (statement);
  alert->last_us = terrace_statement_read_int64 (statement);
  alert->cleared_us = terrace_statement_read_int64 (statement);
  alert->acknowledged_us = terrace_statement_read_int64 (statement);
  alert->snoozed_until_us = terrace_statement_read_int64 (statement);
  alert->notified_us = terrace_statement_read_int64 (statement);
  return alert;
}

static GPtrArray *
read_alerts (TerraceStatement *statement, GError **error)
{
  g_autoptr (GPtrArray) alerts = g_ptr_array_new_with_free_func (g_object_unref);
  TerraceStep step;

  while ((step = terrace_statement_step (statement, error)) == TERRACE_STEP_ROW)
    g_ptr_array_add (alerts, read_alert (statement));
  return step == TERRACE_STEP_DONE ? g_steal_pointer (&alerts) : NULL;
}

static void
bind_alert (TerraceStatement *statement, TerraceAlert *alert)
{
  terrace_statement_bind_int64 (statement, alert->rule_id);
  terrace_statement_bind_int64 (statement, alert->kind);
  terrace_statement_bind_int64 (statement, alert->severity);
  terrace_statement_bind_int64 (statement, alert->item_id);
  terrace_statement_bind_int64 (statement, alert->move_id);
  terrace_statement_bind_int64 (statement, alert->location_id);
  terrace_statement_bind_text_or_empty (statement, alert->group_key);
  terrace_statement_bind_text_or_empty (statement, alert->message);
  terrace_statement_bind_int64 (statement, (gint64) alert->count);
  terrace_statement_bind_int64 (statement, alert->opened_us);
  terrace_statement_bind_int64 (statement, alert->last_us);
  terrace_statement_bind_int64 (statement, alert->cleared_us);
  terrace_statement_bind_int64 (statement, alert->acknowledged_us);
  terrace_statement_bind_int64 (statement, alert->snoozed_until_us);
  terrace_statement_bind_int64 (statement, alert->notified_us);
}

/* The latest of a group: the open one, if there is one. */
static gboolean
find_latest (TerraceConnection *connection,
             const char *group_key,
             TerraceAlert **latest,
             GError **error)
{
  static const char SQL[] = "SELECT id, " ALERT_COLUMNS " FROM alert WHERE group_key = ?"
                            " ORDER BY id DESC LIMIT 1";
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;
  TerraceStep step;

  *latest = NULL;
  if (!terrace_statement_prepare (&statement, connection, SQL, error))
    return FALSE;
  terrace_statement_bind_text_or_empty (&statement, group_key);
  step = terrace_statement_step (&statement, error);
  if (step == TERRACE_STEP_ROW)
    *latest = read_alert (&statement);
  return step != TERRACE_STEP_ERROR;
}

static gboolean
update_alert (TerraceConnection *connection, TerraceAlert *alert, GError **error)
{
  static const char SQL[] = "UPDATE alert SET (" ALERT_COLUMNS ") ="
                            " (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) WHERE id = ?";
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;

  if (!terrace_statement_prepare (&statement, connection, SQL, error))
    return FALSE;
  bind_alert (&statement, alert);
  terrace_statement_bind_int64 (&statement, alert->id);
  return terrace_statement_run (&statement, error);
}

/* One in, one out: as soon as there are too many, the oldest that is over goes. */
static gboolean
drop_oldest_cleared (TerraceConnection *connection, GError **error)
{
  static const char SQL[] =
      "DELETE FROM alert WHERE cleared_us <> 0 AND id <= (SELECT id FROM alert"
      " WHERE cleared_us <> 0 ORDER BY id DESC LIMIT 1 OFFSET ?)";
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;

  if (!terrace_statement_prepare (&statement, connection, SQL, error))
    return FALSE;
  terrace_statement_bind_int64 (&statement, TERRACE_LIMIT_ALERTS);
  return terrace_statement_run (&statement, error);
}

static gboolean
insert_alert (TerraceConnection *connection, TerraceAlert *alert, GError **error)
{
  static const char SQL[] = "INSERT INTO alert (" ALERT_COLUMNS ")"
                            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;

  if (!terrace_statement_prepare (&statement, connection, SQL, error))
    return FALSE;
  bind_alert (&statement, alert);
  if (!terrace_statement_run (&statement, error))
    return FALSE;
  alert->id = terrace_connection_get_last_id (connection);
  return drop_oldest_cleared (connection, error);
}

gboolean
terrace_alert_table_raise (TerraceConnection *connection,
                           TerraceAlert *alert,
                           gint64 silence_us,
                           gboolean *news,
                           GError **error)
{
  g_autoptr (TerraceAlert) latest = NULL;
  gboolean again, worse;

  g_return_val_if_fail (TERRACE_IS_ALERT (alert), FALSE);
  g_return_val_if_fail (alert->group_key != NULL, FALSE);

  if (!find_latest (connection, alert->group_key, &latest, error))
    return FALSE;
  again = latest != NULL &&
          (latest->cleared_us == 0 || alert->last_us - latest->cleared_us < silence_us);
  worse = again && alert->severity > latest->severity;
  if (news != NULL)
    *news = !again || worse;
  if (!again)
    return insert_alert (connection, alert, error);
  alert->id = latest->id;
  alert->count += latest->count;
  alert->opened_us = latest->opened_us;
  alert->last_us = MAX (alert->last_us, latest->last_us);
  alert->cleared_us = 0;
  alert->snoozed_until_us = latest->snoozed_until_us;
  alert->notified_us = latest->notified_us;
  /* What somebody has seen is not what it has become. */
  alert->acknowledged_us = worse ? 0 : latest->acknowledged_us;
  return update_alert (connection, alert, error);
}

gboolean
terrace_alert_table_clear (TerraceConnection *connection,
                           const char *group_key,
                           gint64 now_us,
                           gboolean *was_open,
                           GError **error)
{
  static const char SQL[] =
      "UPDATE alert SET cleared_us = ? WHERE group_key = ? AND cleared_us = 0";
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;

  g_return_val_if_fail (group_key != NULL, FALSE);

  if (!terrace_statement_prepare (&statement, connection, SQL, error))
    return FALSE;
  terrace_statement_bind_int64 (&statement, now_us);
  terrace_statement_bind_text (&statement, group_key);
  if (!terrace_statement_run (&statement, error))
    return FALSE;
  if (was_open != NULL)
    *was_open = terrace_connection_get_changes (connection) > 0;
  return TRUE;
}

static gboolean
set_moment (TerraceConnection *connection,
            const char *sql,
            gint64 alert_id,
            gint64 moment_us,
            GError **error)
{
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;

  if (!terrace_statement_prepare (&statement, connection, sql, error))
    return FALSE;
  terrace_statement_bind_int64 (&statement, moment_us);
  terrace_statement_bind_int64 (&statement, alert_id);
  return terrace_statement_run (&statement, error) &&
         terrace_connection_require_change (connection, _ ("This alert is not kept any more"),
                                            error);
}

gboolean
terrace_alert_table_acknowledge (TerraceConnection *connection,
                                 gint64 alert_id,
                                 gint64 now_us,
                                 GError **error)
{
  static const char SQL[] = "UPDATE alert SET acknowledged_us = ? WHERE id = ?";

  return set_moment (connection, SQL, alert_id, now_us, error);
}

gboolean
terrace_alert_table_snooze (TerraceConnection *connection,
                            gint64 alert_id,
                            gint64 until_us,
                            GError **error)
{
  static const char SQL[] = "UPDATE alert SET snoozed_until_us = ? WHERE id = ?";

  return set_moment (connection, SQL, alert_id, until_us, error);
}

gboolean
terrace_alert_table_set_notified (TerraceConnection *connection,
                                  gint64 alert_id,
                                  gint64 now_us,
                                  GError **error)
{
  static const char SQL[] = "UPDATE alert SET notified_us = ? WHERE id = ?";

  return set_moment (connection, SQL, alert_id, now_us, error);
}

TerraceAlert *
terrace_alert_table_get (TerraceConnection *connection, gint64 alert_id, GError **error)
{
  static const char SQL[] = "SELECT id, " ALERT_COLUMNS " FROM alert WHERE id = ?";
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;
  TerraceStep step;

  if (!terrace_statement_prepare (&statement, connection, SQL, error))
    return NULL;
  terrace_statement_bind_int64 (&statement, alert_id);
  step = terrace_statement_step (&statement, error);
  if (step == TERRACE_STEP_ROW)
    return read_alert (&statement);
  if (step == TERRACE_STEP_DONE)
    g_set_error_literal (error, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND,
                         _ ("This alert is not kept any more"));
  return NULL;
}

GPtrArray *
terrace_alert_table_list_open (TerraceConnection *connection, GError **error)
{
  static const char SQL[] =
      "SELECT id, " ALERT_COLUMNS " FROM alert WHERE cleared_us = 0 ORDER BY id DESC";
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;

  if (!terrace_statement_prepare (&statement, connection, SQL, error))
    return NULL;
  return read_alerts (&statement, error);
}

GPtrArray *
terrace_alert_table_page (TerraceConnection *connection,
                          gint64 before_id,
                          guint limit,
                          GError **error)
{
  static const char SQL[] =
      "SELECT id, " ALERT_COLUMNS " FROM alert WHERE id < ? ORDER BY id DESC LIMIT ?";
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;

  if (!terrace_statement_prepare (&statement, connection, SQL, error))
    return NULL;
  terrace_statement_bind_int64 (&statement, before_id == 0 ? G_MAXINT64 : before_id);
  terrace_statement_bind_int64 (&statement, limit);
  return read_alerts (&statement, error);
}

/* --- rules ------------------------------------------------------------------------------------ */

gboolean
terrace_alert_rule_table_put (TerraceConnection *connection, TerraceAlertRule *rule, GError **error)
{
  static const char INSERT[] =
      "INSERT INTO alert_rule (" RULE_COLUMNS ") VALUES (?, ?, ?, ?, ?, ?, ?, ?)";
  static const char UPDATE[] =
      "UPDATE alert_rule SET (" RULE_COLUMNS ") = (?, ?, ?, ?, ?, ?, ?, ?) WHERE id = ?";
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;
  gboolean new;

  g_return_val_if_fail (TERRACE_IS_ALERT_RULE (rule), FALSE);

  new = rule->id == 0;
  if (!terrace_statement_prepare (&statement, connection, new ? INSERT : UPDATE, error))
    return FALSE;
  terrace_statement_bind_int64 (&statement, rule->kind);
  terrace_statement_bind_text_or_empty (&statement, rule->name);
  terrace_statement_bind_int64 (&statement, rule->enabled != FALSE);
  terrace_statement_bind_int64 (&statement, rule->severity);
  terrace_statement_bind_int64 (&statement, rule->location_id);
  terrace_statement_bind_text (&statement, rule->settings != NULL ? rule->settings : "{}");
  terrace_statement_bind_int64 (&statement, (gint64) rule->silence_s);
  terrace_statement_bind_int64 (&statement, rule->updated_us);
  if (!new)
    terrace_statement_bind_int64 (&statement, rule->id);
  if (!terrace_statement_run (&statement, error))
    return FALSE;
  if (new)
    rule->id = terrace_connection_get_last_id (connection);
  return new || terrace_connection_require_change (connection, _ ("This rule was removed"), error);
}

gboolean
terrace_alert_rule_table_delete (TerraceConnection *connection, gint64 rule_id, GError **error)
{
  static const char SQL[] = "DELETE FROM alert_rule WHERE id = ?";
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;

  if (!terrace_statement_prepare (&statement, connection, SQL, error))
    return FALSE;
  terrace_statement_bind_int64 (&statement, rule_id);
  return terrace_statement_run (&statement, error) &&
         terrace_connection_require_change (connection, _ ("This rule was removed"), error);
}

static TerraceAlertRule *
read_rule (TerraceStatement *statement)
{
  TerraceAlertRule *rule = g_object_new (TERRACE_TYPE_ALERT_RULE, NULL);

  rule->id = terrace_statement_read_int64 (statement);
  rule->kind = (TerraceAlertKind) terrace_statement_read_int64 (statement);
  rule->name = terrace_statement_read_text (statement);
  rule->enabled = terrace_statement_read_int64 (statement) != 0;
  rule->severity = (TerraceSeverity) terrace_statement_read_int64 (statement);
  rule->location_id = terrace_statement_read_int64 (statement);
  rule->settings = terrace_statement_read_text (statement);
  rule->silence_s = (guint64) terrace_statement_read_int64 (statement);
  rule->updated_us = terrace_statement_read_int64 (statement);
  return rule;
}

GPtrArray *
terrace_alert_rule_table_list (TerraceConnection *connection, GError **error)
{
  static const char SQL[] = "SELECT id, " RULE_COLUMNS " FROM alert_rule ORDER BY id";
  g_autoptr (GPtrArray) rules = g_ptr_array_new_with_free_func (g_object_unref);
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;
  TerraceStep step;

  if (!terrace_statement_prepare (&statement, connection, SQL, error))
    return NULL;
  while ((step = terrace_statement_step (&statement, error)) == TERRACE_STEP_ROW)
    g_ptr_array_add (rules, read_rule (&statement));
  return step == TERRACE_STEP_DONE ? g_steal_pointer (&rules) : NULL;
}
