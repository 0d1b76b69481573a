/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Features in words: each has a label and a nick of its own, and a value with its unit. */

#include "insight/terrace-features.h"

#include <math.h>

static void
test_names (void)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < TERRACE_N_FEATURES; i++)
    {
      g_assert_cmpstr (terrace_feature_get_label (i), !=, "");
      g_assert_cmpstr (terrace_feature_get_nick (i), !=, "");
      g_assert_true (g_hash_table_add (seen, (gpointer) terrace_feature_get_label (i)));
      g_assert_true (g_hash_table_add (seen, (gpointer) terrace_feature_get_nick (i)));
    }
  /* Labels go by place: those whose neighbours could be taken for them. */
  g_assert_cmpstr (terrace_feature_get_label (TERRACE_FEATURE_RECENCY), ==,
                   "Time since the last read");
  g_assert_cmpstr (terrace_feature_get_label (TERRACE_FEATURE_REQUESTS_90), ==,
                   "Reads in the last 90 days");
  g_assert_cmpstr (terrace_feature_get_label (TERRACE_FEATURE_WRITE_RECENCY), ==,
                   "Time since the last write");
  g_assert_cmpstr (terrace_feature_get_label (TERRACE_FEATURE_KIND), ==, "Kind of file");
}

static void
assert_words (TerraceFeature feature, double value, const char *expected)
{
  g_autofree char *words = terrace_feature_format (feature, value);

  g_assert_cmpstr (words, ==, expected);
}

static void
test_values (void)
{
  g_autofree char *size = g_format_size (5000000);
  g_autofree char *none = g_format_size (0);

  assert_words (TERRACE_FEATURE_SIZE, log1p (5000000), size);
  assert_words (TERRACE_FEATURE_SIZE, -1.0, none);
  assert_words (TERRACE_FEATURE_RECENCY, 12.0, "12 days");
  assert_words (TERRACE_FEATURE_GAP_MEAN, -1.0, "not known");
  assert_words (TERRACE_FEATURE_GAP_SPREAD, -1.0, "not known");
  assert_words (TERRACE_FEATURE_GAP_SPREAD, 0.5, "0.5");
  assert_words (TERRACE_FEATURE_WEEKDAY_MOST, 0.25, "25 %");
  assert_words (TERRACE_FEATURE_ACTIVE_90, 3.0, "3");
  assert_words (TERRACE_FEATURE_KIND, 0.0, "1. most common");
  assert_words (TERRACE_FEATURE_VOLUME_30, log1p (1.5), "1.5 times its size");
  assert_words (TERRACE_FEATURE_REQUESTS_30, log1p (240), "240");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/feature-words/names", test_names);
  g_test_add_func ("/feature-words/values", test_values);
  return g_test_run ();
}
