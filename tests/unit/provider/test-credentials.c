/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keys in memory, and in a keyring: libsecret's own, in a file of the test, since a test has no
 * Secret Service to talk to. */

#include "provider/terrace-credentials.h"

#include "base/terrace-error.h"
#include "terrace-test-support.h"

#include <glib/gstdio.h>
#include <string.h>

#define ROOT "https://s3.example.org/photos"
#define OTHER "https://s3.example.org/films"

static void
store (TerraceCredentials *credentials, const char *root, const char *key, const char *token)
{
  g_autoptr (TerraceSecret) secret = terrace_secret_new (key, "s+e/c=ret", token);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  terrace_credentials_store_async (credentials, root, "Photos", secret, NULL,
                                   terrace_test_store_result, &result);
  g_assert_null (result);
  terrace_test_await (&result);
  g_assert_true (terrace_credentials_store_finish (credentials, result, &error));
  g_assert_no_error (error);
}

static TerraceSecret *
lookup (TerraceCredentials *credentials, const char *root, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  terrace_credentials_lookup_async (credentials, root, NULL, terrace_test_store_result, &result);
  g_assert_null (result);
  terrace_test_await (&result);
  return terrace_credentials_lookup_finish (credentials, result, error);
}

static void
clear (TerraceCredentials *credentials, const char *root)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  terrace_credentials_clear_async (credentials, root, NULL, terrace_test_store_result, &result);
  g_assert_null (result);
  terrace_test_await (&result);
  g_assert_true (terrace_credentials_clear_finish (credentials, result, &error));
  g_assert_no_error (error);
}

static void
assert_missing (TerraceCredentials *credentials, const char *root)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (lookup (credentials, root, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_PERMISSION);
  g_assert_nonnull (strstr (error->message, root));
}

static void
assert_found (TerraceCredentials *credentials, const char *root, const char *key, const char *token)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TerraceSecret) secret = lookup (credentials, root, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (secret->access_key, ==, key);
  g_assert_cmpstr (secret->secret_key, ==, "s+e/c=ret");
  g_assert_cmpstr (secret->session_token, ==, token);
}

static void
test_source (TerraceCredentials *credentials)
{
  assert_missing (credentials, ROOT);
  store (credentials, ROOT, "first", NULL);
  store (credentials, OTHER, "other", "token");
  assert_found (credentials, ROOT, "first", NULL);
  assert_found (credentials, OTHER, "other", "token");
  store (credentials, ROOT, "second", NULL);
  assert_found (credentials, ROOT, "second", NULL);
  clear (credentials, ROOT);
  clear (credentials, ROOT);
  assert_missing (credentials, ROOT);
  assert_found (credentials, OTHER, "other", "token");
}

static void
test_memory (void)
{
  g_autoptr (TerraceCredentials) credentials = terrace_credentials_new_memory ();

  test_source (credentials);
}

/* One write only: the file backend of libsecret 0.20 loses a string with each further one, and
 * nothing is suppressed here for a library that people meet through the Secret Service. */
static void
test_keyring (void)
{
  g_autoptr (TerraceCredentials) credentials = terrace_credentials_new_keyring ();
  g_autoptr (TerraceCredentials) later = terrace_credentials_new_keyring ();
  g_autofree char *contents = NULL;
  gsize length;

  assert_missing (credentials, ROOT);
  store (credentials, OTHER, "other", "token");
  assert_found (credentials, OTHER, "other", "token");
  assert_missing (credentials, ROOT);
  clear (credentials, ROOT);
  assert_found (later, OTHER, "other", "token");
  g_assert_true (
      g_file_get_contents (g_getenv ("SECRET_FILE_TEST_PATH"), &contents, &length, NULL));
  g_assert_null (g_strstr_len (contents, length, "s+e/c=ret"));
}

/* Cancelled before and while the keyring is asked: answered once, and what it says is dropped. */
static void
test_cancelled (void)
{
  g_autoptr (TerraceCredentials) credentials = terrace_credentials_new_keyring ();

  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (GError) error = NULL;

      if (i == 0)
        g_cancellable_cancel (cancellable);
      terrace_credentials_lookup_async (credentials, OTHER, cancellable, terrace_test_store_result,
                                        &result);
      g_cancellable_cancel (cancellable);
      g_assert_null (result);
      terrace_test_await (&result);
      g_assert_null (terrace_credentials_lookup_finish (credentials, result, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      assert_found (credentials, OTHER, "other", "token");
    }
}

int
main (int argc, char **argv)
{
  g_autofree char *folder = NULL;
  g_autofree char *path = NULL;
  int status;

  g_test_init (&argc, &argv, NULL);
  folder = terrace_test_make_dir ();
  path = g_build_filename (folder, "keyring", NULL);
  g_setenv ("SECRET_BACKEND", "file", TRUE);
  g_setenv ("SECRET_FILE_TEST_PATH", path, TRUE);
  g_setenv ("SECRET_FILE_TEST_PASSWORD", "a password", TRUE);

  g_test_add_func ("/provider/credentials/memory", test_memory);
  g_test_add_func ("/provider/credentials/keyring", test_keyring);
  g_test_add_func ("/provider/credentials/cancelled", test_cancelled);

  status = g_test_run ();
  terrace_test_remove_dir (folder);
  return status;
}
