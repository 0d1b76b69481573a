/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Addresses of buckets, paths, and the keys that can be. */

#include "provider/gcs/terrace-gcs-address.h"

#include "base/terrace-error.h"

static void
test_parse (void)
{
  static const struct
  {
    const char *root;
    const char *host;
    int port;
    const char *bucket;
  } cases[] = {
    { "https://storage.googleapis.com/my-bucket", "storage.googleapis.com", -1, "my-bucket" },
    { "https://Storage.Googleapis.com/my.bucket_1/", "storage.googleapis.com", -1, "my.bucket_1" },
    { "http://127.0.0.1:4443/bucket", "127.0.0.1", 4443, "bucket" },
    { "http://localhost/bucket", "localhost", -1, "bucket" },
    { "http://example.org/bucket?insecure=1", "example.org", -1, "bucket" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (TerraceGcsAddress) address = terrace_gcs_address_parse (cases[i].root, &error);

      g_assert_no_error (error);
      g_assert_cmpstr (address->host, ==, cases[i].host);
      g_assert_cmpint (address->port, ==, cases[i].port);
      g_assert_cmpstr (address->bucket, ==, cases[i].bucket);
    }
}

static void
test_refused (void)
{
  static const char *const roots[] = {
    NULL,
    "",
    "bucket",
    "gs://bucket",
    "https://storage.googleapis.com",
    "https://storage.googleapis.com/",
    "https://storage.googleapis.com/ab",
    "https://storage.googleapis.com/Bucket",
    "https://storage.googleapis.com/bucket/folder",
    "https://key:secret@storage.googleapis.com/bucket",
    "https://storage.googleapis.com/bucket?region=eu",
    "http://storage.googleapis.com/bucket",
    "ftp://storage.googleapis.com/bucket",
  };

  for (guint i = 0; i < G_N_ELEMENTS (roots); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (terrace_gcs_address_parse (roots[i], &error));
      g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID);
      g_assert_null (g_strstr_len (error->message, -1, "secret"));
    }
}

static void
test_paths (void)
{
  static const struct
  {
    const char *key;
    const char *path;
  } cases[] = {
    { NULL, "/storage/v1/b/bucket" },
    { "a/b", "/storage/v1/b/bucket/o/a%2Fb" },
    { "a//b", "/storage/v1/b/bucket/o/a%2F%2Fb" },
    { "../x", "/storage/v1/b/bucket/o/..%2Fx" },
    { "/x", "/storage/v1/b/bucket/o/%2Fx" },
    { "a b+c%2F?#&", "/storage/v1/b/bucket/o/a%20b%2Bc%252F%3F%23%26" },
    { "\U0001F600", "/storage/v1/b/bucket/o/%F0%9F%98%80" },
    { "-_.~", "/storage/v1/b/bucket/o/-_.~" },
  };
  g_autoptr (TerraceGcsAddress) address =
      terrace_gcs_address_parse ("https://storage.googleapis.com/bucket", NULL);
  g_autofree char *upload = terrace_gcs_address_get_upload_path (address);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = terrace_gcs_address_get_path (address, cases[i].key);

      g_assert_cmpstr (path, ==, cases[i].path);
    }
  g_assert_cmpstr (upload, ==, "/upload/storage/v1/b/bucket/o");
}

static void
test_same_service (void)
{
  g_autoptr (TerraceGcsAddress) one = terrace_gcs_address_parse ("https://a.example/one", NULL);
  g_autoptr (TerraceGcsAddress) two = terrace_gcs_address_parse ("https://a.example/two", NULL);
  g_autoptr (TerraceGcsAddress) port = terrace_gcs_address_parse ("https://a.example:1/one", NULL);
  g_autoptr (TerraceGcsAddress) host = terrace_gcs_address_parse ("https://b.example/one", NULL);

  g_assert_true (terrace_gcs_address_is_same_service (one, two));
  g_assert_false (terrace_gcs_address_is_same_service (one, port));
  g_assert_false (terrace_gcs_address_is_same_service (one, host));
}

static void
test_keys (void)
{
  static const char *const good[] = { "a",           "a//b", "../x", "...",   "/x",
                                      ".well-known", "a\tb", "%",    "\u00e9" };
  static const char *const bad[] = {
    "\xff", "a\nb", "a\rb", ".", "..", ".well-known/acme-challenge/x", ".terrace-uploads/x"
  };

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_true (terrace_gcs_check_key (good[i], &error));
      g_assert_no_error (error);
    }
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (terrace_gcs_check_key (bad[i], &error));
      g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/provider/gcs-address/parse", test_parse);
  g_test_add_func ("/provider/gcs-address/refused", test_refused);
  g_test_add_func ("/provider/gcs-address/paths", test_paths);
  g_test_add_func ("/provider/gcs-address/same-service", test_same_service);
  g_test_add_func ("/provider/gcs-address/keys", test_keys);

  return g_test_run ();
}
