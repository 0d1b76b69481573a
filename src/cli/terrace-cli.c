/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The program terracectl: finds the command, runs it, and turns what happened into an exit status.
 * Everything here and in the commands runs on the main thread. */

#include "config.h"

#include "cli/terrace-cli.h"
#include "cli/terrace-cli-common.h"
#include "cli/terrace-cli-output.h"

#include <glib/gi18n-lib.h>
#include <glib-unix.h>
#include <locale.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <unistd.h>

static const TerraceCliCommand commands[] = {
  { "add", N_ ("Register files and folders"), terrace_cli_add },
  { "list", N_ ("List registered objects"), terrace_cli_list },
  { "show", N_ ("Show one object: bill, reason, copies, history"), terrace_cli_show },
  { "access", N_ ("Record that objects were used"), terrace_cli_access },
  { "plan", N_ ("Work out where every object should lie"), terrace_cli_plan },
  { "move", N_ ("Move objects, or steer moves"), terrace_cli_move },
  { "status", N_ ("Show moves and totals"), terrace_cli_status },
  { "transfers", N_ ("Show moves under way, and limit them"), terrace_cli_transfers },
  { "orphans", N_ ("Find uploads that nobody finished"), terrace_cli_orphans },
  { "undo", N_ ("Take moves back"), terrace_cli_undo },
  { "verify", N_ ("Compare objects with their checksums"), terrace_cli_verify },
  { "forget", N_ ("Unregister objects; the files stay"), terrace_cli_forget },
  { "location", N_ ("List, add, remove and probe locations"), terrace_cli_location },
  { "policy", N_ ("Show or change what placement has to respect"), terrace_cli_policy },
  { "stream", N_ ("Listen to events about data, show them, hand some in"), terrace_cli_stream },
  { "alerts", N_ ("Show alerts and the rules they come from"), terrace_cli_alerts },
  { "export", N_ ("Write objects, plan, moves, events, alerts or costs as CSV"),
    terrace_cli_export },
  { "import", N_ ("Count the accesses that logs tell of"), terrace_cli_import },
  { "train", N_ ("Learn how objects are used"), terrace_cli_train },
  { "predict", N_ ("Foresee where objects will belong"), terrace_cli_predict },
  { "forecast", N_ ("Foresee how much an object will be read"), terrace_cli_forecast },
  { "why", N_ ("Say what speaks for a place, and what moves were worth"), terrace_cli_why },
  { "backtest", N_ ("Compare ways to place data on a past history"), terrace_cli_backtest },
  { "serve", N_ ("Answer REST and WebSocket requests of this machine"), terrace_cli_serve },
  { "tour", N_ ("Try everything on temporary files"), terrace_cli_tour },
  { NULL, NULL, NULL },
};

static void
print_help (void)
{
  terrace_cli_print ("%s\n  terracectl %s\n\n%s\n\n%s\n", _ ("Usage:"),
                     _ ("[--data-dir DIR] COMMAND [ARGUMENT…]"),
                     _ ("Knows where data lies, what it costs there, how hot it is and where it "
                        "should be,\nand moves it there without losing a byte."),
                     _ ("Commands:"));
  for (const TerraceCliCommand *command = commands; command->name != NULL; command++)
    terrace_cli_print ("  %-10s %s\n", command->name, _ (command->summary));
  terrace_cli_print ("\n%s\n%s\n%s\n%s\n\n%s\n", _ ("Options:"),
                     _ ("  --data-dir DIR  The folder that holds the catalogue (or set "
                        "TERRACE_DATA_DIR)"),
                     _ ("  --version       Show the version"),
                     _ ("  --help          Show this help"),
                     _ ("'terracectl COMMAND --help' explains a command; 'terracectl tour' shows "
                        "them all at work."));
}

static gboolean
stop_cb (TerraceCli *cli, int signal_number)
{
  cli->stop_signal = signal_number;
  g_cancellable_cancel (cli->cancellable);

  /* A second one of the same kind ends the program at once: nothing is lost by that either. */
  for (guint i = 0; i < G_N_ELEMENTS (cli->signal_sources); i++)
    g_clear_handle_id (&cli->signal_sources[i], g_source_remove);

  return G_SOURCE_REMOVE;
}

static gboolean
interrupt_cb (gpointer user_data)
{
  return stop_cb (user_data, SIGINT);
}

static gboolean
terminate_cb (gpointer user_data)
{
  return stop_cb (user_data, SIGTERM);
}

