/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The promises of stat, read_range and list, and of the keys. */

#include "contract-suite.h"

#include "base/terrace-error.h"
#include "base/terrace-limits.h"
#include "contract-calls.h"
#include "terrace-test-support.h"

#include <string.h>

#define PART_BYTES 4096
#define MANY_OBJECTS 2500

static const char *const awkward_keys[] = {
  "plain",
  "with space",
  " leading and trailing ",
  "quote'double\"back`tick",
  "line\nbreak\ttab\rreturn",
  "\U0001F600 and \u00e9 and e\u0301",
  "back\\slash",
  "-dash",
  "~tilde",
  ".hidden",
  "...",
  "a:b*c?d<e>f|g",
  "100%25",
  "$(touch x);&",
  "a/b",
  "deep/er/and/deep/er/and/deep/er/and/deep/er/still",
  "Case",
  "case",
};

static void
assert_round_trip (TerraceProvider *provider, const char *key, guint32 seed)
{
  g_autoptr (GBytes) bytes = contract_make_bytes (seed % 50, seed);
  g_autofree char *token = g_strdup_printf ("put-%u", seed);
  g_autofree char *remove_token = g_strdup_printf ("remove-%u", seed);
  g_autoptr (TerraceObjectInfo) put = contract_put (provider, key, token, bytes, PART_BYTES);
  g_autoptr (GError) error = NULL;
  g_autoptr (TerraceObjectInfo) info = contract_stat (provider, key, &error);
  g_autoptr (TerraceListing) listing = NULL;

  g_assert_no_error (error);
  g_assert_cmpstr (info->key, ==, key);
  g_assert_cmpstr (info->version, ==, put->version);
  contract_assert_holds (provider, key, bytes);

  listing = contract_list (provider, key, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (listing->objects->len, ==, 1);
  g_assert_cmpstr (((TerraceObjectInfo *) listing->objects->pdata[0])->key, ==, key);

  g_assert_true (contract_remove (provider, key, info->version, remove_token, &error));
  g_assert_no_error (error);
  contract_assert_absent (provider, key);
}

/* A key that the place cannot have is refused before anything is done. */
static void
assert_refused (ContractFixture *fixture, const char *key)
{
  TerraceWriteOptions options = { "token", 1, PART_BYTES, NULL, NULL };
  guint before = fixture->factory->count_traces (fixture->place);
  g_autoptr (GError) error = NULL;

  g_assert_null (contract_begin (fixture->provider, key, &options, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID);
  g_assert_cmpuint (fixture->factory->count_traces (fixture->place), ==, before);
}

static void
test_keys (ContractFixture *fixture, gconstpointer data)
{
  g_autofree char *long_name = g_strnfill (255, 'n');
  g_autoptr (GString) longest = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (awkward_keys); i++)
    if (fixture->factory->allows_key == NULL || fixture->factory->allows_key (awkward_keys[i]))
      assert_round_trip (fixture->provider, awkward_keys[i], i);
    else
      assert_refused (fixture, awkward_keys[i]);
  assert_round_trip (fixture->provider, long_name, 1000);

  while (longest->len + 2 <= TERRACE_LIMIT_KEY_BYTES)
    g_string_append (longest, longest->len % 102 == 100 ? "/" : "k");
  assert_round_trip (fixture->provider, longest->str, 1001);

  if (fixture->factory->keys_are_bytes)
    assert_round_trip (fixture->provider, "not\xff\xfeutf8/\x80", 1002);
}

static void
test_too_long_key (ContractFixture *fixture, gconstpointer data)
{
  g_autofree char *key = g_strnfill (TERRACE_LIMIT_KEY_BYTES + 1, 'k');
  const char *const keys[] = { "", key };
  guint before = fixture->factory->count_traces (fixture->place);
  TerraceWriteOptions options = { "token", 1, PART_BYTES, NULL, NULL };

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      g_autoptr (GError) stat_error = NULL;
      g_autoptr (GError) begin_error = NULL;

      g_assert_null (contract_stat (fixture->provider, keys[i], &stat_error));
      g_assert_error (stat_error, TERRACE_ERROR, TERRACE_ERROR_INVALID);
      g_assert_null (contract_begin (fixture->provider, keys[i], &options, &begin_error));
      g_assert_error (begin_error, TERRACE_ERROR, TERRACE_ERROR_INVALID);
    }
  g_assert_cmpuint (fixture->factory->count_traces (fixture->place), ==, before);
}

static void
test_stat (ContractFixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) bytes = contract_make_bytes (1234, 5);
  g_autoptr (TerraceObjectInfo) put = NULL;
  g_autoptr (TerraceObjectInfo) info = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) folder_error = NULL;

  contract_assert_absent (fixture->provider, "a/b");
  put = contract_put (fixture->provider, "a/b", "t", bytes, PART_BYTES);
  info = contract_stat (fixture->provider, "a/b", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (info->size_bytes, ==, 1234);
  g_assert_cmpint (info->modified_us, ==, put->modified_us);
  g_assert_cmpint (info->modified_us, >, 0);

  /* What leads to objects is none. */
  g_assert_null (contract_stat (fixture->provider, "a", &folder_error));
  g_assert_error (folder_error, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND);
  contract_assert_absent (fixture->provider, "a/b/c");
}

