/* SPDX-License-Identifier: GPL-3.0-or-later */

/* terracectl list: the registered objects, a page at a time, so that a million of them need no
 * more memory than a hundred. Runs on the main thread. */

#include "config.h"

#include "cli/terrace-cli-common.h"
#include "cli/terrace-cli-output.h"

#include <glib/gi18n-lib.h>

#define PAGE_ROWS 500

static const TerraceCliColumn columns[] = {
  { N_ ("ID"), TRUE, FALSE },
  { N_ ("Object"), FALSE, TRUE },
  { N_ ("Size"), TRUE, FALSE },
  { N_ ("Temperature"), FALSE, FALSE },
  { N_ ("Location"), FALSE, TRUE },
  { N_ ("Tier"), FALSE, FALSE },
  { N_ ("Last used"), FALSE, FALSE },
  { N_ ("A month"), TRUE, FALSE },
  { N_ ("Should go to"), FALSE, TRUE },
  { N_ ("Saves"), TRUE, FALSE },
  { NULL },
};

static void
add_row (TerraceCli *cli, TerraceCliTable *table, TerraceItem *item, gint64 now_us)
{
  gboolean goes = item->wanted_location_id != 0;

  terrace_cli_table_take (table, g_strdup_printf ("%" G_GINT64_FORMAT, item->id),
                          g_strdup (item->key), g_format_size (item->size_bytes),
                          g_strdup (
                              terrace_enum_to_nick (TERRACE_TYPE_TEMPERATURE, item->temperature)),
                          g_strdup (terrace_cli_location_name (cli, item->location_id)),
                          g_strdup (terrace_enum_to_nick (TERRACE_TYPE_TIER, item->tier)),
                          item->rates.last_us != 0 ?
                              terrace_format_time (item->rates.last_us, now_us) :
                              g_strdup (_ ("never seen")),
                          terrace_cli_format_money (cli, item->monthly_nanos),
                          g_strdup (goes ?
                                        terrace_cli_location_name (cli, item->wanted_location_id) :
                                        (item->moving ? _ ("(moving)") : "")),
                          goes ? terrace_cli_format_money (cli, item->saving_nanos) :
                                 g_strdup (""));
}

static gboolean
write_items (TerraceCli *cli,
             const TerraceItemFilter *filter,
             TerraceItemSort sort,
             gboolean descending,
             guint64 limit,
             GError **error)
{
  gint64 now_us = terrace_clock_get_now_us (terrace_engine_get_clock (cli->engine));
  g_autoptr (TerraceCliTable) table = terrace_cli_table_new (cli, columns);
  g_autoptr (TerraceItem) after = NULL;
  TerraceCliJsonList list;

  if (cli->json)
    terrace_cli_json_list_begin (&list, NULL, NULL);
  while (limit > 0 && terrace_cli_output_works () && cli->stop_signal == 0)
    {
      g_autoptr (GPtrArray) page = NULL;

      page = terrace_cli_read_items (cli, filter, sort, descending, after,
                                     (guint) MIN (limit, PAGE_ROWS), error);
      if (page == NULL)
        return FALSE;
      if (page->len == 0)
        break;
      for (guint i = 0; i < page->len; i++)
        {
          if (cli->json)
            terrace_cli_json_list_add (&list, terrace_json_item (cli->engine, page->pdata[i]));
          else
            add_row (cli, table, page->pdata[i], now_us);
        }
      terrace_cli_table_flush (table);
      g_set_object (&after, page->pdata[page->len - 1]);
      limit -= page->len;
    }
  if (cli->json)
    terrace_cli_json_list_end (&list);
  else if (after == NULL)
    terrace_cli_print ("%s\n",
                       terrace_item_filter_is_empty (filter) ?
                           _ ("Nothing is registered yet. Start with: terracectl add PATH") :
                           _ ("No object is like that."));

  return TRUE;
}

int
terrace_cli_list (TerraceCli *cli, int argc, char **argv)
{
  const TerraceCliHelp help = {
    "list [OPTION…]",
    _ ("Lists registered objects with their temperature, place, cost a month and, where the plan "
       "would move them, the place they should go to and what that saves."),
    "  terracectl list --sort cost --reverse --limit 20\n"
    "  terracectl list --temperature cold --tier hot\n"
    "  terracectl list --search 'holiday mov' --json\n",
    TRUE,
  };
  g_auto (TerraceCliFilter) options = { 0 };
  gint64 limit = -1;
  GOptionEntry entries[] = {
    TERRACE_CLI_FILTER_ENTRIES (options),
    { "limit", 'n', 0, G_OPTION_ARG_INT64, &limit, N_ ("At most this many"), N_ ("N") },
    { NULL },
  };
  g_auto (GStrv) arguments = NULL;
  g_autoptr (GError) error = NULL;
  TerraceItemFilter filter;
  TerraceItemSort sort = TERRACE_ITEM_SORT_ID;
  int status;

  if (!terrace_cli_parse (cli, &help, entries, argc, argv, &arguments, &status))
    return status;
  if (arguments[0] != NULL)
    return terrace_cli_misuse ("list", _ ("'%s' is not an option; to search: --search '%s'"),
                               arguments[0], arguments[0]);
  if (limit < -1 || limit == 0)
    return terrace_cli_misuse ("list", _ ("--limit must be at least 1"));
  if (!terrace_cli_open (cli, FALSE))
    return TERRACE_CLI_FAILED;

  terrace_item_filter_init (&filter);
  if (!terrace_cli_filter_apply (cli, "list", &options, &filter, &sort))
    status = TERRACE_CLI_MISUSED;
  else if (!write_items (cli, &filter, sort, options.reverse,
                         limit > 0 ? (guint64) limit : G_MAXUINT64, &error))
    status = terrace_cli_fail (error);
  else
    status = TERRACE_CLI_OK;
  terrace_item_filter_clear (&filter);

  return status;
}
