/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The ledger of past decisions, and the back-test on the catalogue's own history. Both are made of
 * what is known at the time: nothing of them is stored. Main thread but for what says otherwise. */

#include "config.h"

#include "engine/terrace-engine-learn-private.h"
#include "base/terrace-limits.h"
#include "base/terrace-units.h"
#include "catalog/terrace-move-table.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#define LEDGER_MOVES 10000
#define PAGE_MOVES 1000

/* --- Regret -------------------------------------------------------------------------------- */

/* A finished move with the reads that came since. */
typedef struct
{
  TerraceMove *move;
  double reads;
  gint64 until_us; /* when the object was moved on, or now */
} Settled;

typedef struct
{
  gint64 now_us;
  GArray *settled;
} Settling;

static void
regret_entry_free (gpointer data)
{
  TerraceRegretEntry *entry = data;

  g_free (entry->name);
  g_free (entry->from_class_id);
  g_free (entry->to_class_id);
  g_free (entry->because);
  g_free (entry);
}

void
terrace_regret_ledger_free (TerraceRegretLedger *self)
{
  g_ptr_array_unref (self->entries);
  g_free (self);
}

static void
settled_clear (gpointer data)
{
  Settled *settled = data;

  g_clear_object (&settled->move);
}

static void
settling_free (Settling *settling)
{
  g_array_unref (settling->settled);
  g_free (settling);
}

static gboolean
count_reads (TerraceConnection *connection, Settled *settled, GError **error)
{
  const gint64 first = settled->move->finished_us / TERRACE_US_PER_DAY;
  g_autoptr (GArray) days =
      terrace_access_table_each_day (connection, settled->move->item_id, first, error);

  if (days == NULL)
    return FALSE;
  for (guint i = 0; i < days->len; i++)
    {
      const TerraceAccessDay *day = &g_array_index (days, TerraceAccessDay, i);

      /* On the day of the move itself nobody knows which came first. */
      if (day->day > first && day->day <= settled->until_us / TERRACE_US_PER_DAY)
        settled->reads += (double) day->reads;
    }
  return TRUE;
}

/* Moves come newest first: the next one of an item was seen before. */
static gboolean
settle_moves (Settling *settling,
              TerraceConnection *connection,
              GPtrArray *moves,
              GHashTable *later,
              GError **error)
{
  for (guint i = 0; i < moves->len; i++)
    {
      TerraceMove *move = g_ptr_array_index (moves, i);
      Settled settled = { .until_us = settling->now_us };
      const gint64 *until;

      if (move->state != TERRACE_MOVE_DONE || move->keep_source || move->finished_us == 0 ||
          g_strcmp0 (move->source_class_id, move->dest_class_id) == 0)
        continue;
      until = g_hash_table_lookup (later, &move->item_id);
      if (until != NULL)
        settled.until_us = *until;
      settled.move = g_object_ref (move);
      g_array_append_val (settling->settled, settled);
      if (!count_reads (connection,
                        &g_array_index (settling->settled, Settled, settling->settled->len - 1),
                        error))
        return FALSE;
      g_hash_table_insert (later, g_memdup2 (&move->item_id, sizeof move->item_id),
                           g_memdup2 (&move->finished_us, sizeof move->finished_us));
    }
  return TRUE;
}

static gboolean
read_moves (TerraceConnection *connection, gpointer data, GError **error)
{
  Settling *settling = data;
  g_autoptr (GHashTable) later =
      g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  gint64 before_id = 0;

  for (guint seen = 0; seen < LEDGER_MOVES; seen += PAGE_MOVES)
    {
      g_autoptr (GPtrArray) moves =
          terrace_move_table_page (connection, 1, before_id, PAGE_MOVES, error);

      if (moves == NULL || !settle_moves (settling, connection, moves, later, error))
        return FALSE;
      if (moves->len < PAGE_MOVES)
        return TRUE;
      before_id = ((TerraceMove *) g_ptr_array_index (moves, moves->len - 1))->id;
    }
  return TRUE;
}

/* (transfer full) (nullable): %NULL if one of the classes is in no sheet. */
static TerraceRegretEntry *
make_entry (TerraceEngine *self, const Settled *settled)
{
  const TerraceMove *move = settled->move;
  TerraceStorageClass *from = terrace_engine_find_class (self, move->source_class_id);
  TerraceStorageClass *to = terrace_engine_find_class (self, move->dest_class_id);
  const double days = (double) MAX (settled->until_us - move->finished_us, 0) / TERRACE_US_PER_DAY;
  TerraceRegretEntry *entry;
  TerraceRegret regret;

  if (from == NULL || to == NULL)
    return NULL;
  /* What leaving early has cost is known of the move itself. */
  terrace_regret_settle (from, to, move->source_location_id == move->dest_location_id,
                         self->policy.egress_counts, move->size_bytes, days, settled->reads,
                         from->min_duration_days, terrace_money_from_nanos (move->saving_nanos),
                         &regret);
  regret.once += terrace_money_from_nanos (move->leave_nanos);
  regret.paid += terrace_money_from_nanos (move->leave_nanos);
  regret.saved -= terrace_money_from_nanos (move->leave_nanos);
  entry = g_new0 (TerraceRegretEntry, 1);
  entry->move_id = move->id;
  entry->item_id = move->item_id;
  entry->name = g_strdup (move->name);
  entry->from_class_id = g_strdup (move->source_class_id);
  entry->to_class_id = g_strdup (move->dest_class_id);
  entry->moved_us = move->finished_us;
  entry->days = days;
  entry->saved_nanos = terrace_money_to_nanos (regret.saved);
  entry->expected_nanos = terrace_money_to_nanos (regret.expected);
  entry->because =
      terrace_regret_explain (&regret, settled->reads, terrace_engine_get_currency (self));
  return entry;
}

