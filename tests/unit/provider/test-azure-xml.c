/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Azure's XML, and the names of blocks in it: what is right is understood, what is not is refused.
 */

#include "provider/azure/terrace-azure-block.h"
#include "provider/azure/terrace-azure-xml.h"

#include "base/terrace-error.h"
#include "base/terrace-limits.h"

#include <string.h>

#define PROPERTIES(size, rest)                                               \
  "<Properties><Last-Modified>Sun, 22 Nov 2026 10:11:12 GMT</Last-Modified>" \
  "<Etag>0x8D1</Etag><Content-Length>" size "</Content-Length>" rest "</Properties>"
#define LISTING(blobs, next)                                                      \
  "<?xml version=\"1.0\"?><EnumerationResults><Blobs>" blobs "</Blobs>" next "</" \
  "EnumerationResults>"
#define BLOB(name, size) "<Blob><Name>" name "</Name>" PROPERTIES (size, "") "</Blob>"

static GBytes *
bytes_of (const char *text)
{
  return g_bytes_new_static (text, strlen (text));
}

static void
test_listing (void)
{
  g_autoptr (GBytes) body = bytes_of (
      LISTING ("<Blob><Name>a\uff0e/b &amp; c</Name>" PROPERTIES (
                   "9223372036854775807",
                   "<AccessTier>Cool</AccessTier><Creation-Time>Sun, 22 Nov 2026 10:11:11 GMT"
                   "</Creation-Time>") "<Metadata><mtime>2009-02-13T23:31:30.123456Z</mtime>"
                                       "<terracemode>0640</terracemode></Metadata></Blob>"
                                       "<Blob><Name Encoded=\"true\">enc%C3%BC</Name>" PROPERTIES (
                                           "0",
                                           "") "</Blob>"
                                               "<Blob><Name>placeholder</Name>" PROPERTIES (
                                                   "0",
                                                   "") "<Metadata><terracegone>1</terracegone></"
                                                       "Metadata></Blob>"
                                                       "<Blob><Name>folder</Name>" PROPERTIES (
                                                           "0",
                                                           "<ResourceType>directory</"
                                                           "ResourceType>") "</Blob>" BLOB ("odd.",
                                                                                            "1")
                                                           BLOB ("outside", "1"),
               "<NextMarker>2!72!a&amp;b</NextMarker>"));
  g_autoptr (GError) error = NULL;
  g_autoptr (TerraceListing) all = terrace_azure_xml_parse_listing (body, "azure", "", &error);
  g_autoptr (TerraceListing) some = NULL;
  const TerraceObjectInfo *info;

  g_assert_no_error (error);
  g_assert_cmpstr (all->next, ==, "2!72!a&b");
  g_assert_cmpuint (all->objects->len, ==, 3);
  g_assert_cmpuint (all->skipped, ==, 1);
  g_assert_cmpuint (all->unreadable->len, ==, 1);
  g_assert_cmpstr (all->unreadable->pdata[0], ==, "odd.");
  info = all->objects->pdata[0];
  g_assert_cmpstr (info->key, ==, "a./b & c");
  g_assert_cmpstr (info->version, ==, "0x8D1");
  g_assert_cmpuint (info->size_bytes, ==, G_MAXINT64);
  g_assert_cmpstr (info->class_id, ==, "azure/Cool");
  g_assert_cmpint (info->modified_us, ==, G_GINT64_CONSTANT (1234567890123456));
  g_assert_cmpint (info->created_us, ==, G_GINT64_CONSTANT (1795342271000000));
  g_assert_cmpuint (info->mode, ==, 0640);
  info = all->objects->pdata[1];
  g_assert_cmpstr (info->key, ==, "enc\u00fc");
  g_assert_cmpstr (info->class_id, ==, "azure/Hot");
  g_assert_cmpint (info->modified_us, ==, G_GINT64_CONSTANT (1795342272000000));

  some = terrace_azure_xml_parse_listing (body, "azure", "a./", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (some->objects->len, ==, 1);
}

static void
test_bad_listings (void)
{
  static const char *const texts[] = {
    "",
    "nothing",
    "<EnumerationResults><Blobs>",
    "<Error/>",
    "<!DOCTYPE x><EnumerationResults/>",
    LISTING ("<Blob/>", ""),
    LISTING ("<Blob><Name>a</Name></Blob>", ""),
    LISTING ("<Blob><Name>a</Name><Properties><Etag>x</Etag></Properties></Blob>", ""),
    LISTING ("<Blob><Name>a</Name><Properties><Content-Length>1</Content-Length></Properties></"
             "Blob>",
             ""),
    LISTING (BLOB ("a", "-1"), ""),
    LISTING (BLOB ("a", "99999999999999999999"), ""),
    LISTING (BLOB ("a", "many"), ""),
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GBytes) body = bytes_of (texts[i]);
      g_autoptr (GError) error = NULL;

      g_assert_null (terrace_azure_xml_parse_listing (body, "azure", "", &error));
      g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_CORRUPT);
    }
}

static void
test_too_many (void)
{
  GString *text = g_string_new ("<EnumerationResults><Blobs>");
  g_autoptr (GBytes) body = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i <= TERRACE_LIMIT_LIST_PAGE; i++)
    g_string_append (text, BLOB ("a", "1"));
  g_string_append (text, "</Blobs></EnumerationResults>");
  body = g_string_free_to_bytes (text);
  g_assert_null (terrace_azure_xml_parse_listing (body, "azure", "", &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_CORRUPT);
}

