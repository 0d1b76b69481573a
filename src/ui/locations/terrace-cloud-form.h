/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "model/terrace-enums.h"
#include "provider/terrace-credentials.h"

/* What a person types about a cloud location, and what becomes of it: an address and a secret.
 * Pure: no widget. */

G_BEGIN_DECLS

/**
 * TerraceCloudForm:
 * What the entries hold; none is %NULL, those a kind does not have are "".
 * @amazon: S3: Amazon's own, whose address follows from the region
 * @address: of the service; "" for the kind's usual one
 * @account: Azure
 * @bucket: or the container
 * @secret_key: S3: the secret key; Azure: account key, shared access signature or connection
 * string; Google Cloud: the text of the service account's file
 * @unencrypted: plain HTTP is meant
 */
typedef struct
{
  TerraceLocationKind kind;
  gboolean amazon;
  const char *address;
  const char *region;
  const char *account;
  const char *bucket;
  const char *access_key;
  const char *secret_key;
  const char *session_token;
  gboolean unencrypted;
} TerraceCloudForm;

/* (transfer full) (nullable): the location's root, as far as it can be told; %NULL while something
 * that the kind needs is missing. */
char *terrace_cloud_form_get_root (const TerraceCloudForm *self);
/* (transfer full) (nullable): %NULL while something is missing. */
TerraceSecret *terrace_cloud_form_get_secret (const TerraceCloudForm *self);
/* Whether the address says "http:", to another computer. */
gboolean terrace_cloud_form_is_plain (const TerraceCloudForm *self);
/* "aws", "azure", "gcs": whose price sheet the kind begins with. */
const char *terrace_cloud_form_get_sheet (TerraceLocationKind kind);

G_END_DECLS
