/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

/* Trained trees laid out flat, to be asked about many rows quickly: eight bytes a node, the two
 * children side by side, several rows walked down a tree at once without a branch. Gives what the
 * library that trained them gives. Rows must be free of NaN. Immutable once built; any thread. */

G_BEGIN_DECLS

typedef struct _TerraceTrees TerraceTrees;

TerraceTrees *terrace_trees_new (void);
void terrace_trees_free (TerraceTrees *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TerraceTrees, terrace_trees_free)

/**
 * terrace_trees_add_dump:
 * @dump: one tree, as XGBoost writes it in its "text" format
 *
 * Returns: %FALSE and %TERRACE_ERROR_CORRUPT if that is no tree
 */
gboolean
terrace_trees_add_dump (TerraceTrees *self, const char *dump, int n_features, GError **error);

/**
 * terrace_trees_evaluate:
 * @rows: (array length=n_rows*n_features)
 * @results: (out caller-allocates) (array length=n_rows): the sum over the trees
 */
void terrace_trees_evaluate (const TerraceTrees *self,
                             const float *rows,
                             guint n_rows,
                             int n_features,
                             float *results);

guint terrace_trees_get_n_nodes (const TerraceTrees *self);

G_END_DECLS
