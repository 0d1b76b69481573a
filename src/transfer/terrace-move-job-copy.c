/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The first half of a move: find a free name, copy, verify. Main thread, except the functions that
 * take a TerraceConnection. */

#include "config.h"

#include "transfer/terrace-move-job.h"

#include <glib/gi18n-lib.h>

#include "base/terrace-error.h"
#include "base/terrace-limits.h"
#include "catalog/terrace-item-table.h"
#include "transfer/terrace-copy-private.h"
#include "transfer/terrace-move-job-private.h"
#include "transfer/terrace-move-words.h"
#include "transfer/terrace-pipeline.h"
#include "transfer/terrace-verify.h"

#define MOVE_MOST_NAMES 99
#define MOVE_NOTE_US (500 * 1000)

static void move_job_copy (TerraceMoveJob *self);

char *
terrace_move_job_other_key (const char *key, guint number)
{
  const char *slash = strrchr (key, '/');
  const char *name = slash != NULL ? slash + 1 : key;
  const char *dot = strrchr (name, '.');

  /* The dot of a hidden file begins its name, not an extension. */
  if (dot == NULL || dot == name)
    return g_strdup_printf ("%s (%u)", key, number);

  return g_strdup_printf ("%.*s (%u)%s", (int) (dot - key), key, number, dot);
}

/* --- Queued ---------------------------------------------------------------------------------- */

/* The checksum that was known of the very version that is copied. */
static gboolean
move_job_prepare_copy (TerraceConnection *connection, TerraceMoveCommit *commit, GError **error)
{
  g_autoptr (TerraceItem) item = terrace_item_table_get (connection, commit->move->item_id, error);

  if (item == NULL)
    return FALSE;

  if (item->location_id == commit->move->source_location_id &&
      g_strcmp0 (item->key, commit->move->source_key) == 0 &&
      g_strcmp0 (item->version, commit->move->source_version) == 0)
    commit->known = item->checksum;

  return move_job_check_cap (connection, commit, error);
}

/* The row says where to before the first byte goes there. */
static void
move_job_start_copy (TerraceMoveJob *self)
{
  TerraceMoveCommit *commit = move_job_new_commit (self);
  TerraceMove *move = commit->move;

  move->state = TERRACE_MOVE_COPYING;
  move->resume_state = TERRACE_MOVE_QUEUED;
  move->retry_us = 0;
  g_free (move->token);
  move->token = g_uuid_string_random ();
  g_free (move->dest_key);
  move->dest_key = g_strdup (self->candidate_key);
  commit->prepare = move_job_prepare_copy;
  move_job_set_cap (self, commit);
  if (move->started_us == 0)
    {
      move->started_us = terrace_clock_get_now_us (self->context->clock);
      commit->event = terrace_move_words_started (move, self->source_location, self->dest_location);
    }

  move_job_transition (self, commit, move_job_copy);
}

static void
move_job_key_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TerraceMoveJob) self = user_data;
  g_autoptr (TerraceObjectInfo) info = NULL;
  g_autoptr (GError) error = NULL;

  info = terrace_provider_stat_finish (TERRACE_PROVIDER (object), result, &error);
  if (info != NULL)
    {
      self->key_number++;
      move_job_choose_key (self);
    }
  else if (!g_error_matches (error, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND))
    move_job_error (self, g_steal_pointer (&error), FALSE);
  else if (g_cancellable_is_cancelled (self->cancellable))
    move_job_advance (self);
  else
    move_job_start_copy (self);
}

void
move_job_choose_key (TerraceMoveJob *self)
{
  do
    {
      g_free (self->candidate_key);
      self->candidate_key = self->key_number == 1 ?
                                g_strdup (self->base_key) :
                                terrace_move_job_other_key (self->base_key, self->key_number);
    }
  while (self->context->key_taken (self->move, self->candidate_key, self->context->data) &&
         ++self->key_number <= MOVE_MOST_NAMES);

  if (self->key_number > MOVE_MOST_NAMES)
    {
      move_job_close (self, MOVE_CLOSE_FAIL,
                      g_error_new_literal (TERRACE_ERROR, TERRACE_ERROR_EXISTS, self->base_key),
                      FALSE);
      return;
    }

  terrace_provider_stat_async (self->dest, self->candidate_key, self->cancellable, move_job_key_cb,
                               g_object_ref (self));
}

