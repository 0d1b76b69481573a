/* SPDX-License-Identifier: GPL-3.0-or-later */

/* terracectl forget: unregisters objects. Runs on the main thread. */

#include "config.h"

#include "cli/terrace-cli-common.h"
#include "cli/terrace-cli-output.h"

#include <glib/gi18n-lib.h>

int
terrace_cli_forget (TerraceCli *cli, int argc, char **argv)
{
  const TerraceCliHelp help = {
    "forget [OPTION…] OBJECT…",
    _ ("Removes objects from the catalogue, with their history. The files themselves are not "
       "touched and stay where they are now."),
    "  terracectl forget 42 Cold:films/raw.mov\n",
    FALSE,
  };
  g_auto (GStrv) names = NULL;
  g_autoptr (GPtrArray) items = NULL;
  g_autoptr (GArray) ids = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  int status;

  if (!terrace_cli_parse (cli, &help, NULL, argc, argv, &names, &status))
    return status;
  if (names[0] == NULL)
    return terrace_cli_misuse ("forget", _ ("Name at least one object"));
  if (!terrace_cli_open (cli, FALSE))
    return TERRACE_CLI_FAILED;

  items = terrace_cli_find_items (cli, names);
  if (items == NULL)
    return TERRACE_CLI_FAILED;
  ids = terrace_cli_item_ids (items);
  terrace_engine_forget_async (cli->engine, (const gint64 *) ids->data, ids->len, cli->cancellable,
                               terrace_cli_await_cb, &result);
  terrace_cli_await (&result);
  if (!terrace_engine_forget_finish (cli->engine, result, &error))
    return terrace_cli_fail (error);

  terrace_cli_print (ngettext ("Forgot %u object\n", "Forgot %u objects\n", ids->len), ids->len);
  return TERRACE_CLI_OK;
}
