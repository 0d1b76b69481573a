/* SPDX-License-Identifier: GPL-3.0-or-later */

/* terracectl transfers: the moves under way, and the limits they keep. Runs on the main thread. */

#include "config.h"

#include "cli/terrace-cli-common.h"
#include "cli/terrace-cli-output.h"
#include "base/terrace-limits.h"
#include "engine/terrace-engine-transfer.h"
#include "transfer/terrace-pipeline.h"
#include "transfer/terrace-timetable.h"

#include <glib/gi18n-lib.h>

#define PAGE_ROWS 500

static const TerraceCliColumn columns[] = {
  { N_ ("Move"), TRUE, FALSE },
  { N_ ("Object"), FALSE, TRUE },
  { N_ ("State"), FALSE, FALSE },
  { N_ ("Done"), TRUE, FALSE },
  { N_ ("Parts"), TRUE, FALSE },
  { N_ ("Speed"), TRUE, FALSE },
  { N_ ("Left"), FALSE, FALSE },
  { N_ ("Requests"), TRUE, FALSE },
  { N_ ("Spent"), TRUE, FALSE },
  { N_ ("Note"), FALSE, TRUE },
  { NULL },
};

/* --- One move ----------------------------------------------------------------------------------
 */

static gboolean
is_flowing (TerraceMove *move)
{
  return (move->state == TERRACE_MOVE_COPYING || move->state == TERRACE_MOVE_VERIFYING) &&
         move->retry_us == 0;
}

static double
get_speed (TerraceMove *move)
{
  return is_flowing (move) ? move->bytes_per_second : 0;
}

/* Negative where nobody can tell. */
static double
get_seconds_left (TerraceMove *move)
{
  guint64 left = move->size_bytes - MIN (move->done_bytes, move->size_bytes);

  return get_speed (move) > 0 ? (double) left / get_speed (move) : -1;
}

static void
count_parts (TerraceMove *move, guint *done, guint *all)
{
  guint64 part_bytes = terrace_pipeline_part_bytes (move->size_bytes);

  *all = terrace_pipeline_n_parts (move->size_bytes, part_bytes);
  *done = move->done_bytes >= move->size_bytes ? *all : (guint) (move->done_bytes / part_bytes);
}

static void
add_row (TerraceCli *cli, TerraceCliTable *table, TerraceMove *move)
{
  g_autofree char *done = g_format_size (MIN (move->done_bytes, move->size_bytes));
  g_autofree char *size = g_format_size (move->size_bytes);
  double seconds_left = get_seconds_left (move);
  guint parts_done;
  guint parts;

  count_parts (move, &parts_done, &parts);
  terrace_cli_table_take (table, g_strdup_printf ("%" G_GINT64_FORMAT, move->id),
                          g_strdup (move->name),
                          g_strdup (terrace_enum_to_nick (TERRACE_TYPE_MOVE_STATE, move->state)),
                          g_strdup_printf ("%s / %s", done, size),
                          g_strdup_printf ("%u / %u", parts_done, parts),
                          get_speed (move) > 0 ? terrace_format_rate (get_speed (move)) :
                                                 g_strdup (""),
                          seconds_left < 0 ? g_strdup ("") :
                                             terrace_format_duration (
                                                 (gint64) (seconds_left * TERRACE_US_PER_SECOND)),
                          g_strdup_printf ("%" G_GUINT64_FORMAT, move->requests_sent),
                          terrace_cli_format_money (cli, move->spent_nanos),
                          g_strdup (move->error != NULL ? move->error : ""));
}

static JsonNode *
move_to_json (TerraceCli *cli, TerraceMove *move)
{
  JsonNode *node = terrace_json_move (cli->engine, move);
  JsonObject *object = json_node_get_object (node);
  double seconds_left = get_seconds_left (move);
  guint parts_done;
  guint parts;

  count_parts (move, &parts_done, &parts);
  json_object_set_double_member (object, "bytes_per_second", get_speed (move));
  json_object_set_int_member (object, "parts_done", parts_done);
  json_object_set_int_member (object, "parts", parts);
  if (seconds_left < 0)
    json_object_set_null_member (object, "seconds_left");
  else
    json_object_set_double_member (object, "seconds_left", seconds_left);

  return node;
}

/* --- Limits ------------------------------------------------------------------------------------
 */

