/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copies one object: stat the source, find or begin the upload, let the parts flow, stat the source
 * again, finish. Where the bytes' checksum is known already and the destination can copy by itself
 * (reflink, server side), the bytes do not pass through the process at all. Main thread. */

#include "config.h"

#include "transfer/terrace-copy.h"

#include <glib/gi18n-lib.h>

#include "base/terrace-error.h"
#include "base/terrace-limits.h"
#include "transfer/terrace-copy-private.h"
#include "transfer/terrace-pipeline.h"

typedef struct
{
  /* inputs; move, source, dest and pacer are owned */
  TerraceCopyRequest request;
  TerraceDigest known;

  /* in progress */
  TerraceObjectInfo *info;
  TerraceWriteOptions options;
  char *upload;
  GPtrArray *parts; /* of TerracePart */
  gboolean flowed;

  /* results */
  TerraceDigest checksum;
  TerraceDigest other[TERRACE_COPY_OTHER_DIGESTS];
  gboolean source_failed;
} Copy;

static const TerraceChecksumKind other_kinds[TERRACE_COPY_OTHER_DIGESTS] = {
  TERRACE_CHECKSUM_CRC64,
  TERRACE_CHECKSUM_CRC32C,
};

static void copy_begin (GTask *task);
static void copy_finish_upload (GTask *task);

static void
copy_free (Copy *self)
{
  g_clear_object (&self->request.move);
  g_clear_object (&self->request.source);
  g_clear_object (&self->request.dest);
  g_clear_object (&self->request.pacer);
  g_clear_object (&self->request.halt);
  g_clear_pointer (&self->info, terrace_object_info_free);
  g_clear_pointer (&self->parts, g_ptr_array_unref);
  g_free (self->upload);
  g_free (self);
}

static gboolean
copy_is_halted (GTask *task)
{
  Copy *self = g_task_get_task_data (task);

  return g_cancellable_is_cancelled (g_task_get_cancellable (task)) ||
         (self->request.halt != NULL && g_cancellable_is_cancelled (self->request.halt));
}

static void
copy_fail (GTask *task, GError *error, gboolean source_failed)
{
  Copy *self = g_task_get_task_data (task);

  self->source_failed = source_failed;
  g_task_return_error (task, error);
}

static void
copy_return (GTask *task, TerraceObjectInfo *dest)
{
  Copy *self = g_task_get_task_data (task);
  TerraceCopyResult *result = g_new0 (TerraceCopyResult, 1);

  result->dest = dest;
  result->checksum = self->checksum;
  memcpy (result->other, self->other, sizeof result->other);
  result->seen = self->flowed;
  g_task_return_pointer (task, result, (GDestroyNotify) terrace_copy_result_free);
}

/* Whether what a stat of the source says is still what is to be copied. */
static gboolean
copy_check_source (Copy *self, const TerraceObjectInfo *info, GError **error)
{
  TerraceMove *move = self->request.move;

  if (g_strcmp0 (info->version, move->source_version) == 0 && info->size_bytes == move->size_bytes)
    return TRUE;

  g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_CHANGED,
               _ ("The file changed since it was added; add it again, then plan"));
  return FALSE;
}

/* --- Finish ---------------------------------------------------------------------------------- */

static void
copy_finish_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (TerraceObjectInfo) info = NULL;
  GError *error = NULL;

  info = terrace_provider_finish_finish (TERRACE_PROVIDER (object), result, &error);
  if (info == NULL)
    copy_fail (task, error, FALSE);
  else
    copy_return (task, g_steal_pointer (&info));
}

static void
copy_finish_upload (GTask *task)
{
  Copy *self = g_task_get_task_data (task);

  terrace_provider_finish_async (self->request.dest, self->request.move->dest_key, self->upload,
                                 self->parts, &self->options, g_task_get_cancellable (task),
                                 copy_finish_cb, g_object_ref (task));
}

static void
copy_settle_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    copy_fail (task, error, FALSE);
  else if (copy_is_halted (task))
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CANCELLED, _ ("The copy was halted"));
  else
    copy_finish_upload (task);
}

static void
copy_settle (GTask *task)
{
  Copy *self = g_task_get_task_data (task);

  if (self->request.settle == NULL)
    copy_finish_upload (task);
  else
    self->request.settle (self->upload, &self->checksum, self->request.data, copy_settle_cb,
                          g_object_ref (task));
}

