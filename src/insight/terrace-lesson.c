/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Teaches forests what places cost. A lesson's row is an object on a past day; its target is the
 * cost of the days that really followed, replayed from one place with the base rule deciding
 * further, less the same from the first place. Blocking; one thread. */

#include "insight/terrace-lesson.h"

#include <math.h>
#include <string.h>

/* How long the replay goes on: then the base rule has brought all places together again. */
#define FOLLOW_DAYS 120
/* An object is worth learning from when windows have something in them. */
#define FIRST_DAY 30
#define MAX_ROWS 100000
#define MIN_ROWS 500
/* What one wrong first step can cost at most: a base rule does not stay wrong for longer. */
#define MAX_UNITS 20.0
#define CANCEL_EVERY 256

static const TerraceForestOptions forest_options = {
  .kind = TERRACE_FOREST_RANDOM,
  .n_trees = 100,
  .depth = 11,
  .min_weight = 25.0,
};

typedef struct
{
  guint object;
  guint row;
  int day;
} Example;

typedef struct
{
  const TerraceHistory *history;
  const TerraceFeatureTable *table;
  const TerraceTariff *tariff;
  TerraceReplayRule base;
  GArray *examples;
  int n_columns;
  float *rows;    /* by example */
  float *weights; /* by example */
  float *targets; /* by column and example */
} Lesson;

static guint64
visit_examples (Lesson *lesson, int until, double share, GRand *rand)
{
  guint64 n = 0;

  for (guint object = 0; object < lesson->history->n_objects; object++)
    for (guint row = lesson->table->first_rows[object]; row < lesson->table->first_rows[object + 1];
         row++)
      {
        Example example = { object, row,
                            terrace_feature_table_get_day (lesson->table, object, row) };

        if (example.day < FIRST_DAY || example.day + FOLLOW_DAYS >= until)
          continue;
        n++;
        if (rand != NULL && g_rand_double (rand) < share)
          g_array_append_val (lesson->examples, example);
      }
  return n;
}

static double
sum_terms (const TerraceReplayResult *result)
{
  double sum = 0.0;

  for (int term = 0; term < TERRACE_REPLAY_N_TERMS; term++)
    sum += result->terms[term];
  return sum;
}

/* What followed when the object was put into the place of @column on the example's day. */
static double
replay_column (const Lesson *lesson, const Example *example, const float *features, int column)
{
  const TerraceReplayRule stay = { .every = 0 };
  const gboolean is_auto = column >= lesson->tariff->n_classes;
  const gboolean is_settled = column > lesson->tariff->n_classes;
  const int place = MIN (column, lesson->tariff->n_classes);
  const int days =
      is_settled ? MIN ((int) features[TERRACE_FEATURE_RECENCY], TERRACE_TARIFF_AUTO_COLD_DAYS) : 0;
  TerraceReplayResult result = { 0 };

  terrace_replay_continue (lesson->history, example->object, lesson->tariff,
                           is_auto ? &stay : &lesson->base, place, days, example->day + 1,
                           example->day + 1 + FOLLOW_DAYS, &result);
  return sum_terms (&result);
}

