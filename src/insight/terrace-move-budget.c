/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A histogram of what moves cost over what they bring for it. Above the step in which the money
 * runs out everything is paid for, in it what comes first, below it nothing. */

#include "insight/terrace-move-budget.h"

#include <math.h>

/* Steps of 2^(1/6), from a gain of 2^-32 to one of 2^32 of the price a month. */
#define STEPS_PER_OCTAVE 6
#define MIDDLE_STEP (32 * STEPS_PER_OCTAVE)
#define N_STEPS (2 * MIDDLE_STEP)

struct _TerraceMoveBudget
{
  double once_nanos[N_STEPS];
  int last_step; /* the least that something is left for */
  double last_nanos;
};

TerraceMoveBudget *
terrace_move_budget_new (void)
{
  return g_new0 (TerraceMoveBudget, 1);
}

void
terrace_move_budget_free (TerraceMoveBudget *self)
{
  g_free (self);
}

static int
find_step (gint64 saving_nanos, gint64 once_nanos)
{
  const double gain = (double) saving_nanos / (double) once_nanos;

  if (gain <= 0.0)
    return 0;
  return (int) CLAMP (floor (log2 (gain) * STEPS_PER_OCTAVE) + MIDDLE_STEP, 0.0, N_STEPS - 1.0);
}

void
terrace_move_budget_note (TerraceMoveBudget *self, gint64 saving_nanos, gint64 once_nanos)
{
  g_return_if_fail (self != NULL);

  if (once_nanos > 0)
    self->once_nanos[find_step (saving_nanos, once_nanos)] += (double) once_nanos;
}

void
terrace_move_budget_settle (TerraceMoveBudget *self, gint64 nanos)
{
  g_return_if_fail (self != NULL);

  self->last_nanos = (double) MAX (nanos, 0);
  for (self->last_step = N_STEPS - 1; self->last_step > 0; self->last_step--)
    {
      if (self->once_nanos[self->last_step] > self->last_nanos)
        return;
      self->last_nanos -= self->once_nanos[self->last_step];
    }
}

gboolean
terrace_move_budget_take (TerraceMoveBudget *self, gint64 saving_nanos, gint64 once_nanos)
{
  int step;

  g_return_val_if_fail (self != NULL, FALSE);

  if (once_nanos <= 0)
    return TRUE;
  step = find_step (saving_nanos, once_nanos);
  if (step != self->last_step)
    return step > self->last_step;
  if ((double) once_nanos > self->last_nanos)
    return FALSE;
  self->last_nanos -= (double) once_nanos;
  return TRUE;
}
