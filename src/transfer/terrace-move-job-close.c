/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a move does about errors and cancelling: put it off, start over, or take away what it left
 * at the destination and end. Main thread, except the functions that take a TerraceConnection. */

#include "config.h"

#include "transfer/terrace-move-job.h"

#include <glib/gi18n-lib.h>

#include "base/terrace-error.h"
#include "base/terrace-limits.h"
#include "catalog/terrace-event-table.h"
#include "catalog/terrace-item-table.h"
#include "transfer/terrace-move-cleaner.h"
#include "transfer/terrace-move-job-private.h"
#include "transfer/terrace-move-words.h"

void
move_job_word_error (TerraceMoveJob *self,
                     TerraceMove *move,
                     const GError *error,
                     gboolean at_source)
{
  g_free (move->error);
  move->error =
      terrace_move_words_error (self->move, error,
                                at_source ? self->source_location : self->dest_location, at_source);
  move->error_code = error->domain == TERRACE_ERROR ? error->code : TERRACE_ERROR_FAILED;
}

/* Exponential, with full jitter: moves that failed together do not come back together. A place that
 * said when to come back is not bothered earlier; the jitter comes on top. */
static gint64
move_job_next_retry_us (TerraceMoveJob *self, guint attempts, const GError *error)
{
  guint64 most_ms = (guint64) TERRACE_DEFAULT_BACKOFF_MS << MIN (attempts - 1, 16);
  double wait_ms = g_rand_double_range (self->context->random, 0,
                                        (double) MIN (most_ms, TERRACE_LIMIT_BACKOFF_MS));
  gint64 asked_us = MIN (terrace_error_get_retry_after (error),
                         TERRACE_LIMIT_RETRY_AFTER_MS * G_GINT64_CONSTANT (1000));

  return terrace_clock_get_now_us (self->context->clock) + asked_us + (gint64) (wait_ms * 1000) + 1;
}

/* --- Ends ------------------------------------------------------------------------------------ */

gboolean
move_job_forget_dest (TerraceConnection *connection, TerraceMoveCommit *commit, GError **error)
{
  TerraceMove *move = commit->move;
  g_autoptr (GPtrArray) replicas = terrace_replica_table_list (connection, move->item_id, error);
  gint64 dest_id;

  if (replicas == NULL)
    return FALSE;
  if (move_job_is_in_place (move))
    return TRUE;

  dest_id = move_job_find_replica (replicas, move->dest_location_id, move->dest_key);

  return dest_id == 0 || terrace_replica_table_delete (connection, dest_id, error);
}

static gboolean
move_job_mark_missing (TerraceConnection *connection, TerraceMoveCommit *commit, GError **error)
{
  g_autoptr (TerraceItem) item = NULL;

  if (!move_job_forget_dest (connection, commit, error))
    return FALSE;

  item = terrace_item_table_get (connection, commit->move->item_id, error);
  if (item == NULL)
    return FALSE;
  item->missing = TRUE;

  return terrace_item_table_update (connection, item, error);
}

/* The row forgets what was at the destination, because nothing is any more. */
static void
move_job_forget_progress (TerraceMoveCommit *commit)
{
  TerraceMove *move = commit->move;

  move->resume_state = TERRACE_MOVE_QUEUED;
  g_clear_pointer (&move->upload, g_free);
  g_clear_pointer (&move->dest_version, g_free);
  memset (&move->checksum, 0, sizeof move->checksum);
  move->done_bytes = 0;
  commit->also = move_job_forget_dest;
}

static void
move_job_fail (TerraceMoveJob *self, const GError *error, gboolean at_source, gboolean remains)
{
  TerraceMoveCommit *commit = move_job_new_commit (self);
  TerraceMove *move = commit->move;

  /* What could not be taken away is where a retry goes on. */
  if (remains)
    move->resume_state = move_job_get_phase (self);
  else
    move_job_forget_progress (commit);
  move_job_word_error (self, move, error, at_source);
  move->state = TERRACE_MOVE_FAILED;
  move->attempts++;
  move->retry_us = 0;
  move->finished_us = terrace_clock_get_now_us (self->context->clock);
  if (at_source && !remains && g_error_matches (error, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND))
    {
      commit->also = move_job_mark_missing;
      commit->event = terrace_move_words_missing (move, self->source_location);
    }
  else
    commit->event = terrace_move_words_failed (move, move->error);
  commit->clear_request = TRUE;
  commit->release = TRUE;
  move_job_transition (self, commit, NULL);
}

