/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What a search of objects may say. */

#include "config.h"

#include "base/terrace-clock.h"
#include "ui/objects/terrace-search.h"

#define NOW_US G_GINT64_CONSTANT (1790000000000000)

static gint64
find_location (const char *name, gpointer user_data)
{
  return g_ascii_strcasecmp (name, "Cold Storage") == 0 ? 7 : 0;
}

static void
parse (const char *text, TerraceItemFilter *filter)
{
  terrace_item_filter_init (filter);
  terrace_search_parse (text, NOW_US, find_location, NULL, filter);
}

static void
test_words (void)
{
  TerraceItemFilter filter;

  parse ("  holiday  2024 ", &filter);
  g_assert_cmpstr (filter.text, ==, "holiday 2024");
  terrace_item_filter_clear (&filter);
  parse ("", &filter);
  g_assert_true (terrace_item_filter_is_empty (&filter));

  /* What only looks like a condition is a word. */
  parse ("size:huge tier:lukewarm a:b at:Nowhere last:>", &filter);
  g_assert_cmpstr (filter.text, ==, "size:huge tier:lukewarm a:b at:Nowhere last:>");
  terrace_item_filter_clear (&filter);
}

static void
test_conditions (void)
{
  TerraceItemFilter filter;

  parse ("size>1G tier:cold last:>90d raw", &filter);
  g_assert_cmpuint (filter.min_bytes, ==, 1024 * 1024 * 1024);
  g_assert_cmpuint (filter.max_bytes, ==, 0);
  g_assert_cmpint (filter.tier, ==, TERRACE_TIER_COLD);
  g_assert_cmpint (filter.used_before_us, ==, NOW_US - 90 * TERRACE_US_PER_DAY);
  g_assert_cmpint (filter.used_since_us, ==, 0);
  g_assert_cmpstr (filter.text, ==, "raw");
  terrace_item_filter_clear (&filter);

  parse ("SIZE:<500kB temp:Hot last:<2w is:plan in:\"cold storage\"", &filter);
  g_assert_cmpuint (filter.min_bytes, ==, 0);
  g_assert_cmpuint (filter.max_bytes, ==, 500000);
  g_assert_cmpint (filter.temperature, ==, TERRACE_TEMPERATURE_HOT);
  g_assert_cmpint (filter.used_since_us, ==, NOW_US - 14 * TERRACE_US_PER_DAY);
  g_assert_cmpint (filter.location_id, ==, 7);
  g_assert_true (filter.planned);
  g_assert_null (filter.text);

  parse ("size:0 last:never", &filter);
  g_assert_cmpuint (filter.max_bytes, ==, 1);
  g_assert_cmpint (filter.used_before_us, ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ui/search/words", test_words);
  g_test_add_func ("/ui/search/conditions", test_conditions);
  return g_test_run ();
}
