/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Everything that speaks for and against each place of one object. Main thread but for
 * read_explained(). */

#include "config.h"

#include "engine/terrace-engine-private.h"
#include "insight/terrace-temperature.h"

#include <glib/gi18n-lib.h>

#define EXPLAINED_DAYS 90
#define EXPLAINED_EVENTS 50

typedef struct
{
  gint64 item_id;
  TerraceAssessor *assessor;
  TerraceExplanation *explanation;
} Explaining;

void
terrace_explanation_free (TerraceExplanation *self)
{
  g_clear_object (&self->item);
  g_clear_pointer (&self->options, g_array_unref);
  g_clear_pointer (&self->days, g_array_unref);
  g_clear_pointer (&self->replicas, g_ptr_array_unref);
  g_clear_pointer (&self->events, g_ptr_array_unref);
  g_free (self->reason);
  g_free (self->temperature_reason);
  g_free (self);
}

static void
explaining_free (Explaining *explaining)
{
  g_clear_pointer (&explaining->assessor, terrace_assessor_free);
  g_clear_pointer (&explaining->explanation, terrace_explanation_free);
  g_free (explaining);
}

static void
option_clear (gpointer data)
{
  TerraceOption *option = data;

  g_clear_pointer (&option->storage_class, terrace_storage_class_unref);
}

static gboolean
read_explained (TerraceConnection *connection, gpointer data, GError **error)
{
  Explaining *explaining = data;
  TerraceExplanation *explanation = explaining->explanation;
  g_autoptr (GPtrArray) items = g_ptr_array_new ();
  gint64 today = terrace_assessor_get_now_us (explaining->assessor) / TERRACE_US_PER_DAY;

  explanation->item = terrace_item_table_get (connection, explaining->item_id, error);
  if (explanation->item == NULL ||
      !terrace_assessor_load_room (explaining->assessor, connection, error))
    return FALSE;
  g_ptr_array_add (items, explanation->item);
  if (!terrace_assessor_foresee (explaining->assessor, connection, items, error))
    return FALSE;
  explanation->days = terrace_access_table_each_day (connection, explaining->item_id,
                                                     today - EXPLAINED_DAYS + 1, error);
  if (explanation->days == NULL)
    return FALSE;
  explanation->replicas = terrace_replica_table_list (connection, explaining->item_id, error);
  if (explanation->replicas == NULL)
    return FALSE;
  explanation->events =
      terrace_event_table_page (connection, explaining->item_id, 0, EXPLAINED_EVENTS, error);

  return explanation->events != NULL;
}

/* A candidate with where it stood before sorting. */
typedef struct
{
  TerraceOption option;
  double over_horizon;
  int index;
} Ranked;

static int
compare_ranked (gconstpointer a, gconstpointer b)
{
  const Ranked *left = a;
  const Ranked *right = b;

  if (left->over_horizon != right->over_horizon)
    return left->over_horizon < right->over_horizon ? -1 : 1;

  return left->index - right->index;
}

static Ranked
judge_candidate (Explaining *explaining, const TerraceAssessment *assessment, int i)
{
  const TerracePolicy *policy = terrace_assessor_get_policy (explaining->assessor);
  const TerraceCandidate *candidate = &assessment->candidates[i];
  TerraceItem *item = explaining->explanation->item;
  Ranked ranked = { .index = i };

  ranked.option.location_id = candidate->location_id;
  ranked.option.storage_class =
      terrace_assessor_find_class (explaining->assessor, candidate->storage_class->id);
  terrace_storage_class_ref (ranked.option.storage_class);
  ranked.option.verdict =
      terrace_planner_judge (&assessment->use, item->temperature, policy, assessment->candidates,
                             assessment->current, i, &ranked.option.bill);
  ranked.over_horizon =
      ranked.option.bill.once + policy->horizon_months * ranked.option.bill.monthly;

  return ranked;
}

static void
fill_options (Explaining *explaining, const TerraceAssessment *assessment)
{
  TerraceExplanation *explanation = explaining->explanation;
  g_autoptr (GArray) ranking = g_array_new (FALSE, FALSE, sizeof (Ranked));

  for (int i = 0; i < assessment->n_candidates; i++)
    {
      Ranked ranked = judge_candidate (explaining, assessment, i);

      g_array_append_val (ranking, ranked);
    }
  g_array_sort (ranking, compare_ranked);

  for (guint i = 0; i < ranking->len; i++)
    {
      Ranked *ranked = &g_array_index (ranking, Ranked, i);

      g_array_append_val (explanation->options, ranked->option);
      if (ranked->index == assessment->current)
        explanation->current = i;
      if (ranked->index == assessment->decision.chosen)
        explanation->chosen = i;
    }
}

static void
explain_done (TerraceEngine *self, GTask *task)
{
  Explaining *explaining = g_task_get_task_data (task);
  TerraceExplanation *explanation = explaining->explanation;
  TerraceAssessment assessment;

  explanation->options = g_array_new (FALSE, FALSE, sizeof (TerraceOption));
  g_array_set_clear_func (explanation->options, option_clear);
  if (terrace_assessor_assess (explaining->assessor, explanation->item, &assessment))
    {
      explanation->use = assessment.use;
      fill_options (explaining, &assessment);
    }
  explanation->reason = g_strdup (explanation->item->reason);
  explanation->temperature_reason =
      terrace_temperature_explain (explanation->item->temperature, &explanation->item->rates,
                                   &self->policy, explanation->item->assessed_us);
  g_task_return_pointer (task, g_steal_pointer (&explaining->explanation),
                         (GDestroyNotify) terrace_explanation_free);
  g_object_unref (task);
}

void
terrace_engine_explain_async (TerraceEngine *self,
                              gint64 item_id,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  Explaining *explaining;
  GTask *task;

  g_return_if_fail (TERRACE_IS_ENGINE (self));

  task = terrace_engine_task_new (self, terrace_engine_explain_async, cancellable, callback,
                                  user_data);
  explaining = g_new0 (Explaining, 1);
  explaining->item_id = item_id;
  explaining->assessor = terrace_engine_new_assessor (self);
  explaining->explanation = g_new0 (TerraceExplanation, 1);
  g_task_set_task_data (task, explaining, (GDestroyNotify) explaining_free);
  terrace_engine_read_step (self, task, read_explained, explain_done);
}

TerraceExplanation *
terrace_engine_explain_finish (TerraceEngine *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