static void
move_job_source_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TerraceMoveJob) self = user_data;
  g_autoptr (TerraceObjectInfo) info = NULL;
  GError *error = NULL;

  info = terrace_provider_stat_finish (TERRACE_PROVIDER (object), result, &error);
  if (info != NULL && g_strcmp0 (info->version, self->move->source_version) != 0)
    g_set_error (&error, TERRACE_ERROR, TERRACE_ERROR_CHANGED,
                 _ ("The file changed since it was added; add it again, then plan"));
  if (error != NULL)
    move_job_error (self, error, TRUE);
  else if (move_job_is_in_place (self->move))
    move_job_change_class (self);
  else
    move_job_choose_key (self);
}

void
move_job_start (TerraceMoveJob *self)
{
  terrace_provider_stat_async (self->source, self->move->source_key, self->cancellable,
                               move_job_source_cb, g_object_ref (self));
}

/* --- Copying --------------------------------------------------------------------------------- */

static void
move_job_noted_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TerraceMoveJob) self = user_data;
  g_autoptr (TerraceMoveCommit) commit = NULL;
  g_autoptr (GError) error = NULL;

  self->noting = FALSE;
  commit = terrace_move_store_commit_finish (TERRACE_MOVE_STORE (object), result, &error);
  if (commit != NULL && self->task != NULL)
    terrace_move_job_request (self, commit->move->request);
  else if (commit == NULL && g_error_matches (error, TERRACE_ERROR, TERRACE_ERROR_CHANGED))
    terrace_move_job_drop (self);
}

/* The upload and the progress are told behind the act, one commit at a time and a few a second at
 * most. That is safe: begin() is repeatable with the token, which is a row already, and which parts
 * are stored is asked of the place itself. Progress is there for other programs to see. */
static void
move_job_note (TerraceMoveJob *self)
{
  gint64 now_us = terrace_clock_get_now_us (self->context->clock);
  TerraceMoveCommit *commit;

  if (self->noting || self->closing != MOVE_CLOSE_NOT || self->lost ||
      (self->noted_us <= now_us && now_us - self->noted_us < MOVE_NOTE_US))
    return;

  commit = move_job_new_commit (self);
  commit->quiet = TRUE;
  self->noting = TRUE;
  self->noted_us = now_us;
  terrace_move_store_commit_async (self->context->store, commit, move_job_noted_cb,
                                   g_object_ref (self));
}

/* An object of one part has all its rows in the settling. */
static gboolean
move_job_has_parts (TerraceMoveJob *self)
{
  return self->move->size_bytes > terrace_pipeline_part_bytes (self->move->size_bytes);
}

static void
move_job_copy_step (const char *upload, const TerracePart *part, gpointer data)
{
  TerraceMoveJob *self = data;

  if (g_strcmp0 (self->move->upload, upload) != 0)
    {
      g_free (self->move->upload);
      self->move->upload = g_strdup (upload);
      self->noted_us = 0;
    }
  if (move_job_has_parts (self))
    move_job_note (self);
}

static void
move_job_copy_progress (guint64 done_bytes, gpointer data)
{
  TerraceMoveJob *self = data;

  self->move->done_bytes = done_bytes;
  move_job_report (self, done_bytes);
  if (move_job_has_parts (self))
    move_job_note (self);
}

