/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The S3 provider against a server that is broken, slow or hostile: an error in words each time,
 * never a hang, and the key goes nowhere else. */

#include "base/terrace-clock.h"
#include "base/terrace-error.h"
#include "s3-fixture.h"
#include "terrace-test-support.h"

#include <string.h>

#define HEAD_OK "ETag: \"abc\"\r\nLast-Modified: Sun, 22 Nov 2026 10:11:12 GMT\r\n"

static void
assert_list_fails (S3Fixture *fixture, TerraceErrorCode code)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (s3_fixture_list (fixture, &error));
  g_assert_error (error, TERRACE_ERROR, (int) code);
  g_assert_null (strstr (error->message, S3_FIXTURE_SECRET_KEY));
  g_assert_false (g_str_has_suffix (error->message, "."));
}

static void
test_statuses (S3Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *status;
    const char *body;
    TerraceErrorCode code;
  } cases[] = {
    { "500 Internal Server Error", "", TERRACE_ERROR_UNREACHABLE },
    { "502 Bad Gateway", "<html>proxy</html>", TERRACE_ERROR_UNREACHABLE },
    { "503 Slow Down", "<Error><Code>SlowDown</Code></Error>", TERRACE_ERROR_BUSY },
    { "503 Service Unavailable", "", TERRACE_ERROR_BUSY },
    { "429 Too Many Requests", "", TERRACE_ERROR_BUSY },
    { "403 Forbidden", "<Error><Code>AccessDenied</Code></Error>", TERRACE_ERROR_PERMISSION },
    { "400 Bad Request", "<Error><Code>ExpiredToken</Code></Error>", TERRACE_ERROR_PERMISSION },
    { "404 Not Found", "<Error><Code>NoSuchBucket</Code></Error>", TERRACE_ERROR_NOT_FOUND },
    { "501 Not Implemented", "", TERRACE_ERROR_UNSUPPORTED },
    { "507 Insufficient Storage", "", TERRACE_ERROR_NO_SPACE },
    { "418 Strange", "", TERRACE_ERROR_FAILED },
    { "200 OK", "", TERRACE_ERROR_CORRUPT },
    { "200 OK", "<ListBucketResult><Contents>", TERRACE_ERROR_CORRUPT },
    { "200 OK", "<!DOCTYPE x><ListBucketResult/>", TERRACE_ERROR_CORRUPT },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      fault_server_answer (fixture->server, cases[i].status, NULL, cases[i].body);
      assert_list_fails (fixture, cases[i].code);
      g_assert_cmpuint (fault_server_get_n_requests (fixture->server), ==, i + 1);
    }
}

static void
test_retry_after (S3Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fault_server_answer (fixture->server, "503 Slow Down", "Retry-After: 17\r\n", "");
  g_assert_null (s3_fixture_list (fixture, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_BUSY);
  g_assert_true (terrace_error_is_retryable (error));
  g_assert_nonnull (strstr (error->message, "17"));
  g_assert_cmpint (terrace_error_get_retry_after (error), ==, 17 * TERRACE_US_PER_SECOND);
}

static void
test_dropped (S3Fixture *fixture, gconstpointer data)
{
  /* Libsoup may try again by itself, on another connection. */
  for (guint i = 0; i < 4; i++)
    fault_server_add (fixture->server, FAULT_DROP, NULL);
  assert_list_fails (fixture, TERRACE_ERROR_UNREACHABLE);
}

static void
test_short_body (S3Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fault_server_add (fixture->server, FAULT_NONE,
                    "HTTP/1.1 206 Partial\r\nETag: \"abc\"\r\nContent-Range: bytes 0-9/100\r\n"
                    "Content-Length: 10\r\n\r\n12345");
  g_assert_null (s3_fixture_read (fixture, 0, 10, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_UNREACHABLE);
}

/* Answers that are complete, but not to what was asked. */
static void
test_wrong_ranges (S3Fixture *fixture, gconstpointer data)
{
  static const char *const headers[] = {
    "ETag: \"abc\"\r\n",
    "ETag: \"abc\"\r\nContent-Range: bytes 1-10/100\r\n",
    "ETag: \"abc\"\r\nContent-Range: bytes 0-8/100\r\n",
    "ETag: \"abc\"\r\nContent-Range: bytes 0-99/100\r\n",
  };
  g_autoptr (GError) changed_error = NULL;
  g_autoptr (GError) less_error = NULL;
  g_autoptr (GError) more_error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (headers); i++)
    {
      g_autoptr (GError) error = NULL;

      fault_server_answer (fixture->server, "206 Partial Content", headers[i], "0123456789");
      g_assert_null (s3_fixture_read (fixture, 0, 10, &error));
      g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_CORRUPT);
    }

  fault_server_answer (fixture->server, "206 Partial Content",
                       "ETag: \"abc\"\r\nContent-Range: bytes 0-4/100\r\n", "01234");
  g_assert_null (s3_fixture_read (fixture, 0, 10, &less_error));
  g_assert_error (less_error, TERRACE_ERROR, TERRACE_ERROR_CORRUPT);
  fault_server_answer (fixture->server, "200 OK", "ETag: \"abc\"\r\n", "01234567890123456789");
  g_assert_null (s3_fixture_read (fixture, 0, 10, &more_error));
  g_assert_error (more_error, TERRACE_ERROR, TERRACE_ERROR_CORRUPT);
  fault_server_answer (fixture->server, "206 Partial Content",
                       "ETag: \"other\"\r\nContent-Range: bytes 0-9/100\r\n", "0123456789");
  g_assert_null (s3_fixture_read (fixture, 0, 10, &changed_error));
  g_assert_error (changed_error, TERRACE_ERROR, TERRACE_ERROR_CHANGED);
}