static void
test_empty_names (void)
{
  g_autoptr (GBytes) body =
      bytes_of (LISTING (BLOB ("a", "1") BLOB ("b", "0"), "<NextMarker>m</NextMarker>"));
  g_autoptr (GError) error = NULL;
  g_autofree char *next = NULL;
  g_autoptr (GPtrArray) names = terrace_azure_xml_parse_empty_names (body, &next, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (names->len, ==, 1);
  g_assert_cmpstr (names->pdata[0], ==, "b");
  g_assert_cmpstr (next, ==, "m");
}

static void
test_blocks (void)
{
  static const char *const bad[] = {
    "",
    "<BlockList>",
    "<BlockList><UncommittedBlocks><Block/></UncommittedBlocks></BlockList>",
    "<BlockList><UncommittedBlocks><Block><Name>a</Name><Size>-1</Size></Block>"
    "</UncommittedBlocks></BlockList>",
  };
  g_autoptr (GBytes) body =
      bytes_of ("<BlockList><CommittedBlocks><Block><Name>old</Name><Size>1</Size></Block>"
                "</CommittedBlocks><UncommittedBlocks><Block><Name>bmV3</Name><Size>7</Size>"
                "</Block></UncommittedBlocks></BlockList>");
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) blocks = terrace_azure_xml_parse_blocks (body, &error);
  const TerraceAzureBlock *block;

  g_assert_no_error (error);
  g_assert_cmpuint (blocks->len, ==, 1);
  block = blocks->pdata[0];
  g_assert_cmpstr (block->name, ==, "bmV3");
  g_assert_cmpuint (block->size_bytes, ==, 7);

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GBytes) bad_body = bytes_of (bad[i]);
      g_autoptr (GError) bad_error = NULL;

      g_assert_null (terrace_azure_xml_parse_blocks (bad_body, &bad_error));
      g_assert_error (bad_error, TERRACE_ERROR, TERRACE_ERROR_CORRUPT);
    }
}

static void
test_block_names (void)
{
  static const guint numbers[] = { 0, 1, TERRACE_LIMIT_PARTS - 1, TERRACE_AZURE_BEGIN_BLOCK };
  g_autofree char *id = terrace_azure_upload_id ("some token");
  g_autofree char *same = terrace_azure_upload_id ("some token");
  g_autofree char *other = terrace_azure_upload_id ("another and much longer token");
  g_autofree char *first = terrace_azure_block_name (id, 0);

  g_assert_cmpstr (id, ==, same);
  g_assert_cmpstr (id, !=, other);
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      g_autofree char *name = terrace_azure_block_name (i % 2 == 0 ? id : other, numbers[i]);
      guint number = 0;
      g_autofree char *found = terrace_azure_block_parse (name, &number);

      /* Azure wants one length for all blocks of a blob, and 64 bytes at most. */
      g_assert_cmpuint (strlen (name), ==, strlen (first));
      g_assert_cmpuint (strlen (name), <=, 64 * 4 / 3);
      g_assert_cmpuint (number, ==, numbers[i]);
      g_assert_cmpstr (found, ==, i % 2 == 0 ? id : other);
    }
}

static void
test_foreign_blocks (void)
{
  static const char *const names[] = { "", "!", "c2hvcnQ=", "AAAA" };
  g_autofree char *prefixed =
      g_base64_encode ((const guchar *) "terrace-XXXXXXXXXXXXXXXXXXXXXXXX-00001",
                       strlen ("terrace-") + 30);
  guint number;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    g_assert_null (terrace_azure_block_parse (names[i], &number));
  g_assert_null (terrace_azure_block_parse (prefixed, &number));
}

static void
test_block_list (void)
{
  g_autoptr (GBytes) body = terrace_azure_xml_build_block_list ("0123456789abcdef01234567", 2);
  g_autofree char *first = terrace_azure_block_name ("0123456789abcdef01234567", 0);
  g_autofree char *second = terrace_azure_block_name ("0123456789abcdef01234567", 1);
  g_autofree char *expected =
      g_strdup_printf ("<?xml version=\"1.0\" encoding=\"utf-8\"?><BlockList>"
                       "<Uncommitted>%s</Uncommitted><Uncommitted>%s</Uncommitted></BlockList>",
                       first, second);
  gsize length;
  const char *text = g_bytes_get_data (body, &length);

  g_assert_cmpmem (text, length, expected, strlen (expected));
}

static void
test_uploads (void)
{
  static const char *const bad[] = { "",           "multi t",   "blocks ",
                                     "blocks xyz", "whole 123", "blocks 0123456789abcdef0123456G" };
  g_autofree char *id = terrace_azure_upload_id ("token");

  for (guint i = 0; i < 3; i++)
    {
      g_autofree char *text = terrace_azure_upload_to_string (i == 2 ? NULL : id, i == 1);
      g_autoptr (GError) error = NULL;
      g_autoptr (TerraceAzureUpload) upload = terrace_azure_upload_from_string (text, &error);

      g_assert_no_error (error);
      g_assert_cmpstr (upload->id, ==, i == 2 ? NULL : id);
      g_assert_cmpint (upload->is_whole, ==, i == 1);
    }
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (terrace_azure_upload_from_string (bad[i], &error));
      g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/provider/azure-xml/listing", test_listing);
  g_test_add_func ("/provider/azure-xml/bad-listings", test_bad_listings);
  g_test_add_func ("/provider/azure-xml/too-many", test_too_many);
  g_test_add_func ("/provider/azure-xml/empty-names", test_empty_names);
  g_test_add_func ("/provider/azure-xml/blocks", test_blocks);
  g_test_add_func ("/provider/azure-xml/block-names", test_block_names);
  g_test_add_func ("/provider/azure-xml/foreign-blocks", test_foreign_blocks);
  g_test_add_func ("/provider/azure-xml/block-list", test_block_list);
  g_test_add_func ("/provider/azure-xml/uploads", test_uploads);

  return g_test_run ();
}
