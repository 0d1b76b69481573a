/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/terrace-engine-stream.h"

/* Words for streams as the window shows them. Pure functions; texts are translated. */

G_BEGIN_DECLS

const char *terrace_ui_stream_kind_label (TerraceStreamKind kind);
const char *terrace_ui_severity_label (TerraceSeverity severity);
const char *terrace_ui_severity_icon (TerraceSeverity severity);
const char *terrace_ui_source_kind_label (TerraceSourceKind kind);
const char *terrace_ui_source_state_label (TerraceSourceState state);
const char *terrace_ui_alert_kind_label (TerraceAlertKind kind);

/* (transfer full): a local clock time with milliseconds. */
char *terrace_ui_format_clock (gint64 time_us);
/* (transfer full): "1,234 events a second" */
char *terrace_ui_format_event_rate (double events_per_second);
/* (transfer full): state, rate, what waits and what was lost of a source. */
char *terrace_ui_format_source (const TerraceStreamStatus *status);
/* (transfer full): kind, how often, when, and what a person made of it. */
char *terrace_ui_format_alert (const TerraceAlert *alert, gint64 now_us);
/* (transfer full): what a rule waits for: "Above 5 % for 10 s". */
char *terrace_ui_format_rule (TerraceAlertRule *rule, const char *currency);

G_END_DECLS
