/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Between HTTP headers and TerraceObjectInfo. Any thread.
 *
 * The time of a file's contents goes into the metadata "mtime", as a date, where rclone looks for
 * it too; permissions and extended attributes have no common name, so they get ours. Azure allows
 * letters, digits and "_" in such names, and sorts "_" in a way of its own, so ours do without. */

#include "config.h"

#include "provider/azure/terrace-azure-object.h"

#include "base/terrace-error.h"
#include "base/terrace-limits.h"
#include "provider/terrace-http.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define MTIME "mtime"
#define OURS "terrace"
#define MODE OURS "mode"
#define ATTRIBUTES OURS "xattrs"
#define TOKEN OURS "token"
/* Written in one piece, so that the MD5 is the server's own. */
#define WHOLE OURS "whole"
#define PLACEHOLDER OURS "gone"
/* Azure keeps 8 KiB of names and values; the rest of ours needs less than this. */
#define MAX_ATTRIBUTES_TEXT 7700
#define MAX_MODE 07777
#define DEFAULT_TIER "Hot"

void
terrace_azure_object_free (TerraceAzureObject *self)
{
  g_clear_pointer (&self->info, terrace_object_info_free);
  g_free (self->token);
  g_free (self->copy_id);
  g_free (self->copy_status);
  g_free (self->copy_progress);
  g_clear_pointer (&self->headers, soup_message_headers_unref);
  g_free (self);
}

char *
terrace_azure_class_id (const char *class_prefix, const char *tier)
{
  return g_strconcat (class_prefix, "/", tier != NULL && tier[0] != '\0' ? tier : DEFAULT_TIER,
                      NULL);
}

const char *
terrace_azure_class_name (const char *class_id)
{
  const char *slash = strrchr (class_id, '/');

  return slash != NULL ? slash + 1 : class_id;
}

char *
terrace_azure_unquote (const char *etag)
{
  gsize length;

  if (g_str_has_prefix (etag, "W/"))
    etag += 2;
  length = strlen (etag);
  if (length >= 2 && etag[0] == '"' && etag[length - 1] == '"')
    return g_strndup (etag + 1, length - 2);

  return g_strdup (etag);
}

char *
terrace_azure_quote (const char *version)
{
  return g_strdup_printf ("\"%s\"", version);
}

/* --- Metadata -------------------------------------------------------------------------------- */

static void
read_mtime (TerraceObjectInfo *info, const char *text)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_iso8601 (text, NULL);
  gint64 seconds = time != NULL ? g_date_time_to_unix (time) : 0;

  if (seconds > 0)
    info->modified_us = seconds * G_USEC_PER_SEC + g_date_time_get_microsecond (time);
}

static void
read_attributes (TerraceObjectInfo *info, const char *text)
{
  gsize length;
  guchar *data = g_base64_decode (text, &length);
  g_autoptr (GBytes) bytes = g_bytes_new_take (data, length);
  g_autoptr (GVariant) attributes =
      g_variant_ref_sink (g_variant_new_from_bytes (G_VARIANT_TYPE ("a{say}"), bytes, FALSE));

  if (length > 0 && g_variant_is_normal_form (attributes))
    {
      g_clear_pointer (&info->attributes, g_variant_unref);
      info->attributes = g_steal_pointer (&attributes);
    }
}

void
terrace_azure_object_read_metadata (TerraceObjectInfo *info, const char *name, const char *value)
{
  guint64 bits;

  if (g_ascii_strcasecmp (name, MTIME) == 0)
    read_mtime (info, value);
  else if (g_ascii_strcasecmp (name, ATTRIBUTES) == 0 && value[0] != '\0')
    read_attributes (info, value);
  else if (g_ascii_strcasecmp (name, MODE) == 0 &&
           g_ascii_string_to_unsigned (value, 8, 0, MAX_MODE, &bits, NULL))
    info->mode = (guint32) bits;
}

static void
read_all_metadata (TerraceAzureObject *self)
{
  gboolean is_whole = FALSE;
  const char *md5 = soup_message_headers_get_one (self->headers, "Content-MD5");
  SoupMessageHeadersIter iter;
  const char *name;
  const char *value;

  soup_message_headers_iter_init (&iter, self->headers);
  while (soup_message_headers_iter_next (&iter, &name, &value))
    {
      if (g_ascii_strncasecmp (name, TERRACE_AZURE_METADATA, strlen (TERRACE_AZURE_METADATA)) != 0)
        continue;
      name += strlen (TERRACE_AZURE_METADATA);
      terrace_azure_object_read_metadata (self->info, name, value);
      is_whole = is_whole || g_ascii_strcasecmp (name, WHOLE) == 0;
      self->is_placeholder = self->is_placeholder || terrace_azure_is_placeholder (name);
    }
  /* Of other objects it is what somebody has claimed it to be. */
  if (is_whole && md5 != NULL)
    terrace_digest_from_base64 (TERRACE_CHECKSUM_MD5, md5, &self->info->checksum);
  self->token =
      g_strdup (soup_message_headers_get_one (self->headers, TERRACE_AZURE_METADATA TOKEN));
}

