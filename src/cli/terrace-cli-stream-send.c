/* SPDX-License-Identifier: GPL-3.0-or-later */

/* terracectl stream send and status. Runs on the main thread. */

#include "config.h"

#include "cli/terrace-cli-stream-private.h"
#include "cli/terrace-cli-output.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>

#define MAX_LINE_BYTES (1024 * 1024)

JsonNode *
terrace_cli_stream_status_to_json (TerraceStreamStatus *status)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  terrace_json_text (builder, "name", status->name);
  terrace_json_text (builder, "kind",
                     terrace_enum_to_nick (TERRACE_TYPE_SOURCE_KIND, (int) status->kind));
  terrace_json_text (builder, "state",
                     terrace_enum_to_nick (TERRACE_TYPE_SOURCE_STATE, (int) status->state));
  terrace_json_text (builder, "detail", status->detail);
  terrace_json_text (builder, "error", status->error);
  terrace_json_int (builder, "events", (gint64) status->events);
  terrace_json_double (builder, "events_per_second", status->events_per_second);
  terrace_json_int (builder, "duplicates", (gint64) status->duplicates);
  terrace_json_int (builder, "late", (gint64) status->late);
  terrace_json_int (builder, "unknown", (gint64) status->unknown);
  terrace_json_int (builder, "malformed", (gint64) status->malformed);
  terrace_json_int (builder, "dropped", (gint64) status->dropped);
  terrace_json_int (builder, "lag", status->lag);
  json_builder_end_object (builder);

  return json_builder_get_root (builder);
}

gboolean
terrace_cli_stream_stop (TerraceEngineStream *stream)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  terrace_engine_stream_stop_async (stream, NULL, NULL, terrace_cli_await_cb, &result);
  terrace_cli_await (&result);
  if (terrace_engine_stream_stop_finish (stream, result, &error))
    return TRUE;

  terrace_cli_fail (error);
  return FALSE;
}

/* --- Sending ------------------------------------------------------------------------------- */

static gboolean
send_line (TerraceCli *cli,
           TerraceEngineStream *stream,
           const char *line,
           gsize length,
           guint64 *sent)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  guint n = 0;

  terrace_engine_stream_send_async (stream, line, length, cli->cancellable, terrace_cli_await_cb,
                                    &result);
  terrace_cli_await (&result);
  if (!terrace_engine_stream_send_finish (stream, result, &n, &error))
    {
      terrace_cli_fail (error);
      return FALSE;
    }
  *sent += n;
  return TRUE;
}

int
terrace_cli_stream_send (TerraceCli *cli, TerraceEngineStream *stream, char **paths)
{
  gboolean all = TRUE;
  guint64 sent = 0;
  const char *path = paths[0] != NULL ? paths[0] : "-";
  FILE *file = g_str_equal (path, "-") ? stdin : fopen (path, "re");
  char *line = NULL;
  size_t size = 0;
  ssize_t length;

  if (file == NULL)
    {
      g_autoptr (GError) error = NULL;

      g_set_error (&error, G_FILE_ERROR, g_file_error_from_errno (errno), "%s: %s", path,
                   g_strerror (errno));
      return terrace_cli_fail (error);
    }
  /* A line each; one that cannot be read does not keep the others back. */
  while (cli->stop_signal == 0 && (length = getline (&line, &size, file)) > 0)
    {
      while (length > 0 && g_ascii_isspace (line[length - 1]))
        length--;
      if (length > 0 && length <= MAX_LINE_BYTES)
        all = send_line (cli, stream, line, (gsize) length, &sent) && all;
    }
  free (line);
  if (file != stdin)
    fclose (file);
  if (!terrace_cli_stream_stop (stream))
    return TERRACE_CLI_FAILED;
  terrace_cli_print (ngettext ("%lu event was taken\n", "%lu events were taken\n", (gulong) sent),
                     (gulong) sent);

  return all ? TERRACE_CLI_OK : TERRACE_CLI_FAILED;
}

/* --- Status -------------------------------------------------------------------------------- */

GPtrArray *
terrace_cli_stream_read_letters (TerraceCli *cli, TerraceEngineStream *stream)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GPtrArray *letters;

  terrace_engine_stream_dead_letters_async (stream, 10, cli->cancellable, terrace_cli_await_cb,
                                            &result);
  terrace_cli_await (&result);
  letters = terrace_engine_stream_dead_letters_finish (stream, result, &error);
  if (letters == NULL)
    terrace_cli_fail (error);

  return letters;
}

int
terrace_cli_stream_status (TerraceCli *cli, TerraceEngineStream *stream)
{
  static const TerraceCliColumn columns[] = {
    { N_ ("Source"), FALSE, FALSE },
    { N_ ("Kind"), FALSE, FALSE },
    { N_ ("Reads"), FALSE, TRUE },
    { NULL },
  };
  g_autoptr (GPtrArray) letters = terrace_cli_stream_read_letters (cli, stream);
  g_autoptr (TerraceCliTable) table = terrace_cli_table_new (cli, columns);
  GListModel *sources = terrace_engine_stream_get_sources (stream);
  TerraceCliJsonList list;

  if (letters == NULL)
    return TERRACE_CLI_FAILED;
  if (cli->json)
    terrace_cli_json_list_begin (&list, NULL, NULL);
  for (guint i = 0; i < g_list_model_get_n_items (sources); i++)
    {
      g_autoptr (TerraceStreamStatus) status = g_list_model_get_item (sources, i);

      if (cli->json)
        terrace_cli_json_list_add (&list, terrace_cli_stream_status_to_json (status));
      else
        terrace_cli_table_take (table, terrace_cli_safe (status->name),
                                g_strdup (terrace_enum_to_nick (TERRACE_TYPE_SOURCE_KIND,
                                                                (int) status->kind)),
                                terrace_cli_safe (status->detail != NULL ? status->detail : ""));
    }
  if (cli->json)
    {
      terrace_cli_json_list_end (&list);
      return TERRACE_CLI_OK;
    }
  terrace_cli_table_flush (table);
  if (g_list_model_get_n_items (sources) == 0)
    terrace_cli_print (_ ("No source was started yet: terracectl stream start\n"));
  for (guint i = 0; i < letters->len; i++)
    {
      TerraceDeadLetter *letter = g_ptr_array_index (letters, i);
      g_autofree char *time = terrace_format_iso8601 (letter->time_us);
      g_autofree char *reason = terrace_cli_safe (letter->reason);

      terrace_cli_print (_ ("Could not be read: %s  %s\n"), time, reason);
    }

  return TERRACE_CLI_OK;
}
