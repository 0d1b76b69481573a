/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Names of a storage class, and its life as a boxed value. */

#include "model/terrace-storage-class.h"

static void
test_new (void)
{
  g_autoptr (TerraceStorageClass) found = NULL;

  found = terrace_storage_class_new ("aws/STANDARD_IA", "S3 Standard-IA");
  g_assert_cmpstr (found->id, ==, "aws/STANDARD_IA");
  g_assert_cmpstr (found->provider, ==, "aws");
  g_assert_cmpstr (found->code, ==, "STANDARD_IA");
  g_assert_cmpstr (found->name, ==, "S3 Standard-IA");
  g_assert_cmpstr (found->region, ==, "");
  g_assert_cmpint (found->tier, ==, TERRACE_TIER_HOT);
  g_assert_cmpfloat (found->gb_month, ==, 0);
}

static void
test_boxed (void)
{
  TerraceStorageClass *storage_class = terrace_storage_class_new ("local/disk", "Disk");
  g_auto (GValue) value = G_VALUE_INIT;

  g_value_init (&value, TERRACE_TYPE_STORAGE_CLASS);
  g_value_set_boxed (&value, storage_class);
  terrace_storage_class_unref (storage_class);

  storage_class = g_value_get_boxed (&value);
  g_assert_cmpstr (storage_class->id, ==, "local/disk");
}

static void
test_malformed_ids (void)
{
  const char *const ids[] = { "aws", "/STANDARD", "aws/", "aws/a/b", "" };

  for (gsize i = 0; i < G_N_ELEMENTS (ids); i++)
    {
      g_test_expect_message (NULL, G_LOG_LEVEL_CRITICAL, "*assertion*slash*");
      g_assert_null (terrace_storage_class_new (ids[i], "x"));
      g_test_assert_expected_messages ();
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/storage-class/new", test_new);
  g_test_add_func ("/storage-class/boxed", test_boxed);
  g_test_add_func ("/storage-class/malformed-ids", test_malformed_ids);

  return g_test_run ();
}