static void
print_limits (TerraceCli *cli)
{
  const TerraceTransferLimits *limits = terrace_engine_get_transfer_limits (cli->engine);
  g_autofree char *rate = terrace_format_rate ((double) limits->bytes_per_second);
  g_autofree char *cap = terrace_cli_format_money (cli, limits->spend_cap_nanos);

  terrace_cli_print (_ ("At once:    %u\n"), limits->max_active);
  terrace_cli_print (_ ("Speed:      %s\n"), limits->bytes_per_second > 0 ? rate : _ ("no limit"));
  if (limits->timetable != NULL)
    terrace_cli_print (_ ("Timetable:  %s\n"), limits->timetable);
  terrace_cli_print (_ ("Spend cap:  %s\n"), limits->spend_cap_nanos > 0 ? cap : _ ("none"));
}

static JsonNode *
limits_to_json (TerraceCli *cli)
{
  const TerraceTransferLimits *limits = terrace_engine_get_transfer_limits (cli->engine);
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  terrace_json_int (builder, "parallel", limits->max_active);
  terrace_json_int (builder, "limit_bytes_per_second", (gint64) limits->bytes_per_second);
  terrace_json_text (builder, "timetable", limits->timetable);
  terrace_json_text (builder, "currency", terrace_engine_get_currency (cli->engine));
  terrace_json_money (builder, "spend_cap", limits->spend_cap_nanos);
  json_builder_end_object (builder);

  return json_builder_get_root (builder);
}

typedef struct
{
  char *limit;
  char *timetable;
  char *parallel;
  char *spend_cap;
} LimitOptions;

static void
limit_options_clear (LimitOptions *self)
{
  g_clear_pointer (&self->limit, g_free);
  g_clear_pointer (&self->timetable, g_free);
  g_clear_pointer (&self->parallel, g_free);
  g_clear_pointer (&self->spend_cap, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (LimitOptions, limit_options_clear)

static gboolean
has_any (const LimitOptions *options)
{
  return options->limit != NULL || options->timetable != NULL || options->parallel != NULL ||
         options->spend_cap != NULL;
}

/* "2.50", or "off". */
static gboolean
parse_cap (const char *text, gint64 *nanos, GError **error)
{
  char *end = NULL;
  double amount = g_str_equal (text, "off") ? 0 : g_ascii_strtod (text, &end);

  if (end == NULL || (end != text && *end == '\0' && amount >= 0 && amount < 1e9))
    {
      *nanos = terrace_money_to_nanos (amount);
      return TRUE;
    }

  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
               _ ("'%s' is no amount: write one such as 2.50, or off for no cap"), text);
  return FALSE;
}

static gboolean
parse_parallel (const char *text, guint *max_active, GError **error)
{
  guint64 number;

  if (g_ascii_string_to_unsigned (text, 10, 1, TERRACE_LIMIT_ACTIVE_MOVES, &number, NULL))
    {
      *max_active = (guint) number;
      return TRUE;
    }

  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, _ ("'%s' is no number from 1 to %d"),
               text, TERRACE_LIMIT_ACTIVE_MOVES);
  return FALSE;
}

/* The options that were given, checked before anything is opened. */
static gboolean
apply_options (const LimitOptions *options, TerraceTransferLimits *limits, GError **error)
{
  if (options->limit != NULL &&
      !terrace_timetable_parse_rate (options->limit, &limits->bytes_per_second, error))
    return FALSE;
  if (options->parallel != NULL && !parse_parallel (options->parallel, &limits->max_active, error))
    return FALSE;
  if (options->spend_cap != NULL &&
      !parse_cap (options->spend_cap, &limits->spend_cap_nanos, error))
    return FALSE;
  if (options->timetable != NULL)
    {
      gboolean none = g_str_equal (options->timetable, "none");
      g_autoptr (GArray) timetable =
          terrace_timetable_parse (none ? "" : options->timetable, error);

      if (timetable == NULL)
        return FALSE;
      g_free (limits->timetable);
      limits->timetable = timetable->len > 0 ? g_strdup (options->timetable) : NULL;
    }

  return TRUE;
}

static gboolean
set_limits (TerraceCli *cli, const LimitOptions *options, GError **error)
{
  g_autoptr (TerraceTransferLimits) limits =
      terrace_transfer_limits_copy (terrace_engine_get_transfer_limits (cli->engine));
  g_autoptr (GAsyncResult) result = NULL;

  if (!apply_options (options, limits, error))
    return FALSE;

  terrace_engine_set_transfer_limits_async (cli->engine, limits, cli->cancellable,
                                            terrace_cli_await_cb, &result);
  terrace_cli_await (&result);

  return terrace_engine_set_transfer_limits_finish (cli->engine, result, error);
}

