/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Adds a bucket or a container as a location. Runs on the main thread.
 *
 * The secret comes from standard input, never from an argument, which every other program could see
 * and the shell would remember. It goes to the keyring before the location is tried, and is taken
 * out again if the location cannot be used.
 *
 * What a secret looks like is the kind's affair: S3 has a secret key and perhaps a session token;
 * Azure an account key, a shared access signature or a connection string with either; Google Cloud
 * the JSON file of a service account, or an HMAC key, which is like S3's. */

#include "config.h"

#include "cli/terrace-cli-location-cloud.h"

#include "cli/terrace-cli-output.h"
#include "provider/terrace-credentials-import.h"
#include "engine/terrace-engine-transfer.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

/* A service account's file has some 2,400 bytes. */
#define MAX_INPUT_BYTES 65536

/* --- What was read --------------------------------------------------------------------------- */

/* The line that @rest begins with, without its end; @rest goes on to the next. */
static char *
cut_line (char **rest)
{
  char *line = *rest;
  gsize length = strcspn (line, "\r\n");

  *rest = line + length;
  if (**rest != '\0')
    *(*rest)++ = '\0';
  *rest += strspn (*rest, "\r\n");

  return line;
}

/* (transfer full) (nullable): the secret key, and the session token if a second line has one. */
static TerraceSecret *
parse_pair (const TerraceCliCloud *cloud, char *input)
{
  char *secret_key = cut_line (&input);
  char *token = cut_line (&input);

  if (cloud->access_key == NULL || secret_key[0] == '\0')
    return NULL;

  return terrace_secret_new (cloud->access_key, secret_key, token[0] != '\0' ? token : NULL);
}

static TerraceSecret *
parse_azure (const TerraceCliCloud *cloud, char *input)
{
  char *line = cut_line (&input);
  const char *account =
      cloud->access_key != NULL ? cloud->access_key : TERRACE_KEY_AZURE_ACCOUNT_OF_ADDRESS;

  if (line[0] == '\0')
    return NULL;
  if (strstr (line, "AccountKey=") != NULL || strstr (line, "SharedAccessSignature=") != NULL)
    return terrace_credentials_parse_connection_string (line);

  return terrace_secret_new (strstr (line, "sig=") != NULL ? TERRACE_KEY_AZURE_SIGNATURE : account,
                             line, NULL);
}

static TerraceSecret *
parse_gcs (const TerraceCliCloud *cloud, char *input)
{
  return cloud->access_key != NULL ? parse_pair (cloud, input) :
                                     terrace_credentials_parse_service_account (input);
}

/* --- Kinds ----------------------------------------------------------------------------------- */

/**
 * Kind:
 * @default_class: of new objects if none is named
 * @prompt: what a terminal is asked; a terminal that is asked for a whole file ends it by Ctrl+D
 * @missing: what to say if standard input has nothing that could be it
 */
typedef struct
{
  TerraceLocationKind kind;
  const char *default_class;
  const char *prompt;
  const char *missing;
  TerraceSecret *(*parse) (const TerraceCliCloud *cloud, char *input);
} Kind;

static const Kind kinds[] = {
  { TERRACE_LOCATION_S3, "aws/STANDARD", N_ ("Secret key: "),
    N_ ("The secret key is missing on standard input"), parse_pair },
  { TERRACE_LOCATION_AZURE, "azure/Hot", N_ ("Account key or shared access signature: "),
    N_ ("The account key or shared access signature is missing on standard input"), parse_azure },
  { TERRACE_LOCATION_GCS, "gcs/STANDARD", N_ ("Secret key: "),
    N_ ("The service account's JSON file is missing on standard input; for an HMAC key name it "
        "by --access-key"),
    parse_gcs },
};

static const Kind *
find_kind (TerraceLocationKind kind)
{
  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (kinds[i].kind == kind)
      return &kinds[i];

  g_assert_not_reached ();
}

/* --- Reading --------------------------------------------------------------------------------- */

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

