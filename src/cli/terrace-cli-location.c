/* SPDX-License-Identifier: GPL-3.0-or-later */

/* terracectl location: the places where data lies, and the storage classes they can have. Runs on
 * the main thread. */

#include "config.h"

#include "cli/terrace-cli-common.h"
#include "cli/terrace-cli-location-ask.h"
#include "cli/terrace-cli-location-cloud.h"
#include "cli/terrace-cli-output.h"

#include <glib/gi18n-lib.h>

/* The provider in the ids of classes that disks of one's own have. */
#define LOCAL_CLASSES "local/"

static void
count_items (const TerraceStats *stats, gint64 location_id, guint64 *items, guint64 *bytes)
{
  *items = 0;
  *bytes = 0;
  for (guint i = 0; i < stats->totals->len; i++)
    {
      TerraceItemTotals *totals = &g_array_index (stats->totals, TerraceItemTotals, i);

      if (totals->location_id != location_id)
        continue;
      *items += totals->items;
      *bytes += totals->size_bytes;
    }
}

static JsonNode *
location_to_json (TerraceCli *cli, TerraceLocation *location, const TerraceStats *stats)
{
  JsonNode *node = terrace_json_location (cli->engine, location);
  guint64 items;
  guint64 bytes;

  count_items (stats, location->id, &items, &bytes);
  json_object_set_int_member (json_node_get_object (node), "objects", (gint64) items);
  json_object_set_int_member (json_node_get_object (node), "size_bytes", (gint64) bytes);
  return node;
}

static void
print_locations (TerraceCli *cli, const TerraceStats *stats)
{
  static const TerraceCliColumn columns[] = {
    { N_ ("Location"), FALSE, FALSE }, { N_ ("Kind"), FALSE, FALSE },
    { N_ ("Tier"), FALSE, FALSE },     { N_ ("Class"), FALSE, TRUE },
    { N_ ("Objects"), TRUE, FALSE },   { N_ ("Size"), TRUE, FALSE },
    { N_ ("State"), FALSE, FALSE },    { N_ ("Free"), TRUE, FALSE },
    { N_ ("Address"), FALSE, TRUE },   { NULL },
  };
  GListModel *locations = terrace_engine_get_locations (cli->engine);
  g_autoptr (TerraceCliTable) table = terrace_cli_table_new (cli, columns);

  for (guint i = 0; i < g_list_model_get_n_items (locations); i++)
    {
      g_autoptr (TerraceLocation) location = g_list_model_get_item (locations, i);
      const char *class_id = terrace_location_get_class_id (location);
      TerraceStorageClass *storage_class = NULL;
      guint64 items;
      guint64 bytes;

      if (class_id != NULL)
        storage_class = terrace_engine_find_class (cli->engine, class_id);
      count_items (stats, location->id, &items, &bytes);
      terrace_cli_table_take (table, g_strdup (location->name),
                              g_strdup (terrace_enum_to_nick (TERRACE_TYPE_LOCATION_KIND,
                                                              location->kind)),
                              g_strdup (storage_class != NULL ?
                                            terrace_enum_to_nick (TERRACE_TYPE_TIER,
                                                                  storage_class->tier) :
                                            ""),
                              g_strdup (terrace_cli_class_name (cli, class_id)),
                              g_strdup_printf ("%" G_GUINT64_FORMAT, items), g_format_size (bytes),
                              g_strdup (terrace_enum_to_nick (TERRACE_TYPE_LOCATION_STATE,
                                                              location->state)),
                              location->total_bytes > 0 ? g_format_size (location->free_bytes) :
                                                          g_strdup (""),
                              g_strdup (location->root));
    }
  if (terrace_cli_table_is_empty (table))
    terrace_cli_print (_ ("There is no location yet. 'terracectl location sandbox' makes four to "
                          "try with,\nand 'terracectl add' makes those it needs.\n"));
  terrace_cli_table_flush (table);
}

static int
show_locations (TerraceCli *cli)
{
  GListModel *locations = terrace_engine_get_locations (cli->engine);
  g_autoptr (TerraceStats) stats = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  TerraceCliJsonList list;

  terrace_engine_stats_async (cli->engine, cli->cancellable, terrace_cli_await_cb, &result);
  terrace_cli_await (&result);
  stats = terrace_engine_stats_finish (cli->engine, result, &error);
  if (stats == NULL)
    return terrace_cli_fail (error);

  if (!cli->json)
    {
      print_locations (cli, stats);
      return TERRACE_CLI_OK;
    }
  terrace_cli_json_list_begin (&list, NULL, NULL);
  for (guint i = 0; i < g_list_model_get_n_items (locations); i++)
    {
      g_autoptr (TerraceLocation) location = g_list_model_get_item (locations, i);

      terrace_cli_json_list_add (&list, location_to_json (cli, location, stats));
    }
  terrace_cli_json_list_end (&list);
  return TERRACE_CLI_OK;
}

