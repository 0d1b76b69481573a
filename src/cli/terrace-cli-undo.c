/* SPDX-License-Identifier: GPL-3.0-or-later */

/* terracectl undo: takes moves back. Runs on the main thread. */

#include "config.h"

#include "cli/terrace-cli-common.h"
#include "cli/terrace-cli-output.h"

#include <glib/gi18n-lib.h>

/* @move_id becomes the move to wait for: the one back, or the cancelled one itself. */
static gboolean
undo_one (TerraceCli *cli, gint64 *move_id)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  gint64 back_id = 0;

  terrace_engine_undo_async (cli->engine, *move_id, cli->cancellable, terrace_cli_await_cb,
                             &result);
  terrace_cli_await (&result);
  if (!terrace_engine_undo_finish (cli->engine, result, &back_id, &error))
    {
      terrace_cli_fail (error);
      return FALSE;
    }
  if (back_id != 0)
    *move_id = back_id;

  return TRUE;
}

int
terrace_cli_undo (TerraceCli *cli, int argc, char **argv)
{
  const TerraceCliHelp help = {
    "undo [OPTION…] MOVE…",
    _ ("Takes moves back: an unfinished one is cancelled, a finished one is moved back to where "
       "it came from, verified like any move. 'terracectl status' shows the numbers."),
    "  terracectl undo 7\n",
    TRUE,
  };
  gboolean queue_only = FALSE;
  GOptionEntry entries[] = {
    { "queue-only", 0, 0, G_OPTION_ARG_NONE, &queue_only,
      N_ ("Do not wait: leave the work to 'move --continue' or a running Terrace"), NULL },
    { NULL },
  };
  g_auto (GStrv) arguments = NULL;
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  gboolean all = TRUE;
  int status;

  if (!terrace_cli_parse (cli, &help, entries, argc, argv, &arguments, &status))
    return status;
  if (arguments[0] == NULL)
    return terrace_cli_misuse ("undo",
                               _ ("Name at least one move ('terracectl status' lists them)"));
  for (guint i = 0; arguments[i] != NULL; i++)
    {
      gint64 id;

      if (!terrace_cli_parse_id ("undo", arguments[i], &id))
        return TERRACE_CLI_MISUSED;
      g_array_append_val (ids, id);
    }
  if (!terrace_cli_open (cli, !queue_only))
    return TERRACE_CLI_FAILED;

  for (guint i = 0; i < ids->len;)
    {
      if (undo_one (cli, &g_array_index (ids, gint64, i)))
        {
          i++;
          continue;
        }
      g_array_remove_index (ids, i);
      all = FALSE;
    }
  if (queue_only)
    return all ? TERRACE_CLI_OK : TERRACE_CLI_FAILED;
  status = terrace_cli_carry_out (cli, ids);
  return all ? status : TERRACE_CLI_FAILED;
}
