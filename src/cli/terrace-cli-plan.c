/* SPDX-License-Identifier: GPL-3.0-or-later */

/* terracectl plan: where everything should lie, and with --apply the moves that bring it there.
 * Runs on the main thread. */

#include "config.h"

#include "cli/terrace-cli-common.h"
#include "cli/terrace-cli-output.h"

#include <glib/gi18n-lib.h>

#define PAGE_ROWS 500
#define DEFAULT_ROWS 50

static const TerraceCliColumn columns[] = {
  { N_ ("ID"), TRUE, FALSE },
  { N_ ("Object"), FALSE, TRUE },
  { N_ ("Size"), TRUE, FALSE },
  { N_ ("Temperature"), FALSE, FALSE },
  { N_ ("From"), FALSE, TRUE },
  { N_ ("To"), FALSE, TRUE },
  { N_ ("Saves a month"), TRUE, FALSE },
  { N_ ("Once"), TRUE, FALSE },
  { N_ ("Pays back in"), FALSE, FALSE },
  { NULL },
};

static char *
format_payback (TerraceItem *item)
{
  double months;

  if (item->once_nanos == 0)
    return g_strdup (_ ("at once"));
  if (item->saving_nanos <= 0)
    return g_strdup (_ ("never"));
  months = (double) item->once_nanos / (double) item->saving_nanos;
  return terrace_format_duration (
      (gint64) (MIN (months, 1e5) * TERRACE_DAYS_PER_MONTH * TERRACE_US_PER_DAY));
}

static JsonNode *
summary_to_json (TerraceCli *cli, const TerracePlanSummary *summary)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  terrace_json_int (builder, "assessed", (gint64) summary->assessed);
  terrace_json_int (builder, "recommended", (gint64) summary->recommended);
  terrace_json_text (builder, "currency", terrace_engine_get_currency (cli->engine));
  terrace_json_money (builder, "cost_per_month", summary->monthly_nanos);
  terrace_json_money (builder, "saving_per_month", summary->saving_nanos);
  terrace_json_money (builder, "once", summary->once_nanos);
  json_builder_end_object (builder);

  return json_builder_get_root (builder);
}

static void
add_row (TerraceCli *cli, TerraceCliTable *table, TerraceItem *item)
{
  terrace_cli_table_take (table, g_strdup_printf ("%" G_GINT64_FORMAT, item->id),
                          g_strdup (item->key), g_format_size (item->size_bytes),
                          g_strdup (
                              terrace_enum_to_nick (TERRACE_TYPE_TEMPERATURE, item->temperature)),
                          g_strdup (terrace_cli_location_name (cli, item->location_id)),
                          g_strdup (terrace_cli_location_name (cli, item->wanted_location_id)),
                          terrace_cli_format_money (cli, item->saving_nanos),
                          terrace_cli_format_money (cli, item->once_nanos), format_payback (item));
}

/* The recommended moves, largest saving first; @ids (nullable) receives their objects. */
static gboolean
write_moves (TerraceCli *cli, const TerracePlanSummary *summary, guint64 limit, GError **error)
{
  g_autoptr (TerraceCliTable) table = terrace_cli_table_new (cli, columns);
  g_autoptr (TerraceItem) after = NULL;
  TerraceItemFilter filter;
  TerraceCliJsonList list;
  gboolean written = TRUE;

  if (cli->json)
    terrace_cli_json_list_begin (&list, summary_to_json (cli, summary), "moves");
  terrace_item_filter_init (&filter);
  filter.planned = TRUE;
  while (written && limit > 0 && terrace_cli_output_works () && cli->stop_signal == 0)
    {
      g_autoptr (GPtrArray) page = NULL;

      page = terrace_cli_read_items (cli, &filter, TERRACE_ITEM_SORT_SAVING, TRUE, after,
                                     (guint) MIN (limit, PAGE_ROWS), error);
      written = page != NULL;
      if (page == NULL || page->len == 0)
        break;
      for (guint i = 0; i < page->len; i++)
        {
          if (cli->json)
            terrace_cli_json_list_add (&list, terrace_json_item (cli->engine, page->pdata[i]));
          else
            add_row (cli, table, page->pdata[i]);
        }
      terrace_cli_table_flush (table);
      g_set_object (&after, page->pdata[page->len - 1]);
      limit -= page->len;
    }
  terrace_item_filter_clear (&filter);
  if (cli->json)
    terrace_cli_json_list_end (&list);

  return written;
}

static void
print_summary (TerraceCli *cli, const TerracePlanSummary *summary, guint64 shown)
{
  g_autofree char *monthly = terrace_cli_format_money (cli, summary->monthly_nanos);
  g_autofree char *saving = terrace_cli_format_money (cli, summary->saving_nanos);
  g_autofree char *once = terrace_cli_format_money (cli, summary->once_nanos);

  if (summary->assessed == 0)
    {
      terrace_cli_print (_ ("Nothing is registered yet. Start with: terracectl add PATH\n"));
      return;
    }
  if (summary->recommended > shown)
    terrace_cli_print (_ ("… and %lu more: --limit N shows them\n"),
                       (gulong) (summary->recommended - shown));
  terrace_cli_print (ngettext ("%lu object costs %s a month; ", "%lu objects cost %s a month; ",
                               (gulong) summary->assessed),
                     (gulong) summary->assessed, monthly);
  if (summary->recommended == 0)
    terrace_cli_print (_ ("each lies where it should. 'terracectl show OBJECT' tells why.\n"));
  else
    terrace_cli_print (ngettext ("%lu move would save %s a month and cost %s once\n",
                                 "%lu moves would save %s a month and cost %s once\n",
                                 (gulong) summary->recommended),
                       (gulong) summary->recommended, saving, once);
}

