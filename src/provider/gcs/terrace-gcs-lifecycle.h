/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* Lifecycle rules of Google Cloud Storage as text. Any thread. */

G_BEGIN_DECLS

/**
 * terrace_gcs_lifecycle_merge:
 * @rules: what the bucket has; empty if it has none
 * @rule: an object with action and condition
 *
 * Google's rules have no names: one that does the same to the same objects, though after another
 * time, is taken for the older form of @rule.
 *
 * Returns: (transfer full) (nullable): @rules with @rule in place of its older form, or behind
 *   them; all others are as they were. %TERRACE_ERROR_INVALID if @rule is none.
 */
GBytes *terrace_gcs_lifecycle_merge (GBytes *rules, GBytes *rule, GError **error);

G_END_DECLS
