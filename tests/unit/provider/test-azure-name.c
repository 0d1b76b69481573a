/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names of blobs: every key has one, no two the same, and what Azure would change is not in it. */

#include "provider/azure/terrace-azure-name.h"

#include "base/terrace-error.h"

#include <string.h>

static void
test_names (void)
{
  static const struct
  {
    const char *key;
    const char *name;
  } cases[] = {
    { "plain/a b+c%2F.txt", "plain/a b+c%2F.txt" },
    { "/a//b/", "/a//b/" },
    { ".", "\uff0e" },
    { "..", ".\uff0e" },
    { "../x", ".\uff0e/x" },
    { "a./b.c", "a\uff0e/b.c" },
    { ".hidden", ".hidden" },
    { "a\\b", "a\uff3cb" },
    { "a\nb\t\x7f", "a\u240ab\u2409\u2421" },
    { "\uff3c", "\u201b\uff3c" },
    { "\u240a", "\u201b\u240a" },
    { "a\uff0e", "a\u201b\uff0e" },
    { "a\uff0eb", "a\uff0eb" },
    { "\u201b", "\u201b\u201b" },
    { "\u2400", "\u2400" },
    { "\U0001F600", "\U0001F600" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *name = terrace_azure_name_from_key (cases[i].key, &error);
      g_autofree char *key = NULL;

      g_assert_no_error (error);
      g_assert_cmpstr (name, ==, cases[i].name);
      key = terrace_azure_name_to_key (name);
      g_assert_cmpstr (key, ==, cases[i].key);
    }
}

/* Any row of these characters comes back, and no two become the same. */
static void
test_all (void)
{
  static const char *const letters[] = {
    "a", ".", "/", "\\", "\x01", "\u201b", "\uff0e", "\uff3c"
  };
  g_autoptr (GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  guint n = G_N_ELEMENTS (letters);

  for (guint i = 0; i < n * n * n * n; i++)
    {
      g_autofree char *key = g_strconcat (letters[i % n], letters[i / n % n],
                                          letters[i / n / n % n], letters[i / n / n / n], NULL);
      g_autoptr (GError) error = NULL;
      g_autofree char *name = terrace_azure_name_from_key (key, &error);
      g_autofree char *again = terrace_azure_name_to_key (name);

      g_assert_no_error (error);
      g_assert_cmpstr (again, ==, key);
      g_assert_null (strchr (name, '\\'));
      g_assert_null (strstr (name, "./"));
      g_assert_false (g_str_has_suffix (name, "."));
      g_assert_true (g_hash_table_add (names, g_steal_pointer (&name)));
    }
}

/* Names that others gave and that no key would get. */
static void
test_foreign (void)
{
  static const char *const names[] = { "a.",      "./x",      "back\\slash", "tab\t",
                                       "a\u201b", "a\u201bb", "\xff\xfe" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    g_assert_null (terrace_azure_name_to_key (names[i]));
}

static void
test_refused (void)
{
  g_autofree char *longest = g_strnfill (1024, 'x');
  g_autofree char *too_long = g_strnfill (1025, 'x');
  g_autofree char *deepest = g_strnfill (253, '/');
  g_autofree char *too_deep = g_strnfill (254, '/');
  const char *const good[] = { longest, deepest };
  const char *const bad[] = { too_long, too_deep, "\xff", "\uffff", "a\ufffe" };

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *name = terrace_azure_name_from_key (good[i], &error);

      g_assert_no_error (error);
      g_assert_cmpstr (name, ==, good[i]);
    }
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (terrace_azure_name_from_key (bad[i], &error));
      g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID);
    }
}

/* A name's beginning never says more than the key's. */
static void
test_prefixes (void)
{
  static const char *const keys[] = { "a",      "a.",       "a..",  "a./b",    "a.b",
                                      "..",     "../x",     "...",  "a\uff0e", "a\uff0eb",
                                      "x\\y/.", "\u201b\n", "//./", "\u00e9" };

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    for (gsize length = 0; length <= strlen (keys[i]); length++)
      {
        g_autofree char *prefix = g_strndup (keys[i], length);
        g_autofree char *name_prefix = terrace_azure_name_from_prefix (prefix);
        g_autofree char *name = terrace_azure_name_from_key (keys[i], NULL);

        g_assert_true (g_str_has_prefix (name, name_prefix));
        g_assert_true (g_utf8_validate (name_prefix, -1, NULL));
      }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/provider/azure-name/names", test_names);
  g_test_add_func ("/provider/azure-name/all", test_all);
  g_test_add_func ("/provider/azure-name/foreign", test_foreign);
  g_test_add_func ("/provider/azure-name/refused", test_refused);
  g_test_add_func ("/provider/azure-name/prefixes", test_prefixes);

  return g_test_run ();
}
