/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "catalog/terrace-stream-log-table.h"
#include "model/terrace-enums.h"
#include "stream/terrace-source.h"

/* What a view shows of streams: the state of a source, and a line of the live log. Main thread. */

G_BEGIN_DECLS

#define TERRACE_TYPE_STREAM_STATUS (terrace_stream_status_get_type ())
G_DECLARE_FINAL_TYPE (TerraceStreamStatus, terrace_stream_status, TERRACE, STREAM_STATUS, GObject)

/**
 * TerraceStreamStatus:
 * One source a person set up, and how it is. Brought up to date once a second while it runs; each
 * field is a property named with dashes, and notifies. The rest of the settings:
 * terrace_stream_status_get_settings().
 * @detail: (nullable): what it reads: "broker.example:1883 data/#"
 * @error: (nullable): what went wrong last, for people
 * @in_flight: delivered and not yet committed
 * @lag: what waits at the origin, -1 if it cannot tell
 * @publishes: it is a place we write to, not one we read
 */
struct _TerraceStreamStatus
{
  GObject parent_instance;

  gint64 id;
  char *name;
  TerraceSourceKind kind;
  TerraceSourceState state;
  char *detail;
  char *error;
  double events_per_second;
  guint64 events;
  guint64 malformed;
  guint64 dropped;
  guint64 duplicates;
  guint64 late;
  guint64 unknown;
  guint in_flight;
  gint64 lag;
  gboolean publishes;

  TerraceSourceSettings *settings;
};

/* (transfer full) */
TerraceStreamStatus *terrace_stream_status_new (gint64 id, const TerraceSourceSettings *settings);
void terrace_stream_status_set_settings (TerraceStreamStatus *self,
                                         const TerraceSourceSettings *settings);
/* (transfer none): without the password. */
const TerraceSourceSettings *terrace_stream_status_get_settings (TerraceStreamStatus *self);
/* Notifies all that may have changed. */
void terrace_stream_status_changed (TerraceStreamStatus *self);

#define TERRACE_TYPE_STREAM_ROW (terrace_stream_row_get_type ())
G_DECLARE_FINAL_TYPE (TerraceStreamRow, terrace_stream_row, TERRACE, STREAM_ROW, GObject)

/**
 * TerraceStreamRow:
 * An event of the live log. Immutable; each field is a property named with dashes.
 * @number: counts up, also over what was left out because too much came at once
 * @severity: of an error it is one, of a warning that something is odd: late, unknown object
 * @item_id: 0 if the object is not registered or was not looked up
 * @location, @key: (nullable): as the event names them, valid UTF-8
 * @message: (nullable)
 */
struct _TerraceStreamRow
{
  GObject parent_instance;

  guint64 number;
  gint64 time_us;
  TerraceStreamKind kind;
  TerraceSeverity severity;
  char *source;
  gint64 item_id;
  char *location;
  char *key;
  guint64 bytes;
  guint64 latency_us;
  char *message;
};

/* (transfer full) */
TerraceStreamRow *terrace_stream_row_new (const char *source, const TerraceStreamEvent *event);

/* --- The live log -------------------------------------------------------------------------- */

#define TERRACE_TYPE_STREAM_LOG (terrace_stream_log_get_type ())
G_DECLARE_FINAL_TYPE (TerraceStreamLog, terrace_stream_log, TERRACE, STREAM_LOG, GObject)

/* A GListModel of the latest TERRACE_LIMIT_STREAM_LOG_ROWS rows, oldest first. Grows at its end and
 * forgets at its beginning, both in bulk, a few times a second at most; while it is paused it keeps
 * what it shows, and what comes meanwhile (as much as it holds) appears when it goes on. */
TerraceStreamLog *terrace_stream_log_new (void);
/* Takes the rows of @rows (element-type TerraceStreamRow) and counts @n_left_out events between. */
void terrace_stream_log_append (TerraceStreamLog *self, GPtrArray *rows, guint64 n_left_out);
void terrace_stream_log_clear (TerraceStreamLog *self);
void terrace_stream_log_set_paused (TerraceStreamLog *self, gboolean paused);
gboolean terrace_stream_log_get_paused (TerraceStreamLog *self);
/* Events that are in no row because too many came at once. */
guint64 terrace_stream_log_get_n_left_out (TerraceStreamLog *self);

G_END_DECLS
