/* SPDX-License-Identifier: GPL-3.0-or-later */

/* terracectl stream: listens to events, shows them, hands some in. Runs on the main thread. */

#include "config.h"

#include "cli/terrace-cli-common.h"
#include "cli/terrace-cli-output.h"
#include "cli/terrace-cli-stream-private.h"
#include "engine/terrace-engine-stream.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

typedef struct
{
  char *kind;
  char *name;
  char *address;
  char *topic;
  char *client_id;
  char *user;
  char *password_file;
  gboolean tls;
  char *ca;
  char *cert;
  char *key;
  int qos;
  int mqtt;
  GStrv options;
  double rate;
  gint64 seed;
  double seconds;
  char *publish;
} Arguments;

static void
arguments_clear (Arguments *arguments)
{
  g_free (arguments->kind);
  g_free (arguments->name);
  g_free (arguments->address);
  g_free (arguments->topic);
  g_free (arguments->client_id);
  g_free (arguments->user);
  g_free (arguments->password_file);
  g_free (arguments->ca);
  g_free (arguments->cert);
  g_free (arguments->key);
  g_strfreev (arguments->options);
  g_free (arguments->publish);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Arguments, arguments_clear)

/* --- Settings ------------------------------------------------------------------------------ */

static gboolean
read_password (const char *path, char **password)
{
  g_autoptr (GError) error = NULL;

  if (path == NULL)
    return TRUE;
  if (!g_file_get_contents (path, password, NULL, &error))
    {
      terrace_cli_fail (error);
      return FALSE;
    }
  g_strchomp (*password);
  return TRUE;
}

static void
take_text (char **field, char **argument)
{
  if (*argument == NULL)
    return;
  g_free (*field);
  *field = g_steal_pointer (argument);
}

/* What was given replaces what is stored of a source of that name. */
static TerraceSourceSettings *
make_settings (TerraceEngineStream *stream, Arguments *arguments)
{
  const char *name = arguments->name;
  TerraceStreamStatus *status;
  TerraceSourceSettings *settings;
  int kind = TERRACE_SOURCE_SIMULATOR;

  if (name == NULL)
    name = arguments->kind != NULL ? arguments->kind : "simulator";
  status = terrace_engine_stream_find_source (stream, name);
  if (arguments->kind != NULL)
    terrace_enum_from_nick (TERRACE_TYPE_SOURCE_KIND, arguments->kind, &kind);
  else if (status != NULL)
    kind = (int) status->kind;
  settings = status != NULL && (int) status->kind == kind ?
                 terrace_source_settings_copy (terrace_stream_status_get_settings (status)) :
                 terrace_source_settings_new ((TerraceSourceKind) kind, name);

  take_text (&settings->address, &arguments->address);
  take_text (&settings->topic, &arguments->topic);
  take_text (&settings->client_id, &arguments->client_id);
  take_text (&settings->user, &arguments->user);
  take_text (&settings->ca_file, &arguments->ca);
  take_text (&settings->cert_file, &arguments->cert);
  take_text (&settings->key_file, &arguments->key);
  settings->tls |= arguments->tls;
  if (arguments->qos >= 0)
    settings->qos = (guint) arguments->qos;
  if (arguments->mqtt > 0)
    settings->mqtt_version = (guint) arguments->mqtt;
  if (arguments->options != NULL)
    {
      g_strfreev (settings->options);
      settings->options = g_steal_pointer (&arguments->options);
    }
  if (!isnan (arguments->rate))
    settings->rate = arguments->rate;
  if (arguments->seed >= 0)
    settings->seed = (guint64) arguments->seed;
  settings->seconds = arguments->seconds;

  return settings;
}

static gboolean
start_publishing (TerraceCli *cli,
                  TerraceEngineStream *stream,
                  const TerraceSourceSettings *settings,
                  const char *topic)
{
  g_autoptr (TerraceSourceSettings) target = terrace_source_settings_copy (settings);
  g_autoptr (GError) error = NULL;

  g_free (target->topic);
  target->topic = g_strdup (topic);
  if (terrace_engine_stream_publish (stream, target,
                                     TERRACE_PUBLISH_MOVES | TERRACE_PUBLISH_ALERTS |
                                         TERRACE_PUBLISH_PLANS,
                                     &error))
    return TRUE;

  terrace_cli_fail (error);
  return FALSE;
}

/* --- Listening ----------------------------------------------------------------------------- */

typedef struct
{
  TerraceCli *cli;
  TerraceEngineStream *stream;
  TerraceStreamStatus *status;
  gboolean tail;
  guint64 shown;
  guint timeout;
  GTask *task;
} Listening;

