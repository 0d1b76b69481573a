/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The command line, and the API that its "serve" starts: the two faces do not know each other. */

#include "api/terrace-server.h"
#include "cli/terrace-cli-serve.h"
#include "cli/terrace-cli.h"

static gpointer
start_server (TerraceEngine *engine, const char *token, guint16 *port, GError **error)
{
  TerraceServer *server = terrace_server_new (engine, token);

  if (!terrace_server_start (server, *port, error))
    {
      g_object_unref (server);
      return NULL;
    }
  *port = terrace_server_get_port (server);
  return server;
}

static void
stop_server (gpointer data)
{
  TerraceServer *server = data;

  terrace_server_stop (server);
  g_object_unref (server);
}

int
main (int argc, char **argv)
{
  static const TerraceCliService service = { terrace_server_make_token, start_server, stop_server };

  terrace_cli_set_service (&service);
  return terrace_cli_main (argc, argv);
}
