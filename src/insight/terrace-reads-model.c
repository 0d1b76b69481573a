/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Trains, calibrates and judges the forecast of reads. Everything is learnt in log (1 + reads).
 * Three parts of the days follow each other: one to learn from, one to calibrate on, one to judge
 * on; what then foresees best is trained again on all of them. Blocking; any one thread. */

#include "config.h"

#include "insight/terrace-reads-model-private.h"

#include <math.h>
#include <string.h>

/* Of the days, for calibrating and for judging each: as little as possible, so that what is judged
 * was learnt lately, but enough for a horizon or two. */
#define PART_SHARE 0.15
#define LARGEST_PART_SHARE 0.25
#define PART_HORIZONS 2
#define FIRST_DAY 28
#define MAX_ROWS 40000
#define MIN_ROWS 300
#define MIN_CALIBRATED 50
/* The expected number is scaled until it adds up, within reason: one giant must not set it. */
#define MAX_FACTOR 3.0

static const TerraceForestOptions boost_options = {
  .kind = TERRACE_FOREST_BOOSTED,
  .n_trees = 80,
  .depth = 5,
  .min_weight = 20.0,
};
static const double quantiles[TERRACE_READS_N_VALUES] = {
  [TERRACE_READS_LOW] = (1.0 - TERRACE_OUTLOOK_COVERAGE) / 2.0,
  [TERRACE_READS_MEAN] = 0.0,
  [TERRACE_READS_HIGH] = (1.0 + TERRACE_OUTLOOK_COVERAGE) / 2.0,
};

typedef struct
{
  guint object;
  guint row;
} Sample;

/* One horizon being learnt. */
typedef struct
{
  const TerraceHistory *history;
  const TerraceFeatureTable *table;
  const TerraceReadsSeries *series;
  int days;
  guint seed;
  GCancellable *cancellable;
} Course;

/* --- Samples ------------------------------------------------------------------------------- */

/* (transfer full) (element-type Sample): rows whose horizon lies in [from, until), at most about
 * @max of them, drawn with the seed. */
static GArray *
draw (const Course *course, int from, int until, guint max)
{
  const TerraceFeatureTable *table = course->table;
  g_autoptr (GRand) rand = g_rand_new_with_seed (course->seed);
  GArray *samples = g_array_new (FALSE, FALSE, sizeof (Sample));
  GArray *all = g_array_new (FALSE, FALSE, sizeof (Sample));

  for (guint object = 0; object < table->n_objects; object++)
    for (guint row = table->first_rows[object]; row < table->first_rows[object + 1]; row++)
      {
        const int day = terrace_feature_table_get_day (table, object, row);
        const Sample sample = { object, row };

        if (day >= MAX (from, FIRST_DAY) && day + course->days < until)
          g_array_append_val (all, sample);
      }
  if (all->len <= max)
    {
      g_array_unref (samples);
      return all;
    }
  for (guint i = 0; i < all->len; i++)
    if (g_rand_double (rand) * all->len < max)
      g_array_append_val (samples, g_array_index (all, Sample, i));
  g_array_unref (all);
  return samples;
}

static double
get_target (const Course *course, const Sample *sample)
{
  const int day = terrace_feature_table_get_day (course->table, sample->object, sample->row);

  return log1p (terrace_reads_count (&course->history->objects[sample->object], day, course->days));
}

/* What the boosters learn from. */
typedef struct
{
  guint n;
  float *rows;
  float *targets;
  float *weights;
} Lesson;

static void
lesson_clear (Lesson *lesson)
{
  g_free (lesson->rows);
  g_free (lesson->targets);
  g_free (lesson->weights);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Lesson, lesson_clear)

static void
fill_lesson (Lesson *lesson, const Course *course, const GArray *samples)
{
  lesson->n = samples->len;
  lesson->rows = g_new (float, (gsize) samples->len *TERRACE_N_FEATURES);
  lesson->targets = g_new (float, samples->len);
  lesson->weights = g_new (float, samples->len);
  for (guint i = 0; i < samples->len; i++)
    {
      const Sample *sample = &g_array_index (samples, Sample, i);

      memcpy (lesson->rows + (gsize) i * TERRACE_N_FEATURES,
              course->table->values + (gsize) sample->row * TERRACE_N_FEATURES,
              sizeof (float) * TERRACE_N_FEATURES);
      lesson->targets[i] = (float) get_target (course, sample);
      lesson->weights[i] = 1.0f;
    }
}

