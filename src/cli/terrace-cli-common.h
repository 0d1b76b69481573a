/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/terrace-units.h"
#include "engine/terrace-engine.h"

/* What the commands share: the state of the run, options, the engine, waiting, errors. */

G_BEGIN_DECLS

/* What a command returns, and with it the program. */
typedef enum
{
  TERRACE_CLI_OK = 0,
  TERRACE_CLI_FAILED = 1,
  TERRACE_CLI_MISUSED = 2,
} TerraceCliStatus;

/**
 * TerraceCli:
 * One run of the program.
 * @data_dir: (nullable) (type filename): as given with --data-dir
 * @json: write JSON instead of text
 * @cancellable: cancelled by SIGINT, SIGTERM and SIGHUP
 * @stop_signal: which of them came, 0
 * @engine: (nullable): after terrace_cli_open()
 * @ignores_own_prices: only the sheets that came with the program
 * @columns: width of the terminal, 0 when standard output is none
 */
typedef struct
{
  char *data_dir;
  gboolean json;
  GCancellable *cancellable;
  int stop_signal;
  guint signal_sources[3];
  TerraceEngine *engine;
  gboolean ignores_own_prices;
  int columns;
  gboolean shows_progress;
  gint64 progress_us;
} TerraceCli;

/**
 * TerraceCliHelp:
 * What --help says of a command.
 * @usage: the line after "terracectl ", "list [OPTION…]"
 * @description: translated
 * @examples: command lines, each indented and ended by a newline
 * @has_json: takes --json
 */
typedef struct
{
  const char *usage;
  const char *description;
  const char *examples;
  gboolean has_json;
} TerraceCliHelp;

/* A command (or a verb of one), in a table that ends with a %NULL name. */
typedef struct
{
  const char *name;
  const char *summary;
  int (*run) (TerraceCli *cli, int argc, char **argv);
} TerraceCliCommand;

/* (transfer none) (nullable) */
const TerraceCliCommand *terrace_cli_command_find (const TerraceCliCommand *table,
                                                   const char *name);

/**
 * terrace_cli_parse:
 * @entries: (nullable): the command's own options; --help, --data-dir and --json come on top
 * @arguments: (out) (array zero-terminated=1): what is not an option, bytes as they were given;
 *   never %NULL
 * @status: (out): the exit status when this returns %FALSE
 *
 * Returns: %FALSE when the command has nothing left to do: help was shown, or an option was wrong
 */
gboolean terrace_cli_parse (TerraceCli *cli,
                            const TerraceCliHelp *help,
                            const GOptionEntry *entries,
                            int argc,
                            char **argv,
                            char ***arguments,
                            int *status);

/* Says what was wrong with the call of @command ("list") and where to read; returns MISUSED. */
int terrace_cli_misuse (const char *command, const char *format, ...) G_GNUC_PRINTF (2, 3);

/* Writes "terracectl: MESSAGE" to standard error unless @error is a cancellation; returns FAILED.
 */
int terrace_cli_fail (const GError *error);
void terrace_cli_warn (const char *format, ...) G_GNUC_PRINTF (1, 2);

/* A GAsyncReadyCallback whose user data is a GAsyncResult pointer, and the wait for it: the one
 * place of the project, tests apart, that turns the main context by hand. */
void terrace_cli_await_cb (GObject *source, GAsyncResult *result, gpointer user_data);
void terrace_cli_await (GAsyncResult **result);

/* Opens the engine of the chosen data folder; says why it could not. Closing halts the moves that
 * are under way. */
gboolean terrace_cli_open (TerraceCli *cli, gboolean run_moves);
gboolean terrace_cli_close (TerraceCli *cli);

/* The currency and class of the engine's sheets, for display. (transfer full) */
char *terrace_cli_format_money (TerraceCli *cli, gint64 nanos);
/* (transfer none): the class's name for people, its id when no sheet has it. */
const char *terrace_cli_class_name (TerraceCli *cli, const char *class_id);
/* (transfer none): "?" when it is gone. */
const char *terrace_cli_location_name (TerraceCli *cli, gint64 location_id);

/* (transfer full) (element-type TerraceItem) (nullable): %NULL after saying which is not known. */
GPtrArray *terrace_cli_find_items (TerraceCli *cli, char **names);
/* (transfer full): the ids of @items. */
GArray *terrace_cli_item_ids (GPtrArray *items);
/* Reads a positive id; says so and returns %FALSE if @text is none. */
gboolean terrace_cli_parse_id (const char *command, const char *text, gint64 *id);

/* Reading the catalogue, page by page. (transfer full) (nullable) */
GPtrArray *terrace_cli_read_items (TerraceCli *cli,
                                   const TerraceItemFilter *filter,
                                   TerraceItemSort sort,
                                   gboolean descending,
                                   TerraceItem *after,
                                   guint limit,
                                   GError **error);