static void
copy_stat_again_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Copy *self = g_task_get_task_data (task);
  g_autoptr (TerraceObjectInfo) info = NULL;
  GError *error = NULL;

  info = terrace_provider_stat_finish (TERRACE_PROVIDER (object), result, &error);
  /* All its bytes are here, each read from the right version. That the file went away since is a
   * reason to keep the copy, not to drop it. */
  if (info == NULL && g_error_matches (error, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND))
    g_clear_error (&error);
  if (error != NULL || (info != NULL && !copy_check_source (self, info, &error)))
    copy_fail (task, error, TRUE);
  else
    copy_settle (task);
}

/* --- The parts ------------------------------------------------------------------------------- */

static void
copy_pipeline_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Copy *self = g_task_get_task_data (task);
  gboolean source_failed = FALSE;
  TerraceDigest flowed = { 0 };
  GError *error = NULL;

  g_clear_pointer (&self->parts, g_ptr_array_unref);
  if (!terrace_pipeline_finish (result, &self->checksum, &self->parts, &source_failed, &error))
    {
      copy_fail (task, error, source_failed);
      return;
    }

  self->flowed = TRUE;
  for (guint i = 0; i < TERRACE_COPY_OTHER_DIGESTS; i++)
    terrace_pipeline_get_digest (result, other_kinds[i], &self->other[i]);
  terrace_pipeline_get_digest (result, self->known.kind, &flowed);
  if (flowed.kind != TERRACE_CHECKSUM_NONE && !terrace_digest_equal (&self->known, &flowed))
    {
      g_set_error (&error, TERRACE_ERROR, TERRACE_ERROR_CORRUPT,
                   _ ("The bytes of the original are no longer what they were when it was "
                      "checked"));
      copy_fail (task, error, TRUE);
      return;
    }

  terrace_provider_stat_async (self->request.source, self->request.move->source_key,
                               g_task_get_cancellable (task), copy_stat_again_cb,
                               g_object_ref (task));
}

/* What the destination may keep of the object, so that nothing need be read back; and what is known
 * of the source. */
static guint
copy_get_kinds (Copy *self)
{
  guint kinds = 0;

  if (self->known.kind != TERRACE_CHECKSUM_NONE)
    kinds |= TERRACE_CHECKSUM_BIT (self->known.kind);
  if ((terrace_provider_get_capabilities (self->request.dest) & TERRACE_CAPABILITY_CHECKSUM) == 0)
    return kinds;
  for (guint i = 0; i < TERRACE_COPY_OTHER_DIGESTS; i++)
    kinds |= TERRACE_CHECKSUM_BIT (other_kinds[i]);

  return kinds;
}

static void
copy_flow (GTask *task)
{
  Copy *self = g_task_get_task_data (task);
  TerraceMove *move = self->request.move;
  TerracePipelineOptions options = {
    .source = self->request.source,
    .source_key = move->source_key,
    .version = move->source_version,
    .size_bytes = move->size_bytes,
    .part_bytes = self->options.part_bytes,
    .dest = self->request.dest,
    .dest_key = move->dest_key,
    .upload = self->upload,
    .stored = self->parts,
    .pacer = self->request.pacer,
    .step = self->request.step,
    .progress = self->request.progress,
    .data = self->request.data,
    .halt = self->request.halt,
    .kinds = copy_get_kinds (self),
    .memory_bytes = self->request.memory_bytes,
  };

  terrace_pipeline_async (&options, g_task_get_cancellable (task), copy_pipeline_cb,
                          g_object_ref (task));
}

static void
copy_begin_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Copy *self = g_task_get_task_data (task);
  GError *error = NULL;

  self->upload = terrace_provider_begin_finish (TERRACE_PROVIDER (object), result, &error);
  if (self->upload == NULL)
    {
      copy_fail (task, error, FALSE);
      return;
    }

  if (self->request.step != NULL)
    self->request.step (self->upload, NULL, self->request.data);
  copy_flow (task);
}

static void
copy_begin (GTask *task)
{
  Copy *self = g_task_get_task_data (task);

  terrace_provider_begin_async (self->request.dest, self->request.move->dest_key, &self->options,
                                g_task_get_cancellable (task), copy_begin_cb, g_object_ref (task));
}

/* --- Resume ---------------------------------------------------------------------------------- */

