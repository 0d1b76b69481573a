/* SPDX-License-Identifier: GPL-3.0-or-later */

/* terracectl backtest: what each way to place data would have cost on a history of accesses. Needs
 * no catalogue. Reading and computing run on a worker's thread, the rest on the main thread. */

#include "config.h"

#include "cli/terrace-cli-output.h"

#include "base/terrace-error.h"
#include "base/terrace-limits.h"
#include "base/terrace-worker.h"
#include "insight/terrace-backtest.h"
#include "insight/terrace-price-sheet.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#define READ_BYTES (256 * 1024)
#define PROGRESS_MS 200
#define DEFAULT_SHEET "aws"
#define DEFAULT_TRAIN 0.6
#define SECONDS_PER_DAY 86400

/* One run: what it needs, and what the worker makes of it. */
typedef struct
{
  /* inputs */
  char *history_path;
  char *sheet;
  gint32 from_unix_day;
  double size_scale;
  TerraceBacktestOptions options;

  /* in progress, written by the worker and shown by the main thread */
  gint steps_done;
  gint steps_total;

  /* results */
  TerracePriceSheet *prices;
  TerraceTariff tariff;
  TerraceHistory *history;
  TerraceBacktest *backtest;
  guint64 n_rows;
  guint64 n_bad;
  guint64 bad_lines[TERRACE_HISTORY_BAD_LINES];
} Job;

static void
job_free (Job *job)
{
  g_clear_pointer (&job->backtest, terrace_backtest_free);
  g_clear_pointer (&job->history, terrace_history_free);
  g_clear_object (&job->prices);
  g_free (job->history_path);
  g_free (job->sheet);
  g_free (job);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Job, job_free)

/* --- On the worker's thread ---------------------------------------------------------------- */

/* (transfer full) (nullable): a path as it is; a name is looked for among people's own sheets, then
 * among those that came with the program. */
static char *
find_sheet (const char *sheet)
{
  g_auto (GStrv) dirs = terrace_engine_default_price_dirs ();
  g_autofree char *name = g_strconcat (sheet, ".json", NULL);

  if (strchr (sheet, '/') != NULL || g_str_has_suffix (sheet, ".json"))
    return g_strdup (sheet);
  for (guint i = g_strv_length (dirs); i > 0; i--)
    {
      g_autofree char *path = g_build_filename (dirs[i - 1], name, NULL);

      if (g_file_test (path, G_FILE_TEST_IS_REGULAR))
        return g_steal_pointer (&path);
    }
  return NULL;
}

static gboolean
load_prices (Job *job, GError **error)
{
  g_autofree char *path = find_sheet (job->sheet);
  g_autofree char *display = NULL;
  g_autofree char *text = NULL;
  g_autoptr (GBytes) bytes = NULL;
  gsize length;

  if (path == NULL)
    {
      g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND,
                   _ ("There is no price sheet “%s”"), job->sheet);
      return FALSE;
    }
  if (!g_file_get_contents (path, &text, &length, error))
    return FALSE;
  display = g_filename_display_name (path);
  if (length > TERRACE_LIMIT_PRICE_SHEET_BYTES)
    {
      g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_LIMIT,
                   _ ("“%s” is too large for a price sheet"), display);
      return FALSE;
    }
  bytes = g_bytes_new_take (g_steal_pointer (&text), length);
  job->prices = terrace_price_sheet_parse (bytes, display, error);
  return job->prices != NULL &&
         terrace_tariff_init (&job->tariff, terrace_price_sheet_get_classes (job->prices), error);
}

/* (transfer full) (nullable): the file's text, unpacked if it is gzip, whatever its name. */
static GInputStream *
open_history (Job *job, GCancellable *cancellable, GError **error)
{
  static const guint8 magic[] = { 0x1f, 0x8b };
  g_autoptr (GFile) file = g_file_new_for_commandline_arg (job->history_path);
  g_autoptr (GFileInputStream) raw = g_file_read (file, cancellable, error);
  g_autoptr (GInputStream) buffered = NULL;
  g_autoptr (GConverter) gzip = NULL;
  gsize length;
  const guint8 *start;

  if (raw == NULL)
    return NULL;
  buffered = g_buffered_input_stream_new_sized (G_INPUT_STREAM (raw), READ_BYTES);
  if (g_buffered_input_stream_fill (G_BUFFERED_INPUT_STREAM (buffered), READ_BYTES, cancellable,
                                    error) < 0)
    return NULL;
  start = g_buffered_input_stream_peek_buffer (G_BUFFERED_INPUT_STREAM (buffered), &length);
  if (length < sizeof magic || memcmp (start, magic, sizeof magic) != 0)
    return g_steal_pointer (&buffered);

  gzip = G_CONVERTER (g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP));
  return g_converter_input_stream_new (buffered, gzip);
}