/* (transfer full) (nullable): the key from where --from says. */
static TerraceSecret *
import_secret (const TerraceCliCloud *cloud, GError **error)
{
  g_auto (GStrv) environment = g_get_environ ();
  g_autofree char *path = NULL;
  char *text = NULL;
  gsize length = 0;
  TerraceSecret *secret;

  if (!terrace_credentials_import_get_path (cloud->from, cloud->kind, environment, &path, error) ||
      (path != NULL && !g_file_get_contents (path, &text, &length, error)))
    return NULL;

  secret = terrace_credentials_import (cloud->from, cloud->kind, environment, text, error);
  if (text != NULL)
    explicit_bzero (text, length);
  g_free (text);

  return secret;
}

static TerraceSecret *
read_secret (const TerraceCliCloud *cloud)
{
  const Kind *kind = find_kind (cloud->kind);
  gboolean is_file = cloud->kind == TERRACE_LOCATION_GCS && cloud->access_key == NULL;
  char *input = g_malloc0 (MAX_INPUT_BYTES + 1);
  TerraceSecret *secret;

  if (isatty (STDIN_FILENO) && !is_file)
    {
      struct termios before;

      fputs (_ (kind->prompt), stderr);
      before = set_echo (NULL);
      if (fgets (input, MAX_INPUT_BYTES, stdin) == NULL)
        input[0] = '\0';
      set_echo (&before);
      fputc ('\n', stderr);
    }
  else
    {
      input[fread (input, 1, MAX_INPUT_BYTES, stdin)] = '\0';
    }

  secret = kind->parse (cloud, input);
  explicit_bzero (input, MAX_INPUT_BYTES);
  g_free (input);

  return secret;
}

/* (transfer full) (nullable): without it, @status says what became of the command @verb. */
static TerraceSecret *
get_secret (const TerraceCliCloud *cloud, const char *verb, int *status)
{
  g_autoptr (GError) error = NULL;
  TerraceSecret *secret = cloud->from != NULL ? import_secret (cloud, &error) : read_secret (cloud);

  if (error != NULL)
    *status = terrace_cli_fail (error);
  else if (secret == NULL)
    *status = terrace_cli_misuse (verb, "%s", _ (find_kind (cloud->kind)->missing));

  return secret;
}

/* --- Adding ---------------------------------------------------------------------------------- */

static gboolean
store (TerraceCli *cli, const TerraceCliCloud *cloud, const TerraceSecret *secret, GError **error)
{
  TerraceCredentials *credentials =
      terrace_provider_registry_get_credentials (terrace_engine_get_registry (cli->engine));
  g_autofree char *label = g_strdup_printf (_ ("Terrace: %s"), cloud->name);
  g_autoptr (GAsyncResult) result = NULL;

  terrace_credentials_store_async (credentials, cloud->address, label, secret, cli->cancellable,
                                   terrace_cli_await_cb, &result);
  terrace_cli_await (&result);
  return terrace_credentials_store_finish (credentials, result, error);
}

/* What cannot be taken out again is told by the keyring's own window. */
static void
forget (TerraceCli *cli, const TerraceCliCloud *cloud)
{
  TerraceCredentials *credentials =
      terrace_provider_registry_get_credentials (terrace_engine_get_registry (cli->engine));
  g_autoptr (GAsyncResult) result = NULL;

  terrace_credentials_clear_async (credentials, cloud->address, NULL, terrace_cli_await_cb,
                                   &result);
  terrace_cli_await (&result);
  terrace_credentials_clear_finish (credentials, result, NULL);
}

/* (transfer full) */
static TerraceLocation *
make_location (const TerraceCliCloud *cloud)
{
  g_auto (GStrv) class_ids =
      g_strsplit (cloud->classes != NULL ? cloud->classes : find_kind (cloud->kind)->default_class,
                  ",", -1);

  return terrace_location_new (cloud->kind, cloud->name, cloud->address,
                               (const char *const *) class_ids);
}