static gboolean
fill_examples (Lesson *lesson, GCancellable *cancellable, GError **error)
{
  const guint n = lesson->examples->len;
  double total = 0.0;

  for (guint i = 0; i < n; i++)
    {
      const Example *example = &g_array_index (lesson->examples, Example, i);
      const float *features = lesson->table->values + (gsize) example->row * TERRACE_N_FEATURES;
      const double unit = terrace_advice_unit (lesson->tariff, features);
      double first = 0.0;

      if (i % CANCEL_EVERY == 0 && g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      memcpy (lesson->rows + (gsize) i * TERRACE_N_FEATURES, features,
              sizeof (float) * TERRACE_N_FEATURES);
      /* Money matters, but one giant must not be the only teacher. */
      lesson->weights[i] = (float) sqrt (unit);
      total += sqrt (unit);
      for (int column = 0; column < lesson->n_columns; column++)
        {
          const double cost = replay_column (lesson, example, features, column);

          if (column == 0)
            first = cost;
          lesson->targets[(gsize) column * n + i] =
              (float) CLAMP ((cost - first) / unit, -MAX_UNITS, MAX_UNITS);
        }
    }
  for (guint i = 0; i < n; i++)
    lesson->weights[i] = (float) (lesson->weights[i] / (total / n));
  return TRUE;
}

void
terrace_forests_free (TerraceForests *self)
{
  for (int i = 0; i < self->n_columns; i++)
    g_clear_pointer (&self->forests[i], terrace_forest_free);
  g_free (self->forests);
  g_free (self);
}

/* (transfer full) (element-type guint): the rows from the day @from on. */
static GArray *
find_rows (const TerraceFeatureTable *table, int from)
{
  GArray *rows = g_array_new (FALSE, FALSE, sizeof (guint));

  for (guint object = 0; object < table->n_objects; object++)
    for (guint row = table->first_rows[object]; row < table->first_rows[object + 1]; row++)
      if (terrace_feature_table_get_day (table, object, row) >= from)
        g_array_append_val (rows, row);
  return rows;
}

TerraceAdvice *
terrace_forests_advise (const TerraceForests *self,
                        const TerraceFeatureTable *table,
                        const TerraceTariff *tariff,
                        int from)
{
  TerraceAdvice *advice = terrace_advice_new (table->n_rows, tariff);
  g_autoptr (GArray) asked = find_rows (table, from);
  g_autofree float *rows = g_new (float, (gsize) asked->len *TERRACE_N_FEATURES + 1);
  g_autofree float *results = g_new (float, asked->len + 1);

  for (guint i = 0; i < asked->len; i++)
    memcpy (rows + (gsize) i * TERRACE_N_FEATURES,
            table->values + (gsize) g_array_index (asked, guint, i) * TERRACE_N_FEATURES,
            sizeof (float) * TERRACE_N_FEATURES);
  for (int column = 1; column < self->n_columns; column++)
    {
      terrace_forest_predict (self->forests[column], rows, asked->len, results);
      for (guint i = 0; i < asked->len; i++)
        {
          const double unit = terrace_advice_unit (tariff, rows + (gsize) i * TERRACE_N_FEATURES);
          const gsize row = g_array_index (asked, guint, i);

          advice->costs[row * (gsize) advice->n_columns + (gsize) column] =
              (float) ((double) results[i] * unit);
        }
    }
  return advice;
}

static TerraceForests *
teach (Lesson *lesson, guint seed, GCancellable *cancellable, GError **error)
{
  const guint n = lesson->examples->len;
  g_autoptr (TerraceForests) self = g_new0 (TerraceForests, 1);
  TerraceForestOptions options = forest_options;

  self->n_columns = lesson->n_columns;
  self->forests = g_new0 (TerraceForest *, (gsize) self->n_columns);
  options.seed = seed;
  if (!fill_examples (lesson, cancellable, error))
    return NULL;
  for (int column = 1; column < lesson->n_columns; column++)
    {
      self->forests[column] = terrace_forest_train (&options, lesson->rows, n, TERRACE_N_FEATURES,
                                                    lesson->targets + (gsize) column * n,
                                                    lesson->weights, cancellable, error);
      if (self->forests[column] == NULL)
        return NULL;
    }
  return g_steal_pointer (&self);
}

TerraceForests *
terrace_lesson_teach (const TerraceHistory *history,
                      const TerraceFeatureTable *table,
                      const TerraceTariff *tariff,
                      const TerraceAdvice *base,
                      int until,
                      guint seed,
                      guint *n_trained,
                      GCancellable *cancellable,
                      GError **error)
{
  TerraceAdviceFollower follower = { table, base, tariff, tariff->n_classes, 0.0 };
  g_autoptr (GArray) examples = g_array_new (FALSE, FALSE, sizeof (Example));
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
  g_autofree float *rows = NULL;
  g_autofree float *weights = NULL;
  g_autofree float *targets = NULL;
  Lesson lesson = { .history = history,
                    .table = table,
                    .tariff = tariff,
                    .examples = examples,
                    .n_columns = base->n_columns };
  guint64 n_all;

  *n_trained = 0;
  terrace_advice_follow (&lesson.base, &follower);
  n_all = visit_examples (&lesson, until, 0.0, NULL);
  if (n_all < MIN_ROWS)
    return NULL;
  visit_examples (&lesson, until, (double) MAX_ROWS / (double) n_all, rand);

  lesson.rows = rows = g_new (float, (gsize) examples->len *TERRACE_N_FEATURES);
  lesson.weights = weights = g_new (float, examples->len);
  lesson.targets = targets = g_new (float, (gsize) examples->len *(gsize) lesson.n_columns);
  *n_trained = examples->len;
  return teach (&lesson, seed, cancellable, error);
}