static gboolean
read_history (Job *job, GCancellable *cancellable, GError **error)
{
  g_autoptr (TerraceHistoryParser) parser = terrace_history_parser_new ();
  g_autoptr (GInputStream) stream = open_history (job, cancellable, error);
  g_autofree char *buffer = g_malloc (READ_BYTES);
  gssize length;

  if (stream == NULL)
    return FALSE;
  while ((length = g_input_stream_read (stream, buffer, READ_BYTES, cancellable, error)) > 0)
    if (!terrace_history_parser_push (parser, buffer, (gsize) length, error))
      return FALSE;
  if (length < 0)
    return FALSE;

  job->history = terrace_history_parser_finish (parser, job->from_unix_day, job->size_scale, error);
  job->n_rows = terrace_history_parser_get_rows (parser);
  job->n_bad = terrace_history_parser_get_bad (parser, job->bad_lines);
  return job->history != NULL;
}

static void
step_done (guint done, guint total, gpointer data)
{
  Job *job = data;

  g_atomic_int_set (&job->steps_total, (gint) total);
  g_atomic_int_set (&job->steps_done, (gint) done);
}

static void
work (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Job *job = task_data;
  GError *error = NULL;

  if (load_prices (job, &error) && read_history (job, cancellable, &error))
    job->backtest = terrace_backtest_run (job->history, &job->tariff, &job->options, step_done, job,
                                          cancellable, &error);
  if (job->backtest != NULL)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/* --- Output -------------------------------------------------------------------------------- */

static char *
format_day (const Job *job, int day)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (
      ((gint64) job->history->first_unix_day + day) * SECONDS_PER_DAY);

  return g_date_time_format (time, "%Y-%m-%d");
}

static const char *
get_label (const TerraceBacktestRow *row)
{
  return row->rule >= 0 ? terrace_rule_get_label ((TerraceRuleKind) row->rule) : _ ("Terrace");
}

/* (transfer full): "1.234", or a dash when there is nothing to compare with. */
static char *
format_ratio (double cost, double other)
{
  return other > 0.0 ? g_strdup_printf ("%.4f", cost / other) : g_strdup ("–");
}

static void
print_chosen (const Job *job)
{
  const TerraceTrial *chosen = terrace_foresight_get_chosen (job->backtest->foresight);
  const double optimum = terrace_foresight_get_held_back_optimum (job->backtest->foresight);
  g_autofree char *from =
      format_day (job, terrace_foresight_get_held_back_from (job->backtest->foresight));

  if (chosen->share > 0.0)
    terrace_cli_print (_ ("Terrace decided by “%s”, the best on the days held back from %s on "
                          "(%.4f of their optimum)\n"),
                       chosen->nick, from, chosen->cost / optimum);
  else if (optimum > 0.0)
    terrace_cli_print (_ ("Terrace decided by the rule “%s”: nothing learnt was better on "
                          "the days held back from %s on (%.4f of their optimum)\n"),
                       chosen->nick, from, chosen->cost / optimum);
  else
    terrace_cli_print (_ ("Terrace decided by the rule “%s”: there were too few days to learn "
                          "from\n"),
                       chosen->nick);
}

static void
print_bad_lines (const Job *job)
{
  g_autoptr (GString) numbers = g_string_new (NULL);

  if (job->n_bad == 0)
    return;
  for (guint64 i = 0; i < MIN (job->n_bad, TERRACE_HISTORY_BAD_LINES); i++)
    g_string_append_printf (numbers, "%s%" G_GUINT64_FORMAT, i > 0 ? ", " : "", job->bad_lines[i]);
  terrace_cli_warn (ngettext ("%lu line is no row and was left out: %s",
                              "%lu lines are no rows and were left out: %s", (gulong) job->n_bad),
                    (gulong) job->n_bad, numbers->str);
}

