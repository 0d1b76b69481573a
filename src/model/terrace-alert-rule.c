/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What to watch for. Any thread until it is shared, then the main thread. */

#include "model/terrace-alert-rule.h"

#include "model/terrace-field.h"

typedef enum
{
  PROP_ID = 1,
  PROP_KIND,
  PROP_NAME,
  PROP_ENABLED,
  PROP_SEVERITY,
  PROP_LOCATION_ID,
  PROP_SETTINGS,
  PROP_SILENCE_S,
  PROP_UPDATED_US,
} AlertRuleProperty;

#define N_PROPERTIES (PROP_UPDATED_US + 1)

static GParamSpec *properties[N_PROPERTIES];

static const TerraceField fields[] = {
  [PROP_ID] = TERRACE_FIELD (TerraceAlertRule, id, "id", INT64),
  [PROP_KIND] = TERRACE_ENUM_FIELD (TerraceAlertRule, kind, "kind", terrace_alert_kind_get_type),
  [PROP_NAME] = TERRACE_FIELD (TerraceAlertRule, name, "name", STRING),
  [PROP_ENABLED] = TERRACE_FIELD (TerraceAlertRule, enabled, "enabled", BOOLEAN),
  [PROP_SEVERITY] =
      TERRACE_ENUM_FIELD (TerraceAlertRule, severity, "severity", terrace_severity_get_type),
  [PROP_LOCATION_ID] = TERRACE_FIELD (TerraceAlertRule, location_id, "location-id", INT64),
  [PROP_SETTINGS] = TERRACE_FIELD (TerraceAlertRule, settings, "settings", STRING),
  [PROP_SILENCE_S] = TERRACE_FIELD (TerraceAlertRule, silence_s, "silence-s", UINT64),
  [PROP_UPDATED_US] = TERRACE_FIELD (TerraceAlertRule, updated_us, "updated-us", INT64),
};

G_DEFINE_FINAL_TYPE (TerraceAlertRule, terrace_alert_rule, G_TYPE_OBJECT)

static void
terrace_alert_rule_finalize (GObject *object)
{
  for (guint i = 1; i < G_N_ELEMENTS (fields); i++)
    terrace_field_clear (&fields[i], object);

  G_OBJECT_CLASS (terrace_alert_rule_parent_class)->finalize (object);
}

static void
terrace_alert_rule_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  g_assert (prop_id < G_N_ELEMENTS (fields));

  terrace_field_get (&fields[prop_id], object, value);
}

static void
terrace_alert_rule_class_init (TerraceAlertRuleClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = terrace_alert_rule_finalize;
  object_class->get_property = terrace_alert_rule_get_property;

  for (guint i = 1; i < G_N_ELEMENTS (fields); i++)
    properties[i] = terrace_field_create_spec (&fields[i]);

  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
terrace_alert_rule_init (TerraceAlertRule *self)
{
}

TerraceAlertRule *
terrace_alert_rule_new (TerraceAlertKind kind, const char *name, const char *settings)
{
  TerraceAlertRule *self = g_object_new (TERRACE_TYPE_ALERT_RULE, NULL);

  self->kind = kind;
  self->name = g_strdup (name);
  self->enabled = TRUE;
  self->severity = TERRACE_SEVERITY_WARNING;
  self->settings = g_strdup (settings != NULL ? settings : "{}");

  return self;
}

void
terrace_alert_rule_update (TerraceAlertRule *self, TerraceAlertRule *newer)
{
  g_return_if_fail (TERRACE_IS_ALERT_RULE (self));
  g_return_if_fail (TERRACE_IS_ALERT_RULE (newer));

  if (self == newer)
    return;

  g_object_freeze_notify (G_OBJECT (self));
  for (guint i = 1; i < G_N_ELEMENTS (fields); i++)
    {
      if (terrace_field_copy (&fields[i], G_OBJECT (self), G_OBJECT (newer)))
        g_object_notify_by_pspec (G_OBJECT (self), properties[i]);
    }
  g_object_thaw_notify (G_OBJECT (self));
}
