/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads and writes S3's XML. Any thread. */

#include "config.h"

#include "provider/s3/terrace-s3-xml.h"

#include "base/terrace-error.h"
#include "base/terrace-limits.h"
#include "provider/s3/terrace-s3-checksum.h"
#include "provider/s3/terrace-s3-sign.h"
#include "provider/terrace-provider-private.h"
#include "provider/terrace-xml.h"

#include <glib/gi18n-lib.h>
#include <string.h>

gboolean
terrace_s3_xml_parse_error (GBytes *body, char **code, char **message, char **region)
{
  g_autoptr (TerraceXml) document = terrace_xml_parse_any (body);
  const xmlNode *root = document != NULL ? terrace_xml_get_root (document) : NULL;

  if (!terrace_xml_is (root, "Error"))
    return FALSE;

  *code = terrace_xml_get_text_in (root, "Code");
  *message = terrace_xml_get_text_in (root, "Message");
  *region = terrace_xml_get_text_in (root, "Region");
  return *code != NULL;
}

char *
terrace_s3_xml_get_text (GBytes *body, const char *root, const char *name, GError **error)
{
  g_autoptr (TerraceXml) document = terrace_xml_parse (body, root, error);
  char *text;

  if (document == NULL)
    return NULL;

  text = terrace_xml_get_text_in (terrace_xml_get_root (document), name);
  if (text == NULL)
    g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_CORRUPT,
                 _ ("The server's answer cannot be understood: it has no %s"), name);
  return text;
}

char *
terrace_s3_unquote (const char *etag)
{
  gsize length;

  if (g_str_has_prefix (etag, "W/"))
    etag += 2;
  length = strlen (etag);
  if (length >= 2 && etag[0] == '"' && etag[length - 1] == '"')
    return g_strndup (etag + 1, length - 2);

  return g_strdup (etag);
}

/* The header has whole seconds, so the listing's milliseconds are not told either. */
static gint64
time_in (const xmlNode *parent, const char *name)
{
  g_autofree char *text = terrace_xml_get_text_in (parent, name);
  g_autoptr (GDateTime) time = text != NULL ? g_date_time_new_from_iso8601 (text, NULL) : NULL;

  return time != NULL ? g_date_time_to_unix (time) * G_USEC_PER_SEC : 0;
}

/* (transfer full) (nullable): some servers write a space as "+", and all write a "+" as "%2B". */
static char *
decode_key (const char *encoded)
{
  g_autofree char *spaced = g_strdelimit (g_strdup (encoded), "+", ' ');

  return g_uri_unescape_string (spaced, NULL);
}

static TerraceObjectInfo *
parse_object (const xmlNode *node, const char *class_prefix)
{
  g_autofree char *encoded = terrace_xml_get_text_in (node, "Key");
  g_autofree char *key = encoded != NULL ? decode_key (encoded) : NULL;
  g_autofree char *size = terrace_xml_get_text_in (node, "Size");
  g_autofree char *etag = terrace_xml_get_text_in (node, "ETag");
  g_autofree char *class_name = terrace_xml_get_text_in (node, "StorageClass");
  guint64 size_bytes;
  TerraceObjectInfo *info;

  if (key == NULL || etag == NULL || size == NULL ||
      !g_ascii_string_to_unsigned (size, 10, 0, G_MAXINT64, &size_bytes, NULL))
    return NULL;

  info = terrace_object_info_new (key);
  info->version = terrace_s3_unquote (etag);
  info->size_bytes = size_bytes;
  info->modified_us = time_in (node, "LastModified");
  info->created_us = info->modified_us;
  info->class_id =
      g_strconcat (class_prefix, "/",
                   class_name != NULL && class_name[0] != '\0' ? class_name : "STANDARD", NULL);
  return info;
}

static gboolean
take_object (TerraceListing *listing,
             const xmlNode *node,
             const char *class_prefix,
             const char *reserved,
             GError **error)
{
  TerraceObjectInfo *info = parse_object (node, class_prefix);

  if (info == NULL || listing->objects->len >= TERRACE_LIMIT_LIST_PAGE)
    {
      g_clear_pointer (&info, terrace_object_info_free);
      g_set_error_literal (error, TERRACE_ERROR, TERRACE_ERROR_CORRUPT,
                           _ ("The server's list of objects cannot be understood"));
      return FALSE;
    }
  if (strlen (info->key) > TERRACE_LIMIT_KEY_BYTES || info->key[0] == '\0')
    {
      g_ptr_array_add (listing->unreadable, g_strdup (info->key));
      terrace_object_info_free (info);
    }
  else if (reserved != NULL && g_str_has_prefix (info->key, reserved))
    {
      terrace_object_info_free (info);
    }
  else
    {
      g_ptr_array_add (listing->objects, info);
    }

  return TRUE;
}

