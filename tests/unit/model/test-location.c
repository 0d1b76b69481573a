/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A location's making, and what observing it notifies. */

#include "model/terrace-location.h"

#include "model/terrace-replica.h"

static void
notify_cb (GObject *object, GParamSpec *pspec, gpointer user_data)
{
  g_sequence_insert_sorted (user_data, g_strdup (pspec->name), (GCompareDataFunc) g_strcmp0, NULL);
}

/* GObject does not promise an order of notifications, so the names come sorted. */
static void
assert_notified (GSequence *names, const char *wanted)
{
  g_autoptr (GString) found = g_string_new (NULL);

  while (!g_sequence_is_empty (names))
    {
      GSequenceIter *first = g_sequence_get_begin_iter (names);

      g_string_append_printf (found, "%s ", (const char *) g_sequence_get (first));
      g_sequence_remove (first);
    }

  g_assert_cmpstr (found->str, ==, wanted);
}

static void
test_new (void)
{
  const char *const class_ids[] = { "aws/STANDARD", "aws/STANDARD_IA", NULL };
  g_autoptr (TerraceLocation) location = NULL;
  g_autoptr (TerraceLocation) bare = NULL;
  g_auto (GStrv) found_ids = NULL;
  g_autofree char *root = NULL;

  location = terrace_location_new (TERRACE_LOCATION_S3, "cloud", "https://s3.test/b", class_ids);
  g_object_get (location, "class-ids", &found_ids, "root", &root, NULL);
  g_assert_cmpstrv (found_ids, class_ids);
  g_assert_cmpstr (root, ==, "https://s3.test/b");
  g_assert_cmpstr (terrace_location_get_class_id (location), ==, "aws/STANDARD");
  g_assert_true (location->accepts);
  g_assert_cmpint (location->state, ==, TERRACE_LOCATION_STATE_UNKNOWN);

  bare = terrace_location_new (TERRACE_LOCATION_LOCAL, "disk", "/d", NULL);
  g_assert_null (terrace_location_get_class_id (bare));
}

static void
test_observe (void)
{
  g_autoptr (TerraceLocation) location = NULL;
  g_autoptr (GSequence) names = g_sequence_new (g_free);

  location = terrace_location_new (TERRACE_LOCATION_LOCAL, "disk", "/d", NULL);
  g_signal_connect (location, "notify", G_CALLBACK (notify_cb), names);

  terrace_location_observe (location, TERRACE_LOCATION_STATE_READY, NULL, 10, 20, 300, 1000);
  assert_notified (names, "free-bytes measured-latency-us probed-us state total-bytes ");
  g_assert_cmpuint (location->free_bytes, ==, 10);
  g_assert_cmpint (location->probed_us, ==, 1000);
  g_assert_cmpstr (location->name, ==, "disk");

  terrace_location_observe (location, TERRACE_LOCATION_STATE_UNREACHABLE, "gone", 10, 20, 300,
                            1000);
  assert_notified (names, "state state-message ");
  g_assert_cmpstr (location->state_message, ==, "gone");

  terrace_location_observe (location, TERRACE_LOCATION_STATE_UNREACHABLE, "gone", 10, 20, 300,
                            1000);
  assert_notified (names, "");
}

static void
test_replica (void)
{
  g_autoptr (TerraceReplica) replica = terrace_replica_new ();

  replica->key = g_strdup ("k");
  replica->version = g_strdup ("v");
  replica->class_id = g_strdup ("local/disk");
  g_assert_false (replica->leading);
  g_assert_cmpint (replica->checksum.kind, ==, TERRACE_CHECKSUM_NONE);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/location/new", test_new);
  g_test_add_func ("/location/observe", test_observe);
  g_test_add_func ("/location/replica", test_replica);

  return g_test_run ();
}
