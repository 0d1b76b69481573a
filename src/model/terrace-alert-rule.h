/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "model/terrace-enums.h"

/* What to watch for and what to say then: data that a person edits. */

G_BEGIN_DECLS

#define TERRACE_TYPE_ALERT_RULE (terrace_alert_rule_get_type ())
G_DECLARE_FINAL_TYPE (TerraceAlertRule, terrace_alert_rule, TERRACE, ALERT_RULE, GObject)

/**
 * TerraceAlertRule:
 * @severity: of its alerts
 * @location_id: the only one it is about, 0 for all
 * @settings: its thresholds, a JSON object whose members depend on @kind
 * @silence_s: an alert that comes back within so many seconds is the same one, and nobody is told
 *   again
 *
 * Set up by whoever makes it; read-only once shared, except for terrace_alert_rule_update().
 */
struct _TerraceAlertRule
{
  GObject parent_instance;

  gint64 id;
  TerraceAlertKind kind;
  char *name;
  gboolean enabled;
  TerraceSeverity severity;
  gint64 location_id;
  char *settings;
  guint64 silence_s;
  gint64 updated_us;
};

/* (transfer full): switched on, a warning, about all locations. @settings: (nullable) */
TerraceAlertRule *
terrace_alert_rule_new (TerraceAlertKind kind, const char *name, const char *settings);

/* Main thread: takes over every field that @newer has different, and notifies once each. */
void terrace_alert_rule_update (TerraceAlertRule *self, TerraceAlertRule *newer);

G_END_DECLS
