/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sizes of parts, and the store of small objects. */

#include "provider/terrace-cloud-parts.h"

#include "base/terrace-limits.h"

static void
test_sizes (void)
{
  const TerraceWriteOptions options = { "token", 25, 10, NULL, NULL };
  const TerraceWriteOptions even = { "token", 20, 10, NULL, NULL };
  const TerraceWriteOptions empty = { "token", 0, 10, NULL, NULL };
  g_autoptr (GPtrArray) all = terrace_cloud_parts_new_all (&options);
  g_autoptr (GPtrArray) none = terrace_cloud_parts_new_all (&empty);
  const TerracePart *last = all->pdata[2];

  g_assert_cmpuint (terrace_cloud_part_size (&options, 0), ==, 10);
  g_assert_cmpuint (terrace_cloud_part_size (&options, 2), ==, 5);
  g_assert_cmpuint (terrace_cloud_part_size (&options, 3), ==, 0);
  g_assert_cmpuint (terrace_cloud_part_size (&even, 1), ==, 10);
  g_assert_cmpuint (terrace_cloud_part_size (&even, 2), ==, 0);
  g_assert_cmpuint (all->len, ==, 3);
  g_assert_cmpuint (last->offset, ==, 20);
  g_assert_cmpuint (last->size_bytes, ==, 5);
  g_assert_cmpuint (none->len, ==, 0);
}

static void
test_whole (void)
{
  const TerraceWriteOptions options = { "token", 25, 10, NULL, NULL };
  g_autoptr (GPtrArray) parts = terrace_cloud_parts_new_all (&options);
  TerracePart *middle = parts->pdata[1];

  g_assert_true (terrace_cloud_parts_are_whole (parts, 25));
  g_assert_false (terrace_cloud_parts_are_whole (parts, 24));
  g_assert_false (terrace_cloud_parts_are_whole (parts, 26));
  middle->offset = 11;
  g_assert_false (terrace_cloud_parts_are_whole (parts, 25));
  middle->offset = 10;
  middle->number = 2;
  g_assert_false (terrace_cloud_parts_are_whole (parts, 25));
  g_ptr_array_remove_index (parts, 1);
  g_assert_false (terrace_cloud_parts_are_whole (parts, 15));
  g_ptr_array_set_size (parts, 0);
  g_assert_true (terrace_cloud_parts_are_whole (parts, 0));
}

static void
test_store (void)
{
  g_autoptr (TerraceCloudStore) store = terrace_cloud_store_new ();
  g_autoptr (GBytes) bytes = g_bytes_new_static ("12345", 5);
  g_autoptr (GBytes) others = g_bytes_new_static ("123456", 6);

  terrace_cloud_store_keep (store, "a", bytes);
  g_assert_true (terrace_cloud_store_find (store, "a", 5) == bytes);
  g_assert_null (terrace_cloud_store_find (store, "a", 6));
  g_assert_null (terrace_cloud_store_find (store, "b", 5));
  terrace_cloud_store_keep (store, "a", others);
  g_assert_true (terrace_cloud_store_find (store, "a", 6) == others);
  terrace_cloud_store_drop (store, "a");
  terrace_cloud_store_drop (store, "a");
  g_assert_null (terrace_cloud_store_find (store, "a", 6));
}

/* The oldest goes when there are too many; keeping one again does not count twice. */
static void
test_store_bound (void)
{
  g_autoptr (TerraceCloudStore) store = terrace_cloud_store_new ();
  g_autoptr (GBytes) bytes = g_bytes_new_static ("1", 1);

  for (guint i = 0; i < TERRACE_LIMIT_ACTIVE_MOVES; i++)
    {
      g_autofree char *name = g_strdup_printf ("n%u", i);

      terrace_cloud_store_keep (store, name, bytes);
      terrace_cloud_store_keep (store, name, bytes);
    }
  g_assert_nonnull (terrace_cloud_store_find (store, "n0", 1));
  terrace_cloud_store_keep (store, "one more", bytes);
  g_assert_null (terrace_cloud_store_find (store, "n0", 1));
  g_assert_nonnull (terrace_cloud_store_find (store, "n1", 1));
  g_assert_nonnull (terrace_cloud_store_find (store, "one more", 1));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/provider/cloud-parts/sizes", test_sizes);
  g_test_add_func ("/provider/cloud-parts/whole", test_whole);
  g_test_add_func ("/provider/cloud-parts/store", test_store);
  g_test_add_func ("/provider/cloud-parts/store-bound", test_store_bound);

  return g_test_run ();
}
