/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Service accounts: files, signatures, seals. */

#include "provider/gcs/terrace-gcs-account.h"

#include "base/terrace-error.h"
#include "gcs-account.h"

#include <string.h>

#define GOOGLE "https://oauth2.googleapis.com/token"

static TerraceGcsAccount *
make_account (void)
{
  g_autoptr (GError) error = NULL;
  TerraceGcsAccount *account = terrace_gcs_account_parse (GCS_TEST_ACCOUNT (GOOGLE), &error);

  g_assert_no_error (error);

  return account;
}

/* RFC 7515, appendix A.2. */
static void
test_rfc_vector (void)
{
  static const char text[] =
      "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGF"
      "tcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
  static const char expected[] =
      "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt"
      "_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArL"
      "IARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7no"
      "OPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQ"
      "Ge77Rw";
  g_autoptr (TerraceGcsAccount) account = make_account ();
  g_autofree char *signature = terrace_gcs_sign_rs256 (account->private_key, text);

  g_assert_cmpstr (signature, ==, expected);
  g_assert_null (terrace_gcs_sign_rs256 ("no key", text));
}

/* The whole token, as another implementation (Python's cryptography) makes it of the same key. */
static void
test_token (void)
{
  static const char expected[] =
      "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCIsImtpZCI6IjAxMjNhYmMifQ.eyJpc3MiOiJtZUBwLmlhbS5nc"
      "2VydmljZWFjY291bnQuY29tIiwic2NvcGUiOiJodHRwczovL3d3dy5nb29nbGVhcGlzLmNvbS9hdXRoL2Rld"
      "nN0b3JhZ2UuZnVsbF9jb250cm9sIiwiYXVkIjoiaHR0cHM6Ly9vYXV0aDIuZ29vZ2xlYXBpcy5jb20vdG9rZ"
      "W4iLCJpYXQiOjE3OTUzNDIyNzIsImV4cCI6MTc5NTM0NTg3Mn0.HLZsbBl67NZTjmavP2P17susEL84veSem"
      "JEGCRxToF2qAegsb_GcwmbPgZKWvCgDSfOKpqHF5QWpYkEgfw4UcpFV6upMmsj_VBFxHOeaYr_-9QtsXWZZ5"
      "H8jAa6LTVziiPfu7Og2ChAXkDNSyqzSgeNvITS6VwaO2EMtUg2fJ-WEpVuNhzkHABOCHTMg-_EHC0xqrqk6s"
      "hGEt11gf8qlvX1ygIgDG7Ka0PfuiC3F5AHMiJ4dUpH9k0hgimTEsp2q1gLfRhVYbpIulP_ILDGj0lBJo8dK4"
      "hZ6bEirdMvEcroB2t1v6WHQT9OnticSd2CuJVW3V_d4SYNKkxniUWpTSQ";
  g_autoptr (TerraceGcsAccount) account = make_account ();
  g_autoptr (GError) error = NULL;
  g_autofree char *token =
      terrace_gcs_account_sign (account, "https://www.googleapis.com/auth/devstorage.full_control",
                                1795342272, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (account->email, ==, "me@p.iam.gserviceaccount.com");
  g_assert_cmpstr (token, ==, expected);
}

static void
test_bad_files (void)
{
  static const char *const files[] = {
    "",
    "{",
    "[]",
    "nonsense",
    "{\"type\":\"authorized_user\",\"client_email\":\"a@b\",\"private_key\":\"secret\"}",
    "{\"type\":\"service_account\",\"client_email\":\"a@b\",\"token_uri\":\"" GOOGLE "\"}",
    "{\"type\":\"service_account\",\"client_email\":{},\"private_key\":\"secret\","
    "\"token_uri\":\"" GOOGLE "\"}",
    GCS_TEST_ACCOUNT ("http://oauth2.googleapis.com/token"),
    GCS_TEST_ACCOUNT ("ftp://127.0.0.1/token"),
    GCS_TEST_ACCOUNT ("https://user:secret@oauth2.googleapis.com/token"),
    GCS_TEST_ACCOUNT (""),
  };

  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (terrace_gcs_account_parse (files[i], &error));
      g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_PERMISSION);
      g_assert_null (strstr (error->message, "secret"));
      g_assert_null (strstr (error->message, "PRIVATE"));
    }
}

/* One that is no key is found out when it is used. */
static void
test_bad_key (void)
{
  g_autoptr (TerraceGcsAccount) account = make_account ();
  g_autoptr (GError) error = NULL;

  account->private_key[100] = '!';
  g_assert_null (terrace_gcs_account_sign (account, "scope", 1, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_PERMISSION);
}

static void
test_seal (void)
{
  static const char text[] = "https://session/upload?upload_id=secret";
  g_autoptr (TerraceGcsAccount) account = make_account ();
  g_autoptr (TerraceGcsAccount) other = make_account ();
  g_autoptr (GBytes) sealed = terrace_gcs_account_seal (account, text);
  g_autoptr (GBytes) again = terrace_gcs_account_seal (account, text);
  gsize length;
  const char *data = g_bytes_get_data (sealed, &length);
  g_autofree char *opened = terrace_gcs_account_unseal (account, sealed);

  g_assert_cmpstr (opened, ==, text);
  g_assert_null (g_strstr_len (data, length, "secret"));
  g_assert_false (g_bytes_equal (sealed, again));

  for (gsize i = 0; i < length; i++)
    {
      g_autofree char *damaged = g_memdup2 (data, length);
      g_autoptr (GBytes) bytes = NULL;

      damaged[i] ^= 1;
      bytes = g_bytes_new (damaged, length);
      g_assert_null (terrace_gcs_account_unseal (account, bytes));
    }
  for (gsize cut = 0; cut < length; cut++)
    {
      g_autoptr (GBytes) bytes = g_bytes_new (data, cut);

      g_assert_null (terrace_gcs_account_unseal (account, bytes));
    }
  other->private_key[50] ^= 1;
  g_assert_null (terrace_gcs_account_unseal (other, sealed));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/provider/gcs-account/rfc-vector", test_rfc_vector);
  g_test_add_func ("/provider/gcs-account/token", test_token);
  g_test_add_func ("/provider/gcs-account/bad-files", test_bad_files);
  g_test_add_func ("/provider/gcs-account/bad-key", test_bad_key);
  g_test_add_func ("/provider/gcs-account/seal", test_seal);

  return g_test_run ();
}
