/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Alert rules. Pure; any thread. */

#include "config.h"

#include "insight/terrace-alert-rules.h"

#include "base/terrace-clock.h"
#include "base/terrace-error.h"

#include <glib/gi18n-lib.h>
#include <json-glib/json-glib.h>
#include <math.h>

static const TerraceRuleSettings defaults[] = {
  [TERRACE_ALERT_HEATING] = { .reads = 3, .within_s = 600, .act = TRUE },
  [TERRACE_ALERT_PREWARM] = { .reads = 20, .within_s = 600, .act = FALSE },
  [TERRACE_ALERT_INGEST] = { .act = TRUE },
  [TERRACE_ALERT_ERROR_RATE] = { .raise_at = 0.05, .clear_at = 0.02, .for_s = 10, .at_least = 50 },
  [TERRACE_ALERT_LATENCY] = { .raise_at = 2000, .clear_at = 1000, .for_s = 30, .at_least = 50 },
  [TERRACE_ALERT_BUDGET] = { .raise_at = 1.0, .clear_at = 0.95, .amount = 0 },
  [TERRACE_ALERT_UNREACHABLE] = { .raise_at = 1, .clear_at = 1, .for_s = 30 },
  [TERRACE_ALERT_REPLICA_MISSING] = { .raise_at = 1, .clear_at = 1 },
};

/* --- Settings ------------------------------------------------------------------------------ */

typedef struct
{
  const char *name;
  gsize offset;
  enum
  {
    NUMBER,
    COUNT,
    FLAG,
  } type;
} Member;

static const Member members[] = {
  { "raise", G_STRUCT_OFFSET (TerraceRuleSettings, raise_at), NUMBER },
  { "clear", G_STRUCT_OFFSET (TerraceRuleSettings, clear_at), NUMBER },
  { "for_s", G_STRUCT_OFFSET (TerraceRuleSettings, for_s), NUMBER },
  { "at_least", G_STRUCT_OFFSET (TerraceRuleSettings, at_least), COUNT },
  { "reads", G_STRUCT_OFFSET (TerraceRuleSettings, reads), COUNT },
  { "within_s", G_STRUCT_OFFSET (TerraceRuleSettings, within_s), NUMBER },
  { "act", G_STRUCT_OFFSET (TerraceRuleSettings, act), FLAG },
  { "amount", G_STRUCT_OFFSET (TerraceRuleSettings, amount), NUMBER },
};

static gboolean
read_member (const Member *member, JsonNode *node, TerraceRuleSettings *settings)
{
  gpointer field = G_STRUCT_MEMBER_P (settings, member->offset);
  GType type = JSON_NODE_HOLDS_VALUE (node) ? json_node_get_value_type (node) : G_TYPE_NONE;
  double number;

  if (member->type == FLAG)
    {
      if (type != G_TYPE_BOOLEAN)
        return FALSE;
      *(gboolean *) field = json_node_get_boolean (node);
      return TRUE;
    }

  if (type != G_TYPE_INT64 && type != G_TYPE_DOUBLE)
    return FALSE;
  number = json_node_get_double (node);
  if (!isfinite (number) || number < 0 || number > 1e15)
    return FALSE;
  if (member->type == COUNT)
    *(guint64 *) field = (guint64) number;
  else
    *(double *) field = number;
  return TRUE;
}

gboolean
terrace_rule_settings_read (TerraceAlertRule *rule, TerraceRuleSettings *settings, GError **error)
{
  g_autoptr (JsonNode) root = NULL;
  JsonObject *object;

  g_return_val_if_fail ((guint) rule->kind < G_N_ELEMENTS (defaults), FALSE);

  *settings = defaults[rule->kind];
  root = json_from_string (rule->settings, NULL);
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    {
      g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID,
                   _ ("The settings of the rule “%s” are not a JSON object"), rule->name);
      return FALSE;
    }

  object = json_node_get_object (root);
  for (guint i = 0; i < G_N_ELEMENTS (members); i++)
    {
      JsonNode *node = json_object_get_member (object, members[i].name);

      if (node != NULL && !read_member (&members[i], node, settings))
        {
          g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID,
                       _ ("“%s” of the rule “%s” has a value that makes no sense"), members[i].name,
                       rule->name);
          return FALSE;
        }
    }
  /* A rule that is silent above where it speaks up would never be silent. */
  settings->clear_at = MIN (settings->clear_at, settings->raise_at);

  return TRUE;
}

