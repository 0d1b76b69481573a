/* SPDX-License-Identifier: GPL-3.0-or-later */

/* terracectl access: records that objects were used, for what Terrace did not see itself. Runs on
 * the main thread. */

#include "config.h"

#include "cli/terrace-cli-common.h"
#include "cli/terrace-cli-output.h"

#include <glib/gi18n-lib.h>

#define MAX_COUNT 1000000

/* "2026-11-22", "2026-11-22T15:04" or with seconds and zone; local time unless it says otherwise.
 */
static gboolean
parse_time (const char *text, gint64 *time_us)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_local ();
  g_autoptr (GDateTime) time = NULL;
  g_autofree char *full = NULL;

  if (strlen (text) == strlen ("2026-11-22"))
    full = g_strconcat (text, "T00:00:00", NULL);
  else if (strlen (text) == strlen ("2026-11-22T15:04"))
    full = g_strconcat (text, ":00", NULL);
  else
    full = g_strdup (text);
  time = g_date_time_new_from_iso8601 (full, zone);
  if (time == NULL)
    return FALSE;

  *time_us =
      g_date_time_to_unix (time) * TERRACE_US_PER_SECOND + g_date_time_get_microsecond (time);
  return TRUE;
}

static GArray *
make_accesses (GPtrArray *items, guint count, gint64 time_us, TerraceAccessKind kind)
{
  GArray *accesses = g_array_sized_new (FALSE, TRUE, sizeof (TerraceAccess), items->len);

  for (guint i = 0; i < items->len; i++)
    {
      TerraceItem *item = g_ptr_array_index (items, i);
      TerraceAccess access = { .item_id = item->id,
                               .time_us = time_us,
                               .kind = kind,
                               .bytes = item->size_bytes * count,
                               .count = count };

      g_array_append_val (accesses, access);
    }
  return accesses;
}

static int
record (TerraceCli *cli, char **names, guint count, gint64 time_us, TerraceAccessKind kind)
{
  g_autoptr (GPtrArray) items = terrace_cli_find_items (cli, names);
  g_autoptr (GPtrArray) after = NULL;
  g_autoptr (GArray) accesses = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  if (items == NULL)
    return TERRACE_CLI_FAILED;
  accesses = make_accesses (items, count, time_us, kind);
  terrace_engine_record_accesses_async (cli->engine, (const TerraceAccess *) accesses->data,
                                        accesses->len, cli->cancellable, terrace_cli_await_cb,
                                        &result);
  terrace_cli_await (&result);
  if (!terrace_engine_record_accesses_finish (cli->engine, result, NULL, &error))
    return terrace_cli_fail (error);

  after = terrace_cli_find_items (cli, names);
  if (after == NULL)
    return TERRACE_CLI_FAILED;
  for (guint i = 0; i < after->len; i++)
    {
      TerraceItem *item = g_ptr_array_index (after, i);
      g_autofree char *name = terrace_cli_safe (item->name);

      terrace_cli_print (_ ("%s: %s, about %.1f reads a month\n"), name,
                         terrace_enum_to_nick (TERRACE_TYPE_TEMPERATURE, item->temperature),
                         item->reads_per_month);
    }
  return TERRACE_CLI_OK;
}

int
terrace_cli_access (TerraceCli *cli, int argc, char **argv)
{
  const TerraceCliHelp help = {
    "access [OPTION…] OBJECT…",
    _ ("Records that objects were read (or written) as often as you say, now or at a time in the "
       "past, and judges their temperature anew. An OBJECT is its number, the path of its file, "
       "or Location:key."),
    "  terracectl access report.pdf\n"
    "  terracectl access --reads 12 --at 2026-11-01T09:30 42 Cold:films/raw.mov\n",
    FALSE,
  };
  int reads = 1;
  gboolean write = FALSE;
  g_autofree char *at = NULL;
  GOptionEntry entries[] = {
    { "reads", 'n', 0, G_OPTION_ARG_INT, &reads, N_ ("How often (1)"), N_ ("N") },
    { "at", 'a', 0, G_OPTION_ARG_FILENAME, &at, N_ ("When, in local time (now)"),
      N_ ("YYYY-MM-DD[THH:MM[:SS]]") },
    { "write", 'w', 0, G_OPTION_ARG_NONE, &write, N_ ("It was written, not read"), NULL },
    { NULL },
  };
  g_auto (GStrv) names = NULL;
  gint64 time_us = 0;
  gint64 now_us;
  int status;

  if (!terrace_cli_parse (cli, &help, entries, argc, argv, &names, &status))
    return status;
  if (names[0] == NULL)
    return terrace_cli_misuse ("access", _ ("Name at least one object"));
  if (reads < 1 || reads > MAX_COUNT)
    return terrace_cli_misuse ("access", _ ("--reads must be between 1 and %d"), MAX_COUNT);
  if (at != NULL && !parse_time (at, &time_us))
    return terrace_cli_misuse ("access", _ ("'%s' is not a date like 2026-11-22T15:04"), at);
  if (!terrace_cli_open (cli, FALSE))
    return TERRACE_CLI_FAILED;

  now_us = terrace_clock_get_now_us (terrace_engine_get_clock (cli->engine));
  if (time_us > now_us)
    return terrace_cli_misuse ("access", _ ("'%s' lies in the future"), at);
  return record (cli, names, (guint) reads, at != NULL ? time_us : now_us,
                 write ? TERRACE_ACCESS_WRITE : TERRACE_ACCESS_READ);
}
