/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The plan for everything: after asking the places how they are, each page of objects is read,
 * judged and stored in one transaction on the catalogue's writer thread, so that nothing can change
 * between the judgement and its row. Main thread but for the catalogue's functions. */

#include "config.h"

#include "engine/terrace-engine-private.h"
#include "base/terrace-limits.h"
#include "base/terrace-units.h"

#include <glib/gi18n-lib.h>

typedef struct
{
  /* inputs */
  TerraceEngineProgress progress;
  gpointer progress_data;

  /* in progress */
  TerraceAssessor *assessor;
  TerraceItem *last;
  guint n_page;
  guint64 done;
  guint64 total;
  TerracePlanSummary page;

  /* results */
  TerracePlanSummary summary;
  char *message;
} Planning;

static void
planning_free (Planning *planning)
{
  g_clear_pointer (&planning->assessor, terrace_assessor_free);
  g_clear_object (&planning->last);
  g_free (planning->message);
  g_free (planning);
}

/* --- One page ----------------------------------------------------------------------------------
 */

static void
count_item (TerracePlanSummary *page, TerraceItem *item)
{
  page->assessed++;
  page->monthly_nanos += item->monthly_nanos;
  if (item->wanted_location_id == 0)
    return;
  page->recommended++;
  page->saving_nanos += item->saving_nanos;
  page->once_nanos += item->once_nanos;
}

static gboolean
plan_items (TerraceConnection *connection, Planning *planning, GPtrArray *items, GError **error)
{
  if (!terrace_assessor_foresee (planning->assessor, connection, items, error))
    return FALSE;
  for (guint i = 0; i < items->len; i++)
    {
      TerraceItem *item = g_ptr_array_index (items, i);

      /* The plan of a moving object is the move. */
      if (item->moving)
        continue;
      terrace_assessor_assess (planning->assessor, item, NULL);
      if (!terrace_item_table_set_assessment (connection, item, error))
        return FALSE;
      count_item (&planning->page, item);
    }

  return TRUE;
}

/* Where moves have a budget: what each would bring, before any of them gets a share. */
static gboolean
rank_page (TerraceConnection *connection, gpointer data, GError **error)
{
  Planning *planning = data;
  g_autoptr (GPtrArray) items = NULL;
  TerraceItemFilter filter;

  terrace_item_filter_init (&filter);
  if (planning->last == NULL)
    {
      if (!terrace_assessor_load_room (planning->assessor, connection, error))
        return FALSE;
      terrace_assessor_begin_ranking (planning->assessor);
    }
  items = terrace_item_table_page (connection, &filter, TERRACE_ITEM_SORT_ID, FALSE, planning->last,
                                   TERRACE_LIMIT_BATCH_ITEMS, error);
  if (items == NULL || !terrace_assessor_foresee (planning->assessor, connection, items, error))
    return FALSE;
  planning->n_page = items->len;
  if (items->len > 0)
    g_set_object (&planning->last, g_ptr_array_index (items, items->len - 1));
  for (guint i = 0; i < items->len; i++)
    if (!((TerraceItem *) g_ptr_array_index (items, i))->moving)
      terrace_assessor_assess (planning->assessor, g_ptr_array_index (items, i), NULL);

  return TRUE;
}

static gboolean
plan_page (TerraceConnection *connection, gpointer data, GError **error)
{
  Planning *planning = data;
  g_autoptr (GPtrArray) items = NULL;
  TerraceItemFilter filter;

  terrace_item_filter_init (&filter);
  planning->page = (TerracePlanSummary){ 0 };
  if (!terrace_assessor_load_room (planning->assessor, connection, error))
    return FALSE;
  items = terrace_item_table_page (connection, &filter, TERRACE_ITEM_SORT_ID, FALSE, planning->last,
                                   TERRACE_LIMIT_BATCH_ITEMS, error);
  if (items == NULL || !plan_items (connection, planning, items, error))
    return FALSE;

  planning->n_page = items->len;
  if (items->len > 0)
    g_set_object (&planning->last, g_ptr_array_index (items, items->len - 1));
  return TRUE;
}

/* --- The steps ---------------------------------------------------------------------------------
 */

static gboolean
append_planned (TerraceConnection *connection, gpointer data, GError **error)
{
  Planning *planning = data;

  return terrace_engine_append_event (connection, TERRACE_EVENT_PLANNED,
                                      terrace_assessor_get_now_us (planning->assessor), 0, 0,
                                      planning->message, error);
}

