/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/terrace-clock.h"
#include "provider/terrace-credentials.h"
#include "provider/terrace-provider.h"

/* A bucket of Google Cloud Storage, by its JSON API and the key of a service account. */

G_BEGIN_DECLS

#define TERRACE_TYPE_GCS_PROVIDER (terrace_gcs_provider_get_type ())
G_DECLARE_FINAL_TYPE (TerraceGcsProvider, terrace_gcs_provider, TERRACE, GCS_PROVIDER, GObject)

/**
 * terrace_gcs_provider_new:
 * @location: of kind GCS; what is needed of it is copied
 * @credentials: asked when the first request is made
 *
 * Returns: (transfer full) (nullable): %TERRACE_ERROR_INVALID if the location's root is no address
 *   of a bucket
 */
TerraceGcsProvider *terrace_gcs_provider_new (TerraceLocation *location,
                                              TerraceCredentials *credentials,
                                              TerraceClock *clock,
                                              GError **error);

G_END_DECLS
