/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Every field of an item and of an event can be read as a property. */

#include "model/terrace-event.h"
#include "model/terrace-item.h"

static void
test_new (void)
{
  g_autoptr (TerraceItem) item = terrace_item_new ();

  g_assert_cmpint (item->id, ==, 0);
  g_assert_null (item->key);
  g_assert_cmpint (item->checksum.kind, ==, TERRACE_CHECKSUM_NONE);
}

static void
test_properties (void)
{
  g_autoptr (TerraceItem) item = terrace_item_new ();
  g_autofree char *key = NULL;
  g_autofree char *tier_nick = NULL;
  g_autofree char *temperature_nick = NULL;
  gint64 id;
  gint64 saving_nanos;
  guint64 size_bytes;
  double reads_per_month;
  gboolean moving;
  TerraceTier tier;

  item->id = 5;
  item->key = g_strdup ("odd\xff name");
  item->size_bytes = G_MAXUINT64;
  item->saving_nanos = -12;
  item->reads_per_month = 2.5;
  item->moving = TRUE;
  item->tier = TERRACE_TIER_COLD;
  item->temperature = TERRACE_TEMPERATURE_WARM;

  g_object_get (item, "id", &id, "key", &key, "size-bytes", &size_bytes, "saving-nanos",
                &saving_nanos, "reads-per-month", &reads_per_month, "moving", &moving, "tier",
                &tier, "tier-nick", &tier_nick, "temperature-nick", &temperature_nick, NULL);

  g_assert_cmpint (id, ==, 5);
  g_assert_cmpstr (key, ==, "odd\xff name");
  g_assert_cmpuint (size_bytes, ==, G_MAXUINT64);
  g_assert_cmpint (saving_nanos, ==, -12);
  g_assert_cmpfloat (reads_per_month, ==, 2.5);
  g_assert_true (moving);
  g_assert_cmpint (tier, ==, TERRACE_TIER_COLD);
  g_assert_cmpstr (tier_nick, ==, "cold");
  g_assert_cmpstr (temperature_nick, ==, "warm");
}

/* The names that views look up. One too few shows here; a wrong type shows in the reading. */
static void
test_all_readable (void)
{
  const char *const names[] = {
    "id",
    "location-id",
    "key",
    "name",
    "content-type",
    "version",
    "size-bytes",
    "created-us",
    "modified-us",
    "registered-us",
    "verified-us",
    "missing",
    "tier",
    "class-id",
    "class-since-us",
    "temperature",
    "reads-per-month",
    "assessed-us",
    "monthly-nanos",
    "wanted-location-id",
    "wanted-class-id",
    "saving-nanos",
    "once-nanos",
    "reason",
    "moving",
    "tier-nick",
    "temperature-nick",
  };
  g_autoptr (TerraceItem) item = terrace_item_new ();
  g_autofree GParamSpec **specs = NULL;
  guint n_specs;

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_auto (GValue) value = G_VALUE_INIT;

      g_object_get_property (G_OBJECT (item), names[i], &value);
      g_assert_true (G_IS_VALUE (&value));
    }

  specs = g_object_class_list_properties (G_OBJECT_GET_CLASS (item), &n_specs);
  g_assert_cmpuint (n_specs, ==, G_N_ELEMENTS (names));
}

static void
test_event (void)
{
  g_autoptr (TerraceEvent) event = NULL;
  g_autofree char *message = NULL;
  TerraceEventKind kind;
  TerraceSeverity severity;
  gint64 time_us;

  event = terrace_event_new (TERRACE_EVENT_DAMAGED, TERRACE_SEVERITY_ERROR, 99, "“a” is damaged");
  g_object_get (event, "kind", &kind, "severity", &severity, "time-us", &time_us, "message",
                &message, NULL);

  g_assert_cmpint (kind, ==, TERRACE_EVENT_DAMAGED);
  g_assert_cmpint (severity, ==, TERRACE_SEVERITY_ERROR);
  g_assert_cmpint (time_us, ==, 99);
  g_assert_cmpstr (message, ==, "“a” is damaged");
  g_assert_cmpint (event->item_id, ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/item/new", test_new);
  g_test_add_func ("/item/properties", test_properties);
  g_test_add_func ("/item/all-readable", test_all_readable);
  g_test_add_func ("/item/event", test_event);

  return g_test_run ();
}
