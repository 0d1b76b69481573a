/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Tests of insight/terrace-price-json.c: what is refused before a sheet is looked at. */

#include "insight/terrace-price-json.h"

#include "base/terrace-error.h"
#include "base/terrace-limits.h"

#include <string.h>

static void
assert_refused (const char *text, gsize length, const char *part)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, length);
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = terrace_price_json_load (bytes, "mine.json", &error);

  g_assert_null (node);
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID);
  g_assert_true (g_str_has_prefix (error->message, "mine.json: "));
  g_assert_nonnull (strstr (error->message, part));
}

static void
test_good (void)
{
  static const char text[] =
      "{ \"a\": { \"x\": 1 }, \"b\": { \"x\": [ \"[[{{\\\"[[[[[[[[[[[[[[[[[[\" ] } }";
  g_autoptr (GBytes) bytes = g_bytes_new_static (text, strlen (text));
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = terrace_price_json_load (bytes, "mine.json", &error);

  g_assert_no_error (error);
  g_assert_true (JSON_NODE_HOLDS_OBJECT (node));
  g_assert_cmpuint (json_object_get_size (json_node_get_object (node)), ==, 2);
}

static const struct
{
  const char *text;
  const char *part;
} faults[] = {
  { "", "empty" },
  { " ", "JSON" },
  { "{", "not JSON" },
  { "{}}", "not JSON" },
  { "{ \"a\": nan }", "not JSON" },
  { "{ \"a\": 1 } trailing", "not JSON" },
  { "[]", "must be a JSON object" },
  { "3", "must be a JSON object" },
  { "null", "must be a JSON object" },
  { "{ \"a\": \"\xff\xfe\" }", "not UTF-8" },
  { "{ \"a\": 1, \"a\": 2 }", "given twice" },
  { "{ \"a\": { \"b\": { \"c\": 1, \"d\": 2, \"c\": 3 } } }", "given twice" },
  { "[ { \"a\": 1 } ]", "must be a JSON object" },
};

static void
test_faults (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (faults); i++)
    assert_refused (faults[i].text, strlen (faults[i].text), faults[i].part);
  assert_refused ("{ \"a\0\": 1 }", 12, "not UTF-8");
}

/* The parser recurses: a million brackets must not reach it. */
static void
test_deep (void)
{
  g_autofree char *brackets = g_strnfill (1000000, '[');
  g_autofree char *braces = g_strnfill (17, '{');

  assert_refused (brackets, strlen (brackets), "nested too deeply");
  assert_refused (braces, strlen (braces), "nested too deeply");
}

static void
test_large (void)
{
  g_autofree char *blanks = g_strnfill (TERRACE_LIMIT_PRICE_SHEET_BYTES + 1, ' ');

  assert_refused (blanks, strlen (blanks), "too large");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/insight/price-json/good", test_good);
  g_test_add_func ("/insight/price-json/faults", test_faults);
  g_test_add_func ("/insight/price-json/deep", test_deep);
  g_test_add_func ("/insight/price-json/large", test_large);

  return g_test_run ();
}
