/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "provider/terrace-provider.h"

/* What the providers share among themselves. */

G_BEGIN_DECLS

/* The rule that holds everywhere: a key has 1 to TERRACE_LIMIT_KEY_BYTES bytes. What a place adds
 * to that is its own. */
gboolean terrace_provider_check_key (const char *key, GError **error);

/* A deep copy that lives until the call ends; free with terrace_write_options_free(). */
TerraceWriteOptions *terrace_write_options_copy (const TerraceWriteOptions *self);
void terrace_write_options_free (TerraceWriteOptions *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TerraceWriteOptions, terrace_write_options_free)

TerraceListing *terrace_listing_new (void);

G_END_DECLS
