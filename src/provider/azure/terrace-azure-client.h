/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/terrace-clock.h"
#include "base/terrace-worker.h"
#include "provider/azure/terrace-azure-address.h"
#include "provider/terrace-credentials.h"
#include "provider/terrace-http-request.h"
#include "provider/terrace-http.h"

/* One container's connection: sends requests that are signed with the account's key or carry a
 * shared access signature, and puts refusals into words. Main thread. */

G_BEGIN_DECLS

#define TERRACE_TYPE_AZURE_CLIENT (terrace_azure_client_get_type ())
G_DECLARE_FINAL_TYPE (TerraceAzureClient, terrace_azure_client, TERRACE, AZURE_CLIENT, GObject)

/**
 * TerraceAzureResponse:
 * @code: (nullable): Azure's name of the error
 */
typedef struct
{
  guint status;
  SoupMessageHeaders *headers;
  GBytes *body;
  char *code;
  guint retry_after_s;
} TerraceAzureResponse;

void terrace_azure_response_free (TerraceAzureResponse *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TerraceAzureResponse, terrace_azure_response_free)

gboolean terrace_azure_response_is_ok (const TerraceAzureResponse *self);
gboolean terrace_azure_response_has_code (const TerraceAzureResponse *self, const char *code);
const char *terrace_azure_response_get_header (const TerraceAzureResponse *self, const char *name);

/* (transfer full): takes over @address. */
TerraceAzureClient *terrace_azure_client_new (TerraceAzureAddress *address,
                                              const char *root,
                                              TerraceCredentials *credentials,
                                              TerraceWorker *worker,
                                              TerraceClock *clock);

const TerraceAzureAddress *terrace_azure_client_get_address (TerraceAzureClient *self);

/* Whether the key or signature, which must have been used already, is known to be for reading. */
gboolean terrace_azure_client_is_read_only (TerraceAzureClient *self);

/**
 * terrace_azure_client_make_source:
 * @name: of a blob
 * @seconds: how long it is to be readable, where the client can decide that
 *
 * For a server that is to fetch the blob. The client must have made a request before.
 *
 * Returns: (transfer full) (nullable): an address that everybody can read from: a secret
 */
char *terrace_azure_client_make_source (TerraceAzureClient *self, const char *name, guint seconds);

/**
 * terrace_azure_client_send_async:
 * @request: (transfer full): its key is the name of a blob; the body is sent with a checksum that
 *   the server compares
 *
 * Every answer is a success, also one that refuses; terrace_azure_client_to_error() words it.
 */
void terrace_azure_client_send_async (TerraceAzureClient *self,
                                      TerraceHttpRequest *request,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data);
TerraceAzureResponse *
terrace_azure_client_send_finish (TerraceAzureClient *self, GAsyncResult *result, GError **error);

/* (transfer full): @response, which is not ok, as an error. */
GError *terrace_azure_client_to_error (TerraceAzureClient *self,
                                       const TerraceAzureResponse *response);

G_END_DECLS
