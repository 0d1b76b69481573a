/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Tests of stream/terrace-recent-map.c. */

#include "stream/terrace-recent-map.h"

#include <string.h>

static void
test_remembers_the_latest (void)
{
  g_autoptr (TerraceRecentMap) map = terrace_recent_map_new (4096);
  gint64 value;
  guint32 stamp;

  for (guint64 key = 0; key < 100000; key++)
    {
      terrace_recent_map_put (map, key * 0x9e3779b97f4a7c15u, (gint64) key, (guint32) key);
      g_assert_cmpuint (terrace_recent_map_get_size (map), <=, 4096);
    }
  for (guint64 key = 100000 - 2048; key < 100000; key++)
    {
      g_assert_true (terrace_recent_map_get (map, key * 0x9e3779b97f4a7c15u, &value, &stamp));
      g_assert_cmpint (value, ==, key);
      g_assert_cmpuint (stamp, ==, key);
    }
  g_assert_false (terrace_recent_map_get (map, 5 * 0x9e3779b97f4a7c15u, &value, &stamp));
}

static void
test_replaces (void)
{
  g_autoptr (TerraceRecentMap) map = terrace_recent_map_new (16);
  gint64 value;

  terrace_recent_map_put (map, 0, 1, 0);
  terrace_recent_map_put (map, 0, 2, 0);
  g_assert_true (terrace_recent_map_get (map, 0, &value, NULL));
  g_assert_cmpint (value, ==, 2);
  g_assert_cmpuint (terrace_recent_map_get_size (map), ==, 1);
}

static void
test_hash (void)
{
  static const char *const texts[] = { "", "a", "b", "aaaaaaaa", "aaaaaaaab", "aaaaaaaac" };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    for (guint j = 0; j < G_N_ELEMENTS (texts); j++)
      g_assert_cmpint (terrace_hash_text (texts[i], strlen (texts[i]), 0) ==
                           terrace_hash_text (texts[j], strlen (texts[j]), 0),
                       ==, i == j);
  g_assert_cmpuint (terrace_hash_text ("a", 1, 1), !=, terrace_hash_text ("a", 1, 2));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/stream/recent-map/remembers-the-latest", test_remembers_the_latest);
  g_test_add_func ("/stream/recent-map/replaces", test_replaces);
  g_test_add_func ("/stream/recent-map/hash", test_hash);

  return g_test_run ();
}
