/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "contract-suite.h"
#include "provider/gcs/terrace-gcs-client.h"
#include "provider/terrace-credentials.h"

/* A fresh bucket on the server that tests/servers/ has started, with a client of its own to do what
 * somebody else would do there. */

G_BEGIN_DECLS

typedef struct
{
  char *root;
  char *bucket;
  TerraceCredentials *credentials;
  TerraceClock *clock;
  TerraceGcsClient *client;
} ContractGcsPlace;

/* The server's address without a bucket. */
const char *contract_gcs_get_endpoint (void);
const char *contract_gcs_get_variable (const char *name);
/* (transfer full): that hold the key of the account that the variable @name names, for @root. */
TerraceCredentials *contract_gcs_make_credentials (const char *root, const char *name);

gpointer contract_gcs_set_up (void);
TerraceProvider *contract_gcs_make_provider (gpointer place);
void contract_gcs_overwrite (gpointer place, const char *key, GBytes *bytes);
guint contract_gcs_count_traces (gpointer place);
void contract_gcs_tear_down (gpointer place);

/* (transfer full): a provider of the bucket at @root with what is not %NULL of the others, the
 * place's own otherwise. */
TerraceProvider *contract_gcs_make_other (gpointer place,
                                          const char *root,
                                          TerraceCredentials *credentials,
                                          TerraceClock *clock);

/* (transfer full): the answer to @request (transfer full), which has to be a good one. */
JsonObject *contract_gcs_ask (gpointer place, TerraceGcsRequest *request);
/* Changes the bucket by @json. */
void contract_gcs_patch_bucket (gpointer place, const char *json);
/* Asks our own server for a fault. */
void contract_gcs_control (gpointer place, const char *json);

/* The tests that only GCS has. */
void contract_gcs_add_own (const ContractFactory *factory);

G_END_DECLS
