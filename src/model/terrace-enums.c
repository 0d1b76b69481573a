/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The GTypes of the scales and states, and their nicks. Any thread.
 *
 * Written by hand, because the nicks are part of files and of the command line. */

#include "model/terrace-enums.h"

#define VALUE(name, nick) \
  {                       \
    name, #name, nick     \
  }
#define END_OF_VALUES \
  {                   \
    0, NULL, NULL     \
  }

#define DEFINE_ENUM(TypeName, type_name)                                                 \
  GType type_name##_get_type (void)                                                      \
  {                                                                                      \
    static gsize type = 0;                                                               \
                                                                                         \
    if (g_once_init_enter (&type))                                                       \
      g_once_init_leave (&type, g_enum_register_static (#TypeName, type_name##_values)); \
    return type;                                                                         \
  }

static const GEnumValue terrace_tier_values[] = {
  VALUE (TERRACE_TIER_HOT, "hot"),
  VALUE (TERRACE_TIER_WARM, "warm"),
  VALUE (TERRACE_TIER_COLD, "cold"),
  VALUE (TERRACE_TIER_ARCHIVE, "archive"),
  END_OF_VALUES,
};
DEFINE_ENUM (TerraceTier, terrace_tier)

static const GEnumValue terrace_temperature_values[] = {
  VALUE (TERRACE_TEMPERATURE_UNKNOWN, "unknown"),
  VALUE (TERRACE_TEMPERATURE_HOT, "hot"),
  VALUE (TERRACE_TEMPERATURE_WARM, "warm"),
  VALUE (TERRACE_TEMPERATURE_COLD, "cold"),
  END_OF_VALUES,
};
DEFINE_ENUM (TerraceTemperature, terrace_temperature)

static const GEnumValue terrace_location_kind_values[] = {
  VALUE (TERRACE_LOCATION_LOCAL, "local"), VALUE (TERRACE_LOCATION_SANDBOX, "sandbox"),
  VALUE (TERRACE_LOCATION_S3, "s3"),       VALUE (TERRACE_LOCATION_AZURE, "azure"),
  VALUE (TERRACE_LOCATION_GCS, "gcs"),     END_OF_VALUES,
};
DEFINE_ENUM (TerraceLocationKind, terrace_location_kind)

static const GEnumValue terrace_location_state_values[] = {
  VALUE (TERRACE_LOCATION_STATE_UNKNOWN, "unknown"),
  VALUE (TERRACE_LOCATION_STATE_READY, "ready"),
  VALUE (TERRACE_LOCATION_STATE_READ_ONLY, "read-only"),
  VALUE (TERRACE_LOCATION_STATE_UNREACHABLE, "unreachable"),
  END_OF_VALUES,
};
DEFINE_ENUM (TerraceLocationState, terrace_location_state)

static const GEnumValue terrace_move_state_values[] = {
  VALUE (TERRACE_MOVE_QUEUED, "queued"),         VALUE (TERRACE_MOVE_COPYING, "copying"),
  VALUE (TERRACE_MOVE_VERIFYING, "verifying"),   VALUE (TERRACE_MOVE_STAGED, "staged"),
  VALUE (TERRACE_MOVE_COMMITTING, "committing"), VALUE (TERRACE_MOVE_DONE, "done"),
  VALUE (TERRACE_MOVE_PAUSED, "paused"),         VALUE (TERRACE_MOVE_FAILED, "failed"),
  VALUE (TERRACE_MOVE_CANCELLED, "cancelled"),   END_OF_VALUES,
};
DEFINE_ENUM (TerraceMoveState, terrace_move_state)

static const GEnumValue terrace_move_request_values[] = {
  VALUE (TERRACE_MOVE_REQUEST_NONE, "none"),
  VALUE (TERRACE_MOVE_REQUEST_PAUSE, "pause"),
  VALUE (TERRACE_MOVE_REQUEST_CANCEL, "cancel"),
  END_OF_VALUES,
};
DEFINE_ENUM (TerraceMoveRequest, terrace_move_request)

static const GEnumValue terrace_event_kind_values[] = {
  VALUE (TERRACE_EVENT_REGISTERED, "registered"),
  VALUE (TERRACE_EVENT_FORGOTTEN, "forgotten"),
  VALUE (TERRACE_EVENT_ACCESSED, "accessed"),
  VALUE (TERRACE_EVENT_PLANNED, "planned"),
  VALUE (TERRACE_EVENT_MOVE_QUEUED, "move-queued"),
  VALUE (TERRACE_EVENT_MOVE_STATE, "move-state"),
  VALUE (TERRACE_EVENT_MOVE_DONE, "move-done"),
  VALUE (TERRACE_EVENT_MOVE_FAILED, "move-failed"),
  VALUE (TERRACE_EVENT_MOVE_CANCELLED, "move-cancelled"),
  VALUE (TERRACE_EVENT_VERIFIED, "verified"),
  VALUE (TERRACE_EVENT_DAMAGED, "damaged"),
  VALUE (TERRACE_EVENT_MISSING, "missing"),
  VALUE (TERRACE_EVENT_LOCATION, "location"),
  VALUE (TERRACE_EVENT_RECOVERED, "recovered"),
  END_OF_VALUES,
};
DEFINE_ENUM (TerraceEventKind, terrace_event_kind)

static const GEnumValue terrace_severity_values[] = {
  VALUE (TERRACE_SEVERITY_INFO, "info"),
  VALUE (TERRACE_SEVERITY_WARNING, "warning"),
  VALUE (TERRACE_SEVERITY_ERROR, "error"),
  END_OF_VALUES,
};
DEFINE_ENUM (TerraceSeverity, terrace_severity)

static const GEnumValue terrace_alert_kind_values[] = {
  VALUE (TERRACE_ALERT_HEATING, "heating"),
  VALUE (TERRACE_ALERT_PREWARM, "pre-warm"),
  VALUE (TERRACE_ALERT_INGEST, "ingest"),
  VALUE (TERRACE_ALERT_ERROR_RATE, "error-rate"),
  VALUE (TERRACE_ALERT_LATENCY, "latency"),
  VALUE (TERRACE_ALERT_BUDGET, "budget"),
  VALUE (TERRACE_ALERT_UNREACHABLE, "unreachable"),
  VALUE (TERRACE_ALERT_REPLICA_MISSING, "replica-missing"),
  END_OF_VALUES,
};
DEFINE_ENUM (TerraceAlertKind, terrace_alert_kind)

const char *
terrace_enum_to_nick (GType enum_type, int value)
{
  g_autoptr (GTypeClass) klass = NULL;
  const GEnumValue *found;

  g_return_val_if_fail (G_TYPE_IS_ENUM (enum_type), "unknown");

  klass = g_type_class_ref (enum_type);
  found = g_enum_get_value ((GEnumClass *) klass, value);

  return found != NULL ? found->value_nick : "unknown";
}

gboolean
terrace_enum_from_nick (GType enum_type, const char *nick, int *value)
{
  g_autoptr (GTypeClass) klass = NULL;
  const GEnumValue *found;

  g_return_val_if_fail (G_TYPE_IS_ENUM (enum_type), FALSE);
  g_return_val_if_fail (value != NULL, FALSE);

  if (nick == NULL)
    return FALSE;

  klass = g_type_class_ref (enum_type);
  found = g_enum_get_value_by_nick ((GEnumClass *) klass, nick);
  if (found == NULL)
    return FALSE;

  *value = found->value;
  return TRUE;
}

gboolean
terrace_move_state_is_final (TerraceMoveState state)
{
  return state == TERRACE_MOVE_DONE || state == TERRACE_MOVE_FAILED ||
         state == TERRACE_MOVE_CANCELLED;
}
