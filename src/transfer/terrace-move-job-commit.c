/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The second half of a move: the verified copy is entered, the verdict is recorded, the source is
 * trimmed. From the verdict on there is no way back but to undo. Main thread, except the functions
 * that take a TerraceConnection. */

#include "config.h"

#include "transfer/terrace-move-job.h"

#include <glib/gi18n-lib.h>

#include "base/terrace-error.h"
#include "catalog/terrace-item-table.h"
#include "catalog/terrace-setting-table.h"
#include "transfer/terrace-move-job-private.h"
#include "transfer/terrace-move-words.h"

gint64
move_job_find_replica (GPtrArray *replicas, gint64 location_id, const char *key)
{
  for (guint i = 0; i < replicas->len; i++)
    {
      const TerraceReplica *replica = g_ptr_array_index (replicas, i);

      if (replica->location_id == location_id && g_strcmp0 (replica->key, key) == 0)
        return replica->id;
    }

  return 0;
}

/* --- Staged ---------------------------------------------------------------------------------- */

static gboolean
move_job_insert_copy (TerraceConnection *connection, TerraceMoveCommit *commit, GError **error)
{
  return terrace_replica_table_insert (connection, commit->replica, error);
}

void
move_job_stage (TerraceMoveJob *self)
{
  TerraceMoveCommit *commit = move_job_new_commit (self);
  TerraceReplica *replica = terrace_replica_new ();
  gint64 now_us = terrace_clock_get_now_us (self->context->clock);

  replica->item_id = self->move->item_id;
  replica->location_id = self->move->dest_location_id;
  replica->key = g_strdup (self->move->dest_key);
  replica->version = g_strdup (self->move->dest_version);
  replica->class_id = g_strdup (self->move->dest_class_id);
  replica->class_since_us = now_us;
  replica->checksum = self->move->checksum;
  replica->verified_us = now_us;

  commit->move->state = TERRACE_MOVE_STAGED;
  commit->move->resume_state = TERRACE_MOVE_QUEUED;
  commit->replica = replica;
  commit->also = move_job_insert_copy;
  commit->release = self->move->hold;
  move_job_transition (self, commit, move_job_advance);
}

/* --- The verdict ----------------------------------------------------------------------------- */

/* Whether enough verified copies remain without the source. */
static gboolean
move_job_may_trim (TerraceMove *move, GPtrArray *replicas, const TerracePolicy *policy)
{
  gint64 source_id = move_job_find_replica (replicas, move->source_location_id, move->source_key);
  guint verified = 0;

  for (guint i = 0; i < replicas->len; i++)
    {
      const TerraceReplica *replica = g_ptr_array_index (replicas, i);

      if (replica->id != source_id && replica->verified_us > 0)
        verified++;
    }

  return !move->keep_source && verified >= MAX (policy->wanted_copies, 1);
}

/* The last moment to ask for something: what was asked before this row is answered first. */
static gboolean
move_job_prepare_verdict (TerraceConnection *connection, TerraceMoveCommit *commit, GError **error)
{
  TerraceMove *move = commit->move;
  g_autoptr (GPtrArray) replicas = NULL;
  TerracePolicy policy;

  commit->release = FALSE;
  move->state = TERRACE_MOVE_STAGED;
  if (move->request != TERRACE_MOVE_REQUEST_NONE)
    return TRUE;

  replicas = terrace_replica_table_list (connection, move->item_id, error);
  if (replicas == NULL || !terrace_policy_table_get (connection, &policy, error))
    return FALSE;

  move->state = TERRACE_MOVE_COMMITTING;
  if (!move_job_may_trim (move, replicas, &policy))
    {
      commit->release = TRUE;
      move->state = TERRACE_MOVE_DONE;
      move->finished_us = commit->now_us;
      g_clear_pointer (&move->error, g_free);
      move->error_code = 0;
    }

  return TRUE;
}

