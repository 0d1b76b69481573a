/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Azure's signatures: the texts that Microsoft's documentation shows, and values that were computed
 * by another program with the emulator's public key and accepted by the emulator. */

#include "provider/azure/terrace-azure-sign.h"

#include <string.h>

#define EMULATOR "devstoreaccount1"
/* Published by Microsoft for everybody's emulator. */
#define EMULATOR_KEY \
  "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="

static GPtrArray *
pairs_of (const char *const *names_and_values)
{
  GPtrArray *pairs = terrace_http_pairs_new ();

  for (; *names_and_values != NULL; names_and_values += 2)
    g_ptr_array_add (pairs, terrace_http_pair_new (names_and_values[0], names_and_values[1]));

  return pairs;
}

/* "Authorize with Shared Key": Get Container Metadata. */
static void
test_documented (void)
{
  static const char *const query[] = { "restype", "container", "comp", "metadata",
                                       "timeout", "20",        NULL };
  static const char *const headers[] = { "x-ms-version", "2015-02-21", "x-ms-date",
                                         "Fri, 26 Jun 2015 23:39:12 GMT", NULL };
  g_autoptr (GPtrArray) query_pairs = pairs_of (query);
  g_autoptr (GPtrArray) header_pairs = pairs_of (headers);
  g_autofree char *text = terrace_azure_string_to_sign ("GET", "myaccount", "/mycontainer",
                                                        query_pairs, header_pairs, 0);

  g_assert_cmpstr (text, ==,
                   "GET\n\n\n\n\n\n\n\n\n\n\n\nx-ms-date:Fri, 26 Jun 2015 23:39:12 GMT\n"
                   "x-ms-version:2015-02-21\n/myaccount/mycontainer\ncomp:metadata\n"
                   "restype:container\ntimeout:20");
}

static void
assert_put (const char *path, const char *signature)
{
  static const char *const headers[] = {
    "content-type",   "text/plain", "x-ms-version",
    "2021-12-02",     "x-ms-date",  "Wed, 01 Jan 2025 00:00:00 GMT",
    "x-ms-blob-type", "BlockBlob",  "x-ms-access-tier",
    "Cool",           NULL
  };
  static const char *const nothing[] = { NULL };
  g_autoptr (GPtrArray) query_pairs = pairs_of (nothing);
  g_autoptr (GPtrArray) header_pairs = pairs_of (headers);
  g_autofree char *text =
      terrace_azure_string_to_sign ("PUT", EMULATOR, path, query_pairs, header_pairs, 11);
  g_autofree char *found = terrace_azure_sign (text, EMULATOR_KEY);

  g_assert_true (
      g_str_has_prefix (text, "PUT\n\n\n11\n\ntext/plain\n\n\n\n\n\n\nx-ms-access-tier"));
  g_assert_cmpstr (found, ==, signature);
}

static void
test_put (void)
{
  assert_put ("/cont/a%20b.txt", "ulqgfgISQ+28lH0X6Zev4bEikqWHdwVmXDlb+2VOu9Q=");
  assert_put ("/" EMULATOR "/cont/a%20b.txt", "7MhOHnRQoVTfZolbVZP7vBCfHGGNV1Ltg4VK4D/SYC4=");
}

static void
test_list (void)
{
  static const char *const query[] = { "restype", "container",  "comp", "list", "prefix",
                                       "a/",      "maxresults", "5",    NULL };
  static const char *const headers[] = { "x-ms-date", "Wed, 01 Jan 2025 00:00:00 GMT",
                                         "x-ms-version", "2021-12-02", NULL };
  g_autoptr (GPtrArray) query_pairs = pairs_of (query);
  g_autoptr (GPtrArray) header_pairs = pairs_of (headers);
  g_autofree char *text =
      terrace_azure_string_to_sign ("GET", EMULATOR, "/cont", query_pairs, header_pairs, 0);
  g_autofree char *found = terrace_azure_sign (text, EMULATOR_KEY);

  g_assert_cmpstr (found, ==, "2kZRJa2Kss8CBAfL+grsEoekgBuMUyaADtCRKjWS+o4=");
}

