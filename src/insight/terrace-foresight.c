/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Chooses, on days held back from the ones it may learn from, how Terrace decides: by forests, by
 * rates, by both, or by a plain rule when nothing learnt is better. Blocking; one thread. */

#include "config.h"

#include "insight/terrace-foresight.h"

#include "insight/terrace-optimum.h"

#include <gio/gio.h>
#include <math.h>

/* The last of the days to learn from that are held back. */
#define HELD_BACK_SHARE 0.4
/* Less than this tells nothing. */
#define MIN_HELD_BACK_DAYS 60
/* Rules learn nothing, so they are compared over more days: which of them is best is then less a
 * matter of luck. */
#define RULES_SHARE 0.75

/* Never the forest alone: where the past was short it can be very wrong, and the rate holds it. */
static const TerraceTrial mixes[] = {
  { "rate-365", 0.0, FALSE, -1, 0.0 },
  { "forest-25", 0.25, FALSE, -1, 0.0, 0.0 },
  { "forest-50", 0.5, FALSE, -1, 0.0, 0.0 },
  { "forest-75", 0.75, FALSE, -1, 0.0, 0.0 },
  { "forest-25-auto", 0.25, TRUE, -1, 0.0, 0.0 },
  { "forest-50-auto", 0.5, TRUE, -1, 0.0, 0.0 },
  { "forest-75-auto", 0.75, TRUE, -1, 0.0, 0.0 },
};

struct _TerraceForesight
{
  /* inputs, borrowed */
  const TerraceHistory *history;
  const TerraceTariff *tariff;
  TerraceForesightProgress progress;
  gpointer progress_data;
  GCancellable *cancellable;

  /* in progress */
  TerraceFeatureTable *table;
  TerraceAdvice *rate;
  TerraceAdvice *forest;
  TerraceForests *forests;
  guint n_steps_done;

  /* results */
  GArray *trials;
  int held_back_from;
  int until;
  double held_back_optimum;
  TerraceCalibration calibration;
  guint n_trained;
  TerraceTrial chosen;
  TerraceAdvice *advice;
  TerraceAdviceFollower follower;
  TerraceRuleMemory memory;
};

/* Features, two lessons, the trials. */
#define N_STEPS 4

static void
step_done (TerraceForesight *self)
{
  self->n_steps_done++;
  if (self->progress != NULL)
    self->progress (self->n_steps_done, N_STEPS, self->progress_data);
}

/* What a trial decides by; @advice takes the mix. */
static void
make_rule (TerraceForesight *self, const TerraceTrial *trial, TerraceReplayRule *rule)
{
  g_clear_pointer (&self->advice, terrace_advice_free);
  if (trial->rule >= 0)
    {
      terrace_rule_init (rule, &self->memory, (TerraceRuleKind) trial->rule, self->tariff);
      return;
    }

  if (trial->share > 0.0)
    self->advice = terrace_advice_mix (self->forest, trial->share, self->rate);
  self->follower = (TerraceAdviceFollower){
    .table = self->table,
    .advice = self->advice != NULL ? self->advice : self->rate,
    .tariff = self->tariff,
    .n_places = trial->uses_auto ? self->tariff->n_places : self->tariff->n_classes,
  };
  terrace_advice_follow (rule, &self->follower);
}

static gboolean
try_from (TerraceForesight *self,
          const TerraceTrial *trial,
          int from,
          int until,
          double *cost,
          GError **error)
{
  TerraceReplayResult result;
  TerraceReplayRule rule;

  make_rule (self, trial, &rule);
  if (!terrace_replay (self->history, self->tariff, &rule, from, until, self->cancellable, &result))
    return !g_cancellable_set_error_if_cancelled (self->cancellable, error);
  *cost = result.cost;
  return TRUE;
}

static gboolean
try_one (TerraceForesight *self, TerraceTrial trial, int until, GError **error)
{
  const int rules_from =
      until - (int) (until * RULES_SHARE) / TERRACE_FEATURE_STEP * TERRACE_FEATURE_STEP;

  if (!try_from (self, &trial, self->held_back_from, until, &trial.cost, error) ||
      (trial.share == 0.0 && !try_from (self, &trial, rules_from, until, &trial.cost_long, error)))
    return FALSE;
  g_array_append_val (self->trials, trial);
  return TRUE;
}

