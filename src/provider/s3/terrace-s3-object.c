/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Between HTTP headers and TerraceObjectInfo. Any thread.
 *
 * The time of a file's contents goes into x-amz-meta-mtime, in seconds with a fraction, where
 * rclone looks for it too; permissions and extended attributes have no common name, so they get
 * ours. */

#include "config.h"

#include "provider/s3/terrace-s3-object.h"

#include "base/terrace-error.h"
#include "base/terrace-limits.h"
#include "provider/s3/terrace-s3-checksum.h"
#include "provider/s3/terrace-s3-xml.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#define META "x-amz-meta-"
#define META_MTIME META "mtime"
#define META_MODE META "terrace-mode"
#define META_ATTRIBUTES META "terrace-xattrs"
#define META_TOKEN META "terrace-token"
/* S3 keeps 2 KB of names and values; the rest of ours needs less than this. */
#define MAX_ATTRIBUTES_TEXT 1700
#define MAX_MODE 07777
#define MAX_MTIME_S 253402300799.0

static const char *const carried[] = { "content-type",     "content-encoding",
                                       "content-language", "content-disposition",
                                       "cache-control",    "expires" };

void
terrace_s3_object_free (TerraceS3Object *self)
{
  g_clear_pointer (&self->info, terrace_object_info_free);
  g_free (self->token);
  g_free (self->version_id);
  g_clear_pointer (&self->headers, soup_message_headers_unref);
  g_free (self);
}

/* Microseconds of "1234567890.123456789"; 0 if it is nothing like that. */
static gint64
parse_mtime (const char *text)
{
  g_auto (GStrv) halves = text != NULL ? g_strsplit (text, ".", 2) : NULL;
  gint64 seconds;
  gint64 fraction = 0;

  if (halves == NULL || halves[0] == NULL ||
      !g_ascii_string_to_signed (halves[0], 10, 0, (gint64) MAX_MTIME_S, &seconds, NULL))
    return 0;

  for (guint i = 0; halves[1] != NULL && i < 6; i++)
    {
      char digit = i < strlen (halves[1]) ? halves[1][i] : '0';

      if (!g_ascii_isdigit (digit))
        return 0;
      fraction = 10 * fraction + (digit - '0');
    }

  return seconds * G_USEC_PER_SEC + fraction;
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
read_metadata (TerraceObjectInfo *info, SoupMessageHeaders *headers)
{
  const char *mode = soup_message_headers_get_one (headers, META_MODE);
  gint64 mtime_us = parse_mtime (soup_message_headers_get_one (headers, META_MTIME));
  guint64 bits;

  if (mtime_us > 0)
    info->modified_us = mtime_us;
  if (mode != NULL && g_ascii_string_to_unsigned (mode, 8, 0, MAX_MODE, &bits, NULL))
    info->mode = (guint32) bits;
  read_attributes (info, soup_message_headers_get_one (headers, META_ATTRIBUTES));
}

/* ongoing-request="false", expiry-date="Fri, 21 Dec 2012 00:00:00 GMT" */
static void
read_restore (TerraceObjectInfo *info, SoupMessageHeaders *headers)
{
  const char *text = soup_message_headers_get_one (headers, "x-amz-restore");
  const char *begin = text != NULL ? strstr (text, "expiry-date=\"") : NULL;
  g_autofree char *date = NULL;
  g_autoptr (GDateTime) until = NULL;

  if (text == NULL)
    return;
  if (strstr (text, "ongoing-request=\"true\"") != NULL)
    {
      info->restore = TERRACE_RESTORE_PENDING;
      return;
    }
  if (strstr (text, "ongoing-request=\"false\"") == NULL)
    return;

  info->restore = TERRACE_RESTORE_READY;
  if (begin == NULL)
    return;
  begin += strlen ("expiry-date=\"");
  date = g_strndup (begin, strcspn (begin, "\""));
  until = soup_date_time_new_from_http_string (date);
  if (until != NULL)
    info->restored_until_us = g_date_time_to_unix (until) * G_USEC_PER_SEC;
}

TerraceS3Object *
terrace_s3_object_new (const char *key,
                       SoupMessageHeaders *headers,
                       const char *class_prefix,
                       GError **error)
{
  g_autoptr (TerraceS3Object) self = g_new0 (TerraceS3Object, 1);
  const char *length = soup_message_headers_get_one (headers, "Content-Length");
  const char *etag = soup_message_headers_get_one (headers, "ETag");
  const char *class_name = soup_message_headers_get_one (headers, "x-amz-storage-class");
  guint64 size_bytes;

  if (length == NULL || etag == NULL ||
      !g_ascii_string_to_unsigned (length, 10, 0, G_MAXINT64, &size_bytes, NULL))
    {
      g_set_error_literal (error, TERRACE_ERROR, TERRACE_ERROR_CORRUPT,
                           _ ("The server tells neither size nor version of the object"));
      return NULL;
    }

  self->info = terrace_object_info_new (key);
  self->info->version = terrace_s3_unquote (etag);
  self->info->size_bytes = size_bytes;
  self->info->created_us = terrace_http_get_date_us (headers, "Last-Modified");
  self->info->modified_us = self->info->created_us;
  self->info->class_id =
      g_strconcat (class_prefix, "/", class_name != NULL ? class_name : "STANDARD", NULL);
  read_metadata (self->info, headers);
  read_restore (self->info, headers);
  terrace_s3_checksum_read (headers, &self->info->checksum);
  self->token = g_strdup (soup_message_headers_get_one (headers, META_TOKEN));
  self->version_id = g_strdup (soup_message_headers_get_one (headers, "x-amz-version-id"));
  self->headers = soup_message_headers_ref (headers);

  return g_steal_pointer (&self);
}

gboolean
terrace_s3_check_key (const char *key, GError **error)
{
  if (!g_utf8_validate (key, -1, NULL))
    {
      g_set_error_literal (error, TERRACE_ERROR, TERRACE_ERROR_INVALID,
                           _ ("S3 takes only names that are valid UTF-8: rename it first"));
      return FALSE;
    }
  if (g_str_has_prefix (key, TERRACE_S3_RESERVED))
    {
      g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID,
                   _ ("Names that begin with %s are kept for unfinished uploads"),
                   TERRACE_S3_RESERVED);
      return FALSE;
    }

  return TRUE;
}

