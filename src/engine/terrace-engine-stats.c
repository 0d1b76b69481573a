/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Totals and the policy. Main thread but for the catalogue's functions. */

#include "config.h"

#include "engine/terrace-engine-private.h"

/* --- Totals ------------------------------------------------------------------------------------
 */

void
terrace_stats_free (TerraceStats *self)
{
  g_clear_pointer (&self->totals, g_array_unref);
  g_free (self);
}

static gboolean
read_stats (TerraceConnection *connection, gpointer data, GError **error)
{
  TerraceStats *stats = data;

  stats->totals = terrace_item_table_totals (connection, error);
  if (stats->totals == NULL || !terrace_move_table_counts (connection, stats->moves, error))
    return FALSE;

  for (guint i = 0; i < stats->totals->len; i++)
    {
      TerraceItemTotals *cell = &g_array_index (stats->totals, TerraceItemTotals, i);

      stats->items += cell->items;
      stats->size_bytes += cell->size_bytes;
      stats->monthly_nanos += cell->monthly_nanos;
      stats->planned_items += cell->planned_items;
      stats->planned_saving_nanos += cell->planned_saving_nanos;
    }

  return TRUE;
}

/* The task's data becomes its result. */
static void
read_stats_done (TerraceEngine *self, GTask *task)
{
  TerraceStats *stats = g_task_get_task_data (task);
  TerraceStats *copy = g_new0 (TerraceStats, 1);

  *copy = *stats;
  stats->totals = NULL;
  g_task_return_pointer (task, copy, (GDestroyNotify) terrace_stats_free);
  g_object_unref (task);
}

void
terrace_engine_stats_async (TerraceEngine *self,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  GTask *task;

  g_return_if_fail (TERRACE_IS_ENGINE (self));

  task =
      terrace_engine_task_new (self, terrace_engine_stats_async, cancellable, callback, user_data);
  g_task_set_task_data (task, g_new0 (TerraceStats, 1), (GDestroyNotify) terrace_stats_free);
  terrace_engine_read_step (self, task, read_stats, read_stats_done);
}

TerraceStats *
terrace_engine_stats_finish (TerraceEngine *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* --- Policy ------------------------------------------------------------------------------------
 */

static gboolean
write_policy (TerraceConnection *connection, gpointer data, GError **error)
{
  return terrace_policy_table_set (connection, data, error);
}

static void
write_policy_done (TerraceEngine *self, GTask *task)
{
  TerracePolicy *policy = g_task_get_task_data (task);

  self->generation++;
  self->policy = *policy;
  g_task_return_boolean (task, TRUE);
  g_object_unref (task);
}

void
terrace_engine_set_policy_async (TerraceEngine *self,
                                 const TerracePolicy *policy,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  GTask *task;
  GError *error = NULL;

  g_return_if_fail (TERRACE_IS_ENGINE (self));
  g_return_if_fail (policy != NULL);

  task = terrace_engine_task_new (self, terrace_engine_set_policy_async, cancellable, callback,
                                  user_data);
  if (!terrace_policy_validate (policy, &error))
    {
      g_task_return_error (task, error);
      g_object_unref (task);
      return;
    }

  g_task_set_task_data (task, g_memdup2 (policy, sizeof *policy), g_free);
  terrace_engine_write_step (self, task, write_policy, TERRACE_CATALOG_SETTINGS, write_policy_done);
}

gboolean
terrace_engine_set_policy_finish (TerraceEngine *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
