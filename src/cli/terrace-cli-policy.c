/* SPDX-License-Identifier: GPL-3.0-or-later */

/* terracectl policy: what a person asks of placement. Runs on the main thread. */

#include "config.h"

#include "cli/terrace-cli-common.h"
#include "cli/terrace-cli-output.h"

#include <glib/gi18n-lib.h>

typedef enum
{
  VALUE_NUMBER,
  VALUE_MONEY,
  VALUE_MS,
  VALUE_COUNT,
  VALUE_BOOLEAN,
} ValueType;

/* The fields by the names they have here, in the order they are shown. */
typedef struct
{
  const char *name;
  ValueType type;
  gsize offset;
  const char *meaning;
} Field;

#define FIELD(name, type, member, meaning)                       \
  {                                                              \
    name, type, G_STRUCT_OFFSET (TerracePolicy, member), meaning \
  }

static const Field fields[] = {
  FIELD ("horizon-months", VALUE_NUMBER, horizon_months, N_ ("over how long a move has to pay")),
  FIELD ("break-even-months",
         VALUE_NUMBER,
         break_even_months,
         N_ ("a move must pay back within this")),
  FIELD ("min-saving",
         VALUE_MONEY,
         min_saving_nanos,
         N_ ("smaller savings a month are not worth a move")),
  FIELD ("max-first-byte-ms",
         VALUE_MS,
         max_first_byte_ms,
         N_ ("longest wait when an object is opened, 0 for no limit")),
  FIELD ("max-first-byte-hot-ms", VALUE_MS, max_first_byte_hot_ms, N_ ("the same for hot objects")),
  FIELD ("hot-reads-per-month",
         VALUE_NUMBER,
         hot_reads_per_month,
         N_ ("hot from this many reads a month on")),
  FIELD ("warm-reads-per-month",
         VALUE_NUMBER,
         warm_reads_per_month,
         N_ ("warm from this many on, cold below")),
  FIELD ("wanted-copies", VALUE_COUNT, wanted_copies, N_ ("copies that must remain")),
  FIELD ("egress-counts",
         VALUE_BOOLEAN,
         egress_counts,
         N_ ("reads leave the provider and cost egress: yes or no")),
  FIELD ("risk",
         VALUE_NUMBER,
         risk,
         N_ ("0: move only what pays over a forecast's whole interval; 1: what is expected "
             "counts")),
  FIELD ("move-budget",
         VALUE_MONEY,
         move_budget_nanos,
         N_ ("what moves may cost in a month, 0 for no limit")),
};

static char *
format_value (TerraceCli *cli, const TerracePolicy *policy, const Field *field)
{
  const void *value = G_STRUCT_MEMBER_P (policy, field->offset);

  switch (field->type)
    {
    case VALUE_NUMBER:
      return g_strdup_printf ("%g", *(const double *) value);
    case VALUE_MONEY:
      return g_strdup_printf ("%g %s", terrace_money_from_nanos (*(const gint64 *) value),
                              terrace_engine_get_currency (cli->engine));
    case VALUE_MS:
      return g_strdup_printf ("%" G_GUINT64_FORMAT, *(const guint64 *) value);
    case VALUE_COUNT:
      return g_strdup_printf ("%u", *(const guint *) value);
    case VALUE_BOOLEAN:
      return g_strdup (*(const gboolean *) value ? "yes" : "no");
    }
  g_assert_not_reached ();
}

static void
json_value (JsonBuilder *builder, const TerracePolicy *policy, const Field *field)
{
  const void *value = G_STRUCT_MEMBER_P (policy, field->offset);
  g_autofree char *name = g_strdelimit (g_strdup (field->name), "-", '_');

  switch (field->type)
    {
    case VALUE_NUMBER:
      terrace_json_double (builder, name, *(const double *) value);
      break;
    case VALUE_MONEY:
      terrace_json_money (builder, name, *(const gint64 *) value);
      break;
    case VALUE_MS:
      terrace_json_int (builder, name, (gint64) * (const guint64 *) value);
      break;
    case VALUE_COUNT:
      terrace_json_int (builder, name, *(const guint *) value);
      break;
    case VALUE_BOOLEAN:
      terrace_json_bool (builder, name, *(const gboolean *) value);
      break;
    }
}

static gboolean
parse_number (const char *text, double *number)
{
  char *end;

  *number = g_ascii_strtod (text, &end);
  return end != text && *end == '\0';
}

