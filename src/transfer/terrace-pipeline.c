/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The flow of an object's bytes. A part is in flight from the moment it waits for its turn until
 * it is hashed and stored; then the next one begins. Reads and writes overlap freely, hashing is in
 * order. After the first error everything in flight is cancelled and awaited, so that nothing
 * touches the destination any more once the pipeline has returned. Main thread. */

#include "config.h"

#include "transfer/terrace-pipeline.h"

#include <glib/gi18n-lib.h>

#include "base/terrace-error.h"
#include "base/terrace-limits.h"
#include "transfer/terrace-climber.h"
#include "transfer/terrace-hasher.h"

/* Below this, handing a part to the hashing thread takes longer than hashing it. */
#define PIPELINE_INLINE_HASH_BYTES (64 * 1024)
#define PIPELINE_PROGRESS_US (100 * 1000)
#define PIPELINE_MEBIBYTE ((guint64) 1024 * 1024)

typedef struct
{
  /* inputs */
  TerraceProvider *source; /* owned */
  char *source_key;
  char *version;         /* nullable */
  TerraceProvider *dest; /* owned, nullable */
  char *dest_key;
  char *upload;
  TerracePacer *pacer; /* owned, nullable */
  TerraceCopyStep step;
  TerraceCopyProgress progress;
  gpointer data;
  guint64 *memory_bytes; /* unowned, nullable */
  GCancellable *halt;    /* owned, nullable */
  GCancellable *outer;   /* owned, nullable */
  guint64 size_bytes;
  guint64 part_bytes;
  guint n_parts;

  /* in progress */
  GCancellable *inner;   /* owned: ends everything in flight */
  GCancellable *waiting; /* owned: ends only what waits for the pacer */
  gulong outer_id;
  gulong halt_id;
  TerraceChecksum *checksum;
  TerraceClimber climber; /* of parts in flight */
  GQueue slots;           /* of PipelineSlot, by number; each is owned by itself until it is done */
  guint next_number;
  guint hash_number;
  guint pending; /* operations begun and not called back */
  guint64 done_bytes;
  gint64 reported_us;

  /* results */
  GPtrArray *parts; /* of TerracePart, by number, NULL until stored */
  GError *error;
  gboolean source_failed;
  TerraceDigest digest;
} Pipeline;

typedef struct
{
  GTask *task; /* owned */
  guint number;
  guint64 offset;
  gsize length;
  GBytes *bytes; /* nullable until read */
  gboolean hashed;
  gboolean stored;
} PipelineSlot;

static void pipeline_begin_parts (GTask *task);

guint64
terrace_pipeline_part_bytes (guint64 size_bytes)
{
  guint64 least = size_bytes / TERRACE_LIMIT_PARTS + (size_bytes % TERRACE_LIMIT_PARTS != 0);
  guint64 rounded = (least + PIPELINE_MEBIBYTE - 1) / PIPELINE_MEBIBYTE * PIPELINE_MEBIBYTE;

  return MAX (rounded, TERRACE_LIMIT_PART_BYTES);
}

guint
terrace_pipeline_n_parts (guint64 size_bytes, guint64 part_bytes)
{
  return (guint) (size_bytes / part_bytes + (size_bytes % part_bytes != 0));
}

static void
pipeline_free (Pipeline *self)
{
  g_assert (self->pending == 0);
  g_assert (g_queue_is_empty (&self->slots));

  if (self->outer != NULL)
    g_cancellable_disconnect (self->outer, self->outer_id);
  if (self->halt != NULL)
    g_cancellable_disconnect (self->halt, self->halt_id);
  g_clear_object (&self->source);
  g_clear_object (&self->dest);
  g_clear_object (&self->pacer);
  g_clear_object (&self->halt);
  g_clear_object (&self->outer);
  g_clear_object (&self->inner);
  g_clear_object (&self->waiting);
  g_clear_pointer (&self->checksum, terrace_checksum_free);
  g_clear_pointer (&self->parts, g_ptr_array_unref);
  g_clear_error (&self->error);
  g_free (self->source_key);
  g_free (self->version);
  g_free (self->dest_key);
  g_free (self->upload);
  g_free (self);

  terrace_hasher_release ();
}

static void
pipeline_slot_free (PipelineSlot *slot)
{
  Pipeline *self = g_task_get_task_data (slot->task);

  g_queue_remove (&self->slots, slot);
  if (self->memory_bytes != NULL)
    *self->memory_bytes -= slot->length;
  g_clear_pointer (&slot->bytes, g_bytes_unref);
  g_object_unref (slot->task);
  g_free (slot);
}

