/* SPDX-License-Identifier: GPL-3.0-or-later */

/* terracectl train: learns how objects are used, or lists what was learnt. Runs on the main thread;
 * learning runs on the engine's worker. */

#include "config.h"

#include "cli/terrace-cli-common.h"
#include "cli/terrace-cli-output.h"

#include "engine/terrace-json-insight.h"

#include <glib/gi18n-lib.h>

static void
print_reliability (const TerraceModelReport *report)
{
  for (int bin = 0; bin < TERRACE_CALIBRATION_BINS; bin++)
    {
      const TerraceReliability *bar = &report->reliability[bin];

      if (bar->count > 0)
        terrace_cli_print (_ ("  said %3.0f %%, came true %3.0f %% (%" G_GUINT64_FORMAT
                              " predictions)\n"),
                           bar->confidence * 100.0, bar->accuracy * 100.0, bar->count);
    }
}

static void
print_report (const TerraceModelReport *report)
{
  terrace_cli_print (_ ("Model %" G_GINT64_FORMAT ": learnt from %" G_GUINT64_FORMAT
                        " objects, %" G_GUINT64_FORMAT " examples\n"),
                     report->version, report->n_objects, report->n_rows);
  terrace_cli_print ("%s\n", report->verdict);
  if (report->optimum > 0.0 && report->cost >= 0.0)
    terrace_cli_print (_ ("Cost ÷ cheapest possible on these days: model %.3f, best rule %.3f\n"),
                       report->cost / report->optimum, report->rule_cost / report->optimum);
  if (report->accuracy > 0.0)
    {
      terrace_cli_print (_ ("The tier that hindsight chose was predicted in %.0f %% of the cases "
                            "(macro-F1 %.2f):\n"),
                         report->accuracy * 100.0, report->macro_f1);
      print_reliability (report);
    }
  for (int i = 0; i < TERRACE_N_HORIZONS; i++)
    {
      if (report->coverage[i] < 0.0)
        terrace_cli_print (_ ("Reads in %d days: too few days yet to judge a forecast by\n"),
                           terrace_outlook_days[i]);
      else
        terrace_cli_print (_ ("Reads in %d days: by %s, %.0f %% inside the interval (meant: "
                              "%.0f %%)\n"),
                           terrace_outlook_days[i],
                           terrace_reads_method_get_label (report->methods[i]),
                           report->coverage[i] * 100.0, report->nominal_coverage * 100.0);
    }
}

static int
train (TerraceCli *cli, guint seed)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (TerraceModelReport) report = NULL;
  g_autoptr (GError) error = NULL;

  terrace_engine_train_async (cli->engine, seed, terrace_cli_progress_cb, cli, cli->cancellable,
                              terrace_cli_await_cb, &result);
  terrace_cli_await (&result);
  terrace_cli_progress_end (cli);
  report = terrace_engine_train_finish (cli->engine, result, &error);
  if (report == NULL)
    return terrace_cli_fail (error);
  if (cli->json)
    terrace_cli_json_print (terrace_json_model_report (report));
  else
    print_report (report);
  return TERRACE_CLI_OK;
}

static int
list (TerraceCli *cli)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GPtrArray) reports = NULL;
  g_autoptr (GError) error = NULL;
  TerraceCliJsonList json = { 0 };

  terrace_engine_list_models_async (cli->engine, cli->cancellable, terrace_cli_await_cb, &result);
  terrace_cli_await (&result);
  reports = terrace_engine_list_models_finish (cli->engine, result, &error);
  if (reports == NULL)
    return terrace_cli_fail (error);
  if (cli->json)
    terrace_cli_json_list_begin (&json, NULL, NULL);
  for (guint i = 0; i < reports->len; i++)
    {
      if (cli->json)
        terrace_cli_json_list_add (&json,
                                   terrace_json_model_report (g_ptr_array_index (reports, i)));
      else
        print_report (g_ptr_array_index (reports, i));
    }
  if (cli->json)
    terrace_cli_json_list_end (&json);
  else if (reports->len == 0)
    terrace_cli_print (_ ("No model was trained yet\n"));
  return TERRACE_CLI_OK;
}

int
terrace_cli_train (TerraceCli *cli, int argc, char **argv)
{
  const TerraceCliHelp help = {
    "train [OPTION…]",
    _ ("Learns how objects are used from everything the catalogue knows, and keeps the model. Days "
       "are held back to judge it by: if the plain rule would have cost less on them, the rule "
       "goes on deciding, and this says so. The same seed and history give the same model."),
    "  terracectl train\n  terracectl train --list --json\n",
    TRUE,
  };
  int seed = 1;
  gboolean lists = FALSE;
  const GOptionEntry entries[] = {
    { "seed", 0, 0, G_OPTION_ARG_INT, &seed, N_ ("Of all that is random (1)"), N_ ("N") },
    { "list", 0, 0, G_OPTION_ARG_NONE, &lists, N_ ("Show the models that were trained, instead"),
      NULL },
    { NULL },
  };
  g_auto (GStrv) arguments = NULL;
  int status;

  if (!terrace_cli_parse (cli, &help, entries, argc, argv, &arguments, &status))
    return status;
  if (arguments[0] != NULL)
    return terrace_cli_misuse ("train", _ ("Too many arguments: “%s”"), arguments[0]);
  if (seed < 0)
    return terrace_cli_misuse ("train", _ ("The seed must not be negative"));
  if (!terrace_cli_open (cli, FALSE))
    return TERRACE_CLI_FAILED;
  return lists ? list (cli) : train (cli, (guint) seed);
}