static void
print_table (TerraceCli *cli, const Job *job)
{
  static const TerraceCliColumn columns[] = {
    { N_ ("Policy"), FALSE, TRUE },
    { N_ ("Cost"), TRUE, FALSE },
    { N_ ("÷ Optimum"), TRUE, FALSE },
    { N_ ("÷ Tiering"), TRUE, FALSE },
    { N_ ("Moves"), TRUE, FALSE },
    { N_ ("Storage"), TRUE, FALSE },
    { N_ ("Reads"), TRUE, FALSE },
    { N_ ("Moving"), TRUE, FALSE },
    { NULL, FALSE, FALSE },
  };
  const char *currency = terrace_price_sheet_get_currency (job->prices);
  const TerraceBacktest *backtest = job->backtest;
  g_autoptr (TerraceCliTable) table = terrace_cli_table_new (cli, columns);

  for (guint i = 0; i < backtest->n_rows; i++)
    {
      const TerraceBacktestRow *row = &backtest->rows[i];
      const double *terms = row->result.terms;

      terrace_cli_table_take (table, g_strdup (get_label (row)),
                              terrace_format_money (row->result.cost, currency),
                              format_ratio (row->result.cost, backtest->optimum),
                              format_ratio (row->result.cost, backtest->auto_cost),
                              g_strdup_printf ("%" G_GUINT64_FORMAT, row->result.moves),
                              terrace_format_money (terms[TERRACE_REPLAY_STORAGE] +
                                                        terms[TERRACE_REPLAY_MONITORING],
                                                    currency),
                              terrace_format_money (terms[TERRACE_REPLAY_REQUESTS] +
                                                        terms[TERRACE_REPLAY_RETRIEVAL],
                                                    currency),
                              terrace_format_money (terms[TERRACE_REPLAY_TRANSITIONS] +
                                                        terms[TERRACE_REPLAY_EARLY_DELETION] +
                                                        terms[TERRACE_REPLAY_PUTS],
                                                    currency));
    }
  terrace_cli_table_flush (table);
}

static void
print_text (TerraceCli *cli, const Job *job)
{
  const TerraceBacktest *backtest = job->backtest;
  const char *currency = terrace_price_sheet_get_currency (job->prices);
  g_autofree char *begin = format_day (job, 0);
  g_autofree char *split = format_day (job, backtest->split);
  g_autofree char *end = format_day (job, job->history->n_days - 1);
  g_autofree char *optimum = terrace_format_money (backtest->optimum, currency);

  terrace_cli_print (_ ("%u objects from %s to %s; judged from %s on, prices of %s\n\n"),
                     job->history->n_objects, begin, end, split,
                     terrace_price_sheet_get_name (job->prices));
  print_table (cli, job);
  terrace_cli_print (_ ("\nThe cheapest possible in hindsight: %s"), optimum);
  if (backtest->optimum_auto >= 0.0)
    {
      g_autofree char *with = terrace_format_money (backtest->optimum_auto, currency);

      terrace_cli_print (_ ("; %s with %s as one more choice"), with,
                         job->tariff.names[job->tariff.n_classes]);
    }
  terrace_cli_print ("\n");
  print_chosen (job);
}

static void
json_result (JsonBuilder *builder, const TerraceBacktest *backtest, const TerraceBacktestRow *row)
{
  json_builder_begin_object (builder);
  terrace_json_text (builder, "policy", row->nick);
  terrace_json_double (builder, "cost", row->result.cost);
  terrace_json_double (builder, "ratio_to_optimum", row->result.cost / backtest->optimum);
  terrace_json_double (builder, "ratio_to_auto_tiering",
                       backtest->auto_cost > 0.0 ? row->result.cost / backtest->auto_cost : NAN);
  terrace_json_int (builder, "moves", (gint64) row->result.moves);
  terrace_json_double (builder, "wait_s", row->result.wait_s);
  json_builder_set_member_name (builder, "terms");
  json_builder_begin_object (builder);
  for (int term = 0; term < TERRACE_REPLAY_N_TERMS; term++)
    terrace_json_double (builder, terrace_replay_term_get_nick ((TerraceReplayTerm) term),
                         row->result.terms[term]);
  json_builder_end_object (builder);
  json_builder_end_object (builder);
}

