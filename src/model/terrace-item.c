/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A data object as the catalogue has it. Immutable once shared; any thread until then, and as a
 * snapshot any thread afterwards. */

#include "model/terrace-item.h"

#include "model/terrace-field.h"

typedef enum
{
  PROP_ID = 1,
  PROP_LOCATION_ID,
  PROP_KEY,
  PROP_NAME,
  PROP_CONTENT_TYPE,
  PROP_VERSION,
  PROP_SIZE_BYTES,
  PROP_CREATED_US,
  PROP_MODIFIED_US,
  PROP_REGISTERED_US,
  PROP_VERIFIED_US,
  PROP_MISSING,
  PROP_TIER,
  PROP_CLASS_ID,
  PROP_CLASS_SINCE_US,
  PROP_TEMPERATURE,
  PROP_READS_PER_MONTH,
  PROP_ASSESSED_US,
  PROP_MONTHLY_NANOS,
  PROP_WANTED_LOCATION_ID,
  PROP_WANTED_CLASS_ID,
  PROP_SAVING_NANOS,
  PROP_ONCE_NANOS,
  PROP_REASON,
  PROP_MOVING,
  PROP_TIER_NICK,
  PROP_TEMPERATURE_NICK,
} ItemProperty;

#define N_PROPERTIES (PROP_TEMPERATURE_NICK + 1)

static GParamSpec *properties[N_PROPERTIES];

static const TerraceField fields[] = {
  [PROP_ID] = TERRACE_FIELD (TerraceItem, id, "id", INT64),
  [PROP_LOCATION_ID] = TERRACE_FIELD (TerraceItem, location_id, "location-id", INT64),
  [PROP_KEY] = TERRACE_FIELD (TerraceItem, key, "key", STRING),
  [PROP_NAME] = TERRACE_FIELD (TerraceItem, name, "name", STRING),
  [PROP_CONTENT_TYPE] = TERRACE_FIELD (TerraceItem, content_type, "content-type", STRING),
  [PROP_VERSION] = TERRACE_FIELD (TerraceItem, version, "version", STRING),
  [PROP_SIZE_BYTES] = TERRACE_FIELD (TerraceItem, size_bytes, "size-bytes", UINT64),
  [PROP_CREATED_US] = TERRACE_FIELD (TerraceItem, created_us, "created-us", INT64),
  [PROP_MODIFIED_US] = TERRACE_FIELD (TerraceItem, modified_us, "modified-us", INT64),
  [PROP_REGISTERED_US] = TERRACE_FIELD (TerraceItem, registered_us, "registered-us", INT64),
  [PROP_VERIFIED_US] = TERRACE_FIELD (TerraceItem, verified_us, "verified-us", INT64),
  [PROP_MISSING] = TERRACE_FIELD (TerraceItem, missing, "missing", BOOLEAN),
  [PROP_TIER] = TERRACE_ENUM_FIELD (TerraceItem, tier, "tier", terrace_tier_get_type),
  [PROP_CLASS_ID] = TERRACE_FIELD (TerraceItem, class_id, "class-id", STRING),
  [PROP_CLASS_SINCE_US] = TERRACE_FIELD (TerraceItem, class_since_us, "class-since-us", INT64),
  [PROP_TEMPERATURE] =
      TERRACE_ENUM_FIELD (TerraceItem, temperature, "temperature", terrace_temperature_get_type),
  [PROP_READS_PER_MONTH] = TERRACE_FIELD (TerraceItem, reads_per_month, "reads-per-month", DOUBLE),
  [PROP_ASSESSED_US] = TERRACE_FIELD (TerraceItem, assessed_us, "assessed-us", INT64),
  [PROP_MONTHLY_NANOS] = TERRACE_FIELD (TerraceItem, monthly_nanos, "monthly-nanos", INT64),
  [PROP_WANTED_LOCATION_ID] =
      TERRACE_FIELD (TerraceItem, wanted_location_id, "wanted-location-id", INT64),
  [PROP_WANTED_CLASS_ID] = TERRACE_FIELD (TerraceItem, wanted_class_id, "wanted-class-id", STRING),
  [PROP_SAVING_NANOS] = TERRACE_FIELD (TerraceItem, saving_nanos, "saving-nanos", INT64),
  [PROP_ONCE_NANOS] = TERRACE_FIELD (TerraceItem, once_nanos, "once-nanos", INT64),
  [PROP_REASON] = TERRACE_FIELD (TerraceItem, reason, "reason", STRING),
  [PROP_MOVING] = TERRACE_FIELD (TerraceItem, moving, "moving", BOOLEAN),
};

G_DEFINE_FINAL_TYPE (TerraceItem, terrace_item, G_TYPE_OBJECT)

static void
terrace_item_finalize (GObject *object)
{
  for (guint i = 1; i < G_N_ELEMENTS (fields); i++)
    terrace_field_clear (&fields[i], object);

  G_OBJECT_CLASS (terrace_item_parent_class)->finalize (object);
}

static void
terrace_item_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  TerraceItem *self = TERRACE_ITEM (object);

  switch ((ItemProperty) prop_id)
    {
    case PROP_TIER_NICK:
      g_value_set_static_string (value, terrace_enum_to_nick (TERRACE_TYPE_TIER, (int) self->tier));
      break;
    case PROP_TEMPERATURE_NICK:
      g_value_set_static_string (value, terrace_enum_to_nick (TERRACE_TYPE_TEMPERATURE,
                                                              (int) self->temperature));
      break;
    default:
      g_assert (prop_id < G_N_ELEMENTS (fields));
      terrace_field_get (&fields[prop_id], object, value);
    }
}

static void
terrace_item_class_init (TerraceItemClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = terrace_item_finalize;
  object_class->get_property = terrace_item_get_property;

  for (guint i = 1; i < G_N_ELEMENTS (fields); i++)
    properties[i] = terrace_field_create_spec (&fields[i]);
  properties[PROP_TIER_NICK] = g_param_spec_string ("tier-nick", NULL, NULL, NULL,
                                                    G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_TEMPERATURE_NICK] =
      g_param_spec_string ("temperature-nick", NULL, NULL, NULL,
                           G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
terrace_item_init (TerraceItem *self)
{
}

TerraceItem *
terrace_item_new (void)
{
  return g_object_new (TERRACE_TYPE_ITEM, NULL);
}
