/* SPDX-License-Identifier: GPL-3.0-or-later */

/* terracectl orphans: uploads that nobody finished, what they cost, and their removal. Runs on the
 * main thread. */

#include "config.h"

#include "cli/terrace-cli-common.h"
#include "cli/terrace-cli-output.h"
#include "engine/terrace-engine-transfer.h"

#include <glib/gi18n-lib.h>

static const TerraceCliColumn columns[] = {
  { N_ ("Location"), FALSE, FALSE },
  { N_ ("Object"), FALSE, TRUE },
  { N_ ("Begun"), FALSE, FALSE },
  { N_ ("Stored"), TRUE, FALSE },
  { N_ ("A month"), TRUE, FALSE },
  { N_ ("Note"), FALSE, FALSE },
  { NULL },
};

static void
add_row (TerraceCli *cli, TerraceCliTable *table, const TerraceOrphan *orphan, const char *note)
{
  gint64 now_us = terrace_clock_get_now_us (terrace_engine_get_clock (cli->engine));

  terrace_cli_table_take (table, g_strdup (terrace_cli_location_name (cli, orphan->location_id)),
                          g_strdup (orphan->key),
                          orphan->started_us > 0 ?
                              terrace_format_time (orphan->started_us, now_us) :
                              g_strdup (""),
                          orphan->size_bytes > 0 ? g_format_size (orphan->size_bytes) :
                                                   g_strdup (""),
                          terrace_cli_format_money (cli, orphan->monthly_nanos), g_strdup (note));
}

static JsonNode *
orphan_to_json (TerraceCli *cli, const TerraceOrphan *orphan, gboolean removed)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  terrace_json_text (builder, "location", terrace_cli_location_name (cli, orphan->location_id));
  terrace_json_key (builder, "key", orphan->key);
  terrace_json_key (builder, "upload", orphan->upload);
  terrace_json_time (builder, "begun", orphan->started_us);
  terrace_json_int (builder, "size_bytes", (gint64) orphan->size_bytes);
  terrace_json_text (builder, "currency", terrace_engine_get_currency (cli->engine));
  terrace_json_money (builder, "cost_per_month", orphan->monthly_nanos);
  terrace_json_bool (builder, "in_use", orphan->ours);
  terrace_json_bool (builder, "removed", removed);
  json_builder_end_object (builder);

  return json_builder_get_root (builder);
}

static gboolean
remove_one (TerraceCli *cli, const TerraceOrphan *orphan, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  terrace_engine_remove_orphan_async (cli->engine, orphan, cli->cancellable, terrace_cli_await_cb,
                                      &result);
  terrace_cli_await (&result);

  return terrace_engine_remove_orphan_finish (cli->engine, result, error);
}

/* Shows each, removed first if it may be; the status is FAILED if one could not be. */
static int
write_orphans (TerraceCli *cli, GPtrArray *orphans, gboolean removes)
{
  g_autoptr (TerraceCliTable) table = terrace_cli_table_new (cli, columns);
  TerraceCliJsonList list;
  int status = TERRACE_CLI_OK;

  if (cli->json)
    terrace_cli_json_list_begin (&list, NULL, NULL);
  for (guint i = 0; i < orphans->len && cli->stop_signal == 0; i++)
    {
      const TerraceOrphan *orphan = g_ptr_array_index (orphans, i);
      g_autoptr (GError) error = NULL;
      gboolean removed = removes && !orphan->ours && remove_one (cli, orphan, &error);

      if (error != NULL)
        status = terrace_cli_fail (error);
      if (cli->json)
        terrace_cli_json_list_add (&list, orphan_to_json (cli, orphan, removed));
      else
        add_row (cli, table, orphan,
                 removed      ? _ ("removed") :
                 orphan->ours ? _ ("in use by a move") :
                                "");
    }
  if (cli->json)
    terrace_cli_json_list_end (&list);
  else if (orphans->len == 0)
    terrace_cli_print (_ ("No upload was left unfinished.\n"));
  terrace_cli_table_flush (table);

  return status;
}

static void
print_total (TerraceCli *cli, GPtrArray *orphans)
{
  gint64 monthly_nanos = 0;
  guint n_removable = 0;

  for (guint i = 0; i < orphans->len; i++)
    {
      const TerraceOrphan *orphan = g_ptr_array_index (orphans, i);

      if (orphan->ours)
        continue;
      n_removable++;
      monthly_nanos += orphan->monthly_nanos;
    }
  if (n_removable > 0)
    {
      g_autofree char *monthly = terrace_cli_format_money (cli, monthly_nanos);

      terrace_cli_print (_ ("They cost %s a month; 'terracectl orphans --remove' removes them\n"),
                         monthly);
    }
}

int
terrace_cli_orphans (TerraceCli *cli, int argc, char **argv)
{
  const TerraceCliHelp help = {
    "orphans [OPTION…]",
    _ ("Finds uploads that were begun and never finished, by any program: clouds keep and bill "
       "their parts, and no listing shows them. Those that a move of Terrace still needs are "
       "never removed."),
    "  terracectl orphans\n"
    "  terracectl orphans --location Photos --remove\n",
    TRUE,
  };
  g_autofree char *name = NULL;
  gboolean removes = FALSE;
  GOptionEntry entries[] = {
    { "location", 'l', 0, G_OPTION_ARG_FILENAME, &name, N_ ("Only in this location"),
      N_ ("LOCATION") },
    { "remove", 0, 0, G_OPTION_ARG_NONE, &removes, N_ ("Remove what is found"), NULL },
    { NULL },
  };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GPtrArray) orphans = NULL;
  g_autoptr (GPtrArray) problems = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) arguments = NULL;
  TerraceLocation *location = NULL;
  int status;

  if (!terrace_cli_parse (cli, &help, entries, argc, argv, &arguments, &status))
    return status;
  if (arguments[0] != NULL)
    return terrace_cli_misuse ("orphans", _ ("'%s' is too much"), arguments[0]);
  if (!terrace_cli_open (cli, FALSE))
    return TERRACE_CLI_FAILED;
  if (name != NULL && (location = terrace_engine_find_location (cli->engine, name)) == NULL)
    {
      terrace_cli_warn (_ ("There is no location '%s'"), name);
      return TERRACE_CLI_FAILED;
    }

  terrace_engine_find_orphans_async (cli->engine, location != NULL ? location->id : 0,
                                     cli->cancellable, terrace_cli_await_cb, &result);
  terrace_cli_await (&result);
  orphans = terrace_engine_find_orphans_finish (cli->engine, result, &problems, &error);
  if (orphans == NULL)
    return terrace_cli_fail (error);

  status = write_orphans (cli, orphans, removes);
  if (!cli->json && !removes)
    print_total (cli, orphans);
  for (guint i = 0; i < problems->len; i++)
    {
      terrace_cli_warn ("%s", (const char *) g_ptr_array_index (problems, i));
      status = TERRACE_CLI_FAILED;
    }

  return status;
}
