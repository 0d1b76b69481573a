/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Applying the difference to the old order gives the new one, whatever the two are. */

#include "catalog/terrace-order-diff-private.h"

static GArray *
new_order (guint n, guint among)
{
  GArray *order = g_array_new (FALSE, FALSE, sizeof (gint64));

  for (guint i = 0; i < n; i++)
    {
      gint64 id = 1 + (gint64) i * among;

      g_array_append_val (order, id);
    }
  return order;
}

static GArray *
copy_order (GArray *order)
{
  GArray *copy = g_array_new (FALSE, FALSE, sizeof (gint64));

  g_array_append_vals (copy, order->data, order->len);
  return copy;
}

/* Applies the edits as a view would; returns how many there are. */
static guint
assert_applies (GArray *old, GArray *new)
{
  g_autoptr (GArray) edits = terrace_order_diff (old, new);
  g_autoptr (GArray) list = copy_order (old);

  for (guint i = 0; i < edits->len; i++)
    {
      const TerraceOrderEdit *edit = &g_array_index (edits, TerraceOrderEdit, i);

      g_assert_cmpuint (edit->n_removed + edit->n_added, >, 0);
      g_assert_cmpuint (edit->position + edit->n_removed, <=, list->len);
      if (edit->n_removed > 0)
        g_assert_cmpint (g_array_index (list, gint64, edit->position), ==,
                         g_array_index (old, gint64, edit->old_position));
      g_array_remove_range (list, edit->position, edit->n_removed);
      g_array_insert_vals (list, edit->position, &g_array_index (new, gint64, edit->position),
                           edit->n_added);
    }
  g_assert_cmpmem (list->data, list->len * sizeof (gint64), new->data, new->len * sizeof (gint64));
  g_assert_cmpuint (edits->len, <=, TERRACE_ORDER_DIFF_EDITS + 1);
  return edits->len;
}

static void
test_small (void)
{
  g_autoptr (GArray) none = new_order (0, 1);
  g_autoptr (GArray) some = new_order (10, 1);
  g_autoptr (GArray) more = new_order (20, 1);

  g_assert_cmpuint (assert_applies (none, none), ==, 0);
  g_assert_cmpuint (assert_applies (some, some), ==, 0);
  g_assert_cmpuint (assert_applies (none, some), ==, 1);
  g_assert_cmpuint (assert_applies (some, none), ==, 1);
  g_assert_cmpuint (assert_applies (some, more), ==, 1);
  g_assert_cmpuint (assert_applies (more, some), ==, 1);
}

static void
test_moved (void)
{
  g_autoptr (GArray) old = new_order (1000, 1);
  g_autoptr (GArray) new = copy_order (old);
  gint64 id = g_array_index (new, gint64, 100);

  g_array_remove_index (new, 100);
  g_array_insert_val (new, 900, id);
  g_assert_cmpuint (assert_applies (old, new), ==, 2);
  g_assert_cmpuint (assert_applies (new, old), ==, 2);
}

static void
test_reversed (void)
{
  g_autoptr (GArray) old = new_order (1000, 1);
  g_autoptr (GArray) new = g_array_new (FALSE, FALSE, sizeof (gint64));

  for (guint i = old->len; i > 0; i--)
    g_array_append_val (new, g_array_index (old, gint64, i - 1));
  assert_applies (old, new);
}

static void
test_random (void)
{
  for (guint round = 0; round < 500; round++)
    {
      g_autoptr (GArray) old = new_order ((guint) g_test_rand_int_range (0, 300), 2);
      g_autoptr (GArray) new = copy_order (old);
      int n_changes = g_test_rand_int_range (0, 40);

      for (int i = 0; i < n_changes; i++)
        {
          guint at = (guint) g_test_rand_int_range (0, (gint32) new->len + 1);
          gint64 id = 2 * (gint64) (round * 100 + (guint) i) + 2;

          if (g_test_rand_bit () || new->len == 0)
            g_array_insert_val (new, at, id);
          else
            g_array_remove_index (new, at % new->len);
        }
      assert_applies (old, new);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/order-diff/small", test_small);
  g_test_add_func ("/order-diff/moved", test_moved);
  g_test_add_func ("/order-diff/reversed", test_reversed);
  g_test_add_func ("/order-diff/random", test_random);
  return g_test_run ();
}
