/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Buckets to test in. The thread of the test. */

#include "contract-s3-place.h"

#include "provider/s3/terrace-s3-provider.h"
#include "terrace-test-support.h"

#include <string.h>

static const char *
from_environment (const char *name)
{
  const char *value = g_getenv (name);

  if (value == NULL)
    g_error ("%s is not set: run this by tests/servers/ceph.py", name);
  return value;
}

const char *
contract_s3_get_endpoint (void)
{
  return from_environment ("TERRACE_TEST_S3_ENDPOINT");
}

TerraceSecret *
contract_s3_get_secret (void)
{
  return terrace_secret_new (from_environment ("TERRACE_TEST_S3_ACCESS_KEY"),
                             from_environment ("TERRACE_TEST_S3_SECRET_KEY"), NULL);
}

static TerraceCredentials *
make_credentials (const char *root)
{
  TerraceCredentials *credentials = terrace_credentials_new_memory ();
  g_autoptr (TerraceSecret) secret = contract_s3_get_secret ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  terrace_credentials_store_async (credentials, root, "test", secret, NULL,
                                   terrace_test_store_result, &result);
  terrace_test_await (&result);
  g_assert_true (terrace_credentials_store_finish (credentials, result, &error));
  g_assert_no_error (error);

  return credentials;
}

TerraceS3Response *
contract_s3_ask (gpointer place, TerraceS3Request *request)
{
  ContractS3Place *self = place;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  TerraceS3Response *response;

  terrace_s3_client_send_async (self->client, request, NULL, terrace_test_store_result, &result);
  terrace_test_await (&result);
  response = terrace_s3_client_send_finish (self->client, result, &error);
  g_assert_no_error (error);

  return response;
}

gpointer
contract_s3_set_up (void)
{
  static guint n_buckets;
  ContractS3Place *self = g_new0 (ContractS3Place, 1);
  g_autoptr (TerraceS3Response) response = NULL;
  g_autoptr (GError) error = NULL;
  TerraceS3Address *address;

  self->root = g_strdup_printf ("%s/bucket-%u", contract_s3_get_endpoint (), n_buckets++);
  self->credentials = make_credentials (self->root);
  self->worker = terrace_worker_new ("test-files", 2);
  self->clock = terrace_clock_new ();
  address = terrace_s3_address_parse (self->root, &error);
  g_assert_no_error (error);
  self->client =
      terrace_s3_client_new (address, self->root, self->credentials, self->worker, self->clock);
  response = contract_s3_ask (self, terrace_s3_request_new ("PUT", NULL));
  g_assert_cmpuint (response->status, ==, 200);

  return self;
}

TerraceProvider *
contract_s3_make_other (gpointer place,
                        const char *root,
                        TerraceCredentials *credentials,
                        TerraceClock *clock)
{
  static const char *const classes[] = { "aws/STANDARD", "aws/STANDARD_IA", "aws/GLACIER", NULL };
  ContractS3Place *self = place;
  g_autoptr (TerraceLocation) location =
      terrace_location_new (TERRACE_LOCATION_S3, "test", root != NULL ? root : self->root, classes);
  g_autoptr (GError) error = NULL;
  TerraceS3Provider *provider =
      terrace_s3_provider_new (location, credentials != NULL ? credentials : self->credentials,
                               self->worker, clock != NULL ? clock : self->clock, &error);

  g_assert_no_error (error);
  return TERRACE_PROVIDER (provider);
}

TerraceProvider *
contract_s3_make_provider (gpointer place)
{
  return contract_s3_make_other (place, NULL, NULL, NULL);
}

void
contract_s3_overwrite (gpointer place, const char *key, GBytes *bytes)
{
  TerraceS3Request *request = terrace_s3_request_new ("PUT", key);
  g_autoptr (TerraceS3Response) response = NULL;

  request->body = g_bytes_ref (bytes);
  response = contract_s3_ask (place, request);
  g_assert_cmpuint (response->status, ==, 200);
}

static guint
count (GBytes *body, const char *what)
{
  gsize length;
  const char *data = g_bytes_get_data (body, &length);
  g_autofree char *text = g_strndup (data, length);
  guint n = 0;

  for (const char *p = strstr (text, what); p != NULL; p = strstr (p + 1, what))
    n++;

  return n;
}

guint
contract_s3_count_uploads (gpointer place)
{
  TerraceS3Request *request = terrace_s3_request_new ("GET", NULL);
  g_autoptr (TerraceS3Response) response = NULL;

  terrace_s3_request_add_query (request, "uploads", "");
  response = contract_s3_ask (place, request);
  g_assert_cmpuint (response->status, ==, 200);

  return count (response->body, "<UploadId>");
}

/* Reserved objects too; no test that counts has more than one page of them. */
guint
contract_s3_count_traces (gpointer place)
{
  TerraceS3Request *request = terrace_s3_request_new ("GET", NULL);
  g_autoptr (TerraceS3Response) response = NULL;

  terrace_s3_request_add_query (request, "list-type", "2");
  response = contract_s3_ask (place, request);
  g_assert_cmpuint (response->status, ==, 200);
  g_assert_cmpuint (count (response->body, "<IsTruncated>false"), ==, 1);

  return count (response->body, "<Key>") + contract_s3_count_uploads (place);
}

void
contract_s3_tear_down (gpointer place)
{
  ContractS3Place *self = place;
  g_autoptr (GAsyncResult) result = NULL;

  g_assert_finalize_object (self->client);
  terrace_worker_shutdown_async (self->worker, NULL, terrace_test_store_result, &result);
  terrace_test_await (&result);
  g_assert_true (terrace_worker_shutdown_finish (self->worker, result, NULL));
  g_clear_object (&result);
  terrace_test_settle ();
  g_object_unref (self->worker);
  g_object_unref (self->clock);
  g_object_unref (self->credentials);
  g_free (self->root);
  g_free (self);
}
