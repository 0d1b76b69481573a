/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The plain values that go through the provider interface, and the rule for keys. Any thread. */

#include "config.h"

#include "provider/terrace-provider-private.h"

#include "base/terrace-limits.h"
#include "base/terrace-error.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/**
 * terrace_object_info_new:
 *
 * Returns: (transfer full): an object of which only the key is known
 */
TerraceObjectInfo *
terrace_object_info_new (const char *key)
{
  TerraceObjectInfo *self;

  g_return_val_if_fail (key != NULL, NULL);

  self = g_new0 (TerraceObjectInfo, 1);
  self->key = g_strdup (key);
  self->mode = G_MAXUINT32;

  return self;
}

/**
 * terrace_object_info_copy:
 *
 * Returns: (transfer full): a deep copy
 */
TerraceObjectInfo *
terrace_object_info_copy (const TerraceObjectInfo *self)
{
  TerraceObjectInfo *copy;

  g_return_val_if_fail (self != NULL, NULL);

  copy = g_memdup2 (self, sizeof *self);
  copy->key = g_strdup (self->key);
  copy->version = g_strdup (self->version);
  copy->class_id = g_strdup (self->class_id);
  if (self->attributes != NULL)
    copy->attributes = g_variant_ref_sink (self->attributes);

  return copy;
}

void
terrace_object_info_free (TerraceObjectInfo *self)
{
  g_return_if_fail (self != NULL);

  g_free (self->key);
  g_free (self->version);
  g_free (self->class_id);
  g_clear_pointer (&self->attributes, g_variant_unref);
  g_free (self);
}

char *
terrace_object_info_describe_restore (const TerraceObjectInfo *self)
{
  g_autoptr (GDateTime) utc = NULL;
  g_autoptr (GDateTime) until = NULL;
  g_autofree char *date = NULL;

  g_return_val_if_fail (self != NULL, NULL);

  if (self->restore == TERRACE_RESTORE_PENDING)
    return g_strdup (_ ("It is being restored from the archive and cannot be read yet"));
  if (self->restore != TERRACE_RESTORE_READY)
    return NULL;

  utc = g_date_time_new_from_unix_utc (self->restored_until_us / G_USEC_PER_SEC);
  until = utc != NULL ? g_date_time_to_local (utc) : NULL;
  date = until != NULL ? g_date_time_format (until, "%x") : NULL;
  if (self->restored_until_us <= 0 || date == NULL)
    return g_strdup (_ ("It has been restored from the archive and can be read for a while"));
  /* Translators: a date */
  return g_strdup_printf (_ ("It has been restored from the archive and can be read until %s"),
                          date);
}

TerraceListing *
terrace_listing_new (void)
{
  TerraceListing *self = g_new0 (TerraceListing, 1);

  self->objects = g_ptr_array_new_with_free_func ((GDestroyNotify) terrace_object_info_free);
  self->unreadable = g_ptr_array_new_with_free_func (g_free);

  return self;
}

void
terrace_listing_free (TerraceListing *self)
{
  g_return_if_fail (self != NULL);

  g_ptr_array_unref (self->objects);
  g_ptr_array_unref (self->unreadable);
  g_free (self->next);
  g_free (self);
}

/**
 * terrace_part_new:
 *
 * Returns: (transfer full): a part; @receipt is copied
 */
TerracePart *
terrace_part_new (guint number, guint64 offset, guint64 size_bytes, const char *receipt)
{
  TerracePart *self = g_new0 (TerracePart, 1);

  self->number = number;
  self->offset = offset;
  self->size_bytes = size_bytes;
  self->receipt = g_strdup (receipt);

  return self;
}

void
terrace_part_free (TerracePart *self)
{
  g_return_if_fail (self != NULL);

  g_free (self->receipt);
  g_free (self);
}

/**
 * terrace_upload_new:
 *
 * Returns: (transfer full): an unfinished upload; @key and @upload are copied
 */
TerraceUpload *
terrace_upload_new (const char *key, const char *upload, gint64 started_us, guint64 size_bytes)
{
  TerraceUpload *self;

  g_return_val_if_fail (key != NULL && upload != NULL, NULL);

  self = g_new0 (TerraceUpload, 1);
  self->key = g_strdup (key);
  self->upload = g_strdup (upload);
  self->started_us = started_us;
  self->size_bytes = size_bytes;

  return self;
}

void
terrace_upload_free (TerraceUpload *self)
{
  g_return_if_fail (self != NULL);

  g_free (self->key);
  g_free (self->upload);
  g_free (self);
}

/**
 * terrace_upload_listing_new:
 *
 * Returns: (transfer full): an empty page
 */
TerraceUploadListing *
terrace_upload_listing_new (void)
{
  TerraceUploadListing *self = g_new0 (TerraceUploadListing, 1);

  self->uploads = g_ptr_array_new_with_free_func ((GDestroyNotify) terrace_upload_free);

  return self;
}

void
terrace_upload_listing_free (TerraceUploadListing *self)
{
  g_return_if_fail (self != NULL);

  g_ptr_array_unref (self->uploads);
  g_free (self->next);
  g_free (self);
}

TerraceWriteOptions *
terrace_write_options_copy (const TerraceWriteOptions *self)
{
  TerraceWriteOptions *copy = g_memdup2 (self, sizeof *self);

  copy->token = g_strdup (self->token);
  copy->class_id = g_strdup (self->class_id);
  if (self->info != NULL)
    copy->info = terrace_object_info_copy (self->info);

  return copy;
}

void
terrace_write_options_free (TerraceWriteOptions *self)
{
  g_free ((char *) self->token);
  g_free ((char *) self->class_id);
  if (self->info != NULL)
    terrace_object_info_free ((TerraceObjectInfo *) self->info);
  g_free (self);
}

gboolean
terrace_provider_check_key (const char *key, GError **error)
{
  gsize length = strlen (key);

  if (length == 0)
    {
      g_set_error_literal (error, TERRACE_ERROR, TERRACE_ERROR_INVALID,
                           _ ("An object needs a name"));
      return FALSE;
    }
  if (length > TERRACE_LIMIT_KEY_BYTES)
    {
      g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID,
                   _ ("A name may have at most %d bytes with its folders, this one has %zu"),
                   TERRACE_LIMIT_KEY_BYTES, length);
      return FALSE;
    }

  return TRUE;
}
