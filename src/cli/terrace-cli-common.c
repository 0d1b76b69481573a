/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Options, waiting, the engine's life and error messages, the same for every command. Runs on the
 * main thread. */

#include "config.h"

#include "cli/terrace-cli-common.h"
#include "cli/terrace-cli-output.h"
#include "base/terrace-error.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>

#define HELP_COLUMNS 78

const TerraceCliCommand *
terrace_cli_command_find (const TerraceCliCommand *table, const char *name)
{
  for (; table->name != NULL; table++)
    if (g_str_equal (table->name, name))
      return table;

  return NULL;
}

/* (transfer full): @text broken at spaces; GLib prints a summary as it is. */
static char *
wrap_text (const char *text)
{
  g_auto (GStrv) words = g_strsplit (text, " ", -1);
  GString *wrapped = g_string_new (NULL);
  glong column = 0;

  for (guint i = 0; words[i] != NULL; i++)
    {
      glong length = g_utf8_strlen (words[i], -1);

      if (column > 0 && column + 1 + length > HELP_COLUMNS)
        {
          g_string_append_c (wrapped, '\n');
          column = 0;
        }
      else if (column > 0)
        {
          g_string_append_c (wrapped, ' ');
          column++;
        }
      g_string_append (wrapped, words[i]);
      column += length;
    }
  return g_string_free (wrapped, FALSE);
}

static GOptionContext *
context_new (TerraceCli *cli,
             const TerraceCliHelp *help,
             const GOptionEntry *entries,
             gboolean *wants_help,
             char ***arguments)
{
  GOptionEntry json[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &cli->json, N_ ("Write JSON"), NULL },
    { NULL },
  };
  GOptionEntry common[] = {
    { "data-dir", 0, 0, G_OPTION_ARG_FILENAME, &cli->data_dir,
      N_ ("The folder that holds the catalogue"), N_ ("DIR") },
    { "help", 'h', 0, G_OPTION_ARG_NONE, wants_help, N_ ("Show this help"), NULL },
    { G_OPTION_REMAINING, 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_FILENAME_ARRAY, arguments, NULL,
      NULL },
    { NULL },
  };
  g_autofree char *summary = wrap_text (help->description);
  g_autofree char *description = NULL;
  GOptionContext *context;

  context = g_option_context_new (NULL);
  /* GLib's own --help leaves the program from inside the parser. */
  g_option_context_set_help_enabled (context, FALSE);
  g_option_context_set_translation_domain (context, GETTEXT_PACKAGE);
  g_option_context_set_summary (context, summary);
  description = g_strdup_printf ("%s\n%s", _ ("Examples:"), help->examples);
  g_option_context_set_description (context, description);
  if (entries != NULL)
    g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  if (help->has_json)
    g_option_context_add_main_entries (context, json, GETTEXT_PACKAGE);
  g_option_context_add_main_entries (context, common, GETTEXT_PACKAGE);

  return context;
}

/* GLib's first help line names the program but not the command. */
static void
print_context_help (GOptionContext *context, const TerraceCliHelp *help)
{
  g_autofree char *text = g_option_context_get_help (context, TRUE, NULL);
  const char *rest = strstr (text, "\n\n");

  terrace_cli_print ("%s\n  terracectl %s%s", _ ("Usage:"), help->usage,
                     rest != NULL ? rest : "\n");
}

static char *
usage_command (const TerraceCliHelp *help)
{
  const char *end = help->usage;

  while (g_ascii_islower (*end) || (*end == ' ' && g_ascii_islower (end[1])))
    end++;
  return g_strndup (help->usage, (gsize) (end - help->usage));
}

gboolean
terrace_cli_parse (TerraceCli *cli,
                   const TerraceCliHelp *help,
                   const GOptionEntry *entries,
                   int argc,
                   char **argv,
                   char ***arguments,
                   int *status)
{
  gboolean wants_help = FALSE;
  g_autofree char *command = usage_command (help);
  g_autofree char **copy = g_memdup2 (argv, ((gsize) argc + 1) * sizeof (char *));
  char **shrunk = copy;
  g_autoptr (GOptionContext) context = NULL;
  g_autoptr (GError) error = NULL;

  *arguments = NULL;
  context = context_new (cli, help, entries, &wants_help, arguments);
  if (!g_option_context_parse (context, &argc, &shrunk, &error))
    {
      *status = terrace_cli_misuse (command, "%s", error->message);
      return FALSE;
    }
  if (wants_help)
    {
      print_context_help (context, help);
      g_clear_pointer (arguments, g_strfreev);
      *status = TERRACE_CLI_OK;
      return FALSE;
    }
  if (*arguments == NULL)
    *arguments = g_new0 (char *, 1);

  return TRUE;
}

