/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Rows of decision and prediction_score. Catalogue threads. */

#include "config.h"

#include "catalog/terrace-connection-private.h"
#include "catalog/terrace-decision-table.h"

#include "base/terrace-limits.h"

#include <glib/gi18n-lib.h>

#define COLUMNS                                                                          \
  "item_id, move_id, model_id, day, name, size_bytes, from_location_id, from_class_id, " \
  "to_location_id, to_class_id, expected_nanos, once_nanos, settled_day, saved_nanos, "  \
  "best_nanos, because, closed"

/* --- decisions -------------------------------------------------------------------------------- */

TerraceDecision *
terrace_decision_new (void)
{
  return g_new0 (TerraceDecision, 1);
}

void
terrace_decision_free (TerraceDecision *self)
{
  g_free (self->name);
  g_free (self->from_class_id);
  g_free (self->to_class_id);
  g_free (self->because);
  g_free (self);
}

static void
bind_settled (TerraceStatement *statement, const TerraceDecision *decision)
{
  terrace_statement_bind_int64 (statement, decision->settled_day);
  terrace_statement_bind_int64 (statement, decision->saved_nanos);
  terrace_statement_bind_int64 (statement, decision->best_nanos);
  terrace_statement_bind_text_or_empty (statement, decision->because);
  terrace_statement_bind_int64 (statement, decision->closed != FALSE);
}

static gboolean
drop_old (TerraceConnection *connection, gint64 newest_id, GError **error)
{
  static const char SQL[] = "DELETE FROM decision WHERE id <= ?";
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;

  if (!terrace_statement_prepare (&statement, connection, SQL, error))
    return FALSE;
  terrace_statement_bind_int64 (&statement, newest_id - TERRACE_LIMIT_DECISIONS);
  return terrace_statement_run (&statement, error);
}

gboolean
terrace_decision_table_insert (TerraceConnection *connection,
                               TerraceDecision *decision,
                               GError **error)
{
  static const char SQL[] = "INSERT INTO decision (" COLUMNS ")"
                            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;

  g_return_val_if_fail (decision != NULL && decision->id == 0, FALSE);

  if (!terrace_statement_prepare (&statement, connection, SQL, error))
    return FALSE;
  terrace_statement_bind_int64 (&statement, decision->item_id);
  terrace_statement_bind_int64 (&statement, decision->move_id);
  terrace_statement_bind_int64 (&statement, decision->model_id);
  terrace_statement_bind_int64 (&statement, decision->day);
  terrace_statement_bind_text_or_empty (&statement, decision->name);
  terrace_statement_bind_int64 (&statement, (gint64) decision->size_bytes);
  terrace_statement_bind_int64 (&statement, decision->from_location_id);
  terrace_statement_bind_text_or_empty (&statement, decision->from_class_id);
  terrace_statement_bind_int64 (&statement, decision->to_location_id);
  terrace_statement_bind_text_or_empty (&statement, decision->to_class_id);
  terrace_statement_bind_int64 (&statement, decision->expected_nanos);
  terrace_statement_bind_int64 (&statement, decision->once_nanos);
  bind_settled (&statement, decision);
  if (!terrace_statement_run (&statement, error))
    return FALSE;
  decision->id = terrace_connection_get_last_id (connection);
  return drop_old (connection, decision->id, error);
}

gboolean
terrace_decision_table_settle (TerraceConnection *connection,
                               const TerraceDecision *decision,
                               GError **error)
{
  static const char SQL[] = "UPDATE decision SET settled_day = ?, saved_nanos = ?, best_nanos = ?,"
                            " because = ?, closed = ? WHERE id = ?";
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;

  g_return_val_if_fail (decision != NULL, FALSE);

  if (!terrace_statement_prepare (&statement, connection, SQL, error))
    return FALSE;
  bind_settled (&statement, decision);
  terrace_statement_bind_int64 (&statement, decision->id);
  return terrace_statement_run (&statement, error) &&
         terrace_connection_require_change (connection, _ ("This decision is not kept any more"),
                                            error);
}

static TerraceDecision *
read_decision (TerraceStatement *statement)
{
  TerraceDecision *decision = terrace_decision_new ();

  decision->id = terrace_statement_read_int64 (statement);
  decision->item_id = terrace_statement_read_int64 (statement);
  decision->move_id = terrace_statement_read_int64 (statement);
  decision->model_id = terrace_statement_read_int64 (statement);
  decision->day = terrace_statement_read_int64 (statement);
  decision->name = terrace_statement_read_text (statement);
  decision->size_bytes = (guint64) terrace_statement_read_int64 (statement);
  decision->from_location_id = terrace_statement_read_int64 (statement);
  decision->from_class_id = terrace_statement_read_text (statement);
  decision->to_location_id = terrace_statement_read_int64 (statement);
  decision->to_class_id = terrace_statement_read_text (statement);
  decision->expected_nanos = terrace_statement_read_int64 (statement);
  decision->once_nanos = terrace_statement_read_int64 (statement);
  decision->settled_day = terrace_statement_read_int64 (statement);
  decision->saved_nanos = terrace_statement_read_int64 (statement);
  decision->best_nanos = terrace_statement_read_int64 (statement);
  decision->because = terrace_statement_read_text (statement);
  decision->closed = terrace_statement_read_int64 (statement) != 0;
  return decision;
}

