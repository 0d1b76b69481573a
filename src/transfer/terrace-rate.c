/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A moving average over a ring of quarter seconds. Pure functions. */

#include "transfer/terrace-rate.h"

#include <string.h>

#include "base/terrace-clock.h"

static void
rate_move_on (TerraceRate *self, gint64 now_us)
{
  gint64 slot = now_us / TERRACE_RATE_SLOT_US;

  /* A clock that was set back, or the first call, or a long pause: begin anew. */
  if (slot < self->newest || slot - self->newest >= TERRACE_RATE_SLOTS)
    {
      memset (self->bytes, 0, sizeof self->bytes);
      self->newest = slot;
      self->first_us = now_us;
    }
  while (self->newest < slot)
    {
      self->newest++;
      self->bytes[self->newest % TERRACE_RATE_SLOTS] = 0;
    }
}

void
terrace_rate_add (TerraceRate *self, gint64 now_us, guint64 bytes)
{
  rate_move_on (self, now_us);
  self->bytes[self->newest % TERRACE_RATE_SLOTS] += bytes;
}

double
terrace_rate_get (TerraceRate *self, gint64 now_us)
{
  gint64 oldest_us;
  gint64 span_us;
  guint64 bytes = 0;

  rate_move_on (self, now_us);
  for (guint i = 0; i < TERRACE_RATE_SLOTS; i++)
    bytes += self->bytes[i];

  /* The newest slot is not over yet. What began a second ago is not averaged over three, and less
   * than one slot says nothing. */
  oldest_us = (self->newest - TERRACE_RATE_SLOTS + 1) * TERRACE_RATE_SLOT_US;
  span_us = MAX (now_us - MAX (self->first_us, oldest_us), TERRACE_RATE_SLOT_US);

  return (double) bytes * TERRACE_US_PER_SECOND / (double) span_us;
}
