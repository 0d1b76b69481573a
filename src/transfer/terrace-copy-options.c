/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What every call of a move's upload is given, the first time and in later lives. Pure functions.
 */

#include "transfer/terrace-copy-private.h"

#include "transfer/terrace-pipeline.h"

void
terrace_copy_result_free (TerraceCopyResult *self)
{
  if (self == NULL)
    return;

  g_clear_pointer (&self->dest, terrace_object_info_free);
  g_free (self);
}

void
terrace_copy_init_options (TerraceMove *move,
                           const TerraceObjectInfo *info,
                           TerraceWriteOptions *options)
{
  options->token = move->token;
  options->size_bytes = move->size_bytes;
  options->part_bytes = terrace_pipeline_part_bytes (move->size_bytes);
  options->class_id = move->dest_class_id;
  options->info = info;
}

GPtrArray *
terrace_copy_all_parts (TerraceMove *move)
{
  guint64 part_bytes = terrace_pipeline_part_bytes (move->size_bytes);
  guint n_parts = terrace_pipeline_n_parts (move->size_bytes, part_bytes);
  GPtrArray *parts = g_ptr_array_new_with_free_func ((GDestroyNotify) terrace_part_free);

  for (guint i = 0; i < n_parts; i++)
    {
      guint64 offset = i * part_bytes;
      guint64 length = MIN (part_bytes, move->size_bytes - offset);

      g_ptr_array_add (parts, terrace_part_new (i, offset, length, ""));
    }

  return parts;
}
