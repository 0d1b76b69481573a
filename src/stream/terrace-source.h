/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/terrace-clock.h"
#include "stream/terrace-stream-event.h"

#include <gio/gio.h>

/* One place events come from.
 *
 * Delivers batches to its consumer on the main context. The consumer says with
 * terrace_source_commit() when what it made of a batch is safely stored; only then does a source
 * acknowledge (MQTT), store offsets (Kafka) or move its mark (files). No more than
 * TERRACE_LIMIT_STREAM_IN_FLIGHT_EVENTS are delivered and not committed: a slow consumer slows the
 * source, and where the protocol cannot wait the loss is counted. Main thread; what blocks is on a
 * thread of the source's own. */

G_BEGIN_DECLS

typedef enum
{
  TERRACE_SOURCE_SIMULATOR,
  TERRACE_SOURCE_MQTT,
  TERRACE_SOURCE_KAFKA,
  TERRACE_SOURCE_FOLDER,
  TERRACE_SOURCE_PUSH, /* events are handed in: terracectl stream send, HTTP POST */
} TerraceSourceKind;

typedef enum
{
  TERRACE_SOURCE_STOPPED,
  TERRACE_SOURCE_CONNECTING, /* also again, after a loss: then "error" says why */
  TERRACE_SOURCE_RUNNING,
  TERRACE_SOURCE_FAILED, /* a person has to change something */
} TerraceSourceState;

#define TERRACE_TYPE_SOURCE_KIND (terrace_source_kind_get_type ())
#define TERRACE_TYPE_SOURCE_STATE (terrace_source_state_get_type ())
GType terrace_source_kind_get_type (void);
GType terrace_source_state_get_type (void);

/**
 * TerraceSourceSettings:
 * @name: of the source: known again by it after a restart (offsets, sessions, groups); unique
 * @address: "host[:port]" (MQTT), "host:port,host:port" (Kafka), a folder's path
 * @topic: MQTT: topics, comma-separated, with wildcards; "data/{location}/{key}" takes location and
 *   key out of the topic where the message has none. Kafka: topics, comma-separated
 * @client_id: (nullable): MQTT client id and Kafka group; "terrace-NAME" if %NULL
 * @user: (nullable): and
 * @password: (nullable): held in memory only
 * @tls: with @ca_file (nullable: the system's), and @cert_file and @key_file (nullable) to show
 * @qos: 0 to 2
 * @mqtt_version: 3 or 5
 * @options: (nullable): "name=value" passed through to librdkafka
 * @rate: simulator: events a second
 * @seed: simulator: the same seed tells the same story
 * @seconds: simulator: ends after this many, 0 never
 */
typedef struct
{
  TerraceSourceKind kind;
  char *name;

  char *address;
  char *topic;
  char *client_id;
  char *user;
  char *password;
  gboolean tls;
  char *ca_file;
  char *cert_file;
  char *key_file;
  guint qos;
  guint mqtt_version;
  GStrv options;

  double rate;
  guint64 seed;
  double seconds;
} TerraceSourceSettings;

/* (transfer full): with the defaults of @kind. */
TerraceSourceSettings *terrace_source_settings_new (TerraceSourceKind kind, const char *name);
TerraceSourceSettings *terrace_source_settings_copy (const TerraceSourceSettings *self);
void terrace_source_settings_free (TerraceSourceSettings *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TerraceSourceSettings, terrace_source_settings_free)
/* INVALID says which setting makes no sense. */
gboolean terrace_source_settings_validate (const TerraceSourceSettings *self, GError **error);

/* (transfer full): without the password. */
char *terrace_source_settings_to_json (const TerraceSourceSettings *self);
TerraceSourceSettings *terrace_source_settings_from_json (TerraceSourceKind kind,
                                                          const char *name,
                                                          const char *json,
                                                          GError **error);

#define TERRACE_TYPE_SOURCE (terrace_source_get_type ())
G_DECLARE_DERIVABLE_TYPE (TerraceSource, terrace_source, TERRACE, SOURCE, GObject)

/**
 * TerraceSourceClass:
 * @start: begins; reports by terrace_source_set_state() and _deliver()
 * @stop_async: delivers nothing any more, ends threads
 * @resume: (nullable): there is room again
 * @commit: (nullable): @batch is safely stored
 * @get_lag: (nullable): events that wait at the origin, -1 if it cannot tell
 */
struct _TerraceSourceClass
{
  GObjectClass parent_class;

  void (*start) (TerraceSource *self);
  void (*stop_async) (TerraceSource *self, GTask *task);
  void (*resume) (TerraceSource *self);
  void (*commit) (TerraceSource *self, TerraceSourceBatch *batch);
  gint64 (*get_lag) (TerraceSource *self);
};

/**
 * TerraceSourceConsumer:
 * @batch: (transfer none): ref it to keep it; commit it sooner or later
 */
typedef void (*TerraceSourceConsumer) (TerraceSource *self,
                                       TerraceSourceBatch *batch,
                                       gpointer user_data);

const TerraceSourceSettings *terrace_source_get_settings (TerraceSource *self);
void terrace_source_set_consumer (TerraceSource *self,
                                  TerraceSourceConsumer consumer,
                                  gpointer user_data);
void terrace_source_start (TerraceSource *self);
/* The last batches may still be committed afterwards. */
void terrace_source_stop_async (TerraceSource *self,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
gboolean terrace_source_stop_finish (TerraceSource *self, GAsyncResult *result, GError **error);
void terrace_source_commit (TerraceSource *self, TerraceSourceBatch *batch);

TerraceSourceState terrace_source_get_state (TerraceSource *self);
/* (transfer none) (nullable): the last error, for people; kept after it was overcome. */
const char *terrace_source_get_error (TerraceSource *self);
/* Delivered so far, -dropped and -malformed: see TerraceSourceBatch. */
guint64 terrace_source_get_n_events (TerraceSource *self);
guint64 terrace_source_get_n_dropped (TerraceSource *self);
guint64 terrace_source_get_n_malformed (TerraceSource *self);
gint64 terrace_source_get_lag (TerraceSource *self);
/* Events delivered and not committed. */
guint terrace_source_get_in_flight (TerraceSource *self);

/**
 * TerraceSource::changed:
 *
 * State or error changed.
 */

/* --- For the kinds ------------------------------------------------------------------------- */

/* @message: (nullable): keeps the last one. */
void terrace_source_set_state (TerraceSource *self, TerraceSourceState state, const char *message);
/* Main thread. @batch: (transfer full). */
void terrace_source_deliver (TerraceSource *self, TerraceSourceBatch *batch);
gboolean terrace_source_has_room (TerraceSource *self);

G_END_DECLS
