/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Flat trees. A node is a threshold, a feature and where its children begin; a leaf is a node that
 * nothing passes, so that a walk of the tree's depth ends in it and stays there. Trees are walked
 * one after another over blocks of rows: a tree and a block stay in the nearest caches. Any
 * thread. */

#include "config.h"

#include "insight/terrace-trees.h"

#include "base/terrace-error.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Rows walked down a tree at the same time: their loads overlap. */
#define LANES 16
#define BLOCK_ROWS 1024
#define MAX_DEPTH 64
#define MAX_FEATURES 256

/* @next: of a leaf itself. */
typedef struct
{
  float threshold;
  guint32 feature : 8;
  guint32 next : 24;
} Node;

typedef struct
{
  guint32 first;
  guint32 depth;
} Tree;

struct _TerraceTrees
{
  GArray *nodes;  /* Node */
  GArray *leaves; /* float, by node */
  GArray *trees;  /* Tree */
};

/* A line of a dump. */
typedef struct
{
  gboolean is_leaf;
  guint feature;
  float number;
  guint yes;
  guint no;
} Line;

TerraceTrees *
terrace_trees_new (void)
{
  TerraceTrees *self = g_new0 (TerraceTrees, 1);

  self->nodes = g_array_new (FALSE, FALSE, sizeof (Node));
  self->leaves = g_array_new (FALSE, FALSE, sizeof (float));
  self->trees = g_array_new (FALSE, FALSE, sizeof (Tree));
  return self;
}

void
terrace_trees_free (TerraceTrees *self)
{
  g_array_unref (self->nodes);
  g_array_unref (self->leaves);
  g_array_unref (self->trees);
  g_free (self);
}

guint
terrace_trees_get_n_nodes (const TerraceTrees *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->nodes->len;
}

/* --- Reading a dump ------------------------------------------------------------------------ */

static gboolean
skip (const char **text, const char *expected)
{
  const gsize length = strlen (expected);

  if (strncmp (*text, expected, length) != 0)
    return FALSE;
  *text += length;
  return TRUE;
}

static gboolean
read_count (const char **text, guint *count)
{
  char *end;
  const guint64 value = g_ascii_strtoull (*text, &end, 10);

  if (end == *text || value >= (1u << 24))
    return FALSE;
  *text = end;
  *count = (guint) value;
  return TRUE;
}

static gboolean
read_number (const char **text, float *number)
{
  char *end;

  *number = (float) g_ascii_strtod (*text, &end);
  if (end == *text)
    return FALSE;
  *text = end;
  return TRUE;
}

/* "3:[f2<0.5] yes=7,no=8,missing=7" or "7:leaf=0.25", and the end of the line. */
static gboolean
read_line (const char **text, guint *id, Line *line)
{
  const char *end;

  while (**text == '\t')
    (*text)++;
  if (!read_count (text, id))
    return FALSE;
  *line = (Line){ .is_leaf = skip (text, ":leaf=") };
  if (line->is_leaf ? !read_number (text, &line->number) :
                      !skip (text, ":[f") || !read_count (text, &line->feature) ||
                          !skip (text, "<") || !read_number (text, &line->number) ||
                          !skip (text, "] yes=") || !read_count (text, &line->yes) ||
                          !skip (text, ",no=") || !read_count (text, &line->no))
    return FALSE;
  end = strchr (*text, '\n');
  *text = end != NULL ? end + 1 : *text + strlen (*text);
  return TRUE;
}

/* (transfer full) (nullable): the lines by node. */
static GArray *
read_lines (const char *dump, guint n_features)
{
  g_autoptr (GArray) lines = g_array_new (FALSE, TRUE, sizeof (Line));

  while (*dump != '\0')
    {
      Line line;
      guint id;

      if (!read_line (&dump, &id, &line) || line.feature >= n_features)
        return NULL;
      if (id >= lines->len)
        g_array_set_size (lines, id + 1);
      g_array_index (lines, Line, id) = line;
    }
  return lines->len > 0 ? g_steal_pointer (&lines) : NULL;
}

/* A node waiting for its place. */
typedef struct
{
  guint id;
  guint place;
  guint depth;
} Waiting;

static void
put_children (TerraceTrees *self, const Tree *tree, const Line *line, Waiting node, GArray *waiting)
{
  const guint next = self->nodes->len;
  const Waiting children[] = {
    { line->yes, next, node.depth + 1 },
    { line->no, next + 1, node.depth + 1 },
  };

  g_array_set_size (self->nodes, next + 2);
  g_array_set_size (self->leaves, next + 2);
  g_array_append_vals (waiting, children, G_N_ELEMENTS (children));
  g_array_index (self->nodes, Node, node.place) =
      (Node){ line->number, line->feature, (next - tree->first) & 0xffffff };
  g_array_index (self->leaves, float, node.place) = 0.0f;
}

