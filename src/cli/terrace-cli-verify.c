/* SPDX-License-Identifier: GPL-3.0-or-later */

/* terracectl verify: compares objects with their checksums. Runs on the main thread. */

#include "config.h"

#include "cli/terrace-cli-common.h"
#include "cli/terrace-cli-output.h"

#include <glib/gi18n-lib.h>

/* One object's verdict: TRUE if its bytes are what they should be. */
static gboolean
verify_one (TerraceCli *cli, TerraceItem *item)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *name = terrace_cli_safe (item->name);
  gboolean matches = FALSE;

  terrace_cli_progress (cli, "%s", item->name);
  terrace_engine_verify_async (cli->engine, item->id, cli->cancellable, terrace_cli_await_cb,
                               &result);
  terrace_cli_await (&result);
  terrace_cli_progress_end (cli);
  if (!terrace_engine_verify_finish (cli->engine, result, &matches, &error))
    {
      terrace_cli_fail (error);
      return FALSE;
    }
  if (matches && item->checksum.kind == TERRACE_CHECKSUM_NONE)
    terrace_cli_print (_ ("%s: checksum recorded\n"), name);
  else if (matches)
    terrace_cli_print (_ ("%s: as it should be\n"), name);
  else
    terrace_cli_print (_ ("%s: DAMAGED, the bytes are not those of its checksum\n"), name);

  return matches;
}

int
terrace_cli_verify (TerraceCli *cli, int argc, char **argv)
{
  const TerraceCliHelp help = {
    "verify [OPTION…] OBJECT…",
    _ ("Reads objects and compares them with their checksums; an object without one gets it now. "
       "The exit status is 1 if any object is damaged or cannot be read."),
    "  terracectl verify 42 ~/Videos/take-3.mov\n",
    FALSE,
  };
  g_auto (GStrv) names = NULL;
  g_autoptr (GPtrArray) items = NULL;
  gboolean all = TRUE;
  int status;

  if (!terrace_cli_parse (cli, &help, NULL, argc, argv, &names, &status))
    return status;
  if (names[0] == NULL)
    return terrace_cli_misuse ("verify", _ ("Name at least one object"));
  if (!terrace_cli_open (cli, FALSE))
    return TERRACE_CLI_FAILED;

  items = terrace_cli_find_items (cli, names);
  if (items == NULL)
    return TERRACE_CLI_FAILED;
  for (guint i = 0; i < items->len && cli->stop_signal == 0; i++)
    all = verify_one (cli, g_ptr_array_index (items, i)) && all;

  return all ? TERRACE_CLI_OK : TERRACE_CLI_FAILED;
}
