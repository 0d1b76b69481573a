/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

/* The only source of time. Injected, so that a test can hold it still or move it on. */

G_BEGIN_DECLS

#define TERRACE_TYPE_CLOCK (terrace_clock_get_type ())
G_DECLARE_DERIVABLE_TYPE (TerraceClock, terrace_clock, TERRACE, CLOCK, GObject)

#define TERRACE_US_PER_SECOND G_GINT64_CONSTANT (1000000)
#define TERRACE_US_PER_DAY (86400 * TERRACE_US_PER_SECOND)

struct _TerraceClockClass
{
  GObjectClass parent_class;

  gint64 (*get_now_us) (TerraceClock *self);
  guint (*add_timeout) (TerraceClock *self, guint delay_ms, GSourceFunc func, gpointer data);
  void (*remove_timeout) (TerraceClock *self, guint id);
};

/**
 * terrace_clock_new:
 *
 * Returns: (transfer full): the system's clock
 */
TerraceClock *terrace_clock_new (void);

/**
 * terrace_clock_get_now_us:
 *
 * Returns: wall time in microseconds since 1970, UTC. May jump.
 */
gint64 terrace_clock_get_now_us (TerraceClock *self);

/**
 * terrace_clock_add_timeout:
 * @delay_ms: milliseconds from now
 * @func: called on the thread-default main context of the caller; repeats while it returns
 *   %G_SOURCE_CONTINUE
 *
 * Returns: an id, never 0, for terrace_clock_remove_timeout()
 */
guint
terrace_clock_add_timeout (TerraceClock *self, guint delay_ms, GSourceFunc func, gpointer data);

void terrace_clock_remove_timeout (TerraceClock *self, guint id);

G_END_DECLS
