/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What a view shows of streams. Rows are made on the stream's thread and belong to the main thread
 * from then on; the rest is the main thread's. */

#include "config.h"

#include "engine/terrace-stream-rows.h"

#include "base/terrace-limits.h"
#include "base/terrace-units.h"
#include "model/terrace-field.h"

/* --- Status -------------------------------------------------------------------------------- */

typedef enum
{
  STATUS_ID = 1,
  STATUS_NAME,
  STATUS_KIND,
  STATUS_STATE,
  STATUS_DETAIL,
  STATUS_ERROR,
  STATUS_EVENTS_PER_SECOND,
  STATUS_EVENTS,
  STATUS_MALFORMED,
  STATUS_DROPPED,
  STATUS_DUPLICATES,
  STATUS_LATE,
  STATUS_UNKNOWN,
  STATUS_IN_FLIGHT,
  STATUS_LAG,
  STATUS_PUBLISHES,
} StatusProperty;

#define N_STATUS_PROPERTIES (STATUS_PUBLISHES + 1)

static GParamSpec *status_properties[N_STATUS_PROPERTIES];

#define STATUS_FIELD(member, name, type) TERRACE_FIELD (TerraceStreamStatus, member, name, type)

static const TerraceField status_fields[] = {
  [STATUS_ID] = STATUS_FIELD (id, "id", INT64),
  [STATUS_NAME] = STATUS_FIELD (name, "name", STRING),
  [STATUS_KIND] =
      TERRACE_ENUM_FIELD (TerraceStreamStatus, kind, "kind", terrace_source_kind_get_type),
  [STATUS_STATE] =
      TERRACE_ENUM_FIELD (TerraceStreamStatus, state, "state", terrace_source_state_get_type),
  [STATUS_DETAIL] = STATUS_FIELD (detail, "detail", STRING),
  [STATUS_ERROR] = STATUS_FIELD (error, "error", STRING),
  [STATUS_EVENTS_PER_SECOND] = STATUS_FIELD (events_per_second, "events-per-second", DOUBLE),
  [STATUS_EVENTS] = STATUS_FIELD (events, "events", UINT64),
  [STATUS_MALFORMED] = STATUS_FIELD (malformed, "malformed", UINT64),
  [STATUS_DROPPED] = STATUS_FIELD (dropped, "dropped", UINT64),
  [STATUS_DUPLICATES] = STATUS_FIELD (duplicates, "duplicates", UINT64),
  [STATUS_LATE] = STATUS_FIELD (late, "late", UINT64),
  [STATUS_UNKNOWN] = STATUS_FIELD (unknown, "unknown", UINT64),
  [STATUS_IN_FLIGHT] = STATUS_FIELD (in_flight, "in-flight", UINT),
  [STATUS_LAG] = STATUS_FIELD (lag, "lag", INT64),
  [STATUS_PUBLISHES] = STATUS_FIELD (publishes, "publishes", BOOLEAN),
};

G_DEFINE_FINAL_TYPE (TerraceStreamStatus, terrace_stream_status, G_TYPE_OBJECT)

static void
terrace_stream_status_finalize (GObject *object)
{
  for (guint i = 1; i < G_N_ELEMENTS (status_fields); i++)
    terrace_field_clear (&status_fields[i], object);
  g_clear_pointer (&TERRACE_STREAM_STATUS (object)->settings, terrace_source_settings_free);

  G_OBJECT_CLASS (terrace_stream_status_parent_class)->finalize (object);
}

static void
terrace_stream_status_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  terrace_field_get (&status_fields[id], object, value);
}

static void
terrace_stream_status_class_init (TerraceStreamStatusClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = terrace_stream_status_finalize;
  object_class->get_property = terrace_stream_status_get_property;

  for (guint i = 1; i < G_N_ELEMENTS (status_fields); i++)
    status_properties[i] = terrace_field_create_spec (&status_fields[i]);
  g_object_class_install_properties (object_class, N_STATUS_PROPERTIES, status_properties);
}

static void
terrace_stream_status_init (TerraceStreamStatus *self)
{
  self->lag = -1;
}

TerraceStreamStatus *
terrace_stream_status_new (gint64 id, const TerraceSourceSettings *settings)
{
  TerraceStreamStatus *self = g_object_new (TERRACE_TYPE_STREAM_STATUS, NULL);

  self->id = id;
  self->name = g_strdup (settings->name);
  terrace_stream_status_set_settings (self, settings);

  return self;
}

