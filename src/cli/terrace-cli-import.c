/* SPDX-License-Identifier: GPL-3.0-or-later */

/* terracectl import: counts what access logs say of the objects of a location. Runs on the main
 * thread; reading runs on the engine's worker. */

#include "config.h"

#include "cli/terrace-cli-common.h"
#include "cli/terrace-cli-output.h"

#include "engine/terrace-json-insight.h"

#include <glib/gi18n-lib.h>

static void
print_report (const char *file, const TerraceLogReport *report)
{
  g_autofree char *name = terrace_cli_safe (file);

  if (report->already)
    {
      terrace_cli_print (_ ("%s: imported before, nothing was counted again\n"), name);
      return;
    }
  terrace_cli_print (_ ("%s (%s): %" G_GUINT64_FORMAT " lines, %" G_GUINT64_FORMAT
                        " accesses counted\n"),
                     name, report->format, report->lines, report->matched);
  terrace_cli_print (_ ("  not counted: %" G_GUINT64_FORMAT " of objects that are not registered, "
                        "%" G_GUINT64_FORMAT " metadata calls, %" G_GUINT64_FORMAT " failed, "
                        "%" G_GUINT64_FORMAT " of scans, %" G_GUINT64_FORMAT " by Terrace, "
                        "%" G_GUINT64_FORMAT " bad lines\n"),
                     report->unknown, report->metadata, report->failed, report->scans, report->own,
                     report->bad);
  for (guint i = 0; i < report->bad_samples->len; i++)
    {
      g_autofree char *sample = terrace_cli_safe (g_ptr_array_index (report->bad_samples, i));

      terrace_cli_print ("  %s\n", sample);
    }
}

/* %FALSE after saying what went wrong. */
static gboolean
import_one (TerraceCli *cli,
            const char *path,
            gint64 location_id,
            const char *format,
            TerraceCliJsonList *json)
{
  g_autoptr (GFile) file = g_file_new_for_commandline_arg (path);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (TerraceLogReport) report = NULL;
  g_autoptr (GError) error = NULL;

  terrace_engine_import_log_async (cli->engine, file, location_id, format, terrace_cli_progress_cb,
                                   cli, cli->cancellable, terrace_cli_await_cb, &result);
  terrace_cli_await (&result);
  terrace_cli_progress_end (cli);
  report = terrace_engine_import_log_finish (cli->engine, result, &error);
  if (report == NULL)
    {
      terrace_cli_fail (error);
      return FALSE;
    }
  if (cli->json)
    terrace_cli_json_list_add (json, terrace_json_log_report (path, report));
  else
    print_report (path, report);
  return TRUE;
}

int
terrace_cli_import (TerraceCli *cli, int argc, char **argv)
{
  const TerraceCliHelp help = {
    "import [OPTION…] LOG…",
    _ ("Counts the accesses that logs tell of: S3 server access logs (s3), Azure diagnostic JSON "
       "(azure-json) and analytics logs (azure-v1, azure-v2), GCS usage CSV (gcs), CloudFront "
       "(cloudfront), Apache's and nginx's combined (combined); plain or gzip. Metadata calls, "
       "failed requests, full scans and Terrace's own reads heat nothing. The same log twice "
       "changes nothing."),
    "  terracectl import --location Archive access.log.gz\n"
    "  terracectl import --location Web --format combined /var/log/nginx/access.log*\n",
    TRUE,
  };
  g_autofree char *location_name = NULL;
  g_autofree char *format = NULL;
  const GOptionEntry entries[] = {
    { "location", 'l', 0, G_OPTION_ARG_FILENAME, &location_name,
      N_ ("The location whose objects the logs are about"), N_ ("NAME") },
    { "format", 'f', 0, G_OPTION_ARG_STRING, &format,
      N_ ("What the logs are, auto to tell by their first lines"), N_ ("FORMAT") },
    { NULL },
  };
  g_auto (GStrv) paths = NULL;
  TerraceLocation *location;
  TerraceCliJsonList json = { 0 };
  gboolean all = TRUE;
  int status;

  if (!terrace_cli_parse (cli, &help, entries, argc, argv, &paths, &status))
    return status;
  if (paths[0] == NULL)
    return terrace_cli_misuse ("import", _ ("Name at least one log"));
  if (location_name == NULL)
    return terrace_cli_misuse ("import",
                               _ ("Say with --location whose objects the logs are about"));
  if (!terrace_cli_open (cli, FALSE))
    return TERRACE_CLI_FAILED;
  location = terrace_engine_find_location (cli->engine, location_name);
  if (location == NULL)
    {
      g_autofree char *safe = terrace_cli_safe (location_name);

      terrace_cli_warn (_ ("There is no location “%s”"), safe);
      return TERRACE_CLI_FAILED;
    }

  if (cli->json)
    terrace_cli_json_list_begin (&json, NULL, NULL);
  for (guint i = 0; paths[i] != NULL && cli->stop_signal == 0; i++)
    all = import_one (cli, paths[i], location->id, format, &json) && all;
  if (cli->json)
    terrace_cli_json_list_end (&json);
  return all ? TERRACE_CLI_OK : TERRACE_CLI_FAILED;
}
