/* SPDX-License-Identifier: GPL-3.0-or-later */

/* terracectl status: totals, open moves and the latest finished ones; or single moves. Runs on the
 * main thread. */

#include "config.h"

#include "cli/terrace-cli-common.h"
#include "cli/terrace-cli-output.h"
#include "engine/terrace-json.h"

#include <glib/gi18n-lib.h>

#define DEFAULT_ROWS 10
#define PAGE_ROWS 500

static const TerraceCliColumn columns[] = {
  { N_ ("Move"), TRUE, FALSE },     { N_ ("Object"), FALSE, TRUE }, { N_ ("Size"), TRUE, FALSE },
  { N_ ("From"), FALSE, TRUE },     { N_ ("To"), FALSE, TRUE },     { N_ ("State"), FALSE, FALSE },
  { N_ ("Changed"), FALSE, FALSE }, { N_ ("Note"), FALSE, TRUE },   { NULL },
};

static char *
format_note (TerraceMove *move)
{
  if (move->error != NULL && move->state != TERRACE_MOVE_DONE)
    return g_strdup (move->error);
  if (move->undone_by != 0)
    return g_strdup_printf (_ ("taken back by %ld"), (glong) move->undone_by);
  if (move->undo_of != 0)
    return g_strdup_printf (_ ("takes back %ld"), (glong) move->undo_of);
  if (move->keep_source)
    return g_strdup (_ ("a copy"));
  if (move->hold && move->state == TERRACE_MOVE_STAGED)
    return g_strdup (_ ("held"));
  return g_strdup ("");
}

static void
add_row (TerraceCli *cli, TerraceCliTable *table, TerraceMove *move)
{
  gint64 now_us = terrace_clock_get_now_us (terrace_engine_get_clock (cli->engine));

  terrace_cli_table_take (table, g_strdup_printf ("%" G_GINT64_FORMAT, move->id),
                          g_strdup (move->name), g_format_size (move->size_bytes),
                          g_strdup (terrace_cli_location_name (cli, move->source_location_id)),
                          g_strdup (terrace_cli_location_name (cli, move->dest_location_id)),
                          g_strdup (terrace_enum_to_nick (TERRACE_TYPE_MOVE_STATE, move->state)),
                          terrace_format_time (move->updated_us, now_us), format_note (move));
}

static void
print_tiers (TerraceCli *cli, const TerraceStats *stats)
{
  static const TerraceCliColumn tier_columns[] = {
    { N_ ("Tier"), FALSE, FALSE },
    { N_ ("Objects"), TRUE, FALSE },
    { N_ ("Size"), TRUE, FALSE },
    { N_ ("A month"), TRUE, FALSE },
    { NULL },
  };
  g_autoptr (TerraceCliTable) table = terrace_cli_table_new (cli, tier_columns);

  for (int tier = 0; tier < TERRACE_N_TIERS; tier++)
    {
      guint64 items = 0;
      guint64 bytes = 0;
      gint64 cost_nanos = 0;

      for (guint i = 0; i < stats->totals->len; i++)
        {
          TerraceItemTotals *totals = &g_array_index (stats->totals, TerraceItemTotals, i);

          if ((int) totals->tier != tier)
            continue;
          items += totals->items;
          bytes += totals->size_bytes;
          cost_nanos += totals->monthly_nanos;
        }
      if (items > 0)
        terrace_cli_table_take (table, g_strdup (terrace_enum_to_nick (TERRACE_TYPE_TIER, tier)),
                                g_strdup_printf ("%" G_GUINT64_FORMAT, items),
                                g_format_size (bytes), terrace_cli_format_money (cli, cost_nanos));
    }
  terrace_cli_table_flush (table);
}

static void
print_stats (TerraceCli *cli, const TerraceStats *stats)
{
  g_autofree char *size = g_format_size (stats->size_bytes);
  g_autofree char *monthly = terrace_cli_format_money (cli, stats->monthly_nanos);
  g_autofree char *saving = terrace_cli_format_money (cli, stats->planned_saving_nanos);

  terrace_cli_print (ngettext ("%lu object, %s, costs %s a month\n",
                               "%lu objects, %s, cost %s a month\n", (gulong) stats->items),
                     (gulong) stats->items, size, monthly);
  print_tiers (cli, stats);
  if (stats->planned_items > 0)
    terrace_cli_print (ngettext ("%lu recommended move would save %s a month: terracectl plan\n",
                                 "%lu recommended moves would save %s a month: terracectl plan\n",
                                 (gulong) stats->planned_items),
                       (gulong) stats->planned_items, saving);
}

