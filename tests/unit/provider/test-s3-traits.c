/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the S3 provider finds out about a server, and what it then does and leaves out. */

#include "s3-fixture.h"

#include "base/terrace-checksum.h"
#include "base/terrace-error.h"
#include "terrace-test-support.h"

#include <string.h>

#define PUT_OK "ETag: \"abc\"\r\nDate: Sun, 22 Nov 2026 10:11:12 GMT\r\n"
#define HEAD_OK PUT_OK "Last-Modified: Sun, 22 Nov 2026 10:11:12 GMT\r\n"
#define UPLOAD_ID \
  "<InitiateMultipartUploadResult><UploadId>id</UploadId></InitiateMultipartUploadResult>"
#define NO_MARKERS "<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>"

/* A server that knows all of it; @checksum: header that it answers a HEAD with. */
static void
answer_examination (FaultServer *server, const char *checksum)
{
  fault_server_answer (server, "200 OK", PUT_OK, "");
  fault_server_answer (server, "200 OK", checksum, "");
  fault_server_answer (server, "412 Precondition Failed", NULL, "");
  fault_server_answer (server, "412 Precondition Failed", NULL, "");
  fault_server_answer (server, "204 No Content", NULL, "");
}

static char *
begin (S3Fixture *fixture, const TerraceWriteOptions *options)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  char *upload;

  terrace_provider_begin_async (fixture->provider, "key", options, NULL, terrace_test_store_result,
                                &result);
  terrace_test_await (&result);
  upload = terrace_provider_begin_finish (fixture->provider, result, &error);
  g_assert_no_error (error);

  return upload;
}

static char *
write_part (S3Fixture *fixture, const char *upload, guint number, const char *text)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static (text, strlen (text));
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  char *receipt;

  terrace_provider_write_part_async (fixture->provider, "key", upload, number, 10 * number, bytes,
                                     NULL, terrace_test_store_result, &result);
  terrace_test_await (&result);
  receipt = terrace_provider_write_part_finish (fixture->provider, result, &error);
  g_assert_no_error (error);

  return receipt;
}

static TerraceObjectInfo *
finish (S3Fixture *fixture,
        const char *upload,
        GPtrArray *parts,
        const TerraceWriteOptions *options)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  TerraceObjectInfo *info;

  terrace_provider_finish_async (fixture->provider, "key", upload, parts, options, NULL,
                                 terrace_test_store_result, &result);
  terrace_test_await (&result);
  info = terrace_provider_finish_finish (fixture->provider, result, &error);
  g_assert_no_error (error);

  return info;
}

static void
assert_asked (S3Fixture *fixture, guint index, const char *line, const char *text, gboolean has)
{
  const char *request = fault_server_get_request (fixture->server, index);

  if (!g_str_has_prefix (request, line))
    g_error ("Request %u should begin with “%s”: %s", index, line, request);
  if ((strstr (request, text) != NULL) != has)
    g_error ("Request %u: “%s” %s: %s", index, text, has ? "is missing" : "is too much", request);
}

/* One request for a small object, with the server's own kind of checksum, and no look at it. */
static void
test_small (S3Fixture *fixture, gconstpointer data)
{
  g_autoptr (TerraceObjectInfo) source = terrace_object_info_new ("elsewhere");
  TerraceWriteOptions options = { "token", 9, 10, "aws/GLACIER_IR", source };
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func ((GDestroyNotify) terrace_part_free);
  g_autoptr (TerraceObjectInfo) info = NULL;
  g_autofree char *upload = NULL;
  g_autofree char *receipt = NULL;

  source->modified_us = G_GINT64_CONSTANT (1234567890123456);
  answer_examination (fixture->server, HEAD_OK "x-amz-checksum-crc64nvme: AAAAAAAAAAA=\r\n");
  fault_server_answer (fixture->server, "404 Not Found", NULL, "");
  upload = begin (fixture, &options);
  g_assert_cmpuint (fault_server_get_n_requests (fixture->server), ==, 6);
  assert_asked (fixture, 0, "PUT /bucket/.terrace-uploads/", "x-amz-checksum-crc64nvme", TRUE);
  assert_asked (fixture, 1, "HEAD /bucket/.terrace-uploads/", "x-amz-checksum-mode", TRUE);
  assert_asked (fixture, 2, "PUT /bucket/.terrace-uploads/", "If-None-Match: *", TRUE);
  assert_asked (fixture, 3, "DELETE /bucket/.terrace-uploads/", "If-Match", TRUE);
  assert_asked (fixture, 4, "DELETE /bucket/.terrace-uploads/", "If-Match", FALSE);

  receipt = write_part (fixture, upload, 0, "123456789");
  g_ptr_array_add (parts, terrace_part_new (0, 0, 9, receipt));
  fault_server_answer (fixture->server, "200 OK", PUT_OK, "");
  info = finish (fixture, upload, parts, &options);
  g_assert_cmpuint (fault_server_get_n_requests (fixture->server), ==, 7);
  /* The published check value of CRC-64/NVME. */
  assert_asked (fixture, 6, "PUT /bucket/key", "x-amz-checksum-crc64nvme: rosUhgp5mIg=", TRUE);
  assert_asked (fixture, 6, "PUT /bucket/key", "If-None-Match: *", TRUE);
  g_assert_cmpstr (info->version, ==, "abc");
  g_assert_cmpstr (info->class_id, ==, "aws/GLACIER_IR");
  g_assert_cmpint (info->modified_us, ==, source->modified_us);
  g_assert_cmpuint (info->size_bytes, ==, 9);

  /* And it is removed only as what it was. */
  {
    g_autoptr (GAsyncResult) result = NULL;
    g_autoptr (GError) error = NULL;

    fault_server_answer (fixture->server, "200 OK", HEAD_OK, "");
    fault_server_answer (fixture->server, "412 Precondition Failed", NULL, "");
    terrace_provider_remove_async (fixture->provider, "key", "abc", "token", NULL,
                                   terrace_test_store_result, &result);
    terrace_test_await (&result);
    g_assert_false (terrace_provider_remove_finish (fixture->provider, result, &error));
    g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_CHANGED);
    assert_asked (fixture, 8, "DELETE /bucket/key", "If-Match: \"abc\"", TRUE);
  }
}

