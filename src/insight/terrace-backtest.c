/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Runs every rule, Terrace and the optimum over the same days. Blocking; one thread. */

#include "config.h"

#include "insight/terrace-backtest.h"

#include "insight/terrace-optimum.h"

#include "base/terrace-error.h"

#include <glib/gi18n-lib.h>

/* The fewest days to learn from, and to judge on. */
#define MIN_DAYS 7
#define CANCEL_EVERY 64

static gboolean
add_row (TerraceBacktest *self,
         const TerraceHistory *history,
         const TerraceTariff *tariff,
         const TerraceReplayRule *rule,
         TerraceBacktestRow row,
         GCancellable *cancellable,
         GError **error)
{
  g_autofree double *by_day = g_new0 (double, (gsize) terrace_backtest_get_days (self));

  if (!terrace_replay_by_day (history, tariff, rule, self->split, history->n_days, by_day,
                              cancellable, &row.result))
    return !g_cancellable_set_error_if_cancelled (cancellable, error);
  row.by_day = g_steal_pointer (&by_day);
  self->rows[self->n_rows++] = row;
  return TRUE;
}

static gboolean
replay_rules (TerraceBacktest *self,
              const TerraceHistory *history,
              const TerraceTariff *tariff,
              GCancellable *cancellable,
              GError **error)
{
  for (int kind = 0; kind < TERRACE_N_RULES; kind++)
    {
      TerraceRuleMemory memory;
      TerraceReplayRule rule;

      if (!terrace_rule_fits ((TerraceRuleKind) kind, tariff))
        continue;
      terrace_rule_init (&rule, &memory, (TerraceRuleKind) kind, tariff);
      if (!add_row (self, history, tariff, &rule,
                    (TerraceBacktestRow){ .nick = terrace_rule_get_nick ((TerraceRuleKind) kind),
                                          .rule = kind },
                    cancellable, error))
        return FALSE;
      if (kind == TERRACE_RULE_AUTO)
        self->auto_cost = self->rows[self->n_rows - 1].result.cost;
    }
  return TRUE;
}

static gboolean
solve_optimum (const TerraceHistory *history,
               const TerraceTariff *tariff,
               gboolean use_auto,
               int split,
               double *cost,
               GCancellable *cancellable,
               GError **error)
{
  g_autoptr (TerraceOptimum) optimum = terrace_optimum_new (tariff, use_auto);

  *cost = 0.0;
  for (guint i = 0; i < history->n_objects; i++)
    {
      if (i % CANCEL_EVERY == 0 && g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      *cost += terrace_optimum_solve (optimum, &history->objects[i], split, history->n_days, NULL);
    }
  return TRUE;
}

static gboolean
solve_optima (TerraceBacktest *self,
              const TerraceHistory *history,
              const TerraceTariff *tariff,
              GCancellable *cancellable,
              GError **error)
{
  if (!solve_optimum (history, tariff, FALSE, self->split, &self->optimum, cancellable, error))
    return FALSE;
  return tariff->n_places == tariff->n_classes ||
         solve_optimum (history, tariff, TRUE, self->split, &self->optimum_auto, cancellable,
                        error);
}

TerraceBacktest *
terrace_backtest_run (const TerraceHistory *history,
                      const TerraceTariff *tariff,
                      const TerraceBacktestOptions *options,
                      TerraceForesightProgress progress,
                      gpointer progress_data,
                      GCancellable *cancellable,
                      GError **error)
{
  g_autoptr (TerraceBacktest) self = NULL;
  TerraceReplayRule rule;

  g_return_val_if_fail (history != NULL && tariff != NULL && options != NULL, NULL);

  self = g_new0 (TerraceBacktest, 1);
  self->n_days = history->n_days;
  self->split = (int) (history->n_days * options->train_share);
  self->optimum_auto = -1.0;
  self->auto_cost = -1.0;
  if (self->split < MIN_DAYS || history->n_days - self->split < MIN_DAYS)
    {
      g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID,
                   _ ("The history has %d days: at least %d are needed to learn from and as many "
                      "to judge by"),
                   history->n_days, MIN_DAYS);
      return NULL;
    }

  self->foresight = terrace_foresight_learn (history, tariff, self->split, options->seed, progress,
                                             progress_data, cancellable, error);
  if (self->foresight == NULL)
    return NULL;
  terrace_foresight_get_rule (self->foresight, &rule);
  if (!replay_rules (self, history, tariff, cancellable, error) ||
      !add_row (self, history, tariff, &rule, (TerraceBacktestRow){ .nick = "terrace", .rule = -1 },
                cancellable, error) ||
      !solve_optima (self, history, tariff, cancellable, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
terrace_backtest_free (TerraceBacktest *self)
{
  for (guint i = 0; i < self->n_rows; i++)
    g_free (self->rows[i].by_day);
  g_clear_pointer (&self->foresight, terrace_foresight_free);
  g_free (self);
}

int
terrace_backtest_get_days (const TerraceBacktest *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->n_days - self->split;
}