static gboolean
make_plan (TerraceCli *cli, TerracePlanSummary *summary)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  terrace_engine_plan_async (cli->engine, terrace_cli_progress_cb, cli, cli->cancellable,
                             terrace_cli_await_cb, &result);
  terrace_cli_await (&result);
  terrace_cli_progress_end (cli);
  if (terrace_engine_plan_finish (cli->engine, result, summary, &error))
    return TRUE;

  terrace_cli_fail (error);
  return FALSE;
}

/* (transfer full) (nullable): the moves that are younger than @last_id. */
static GArray *
moves_since (TerraceCli *cli, gint64 last_id, GError **error)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  gint64 before_id = 0;

  for (;;)
    {
      g_autoptr (GPtrArray) page = NULL;

      page = terrace_cli_read_moves (cli, -1, before_id, PAGE_ROWS, error);
      if (page == NULL)
        return NULL;
      for (guint i = 0; i < page->len; i++)
        {
          TerraceMove *move = g_ptr_array_index (page, i);

          if (move->id <= last_id)
            return g_steal_pointer (&ids);
          g_array_append_val (ids, move->id);
          before_id = move->id;
        }
      if (page->len == 0)
        return g_steal_pointer (&ids);
    }
}

static int
apply (TerraceCli *cli, gboolean queue_only)
{
  g_autoptr (GPtrArray) newest = NULL;
  g_autoptr (GArray) ids = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  gint64 last_id = 0;
  guint64 n_queued = 0;

  newest = terrace_cli_read_moves (cli, -1, 0, 1, &error);
  if (newest == NULL)
    return terrace_cli_fail (error);
  if (newest->len > 0)
    last_id = ((TerraceMove *) g_ptr_array_index (newest, 0))->id;

  terrace_engine_accept_async (cli->engine, NULL, 0, cli->cancellable, terrace_cli_await_cb,
                               &result);
  terrace_cli_await (&result);
  if (!terrace_engine_accept_finish (cli->engine, result, &n_queued, &error))
    return terrace_cli_fail (error);
  if (queue_only)
    {
      terrace_cli_print (ngettext ("%lu move waits; 'terracectl move --continue' carries it out\n",
                                   "%lu moves wait; 'terracectl move --continue' carries them "
                                   "out\n",
                                   (gulong) n_queued),
                         (gulong) n_queued);
      return TERRACE_CLI_OK;
    }

  ids = moves_since (cli, last_id, &error);
  return ids != NULL ? terrace_cli_carry_out (cli, ids) : terrace_cli_fail (error);
}

int
terrace_cli_plan (TerraceCli *cli, int argc, char **argv)
{
  const TerraceCliHelp help = {
    "plan [OPTION…]",
    _ ("Judges the temperature of every object, works out where it should lie, and shows the "
       "recommended moves with what they save a month, what they cost once and how soon that "
       "pays back. With --apply it carries them out: each copy is verified before its source is "
       "deleted, and every move can be taken back with 'terracectl undo'."),
    "  terracectl plan\n"
    "  terracectl plan --json --limit 1000\n"
    "  terracectl plan --apply\n",
    TRUE,
  };
  gboolean wants_apply = FALSE;
  gboolean queue_only = FALSE;
  gint64 limit = DEFAULT_ROWS;
  GOptionEntry entries[] = {
    { "apply", 0, 0, G_OPTION_ARG_NONE, &wants_apply, N_ ("Carry the moves out"), NULL },
    { "queue-only", 0, 0, G_OPTION_ARG_NONE, &queue_only,
      N_ ("With --apply: queue the moves and leave"), NULL },
    { "limit", 'n', 0, G_OPTION_ARG_INT64, &limit, N_ ("Show at most this many (50)"), N_ ("N") },
    { NULL },
  };
  g_auto (GStrv) arguments = NULL;
  g_autoptr (GError) error = NULL;
  TerracePlanSummary summary = { 0 };
  int status;

  if (!terrace_cli_parse (cli, &help, entries, argc, argv, &arguments, &status))
    return status;
  if (arguments[0] != NULL)
    return terrace_cli_misuse ("plan", _ ("The plan is made for all objects; '%s' is too much"),
                               arguments[0]);
  if (limit < 1)
    return terrace_cli_misuse ("plan", _ ("--limit must be at least 1"));
  if (queue_only && !wants_apply)
    return terrace_cli_misuse ("plan", _ ("--queue-only means something only with --apply"));
  if (wants_apply && cli->json)
    return terrace_cli_misuse ("plan", _ ("--json shows the plan; it does not go with --apply"));
  if (!terrace_cli_open (cli, wants_apply && !queue_only) || !make_plan (cli, &summary))
    return TERRACE_CLI_FAILED;

  if (!write_moves (cli, &summary, (guint64) limit, &error))
    return terrace_cli_fail (error);
  if (!cli->json)
    print_summary (cli, &summary, MIN ((guint64) limit, summary.recommended));
  if (!wants_apply || summary.recommended == 0)
    return TERRACE_CLI_OK;
  return apply (cli, queue_only);
}