GPtrArray *
terrace_rules_make_default (void)
{
  static const struct
  {
    TerraceAlertKind kind;
    const char *name;
    TerraceSeverity severity;
    guint64 silence_s;
  } rules[] = {
    { TERRACE_ALERT_HEATING, N_ ("Stop moving down what is being used"), TERRACE_SEVERITY_INFO,
      300 },
    { TERRACE_ALERT_PREWARM, N_ ("Foresee bursts of reads"), TERRACE_SEVERITY_INFO, 3600 },
    { TERRACE_ALERT_INGEST, N_ ("Register new objects"), TERRACE_SEVERITY_INFO, 3600 },
    { TERRACE_ALERT_ERROR_RATE, N_ ("Many requests fail"), TERRACE_SEVERITY_ERROR, 600 },
    { TERRACE_ALERT_LATENCY, N_ ("Answers take long"), TERRACE_SEVERITY_WARNING, 600 },
    { TERRACE_ALERT_BUDGET, N_ ("The month costs more than allowed"), TERRACE_SEVERITY_WARNING,
      86400 },
    { TERRACE_ALERT_UNREACHABLE, N_ ("A location does not answer"), TERRACE_SEVERITY_WARNING, 600 },
    { TERRACE_ALERT_REPLICA_MISSING, N_ ("Copies are missing or damaged"), TERRACE_SEVERITY_ERROR,
      3600 },
  };
  GPtrArray *made = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < G_N_ELEMENTS (rules); i++)
    {
      TerraceAlertRule *rule = terrace_alert_rule_new (rules[i].kind, _ (rules[i].name), NULL);

      rule->severity = rules[i].severity;
      rule->silence_s = rules[i].silence_s;
      g_ptr_array_add (made, rule);
    }

  return made;
}

/* --- Judging ------------------------------------------------------------------------------- */

TerraceRuleVerdict
terrace_rule_judge (const TerraceRuleSettings *settings,
                    double value,
                    guint64 n,
                    gint64 now_us,
                    TerraceRuleState *state)
{
  gboolean beyond;

  /* Too few to speak up; but silence is what too few of them mean. */
  if (state->firing)
    beyond = value < settings->clear_at || n < settings->at_least;
  else
    beyond = value >= settings->raise_at && n >= settings->at_least;

  if (!beyond)
    {
      state->beyond_us = 0;
      return TERRACE_RULE_NOTHING;
    }
  if (state->beyond_us == 0 || state->beyond_us > now_us)
    state->beyond_us = now_us;
  if ((double) (now_us - state->beyond_us) < settings->for_s * TERRACE_US_PER_SECOND)
    return TERRACE_RULE_NOTHING;

  state->beyond_us = 0;
  state->firing = !state->firing;
  return state->firing ? TERRACE_RULE_RAISE : TERRACE_RULE_CLEAR;
}

void
terrace_rule_judge_heat (const TerraceRuleSettings *settings,
                         const TerraceHeatSigns *signs,
                         TerraceHeatVerdict *verdict)
{
  double go_on = signs->left + signs->monthly_there - signs->monthly_here + signs->return_cost;

  verdict->stop = settings->act && signs->reads >= settings->reads;
  verdict->stop_cost = MAX (signs->spent, 0);
  verdict->go_on_cost = MAX (go_on, 0);
}

gboolean
terrace_rule_judge_burst (const TerraceRuleSettings *settings,
                          guint64 reads_first_half,
                          guint64 reads_second_half)
{
  return reads_first_half + reads_second_half >= settings->reads &&
         reads_second_half >= reads_first_half;
}