static void
settle_done (TerraceEngine *self, GTask *task)
{
  Settling *settling = g_task_get_task_data (task);
  TerraceRegretLedger *ledger = g_new0 (TerraceRegretLedger, 1);

  ledger->entries = g_ptr_array_new_with_free_func (regret_entry_free);
  for (guint i = 0; i < settling->settled->len; i++)
    {
      TerraceRegretEntry *entry = make_entry (self, &g_array_index (settling->settled, Settled, i));

      if (entry == NULL)
        continue;
      if (entry->saved_nanos >= 0)
        ledger->saved_nanos += entry->saved_nanos;
      else
        ledger->lost_nanos -= entry->saved_nanos;
      g_ptr_array_add (ledger->entries, entry);
    }
  g_task_return_pointer (task, ledger, (GDestroyNotify) terrace_regret_ledger_free);
  g_object_unref (task);
}

void
terrace_engine_regret_async (TerraceEngine *self,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  Settling *settling;
  GTask *task;

  g_return_if_fail (TERRACE_IS_ENGINE (self));

  task =
      terrace_engine_task_new (self, terrace_engine_regret_async, cancellable, callback, user_data);
  settling = g_new0 (Settling, 1);
  settling->now_us = terrace_clock_get_now_us (self->clock);
  settling->settled = g_array_new (FALSE, FALSE, sizeof (Settled));
  g_array_set_clear_func (settling->settled, settled_clear);
  g_task_set_task_data (task, settling, (GDestroyNotify) settling_free);
  terrace_engine_read_step (self, task, read_moves, settle_done);
}

TerraceRegretLedger *
terrace_engine_regret_finish (TerraceEngine *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* --- Back-test ----------------------------------------------------------------------------- */

typedef struct
{
  char *provider;
  TerraceBacktestOptions options;
  TerraceKnown *known;
  TerraceLearningPrices prices;
  TerraceSteps steps;
  TerraceHistoryVerdict *verdict;
} Judging;

void
terrace_history_verdict_free (TerraceHistoryVerdict *self)
{
  g_clear_pointer (&self->backtest, terrace_backtest_free);
  g_clear_pointer (&self->history, terrace_history_free);
  g_clear_pointer (&self->classes, g_ptr_array_unref);
  g_free (self);
}

static void
judging_free (Judging *judging)
{
  terrace_steps_stop (&judging->steps);
  g_clear_pointer (&judging->verdict, terrace_history_verdict_free);
  terrace_known_free (judging->known);
  terrace_learning_prices_clear (&judging->prices);
  g_free (judging->provider);
  g_free (judging);
}

static gboolean
read_judged (TerraceConnection *connection, gpointer data, GError **error)
{
  Judging *judging = data;

  return terrace_known_read (judging->known, connection, error);
}

/* Worker thread. */
static gboolean
judge (gpointer data, GCancellable *cancellable, GError **error)
{
  Judging *judging = data;
  TerraceHistoryVerdict *verdict = judging->verdict;

  verdict->backtest =
      terrace_backtest_run (verdict->history, &verdict->tariff, &judging->options,
                            terrace_steps_tell, &judging->steps, cancellable, error);
  return verdict->backtest != NULL;
}

static void
judge_done (TerraceEngine *self, GTask *task)
{
  Judging *judging = g_task_get_task_data (task);

  g_task_return_pointer (task, g_steal_pointer (&judging->verdict),
                         (GDestroyNotify) terrace_history_verdict_free);
  g_object_unref (task);
}

static void
read_judged_done (TerraceEngine *self, GTask *task)
{
  Judging *judging = g_task_get_task_data (task);
  GError *error = NULL;

  if (!terrace_learning_prices_find (&judging->prices, self, judging->known, judging->provider,
                                     TRUE, &error))
    {
      g_task_return_error (task, error);
      g_object_unref (task);
      return;
    }
  judging->verdict->history = g_steal_pointer (&judging->known->history);
  judging->verdict->tariff = judging->prices.tariff;
  judging->verdict->classes = g_ptr_array_ref (judging->prices.classes);
  terrace_engine_work_step (self, task, judge, judge_done);
}

void
terrace_engine_backtest_async (TerraceEngine *self,
                               const char *sheet,
                               const TerraceBacktestOptions *options,
                               TerraceEngineProgress progress,
                               gpointer progress_data,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  Judging *judging;
  GTask *task;

  g_return_if_fail (TERRACE_IS_ENGINE (self));
  g_return_if_fail (options != NULL);

  task = terrace_engine_task_new (self, terrace_engine_backtest_async, cancellable, callback,
                                  user_data);
  judging = g_new0 (Judging, 1);
  judging->provider = g_strdup (sheet);
  judging->options = *options;
  judging->known = terrace_known_new (self, NULL, 0);
  judging->verdict = g_new0 (TerraceHistoryVerdict, 1);
  terrace_steps_start (&judging->steps, progress, progress_data);
  g_task_set_task_data (task, judging, (GDestroyNotify) judging_free);
  terrace_engine_read_step (self, task, read_judged, read_judged_done);
}

TerraceHistoryVerdict *
terrace_engine_backtest_finish (TerraceEngine *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