static GPtrArray *
read_decisions (TerraceStatement *statement, GError **error)
{
  g_autoptr (GPtrArray) decisions =
      g_ptr_array_new_with_free_func ((GDestroyNotify) terrace_decision_free);
  TerraceStep step;

  while ((step = terrace_statement_step (statement, error)) == TERRACE_STEP_ROW)
    g_ptr_array_add (decisions, read_decision (statement));
  return step == TERRACE_STEP_DONE ? g_steal_pointer (&decisions) : NULL;
}

GPtrArray *
terrace_decision_table_unsettled (TerraceConnection *connection,
                                  gint64 day,
                                  guint limit,
                                  GError **error)
{
  static const char SQL[] = "SELECT id, " COLUMNS " FROM decision WHERE closed = 0 AND"
                            " settled_day < ? ORDER BY settled_day LIMIT ?";
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;

  if (!terrace_statement_prepare (&statement, connection, SQL, error))
    return NULL;
  terrace_statement_bind_int64 (&statement, day);
  terrace_statement_bind_int64 (&statement, limit);
  return read_decisions (&statement, error);
}

GPtrArray *
terrace_decision_table_page (TerraceConnection *connection,
                             gint64 item_id,
                             gint64 before_id,
                             guint limit,
                             GError **error)
{
  static const char ALL[] =
      "SELECT id, " COLUMNS " FROM decision WHERE id < ? ORDER BY id DESC LIMIT ?";
  static const char OF_ITEM[] = "SELECT id, " COLUMNS " FROM decision WHERE id < ? AND item_id = ?"
                                " ORDER BY id DESC LIMIT ?";
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;

  if (!terrace_statement_prepare (&statement, connection, item_id == 0 ? ALL : OF_ITEM, error))
    return NULL;
  terrace_statement_bind_int64 (&statement, before_id == 0 ? G_MAXINT64 : before_id);
  if (item_id != 0)
    terrace_statement_bind_int64 (&statement, item_id);
  terrace_statement_bind_int64 (&statement, limit);
  return read_decisions (&statement, error);
}

gboolean
terrace_decision_table_totals (TerraceConnection *connection,
                               TerraceDecisionTotals *totals,
                               GError **error)
{
  static const char SQL[] =
      "SELECT count (*), coalesce (sum (max (saved_nanos, 0)), 0),"
      " coalesce (sum (max (-saved_nanos, 0)), 0), coalesce (sum (best_nanos), 0) FROM decision";
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;

  g_return_val_if_fail (totals != NULL, FALSE);

  if (!terrace_statement_prepare (&statement, connection, SQL, error) ||
      terrace_statement_step (&statement, error) != TERRACE_STEP_ROW)
    return FALSE;
  totals->n_decisions = (guint64) terrace_statement_read_int64 (&statement);
  totals->saved_nanos = terrace_statement_read_int64 (&statement);
  totals->lost_nanos = terrace_statement_read_int64 (&statement);
  totals->best_nanos = terrace_statement_read_int64 (&statement);
  return TRUE;
}

/* --- scores ----------------------------------------------------------------------------------- */

gboolean
terrace_prediction_score_table_put (TerraceConnection *connection,
                                    const TerracePredictionScore *score,
                                    GError **error)
{
  static const char SQL[] = "INSERT OR REPLACE INTO prediction_score (day, model_id, n_right,"
                            " n_total, cost_ratio) VALUES (?, ?, ?, ?, ?)";
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;

  g_return_val_if_fail (score != NULL, FALSE);

  if (!terrace_statement_prepare (&statement, connection, SQL, error))
    return FALSE;
  terrace_statement_bind_int64 (&statement, score->day);
  terrace_statement_bind_int64 (&statement, score->model_id);
  terrace_statement_bind_int64 (&statement, (gint64) score->n_right);
  terrace_statement_bind_int64 (&statement, (gint64) score->n_total);
  terrace_statement_bind_double (&statement, score->cost_ratio);
  return terrace_statement_run (&statement, error);
}

GArray *
terrace_prediction_score_table_list (TerraceConnection *connection,
                                     gint64 first_day,
                                     GError **error)
{
  static const char SQL[] = "SELECT day, model_id, n_right, n_total, cost_ratio"
                            " FROM prediction_score WHERE day >= ? ORDER BY day, model_id";
  g_autoptr (GArray) scores = g_array_new (FALSE, FALSE, sizeof (TerracePredictionScore));
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;
  TerraceStep step;

  if (!terrace_statement_prepare (&statement, connection, SQL, error))
    return NULL;
  terrace_statement_bind_int64 (&statement, first_day);
  while ((step = terrace_statement_step (&statement, error)) == TERRACE_STEP_ROW)
    {
      TerracePredictionScore score;

      score.day = terrace_statement_read_int64 (&statement);
      score.model_id = terrace_statement_read_int64 (&statement);
      score.n_right = (guint64) terrace_statement_read_int64 (&statement);
      score.n_total = (guint64) terrace_statement_read_int64 (&statement);
      score.cost_ratio = terrace_statement_read_double (&statement);
      g_array_append_val (scores, score);
    }
  return step == TERRACE_STEP_DONE ? g_steal_pointer (&scores) : NULL;
}
