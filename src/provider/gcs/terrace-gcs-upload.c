/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keeps account of uploads. No I/O. Main thread. */

#include "config.h"

#include "provider/gcs/terrace-gcs-upload.h"

#include "base/terrace-crc.h"
#include "base/terrace-error.h"
#include "base/terrace-limits.h"
#include "provider/gcs/terrace-gcs-provider-private.h"
#include "provider/gcs/terrace-gcs-wait.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* Uploads that are remembered; the one that was used longest ago is forgotten. */
#define MAX_UPLOADS TERRACE_LIMIT_ACTIVE_MOVES
#define SESSION "session"
#define SINGLE "single"

static void
part_free (TerraceGcsUpload *self, TerraceGcsPart *part)
{
  if (part->is_ahead)
    self->provider->ahead_bytes -= g_bytes_get_size (part->bytes);
  g_bytes_unref (part->bytes);
  g_free (part);
}

static void
remove_parts (TerraceGcsUpload *self)
{
  while (!g_queue_is_empty (&self->parts))
    part_free (self, g_queue_pop_head (&self->parts));
}

TerraceGcsUpload *
terrace_gcs_upload_ref (TerraceGcsUpload *self)
{
  g_ref_count_inc (&self->references);

  return self;
}

void
terrace_gcs_upload_unref (TerraceGcsUpload *self)
{
  if (!g_ref_count_dec (&self->references))
    return;

  g_assert (g_queue_is_empty (&self->waiting));
  g_assert (g_queue_is_empty (&self->lockers));
  g_assert (g_queue_is_empty (&self->parts));
  g_free (self->key);
  g_free (self->token);
  g_free (self->path);
  g_free (self->query);
  g_free (self);
}

/* --- Finding --------------------------------------------------------------------------------- */

char *
terrace_gcs_upload_to_string (const char *token, guint64 size_bytes, gboolean is_single)
{
  return g_strdup_printf ("%s %s %" G_GUINT64_FORMAT, is_single ? SINGLE : SESSION, token,
                          size_bytes);
}

TerraceGcsUpload *
terrace_gcs_upload_find (TerraceGcsProvider *provider,
                         const char *key,
                         const char *text,
                         GError **error)
{
  g_auto (GStrv) words = g_strsplit (text, " ", 4);
  guint64 size_bytes;

  if (g_strv_length (words) != 3 || words[1][0] == '\0' ||
      (strcmp (words[0], SESSION) != 0 && strcmp (words[0], SINGLE) != 0) ||
      !g_ascii_string_to_unsigned (words[2], 10, 0, G_MAXINT64, &size_bytes, NULL))
    {
      g_set_error_literal (error, TERRACE_ERROR, TERRACE_ERROR_INVALID,
                           _ ("This is not an upload to Google Cloud Storage"));
      return NULL;
    }

  return terrace_gcs_upload_get (provider, key, words[1], size_bytes,
                                 strcmp (words[0], SINGLE) == 0);
}

static gboolean
is_idle (TerraceGcsUpload *self)
{
  return !self->is_locked && !self->is_pumping && g_queue_is_empty (&self->waiting);
}

static void
forget_oldest (TerraceGcsProvider *provider)
{
  for (GList *l = provider->upload_order.head; l != NULL; l = l->next)
    if (is_idle (l->data))
      {
        terrace_gcs_upload_drop (l->data);
        return;
      }
}

TerraceGcsUpload *
terrace_gcs_upload_get (TerraceGcsProvider *provider,
                        const char *key,
                        const char *token,
                        guint64 size_bytes,
                        gboolean is_single)
{
  TerraceGcsUpload *self = g_hash_table_lookup (provider->uploads, token);

  if (self != NULL)
    {
      g_queue_remove (&provider->upload_order, self);
      g_queue_push_tail (&provider->upload_order, self);
      return terrace_gcs_upload_ref (self);
    }

  if (g_hash_table_size (provider->uploads) >= MAX_UPLOADS)
    forget_oldest (provider);
  self = g_new0 (TerraceGcsUpload, 1);
  g_ref_count_init (&self->references);
  self->provider = provider;
  self->key = g_strdup (key);
  self->token = g_strdup (token);
  self->size_bytes = size_bytes;
  self->is_single = is_single;
  self->has_crc = TRUE;
  g_queue_init (&self->parts);
  g_queue_init (&self->waiting);
  g_queue_init (&self->lockers);
  g_hash_table_insert (provider->uploads, self->token, self);
  g_queue_push_tail (&provider->upload_order, self);

  return terrace_gcs_upload_ref (self);
}

void
terrace_gcs_upload_drop (TerraceGcsUpload *self)
{
  TerraceGcsProvider *provider = self->provider;

  remove_parts (self);
  if (g_hash_table_lookup (provider->uploads, self->token) != self)
    return;

  g_queue_remove (&provider->upload_order, self);
  g_hash_table_remove (provider->uploads, self->token);
}

void
terrace_gcs_upload_lose (TerraceGcsUpload *self)
{
  g_clear_pointer (&self->path, g_free);
  g_clear_pointer (&self->query, g_free);
  self->is_known = FALSE;
}

/* --- The lock -------------------------------------------------------------------------------- */

void
terrace_gcs_upload_lock_async (TerraceGcsUpload *self,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self->provider, cancellable, callback, user_data);

  g_task_set_source_tag (task, terrace_gcs_upload_lock_async);
  g_task_set_check_cancellable (task, FALSE);
  if (self->is_locked)
    {
      terrace_gcs_wait_push (&self->lockers, g_steal_pointer (&task));
      return;
    }

  self->is_locked = TRUE;
  g_task_return_boolean (task, TRUE);
}

