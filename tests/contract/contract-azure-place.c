/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Containers to test in. The thread of the test. */

#include "contract-azure-place.h"

#include "provider/azure/terrace-azure-name.h"
#include "provider/azure/terrace-azure-provider.h"
#include "terrace-test-support.h"

#include <string.h>

static const char *
from_environment (const char *name)
{
  const char *value = g_getenv (name);

  if (value == NULL)
    g_error ("%s is not set: run this by tests/servers/azurite.py", name);
  return value;
}

const char *
contract_azure_get_endpoint (void)
{
  return from_environment ("TERRACE_TEST_AZURE_ENDPOINT");
}

const char *
contract_azure_get_account (void)
{
  return from_environment ("TERRACE_TEST_AZURE_ACCOUNT");
}

const char *
contract_azure_get_key (void)
{
  return from_environment ("TERRACE_TEST_AZURE_KEY");
}

static TerraceCredentials *
make_credentials (const char *root, const char *access_key, const char *secret_key)
{
  TerraceCredentials *credentials = terrace_credentials_new_memory ();
  g_autoptr (TerraceSecret) secret = terrace_secret_new (access_key, secret_key, NULL);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  terrace_credentials_store_async (credentials, root, "test", secret, NULL,
                                   terrace_test_store_result, &result);
  terrace_test_await (&result);
  g_assert_true (terrace_credentials_store_finish (credentials, result, &error));
  g_assert_no_error (error);

  return credentials;
}

TerraceAzureResponse *
contract_azure_ask (gpointer place, TerraceHttpRequest *request)
{
  ContractAzurePlace *self = place;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  TerraceAzureResponse *response;

  terrace_azure_client_send_async (self->client, request, NULL, terrace_test_store_result, &result);
  terrace_test_await (&result);
  response = terrace_azure_client_send_finish (self->client, result, &error);
  g_assert_no_error (error);

  return response;
}

gpointer
contract_azure_set_up (void)
{
  static guint n_containers;
  ContractAzurePlace *self = g_new0 (ContractAzurePlace, 1);
  TerraceHttpRequest *request = terrace_http_request_new ("PUT", NULL);
  g_autoptr (TerraceAzureResponse) response = NULL;
  g_autoptr (GError) error = NULL;
  TerraceAzureAddress *address;

  self->root = g_strdup_printf ("%s/container-%u", contract_azure_get_endpoint (), n_containers++);
  self->credentials =
      make_credentials (self->root, contract_azure_get_account (), contract_azure_get_key ());
  self->worker = terrace_worker_new ("test-files", 2);
  self->clock = terrace_clock_new ();
  address = terrace_azure_address_parse (self->root, &error);
  g_assert_no_error (error);
  self->client =
      terrace_azure_client_new (address, self->root, self->credentials, self->worker, self->clock);
  terrace_http_request_add_query (request, "restype", "container");
  response = contract_azure_ask (self, request);
  g_assert_cmpuint (response->status, ==, 201);

  return self;
}

static TerraceProvider *
make (ContractAzurePlace *self, const char *root, TerraceCredentials *credentials)
{
  static const char *const classes[] = { "azure/Hot", "azure/Cool", "azure/Archive", NULL };
  g_autoptr (TerraceLocation) location =
      terrace_location_new (TERRACE_LOCATION_AZURE, "test", root, classes);
  g_autoptr (GError) error = NULL;
  TerraceAzureProvider *provider =
      terrace_azure_provider_new (location, credentials, self->worker, self->clock, &error);

  g_assert_no_error (error);
  return TERRACE_PROVIDER (provider);
}

TerraceProvider *
contract_azure_make_other (gpointer place,
                           const char *root,
                           const char *access_key,
                           const char *secret_key)
{
  ContractAzurePlace *self = place;
  const char *other_root = root != NULL ? root : self->root;
  g_autoptr (TerraceCredentials) credentials =
      make_credentials (other_root, access_key, secret_key);

  return make (self, other_root, credentials);
}

TerraceProvider *
contract_azure_make_provider (gpointer place)
{
  ContractAzurePlace *self = place;

  return make (self, self->root, self->credentials);
}

void
contract_azure_overwrite (gpointer place, const char *key, GBytes *bytes)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *name = terrace_azure_name_from_key (key, &error);
  TerraceHttpRequest *request = terrace_http_request_new ("PUT", name);
  g_autoptr (TerraceAzureResponse) response = NULL;

  g_assert_no_error (error);
  terrace_http_request_add_header (request, "x-ms-blob-type", "BlockBlob");
  request->body = g_bytes_ref (bytes);
  response = contract_azure_ask (place, request);
  g_assert_cmpuint (response->status, ==, 201);
}

/* Unfinished uploads too; no test that counts has more than one page of them. */
guint
contract_azure_count_traces (gpointer place)
{
  TerraceHttpRequest *request = terrace_http_request_new ("GET", NULL);
  g_autoptr (TerraceAzureResponse) response = NULL;
  g_autofree char *text = NULL;
  guint n = 0;

  terrace_http_request_add_query (request, "restype", "container");
  terrace_http_request_add_query (request, "comp", "list");
  terrace_http_request_add_query (request, "include", "uncommittedblobs");
  response = contract_azure_ask (place, request);
  g_assert_cmpuint (response->status, ==, 200);
  text = g_strndup (g_bytes_get_data (response->body, NULL), g_bytes_get_size (response->body));
  g_assert_nonnull (strstr (text, "<NextMarker/>"));
  for (const char *p = strstr (text, "<Blob>"); p != NULL; p = strstr (p + 1, "<Blob>"))
    n++;

  return n;
}

void
contract_azure_tear_down (gpointer place)
{
  ContractAzurePlace *self = place;
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
