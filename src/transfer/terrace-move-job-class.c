/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two things that stand before a copy: may it cost what it costs, and need there be one at all. An
 * object that only changes its class where it lies is changed by the place itself: nothing is
 * copied, nothing removed, and the one row says when it has happened. Main thread, except the
 * functions that take a TerraceConnection. */

#include "config.h"

#include "transfer/terrace-move-job.h"

#include <glib/gi18n-lib.h>

#include "base/terrace-error.h"
#include "catalog/terrace-event-table.h"
#include "catalog/terrace-item-table.h"
#include "catalog/terrace-move-table.h"
#include "transfer/terrace-move-job-private.h"
#include "transfer/terrace-move-words.h"

/* --- The cap -----------------------------------------------------------------------------------
 */

void
move_job_set_cap (TerraceMoveJob *self, TerraceMoveCommit *commit)
{
  commit->spend_cap_nanos = self->context->spend_cap_nanos;
  commit->currency = g_strdup (self->context->currency);
}

static gboolean
move_job_pause_batch (TerraceConnection *connection,
                      TerraceMoveCommit *commit,
                      TerraceMove *stored,
                      gint64 spent_nanos,
                      gint64 next_nanos,
                      GError **error)
{
  TerraceMove *move = commit->move;
  g_autoptr (TerraceEvent) event = NULL;
  guint n_paused = 0;

  commit->release = TRUE;
  commit->silent = TRUE;
  commit->clear_request = TRUE;
  move->started_us = stored->started_us;
  move->resume_state = stored->state == TERRACE_MOVE_QUEUED ? stored->resume_state : stored->state;
  move->state = TERRACE_MOVE_PAUSED;
  g_free (move->error);
  move->error =
      terrace_move_words_cap (commit->spend_cap_nanos, spent_nanos, next_nanos, commit->currency);
  move->error_code = TERRACE_ERROR_LIMIT;
  if (!terrace_move_batch_table_pause (connection, move->batch_id, move->error, TERRACE_ERROR_LIMIT,
                                       commit->now_us, &n_paused, error))
    return FALSE;

  event = terrace_move_words_capped (move, n_paused + 1, move->error);
  event->time_us = commit->now_us;

  return terrace_event_table_append (connection, event, error);
}

gboolean
move_job_check_cap (TerraceConnection *connection, TerraceMoveCommit *commit, GError **error)
{
  TerraceMove *move = commit->move;
  g_autoptr (TerraceMove) stored = NULL;
  gint64 spent_nanos;
  gint64 next_nanos;

  if (commit->spend_cap_nanos == 0 || move->batch_id == 0)
    return TRUE;

  stored = terrace_move_table_get (connection, move->id, error);
  if (stored == NULL ||
      !terrace_move_batch_table_get_spent (connection, move->batch_id, &spent_nanos, error))
    return FALSE;

  next_nanos = terrace_move_store_get_share (move) - terrace_move_store_get_share (stored);
  if (spent_nanos + next_nanos <= commit->spend_cap_nanos)
    return TRUE;

  return move_job_pause_batch (connection, commit, stored, spent_nanos, next_nanos, error);
}

/* --- A change of class -------------------------------------------------------------------------
 */

gboolean
move_job_is_in_place (TerraceMove *move)
{
  return move->source_location_id == move->dest_location_id &&
         g_strcmp0 (move->source_key, move->dest_key) == 0;
}

/* The object's row: another class since now, and perhaps another version of the same bytes. */
static gboolean
move_job_enter_class (TerraceConnection *connection, TerraceMoveCommit *commit, GError **error)
{
  TerraceMove *move = commit->move;
  g_autoptr (TerraceItem) item = terrace_item_table_get (connection, move->item_id, error);

  if (item == NULL)
    return FALSE;
  if (item->location_id != move->dest_location_id || g_strcmp0 (item->key, move->dest_key) != 0)
    return TRUE;

  g_free (item->class_id);
  item->class_id = g_strdup (move->dest_class_id);
  item->class_since_us = commit->now_us;
  item->tier = commit->tier;
  g_free (item->version);
  item->version = g_strdup (move->dest_version);
  item->wanted_location_id = 0;
  item->saving_nanos = 0;
  item->once_nanos = 0;
  g_clear_pointer (&item->wanted_class_id, g_free);

  return terrace_item_table_update (connection, item, error);
}

