/* SPDX-License-Identifier: GPL-3.0-or-later */

/* terracectl add: registers files and folders. Runs on the main thread. */

#include "config.h"

#include "cli/terrace-cli-common.h"
#include "cli/terrace-cli-output.h"

#include <glib/gi18n-lib.h>

static void
print_report (const TerraceRegisterReport *report)
{
  g_autofree char *size = g_format_size (report->bytes);

  terrace_cli_print (ngettext ("%lu new object, %s\n", "%lu new objects, %s\n",
                               (gulong) report->added),
                     (gulong) report->added, size);
  if (report->updated > 0)
    terrace_cli_print (_ ("%lu updated\n"), (gulong) report->updated);
  if (report->unchanged > 0)
    terrace_cli_print (_ ("%lu as they were\n"), (gulong) report->unchanged);
  if (report->skipped > 0)
    terrace_cli_print (_ ("%lu passed over (links, sockets and the like)\n"),
                       (gulong) report->skipped);
}

static void
warn_of_problems (const TerraceRegisterReport *report)
{
  for (guint i = 0; i < report->problems->len; i++)
    terrace_cli_warn ("%s", (const char *) g_ptr_array_index (report->problems, i));
  if (report->n_problems > report->problems->len)
    terrace_cli_warn (_ ("and %lu more problems"),
                      (gulong) (report->n_problems - report->problems->len));
}

int
terrace_cli_add (TerraceCli *cli, int argc, char **argv)
{
  const TerraceCliHelp help = {
    "add [OPTION…] PATH…",
    _ ("Registers files, and folders with everything in them. Nothing is copied or changed; "
       "registering again updates what has changed. A new object gets its temperature and a "
       "recommendation at once."),
    "  terracectl add ~/Projects ~/Videos/take-3.mov\n",
    TRUE,
  };
  g_auto (GStrv) paths = NULL;
  g_autoptr (GPtrArray) files = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (TerraceRegisterReport) report = NULL;
  int status;

  if (!terrace_cli_parse (cli, &help, NULL, argc, argv, &paths, &status))
    return status;
  if (paths[0] == NULL)
    return terrace_cli_misuse ("add", _ ("Name at least one file or folder"));
  if (!terrace_cli_open (cli, FALSE))
    return TERRACE_CLI_FAILED;

  files = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; paths[i] != NULL; i++)
    g_ptr_array_add (files, g_file_new_for_path (paths[i]));
  terrace_engine_register_async (cli->engine, files, terrace_cli_progress_cb, cli, cli->cancellable,
                                 terrace_cli_await_cb, &result);
  terrace_cli_await (&result);
  terrace_cli_progress_end (cli);
  report = terrace_engine_register_finish (cli->engine, result, &error);
  if (report == NULL)
    return terrace_cli_fail (error);

  if (cli->json)
    terrace_cli_json_print (terrace_json_register_report (report));
  else
    print_report (report);
  warn_of_problems (report);
  return report->n_problems > 0 ? TERRACE_CLI_FAILED : TERRACE_CLI_OK;
}
