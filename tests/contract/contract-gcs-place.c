/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Buckets to test in. The thread of the test. */

#include "contract-gcs-place.h"

#include "provider/gcs/terrace-gcs-provider.h"
#include "terrace-test-support.h"

#include <string.h>

const char *
contract_gcs_get_variable (const char *name)
{
  const char *value = g_getenv (name);

  if (value == NULL)
    g_error ("%s is not set: run this by tests/servers/gcs/gcs.py", name);
  return value;
}

const char *
contract_gcs_get_endpoint (void)
{
  return contract_gcs_get_variable ("TERRACE_TEST_GCS_ENDPOINT");
}

TerraceCredentials *
contract_gcs_make_credentials (const char *root, const char *name)
{
  TerraceCredentials *credentials = terrace_credentials_new_memory ();
  g_autoptr (TerraceSecret) secret = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *json = NULL;

  g_file_get_contents (contract_gcs_get_variable (name), &json, NULL, &error);
  g_assert_no_error (error);
  secret = terrace_secret_new ("service-account", json, NULL);
  terrace_credentials_store_async (credentials, root, "test", secret, NULL,
                                   terrace_test_store_result, &result);
  terrace_test_await (&result);
  g_assert_true (terrace_credentials_store_finish (credentials, result, &error));
  g_assert_no_error (error);

  return credentials;
}

static TerraceGcsResponse *
send_request (ContractGcsPlace *self, TerraceGcsRequest *request)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  TerraceGcsResponse *response;

  terrace_gcs_client_send_async (self->client, request, NULL, terrace_test_store_result, &result);
  terrace_test_await (&result);
  response = terrace_gcs_client_send_finish (self->client, result, &error);
  g_assert_no_error (error);

  return response;
}

JsonObject *
contract_gcs_ask (gpointer place, TerraceGcsRequest *request)
{
  g_autoptr (TerraceGcsResponse) response = send_request (place, request);
  g_autoptr (GError) error = NULL;
  JsonObject *answer;

  g_assert_cmpuint (response->status, ==, 200);
  answer = terrace_gcs_json_parse (response->body, &error);
  g_assert_no_error (error);

  return answer;
}

static void
add_json (TerraceGcsRequest *request, const char *json)
{
  terrace_gcs_request_add_header (request, "Content-Type", "application/json");
  g_ptr_array_add (request->body, g_bytes_new (json, strlen (json)));
}

void
contract_gcs_patch_bucket (gpointer place, const char *json)
{
  ContractGcsPlace *self = place;
  g_autofree char *path =
      terrace_gcs_address_get_path (terrace_gcs_client_get_address (self->client), NULL);
  TerraceGcsRequest *request = terrace_gcs_request_new ("PATCH", path);
  g_autoptr (JsonObject) answer = NULL;

  add_json (request, json);
  answer = contract_gcs_ask (place, request);
}

void
contract_gcs_control (gpointer place, const char *json)
{
  TerraceGcsRequest *request = terrace_gcs_request_new ("POST", "/control");
  g_autoptr (JsonObject) answer = NULL;

  add_json (request, json);
  answer = contract_gcs_ask (place, request);
}

gpointer
contract_gcs_set_up (void)
{
  static guint n_buckets;
  ContractGcsPlace *self = g_new0 (ContractGcsPlace, 1);
  TerraceGcsRequest *request = terrace_gcs_request_new ("POST", "/storage/v1/b");
  g_autoptr (JsonObject) bucket = json_object_new ();
  g_autoptr (JsonObject) made = NULL;
  g_autoptr (GError) error = NULL;
  TerraceGcsAddress *address;

  self->bucket = g_strdup_printf ("bucket-%u", n_buckets++);
  self->root = g_strdup_printf ("%s/%s", contract_gcs_get_endpoint (), self->bucket);
  self->credentials = contract_gcs_make_credentials (self->root, "TERRACE_TEST_GCS_ACCOUNT");
  self->clock = terrace_clock_new ();
  address = terrace_gcs_address_parse (self->root, &error);
  g_assert_no_error (error);
  self->client = terrace_gcs_client_new (address, self->root, self->credentials, self->clock);

  json_object_set_string_member (bucket, "name", self->bucket);
  terrace_gcs_request_add_query (request, "project", "terrace-test");
  terrace_gcs_request_set_json (request, bucket);
  made = contract_gcs_ask (self, request);

  return self;
}

TerraceProvider *
contract_gcs_make_other (gpointer place,
                         const char *root,
                         TerraceCredentials *credentials,
                         TerraceClock *clock)
{
  static const char *const classes[] = { "gcs/STANDARD", "gcs/NEARLINE", "gcs/ARCHIVE", NULL };
  ContractGcsPlace *self = place;
  g_autoptr (TerraceLocation) location =
      terrace_location_new (TERRACE_LOCATION_GCS, "test", root != NULL ? root : self->root,
                            classes);
  g_autoptr (GError) error = NULL;
  TerraceGcsProvider *provider =
      terrace_gcs_provider_new (location, credentials != NULL ? credentials : self->credentials,
                                clock != NULL ? clock : self->clock, &error);

  g_assert_no_error (error);
  return TERRACE_PROVIDER (provider);
}

TerraceProvider *
contract_gcs_make_provider (gpointer place)
{
  return contract_gcs_make_other (place, NULL, NULL, NULL);
}

void
contract_gcs_overwrite (gpointer place, const char *key, GBytes *bytes)
{
  ContractGcsPlace *self = place;
  g_autofree char *path =
      terrace_gcs_address_get_upload_path (terrace_gcs_client_get_address (self->client));
  TerraceGcsRequest *request = terrace_gcs_request_new ("POST", path);
  g_autoptr (JsonObject) resource = json_object_new ();
  g_autoptr (JsonObject) made = NULL;

  json_object_set_string_member (resource, "name", key);
  g_ptr_array_add (request->body, g_bytes_ref (bytes));
  terrace_gcs_request_make_multipart (request, resource);
  made = contract_gcs_ask (place, request);
}

/* Reserved objects too; no test that counts has more than one page of them. An upload session has
 * one that marks it. */
guint
contract_gcs_count_traces (gpointer place)
{
  ContractGcsPlace *self = place;
  g_autofree char *bucket =
      terrace_gcs_address_get_path (terrace_gcs_client_get_address (self->client), NULL);
  g_autofree char *path = g_strconcat (bucket, "/o", NULL);
  TerraceGcsRequest *request = terrace_gcs_request_new ("GET", path);
  g_autoptr (JsonObject) answer = NULL;
  JsonArray *items;

  terrace_gcs_request_add_query (request, "fields", "items(name),nextPageToken");
  request->limit_bytes = 8 * 1024 * 1024;
  answer = contract_gcs_ask (place, request);
  g_assert_null (terrace_gcs_json_get_string (answer, "nextPageToken"));
  items = terrace_gcs_json_get_array (answer, "items");

  return items != NULL ? json_array_get_length (items) : 0;
}

void
contract_gcs_tear_down (gpointer place)
{
  ContractGcsPlace *self = place;

  g_assert_finalize_object (self->client);
  terrace_test_settle ();
  g_object_unref (self->clock);
  g_object_unref (self->credentials);
  g_free (self->bucket);
  g_free (self->root);
  g_free (self);
}