static void
copy_repeat_finish_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Copy *self = g_task_get_task_data (task);
  g_autoptr (TerraceObjectInfo) info = NULL;
  g_autoptr (GError) error = NULL;

  info = terrace_provider_finish_finish (TERRACE_PROVIDER (object), result, &error);
  if (info != NULL)
    {
      /* Finished in an earlier life, which died before it could say so. */
      self->checksum = self->request.move->checksum;
      copy_return (task, g_steal_pointer (&info));
    }
  else if (terrace_error_is_retryable (error) || terrace_error_is_cancelled (error))
    copy_fail (task, g_steal_pointer (&error), FALSE);
  else
    {
      g_clear_pointer (&self->upload, g_free);
      g_clear_pointer (&self->parts, g_ptr_array_unref);
      copy_begin (task);
    }
}

static void
copy_abort_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Copy *self = g_task_get_task_data (task);
  GError *error = NULL;

  if (!terrace_provider_abort_finish (TERRACE_PROVIDER (object), result, &error))
    {
      copy_fail (task, error, FALSE);
      return;
    }

  g_clear_pointer (&self->upload, g_free);
  copy_begin (task);
}

/* The upload of an earlier life cannot be taken up. */
static void
copy_give_up_upload (GTask *task, gboolean gone)
{
  Copy *self = g_task_get_task_data (task);

  if (gone && self->request.move->checksum.kind != TERRACE_CHECKSUM_NONE)
    {
      self->parts = terrace_copy_all_parts (self->request.move);
      terrace_provider_finish_async (self->request.dest, self->request.move->dest_key, self->upload,
                                     self->parts, &self->options, g_task_get_cancellable (task),
                                     copy_repeat_finish_cb, g_object_ref (task));
      return;
    }

  terrace_provider_abort_async (self->request.dest, self->request.move->dest_key, self->upload,
                                g_task_get_cancellable (task), copy_abort_cb, g_object_ref (task));
}

static void
copy_resume_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Copy *self = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  self->parts = terrace_provider_resume_finish (TERRACE_PROVIDER (object), result, &error);
  if (self->parts != NULL)
    copy_flow (task);
  else if (g_error_matches (error, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND))
    copy_give_up_upload (task, TRUE);
  else if (g_error_matches (error, TERRACE_ERROR, TERRACE_ERROR_UNSUPPORTED))
    copy_give_up_upload (task, FALSE);
  else
    copy_fail (task, g_steal_pointer (&error), FALSE);
}

static void
copy_begin_or_resume (GTask *task)
{
  Copy *self = g_task_get_task_data (task);

  if (self->request.move->upload == NULL)
    {
      copy_begin (task);
      return;
    }

  self->upload = g_strdup (self->request.move->upload);
  terrace_provider_resume_async (self->request.dest, self->request.move->dest_key, self->upload,
                                 &self->options, g_task_get_cancellable (task), copy_resume_cb,
                                 g_object_ref (task));
}

/* --- Without the bytes passing through ------------------------------------------------------- */

static void
copy_from_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Copy *self = g_task_get_task_data (task);
  g_autoptr (TerraceObjectInfo) info = NULL;
  g_autoptr (GError) error = NULL;

  info = terrace_provider_copy_from_finish (TERRACE_PROVIDER (object), result, &error);
  if (info != NULL)
    {
      self->checksum = self->known;
      if (self->request.progress != NULL)
        self->request.progress (self->request.move->size_bytes, self->request.data);
      copy_return (task, g_steal_pointer (&info));
    }
  else if (g_error_matches (error, TERRACE_ERROR, TERRACE_ERROR_UNSUPPORTED))
    copy_begin_or_resume (task);
  else
    {
      /* The provider does not say which side it was; only these can come from reading alone. */
      gboolean source_failed = g_error_matches (error, TERRACE_ERROR, TERRACE_ERROR_CHANGED) ||
                               g_error_matches (error, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND);

      copy_fail (task, g_steal_pointer (&error), source_failed);
    }
}

static void
copy_from_settled_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Copy *self = g_task_get_task_data (task);
  TerraceMove *move = self->request.move;
  GError *error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    {
      copy_fail (task, error, FALSE);
      return;
    }

  terrace_provider_copy_from_async (self->request.dest, move->dest_key, &self->options,
                                    self->request.source, move->source_key, move->source_version,
                                    g_task_get_cancellable (task), copy_from_cb,
                                    g_object_ref (task));
}

