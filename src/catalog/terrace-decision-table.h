/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "catalog/terrace-catalog.h"

/* Rows of decision, the regret ledger, and of prediction_score. Money in billionths, days since
 * 1970 in UTC. */

G_BEGIN_DECLS

/**
 * TerraceDecision:
 * @model_id: that decided, 0 for the plain rule
 * @day: of the decision
 * @expected_nanos: what it should save a month
 * @once_nanos: what the move cost
 * @settled_day: up to here what follows is known
 * @saved_nanos: against having stayed; negative for a loss
 * @best_nanos: what the best choice would have saved
 * @because: one sentence for people
 * @closed: the item has left where the decision put it: nothing more to settle
 */
typedef struct
{
  gint64 id;
  gint64 item_id;
  gint64 move_id;
  gint64 model_id;
  gint64 day;
  char *name;
  guint64 size_bytes;
  gint64 from_location_id;
  char *from_class_id;
  gint64 to_location_id;
  char *to_class_id;
  gint64 expected_nanos;
  gint64 once_nanos;
  gint64 settled_day;
  gint64 saved_nanos;
  gint64 best_nanos;
  char *because;
  gboolean closed;
} TerraceDecision;

TerraceDecision *terrace_decision_new (void);
void terrace_decision_free (TerraceDecision *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TerraceDecision, terrace_decision_free)

/* Sets decision->id; keeps the newest TERRACE_LIMIT_DECISIONS. */
gboolean terrace_decision_table_insert (TerraceConnection *connection,
                                        TerraceDecision *decision,
                                        GError **error);

/* Stores what it turned out to be: settled_day and what stands after it. */
gboolean terrace_decision_table_settle (TerraceConnection *connection,
                                        const TerraceDecision *decision,
                                        GError **error);

/* (transfer full) (element-type TerraceDecision): not closed and settled before @day, longest ago
 * first. */
GPtrArray *terrace_decision_table_unsettled (TerraceConnection *connection,
                                             gint64 day,
                                             guint limit,
                                             GError **error);

/* (transfer full) (element-type TerraceDecision): newest first, keyset by id (@before_id 0: first
 * page); @item_id 0 for all. */
GPtrArray *terrace_decision_table_page (TerraceConnection *connection,
                                        gint64 item_id,
                                        gint64 before_id,
                                        guint limit,
                                        GError **error);

/**
 * TerraceDecisionTotals:
 * Over all decisions that are kept: both sums are positive.
 */
typedef struct
{
  guint64 n_decisions;
  gint64 saved_nanos;
  gint64 lost_nanos;
  gint64 best_nanos;
} TerraceDecisionTotals;

gboolean terrace_decision_table_totals (TerraceConnection *connection,
                                        TerraceDecisionTotals *totals,
                                        GError **error);

/**
 * TerracePredictionScore:
 * @n_right: of @n_total predictions whose day came
 * @cost_ratio: what was paid to the least possible
 */
typedef struct
{
  gint64 day;
  gint64 model_id;
  guint64 n_right;
  guint64 n_total;
  double cost_ratio;
} TerracePredictionScore;

/* Replaces the row of this day and model. */
gboolean terrace_prediction_score_table_put (TerraceConnection *connection,
                                             const TerracePredictionScore *score,
                                             GError **error);

/* (transfer full) (element-type TerracePredictionScore): from @first_day on, by day and model. */
GArray *terrace_prediction_score_table_list (TerraceConnection *connection,
                                             gint64 first_day,
                                             GError **error);

G_END_DECLS
