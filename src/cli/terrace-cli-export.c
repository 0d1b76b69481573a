/* SPDX-License-Identifier: GPL-3.0-or-later */

/* terracectl export: CSV to standard output or into a file. Runs on the main thread. */

#include "config.h"

#include "cli/terrace-cli-common.h"
#include "cli/terrace-cli-output.h"

#include <gio/gunixoutputstream.h>
#include <glib/gi18n-lib.h>
#include <unistd.h>

#define EXIT_BROKEN_PIPE 141

static gboolean
parse_kind (const char *name, TerraceExportKind *kind)
{
  static const char *const names[] = {
    [TERRACE_EXPORT_OBJECTS] = "objects",       [TERRACE_EXPORT_PLAN] = "plan",
    [TERRACE_EXPORT_MIGRATIONS] = "migrations", [TERRACE_EXPORT_EVENTS] = "events",
    [TERRACE_EXPORT_ALERTS] = "alerts",         [TERRACE_EXPORT_COSTS] = "costs",
    [TERRACE_EXPORT_REGRET] = "regret",
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_str_equal (names[i], name))
      {
        *kind = i;
        return TRUE;
      }
  return FALSE;
}

/* A file appears whole or not at all: GIO writes it aside and renames it when it is closed. */
static GOutputStream *
open_output (TerraceCli *cli, const char *path, GError **error)
{
  g_autoptr (GFile) file = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  if (path == NULL)
    return g_unix_output_stream_new (STDOUT_FILENO, FALSE);

  file = g_file_new_for_commandline_arg (path);
  g_file_replace_async (file, NULL, FALSE, G_FILE_CREATE_NONE, G_PRIORITY_DEFAULT, cli->cancellable,
                        terrace_cli_await_cb, &result);
  terrace_cli_await (&result);
  return G_OUTPUT_STREAM (g_file_replace_finish (file, result, error));
}

static gboolean
close_output (TerraceCli *cli, GOutputStream *stream, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  g_output_stream_close_async (stream, G_PRIORITY_DEFAULT, cli->cancellable, terrace_cli_await_cb,
                               &result);
  terrace_cli_await (&result);
  return g_output_stream_close_finish (stream, result, error);
}

/* Closing without finishing throws the unfinished file away and leaves an older one alone. */
static void
discard_output (TerraceCli *cli, GOutputStream *stream)
{
  g_autoptr (GError) ignored = NULL;

  g_cancellable_cancel (cli->cancellable);
  close_output (cli, stream, &ignored);
}

static int export(TerraceCli *cli,
                  TerraceExportKind kind,
                  const TerraceItemFilter *filter,
                  TerraceItemSort sort,
                  gboolean descending,
                  const char *path)
{
  g_autoptr (GOutputStream) stream = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  guint64 n_rows = 0;

  stream = open_output (cli, path, &error);
  if (stream == NULL)
    return terrace_cli_fail (error);
  terrace_engine_export_async (cli->engine, kind, filter, sort, descending, stream,
                               cli->cancellable, terrace_cli_await_cb, &result);
  terrace_cli_await (&result);
  if (!terrace_engine_export_finish (cli->engine, result, &n_rows, &error))
    {
      discard_output (cli, stream);
      if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_BROKEN_PIPE))
        return EXIT_BROKEN_PIPE;
      return terrace_cli_fail (error);
    }
  if (!close_output (cli, stream, &error))
    return terrace_cli_fail (error);
  if (path != NULL)
    terrace_cli_print (ngettext ("%lu row written\n", "%lu rows written\n", (gulong) n_rows),
                       (gulong) n_rows);

  return TERRACE_CLI_OK;
}

int
terrace_cli_export (TerraceCli *cli, int argc, char **argv)
{
  const TerraceCliHelp help = {
    "export [OPTION…] objects|plan|migrations|events|alerts|costs|regret",
    _ ("Writes a list as CSV (RFC 4180, UTF-8, with a header row). Text that a spreadsheet would "
       "run as a formula gets an apostrophe in front. The filters and the order are for objects "
       "and plan."),
    "  terracectl export objects --output objects.csv\n"
    "  terracectl export objects --temperature cold | head\n"
    "  terracectl export migrations -o moves.csv\n",
    FALSE,
  };
  g_auto (TerraceCliFilter) options = { 0 };
  g_autofree char *output = NULL;
  GOptionEntry entries[] = {
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &output,
      N_ ("Write into this file (standard output)"), N_ ("FILE") },
    TERRACE_CLI_FILTER_ENTRIES (options),
    { NULL },
  };
  g_auto (GStrv) arguments = NULL;
  TerraceExportKind kind;
  TerraceItemFilter filter;
  TerraceItemSort sort = TERRACE_ITEM_SORT_ID;
  int status;

  if (!terrace_cli_parse (cli, &help, entries, argc, argv, &arguments, &status))
    return status;
  if (g_strv_length (arguments) != 1)
    return terrace_cli_misuse ("export", _ ("Say what: objects, plan, migrations, events, "
                                            "alerts, costs or regret"));
  if (!parse_kind (arguments[0], &kind))
    return terrace_cli_misuse ("export",
                               _ ("'%s' is none of objects, plan, migrations, events, "
                                  "alerts, costs, regret"),
                               arguments[0]);
  if (!terrace_cli_open (cli, FALSE))
    return TERRACE_CLI_FAILED;

  terrace_item_filter_init (&filter);
  if (terrace_cli_filter_apply (cli, "export", &options, &filter, &sort))
    status = export(cli, kind, &filter, sort, options.reverse,
                    g_strcmp0 (output, "-") == 0 ? NULL : output);
  else
    status = TERRACE_CLI_MISUSED;
  terrace_item_filter_clear (&filter);

  return status;
}