/* Every part comes with its checksum, and the whole with that of the whole. */
static void
test_parts (S3Fixture *fixture, gconstpointer data)
{
  TerraceWriteOptions options = { "token", 19, 10, NULL, NULL };
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func ((GDestroyNotify) terrace_part_free);
  g_autoptr (TerraceObjectInfo) info = NULL;
  g_autofree char *upload = NULL;
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  g_autofree char *whole_text = NULL;
  TerraceDigest whole;

  answer_examination (fixture->server, HEAD_OK "x-amz-checksum-crc64nvme: AAAAAAAAAAA=\r\n");
  fault_server_answer (fixture->server, "404 Not Found", NULL, "");
  fault_server_answer (fixture->server, "200 OK", NULL, NO_MARKERS);
  fault_server_answer (fixture->server, "200 OK", NULL, UPLOAD_ID);
  fault_server_answer (fixture->server, "200 OK", PUT_OK, "");
  upload = begin (fixture, &options);
  g_assert_cmpstr (upload, ==, "multi token CRC64NVME id");
  assert_asked (fixture, 7, "POST /bucket/key?uploads= ", "x-amz-checksum-algorithm: CRC64NVME",
                TRUE);
  assert_asked (fixture, 7, "POST /bucket/key?uploads= ", "x-amz-checksum-type: FULL_OBJECT", TRUE);
  assert_asked (fixture, 8, "PUT /bucket/.terrace-uploads/token/CRC64NVME/id ", "x-amz-checksum",
                FALSE);

  fault_server_answer (fixture->server, "200 OK", PUT_OK, "");
  fault_server_answer (fixture->server, "200 OK", PUT_OK, "");
  first = write_part (fixture, upload, 0, "0123456789");
  second = write_part (fixture, upload, 1, "123456789");
  assert_asked (fixture, 10, "PUT /bucket/key?partNumber=2&uploadId=id ",
                "x-amz-checksum-crc64nvme: rosUhgp5mIg=", TRUE);
  g_assert_cmpstr (second, ==, "abc crc64:ae8b14860a799888");
  g_ptr_array_add (parts, terrace_part_new (0, 0, 10, first));
  g_ptr_array_add (parts, terrace_part_new (1, 10, 9, second));

  terrace_digest_of (TERRACE_CHECKSUM_CRC64, "0123456789123456789", 19, &whole);
  whole_text = terrace_digest_to_base64 (&whole);
  fault_server_answer (fixture->server, "404 Not Found", NULL, "");
  fault_server_answer (fixture->server, "200 OK", NULL, "<CompleteMultipartUploadResult/>");
  fault_server_answer (fixture->server, "204 No Content", NULL, "");
  fault_server_add (fixture->server, FAULT_NONE,
                    "HTTP/1.1 200 OK\r\nContent-Length: 19\r\nConnection: close\r\n" HEAD_OK
                    "x-amz-meta-terrace-token: token\r\n\r\n");
  info = finish (fixture, upload, parts, &options);
  g_assert_cmpuint (info->size_bytes, ==, 19);
  assert_asked (fixture, 12, "POST /bucket/key?uploadId=id ", whole_text, TRUE);
  assert_asked (fixture, 12, "POST /bucket/key?uploadId=id ", "x-amz-checksum-type: FULL_OBJECT",
                TRUE);
  assert_asked (fixture, 13, "DELETE /bucket/.terrace-uploads/token/CRC64NVME/id ", "If-Match",
                FALSE);
}