/* As the service sorts them: "_" before digits, digits before letters. */
static void
test_order (void)
{
  static const char *const headers[] = {
    "x-ms-meta-aa", "1", "x-ms-meta-a1", "2", "x-ms-meta-a_", "3", "x-ms-meta-a", "4", NULL
  };
  static const char *const nothing[] = { NULL };
  g_autoptr (GPtrArray) query_pairs = pairs_of (nothing);
  g_autoptr (GPtrArray) header_pairs = pairs_of (headers);
  g_autofree char *text =
      terrace_azure_string_to_sign ("GET", "a", "/c", query_pairs, header_pairs, 0);

  g_assert_true (
      g_str_has_suffix (text,
                        "\nx-ms-meta-a:4\nx-ms-meta-a_:3\nx-ms-meta-a1:2\nx-ms-meta-aa:1\n/a/c"));
}

static void
test_signature (void)
{
  g_autofree char *query =
      terrace_azure_make_signature (EMULATOR, "cont", "a b.txt", "2025-01-02T00:00:00Z", "https",
                                    EMULATOR_KEY);
  g_autofree char *signature = terrace_azure_signature_get (query, "sig");
  g_autofree char *until = terrace_azure_signature_get (query, "se");
  g_autofree char *nothing = terrace_azure_signature_get (query, "s");

  g_assert_cmpstr (signature, ==, "5z+ynBejI8cZLC37CJYwn3Uef0j9S2WQKE7Qjm6l/1k=");
  g_assert_cmpstr (until, ==, "2025-01-02T00:00:00Z");
  g_assert_null (nothing);
  g_assert_null (strchr (query, '+'));
  g_assert_true (terrace_azure_is_signature (query));
}

/* A whole address may be pasted; a key is none. */
static void
test_recognise (void)
{
  g_assert_true (terrace_azure_is_signature ("sv=2021-12-02&sig=abc"));
  g_assert_cmpstr (terrace_azure_signature_query ("?sv=1&sig=abc"), ==, "sv=1&sig=abc");
  g_assert_cmpstr (terrace_azure_signature_query ("https://a.example/c?sv=1&sig=abc"), ==,
                   "sv=1&sig=abc");
  g_assert_cmpstr (terrace_azure_signature_query ("sv=1&sig=abc"), ==, "sv=1&sig=abc");
  g_assert_false (terrace_azure_is_signature (EMULATOR_KEY));
}

static void
test_bad_keys (void)
{
  static const char *const keys[] = {
    "",       "!",
    "abc",    "not base64 at all",
    "QUJD\n", "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2"
  };

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    g_assert_null (terrace_azure_sign ("text", keys[i]));
}

static void
test_times (void)
{
  g_autofree char *date = terrace_azure_date (G_GINT64_CONSTANT (1735689600000000));
  g_autofree char *timestamp = terrace_azure_timestamp (G_GINT64_CONSTANT (1735689600999999));

  g_assert_cmpstr (date, ==, "Wed, 01 Jan 2025 00:00:00 GMT");
  g_assert_cmpstr (timestamp, ==, "2025-01-01T00:00:00Z");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/provider/azure-sign/documented", test_documented);
  g_test_add_func ("/provider/azure-sign/put", test_put);
  g_test_add_func ("/provider/azure-sign/list", test_list);
  g_test_add_func ("/provider/azure-sign/order", test_order);
  g_test_add_func ("/provider/azure-sign/signature", test_signature);
  g_test_add_func ("/provider/azure-sign/recognise", test_recognise);
  g_test_add_func ("/provider/azure-sign/bad-keys", test_bad_keys);
  g_test_add_func ("/provider/azure-sign/times", test_times);

  return g_test_run ();
}