static void
move_job_settled_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) settled = user_data;
  TerraceMoveJob *self = g_task_get_source_object (settled);
  g_autoptr (TerraceMoveCommit) commit = NULL;
  GError *error = NULL;

  commit = terrace_move_store_commit_finish (TERRACE_MOVE_STORE (object), result, &error);
  if (commit == NULL)
    {
      if (g_error_matches (error, TERRACE_ERROR, TERRACE_ERROR_CHANGED))
        terrace_move_job_drop (self);
      g_task_return_error (settled, error);
      return;
    }

  self->move->checksum = commit->move->checksum;
  terrace_move_job_request (self, commit->move->request);
  g_task_return_boolean (settled, TRUE);
}

/* Before the object comes into being, the row knows the upload and the checksum: so
 * whoever finds the row can tell a finished object from an unfinished one. */
static void
move_job_copy_settle (const char *upload,
                      const TerraceDigest *checksum,
                      gpointer data,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  TerraceMoveJob *self = data;
  GTask *settled = g_task_new (self, NULL, callback, user_data);
  TerraceMoveCommit *commit = move_job_new_commit (self);

  commit->move->checksum = *checksum;
  commit->quiet = TRUE;
  terrace_move_store_commit_async (self->context->store, commit, move_job_settled_cb, settled);
}

static void
move_job_copied (TerraceMoveJob *self, TerraceCopyResult *copied)
{
  TerraceMoveCommit *commit = move_job_new_commit (self);
  TerraceMove *move = commit->move;

  move_job_met (self, TRUE, NULL);
  move_job_met (self, FALSE, NULL);
  move->state = TERRACE_MOVE_VERIFYING;
  move->resume_state = TERRACE_MOVE_QUEUED;
  move->checksum = copied->checksum;
  memcpy (&self->expected[1], copied->other, sizeof copied->other);
  g_free (move->dest_version);
  move->dest_version = g_strdup (copied->dest->version);
  g_clear_pointer (&move->upload, g_free);
  move_job_transition (self, commit, move_job_advance);
}

static void
move_job_copy_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TerraceMoveJob) self = user_data;
  g_autoptr (TerraceCopyResult) copied = NULL;
  GError *error = NULL;

  copied = terrace_copy_finish (result, &error);
  if (self->lost)
    {
      g_clear_error (&error);
      move_job_return (self);
    }
  else if (copied == NULL)
    move_job_error (self, error, terrace_copy_source_failed (result));
  else
    move_job_copied (self, copied);
}

static void
move_job_copy (TerraceMoveJob *self)
{
  TerraceCopyRequest request = {
    .move = self->move,
    .source = self->source,
    .dest = self->dest,
    .known = &self->known,
    .pacer = self->context->pacer,
    .step = move_job_copy_step,
    .progress = move_job_copy_progress,
    .settle = move_job_copy_settle,
    .data = self,
    .halt = self->halt,
    .memory_bytes = &self->context->memory_bytes,
  };

  terrace_copy_request_async (&request, self->cancellable, move_job_copy_cb, g_object_ref (self));
}

void
move_job_resume_copy (TerraceMoveJob *self)
{
  TerraceMoveCommit *commit = move_job_new_commit (self);

  commit->move->state = TERRACE_MOVE_COPYING;
  commit->move->resume_state = TERRACE_MOVE_QUEUED;
  commit->move->retry_us = 0;
  commit->prepare = move_job_prepare_copy;
  move_job_set_cap (self, commit);
  move_job_transition (self, commit, move_job_copy);
}

/* --- Verifying ------------------------------------------------------------------------------- */

static void
move_job_verify_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TerraceMoveJob) self = user_data;
  GError *error = NULL;

  if (terrace_verify_finish (result, NULL, &error))
    move_job_stage (self);
  else
    move_job_error (self, error, FALSE);
}

void
move_job_verify (TerraceMoveJob *self)
{
  self->expected[0] = self->move->checksum;
  terrace_verify_any_async (self->dest, self->move->dest_key, self->move->dest_version,
                            self->move->size_bytes, self->expected, G_N_ELEMENTS (self->expected),
                            self->context->pacer, move_job_copy_progress, self, self->cancellable,
                            move_job_verify_cb, g_object_ref (self));
}
