/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Cleaning up behind a move that failed or was cancelled. A process may have died at any point of
 * the copy, so what the row says is a lower bound: the upload may have been begun, or even been
 * finished, without the row knowing. The token tells ours from others'. Main thread. */

#include "config.h"

#include "transfer/terrace-move-cleaner.h"

#include "base/terrace-error.h"
#include "transfer/terrace-copy-private.h"

typedef struct
{
  /* inputs */
  TerraceMove *move;       /* owned */
  TerraceProvider *source; /* owned */
  TerraceProvider *dest;   /* owned */

  /* in progress */
  TerraceWriteOptions options;
  char *upload;
  GPtrArray *parts;

  /* results */
  TerraceMoveRemains remains;
  char *copy_version;
} Clean;

static void
clean_free (Clean *self)
{
  g_clear_object (&self->move);
  g_clear_object (&self->source);
  g_clear_object (&self->dest);
  g_clear_pointer (&self->parts, g_ptr_array_unref);
  g_free (self->upload);
  g_free (self->copy_version);
  g_free (self);
}

/* Whether to give up for now; any other error means that nothing of ours is there. */
static gboolean
clean_must_wait (const GError *error)
{
  return terrace_error_is_retryable (error) || terrace_error_is_cancelled (error);
}

static void
clean_remove_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (terrace_provider_remove_finish (TERRACE_PROVIDER (object), result, &error) ||
      g_error_matches (error, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND) ||
      g_error_matches (error, TERRACE_ERROR, TERRACE_ERROR_CHANGED))
    {
      g_clear_error (&error);
      g_task_return_boolean (task, TRUE);
    }
  else
    g_task_return_error (task, error);
}

static void
clean_source_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Clean *self = g_task_get_task_data (task);
  g_autoptr (TerraceObjectInfo) info = NULL;
  GError *error = NULL;

  info = terrace_provider_stat_finish (TERRACE_PROVIDER (object), result, &error);
  if (info != NULL)
    terrace_provider_remove_async (self->dest, self->move->dest_key, self->copy_version,
                                   self->move->token, g_task_get_cancellable (task),
                                   clean_remove_cb, g_object_ref (task));
  else if (g_error_matches (error, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND))
    {
      g_clear_error (&error);
      self->remains = TERRACE_MOVE_REMAINS_COPY;
      g_task_return_boolean (task, TRUE);
    }
  else
    g_task_return_error (task, error);
}

/* There is a finished copy of ours, @self->copy_version. */
static void
clean_copy (GTask *task)
{
  Clean *self = g_task_get_task_data (task);

  terrace_provider_stat_async (self->source, self->move->source_key, g_task_get_cancellable (task),
                               clean_source_cb, g_object_ref (task));
}

static void
clean_abort_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (terrace_provider_abort_finish (TERRACE_PROVIDER (object), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
clean_abort (GTask *task)
{
  Clean *self = g_task_get_task_data (task);

  terrace_provider_abort_async (self->dest, self->move->dest_key, self->upload,
                                g_task_get_cancellable (task), clean_abort_cb, g_object_ref (task));
}

static void
clean_finish_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Clean *self = g_task_get_task_data (task);
  g_autoptr (TerraceObjectInfo) info = NULL;
  GError *error = NULL;

  info = terrace_provider_finish_finish (TERRACE_PROVIDER (object), result, &error);
  if (info != NULL)
    {
      self->copy_version = g_strdup (info->version);
      clean_copy (task);
    }
  else if (clean_must_wait (error))
    g_task_return_error (task, error);
  else
    {
      /* Somebody else's object has the key. */
      g_clear_error (&error);
      clean_abort (task);
    }
}

static void
clean_dest_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Clean *self = g_task_get_task_data (task);
  g_autoptr (TerraceObjectInfo) info = NULL;
  GError *error = NULL;

  info = terrace_provider_stat_finish (TERRACE_PROVIDER (object), result, &error);
  if (info != NULL)
    {
      /* Repeating the finish of an upload that was finished tells whether the object is ours;
       * otherwise it is refused, for it never overwrites. */
      self->parts = terrace_copy_all_parts (self->move);
      terrace_provider_finish_async (self->dest, self->move->dest_key, self->upload, self->parts,
                                     &self->options, g_task_get_cancellable (task), clean_finish_cb,
                                     g_object_ref (task));
    }
  else if (g_error_matches (error, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND))
    {
      g_clear_error (&error);
      clean_abort (task);
    }
  else
    g_task_return_error (task, error);
}

static void
clean_upload (GTask *task)
{
  Clean *self = g_task_get_task_data (task);

  terrace_provider_stat_async (self->dest, self->move->dest_key, g_task_get_cancellable (task),
                               clean_dest_cb, g_object_ref (task));
}

static void
clean_begin_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Clean *self = g_task_get_task_data (task);
  GError *error = NULL;

  self->upload = terrace_provider_begin_finish (TERRACE_PROVIDER (object), result, &error);
  if (self->upload != NULL)
    clean_upload (task);
  else if (clean_must_wait (error))
    g_task_return_error (task, error);
  else
    {
      g_clear_error (&error);
      g_task_return_boolean (task, TRUE);
    }
}

void
terrace_move_clean_async (TerraceMove *move,
                          TerraceMoveState phase,
                          TerraceProvider *source,
                          TerraceProvider *dest,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Clean *self = g_new0 (Clean, 1);

  g_task_set_source_tag (task, terrace_move_clean_async);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, self, (GDestroyNotify) clean_free);
  self->move = terrace_move_new ();
  terrace_move_update (self->move, move);
  self->source = g_object_ref (source);
  self->dest = g_object_ref (dest);
  terrace_copy_init_options (self->move, NULL, &self->options);

  if (phase == TERRACE_MOVE_VERIFYING || phase == TERRACE_MOVE_STAGED)
    {
      self->copy_version = g_strdup (move->dest_version);
      clean_copy (task);
    }
  else if (phase != TERRACE_MOVE_COPYING)
    g_task_return_boolean (task, TRUE);
  else if (move->upload != NULL)
    {
      self->upload = g_strdup (move->upload);
      clean_upload (task);
    }
  else
    /* Begun perhaps, by a process that died before it could say so: the same token finds it. */
    terrace_provider_begin_async (self->dest, self->move->dest_key, &self->options, cancellable,
                                  clean_begin_cb, g_object_ref (task));
}

gboolean
terrace_move_clean_finish (GAsyncResult *result,
                           TerraceMoveRemains *remains,
                           char **copy_version,
                           GError **error)
{
  Clean *self;

  g_return_val_if_fail (g_task_is_valid (result, NULL), FALSE);

  if (!g_task_propagate_boolean (G_TASK (result), error))
    return FALSE;

  self = g_task_get_task_data (G_TASK (result));
  *remains = self->remains;
  *copy_version =
      self->remains == TERRACE_MOVE_REMAINS_COPY ? g_steal_pointer (&self->copy_version) : NULL;

  return TRUE;
}
