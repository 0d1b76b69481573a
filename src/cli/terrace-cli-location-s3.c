/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Adds a bucket as a location. Runs on the main thread.
 *
 * The secret key comes from standard input, never from an argument, which every other program could
 * see and the shell would remember. It goes to the keyring before the location is tried, and is
 * taken out again if the location cannot be used. */

#include "config.h"

#include "cli/terrace-cli-location-s3.h"

#include "cli/terrace-cli-output.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#define DEFAULT_CLASS "aws/STANDARD"
#define MAX_LINE_BYTES 8192

/* Sets whether what is typed can be seen; returns what was set before. */
static struct termios
set_echo (const struct termios *wanted)
{
  struct termios before;
  struct termios silent;

  tcgetattr (STDIN_FILENO, &before);
  silent = before;
  silent.c_lflag &= ~(tcflag_t) ECHO;
  tcsetattr (STDIN_FILENO, TCSAFLUSH, wanted != NULL ? wanted : &silent);

  return before;
}

/* The next line without its end; FALSE if there is none. */
static gboolean
read_line (char *line)
{
  if (fgets (line, MAX_LINE_BYTES, stdin) == NULL)
    return FALSE;

  line[strcspn (line, "\r\n")] = '\0';
  return TRUE;
}

/* (transfer full) (nullable): the secret key, and the session token if a second line has one. */
static TerraceSecret *
read_secret (const char *access_key)
{
  char secret_key[MAX_LINE_BYTES] = "";
  char token[MAX_LINE_BYTES] = "";
  TerraceSecret *secret = NULL;

  if (isatty (STDIN_FILENO))
    {
      struct termios before;

      fputs (_ ("Secret key: "), stderr);
      before = set_echo (NULL);
      read_line (secret_key);
      set_echo (&before);
      fputc ('\n', stderr);
    }
  else if (read_line (secret_key))
    {
      read_line (token);
    }

  if (secret_key[0] != '\0')
    secret = terrace_secret_new (access_key, secret_key, token[0] != '\0' ? token : NULL);
  explicit_bzero (secret_key, sizeof secret_key);
  explicit_bzero (token, sizeof token);

  return secret;
}

static gboolean
store (TerraceCli *cli, const TerraceCliBucket *bucket, const TerraceSecret *secret, GError **error)
{
  TerraceCredentials *credentials =
      terrace_provider_registry_get_credentials (terrace_engine_get_registry (cli->engine));
  g_autofree char *label = g_strdup_printf (_ ("Terrace: %s"), bucket->name);
  g_autoptr (GAsyncResult) result = NULL;

  terrace_credentials_store_async (credentials, bucket->address, label, secret, cli->cancellable,
                                   terrace_cli_await_cb, &result);
  terrace_cli_await (&result);
  return terrace_credentials_store_finish (credentials, result, error);
}

/* What cannot be taken out again is told by the keyring's own window. */
static void
forget (TerraceCli *cli, const TerraceCliBucket *bucket)
{
  TerraceCredentials *credentials =
      terrace_provider_registry_get_credentials (terrace_engine_get_registry (cli->engine));
  g_autoptr (GAsyncResult) result = NULL;

  terrace_credentials_clear_async (credentials, bucket->address, NULL, terrace_cli_await_cb,
                                   &result);
  terrace_cli_await (&result);
  terrace_credentials_clear_finish (credentials, result, NULL);
}

static gboolean
add (TerraceCli *cli, const TerraceCliBucket *bucket, GError **error)
{
  g_auto (GStrv) class_ids =
      g_strsplit (bucket->classes != NULL ? bucket->classes : DEFAULT_CLASS, ",", -1);
  g_autoptr (TerraceLocation) location =
      terrace_location_new (TERRACE_LOCATION_S3, bucket->name, bucket->address,
                            (const char *const *) class_ids);
  g_autoptr (GAsyncResult) result = NULL;

  location->accepts = bucket->accepts;
  terrace_engine_add_location_async (cli->engine, location, cli->cancellable, terrace_cli_await_cb,
                                     &result);
  terrace_cli_await (&result);
  return terrace_engine_add_location_finish (cli->engine, result, error);
}

/* Whether the bucket is a location already, whose key must stay. */
static gboolean
is_known (TerraceCli *cli, const TerraceCliBucket *bucket)
{
  GListModel *locations = terrace_engine_get_locations (cli->engine);

  for (guint i = 0; i < g_list_model_get_n_items (locations); i++)
    {
      g_autoptr (TerraceLocation) location = g_list_model_get_item (locations, i);

      if (g_strcmp0 (location->root, bucket->address) == 0 ||
          g_strcmp0 (location->name, bucket->name) == 0)
        return TRUE;
    }

  return FALSE;
}

int
terrace_cli_add_bucket (TerraceCli *cli, const TerraceCliBucket *bucket)
{
  g_autoptr (TerraceSecret) secret = NULL;
  g_autoptr (GError) error = NULL;

  if (bucket->access_key == NULL || bucket->access_key[0] == '\0')
    return terrace_cli_misuse ("location add",
                               _ ("A bucket needs --access-key; its secret key is read from "
                                  "standard input"));
  if (!terrace_cli_open (cli, FALSE))
    return TERRACE_CLI_FAILED;
  if (is_known (cli, bucket))
    {
      terrace_cli_warn (_ ("There is a location of this name or at this address already"));
      return TERRACE_CLI_FAILED;
    }

  secret = read_secret (bucket->access_key);
  if (secret == NULL)
    return terrace_cli_misuse ("location add", _ ("The secret key is missing on standard input"));
  if (!store (cli, bucket, secret, &error))
    return terrace_cli_fail (error);
  if (!add (cli, bucket, &error))
    {
      forget (cli, bucket);
      return terrace_cli_fail (error);
    }

  terrace_cli_print (_ ("%s is ready\n"), bucket->name);
  return TERRACE_CLI_OK;
}
