/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

/* JSON text of a price sheet as a tree, more strictly than json-glib alone. Private to insight. */

G_BEGIN_DECLS

/**
 * terrace_price_json_load:
 * @bytes: anything
 * @file_name: for messages
 *
 * Returns: (transfer full) (nullable): the root, or %NULL and %TERRACE_ERROR_INVALID for what is
 *   too large, not UTF-8, nested too deeply, not JSON, not an object, or names a member twice
 */
JsonNode *terrace_price_json_load (GBytes *bytes, const char *file_name, GError **error);

G_END_DECLS