static void
assert_range (TerraceProvider *provider,
              GBytes *whole,
              guint64 offset,
              gsize length,
              gsize expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) part = contract_read (provider, "key", NULL, offset, length, &error);
  gsize whole_size;
  const guint8 *wanted = g_bytes_get_data (whole, &whole_size);
  gsize got_size;
  gconstpointer got;

  g_assert_no_error (error);
  got = g_bytes_get_data (part, &got_size);
  g_assert_cmpmem (got, got_size, wanted + MIN (offset, whole_size), expected);
}

static void
test_read_range (ContractFixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) bytes = contract_make_bytes (10000, 6);
  g_autoptr (TerraceObjectInfo) info =
      contract_put (fixture->provider, "key", "t", bytes, PART_BYTES);
  g_autoptr (GBytes) with_version = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) absent_error = NULL;

  assert_range (fixture->provider, bytes, 0, 10000, 10000);
  assert_range (fixture->provider, bytes, 0, 1, 1);
  assert_range (fixture->provider, bytes, 4095, 2, 2);
  assert_range (fixture->provider, bytes, 9999, 100, 1);
  assert_range (fixture->provider, bytes, 10000, 100, 0);
  assert_range (fixture->provider, bytes, 10001, 100, 0);
  assert_range (fixture->provider, bytes, 5, 0, 0);

  with_version = contract_read (fixture->provider, "key", info->version, 0, 10000, &error);
  g_assert_no_error (error);
  g_assert_true (g_bytes_equal (with_version, bytes));

  g_assert_null (contract_read (fixture->provider, "none", NULL, 0, 1, &absent_error));
  g_assert_error (absent_error, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND);
}

static void
test_read_changed (ContractFixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) bytes = contract_make_bytes (100, 7);
  g_autoptr (GBytes) others = contract_make_bytes (100, 8);
  g_autoptr (TerraceObjectInfo) info =
      contract_put (fixture->provider, "key", "t", bytes, PART_BYTES);
  g_autoptr (TerraceObjectInfo) now = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) stat_error = NULL;

  fixture->factory->overwrite (fixture->place, "key", others);
  g_assert_null (contract_read (fixture->provider, "key", info->version, 0, 100, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_CHANGED);
  contract_assert_holds (fixture->provider, "key", others);

  now = contract_stat (fixture->provider, "key", &stat_error);
  g_assert_no_error (stat_error);
  g_assert_cmpstr (now->version, !=, info->version);
}

/* Reads all pages; fails the test if keys are out of order. */
static GPtrArray *
list_all (TerraceProvider *provider, const char *prefix, guint *n_pages)
{
  g_autoptr (GPtrArray) keys = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *continuation = NULL;

  *n_pages = 0;
  do
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (TerraceListing) page = contract_list (provider, prefix, continuation, &error);

      g_assert_no_error (error);
      g_assert_cmpuint (page->objects->len, <=, TERRACE_LIMIT_LIST_PAGE);
      g_assert_cmpuint (page->unreadable->len, ==, 0);
      for (guint i = 0; i < page->objects->len; i++)
        {
          const TerraceObjectInfo *info = page->objects->pdata[i];

          if (keys->len > 0)
            g_assert_cmpint (strcmp (keys->pdata[keys->len - 1], info->key), <, 0);
          g_ptr_array_add (keys, g_strdup (info->key));
        }
      g_free (continuation);
      continuation = g_steal_pointer (&page->next);
      *n_pages += 1;
    }
  while (continuation != NULL);

  return g_steal_pointer (&keys);
}

static void
test_list (ContractFixture *fixture, gconstpointer data)
{
  static const char *const order[] = { "a!", "a/b", "a/c/d", "a0", "ab/c", "b" };
  static const struct
  {
    const char *prefix;
    guint count;
  } prefixes[] = {
    { "", 6 },   { "a", 5 }, { "a/", 2 },  { "a/c", 1 },  { "a/c/", 1 },
    { "ab", 1 }, { "c", 0 }, { "a/b", 1 }, { "a/b/", 0 }, { "none/at/all", 0 },
  };
  g_autoptr (GBytes) bytes = contract_make_bytes (3, 9);
  g_autoptr (GPtrArray) all = NULL;
  guint n_pages;

  all = list_all (fixture->provider, "", &n_pages);
  g_assert_cmpuint (all->len, ==, 0);
  g_clear_pointer (&all, g_ptr_array_unref);

  for (guint i = 0; i < G_N_ELEMENTS (order); i++)
    {
      g_autofree char *token = g_strdup_printf ("t%u", i);
      g_autoptr (TerraceObjectInfo) info =
          contract_put (fixture->provider, order[G_N_ELEMENTS (order) - 1 - i], token, bytes,
                        PART_BYTES);

      g_assert_cmpuint (info->size_bytes, ==, 3);
    }

  all = list_all (fixture->provider, "", &n_pages);
  g_assert_cmpuint (all->len, ==, G_N_ELEMENTS (order));
  for (guint i = 0; i < all->len; i++)
    g_assert_cmpstr (all->pdata[i], ==, order[i]);

  for (guint i = 0; i < G_N_ELEMENTS (prefixes); i++)
    {
      g_autoptr (GPtrArray) some = list_all (fixture->provider, prefixes[i].prefix, &n_pages);

      g_assert_cmpuint (some->len, ==, prefixes[i].count);
      for (guint k = 0; k < some->len; k++)
        g_assert_true (g_str_has_prefix (some->pdata[k], prefixes[i].prefix));
    }
}

