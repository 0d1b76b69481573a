/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Rows of setting, and the one of policy. Catalogue threads. */

#include "config.h"

#include "catalog/terrace-connection-private.h"
#include "catalog/terrace-setting-table.h"

char *
terrace_setting_table_get (TerraceConnection *connection, const char *key, GError **error)
{
  static const char SQL[] = "SELECT value FROM setting WHERE key = ?";
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;

  g_return_val_if_fail (key != NULL, NULL);

  if (!terrace_statement_prepare (&statement, connection, SQL, error))
    return NULL;
  terrace_statement_bind_text (&statement, key);
  if (terrace_statement_step (&statement, error) != TERRACE_STEP_ROW)
    return NULL;
  return terrace_statement_read_text (&statement);
}

gboolean
terrace_setting_table_set (TerraceConnection *connection,
                           const char *key,
                           const char *value,
                           GError **error)
{
  static const char UNSET[] = "DELETE FROM setting WHERE key = ?";
  static const char SET[] = "INSERT OR REPLACE INTO setting (key, value) VALUES (?, ?)";
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;

  g_return_val_if_fail (key != NULL, FALSE);

  if (!terrace_statement_prepare (&statement, connection, value != NULL ? SET : UNSET, error))
    return FALSE;
  terrace_statement_bind_text (&statement, key);
  if (value != NULL)
    terrace_statement_bind_text (&statement, value);
  return terrace_statement_run (&statement, error);
}

#define POLICY_COLUMNS                                                                \
  "horizon_months, break_even_months, min_saving_nanos, max_first_byte_ms, "          \
  "max_first_byte_hot_ms, hot_reads_per_month, warm_reads_per_month, wanted_copies, " \
  "egress_counts"

#define RISK_SETTING "policy-risk"
#define MOVE_BUDGET_SETTING "policy-move-budget-nanos"

/* What came later than the table. */
static gboolean
get_later_fields (TerraceConnection *connection, TerracePolicy *policy, GError **error)
{
  g_autofree char *risk = NULL;
  g_autofree char *budget = NULL;
  GError *own_error = NULL;

  risk = terrace_setting_table_get (connection, RISK_SETTING, &own_error);
  if (own_error == NULL)
    budget = terrace_setting_table_get (connection, MOVE_BUDGET_SETTING, &own_error);
  if (own_error != NULL)
    {
      g_propagate_error (error, own_error);
      return FALSE;
    }
  if (risk != NULL)
    policy->risk = CLAMP (g_ascii_strtod (risk, NULL), 0.0, 1.0);
  if (budget != NULL)
    policy->move_budget_nanos = MAX (g_ascii_strtoll (budget, NULL, 10), 0);
  return TRUE;
}

static gboolean
set_later_fields (TerraceConnection *connection, const TerracePolicy *policy, GError **error)
{
  g_autofree char *budget = g_strdup_printf ("%" G_GINT64_FORMAT, policy->move_budget_nanos);
  char risk[G_ASCII_DTOSTR_BUF_SIZE];

  g_ascii_dtostr (risk, sizeof risk, policy->risk);
  return terrace_setting_table_set (connection, RISK_SETTING, risk, error) &&
         terrace_setting_table_set (connection, MOVE_BUDGET_SETTING, budget, error);
}

gboolean
terrace_policy_table_get (TerraceConnection *connection, TerracePolicy *policy, GError **error)
{
  static const char SQL[] = "SELECT " POLICY_COLUMNS " FROM policy WHERE id = 1";
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;
  TerraceStep step;

  g_return_val_if_fail (policy != NULL, FALSE);

  terrace_policy_init (policy);
  if (!terrace_statement_prepare (&statement, connection, SQL, error))
    return FALSE;
  step = terrace_statement_step (&statement, error);
  if (step != TERRACE_STEP_ROW)
    return step == TERRACE_STEP_DONE;
  policy->horizon_months = terrace_statement_read_double (&statement);
  policy->break_even_months = terrace_statement_read_double (&statement);
  policy->min_saving_nanos = terrace_statement_read_int64 (&statement);
  policy->max_first_byte_ms = (guint64) terrace_statement_read_int64 (&statement);
  policy->max_first_byte_hot_ms = (guint64) terrace_statement_read_int64 (&statement);
  policy->hot_reads_per_month = terrace_statement_read_double (&statement);
  policy->warm_reads_per_month = terrace_statement_read_double (&statement);
  policy->wanted_copies = (guint) terrace_statement_read_int64 (&statement);
  policy->egress_counts = terrace_statement_read_int64 (&statement) != 0;
  return get_later_fields (connection, policy, error);
}

gboolean
terrace_policy_table_set (TerraceConnection *connection,
                          const TerracePolicy *policy,
                          GError **error)
{
  static const char SQL[] = "INSERT OR REPLACE INTO policy (id, " POLICY_COLUMNS ")"
                            " VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;

  g_return_val_if_fail (policy != NULL, FALSE);

  if (!terrace_policy_validate (policy, error) ||
      !terrace_statement_prepare (&statement, connection, SQL, error))
    return FALSE;
  terrace_statement_bind_double (&statement, policy->horizon_months);
  terrace_statement_bind_double (&statement, policy->break_even_months);
  terrace_statement_bind_int64 (&statement, policy->min_saving_nanos);
  terrace_statement_bind_int64 (&statement, (gint64) policy->max_first_byte_ms);
  terrace_statement_bind_int64 (&statement, (gint64) policy->max_first_byte_hot_ms);
  terrace_statement_bind_double (&statement, policy->hot_reads_per_month);
  terrace_statement_bind_double (&statement, policy->warm_reads_per_month);
  terrace_statement_bind_int64 (&statement, policy->wanted_copies);
  terrace_statement_bind_int64 (&statement, policy->egress_counts != FALSE);
  return terrace_statement_run (&statement, error) && set_later_fields (connection, policy, error);
}
