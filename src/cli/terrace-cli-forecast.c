/* SPDX-License-Identifier: GPL-3.0-or-later */

/* terracectl forecast: how much one object will be read. Runs on the main thread. */

#include "config.h"

#include "cli/terrace-cli-common.h"
#include "cli/terrace-cli-output.h"

#include "engine/terrace-json-insight.h"

#include <glib/gi18n-lib.h>

static void
print_text (const TerraceReadsForecast *forecast)
{
  g_autofree char *name = terrace_cli_safe (forecast->item->name);

  terrace_cli_print ("%s\n", name);
  for (int i = 0; i < TERRACE_N_HORIZONS; i++)
    {
      const TerraceReadsRange *range = &forecast->outlook.ranges[i];

      terrace_cli_print (_ ("  next %2d days: about %.1f reads, %.0f %% of the time between %.1f "
                            "and "
                            "%.1f (%s)\n"),
                         terrace_outlook_days[i], range->expected,
                         forecast->nominal_coverage * 100.0, range->low, range->high,
                         terrace_reads_method_get_label (forecast->outlook.methods[i]));
    }
}

int
terrace_cli_forecast (TerraceCli *cli, int argc, char **argv)
{
  const TerraceCliHelp help = {
    "forecast [OPTION…] OBJECT",
    _ ("Foresees the reads of an object in the next 7, 30 and 90 days, with intervals."),
    "  terracectl forecast 42\n  terracectl forecast ~/Videos/take-3.mov --json\n",
    TRUE,
  };
  g_auto (GStrv) names = NULL;
  g_autoptr (GPtrArray) items = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (TerraceReadsForecast) forecast = NULL;
  g_autoptr (GError) error = NULL;
  int status;

  if (!terrace_cli_parse (cli, &help, NULL, argc, argv, &names, &status))
    return status;
  if (names[0] == NULL || names[1] != NULL)
    return terrace_cli_misuse ("forecast", _ ("Name one object"));
  if (!terrace_cli_open (cli, FALSE))
    return TERRACE_CLI_FAILED;
  items = terrace_cli_find_items (cli, names);
  if (items == NULL)
    return TERRACE_CLI_FAILED;

  terrace_engine_forecast_async (cli->engine, ((TerraceItem *) g_ptr_array_index (items, 0))->id,
                                 cli->cancellable, terrace_cli_await_cb, &result);
  terrace_cli_await (&result);
  forecast = terrace_engine_forecast_finish (cli->engine, result, &error);
  if (forecast == NULL)
    return terrace_cli_fail (error);
  if (cli->json)
    terrace_cli_json_print (terrace_json_reads_forecast (forecast));
  else
    print_text (forecast);
  return TERRACE_CLI_OK;
}