/* The copy leads from now on, if what it is to replace did. */
static gboolean
move_job_apply_verdict (TerraceConnection *connection, TerraceMoveCommit *commit, GError **error)
{
  TerraceMove *move = commit->move;
  g_autoptr (GPtrArray) replicas = terrace_replica_table_list (connection, move->item_id, error);
  const TerraceReplica *leading;
  gint64 dest_id;
  gboolean source_leads;

  if (replicas == NULL)
    return FALSE;
  commit->silent = move->state != TERRACE_MOVE_DONE;
  if (move->state == TERRACE_MOVE_STAGED)
    return TRUE;

  dest_id = move_job_find_replica (replicas, move->dest_location_id, move->dest_key);
  leading = replicas->len > 0 ? g_ptr_array_index (replicas, 0) : NULL;
  source_leads = leading != NULL && leading->location_id == move->source_location_id &&
                 g_strcmp0 (leading->key, move->source_key) == 0;

  if (!move->keep_source && source_leads &&
      !terrace_replica_table_set_leading (connection, dest_id, commit->tier, error))
    return FALSE;
  if (!terrace_item_table_set_checksum (connection, move->item_id,
                                        move->keep_source ? move->source_version :
                                                            move->dest_version,
                                        &move->checksum, commit->now_us, error))
    return FALSE;

  return TRUE;
}

static TerraceTier
move_job_get_tier (TerraceMoveJob *self, const char *class_id)
{
  return self->context->tiers (class_id, self->context->lookup_data);
}

static void
move_job_record_verdict (TerraceMoveJob *self)
{
  TerraceMoveCommit *commit = move_job_new_commit (self);

  commit->prepare = move_job_prepare_verdict;
  commit->also = move_job_apply_verdict;
  commit->tier = move_job_get_tier (self, self->move->dest_class_id);
  commit->event = terrace_move_words_done (self->move, self->dest_location, TRUE);
  move_job_transition (self, commit, move_job_advance);
}

static void
move_job_commit_source_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TerraceMoveJob) self = user_data;
  g_autoptr (TerraceObjectInfo) info = NULL;
  GError *error = NULL;

  info = terrace_provider_stat_finish (TERRACE_PROVIDER (object), result, &error);
  /* A source that is gone needs no trimming, and makes the copy all the more welcome. */
  if (info == NULL && g_error_matches (error, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND))
    g_clear_error (&error);
  if (info != NULL && g_strcmp0 (info->version, self->move->source_version) != 0)
    g_set_error (&error, TERRACE_ERROR, TERRACE_ERROR_CHANGED,
                 _ ("The file changed since it was added; add it again, then plan"));

  if (error != NULL)
    move_job_error (self, error, TRUE);
  else if (self->lost || self->stopping || self->move->request != TERRACE_MOVE_REQUEST_NONE)
    move_job_advance (self);
  else
    move_job_record_verdict (self);
}

void
move_job_commit (TerraceMoveJob *self)
{
  terrace_provider_stat_async (self->source, self->move->source_key, self->cancellable,
                               move_job_commit_source_cb, g_object_ref (self));
}

/* --- Committing ------------------------------------------------------------------------------ */

static gboolean
move_job_forget_source (TerraceConnection *connection, TerraceMoveCommit *commit, GError **error)
{
  TerraceMove *move = commit->move;
  g_autoptr (GPtrArray) replicas = terrace_replica_table_list (connection, move->item_id, error);
  gint64 source_id;

  if (replicas == NULL)
    return FALSE;

  source_id = move_job_find_replica (replicas, move->source_location_id, move->source_key);

  return source_id == 0 || terrace_replica_table_delete (connection, source_id, error);
}

static void
move_job_done (TerraceMoveJob *self)
{
  TerraceMoveCommit *commit = move_job_new_commit (self);

  commit->move->state = TERRACE_MOVE_DONE;
  commit->move->resume_state = TERRACE_MOVE_QUEUED;
  commit->move->finished_us = terrace_clock_get_now_us (self->context->clock);
  commit->move->spent_nanos += self->move->leave_nanos;
  g_clear_pointer (&commit->move->error, g_free);
  commit->move->error_code = 0;
  commit->also = move_job_forget_source;
  commit->event = terrace_move_words_done (self->move, self->dest_location, FALSE);
  commit->clear_request = TRUE;
  commit->release = TRUE;
  move_job_transition (self, commit, NULL);
}