static void
json_trials (JsonBuilder *builder, TerraceForesight *foresight)
{
  const GArray *trials = terrace_foresight_get_trials (foresight);
  const double optimum = terrace_foresight_get_held_back_optimum (foresight);

  terrace_json_text (builder, "decided_by", terrace_foresight_get_chosen (foresight)->nick);
  terrace_json_int (builder, "trained_rows", (gint64) terrace_foresight_get_n_trained (foresight));
  json_builder_set_member_name (builder, "held_back");
  json_builder_begin_array (builder);
  for (guint i = 0; i < trials->len; i++)
    {
      const TerraceTrial *trial = &g_array_index (trials, TerraceTrial, i);

      json_builder_begin_object (builder);
      terrace_json_text (builder, "policy", trial->nick);
      terrace_json_double (builder, "cost", trial->cost);
      terrace_json_double (builder, "ratio_to_optimum", trial->cost / optimum);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

static void
print_json (const Job *job)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  const TerraceBacktest *backtest = job->backtest;
  g_autofree char *begin = format_day (job, 0);
  g_autofree char *split = format_day (job, backtest->split);
  g_autofree char *end = format_day (job, job->history->n_days - 1);

  json_builder_begin_object (builder);
  terrace_json_text (builder, "currency", terrace_price_sheet_get_currency (job->prices));
  terrace_json_text (builder, "prices", terrace_price_sheet_get_name (job->prices));
  terrace_json_int (builder, "rows", (gint64) job->n_rows);
  terrace_json_int (builder, "bad_lines", (gint64) job->n_bad);
  terrace_json_int (builder, "objects", job->history->n_objects);
  terrace_json_int (builder, "days", job->history->n_days);
  terrace_json_text (builder, "first_day", begin);
  terrace_json_text (builder, "judged_from", split);
  terrace_json_text (builder, "last_day", end);
  terrace_json_double (builder, "optimum", backtest->optimum);
  terrace_json_double (builder, "optimum_with_auto_tiering",
                       backtest->optimum_auto >= 0.0 ? backtest->optimum_auto : NAN);
  json_trials (builder, backtest->foresight);
  json_builder_set_member_name (builder, "policies");
  json_builder_begin_array (builder);
  for (guint i = 0; i < backtest->n_rows; i++)
    json_result (builder, backtest, &backtest->rows[i]);
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  terrace_cli_json_print (json_builder_get_root (builder));
}

/* --- The command --------------------------------------------------------------------------- */

static gboolean
show_progress_cb (gpointer user_data)
{
  TerraceCli *cli = ((gpointer *) user_data)[0];
  Job *job = ((gpointer *) user_data)[1];
  const int total = g_atomic_int_get (&job->steps_total);

  if (total == 0)
    terrace_cli_progress (cli, _ ("Reading the history…"));
  else
    terrace_cli_progress (cli, _ ("Learning and replaying… %d/%d"),
                          g_atomic_int_get (&job->steps_done), total);
  return G_SOURCE_CONTINUE;
}

static int
run (TerraceCli *cli, Job *job)
{
  g_autoptr (TerraceWorker) worker = terrace_worker_new ("backtest", 1);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GAsyncResult) stopped = NULL;
  g_autoptr (GError) error = NULL;
  gpointer shown[] = { cli, job };
  guint progress_id = g_timeout_add (PROGRESS_MS, show_progress_cb, shown);
  GTask *task = g_task_new (NULL, cli->cancellable, terrace_cli_await_cb, &result);

  g_task_set_task_data (task, job, NULL);
  terrace_worker_queue (worker, G_PRIORITY_DEFAULT, work, task);
  terrace_cli_await (&result);
  terrace_worker_shutdown_async (worker, NULL, terrace_cli_await_cb, &stopped);
  terrace_cli_await (&stopped);
  g_source_remove (progress_id);
  terrace_cli_progress_end (cli);
  print_bad_lines (job);
  if (!g_task_propagate_boolean (G_TASK (result), &error))
    return terrace_cli_fail (error);

  if (cli->json)
    print_json (job);
  else
    print_text (cli, job);
  return TERRACE_CLI_OK;
}