/* --- The list ----------------------------------------------------------------------------------
 */

/* Every open move but those that only wait for their turn; @n_queued: how many these are. */
static gboolean
write_moves (TerraceCli *cli,
             TerraceCliTable *table,
             TerraceCliJsonList *list,
             guint64 *n_queued,
             GError **error)
{
  gint64 before_id = 0;

  *n_queued = 0;
  while (terrace_cli_output_works () && cli->stop_signal == 0)
    {
      g_autoptr (GPtrArray) page = terrace_cli_read_moves (cli, 0, before_id, PAGE_ROWS, error);

      if (page == NULL)
        return FALSE;
      if (page->len == 0)
        return TRUE;
      for (guint i = 0; i < page->len; i++)
        {
          TerraceMove *move = g_ptr_array_index (page, i);

          before_id = move->id;
          if (move->state == TERRACE_MOVE_QUEUED && move->error == NULL)
            (*n_queued)++;
          else if (cli->json)
            terrace_cli_json_list_add (list, move_to_json (cli, move));
          else
            add_row (cli, table, move);
        }
      terrace_cli_table_flush (table);
    }

  return TRUE;
}

static int
show (TerraceCli *cli)
{
  g_autoptr (TerraceCliTable) table = terrace_cli_table_new (cli, columns);
  g_autoptr (GError) error = NULL;
  TerraceCliJsonList list;
  guint64 n_queued;

  if (cli->json)
    terrace_cli_json_list_begin (&list, limits_to_json (cli), "transfers");
  else
    print_limits (cli);
  if (!write_moves (cli, table, &list, &n_queued, &error))
    return terrace_cli_fail (error);

  if (cli->json)
    {
      terrace_cli_json_list_end (&list);
      return TERRACE_CLI_OK;
    }
  if (terrace_cli_table_is_empty (table))
    terrace_cli_print (_ ("No move is under way.\n"));
  if (n_queued > 0)
    terrace_cli_print (ngettext ("%lu move waits for its turn\n", "%lu moves wait for their turn\n",
                                 (gulong) n_queued),
                       (gulong) n_queued);

  return TERRACE_CLI_OK;
}

int
terrace_cli_transfers (TerraceCli *cli, int argc, char **argv)
{
  const TerraceCliHelp help = {
    "transfers [OPTION…]",
    _ ("Shows the moves under way: how far they are, how fast, what they have sent and cost. With "
       "options, first changes what all moves have to keep, now and from now on."),
    "  terracectl transfers\n"
    "  terracectl transfers --limit 2.5M --parallel 2\n"
    "  terracectl transfers --timetable '08:00 512K 18:00 off' --spend-cap 5\n",
    TRUE,
  };
  g_auto (LimitOptions) options = { 0 };
  GOptionEntry entries[] = {
    { "limit", 0, 0, G_OPTION_ARG_FILENAME, &options.limit,
      N_ ("Bytes a second of all moves together: 512K, 2.5M, off"), N_ ("RATE") },
    { "timetable", 0, 0, G_OPTION_ARG_FILENAME, &options.timetable,
      N_ ("Limits by the hour instead: '08:00 512K 18:00 off', or none"), N_ ("TIMES") },
    { "parallel", 0, 0, G_OPTION_ARG_FILENAME, &options.parallel,
      N_ ("How many moves run at once, 1 to 16"), N_ ("N") },
    { "spend-cap", 0, 0, G_OPTION_ARG_FILENAME, &options.spend_cap,
      N_ ("What moves accepted together may cost before they pause, or off"), N_ ("AMOUNT") },
    { NULL },
  };
  g_autoptr (TerraceTransferLimits) tried = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) arguments = NULL;
  int status;

  if (!terrace_cli_parse (cli, &help, entries, argc, argv, &arguments, &status))
    return status;
  if (arguments[0] != NULL)
    return terrace_cli_misuse ("transfers", _ ("'%s' is too much"), arguments[0]);
  tried = g_new0 (TerraceTransferLimits, 1);
  if (!apply_options (&options, tried, &error))
    return terrace_cli_misuse ("transfers", "%s", error->message);
  if (!terrace_cli_open (cli, FALSE))
    return TERRACE_CLI_FAILED;
  if (has_any (&options) && !set_limits (cli, &options, &error))
    return terrace_cli_fail (error);

  return show (cli);
}