int
terrace_cli_misuse (const char *command, const char *format, ...)
{
  g_autofree char *message = NULL;
  g_autofree char *safe = NULL;
  va_list args;

  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);
  safe = terrace_cli_safe (message);

  fprintf (stderr, "terracectl: %s\n", safe);
  if (command != NULL)
    fprintf (stderr, _ ("Try 'terracectl %s --help'.\n"), command);
  else
    fputs (_ ("Try 'terracectl --help'.\n"), stderr);
  return TERRACE_CLI_MISUSED;
}

int
terrace_cli_fail (const GError *error)
{
  g_autofree char *safe = NULL;

  if (!terrace_error_is_cancelled (error))
    {
      safe = terrace_cli_safe (error->message);
      fprintf (stderr, "terracectl: %s\n", safe);
    }
  return TERRACE_CLI_FAILED;
}

void
terrace_cli_warn (const char *format, ...)
{
  g_autofree char *message = NULL;
  g_autofree char *safe = NULL;
  va_list args;

  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);
  safe = terrace_cli_safe (message);
  fprintf (stderr, "terracectl: %s\n", safe);
}

void
terrace_cli_await_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GAsyncResult **slot = user_data;

  *slot = g_object_ref (result);
}

void
terrace_cli_await (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
}

gboolean
terrace_cli_open (TerraceCli *cli, gboolean run_moves)
{
  g_autofree char *data_dir = NULL;
  g_auto (GStrv) price_dirs = terrace_engine_default_price_dirs ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  TerraceEngineOptions options = { 0 };

  g_assert (cli->engine == NULL);

  data_dir = cli->data_dir != NULL ? g_canonicalize_filename (cli->data_dir, NULL) :
                                     terrace_engine_default_data_dir ();
  if (cli->ignores_own_prices && price_dirs[0] != NULL)
    g_clear_pointer (&price_dirs[1], g_free);
  options.data_dir = data_dir;
  options.price_dirs = (const char *const *) price_dirs;
  options.run_moves = run_moves;
  terrace_engine_open_async (&options, cli->cancellable, terrace_cli_await_cb, &result);
  terrace_cli_await (&result);
  cli->engine = terrace_engine_open_finish (result, &error);
  if (cli->engine == NULL)
    terrace_cli_fail (error);

  return cli->engine != NULL;
}

gboolean
terrace_cli_close (TerraceCli *cli)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  gboolean closed;

  if (cli->engine == NULL)
    return TRUE;

  terrace_engine_close_async (cli->engine, NULL, terrace_cli_await_cb, &result);
  terrace_cli_await (&result);
  closed = terrace_engine_close_finish (cli->engine, result, &error);
  if (!closed)
    terrace_cli_fail (error);
  g_clear_object (&result);
  g_clear_object (&cli->engine);

  return closed;
}

char *
terrace_cli_format_money (TerraceCli *cli, gint64 nanos)
{
  return terrace_format_money (terrace_money_from_nanos (nanos),
                               terrace_engine_get_currency (cli->engine));
}

const char *
terrace_cli_class_name (TerraceCli *cli, const char *class_id)
{
  TerraceStorageClass *storage_class = NULL;

  if (class_id == NULL)
    return "";
  storage_class = terrace_engine_find_class (cli->engine, class_id);
  return storage_class != NULL ? storage_class->name : class_id;
}

const char *
terrace_cli_location_name (TerraceCli *cli, gint64 location_id)
{
  TerraceLocation *location = terrace_engine_get_location (cli->engine, location_id);

  return location != NULL ? location->name : "?";
}

GPtrArray *
terrace_cli_find_items (TerraceCli *cli, char **names)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) items = NULL;

  terrace_engine_find_items_async (cli->engine, (const char *const *) names, cli->cancellable,
                                   terrace_cli_await_cb, &result);
  terrace_cli_await (&result);
  items = terrace_engine_find_items_finish (cli->engine, result, &error);
  if (items == NULL)
    terrace_cli_fail (error);

  return g_steal_pointer (&items);
}

GArray *
terrace_cli_item_ids (GPtrArray *items)
{
  GArray *ids = g_array_new (FALSE, FALSE, sizeof (gint64));

  for (guint i = 0; i < items->len; i++)
    {
      TerraceItem *item = g_ptr_array_index (items, i);

      g_array_append_val (ids, item->id);
    }
  return ids;
}

gboolean
terrace_cli_parse_id (const char *command, const char *text, gint64 *id)
{
  if (g_ascii_string_to_signed (text, 10, 1, G_MAXINT64, id, NULL))
    return TRUE;

  terrace_cli_misuse (command, _ ("'%s' is not the number of a move"), text);
  return FALSE;
}
