/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Between Google's JSON and TerraceObjectInfo. Any thread.
 *
 * The time of a file's contents goes into the metadata as "mtime", in RFC 3339, where rclone looks
 * for it too; permissions and extended attributes have no common name, so they get ours. */

#include "config.h"

#include "provider/gcs/terrace-gcs-object.h"

#include "base/terrace-error.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define META_MTIME "mtime"
#define META_MODE "terrace-mode"
#define META_ATTRIBUTES "terrace-xattrs"
#define META_TOKEN "terrace-token"
/* Google keeps 8 KiB of names and values; the rest of ours needs less than this. */
#define MAX_ATTRIBUTES_TEXT 7800
#define MAX_MODE 07777

static const char *const carried[] = { "contentType",     "contentEncoding", "contentDisposition",
                                       "contentLanguage", "cacheControl",    "customTime" };

void
terrace_gcs_object_free (TerraceGcsObject *self)
{
  g_clear_pointer (&self->info, terrace_object_info_free);
  g_free (self->token);
  g_clear_pointer (&self->resource, json_object_unref);
  g_free (self);
}

static void
read_attributes (TerraceObjectInfo *info, const char *text)
{
  gsize length;
  guchar *data;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GVariant) attributes = NULL;

  if (text == NULL || text[0] == '\0')
    return;

  data = g_base64_decode (text, &length);
  bytes = g_bytes_new_take (data, length);
  attributes =
      g_variant_ref_sink (g_variant_new_from_bytes (G_VARIANT_TYPE ("a{say}"), bytes, FALSE));
  if (length > 0 && g_variant_is_normal_form (attributes))
    info->attributes = g_steal_pointer (&attributes);
}

static void
read_metadata (TerraceObjectInfo *info, JsonObject *metadata)
{
  const char *mode = terrace_gcs_json_get_string (metadata, META_MODE);
  gint64 mtime_us = terrace_gcs_json_get_time_us (metadata, META_MTIME);
  guint64 bits;

  if (mtime_us > 0)
    info->modified_us = mtime_us;
  if (mode != NULL && g_ascii_string_to_unsigned (mode, 8, 0, MAX_MODE, &bits, NULL))
    info->mode = (guint32) bits;
  read_attributes (info, terrace_gcs_json_get_string (metadata, META_ATTRIBUTES));
}

TerraceGcsObject *
terrace_gcs_object_new (JsonObject *resource, const char *class_prefix, GError **error)
{
  g_autoptr (TerraceGcsObject) self = g_new0 (TerraceGcsObject, 1);
  const char *name = terrace_gcs_json_get_string (resource, "name");
  const char *generation = terrace_gcs_json_get_string (resource, "generation");
  const char *class_name = terrace_gcs_json_get_string (resource, "storageClass");
  JsonObject *metadata = terrace_gcs_json_get_object (resource, "metadata");
  guint64 ignored;
  guint64 size_bytes;

  if (name == NULL || name[0] == '\0' ||
      !terrace_gcs_json_get_number (resource, "size", &size_bytes) || generation == NULL ||
      !g_ascii_string_to_unsigned (generation, 10, 1, G_MAXINT64, &ignored, NULL))
    {
      g_set_error_literal (error, TERRACE_ERROR, TERRACE_ERROR_CORRUPT,
                           _ ("The server tells neither name, size nor version of the object"));
      return NULL;
    }

  self->info = terrace_object_info_new (name);
  self->info->version = g_strdup (generation);
  self->info->size_bytes = size_bytes;
  self->info->created_us = terrace_gcs_json_get_time_us (resource, "timeCreated");
  self->info->modified_us = self->info->created_us;
  self->info->class_id =
      g_strconcat (class_prefix, "/", class_name != NULL ? class_name : "STANDARD", NULL);
  terrace_digest_from_base64 (TERRACE_CHECKSUM_CRC32C,
                              terrace_gcs_json_get_string (resource, "crc32c"),
                              &self->info->checksum);
  read_metadata (self->info, metadata);
  self->token = g_strdup (terrace_gcs_json_get_string (metadata, META_TOKEN));
  self->resource = json_object_ref (resource);

  return g_steal_pointer (&self);
}