static void
listen_end (Listening *listening)
{
  g_autoptr (GTask) task = g_steal_pointer (&listening->task);

  g_clear_handle_id (&listening->timeout, g_source_remove);
  if (task != NULL)
    g_task_return_boolean (task, TRUE);
}

static gboolean
listen_timeout_cb (gpointer user_data)
{
  Listening *listening = user_data;

  listening->timeout = 0;
  listen_end (listening);

  return G_SOURCE_REMOVE;
}

static gboolean
listen_cancelled_cb (GCancellable *cancellable, gpointer user_data)
{
  listen_end (user_data);

  return G_SOURCE_REMOVE;
}

static void
listen_state_cb (TerraceStreamStatus *status, GParamSpec *pspec, gpointer user_data)
{
  Listening *listening = g_object_get_data (G_OBJECT (user_data), "listening");

  if (status->state == TERRACE_SOURCE_FAILED)
    listen_end (listening);
}

static JsonNode *
row_to_json (TerraceStreamRow *row)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  terrace_json_time (builder, "time", row->time_us);
  terrace_json_text (builder, "event",
                     terrace_enum_to_nick (TERRACE_TYPE_STREAM_KIND, (int) row->kind));
  terrace_json_text (builder, "source", row->source);
  terrace_json_int (builder, "object", row->item_id);
  terrace_json_text (builder, "location", row->location);
  terrace_json_text (builder, "key", row->key);
  terrace_json_int (builder, "bytes", (gint64) row->bytes);
  terrace_json_int (builder, "latency_us", (gint64) row->latency_us);
  terrace_json_text (builder, "error", row->message);
  json_builder_end_object (builder);

  return json_builder_get_root (builder);
}

static void
print_row (Listening *listening, TerraceStreamRow *row)
{
  g_autofree char *time = NULL;
  g_autofree char *key = NULL;

  if (listening->cli->json)
    {
      terrace_cli_json_print (row_to_json (row));
      return;
    }
  time = terrace_format_iso8601 (row->time_us);
  key = terrace_cli_safe (row->key != NULL ? row->key : "");
  terrace_cli_print ("%s  %-7s  #%-8" G_GINT64_FORMAT " %s %s%s%s\n", time,
                     terrace_enum_to_nick (TERRACE_TYPE_STREAM_KIND, (int) row->kind), row->item_id,
                     row->location != NULL ? row->location : "", key,
                     row->message != NULL ? "  " : "", row->message != NULL ? row->message : "");
}

static void
rows_cb (GListModel *log, guint position, guint removed, guint added, gpointer user_data)
{
  Listening *listening = g_object_get_data (G_OBJECT (user_data), "listening");

  for (guint i = 0; i < added && listening->tail; i++)
    {
      g_autoptr (TerraceStreamRow) row = g_list_model_get_item (log, position + i);

      print_row (listening, row);
    }
  if (listening->tail && !terrace_cli_output_works ())
    listen_end (listening);
}

static void
ticked_cb (TerraceEngineStream *stream, gpointer user_data)
{
  Listening *listening = g_object_get_data (G_OBJECT (user_data), "listening");
  TerraceStreamStatus *status = listening->status;

  terrace_cli_progress (listening->cli, _ ("%s: %lu events, %.0f a second%s%s"),
                        terrace_enum_to_nick (TERRACE_TYPE_SOURCE_STATE, (int) status->state),
                        (gulong) status->events, status->events_per_second,
                        status->error != NULL ? ": " : "",
                        status->error != NULL ? status->error : "");
}

static void
listen (Listening *listening, double seconds)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GObject) holder = g_object_new (G_TYPE_OBJECT, NULL);
  g_autoptr (GSource) cancelled = g_cancellable_source_new (listening->cli->cancellable);
  TerraceStreamLog *log = terrace_engine_stream_get_log (listening->stream);

  listening->task = g_task_new (holder, NULL, terrace_cli_await_cb, &result);
  g_source_set_callback (cancelled, G_SOURCE_FUNC (listen_cancelled_cb), listening, NULL);
  g_source_attach (cancelled, NULL);
  if (seconds > 0)
    listening->timeout = g_timeout_add ((guint) (seconds * 1000), listen_timeout_cb, listening);
  g_object_set_data (holder, "listening", listening);
  g_signal_connect_object (log, "items-changed", G_CALLBACK (rows_cb), holder, 0);
  g_signal_connect_object (listening->stream, "ticked", G_CALLBACK (ticked_cb), holder, 0);
  g_signal_connect_object (listening->status, "notify::state", G_CALLBACK (listen_state_cb), holder,
                           0);
  if (listening->status->state == TERRACE_SOURCE_FAILED)
    listen_end (listening);
  terrace_cli_await (&result);
  /* The task and what refers to it go with the result: nobody calls back any more. */
  g_object_set_data (holder, "listening", NULL);
  g_signal_handlers_disconnect_by_data (log, holder);
  g_signal_handlers_disconnect_by_data (listening->stream, holder);
  g_signal_handlers_disconnect_by_data (listening->status, holder);
  g_source_destroy (cancelled);
  terrace_cli_progress_end (listening->cli);
}

