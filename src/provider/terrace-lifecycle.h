/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "provider/terrace-provider.h"

/* Changes one lifecycle rule of a bucket and leaves all others alone. Main thread. */

G_BEGIN_DECLS

/**
 * terrace_lifecycle_put_rule_async:
 * @rule: in the place's own words: a Rule element of S3, which must have an ID, or a rule object of
 *   Google Cloud Storage
 *
 * Reads the rules, puts @rule in the place of the one that it replaces, or behind them, and writes
 * them back. S3 offers no guard against somebody who writes rules in the same moment; where the
 * place has one, the rules are read again.
 */
void terrace_lifecycle_put_rule_async (TerraceProvider *provider,
                                       GBytes *rule,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data);
gboolean
terrace_lifecycle_put_rule_finish (TerraceProvider *provider, GAsyncResult *result, GError **error);

G_END_DECLS