/* A listing tells the same of an object as stat() does. */
static void
test_list_info (ContractFixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) bytes = contract_make_bytes (77, 9);
  g_autoptr (TerraceObjectInfo) info =
      contract_put (fixture->provider, "key", "t", bytes, PART_BYTES);
  g_autoptr (GError) error = NULL;
  g_autoptr (TerraceListing) page = contract_list (fixture->provider, "", NULL, &error);
  const TerraceObjectInfo *listed;

  g_assert_no_error (error);
  g_assert_cmpuint (page->objects->len, ==, 1);
  listed = page->objects->pdata[0];
  g_assert_cmpstr (listed->version, ==, info->version);
  g_assert_cmpuint (listed->size_bytes, ==, 77);
  g_assert_cmpint (listed->modified_us, ==, info->modified_us);
  g_assert_null (page->next);
}

static void
test_list_many (ContractFixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) bytes = contract_make_bytes (1, 10);
  g_autoptr (GPtrArray) keys = NULL;
  g_autoptr (GPtrArray) some = NULL;
  guint n_pages;

  for (guint i = 0; i < MANY_OBJECTS; i++)
    {
      g_autofree char *key = g_strdup_printf ("%02u/%04u", i % 7, i);

      fixture->factory->overwrite (fixture->place, key, bytes);
    }

  keys = list_all (fixture->provider, "", &n_pages);
  g_assert_cmpuint (keys->len, ==, MANY_OBJECTS);
  g_assert_cmpuint (n_pages, ==, 3);
  some = list_all (fixture->provider, "03/", &n_pages);
  g_assert_cmpuint (some->len, ==, (MANY_OBJECTS - 3 + 6) / 7);
}

/* A continuation is good for any provider of the place, and for more than one use. */
static void
test_list_continue_elsewhere (ContractFixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) bytes = contract_make_bytes (1, 10);
  g_autoptr (TerraceProvider) other = fixture->factory->make_provider (fixture->place);
  g_autoptr (GError) error = NULL;
  g_autoptr (TerraceListing) first = NULL;

  for (guint i = 0; i < TERRACE_LIMIT_LIST_PAGE + 10; i++)
    {
      g_autofree char *key = g_strdup_printf ("d%u/f%u", i / 300, i);

      fixture->factory->overwrite (fixture->place, key, bytes);
    }
  first = contract_list (fixture->provider, "", NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (first->objects->len, ==, TERRACE_LIMIT_LIST_PAGE);

  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (TerraceListing) second =
          contract_list (i == 1 ? other : fixture->provider, "", first->next, &error);

      g_assert_no_error (error);
      g_assert_cmpuint (second->objects->len, ==, 10);
      g_assert_null (second->next);
    }
}

static void
test_list_uploads (ContractFixture *fixture, gconstpointer data)
{
  TerraceWriteOptions options = { "token", 3 * PART_BYTES, PART_BYTES, NULL, NULL };
  g_autoptr (GBytes) part = contract_make_bytes (PART_BYTES, 3);
  g_autoptr (GError) error = NULL;
  g_autofree char *upload = contract_begin (fixture->provider, "a/key", &options, &error);
  g_autofree char *receipt = NULL;
  g_autoptr (GPtrArray) keys = NULL;
  guint n_pages;

  g_assert_no_error (error);
  receipt = contract_write (fixture->provider, "a/key", upload, 0, 0, part, &error);
  g_assert_no_error (error);

  keys = list_all (fixture->provider, "", &n_pages);
  g_assert_cmpuint (keys->len, ==, 0);
  contract_assert_absent (fixture->provider, "a/key");
  g_assert_true (contract_abort (fixture->provider, "a/key", upload, &error));
}

void
contract_add_reading (const ContractFactory *factory)
{
  contract_add (factory, "keys", test_keys);
  contract_add (factory, "too-long-key", test_too_long_key);
  contract_add (factory, "stat", test_stat);
  contract_add (factory, "read-range", test_read_range);
  contract_add (factory, "read-changed", test_read_changed);
  contract_add (factory, "list", test_list);
  contract_add (factory, "list-info", test_list_info);
  contract_add (factory, "list-many", test_list_many);
  contract_add (factory, "list-continue-elsewhere", test_list_continue_elsewhere);
  contract_add (factory, "list-uploads", test_list_uploads);
}
