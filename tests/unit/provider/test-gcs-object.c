/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Objects and JSON: what is read of them, and what a hostile server cannot do with them. */

#include "provider/gcs/terrace-gcs-object.h"

#include "base/terrace-error.h"

#include <string.h>

static JsonObject *
parse (const char *text)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));
  g_autoptr (GError) error = NULL;
  JsonObject *object = terrace_gcs_json_parse (bytes, &error);

  g_assert_no_error (error);

  return object;
}

static void
test_bad_json (void)
{
  static const char *const texts[] = {
    "", "null", "[]", "1", "{", "{\"a\":}", "{\"a\":\"\xff\"}", "<html/>"
  };
  g_autofree char *deep = g_strnfill (200000, '[');
  g_autoptr (GBytes) deep_bytes = g_bytes_new (deep, strlen (deep));
  g_autoptr (GError) deep_error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GBytes) bytes = g_bytes_new (texts[i], strlen (texts[i]));
      g_autoptr (GError) error = NULL;

      g_assert_null (terrace_gcs_json_parse (bytes, &error));
      g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_CORRUPT);
    }
  g_assert_null (terrace_gcs_json_parse (deep_bytes, &deep_error));
  g_assert_error (deep_error, TERRACE_ERROR, TERRACE_ERROR_CORRUPT);
}

/* Whatever is there, a lookup gives the wanted kind or nothing. */
static void
test_kinds (void)
{
  g_autoptr (JsonObject) object =
      parse ("{\"s\":\"x\",\"n\":5,\"big\":\"9007199254740993\",\"neg\":-1,\"o\":{},\"a\":[1,{}],"
             "\"b\":true,\"z\":null,\"t\":\"2009-02-13T23:31:30.123456Z\",\"t2\":\"yesterday\"}");
  guint64 value;

  g_assert_cmpstr (terrace_gcs_json_get_string (object, "s"), ==, "x");
  g_assert_null (terrace_gcs_json_get_string (object, "n"));
  g_assert_null (terrace_gcs_json_get_string (object, "z"));
  g_assert_null (terrace_gcs_json_get_string (NULL, "s"));
  g_assert_true (terrace_gcs_json_get_number (object, "n", &value));
  g_assert_cmpuint (value, ==, 5);
  g_assert_true (terrace_gcs_json_get_number (object, "big", &value));
  g_assert_cmpuint (value, ==, G_GUINT64_CONSTANT (9007199254740993));
  g_assert_false (terrace_gcs_json_get_number (object, "neg", &value));
  g_assert_false (terrace_gcs_json_get_number (object, "s", &value));
  g_assert_false (terrace_gcs_json_get_number (object, "o", &value));
  g_assert_nonnull (terrace_gcs_json_get_object (object, "o"));
  g_assert_null (terrace_gcs_json_get_object (object, "a"));
  g_assert_null (terrace_gcs_json_get_element (terrace_gcs_json_get_array (object, "a"), 0));
  g_assert_nonnull (terrace_gcs_json_get_element (terrace_gcs_json_get_array (object, "a"), 1));
  g_assert_null (terrace_gcs_json_get_element (terrace_gcs_json_get_array (object, "a"), 2));
  g_assert_true (terrace_gcs_json_get_boolean (object, "b"));
  g_assert_false (terrace_gcs_json_get_boolean (object, "n"));
  g_assert_cmpint (terrace_gcs_json_get_time_us (object, "t"), ==,
                   G_GINT64_CONSTANT (1234567890123456));
  g_assert_cmpint (terrace_gcs_json_get_time_us (object, "t2"), ==, 0);
}

static void
test_read (void)
{
  g_autoptr (JsonObject) resource =
      parse ("{\"name\":\"a/b\",\"generation\":\"17\",\"size\":\"1000\","
             "\"storageClass\":\"NEARLINE\",\"crc32c\":\"4waSgw==\","
             "\"timeCreated\":\"2026-11-22T10:11:12.500Z\",\"metadata\":{"
             "\"mtime\":\"2009-02-13T23:31:30.123456Z\",\"terrace-mode\":\"0640\","
             "\"terrace-token\":\"t1\"}}");
  g_autoptr (GError) error = NULL;
  g_autoptr (TerraceGcsObject) object = terrace_gcs_object_new (resource, "gcs", &error);
  static const guint8 crc[] = { 0xe3, 0x06, 0x92, 0x83 };

  g_assert_no_error (error);
  g_assert_cmpstr (object->info->key, ==, "a/b");
  g_assert_cmpstr (object->info->version, ==, "17");
  g_assert_cmpuint (object->info->size_bytes, ==, 1000);
  g_assert_cmpstr (object->info->class_id, ==, "gcs/NEARLINE");
  g_assert_cmpint (object->info->created_us, ==, G_GINT64_CONSTANT (1795342272500000));
  g_assert_cmpint (object->info->modified_us, ==, G_GINT64_CONSTANT (1234567890123456));
  g_assert_cmpuint (object->info->mode, ==, 0640);
  g_assert_cmpint (object->info->checksum.kind, ==, TERRACE_CHECKSUM_CRC32C);
  g_assert_cmpmem (object->info->checksum.bytes, 4, crc, 4);
  g_assert_cmpstr (object->token, ==, "t1");
}