TerraceAzureObject *
terrace_azure_object_new (const char *key,
                          SoupMessageHeaders *headers,
                          const char *class_prefix,
                          GError **error)
{
  g_autoptr (TerraceAzureObject) self = g_new0 (TerraceAzureObject, 1);
  const char *length = soup_message_headers_get_one (headers, "Content-Length");
  const char *etag = soup_message_headers_get_one (headers, "ETag");
  guint64 size_bytes;

  if (length == NULL || etag == NULL ||
      !g_ascii_string_to_unsigned (length, 10, 0, G_MAXINT64, &size_bytes, NULL))
    {
      g_set_error_literal (error, TERRACE_ERROR, TERRACE_ERROR_CORRUPT,
                           _ ("The server tells neither size nor version of the object"));
      return NULL;
    }

  self->headers = soup_message_headers_ref (headers);
  self->info = terrace_object_info_new (key);
  self->info->version = terrace_azure_unquote (etag);
  self->info->size_bytes = size_bytes;
  self->info->created_us = terrace_http_get_date_us (headers, "x-ms-creation-time");
  self->info->modified_us = terrace_http_get_date_us (headers, "Last-Modified");
  self->info->accessed_us = terrace_http_get_date_us (headers, "x-ms-last-access-time");
  self->info->class_id =
      terrace_azure_class_id (class_prefix,
                              soup_message_headers_get_one (headers, "x-ms-access-tier"));
  read_all_metadata (self);
  self->copy_id = g_strdup (soup_message_headers_get_one (headers, "x-ms-copy-id"));
  self->copy_status = g_strdup (soup_message_headers_get_one (headers, "x-ms-copy-status"));
  self->copy_progress = g_strdup (soup_message_headers_get_one (headers, "x-ms-copy-progress"));
  if (soup_message_headers_get_one (headers, "x-ms-archive-status") != NULL)
    self->info->restore = TERRACE_RESTORE_PENDING;

  return g_steal_pointer (&self);
}

/* --- What is sent ---------------------------------------------------------------------------- */

static gboolean
add_attributes (TerraceHttpRequest *request, GVariant *attributes, GError **error)
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
                           _ ("The extended attributes are larger than Azure can keep with an "
                              "object; remove those that are not needed"));
      return FALSE;
    }
  terrace_http_request_add_header (request, TERRACE_AZURE_METADATA ATTRIBUTES, text);

  return TRUE;
}

gboolean
terrace_azure_add_options (TerraceHttpRequest *request,
                           const TerraceWriteOptions *options,
                           gboolean is_whole,
                           GError **error)
{
  const TerraceObjectInfo *info = options->info;

  terrace_http_request_add_header (request, TERRACE_AZURE_METADATA TOKEN, options->token);
  if (is_whole)
    terrace_http_request_add_header (request, TERRACE_AZURE_METADATA WHOLE, "1");
  if (options->class_id != NULL)
    terrace_http_request_add_header (request, "x-ms-access-tier",
                                     terrace_azure_class_name (options->class_id));
  if (info == NULL)
    return TRUE;

  if (info->modified_us > 0)
    {
      g_autoptr (GDateTime) time =
          g_date_time_new_from_unix_utc (info->modified_us / G_USEC_PER_SEC);
      g_autofree char *date =
          time != NULL ? g_date_time_format (time, "%Y-%m-%dT%H:%M:%S") : g_strdup ("");
      g_autofree char *text =
          g_strdup_printf ("%s.%06" G_GINT64_FORMAT "Z", date, info->modified_us % G_USEC_PER_SEC);

      if (time != NULL)
        terrace_http_request_add_header (request, TERRACE_AZURE_METADATA MTIME, text);
    }
  if (info->mode != G_MAXUINT32)
    {
      g_autofree char *text = g_strdup_printf ("%04o", info->mode & MAX_MODE);

      terrace_http_request_add_header (request, TERRACE_AZURE_METADATA MODE, text);
    }

  return info->attributes == NULL || add_attributes (request, info->attributes, error);
}

void
terrace_azure_add_carried (TerraceHttpRequest *request, const TerraceAzureObject *source)
{
  SoupMessageHeadersIter iter;
  const char *name;
  const char *value;

  soup_message_headers_iter_init (&iter, source->headers);
  while (soup_message_headers_iter_next (&iter, &name, &value))
    {
      g_autofree char *lower = g_ascii_strdown (name, -1);

      if (g_str_has_prefix (lower, TERRACE_AZURE_METADATA) &&
          strcmp (lower, TERRACE_AZURE_METADATA WHOLE) != 0 &&
          terrace_http_pairs_find (request->headers, lower) == NULL)
        terrace_http_request_add_header (request, lower, value);
    }
}

void
terrace_azure_add_placeholder (TerraceHttpRequest *request)
{
  terrace_http_request_add_header (request, TERRACE_AZURE_METADATA PLACEHOLDER, "1");
}

gboolean
terrace_azure_is_placeholder (const char *name)
{
  return g_ascii_strcasecmp (name, PLACEHOLDER) == 0;
}