/* Parses a verb that takes no arguments of its own and opens the engine. */
static gboolean
begin (TerraceCli *cli, const TerraceCliHelp *help, int argc, char **argv, int *status)
{
  g_auto (GStrv) arguments = NULL;

  if (!terrace_cli_parse (cli, help, NULL, argc, argv, &arguments, status))
    return FALSE;
  if (arguments[0] != NULL)
    {
      *status = terrace_cli_misuse ("location", _ ("'%s' is too much"), arguments[0]);
      return FALSE;
    }
  *status = TERRACE_CLI_FAILED;
  return terrace_cli_open (cli, FALSE);
}

static int
run_list (TerraceCli *cli, int argc, char **argv)
{
  const TerraceCliHelp help = {
    "location list [OPTION…]",
    _ ("Lists the locations and what lies there."),
    "  terracectl location list\n",
    TRUE,
  };
  int status;

  return begin (cli, &help, argc, argv, &status) ? show_locations (cli) : status;
}

static int
run_probe (TerraceCli *cli, int argc, char **argv)
{
  const TerraceCliHelp help = {
    "location probe [OPTION…]",
    _ ("Asks every location how it is, and lists them with state and free space. The exit status "
       "is 1 if one of them cannot be reached."),
    "  terracectl location probe\n",
    TRUE,
  };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GListModel *locations;
  int status;

  if (!begin (cli, &help, argc, argv, &status))
    return status;
  terrace_engine_probe_async (cli->engine, cli->cancellable, terrace_cli_await_cb, &result);
  terrace_cli_await (&result);
  if (!terrace_engine_probe_finish (cli->engine, result, &error))
    return terrace_cli_fail (error);

  status = show_locations (cli);
  locations = terrace_engine_get_locations (cli->engine);
  for (guint i = 0; i < g_list_model_get_n_items (locations); i++)
    {
      g_autoptr (TerraceLocation) location = g_list_model_get_item (locations, i);

      if (location->state != TERRACE_LOCATION_STATE_UNREACHABLE)
        continue;
      terrace_cli_warn ("%s: %s", location->name,
                        location->state_message != NULL ? location->state_message :
                                                          _ ("it cannot be reached"));
      status = TERRACE_CLI_FAILED;
    }
  return status;
}

static int
run_sandbox (TerraceCli *cli, int argc, char **argv)
{
  const TerraceCliHelp help = {
    "location sandbox [OPTION…] [FOLDER]",
    _ ("Makes the four sandbox locations Hot, Warm, Cold and Archive in a folder (by default in "
       "the data folder). They are plain folders that pretend to be a cloud's storage classes, "
       "with their prices and waiting times, so that everything can be tried without an account."),
    "  terracectl location sandbox\n"
    "  terracectl location sandbox /mnt/disk/sandbox\n",
    TRUE,
  };
  g_auto (GStrv) arguments = NULL;
  g_autofree char *parent = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  int status;

  if (!terrace_cli_parse (cli, &help, NULL, argc, argv, &arguments, &status))
    return status;
  if (g_strv_length (arguments) > 1)
    return terrace_cli_misuse ("location sandbox", _ ("'%s' is too much"), arguments[1]);
  if (!terrace_cli_open (cli, FALSE))
    return TERRACE_CLI_FAILED;

  if (arguments[0] != NULL)
    parent = g_canonicalize_filename (arguments[0], NULL);
  terrace_engine_add_sandboxes_async (cli->engine, parent, cli->cancellable, terrace_cli_await_cb,
                                      &result);
  terrace_cli_await (&result);
  if (!terrace_engine_add_sandboxes_finish (cli->engine, result, &error))
    return terrace_cli_fail (error);
  return show_locations (cli);
}