gboolean
terrace_gcs_upload_lock_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
terrace_gcs_upload_unlock (TerraceGcsUpload *self)
{
  g_autoptr (GTask) next = terrace_gcs_wait_pop (&self->lockers);

  g_assert (self->is_locked);
  if (next != NULL)
    g_task_return_boolean (next, TRUE);
  else
    self->is_locked = FALSE;
}

/* --- Parts ----------------------------------------------------------------------------------- */

static guint64
end_of (const TerraceGcsPart *part)
{
  return part->offset + g_bytes_get_size (part->bytes);
}

/* One that is there already is replaced, and whoever brought it is answered together with the new
 * one. */
void
terrace_gcs_upload_add (TerraceGcsUpload *self, guint64 offset, GBytes *bytes, GTask *task)
{
  TerraceGcsPart *part = g_new0 (TerraceGcsPart, 1);
  GList *l;

  terrace_gcs_upload_sweep (self);
  part->offset = offset;
  part->bytes = g_bytes_ref (bytes);
  part->task = task;
  if (task != NULL)
    terrace_gcs_wait_push (&self->waiting, task);

  l = self->parts.head;
  while (l != NULL && ((TerraceGcsPart *) l->data)->offset < offset)
    l = l->next;
  if (l != NULL && ((TerraceGcsPart *) l->data)->offset == offset)
    {
      part_free (self, l->data);
      l->data = part;
    }
  else
    {
      g_queue_insert_before (&self->parts, l, part);
    }
}

void
terrace_gcs_upload_sweep (TerraceGcsUpload *self)
{
  for (GList *l = self->parts.head; l != NULL;)
    {
      GList *next = l->next;
      TerraceGcsPart *part = l->data;
      gboolean is_orphan = part->task != NULL && g_queue_find (&self->waiting, part->task) == NULL;

      if (is_orphan || (self->is_known && end_of (part) <= self->stored_bytes))
        {
          part_free (self, part);
          g_queue_delete_link (&self->parts, l);
        }
      l = next;
    }
}

guint64
terrace_gcs_upload_get_end (TerraceGcsUpload *self)
{
  guint64 end = self->is_known ? self->stored_bytes : 0;

  for (GList *l = self->parts.head; l != NULL; l = l->next)
    {
      const TerraceGcsPart *part = l->data;

      if (part->offset > end)
        break;
      end = MAX (end, end_of (part));
    }

  return end;
}

guint64
terrace_gcs_upload_get_sendable_end (TerraceGcsUpload *self)
{
  guint64 end = terrace_gcs_upload_get_end (self);

  /* The last byte makes the object: it is finish()'s. */
  end = MIN (end, self->size_bytes - MIN (self->size_bytes, 1));
  return end - end % TERRACE_GCS_GRANULE_BYTES;
}

gboolean
terrace_gcs_upload_has_range (TerraceGcsUpload *self, guint64 offset, guint64 length_bytes)
{
  guint64 end = self->is_known ? MAX (self->stored_bytes, offset) : offset;

  for (GList *l = self->parts.head; l != NULL; l = l->next)
    {
      const TerraceGcsPart *part = l->data;

      if (part->offset <= end)
        end = MAX (end, end_of (part));
    }

  return end >= offset + length_bytes;
}

void
terrace_gcs_upload_slice (TerraceGcsUpload *self, guint64 begin, guint64 end, GPtrArray *body)
{
  for (GList *l = self->parts.head; l != NULL; l = l->next)
    {
      const TerraceGcsPart *part = l->data;
      guint64 first = MAX (begin, part->offset);
      guint64 last = MIN (end, end_of (part));

      if (part->offset > begin || first >= last)
        continue;
      g_ptr_array_add (body,
                       g_bytes_new_from_bytes (part->bytes, first - part->offset, last - first));
      begin = last;
    }
}

/* The checksum of what is known, on to @end; given up if some of it is not here any more. */
static void
advance_crc (TerraceGcsUpload *self, guint64 end)
{
  g_autoptr (GPtrArray) body = NULL;

  if (!self->has_crc || end <= self->crc_bytes)
    return;

  body = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  terrace_gcs_upload_slice (self, self->crc_bytes, end, body);
  for (guint i = 0; i < body->len; i++)
    {
      gsize length;
      gconstpointer data = g_bytes_get_data (body->pdata[i], &length);

      self->crc = terrace_crc32c_update (self->crc, data, length);
      self->crc_bytes += length;
    }
  self->has_crc = self->crc_bytes == end;
}

void
terrace_gcs_upload_set_stored (TerraceGcsUpload *self, guint64 stored_bytes)
{
  advance_crc (self, stored_bytes);
  self->stored_bytes = stored_bytes;
  self->is_known = TRUE;
}

char *
terrace_gcs_upload_get_checksum (TerraceGcsUpload *self)
{
  TerraceDigest digest = { TERRACE_CHECKSUM_CRC32C, { 0 } };

  if (!terrace_gcs_upload_has_range (self, 0, self->size_bytes))
    return NULL;

  advance_crc (self, self->size_bytes);
  if (!self->has_crc || self->crc_bytes != self->size_bytes)
    return NULL;

  for (guint i = 0; i < 4; i++)
    digest.bytes[i] = (guint8) (self->crc >> (24 - 8 * i));
  return terrace_digest_to_base64 (&digest);
}