void
move_job_cancelled (TerraceMoveJob *self, gboolean remains)
{
  TerraceMoveCommit *commit = move_job_new_commit (self);

  commit->event = terrace_move_words_cancelled (self->move, self->dest_location, remains);
  move_job_forget_progress (commit);
  commit->move->state = TERRACE_MOVE_CANCELLED;
  commit->move->retry_us = 0;
  commit->move->finished_us = terrace_clock_get_now_us (self->context->clock);
  commit->clear_request = TRUE;
  commit->release = TRUE;
  move_job_transition (self, commit, NULL);
}

static void
move_job_restart (TerraceMoveJob *self, const GError *error, gboolean at_source)
{
  TerraceMoveCommit *commit = move_job_new_commit (self);
  TerraceMove *move = commit->move;

  move_job_forget_progress (commit);
  move_job_word_error (self, move, error, at_source);
  move->state = TERRACE_MOVE_QUEUED;
  move->attempts++;
  move->retry_us = move_job_next_retry_us (self, move->attempts, error);
  commit->release = TRUE;
  move_job_transition (self, commit, NULL);
}

static void
move_job_begin_again (TerraceMoveJob *self)
{
  self->closing = MOVE_CLOSE_NOT;
  self->key_number++;
  move_job_choose_key (self);
}

static void
move_job_take_other_key (TerraceMoveJob *self)
{
  TerraceMoveCommit *commit = move_job_new_commit (self);

  move_job_forget_progress (commit);
  commit->move->state = TERRACE_MOVE_QUEUED;
  move_job_transition (self, commit, move_job_begin_again);
}

/* The copy at the destination is the only one left: it is kept, and the move goes on to its end. */
static void
move_job_rescue (TerraceMoveJob *self, const char *copy_version)
{
  TerraceMoveState phase = move_job_get_phase (self);
  TerraceMoveCommit *commit = move_job_new_commit (self);
  TerraceMove *move = commit->move;

  move->resume_state = TERRACE_MOVE_QUEUED;
  move->state = phase == TERRACE_MOVE_COPYING ? TERRACE_MOVE_VERIFYING : phase;
  move->hold = FALSE;
  g_free (move->dest_version);
  move->dest_version = g_strdup (copy_version);
  g_clear_pointer (&move->upload, g_free);
  commit->clear_request = TRUE;
  commit->event = terrace_move_words_rescued (move, self->dest_location);
  self->closing = MOVE_CLOSE_NOT;
  move_job_transition (self, commit, move_job_advance);
}

/* --- Cleaning -------------------------------------------------------------------------------- */

/* Whether the place at that side is out of reach: then moves wait instead of failing. Of a cloud
 * the error says it: a server that is started again, or a line that is down, is back some time,
 * whatever was tried meanwhile, also by a program that has ended since. Of a folder the breaker
 * does. */
static gboolean
move_job_is_stranded (TerraceMoveJob *self, const GError *error, gboolean at_source)
{
  TerraceLocation *location = at_source ? self->source_location : self->dest_location;

  if (location != NULL && location->kind > TERRACE_LOCATION_SANDBOX &&
      g_error_matches (error, TERRACE_ERROR, TERRACE_ERROR_UNREACHABLE))
    return TRUE;

  return self->context->place_gone (at_source ? self->move->source_location_id :
                                                self->move->dest_location_id,
                                    self->context->data);
}

static void
move_job_put_off (TerraceMoveJob *self, const GError *error, gboolean at_source)
{
  TerraceMoveCommit *commit = move_job_new_commit (self);
  TerraceMove *move = commit->move;

  move_job_word_error (self, move, error, at_source);
  if (g_error_matches (error, TERRACE_ERROR, TERRACE_ERROR_UNREACHABLE) &&
      self->closing == MOVE_CLOSE_NOT)
    {
      g_free (move->error);
      move->error =
          terrace_move_words_waiting (at_source ? self->source_location : self->dest_location);
    }
  if (self->closing != MOVE_CLOSE_NOT || !move_job_is_stranded (self, error, at_source))
    move->attempts++;
  move->retry_us = move_job_next_retry_us (self, MAX (move->attempts, 1), error);
  commit->release = TRUE;
  move_job_transition (self, commit, NULL);
}

static void
move_job_clean_failed (TerraceMoveJob *self, const GError *error)
{
  gboolean again =
      terrace_error_is_retryable (error) && self->move->attempts + 1 < TERRACE_LIMIT_MOVE_ATTEMPTS;

  if (self->closing == MOVE_CLOSE_CANCEL)
    {
      if (again)
        move_job_put_off (self, error, FALSE);
      else
        move_job_cancelled (self, TRUE);
    }
  else
    move_job_fail (self, self->close_error != NULL ? self->close_error : error,
                   self->close_at_source, TRUE);
}

