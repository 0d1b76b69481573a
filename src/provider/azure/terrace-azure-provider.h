/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/terrace-clock.h"
#include "base/terrace-worker.h"
#include "provider/terrace-credentials.h"
#include "provider/terrace-provider.h"

/* A container of Azure Blob Storage, or of an emulator or Azure Stack that speaks its protocol. */

G_BEGIN_DECLS

#define TERRACE_TYPE_AZURE_PROVIDER (terrace_azure_provider_get_type ())
G_DECLARE_FINAL_TYPE (TerraceAzureProvider,
                      terrace_azure_provider,
                      TERRACE,
                      AZURE_PROVIDER,
                      GObject)

/**
 * terrace_azure_provider_new:
 * @location: of kind AZURE; what is needed of it is copied
 * @credentials: asked when the first request is made
 * @worker: sums what is sent
 *
 * Returns: (transfer full) (nullable): %TERRACE_ERROR_INVALID if the location's root is no address
 *   of a container
 */
TerraceAzureProvider *terrace_azure_provider_new (TerraceLocation *location,
                                                  TerraceCredentials *credentials,
                                                  TerraceWorker *worker,
                                                  TerraceClock *clock,
                                                  GError **error);

/* Objects larger than this are copied by the service in its own time. For tests. */
void terrace_azure_provider_set_copy_limit (TerraceAzureProvider *self, guint64 limit_bytes);

/* How long to wait before asking again how far a copy is. For tests. */
void terrace_azure_provider_set_copy_interval (TerraceAzureProvider *self, guint interval_ms);

G_END_DECLS