static gboolean
add (TerraceCli *cli, const TerraceCliCloud *cloud, GError **error)
{
  g_autoptr (TerraceLocation) location = make_location (cloud);
  g_autoptr (GAsyncResult) result = NULL;

  location->accepts = cloud->accepts;
  terrace_engine_add_location_async (cli->engine, location, cli->cancellable, terrace_cli_await_cb,
                                     &result);
  terrace_cli_await (&result);
  return terrace_engine_add_location_finish (cli->engine, result, error);
}

/* Whether the bucket is a location already, whose key must stay. */
static gboolean
is_known (TerraceCli *cli, const TerraceCliCloud *cloud)
{
  GListModel *locations = terrace_engine_get_locations (cli->engine);

  for (guint i = 0; i < g_list_model_get_n_items (locations); i++)
    {
      g_autoptr (TerraceLocation) location = g_list_model_get_item (locations, i);

      if (g_strcmp0 (location->root, cloud->address) == 0 ||
          g_strcmp0 (location->name, cloud->name) == 0)
        return TRUE;
    }

  return FALSE;
}

/* (transfer full): Google's HMAC keys sign with a region; the address that has one says that it is
 * such a key. */
static char *
complete_address (const TerraceCliCloud *cloud)
{
  gboolean is_hmac = cloud->kind == TERRACE_LOCATION_GCS && cloud->access_key != NULL &&
                     strchr (cloud->address, '?') == NULL;

  return g_strconcat (cloud->address, is_hmac ? "?region=auto" : NULL, NULL);
}

int
terrace_cli_add_cloud (TerraceCli *cli, const TerraceCliCloud *given)
{
  g_autoptr (TerraceSecret) secret = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *address = complete_address (given);
  TerraceCliCloud completed = *given;
  const TerraceCliCloud *cloud = &completed;
  int status = TERRACE_CLI_FAILED;

  completed.address = address;

  if (cloud->from != NULL && cloud->access_key != NULL)
    return terrace_cli_misuse ("location add", _ ("--from takes the access key along with the "
                                                  "secret: leave --access-key out"));
  if ((cloud->kind == TERRACE_LOCATION_S3 && cloud->access_key == NULL && cloud->from == NULL) ||
      (cloud->access_key != NULL && cloud->access_key[0] == '\0'))
    return terrace_cli_misuse ("location add",
                               _ ("A bucket needs --access-key, with its secret key on standard "
                                  "input, or --from"));
  if (!terrace_cli_open (cli, FALSE))
    return TERRACE_CLI_FAILED;
  if (is_known (cli, cloud))
    {
      terrace_cli_warn (_ ("There is a location of this name or at this address already"));
      return TERRACE_CLI_FAILED;
    }

  secret = get_secret (cloud, "location add", &status);
  if (secret == NULL)
    return status;
  if (!store (cli, cloud, secret, &error))
    return terrace_cli_fail (error);
  if (!add (cli, cloud, &error))
    {
      forget (cli, cloud);
      return terrace_cli_fail (error);
    }

  terrace_cli_print (_ ("%s is ready\n"), cloud->name);
  return TERRACE_CLI_OK;
}

TerraceProbe *
terrace_cli_test_cloud (TerraceCli *cli, const TerraceCliCloud *given, int *status)
{
  g_autofree char *address = complete_address (given);
  TerraceCliCloud cloud = *given;
  g_autoptr (TerraceLocation) location = NULL;
  g_autoptr (TerraceSecret) secret = get_secret (given, "location test", status);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  TerraceProbe *probe;

  if (secret == NULL)
    return NULL;
  *status = TERRACE_CLI_FAILED;
  if (!terrace_cli_open (cli, FALSE))
    return NULL;

  cloud.address = address;
  location = make_location (&cloud);
  terrace_engine_connect_location_async (cli->engine, location, secret, TRUE, cli->cancellable,
                                         terrace_cli_await_cb, &result);
  terrace_cli_await (&result);
  probe = terrace_engine_connect_location_finish (cli->engine, result, NULL, &error);
  if (probe == NULL)
    *status = terrace_cli_fail (error);

  return probe;
}
