/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Everything that an S3 server may answer in XML. */

#include "fuzz-target.h"

#include "provider/s3/terrace-s3-xml.h"

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GBytes) body = g_bytes_new (data, size);
  g_autoptr (TerraceListing) listing =
      terrace_s3_xml_parse_listing (body, "aws", ".terrace-uploads/", NULL);
  g_autoptr (TerraceUploadListing) uploads = terrace_s3_xml_parse_uploads (body, NULL);
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func ((GDestroyNotify) terrace_part_free);
  g_autofree char *tags = terrace_s3_xml_parse_tags (body, NULL);
  g_autofree char *id =
      terrace_s3_xml_get_text (body, "InitiateMultipartUploadResult", "UploadId", NULL);
  g_autofree char *code = NULL;
  g_autofree char *message = NULL;
  g_autofree char *region = NULL;
  g_autofree char *next = NULL;

  terrace_s3_xml_parse_error (body, &code, &message, &region);
  if (terrace_s3_xml_parse_parts (body, parts, &next, NULL))
    g_bytes_unref (terrace_s3_xml_build_complete (parts));

  return 0;
}
