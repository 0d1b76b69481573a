/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/terrace-worker.h"
#include "provider/terrace-provider.h"

/* A folder of this machine, and the sandbox, which is a folder that pretends. */

G_BEGIN_DECLS

#define TERRACE_TYPE_LOCAL_PROVIDER (terrace_local_provider_get_type ())
G_DECLARE_FINAL_TYPE (TerraceLocalProvider,
                      terrace_local_provider,
                      TERRACE,
                      LOCAL_PROVIDER,
                      GObject)

/**
 * terrace_local_provider_new:
 * @location: of kind local or sandbox, its root absolute; what is needed of it is copied
 * @worker: does all that blocks
 *
 * Returns: (transfer full): a provider
 */
TerraceLocalProvider *terrace_local_provider_new (TerraceLocation *location, TerraceWorker *worker);

G_END_DECLS