/* Metadata that nobody sane has written is no metadata; without name, size or version there is no
 * object. */
static void
test_read_strange (void)
{
  static const char *const bad[] = {
    "{}",
    "{\"name\":\"a\",\"generation\":\"1\"}",
    "{\"name\":\"a\",\"size\":\"1\"}",
    "{\"generation\":\"1\",\"size\":\"1\"}",
    "{\"name\":\"\",\"generation\":\"1\",\"size\":\"1\"}",
    "{\"name\":\"a\",\"generation\":\"0\",\"size\":\"1\"}",
    "{\"name\":\"a\",\"generation\":\"x&y=z\",\"size\":\"1\"}",
    "{\"name\":\"a\",\"generation\":\"1\",\"size\":\"-1\"}",
    "{\"name\":\"a\",\"generation\":\"1\",\"size\":\"99999999999999999999\"}",
    "{\"name\":[],\"generation\":\"1\",\"size\":\"1\"}",
  };
  g_autoptr (JsonObject) resource =
      parse ("{\"name\":\"a\",\"generation\":\"1\",\"size\":1,\"crc32c\":\"????\","
             "\"metadata\":{\"mtime\":\"soon\",\"terrace-mode\":\"99999\","
             "\"terrace-xattrs\":\"!!!!\",\"terrace-token\":{}}}");
  g_autoptr (GError) error = NULL;
  g_autoptr (TerraceGcsObject) object = terrace_gcs_object_new (resource, "gcs", &error);

  g_assert_no_error (error);
  g_assert_cmpint (object->info->checksum.kind, ==, TERRACE_CHECKSUM_NONE);
  g_assert_cmpint (object->info->modified_us, ==, 0);
  g_assert_cmpuint (object->info->mode, ==, G_MAXUINT32);
  g_assert_null (object->info->attributes);
  g_assert_null (object->token);

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (JsonObject) strange = parse (bad[i]);
      g_autoptr (GError) bad_error = NULL;

      g_assert_null (terrace_gcs_object_new (strange, "gcs", &bad_error));
      g_assert_error (bad_error, TERRACE_ERROR, TERRACE_ERROR_CORRUPT);
    }
}

/* A copy has what its source has, except for what is said otherwise. */
static void
test_write (void)
{
  g_autoptr (JsonObject) resource =
      parse ("{\"name\":\"a\",\"generation\":\"1\",\"size\":\"1\",\"contentType\":\"text/x\","
             "\"contentEncoding\":\"gzip\",\"customTime\":\"2026-01-01T00:00:00Z\","
             "\"metadata\":{\"theirs\":\"1\",\"terrace-token\":\"old\"}}");
  g_autoptr (TerraceGcsObject) source = terrace_gcs_object_new (resource, "gcs", NULL);
  g_autoptr (TerraceObjectInfo) info = terrace_object_info_new ("x");
  TerraceWriteOptions options = { "new", 1, 1, "gcs/ARCHIVE", info };
  g_autoptr (JsonObject) copy = NULL;
  g_autoptr (JsonObject) colder = NULL;
  g_autoptr (JsonObject) fresh = NULL;
  g_autoptr (GError) error = NULL;
  JsonObject *metadata;

  info->modified_us = G_GINT64_CONSTANT (1234567890000001);
  info->mode = 0100644;
  copy = terrace_gcs_make_resource (&options, source, &error);
  g_assert_no_error (error);
  metadata = json_object_get_object_member (copy, "metadata");
  g_assert_cmpstr (json_object_get_string_member (copy, "storageClass"), ==, "ARCHIVE");
  g_assert_cmpstr (json_object_get_string_member (copy, "contentType"), ==, "text/x");
  g_assert_cmpstr (json_object_get_string_member (copy, "contentEncoding"), ==, "gzip");
  g_assert_cmpstr (json_object_get_string_member (copy, "customTime"), ==, "2026-01-01T00:00:00Z");
  g_assert_cmpstr (json_object_get_string_member (metadata, "theirs"), ==, "1");
  g_assert_cmpstr (json_object_get_string_member (metadata, "terrace-token"), ==, "new");
  g_assert_cmpstr (json_object_get_string_member (metadata, "terrace-mode"), ==, "0644");
  g_assert_cmpstr (json_object_get_string_member (metadata, "mtime"), ==,
                   "2009-02-13T23:31:30.000001Z");

  colder = terrace_gcs_make_class_resource (source, "gcs/COLDLINE");
  metadata = json_object_get_object_member (colder, "metadata");
  g_assert_cmpstr (json_object_get_string_member (colder, "storageClass"), ==, "COLDLINE");
  g_assert_cmpstr (json_object_get_string_member (metadata, "terrace-token"), ==, "old");

  fresh = terrace_gcs_make_resource (&options, NULL, &error);
  g_assert_cmpstr (json_object_get_string_member (fresh, "contentType"), ==,
                   "application/octet-stream");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/provider/gcs-object/bad-json", test_bad_json);
  g_test_add_func ("/provider/gcs-object/kinds", test_kinds);
  g_test_add_func ("/provider/gcs-object/read", test_read);
  g_test_add_func ("/provider/gcs-object/read-strange", test_read_strange);
  g_test_add_func ("/provider/gcs-object/write", test_write);

  return g_test_run ();
}