static void
pipeline_part_free (gpointer data)
{
  if (data != NULL)
    terrace_part_free (data);
}

static void
pipeline_fail (Pipeline *self, GError *error, gboolean source_failed)
{
  /* What comes after the first error is only its echo. */
  if (self->error != NULL)
    {
      g_error_free (error);
      return;
    }

  self->error = error;
  self->source_failed = source_failed;
  g_cancellable_cancel (self->waiting);
  g_cancellable_cancel (self->inner);
}

static gboolean
pipeline_is_halted (Pipeline *self)
{
  return self->halt != NULL && g_cancellable_is_cancelled (self->halt);
}

static void
pipeline_report (Pipeline *self, gboolean last)
{
  gint64 now_us = g_get_monotonic_time ();

  if (self->progress == NULL || (!last && now_us - self->reported_us < PIPELINE_PROGRESS_US))
    return;

  self->reported_us = now_us;
  self->progress (self->done_bytes, self->data);
}

/* Ends the pipeline when nothing is in flight and nothing more will be. */
static void
pipeline_maybe_return (GTask *task)
{
  Pipeline *self = g_task_get_task_data (task);
  gboolean complete = self->next_number == self->n_parts && g_queue_is_empty (&self->slots);

  if (self->pending > 0 || g_task_get_completed (task))
    return;

  while (!g_queue_is_empty (&self->slots))
    pipeline_slot_free (g_queue_peek_head (&self->slots));

  if (self->error != NULL)
    g_task_return_error (task, g_steal_pointer (&self->error));
  else if (!complete)
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CANCELLED, _ ("The copy was halted"));
  else
    {
      terrace_checksum_finish (self->checksum, &self->digest);
      pipeline_report (self, TRUE);
      g_task_return_boolean (task, TRUE);
    }
}

/* Called while as many parts as may be are in flight or waiting for their turn. */
static void
pipeline_climb (Pipeline *self, gsize length)
{
  if (self->memory_bytes == NULL)
    return;

  terrace_climber_add (&self->climber, length);
  terrace_climber_step (&self->climber, g_get_monotonic_time (),
                        g_queue_get_length (&self->slots) >= self->climber.limit);
}

/* The first part of each is always let in, so that all of them get on. */
static gboolean
pipeline_has_room (Pipeline *self)
{
  guint n_slots = g_queue_get_length (&self->slots);

  if (n_slots == 0)
    return TRUE;

  return n_slots < self->climber.limit &&
         (self->memory_bytes == NULL ||
          *self->memory_bytes + self->part_bytes <= TERRACE_LIMIT_PARTS_MEMORY_BYTES);
}

static void
pipeline_slot_maybe_done (PipelineSlot *slot)
{
  g_autoptr (GTask) task = g_object_ref (slot->task);
  Pipeline *self = g_task_get_task_data (task);

  if (slot->hashed && slot->stored && self->error == NULL)
    {
      self->done_bytes += slot->length;
      pipeline_climb (self, slot->length);
      pipeline_slot_free (slot);
      pipeline_report (self, FALSE);
      pipeline_begin_parts (task);
    }

  pipeline_maybe_return (task);
}

static void
pipeline_hash_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  PipelineSlot *slot = user_data;
  Pipeline *self = g_task_get_task_data (slot->task);
  GError *error = NULL;

  self->pending--;
  if (!terrace_hasher_update_finish (result, &error))
    pipeline_fail (self, error, FALSE);
  slot->hashed = TRUE;
  pipeline_slot_maybe_done (slot);
}

/* Hands the parts that have been read to the hashing thread, as far as they follow in order. */
static void
pipeline_hash (Pipeline *self)
{
  for (GList *l = self->slots.head; l != NULL && self->error == NULL; l = l->next)
    {
      PipelineSlot *slot = l->data;

      if (slot->number < self->hash_number)
        continue;
      if (slot->number > self->hash_number || slot->bytes == NULL)
        return;

      self->hash_number++;
      if (self->size_bytes <= PIPELINE_INLINE_HASH_BYTES)
        {
          terrace_checksum_update (self->checksum, g_bytes_get_data (slot->bytes, NULL),
                                   slot->length);
          slot->hashed = TRUE;
        }
      else
        {
          self->pending++;
          terrace_hasher_update_async (self->checksum, slot->bytes, pipeline_hash_cb, slot);
        }
    }
}