/* One kind of moves, newest first. */
static gboolean
write_moves (TerraceCli *cli,
             int final,
             guint64 limit,
             TerraceCliTable *table,
             TerraceCliJsonList *list,
             GError **error)
{
  gint64 before_id = 0;

  while (limit > 0 && terrace_cli_output_works () && cli->stop_signal == 0)
    {
      g_autoptr (GPtrArray) page = NULL;

      page = terrace_cli_read_moves (cli, final, before_id, (guint) MIN (limit, PAGE_ROWS), error);
      if (page == NULL)
        return FALSE;
      if (page->len == 0)
        return TRUE;
      for (guint i = 0; i < page->len; i++)
        {
          TerraceMove *move = g_ptr_array_index (page, i);

          if (cli->json)
            terrace_cli_json_list_add (list, terrace_json_move (cli->engine, move));
          else
            add_row (cli, table, move);
          before_id = move->id;
        }
      terrace_cli_table_flush (table);
      limit -= page->len;
    }
  return TRUE;
}

static int
show_all (TerraceCli *cli, guint64 limit)
{
  g_autoptr (TerraceCliTable) open = terrace_cli_table_new (cli, columns);
  g_autoptr (TerraceCliTable) ended = terrace_cli_table_new (cli, columns);
  g_autoptr (TerraceStats) stats = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  TerraceCliJsonList list;

  terrace_engine_stats_async (cli->engine, cli->cancellable, terrace_cli_await_cb, &result);
  terrace_cli_await (&result);
  stats = terrace_engine_stats_finish (cli->engine, result, &error);
  if (stats == NULL)
    return terrace_cli_fail (error);

  if (cli->json)
    terrace_cli_json_list_begin (&list, terrace_json_stats (cli->engine, stats), "moves");
  else
    print_stats (cli, stats);
  if (!cli->json && stats->moves[TERRACE_MOVE_DONE] + stats->moves[TERRACE_MOVE_FAILED] > 0)
    terrace_cli_print (_ ("Moves: %lu done, %lu failed\n"),
                       (gulong) stats->moves[TERRACE_MOVE_DONE],
                       (gulong) stats->moves[TERRACE_MOVE_FAILED]);

  if (!write_moves (cli, 0, G_MAXUINT64, open, &list, &error))
    return terrace_cli_fail (error);
  if (!cli->json && !terrace_cli_table_is_empty (open))
    terrace_cli_print (_ ("'terracectl move --continue' carries out what waits\n"));
  if (!write_moves (cli, 1, limit, ended, &list, &error))
    return terrace_cli_fail (error);
  if (cli->json)
    terrace_cli_json_list_end (&list);

  return TERRACE_CLI_OK;
}

static int
show_some (TerraceCli *cli, char **arguments)
{
  g_autoptr (TerraceCliTable) table = terrace_cli_table_new (cli, columns);
  TerraceCliJsonList list;

  if (cli->json)
    terrace_cli_json_list_begin (&list, NULL, NULL);
  for (guint i = 0; arguments[i] != NULL; i++)
    {
      g_autoptr (TerraceMove) move = NULL;
      g_autoptr (GError) error = NULL;
      gint64 id = g_ascii_strtoll (arguments[i], NULL, 10);

      move = terrace_cli_read_move (cli, id, &error);
      if (move == NULL)
        return terrace_cli_fail (error);
      if (cli->json)
        terrace_cli_json_list_add (&list, terrace_json_move (cli->engine, move));
      else
        add_row (cli, table, move);
    }
  terrace_cli_table_flush (table);
  if (cli->json)
    terrace_cli_json_list_end (&list);

  return TERRACE_CLI_OK;
}

int
terrace_cli_status (TerraceCli *cli, int argc, char **argv)
{
  const TerraceCliHelp help = {
    "status [OPTION…] [MOVE…]",
    _ ("Shows what is registered and what it costs, every move that is not finished, and the "
       "latest that are; with numbers, just these moves."),
    "  terracectl status\n"
    "  terracectl status 7 --json\n",
    TRUE,
  };
  gint64 limit = DEFAULT_ROWS;
  GOptionEntry entries[] = {
    { "limit", 'n', 0, G_OPTION_ARG_INT64, &limit,
      N_ ("Show at most this many finished moves (10)"), N_ ("N") },
    { NULL },
  };
  g_auto (GStrv) arguments = NULL;
  int status;

  if (!terrace_cli_parse (cli, &help, entries, argc, argv, &arguments, &status))
    return status;
  if (limit < 0)
    return terrace_cli_misuse ("status", _ ("--limit must not be negative"));
  for (guint i = 0; arguments[i] != NULL; i++)
    {
      gint64 id;

      if (!terrace_cli_parse_id ("status", arguments[i], &id))
        return TERRACE_CLI_MISUSED;
    }
  if (!terrace_cli_open (cli, FALSE))
    return TERRACE_CLI_FAILED;

  return arguments[0] != NULL ? show_some (cli, arguments) : show_all (cli, (guint64) limit);
}
