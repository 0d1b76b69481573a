/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Something that happened. Immutable once shared; any thread. */

#include "model/terrace-event.h"

#include "model/terrace-field.h"

typedef enum
{
  PROP_ID = 1,
  PROP_TIME_US,
  PROP_KIND,
  PROP_SEVERITY,
  PROP_ITEM_ID,
  PROP_MOVE_ID,
  PROP_LOCATION_ID,
  PROP_MESSAGE,
} EventProperty;

#define N_PROPERTIES (PROP_MESSAGE + 1)

static GParamSpec *properties[N_PROPERTIES];

static const TerraceField fields[] = {
  [PROP_ID] = TERRACE_FIELD (TerraceEvent, id, "id", INT64),
  [PROP_TIME_US] = TERRACE_FIELD (TerraceEvent, time_us, "time-us", INT64),
  [PROP_KIND] = TERRACE_ENUM_FIELD (TerraceEvent, kind, "kind", terrace_event_kind_get_type),
  [PROP_SEVERITY] =
      TERRACE_ENUM_FIELD (TerraceEvent, severity, "severity", terrace_severity_get_type),
  [PROP_ITEM_ID] = TERRACE_FIELD (TerraceEvent, item_id, "item-id", INT64),
  [PROP_MOVE_ID] = TERRACE_FIELD (TerraceEvent, move_id, "move-id", INT64),
  [PROP_LOCATION_ID] = TERRACE_FIELD (TerraceEvent, location_id, "location-id", INT64),
  [PROP_MESSAGE] = TERRACE_FIELD (TerraceEvent, message, "message", STRING),
};

G_DEFINE_FINAL_TYPE (TerraceEvent, terrace_event, G_TYPE_OBJECT)

static void
terrace_event_finalize (GObject *object)
{
  for (guint i = 1; i < G_N_ELEMENTS (fields); i++)
    terrace_field_clear (&fields[i], object);

  G_OBJECT_CLASS (terrace_event_parent_class)->finalize (object);
}

static void
terrace_event_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  g_assert (prop_id < G_N_ELEMENTS (fields));

  terrace_field_get (&fields[prop_id], object, value);
}

static void
terrace_event_class_init (TerraceEventClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = terrace_event_finalize;
  object_class->get_property = terrace_event_get_property;

  for (guint i = 1; i < G_N_ELEMENTS (fields); i++)
    properties[i] = terrace_field_create_spec (&fields[i]);

  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
terrace_event_init (TerraceEvent *self)
{
}

TerraceEvent *
terrace_event_new (TerraceEventKind kind,
                   TerraceSeverity severity,
                   gint64 time_us,
                   const char *message)
{
  TerraceEvent *self = g_object_new (TERRACE_TYPE_EVENT, NULL);

  self->kind = kind;
  self->severity = severity;
  self->time_us = time_us;
  self->message = g_strdup (message);

  return self;
}
