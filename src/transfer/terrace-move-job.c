/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The middle of a move's state machine: what comes next, the transitions, and what others ask of
 * it. Every transition is committed before the act that follows it; when the commit says that the
 * lease is lost, the job ends there and touches nothing. Main thread. */

#include "config.h"

#include "transfer/terrace-move-job.h"

#include <glib/gi18n-lib.h>

#include "base/terrace-error.h"
#include "base/terrace-units.h"
#include "transfer/terrace-move-job-private.h"

G_DEFINE_FINAL_TYPE (TerraceMoveJob, terrace_move_job, G_TYPE_OBJECT)

void
move_job_return (TerraceMoveJob *self)
{
  g_autoptr (GTask) task = g_steal_pointer (&self->task);

  g_assert (task != NULL);
  g_task_return_boolean (task, TRUE);
}

TerraceMoveState
move_job_get_phase (TerraceMoveJob *self)
{
  TerraceMove *move = self->move;

  if (move->state != TERRACE_MOVE_QUEUED && move->state != TERRACE_MOVE_PAUSED)
    return move->state;
  if (move->resume_state >= TERRACE_MOVE_COPYING && move->resume_state <= TERRACE_MOVE_COMMITTING)
    return move->resume_state;

  return TERRACE_MOVE_QUEUED;
}

void
move_job_renew (TerraceMoveJob *self)
{
  g_clear_object (&self->cancellable);
  g_clear_object (&self->halt);
  self->cancellable = g_cancellable_new ();
  self->halt = g_cancellable_new ();
}

void
move_job_report (TerraceMoveJob *self, guint64 done_bytes)
{
  self->context->progress (self->move, done_bytes, self->context->data);
}

void
move_job_met (TerraceMoveJob *self, gboolean at_source, const GError *error)
{
  self->context->met (at_source ? self->move->source_location_id : self->move->dest_location_id,
                      error, self->context->data);
}

TerraceMoveCommit *
move_job_new_commit (TerraceMoveJob *self)
{
  self->move->requests_sent = self->tally.requests;
  self->move->spent_nanos = terrace_money_to_nanos (self->tally.cost);

  return terrace_move_commit_new (self->move);
}

static void
move_job_transition_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TerraceMoveJob) self = user_data;
  g_autoptr (TerraceMoveCommit) commit = NULL;
  g_autoptr (GError) error = NULL;
  MoveStep next = g_steal_pointer (&self->next);

  commit = terrace_move_store_commit_finish (TERRACE_MOVE_STORE (object), result, &error);
  if (commit == NULL)
    {
      /* Somebody else's move now, or nobody's; or the end itself cannot be stored. */
      if (self->closing != MOVE_CLOSE_NOT || self->lost || self->stopping ||
          g_error_matches (error, TERRACE_ERROR, TERRACE_ERROR_CHANGED))
        move_job_return (self);
      else
        move_job_error (self, g_steal_pointer (&error), FALSE);
      return;
    }

  if (commit->known.kind != TERRACE_CHECKSUM_NONE)
    self->known = commit->known;
  terrace_move_update (self->move, commit->move);
  self->context->changed (commit->move, self->context->data);

  if (commit->release || self->lost)
    move_job_return (self);
  else if (self->stopping || self->move->request != TERRACE_MOVE_REQUEST_NONE)
    move_job_advance (self);
  else
    next (self);
}

void
move_job_transition (TerraceMoveJob *self, TerraceMoveCommit *commit, MoveStep next)
{
  g_assert (self->next == NULL);

  self->next = next;
  terrace_move_store_commit_async (self->context->store, commit, move_job_transition_cb,
                                   g_object_ref (self));
}

static void
move_job_released_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TerraceMoveJob) self = user_data;
  g_autoptr (TerraceMoveCommit) commit = NULL;
  g_autoptr (GError) error = NULL;

  commit = terrace_move_store_commit_finish (TERRACE_MOVE_STORE (object), result, &error);
  if (commit == NULL && !g_error_matches (error, TERRACE_ERROR, TERRACE_ERROR_CHANGED))
    g_debug ("A lease could not be released and will run out: %s", error->message);
  move_job_return (self);
}

/* Lets go of the move as it is, for somebody to take up. */
static void
move_job_release (TerraceMoveJob *self)
{
  TerraceMoveCommit *commit = move_job_new_commit (self);

  commit->release = TRUE;
  terrace_move_store_commit_async (self->context->store, commit, move_job_released_cb,
                                   g_object_ref (self));
}

