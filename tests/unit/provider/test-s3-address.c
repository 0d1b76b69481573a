/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A location's root, taken apart. */

#include "provider/s3/terrace-s3-address.h"

#include "base/terrace-error.h"

#include <string.h>

static void
test_good (void)
{
  static const struct
  {
    const char *root;
    const char *authority;
    const char *path;
    const char *region;
  } cases[] = {
    { "https://s3.eu-west-1.amazonaws.com/photos", "photos.s3.eu-west-1.amazonaws.com", "/a//b",
      "eu-west-1" },
    { "https://s3.amazonaws.com/photos", "photos.s3.amazonaws.com", "/a//b", "us-east-1" },
    { "https://s3.eu-west-1.amazonaws.com/my.photos", "s3.eu-west-1.amazonaws.com",
      "/my.photos/a//b", "eu-west-1" },
    { "https://S3.eu-west-1.amazonaws.com/photos?style=path", "s3.eu-west-1.amazonaws.com",
      "/photos/a//b", "eu-west-1" },
    { "https://ceph.example.org:8443/photos/", "ceph.example.org:8443", "/photos/a//b",
      "us-east-1" },
    { "https://ceph.example.org:443/photos?region=fra1&style=virtual", "photos.ceph.example.org",
      "/a//b", "fra1" },
    { "http://127.0.0.1:9000/photos", "127.0.0.1:9000", "/photos/a//b", "us-east-1" },
    { "http://localhost/photos", "localhost", "/photos/a//b", "us-east-1" },
    { "http://[::1]:9000/photos", "[::1]:9000", "/photos/a//b", "us-east-1" },
    { "http://nas.local:9000/photos?insecure=1", "nas.local:9000", "/photos/a//b", "us-east-1" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (TerraceS3Address) address = terrace_s3_address_parse (cases[i].root, &error);
      g_autofree char *authority = NULL;
      g_autofree char *path = NULL;

      g_assert_no_error (error);
      authority = terrace_s3_address_get_authority (address);
      path = terrace_s3_address_get_path (address, "a//b");
      g_assert_cmpstr (authority, ==, cases[i].authority);
      g_assert_cmpstr (path, ==, cases[i].path);
      g_assert_cmpstr (address->region, ==, cases[i].region);
    }
}

static void
test_bad (void)
{
  static const char *const roots[] = {
    "",
    "bucket",
    "photos",
    "https://s3.amazonaws.com",
    "https://s3.amazonaws.com/",
    "https://s3.amazonaws.com/two/levels",
    "https://s3.amazonaws.com/x",
    "https://s3.amazonaws.com/-photos",
    "https://s3.amazonaws.com/pho%2Ftos",
    "https://user:password@s3.amazonaws.com/photos",
    "http://s3.amazonaws.com/photos",
    "http://127.0.0.1.example.org/photos",
    "http://nas.local/photos?insecure=0",
    "ftp://s3.amazonaws.com/photos",
    "https://s3.amazonaws.com/photos?style=other",
    "https://s3.amazonaws.com/photos?region=../x",
    "https://s3.amazonaws.com/photos?colour=red",
  };

  for (guint i = 0; i < G_N_ELEMENTS (roots); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (terrace_s3_address_parse (roots[i], &error));
      g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID);
      g_assert_null (strstr (error->message, "password"));
    }
}

static void
test_move (void)
{
  g_autoptr (TerraceS3Address) amazon =
      terrace_s3_address_parse ("https://s3.eu-west-1.amazonaws.com/photos", NULL);
  g_autoptr (TerraceS3Address) other =
      terrace_s3_address_parse ("https://ceph.example.org/photos", NULL);

  g_assert_true (terrace_s3_address_move (amazon, "us-west-2"));
  g_assert_cmpstr (amazon->region, ==, "us-west-2");
  g_assert_cmpstr (amazon->endpoint, ==, "s3.us-west-2.amazonaws.com");
  g_assert_false (terrace_s3_address_move (amazon, "us-west-2"));
  g_assert_false (terrace_s3_address_move (amazon, "evil.example.org/"));
  g_assert_cmpstr (amazon->endpoint, ==, "s3.us-west-2.amazonaws.com");

  g_assert_true (terrace_s3_address_move (other, "fra1"));
  g_assert_cmpstr (other->endpoint, ==, "ceph.example.org");
  g_assert_false (terrace_s3_address_is_same_service (amazon, other));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/provider/s3-address/good", test_good);
  g_test_add_func ("/provider/s3-address/bad", test_bad);
  g_test_add_func ("/provider/s3-address/move", test_move);

  return g_test_run ();
}
