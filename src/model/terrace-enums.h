/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

/* The scales and states the whole program speaks in. The numbers are stored in the catalogue:
 * append, never renumber. Nicks ("hot", "cold") are what CLI, JSON and CSV write. */

G_BEGIN_DECLS

/* Where data lies. */
typedef enum
{
  TERRACE_TIER_HOT,
  TERRACE_TIER_WARM,
  TERRACE_TIER_COLD,
  TERRACE_TIER_ARCHIVE,
} TerraceTier;
#define TERRACE_N_TIERS 4

/* What an object is, judged by its use alone. */
typedef enum
{
  TERRACE_TEMPERATURE_UNKNOWN,
  TERRACE_TEMPERATURE_HOT,
  TERRACE_TEMPERATURE_WARM,
  TERRACE_TEMPERATURE_COLD,
} TerraceTemperature;

typedef enum
{
  TERRACE_LOCATION_LOCAL,
  TERRACE_LOCATION_SANDBOX,
  TERRACE_LOCATION_S3,
  TERRACE_LOCATION_AZURE,
  TERRACE_LOCATION_GCS,
} TerraceLocationKind;

typedef enum
{
  TERRACE_LOCATION_STATE_UNKNOWN,
  TERRACE_LOCATION_STATE_READY,
  TERRACE_LOCATION_STATE_READ_ONLY,
  TERRACE_LOCATION_STATE_UNREACHABLE,
} TerraceLocationState;

/* DESIGN section 5. STAGED: the verified copy exists and the source still stands. */
typedef enum
{
  TERRACE_MOVE_QUEUED,
  TERRACE_MOVE_COPYING,
  TERRACE_MOVE_VERIFYING,
  TERRACE_MOVE_STAGED,
  TERRACE_MOVE_COMMITTING,
  TERRACE_MOVE_DONE,
  TERRACE_MOVE_PAUSED,
  TERRACE_MOVE_FAILED,
  TERRACE_MOVE_CANCELLED,
} TerraceMoveState;

/* What somebody asked of a move, perhaps from another process than the one that carries it out. */
typedef enum
{
  TERRACE_MOVE_REQUEST_NONE,
  TERRACE_MOVE_REQUEST_PAUSE,
  TERRACE_MOVE_REQUEST_CANCEL,
} TerraceMoveRequest;

typedef enum
{
  TERRACE_EVENT_REGISTERED,
  TERRACE_EVENT_FORGOTTEN,
  TERRACE_EVENT_ACCESSED,
  TERRACE_EVENT_PLANNED,
  TERRACE_EVENT_MOVE_QUEUED,
  TERRACE_EVENT_MOVE_STATE,
  TERRACE_EVENT_MOVE_DONE,
  TERRACE_EVENT_MOVE_FAILED,
  TERRACE_EVENT_MOVE_CANCELLED,
  TERRACE_EVENT_VERIFIED,
  TERRACE_EVENT_DAMAGED,
  TERRACE_EVENT_MISSING,
  TERRACE_EVENT_LOCATION,
  TERRACE_EVENT_RECOVERED,
} TerraceEventKind;

typedef enum
{
  TERRACE_SEVERITY_INFO,
  TERRACE_SEVERITY_WARNING,
  TERRACE_SEVERITY_ERROR,
} TerraceSeverity;

/* What a rule watches for, and an alert is about. */
typedef enum
{
  TERRACE_ALERT_HEATING,         /* something on its way down is being used */
  TERRACE_ALERT_PREWARM,         /* a burst of reads is foreseen */
  TERRACE_ALERT_INGEST,          /* new objects come in */
  TERRACE_ALERT_ERROR_RATE,      /* many requests fail */
  TERRACE_ALERT_LATENCY,         /* answers take long */
  TERRACE_ALERT_BUDGET,          /* more is spent than was allowed */
  TERRACE_ALERT_UNREACHABLE,     /* a location does not answer */
  TERRACE_ALERT_REPLICA_MISSING, /* fewer copies than wanted, or a damaged one */
} TerraceAlertKind;

#define TERRACE_TYPE_TIER (terrace_tier_get_type ())
#define TERRACE_TYPE_TEMPERATURE (terrace_temperature_get_type ())
#define TERRACE_TYPE_LOCATION_KIND (terrace_location_kind_get_type ())
#define TERRACE_TYPE_LOCATION_STATE (terrace_location_state_get_type ())
#define TERRACE_TYPE_MOVE_STATE (terrace_move_state_get_type ())
#define TERRACE_TYPE_MOVE_REQUEST (terrace_move_request_get_type ())
#define TERRACE_TYPE_EVENT_KIND (terrace_event_kind_get_type ())
#define TERRACE_TYPE_SEVERITY (terrace_severity_get_type ())
#define TERRACE_TYPE_ALERT_KIND (terrace_alert_kind_get_type ())
GType terrace_tier_get_type (void);
GType terrace_temperature_get_type (void);
GType terrace_location_kind_get_type (void);
GType terrace_location_state_get_type (void);
GType terrace_move_state_get_type (void);
GType terrace_move_request_get_type (void);
GType terrace_event_kind_get_type (void);
GType terrace_severity_get_type (void);
GType terrace_alert_kind_get_type (void);

/* The nick of @value in @enum_type ("hot"); "unknown" for a number it does not have. */
const char *terrace_enum_to_nick (GType enum_type, int value);
/* %FALSE if no value of @enum_type has this nick. */
gboolean terrace_enum_from_nick (GType enum_type, const char *nick, int *value);

/* No more work is done on a move in such a state unless somebody asks: done, failed, cancelled. */
gboolean terrace_move_state_is_final (TerraceMoveState state);

G_END_DECLS