static int
run_classes (TerraceCli *cli, int argc, char **argv)
{
  const TerraceCliHelp help = {
    "location classes [OPTION…]",
    _ ("Lists the storage classes of the price sheets: what 'location add --class' takes."),
    "  terracectl location classes\n",
    FALSE,
  };
  static const TerraceCliColumn columns[] = {
    { N_ ("Class"), FALSE, FALSE },       { N_ ("Name"), FALSE, TRUE },
    { N_ ("Tier"), FALSE, FALSE },        { N_ ("GB and month"), TRUE, FALSE },
    { N_ ("Reading a GB"), TRUE, FALSE }, { N_ ("First byte"), TRUE, FALSE },
    { N_ ("Least days"), TRUE, FALSE },   { NULL },
  };
  g_autoptr (TerraceCliTable) table = terrace_cli_table_new (cli, columns);
  GPtrArray *sheets;
  int status;

  if (!begin (cli, &help, argc, argv, &status))
    return status;
  sheets = terrace_engine_get_price_sheets (cli->engine);
  for (guint i = 0; i < sheets->len; i++)
    {
      TerracePriceSheet *sheet = g_ptr_array_index (sheets, i);
      const char *currency = terrace_price_sheet_get_currency (sheet);
      GPtrArray *classes = terrace_price_sheet_get_classes (sheet);

      for (guint j = 0; j < classes->len; j++)
        {
          TerraceStorageClass *class = g_ptr_array_index (classes, j);

          terrace_cli_table_take (table, g_strdup (class->id), g_strdup (class->name),
                                  g_strdup (terrace_enum_to_nick (TERRACE_TYPE_TIER, class->tier)),
                                  g_strdup_printf ("%g %s", class->gb_month, currency),
                                  g_strdup_printf ("%g %s", class->retrieval_gb, currency),
                                  terrace_format_latency (class->first_byte_ms),
                                  g_strdup_printf ("%.3g", class->min_duration_days));
        }
    }
  terrace_cli_table_flush (table);
  return TERRACE_CLI_OK;
}

typedef struct
{
  char *kind;
  char *class_id;
  char *access_key;
  char *from;
  char *bandwidth;
  char *capacity;
  int latency_ms;
  gboolean no_accept;
} AddOptions;