void
terrace_stream_status_set_settings (TerraceStreamStatus *self,
                                    const TerraceSourceSettings *settings)
{
  g_autoptr (TerraceSourceSettings) copy = terrace_source_settings_copy (settings);

  g_clear_pointer (&self->settings, terrace_source_settings_free);
  g_clear_pointer (&copy->password, g_free);
  g_clear_pointer (&self->detail, g_free);
  self->kind = settings->kind;
  if (settings->address != NULL)
    self->detail = g_strjoin (" ", settings->address, settings->topic, NULL);
  self->settings = g_steal_pointer (&copy);
}

const TerraceSourceSettings *
terrace_stream_status_get_settings (TerraceStreamStatus *self)
{
  g_return_val_if_fail (TERRACE_IS_STREAM_STATUS (self), NULL);

  return self->settings;
}

void
terrace_stream_status_changed (TerraceStreamStatus *self)
{
  g_object_freeze_notify (G_OBJECT (self));
  for (guint i = STATUS_KIND; i < N_STATUS_PROPERTIES; i++)
    g_object_notify_by_pspec (G_OBJECT (self), status_properties[i]);
  g_object_thaw_notify (G_OBJECT (self));
}

/* --- Rows ---------------------------------------------------------------------------------- */

typedef enum
{
  ROW_NUMBER = 1,
  ROW_TIME_US,
  ROW_KIND,
  ROW_SEVERITY,
  ROW_SOURCE,
  ROW_ITEM_ID,
  ROW_LOCATION,
  ROW_KEY,
  ROW_BYTES,
  ROW_LATENCY_US,
  ROW_MESSAGE,
} RowProperty;

#define N_ROW_PROPERTIES (ROW_MESSAGE + 1)

#define ROW_FIELD(member, name, type) TERRACE_FIELD (TerraceStreamRow, member, name, type)

static const TerraceField row_fields[] = {
  [ROW_NUMBER] = ROW_FIELD (number, "number", UINT64),
  [ROW_TIME_US] = ROW_FIELD (time_us, "time-us", INT64),
  [ROW_KIND] = TERRACE_ENUM_FIELD (TerraceStreamRow, kind, "kind", terrace_stream_kind_get_type),
  [ROW_SEVERITY] =
      TERRACE_ENUM_FIELD (TerraceStreamRow, severity, "severity", terrace_severity_get_type),
  [ROW_SOURCE] = ROW_FIELD (source, "source", STRING),
  [ROW_ITEM_ID] = ROW_FIELD (item_id, "item-id", INT64),
  [ROW_LOCATION] = ROW_FIELD (location, "location", STRING),
  [ROW_KEY] = ROW_FIELD (key, "key", STRING),
  [ROW_BYTES] = ROW_FIELD (bytes, "bytes", UINT64),
  [ROW_LATENCY_US] = ROW_FIELD (latency_us, "latency-us", UINT64),
  [ROW_MESSAGE] = ROW_FIELD (message, "message", STRING),
};

G_DEFINE_FINAL_TYPE (TerraceStreamRow, terrace_stream_row, G_TYPE_OBJECT)

static void
terrace_stream_row_finalize (GObject *object)
{
  for (guint i = 1; i < G_N_ELEMENTS (row_fields); i++)
    terrace_field_clear (&row_fields[i], object);

  G_OBJECT_CLASS (terrace_stream_row_parent_class)->finalize (object);
}

static void
terrace_stream_row_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  terrace_field_get (&row_fields[id], object, value);
}

static void
terrace_stream_row_class_init (TerraceStreamRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = terrace_stream_row_finalize;
  object_class->get_property = terrace_stream_row_get_property;

  for (guint i = 1; i < G_N_ELEMENTS (row_fields); i++)
    g_object_class_install_property (object_class, i, terrace_field_create_spec (&row_fields[i]));
}

static void
terrace_stream_row_init (TerraceStreamRow *self)
{
}

static char *
display (const char *bytes)
{
  return bytes != NULL ? terrace_display_name (bytes) : NULL;
}

TerraceStreamRow *
terrace_stream_row_new (const char *source, const TerraceStreamEvent *event)
{
  TerraceStreamRow *self = g_object_new (TERRACE_TYPE_STREAM_ROW, NULL);

  self->time_us = event->time_us;
  self->kind = event->kind;
  self->severity =
      event->kind == TERRACE_STREAM_ERROR ? TERRACE_SEVERITY_ERROR : TERRACE_SEVERITY_INFO;
  self->source = g_strdup (source);
  self->item_id = event->item_id;
  self->location = display (event->location);
  self->key = display (event->key);
  self->bytes = event->bytes;
  self->latency_us = event->latency_us;
  self->message = display (event->message);

  return self;
}
