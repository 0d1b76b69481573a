/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/terrace-engine.h"
#include "engine/terrace-stream-rows.h"
#include "model/terrace-alert-rule.h"
#include "model/terrace-alert.h"
#include "stream/terrace-publisher.h"
#include "stream/terrace-windows.h"

/* Events while they happen: from the sources into the windows, the log and the catalogue, and to
 * the rules that react. One per engine. Main thread; the work is on a thread of its own. */

G_BEGIN_DECLS

#define TERRACE_TYPE_ENGINE_STREAM (terrace_engine_stream_get_type ())
G_DECLARE_FINAL_TYPE (TerraceEngineStream, terrace_engine_stream, TERRACE, ENGINE_STREAM, GObject)

/* (transfer none): as long as the engine. */
TerraceEngineStream *terrace_engine_get_stream (TerraceEngine *self);

/**
 * TerraceEngineStream::ticked:
 *
 * Once a second while a source runs: windows, history and sources are up to date. A chart redraws
 * now.
 *
 * TerraceEngineStream::alerted:
 * @alert: (type TerraceAlert): a person has not heard of it: it is new or got more severe, and is
 *   neither snoozed nor within its time of silence. Show a notification if the window is away.
 */

/* --- Sources ------------------------------------------------------------------------------- */

/* (transfer none): GListModel of TerraceStreamStatus: all that were set up, running or not. */
GListModel *terrace_engine_stream_get_sources (TerraceEngineStream *self);
/* (transfer none) (nullable) */
TerraceStreamStatus *terrace_engine_stream_find_source (TerraceEngineStream *self,
                                                        const char *name);
/* Whether one of them runs. */
gboolean terrace_engine_stream_get_active (TerraceEngineStream *self);

/**
 * terrace_engine_stream_start_async:
 * @settings: stored under its name, the password in the keyring; %NULL password: the one stored
 *
 * Starts a source, or starts it anew with other settings. Finishes once it is set going: whether it
 * connects is told by its state. BUSY if another program reads it.
 */
void terrace_engine_stream_start_async (TerraceEngineStream *self,
                                        const TerraceSourceSettings *settings,
                                        GCancellable *cancellable,
                                        GAsyncReadyCallback callback,
                                        gpointer user_data);
gboolean terrace_engine_stream_start_finish (TerraceEngineStream *self,
                                             GAsyncResult *result,
                                             GError **error);

/* Finishes when all it delivered is committed. @name: (nullable): all. */
void terrace_engine_stream_stop_async (TerraceEngineStream *self,
                                       const char *name,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data);
gboolean
terrace_engine_stream_stop_finish (TerraceEngineStream *self, GAsyncResult *result, GError **error);

/* Stops it and forgets its settings and where it stood. */
void terrace_engine_stream_remove_async (TerraceEngineStream *self,
                                         const char *name,
                                         GCancellable *cancellable,
                                         GAsyncReadyCallback callback,
                                         gpointer user_data);
gboolean terrace_engine_stream_remove_finish (TerraceEngineStream *self,
                                              GAsyncResult *result,
                                              GError **error);

/**
 * terrace_engine_stream_send_async:
 * @data: one message: an event or an array of events in any of the formats of docs/events.md
 *
 * Hands a message in, as if a source had delivered it. Finishes once it is committed, with the
 * number of events in it; INVALID says why it could not be read.
 */
void terrace_engine_stream_send_async (TerraceEngineStream *self,
                                       const char *data,
                                       gsize length,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data);
gboolean terrace_engine_stream_send_finish (TerraceEngineStream *self,
                                            GAsyncResult *result,
                                            guint *n_events,
                                            GError **error);

/* Moves, alerts and plans go there from now on; %NULL settings: nowhere any more. */
gboolean terrace_engine_stream_publish (TerraceEngineStream *self,
                                        const TerraceSourceSettings *settings,
                                        TerracePublication what,
                                        GError **error);

/* --- Looking at it ------------------------------------------------------------------------- */

/* (transfer none) */
TerraceStreamLog *terrace_engine_stream_get_log (TerraceEngineStream *self);
/* Of all sources together, as of the last tick. */
const TerraceWindowSummary *terrace_engine_stream_get_window (TerraceEngineStream *self,
                                                              TerraceWindow window);
/* Fills @seconds with the last @n whole seconds (at most 3600), oldest first. */
void terrace_engine_stream_get_history (TerraceEngineStream *self,
                                        TerraceWindowSecond *seconds,
                                        guint n);
/* More comes than usual. */
gboolean terrace_engine_stream_get_burst (TerraceEngineStream *self);

/* Newest first. (transfer full) (element-type TerraceDeadLetter) */
void terrace_engine_stream_dead_letters_async (TerraceEngineStream *self,
                                               guint limit,
                                               GCancellable *cancellable,
                                               GAsyncReadyCallback callback,
                                               gpointer user_data);
GPtrArray *terrace_engine_stream_dead_letters_finish (TerraceEngineStream *self,
                                                      GAsyncResult *result,
                                                      GError **error);

/* --- Alerts -------------------------------------------------------------------------------- */

/* (transfer none): GListModel of TerraceAlert: the open ones and the latest history, newest first;
 * kept up to date. */
GListModel *terrace_engine_stream_get_alerts (TerraceEngineStream *self);

typedef enum
{
  TERRACE_ALERT_ACKNOWLEDGE,
  TERRACE_ALERT_SNOOZE, /* until @until_us; 0 ends it */
  TERRACE_ALERT_TOLD,   /* a person was shown a notification */
} TerraceAlertAction;

void terrace_engine_stream_control_alert_async (TerraceEngineStream *self,
                                                gint64 alert_id,
                                                TerraceAlertAction action,
                                                gint64 until_us,
                                                GCancellable *cancellable,
                                                GAsyncReadyCallback callback,
                                                gpointer user_data);
gboolean terrace_engine_stream_control_alert_finish (TerraceEngineStream *self,
                                                     GAsyncResult *result,
                                                     GError **error);

/* (transfer none): GListModel of TerraceAlertRule; the default ones are made at the first start. */
GListModel *terrace_engine_stream_get_rules (TerraceEngineStream *self);
/* Stores a changed or new rule (its id is set) and follows it. INVALID names the setting. */
void terrace_engine_stream_put_rule_async (TerraceEngineStream *self,
                                           TerraceAlertRule *rule,
                                           GCancellable *cancellable,
                                           GAsyncReadyCallback callback,
                                           gpointer user_data);
gboolean terrace_engine_stream_put_rule_finish (TerraceEngineStream *self,
                                                GAsyncResult *result,
                                                GError **error);

/**
 * TerraceRuleTrial:
 * What a rule would have done in the last hour.
 * @events: that were looked at
 * @fired: how often it would have spoken up, after grouping and silence
 * @messages: (element-type utf8): the first of what it would have said
 */
typedef struct
{
  guint64 events;
  guint fired;
  GPtrArray *messages;
} TerraceRuleTrial;

void terrace_rule_trial_free (TerraceRuleTrial *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TerraceRuleTrial, terrace_rule_trial_free)

/* @rule: need not be stored; nothing is done. */
void terrace_engine_stream_try_rule_async (TerraceEngineStream *self,
                                           TerraceAlertRule *rule,
                                           GCancellable *cancellable,
                                           GAsyncReadyCallback callback,
                                           gpointer user_data);
TerraceRuleTrial *terrace_engine_stream_try_rule_finish (TerraceEngineStream *self,
                                                         GAsyncResult *result,
                                                         GError **error);

G_END_DECLS