static void
move_job_clean_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TerraceMoveJob) self = user_data;
  g_autofree char *copy_version = NULL;
  g_autoptr (GError) error = NULL;
  TerraceMoveRemains remains = TERRACE_MOVE_REMAINS_NONE;

  if (!terrace_move_clean_finish (result, &remains, &copy_version, &error))
    {
      if (self->lost || self->stopping)
        {
          self->closing = MOVE_CLOSE_NOT;
          move_job_advance (self);
        }
      else
        move_job_clean_failed (self, error);
    }
  else if (self->lost)
    move_job_return (self);
  else if (remains == TERRACE_MOVE_REMAINS_COPY)
    {
      if (self->closing == MOVE_CLOSE_CANCEL || self->move->state == TERRACE_MOVE_COPYING)
        move_job_rescue (self, copy_version);
      else
        move_job_fail (self, self->close_error, self->close_at_source, TRUE);
    }
  else if (self->closing == MOVE_CLOSE_CANCEL)
    move_job_cancelled (self, FALSE);
  else if (self->closing == MOVE_CLOSE_RESTART)
    move_job_restart (self, self->close_error, self->close_at_source);
  else if (self->closing == MOVE_CLOSE_OTHER_KEY)
    move_job_take_other_key (self);
  else
    move_job_fail (self, self->close_error, self->close_at_source, FALSE);
}

void
move_job_close (TerraceMoveJob *self, MoveClose how, GError *error, gboolean at_source)
{
  g_clear_error (&self->close_error);
  self->closing = how;
  self->close_error = error;
  self->close_at_source = at_source;
  move_job_renew (self);

  if (move_job_is_in_place (self->move) && self->dest != NULL)
    {
      /* There is nothing to take away; but it may have been changed before it was cancelled. */
      if (how != MOVE_CLOSE_CANCEL)
        move_job_fail (self, self->close_error, at_source, FALSE);
      else if (move_job_get_phase (self) == TERRACE_MOVE_QUEUED)
        move_job_cancelled (self, FALSE);
      else
        move_job_resume_change (self);
      return;
    }
  if (self->source == NULL || self->dest == NULL)
    {
      /* A place that cannot be opened cannot be cleaned either. */
      if (how == MOVE_CLOSE_CANCEL)
        move_job_cancelled (self, move_job_get_phase (self) != TERRACE_MOVE_QUEUED);
      else
        move_job_fail (self, self->close_error, at_source,
                       move_job_get_phase (self) != TERRACE_MOVE_QUEUED);
      return;
    }

  terrace_move_clean_async (self->move, move_job_get_phase (self), self->source, self->dest,
                            self->cancellable, move_job_clean_cb, g_object_ref (self));
}

/* --- Errors ---------------------------------------------------------------------------------- */

/* Wrong bytes may have been a passing fault: once more from the start, not oftener. A copy that
 * vanished before it was trusted is made again like any other failed attempt. */
static gboolean
move_job_should_restart (TerraceMoveJob *self, const GError *error, gboolean at_source)
{
  TerraceMoveState phase = move_job_get_phase (self);

  if (phase != TERRACE_MOVE_COPYING && phase != TERRACE_MOVE_VERIFYING)
    return FALSE;
  if (g_error_matches (error, TERRACE_ERROR, TERRACE_ERROR_CORRUPT))
    return self->move->attempts == 0 || (self->move->error_code != TERRACE_ERROR_CORRUPT &&
                                         self->move->attempts + 1 < TERRACE_LIMIT_MOVE_ATTEMPTS);

  return g_error_matches (error, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND) && !at_source &&
         self->move->attempts + 1 < TERRACE_LIMIT_MOVE_ATTEMPTS;
}

void
move_job_error (TerraceMoveJob *self, GError *error, gboolean at_source)
{
  g_autoptr (GError) owned = error;
  TerraceMoveState phase = move_job_get_phase (self);

  if (terrace_error_is_retryable (error))
    move_job_met (self, at_source, error);
  if (self->lost || self->stopping || terrace_error_is_cancelled (error))
    move_job_advance (self);
  else if (terrace_error_is_retryable (error) &&
           (self->move->attempts + 1 < TERRACE_LIMIT_MOVE_ATTEMPTS ||
            move_job_is_stranded (self, error, at_source)))
    move_job_put_off (self, error, at_source);
  else if (phase == TERRACE_MOVE_COMMITTING)
    /* Whether the source stands is not known: both copies stay, and so does the verdict. */
    move_job_fail (self, error, at_source, TRUE);
  else if (g_error_matches (error, TERRACE_ERROR, TERRACE_ERROR_EXISTS) && !at_source)
    move_job_close (self, MOVE_CLOSE_OTHER_KEY, g_steal_pointer (&owned), FALSE);
  else if (move_job_should_restart (self, error, at_source))
    move_job_close (self, MOVE_CLOSE_RESTART, g_steal_pointer (&owned), at_source);
  else
    move_job_close (self, MOVE_CLOSE_FAIL, g_steal_pointer (&owned), at_source);
}
