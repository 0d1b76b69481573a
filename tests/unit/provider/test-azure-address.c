/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A location's root, taken apart. */

#include "provider/azure/terrace-azure-address.h"

#include "base/terrace-error.h"

#include <string.h>

static void
test_good (void)
{
  static const struct
  {
    const char *root;
    const char *account;
    const char *path;
    const char *url;
    gboolean is_urgent;
  } cases[] = {
    { "https://photos.blob.core.windows.net/cont", "photos", "/cont/a//b%20c",
      "https://photos.blob.core.windows.net/cont/a//b%20c", FALSE },
    { "https://Photos.blob.core.windows.net/cont/", "photos", "/cont/a//b%20c",
      "https://photos.blob.core.windows.net/cont/a//b%20c", FALSE },
    { "https://photos.blob.core.usgovcloudapi.net/$root?rehydrate=high", "photos",
      "/$root/a//b%20c", "https://photos.blob.core.usgovcloudapi.net/$root/a//b%20c", TRUE },
    { "https://data.example.org:8443/cont?rehydrate=standard", NULL, "/cont/a//b%20c",
      "https://data.example.org:8443/cont/a//b%20c", FALSE },
    { "http://127.0.0.1:10000/devstoreaccount1/cont", "devstoreaccount1",
      "/devstoreaccount1/cont/a//b%20c", "http://127.0.0.1:10000/devstoreaccount1/cont/a//b%20c",
      FALSE },
    { "http://[::1]:10000/devstoreaccount1/my-cont", "devstoreaccount1",
      "/devstoreaccount1/my-cont/a//b%20c", "http://[::1]:10000/devstoreaccount1/my-cont/a//b%20c",
      FALSE },
    { "http://stack.local/acc/cont?insecure=1", "acc", "/acc/cont/a//b%20c",
      "http://stack.local/acc/cont/a//b%20c", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (TerraceAzureAddress) address = terrace_azure_address_parse (cases[i].root, &error);
      g_autofree char *path = NULL;
      g_autofree char *url = NULL;

      g_assert_no_error (error);
      path = terrace_azure_address_get_path (address, "a//b c");
      url = terrace_azure_address_get_url (address, "a//b c");
      g_assert_cmpstr (address->account, ==, cases[i].account);
      g_assert_cmpstr (path, ==, cases[i].path);
      g_assert_cmpstr (url, ==, cases[i].url);
      g_assert_cmpint (address->is_urgent, ==, cases[i].is_urgent);
    }
}

static void
test_container (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TerraceAzureAddress) address =
      terrace_azure_address_parse ("https://photos.blob.core.windows.net/cont", &error);
  g_autofree char *path = NULL;

  g_assert_no_error (error);
  path = terrace_azure_address_get_path (address, NULL);
  g_assert_cmpstr (path, ==, "/cont");
}

static void
test_bad (void)
{
  static const char *const roots[] = {
    "",
    "cont",
    "https://photos.blob.core.windows.net",
    "https://photos.blob.core.windows.net/",
    "https://photos.blob.core.windows.net/ab",
    "https://photos.blob.core.windows.net/Cont",
    "https://photos.blob.core.windows.net/a--b",
    "https://photos.blob.core.windows.net/-cont",
    "https://photos.blob.core.windows.net/one/two/three",
    "https://my-photos.blob.core.windows.net/cont",
    "https://user:password@photos.blob.core.windows.net/cont",
    "https://photos.blob.core.windows.net/cont?colour=red",
    "https://photos.blob.core.windows.net/cont?rehydrate=soon",
    "http://photos.blob.core.windows.net/cont",
    "ftp://photos.blob.core.windows.net/cont",
    "https://127.0.0.1:10000/UPPER/cont",
  };

  for (guint i = 0; i < G_N_ELEMENTS (roots); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (terrace_azure_address_parse (roots[i], &error));
      g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID);
      g_assert_false (g_str_has_suffix (error->message, "."));
    }
}

/* What would be stored with the address is refused, and not repeated. */
static void
test_signature (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (terrace_azure_address_parse (
      "https://photos.blob.core.windows.net/cont?sv=2021-12-02&sig=verysecret", &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID);
  g_assert_null (strstr (error->message, "verysecret"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/provider/azure-address/good", test_good);
  g_test_add_func ("/provider/azure-address/container", test_container);
  g_test_add_func ("/provider/azure-address/bad", test_bad);
  g_test_add_func ("/provider/azure-address/signature", test_signature);

  return g_test_run ();
}
