/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Servers that prove who they are, and servers that do not: to those nothing is sent. */

#include "s3-fixture.h"

#include "base/terrace-error.h"
#include "terrace-test-support.h"

#include <string.h>

static void
test_good (S3Fixture *fixture, gconstpointer data)
{
  g_autoptr (TerraceListing) listing = NULL;
  g_autoptr (GError) error = NULL;

  fault_server_answer (fixture->server, "200 OK", NULL, "<ListBucketResult/>");
  listing = s3_fixture_list (fixture, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (fault_server_get_n_requests (fixture->server), ==, 1);
}

static void
assert_refused (S3Fixture *fixture, const char *words)
{
  g_autoptr (GError) error = NULL;

  fault_server_answer (fixture->server, "200 OK", NULL, "<ListBucketResult/>");
  g_assert_null (s3_fixture_list (fixture, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_PERMISSION);
  g_assert_nonnull (strstr (error->message, words));
  g_assert_false (terrace_error_is_retryable (error));
  terrace_test_settle ();
  g_assert_cmpuint (fault_server_get_n_requests (fixture->server), ==, 0);
}

static void
test_elsewhere (S3Fixture *fixture, gconstpointer data)
{
  assert_refused (fixture, "another name");
}

static void
test_expired (S3Fixture *fixture, gconstpointer data)
{
  assert_refused (fixture, "expired");
}

static void
test_self_signed (S3Fixture *fixture, gconstpointer data)
{
  assert_refused (fixture, "vouches");
}

/* What is sent over TLS need not be hashed for the signature where a checksum protects it. */
static void
test_unsigned_payload (S3Fixture *fixture, gconstpointer data)
{
  TerraceWriteOptions options = { "token", 9, 10, NULL, NULL };
  g_autoptr (GAsyncResult) result = NULL;
  const char *request;

  fault_server_answer (fixture->server, "403 Forbidden", NULL, "");
  fault_server_answer (fixture->server, "404 Not Found", NULL, "");
  terrace_provider_begin_async (fixture->provider, "key", &options, NULL, terrace_test_store_result,
                                &result);
  terrace_test_await (&result);
  g_free (terrace_provider_begin_finish (fixture->provider, result, NULL));

  request = fault_server_get_request (fixture->server, 0);
  g_assert_nonnull (strstr (request, "x-amz-content-sha256: UNSIGNED-PAYLOAD"));
  g_assert_nonnull (strstr (request, "x-amz-checksum-crc64nvme: "));
  request = fault_server_get_request (fixture->server, 1);
  g_assert_null (strstr (request, "UNSIGNED-PAYLOAD"));
}

/* This computer trusts the authority of the tests, and nobody else. */
static void
trust_authority (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "tls", "ca.pem", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GTlsDatabase) database = g_tls_file_database_new (path, &error);

  g_assert_no_error (error);
  g_tls_backend_set_default_database (g_tls_backend_get_default (), database);
}

#define ADD(name, file, function)                                                  \
  g_test_add ("/provider/tls/" name, S3Fixture, file, s3_fixture_set_up, function, \
              s3_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  trust_authority ();

  ADD ("good", "good.pem", test_good);
  ADD ("elsewhere", "elsewhere.pem", test_elsewhere);
  ADD ("expired", "expired.pem", test_expired);
  ADD ("self-signed", "self-signed.pem", test_self_signed);
  ADD ("unsigned-payload", "good.pem", test_unsigned_payload);

  return g_test_run ();
}