static void
pipeline_write_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  PipelineSlot *slot = user_data;
  Pipeline *self = g_task_get_task_data (slot->task);
  g_autofree char *receipt = NULL;
  GError *error = NULL;

  self->pending--;
  receipt = terrace_provider_write_part_finish (TERRACE_PROVIDER (object), result, &error);
  if (receipt == NULL)
    pipeline_fail (self, error, FALSE);
  else
    {
      TerracePart *part = terrace_part_new (slot->number, slot->offset, slot->length, receipt);

      /* Stored is stored, even when the pipeline failed meanwhile. */
      g_ptr_array_index (self->parts, slot->number) = part;
      slot->stored = TRUE;
      if (self->step != NULL)
        self->step (self->upload, part, self->data);
    }
  pipeline_slot_maybe_done (slot);
}

static void
pipeline_read_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  PipelineSlot *slot = user_data;
  Pipeline *self = g_task_get_task_data (slot->task);
  GError *error = NULL;

  self->pending--;
  slot->bytes = terrace_provider_read_range_finish (TERRACE_PROVIDER (object), result, &error);
  if (slot->bytes != NULL && g_bytes_get_size (slot->bytes) != slot->length)
    g_set_error (&error, TERRACE_ERROR, TERRACE_ERROR_CORRUPT,
                 _ ("The object is shorter than the place says it is"));
  if (error != NULL)
    pipeline_fail (self, error, TRUE);
  else if (self->error == NULL)
    {
      if (self->dest == NULL || g_ptr_array_index (self->parts, slot->number) != NULL)
        slot->stored = TRUE;
      else
        {
          self->pending++;
          terrace_provider_write_part_async (self->dest, self->dest_key, self->upload, slot->number,
                                             slot->offset, slot->bytes, self->inner,
                                             pipeline_write_cb, slot);
        }
      pipeline_hash (self);
    }
  pipeline_slot_maybe_done (slot);
}

static void
pipeline_read (PipelineSlot *slot)
{
  Pipeline *self = g_task_get_task_data (slot->task);

  self->pending++;
  terrace_provider_read_range_async (self->source, self->source_key, self->version, slot->offset,
                                     slot->length, self->inner, pipeline_read_cb, slot);
}

static void
pipeline_pace_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  PipelineSlot *slot = user_data;
  g_autoptr (GTask) task = g_object_ref (slot->task);
  Pipeline *self = g_task_get_task_data (task);
  GError *error = NULL;

  self->pending--;
  if (terrace_pacer_wait_finish (TERRACE_PACER (object), result, &error))
    {
      pipeline_read (slot);
      return;
    }

  /* Halted before it began: not an error, and nothing to finish. */
  if (pipeline_is_halted (self) && !g_cancellable_is_cancelled (self->inner))
    g_error_free (error);
  else
    pipeline_fail (self, error, TRUE);
  pipeline_maybe_return (task);
}

static void
pipeline_begin_parts (GTask *task)
{
  Pipeline *self = g_task_get_task_data (task);

  while (self->error == NULL && !pipeline_is_halted (self) && self->next_number < self->n_parts &&
         pipeline_has_room (self))
    {
      PipelineSlot *slot = g_new0 (PipelineSlot, 1);

      slot->task = g_object_ref (task);
      slot->number = self->next_number++;
      slot->offset = slot->number * self->part_bytes;
      slot->length = (gsize) MIN (self->part_bytes, self->size_bytes - slot->offset);
      g_queue_push_tail (&self->slots, slot);
      if (self->memory_bytes != NULL)
        *self->memory_bytes += slot->length;

      if (self->pacer == NULL || terrace_pacer_get_rate (self->pacer) == 0)
        {
          pipeline_read (slot);
          continue;
        }
      self->pending++;
      terrace_pacer_wait_async (self->pacer, slot->length, self->waiting, pipeline_pace_cb, slot);
    }
}

static void
pipeline_outer_cancelled_cb (GCancellable *cancellable, gpointer user_data)
{
  Pipeline *self = user_data;

  g_cancellable_cancel (self->waiting);
  g_cancellable_cancel (self->inner);
}

static void
pipeline_halted_cb (GCancellable *cancellable, gpointer user_data)
{
  Pipeline *self = user_data;

  g_cancellable_cancel (self->waiting);
}