/* @task: (transfer full) */
static void
plan_end (TerraceEngine *self, GTask *task)
{
  Planning *planning = g_task_get_task_data (task);
  g_autofree char *saving = NULL;
  gulong recommended = (gulong) planning->summary.recommended;

  saving = terrace_format_money (terrace_money_from_nanos (planning->summary.saving_nanos),
                                 terrace_engine_get_currency (self));
  planning->message =
      g_strdup_printf (g_dngettext (GETTEXT_PACKAGE,
                                    "Planned: %lu object should move, which saves %s a month",
                                    "Planned: %lu objects should move, which saves %s a month",
                                    recommended),
                       recommended, saving);
  terrace_engine_write_step (self, task, append_planned, TERRACE_CATALOG_EVENTS, NULL);
}

static void
plan_page_done (TerraceEngine *self, GTask *task)
{
  Planning *planning = g_task_get_task_data (task);
  TerracePlanSummary *summary = &planning->summary;

  summary->assessed += planning->page.assessed;
  summary->recommended += planning->page.recommended;
  summary->monthly_nanos += planning->page.monthly_nanos;
  summary->saving_nanos += planning->page.saving_nanos;
  summary->once_nanos += planning->page.once_nanos;
  planning->done += planning->n_page;
  if (planning->progress != NULL && planning->n_page > 0)
    planning->progress (planning->done, MAX (planning->done, planning->total), planning->last->name,
                        planning->progress_data);

  if (planning->n_page < TERRACE_LIMIT_BATCH_ITEMS)
    plan_end (self, task);
  else
    terrace_engine_write_step (self, task, plan_page, TERRACE_CATALOG_ITEMS, plan_page_done);
}

static void
rank_page_done (TerraceEngine *self, GTask *task)
{
  Planning *planning = g_task_get_task_data (task);

  if (planning->n_page == TERRACE_LIMIT_BATCH_ITEMS)
    {
      terrace_engine_read_step (self, task, rank_page, rank_page_done);
      return;
    }
  terrace_assessor_end_ranking (planning->assessor);
  g_clear_object (&planning->last);
  terrace_engine_write_step (self, task, plan_page, TERRACE_CATALOG_ITEMS, plan_page_done);
}

static gboolean
count_items (TerraceConnection *connection, gpointer data, GError **error)
{
  Planning *planning = data;
  g_autoptr (GArray) totals = terrace_item_table_totals (connection, error);

  if (totals == NULL)
    return FALSE;
  for (guint i = 0; i < totals->len; i++)
    planning->total += g_array_index (totals, TerraceItemTotals, i).items;

  return TRUE;
}

static void
count_done (TerraceEngine *self, GTask *task)
{
  Planning *planning = g_task_get_task_data (task);

  if (terrace_assessor_get_policy (planning->assessor)->move_budget_nanos > 0)
    terrace_engine_read_step (self, task, rank_page, rank_page_done);
  else
    terrace_engine_write_step (self, task, plan_page, TERRACE_CATALOG_ITEMS, plan_page_done);
}

static void
plan_probe_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceEngine *self = TERRACE_ENGINE (object);
  Planning *planning = g_task_get_task_data (task);
  GError *error = NULL;

  if (!terrace_engine_probe_finish (self, result, &error))
    {
      g_task_return_error (task, error);
      return;
    }

  /* Only now: it takes over what the probe saw. */
  planning->assessor = terrace_engine_new_assessor (self);
  terrace_engine_read_step (self, g_steal_pointer (&task), count_items, count_done);
}

void
terrace_engine_plan_async (TerraceEngine *self,
                           TerraceEngineProgress progress,
                           gpointer progress_data,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  Planning *planning;
  GTask *task;

  g_return_if_fail (TERRACE_IS_ENGINE (self));

  task =
      terrace_engine_task_new (self, terrace_engine_plan_async, cancellable, callback, user_data);
  planning = g_new0 (Planning, 1);
  planning->progress = progress;
  planning->progress_data = progress_data;
  g_task_set_task_data (task, planning, (GDestroyNotify) planning_free);
  terrace_engine_probe_async (self, cancellable, plan_probe_cb, task);
}

gboolean
terrace_engine_plan_finish (TerraceEngine *self,
                            GAsyncResult *result,
                            TerracePlanSummary *summary,
                            GError **error)
{
  Planning *planning;

  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  planning = g_task_get_task_data (G_TASK (result));
  if (!g_task_propagate_boolean (G_TASK (result), error))
    return FALSE;
  if (summary != NULL)
    *summary = planning->summary;

  return TRUE;
}