TerraceListing *
terrace_s3_xml_parse_listing (GBytes *body,
                              const char *class_prefix,
                              const char *reserved,
                              GError **error)
{
  g_autoptr (TerraceXml) document = terrace_xml_parse (body, "ListBucketResult", error);
  g_autoptr (TerraceListing) listing = terrace_listing_new ();
  const xmlNode *root;
  g_autofree char *truncated = NULL;

  if (document == NULL)
    return NULL;

  root = terrace_xml_get_root (document);
  for (const xmlNode *node = root->children; node != NULL; node = node->next)
    if (terrace_xml_is (node, "Contents") &&
        !take_object (listing, node, class_prefix, reserved, error))
      return NULL;

  truncated = terrace_xml_get_text_in (root, "IsTruncated");
  if (g_strcmp0 (truncated, "true") == 0)
    {
      listing->next = terrace_xml_get_text_in (root, "NextContinuationToken");
      if (listing->next == NULL || listing->next[0] == '\0')
        {
          g_set_error_literal (error, TERRACE_ERROR, TERRACE_ERROR_CORRUPT,
                               _ ("The server's list of objects ends in the middle"));
          return NULL;
        }
    }

  return g_steal_pointer (&listing);
}

/* Of those that are of use for the whole. */
static void
read_part_checksum (const xmlNode *node, TerraceDigest *digest)
{
  g_autofree char *crc64 = terrace_xml_get_text_in (node, "ChecksumCRC64NVME");
  g_autofree char *crc32c = terrace_xml_get_text_in (node, "ChecksumCRC32C");

  if (!terrace_digest_from_base64 (TERRACE_CHECKSUM_CRC64, crc64, digest))
    terrace_digest_from_base64 (TERRACE_CHECKSUM_CRC32C, crc32c, digest);
}

static TerracePart *
parse_part (const xmlNode *node)
{
  g_autofree char *number_text = terrace_xml_get_text_in (node, "PartNumber");
  g_autofree char *size_text = terrace_xml_get_text_in (node, "Size");
  g_autofree char *etag = terrace_xml_get_text_in (node, "ETag");
  g_autofree char *unquoted = etag != NULL ? terrace_s3_unquote (etag) : NULL;
  g_autofree char *receipt = NULL;
  TerraceDigest digest;
  guint64 number;
  guint64 size;

  if (unquoted == NULL || number_text == NULL || size_text == NULL ||
      !g_ascii_string_to_unsigned (number_text, 10, 1, TERRACE_LIMIT_PARTS, &number, NULL) ||
      !g_ascii_string_to_unsigned (size_text, 10, 0, G_MAXINT64, &size, NULL))
    return NULL;

  read_part_checksum (node, &digest);
  receipt = terrace_s3_receipt_new (unquoted, &digest);
  return terrace_part_new ((guint) number - 1, 0, size, receipt);
}

gboolean
terrace_s3_xml_parse_parts (GBytes *body, GPtrArray *parts, char **next, GError **error)
{
  g_autoptr (TerraceXml) document = terrace_xml_parse (body, "ListPartsResult", error);
  const xmlNode *root;
  g_autofree char *truncated = NULL;

  *next = NULL;
  if (document == NULL)
    return FALSE;

  root = terrace_xml_get_root (document);
  for (const xmlNode *node = root->children; node != NULL; node = node->next)
    if (terrace_xml_is (node, "Part"))
      {
        TerracePart *part = parse_part (node);

        if (part == NULL || parts->len >= TERRACE_LIMIT_PARTS)
          {
            g_clear_pointer (&part, terrace_part_free);
            g_set_error_literal (error, TERRACE_ERROR, TERRACE_ERROR_CORRUPT,
                                 _ ("The server's list of parts cannot be understood"));
            return FALSE;
          }
        g_ptr_array_add (parts, part);
      }

  truncated = terrace_xml_get_text_in (root, "IsTruncated");
  if (g_strcmp0 (truncated, "true") == 0)
    *next = terrace_xml_get_text_in (root, "NextPartNumberMarker");

  return TRUE;
}

