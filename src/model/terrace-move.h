/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/terrace-checksum.h"
#include "model/terrace-enums.h"

/* One object's migration, as the catalogue has it. A snapshot like TerraceItem, except that the
 * fields under "live" are kept up to date by views while the move runs (terrace_move_update()).
 * Each field has a property named with dashes. */

G_BEGIN_DECLS

#define TERRACE_TYPE_MOVE (terrace_move_get_type ())
G_DECLARE_FINAL_TYPE (TerraceMove, terrace_move, TERRACE, MOVE, GObject)

/**
 * TerraceMove:
 * @source_version: what is copied; the source is trimmed only while it is still this
 * @dest_key: decided before the first byte; may differ from @source_key when that was taken
 * @token: random, names temporary and trashed files of this move
 * @upload: (nullable): the provider's resumable upload
 * @dest_version: (nullable): what the finished upload became
 * @checksum: of the source, as it flowed
 * @keep_source: a copy, not a move
 * @hold: stop at staged until somebody commits
 * @undo_of: the move this one takes back, 0
 * @request: what somebody asked of the process that carries it out
 * @attempts: failed so far
 * @retry_us: not before this moment, 0
 * @error: (nullable): why it failed last, for people
 * @error_code: a TerraceErrorCode, when @error is set
 * @saving_nanos: per month, as planned
 * @once_nanos: what it was expected to cost, once
 * @leave_nanos: the part of it that is for leaving the source's class early
 * @batch_id: the moves it was accepted with, 0: none
 * @requests_sent: to places that charge for them
 * @spent_nanos: what it has cost so far
 */
struct _TerraceMove
{
  GObject parent_instance;

  gint64 id;
  gint64 item_id;
  char *name;
  guint64 size_bytes;

  gint64 source_location_id;
  char *source_key;
  char *source_version;
  char *source_class_id;
  gint64 dest_location_id;
  char *dest_key;
  char *dest_class_id;

  TerraceMoveState state;
  TerraceMoveState resume_state;
  TerraceMoveRequest request;
  int priority;
  char *token;
  char *upload;
  char *dest_version;
  TerraceDigest checksum;
  gboolean keep_source;
  gboolean hold;
  gint64 undo_of;
  gint64 undone_by;

  guint attempts;
  gint64 retry_us;
  char *error;
  int error_code;
  gint64 saving_nanos;
  gint64 once_nanos;
  gint64 leave_nanos;
  gint64 batch_id;
  guint64 requests_sent;
  gint64 spent_nanos;
  gint64 created_us;
  gint64 started_us;
  gint64 updated_us;
  gint64 finished_us;

  /* live */
  guint64 done_bytes;
  double bytes_per_second;
};

TerraceMove *terrace_move_new (void);

/* Main thread: takes over every field that @newer has different, and notifies once each. */
void terrace_move_update (TerraceMove *self, TerraceMove *newer);
void terrace_move_set_progress (TerraceMove *self, guint64 done_bytes, double bytes_per_second);

G_END_DECLS
