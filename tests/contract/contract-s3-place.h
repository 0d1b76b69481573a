/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "contract-suite.h"
#include "provider/s3/terrace-s3-client.h"
#include "provider/terrace-credentials.h"
#include "base/terrace-worker.h"

/* A fresh bucket on the server that tests/servers/ has started, with a client of its own to do what
 * somebody else would do there. */

G_BEGIN_DECLS

typedef struct
{
  char *root;
  TerraceCredentials *credentials;
  TerraceWorker *worker;
  TerraceClock *clock;
  TerraceS3Client *client;
} ContractS3Place;

/* The server's address without a bucket, and its keys. */
const char *contract_s3_get_endpoint (void);
TerraceSecret *contract_s3_get_secret (void);

gpointer contract_s3_set_up (void);
TerraceProvider *contract_s3_make_provider (gpointer place);
void contract_s3_overwrite (gpointer place, const char *key, GBytes *bytes);
guint contract_s3_count_traces (gpointer place);
void contract_s3_tear_down (gpointer place);

/* (transfer full): a provider of the bucket at @root with what is not %NULL of the others, the
 * place's own otherwise. */
TerraceProvider *contract_s3_make_other (gpointer place,
                                         const char *root,
                                         TerraceCredentials *credentials,
                                         TerraceClock *clock);

/* (transfer full): the answer to @request (transfer full), of whatever status. */
TerraceS3Response *contract_s3_ask (gpointer place, TerraceS3Request *request);

/* Unfinished uploads in the bucket. */
guint contract_s3_count_uploads (gpointer place);

/* The tests that only S3 has. */
void contract_s3_add_own (const ContractFactory *factory);

G_END_DECLS
