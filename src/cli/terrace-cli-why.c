/* SPDX-License-Identifier: GPL-3.0-or-later */

/* terracectl why: what speaks for and against the place of an object; without one, what past
 * decisions turned out to be worth, and what should be packed. Runs on the main thread. */

#include "config.h"

#include "cli/terrace-cli-common.h"
#include "cli/terrace-cli-output.h"

#include "engine/terrace-json-insight.h"

#include <glib/gi18n-lib.h>

/* --- One object ---------------------------------------------------------------------------- */

static int
explain_one (TerraceCli *cli, TerraceItem *item)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (TerraceWhy) why = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *name = terrace_cli_safe (item->name);

  terrace_engine_why_async (cli->engine, item->id, cli->cancellable, terrace_cli_await_cb, &result);
  terrace_cli_await (&result);
  why = terrace_engine_why_finish (cli->engine, result, &error);
  if (why == NULL)
    return terrace_cli_fail (error);
  if (cli->json)
    {
      terrace_cli_json_print (terrace_json_why (why));
      return TERRACE_CLI_OK;
    }
  terrace_cli_print ("%s\n", name);
  if (why->explanation->temperature_reason != NULL)
    terrace_cli_print ("  %s\n", why->explanation->temperature_reason);
  for (guint i = 0; i < why->sentences->len; i++)
    terrace_cli_print ("  %s\n", (const char *) g_ptr_array_index (why->sentences, i));
  return TERRACE_CLI_OK;
}

/* --- All that was decided ------------------------------------------------------------------ */

static void
print_all (TerraceCli *cli, const TerraceRegretLedger *ledger, GPtrArray *packing)
{
  g_autofree char *saved = terrace_cli_format_money (cli, ledger->saved_nanos);
  g_autofree char *lost = terrace_cli_format_money (cli, ledger->lost_nanos);

  for (guint i = 0; i < ledger->entries->len; i++)
    {
      const TerraceRegretEntry *entry = g_ptr_array_index (ledger->entries, i);
      g_autofree char *name = terrace_cli_safe (entry->name);

      terrace_cli_print (_ ("%s, moved to %s %.0f days ago\n  %s\n"), name,
                         terrace_cli_class_name (cli, entry->to_class_id), entry->days,
                         entry->because);
    }
  for (guint i = 0; i < packing->len; i++)
    {
      const TerracePacking *one = g_ptr_array_index (packing, i);
      g_autofree char *folder = terrace_cli_safe (one->folder);

      terrace_cli_print ("%s:%s\n  %s\n", terrace_cli_location_name (cli, one->location_id), folder,
                         one->sentence);
    }
  terrace_cli_print (_ ("%u moves so far: saved %s, lost %s\n"), ledger->entries->len, saved, lost);
}

static int
explain_all (TerraceCli *cli)
{
  g_autoptr (GAsyncResult) regret_result = NULL;
  g_autoptr (GAsyncResult) packing_result = NULL;
  g_autoptr (TerraceRegretLedger) ledger = NULL;
  g_autoptr (GPtrArray) packing = NULL;
  g_autoptr (GError) error = NULL;

  terrace_engine_regret_async (cli->engine, cli->cancellable, terrace_cli_await_cb, &regret_result);
  terrace_cli_await (&regret_result);
  ledger = terrace_engine_regret_finish (cli->engine, regret_result, &error);
  if (ledger == NULL)
    return terrace_cli_fail (error);
  terrace_engine_find_packing_async (cli->engine, cli->cancellable, terrace_cli_await_cb,
                                     &packing_result);
  terrace_cli_await (&packing_result);
  packing = terrace_engine_find_packing_finish (cli->engine, packing_result, &error);
  if (packing == NULL)
    return terrace_cli_fail (error);
  if (cli->json)
    {
      terrace_cli_json_print (terrace_json_ledger (cli->engine, ledger, packing));
      return TERRACE_CLI_OK;
    }
  print_all (cli, ledger, packing);
  return TERRACE_CLI_OK;
}

int
terrace_cli_why (TerraceCli *cli, int argc, char **argv)
{
  const TerraceCliHelp help = {
    "why [OPTION…] [OBJECT]",
    _ ("Says what speaks for and against the place of an object. Without an OBJECT: what past "
       "moves "
       "turned out to be worth with the reads that really came, and which folders of small objects "
       "would be cheaper packed."),
    "  terracectl why 42\n  terracectl why --json\n",
    TRUE,
  };
  g_auto (GStrv) names = NULL;
  g_autoptr (GPtrArray) items = NULL;
  int status;

  if (!terrace_cli_parse (cli, &help, NULL, argc, argv, &names, &status))
    return status;
  if (names[0] != NULL && names[1] != NULL)
    return terrace_cli_misuse ("why", _ ("Name one object"));
  if (!terrace_cli_open (cli, FALSE))
    return TERRACE_CLI_FAILED;
  if (names[0] == NULL)
    return explain_all (cli);
  items = terrace_cli_find_items (cli, names);
  return items != NULL ? explain_one (cli, g_ptr_array_index (items, 0)) : TERRACE_CLI_FAILED;
}