static gboolean
start (TerraceCli *cli, TerraceEngineStream *stream, const TerraceSourceSettings *settings)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  terrace_engine_stream_start_async (stream, settings, cli->cancellable, terrace_cli_await_cb,
                                     &result);
  terrace_cli_await (&result);
  if (terrace_engine_stream_start_finish (stream, result, &error))
    return TRUE;

  terrace_cli_fail (error);
  return FALSE;
}

static int
run_listen (TerraceCli *cli, TerraceEngineStream *stream, Arguments *arguments, gboolean tail)
{
  g_autoptr (TerraceSourceSettings) settings = make_settings (stream, arguments);
  Listening listening = { .cli = cli, .stream = stream, .tail = tail };
  double seconds = arguments->seconds;

  /* The command ends; the simulator's story would only end sooner or later than it. */
  settings->seconds = 0;
  if (!read_password (arguments->password_file, &settings->password))
    return TERRACE_CLI_FAILED;
  if ((arguments->publish != NULL &&
       !start_publishing (cli, stream, settings, arguments->publish)) ||
      !start (cli, stream, settings))
    return TERRACE_CLI_FAILED;

  listening.status = terrace_engine_stream_find_source (stream, settings->name);
  listen (&listening, seconds);
  if (!terrace_cli_stream_stop (stream))
    return TERRACE_CLI_FAILED;
  if (listening.status->state == TERRACE_SOURCE_FAILED)
    {
      terrace_cli_warn ("%s", listening.status->error);
      return TERRACE_CLI_FAILED;
    }
  if (cli->json && !tail)
    terrace_cli_json_print (terrace_cli_stream_status_to_json (listening.status));
  else if (!tail)
    terrace_cli_print (_ ("%lu events: %lu duplicates, %lu late, %lu of unknown objects, %lu could "
                          "not be read\n"),
                       (gulong) listening.status->events, (gulong) listening.status->duplicates,
                       (gulong) listening.status->late, (gulong) listening.status->unknown,
                       (gulong) listening.status->malformed);

  return TERRACE_CLI_OK;
}

/* --- The command --------------------------------------------------------------------------- */

#define ENTRY(name, letter, type, field, text, value) \
  {                                                   \
    name, letter, 0, type, field, N_ (text), value    \
  }