static gboolean
parse_day (const char *text, gint32 *unix_day)
{
  g_autofree char *full = g_strconcat (text, "T00:00:00Z", NULL);
  g_autoptr (GDateTime) time = NULL;

  if (strlen (text) != strlen ("2026-11-22"))
    return FALSE;
  time = g_date_time_new_from_iso8601 (full, NULL);
  if (time == NULL || g_date_time_to_unix (time) < 0)
    return FALSE;
  *unix_day = (gint32) (g_date_time_to_unix (time) / SECONDS_PER_DAY);
  return TRUE;
}

int
terrace_cli_backtest (TerraceCli *cli, int argc, char **argv)
{
  const TerraceCliHelp help = {
    "backtest --history FILE [OPTION…]",
    _ ("Replays a history of accesses day by day under several ways to place data, and shows what "
       "each would have cost beside the cheapest possible in hindsight. Terrace learns from the "
       "first days; all are judged on the rest. FILE is CSV, also packed with gzip, with the "
       "columns unix_time, key, op (PUT, GET, DELETE), size_bytes, bytes, count. No catalogue is "
       "read or made."),
    "  terracectl backtest --history accesses.csv.gz --from 2022-01-01\n"
    "  terracectl backtest --history accesses.csv --prices gcs --json\n",
    TRUE,
  };
  g_autoptr (Job) job = g_new0 (Job, 1);
  g_autofree char *history = NULL;
  g_autofree char *sheet = NULL;
  g_autofree char *from = NULL;
  double size_scale = 1.0;
  double train = DEFAULT_TRAIN;
  gint seed = 1;
  const GOptionEntry entries[] = {
    { "history", 0, 0, G_OPTION_ARG_FILENAME, &history, N_ ("The history to replay"), N_ ("FILE") },
    { "size-scale", 0, 0, G_OPTION_ARG_DOUBLE, &size_scale,
      N_ ("Multiply sizes and bytes by this (1)"), N_ ("N") },
    { "from", 0, 0, G_OPTION_ARG_STRING, &from,
      N_ ("Begin on this day; earlier rows only say what existed"), N_ ("YYYY-MM-DD") },
    { "train", 0, 0, G_OPTION_ARG_DOUBLE, &train, N_ ("Share of the days to learn from (0.6)"),
      N_ ("SHARE") },
    { "prices", 0, 0, G_OPTION_ARG_FILENAME, &sheet,
      N_ ("Price sheet: aws, azure, gcs, local, or a file (aws)"), N_ ("SHEET") },
    { "seed", 0, 0, G_OPTION_ARG_INT, &seed, N_ ("Seed of what is random while learning (1)"),
      N_ ("N") },
    { NULL },
  };
  g_auto (GStrv) arguments = NULL;
  int status;

  if (!terrace_cli_parse (cli, &help, entries, argc, argv, &arguments, &status))
    return status;
  if (arguments[0] != NULL)
    return terrace_cli_misuse ("backtest", _ ("'%s' is too much"), arguments[0]);
  if (history == NULL)
    return terrace_cli_misuse ("backtest", _ ("Say which history: --history FILE"));
  if (!(size_scale > 0.0 && size_scale <= 1e9))
    return terrace_cli_misuse ("backtest", _ ("--size-scale must be above 0, 1000000000 at most"));
  if (!(train > 0.0 && train < 1.0))
    return terrace_cli_misuse ("backtest", _ ("--train must be between 0 and 1"));
  if (seed < 0)
    return terrace_cli_misuse ("backtest", _ ("--seed must not be negative"));

  job->from_unix_day = G_MININT32;
  if (from != NULL && !parse_day (from, &job->from_unix_day))
    return terrace_cli_misuse ("backtest", _ ("'%s' is no day: write it as 2026-11-22"), from);
  job->history_path = g_steal_pointer (&history);
  job->sheet = sheet != NULL ? g_steal_pointer (&sheet) : g_strdup (DEFAULT_SHEET);
  job->size_scale = size_scale;
  job->options = (TerraceBacktestOptions){ train, (guint) seed };
  return run (cli, job);
}
