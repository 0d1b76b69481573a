/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* How many of something to run at once: one more as long as that gets more done, half as many when
 * somebody says it is too much. A plain value; times are given, so it can be tested. */

G_BEGIN_DECLS

/**
 * TerraceClimber:
 * @limit: what may run at once now, from 1 to @most
 */
typedef struct
{
  guint limit;
  guint most;

  /* in progress */
  guint64 work;
  gint64 since_us;
  gint64 hold_until_us;
  double rate; /* before the last rise; 0: nothing to compare with */
  gboolean rose;
} TerraceClimber;

void terrace_climber_init (TerraceClimber *self, guint start, guint most);
/* A new bound; the limit follows it down, and is at least @start. */
void terrace_climber_set_most (TerraceClimber *self, guint start, guint most);
/* So much was done: bytes, or anything that can be compared with itself. */
void terrace_climber_add (TerraceClimber *self, guint64 work);
/* To be called now and then. @in_use: as many as may run do run; otherwise more would not help.
 * Returns: whether the limit has changed. */
gboolean terrace_climber_step (TerraceClimber *self, gint64 now_us, gboolean in_use);
/* Too much: several calls within a second count as one. */
void terrace_climber_back_off (TerraceClimber *self, gint64 now_us);

G_END_DECLS