static gboolean
hang_up_cb (gpointer user_data)
{
  return stop_cb (user_data, SIGHUP);
}

static void
cli_init (TerraceCli *cli)
{
  struct winsize size = { 0 };

  *cli = (TerraceCli){ .cancellable = g_cancellable_new () };
  cli->signal_sources[0] = g_unix_signal_add (SIGINT, interrupt_cb, cli);
  cli->signal_sources[1] = g_unix_signal_add (SIGTERM, terminate_cb, cli);
  cli->signal_sources[2] = g_unix_signal_add (SIGHUP, hang_up_cb, cli);
  cli->shows_progress = isatty (STDERR_FILENO);
  if (isatty (STDOUT_FILENO))
    {
      cli->columns = 80;
      if (ioctl (STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= 40)
        cli->columns = size.ws_col;
    }
}

static void
cli_clear (TerraceCli *cli)
{
  for (guint i = 0; i < G_N_ELEMENTS (cli->signal_sources); i++)
    g_clear_handle_id (&cli->signal_sources[i], g_source_remove);
  g_clear_object (&cli->cancellable);
  g_clear_pointer (&cli->data_dir, g_free);
}

/* "help", "help list", "--help". */
static int
run_help (TerraceCli *cli, int argc, char **argv)
{
  const TerraceCliCommand *command;
  char *arguments[] = { NULL, (char *) "--help", NULL };

  if (argc < 2 || g_str_has_prefix (argv[1], "-"))
    {
      print_help ();
      return TERRACE_CLI_OK;
    }

  command = terrace_cli_command_find (commands, argv[1]);
  if (command == NULL)
    return terrace_cli_misuse (NULL, _ ("There is no command '%s'"), argv[1]);
  arguments[0] = argv[1];
  return command->run (cli, 2, arguments);
}

/* Takes what stands before the command; returns its index, or 0 if there is none. */
static int
take_global_options (TerraceCli *cli, int argc, char **argv, int *status)
{
  int i;

  *status = TERRACE_CLI_OK;
  for (i = 1; i < argc && argv[i][0] == '-'; i++)
    {
      if (g_str_equal (argv[i], "--version"))
        {
          terrace_cli_print ("terracectl %s\n", TERRACE_VERSION);
          return 0;
        }
      if (g_str_equal (argv[i], "--help") || g_str_equal (argv[i], "-h"))
        {
          print_help ();
          return 0;
        }
      if (g_str_has_prefix (argv[i], "--data-dir="))
        {
          g_free (cli->data_dir);
          cli->data_dir = g_strdup (argv[i] + strlen ("--data-dir="));
        }
      else if (g_str_equal (argv[i], "--data-dir") && i + 1 < argc)
        {
          g_free (cli->data_dir);
          cli->data_dir = g_strdup (argv[++i]);
        }
      else
        {
          *status = terrace_cli_misuse (NULL, _ ("Unknown or incomplete option '%s'"), argv[i]);
          return 0;
        }
    }

  if (i < argc)
    return i;
  print_help ();
  *status = TERRACE_CLI_MISUSED;
  return 0;
}

static int
run (TerraceCli *cli, int argc, char **argv)
{
  const TerraceCliCommand *command;
  int status;
  int first;

  first = take_global_options (cli, argc, argv, &status);
  if (first == 0)
    return status;
  argc -= first;
  argv += first;

  if (g_str_equal (argv[0], "help"))
    return run_help (cli, argc, argv);
  command = terrace_cli_command_find (commands, argv[0]);
  if (command == NULL)
    return terrace_cli_misuse (NULL, _ ("There is no command '%s'"), argv[0]);

  status = command->run (cli, argc, argv);
  terrace_cli_progress_end (cli);
  if (!terrace_cli_close (cli) && status == TERRACE_CLI_OK)
    status = TERRACE_CLI_FAILED;
  return status;
}

int
terrace_cli_main (int argc, char **argv)
{
  TerraceCli cli;
  int status;

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, TERRACE_LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  g_set_prgname ("terracectl");
  /* A reader that leaves is seen when writing fails; a move is not broken off for it. */
  signal (SIGPIPE, SIG_IGN);

  cli_init (&cli);
  status = terrace_cli_output_finish (run (&cli, argc, argv));
  if (cli.stop_signal != 0)
    status = 128 + cli.stop_signal;
  cli_clear (&cli);

  return status;
}