static gboolean
parse_value (const char *text, TerracePolicy *policy, const Field *field)
{
  gpointer value = G_STRUCT_MEMBER_P (policy, field->offset);
  double number;
  guint64 count;

  switch (field->type)
    {
    case VALUE_NUMBER:
      return parse_number (text, value);
    case VALUE_MONEY:
      if (!parse_number (text, &number))
        return FALSE;
      *(gint64 *) value = terrace_money_to_nanos (number);
      return TRUE;
    case VALUE_MS:
      return g_ascii_string_to_unsigned (text, 10, 0, G_MAXINT64, value, NULL);
    case VALUE_COUNT:
      if (!g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT, &count, NULL))
        return FALSE;
      *(guint *) value = (guint) count;
      return TRUE;
    case VALUE_BOOLEAN:
      *(gboolean *) value = g_str_equal (text, "yes");
      return g_str_equal (text, "yes") || g_str_equal (text, "no");
    }
  return FALSE;
}

static const Field *
find_field (const char *name, gsize length)
{
  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    if (strlen (fields[i].name) == length && strncmp (fields[i].name, name, length) == 0)
      return &fields[i];

  return NULL;
}

static void
show (TerraceCli *cli)
{
  const TerracePolicy *policy = terrace_engine_get_policy (cli->engine);

  if (cli->json)
    {
      g_autoptr (JsonBuilder) builder = json_builder_new ();

      json_builder_begin_object (builder);
      terrace_json_text (builder, "currency", terrace_engine_get_currency (cli->engine));
      for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
        json_value (builder, policy, &fields[i]);
      json_builder_end_object (builder);
      terrace_cli_json_print (json_builder_get_root (builder));
      return;
    }

  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    {
      g_autofree char *value = format_value (cli, policy, &fields[i]);

      terrace_cli_print ("%-22s %-12s %s\n", fields[i].name, value, _ (fields[i].meaning));
    }
}

static int
set (TerraceCli *cli, char **assignments)
{
  TerracePolicy policy = *terrace_engine_get_policy (cli->engine);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; assignments[i] != NULL; i++)
    {
      const char *equals = strchr (assignments[i], '=');
      const Field *field;

      if (equals == NULL)
        return terrace_cli_misuse ("policy", _ ("'%s' is not NAME=VALUE"), assignments[i]);
      field = find_field (assignments[i], (gsize) (equals - assignments[i]));
      if (field == NULL)
        return terrace_cli_misuse ("policy", _ ("There is no setting '%.*s'"),
                                   (int) (equals - assignments[i]), assignments[i]);
      if (!parse_value (equals + 1, &policy, field))
        return terrace_cli_misuse ("policy", _ ("'%s' is no value for %s"), equals + 1,
                                   field->name);
    }
  if (!terrace_policy_validate (&policy, &error))
    return terrace_cli_misuse ("policy", "%s", error->message);

  terrace_engine_set_policy_async (cli->engine, &policy, cli->cancellable, terrace_cli_await_cb,
                                   &result);
  terrace_cli_await (&result);
  if (!terrace_engine_set_policy_finish (cli->engine, result, &error))
    return terrace_cli_fail (error);

  show (cli);
  if (!cli->json)
    terrace_cli_print (_ ("'terracectl plan' shows what follows from it\n"));
  return TERRACE_CLI_OK;
}

int
terrace_cli_policy (TerraceCli *cli, int argc, char **argv)
{
  const TerraceCliHelp help = {
    "policy [OPTION…] show|set [NAME=VALUE…]",
    _ ("Shows or changes what placement has to respect: how soon a move must pay back, how long "
       "opening an object may take, from how many reads on it is warm or hot, how many copies "
       "must remain."),
    "  terracectl policy show\n"
    "  terracectl policy set hot-reads-per-month=10 max-first-byte-ms=500\n",
    TRUE,
  };
  g_auto (GStrv) arguments = NULL;
  gboolean sets;
  int status;

  if (!terrace_cli_parse (cli, &help, NULL, argc, argv, &arguments, &status))
    return status;
  sets = g_strcmp0 (arguments[0], "set") == 0;
  if (!sets && g_strcmp0 (arguments[0], "show") != 0)
    return terrace_cli_misuse ("policy", _ ("Say what: show, or set NAME=VALUE"));
  if (sets && arguments[1] == NULL)
    return terrace_cli_misuse ("policy", _ ("Say what to set: NAME=VALUE"));
  if (!sets && arguments[1] != NULL)
    return terrace_cli_misuse ("policy", _ ("'%s' is too much"), arguments[1]);
  if (!terrace_cli_open (cli, FALSE))
    return TERRACE_CLI_FAILED;

  if (sets)
    return set (cli, arguments + 1);
  show (cli);
  return TERRACE_CLI_OK;
}
