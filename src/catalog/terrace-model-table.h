/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "catalog/terrace-catalog.h"

/* Rows of model: trained models, their scores, and which of a kind decides. */

G_BEGIN_DECLS

/**
 * TerraceModelRow:
 * @kind: what it foretells: "tier", "reads"
 * @version: counts up within a kind; set when it is inserted
 * @n_rows: it was trained on
 * @seed: the same seed and rows give the same model
 * @score: JSON about the held-back days
 * @features: (array zero-terminated=1): names, in the model's order
 * @chosen: decides in its kind
 * @bytes: (nullable): the model itself; only where it was asked for
 */
typedef struct
{
  gint64 id;
  char *kind;
  gint64 version;
  gint64 trained_us;
  guint64 n_rows;
  gint64 seed;
  char *score;
  char **features;
  gboolean chosen;
  GBytes *bytes;
} TerraceModelRow;

TerraceModelRow *terrace_model_row_new (void);
void terrace_model_row_free (TerraceModelRow *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TerraceModelRow, terrace_model_row_free)

/* Inserts @row and sets its id and version; if it is chosen, no other of its kind is from now on.
 * Keeps the newest TERRACE_LIMIT_MODELS of a kind, and the chosen one. */
gboolean
terrace_model_table_insert (TerraceConnection *connection, TerraceModelRow *row, GError **error);

/* @model_id decides in @kind; 0 for none of them (the plain rule). */
gboolean terrace_model_table_choose (TerraceConnection *connection,
                                     const char *kind,
                                     gint64 model_id,
                                     GError **error);

/* The one that decides, with its bytes; %NULL without @error if there is none. */
TerraceModelRow *
terrace_model_table_get_chosen (TerraceConnection *connection, const char *kind, GError **error);

/* With its bytes; %NULL with NOT_FOUND. */
TerraceModelRow *
terrace_model_table_get (TerraceConnection *connection, gint64 model_id, GError **error);

/* (transfer full) (element-type TerraceModelRow): newest first, without bytes; @kind %NULL for
 * all. */
GPtrArray *terrace_model_table_list (TerraceConnection *connection,
                                     const char *kind,
                                     guint limit,
                                     GError **error);

G_END_DECLS