static gboolean
train_booster (TerraceReadsHorizon *horizon,
               const Course *course,
               const Lesson *lesson,
               TerraceReadsValue value,
               GError **error)
{
  TerraceForestOptions options = boost_options;

  options.seed = course->seed;
  options.quantile = quantiles[value];
  g_clear_pointer (&horizon->boosters[value], terrace_forest_free);
  horizon->boosters[value] =
      terrace_forest_train (&options, lesson->rows, lesson->n, TERRACE_N_FEATURES, lesson->targets,
                            lesson->weights, course->cancellable, error);
  return horizon->boosters[value] != NULL;
}

/* The mean first; the ends learn how far from it they are: from nothing, a low quantile would climb
 * too slowly, its slope is a tenth. */
static gboolean
train_boosters (TerraceReadsHorizon *horizon,
                const Course *course,
                const GArray *samples,
                GError **error)
{
  g_auto (Lesson) lesson = { 0 };
  g_autofree float *means = g_new (float, samples->len);

  fill_lesson (&lesson, course, samples);
  if (!train_booster (horizon, course, &lesson, TERRACE_READS_MEAN, error))
    return FALSE;
  terrace_forest_predict (horizon->boosters[TERRACE_READS_MEAN], lesson.rows, lesson.n, means);
  for (guint i = 0; i < lesson.n; i++)
    lesson.targets[i] -= means[i];
  return train_booster (horizon, course, &lesson, TERRACE_READS_LOW, error) &&
         train_booster (horizon, course, &lesson, TERRACE_READS_HIGH, error);
}

/* --- Calibration --------------------------------------------------------------------------- */

/* What a method said of a sample, before it is calibrated, and what came true. */
typedef struct
{
  double values[TERRACE_READS_N_VALUES];
  double truth;
  int group;
} Said;

static GArray *
ask (const TerraceReadsHorizon *horizon,
     const Course *course,
     TerraceReadsMethod method,
     const GArray *samples)
{
  GArray *said = g_array_sized_new (FALSE, FALSE, sizeof (Said), samples->len);

  for (guint i = 0; i < samples->len; i++)
    {
      const Sample *sample = &g_array_index (samples, Sample, i);
      const float *features = course->table->values + (gsize) sample->row * TERRACE_N_FEATURES;
      Said one = { .truth = get_target (course, sample) };

      terrace_reads_horizon_ask (horizon, method, course->days, course->series, sample->row,
                                 features, one.values);
      one.group = terrace_reads_find_group (features, one.values[TERRACE_READS_MEAN]);
      g_array_append_val (said, one);
    }
  return said;
}

static int
compare_doubles (gconstpointer a, gconstpointer b)
{
  const double first = *(const double *) a;
  const double second = *(const double *) b;

  return (first > second) - (first < second);
}

/* The excess that all but a tenth stay below; the finite-sample rule of conformal prediction. */
static double
find_excess (const GArray *said, int group, TerraceReadsValue value)
{
  g_autoptr (GArray) excesses = g_array_new (FALSE, FALSE, sizeof (double));
  guint rank;

  for (guint i = 0; i < said->len; i++)
    {
      const Said *one = &g_array_index (said, Said, i);
      const double excess = value == TERRACE_READS_LOW ? one->values[value] - one->truth :
                                                         one->truth - one->values[value];

      if (group < 0 || one->group == group)
        g_array_append_val (excesses, excess);
    }
  if (excesses->len < MIN_CALIBRATED)
    return group < 0 ? 0.0 : find_excess (said, -1, value);
  g_array_sort (excesses, compare_doubles);
  rank = (guint) ceil ((excesses->len + 1) * quantiles[TERRACE_READS_HIGH]);
  return g_array_index (excesses, double, MIN (rank, excesses->len) - 1);
}

static double
find_factor (const GArray *said, int group)
{
  double expected = 1.0;
  double came = 1.0;

  for (guint i = 0; i < said->len; i++)
    {
      const Said *one = &g_array_index (said, Said, i);

      if (one->group != group)
        continue;
      expected += expm1 (one->values[TERRACE_READS_MEAN]);
      came += expm1 (one->truth);
    }
  return CLAMP (came / expected, 1.0 / MAX_FACTOR, MAX_FACTOR);
}

static void
calibrate (TerraceReadsHorizon *horizon, TerraceReadsMethod method, const GArray *said)
{
  for (int group = 0; group < TERRACE_READS_GROUPS; group++)
    horizon->corrections[method][group] = (TerraceReadsCorrection){
      .low = find_excess (said, group, TERRACE_READS_LOW),
      .high = find_excess (said, group, TERRACE_READS_HIGH),
      .factor = find_factor (said, group),
    };
}

/* --- Judgement ----------------------------------------------------------------------------- */

