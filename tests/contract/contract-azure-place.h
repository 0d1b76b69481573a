/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/terrace-worker.h"
#include "contract-suite.h"
#include "provider/azure/terrace-azure-client.h"
#include "provider/terrace-credentials.h"

/* A fresh container on the server that tests/servers/ has started, with a client of its own to do
 * what somebody else would do there. */

G_BEGIN_DECLS

typedef struct
{
  char *root;
  TerraceCredentials *credentials;
  TerraceWorker *worker;
  TerraceClock *clock;
  TerraceAzureClient *client;
} ContractAzurePlace;

/* The server's address with the account and without a container, and its key. */
const char *contract_azure_get_endpoint (void);
const char *contract_azure_get_account (void);
const char *contract_azure_get_key (void);

gpointer contract_azure_set_up (void);
TerraceProvider *contract_azure_make_provider (gpointer place);
void contract_azure_overwrite (gpointer place, const char *key, GBytes *bytes);
guint contract_azure_count_traces (gpointer place);
void contract_azure_tear_down (gpointer place);

/* (transfer full): a provider of the container at @root (nullable: the place's own), with this
 * secret instead of the account's key. */
TerraceProvider *contract_azure_make_other (gpointer place,
                                            const char *root,
                                            const char *access_key,
                                            const char *secret_key);

/* (transfer full): the answer to @request (transfer full), of whatever status. */
TerraceAzureResponse *contract_azure_ask (gpointer place, TerraceHttpRequest *request);

/* The tests that only Azure has. */
void contract_azure_add_own (const ContractFactory *factory);

G_END_DECLS
