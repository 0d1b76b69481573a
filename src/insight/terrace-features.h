/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "insight/terrace-history.h"

/* What a model may know of an object at the end of a day: nothing of it lies in the future. One row
 * for every object and every decision day on which it exists, kept up incrementally: each access is
 * looked at once for each window. Pure; any thread. */

G_BEGIN_DECLS

typedef enum
{
  TERRACE_FEATURE_SIZE,
  TERRACE_FEATURE_AGE,
  TERRACE_FEATURE_RECENCY,
  TERRACE_FEATURE_REQUESTS_7,
  TERRACE_FEATURE_REQUESTS_30,
  TERRACE_FEATURE_REQUESTS_90,
  TERRACE_FEATURE_REQUESTS_180,
  TERRACE_FEATURE_REQUESTS_365,
  TERRACE_FEATURE_VOLUME_7, /* bytes read in so many days, by the object's size */
  TERRACE_FEATURE_VOLUME_30,
  TERRACE_FEATURE_VOLUME_90,
  TERRACE_FEATURE_VOLUME_180,
  TERRACE_FEATURE_VOLUME_365,
  TERRACE_FEATURE_ACTIVE_30, /* days with a read */
  TERRACE_FEATURE_ACTIVE_90,
  TERRACE_FEATURE_ACTIVE_365,
  TERRACE_FEATURE_DECAYED_7, /* volume, decayed with such a half-life */
  TERRACE_FEATURE_DECAYED_30,
  TERRACE_FEATURE_DECAYED_120,
  TERRACE_FEATURE_GAP_MEAN,
  TERRACE_FEATURE_GAP_SPREAD,
  TERRACE_FEATURE_ACTIVE_TOTAL,
  TERRACE_FEATURE_WEEKDAY_NEXT, /* share of reads on tomorrow's day of the week */
  TERRACE_FEATURE_WEEKDAY_MOST,
  TERRACE_FEATURE_WRITES_90,
  TERRACE_FEATURE_WRITE_RECENCY,
  TERRACE_FEATURE_KIND,      /* of the file name's extension: how common it is */
  TERRACE_FEATURE_FOLDER_28, /* reads of the folder's other objects, by object */
  TERRACE_FEATURE_FOLDER_91,
  TERRACE_FEATURE_FOLDER_OBJECTS,
  TERRACE_N_FEATURES,
} TerraceFeature;

/* Days between decisions. */
#define TERRACE_FEATURE_STEP 7

/**
 * TerraceFeatureTable:
 * The rows of one object lie together, in the order of days.
 * @phase: the first decision day
 * @n_steps: decision days up to the history's end
 * @n_objects: of the history
 * @first_rows: (array length=n_objects+1): of each object
 * @first_steps: (array length=n_objects): the decision day of that row, as a step
 * @values: (array length=n_rows*TERRACE_N_FEATURES)
 */
typedef struct
{
  int phase;
  int n_steps;
  guint n_rows;
  guint n_objects;
  guint *first_rows;
  int *first_steps;
  float *values;
} TerraceFeatureTable;

/**
 * terrace_features_build:
 * @phase: a day on which decisions are made; the others are whole steps away from it
 * @known_until: kinds are told apart by what existed before this day
 *
 * Returns: (transfer full) (nullable): %NULL if cancelled, or with more rows than
 *   TERRACE_LIMIT_ADVICE_ROWS
 */
TerraceFeatureTable *terrace_features_build (const TerraceHistory *history,
                                             int phase,
                                             int known_until,
                                             GCancellable *cancellable);
/* The same with rows from the day @from on only: of all objects, the latest, say. */
TerraceFeatureTable *terrace_features_build_from (const TerraceHistory *history,
                                                  int phase,
                                                  int from,
                                                  int known_until,
                                                  GCancellable *cancellable);
void terrace_feature_table_free (TerraceFeatureTable *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TerraceFeatureTable, terrace_feature_table_free)

/* The row of an object at the decision day that is @day, or -1 if there is none. */
static inline int
terrace_feature_table_find (const TerraceFeatureTable *self, guint object, int day)
{
  const int step = (day - self->phase) / TERRACE_FEATURE_STEP - self->first_steps[object];
  const guint row = self->first_rows[object] + (guint) step;

  if (step < 0 || row >= self->first_rows[object + 1] ||
      (day - self->phase) % TERRACE_FEATURE_STEP != 0)
    return -1;
  return (int) row;
}

static inline int
terrace_feature_table_get_day (const TerraceFeatureTable *self, guint object, guint row)
{
  return self->phase + TERRACE_FEATURE_STEP *
                           (self->first_steps[object] + (int) (row - self->first_rows[object]));
}

/* (transfer none): "requests-90", as a model's feature list has it. */
const char *terrace_feature_get_nick (TerraceFeature feature);
/* (transfer none): translated: "Days since the last read". */
const char *terrace_feature_get_label (TerraceFeature feature);
/* (transfer full): translated, in the unit that people count in: "12 days". */
char *terrace_feature_format (TerraceFeature feature, double value);

G_END_DECLS
