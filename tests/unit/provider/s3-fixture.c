/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An S3 location whose server is the fault server. The thread of the test. */

#include "s3-fixture.h"

#include "provider/s3/terrace-s3-provider.h"
#include "terrace-fake-clock.h"
#include "terrace-test-support.h"

static TerraceProvider *
make_provider (S3Fixture *fixture, const char *scheme)
{
  static const char *const classes[] = { "aws/STANDARD", NULL };
  g_autofree char *root =
      g_strdup_printf ("%s://127.0.0.1:%u/bucket", scheme, fault_server_get_port (fixture->server));
  g_autoptr (TerraceLocation) location =
      terrace_location_new (TERRACE_LOCATION_S3, "test", root, classes);
  g_autoptr (TerraceCredentials) credentials = terrace_credentials_new_memory ();
  g_autoptr (TerraceSecret) secret =
      terrace_secret_new ("accesskey", S3_FIXTURE_SECRET_KEY, "sessiontoken");
  g_autoptr (TerraceClock) clock = terrace_fake_clock_new (S3_FIXTURE_NOW_US);
  g_autoptr (GAsyncResult) stored = NULL;
  g_autoptr (GError) error = NULL;
  TerraceS3Provider *provider;

  terrace_credentials_store_async (credentials, root, "test", secret, NULL,
                                   terrace_test_store_result, &stored);
  terrace_test_await (&stored);
  provider = terrace_s3_provider_new (location, credentials, fixture->worker, clock, &error);
  g_assert_no_error (error);

  return TERRACE_PROVIDER (provider);
}

void
s3_fixture_set_up (S3Fixture *fixture, gconstpointer data)
{
  g_autofree char *path =
      data != NULL ? g_test_build_filename (G_TEST_DIST, "tls", data, NULL) : NULL;
  g_autoptr (GTlsCertificate) certificate = NULL;
  g_autoptr (GError) error = NULL;

  if (path != NULL)
    certificate = g_tls_certificate_new_from_file (path, &error);
  g_assert_no_error (error);
  fixture->server = fault_server_new_tls (certificate);
  fixture->worker = terrace_worker_new ("test-files", 1);
  fixture->provider = make_provider (fixture, certificate != NULL ? "https" : "http");
}

void
s3_fixture_tear_down (S3Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;

  g_assert_finalize_object (fixture->provider);
  fault_server_free (fixture->server);
  terrace_worker_shutdown_async (fixture->worker, NULL, terrace_test_store_result, &result);
  terrace_test_await (&result);
  g_assert_true (terrace_worker_shutdown_finish (fixture->worker, result, NULL));
  g_clear_object (&result);
  terrace_test_settle ();
  g_object_unref (fixture->worker);
}

TerraceListing *
s3_fixture_list (S3Fixture *fixture, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  terrace_provider_list_async (fixture->provider, "", NULL, NULL, terrace_test_store_result,
                               &result);
  terrace_test_await (&result);
  return terrace_provider_list_finish (fixture->provider, result, error);
}

TerraceObjectInfo *
s3_fixture_stat (S3Fixture *fixture, const char *key, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  terrace_provider_stat_async (fixture->provider, key, NULL, terrace_test_store_result, &result);
  terrace_test_await (&result);
  return terrace_provider_stat_finish (fixture->provider, result, error);
}

GBytes *
s3_fixture_read (S3Fixture *fixture, guint64 offset, gsize length, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  terrace_provider_read_range_async (fixture->provider, "key", "abc", offset, length, NULL,
                                     terrace_test_store_result, &result);
  terrace_test_await (&result);
  return terrace_provider_read_range_finish (fixture->provider, result, error);
}
