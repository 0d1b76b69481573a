/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The program's keyring from the command line, for test-keyring.py:
 *
 *   keyring-client store ROOT ACCESS_KEY SECRET_KEY [SESSION_TOKEN] | lookup ROOT | clear ROOT
 *
 * What is found goes to standard output, one word a line; what goes wrong to standard error, with
 * status 1. */

#include "provider/terrace-credentials.h"

#include "terrace-test-support.h"

#include <stdio.h>
#include <string.h>

static gboolean
store (TerraceCredentials *credentials, char **arguments, int n, GError **error)
{
  g_autoptr (TerraceSecret) secret =
      terrace_secret_new (arguments[1], arguments[2], n > 3 ? arguments[3] : NULL);
  g_autoptr (GAsyncResult) result = NULL;

  terrace_credentials_store_async (credentials, arguments[0], "Terrace: test", secret, NULL,
                                   terrace_test_store_result, &result);
  terrace_test_await (&result);
  return terrace_credentials_store_finish (credentials, result, error);
}

static gboolean
lookup (TerraceCredentials *credentials, const char *root, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (TerraceSecret) secret = NULL;

  terrace_credentials_lookup_async (credentials, root, NULL, terrace_test_store_result, &result);
  terrace_test_await (&result);
  secret = terrace_credentials_lookup_finish (credentials, result, error);
  if (secret == NULL)
    return FALSE;

  printf ("%s\n%s\n%s\n", secret->access_key, secret->secret_key,
          secret->session_token != NULL ? secret->session_token : "");
  return TRUE;
}

static gboolean
clear (TerraceCredentials *credentials, const char *root, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  terrace_credentials_clear_async (credentials, root, NULL, terrace_test_store_result, &result);
  terrace_test_await (&result);
  return terrace_credentials_clear_finish (credentials, result, error);
}

int
main (int argc, char **argv)
{
  g_autoptr (TerraceCredentials) credentials = terrace_credentials_new_keyring ();
  g_autoptr (GError) error = NULL;
  gboolean done = FALSE;

  if (argc >= 5 && strcmp (argv[1], "store") == 0)
    done = store (credentials, argv + 2, argc - 2, &error);
  else if (argc == 3 && strcmp (argv[1], "lookup") == 0)
    done = lookup (credentials, argv[2], &error);
  else if (argc == 3 && strcmp (argv[1], "clear") == 0)
    done = clear (credentials, argv[2], &error);
  else
    g_error ("keyring-client: see the head of its source");

  if (!done)
    fprintf (stderr, "%s\n", error->message);
  return done ? 0 : 1;
}
