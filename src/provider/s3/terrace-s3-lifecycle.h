/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* Lifecycle rules of S3 as text. Any thread. */

G_BEGIN_DECLS

/**
 * terrace_s3_lifecycle_merge:
 * @rules: what the bucket has; empty if it has none
 * @rule: a Rule element with an ID
 *
 * Returns: (transfer full) (nullable): @rules with @rule in place of the one of the same ID, or
 *   behind them; all others are as they were. %TERRACE_ERROR_INVALID if @rule is none.
 */
GBytes *terrace_s3_lifecycle_merge (GBytes *rules, GBytes *rule, GError **error);

G_END_DECLS
