/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Additive increase while it helps, multiplicative decrease. Pure functions. */

#include "transfer/terrace-climber.h"

/* What is measured must be longer than a hiccup. */
#define CLIMBER_PERIOD_US (G_GINT64_CONSTANT (1000) * 1000)
/* One more has to be worth this much more. */
#define CLIMBER_GAIN 1.05
/* When it was not worth it, or too much, this long passes before it is tried again. */
#define CLIMBER_HOLD_US (G_GINT64_CONSTANT (30) * 1000 * 1000)

static void
climber_begin (TerraceClimber *self, gint64 now_us)
{
  self->work = 0;
  self->since_us = now_us;
}

void
terrace_climber_init (TerraceClimber *self, guint start, guint most)
{
  *self = (TerraceClimber){ .limit = CLAMP (start, 1, MAX (most, 1)), .most = MAX (most, 1) };
}

void
terrace_climber_set_most (TerraceClimber *self, guint start, guint most)
{
  self->most = MAX (most, 1);
  self->limit = MIN (MAX (self->limit, start), self->most);
}

void
terrace_climber_add (TerraceClimber *self, guint64 work)
{
  self->work += work;
}

gboolean
terrace_climber_step (TerraceClimber *self, gint64 now_us, gboolean in_use)
{
  guint before = self->limit;
  gint64 elapsed_us = now_us - self->since_us;
  double rate;

  /* The first call, a clock that was set, or nothing to measure: begin anew. */
  if (self->since_us == 0 || elapsed_us < 0 || !in_use)
    {
      climber_begin (self, now_us);
      self->rose = FALSE;
      return FALSE;
    }
  if (elapsed_us < CLIMBER_PERIOD_US)
    return FALSE;

  rate = (double) self->work / (double) elapsed_us;
  climber_begin (self, now_us);
  if (now_us < self->hold_until_us)
    return FALSE;

  if (self->rose && rate < self->rate * CLIMBER_GAIN)
    {
      /* It did not help: back to where it was. */
      self->limit = MAX (self->limit - 1, 1);
      self->hold_until_us = now_us + CLIMBER_HOLD_US;
      self->rose = FALSE;
    }
  else if (self->limit < self->most)
    {
      self->limit++;
      self->rate = rate;
      self->rose = TRUE;
    }
  else
    self->rose = FALSE;

  return self->limit != before;
}

void
terrace_climber_back_off (TerraceClimber *self, gint64 now_us)
{
  gint64 backed_off_us = self->hold_until_us - CLIMBER_HOLD_US;

  if (self->hold_until_us != 0 && now_us >= backed_off_us &&
      now_us - backed_off_us < CLIMBER_PERIOD_US)
    return;

  self->limit = MAX (self->limit / 2, 1);
  self->hold_until_us = now_us + CLIMBER_HOLD_US;
  self->rose = FALSE;
  climber_begin (self, now_us);
}
