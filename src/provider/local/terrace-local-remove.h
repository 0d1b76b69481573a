/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "provider/local/terrace-local-root.h"

G_BEGIN_DECLS

/* Removes exactly the file that had @version. Blocks; worker threads. */
gboolean terrace_local_remove (TerraceLocalRoot *root,
                               const char *key,
                               const char *version,
                               const char *token,
                               GError **error);

G_END_DECLS
