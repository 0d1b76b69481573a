/* SPDX-License-Identifier: GPL-3.0-or-later */
/* S3's XML: what is right is understood, what is not is refused. */

#include "provider/s3/terrace-s3-xml.h"

#include "base/terrace-error.h"

#include <string.h>

static GBytes *
bytes_of (const char *text)
{
  return g_bytes_new_static (text, strlen (text));
}

static void
test_listing (void)
{
  g_autoptr (GBytes) body = bytes_of (
      "<?xml version=\"1.0\"?><ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
      "<Name>b</Name><IsTruncated>true</IsTruncated>"
      "<NextContinuationToken>a&amp;b</NextContinuationToken>"
      "<Contents><Key>.terrace-uploads/t</Key><Size>1</Size><ETag>x</ETag></Contents>"
      "<Contents><Key>a%2Fb%20c%0A%C3%BC+%2B</Key><LastModified>2026-11-22T10:11:12.987Z</"
      "LastModified>"
      "<ETag>&quot;abc-2&quot;</ETag><Size>9223372036854775807</Size>"
      "<StorageClass>STANDARD_IA</StorageClass></Contents>"
      "<Contents><Key>b</Key><ETag>\"d\"</ETag><Size>0</Size></Contents></ListBucketResult>");
  g_autoptr (GError) error = NULL;
  g_autoptr (TerraceListing) listing =
      terrace_s3_xml_parse_listing (body, "aws", ".terrace-uploads/", &error);
  const TerraceObjectInfo *info;

  g_assert_no_error (error);
  g_assert_cmpstr (listing->next, ==, "a&b");
  g_assert_cmpuint (listing->objects->len, ==, 2);
  info = listing->objects->pdata[0];
  g_assert_cmpstr (info->key, ==, "a/b c\n\u00fc +");
  g_assert_cmpstr (info->version, ==, "abc-2");
  g_assert_cmpuint (info->size_bytes, ==, G_MAXINT64);
  g_assert_cmpstr (info->class_id, ==, "aws/STANDARD_IA");
  g_assert_cmpint (info->modified_us, ==, G_GINT64_CONSTANT (1795342272000000));
  info = listing->objects->pdata[1];
  g_assert_cmpstr (info->class_id, ==, "aws/STANDARD");
}

static void
test_bad_listings (void)
{
  static const char *const texts[] = {
    "",
    "no xml",
    "<ListBucketResult>",
    "<Other/>",
    "<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>",
    "<ListBucketResult><Contents><Key>a</Key></Contents></ListBucketResult>",
    "<ListBucketResult><Contents><Key>a%0</Key><ETag>x</ETag><Size>1</Size></Contents>"
    "</ListBucketResult>",
    "<ListBucketResult><Contents><Key>a</Key><ETag>x</ETag><Size>-1</Size></Contents>"
    "</ListBucketResult>",
    "<ListBucketResult><Contents><Key>a</Key><ETag>x</ETag><Size>9223372036854775808</Size>"
    "</Contents></ListBucketResult>",
    "<!DOCTYPE ListBucketResult [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>"
    "<ListBucketResult><NextContinuationToken>&x;</NextContinuationToken></ListBucketResult>",
    "<!DOCTYPE x [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;&a;\">]>"
    "<ListBucketResult>&b;</ListBucketResult>",
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GBytes) body = bytes_of (texts[i]);
      g_autoptr (GError) error = NULL;

      g_assert_null (terrace_s3_xml_parse_listing (body, "aws", "x", &error));
      g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_CORRUPT);
    }
}

