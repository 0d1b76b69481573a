/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A place with its own address and account. Made on any thread; once shared, changed on the main
 * thread only. */

#include "model/terrace-location.h"

#include "model/terrace-field.h"

typedef enum
{
  PROP_ID = 1,
  PROP_NAME,
  PROP_KIND,
  PROP_ROOT,
  PROP_CLASS_IDS,
  PROP_LATENCY_MS,
  PROP_BANDWIDTH_BYTES_S,
  PROP_CAPACITY_BYTES,
  PROP_ACCEPTS,
  PROP_CREATED_US,
  PROP_STATE,
  PROP_STATE_MESSAGE,
  PROP_FREE_BYTES,
  PROP_TOTAL_BYTES,
  PROP_MEASURED_LATENCY_US,
  PROP_PROBED_US,
} LocationProperty;

#define N_PROPERTIES (PROP_PROBED_US + 1)

static GParamSpec *properties[N_PROPERTIES];

static const TerraceField fields[] = {
  [PROP_ID] = TERRACE_FIELD (TerraceLocation, id, "id", INT64),
  [PROP_NAME] = TERRACE_FIELD (TerraceLocation, name, "name", STRING),
  [PROP_KIND] = TERRACE_ENUM_FIELD (TerraceLocation, kind, "kind", terrace_location_kind_get_type),
  [PROP_ROOT] = TERRACE_FIELD (TerraceLocation, root, "root", STRING),
  [PROP_CLASS_IDS] = TERRACE_FIELD (TerraceLocation, class_ids, "class-ids", STRV),
  [PROP_LATENCY_MS] = TERRACE_FIELD (TerraceLocation, latency_ms, "latency-ms", UINT64),
  [PROP_BANDWIDTH_BYTES_S] =
      TERRACE_FIELD (TerraceLocation, bandwidth_bytes_s, "bandwidth-bytes-s", UINT64),
  [PROP_CAPACITY_BYTES] = TERRACE_FIELD (TerraceLocation, capacity_bytes, "capacity-bytes", UINT64),
  [PROP_ACCEPTS] = TERRACE_FIELD (TerraceLocation, accepts, "accepts", BOOLEAN),
  [PROP_CREATED_US] = TERRACE_FIELD (TerraceLocation, created_us, "created-us", INT64),
  [PROP_STATE] =
      TERRACE_ENUM_FIELD (TerraceLocation, state, "state", terrace_location_state_get_type),
  [PROP_STATE_MESSAGE] = TERRACE_FIELD (TerraceLocation, state_message, "state-message", STRING),
  [PROP_FREE_BYTES] = TERRACE_FIELD (TerraceLocation, free_bytes, "free-bytes", UINT64),
  [PROP_TOTAL_BYTES] = TERRACE_FIELD (TerraceLocation, total_bytes, "total-bytes", UINT64),
  [PROP_MEASURED_LATENCY_US] =
      TERRACE_FIELD (TerraceLocation, measured_latency_us, "measured-latency-us", UINT64),
  [PROP_PROBED_US] = TERRACE_FIELD (TerraceLocation, probed_us, "probed-us", INT64),
};

G_DEFINE_FINAL_TYPE (TerraceLocation, terrace_location, G_TYPE_OBJECT)

static void
terrace_location_finalize (GObject *object)
{
  for (guint i = 1; i < G_N_ELEMENTS (fields); i++)
    terrace_field_clear (&fields[i], object);

  G_OBJECT_CLASS (terrace_location_parent_class)->finalize (object);
}

static void
terrace_location_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  g_assert (prop_id < G_N_ELEMENTS (fields));

  terrace_field_get (&fields[prop_id], object, value);
}

static void
terrace_location_class_init (TerraceLocationClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = terrace_location_finalize;
  object_class->get_property = terrace_location_get_property;

  for (guint i = 1; i < G_N_ELEMENTS (fields); i++)
    properties[i] = terrace_field_create_spec (&fields[i]);

  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
terrace_location_init (TerraceLocation *self)
{
}

TerraceLocation *
terrace_location_new (TerraceLocationKind kind,
                      const char *name,
                      const char *root,
                      const char *const *class_ids)
{
  TerraceLocation *self;

  g_return_val_if_fail (name != NULL, NULL);
  g_return_val_if_fail (root != NULL, NULL);

  self = g_object_new (TERRACE_TYPE_LOCATION, NULL);
  self->kind = kind;
  self->name = g_strdup (name);
  self->root = g_strdup (root);
  self->class_ids = class_ids != NULL ? g_strdupv ((GStrv) class_ids) : g_new0 (char *, 1);
  self->accepts = TRUE;

  return self;
}

const char *
terrace_location_get_class_id (TerraceLocation *self)
{
  g_return_val_if_fail (TERRACE_IS_LOCATION (self), NULL);

  return self->class_ids != NULL ? self->class_ids[0] : NULL;
}

void
terrace_location_observe (TerraceLocation *self,
                          TerraceLocationState state,
                          const char *message,
                          guint64 free_bytes,
                          guint64 total_bytes,
                          guint64 latency_us,
                          gint64 now_us)
{
  g_autoptr (TerraceLocation) observed = NULL;

  g_return_if_fail (TERRACE_IS_LOCATION (self));

  observed = g_object_new (TERRACE_TYPE_LOCATION, NULL);
  observed->state = state;
  observed->state_message = g_strdup (message);
  observed->free_bytes = free_bytes;
  observed->total_bytes = total_bytes;
  observed->measured_latency_us = latency_us;
  observed->probed_us = now_us;

  g_object_freeze_notify (G_OBJECT (self));
  for (guint i = PROP_STATE; i < G_N_ELEMENTS (fields); i++)
    {
      if (terrace_field_copy (&fields[i], G_OBJECT (self), G_OBJECT (observed)))
        g_object_notify_by_pspec (G_OBJECT (self), properties[i]);
    }
  g_object_thaw_notify (G_OBJECT (self));
}