static void
copy_from (GTask *task)
{
  Copy *self = g_task_get_task_data (task);

  if (self->request.settle != NULL)
    self->request.settle (NULL, &self->known, self->request.data, copy_from_settled_cb,
                          g_object_ref (task));
  else
    {
      g_autoptr (GTask) settled =
          g_task_new (NULL, NULL, copy_from_settled_cb, g_object_ref (task));

      g_task_return_boolean (settled, TRUE);
    }
}

/* A limit is kept by letting the bytes flow through the pacer, so with one there is no copy_from;
 * unless an earlier life began it, whose result only copy_from recognises. */
static gboolean
copy_can_copy_from (Copy *self)
{
  TerraceMove *move = self->request.move;
  gboolean begun = move->checksum.kind != TERRACE_CHECKSUM_NONE;
  gboolean limited =
      self->request.pacer != NULL && terrace_pacer_get_rate (self->request.pacer) > 0;

  return self->known.kind != TERRACE_CHECKSUM_NONE && move->upload == NULL && (begun || !limited) &&
         (terrace_provider_get_capabilities (self->request.source) &
          terrace_provider_get_capabilities (self->request.dest) & TERRACE_CAPABILITY_COPY_FROM) !=
             0;
}

/* --- Begin ----------------------------------------------------------------------------------- */

/* The source's own word for its bytes: the copy that keeps the same is the same. MD5 is slow, and
 * some places keep whatever they were told. */
static void
copy_take_word (Copy *self)
{
  const TerraceDigest *word = &self->info->checksum;

  if (word->kind == TERRACE_CHECKSUM_NONE || word->kind == TERRACE_CHECKSUM_MD5)
    return;
  if (self->known.kind == TERRACE_CHECKSUM_NONE)
    self->known = *word;
  self->other[0] = *word;
}

static void
copy_stat_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Copy *self = g_task_get_task_data (task);
  GError *error = NULL;

  self->info = terrace_provider_stat_finish (TERRACE_PROVIDER (object), result, &error);
  if (self->info == NULL || !copy_check_source (self, self->info, &error))
    {
      copy_fail (task, error, TRUE);
      return;
    }

  terrace_copy_init_options (self->request.move, self->info, &self->options);
  copy_take_word (self);
  if (copy_can_copy_from (self))
    copy_from (task);
  else
    copy_begin_or_resume (task);
}

void
terrace_copy_request_async (const TerraceCopyRequest *request,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  Copy *self;

  g_return_if_fail (TERRACE_IS_MOVE (request->move));
  g_return_if_fail (TERRACE_IS_PROVIDER (request->source));
  g_return_if_fail (TERRACE_IS_PROVIDER (request->dest));
  g_return_if_fail (request->move->token != NULL);

  self = g_new0 (Copy, 1);
  self->request = *request;
  g_object_ref (request->move);
  g_object_ref (request->source);
  g_object_ref (request->dest);
  if (request->pacer != NULL)
    g_object_ref (request->pacer);
  if (request->halt != NULL)
    g_object_ref (request->halt);
  if (request->known != NULL)
    self->known = *request->known;
  self->request.known = NULL;

  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, terrace_copy_async);
  /* An object that came into being must be told of even if somebody cancelled at that moment. */
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, self, (GDestroyNotify) copy_free);

  terrace_provider_stat_async (request->source, request->move->source_key, cancellable,
                               copy_stat_cb, g_steal_pointer (&task));
}

void
terrace_copy_async (TerraceMove *move,
                    TerraceProvider *source,
                    TerraceProvider *dest,
                    const TerraceDigest *known,
                    TerracePacer *pacer,
                    TerraceCopyStep step,
                    TerraceCopyProgress progress,
                    gpointer callback_data,
                    GCancellable *cancellable,
                    GAsyncReadyCallback callback,
                    gpointer user_data)
{
  TerraceCopyRequest request = {
    .move = move,
    .source = source,
    .dest = dest,
    .known = known,
    .pacer = pacer,
    .step = step,
    .progress = progress,
    .data = callback_data,
  };

  terrace_copy_request_async (&request, cancellable, callback, user_data);
}

TerraceCopyResult *
terrace_copy_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

gboolean
terrace_copy_source_failed (GAsyncResult *result)
{
  Copy *self = g_task_get_task_data (G_TASK (result));

  return self->source_failed;
}
