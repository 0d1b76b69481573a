/* SPDX-License-Identifier: GPL-3.0-or-later */

/* terracectl location test and scan. Runs on the main thread. */

#include "config.h"

#include "cli/terrace-cli-location-ask.h"

#include "cli/terrace-cli-location-cloud.h"
#include "cli/terrace-cli-output.h"
#include "engine/terrace-engine-transfer.h"

#include <glib/gi18n-lib.h>

/* --- Test --------------------------------------------------------------------------------------
 */

static int
report_probe (const char *name, const TerraceProbe *probe)
{
  g_autofree char *latency = terrace_format_latency (probe->latency_us / 1000);

  if (probe->writable)
    terrace_cli_print (_ ("%s works: it answers in %s and can be written to\n"), name, latency);
  else
    terrace_cli_print (_ ("%s answers in %s, but nothing can be written there\n"), name, latency);
  if (probe->total_bytes > 0)
    {
      g_autofree char *free_size = g_format_size (probe->free_bytes);
      g_autofree char *size = g_format_size (probe->total_bytes);

      terrace_cli_print (_ ("%s of %s are free\n"), free_size, size);
    }

  return TERRACE_CLI_OK;
}

static int
test_known (TerraceCli *cli, const char *name)
{
  TerraceLocation *location;
  g_autoptr (TerraceProvider) provider = NULL;
  g_autofree TerraceProbe *probe = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  if (!terrace_cli_open (cli, FALSE))
    return TERRACE_CLI_FAILED;
  location = terrace_engine_find_location (cli->engine, name);
  if (location == NULL)
    {
      terrace_cli_warn (_ ("There is no location '%s'"), name);
      return TERRACE_CLI_FAILED;
    }

  provider =
      terrace_provider_registry_get (terrace_engine_get_registry (cli->engine), location, &error);
  if (provider == NULL)
    return terrace_cli_fail (error);
  terrace_provider_probe_async (provider, cli->cancellable, terrace_cli_await_cb, &result);
  terrace_cli_await (&result);
  probe = terrace_provider_probe_finish (provider, result, &error);

  return probe != NULL ? report_probe (name, probe) : terrace_cli_fail (error);
}

int
terrace_cli_location_test (TerraceCli *cli, int argc, char **argv)
{
  const TerraceCliHelp help = {
    "location test [OPTION…] NAME|ADDRESS",
    _ ("Tries a location and says what is wrong with it: the name, the key, the clock, the region "
       "or a permission. With --kind it tries a bucket or container that is no location yet, with "
       "the secret from standard input, and leaves no trace."),
    "  terracectl location test NAS\n"
    "  terracectl location test https://s3.eu-west-1.amazonaws.com/photos --kind s3 "
    "--access-key AKIA…\n",
    FALSE,
  };
  g_autofree char *kind_name = NULL;
  g_autofree char *access_key = NULL;
  g_autofree char *from = NULL;
  GOptionEntry entries[] = {
    { "kind", 'k', 0, G_OPTION_ARG_FILENAME, &kind_name,
      N_ ("Try an address that is no location yet: s3, azure or gcs"), N_ ("KIND") },
    { "access-key", 0, 0, G_OPTION_ARG_FILENAME, &access_key,
      N_ ("The key whose secret half is on standard input"), N_ ("KEY") },
    { "from", 0, 0, G_OPTION_ARG_FILENAME, &from,
      N_ ("Take the key from aws-profile:NAME, env or file:PATH"), N_ ("PLACE") },
    { NULL },
  };
  g_auto (GStrv) arguments = NULL;
  TerraceCliCloud cloud = { 0 };
  g_autofree TerraceProbe *probe = NULL;
  int kind = 0;
  int status;

  if (!terrace_cli_parse (cli, &help, entries, argc, argv, &arguments, &status))
    return status;
  if (g_strv_length (arguments) != 1)
    return terrace_cli_misuse ("location test", _ ("Name one location or address"));
  if (kind_name == NULL && (access_key != NULL || from != NULL))
    return terrace_cli_misuse ("location test", _ ("--access-key and --from go with --kind"));
  if (kind_name == NULL)
    return test_known (cli, arguments[0]);
  if (!terrace_enum_from_nick (TERRACE_TYPE_LOCATION_KIND, kind_name, &kind) ||
      kind <= TERRACE_LOCATION_SANDBOX)
    return terrace_cli_misuse ("location test", _ ("'%s' is none of s3, azure and gcs"), kind_name);
  if (!g_utf8_validate (arguments[0], -1, NULL))
    return terrace_cli_misuse ("location test", _ ("'%s' is no address"), arguments[0]);

  cloud.kind = kind;
  cloud.name = arguments[0];
  cloud.address = arguments[0];
  cloud.access_key = access_key;
  cloud.from = from;
  probe = terrace_cli_test_cloud (cli, &cloud, &status);

  return probe != NULL ? report_probe (arguments[0], probe) : status;
}

/* --- Scan --------------------------------------------------------------------------------------
 */

static void
print_report (const char *name, const TerraceRegisterReport *report)
{
  g_autofree char *size = g_format_size (report->bytes);
  guint64 seen = report->added + report->updated + report->unchanged;

  terrace_cli_print (ngettext ("%s: %lu object, %s; %lu new, %lu changed\n",
                               "%s: %lu objects, %s; %lu new, %lu changed\n", (gulong) seen),
                     name, (gulong) seen, size, (gulong) report->added, (gulong) report->updated);
  for (guint i = 0; i < report->problems->len; i++)
    terrace_cli_warn ("%s", (const char *) g_ptr_array_index (report->problems, i));
}

int
terrace_cli_location_scan (TerraceCli *cli, int argc, char **argv)
{
  const TerraceCliHelp help = {
    "location scan [OPTION…] NAME [PREFIX]",
    _ ("Registers everything that lies in a location, or only what begins with a prefix. It can "
       "be stopped at any moment: what was registered stays, and scanning again goes on. Nothing "
       "is copied or read."),
    "  terracectl location scan Photos\n"
    "  terracectl location scan Photos 2019/\n",
    FALSE,
  };
  g_autoptr (TerraceRegisterReport) report = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) arguments = NULL;
  TerraceLocation *location;
  guint n_arguments;
  int status;

  if (!terrace_cli_parse (cli, &help, NULL, argc, argv, &arguments, &status))
    return status;
  n_arguments = g_strv_length (arguments);
  if (n_arguments < 1 || n_arguments > 2)
    return terrace_cli_misuse ("location scan", _ ("Name one location, and at most one prefix"));
  if (!terrace_cli_open (cli, FALSE))
    return TERRACE_CLI_FAILED;
  location = terrace_engine_find_location (cli->engine, arguments[0]);
  if (location == NULL)
    {
      terrace_cli_warn (_ ("There is no location '%s'"), arguments[0]);
      return TERRACE_CLI_FAILED;
    }

  terrace_engine_scan_async (cli->engine, location->id, arguments[1], terrace_cli_progress_cb, cli,
                             cli->cancellable, terrace_cli_await_cb, &result);
  terrace_cli_await (&result);
  terrace_cli_progress_end (cli);
  report = terrace_engine_scan_finish (cli->engine, result, &error);
  if (report == NULL)
    {
      if (cli->stop_signal != 0)
        terrace_cli_warn (_ ("stopped; what was registered stays, and scanning again goes on"));
      return terrace_cli_fail (error);
    }
  print_report (arguments[0], report);

  return report->n_problems > 0 ? TERRACE_CLI_FAILED : TERRACE_CLI_OK;
}