static TerraceUpload *
parse_upload (const xmlNode *node)
{
  g_autofree char *encoded = terrace_xml_get_text_in (node, "Key");
  g_autofree char *key = encoded != NULL ? decode_key (encoded) : NULL;
  g_autofree char *id = terrace_xml_get_text_in (node, "UploadId");

  if (key == NULL || key[0] == '\0' || id == NULL || id[0] == '\0')
    return NULL;

  return terrace_upload_new (key, id, time_in (node, "Initiated"), 0);
}

/* (transfer full) (nullable): "ID KEY" of the last upload on a page that is not the last. */
static char *
parse_next_upload (const xmlNode *root)
{
  g_autofree char *encoded = terrace_xml_get_text_in (root, "NextKeyMarker");
  g_autofree char *key = encoded != NULL ? decode_key (encoded) : NULL;
  g_autofree char *id = terrace_xml_get_text_in (root, "NextUploadIdMarker");

  return key != NULL && id != NULL && key[0] != '\0' && id[0] != '\0' ?
             g_strconcat (id, " ", key, NULL) :
             NULL;
}

TerraceUploadListing *
terrace_s3_xml_parse_uploads (GBytes *body, GError **error)
{
  g_autoptr (TerraceXml) document = terrace_xml_parse (body, "ListMultipartUploadsResult", error);
  g_autoptr (TerraceUploadListing) listing = terrace_upload_listing_new ();
  const xmlNode *root;
  g_autofree char *truncated = NULL;
  gboolean sane = TRUE;

  if (document == NULL)
    return NULL;

  root = terrace_xml_get_root (document);
  for (const xmlNode *node = root->children; node != NULL && sane; node = node->next)
    if (terrace_xml_is (node, "Upload"))
      {
        TerraceUpload *upload = parse_upload (node);

        sane = upload != NULL && listing->uploads->len < TERRACE_LIMIT_LIST_PAGE;
        if (upload != NULL)
          g_ptr_array_add (listing->uploads, upload);
      }

  truncated = terrace_xml_get_text_in (root, "IsTruncated");
  if (g_strcmp0 (truncated, "true") == 0)
    {
      listing->next = parse_next_upload (root);
      sane = sane && listing->next != NULL;
    }
  if (sane)
    return g_steal_pointer (&listing);

  g_set_error_literal (error, TERRACE_ERROR, TERRACE_ERROR_CORRUPT,
                       _ ("The server's list of unfinished uploads cannot be understood"));
  return NULL;
}

char *
terrace_s3_xml_parse_tags (GBytes *body, GError **error)
{
  g_autoptr (TerraceXml) document = terrace_xml_parse (body, "Tagging", error);
  g_autoptr (GPtrArray) tags =
      g_ptr_array_new_with_free_func ((GDestroyNotify) terrace_s3_pair_free);
  const xmlNode *set;

  if (document == NULL)
    return NULL;

  set = terrace_xml_find (terrace_xml_get_root (document), "TagSet");
  for (const xmlNode *node = set != NULL ? set->children : NULL; node != NULL; node = node->next)
    {
      g_autofree char *key =
          terrace_xml_is (node, "Tag") ? terrace_xml_get_text_in (node, "Key") : NULL;
      g_autofree char *value =
          terrace_xml_is (node, "Tag") ? terrace_xml_get_text_in (node, "Value") : NULL;

      if (key != NULL)
        g_ptr_array_add (tags, terrace_s3_pair_new (key, value != NULL ? value : ""));
    }

  return terrace_s3_canonical_query (tags);
}

GBytes *
terrace_s3_xml_build_complete (GPtrArray *parts)
{
  GString *text =
      g_string_new ("<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">");

  for (guint i = 0; i < parts->len; i++)
    {
      const TerracePart *part = parts->pdata[i];
      TerraceDigest digest;
      g_autofree char *etag = terrace_s3_receipt_parse (part->receipt, &digest);
      g_autofree char *escaped = g_markup_escape_text (etag, -1);
      g_autofree char *checksum = terrace_digest_to_base64 (&digest);
      const char *algorithm = terrace_s3_checksum_get_algorithm (digest.kind);

      g_string_append_printf (text, "<Part><PartNumber>%u</PartNumber><ETag>&quot;%s&quot;</ETag>",
                              part->number + 1, escaped);
      if (checksum != NULL && algorithm != NULL)
        g_string_append_printf (text, "<Checksum%s>%s</Checksum%s>", algorithm, checksum,
                                algorithm);
      g_string_append (text, "</Part>");
    }
  g_string_append (text, "</CompleteMultipartUpload>");

  return g_string_free_to_bytes (text);
}