static void
add_options_clear (AddOptions *self)
{
  g_clear_pointer (&self->kind, g_free);
  g_clear_pointer (&self->class_id, g_free);
  g_clear_pointer (&self->access_key, g_free);
  g_clear_pointer (&self->from, g_free);
  g_clear_pointer (&self->bandwidth, g_free);
  g_clear_pointer (&self->capacity, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AddOptions, add_options_clear)

/* The class named, or the first one that a disk of one's own has. */
static const char *
choose_class (TerraceCli *cli, const AddOptions *options)
{
  GPtrArray *sheets = terrace_engine_get_price_sheets (cli->engine);

  if (options->class_id != NULL)
    return terrace_engine_find_class (cli->engine, options->class_id) != NULL ? options->class_id :
                                                                                NULL;
  for (guint i = 0; i < sheets->len; i++)
    {
      GPtrArray *classes = terrace_price_sheet_get_classes (g_ptr_array_index (sheets, i));

      for (guint j = 0; j < classes->len; j++)
        {
          TerraceStorageClass *class = g_ptr_array_index (classes, j);

          if (g_str_has_prefix (class->id, LOCAL_CLASSES))
            return class->id;
        }
    }
  return NULL;
}

/* (transfer full) (nullable): %NULL after saying what is wrong. */
static TerraceLocation *
make_location (TerraceCli *cli, char **arguments, const AddOptions *options)
{
  g_autofree char *root = g_canonicalize_filename (arguments[1], NULL);
  const char *class_ids[] = { NULL, NULL };
  int kind = TERRACE_LOCATION_LOCAL;
  g_autoptr (TerraceLocation) location = NULL;

  if (options->kind != NULL &&
      (!terrace_enum_from_nick (TERRACE_TYPE_LOCATION_KIND, options->kind, &kind) ||
       kind > TERRACE_LOCATION_SANDBOX))
    {
      terrace_cli_misuse ("location add", _ ("'%s' is none of local, sandbox, s3, azure and gcs"),
                          options->kind);
      return NULL;
    }
  if (kind != TERRACE_LOCATION_SANDBOX && (options->latency_ms > 0 || options->bandwidth != NULL))
    {
      terrace_cli_misuse ("location add",
                          _ ("--latency and --bandwidth are for a sandbox: --kind sandbox"));
      return NULL;
    }
  class_ids[0] = choose_class (cli, options);
  if (class_ids[0] == NULL)
    {
      terrace_cli_misuse ("location add",
                          _ ("There is no class '%s' ('terracectl location classes' lists them)"),
                          options->class_id != NULL ? options->class_id : LOCAL_CLASSES);
      return NULL;
    }

  location = terrace_location_new (kind, arguments[0], root, class_ids);
  location->latency_ms = (guint64) options->latency_ms;
  location->accepts = !options->no_accept;
  if ((options->bandwidth != NULL &&
       !terrace_parse_size (options->bandwidth, &location->bandwidth_bytes_s)) ||
      (options->capacity != NULL &&
       !terrace_parse_size (options->capacity, &location->capacity_bytes)))
    {
      terrace_cli_misuse ("location add", _ ("A size is written like 500M or 2GiB"));
      return NULL;
    }
  return g_steal_pointer (&location);
}

/* Whether the options name a kind that is reached over the network. */
static gboolean
is_cloud (const AddOptions *options, int *kind)
{
  return options->kind != NULL &&
         terrace_enum_from_nick (TERRACE_TYPE_LOCATION_KIND, options->kind, kind) &&
         *kind > TERRACE_LOCATION_SANDBOX;
}

static int
add_cloud (TerraceCli *cli, char **arguments, const AddOptions *options, TerraceLocationKind kind)
{
  TerraceCliCloud cloud = { kind,
                            arguments[0],
                            arguments[1],
                            options->class_id,
                            options->access_key,
                            !options->no_accept,
                            options->from };

  if (!g_utf8_validate (arguments[1], -1, NULL) || options->latency_ms > 0 ||
      options->bandwidth != NULL || options->capacity != NULL)
    return terrace_cli_misuse ("location add",
                               _ ("--latency, --bandwidth and --capacity are not for buckets"));

  return terrace_cli_add_cloud (cli, &cloud);
}

static int
add_folder (TerraceCli *cli, char **arguments, const AddOptions *options)
{
  g_autoptr (TerraceLocation) location = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  if (!terrace_cli_open (cli, FALSE))
    return TERRACE_CLI_FAILED;

  location = make_location (cli, arguments, options);
  if (location == NULL)
    return TERRACE_CLI_MISUSED;
  terrace_engine_add_location_async (cli->engine, location, cli->cancellable, terrace_cli_await_cb,
                                     &result);
  terrace_cli_await (&result);
  if (!terrace_engine_add_location_finish (cli->engine, result, &error))
    return terrace_cli_fail (error);

  terrace_cli_print (_ ("%s is ready\n"), location->name);
  return TERRACE_CLI_OK;
}

static int
run_add (TerraceCli *cli, int argc, char **argv)
{
  const TerraceCliHelp help = {
    "location add [OPTION…] NAME FOLDER|ADDRESS",
    _ ("Makes a folder (of a disk, a share, a server) known as a location that objects can be "
       "moved to. With --kind sandbox it pretends to be a cloud's storage class. With --kind s3, "
       "azure or gcs it is a bucket or container, https://endpoint/bucket, whose secret is read "
       "from standard input: S3's secret key, Azure's account key or shared access signature, the "
       "JSON file of Google Cloud's service account."),
    "  terracectl location add NAS /mnt/nas/terrace --class local/nas\n"
    "  terracectl location add Glacier /mnt/disk/glacier --kind sandbox --class aws/GLACIER_IR\n"
    "  terracectl location add Cloud https://s3.eu-west-1.amazonaws.com/a -k s3 --from env\n"
    "  terracectl location add Blobs https://myaccount.blob.core.windows.net/photos --kind azure\n"
    "  terracectl location add Google https://storage.googleapis.com/photos --kind gcs < "
    "key.json\n",
    FALSE,
  };
  g_auto (AddOptions) options = { 0 };
  GOptionEntry entries[] = {
    { "kind", 'k', 0, G_OPTION_ARG_FILENAME, &options.kind,
      N_ ("local (default), sandbox, s3, azure or gcs"), N_ ("KIND") },
    { "access-key", 0, 0, G_OPTION_ARG_FILENAME, &options.access_key,
      N_ ("s3, gcs: the key whose secret half is on standard input; azure: the account"),
      N_ ("KEY") },
    { "from", 0, 0, G_OPTION_ARG_FILENAME, &options.from,
      N_ ("Take the key from aws-profile:NAME, env or file:PATH"), N_ ("PLACE") },
    { "class", 'c', 0, G_OPTION_ARG_FILENAME, &options.class_id,
      N_ ("Storage class that gives the price"), N_ ("CLASS") },
    { "latency", 0, 0, G_OPTION_ARG_INT, &options.latency_ms,
      N_ ("Sandbox: wait before the first byte"), N_ ("MS") },
    { "bandwidth", 0, 0, G_OPTION_ARG_FILENAME, &options.bandwidth,
      N_ ("Sandbox: bytes a second at most, 20M"), N_ ("SIZE") },
    { "capacity", 0, 0, G_OPTION_ARG_FILENAME, &options.capacity,
      N_ ("Bytes that may be used, 500G"), N_ ("SIZE") },
    { "no-accept", 0, 0, G_OPTION_ARG_NONE, &options.no_accept, N_ ("The plan sends nothing here"),
      NULL },
    { NULL },
  };
  g_auto (GStrv) arguments = NULL;
  int kind;
  int status;

  if (!terrace_cli_parse (cli, &help, entries, argc, argv, &arguments, &status))
    return status;
  if (g_strv_length (arguments) != 2)
    return terrace_cli_misuse ("location add", _ ("Give it a name, and a folder or an address"));
  if (!g_utf8_validate (arguments[0], -1, NULL) || arguments[0][0] == '\0')
    return terrace_cli_misuse ("location add", _ ("The name must be text in UTF-8"));
  if (options.latency_ms < 0)
    return terrace_cli_misuse ("location add", _ ("--latency must not be negative"));
  if (is_cloud (&options, &kind))
    return add_cloud (cli, arguments, &options, kind);

  return add_folder (cli, arguments, &options);
}

static int
run_remove (TerraceCli *cli, int argc, char **argv)
{
  const TerraceCliHelp help = {
    "location remove [OPTION…] NAME",
    _ ("Forgets a location in which no object lies. Its folder stays as it is."),
    "  terracectl location remove NAS\n",
    FALSE,
  };
  g_auto (GStrv) arguments = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  TerraceLocation *location;
  int status;

  if (!terrace_cli_parse (cli, &help, NULL, argc, argv, &arguments, &status))
    return status;
  if (g_strv_length (arguments) != 1)
    return terrace_cli_misuse ("location remove", _ ("Name one location"));
  if (!terrace_cli_open (cli, FALSE))
    return TERRACE_CLI_FAILED;

  location = terrace_engine_find_location (cli->engine, arguments[0]);
  if (location == NULL)
    {
      terrace_cli_warn (_ ("There is no location '%s'"), arguments[0]);
      return TERRACE_CLI_FAILED;
    }
  terrace_engine_remove_location_async (cli->engine, location->id, cli->cancellable,
                                        terrace_cli_await_cb, &result);
  terrace_cli_await (&result);
  if (!terrace_engine_remove_location_finish (cli->engine, result, &error))
    return terrace_cli_fail (error);

  terrace_cli_print (_ ("Forgot %s\n"), arguments[0]);
  return TERRACE_CLI_OK;
}

static const TerraceCliCommand verbs[] = {
  { "list", N_ ("List the locations"), run_list },
  { "add", N_ ("Make a folder a location"), run_add },
  { "remove", N_ ("Forget an empty location"), run_remove },
  { "sandbox", N_ ("Make four sandbox locations to try with"), run_sandbox },
  { "test", N_ ("Try a location, and say what is wrong"), terrace_cli_location_test },
  { "scan", N_ ("Register what lies in a location"), terrace_cli_location_scan },
  { "probe", N_ ("Ask the locations how they are"), run_probe },
  { "classes", N_ ("List the storage classes of the price sheets"), run_classes },
  { NULL, NULL, NULL },
};

static int
print_verbs (void)
{
  terrace_cli_print ("%s\n  terracectl location %s\n\n%s\n", _ ("Usage:"),
                     _ ("COMMAND [ARGUMENT…]"), _ ("Commands:"));
  for (const TerraceCliCommand *verb = verbs; verb->name != NULL; verb++)
    terrace_cli_print ("  %-10s %s\n", verb->name, _ (verb->summary));
  terrace_cli_print ("\n%s\n", _ ("'terracectl location COMMAND --help' explains one."));

  return TERRACE_CLI_OK;
}

int
terrace_cli_location (TerraceCli *cli, int argc, char **argv)
{
  const TerraceCliCommand *verb;

  if (argc < 2)
    return terrace_cli_misuse ("location",
                               _ ("Say what: list, add, remove, sandbox, probe, classes"));
  if (g_str_equal (argv[1], "--help") || g_str_equal (argv[1], "-h"))
    return print_verbs ();
  verb = terrace_cli_command_find (verbs, argv[1]);
  if (verb == NULL)
    return terrace_cli_misuse ("location", _ ("There is no command 'location %s'"), argv[1]);

  return verb->run (cli, argc - 1, argv + 1);
}
