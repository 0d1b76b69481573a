/* SPDX-License-Identifier: GPL-3.0-or-later */

/* terracectl show: everything that is known of one object, with the bill of every place it could
 * lie in. Runs on the main thread. */

#include "config.h"

#include "cli/terrace-cli-common.h"
#include "cli/terrace-cli-output.h"
#include "engine/terrace-json.h"
#include "model/terrace-event.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#define BAR_WIDTH 24
#define DAYS_SHOWN 30

static const char *
verdict_to_words (TerraceVerdict verdict)
{
  switch (verdict)
    {
    case TERRACE_VERDICT_CHOSEN:
      return _ ("should move here");
    case TERRACE_VERDICT_STAY:
      return _ ("should stay here");
    case TERRACE_VERDICT_DEARER:
      return _ ("dearer");
    case TERRACE_VERDICT_PAYBACK:
      return _ ("pays back too late");
    case TERRACE_VERDICT_TOO_SMALL:
      return _ ("saves too little");
    case TERRACE_VERDICT_TOO_SLOW:
      return _ ("too slow to open");
    case TERRACE_VERDICT_NO_ROOM:
      return _ ("no room");
    case TERRACE_VERDICT_UNSTEADY:
      return _ ("saves only at this very use");
    }
  return "";
}

static void
print_fact (const char *label, const char *text)
{
  terrace_cli_print ("  %-14s %s\n", label, text);
}

static void
print_facts (TerraceCli *cli, const TerraceExplanation *explanation)
{
  TerraceItem *item = explanation->item;
  gint64 now_us = terrace_clock_get_now_us (terrace_engine_get_clock (cli->engine));
  g_autofree char *name = terrace_cli_safe (item->name);
  g_autofree char *key = terrace_cli_safe (item->key);
  g_autofree char *size = g_format_size_full (item->size_bytes, G_FORMAT_SIZE_LONG_FORMAT);
  g_autofree char *modified = terrace_format_time (item->modified_us, now_us);
  g_autofree char *checksum = terrace_digest_to_string (&item->checksum);
  g_autofree char *cost = terrace_cli_format_money (cli, item->monthly_nanos);

  terrace_cli_print (_ ("%s (object %ld)\n"), name, (glong) item->id);
  terrace_cli_print ("  %-14s %s:%s\n", _ ("Lies at"),
                     terrace_cli_location_name (cli, item->location_id), key);
  terrace_cli_print ("  %-14s %s (%s)\n", _ ("Class"), terrace_cli_class_name (cli, item->class_id),
                     terrace_enum_to_nick (TERRACE_TYPE_TIER, item->tier));
  print_fact (_ ("Size"), size);
  print_fact (_ ("Modified"), modified);
  print_fact (_ ("Checksum"), checksum != NULL ? checksum : _ ("not known yet"));
  print_fact (_ ("Costs a month"), cost);
  if (item->missing)
    print_fact (_ ("Missing"), _ ("it was not there when it was looked for"));
  if (item->moving)
    print_fact (_ ("Moving"), _ ("see 'terracectl status'"));
  terrace_cli_print ("\n%s\n%s\n", explanation->temperature_reason, explanation->reason);
}

/* The largest terms of a bill in words: "storage $0.55, retrieval $0.02". */
static char *
describe_terms (TerraceCli *cli, const TerraceBill *bill)
{
  GString *text = g_string_new (NULL);

  for (int term = 0; term < TERRACE_N_MONTHLY_TERMS; term++)
    {
      g_autofree char *money = NULL;

      if (bill->terms[term] <= bill->monthly / 100)
        continue;
      money = terrace_format_money (bill->terms[term], terrace_engine_get_currency (cli->engine));
      g_string_append_printf (text, "%s%s %s", text->len > 0 ? ", " : "",
                              terrace_term_get_label (term), money);
    }
  return g_string_free (text, FALSE);
}

static char *
make_bar (double value, double most)
{
  const char *block = g_get_charset (NULL) ? "█" : "#";
  int length = most > 0 ? (int) ceil (value / most * BAR_WIDTH) : 0;
  GString *bar = g_string_new (NULL);

  for (int i = 0; i < MIN (length, BAR_WIDTH); i++)
    g_string_append (bar, block);
  return g_string_free (bar, FALSE);
}