/* In UTF-16 a document type does not look like one. */
static void
test_wide_doctype (void)
{
  static const char text[] = "<!DOCTYPE ListBucketResult [<!ENTITY x \"y\">]>"
                             "<ListBucketResult></ListBucketResult>";
  gsize length;
  g_autoptr (GError) error = NULL;
  char *wide = g_convert (text, -1, "UTF-16", "UTF-8", NULL, &length, &error);
  g_autoptr (GBytes) body = g_bytes_new_take (wide, length);

  g_assert_no_error (error);
  g_assert_null (terrace_s3_xml_parse_listing (body, "aws", "x", &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_CORRUPT);
}

/* Whatever is cut off or flipped, the parser ends, and says so or not. */
static void
test_damaged (void)
{
  static const char text[] =
      "<ListBucketResult><IsTruncated>false</IsTruncated><Contents><Key>a%2Fb</Key>"
      "<ETag>&quot;abc&quot;</ETag><Size>17</Size></Contents></ListBucketResult>";
  g_autoptr (GRand) random = g_rand_new_with_seed (7);

  for (gsize i = 0; i < 5 * strlen (text); i++)
    {
      gsize length = i < strlen (text) ? i : strlen (text);
      g_autofree char *copy = g_strndup (text, length);
      g_autoptr (GBytes) body = NULL;
      g_autoptr (TerraceListing) listing = NULL;
      g_autoptr (GError) error = NULL;

      if (i > strlen (text))
        copy[i % length] = (char) g_rand_int_range (random, 1, 256);
      body = g_bytes_new (copy, length);
      listing = terrace_s3_xml_parse_listing (body, "aws", "x", &error);
      if (listing == NULL)
        g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_CORRUPT);
      else
        g_assert_cmpuint (listing->objects->len, <=, 1);
    }
}

static void
test_parts (void)
{
  g_autoptr (GBytes) body =
      bytes_of ("<ListPartsResult><IsTruncated>true</IsTruncated><NextPartNumberMarker>7</"
                "NextPartNumberMarker>"
                "<Part><PartNumber>7</PartNumber><Size>65536</Size><ETag>\"e7\"</ETag></Part>"
                "</ListPartsResult>");
  g_autoptr (GBytes) bad =
      bytes_of ("<ListPartsResult><Part><PartNumber>0</PartNumber><Size>1</Size><ETag>e</ETag>"
                "</Part></ListPartsResult>");
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func ((GDestroyNotify) terrace_part_free);
  g_autofree char *next = NULL;
  g_autofree char *bad_next = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) complete = NULL;
  const TerracePart *part;

  g_assert_true (terrace_s3_xml_parse_parts (body, parts, &next, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (next, ==, "7");
  g_assert_cmpuint (parts->len, ==, 1);
  part = parts->pdata[0];
  g_assert_cmpuint (part->number, ==, 6);
  g_assert_cmpuint (part->size_bytes, ==, 65536);
  g_assert_cmpstr (part->receipt, ==, "e7");

  complete = terrace_s3_xml_build_complete (parts);
  g_assert_nonnull (g_strstr_len (g_bytes_get_data (complete, NULL), g_bytes_get_size (complete),
                                  "<PartNumber>7</PartNumber><ETag>&quot;e7&quot;</ETag>"));
  g_assert_false (terrace_s3_xml_parse_parts (bad, parts, &bad_next, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_CORRUPT);
}

static void
test_errors (void)
{
  g_autoptr (GBytes) body = bytes_of ("<Error><Code>AuthorizationHeaderMalformed</Code>"
                                      "<Message>m</Message><Region>eu-west-1</Region></Error>");
  g_autoptr (GBytes) other = bytes_of ("<html><body>Bad gateway</body></html>");
  g_autofree char *code = NULL;
  g_autofree char *message = NULL;
  g_autofree char *region = NULL;
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (terrace_s3_xml_parse_error (body, &code, &message, &region));
  g_assert_cmpstr (code, ==, "AuthorizationHeaderMalformed");
  g_assert_cmpstr (message, ==, "m");
  g_assert_cmpstr (region, ==, "eu-west-1");
  g_assert_false (terrace_s3_xml_parse_error (other, &code, &message, &region));

  text = terrace_s3_xml_get_text (body, "Error", "Message", &error);
  g_assert_cmpstr (text, ==, "m");
  g_assert_null (terrace_s3_xml_get_text (body, "Error", "None", &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_CORRUPT);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/provider/s3-xml/listing", test_listing);
  g_test_add_func ("/provider/s3-xml/bad-listings", test_bad_listings);
  g_test_add_func ("/provider/s3-xml/wide-doctype", test_wide_doctype);
  g_test_add_func ("/provider/s3-xml/damaged", test_damaged);
  g_test_add_func ("/provider/s3-xml/parts", test_parts);
  g_test_add_func ("/provider/s3-xml/errors", test_errors);

  return g_test_run ();
}