static gboolean
lay_out (TerraceTrees *self, const GArray *lines)
{
  g_autoptr (GArray) waiting = g_array_new (FALSE, FALSE, sizeof (Waiting));
  Tree tree = { self->nodes->len, 0 };
  const Waiting root = { 0, tree.first, 0 };

  g_array_set_size (self->nodes, tree.first + 1);
  g_array_set_size (self->leaves, tree.first + 1);
  g_array_append_val (waiting, root);
  for (guint i = 0; i < waiting->len; i++)
    {
      const Waiting node = g_array_index (waiting, Waiting, i);
      const Line *line = node.id < lines->len ? &g_array_index (lines, Line, node.id) : NULL;

      if (line == NULL || node.depth > MAX_DEPTH || waiting->len > 2 * lines->len)
        return FALSE;
      tree.depth = MAX (tree.depth, node.depth);
      if (!line->is_leaf)
        {
          put_children (self, &tree, line, node, waiting);
          continue;
        }
      g_array_index (self->nodes, Node, node.place) =
          (Node){ INFINITY, 0, (node.place - tree.first) & 0xffffff };
      g_array_index (self->leaves, float, node.place) = line->number;
    }
  g_array_append_val (self->trees, tree);
  return TRUE;
}

gboolean
terrace_trees_add_dump (TerraceTrees *self, const char *dump, int n_features, GError **error)
{
  g_autoptr (GArray) lines = NULL;

  g_return_val_if_fail (self != NULL && dump != NULL, FALSE);
  g_return_val_if_fail (n_features > 0 && n_features <= MAX_FEATURES, FALSE);

  lines = read_lines (dump, (guint) n_features);
  if (lines != NULL && lay_out (self, lines))
    return TRUE;
  g_set_error_literal (error, TERRACE_ERROR, TERRACE_ERROR_CORRUPT,
                       _ ("The model is damaged; train it again"));
  return FALSE;
}

/* --- Asking -------------------------------------------------------------------------------- */

/* LANES rows, from their first feature on. */
static inline void
walk_lanes (const Node *nodes,
            const float *leaves,
            guint depth,
            const float *rows,
            gsize n_features,
            float *results)
{
  guint32 at[LANES] = { 0 };

  for (guint level = 0; level < depth; level++)
    for (gsize lane = 0; lane < LANES; lane++)
      {
        const Node node = nodes[at[lane]];

        /* Nothing is as large as a leaf's threshold. */
        at[lane] = node.next + (rows[lane * n_features + node.feature] >= node.threshold);
      }
  for (int lane = 0; lane < LANES; lane++)
    results[lane] += leaves[at[lane]];
}

static inline float
walk_one (const Node *nodes, const float *leaves, guint depth, const float *row)
{
  guint32 at = 0;

  for (guint level = 0; level < depth; level++)
    at = nodes[at].next + (row[nodes[at].feature] >= nodes[at].threshold);
  return leaves[at];
}

typedef struct
{
  const TerraceTrees *trees;
  const float *rows;
  gsize n_features;
  float *results;
} Share;

static void
evaluate_block (const Share *share, guint from, guint until)
{
  for (guint i = 0; i < share->trees->trees->len; i++)
    {
      const Tree *tree = &g_array_index (share->trees->trees, Tree, i);
      const Node *nodes = &g_array_index (share->trees->nodes, Node, tree->first);
      const float *leaves = &g_array_index (share->trees->leaves, float, tree->first);
      guint row = from;

      for (; row + LANES <= until; row += LANES)
        walk_lanes (nodes, leaves, tree->depth, share->rows + row * share->n_features,
                    share->n_features, share->results + row);
      for (; row < until; row++)
        share->results[row] +=
            walk_one (nodes, leaves, tree->depth, share->rows + row * share->n_features);
    }
}

void
terrace_trees_evaluate (const TerraceTrees *self,
                        const float *rows,
                        guint n_rows,
                        int n_features,
                        float *results)
{
  const Share share = { self, rows, (gsize) n_features, results };

  g_return_if_fail (self != NULL && results != NULL && n_features > 0);

  memset (results, 0, sizeof (float) * n_rows);
  for (guint from = 0; from < n_rows; from += BLOCK_ROWS)
    evaluate_block (&share, from, MIN (from + BLOCK_ROWS, n_rows));
}