/* A server that takes everything and knows nothing: the object is looked at before and after. */
static void
test_ignorant (S3Fixture *fixture, gconstpointer data)
{
  TerraceWriteOptions options = { "token", 0, 10, NULL, NULL };
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func ((GDestroyNotify) terrace_part_free);
  g_autoptr (TerraceObjectInfo) info = NULL;
  g_autofree char *upload = NULL;
  guint n;

  for (guint i = 0; i < 3; i++)
    {
      fault_server_answer (fixture->server, "200 OK", PUT_OK, "");
      fault_server_answer (fixture->server, "200 OK", HEAD_OK, "");
    }
  fault_server_answer (fixture->server, "200 OK", PUT_OK, "");
  fault_server_answer (fixture->server, "200 OK", PUT_OK, "");
  fault_server_answer (fixture->server, "204 No Content", NULL, "");
  fault_server_answer (fixture->server, "404 Not Found", NULL, "");
  upload = begin (fixture, &options);
  n = fault_server_get_n_requests (fixture->server);
  g_assert_cmpuint (n, ==, 10);
  assert_asked (fixture, 2, "PUT /bucket/.terrace-uploads/", "x-amz-checksum-crc32c", TRUE);
  assert_asked (fixture, 4, "PUT /bucket/.terrace-uploads/", "x-amz-checksum-sha256", TRUE);
  assert_asked (fixture, 6, "PUT /bucket/.terrace-uploads/", "x-amz-checksum", FALSE);

  fault_server_answer (fixture->server, "404 Not Found", NULL, "");
  fault_server_answer (fixture->server, "200 OK", PUT_OK, "");
  fault_server_answer (fixture->server, "200 OK", HEAD_OK "x-amz-meta-terrace-token: token\r\n",
                       "");
  info = finish (fixture, upload, parts, &options);
  assert_asked (fixture, n, "HEAD /bucket/key", "If-", FALSE);
  assert_asked (fixture, n + 1, "PUT /bucket/key", "If-None-Match", FALSE);
  assert_asked (fixture, n + 1, "PUT /bucket/key", "x-amz-checksum", FALSE);
  assert_asked (fixture, n + 2, "HEAD /bucket/key", "If-", FALSE);
  g_assert_cmpuint (terrace_provider_get_capabilities (fixture->provider) &
                        TERRACE_CAPABILITY_CHECKSUM,
                    ==, 0);
}

/* Who may not write finds out nothing, and is told so where it matters. */
static void
test_reader (S3Fixture *fixture, gconstpointer data)
{
  TerraceWriteOptions options = { "token", 5, 10, NULL, NULL };
  g_autofree char *upload = NULL;

  fault_server_answer (fixture->server, "403 Forbidden", NULL,
                       "<Error><Code>AccessDenied</Code></Error>");
  fault_server_answer (fixture->server, "404 Not Found", NULL, "");
  upload = begin (fixture, &options);
  g_assert_cmpstr (upload, ==, "single token");
  g_assert_cmpuint (fault_server_get_n_requests (fixture->server), ==, 2);
}

/* Two uploads that begin at once have one examination; a cancelled one does not wait for it. */
static void
test_at_once (S3Fixture *fixture, gconstpointer data)
{
  TerraceWriteOptions options = { "token", 5, 10, NULL, NULL };
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) first = NULL;
  g_autoptr (GAsyncResult) second = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *upload = NULL;

  fault_server_answer (fixture->server, "403 Forbidden", NULL, "");
  fault_server_answer (fixture->server, "404 Not Found", NULL, "");
  terrace_provider_begin_async (fixture->provider, "key", &options, cancellable,
                                terrace_test_store_result, &first);
  terrace_provider_begin_async (fixture->provider, "key", &options, NULL, terrace_test_store_result,
                                &second);
  g_cancellable_cancel (cancellable);
  terrace_test_await (&first);
  g_assert_null (terrace_provider_begin_finish (fixture->provider, first, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);

  terrace_test_await (&second);
  upload = terrace_provider_begin_finish (fixture->provider, second, NULL);
  g_assert_cmpstr (upload, ==, "single token");
  g_assert_cmpuint (fault_server_get_n_requests (fixture->server), ==, 2);
}

#define ADD(name, function)                                                              \
  g_test_add ("/provider/s3-traits/" name, S3Fixture, NULL, s3_fixture_set_up, function, \
              s3_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("small", test_small);
  ADD ("parts", test_parts);
  ADD ("ignorant", test_ignorant);
  ADD ("reader", test_reader);
  ADD ("at-once", test_at_once);

  return g_test_run ();
}