static void
move_job_class_changed (TerraceMoveJob *self, const TerraceObjectInfo *info)
{
  TerraceMoveCommit *commit = move_job_new_commit (self);
  TerraceMove *move = commit->move;

  g_free (move->dest_version);
  move->dest_version = g_strdup (info->version);
  move->state = TERRACE_MOVE_DONE;
  move->resume_state = TERRACE_MOVE_QUEUED;
  move->finished_us = terrace_clock_get_now_us (self->context->clock);
  move->done_bytes = move->size_bytes;
  move->spent_nanos += move->leave_nanos;
  g_clear_pointer (&move->error, g_free);
  move->error_code = 0;
  commit->tier = self->context->tiers (move->dest_class_id, self->context->lookup_data);
  commit->also = move_job_enter_class;
  commit->event = terrace_move_words_class_changed (move, self->dest_location);
  commit->clear_request = TRUE;
  commit->release = TRUE;
  move_job_transition (self, commit, NULL);
}

static void
move_job_set_class_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TerraceMoveJob) self = user_data;
  g_autoptr (TerraceObjectInfo) info = NULL;
  GError *error = NULL;

  info = terrace_provider_set_class_finish (TERRACE_PROVIDER (object), result, &error);
  if (self->lost)
    {
      g_clear_error (&error);
      move_job_return (self);
    }
  else if (info == NULL)
    move_job_error (self, error, TRUE);
  else
    move_job_class_changed (self, info);
}

static void
move_job_set_class (TerraceMoveJob *self)
{
  terrace_provider_set_class_async (self->dest, self->move->dest_key, self->move->source_version,
                                    self->move->dest_class_id, self->cancellable,
                                    move_job_set_class_cb, g_object_ref (self));
}

void
move_job_change_class (TerraceMoveJob *self)
{
  TerraceMoveCommit *commit = move_job_new_commit (self);
  TerraceMove *move = commit->move;

  move->state = TERRACE_MOVE_COPYING;
  move->resume_state = TERRACE_MOVE_QUEUED;
  move->retry_us = 0;
  if (move->started_us == 0)
    move->started_us = terrace_clock_get_now_us (self->context->clock);
  commit->prepare = move_job_check_cap;
  move_job_set_cap (self, commit);
  move_job_transition (self, commit, move_job_set_class);
}

/* The process that asked for the change may have died before it heard the answer. */
static void
move_job_look_at_class_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TerraceMoveJob) self = user_data;
  g_autoptr (TerraceObjectInfo) info = NULL;
  GError *error = NULL;

  info = terrace_provider_stat_finish (TERRACE_PROVIDER (object), result, &error);
  if (self->lost)
    {
      g_clear_error (&error);
      move_job_return (self);
    }
  else if (info == NULL)
    {
      self->closing = MOVE_CLOSE_NOT;
      move_job_error (self, error, TRUE);
    }
  else if (g_strcmp0 (info->class_id, self->move->dest_class_id) == 0 &&
           info->size_bytes == self->move->size_bytes)
    move_job_class_changed (self, info);
  else if (self->closing == MOVE_CLOSE_CANCEL)
    move_job_cancelled (self, FALSE);
  else if (g_strcmp0 (info->version, self->move->source_version) == 0)
    move_job_change_class (self);
  else
    move_job_error (self,
                    g_error_new_literal (TERRACE_ERROR, TERRACE_ERROR_CHANGED,
                                         _ ("The file changed since it was added; add it again, "
                                            "then plan")),
                    TRUE);
}

void
move_job_resume_change (TerraceMoveJob *self)
{
  terrace_provider_stat_async (self->dest, self->move->dest_key, self->cancellable,
                               move_job_look_at_class_cb, g_object_ref (self));
}