void
move_job_pause (TerraceMoveJob *self)
{
  TerraceMoveCommit *commit = move_job_new_commit (self);

  commit->move->resume_state = move_job_get_phase (self);
  commit->move->state = TERRACE_MOVE_PAUSED;
  commit->clear_request = TRUE;
  commit->release = TRUE;
  move_job_transition (self, commit, NULL);
}

/* Taken up again in the middle: the row says so before anything is done. */
static void
move_job_reenter (TerraceMoveJob *self, TerraceMoveState phase)
{
  TerraceMoveCommit *commit = move_job_new_commit (self);

  commit->move->state = phase;
  commit->move->resume_state = TERRACE_MOVE_QUEUED;
  commit->move->retry_us = 0;
  move_job_transition (self, commit, move_job_advance);
}

void
move_job_advance (TerraceMoveJob *self)
{
  TerraceMoveState phase = move_job_get_phase (self);
  /* Once the verdict is recorded, going on is the only safe way; asking is too late then. */
  TerraceMoveRequest request =
      phase == TERRACE_MOVE_COMMITTING ? TERRACE_MOVE_REQUEST_NONE : self->move->request;

  move_job_renew (self);
  if (self->lost)
    move_job_return (self);
  else if (self->stopping)
    move_job_release (self);
  else if (request == TERRACE_MOVE_REQUEST_CANCEL)
    move_job_close (self, MOVE_CLOSE_CANCEL, NULL, FALSE);
  else if (request == TERRACE_MOVE_REQUEST_PAUSE)
    move_job_pause (self);
  else if (phase == TERRACE_MOVE_QUEUED)
    move_job_start (self);
  else if (phase == TERRACE_MOVE_COPYING && move_job_is_in_place (self->move))
    move_job_resume_change (self);
  else if (phase == TERRACE_MOVE_COPYING)
    move_job_resume_copy (self);
  else if (phase != self->move->state || self->move->retry_us != 0)
    move_job_reenter (self, phase);
  else if (phase == TERRACE_MOVE_VERIFYING)
    move_job_verify (self);
  else if (phase == TERRACE_MOVE_STAGED && self->move->hold)
    move_job_release (self);
  else if (phase == TERRACE_MOVE_STAGED)
    move_job_commit (self);
  else if (phase == TERRACE_MOVE_COMMITTING)
    move_job_trim (self);
  else
    move_job_release (self);
}

static void
terrace_move_job_dispose (GObject *object)
{
  TerraceMoveJob *self = TERRACE_MOVE_JOB (object);

  g_assert (self->task == NULL);

  g_clear_object (&self->move);
  g_clear_object (&self->source_location);
  g_clear_object (&self->dest_location);
  g_clear_object (&self->source);
  g_clear_object (&self->dest);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->halt);
  g_clear_error (&self->close_error);
  g_clear_pointer (&self->base_key, g_free);
  g_clear_pointer (&self->candidate_key, g_free);

  G_OBJECT_CLASS (terrace_move_job_parent_class)->dispose (object);
}

static void
terrace_move_job_class_init (TerraceMoveJobClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = terrace_move_job_dispose;
}

static void
terrace_move_job_init (TerraceMoveJob *self)
{
}

TerraceMoveJob *
terrace_move_job_new (TerraceMoveContext *context, TerraceMove *move)
{
  TerraceMoveJob *self = g_object_new (TERRACE_TYPE_MOVE_JOB, NULL);

  self->context = context;
  self->move = terrace_move_new ();
  terrace_move_update (self->move, move);
  self->base_key = g_strdup (move->dest_key);
  self->key_number = 1;
  self->tally.requests = move->requests_sent;
  self->tally.cost = terrace_money_from_nanos (move->spent_nanos);
  move_job_renew (self);
  g_set_object (&self->source_location,
                context->locations (move->source_location_id, context->lookup_data));
  g_set_object (&self->dest_location,
                context->locations (move->dest_location_id, context->lookup_data));

  return self;
}

TerraceMove *
terrace_move_job_get_move (TerraceMoveJob *self)
{
  g_return_val_if_fail (TERRACE_IS_MOVE_JOB (self), NULL);

  return self->move;
}

const char *
terrace_move_job_get_dest_key (TerraceMoveJob *self)
{
  g_return_val_if_fail (TERRACE_IS_MOVE_JOB (self), NULL);

  if (self->candidate_key != NULL)
    return self->candidate_key;

  return move_job_get_phase (self) == TERRACE_MOVE_QUEUED ? NULL : self->move->dest_key;
}

