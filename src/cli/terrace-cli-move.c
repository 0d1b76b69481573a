/* SPDX-License-Identifier: GPL-3.0-or-later */

/* terracectl move: moves objects where a person wants them, and steers moves that exist. Runs on
 * the main thread. */

#include "config.h"

#include "cli/terrace-cli-common.h"
#include "cli/terrace-cli-output.h"

#include <glib/gi18n-lib.h>

#define PAGE_ROWS 500

/* What the options ask for; one of them at most. */
typedef enum
{
  MODE_MOVE,
  MODE_CONTINUE,
  MODE_PAUSE,
  MODE_RESUME,
  MODE_CANCEL,
  MODE_RETRY,
  MODE_COMMIT,
} Mode;

typedef struct
{
  gboolean modes[MODE_COMMIT + 1];
  char *to;
  char *class_id;
  int priority;
  gboolean copy;
  gboolean hold;
  gboolean queue_only;
} MoveOptions;

static void
move_options_clear (MoveOptions *self)
{
  g_clear_pointer (&self->to, g_free);
  g_clear_pointer (&self->class_id, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MoveOptions, move_options_clear)

static gboolean
find_mode (const MoveOptions *options, Mode *mode)
{
  guint n_modes = 0;

  *mode = MODE_MOVE;
  for (guint i = MODE_CONTINUE; i <= MODE_COMMIT; i++)
    if (options->modes[i])
      {
        *mode = i;
        n_modes++;
      }
  return n_modes <= 1;
}

static gboolean
control_move (TerraceCli *cli, gint64 move_id, TerraceMoveAction action)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  terrace_engine_control_move_async (cli->engine, move_id, action, cli->cancellable,
                                     terrace_cli_await_cb, &result);
  terrace_cli_await (&result);
  if (terrace_engine_control_move_finish (cli->engine, result, &error))
    return TRUE;

  terrace_cli_fail (error);
  return FALSE;
}

/* Pause and cancel are asked of whoever carries the move out; the others put it back to work. */
static int
control (TerraceCli *cli, Mode mode, char **arguments, gboolean queue_only)
{
  static const TerraceMoveAction actions[] = {
    [MODE_PAUSE] = TERRACE_MOVE_ACTION_PAUSE,   [MODE_RESUME] = TERRACE_MOVE_ACTION_RESUME,
    [MODE_CANCEL] = TERRACE_MOVE_ACTION_CANCEL, [MODE_RETRY] = TERRACE_MOVE_ACTION_RETRY,
    [MODE_COMMIT] = TERRACE_MOVE_ACTION_COMMIT,
  };
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  gboolean all = TRUE;
  int status;

  for (guint i = 0; arguments[i] != NULL; i++)
    {
      gint64 id;

      if (!terrace_cli_parse_id ("move", arguments[i], &id))
        return TERRACE_CLI_MISUSED;
      g_array_append_val (ids, id);
    }
  if (ids->len == 0)
    return terrace_cli_misuse ("move",
                               _ ("Name at least one move ('terracectl status' lists them)"));
  if (!terrace_cli_open (cli, mode != MODE_PAUSE && !queue_only))
    return TERRACE_CLI_FAILED;

  for (guint i = 0; i < ids->len;)
    {
      if (control_move (cli, g_array_index (ids, gint64, i), actions[mode]))
        {
          i++;
          continue;
        }
      g_array_remove_index (ids, i);
      all = FALSE;
    }
  if (mode == MODE_PAUSE || queue_only)
    return all ? TERRACE_CLI_OK : TERRACE_CLI_FAILED;
  status = terrace_cli_carry_out (cli, ids);
  return all ? status : TERRACE_CLI_FAILED;
}

static int
continue_all (TerraceCli *cli)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GError) error = NULL;
  gint64 before_id = 0;

  if (!terrace_cli_open (cli, TRUE))
    return TERRACE_CLI_FAILED;

  for (;;)
    {
      g_autoptr (GPtrArray) page = NULL;

      page = terrace_cli_read_moves (cli, 0, before_id, PAGE_ROWS, &error);
      if (page == NULL)
        return terrace_cli_fail (error);
      if (page->len == 0)
        break;
      for (guint i = 0; i < page->len; i++)
        {
          TerraceMove *move = g_ptr_array_index (page, i);

          before_id = move->id;
          if (move->state != TERRACE_MOVE_PAUSED)
            g_array_append_val (ids, move->id);
        }
    }
  if (ids->len == 0 && !cli->json)
    terrace_cli_print (_ ("No move waits\n"));
  return terrace_cli_carry_out (cli, ids);
}

static gboolean
check_class (TerraceCli *cli, TerraceLocation *location, const char *class_id)
{
  if (class_id == NULL || g_strv_contains ((const char *const *) location->class_ids, class_id))
    return TRUE;

  terrace_cli_misuse ("move", _ ("'%s' does not offer the class '%s'"), location->name, class_id);
  return FALSE;
}