static void
test_endless (S3Fixture *fixture, gconstpointer data)
{
  fault_server_add (fixture->server, FAULT_ENDLESS,
                    "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n<ListBucketResult>");
  assert_list_fails (fixture, TERRACE_ERROR_LIMIT);
  fault_server_add (fixture->server, FAULT_ENDLESS,
                    "HTTP/1.1 500 Oops\r\nContent-Length: 99999999999\r\n\r\n");
  assert_list_fails (fixture, TERRACE_ERROR_LIMIT);
}

static gboolean
is_silent (gpointer data)
{
  return fault_server_get_n_silent (data) > 0;
}

static void
test_never_answering (S3Fixture *fixture, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  fault_server_add (fixture->server, FAULT_SILENT, NULL);
  terrace_provider_list_async (fixture->provider, "", NULL, cancellable, terrace_test_store_result,
                               &result);
  terrace_test_await_condition (is_silent, fixture->server);
  g_assert_null (result);
  g_cancellable_cancel (cancellable);
  terrace_test_await (&result);
  g_assert_null (terrace_provider_list_finish (fixture->provider, result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
test_redirect (S3Fixture *fixture, gconstpointer data)
{
  static const char *const statuses[] = { "301 Moved", "302 Found", "307 Temporary", "308 Gone" };
  g_autoptr (FaultServer) other = fault_server_new ();
  g_autofree char *headers =
      g_strdup_printf ("Location: http://127.0.0.1:%u/bucket\r\n", fault_server_get_port (other));

  for (guint i = 0; i < G_N_ELEMENTS (statuses); i++)
    {
      g_autoptr (GError) error = NULL;

      fault_server_answer (fixture->server, statuses[i], headers, "");
      g_assert_null (s3_fixture_list (fixture, &error));
      g_assert_nonnull (error);
    }
  terrace_test_settle ();
  g_assert_cmpuint (fault_server_get_n_requests (other), ==, 0);
}

/* The region that the server names is used, on the same server. */
static void
test_region (S3Fixture *fixture, gconstpointer data)
{
  g_autoptr (TerraceListing) listing = NULL;
  g_autoptr (GError) error = NULL;

  fault_server_answer (fixture->server, "400 Bad Request", NULL,
                       "<Error><Code>AuthorizationHeaderMalformed</Code>"
                       "<Region>eu-central-1</Region></Error>");
  fault_server_answer (fixture->server, "200 OK", NULL, "<ListBucketResult/>");
  listing = s3_fixture_list (fixture, &error);
  g_assert_no_error (error);
  g_assert_nonnull (strstr (fault_server_get_request (fixture->server, 0), "/us-east-1/s3/"));
  g_assert_nonnull (strstr (fault_server_get_request (fixture->server, 1), "/eu-central-1/s3/"));
}

/* Several requests are on their way when the region and the time turn out to be others. */
static void
test_corrections_at_once (S3Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *status;
    const char *headers;
    const char *body;
  } refusals[] = {
    { "400 Bad Request", NULL,
      "<Error><Code>AuthorizationHeaderMalformed</Code><Region>eu-central-1</Region></Error>" },
    { "403 Forbidden", "Date: Sun, 22 Nov 2026 11:11:12 GMT\r\n",
      "<Error><Code>RequestTimeTooSkewed</Code></Error>" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (refusals); i++)
    {
      GAsyncResult *results[3] = { NULL };

      fault_server_hold (fixture->server, 6 * i + 3);
      for (guint k = 0; k < G_N_ELEMENTS (results); k++)
        fault_server_answer (fixture->server, refusals[i].status, refusals[i].headers,
                             refusals[i].body);
      for (guint k = 0; k < G_N_ELEMENTS (results); k++)
        fault_server_answer (fixture->server, "200 OK", NULL, "<ListBucketResult/>");
      for (guint k = 0; k < G_N_ELEMENTS (results); k++)
        terrace_provider_list_async (fixture->provider, "", NULL, NULL, terrace_test_store_result,
                                     &results[k]);
      for (guint k = 0; k < G_N_ELEMENTS (results); k++)
        {
          g_autoptr (TerraceListing) listing = NULL;
          g_autoptr (GError) error = NULL;

          terrace_test_await (&results[k]);
          listing = terrace_provider_list_finish (fixture->provider, results[k], &error);
          g_assert_no_error (error);
          g_clear_object (&results[k]);
        }
    }
  g_assert_cmpuint (fault_server_get_n_requests (fixture->server), ==, 12);
  g_assert_nonnull (
      strstr (fault_server_get_request (fixture->server, 11), "x-amz-date: 20261122T111112Z"));
}

/* What is signed is what goes over the wire, dots, slashes and all. */
static void
test_wire (S3Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *key;
    const char *line;
  } cases[] = {
    { "a//b", "HEAD /bucket/a//b HTTP/1.1\r\n" },
    { "../x", "HEAD /bucket/../x HTTP/1.1\r\n" },
    { "a/./../b", "HEAD /bucket/a/./../b HTTP/1.1\r\n" },
    { "/lead", "HEAD /bucket//lead HTTP/1.1\r\n" },
    { "a%2Fb+c d\n?#", "HEAD /bucket/a%252Fb%2Bc%20d%0A%3F%23 HTTP/1.1\r\n" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (TerraceObjectInfo) info = NULL;
      const char *request;

      fault_server_answer (fixture->server, "200 OK", HEAD_OK, "");
      info = s3_fixture_stat (fixture, cases[i].key, &error);
      g_assert_no_error (error);
      request = fault_server_get_request (fixture->server, i);
      g_assert_true (g_str_has_prefix (request, cases[i].line));
      g_assert_nonnull (strstr (request, "\r\nx-amz-security-token: sessiontoken"));
      g_assert_nonnull (strstr (request, "x-amz-security-token,Signature="));
      g_assert_nonnull (strstr (request, "\r\nx-amz-date: 20261122T101112Z"));
      g_assert_null (strstr (request, S3_FIXTURE_SECRET_KEY));
    }
}

/* Metadata that nobody sane has written is no metadata. */
static void
test_strange_metadata (S3Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) missing_error = NULL;
  g_autoptr (TerraceObjectInfo) info = NULL;
  g_autoptr (TerraceObjectInfo) sane = NULL;

  fault_server_answer (fixture->server, "200 OK",
                       HEAD_OK "x-amz-meta-mtime: 99999999999999999999.5\r\n"
                               "x-amz-meta-terrace-mode: 99999\r\n"
                               "x-amz-meta-terrace-xattrs: !!!!\r\n"
                               "x-amz-checksum-sha256: AAAA\r\n",
                       "");
  info = s3_fixture_stat (fixture, "key", &error);
  g_assert_no_error (error);
  g_assert_cmpint (info->modified_us, ==, S3_FIXTURE_NOW_US);
  g_assert_cmpuint (info->mode, ==, G_MAXUINT32);
  g_assert_null (info->attributes);
  g_assert_cmpint (info->checksum.kind, ==, TERRACE_CHECKSUM_NONE);
  g_assert_cmpuint (terrace_provider_get_capabilities (fixture->provider) &
                        TERRACE_CAPABILITY_CHECKSUM,
                    ==, 0);

  fault_server_answer (fixture->server, "200 OK",
                       HEAD_OK
                       "x-amz-meta-mtime: 1234567890.123456789\r\nx-amz-meta-terrace-mode: 0640\r\n"
                       "x-amz-checksum-sha256: 47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\r\n",
                       "");
  sane = s3_fixture_stat (fixture, "key", &error);
  g_assert_no_error (error);
  g_assert_cmpint (sane->modified_us, ==, G_GINT64_CONSTANT (1234567890123456));
  g_assert_cmpuint (sane->mode, ==, 0640);
  g_assert_cmpint (sane->checksum.kind, ==, TERRACE_CHECKSUM_SHA256);
  g_assert_cmpuint (sane->checksum.bytes[0], ==, 0xe3);
  g_assert_cmpuint (terrace_provider_get_capabilities (fixture->provider) &
                        TERRACE_CAPABILITY_CHECKSUM,
                    !=, 0);

  fault_server_answer (fixture->server, "200 OK", NULL, "");
  g_assert_null (s3_fixture_stat (fixture, "key", &missing_error));
  g_assert_error (missing_error, TERRACE_ERROR, TERRACE_ERROR_CORRUPT);
}

/* An upload that says 200 and means an error has failed. */
static void
test_error_inside (S3Fixture *fixture, gconstpointer data)
{
  TerraceWriteOptions options = { "token", 20, 10, NULL, NULL };
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func ((GDestroyNotify) terrace_part_free);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  g_ptr_array_add (parts, terrace_part_new (0, 0, 10, "e1"));
  g_ptr_array_add (parts, terrace_part_new (1, 10, 10, "e2"));
  fault_server_answer (fixture->server, "404 Not Found", NULL, "");
  fault_server_answer (fixture->server, "200 OK", NULL,
                       "<?xml version=\"1.0\"?>\n<Error><Code>InternalError</Code></Error>");
  terrace_provider_finish_async (fixture->provider, "key", "multi token - id", parts, &options,
                                 NULL, terrace_test_store_result, &result);
  terrace_test_await (&result);
  g_assert_null (terrace_provider_finish_finish (fixture->provider, result, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_UNREACHABLE);
  g_assert_cmpuint (fault_server_get_n_requests (fixture->server), ==, 2);
}

/* A server that knows neither checksums nor conditions still gets the object, once it has said so.
 */
static void
test_learns (S3Fixture *fixture, gconstpointer data)
{
  TerraceWriteOptions options = { "token", 0, 10, NULL, NULL };
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func ((GDestroyNotify) terrace_part_free);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (TerraceObjectInfo) info = NULL;

  fault_server_answer (fixture->server, "404 Not Found", NULL, "");
  fault_server_answer (fixture->server, "501 Not Implemented", NULL, "");
  fault_server_answer (fixture->server, "501 Not Implemented", NULL, "");
  fault_server_answer (fixture->server, "200 OK", HEAD_OK, "");
  fault_server_answer (fixture->server, "200 OK", HEAD_OK "x-amz-meta-terrace-token: token\r\n",
                       "");
  terrace_provider_finish_async (fixture->provider, "key", "single token", parts, &options, NULL,
                                 terrace_test_store_result, &result);
  terrace_test_await (&result);
  info = terrace_provider_finish_finish (fixture->provider, result, &error);
  g_assert_no_error (error);
  g_assert_nonnull (
      strstr (fault_server_get_request (fixture->server, 1), "x-amz-checksum-sha256"));
  g_assert_null (strstr (fault_server_get_request (fixture->server, 2), "x-amz-checksum-sha256"));
  g_assert_nonnull (strstr (fault_server_get_request (fixture->server, 2), "If-None-Match: *"));
  g_assert_null (strstr (fault_server_get_request (fixture->server, 3), "If-None-Match"));
}

static void
test_restore (S3Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *status;
    const char *body;
    gboolean success;
  } cases[] = {
    { "202 Accepted", "", TRUE },
    { "200 OK", "", TRUE },
    { "409 Conflict", "<Error><Code>RestoreAlreadyInProgress</Code></Error>", TRUE },
    { "403 Forbidden", "<Error><Code>AccessDenied</Code></Error>", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (GError) error = NULL;

      fault_server_answer (fixture->server, cases[i].status, NULL, cases[i].body);
      terrace_provider_restore_async (fixture->provider, "key", 7, NULL, terrace_test_store_result,
                                      &result);
      terrace_test_await (&result);
      g_assert_cmpint (terrace_provider_restore_finish (fixture->provider, result, &error), ==,
                       cases[i].success);
      g_assert_true (g_str_has_prefix (fault_server_get_request (fixture->server, i),
                                       "POST /bucket/key?restore= HTTP/1.1\r\n"));
    }
}

#define ADD(name, function)                                                              \
  g_test_add ("/provider/s3-faults/" name, S3Fixture, NULL, s3_fixture_set_up, function, \
              s3_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("statuses", test_statuses);
  ADD ("retry-after", test_retry_after);
  ADD ("dropped", test_dropped);
  ADD ("short-body", test_short_body);
  ADD ("wrong-ranges", test_wrong_ranges);
  ADD ("endless", test_endless);
  ADD ("never-answering", test_never_answering);
  ADD ("redirect", test_redirect);
  ADD ("region", test_region);
  ADD ("corrections-at-once", test_corrections_at_once);
  ADD ("wire", test_wire);
  ADD ("strange-metadata", test_strange_metadata);
  ADD ("error-inside", test_error_inside);
  ADD ("learns", test_learns);
  ADD ("restore", test_restore);

  return g_test_run ();
}
