/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Alerts and their rules as objects that views bind to. */

#include "model/terrace-alert-rule.h"
#include "model/terrace-alert.h"

static void
count_cb (GObject *object, GParamSpec *pspec, gpointer data)
{
  guint *n = data;

  *n += 1;
}

static void
test_properties (void)
{
  g_autoptr (TerraceAlert) alert =
      terrace_alert_new (TERRACE_ALERT_UNREACHABLE, TERRACE_SEVERITY_ERROR, "unreachable:3", 7,
                         "It is gone");
  g_autofree char *group_key = NULL;
  g_autofree char *message = NULL;
  TerraceAlertKind kind;
  TerraceSeverity severity;
  gint64 opened_us, last_us, cleared_us;
  guint64 count;

  g_object_get (alert, "kind", &kind, "severity", &severity, "group-key", &group_key, "message",
                &message, "count", &count, "opened-us", &opened_us, "last-us", &last_us,
                "cleared-us", &cleared_us, NULL);
  g_assert_cmpint (kind, ==, TERRACE_ALERT_UNREACHABLE);
  g_assert_cmpint (severity, ==, TERRACE_SEVERITY_ERROR);
  g_assert_cmpstr (group_key, ==, "unreachable:3");
  g_assert_cmpstr (message, ==, "It is gone");
  g_assert_cmpuint (count, ==, 1);
  g_assert_cmpint (opened_us, ==, 7);
  g_assert_cmpint (last_us, ==, 7);
  g_assert_cmpint (cleared_us, ==, 0);
}

static void
test_update (void)
{
  g_autoptr (TerraceAlert) alert =
      terrace_alert_new (TERRACE_ALERT_LATENCY, TERRACE_SEVERITY_INFO, "latency:1", 7, "Slow");
  g_autoptr (TerraceAlert) newer =
      terrace_alert_new (TERRACE_ALERT_LATENCY, TERRACE_SEVERITY_INFO, "latency:1", 7, "Slower");
  guint n = 0;

  g_signal_connect_data (alert, "notify", G_CALLBACK (count_cb), &n, NULL, 0);
  newer->count = 5;
  newer->last_us = 9;
  terrace_alert_update (alert, newer);
  g_assert_cmpuint (n, ==, 3);
  g_assert_cmpstr (alert->message, ==, "Slower");
  g_assert_cmpuint (alert->count, ==, 5);
  terrace_alert_update (alert, newer);
  terrace_alert_update (alert, alert);
  g_assert_cmpuint (n, ==, 3);
}

static void
test_attention (void)
{
  g_autoptr (TerraceAlert) alert =
      terrace_alert_new (TERRACE_ALERT_BUDGET, TERRACE_SEVERITY_INFO, "budget", 7, "Too much");

  g_assert_true (terrace_alert_wants_attention (alert, 10));
  alert->snoozed_until_us = 20;
  g_assert_false (terrace_alert_wants_attention (alert, 19));
  g_assert_true (terrace_alert_wants_attention (alert, 20));
  alert->acknowledged_us = 20;
  g_assert_false (terrace_alert_wants_attention (alert, 30));
  alert->acknowledged_us = 0;
  alert->cleared_us = 30;
  g_assert_false (terrace_alert_wants_attention (alert, 30));
}

static void
test_rule (void)
{
  g_autoptr (TerraceAlertRule) rule =
      terrace_alert_rule_new (TERRACE_ALERT_HEATING, "Heating", NULL);
  g_autoptr (TerraceAlertRule) newer =
      terrace_alert_rule_new (TERRACE_ALERT_HEATING, "Heating", "{\"reads\":3}");
  g_autofree char *settings = NULL;
  gboolean enabled;

  g_assert_cmpstr (rule->settings, ==, "{}");
  newer->enabled = FALSE;
  terrace_alert_rule_update (rule, newer);
  g_object_get (rule, "settings", &settings, "enabled", &enabled, NULL);
  g_assert_cmpstr (settings, ==, "{\"reads\":3}");
  g_assert_false (enabled);
}

static void
test_kinds (void)
{
  int kind;

  g_assert_cmpstr (terrace_enum_to_nick (TERRACE_TYPE_ALERT_KIND, TERRACE_ALERT_PREWARM), ==,
                   "pre-warm");
  g_assert_true (terrace_enum_from_nick (TERRACE_TYPE_ALERT_KIND, "replica-missing", &kind));
  g_assert_cmpint (kind, ==, TERRACE_ALERT_REPLICA_MISSING);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/alert/properties", test_properties);
  g_test_add_func ("/alert/update", test_update);
  g_test_add_func ("/alert/attention", test_attention);
  g_test_add_func ("/alert/rule", test_rule);
  g_test_add_func ("/alert/kinds", test_kinds);
  return g_test_run ();
}