const char *
terrace_s3_class_name (const char *class_id)
{
  const char *slash = strrchr (class_id, '/');

  return slash != NULL ? slash + 1 : class_id;
}

static gboolean
add_attributes (TerraceS3Request *request, GVariant *attributes, GError **error)
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
                           _ ("The extended attributes are larger than S3 can keep with an "
                              "object; remove those that are not needed"));
      return FALSE;
    }
  terrace_s3_request_add_header (request, META_ATTRIBUTES, text);

  return TRUE;
}

gboolean
terrace_s3_add_options (TerraceS3Request *request,
                        const TerraceWriteOptions *options,
                        GError **error)
{
  const TerraceObjectInfo *info = options->info;

  terrace_s3_request_add_header (request, META_TOKEN, options->token);
  if (options->class_id != NULL)
    terrace_s3_request_add_header (request, "x-amz-storage-class",
                                   terrace_s3_class_name (options->class_id));
  if (info == NULL)
    return TRUE;

  if (info->modified_us > 0)
    {
      g_autofree char *text =
          g_strdup_printf ("%" G_GINT64_FORMAT ".%06" G_GINT64_FORMAT,
                           info->modified_us / G_USEC_PER_SEC, info->modified_us % G_USEC_PER_SEC);

      terrace_s3_request_add_header (request, META_MTIME, text);
    }
  if (info->mode != G_MAXUINT32)
    {
      g_autofree char *text = g_strdup_printf ("%04o", info->mode & MAX_MODE);

      terrace_s3_request_add_header (request, META_MODE, text);
    }

  return info->attributes == NULL || add_attributes (request, info->attributes, error);
}

static gboolean
has_header (const TerraceS3Request *request, const char *name)
{
  for (guint i = 0; i < request->headers->len; i++)
    if (strcmp (((TerraceS3Pair *) request->headers->pdata[i])->name, name) == 0)
      return TRUE;

  return FALSE;
}

void
terrace_s3_add_carried (TerraceS3Request *request, const TerraceS3Object *source)
{
  SoupMessageHeadersIter iter;
  const char *name;
  const char *value;

  soup_message_headers_iter_init (&iter, source->headers);
  while (soup_message_headers_iter_next (&iter, &name, &value))
    {
      g_autofree char *lower = g_ascii_strdown (name, -1);
      gboolean wanted = g_str_has_prefix (lower, META);

      for (guint i = 0; i < G_N_ELEMENTS (carried); i++)
        wanted = wanted || strcmp (lower, carried[i]) == 0;
      if (wanted && !has_header (request, lower))
        terrace_s3_request_add_header (request, lower, value);
    }
}