static double
pinball (double quantile, double said, double truth)
{
  return truth >= said ? quantile * (truth - said) : (1.0 - quantile) * (said - truth);
}

static void
judge (TerraceReadsHorizon *horizon, TerraceReadsMethod method, const GArray *said)
{
  TerraceReadsScore *score = &horizon->score;
  double loss = 0.0;
  guint n_held = 0;
  guint n_active = 0;
  guint n_active_held = 0;

  for (guint i = 0; i < said->len; i++)
    {
      const Said *one = &g_array_index (said, Said, i);
      const TerraceReadsRange range =
          terrace_reads_correct (&horizon->corrections[method][one->group], one->values);
      const double reads = expm1 (one->truth);
      /* Half a read is no miss: reads are whole. */
      const gboolean held = reads > range.low - 0.5 && reads < range.high + 0.5;

      loss += pinball (quantiles[TERRACE_READS_LOW], log1p (range.low), one->truth) +
              pinball (quantiles[TERRACE_READS_HIGH], log1p (range.high), one->truth) +
              0.5 * fabs (one->values[TERRACE_READS_MEAN] - one->truth);
      n_held += held;
      n_active += one->group < TERRACE_READS_LEVELS;
      n_active_held += one->group < TERRACE_READS_LEVELS && held;
    }
  score->losses[method] = loss / MAX (said->len, 1);
  if (horizon->method != TERRACE_READS_NONE &&
      score->losses[method] >= score->losses[horizon->method])
    return;
  horizon->method = method;
  score->n_rows = said->len;
  score->coverage = (double) n_held / MAX (said->len, 1);
  score->coverage_active = (double) n_active_held / MAX (n_active, 1);
}

static gboolean
learn (TerraceReadsHorizon *horizon, const Course *course, int until, GError **error)
{
  const int part = MIN (MAX ((int) (until * PART_SHARE), PART_HORIZONS * course->days),
                        (int) (until * LARGEST_PART_SHARE));
  const int calibrate_from = until - 2 * part;
  const int judge_from = until - part;
  g_autoptr (GArray) taught = draw (course, 0, calibrate_from, MAX_ROWS);
  g_autoptr (GArray) calibrating = draw (course, calibrate_from, judge_from, MAX_ROWS);
  g_autoptr (GArray) judging = draw (course, judge_from, until, MAX_ROWS);
  const gboolean boosts = taught->len >= MIN_ROWS;

  for (int method = 0; method <= TERRACE_READS_BOOSTED; method++)
    horizon->score.losses[method] = -1.0;
  if (calibrating->len < MIN_CALIBRATED || judging->len < MIN_CALIBRATED)
    return TRUE;
  if (boosts && !train_boosters (horizon, course, taught, error))
    return FALSE;
  for (int method = TERRACE_READS_SMOOTHING;
       method <= (boosts ? TERRACE_READS_BOOSTED : TERRACE_READS_CROSTON); method++)
    {
      g_autoptr (GArray) past = ask (horizon, course, (TerraceReadsMethod) method, calibrating);
      g_autoptr (GArray) later = ask (horizon, course, (TerraceReadsMethod) method, judging);

      calibrate (horizon, (TerraceReadsMethod) method, past);
      judge (horizon, (TerraceReadsMethod) method, later);
    }
  if (horizon->method == TERRACE_READS_BOOSTED)
    {
      g_autoptr (GArray) all = draw (course, 0, until, MAX_ROWS);

      return train_boosters (horizon, course, all, error);
    }
  for (int value = 0; value < TERRACE_READS_N_VALUES; value++)
    g_clear_pointer (&horizon->boosters[value], terrace_forest_free);
  return TRUE;
}

TerraceReadsModel *
terrace_reads_model_train (const TerraceHistory *history,
                           const TerraceFeatureTable *table,
                           int until,
                           guint seed,
                           GCancellable *cancellable,
                           GError **error)
{
  g_autoptr (TerraceReadsModel) self = NULL;
  g_autoptr (TerraceReadsSeries) series = NULL;

  g_return_val_if_fail (history != NULL && table != NULL && until <= history->n_days, NULL);

  self = g_new0 (TerraceReadsModel, 1);
  series = terrace_reads_series_new (history, table);
  for (int i = 0; i < TERRACE_N_HORIZONS; i++)
    {
      const Course course = { history, table, series, terrace_outlook_days[i], seed, cancellable };

      if (g_cancellable_set_error_if_cancelled (cancellable, error) ||
          !learn (&self->horizons[i], &course, until, error))
        return NULL;
    }
  return g_steal_pointer (&self);
}
