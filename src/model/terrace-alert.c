/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Something a person should know of. Any thread until it is shared, then the main thread. */

#include "model/terrace-alert.h"

#include "model/terrace-field.h"

typedef enum
{
  PROP_ID = 1,
  PROP_RULE_ID,
  PROP_KIND,
  PROP_SEVERITY,
  PROP_ITEM_ID,
  PROP_MOVE_ID,
  PROP_LOCATION_ID,
  PROP_GROUP_KEY,
  PROP_MESSAGE,
  PROP_COUNT,
  PROP_OPENED_US,
  PROP_LAST_US,
  PROP_CLEARED_US,
  PROP_ACKNOWLEDGED_US,
  PROP_SNOOZED_UNTIL_US,
  PROP_NOTIFIED_US,
} AlertProperty;

#define N_PROPERTIES (PROP_NOTIFIED_US + 1)

static GParamSpec *properties[N_PROPERTIES];

static const TerraceField fields[] = {
  [PROP_ID] = TERRACE_FIELD (TerraceAlert, id, "id", INT64),
  [PROP_RULE_ID] = TERRACE_FIELD (TerraceAlert, rule_id, "rule-id", INT64),
  [PROP_KIND] = TERRACE_ENUM_FIELD (TerraceAlert, kind, "kind", terrace_alert_kind_get_type),
  [PROP_SEVERITY] =
      TERRACE_ENUM_FIELD (TerraceAlert, severity, "severity", terrace_severity_get_type),
  [PROP_ITEM_ID] = TERRACE_FIELD (TerraceAlert, item_id, "item-id", INT64),
  [PROP_MOVE_ID] = TERRACE_FIELD (TerraceAlert, move_id, "move-id", INT64),
  [PROP_LOCATION_ID] = TERRACE_FIELD (TerraceAlert, location_id, "location-id", INT64),
  [PROP_GROUP_KEY] = TERRACE_FIELD (TerraceAlert, group_key, "group-key", STRING),
  [PROP_MESSAGE] = TERRACE_FIELD (TerraceAlert, message, "message", STRING),
  [PROP_COUNT] = TERRACE_FIELD (TerraceAlert, count, "count", UINT64),
  [PROP_OPENED_US] = TERRACE_FIELD (TerraceAlert, opened_us, "opened-us", INT64),
  [PROP_LAST_US] = TERRACE_FIELD (TerraceAlert, last_us, "last-us", INT64),
  [PROP_CLEARED_US] = TERRACE_FIELD (TerraceAlert, cleared_us, "cleared-us", INT64),
  [PROP_ACKNOWLEDGED_US] = TERRACE_FIELD (TerraceAlert, acknowledged_us, "acknowledged-us", INT64),
  [PROP_SNOOZED_UNTIL_US] =
      TERRACE_FIELD (TerraceAlert, snoozed_until_us, "snoozed-until-us", INT64),
  [PROP_NOTIFIED_US] = TERRACE_FIELD (TerraceAlert, notified_us, "notified-us", INT64),
};

G_DEFINE_FINAL_TYPE (TerraceAlert, terrace_alert, G_TYPE_OBJECT)

static void
terrace_alert_finalize (GObject *object)
{
  for (guint i = 1; i < G_N_ELEMENTS (fields); i++)
    terrace_field_clear (&fields[i], object);

  G_OBJECT_CLASS (terrace_alert_parent_class)->finalize (object);
}

static void
terrace_alert_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  g_assert (prop_id < G_N_ELEMENTS (fields));

  terrace_field_get (&fields[prop_id], object, value);
}

static void
terrace_alert_class_init (TerraceAlertClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = terrace_alert_finalize;
  object_class->get_property = terrace_alert_get_property;

  for (guint i = 1; i < G_N_ELEMENTS (fields); i++)
    properties[i] = terrace_field_create_spec (&fields[i]);

  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
terrace_alert_init (TerraceAlert *self)
{
}

TerraceAlert *
terrace_alert_new (TerraceAlertKind kind,
                   TerraceSeverity severity,
                   const char *group_key,
                   gint64 time_us,
                   const char *message)
{
  TerraceAlert *self = g_object_new (TERRACE_TYPE_ALERT, NULL);

  self->kind = kind;
  self->severity = severity;
  self->group_key = g_strdup (group_key);
  self->message = g_strdup (message);
  self->count = 1;
  self->opened_us = time_us;
  self->last_us = time_us;

  return self;
}

void
terrace_alert_update (TerraceAlert *self, TerraceAlert *newer)
{
  g_return_if_fail (TERRACE_IS_ALERT (self));
  g_return_if_fail (TERRACE_IS_ALERT (newer));

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

gboolean
terrace_alert_wants_attention (TerraceAlert *self, gint64 now_us)
{
  g_return_val_if_fail (TERRACE_IS_ALERT (self), FALSE);

  return self->cleared_us == 0 && self->acknowledged_us == 0 && self->snoozed_until_us <= now_us;
}