static gboolean
try_all (TerraceForesight *self, int until, GError **error)
{
  const gboolean has_auto = self->tariff->n_places > self->tariff->n_classes;

  for (int kind = 0; kind < TERRACE_N_RULES; kind++)
    {
      const TerraceTrial trial = {
        terrace_rule_get_nick ((TerraceRuleKind) kind), 0.0, FALSE, kind, 0.0, 0.0
      };

      if (terrace_rule_fits ((TerraceRuleKind) kind, self->tariff) &&
          !try_one (self, trial, until, error))
        return FALSE;
    }
  for (guint i = 0; i < G_N_ELEMENTS (mixes); i++)
    {
      if (self->rate == NULL || (mixes[i].share > 0.0 && self->forest == NULL) ||
          (mixes[i].uses_auto && !has_auto))
        continue;
      if (!try_one (self, mixes[i], until, error))
        return FALSE;
    }
  return TRUE;
}

/* The rule that was cheapest over most of the days, unless a forest's mix beats it on the held-back
 * ones. */
static void
choose (TerraceForesight *self)
{
  const TerraceTrial *plain = terrace_foresight_get_best_rule (self);
  const TerraceTrial *learnt = terrace_foresight_get_best_mix (self);

  self->chosen = learnt != NULL && learnt->cost < plain->cost ? *learnt : *plain;
}

/* Trains on the days before @until, for use from then on. %FALSE only with an error. */
static gboolean
learn_until (TerraceForesight *self, int until, guint seed, GError **error)
{
  GError *lesson_error = NULL;

  g_clear_pointer (&self->forest, terrace_advice_free);
  g_clear_pointer (&self->forests, terrace_forests_free);
  self->forests = terrace_lesson_teach (self->history, self->table, self->tariff, self->rate, until,
                                        seed, &self->n_trained, self->cancellable, &lesson_error);
  if (lesson_error != NULL)
    {
      g_propagate_error (error, lesson_error);
      return FALSE;
    }
  if (self->forests != NULL)
    self->forest = terrace_forests_advise (self->forests, self->table, self->tariff,
                                           MAX (until - TERRACE_FEATURE_STEP, 0));
  step_done (self);
  return TRUE;
}

/* %FALSE only with an error; without a table (too many rows) the plain rules are left. */
static gboolean
build_table (TerraceForesight *self, int until, GError **error)
{
  self->table = terrace_features_build (self->history, until % TERRACE_FEATURE_STEP, until,
                                        self->cancellable);
  step_done (self);
  if (self->table == NULL)
    return !g_cancellable_set_error_if_cancelled (self->cancellable, error);

  self->rate = terrace_advice_new (self->table->n_rows, self->tariff);
  terrace_advice_add_rate (self->rate, self->table, self->tariff, TERRACE_FEATURE_REQUESTS_365,
                           1.0);
  return TRUE;
}

static gboolean
sum_optimum (TerraceForesight *self, int until, GError **error)
{
  g_autoptr (TerraceOptimum) optimum = terrace_optimum_new (self->tariff, FALSE);

  for (guint i = 0; i < self->history->n_objects; i++)
    {
      if (g_cancellable_set_error_if_cancelled (self->cancellable, error))
        return FALSE;
      self->held_back_optimum += terrace_optimum_solve (optimum, &self->history->objects[i],
                                                        self->held_back_from, until, NULL);
    }
  return TRUE;
}

/* How often the place that looks cheapest is the one that hindsight would have chosen. */
static gboolean
calibrate (TerraceForesight *self, int until, GError **error)
{
  g_autoptr (TerraceAdvice) mixed = NULL;

  if (self->table == NULL)
    return TRUE;
  if (self->chosen.share > 0.0)
    mixed = terrace_advice_mix (self->forest, self->chosen.share, self->rate);
  return terrace_calibration_measure (&self->calibration, self->history, self->table, self->tariff,
                                      mixed != NULL ? mixed : self->rate, self->held_back_from,
                                      until, self->cancellable, error);
}