static int
move (TerraceCli *cli, char **names, const MoveOptions *options)
{
  g_autoptr (GPtrArray) items = NULL;
  g_autoptr (GArray) item_ids = NULL;
  g_autoptr (GArray) move_ids = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  TerraceLocation *location;
  TerraceMoveOptions move_options;

  if (!terrace_cli_open (cli, !options->queue_only))
    return TERRACE_CLI_FAILED;
  location = terrace_engine_find_location (cli->engine, options->to);
  if (location == NULL)
    return terrace_cli_misuse ("move",
                               _ ("There is no location '%s' ('terracectl location list' names "
                                  "them)"),
                               options->to);
  if (!check_class (cli, location, options->class_id))
    return TERRACE_CLI_MISUSED;
  items = terrace_cli_find_items (cli, names);
  if (items == NULL)
    return TERRACE_CLI_FAILED;

  item_ids = terrace_cli_item_ids (items);
  move_options = (TerraceMoveOptions){ .dest_location_id = location->id,
                                       .class_id = options->class_id,
                                       .priority = options->priority,
                                       .keep_source = options->copy,
                                       .hold = options->hold };
  terrace_engine_move_async (cli->engine, (const gint64 *) item_ids->data, item_ids->len,
                             &move_options, cli->cancellable, terrace_cli_await_cb, &result);
  terrace_cli_await (&result);
  move_ids = terrace_engine_move_finish (cli->engine, result, &error);
  if (move_ids == NULL)
    return terrace_cli_fail (error);

  if (!options->queue_only)
    return terrace_cli_carry_out (cli, move_ids);
  terrace_cli_print (ngettext ("%u move waits; 'terracectl move --continue' carries it out\n",
                               "%u moves wait; 'terracectl move --continue' carries them out\n",
                               move_ids->len),
                     move_ids->len);
  return TERRACE_CLI_OK;
}

static int
dispatch (TerraceCli *cli, char **arguments, const MoveOptions *options)
{
  Mode mode;

  if (!find_mode (options, &mode))
    return terrace_cli_misuse ("move", _ ("Only one of --continue, --pause, --resume, --cancel, "
                                          "--retry and --commit"));
  if (mode != MODE_MOVE && (options->to != NULL || options->class_id != NULL || options->copy ||
                            options->hold || options->priority != 0))
    return terrace_cli_misuse ("move", _ ("--to, --class, --copy, --hold and --priority are for "
                                          "new moves only"));
  if (mode == MODE_CONTINUE && arguments[0] != NULL)
    return terrace_cli_misuse ("move",
                               _ ("--continue carries out all that waits; '%s' is too much"),
                               arguments[0]);
  if (mode == MODE_CONTINUE)
    return continue_all (cli);
  if (mode != MODE_MOVE)
    return control (cli, mode, arguments, options->queue_only);

  if (arguments[0] == NULL)
    return terrace_cli_misuse ("move", _ ("Name at least one object"));
  if (options->to == NULL)
    return terrace_cli_misuse ("move", _ ("Say where to: --to LOCATION"));
  return move (cli, arguments, options);
}

int
terrace_cli_move (TerraceCli *cli, int argc, char **argv)
{
  const TerraceCliHelp help = {
    "move [OPTION…] [OBJECT… --to LOCATION | MOVE…]",
    _ ("Moves objects to another location and waits until they are there. The copy is verified "
       "before the source is deleted; interrupting is safe, the next --continue goes on. With "
       "--pause, --resume, --cancel, --retry or --commit it steers moves, named by the numbers "
       "that 'terracectl status' shows."),
    "  terracectl move 42 ~/Videos/take-3.mov --to Cold\n"
    "  terracectl move 42 --to Archive --hold\n"
    "  terracectl move --commit 7\n"
    "  terracectl move --continue\n",
    TRUE,
  };
  g_auto (MoveOptions) options = { 0 };
  GOptionEntry entries[] = {
    { "to", 't', 0, G_OPTION_ARG_FILENAME, &options.to, N_ ("Where to"), N_ ("LOCATION") },
    { "class", 'c', 0, G_OPTION_ARG_FILENAME, &options.class_id,
      N_ ("The storage class there, if it has several"), N_ ("CLASS") },
    { "copy", 0, 0, G_OPTION_ARG_NONE, &options.copy, N_ ("Keep the source as a second copy"),
      NULL },
    { "hold", 0, 0, G_OPTION_ARG_NONE, &options.hold,
      N_ ("Stop when the copy is verified, before the source is deleted"), NULL },
    { "priority", 'p', 0, G_OPTION_ARG_INT, &options.priority, N_ ("Higher goes first (0)"),
      N_ ("N") },
    { "queue-only", 0, 0, G_OPTION_ARG_NONE, &options.queue_only,
      N_ ("Do not wait: leave the work to --continue or a running Terrace"), NULL },
    { "continue", 0, 0, G_OPTION_ARG_NONE, &options.modes[MODE_CONTINUE],
      N_ ("Carry out every move that waits or was interrupted"), NULL },
    { "pause", 0, 0, G_OPTION_ARG_NONE, &options.modes[MODE_PAUSE], N_ ("Pause moves"), NULL },
    { "resume", 0, 0, G_OPTION_ARG_NONE, &options.modes[MODE_RESUME], N_ ("Resume paused moves"),
      NULL },
    { "cancel", 0, 0, G_OPTION_ARG_NONE, &options.modes[MODE_CANCEL],
      N_ ("Cancel moves; the source stays as it is"), NULL },
    { "retry", 0, 0, G_OPTION_ARG_NONE, &options.modes[MODE_RETRY], N_ ("Try failed moves again"),
      NULL },
    { "commit", 0, 0, G_OPTION_ARG_NONE, &options.modes[MODE_COMMIT], N_ ("Finish held moves"),
      NULL },
    { NULL },
  };
  g_auto (GStrv) arguments = NULL;
  int status;

  if (!terrace_cli_parse (cli, &help, entries, argc, argv, &arguments, &status))
    return status;
  return dispatch (cli, arguments, &options);
}
