/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "provider/terrace-credentials.h"
#include "provider/terrace-provider.h"

/* Knows which provider serves which kind of location; nobody else includes a provider's folder.
 * Keeps one provider per location. Main thread. */

G_BEGIN_DECLS

#define TERRACE_TYPE_PROVIDER_REGISTRY (terrace_provider_registry_get_type ())
G_DECLARE_FINAL_TYPE (TerraceProviderRegistry,
                      terrace_provider_registry,
                      TERRACE,
                      PROVIDER_REGISTRY,
                      GObject)

TerraceProviderRegistry *terrace_provider_registry_new (void);

/**
 * terrace_provider_registry_get:
 * @location: stored or new
 *
 * Returns: (transfer full) (nullable): the provider of @location, made on first use;
 *   %TERRACE_ERROR_UNSUPPORTED for a kind this build does not have
 */
TerraceProvider *terrace_provider_registry_get (TerraceProviderRegistry *self,
                                                TerraceLocation *location,
                                                GError **error);

/* Where the providers of clouds find their keys; the person's keyring if nobody says otherwise.
 * Providers that are made already keep what they had. */
void terrace_provider_registry_set_credentials (TerraceProviderRegistry *self,
                                                TerraceCredentials *credentials);
TerraceCredentials *terrace_provider_registry_get_credentials (TerraceProviderRegistry *self);

/* Tests and faults: serves @location_id with @provider from now on. */
void terrace_provider_registry_override (TerraceProviderRegistry *self,
                                         gint64 location_id,
                                         TerraceProvider *provider);

/* Forgets what was made for @location_id, after the location was changed or removed. */
void terrace_provider_registry_forget (TerraceProviderRegistry *self, gint64 location_id);

/* Ends the worker threads; to be called once before the last reference goes. */
void terrace_provider_registry_shutdown_async (TerraceProviderRegistry *self,
                                               GCancellable *cancellable,
                                               GAsyncReadyCallback callback,
                                               gpointer user_data);
gboolean terrace_provider_registry_shutdown_finish (TerraceProviderRegistry *self,
                                                    GAsyncResult *result,
                                                    GError **error);

G_END_DECLS
