/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/terrace-clock.h"
#include "base/terrace-worker.h"
#include "provider/terrace-credentials.h"
#include "provider/terrace-provider.h"

/* A bucket of Amazon S3, or of any server that speaks its protocol. */

G_BEGIN_DECLS

#define TERRACE_TYPE_S3_PROVIDER (terrace_s3_provider_get_type ())
G_DECLARE_FINAL_TYPE (TerraceS3Provider, terrace_s3_provider, TERRACE, S3_PROVIDER, GObject)

/**
 * terrace_s3_provider_new:
 * @location: of kind S3; what is needed of it is copied
 * @credentials: asked when the first request is made
 * @worker: hashes what is sent
 *
 * Returns: (transfer full) (nullable): %TERRACE_ERROR_INVALID if the location's root is no address
 *   of a bucket
 */
TerraceS3Provider *terrace_s3_provider_new (TerraceLocation *location,
                                            TerraceCredentials *credentials,
                                            TerraceWorker *worker,
                                            TerraceClock *clock,
                                            GError **error);

/* Objects larger than this are copied in parts. For tests. */
void terrace_s3_provider_set_copy_limit (TerraceS3Provider *self, guint64 limit_bytes);

G_END_DECLS
