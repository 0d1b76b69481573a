/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "catalog/terrace-catalog.h"
#include "model/terrace-policy.h"

/* Settings that belong to the data, not to a window: key to text. Also the default policy. */

G_BEGIN_DECLS

/* (transfer full) (nullable): %NULL without @error if it is not set. */
char *terrace_setting_table_get (TerraceConnection *connection, const char *key, GError **error);
/* @value: (nullable): %NULL unsets. */
gboolean terrace_setting_table_set (TerraceConnection *connection,
                                    const char *key,
                                    const char *value,
                                    GError **error);

/* Row 1 of policy; the built-in defaults if nobody stored one. */
gboolean
terrace_policy_table_get (TerraceConnection *connection, TerracePolicy *policy, GError **error);
gboolean terrace_policy_table_set (TerraceConnection *connection,
                                   const TerracePolicy *policy,
                                   GError **error);

G_END_DECLS
