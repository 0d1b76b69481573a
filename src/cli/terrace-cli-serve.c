/* SPDX-License-Identifier: GPL-3.0-or-later */

/* terracectl serve: the REST and WebSocket API on loopback until it is interrupted. Runs on the
 * main thread.
 *
 * The token is a secret like a cloud's key: it lies in the keyring, or, where somebody asks for it,
 * in a file that only its owner can read. It is never an argument. */

#include "config.h"

#include "cli/terrace-cli-common.h"
#include "cli/terrace-cli-output.h"
#include "cli/terrace-cli-serve.h"

#include "base/terrace-error.h"
#include "provider/terrace-credentials.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DEFAULT_PORT 8765
#define KEYRING_ROOT "terrace:api"
#define MIN_TOKEN_BYTES 32
#define MAX_TOKEN_BYTES 4096

static const TerraceCliService *own_service;

void
terrace_cli_set_service (const TerraceCliService *service)
{
  own_service = service;
}

static void
wipe (char *text)
{
  if (text != NULL)
    explicit_bzero (text, strlen (text));
  g_free (text);
}

/* --- In a file ------------------------------------------------------------------------------- */

static char *
read_token (int fd, const char *path, GError **error)
{
  struct stat info;
  char *text;
  gssize length;

  if (fstat (fd, &info) != 0)
    {
      terrace_error_set_errno (error, errno, _ ("The token file '%s' cannot be read"), path);
      return NULL;
    }
  if (!S_ISREG (info.st_mode) || (info.st_mode & 077) != 0)
    {
      g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_PERMISSION,
                   _ ("Others can read the token file '%s': chmod 600 it, or name another one"),
                   path);
      return NULL;
    }
  text = g_malloc0 (MAX_TOKEN_BYTES + 1);
  length = read (fd, text, MAX_TOKEN_BYTES);
  if (length < 0)
    terrace_error_set_errno (error, errno, _ ("The token file '%s' cannot be read"), path);
  else if (strlen (g_strstrip (text)) >= MIN_TOKEN_BYTES)
    return text;
  else
    g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID,
                 _ ("The token file '%s' holds fewer than %d characters: delete it, and a new one "
                    "is made"),
                 path, MIN_TOKEN_BYTES);
  wipe (text);
  return NULL;
}

static char *
make_token_file (const char *path, GError **error)
{
  int fd = open (path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  char *token;
  gboolean written;

  if (fd < 0)
    {
      terrace_error_set_errno (error, errno, _ ("The token file '%s' cannot be made"), path);
      return NULL;
    }
  token = own_service->make_token (error);
  if (token == NULL)
    {
      close (fd);
      return NULL;
    }
  written =
      write (fd, token, strlen (token)) == (gssize) strlen (token) && write (fd, "\n", 1) == 1;
  if (close (fd) == 0 && written)
    return token;
  terrace_error_set_errno (error, errno, _ ("The token file '%s' cannot be written"), path);
  g_unlink (path);
  wipe (token);
  return NULL;
}

static char *
find_token_in_file (const char *path, GError **error)
{
  int fd = open (path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
  char *token;

  if (fd < 0 && errno == ENOENT)
    return make_token_file (path, error);
  if (fd < 0)
    {
      terrace_error_set_errno (error, errno, _ ("The token file '%s' cannot be read"), path);
      return NULL;
    }
  token = read_token (fd, path, error);
  close (fd);
  return token;
}

/* --- In the keyring -------------------------------------------------------------------------- */

static TerraceSecret *
look_up (TerraceCli *cli, TerraceCredentials *keyring, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  terrace_credentials_lookup_async (keyring, KEYRING_ROOT, cli->cancellable, terrace_cli_await_cb,
                                    &result);
  terrace_cli_await (&result);
  return terrace_credentials_lookup_finish (keyring, result, error);
}

static gboolean
store (TerraceCli *cli, TerraceCredentials *keyring, const TerraceSecret *secret, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  terrace_credentials_store_async (keyring, KEYRING_ROOT, _ ("Terrace: the local API"), secret,
                                   cli->cancellable, terrace_cli_await_cb, &result);
  terrace_cli_await (&result);
  return terrace_credentials_store_finish (keyring, result, error);
}

static char *
find_token_in_keyring (TerraceCli *cli, GError **error)
{
  g_autoptr (TerraceCredentials) keyring = g_object_ref (
      terrace_provider_registry_get_credentials (terrace_engine_get_registry (cli->engine)));
  g_autoptr (GError) lookup_error = NULL;
  g_autoptr (TerraceSecret) secret = look_up (cli, keyring, &lookup_error);
  char *token;

  if (secret != NULL)
    return g_strdup (secret->secret_key);
  if (!g_error_matches (lookup_error, TERRACE_ERROR, TERRACE_ERROR_PERMISSION))
    {
      g_propagate_error (error, g_steal_pointer (&lookup_error));
      return NULL;
    }
  token = own_service->make_token (error);
  if (token == NULL)
    return NULL;
  secret = terrace_secret_new ("api", token, NULL);
  if (store (cli, keyring, secret, error))
    return token;
  g_prefix_error (error,
                  _ ("The token cannot be kept in the keyring (--token-file FILE keeps it in "
                     "a file): "));
  wipe (token);
  return NULL;
}

/* --- Serving --------------------------------------------------------------------------------- */

static void
stopped_cb (GCancellable *cancellable, GTask *task)
{
  g_task_return_boolean (task, TRUE);
}

/* Until a signal comes. */
static void
wait_for_signal (TerraceCli *cli)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GTask) task = g_task_new (NULL, NULL, terrace_cli_await_cb, &result);
  gulong id = g_cancellable_connect (cli->cancellable, G_CALLBACK (stopped_cb), g_object_ref (task),
                                     g_object_unref);

  terrace_cli_await (&result);
  g_cancellable_disconnect (cli->cancellable, id);
}

