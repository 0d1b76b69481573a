/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "model/terrace-enums.h"
#include "provider/terrace-credentials.h"

/* Takes a key from where a person has it already. Main thread. */

G_BEGIN_DECLS

/* @from: see terrace_credentials_import_get_path(). Reads the file, if one is meant, and wipes what
 * it read. */
void terrace_cloud_import_async (const char *from,
                                 TerraceLocationKind kind,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
/* (transfer full) (nullable) */
TerraceSecret *terrace_cloud_import_finish (GAsyncResult *result, GError **error);

G_END_DECLS
