/* SPDX-License-Identifier: GPL-3.0-or-later */

/* terracectl predict: where objects will probably belong, and how much they will be read. Runs on
 * the main thread; computing runs on the engine's worker. */

#include "config.h"

#include "cli/terrace-cli-common.h"
#include "cli/terrace-cli-output.h"

#include "engine/terrace-json-insight.h"

#include <glib/gi18n-lib.h>

static const TerraceCliColumn columns[] = {
  { N_ ("ID"), TRUE, FALSE },
  { N_ ("Name"), FALSE, TRUE },
  { N_ ("Class"), FALSE, FALSE },
  { N_ ("Sure"), TRUE, FALSE },
  { N_ ("Reads/30 d"), TRUE, FALSE },
  { N_ ("Interval"), TRUE, FALSE },
  { NULL },
};

static void
add_row (TerraceCli *cli,
         TerraceCliTable *table,
         const TerracePrediction *prediction,
         TerraceItem *item)
{
  const TerraceReadsRange *range = &prediction->outlook.ranges[1];

  terrace_cli_table_take (table, g_strdup_printf ("%" G_GINT64_FORMAT, prediction->item_id),
                          terrace_cli_safe (item->name),
                          g_strdup (terrace_cli_class_name (cli, prediction->class_id)),
                          prediction->by_model ?
                              g_strdup_printf ("%.0f %%", prediction->confidence * 100.0) :
                              g_strdup (_ ("rule")),
                          g_strdup_printf ("%.1f", range->expected),
                          g_strdup_printf ("%.1f–%.1f", range->low, range->high));
}

static void
print_predictions (TerraceCli *cli, const GArray *predictions, GPtrArray *items)
{
  g_autoptr (TerraceCliTable) table = NULL;

  if (cli->json)
    {
      TerraceCliJsonList json = { 0 };

      terrace_cli_json_list_begin (&json, NULL, NULL);
      for (guint i = 0; i < predictions->len; i++)
        terrace_cli_json_list_add (&json, terrace_json_prediction (
                                              &g_array_index (predictions, TerracePrediction, i)));
      terrace_cli_json_list_end (&json);
      return;
    }
  table = terrace_cli_table_new (cli, columns);
  for (guint i = 0; i < predictions->len && i < items->len; i++)
    add_row (cli, table, &g_array_index (predictions, TerracePrediction, i),
             g_ptr_array_index (items, i));
  terrace_cli_table_flush (table);
}

int
terrace_cli_predict (TerraceCli *cli, int argc, char **argv)
{
  const TerraceCliHelp help = {
    "predict [OPTION…] [OBJECT…]",
    _ ("Foresees the tier that objects will belong on and how much they will be read, with the "
       "newest model, or with the plain rule if there is none. Without an OBJECT all are "
       "predicted. The forecasts are kept, and plans follow them for two weeks."),
    "  terracectl predict\n  terracectl predict 42 --json\n",
    TRUE,
  };
  g_auto (GStrv) names = NULL;
  g_autoptr (GPtrArray) items = NULL;
  g_autoptr (GArray) ids = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GArray) predictions = NULL;
  g_autoptr (GError) error = NULL;
  guint64 n_predicted = 0;
  int status;

  if (!terrace_cli_parse (cli, &help, NULL, argc, argv, &names, &status))
    return status;
  if (!terrace_cli_open (cli, FALSE))
    return TERRACE_CLI_FAILED;
  if (names[0] != NULL)
    {
      items = terrace_cli_find_items (cli, names);
      if (items == NULL)
        return TERRACE_CLI_FAILED;
      ids = terrace_cli_item_ids (items);
    }

  terrace_engine_predict_async (cli->engine, ids != NULL ? (gint64 *) ids->data : NULL,
                                ids != NULL ? ids->len : 0, terrace_cli_progress_cb, cli,
                                cli->cancellable, terrace_cli_await_cb, &result);
  terrace_cli_await (&result);
  terrace_cli_progress_end (cli);
  predictions = terrace_engine_predict_finish (cli->engine, result, &n_predicted, &error);
  if (predictions == NULL)
    return terrace_cli_fail (error);
  if (items != NULL || cli->json)
    print_predictions (cli, predictions, items);
  else
    terrace_cli_print (g_dngettext (GETTEXT_PACKAGE,
                                    "Predicted %lu object; plans follow the forecasts\n",
                                    "Predicted %lu objects; plans follow the forecasts\n",
                                    (gulong) n_predicted),
                       (gulong) n_predicted);
  return TERRACE_CLI_OK;
}