static int
serve (TerraceCli *cli, const char *token, guint16 port)
{
  g_autoptr (GError) error = NULL;
  gpointer server = own_service->start (cli->engine, token, &port, &error);

  if (server == NULL)
    return terrace_cli_fail (error);
  terrace_cli_print (_ ("Listening on http://127.0.0.1:%u/api/ until interrupted\n"), port);
  fflush (stdout);
  wait_for_signal (cli);
  own_service->stop (server);
  return TERRACE_CLI_OK;
}

int
terrace_cli_serve (TerraceCli *cli, int argc, char **argv)
{
  const TerraceCliHelp help = {
    "serve [OPTION…]",
    _ ("Answers REST requests and a WebSocket on this machine only, until it is interrupted, and "
       "carries out moves meanwhile. Callers need the token: it lies in the keyring, shown by "
       "--show-token, or in the file that --token-file names."),
    "  terracectl serve --port 8765\n"
    "  terracectl serve --token-file ~/.config/terrace/api-token\n",
    FALSE,
  };
  gint64 port = DEFAULT_PORT;
  g_autofree char *token_file = NULL;
  gboolean show_token = FALSE;
  GOptionEntry entries[] = {
    { "port", 'p', 0, G_OPTION_ARG_INT64, &port, N_ ("Where to listen (8765); 0: any free port"),
      N_ ("PORT") },
    { "token-file", 0, 0, G_OPTION_ARG_FILENAME, &token_file,
      N_ ("Keep the token in this file instead of the keyring; made if it is not there"),
      N_ ("FILE") },
    { "show-token", 0, 0, G_OPTION_ARG_NONE, &show_token, N_ ("Print the token and end"), NULL },
    { NULL },
  };
  g_auto (GStrv) arguments = NULL;
  g_autoptr (GError) error = NULL;
  char *token;
  int status;

  if (!terrace_cli_parse (cli, &help, entries, argc, argv, &arguments, &status))
    return status;
  if (arguments[0] != NULL)
    return terrace_cli_misuse ("serve", _ ("'%s' is too much"), arguments[0]);
  if (port < 0 || port > G_MAXUINT16)
    return terrace_cli_misuse ("serve", _ ("--port must be from 0 to %d"), G_MAXUINT16);
  if (!terrace_cli_open (cli, !show_token))
    return TERRACE_CLI_FAILED;

  token = token_file != NULL ? find_token_in_file (token_file, &error) :
                               find_token_in_keyring (cli, &error);
  if (token == NULL)
    return terrace_cli_fail (error);
  if (show_token)
    terrace_cli_print ("%s\n", token);
  else
    status = serve (cli, token, (guint16) port);
  wipe (token);
  return show_token ? TERRACE_CLI_OK : status;
}