static gboolean
learn (TerraceForesight *self, int until, guint seed, GError **error)
{
  const int held_back =
      (int) (until * HELD_BACK_SHARE) / TERRACE_FEATURE_STEP * TERRACE_FEATURE_STEP;

  self->held_back_from = until - held_back;
  self->until = until;
  if (!build_table (self, until, error))
    return FALSE;
  if (held_back < MIN_HELD_BACK_DAYS)
    {
      /* Nothing to judge by: the plainest rule that follows use. */
      self->chosen = (TerraceTrial){ .nick = terrace_rule_get_nick (TERRACE_RULE_RATE_180),
                                     .rule = TERRACE_RULE_RATE_180 };
      return TRUE;
    }

  if (!sum_optimum (self, until, error) ||
      (self->table != NULL && !learn_until (self, self->held_back_from, seed, error)) ||
      !try_all (self, until, error))
    return FALSE;
  step_done (self);
  choose (self);
  if (!calibrate (self, until, error))
    return FALSE;
  if (self->chosen.share > 0.0 && !learn_until (self, until, seed, error))
    return FALSE;
  return TRUE;
}

TerraceForesight *
terrace_foresight_learn (const TerraceHistory *history,
                         const TerraceTariff *tariff,
                         int until,
                         guint seed,
                         TerraceForesightProgress progress,
                         gpointer progress_data,
                         GCancellable *cancellable,
                         GError **error)
{
  g_autoptr (TerraceForesight) self = NULL;

  g_return_val_if_fail (history != NULL && tariff != NULL, NULL);
  g_return_val_if_fail (until > 0 && until <= history->n_days, NULL);

  self = g_new0 (TerraceForesight, 1);
  self->history = history;
  self->tariff = tariff;
  self->progress = progress;
  self->progress_data = progress_data;
  self->cancellable = cancellable;
  self->trials = g_array_new (FALSE, FALSE, sizeof (TerraceTrial));
  if (!learn (self, until, seed, error))
    return NULL;
  self->cancellable = NULL;
  self->progress = NULL;
  return g_steal_pointer (&self);
}

void
terrace_foresight_free (TerraceForesight *self)
{
  g_clear_pointer (&self->table, terrace_feature_table_free);
  g_clear_pointer (&self->rate, terrace_advice_free);
  g_clear_pointer (&self->forest, terrace_advice_free);
  g_clear_pointer (&self->forests, terrace_forests_free);
  g_clear_pointer (&self->advice, terrace_advice_free);
  g_array_unref (self->trials);
  g_free (self);
}

void
terrace_foresight_get_rule (TerraceForesight *self, TerraceReplayRule *rule)
{
  g_return_if_fail (self != NULL && rule != NULL);

  make_rule (self, &self->chosen, rule);
}

const GArray *
terrace_foresight_get_trials (TerraceForesight *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->trials;
}

const TerraceTrial *
terrace_foresight_get_chosen (TerraceForesight *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return &self->chosen;
}

int
terrace_foresight_get_held_back_from (TerraceForesight *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->held_back_from;
}

int
terrace_foresight_get_held_back_days (TerraceForesight *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->until - self->held_back_from;
}

double
terrace_foresight_get_held_back_optimum (TerraceForesight *self)
{
  g_return_val_if_fail (self != NULL, 0.0);

  return self->held_back_optimum;
}

guint
terrace_foresight_get_n_trained (TerraceForesight *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->n_trained;
}

const TerraceTrial *
terrace_foresight_get_best_rule (TerraceForesight *self)
{
  const TerraceTrial *best = NULL;

  g_return_val_if_fail (self != NULL, NULL);

  for (guint i = 0; i < self->trials->len; i++)
    {
      const TerraceTrial *trial = &g_array_index (self->trials, TerraceTrial, i);

      if (trial->share == 0.0 && (best == NULL || trial->cost_long < best->cost_long))
        best = trial;
    }
  return best;
}

const TerraceTrial *
terrace_foresight_get_best_mix (TerraceForesight *self)
{
  const TerraceTrial *best = NULL;

  g_return_val_if_fail (self != NULL, NULL);

  for (guint i = 0; i < self->trials->len; i++)
    {
      const TerraceTrial *trial = &g_array_index (self->trials, TerraceTrial, i);

      if (trial->share > 0.0 && (best == NULL || trial->cost < best->cost))
        best = trial;
    }
  return best;
}

const TerraceCalibration *
terrace_foresight_get_calibration (TerraceForesight *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return &self->calibration;
}

const TerraceFeatureTable *
terrace_foresight_get_table (TerraceForesight *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->table;
}

TerraceForests *
terrace_foresight_steal_forests (TerraceForesight *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_steal_pointer (&self->forests);
}