static gboolean
parse (TerraceCli *cli, Arguments *a, int argc, char **argv, char ***arguments, int *status)
{
  const TerraceCliHelp help = {
    "stream start|tail|send|status [OPTION…] [FILE]",
    _ ("Listens to events about data: from a simulation, an MQTT broker, a Kafka cluster or a "
       "watched folder. 'start' listens until it is stopped, 'tail' also writes every event, "
       "'send' "
       "hands in events of a file or of standard input, a line each, and 'status' shows the "
       "sources "
       "and what could not be read. Moves are carried out and alerts raised meanwhile."),
    "  terracectl stream start --rate 1000 --seconds 60\n"
    "  terracectl stream tail --kind mqtt --address broker.example --topic "
    "'data/{location}/{key}'\n"
    "  terracectl stream start --kind kafka --address k1:9092,k2:9092 --topic accesses\n"
    "  echo '{\"event\":\"read\",\"location\":\"Hot\",\"key\":\"a.mov\"}' | terracectl stream "
    "send\n"
    "  terracectl stream status\n",
    TRUE,
  };
  GOptionEntry entries[] = {
    ENTRY ("kind", 'k', G_OPTION_ARG_STRING, &a->kind, "simulator, mqtt, kafka or folder",
           N_ ("KIND")),
    ENTRY ("name", 'n', G_OPTION_ARG_STRING, &a->name, "Under which it is known again",
           N_ ("NAME")),
    ENTRY ("address", 'a', G_OPTION_ARG_FILENAME, &a->address, "Broker or folder", N_ ("ADDRESS")),
    ENTRY ("topic", 't', G_OPTION_ARG_STRING, &a->topic, "Topics, separated by commas",
           N_ ("TOPIC")),
    ENTRY ("client-id", 0, G_OPTION_ARG_STRING, &a->client_id, "MQTT client id, Kafka group",
           N_ ("ID")),
    ENTRY ("user", 'u', G_OPTION_ARG_STRING, &a->user, "User name", N_ ("USER")),
    ENTRY ("password-file", 0, G_OPTION_ARG_FILENAME, &a->password_file, "Holds the password",
           N_ ("FILE")),
    ENTRY ("tls", 0, G_OPTION_ARG_NONE, &a->tls, "Encrypt the connection", NULL),
    ENTRY ("ca", 0, G_OPTION_ARG_FILENAME, &a->ca, "Certificate of the authority", N_ ("FILE")),
    ENTRY ("cert", 0, G_OPTION_ARG_FILENAME, &a->cert, "Certificate of this client", N_ ("FILE")),
    ENTRY ("key", 0, G_OPTION_ARG_FILENAME, &a->key, "Key of that certificate", N_ ("FILE")),
    ENTRY ("qos", 'q', G_OPTION_ARG_INT, &a->qos, "MQTT quality of service: 0, 1 (default), 2",
           "N"),
    ENTRY ("mqtt", 0, G_OPTION_ARG_INT, &a->mqtt, "Version of MQTT: 3 or 5 (default)", "N"),
    ENTRY ("option", 'o', G_OPTION_ARG_STRING_ARRAY, &a->options, "For librdkafka",
           N_ ("NAME=VALUE")),
    ENTRY ("rate", 'r', G_OPTION_ARG_DOUBLE, &a->rate, "Simulated events a second (100)", "N"),
    ENTRY ("seed", 0, G_OPTION_ARG_INT64, &a->seed, "Simulation: the same seed, the same story",
           "N"),
    ENTRY ("seconds", 's', G_OPTION_ARG_DOUBLE, &a->seconds, "Stop after so many seconds", "N"),
    ENTRY ("publish", 'p', G_OPTION_ARG_STRING, &a->publish,
           "Tell moves, alerts and plans to this topic", N_ ("TOPIC")),
    { NULL },
  };

  return terrace_cli_parse (cli, &help, entries, argc, argv, arguments, status);
}

static gboolean
check (const Arguments *arguments, const char *verb, int *status)
{
  static const char *const verbs[] = { "start", "tail", "send", "status", NULL };
  int kind;

  *status = TERRACE_CLI_MISUSED;
  if (verb == NULL)
    terrace_cli_misuse ("stream", _ ("Say what to do: start, tail, send or status"));
  else if (!g_strv_contains (verbs, verb))
    terrace_cli_misuse ("stream", _ ("There is no 'stream %s'"), verb);
  else if (arguments->kind != NULL &&
           (!terrace_enum_from_nick (TERRACE_TYPE_SOURCE_KIND, arguments->kind, &kind) ||
            kind == TERRACE_SOURCE_PUSH))
    terrace_cli_misuse ("stream", _ ("There is no kind of source '%s'"), arguments->kind);
  else if (arguments->seconds < 0 || arguments->seconds > 1e6)
    terrace_cli_misuse ("stream", _ ("--seconds makes no sense"));
  else
    return TRUE;

  return FALSE;
}

int
terrace_cli_stream (TerraceCli *cli, int argc, char **argv)
{
  g_auto (Arguments) a = { .qos = -1, .seed = -1, .rate = NAN };
  g_auto (GStrv) arguments = NULL;
  g_autoptr (GPtrArray) letters = NULL;
  TerraceEngineStream *stream;
  const char *verb;
  int status;

  if (!parse (cli, &a, argc, argv, &arguments, &status) ||
      !check (&a, verb = arguments[0], &status))
    return status;
  if (!terrace_cli_open (cli, !g_str_equal (verb, "status")))
    return TERRACE_CLI_FAILED;

  stream = terrace_engine_get_stream (cli->engine);
  if (g_str_equal (verb, "send"))
    return terrace_cli_stream_send (cli, stream, arguments + 1);
  /* Its answer comes after the sources were read. */
  letters = terrace_cli_stream_read_letters (cli, stream);
  if (letters == NULL)
    return TERRACE_CLI_FAILED;
  if (g_str_equal (verb, "status"))
    return terrace_cli_stream_status (cli, stream);

  return run_listen (cli, stream, &a, g_str_equal (verb, "tail"));
}
