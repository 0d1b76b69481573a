/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "model/terrace-enums.h"

/* Something a person should know of: one of them for one matter, however often it happens. */

G_BEGIN_DECLS

#define TERRACE_TYPE_ALERT (terrace_alert_get_type ())
G_DECLARE_FINAL_TYPE (TerraceAlert, terrace_alert, TERRACE, ALERT, GObject)

/**
 * TerraceAlert:
 * @rule_id: that found it, 0 if none did
 * @item_id, @move_id, @location_id: what it is about, 0 where that means nothing
 * @group_key: what makes two of them the same matter: "unreachable:3"
 * @message: for people; holds no secret
 * @count: how often it happened
 * @opened_us: when it happened first, as @last_us last
 * @cleared_us: when it was over, 0 while it is not
 * @acknowledged_us: when a person saw it, 0 if nobody did
 * @snoozed_until_us: before that nobody wants to be told
 * @notified_us: when a person was told last
 *
 * Set up by whoever makes it; read-only once shared, except for terrace_alert_update().
 */
struct _TerraceAlert
{
  GObject parent_instance;

  gint64 id;
  gint64 rule_id;
  TerraceAlertKind kind;
  TerraceSeverity severity;
  gint64 item_id;
  gint64 move_id;
  gint64 location_id;
  char *group_key;
  char *message;
  guint64 count;
  gint64 opened_us;
  gint64 last_us;
  gint64 cleared_us;
  gint64 acknowledged_us;
  gint64 snoozed_until_us;
  gint64 notified_us;
};

/* (transfer full): happened once, at @time_us. */
TerraceAlert *terrace_alert_new (TerraceAlertKind kind,
                                 TerraceSeverity severity,
                                 const char *group_key,
                                 gint64 time_us,
                                 const char *message);

/* Main thread: takes over every field that @newer has different, and notifies once each. */
void terrace_alert_update (TerraceAlert *self, TerraceAlert *newer);

/* Still so, not seen by a person, and not to be left alone at @now_us. */
gboolean terrace_alert_wants_attention (TerraceAlert *self, gint64 now_us);

G_END_DECLS
