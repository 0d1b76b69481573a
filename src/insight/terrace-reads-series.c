/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Exponential smoothing and Croston's method over the weeks of every object. Any thread. */

#include "insight/terrace-reads-series.h"

#define SMOOTHING 0.1

typedef struct
{
  double level;
  double probability;
  double size;
  gboolean begun;
} Smoother;

static void
smooth (Smoother *self, double reads)
{
  if (!self->begun)
    {
      *self = (Smoother){ reads, reads > 0.0 ? 1.0 : 0.0, reads, TRUE };
      return;
    }
  self->level += SMOOTHING * (reads - self->level);
  self->probability += SMOOTHING * ((reads > 0.0 ? 1.0 : 0.0) - self->probability);
  if (reads > 0.0)
    self->size += self->size > 0.0 ? SMOOTHING * (reads - self->size) : reads;
}

static void
fill_object (TerraceReadsSeries *self,
             const TerraceHistoryObject *object,
             const TerraceFeatureTable *table,
             guint index)
{
  const guint first_row = table->first_rows[index];
  const guint n_rows = table->first_rows[index + 1] - first_row;
  const int first_step =
      object->created <= table->phase ?
          0 :
          (object->created - table->phase + TERRACE_FEATURE_STEP - 1) / TERRACE_FEATURE_STEP;
  Smoother smoother = { 0 };
  guint read = 0;

  for (int step = first_step; step < table->first_steps[index] + (int) n_rows; step++)
    {
      const int day = table->phase + step * TERRACE_FEATURE_STEP;
      double reads = 0.0;

      for (; read < object->n_reads && object->reads[read].day <= day; read++)
        reads += object->reads[read].requests;
      smooth (&smoother, reads);
      if (step < table->first_steps[index])
        continue;
      self->smoothed[first_row + (guint) (step - table->first_steps[index])] =
          (float) smoother.level;
      self->croston[first_row + (guint) (step - table->first_steps[index])] =
          (float) (smoother.probability * smoother.size);
    }
}

TerraceReadsSeries *
terrace_reads_series_new (const TerraceHistory *history, const TerraceFeatureTable *table)
{
  TerraceReadsSeries *self = g_new0 (TerraceReadsSeries, 1);

  self->n_rows = table->n_rows;
  self->smoothed = g_new0 (float, table->n_rows + 1);
  self->croston = g_new0 (float, table->n_rows + 1);
  for (guint i = 0; i < history->n_objects; i++)
    fill_object (self, &history->objects[i], table, i);
  return self;
}

void
terrace_reads_series_free (TerraceReadsSeries *self)
{
  g_free (self->smoothed);
  g_free (self->croston);
  g_free (self);
}

double
terrace_reads_count (const TerraceHistoryObject *object, int day, int days)
{
  double reads = 0.0;

  for (guint i = terrace_history_object_find_read (object, day + 1);
       i < object->n_reads && object->reads[i].day <= day + days; i++)
    reads += object->reads[i].requests;
  return reads;
}
