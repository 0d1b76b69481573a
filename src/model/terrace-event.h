/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "model/terrace-enums.h"

/* Something that happened, for the log and the history of an object. Immutable once shared. */

G_BEGIN_DECLS

#define TERRACE_TYPE_EVENT (terrace_event_get_type ())
G_DECLARE_FINAL_TYPE (TerraceEvent, terrace_event, TERRACE, EVENT, GObject)

/* Ids are 0 where they mean nothing. @message is for people and holds no secret. */
struct _TerraceEvent
{
  GObject parent_instance;

  gint64 id;
  gint64 time_us;
  TerraceEventKind kind;
  TerraceSeverity severity;
  gint64 item_id;
  gint64 move_id;
  gint64 location_id;
  char *message;
};

TerraceEvent *terrace_event_new (TerraceEventKind kind,
                                 TerraceSeverity severity,
                                 gint64 time_us,
                                 const char *message);

G_END_DECLS
