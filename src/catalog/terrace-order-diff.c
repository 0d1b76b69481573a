/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The difference of two orders of ids. Few rows move between two looks at the catalogue, so a walk
 * along both with a short look ahead finds what moved, in linear time; where it does not, the whole
 * middle is one edit, which is correct as well. Pure; called on a reader thread. */

#include "catalog/terrace-order-diff-private.h"

/* How many neighbours may come or go at one place. */
#define LOOK_AHEAD 64

typedef struct
{
  const gint64 *old;
  const gint64 *new;
  guint old_end; /* before the equal tails */
  guint new_end;
  guint i;       /* in old */
  guint j;       /* in new */
  GArray *edits; /* owned */
} Walk;

static void
add_edit (Walk *walk, guint n_removed, guint n_added)
{
  TerraceOrderEdit edit = { walk->j, walk->i, n_removed, n_added };

  if (n_removed > 0 || n_added > 0)
    g_array_append_val (walk->edits, edit);
  walk->i += n_removed;
  walk->j += n_added;
}

/* Finds the fewest rows that came or went here; %FALSE if it is more than a few. */
static gboolean
step_over (Walk *walk)
{
  guint old_left = walk->old_end - walk->i;
  guint new_left = walk->new_end - walk->j;

  for (guint k = 1; k <= LOOK_AHEAD; k++)
    {
      if (k < old_left && new_left > 0 && walk->old[walk->i + k] == walk->new[walk->j])
        {
          add_edit (walk, k, 0);
          return TRUE;
        }
      if (k < new_left && old_left > 0 && walk->old[walk->i] == walk->new[walk->j + k])
        {
          add_edit (walk, 0, k);
          return TRUE;
        }
      if (k < old_left && k < new_left && walk->old[walk->i + k] == walk->new[walk->j + k])
        {
          add_edit (walk, k, k);
          return TRUE;
        }
    }
  return FALSE;
}

static void
walk_along (Walk *walk)
{
  while (walk->i < walk->old_end && walk->j < walk->new_end)
    {
      if (walk->old[walk->i] == walk->new[walk->j])
        {
          walk->i++;
          walk->j++;
        }
      else if (walk->edits->len + 1 >= TERRACE_ORDER_DIFF_EDITS || !step_over (walk))
        break;
    }
  add_edit (walk, walk->old_end - walk->i, walk->new_end - walk->j);
}

GArray *
terrace_order_diff (GArray *old, GArray *new)
{
  Walk walk = {
    (const gint64 *) (void *) old->data,
    (const gint64 *) (void *) new->data,
    old->len,
    new->len,
    0,
    0,
    g_array_new (FALSE, FALSE, sizeof (TerraceOrderEdit)),
  };

  while (walk.old_end > 0 && walk.new_end > 0 &&
         walk.old[walk.old_end - 1] == walk.new[walk.new_end - 1])
    {
      walk.old_end--;
      walk.new_end--;
    }
  walk_along (&walk);
  return walk.edits;
}
