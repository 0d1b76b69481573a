/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* More edits than these become one, so that a view is not told a thousand things. */
#define TERRACE_ORDER_DIFF_EDITS 16

/**
 * TerraceOrderEdit:
 * @position: where, in a list that the edits before have been applied to
 * @old_position: where, in the old order
 */
typedef struct
{
  guint position;
  guint old_position;
  guint n_removed;
  guint n_added;
} TerraceOrderEdit;

/* (transfer full) (element-type TerraceOrderEdit): what turns @old into @new, first to last; empty
 * if they are equal. @old, @new: (element-type gint64). */
GArray *terrace_order_diff (GArray *old, GArray *new);

G_END_DECLS