static gboolean
move_job_lead_again (TerraceConnection *connection, TerraceMoveCommit *commit, GError **error)
{
  TerraceMove *move = commit->move;
  g_autoptr (GPtrArray) replicas = terrace_replica_table_list (connection, move->item_id, error);
  gint64 source_id;
  gint64 dest_id;

  if (replicas == NULL)
    return FALSE;

  source_id = move_job_find_replica (replicas, move->source_location_id, move->source_key);
  dest_id = move_job_find_replica (replicas, move->dest_location_id, move->dest_key);
  if (source_id == 0 || dest_id == 0 ||
      !((TerraceReplica *) g_ptr_array_index (replicas, 0))->leading ||
      ((TerraceReplica *) g_ptr_array_index (replicas, 0))->id != dest_id)
    return TRUE;

  return terrace_replica_table_set_leading (connection, source_id, commit->tier, error);
}

static void
move_job_rolled_back (TerraceMoveJob *self)
{
  move_job_close (self, MOVE_CLOSE_FAIL, g_steal_pointer (&self->close_error),
                  self->close_at_source);
}

/* The verdict is taken back: the source stands and could not be, or must not be, trimmed. Then the
 * copy goes, as from any staged move that fails. */
static void
move_job_roll_back (TerraceMoveJob *self)
{
  TerraceMoveCommit *commit = move_job_new_commit (self);

  commit->move->state = TERRACE_MOVE_STAGED;
  commit->also = move_job_lead_again;
  commit->tier = move_job_get_tier (self, self->move->source_class_id);
  move_job_transition (self, commit, move_job_rolled_back);
}

static void
move_job_look_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TerraceMoveJob) self = user_data;
  g_autoptr (TerraceObjectInfo) info = NULL;
  g_autoptr (GError) error = NULL;

  info = terrace_provider_stat_finish (TERRACE_PROVIDER (object), result, &error);
  if (self->lost)
    move_job_return (self);
  else if (info != NULL)
    move_job_roll_back (self);
  else if (g_error_matches (error, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND))
    move_job_done (self);
  else
    move_job_error (self, g_steal_pointer (&self->close_error), self->close_at_source);
}

/* Going back is right only if the source can be seen to stand. */
static void
move_job_look_back (TerraceMoveJob *self, GError *error, gboolean at_source)
{
  g_clear_error (&self->close_error);
  self->close_error = error;
  self->close_at_source = at_source;
  terrace_provider_stat_async (self->source, self->move->source_key, self->cancellable,
                               move_job_look_cb, g_object_ref (self));
}

static void
move_job_trim_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TerraceMoveJob) self = user_data;
  GError *error = NULL;

  if (terrace_provider_remove_finish (TERRACE_PROVIDER (object), result, &error) ||
      g_error_matches (error, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND))
    {
      g_clear_error (&error);
      if (self->lost)
        move_job_return (self);
      else
        move_job_done (self);
    }
  else if (self->lost || terrace_error_is_retryable (error) || terrace_error_is_cancelled (error))
    move_job_error (self, error, TRUE);
  else
    /* Changed in the last moment, or not removable. */
    move_job_look_back (self, error, TRUE);
}

static void
move_job_copy_stands_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TerraceMoveJob) self = user_data;
  g_autoptr (TerraceObjectInfo) info = NULL;
  GError *error = NULL;

  info = terrace_provider_stat_finish (TERRACE_PROVIDER (object), result, &error);
  if (info != NULL && g_strcmp0 (info->version, self->move->dest_version) != 0)
    g_set_error (&error, TERRACE_ERROR, TERRACE_ERROR_CHANGED,
                 _ ("The copy is no longer the one that was verified"));

  if (error == NULL && !self->lost && !self->stopping)
    terrace_provider_remove_async (self->source, self->move->source_key, self->move->source_version,
                                   self->move->token, self->cancellable, move_job_trim_cb,
                                   g_object_ref (self));
  else if (error == NULL)
    move_job_advance (self);
  else if (!self->lost && (g_error_matches (error, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND) ||
                           g_error_matches (error, TERRACE_ERROR, TERRACE_ERROR_CHANGED)))
    move_job_look_back (self, error, FALSE);
  else
    move_job_error (self, error, FALSE);
}

/* The verdict may be days old, or this process may have been killed while it took the copy away
 * again: the source goes only while the very copy that was verified is seen to stand. */
void
move_job_trim (TerraceMoveJob *self)
{
  terrace_provider_stat_async (self->dest, self->move->dest_key, self->cancellable,
                               move_job_copy_stands_cb, g_object_ref (self));
}