const char *
terrace_gcs_class_name (const char *class_id)
{
  const char *slash = strrchr (class_id, '/');

  return slash != NULL ? slash + 1 : class_id;
}

/* --- Writing --------------------------------------------------------------------------------- */

static gboolean
add_attributes (JsonObject *metadata, GVariant *attributes, GError **error)
{
  g_autoptr (GVariant) normal = g_variant_get_normal_form (attributes);
  gsize length = g_variant_get_size (normal);
  g_autofree char *text = NULL;

  if (length == 0)
    return TRUE;

  text = g_base64_encode (g_variant_get_data (normal), length);
  if (strlen (text) > MAX_ATTRIBUTES_TEXT)
    {
      g_set_error_literal (error, TERRACE_ERROR, TERRACE_ERROR_LIMIT,
                           _ ("The extended attributes are larger than Google Cloud can keep with "
                              "an object; remove those that are not needed"));
      return FALSE;
    }
  json_object_set_string_member (metadata, META_ATTRIBUTES, text);

  return TRUE;
}

static gboolean
add_info (JsonObject *metadata, const TerraceObjectInfo *info, GError **error)
{
  if (info->modified_us > 0)
    {
      g_autoptr (GDateTime) whole =
          g_date_time_new_from_unix_utc (info->modified_us / G_USEC_PER_SEC);
      g_autofree char *seconds =
          whole != NULL ? g_date_time_format (whole, "%Y-%m-%dT%H:%M:%S") : NULL;
      g_autofree char *text = g_strdup_printf ("%s.%06" G_GINT64_FORMAT "Z",
                                               seconds != NULL ? seconds : "1970-01-01T00:00:00",
                                               info->modified_us % G_USEC_PER_SEC);

      json_object_set_string_member (metadata, META_MTIME, text);
    }
  if (info->mode != G_MAXUINT32)
    {
      g_autofree char *text = g_strdup_printf ("%04o", info->mode & MAX_MODE);

      json_object_set_string_member (metadata, META_MODE, text);
    }

  return info->attributes == NULL || add_attributes (metadata, info->attributes, error);
}

/* (transfer full): the metadata of @source (nullable), to be added to. */
static JsonObject *
carry (JsonObject *resource, const TerraceGcsObject *source)
{
  JsonObject *metadata = json_object_new ();
  JsonObject *old =
      source != NULL ? terrace_gcs_json_get_object (source->resource, "metadata") : NULL;
  g_autoptr (GList) names = old != NULL ? json_object_get_members (old) : NULL;

  for (GList *l = names; l != NULL; l = l->next)
    {
      const char *value = terrace_gcs_json_get_string (old, l->data);

      if (value != NULL)
        json_object_set_string_member (metadata, l->data, value);
    }
  for (guint i = 0; i < G_N_ELEMENTS (carried); i++)
    {
      const char *value =
          source != NULL ? terrace_gcs_json_get_string (source->resource, carried[i]) : NULL;

      if (value != NULL)
        json_object_set_string_member (resource, carried[i], value);
    }

  return metadata;
}

JsonObject *
terrace_gcs_make_resource (const TerraceWriteOptions *options,
                           const TerraceGcsObject *source,
                           GError **error)
{
  g_autoptr (JsonObject) resource = json_object_new ();
  JsonObject *metadata = carry (resource, source);

  json_object_set_object_member (resource, "metadata", metadata);
  json_object_set_string_member (metadata, META_TOKEN, options->token);
  if (!json_object_has_member (resource, "contentType"))
    json_object_set_string_member (resource, "contentType", "application/octet-stream");
  if (options->class_id != NULL)
    json_object_set_string_member (resource, "storageClass",
                                   terrace_gcs_class_name (options->class_id));
  if (options->info != NULL && !add_info (metadata, options->info, error))
    return NULL;

  return g_steal_pointer (&resource);
}

JsonObject *
terrace_gcs_make_class_resource (const TerraceGcsObject *source, const char *class_id)
{
  JsonObject *resource = json_object_new ();
  JsonObject *metadata = carry (resource, source);

  json_object_set_object_member (resource, "metadata", metadata);
  json_object_set_string_member (resource, "storageClass", terrace_gcs_class_name (class_id));

  return resource;
}