/* As planning has it: what is read to be moved to another provider leaves its own, and so does what
 * is read back from a real cloud. */
static gboolean
move_job_leaves_provider (TerraceMoveJob *self)
{
  const char *from = self->move->source_class_id;
  const char *to = self->move->dest_class_id;
  gsize length = strcspn (from, "/");

  return strcspn (to, "/") != length || strncmp (from, to, length) != 0;
}

/* (transfer full) (nullable): the provider of @location behind a meter. */
static TerraceProvider *
move_job_open_place (TerraceMoveJob *self,
                     TerraceLocation *location,
                     const char *class_id,
                     gboolean at_source,
                     GError **error)
{
  g_autoptr (TerraceProvider) provider =
      terrace_provider_registry_get (self->context->registry, location, error);
  TerraceMeterTerms terms = { 0 };

  if (provider == NULL)
    return NULL;

  terms.counts = location->kind != TERRACE_LOCATION_LOCAL;
  terms.reads_leave =
      at_source ? move_job_leaves_provider (self) : location->kind > TERRACE_LOCATION_SANDBOX;
  terms.plays = !at_source && location->kind == TERRACE_LOCATION_SANDBOX;
  if (self->context->classes != NULL)
    terms.storage_class = self->context->classes (class_id, self->context->lookup_data);

  return TERRACE_PROVIDER (terrace_meter_new (provider, &terms, &self->tally));
}

/* %FALSE if one of the places cannot be had. */
static gboolean
move_job_open (TerraceMoveJob *self, gboolean *at_source, GError **error)
{
  *at_source = self->source_location == NULL;
  if (self->source_location == NULL || self->dest_location == NULL)
    {
      g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID,
                   *at_source ? _ ("The place the file lies in is no longer known") :
                                _ ("The place it should go to is no longer known; choose another"));
      return FALSE;
    }

  *at_source = TRUE;
  self->source =
      move_job_open_place (self, self->source_location, self->move->source_class_id, TRUE, error);
  if (self->source == NULL)
    return FALSE;

  *at_source = FALSE;
  self->dest =
      move_job_open_place (self, self->dest_location, self->move->dest_class_id, FALSE, error);

  return self->dest != NULL;
}

void
terrace_move_job_run_async (TerraceMoveJob *self, GAsyncReadyCallback callback, gpointer user_data)
{
  GError *error = NULL;
  gboolean at_source = FALSE;

  g_return_if_fail (TERRACE_IS_MOVE_JOB (self));
  g_return_if_fail (self->task == NULL);

  self->task = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (self->task, terrace_move_job_run_async);

  if (move_job_open (self, &at_source, &error))
    move_job_advance (self);
  else
    move_job_close (self, MOVE_CLOSE_FAIL, error, at_source);
}

void
terrace_move_job_run_finish (TerraceMoveJob *self, GAsyncResult *result)
{
  g_return_if_fail (g_task_is_valid (result, self));

  g_task_propagate_boolean (G_TASK (result), NULL);
}

void
terrace_move_job_request (TerraceMoveJob *self, TerraceMoveRequest request)
{
  TerraceMoveState phase;

  g_return_if_fail (TERRACE_IS_MOVE_JOB (self));

  if (self->move->request == request)
    return;

  self->move->request = request;
  phase = move_job_get_phase (self);
  if (request == TERRACE_MOVE_REQUEST_NONE || self->closing != MOVE_CLOSE_NOT ||
      phase == TERRACE_MOVE_COMMITTING)
    return;

  /* A copy is halted between parts, so that nothing stored is thrown away; a cancel need not be
   * so careful. Each ends in move_job_advance(). */
  if (move_job_is_in_place (self->move))
    return;
  if (request == TERRACE_MOVE_REQUEST_CANCEL || phase != TERRACE_MOVE_COPYING)
    g_cancellable_cancel (self->cancellable);
  g_cancellable_cancel (self->halt);
}

void
terrace_move_job_stop (TerraceMoveJob *self)
{
  g_return_if_fail (TERRACE_IS_MOVE_JOB (self));

  self->stopping = TRUE;
  g_cancellable_cancel (self->halt);
  g_cancellable_cancel (self->cancellable);
}

void
terrace_move_job_drop (TerraceMoveJob *self)
{
  g_return_if_fail (TERRACE_IS_MOVE_JOB (self));

  self->lost = TRUE;
  g_cancellable_cancel (self->halt);
  g_cancellable_cancel (self->cancellable);
}