/* Parts that do not lie as this pipeline cuts them are written again. */
static void
pipeline_take_stored (Pipeline *self, GPtrArray *stored)
{
  for (guint i = 0; stored != NULL && i < stored->len; i++)
    {
      const TerracePart *part = g_ptr_array_index (stored, i);
      guint64 offset = part->number * self->part_bytes;

      if (part->number >= self->n_parts || part->offset != offset ||
          part->size_bytes != MIN (self->part_bytes, self->size_bytes - offset))
        continue;
      if (g_ptr_array_index (self->parts, part->number) == NULL)
        g_ptr_array_index (self->parts, part->number) =
            terrace_part_new (part->number, part->offset, part->size_bytes, part->receipt);
    }
}

static Pipeline *
pipeline_new (const TerracePipelineOptions *options, GCancellable *cancellable)
{
  Pipeline *self = g_new0 (Pipeline, 1);

  terrace_hasher_hold ();
  self->source = g_object_ref (options->source);
  self->source_key = g_strdup (options->source_key);
  self->version = g_strdup (options->version);
  self->size_bytes = options->size_bytes;
  self->part_bytes = options->part_bytes;
  self->n_parts = terrace_pipeline_n_parts (options->size_bytes, options->part_bytes);
  g_set_object (&self->dest, options->dest);
  self->dest_key = g_strdup (options->dest_key);
  self->upload = g_strdup (options->upload);
  g_set_object (&self->pacer, options->pacer);
  self->step = options->step;
  self->progress = options->progress;
  self->data = options->data;
  self->memory_bytes = options->memory_bytes;
  terrace_climber_init (&self->climber, TERRACE_LIMIT_PARTS_IN_FLIGHT,
                        options->memory_bytes != NULL ? TERRACE_LIMIT_MOST_PARTS_IN_FLIGHT :
                                                        TERRACE_LIMIT_PARTS_IN_FLIGHT);
  self->inner = g_cancellable_new ();
  self->waiting = g_cancellable_new ();
  self->checksum = terrace_checksum_new_several (options->kinds |
                                                 TERRACE_CHECKSUM_BIT (TERRACE_CHECKSUM_SHA256));
  g_queue_init (&self->slots);
  self->parts = g_ptr_array_new_with_free_func (pipeline_part_free);
  g_ptr_array_set_size (self->parts, (int) self->n_parts);
  pipeline_take_stored (self, options->stored);

  if (g_set_object (&self->outer, cancellable))
    self->outer_id =
        g_cancellable_connect (self->outer, G_CALLBACK (pipeline_outer_cancelled_cb), self, NULL);
  if (g_set_object (&self->halt, options->halt))
    self->halt_id = g_cancellable_connect (self->halt, G_CALLBACK (pipeline_halted_cb), self, NULL);

  return self;
}

void
terrace_pipeline_async (const TerracePipelineOptions *options,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_assert (options->part_bytes > 0);

  /* Without the cancellable: the error is known only when everything in flight has come back. */
  task = g_task_new (NULL, NULL, callback, user_data);
  g_task_set_source_tag (task, terrace_pipeline_async);
  g_task_set_task_data (task, pipeline_new (options, cancellable), (GDestroyNotify) pipeline_free);
  if (cancellable != NULL && g_cancellable_is_cancelled (cancellable))
    {
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CANCELLED, _ ("The copy was stopped"));
      return;
    }

  pipeline_begin_parts (task);
  pipeline_maybe_return (task);
}

gboolean
terrace_pipeline_finish (GAsyncResult *result,
                         TerraceDigest *digest,
                         GPtrArray **parts,
                         gboolean *source_failed,
                         GError **error)
{
  Pipeline *self;

  g_return_val_if_fail (g_task_is_valid (result, NULL), FALSE);

  self = g_task_get_task_data (G_TASK (result));
  if (source_failed != NULL)
    *source_failed = self->source_failed;
  if (!g_task_propagate_boolean (G_TASK (result), error))
    return FALSE;

  *digest = self->digest;
  if (parts != NULL)
    *parts = g_steal_pointer (&self->parts);

  return TRUE;
}

void
terrace_pipeline_get_digest (GAsyncResult *result, TerraceChecksumKind kind, TerraceDigest *digest)
{
  Pipeline *self = g_task_get_task_data (G_TASK (result));

  terrace_checksum_get_digest (self->checksum, kind, digest);
}