static void
print_options (TerraceCli *cli, const TerraceExplanation *explanation)
{
  static const TerraceCliColumn columns[] = {
    { "", FALSE, FALSE },
    { N_ ("Location"), FALSE, TRUE },
    { N_ ("Class"), FALSE, TRUE },
    { N_ ("A month"), TRUE, FALSE },
    { N_ ("Once"), TRUE, FALSE },
    { "", FALSE, FALSE },
    { N_ ("Verdict"), FALSE, FALSE },
    { N_ ("A month is"), FALSE, TRUE },
    { NULL },
  };
  const char *currency = terrace_engine_get_currency (cli->engine);
  g_autoptr (TerraceCliTable) table = terrace_cli_table_new (cli, columns);
  double most = 0;

  for (guint i = 0; i < explanation->options->len; i++)
    most = MAX (most, g_array_index (explanation->options, TerraceOption, i).bill.monthly);
  for (guint i = 0; i < explanation->options->len; i++)
    {
      TerraceOption *option = &g_array_index (explanation->options, TerraceOption, i);
      const char *mark = i == explanation->chosen ? "→" : "";

      terrace_cli_table_take (table, g_strdup (i == explanation->current ? "•" : mark),
                              g_strdup (terrace_cli_location_name (cli, option->location_id)),
                              g_strdup (option->storage_class->name),
                              terrace_format_money (option->bill.monthly, currency),
                              terrace_format_money (option->bill.once, currency),
                              make_bar (option->bill.monthly, most),
                              g_strdup (verdict_to_words (option->verdict)),
                              describe_terms (cli, &option->bill));
    }
  terrace_cli_print ("\n%s\n", _ ("Bills (• lies here, → should go here)"));
  terrace_cli_table_flush (table);
}

static void
print_copies (TerraceCli *cli, GPtrArray *replicas, gint64 now_us)
{
  terrace_cli_print ("\n%s\n", _ ("Copies"));
  for (guint i = 0; i < replicas->len; i++)
    {
      TerraceReplica *replica = g_ptr_array_index (replicas, i);
      g_autofree char *key = terrace_cli_safe (replica->key);
      g_autofree char *verified = NULL;

      verified = replica->verified_us != 0 ? terrace_format_time (replica->verified_us, now_us) :
                                             g_strdup (_ ("never"));
      terrace_cli_print (_ ("  %s:%s, last verified: %s\n"),
                         terrace_cli_location_name (cli, replica->location_id), key, verified);
    }
}

static void
print_history (const TerraceExplanation *explanation, gint64 now_us)
{
  gint64 first_day = now_us / TERRACE_US_PER_DAY - DAYS_SHOWN;
  guint64 reads = 0;
  guint64 writes = 0;

  for (guint i = 0; i < explanation->days->len; i++)
    {
      TerraceAccessDay *day = &g_array_index (explanation->days, TerraceAccessDay, i);

      if (day->day < first_day)
        continue;
      reads += day->reads;
      writes += day->writes;
    }
  terrace_cli_print (_ ("\nIn the last %d days: %lu reads, %lu writes\n"), DAYS_SHOWN,
                     (gulong) reads, (gulong) writes);

  if (explanation->events->len > 0)
    terrace_cli_print ("\n%s\n", _ ("History"));
  for (guint i = 0; i < explanation->events->len; i++)
    {
      TerraceEvent *event = g_ptr_array_index (explanation->events, i);
      g_autofree char *time = terrace_format_time (event->time_us, now_us);
      g_autofree char *message = terrace_cli_safe (event->message);

      terrace_cli_print ("  %s  %s\n", time, message);
    }
}

static int
show (TerraceCli *cli, TerraceItem *item)
{
  gint64 now_us = terrace_clock_get_now_us (terrace_engine_get_clock (cli->engine));
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (TerraceExplanation) explanation = NULL;

  terrace_engine_explain_async (cli->engine, item->id, cli->cancellable, terrace_cli_await_cb,
                                &result);
  terrace_cli_await (&result);
  explanation = terrace_engine_explain_finish (cli->engine, result, &error);
  if (explanation == NULL)
    return terrace_cli_fail (error);

  if (cli->json)
    {
      terrace_cli_json_print (terrace_json_explanation (cli->engine, explanation));
      return TERRACE_CLI_OK;
    }
  print_facts (cli, explanation);
  print_options (cli, explanation);
  print_copies (cli, explanation->replicas, now_us);
  print_history (explanation, now_us);
  return TERRACE_CLI_OK;
}

int
terrace_cli_show (TerraceCli *cli, int argc, char **argv)
{
  const TerraceCliHelp help = {
    "show [OPTION…] OBJECT",
    _ ("Shows one object: where it lies, how hot it is and why, what it costs there and what it "
       "would cost in every other place, the reason of the recommendation, its copies and what "
       "happened to it. An OBJECT is its number, the path of its file, or Location:key."),
    "  terracectl show 42\n"
    "  terracectl show ~/Videos/take-3.mov\n"
    "  terracectl show Cold:films/raw.mov --json\n",
    TRUE,
  };
  g_auto (GStrv) names = NULL;
  g_autoptr (GPtrArray) items = NULL;
  int status;

  if (!terrace_cli_parse (cli, &help, NULL, argc, argv, &names, &status))
    return status;
  if (g_strv_length (names) != 1)
    return terrace_cli_misuse ("show", _ ("Name one object"));
  if (!terrace_cli_open (cli, FALSE))
    return TERRACE_CLI_FAILED;

  items = terrace_cli_find_items (cli, names);
  if (items == NULL)
    return TERRACE_CLI_FAILED;
  return show (cli, g_ptr_array_index (items, 0));
}