GPtrArray *
terrace_cli_read_moves (TerraceCli *cli, int final, gint64 before_id, guint limit, GError **error);
TerraceMove *terrace_cli_read_move (TerraceCli *cli, gint64 move_id, GError **error);

/**
 * terrace_cli_carry_out:
 * @move_ids: (element-type gint64): queued just now
 *
 * Waits until no work is left on them, with progress on a terminal, and reports. The engine must
 * have been opened to run moves.
 *
 * Returns: the exit status: FAILED if one of them failed
 */
int terrace_cli_carry_out (TerraceCli *cli, GArray *move_ids);

/* The options that list and export share. */
typedef struct
{
  char *tier;
  char *temperature;
  char *location;
  char *search;
  char *sort;
  gboolean reverse;
} TerraceCliFilter;

#define TERRACE_CLI_FILTER_ENTRIES(f)                                                       \
  { "tier",     't',                                                                        \
    0,          G_OPTION_ARG_FILENAME,                                                      \
    &(f).tier,  N_ ("Only objects on this tier: hot, warm, cold, archive"),                 \
    N_ ("TIER") },                                                                          \
      { "temperature",                                                                      \
        'T',                                                                                \
        0,                                                                                  \
        G_OPTION_ARG_FILENAME,                                                              \
        &(f).temperature,                                                                   \
        N_ ("Only objects of this temperature: unknown, hot, warm, cold"),                  \
        N_ ("TEMPERATURE") },                                                               \
      { "location",                                                                         \
        'l',                                                                                \
        0,                                                                                  \
        G_OPTION_ARG_FILENAME,                                                              \
        &(f).location,                                                                      \
        N_ ("Only objects in this location"),                                               \
        N_ ("LOCATION") },                                                                  \
      { "search",    's',                                                                   \
        0,           G_OPTION_ARG_FILENAME,                                                 \
        &(f).search, N_ ("Only objects whose name has all of these words"),                 \
        N_ ("WORDS") },                                                                     \
      { "sort",                                                                             \
        'S',                                                                                \
        0,                                                                                  \
        G_OPTION_ARG_FILENAME,                                                              \
        &(f).sort,                                                                          \
        N_ ("Order by id, name, size, temperature, tier, location, class, access, cost or " \
            "saving"),                                                                      \
        N_ ("COLUMN") },                                                                    \
  {                                                                                         \
    "reverse", 'r', 0, G_OPTION_ARG_NONE, &(f).reverse, N_ ("Turn the order round"), NULL   \
  }

void terrace_cli_filter_clear (TerraceCliFilter *self);
/* Says which option was wrong and returns %FALSE. @filter must be initialised. */
gboolean terrace_cli_filter_apply (TerraceCli *cli,
                                   const char *command,
                                   const TerraceCliFilter *self,
                                   TerraceItemFilter *filter,
                                   TerraceItemSort *sort);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TerraceCliFilter, terrace_cli_filter_clear)

/* The commands, one file each. */
int terrace_cli_add (TerraceCli *cli, int argc, char **argv);
int terrace_cli_list (TerraceCli *cli, int argc, char **argv);
int terrace_cli_show (TerraceCli *cli, int argc, char **argv);
int terrace_cli_access (TerraceCli *cli, int argc, char **argv);
int terrace_cli_plan (TerraceCli *cli, int argc, char **argv);
int terrace_cli_move (TerraceCli *cli, int argc, char **argv);
int terrace_cli_status (TerraceCli *cli, int argc, char **argv);
int terrace_cli_orphans (TerraceCli *cli, int argc, char **argv);
int terrace_cli_transfers (TerraceCli *cli, int argc, char **argv);
int terrace_cli_undo (TerraceCli *cli, int argc, char **argv);
int terrace_cli_verify (TerraceCli *cli, int argc, char **argv);
int terrace_cli_forget (TerraceCli *cli, int argc, char **argv);
int terrace_cli_location (TerraceCli *cli, int argc, char **argv);
int terrace_cli_policy (TerraceCli *cli, int argc, char **argv);
int terrace_cli_stream (TerraceCli *cli, int argc, char **argv);
int terrace_cli_alerts (TerraceCli *cli, int argc, char **argv);
int terrace_cli_export (TerraceCli *cli, int argc, char **argv);
int terrace_cli_backtest (TerraceCli *cli, int argc, char **argv);
int terrace_cli_serve (TerraceCli *cli, int argc, char **argv);
int terrace_cli_import (TerraceCli *cli, int argc, char **argv);
int terrace_cli_train (TerraceCli *cli, int argc, char **argv);
int terrace_cli_predict (TerraceCli *cli, int argc, char **argv);
int terrace_cli_forecast (TerraceCli *cli, int argc, char **argv);
int terrace_cli_why (TerraceCli *cli, int argc, char **argv);
int terrace_cli_tour (TerraceCli *cli, int argc, char **argv);

G_END_DECLS
